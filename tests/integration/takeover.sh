#!/usr/bin/env bash
# tests/integration/takeover.sh
#    Processes of raw that leave under load, asked to or killed: their partitions go to the others, nothing
#    is lost and nothing is done twice. How long that takes is printed.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"
. "$ROOT/tests/support/takeover.sh"

# An event a transaction, each with a wait in it: seconds of work, in which a process can leave.
slow_workers() {
    export TIPOFF_BATCH_MAX_EVENTS=1 TIPOFF_FAILPOINTS=before_commit=delay:20
}

more_raw() {
    hand_start "$TIPOFF_RUN_DIR/logs/raw.more.log" "$TIPOFF" worker raw
    EXTRA+=("$STARTED")
}

# Everything that was collected is still before raw.
all_wait() {
    lag_is_over "$(($(sql "select count(*) from ops.outbox where topic like 'feed.%'") - 1))" raw
}

# load COUNT: feeds wait for that many processes of raw, which then start on them together.
load() {
    local i
    EXTRA=()
    for ((i = 1; i < $1; i++)); do
        more_raw
    done
    must "$1 processes share the partitions" eventually 60 shared_by "$1" raw
    must "raw is paused" "$TIPOFF" pause raw
    must "feeds are collected" collect
    must "they wait" eventually 30 all_wait
    must "raw goes on" "$TIPOFF" resume raw
    must "raw is at work" eventually 20 has_committed 40 raw
}

# leave SIGNAL PID
leave() {
    remember_partitions "raw-$2"
    LEFT=$(now_ms)
    kill "-$1" "$2"
}

clean_run

# ---- asked to go ----

slow_workers
MISSED_MS=$TIPOFF_SESSION_TIMEOUT_MS
export TIPOFF_SESSION_TIMEOUT_MS=45000 # nobody waits for that one to end within any deadline below
deploy drained --kafka
load 2
leave TERM "${EXTRA[0]}"
claim "a process that is asked to go does not make its successors wait for its session to end" \
    eventually 20 await_ms 1 claimed_ms "$LEFT" "raw-${EXTRA[0]}"
took=$(await_ms 20 taken_over_ms "$LEFT" "raw-${EXTRA[0]}")
claim "the other process goes on with what it had" [ -n "$took" ]
say "drained: an event of its partitions was committed by the other process after $took ms"
claim "it ends by itself" eventually 10 is_gone "${EXTRA[0]}"
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
claim_undisturbed "a drained process"
claim_no_letters "a drained process"
must "it comes down" "$TIPOFF" down

# ---- killed ----

export TIPOFF_SESSION_TIMEOUT_MS=$MISSED_MS
deploy killed --kafka
load 4
leave KILL "${EXTRA[1]}"
took=$(await_ms 40 taken_over_ms "$LEFT" "raw-${EXTRA[1]}")
claim "the others go on with what a killed process had" [ -n "$took" ]
say "killed, one of four: an event of its partitions was committed by another process after $took ms" \
    "(session timeout $TIPOFF_SESSION_TIMEOUT_MS ms)"
must "the run ends without it" finish_run "$TIPOFF_RUN_DIR/hashes"
claim_undisturbed "a killed process"
claim_no_letters "a killed process"
