#!/usr/bin/env bash
# tests/integration/producers.sh
#    Each producer of the features in turn does not come, and an operator opens the gates: within that run
#    the missing one is named by quality, by the rows' own alerts and by an alert, whatever the means say.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

# processor, table, date, and the gates that it holds in the order in which they come up
PRODUCERS='
team_defense_zone        team_defense_zone_analysis  2025-11-12  player_composite_factors feature_store
player_shot_zone         player_shot_zone_analysis   2025-11-13  player_composite_factors player_daily_cache feature_store
player_composite_factors player_composite_factors    2025-11-15  feature_store
player_daily_cache       player_daily_cache          2025-11-17  feature_store
'

each() {
    local line
    while read -r -a line; do
        [ ${#line[@]} = 0 ] || "$1" "${line[@]}"
    done <<<"$PRODUCERS"
}

status_is() {
    sql_is "$1" "select status from ops.cell where game_date = '$2' and processor = '$3'"
}

# No row of that date can be written.
break_producer() {
    must "$1 is broken" sql "alter table precompute.$2 add constraint broken check (game_date <> '$3')"
}

opened() {
    "$TIPOFF" gate override "$2" "$1" --reason "a test without a producer" --expires 1h >/dev/null
}

# open_gates PROCESSOR TABLE DATE GATE...
open_gates() {
    local producer=$1 date=$3 gate
    shift 3
    for gate in "$@"; do
        must "$gate waits for $producer" eventually 60 status_is waiting "$date" "$gate"
        must "$gate is opened" opened "$gate" "$date"
        must "$gate runs" eventually 60 status_is degraded "$date" "$gate"
    done
}

# of_rows DATE CONDITION: of the features of a date, how many are not so.
of_rows() {
    sql "select count(*) from features.ml_feature_store where game_date = '$1' and not ($2)"
}

open_alert() {
    sql_is 1 "select count(*) from ops.alert where resolved_at is null and $1"
}

# claim_named PROCESSOR TABLE DATE GATE...
claim_named() {
    local producer=$1 date=$3
    "$TIPOFF" quality "$date" >"$WORK/quality.$producer" 2>&1
    claim "without $producer: features are there all the same, degraded" status_is degraded "$date" feature_store
    claim "without $producer: every row says so in its alerts" same 0 \
        "$(of_rows "$date" "'${producer}_missing' = any (quality_alerts)")"
    claim "without $producer: every row says so in missing_processors" same 0 \
        "$(of_rows "$date" "'$producer' = any (missing_processors)")"
    claim "without $producer: no row is quality ready" same 0 "$(of_rows "$date" "not is_quality_ready")"
    claim "without $producer: an alert of the features names it" open_alert \
        "game_date = '$date' and processor = 'feature_store' and kind = 'upstream_missing' and subject = '$producer'"
    claim "without $producer: its failure is an alert" open_alert \
        "game_date = '$date' and processor = '$producer' and kind = 'cell_failed'"
    claim "without $producer: 'quality' names it, its state and what mends it" \
        holds "upstream_missing" "$producer" "(failed: " "tipoff dlq retry" <"$WORK/quality.$producer"
    claim "without $producer: 'why' begins with it" holds "first broken link: $producer" < <("$TIPOFF" why "$date")
}

make_data
deploy producers
each break_producer
must "the feeds are collected" collect
each open_gates
each claim_named
claim "dates that lack nobody have no such alert" sql_is 0 "select count(*) from ops.alert where kind =
    'upstream_missing' and game_date not in ('2025-11-12', '2025-11-13', '2025-11-15', '2025-11-17')"
