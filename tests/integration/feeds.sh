#!/usr/bin/env bash
# tests/integration/feeds.sh
#    A deployment that subscribes to injuries and game lines late, loses them again, and has them from the
#    start: what it knows follows its feeds, and the same feeds lead to the same hashes.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

BASIC=shots,props
ALL=shots,props,injuries,game_lines

# up_with FEEDS: the present deployment comes down and up again.
up_with() {
    "$TIPOFF" down >/dev/null && "$TIPOFF" up --feeds-subscribed "$1"
}

some() {
    [ "$1" -gt 0 ] || {
        echo "there are none"
        return 1
    }
}

# sources INDEX: of the feature, in rows that have values.
sources() {
    sql "select distinct feature_source[$1 + 1] from features.ml_feature_store where insufficient_data_reason is null order by 1"
}

# What a deployment without the two feeds knows of them.
claim_not_subscribed() {
    local what=$1
    claim "$what: feature 10 is not_subscribed" same not_subscribed "$(sources 10)"
    claim "$what: nobody's health is known" sql_is 0 "select count(*) from analytics.upcoming_player_game_context
        where player_status is not null or star_teammates_out is not null or report_stamp is not null"
    claim "$what: no game has odds or reports" sql_is 0 "select count(*) from analytics.upcoming_team_game_context
        where game_spread is not null or game_total is not null or odds_stamp is not null or players_out is not null"
    claim "$what: no cell of the two feeds is expected" sql_is 0 "select count(*) from ops.cell
        where (processor like '%injuries' or processor like '%game_lines') and (in_scope or unscheduled)"
    claim "$what: 'status' says which feeds there are" holds "feeds: schedule, boxscores, shots, props" <<<"$("$TIPOFF" status)"
    claim "$what: 'report' says so too" grep -qx "feeds: schedule, boxscores, shots, props" "$TIPOFF_RUN_DIR/report.txt"
    claim "$what: 'why' has no step of the others" same 0 "$("$TIPOFF" why "$DAY" | grep -c injuries)"
    claim "$what: every link of the day holds" holds "every link of $DAY holds" <<<"$("$TIPOFF" why "$DAY")"
}

# What one with them knows.
claim_subscribed() {
    local what=$1
    claim "$what: feature 10 is calculated" same calculated "$(sources 10)"
    claim "$what: everybody's health is known from the second date on" sql_is 0 "select count(*)
        from analytics.upcoming_player_game_context where player_status is null or star_teammates_out is null"
    claim "$what: the status is one of five" sql_is 0 "select count(*) from analytics.upcoming_player_game_context
        where player_status not in ('out', 'doubtful', 'questionable', 'probable', 'available')"
    claim "$what: some are out" some "$(sql "select count(*) from analytics.upcoming_player_game_context where player_status = 'out'")"
    claim "$what: stars that are out raise the usage of others" some "$(sql "select count(*)
        from precompute.player_composite_factors c join analytics.upcoming_player_game_context u using (game_date, player_lookup)
        where u.star_teammates_out = 1 and u.projected_usage_rate > u.avg_usage_rate_last_7_games + 1
        and usage_spike_score between (u.projected_usage_rate - u.avg_usage_rate_last_7_games) * 0.3 * 1.15 - 0.06
        and (u.projected_usage_rate - u.avg_usage_rate_last_7_games) * 0.3 * 1.15 + 0.06")"
    claim "$what: two teams of a game have opposite spreads and one total" sql_is 0 "select count(*)
        from analytics.upcoming_team_game_context a join analytics.upcoming_team_game_context b
        on (a.game_date, a.game_id, a.team) = (b.game_date, b.game_id, b.opponent)
        where (a.game_spread + b.game_spread = 0 and a.game_total = b.game_total and a.odds_bookmaker = 'DraftKings') is not true"
    claim "$what: nothing of them is from tip-off or later" sql_is 0 "select (select count(*) from
        analytics.upcoming_player_game_context where report_stamp >= tip_off or line_stamp >= tip_off)
        + (select count(*) from analytics.upcoming_team_game_context where odds_stamp >= tip_off)"
    claim "$what: nobody who is out or doubtful was asked for" sql_is 0 "select count(*) from predictions.request r
        join analytics.upcoming_player_game_context u using (game_date, player_lookup)
        where u.player_status in ('out', 'doubtful') and r.status <> 'skipped'"
    claim "$what: some were not for that" some "$(sql "select count(*) from predictions.request where reason = 'player_out'")"
    claim "$what: 'report' names the feeds" grep -qx "feeds: schedule, boxscores, shots, props, injuries, game_lines" \
        "$TIPOFF_RUN_DIR/report.txt"
    claim "$what: 'report' counts the names of reports that are not resolved" grep -q "^injuries  *no_earlier_box_score" \
        "$TIPOFF_RUN_DIR/report.txt"
}

without_then_with() {
    deploy basic --feeds-subscribed "$BASIC"
    must "a deployment without the two feeds collects" collect
    must "it ends" finish_run "$WORK/basic.hashes"
    DAY=$(sql "select max(game_date) from ops.cell")
    claim_not_subscribed "without them"

    must "it comes up again with them" up_with "$ALL"
    claim "cells of the new feeds are expected on every date" sql_is t "select count(*) = 4 * count(distinct game_date)
        from ops.cell where (processor like '%injuries' or processor like '%game_lines') and status = 'expected' and in_scope"
    claim "what rests on them is stale, says why, and waits for them" sql_is t "select bool_and(is_stale
        and stale_reason = 'the deployment subscribes to schedule, boxscores, shots, props, injuries, game_lines now')
        from ops.cell where processor = 'upcoming_context'"
    claim "'why' says that the feed has not come" holds "collect_injuries" "the feed has not come" <<<"$("$TIPOFF" why "$DAY")"
    must "the feeds are collected" collect
    must "it ends again" finish_run "$TIPOFF_RUN_DIR/hashes.all"
    claim_subscribed "subscribed later"

    must "it comes up as it was, unasked" "$TIPOFF" down
    must "it comes up" "$TIPOFF" up
    claim "a deployment that comes up again keeps its feeds" holds "props, injuries, game_lines" <<<"$("$TIPOFF" status)"
    must "it has nothing to do" finish_run "$TIPOFF_RUN_DIR/hashes.again"
    claim "and nothing changes" same_files "$TIPOFF_RUN_DIR/hashes.all" "$TIPOFF_RUN_DIR/hashes.again"
}

a_missing_file() {
    rm -rf "$WORK/holes" && cp -r "$DATA" "$WORK/holes"
    rm "$WORK/holes/injuries/$DAY.csv" "$WORK/holes/game_lines/$DAY.csv"
    deploy holes --feeds-subscribed "$ALL"
    must "a deployment whose last date lacks both files collects" "$TIPOFF" collect --data "$WORK/holes"
    must "it ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim "'why' names both files" holds "no file injuries/$DAY.csv" "no file game_lines/$DAY.csv" <<<"$("$TIPOFF" why "$DAY")"
    claim "'report' names them" holds "no file injuries/$DAY.csv" "no file game_lines/$DAY.csv" <"$TIPOFF_RUN_DIR/report.txt"
    claim "the context of the date went on without them and says so" sql_is "degraded|t|t" "select status,
        reason like '%without raw_injuries of $DAY%', reason like '%without raw_game_lines of $DAY%'
        from ops.cell where processor = 'upcoming_context' and game_date = '$DAY'"
    claim "nobody's health is known on that date, and everybody's on the others" sql_is "$DAY" "select distinct game_date
        from analytics.upcoming_player_game_context where player_status is null"
    claim "no game of that date has odds" sql_is "$DAY" "select distinct game_date
        from analytics.upcoming_team_game_context where game_spread is null"
    claim "feature 10 is missing there, for the feed is subscribed to" sql_is missing "select distinct feature_source[11]
        from features.ml_feature_store where game_date = '$DAY'"
    claim_no_letters "a missing file"
    must "it comes down" "$TIPOFF" down
}

from_the_start() {
    deploy full --feeds-subscribed "$ALL"
    must "a deployment with both feeds from the start collects" collect
    must "it ends" finish_run "$WORK/full.hashes"
    claim_no_letters "subscribed from the start"
    impossible_values
    must "it comes down" "$TIPOFF" down
    use basic
    claim "subscribing late leads to the hashes of a deployment that did so from the start" same_files "$WORK/full.hashes" \
        "$TIPOFF_RUN_DIR/hashes.all"
}

without_again() {
    use basic
    must "the deployment comes up without the feeds again" up_with "$BASIC"
    must "it ends" finish_run "$TIPOFF_RUN_DIR/hashes.without"
    claim "what was collected of them is kept" some "$(sql "select count(*) from raw.injury_report")"
    claim_not_subscribed "unsubscribed"
    claim "unsubscribing leads back to the hashes of before" same_files "$WORK/basic.hashes" "$TIPOFF_RUN_DIR/hashes.without"
    must "it comes up with them once more" up_with "$ALL"
    must "it ends without any file being read" finish_run "$TIPOFF_RUN_DIR/hashes.with"
    claim "and to those with the feeds, from what was kept" same_files "$WORK/full.hashes" "$TIPOFF_RUN_DIR/hashes.with"
    claim_no_letters "subscribed and unsubscribed"
}

# refused TABLE SET: what the table must not hold, it does not take.
refused() {
    local said
    said=$(sql "update $1 set $2" 2>&1) && {
        echo "$1 took $2"
        return 1
    }
    grep -q "violates check constraint" <<<"$said" || {
        echo "$said"
        return 1
    }
}

impossible_values() {
    local player=analytics.player_game_summary offense=analytics.team_offense_game_summary
    local defense=analytics.team_defense_game_summary set
    for set in "usage_rate = 100.5" "usage_rate = -0.1" "minutes = -1" "points = -1" "assists = -1" "turnovers = -2" \
        "fg_makes = fg_attempts + 1" "three_makes = three_attempts + 1" "ft_makes = ft_attempts + 1" \
        "three_attempts = fg_attempts + 1" "paint_makes = paint_attempts + 1" "mid_makes = -1" \
        "area_three_makes = area_three_attempts + 1" "area_mid_attempts = -1"; do
        claim "no player has $set" refused $player "$set"
    done
    for set in "points = 0" "minutes = 199, is_complete = true" "pace = 0" "fg_makes = fg_attempts + 1" "turnovers = -1" \
        "opponent_points = -1" "points_in_paint = -2" "mid_makes = mid_attempts + 1" \
        "area_paint_makes = area_paint_attempts + 1"; do
        claim "no team has $set" refused $offense "$set"
    done
    for set in "points_allowed = 0" "opponent_pace = -1" "steals = -1" "three_makes = three_attempts + 1" \
        "area_paint_makes = area_paint_attempts + 1"; do
        claim "no defence has $set" refused $defense "$set"
    done
    claim "no report has another status" refused raw.injury_report "status = 'OUT'"
    claim "a short game that is not complete may be" sql "begin; update $offense set minutes = 199, is_complete = false; rollback"
}

a_feed_that_is_none() {
    claim "a feed that there is not is refused, and named" holds "feeds.subscribed: there is no feed 'weather'" \
        <<<"$("$TIPOFF" up --feeds-subscribed weather 2>&1)"
    claim "with status 2" same 2 "$(exit_status "$TIPOFF" up --feeds-subscribed weather)"
}

# Where every worker is a process of somebody's own, no 'up' says what there is.
step_by_step() {
    database steps
    claim "'migrate' alone leaves the feeds to topics/" "$TIPOFF" migrate
    claim "then those are the feeds" holds "feeds: schedule, boxscores, shots, props" <<<"$("$TIPOFF" status 2>&1)"
    claim "with feeds it subscribes to them" "$TIPOFF" migrate --feeds-subscribed injuries,shots
    claim "then these are the feeds" grep -qx "feeds: schedule, boxscores, shots, injuries" <<<"$("$TIPOFF" status 2>&1)"
    claim "and stay so" same "schedule boxscores shots injuries" "$("$TIPOFF" migrate >/dev/null && sql "select array_to_string(feeds, ' ') from ops.deployment")"
}

make_data
a_feed_that_is_none
step_by_step
without_then_with
a_missing_file
from_the_start
without_again
