#!/usr/bin/env bash
# tests/integration/quality.sh
#    What the command line says of feature quality, held against SQL of its own: the overview, categories,
#    features and players of dates; bad features; fitness for training; contamination and its borders;
#    exports that read back; and where a single value is from, down to the game that nobody knows of.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

DAY=2025-11-15
SPAN=2025-11-10..2025-11-15
LOST=2025-11-08 # its box scores never come

ROWS_OF=$ROOT/tests/support/rows_of.py

# said TABLE COLUMNS COMMAND...: a table of a command, as psql would print it.
said() {
    local table=$1 columns=$2
    shift 2
    "$TIPOFF" "$@" --json 2>/dev/null | python3 "$ROWS_OF" "$table" "$columns"
}

# told MEMBER COMMAND...
told() {
    local member=$1
    shift
    "$TIPOFF" "$@" --json 2>/dev/null | python3 "$ROWS_OF" "$member"
}

# ends STATUS COMMAND...: the command ends with that exit status.
ends() {
    local wanted=$1 status=0
    shift
    "$TIPOFF" "$@" >/dev/null 2>&1 </dev/null || status=$?
    same "$wanted" "$status"
}

# complains STATUS TEXT COMMAND...: it ends so, says the text on stderr, and nothing on stdout.
complains() {
    local wanted=$1 text=$2 status=0 out
    shift 2
    out=$("$TIPOFF" "$@" 2>"$WORK/stderr" </dev/null) || status=$?
    same "$wanted" "$status" && same "" "$out" && holds "$text" <"$WORK/stderr"
}

# Something that a claim compares must be there.
given() {
    [ -n "$2" ] || {
        echo "nothing to compare"
        return 1
    }
    same "$1" "$2"
}

# ---- a league that has lost a date ----

make_data
must "a date's box scores and shots are lost" rm "$DATA/boxscores/$LOST.csv" "$DATA/shots/$LOST.csv"
deploy quality
"$TIPOFF" collect --data "$DATA" >"$TIPOFF_RUN_DIR/collect.txt" 2>&1
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"

# Categories by index, apart from any generated code.
sql "create schema check_quality"
sql "create table check_quality.category (n int, name text, members int[])"
sql "insert into check_quality.category values (1, 'matchup', '{5,6,7,8,13,14}'),
    (2, 'player_history', '{0,1,2,3,4,29,30,31,32,33,34,35,36}'), (3, 'team_context', '{22,23,24}'),
    (4, 'vegas', '{25,26,27,28}'), (5, 'game_context', '{9,10,11,12,15,16,17,18,19,20,21}')"
# A row a (row of the store, feature).
sql "create view check_quality.cell as select f.game_date, f.player_lookup, (n - 1)::int as i, q, label, v,
    n - 1 = any (f.incomplete_indices) as incomplete, n - 1 = any (f.out_of_range_indices) as outside,
    label in ('default', 'fallback', 'missing', 'not_subscribed', 'no_history') as is_default,
    f.missing_processors from features.ml_feature_store f, unnest(f.feature_quality, f.feature_source,
    f.feature_values) with ordinality u(q, label, v, n)"
sql "create view check_quality.pct as select c.n, c.name, x.game_date, x.player_lookup, round(avg(x.q), 1) as pct,
    count(*) filter (where x.is_default) as defaults from check_quality.cell x
    join check_quality.category c on x.i = any (c.members) group by c.n, c.name, x.game_date, x.player_lookup"

# ---- the overview ----

overview() {
    sql "select 'overall', round(avg(feature_quality_score)::numeric, 1), round(min(feature_quality_score)::numeric, 1),
        round(100.0 * count(*) filter (where feature_quality_score = 0) / count(*), 1),
        count(*) filter (where quality_alert_level = 'red'), count(*) filter (where quality_alert_level = 'yellow'),
        count(*) filter (where quality_alert_level = 'green'), sum(default_feature_count), count(*),
        count(distinct player_lookup) from features.ml_feature_store where $1"
    sql "select name, round(avg(pct), 1), min(pct), round(100.0 * count(*) filter (where pct = 0) / count(*), 1),
        count(*) filter (where pct < 50), count(*) filter (where pct between 50 and 80),
        count(*) filter (where pct > 80), sum(defaults), count(*), count(distinct player_lookup)
        from check_quality.pct where $1 group by n, name order by n"
}

COLUMNS_OF_OVERVIEW=category,mean,min,at_zero_pct,red,yellow,green,defaults,rows,players
claim "the overview of a date is what SQL says" given "$(overview "game_date = '$DAY'")" \
    "$(said quality $COLUMNS_OF_OVERVIEW quality $DAY)"
claim "the overview of a span is what SQL says" given "$(overview "game_date between '${SPAN%..*}' and '${SPAN#*..}'")" \
    "$(said quality $COLUMNS_OF_OVERVIEW quality $SPAN)"
claim "in its first two weeks every category is at zero, and the overview says so" same "100.0 100.0 100.0 100.0 100.0 100.0 " \
    "$(said quality at_zero_pct quality 2025-10-24 | tr '\n' ' ')"
claim "the rows of the first two weeks are counted as such" given \
    "$(sql "select count(*) from features.ml_feature_store where early_season_flag and game_date <= '$DAY'")" \
    "$(told early_season_rows quality 2025-10-01..$DAY)"
claim "today and yesterday are days of the Clock, in the East" given "$(said quality $COLUMNS_OF_OVERVIEW quality $DAY)" \
    "$(TIPOFF_NOW=2025-11-17T02:00:00Z said quality $COLUMNS_OF_OVERVIEW quality yesterday)"
claim "so are the ends of a span" given "$(said quality $COLUMNS_OF_OVERVIEW quality $DAY..2025-11-16)" \
    "$(TIPOFF_NOW=2025-11-17T02:00:00Z said quality $COLUMNS_OF_OVERVIEW quality yesterday..today)"

# What is lowest, of what is owed: unknowable values and optional ones that are absent aside.
lowest_of() {
    sql "select name || '|' || low || '|' || mean from (select distinct on (c.n) c.n, c.name,
        (features.feature_names())[x.i + 1] as low, round(avg(x.q), 1) as mean from check_quality.cell x
        join check_quality.category c on x.i = any (c.members) where x.game_date = '$DAY'
        and label not in ('not_subscribed', 'no_history') and not (x.is_default and x.i in (25, 26, 27))
        group by c.n, c.name, x.i order by c.n, avg(x.q), x.i) y order by n"
}
claim "beside each category stands its lowest feature" given "$(lowest_of)" \
    "$(said quality category,lowest,lowest_mean quality $DAY | tail -n +2)"
claim "beside the overall mean stands the lowest category" given "$(sql "select c.name, round(avg(x.q), 1)
    from check_quality.cell x join check_quality.category c on x.i = any (c.members) where x.game_date = '$DAY'
    and label not in ('not_subscribed', 'no_history') and not (x.is_default and x.i in (25, 26, 27))
    group by c.n, c.name order by avg(x.q), c.n limit 1")" "$(said quality lowest,lowest_mean quality $DAY | head -n 1)"
claim "every mean has a processor to ask" same "" "$(said quality lowest_producer quality $DAY | grep -vE '^[a-z_]+$')"

# ---- upstream ----

claim "rows without an upstream row are counted, and those that a rule explains" given "$(sql "select p,
    count(*), count(*) filter (where exists (select 1 from precompute.skipped_entity s where s.game_date = f.game_date
    and s.processor = p and s.entity in (f.player_lookup, f.opponent))) from features.ml_feature_store f,
    unnest(f.missing_processors) p where game_date = '$DAY' group by p order by p")" \
    "$(said upstream upstream,rows_without,by_rule quality $DAY | grep -v '|0|\|^game_summaries' | sort)"
claim "some are" [ -n "$(sql "select 1 from features.ml_feature_store where game_date = '$DAY' and missing_processors <> '{}'")" ]
claim "the lost date is named, with the command that mends it" holds "no outcomes" "$LOST" \
    "tipoff collect --data DIR --from $LOST --to 2025-11-14" < <("$TIPOFF" quality $DAY)
claim "the games that windows lack are counted, and the rows that rest on such a window" given \
    "$(sql "select count(*) || '|' || (select count(distinct g) || ' games unknown, newest ' || max(g) from
    precompute.player_daily_cache, unnest(missing_game_ids) g where game_date = '$DAY') from features.ml_feature_store
    where game_date = '$DAY' and incomplete_indices <> '{}'")" \
    "$(said upstream upstream,rows_without,state quality $DAY | sed -n 's/^game_summaries|\([0-9]*\)|.*: \([0-9]* games\)/\1|\2/p')"
claim "before the lost date nothing is lost" same "game_summaries|earlier dates|0" \
    "$(said upstream upstream,of,bad_cells quality $LOST | grep earlier)"

claim "the open alerts of the date's feature store are listed" same "$(sql "select severity, kind, subject from ops.alert
    where resolved_at is null and processor = 'feature_store' and game_date = '$DAY'
    order by array_position(array['critical', 'warning', 'info'], severity), kind, subject")" \
    "$(said alerts severity,alert,subject quality $DAY)"

# ---- a category, a feature, a player ----

claim "a category's features are what SQL says" given "$(sql "select i, (features.feature_names())[i + 1], round(avg(q), 1),
    min(q), round(100.0 * count(*) filter (where q = 0) / count(*), 1),
    round(100.0 * count(*) filter (where v is null) / count(*), 1), count(*) filter (where is_default),
    count(*) filter (where incomplete), count(*) filter (where outside), count(*) from check_quality.cell
    where game_date = '$DAY' and i in (5, 6, 7, 8, 13, 14) group by i order by i")" \
    "$(said features index,feature,mean,min,at_zero_pct,null_pct,defaults,incomplete,out_of_range,rows quality $DAY --category matchup)"
claim "windows that lack the lost games are counted" [ "$(sql "select count(*) from check_quality.cell
    where game_date = '$DAY' and incomplete")" -gt 0 ]
claim "the sources of a feature are what SQL says" given "$(sql "select label, max(q), count(*), count(distinct player_lookup)
    from check_quality.cell where i = 6 and game_date between '${SPAN%..*}' and '${SPAN#*..}'
    group by label order by count(*) desc, label")" \
    "$(said sources source,quality,rows,players quality $SPAN --feature shot_zone_mismatch_score)"
claim "the values of a feature are what SQL says" given "$(sql "select count(*), min(v), trim_scale(round(avg(v)::numeric, 4)), max(v),
    trim_scale(round(stddev_pop(v)::numeric, 4)), round(100.0 * count(*) filter (where v is null) / count(*), 1),
    count(*) filter (where outside), count(*) filter (where incomplete) from check_quality.cell where i = 0
    and game_date = '$DAY'")" \
    "$(said values rows,min,mean,max,std,null_pct,out_of_range,incomplete quality $DAY --feature 0)"
claim "a feature has an index as well as a name" given "$("$TIPOFF" quality $DAY --feature 6)" \
    "$("$TIPOFF" quality $DAY --feature shot_zone_mismatch_score)"
claim "the worst players of a feature come first" given "$(sql "select f.player_lookup, x.q from features.ml_feature_store f
    join check_quality.cell x using (game_date, player_lookup) where x.i = 6 and game_date = '$DAY'
    order by x.q, feature_quality_score, player_lookup collate \"C\" limit 20")" \
    "$(said worst_players player,quality quality $DAY --feature 6)"

PLAYER=$(sql "select player_lookup from features.ml_feature_store where game_date = '$DAY' and is_quality_ready
    order by player_lookup collate \"C\" limit 1")
NAME=$(sql "select player_name from features.ml_feature_store where game_date = '$DAY' and player_lookup = '$PLAYER'")
features_of() {
    sql "select i, (features.feature_names())[i + 1], label, q from check_quality.cell where game_date = '$DAY'
        and player_lookup = '$PLAYER' and $1 order by i"
}
claim "a player has all 37 features" given "$(features_of true)" \
    "$(said features index,feature,source,quality quality $DAY --player "$PLAYER")"
claim "he may be called by his name" given "$("$TIPOFF" quality $DAY --player "$PLAYER")" \
    "$("$TIPOFF" quality $DAY --player "${NAME^^}")"
claim "of a category only" given "$(features_of 'i in (22, 23, 24)')" \
    "$(said features index,feature,source,quality quality $DAY --player "$PLAYER" --category team_context)"
claim "of a feature only" given "$(features_of 'i = 31')" \
    "$(said features index,feature,source,quality quality $DAY --player "$PLAYER" --feature minutes_avg_last_10)"
claim "every player of a date is listed on demand" given "$(sql "select player_lookup, worst_category from
    features.ml_feature_store where game_date = '$DAY' order by player_lookup collate \"C\"")" \
    "$(said players player,worst quality $DAY --players)"
claim "by date: how many rows have values, whole windows, and are ready" given "$(sql "select game_date,
    count(distinct player_lookup), count(distinct player_lookup) filter (where v is not null),
    count(distinct player_lookup) - count(distinct player_lookup) filter (where incomplete)
    from check_quality.cell where game_date between '2025-11-10' and '2025-11-15' group by game_date order by 1")" \
    "$(said by_date date,rows,with_values,whole_windows quality $SPAN --dates)"

# ---- bad features ----

groups() {
    sql "select name, round(avg(mean), 1), count(distinct player_lookup) filter (where low < $1) from (select g.n, g.name,
        x.player_lookup, avg(x.q) as mean, min(x.q) as low from check_quality.cell x join (values (1, 'composite_factors',
        '{5,6,7,8}'::int[]), (2, 'opponent_defense', '{13,14}')) g (n, name, members) on x.i = any (g.members)
        where x.game_date = '$DAY' group by g.n, g.name, x.player_lookup) y group by n, name order by n"
}
claim "bad features: groups and affected players are what SQL says" given "$(groups 50)" \
    "$(said groups group,mean,affected_players quality bad $DAY)"
claim "another threshold affects others" given "$(groups 100)" \
    "$(said groups group,mean,affected_players quality bad $DAY --threshold 100)"
claim "a threshold of 0 affects nobody" same "0 0 " \
    "$(said groups affected_players quality bad $DAY --threshold 0 | tr '\n' ' ')"
claim "the twenty worst players are what SQL says, each with quality and source" given "$(sql "select player_lookup,
    matchup_quality_pct, quality_alert_level, feature_quality[6], feature_source[6], feature_quality[15], feature_source[15]
    from features.ml_feature_store where game_date between '${SPAN%..*}' and '${SPAN#*..}'
    order by matchup_quality_pct, game_date, player_lookup collate \"C\" limit 20" | sed -E 's/\|([0-9]+)\|(red|yellow|green)/|\1.0|\2/')" \
    "$(said worst_players player,matchup,alert,fatigue_score,fatigue_score_source,opponent_pace,opponent_pace_source \
        quality bad $SPAN)"
claim "without a date it is today's" given "$("$TIPOFF" quality bad $DAY)" \
    "$(TIPOFF_NOW=2025-11-15T17:00:00Z "$TIPOFF" quality bad)"

# ---- one player's features, to the bottom ----

# why INDEX PLAYER: what explain says of a feature of his.
why() {
    "$TIPOFF" explain "$2" $DAY --feature "$1" --json | python3 "$ROWS_OF" features why
}

HURT=$(sql "select player_lookup from features.ml_feature_store join precompute.player_daily_cache c
    using (game_date, player_lookup) where game_date = '$DAY' and 1 = any (incomplete_indices)
    and feature_source[2] = 'phase4_incomplete' and cardinality(c.missing_game_ids) > 0
    order by player_lookup collate \"C\" limit 1")
HOLE=$(sql "select missing_game_ids[1] from precompute.player_daily_cache where game_date = '$DAY' and player_lookup = '$HURT'")
claim "a player has a window that lacks the lost game" [ "${HOLE%%_*}" = "${LOST//-/}" ]
claim "explain names the game that his window lacks" holds "window_l10 of player_daily_cache has 9 of 10 games, without $HOLE" \
    <<<"$(why points_avg_last_10 "$HURT")"
claim "the page of all features names it too, and what mends it" holds "$HOLE" "what is wrong" \
    "tipoff collect --data DIR --from $LOST --to $LOST" "matchup " "player_history " "team_context " \
    "vegas " "game_context " < <("$TIPOFF" explain "$HURT" $DAY)
claim "explain has every value as it stands" given "$(sql "select i, round(v::numeric, 9), label, q from check_quality.cell
    where game_date = '$DAY' and player_lookup = '$HURT' order by i")" \
    "$("$TIPOFF" explain "$HURT" $DAY --json | python3 -c 'import json, sys
for f in json.load(sys.stdin)["features"]:
    v = "" if f["value"] is None else "%.9f" % f["value"]
    print(f["index"], v, f["source"], f["quality"], sep="|")')"
claim "the inputs of a factor are those of its rows" given "$(sql "select c.pace_score, u.pace_differential, u.league_pace
    from precompute.player_composite_factors c join analytics.upcoming_player_game_context u
    using (game_date, player_lookup) where game_date = '$DAY' and player_lookup = '$HURT'" | tr '|' '\n' | cut -c 1-14)" \
    "$("$TIPOFF" explain "$HURT" $DAY --feature pace_score --json | python3 -c 'import json, sys
for i in json.load(sys.stdin)["features"][0]["inputs"]:
    if i["column"] in ("pace_score", "pace_differential", "league_pace"):
        print(repr(i["value"])[:14])')"
claim "the points of his last games are those of his box scores" given "$(sql "select string_agg(points::text, ' ' order by
    game_date desc) from (select points, game_date from analytics.player_game_summary where player_lookup = '$HURT'
    and game_date < '$DAY' and minutes > 0 order by game_date desc limit 5) x")" \
    "$("$TIPOFF" explain "$HURT" $DAY --feature recent_trend --json | python3 -c 'import json, sys
print(*(g["points"] for g in json.load(sys.stdin)["features"][0]["games"]))')"
claim "the cells that the row was read from have version, hash and time" given "$(sql "select processor, version,
    left(encode(content_hash, 'hex'), 12), to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from ops.cell
    where game_date = '$DAY' and processor in ('upcoming_context', 'team_defense_zone', 'player_shot_zone',
    'player_composite_factors', 'player_daily_cache') order by processor")" \
    "$(said read_from upstream,version,hash,finished explain "$HURT" $DAY | grep -v game_summaries | sort)"
claim "so many earlier dates were read" given "$(sql "select count(*) || ' earlier dates' from ops.cell where game_date < '$DAY'
    and processor = 'game_summaries' and version > 0")" \
    "$(said read_from upstream,row explain "$HURT" $DAY | sed -n 's/^game_summaries|//p')"
claim "the gaps on record are listed" given "$(sql "select reason, subject from features.feature_store_gaps
    where game_date = '$DAY' and player_lookup = '$HURT' and resolved_at is null order by reason, subject")" \
    "$(said gaps gap,subject explain "$HURT" $DAY)"
claim "a feed that is not subscribed to is named" same "this deployment does not subscribe to the feed injuries" \
    "$(why injury_risk "$HURT")"
SKIPPED=$(sql "select f.player_lookup from features.ml_feature_store f join precompute.skipped_entity s on s.game_date =
    f.game_date and s.entity = f.player_lookup and s.processor = 'player_shot_zone' where f.game_date = '$DAY'
    order by 1 limit 1")
claim "a processor that skipped him has its reason" same "player_shot_zone skipped $SKIPPED: $(sql "select reason || ', ' ||
    detail from precompute.skipped_entity where game_date = '$DAY' and entity = '$SKIPPED' and processor = 'player_shot_zone'")" \
    "$(why pct_mid_range "$SKIPPED")"
STRANGER=$(sql "select player_lookup from features.ml_feature_store where game_date = '$DAY'
    and feature_source[31] = 'no_history' order by 1 limit 1")
claim "a first meeting is named" holds "he has not met" <<<"$(why games_vs_opponent "$STRANGER")"

# ---- what was typed wrong ----

claim "a date without games has no rows, and says so" complains 1 "no game is known there" quality 2025-07-01
claim "no date at all is refused" complains 2 "is no date" quality 2025-11-31
claim "a span that runs backwards is refused" complains 2 "ends before it begins" quality $DAY..2025-11-01
claim "a misspelt command is told the right one" complains 2 "did you mean 'quality'?" qualty $DAY
claim "a misspelt part of it, too" complains 2 "did you mean 'training'?" quality trainig $SPAN
claim "a misspelt category" complains 2 "did you mean 'matchup'?" quality $DAY --category mathcup
claim "a misspelt feature" complains 2 "did you mean 'fatigue_score'?" quality $DAY --feature fatige_score
claim "an index beyond the last feature" complains 2 "an index from 0 to 36" quality $DAY --feature 37
claim "a category and a feature are too much" complains 2 "choose" quality $DAY --category vegas --feature 25
claim "a threshold is a number" complains 2 "write a number from 0 to 100" quality bad $DAY --threshold much
claim "nobody is told who may be meant" complains 2 "did you mean" explain "${PLAYER}x" $DAY
claim "explain wants a date" complains 2 "a date is missing" explain "$PLAYER"
IDLE=$(sql "select player_lookup from analytics.player_game_summary where game_date < '$DAY' and player_lookup not in
    (select player_lookup from analytics.upcoming_player_game_context where game_date = '$DAY') order by 1 limit 1")
claim "a player without a game that day is known, and has none" complains 1 "has no game on $DAY" explain "$IDLE" $DAY
claim "an unknown word is not understood" complains 2 "is not understood here" quality $DAY now
claim "features has one subcommand" complains 2 "did you mean 'export'?" features exprot $DAY
claim "an export has a format" complains 2 "--format is missing" features export $DAY
claim "one that there is" complains 2 "formats are csv and jsonl" features export $DAY --format xml
claim "rows as CSV are no JSON" complains 2 "choose" features export $DAY --format csv --json
claim "an export of nothing is no file" complains 1 "no game is known there" features export 2025-07-01 --format csv \
    --output "$WORK/nothing.csv"
claim "not even a part of one" same "" "$(compgen -G "$WORK/nothing.csv*")"
claim "an export into a folder that is not there" complains 2 "cannot write" features export $DAY --format csv \
    --output "$WORK/no/such/folder.csv"

# ---- exports ----

must "the rows are known" psql -X -q -A -t "$DATABASE_URL" -o "$WORK/rows.jsonl" -c "select row_to_json(f)
    from features.ml_feature_store f where game_date between '2025-10-28' and '$DAY'
    order by game_date, player_lookup collate \"C\""
must "they are exported as CSV" "$TIPOFF" features export 2025-10-28..$DAY --format csv --output "$WORK/export.csv"
"$TIPOFF" features export 2025-10-28..$DAY --format jsonl >"$WORK/export.jsonl" 2>"$WORK/export.txt"
claim "an export counts its rows on stderr" holds "$(sql "select count(*) from features.ml_feature_store
    where game_date between '2025-10-28' and '$DAY'") rows of" <"$WORK/export.txt"
python3 "$ROOT/tests/support/exports.py" "$WORK/rows.jsonl" "$WORK/export.csv" "$WORK/export.jsonl" ||
    echo "not ok - exports are read back"
claim "an export is whole or not there" [ ! -e "$WORK/export.csv.partial" ]

# ---- alerts ----

# alert KIND SEVERITY DATE RESOLVED: one that is there whatever the league is like.
alert() {
    sql "insert into ops.alert (fingerprint, kind, severity, game_date, processor, message, first_at, last_at, resolved_at)
        values ('$1', '$1', '$2', '$3', 'feature_store', 'by hand', now(), now(), $4)"
}
alert made_open critical $DAY null
alert made_resolved critical $DAY "now()"
alert made_elsewhere critical 2025-11-14 null
claim "an open alert is shown, one that is resolved or of another date is not" same "made_open" \
    "$(said alerts alert quality $DAY | grep ^made_)"

# ---- fitness for training ----

# From here on rows are changed by hand, so nobody else may.
must "the workers end" "$TIPOFF" down
UNRULED=$(sql "delete from precompute.skipped_entity s where game_date = '$DAY' and processor = 'player_daily_cache'
    and entity = (select min(entity) from precompute.skipped_entity z join features.ml_feature_store f
    on f.game_date = z.game_date and f.player_lookup = z.entity where z.game_date = '$DAY'
    and z.processor = 'player_daily_cache') returning entity")
claim "somebody lacks a row, and no rule says why any more" [ -n "$UNRULED" ]
claim "he is counted apart, and where to look is said" given "1|tipoff why $DAY" \
    "$(said upstream upstream,rows_without,by_rule,mend quality $DAY | awk -F'|' '$1 == "player_daily_cache" { print $2 - $3 "|" $4 }')"
claim "explain knows no reason either" same "player_daily_cache has no row of $UNRULED, and no reason on record" \
    "$(why games_in_last_7_days "$UNRULED")"
SPOILT="game_date between '${SPAN%..*}' and '${SPAN#*..}'"
# spoil COUNT ASSIGNMENT: of rows that training may read.
spoil() {
    sql "update features.ml_feature_store set $2 where (game_date, player_lookup) in (select game_date, player_lookup
        from features.ml_feature_store where $SPOILT and required_default_count = 0 and feature_quality_score >= 70
        and primary_data_source = 'mixed' and cardinality(feature_values) = 37 order by 1, 2 limit $1)"
}
LOW=$(said training_query rows_that_are,for_this_alone quality training $SPAN | sed -n 's/^score_below_minimum|//p')
spoil 3 "primary_data_source = 'phase4_partial'"
spoil 2 "feature_quality_score = 69.99"
spoil 1 "feature_values = feature_values[1:32]"
spoil 1 "feature_quality_score = 50, primary_data_source = 'early_season'"
FILTER="coalesce(required_default_count, default_feature_count, 0) = 0 and cardinality(feature_values) >= 33
    and primary_data_source not in ('phase4_partial', 'early_season')"
claim "readiness for training is what SQL says" given "$(sql "select count(*), count(*) filter (where is_training_ready),
    round(100.0 * count(*) filter (where is_training_ready) / count(*), 1),
    count(*) filter (where critical_features_training_quality), round(avg(training_quality_feature_count), 1),
    round(avg(feature_quality_score)::numeric, 1), round(avg(matchup_quality_pct)::numeric, 1)
    from features.ml_feature_store where $SPOILT")" \
    "$(said readiness rows,training_ready,training_ready_pct,critical_ok,mean_features,mean_score,mean_matchup \
        quality training $SPAN)"
# in_query REASON COLUMN [OPTION...]
in_query() {
    local reason=$1 column=$2
    shift 2
    said training_query rows_that_are,"$column" quality training $SPAN "$@" | sed -n "s/^$reason|//p"
}
claim "the rows that a training query may read are what SQL says" sql_is "$(in_query usable rows)" \
    "select count(*) from features.ml_feature_store where $SPOILT and $FILTER and feature_quality_score >= 70"
claim "with a lower score there are more" sql_is "$(in_query usable rows --min-score 50)" \
    "select count(*) from features.ml_feature_store where $SPOILT and $FILTER and feature_quality_score >= 50"
claim "but no lower than 50" complains 2 "write a number from 50 to 100" quality training $SPAN --min-score 49
claim "three rows are out for a partial source alone" same "3 3" \
    "$(in_query phase4_partial rows) $(in_query phase4_partial for_this_alone)"
claim "one for a short vector alone" same "1 1" \
    "$(in_query fewer_than_33_features rows) $(in_query fewer_than_33_features for_this_alone)"
claim "two for their score alone, and one of those for its season too" same "$((LOW + 2)) 0 1" \
    "$(in_query score_below_minimum for_this_alone) $(in_query early_season for_this_alone) $(in_query early_season rows)"
claim "the required features that rows lack are what SQL says" given "$(sql "select i, count(*), count(distinct player_lookup)
    from check_quality.cell where $SPOILT and label in ('missing', 'default', 'fallback') and i not in (25, 26, 27)
    group by i order by count(*) desc, i limit 15")" "$(said required_defaults index,rows,players quality training $SPAN)"

# ---- contamination ----

contamination() {
    said tiers rows_with,rows contamination "$@"
}
claim "the three tiers are what SQL says" given "$(sql "select 'required defaults', count(*) filter (where required_default_count > 0)
    from features.ml_feature_store where game_date between '2025-11-05' and '2025-11-14' and cardinality(feature_values) = 37
    union all select 'only optional or unknowable ones', count(*) filter (where required_default_count = 0 and
    default_feature_count > 0) from features.ml_feature_store where game_date between '2025-11-05' and '2025-11-14'
    and cardinality(feature_values) = 37")" "$(contamination --from 2025-11-05 --to 2025-11-14 | head -n 2)"
claim "its features are named by the contract" given "$(sql "select i, (features.feature_names())[i + 1], count(*),
    case when i in (25, 26, 27) then 'optional' else 'required' end from features.ml_feature_store,
    unnest(default_feature_indices) i where game_date between '2025-11-05' and '2025-11-14'
    and cardinality(feature_values) = 37 group by i order by count(*) desc, i limit 15")" \
    "$(said defaulted_features index,feature,rows,required contamination --from 2025-11-05 --to 2025-11-14)"
claim "left alone, it begins behind the first two weeks and ends yesterday" same \
    "$(sql "select min(game_date) from features.ml_feature_store where not early_season_flag")..2025-11-14" \
    "$(TIPOFF_NOW=2025-11-15T17:00:00Z told dates contamination)"
claim "the recent ones are the last fourteen days" same "2025-11-01..2025-11-14" \
    "$(TIPOFF_NOW=2025-11-15T17:00:00Z told dates contamination --recent)"
claim "today's rows are no training rows" same "$(sql "select count(*) from features.ml_feature_store
    where game_date = '2025-11-14'")" "$(TIPOFF_NOW=2025-11-15T17:00:00Z told rows contamination --from 2025-11-14)"

# As many rows as parts of 5 percent need, none of them contaminated.
MONTHS="game_date between '2025-10-22' and '$DAY'"
sql "update features.ml_feature_store set required_default_count = 0, feature_values = array_fill(1.0::float8, array[37])"
for month in 10 11; do
    sql "delete from features.ml_feature_store where (game_date, player_lookup) in (select game_date, player_lookup from
        features.ml_feature_store where $MONTHS and extract(month from game_date) = $month order by 1, 2
        limit (select count(*) % 20 from features.ml_feature_store where $MONTHS and extract(month from game_date) = $month))"
done
rows_in() {
    sql "select count(*) from features.ml_feature_store where $MONTHS and extract(month from game_date) = $1"
}
# contaminate MONTH COUNT: exactly so many rows of the month.
contaminate() {
    sql "update features.ml_feature_store set required_default_count = 0 where extract(month from game_date) = $1"
    sql "update features.ml_feature_store set required_default_count = 2 where (game_date, player_lookup) in (select game_date,
        player_lookup from features.ml_feature_store where $MONTHS and extract(month from game_date) = $1 order by 1, 2 limit $2)"
}
marks() {
    said months month,mark contamination --from 2025-10-22 --to $DAY | tr '\n' ' '
}
OCTOBER=$(rows_in 10) NOVEMBER=$(rows_in 11)
contaminate 10 $((OCTOBER * 5 / 100))
contaminate 11 $((NOVEMBER * 15 / 100))
claim "exactly 15 percent is not above it" ends 0 contamination --from 2025-11-01 --to $DAY
claim "exactly 5 percent has no mark, exactly 15 has one" same "2025-10| 2025-11|! " "$(marks)"
contaminate 10 $((OCTOBER * 5 / 100 + 1))
contaminate 11 $((NOVEMBER * 15 / 100 + 1))
claim "one row more is" ends 1 contamination --from 2025-11-01 --to $DAY
claim "one row more has a mark more" same "2025-10|! 2025-11|!!! " "$(marks)"
claim "contaminated rows are told in JSON as well" same "contaminated" \
    "$(told verdict contamination --from 2025-11-01 --to $DAY)"
claim "the marks are in the table for people" holds "!!!" "more than 15 %" < <("$TIPOFF" contamination --from 2025-11-01 --to $DAY)
claim "without rows there is nothing to judge" complains 2 "nothing to judge" contamination --from 2024-01-01 --to 2024-02-01
claim "a window that ends before it begins has none" complains 2 "no dates to judge" contamination --from $DAY --to 2025-11-01
claim "recent and a date are too much" complains 2 "--recent" contamination --recent --from $DAY
