#!/usr/bin/env bash
# tests/integration/logs.sh
#    Every log line is well-formed, in both formats, and those about events and cells say which: each cell
#    that ended, each letter and, at level debug, each event has its line with its coordinates.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

# The last version of every cell that a worker of 'tipoff up' has ended.
ended() {
    sql "select game_date || ' ' || processor || ' ' || version from ops.cell where version > 0
        and processor not like 'collect_%' and (in_scope or unscheduled)"
}

# An event without an id of its own is known by its place alone.
letters() {
    sql "select topic || ' ' || partition || ' ' || \"offset\" || ' ' || case when event_id like 'at:%' then '-'
        else event_id end from ops.letter"
}

# Every event that the outbox says is on the broker, of a topic that somebody reads.
events() {
    sql "select o.topic || ' ' || o.partition || ' ' || o.\"offset\" from ops.outbox o where exists (select 1 from
        ops.consumer_offset f where f.topic = o.topic and f.partition = o.partition and o.\"offset\" < f.next_offset
        and f.consumer_group = 'tipoff.raw')"
}

has_letters() {
    [ "$(sql "select count(*) from ops.letter")" = "$1" ]
}

agree() {
    ended >"$TIPOFF_RUN_DIR/ended"
    letters >"$TIPOFF_RUN_DIR/letters"
    events >"$TIPOFF_RUN_DIR/events"
    python3 "$ROOT/tests/support/logs.py" "$1" "$TIPOFF_RUN_DIR/logs" "$TIPOFF_RUN_DIR/ended" \
        "$TIPOFF_RUN_DIR/letters" ${2:+"$TIPOFF_RUN_DIR/events"}
}

# run FORMAT LEVEL: a few dates, and two events that nobody can read.
run() {
    export TIPOFF_LOG_FORMAT=$1 TIPOFF_LOG_LEVEL=$2
    deploy "$1" --from 2025-10-21 --to 2025-10-30
    must "feeds are collected" collect --to 2025-10-30
    kcat -P -b "$(brokers)" -t feed.boxscores.backfill -p 3 <<<"no event"
    kcat -P -b "$(brokers)" -t feed.shots.backfill -p 1 -k "a \"key\" = $1" -H 'ce_id=odd id="1"' <<<"nor this"
    must "both become letters" eventually 120 has_letters 2
    must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
}

make_data

run json debug
claim "json: every line is an object, and cells, letters and events have theirs" agree json events
must "it comes down" "$TIPOFF" down

run logfmt info
claim "logfmt: every line is fields, and cells and letters have theirs" agree logfmt
claim "the worker and the run are named" grep -q 'worker=raw .*run_id=raw-[0-9]*-' "$TIPOFF_RUN_DIR/logs/raw.log"

claim "another format is refused" holds "log.format must be logfmt or json" < <("$TIPOFF" status --log.format xml 2>&1)
