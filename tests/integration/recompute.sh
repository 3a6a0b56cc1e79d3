#!/usr/bin/env bash
# tests/integration/recompute.sh
#    What comes late, after everything has been done: a corrected box score, a missing shot file, a new line,
#    ten corrections at once, and some that change nothing. Only the rows that read it are touched, no cell is
#    made twice, and the hashes are those of a run that knew it from the start.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

CORRECT="python3 $ROOT/tests/support/correct.py"
LATE_SHOTS=2025-11-07

# ---- what was made ----

# clean_hashes FILE: of a deployment that gets the feeds of $DATA as they are now, and nothing else.
clean_hashes() {
    local now=$TIPOFF_RUN_DIR
    CLEAN=$((${CLEAN:-0} + 1))
    deploy "clean$CLEAN"
    must "clean run $CLEAN collects" collect
    must "clean run $CLEAN ends" finish_run "$1"
    must "clean run $CLEAN comes down" "$TIPOFF" down
    use "$(basename "$now")"
}

# remember: the physical place and version of every row, and the versions of cells.
remember() {
    sql "drop table if exists was, was_cell"
    sql "create table was as $(row_places)"
    sql "create table was_cell as select game_date, processor, version, finished_at from ops.cell"
}

row_places() {
    local table key sep=''
    for table in analytics.upcoming_player_game_context precompute.team_defense_zone_analysis \
        precompute.player_shot_zone_analysis precompute.player_composite_factors precompute.player_daily_cache \
        features.ml_feature_store; do
        key=player_lookup
        [ $table != precompute.team_defense_zone_analysis ] || key=team
        echo "$sep select '$table' as tab, game_date, $key as key, xmin::text || ctid::text as place, row_hash from $table"
        sep='union all'
    done
}

# touched TABLE: rows that are no longer where they were, or are new or gone.
touched() {
    sql "select count(*) from (select game_date, key, place from was where tab = '$1') w
        full join (select game_date, key, place from ($(row_places)) x where tab = '$1') n using (game_date, key)
        where w.place is distinct from n.place"
}

# touched_beside TABLE CONDITION: those of them for which the condition over (game_date, key) does not hold.
touched_beside() {
    sql "select coalesce(string_agg(key || ' ' || game_date, ', '), 'none') from (select game_date, key, w.place as
        was_at, n.place as is_at from (select * from was where tab = '$1') w full join (select * from ($(row_places)) x
        where tab = '$1') n using (game_date, key)) r where was_at is distinct from is_at and not ($2)"
}

lookup_of() {
    sql "select distinct player_lookup from analytics.player_game_summary where player_name = \$\$$1\$\$"
}

# Cells that got a version since, by processor.
new_versions() {
    sql "select string_agg(processor || ' ' || n, ', ' order by processor) from (select c.processor, count(*) n
        from ops.cell c join was_cell w using (game_date, processor) where c.version > w.version group by 1) x"
}

# ---- what was done ----

# Lines of the logs that say that a cell has ended.
endings() {
    cat "$TIPOFF_RUN_DIR"/logs/*.log | sed -n 's/.*event="cell ended" game_date=\([^ ]*\) processor=\([^ ]*\) .*/\1 \2/p' |
        sort | uniq -c | awk '{ print $2 "/" $3 " " $1 }' | sort
}

# made_more_than_once FILE: cells that have ended more than once since the endings in FILE.
made_more_than_once() {
    join -a 2 -e 0 -o 0,1.2,2.2 "$1" <(endings) | awk '$3 - $2 > 1 { print $1, $3 - $2 }'
}

# settles NAME: the correction of $DATA arrives, and everything comes to rest.
settles() {
    endings >"$WORK/endings.before"
    remember
    must "$1: it is collected" collect
    must "$1: everything comes to rest" finish_run "$TIPOFF_RUN_DIR/hashes"
    say "$1: new versions: $(new_versions)"
    claim "$1: no cell is made twice" same "" "$(made_more_than_once "$WORK/endings.before")"
    claim "$1: no cell is stale" sql_is 0 "select count(*) from ops.cell where is_stale"
    clean_hashes "$WORK/$1.hashes"
    claim "$1: every hash is that of a run that knew it from the start" same_files "$WORK/$1.hashes" \
        "$TIPOFF_RUN_DIR/hashes"
}

# The row's player and date, among the contexts; an open end for a condition on u.
DAY_GAMES="exists (select 1 from analytics.upcoming_player_game_context u where u.game_date = r.game_date
    and u.player_lookup = r.key"

# ---- a corrected box score ----

corrected_box_score() {
    local name team other player
    IFS=$'\t' read -r name team other < <($CORRECT points "$DATA" 2025-11-12)
    settles corrected
    player=$(lookup_of "$name")
    say "$name ($player) of $team against $other"
    claim "corrected: of the contexts only his rows are touched" same none \
        "$(touched_beside analytics.upcoming_player_game_context "key = '$player' and game_date > '2025-11-12'")"
    claim "corrected: of the teams' defences only the other team's" same none \
        "$(touched_beside precompute.team_defense_zone_analysis "key = '$other' and game_date > '2025-11-12'")"
    claim "corrected: no player's zones are touched" same 0 "$(touched precompute.player_shot_zone_analysis)"
    claim "corrected: nobody's factors are touched" same 0 "$(touched precompute.player_composite_factors)"
    claim "corrected: of the caches only his team's" same none "$(touched_beside precompute.player_daily_cache \
        "game_date > '2025-11-12' and $DAY_GAMES and u.team = '$team')")"
    claim "corrected: of the features only both teams' and those of who meets the other" same none \
        "$(touched_beside features.ml_feature_store "game_date > '2025-11-12' and $DAY_GAMES
        and (u.team in ('$team', '$other') or u.opponent = '$other'))")"
    claim "corrected: some are" [ "$(touched features.ml_feature_store)" -gt 0 ]
    claim "corrected: his cache of the next date has the point" sql_is t "select bool_and(c.points_avg_season = (select
        avg(g.points) from analytics.player_game_summary g where g.player_lookup = '$player' and g.game_date < c.game_date
        and g.minutes > 0)) from precompute.player_daily_cache c where c.player_lookup = '$player'
        and c.game_date > '2025-11-12'"
    claim "corrected: the version of a changed row is recorded with its player" sql_is t "select players = array['$player']
        from ops.cell_change where processor = 'game_summaries' and game_date = '2025-11-12' and version = 2"
}

# ---- a file that was missing ----

late_shots() {
    mv "$WORK/late/$LATE_SHOTS.csv" "$DATA/shots/"
    settles late_shots
    claim "late shots: no context is touched" same 0 "$(touched analytics.upcoming_player_game_context)"
    claim "late shots: of the players' zones only those of who played" same none \
        "$(touched_beside precompute.player_shot_zone_analysis "game_date > '$LATE_SHOTS' and exists (select 1
        from analytics.player_game_summary g where g.game_date = '$LATE_SHOTS' and g.player_lookup = r.key)")"
    claim "late shots: some are" [ "$(touched precompute.player_shot_zone_analysis)" -gt 0 ]
    claim "late shots: nothing of an earlier date is touched" same none \
        "$(touched_beside features.ml_feature_store "game_date > '$LATE_SHOTS'")"
}

# ---- a line ----

new_line() {
    local name player
    IFS=$'\t' read -r name _ _ < <($CORRECT line "$DATA" 2025-11-25)
    settles new_line
    player=$(sql "select u.player_lookup from analytics.upcoming_player_game_context u join was w on w.tab =
        'analytics.upcoming_player_game_context' and w.game_date = u.game_date and w.key = u.player_lookup
        where w.row_hash <> u.row_hash and u.game_date = '2025-11-25'")
    say "$name ($player)"
    claim "new line: one context is touched" same 1 "$(touched analytics.upcoming_player_game_context)"
    claim "new line: one feature row is, that player's of that date" same none \
        "$(touched_beside features.ml_feature_store "game_date = '2025-11-25' and key = '$player'")"
    claim "new line: no cache is touched" same 0 "$(touched precompute.player_daily_cache)"
}

# ---- ten at once ----

ten_corrections() {
    local date n=0
    for date in $(find "$DATA/boxscores" -name '2025-1[01]-*.csv' -exec basename {} .csv \; | sort | tail -n 25); do
        [ $((n % 2)) = 0 ] && $CORRECT points "$DATA" "$date" >>"$WORK/ten.tsv"
        n=$((n + 1))
        [ "$(wc -l <"$WORK/ten.tsv")" -lt 10 ] || break
    done
    must "ten box scores are corrected" same 10 "$(wc -l <"$WORK/ten.tsv")"
    settles ten
    claim "ten: ten dates have other summaries" same 10 "$(sql "select count(*) from ops.cell c join was_cell w
        using (game_date, processor) where processor = 'game_summaries' and c.version = w.version + 1")"
    claim "ten: no cell got more than one version" sql_is 0 "select count(*) from ops.cell c join was_cell w
        using (game_date, processor) where c.version > w.version + 1"
    claim "ten: dates that read all ten were made from all at once" sql_is t "select count(*) > 0 from ops.cell c
        join was_cell w using (game_date, processor) where processor = 'player_daily_cache' and c.version = w.version + 1
        and game_date > (select max(c.game_date) from ops.cell c join was_cell w using (game_date, processor)
        where processor = 'game_summaries' and c.version > w.version)"
}

# ---- nothing ----

# What is kept by the summaries and read by nobody stops at the cells that read the summaries; what nobody
# keeps at the summaries.
changes_nothing() {
    $CORRECT fouls "$DATA" 2025-11-10 >"$WORK/fouls.tsv"
    settles fouls
    claim "fouls: the summaries of the date are new, and nothing downstream" same \
        "collect_boxscores 1, game_summaries 1, raw_boxscores 1" "$(new_versions)"
    claim "fouls: what reads them was made again" sql_is t "select count(*) > 10 from ops.cell c join was_cell w
        using (game_date, processor) where processor = 'upcoming_context' and c.finished_at > w.finished_at"
    claim "fouls: nothing that reads what was made again was" sql_is 0 "select count(*) from ops.cell c join was_cell w
        using (game_date, processor) where processor in ('player_composite_factors', 'predictions', 'publish_picks')
        and c.finished_at > w.finished_at"
    $CORRECT quarter "$DATA" 2025-11-10 >"$WORK/quarter.tsv"
    settles quarter
    claim "quarter: the shots are new, and nothing downstream" same "collect_shots 1, raw_shots 1" "$(new_versions)"
    claim "quarter: what reads the summaries was not made again" sql_is 0 "select count(*) from ops.cell c join was_cell w
        using (game_date, processor) where processor = 'upcoming_context' and c.finished_at > w.finished_at"
}

must "feeds are made" "$TIPOFF" simulate --season 2025-26 --seed 7 --teams 8 --dates 45 --out "$DATA"
mkdir "$WORK/late"
mv "$DATA/shots/$LATE_SHOTS.csv" "$WORK/late/"
deploy late
must "the feeds are collected" collect
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
corrected_box_score
late_shots
new_line
ten_corrections
changes_nothing
claim_no_letters "late"
