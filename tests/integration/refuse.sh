#!/usr/bin/env bash
# tests/integration/refuse.sh
#    A worker that cannot work refuses to start: exit status 2, and a line that says what is wrong and
#    what mends it. What it says does mend it. Apache Kafka, since topics are at issue.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

NOWHERE=127.0.0.1:1 # nothing listens there

# refuses TEXT WORD... -- COMMAND...: the claim that the command ends with status 2 and these words.
refuses() {
    local text=$1 words=() out status=0
    shift
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    out=$(timeout 60 "$@" 2>&1 </dev/null) || status=$?
    claim "$text: exit status 2" same 2 $status
    claim "$text: says ${words[*]}" holds "${words[@]}" <<<"$out"
}

# starts NAME: a worker by hand gets as far as its loop; it is stopped again.
starts() {
    local pid
    : >"$TIPOFF_RUN_DIR/$1.log"
    hand_start "$TIPOFF_RUN_DIR/$1.log" "$TIPOFF" worker "$1"
    pid=$STARTED
    eventually 30 grep -q event=started "$TIPOFF_RUN_DIR/$1.log" || {
        cat "$TIPOFF_RUN_DIR/$1.log"
        return 1
    }
    kill "$pid"
    eventually 30 is_gone "$pid"
}

topic() {
    python3 "$ROOT/tests/support/topic.py" "$KAFKA_BROKERS" "$@"
}

no_such_topic() {
    ! kcat -L -b "$KAFKA_BROKERS" -t "$1" 2>/dev/null | grep -q "topic \"$1\" with [1-9]"
}

without_services() {
    refuses "no broker configured" "no broker is configured" KAFKA_BROKERS "tipoff up" -- "$TIPOFF" worker raw
    refuses "no database configured" "no database is configured" DATABASE_URL "tipoff up" -- \
        env -u DATABASE_URL "$TIPOFF" worker raw --kafka.brokers $NOWHERE
    refuses "no database there" "cannot connect to Postgres" "start it, or set DATABASE_URL" -- env DATABASE_URL='postgresql:///x?host=/nowhere' \
        KAFKA_BROKERS=$NOWHERE "$TIPOFF" worker raw
    refuses "no such database" "cannot connect to Postgres" "no_such_db" -- \
        env DATABASE_URL="${DATABASE_URL/_refuse/_no_such_db}" KAFKA_BROKERS=$NOWHERE "$TIPOFF" worker raw
}

wrong_tables() {
    sql "alter table raw.boxscore rename column minutes to minutes_elsewhere"
    refuses "a table lacks a column" raw.boxscore minutes "tipoff migrate" -- "$TIPOFF" worker raw
    refuses "a table that it only reads lacks a column" raw.boxscore minutes -- "$TIPOFF" worker game-summaries
    sql "alter table raw.boxscore rename column minutes_elsewhere to minutes"
}

wrong_topics() {
    must "a topic is made with too few partitions" topic create feed.props.backfill 3
    refuses "a topic with too few partitions, applied" "feed.props.backfill has 3 partitions" 12 "delete it" -- \
        "$TIPOFF" topics apply
    refuses "a topic with too few partitions" "feed.props.backfill has 3 partitions" 12 -- "$TIPOFF" worker raw
    must "the topic is deleted" topic delete feed.props.backfill
    must "it is gone" eventually 30 no_such_topic feed.props.backfill
    refuses "a topic that is missing" feed.props.backfill "tipoff topics apply" -- "$TIPOFF" worker raw
    claim "'topics apply' makes it" "$TIPOFF" topics apply
    claim "then the worker starts" starts raw
}

# Kafka by hand, migrations by hand: everything is there, and each piece is spoilt in turn.
pieces() {
    must "database" database refuse
    use refuse
    mkdir -p "$TIPOFF_RUN_DIR"
    without_services
    refuses "a database without our tables" "tipoff migrate" -- env KAFKA_BROKERS=$NOWHERE "$TIPOFF" worker raw
    must "it migrates" "$TIPOFF" migrate
    refuses "no broker there" "no Kafka broker answers at $NOWHERE" "start it, or set KAFKA_BROKERS" -- env KAFKA_BROKERS=$NOWHERE "$TIPOFF" worker raw
    must "Kafka starts" "$ROOT/ops/kafka" start
    KAFKAS+=("$TIPOFF_RUN_DIR")
    KAFKA_BROKERS=$("$ROOT/ops/kafka" brokers)
    export KAFKA_BROKERS
    refuses "a broker without our topics" "tipoff topics apply" -- "$TIPOFF" worker raw
    wrong_topics
    wrong_tables
    claim "once the column is back the worker starts" starts raw
    must "Kafka is stopped" "$ROOT/ops/kafka" wipe
    unset KAFKA_BROKERS
}

# The broker's log is lost in the middle of a run.
lost_log() {
    local before
    deploy lost --kafka
    hand_start "$WORK/collect.log" collect
    must "the run is under way" eventually 60 has_ended 150
    must "it is brought down in the middle" "$TIPOFF" down
    wait "$STARTED"
    before=$(ended_cells)
    say "$before of $(wc -l <"$WORK/clean.hashes") cells had ended"
    must "the log is lost" "$ROOT/ops/kafka" wipe
    must "a fresh Kafka starts" "$ROOT/ops/kafka" start
    KAFKA_BROKERS=$("$ROOT/ops/kafka" brokers)
    export KAFKA_BROKERS
    must "it gets its topics" "$TIPOFF" topics apply
    refuses "a broker that lost its log under kept offsets" "lost its log" "tipoff topics adopt" -- "$TIPOFF" worker raw
    claim "nothing was done by the refusal" same "$before" "$(ended_cells)"
    claim "'topics adopt' accepts the new log" "$TIPOFF" topics adopt
    unset KAFKA_BROKERS
    must "the deployment comes up on it" "$TIPOFF" up --kafka
    must "what was not sent is sent" collect
    must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim_undisturbed "log lost and adopted"
    claim_no_letters "log lost and adopted"
    claim "the offsets of a worker that runs are not taken away" same 1 "$(exit_status "$TIPOFF" repair read_from_start grader --reason x)"
    must "it comes down" "$TIPOFF" down
}

# Offsets lie beyond what the broker still has.
lost_part() {
    local ended
    must "its Kafka starts again" "$ROOT/ops/kafka" start
    KAFKA_BROKERS=$("$ROOT/ops/kafka" brokers)
    export KAFKA_BROKERS
    ended=$(ended_cells)
    sql "update ops.consumer_offset set next_offset = next_offset + 1000000 where consumer_group = 'tipoff.grader'"
    refuses "offsets beyond the log" "outside the log" "tipoff repair read_from_start grader" -- "$TIPOFF" worker grader
    claim "repair wants a reason" same 2 "$(exit_status "$TIPOFF" repair read_from_start grader)"
    claim "and a worker" same 2 "$(exit_status "$TIPOFF" repair read_from_start gradr --reason x)"
    claim "--dry-run changes nothing" test "$("$TIPOFF" repair read_from_start grader --dry-run >/dev/null
        sql "select count(*) from ops.consumer_offset where consumer_group = 'tipoff.grader'")" -gt 0
    must "repair read_from_start" "$TIPOFF" repair read_from_start grader --reason "the disk of the broker"
    claim "it is on record" sql_is "repair read_from_start grader the disk of the broker" "select command || ' ' || target
        || ' ' || reason from ops.audit order by id desc limit 1"
    claim "the worker starts" starts grader
    claim "it has recognised what it had handled" same "$ended" "$(ended_cells)"
    unset KAFKA_BROKERS
    must "that Kafka stops" "$ROOT/ops/kafka" stop
}

clean_run
pieces
lost_log
lost_part
