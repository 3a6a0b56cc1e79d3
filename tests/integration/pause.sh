#!/usr/bin/env bash
# tests/integration/pause.sh
#    What an operator pauses is left alone within a second, waits with its lag in sight, outlives a restart,
#    and goes on where it was: the results are a clean run's.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

# lag GROUP: events on the broker that the group has not committed.
lag() {
    sql "select coalesce(sum(greatest(o.out - f.next_offset, 0)), 0) from ops.consumer_offset f left join lateral
        (select max(b.\"offset\") + 1 as out from ops.outbox b where b.topic = f.topic and b.partition = f.partition
        and b.incarnation = f.incarnation) o on true where consumer_group = 'tipoff.$1'"
}

lag_is_over() {
    [ "$(lag "$2")" -gt "$1" ]
}

# committed GROUP: the sum of its offsets; it changes with every event that is processed.
committed() {
    sql "select coalesce(sum(next_offset), 0) from ops.consumer_offset where consumer_group = 'tipoff.$1'"
}

# still SECONDS GROUP: its offsets stay what they are.
still() {
    local before
    before=$(committed "$2")
    sleep "$1" # nothing to wait for: the claim is that nothing happens
    same "$before" "$(committed "$2")"
}

# is_obeyed WORKER: its process has said that its partitions are paused.
is_obeyed() {
    grep -q 'event="pauses changed" paused_partitions=[1-9]' "$TIPOFF_RUN_DIR/logs/$1.log"
}

# obeyed_ms WORKER: from the pause to the line in which the worker says that it obeys.
obeyed_ms() {
    local said
    said=$(sed -n 's/^time=\([^ ]*\) .*event="pauses changed".*/\1/p' "$TIPOFF_RUN_DIR/logs/$1.log" | head -n 1)
    sql "select (extract(epoch from '$said'::timestamptz - paused_at) * 1000)::integer from ops.pause"
}

has_moved() {
    [ "$(committed "$1")" -gt 0 ]
}

status_says() {
    "$TIPOFF" status | holds "$@"
}

HALF=2025-11-04
clean_run
deploy pause

# ---- a worker ----

"$TIPOFF" pause raw --reason "box scores are being mended" >"$TIPOFF_RUN_DIR/said.txt"
claim "pause says how to go on" holds "'tipoff resume raw' goes on" <"$TIPOFF_RUN_DIR/said.txt"
must "raw obeys" eventually 10 is_obeyed raw
took=$(obeyed_ms raw)
say "raw obeyed after $took ms"
claim "raw obeys within a second" [ "$took" -lt 1000 ]
must "feeds are collected" collect --to $HALF
claim "the lag of raw grows" eventually 20 lag_is_over 50 raw
claim "a paused worker processes nothing" still 2 raw
claim "no event of it was processed at all" same 0 "$(committed raw)"
claim "status shows the pause, who and why" status_says "raw" "$(id -un)@" "box scores are being mended"
claim "'why' names the pause and how to end it" holds "tipoff resume raw" < <("$TIPOFF" why 2025-10-21 2>&1)
claim "a second pause is told that there is one" holds "raw was paused already" < <("$TIPOFF" pause raw)

# ---- over a restart of the worker ----

old=$(pid_of raw)
kill -9 "$old"
must "raw is started again" eventually 30 is_gone "$old"
must "its successor owns partitions" eventually 60 sql_is t "select bool_and(owner <> 'raw-$old') from
    ops.consumer_offset where consumer_group = 'tipoff.raw'"
claim "the pause outlives the process" still 2 raw
claim "and still nothing was processed" same 0 "$(committed raw)"

# ---- resumed ----

claim "resume says so" holds "raw goes on" < <("$TIPOFF" resume raw)
claim "what is not paused cannot be resumed" holds "raw is not paused" < <("$TIPOFF" resume raw 2>&1)
claim "raw goes on" eventually 5 has_moved raw
must "the first half ends" eventually 120 sql_is 0 "select count(*) from ops.cell where game_date <= '$HALF'
    and (status in ('expected', 'waiting') or is_stale)"

# ---- a topic, in the middle of a run ----

must "a topic is paused" "$TIPOFF" pause raw.completed
must "the summaries obey" eventually 10 is_obeyed game-summaries
must "the other feeds are collected" collect
claim "the lag of the topic's readers grows" eventually 30 lag_is_over 20 game-summaries
claim "they process nothing of it" still 2 game-summaries
claim "raw itself is not paused" eventually 30 sql_is 0 "select count(*) from ops.cell where processor like 'raw_%'
    and status in ('expected', 'waiting')"
must "the topic goes on" "$TIPOFF" resume raw.completed
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
claim_undisturbed "pauses"
claim_no_letters "pauses"

# ---- what is no worker and no topic ----

claim "an unknown name is refused" holds "no worker and no topic" < <("$TIPOFF" pause nobody 2>&1)
claim "nothing is paused at the end" sql_is 0 "select count(*) from ops.pause"
