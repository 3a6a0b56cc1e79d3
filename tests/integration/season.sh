#!/usr/bin/env bash
# tests/integration/season.sh
#    A whole simulated season of 1,230 games through every phase on Apache Kafka, and what was planted in
#    it comes out: late scratches, overtimes, postponed games, misspelt names, missing files, and what the
#    injury reports knew of whom. Then what
#    changes afterwards: corrected box scores and a revised schedule, in a small league, against a run
#    that knew them from the start; and the season's own corrections.
#
# TIPOFF_SEED is the season's seed, TIPOFF_SEASON_DATES makes it shorter.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

SEED=${TIPOFF_SEED:-1}
SEASON=$WORK/feeds-season
LEAGUE=$WORK/feeds-league
STILL_S=1500 # no season takes longer
export TIPOFF_FEEDS=shots,props,injuries,game_lines

# ---- the truth as tables ----

# know_truth DIR: truth/plants.csv, expected.csv, players.csv and games.csv as tables of the schema truth.
know_truth() {
    local name columns
    sql "create schema truth"
    for name in plants expected players games absences; do
        columns=$(head -n 1 "$1/truth/$name.csv" | sed 's/[a-z_]*/"&" text/g; s/"" text//g')
        sql "create table truth.$name ($columns)"
        sql "\\copy truth.$name from '$1/truth/$name.csv' csv header"
    done
}

# names FEED: the truth's misspellings of the feed, as the unresolved list would have them.
names() {
    sql "select game_date || ' ' || spelling from truth.plants where kind = 'misspelt_name' and feed = '$1' order by 1"
}

plants() {
    sql "select count(*) from truth.plants where kind = '$1'"
}

some() {
    [ "$1" -gt 0 ] || {
        echo "there are none"
        return 1
    }
}

# differ FILE FILE
differ() {
    ! cmp -s "$1" "$2" || {
        echo "they are the same"
        return 1
    }
}

# ---- a season ----

# finish_season FILE: as finish_run, with the time that a season takes.
finish_season() {
    timeout $STILL_S "$TIPOFF" report --wait >"$TIPOFF_RUN_DIR/report.txt" && "$TIPOFF" report --hashes "$1"
}

# since NANOSECONDS: seconds that have passed.
since() {
    awk -v ns=$(($(date +%s%N) - $1)) 'BEGIN { printf "%.1f", ns / 1e9 }'
}

simulate_season() {
    # shellcheck disable=SC2086
    "$TIPOFF" simulate --season 2025-26 --seed "$SEED" --out "$SEASON" ${TIPOFF_SEASON_DATES:+--dates $TIPOFF_SEASON_DATES}
}

run_season() {
    local began
    DATA=$SEASON
    must "a season is simulated" simulate_season
    say "$(($(wc -l <"$SEASON/schedule.csv") - 1)) games, seed $SEED"
    deploy season --kafka
    began=$(date +%s%N)
    must "the season is collected" collect
    must "the season ends" finish_season "$TIPOFF_RUN_DIR/hashes"
    say "wall time of the season: $(since "$began") s"
    know_truth "$SEASON"
}

claim_whole() {
    local dates
    dates=$(sql "select count(distinct game_date) from truth.games")
    claim "every date has completed every phase" same "$((dates * $(sql "select count(distinct processor) from ops.cell")))" \
        "$(sql "select count(*) from ops.cell where status not in ('expected', 'waiting', 'failed') and not is_stale")"
    claim "no cell is open, failed or stale" sql_is 0 "select count(*) from ops.cell
        where status in ('expected', 'waiting', 'failed') or is_stale"
    claim_no_letters "season"
    claim "no row was rejected but for the usage of a few seconds" sql_is 0 "select count(*) from ops.rejected_row
        where reason <> 'usage rate above 100'"
    claim "the points of every player-game are the truth's, but for those that were published wrong" sql_is \
        "$(plants corrected_boxscore)" "select count(*) from truth.expected e join truth.games g using (game_id)
        full join analytics.player_game_summary p on p.game_date = e.game_date::date and p.player_lookup = e.player_lookup
        where p.points is distinct from e.points::int and coalesce(g.is_scheduled, 'yes') = 'yes'"
}

# Reports knew of both in time, be it half an hour before: nobody is asked for who is out by then.
claim_scratched() {
    local asked graded
    asked="from truth.plants t join predictions.request r on r.game_date = t.game_date::date
        and r.player_lookup = t.player_lookup where t.kind in ('late_scratch', 'dnp_with_line')"
    graded="from truth.plants t join predictions.prediction_accuracy a on a.game_date = t.game_date::date
        and a.player_lookup = t.player_lookup where t.kind in ('late_scratch', 'dnp_with_line')"
    claim "no player who was scratched late was asked for: he was out" sql_is 0 \
        "select count(*) $asked and t.kind = 'late_scratch' and (r.status, r.reason) is distinct from ('skipped', 'player_out')"
    claim "some were scratched late" some "$(sql "select count(*) $asked and t.kind = 'late_scratch'")"
    claim "of the others who sat, who was listed as out was not asked for either" some \
        "$(sql "select count(*) $asked and t.kind = 'dnp_with_line' and r.reason = 'player_out'")"
    claim "who sat by the coach's decision was predicted" some "$(sql "select count(*) $graded")"
    claim "every one of those picks is void: he did not play" sql_is "0" \
        "select count(*) $graded and not (a.is_voided and a.result = 'void' and a.void_reason in
            ('did_not_play', 'dnp_injury_confirmed', 'dnp_late_scratch', 'dnp_unknown'))"
    say "$(plants late_scratch) late scratches, $(plants dnp_with_line) others with a line: $(sql "select count(*) $asked
        and r.reason = 'player_out'") not asked for, $(sql "select count(*) $graded") voids"
}

# What the reports said last, against who was missing in truth.
claim_health() {
    local known
    known="from analytics.upcoming_player_game_context u left join truth.absences a
        on a.game_date::date = u.game_date and a.player_lookup = u.player_lookup"
    claim "everybody has a status once there are reports" sql_is 0 "select count(*)
        from analytics.upcoming_player_game_context where player_status is null"
    claim "who is out before tip-off did not play" sql_is 0 "select count(*) $known
        where u.player_status = 'out' and a.player_lookup is null"
    claim "some were out" some "$(sql "select count(*) $known where u.player_status = 'out'")"
    claim "feature 10 says so: 3 for who is out, and is never without a source" sql_is "calculated|3" "select
        string_agg(distinct feature_source[11], ','), avg(feature_values[11]) filter (where u.player_status = 'out')
        from features.ml_feature_store f join analytics.upcoming_player_game_context u using (game_date, player_lookup)
        where insufficient_data_reason is null"
    claim "usage is seen to rise where one star is out, and more where more are" sql_is t "select min(s) filter (where n = 1) <
        min(s) filter (where n = 2) from (select least(u.star_teammates_out, 2) n, round(avg(c.usage_spike_score /
        (u.projected_usage_rate - u.avg_usage_rate_last_7_games))::numeric, 2) s from precompute.player_composite_factors c
        join analytics.upcoming_player_game_context u using (game_date, player_lookup) where u.star_teammates_out > 0 and
        u.projected_usage_rate - u.avg_usage_rate_last_7_games between 2 and 7 group by 1) x"
    claim "every scheduled game has a spread of its own for each team, and one total" sql_is 0 "select count(*)
        from analytics.upcoming_team_game_context a join analytics.upcoming_team_game_context b
        on (a.game_date, a.game_id, a.team) = (b.game_date, b.game_id, b.opponent)
        where (a.game_spread + b.game_spread = 0 and a.game_total = b.game_total) is not true"
    claim "favourites win more often than not" sql_is t "select avg((s.won)::int) > 0.55
        from analytics.upcoming_team_game_context u join analytics.team_offense_game_summary s using (game_date, team)
        where u.game_spread < 0"
    claim "nothing that was read is from tip-off or later" sql_is 0 "select (select count(*) from
        analytics.upcoming_player_game_context where report_stamp >= tip_off or line_stamp >= tip_off)
        + (select count(*) from analytics.upcoming_team_game_context where odds_stamp >= tip_off)"
    claim "some lines moved, and most did not" sql_is t "select avg((current_points_line <> opening_points_line)::int)
        between 0.02 and 0.4 from analytics.upcoming_player_game_context where current_points_line is not null"
}

claim_games() {
    claim "overtimes are those of the truth, of both teams" sql_is "$(plants overtime)" \
        "select count(*) from (select game_id from analytics.team_offense_game_summary group by game_id
        having min(overtime_periods) > 0 and min(overtime_periods) = max(overtime_periods)) x"
    claim "the truth has overtimes" some "$(plants overtime)"
    claim "a postponed game was played on its last date and not on its first" sql_is "$(plants postponed)" \
        "select count(*) from truth.plants t join truth.games g using (game_id) where t.kind = 'postponed'
        and exists (select 1 from analytics.team_offense_game_summary s where s.game_date = t.final::date and s.team = g.home)
        and not exists (select 1 from analytics.team_offense_game_summary s where s.game_date = t.first::date
        and s.team = g.home and s.opponent = g.away)"
    claim "the cup final is kept and counts for nothing" sql_is "t|no_data|not_regular_season" "select
        (select count(*) > 10 from raw.boxscore b where b.game_date = t.game_date::date), c.status, c.reason
        from truth.plants t join ops.cell c on c.game_date = t.game_date::date and c.processor = 'game_summaries'
        where t.kind = 'unscheduled_game'"
}

claim_names() {
    claim "the shots' names that are not resolved are the misspelt ones" same "$(names shots)" \
        "$(sql "select game_date || ' ' || player_name from analytics.unresolved_name where feed = 'shots' order by 1")"
    claim "some are" some "$(names shots | wc -l)"
    claim "every misspelt name of the lines is listed" sql_is 0 "select count(*) from truth.plants t
        where kind = 'misspelt_name' and feed = 'props' and not exists (select 1 from analytics.unresolved_name u
        where u.feed = 'props' and u.game_date = t.game_date::date and u.player_name = t.spelling)"
    claim "some are" some "$(names props | wc -l)"
    claim "every other name of the lines that is not resolved has no box score of the 30 days before" sql_is 0 \
        "select count(*) from analytics.unresolved_name u where u.feed = 'props' and not exists (select 1 from truth.plants t
        where t.kind = 'misspelt_name' and t.feed = 'props' and t.game_date::date = u.game_date and t.spelling = u.player_name)
        and not exists (select 1 from truth.players p where p.props_spelling = u.player_name and not exists (select 1
        from analytics.player_game_summary s where s.player_lookup = p.player_lookup and s.game_date < u.game_date
        and s.game_date >= u.game_date - 30))"
    claim "a name of the reports that is not resolved has no box score yet" sql_is "no_earlier_box_score" \
        "select distinct reason from analytics.unresolved_name where feed = 'injuries'"
    claim "and none of before that date" sql_is 0 "select count(*) from analytics.unresolved_name u where u.feed = 'injuries'
        and exists (select 1 from truth.players p join analytics.player_game_summary s using (player_lookup)
        where u.player_name in (p.player, p.injuries_spelling) and s.team = u.team and s.game_date < u.game_date)"
    claim "reports that spell a player differently are about him" some "$(sql "select count(*) from truth.plants t
        join raw.injury_report i on i.player_name = t.spelling and i.status = 'out' join
        analytics.upcoming_player_game_context u on u.game_date = i.game_date and u.player_lookup = t.player_lookup
        and u.player_status = 'out' where t.kind = 'other_spelling' and t.feed = 'injuries'")"
    claim "every player with a points line whom the lines spell differently has had it" sql_is 0 "select count(*)
        from truth.plants t where kind = 'other_spelling' and feed = 'props' and exists (select 1 from raw.prop_line l
        where l.player_name = t.spelling and l.market = 'player_points' and l.game_date > '2025-12-01')
        and not exists (select 1 from analytics.upcoming_player_game_context u where u.player_lookup = t.player_lookup
        and u.current_points_line is not null)"
}

# Each missing file is named where somebody would look for it.
claim_gaps() {
    local day feed
    while IFS='|' read -r day feed; do
        claim "'why' names the missing file $feed/$day.csv" holds "no file $feed/$day.csv" <<<"$("$TIPOFF" why "$day")"
        claim "the report names $feed/$day.csv" holds "no file $feed/$day.csv" <"$TIPOFF_RUN_DIR/report.txt"
    done < <(sql "select game_date, feed from truth.plants where kind = 'missing_file' order by 1")
    claim "the truth has missing files" some "$(plants missing_file)"
}

# ---- what changes afterwards ----

# with_corrections DIR OUT: the feeds of DIR with its box scores as corrected.
with_corrections() {
    rm -rf "$2"
    cp -r "$1" "$2" && cp "$1"/corrections/boxscores/*.csv "$2/boxscores/"
}

# graded COLUMN: of each corrected player, what he is graded by: by the predictions, and by the truth.
graded() {
    sql "select t.game_date, t.player_lookup, a.actual_points, t.$1 from truth.plants t
        join predictions.prediction_accuracy a on a.game_date = t.game_date::date and a.player_lookup = t.player_lookup
        where t.kind = 'corrected_boxscore' order by 1, 2"
}

# all_agree ROWS: the last two of the four columns are equal in every row, and there are rows.
all_agree() {
    some "$(grep -c . <<<"$1")" && awk -F'|' '$3 + 0 != $4 + 0 { print; bad = 1 } END { exit bad }' <<<"$1"
}

correct_season() {
    local began before after
    before=$(graded first)
    claim "players whose box score was wrong were graded by it" all_agree "$before"
    must "the corrections arrive" with_corrections "$SEASON" "$WORK/feeds-corrected"
    began=$(date +%s%N)
    DATA=$WORK/feeds-corrected
    must "they are collected" collect
    must "the season ends again" finish_season "$TIPOFF_RUN_DIR/hashes.corrected"
    say "wall time of the corrections: $(since "$began") s"
    after=$(graded final)
    claim "they are graded again, by the corrected box score" all_agree "$after"
    claim "now the points of every player-game are the truth's" sql_is 0 "select count(*) from truth.expected e
        join analytics.player_game_summary p on p.game_date = e.game_date::date and p.player_lookup = e.player_lookup
        where p.points <> e.points::int"
    claim "after the corrections no cell is open, failed or stale" sql_is 0 "select count(*) from ops.cell
        where status in ('expected', 'waiting', 'failed') or is_stale"
}

# A league of eight teams: first as announced and published, then as it came to be.
small_league() {
    must "a small league is simulated" "$TIPOFF" simulate --season 2025-26 --seed 7 --teams 8 --dates 45 --out "$LEAGUE"
    must "its corrections are known" with_corrections "$LEAGUE" "$WORK/feeds-league-final"
    rm -rf "$WORK/feeds-league-first"
    must "its first announcement is known" cp -r "$LEAGUE" "$WORK/feeds-league-first"
    cp "$LEAGUE/schedule_first.csv" "$WORK/feeds-league-first/schedule.csv"
    claim "a box score was corrected" some "$(find "$LEAGUE/corrections" -name '*.csv' | wc -l)"
    claim "a game was postponed" differ "$LEAGUE/schedule.csv" "$LEAGUE/schedule_first.csv"
    DATA=$WORK/feeds-league-final
    deploy league
    must "the run that knows everything from the start collects" collect
    must "it ends" finish_season "$WORK/league.hashes"
    must "it comes down" "$TIPOFF" down
    deploy late
    DATA=$WORK/feeds-league-first
    must "the run that learns it late collects" collect
    must "it ends" finish_season "$TIPOFF_RUN_DIR/hashes.first"
    DATA=$WORK/feeds-league-final
    must "then corrections and the schedule arrive" collect
    must "it ends again" finish_season "$TIPOFF_RUN_DIR/hashes"
    claim "before, it had other hashes" differ "$WORK/league.hashes" "$TIPOFF_RUN_DIR/hashes.first"
    claim "late corrections and a revised schedule lead to the hashes of a run that knew them" same_files \
        "$WORK/league.hashes" "$TIPOFF_RUN_DIR/hashes"
    claim_no_letters "league"
    must "it comes down" "$TIPOFF" down
}

small_league
run_season
claim_whole
claim_scratched
claim_health
claim_games
claim_names
claim_gaps
correct_season
