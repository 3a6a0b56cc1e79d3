#!/usr/bin/env bash
# tests/integration/lanes.sh
#    Lanes that are paused for the broker's sake, over and over, lose nothing and change no result; and so does the
#    smallest and the largest share that the backfill lane may have.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

# said TEXT: lines of the workers' logs that have it.
said() {
    cat "$TIPOFF_RUN_DIR"/logs/*.log | grep -c "event=\"$1\""
}

# run_with NAME WHAT VARIABLE VALUE: a season in a deployment with this option.
run_with() {
    export "$3=$4"
    deploy "$1"
    must "$2: the season is collected" collect
    must "$2: it ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    unset "$3"
    claim_undisturbed "$2"
    claim_no_letters "$2"
}

clean_run
run_with held "at most two events in flight" TIPOFF_LANE_MAX_IN_FLIGHT 2
say "held back $(said "lane held back") times"
claim "lanes were held back" [ "$(said "lane held back")" -gt 5 ]
claim "and went on as often, but for those that end so" [ "$(said "lane goes on")" -gt 5 ]
claim "no partition stays paused" [ "$(said "lane held back")" -le "$(($(said "lane goes on") + 1))" ]
must "it comes down" "$TIPOFF" down
run_with least "the smallest share" TIPOFF_LANE_BACKFILL_SHARE 1
must "it comes down" "$TIPOFF" down
run_with most "the largest share" TIPOFF_LANE_BACKFILL_SHARE 90
