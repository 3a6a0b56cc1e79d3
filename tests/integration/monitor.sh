#!/usr/bin/env bash
# tests/integration/monitor.sh
#    The monitor of a date that is late: every overdue cell is one message, and one more when it has ended; what was
#    lost is found by gaps, by checks and by the monitor's own checks. Sinks are tested each day, and a process that
#    hangs is seen by its silence.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

messages() {
    grep -c "\"stage\" : \"$1\", .*\"kind\" : \"$2\"" "$WORK/bodies" || true
}

messages_are() {
    same "$1" "$(messages "$2" "$3")"
}

status_is() {
    local wanted=$1 status=0
    shift
    "$@" >"$WORK/said" 2>&1 || status=$?
    [ "$status" = "$wanted" ] || {
        echo "status $status"
        cat "$WORK/said"
        return 1
    }
}

: >"$WORK/bodies"
"$ROOT/tests/support/webhook.py" "$WORK/port" "$WORK/bodies" &
HOOK=$!
trap 'kill $HOOK' EXIT
must "a receiver is there" eventually 10 test -s "$WORK/port"

make_data
export TIPOFF_NOW=2025-11-20T15:00:00Z
TIPOFF_ALERT_ROUTES="ops json http://127.0.0.1:$(cat "$WORK/port")/ info; nobody json http://127.0.0.1:9/ critical sink_failed"
export TIPOFF_ALERT_ROUTES
deploy late
# health_says STATE CHECK: the deep health has the check in that state.
health_says() {
    "$TIPOFF" health --deep --json >"$WORK/health" 2>/dev/null || true # one that is bad has status 1
    python3 -c 'import json, sys
rows = json.load(open(sys.argv[3]))["checks"]
sys.exit(not any(r["state"] == sys.argv[1] and r["check"].startswith(sys.argv[2]) for r in rows) and str(rows))' \
        "$1" "$2" "$WORK/health"
}

claim "every sink is sent the day's test by itself" eventually 30 grep -q '"stage" : "test"' "$WORK/bodies"
claim "a sink that nobody answers at is an alert, told to the others" eventually 30 messages_are 1 open sink_failed
claim "health says which" health_says bad "alert sinks"
claim "a sink takes a test by hand" status_is 0 "$TIPOFF" alerts test ops
claim "one without an answer does not" status_is 1 "$TIPOFF" alerts test nobody
sql "update ops.sink_test set due_at = now() + interval '1 hour'" >/dev/null # enough of it
must "all but the last date come" collect --to 2025-11-18
OVERDUE=17 # cells of a date with the feeds of a deployment that says nothing else
claim "the cells of the late date are alerts" eventually 90 sql_is $OVERDUE "select count(*) from ops.alert
    where kind = 'cell_overdue' and resolved_at is null and game_date = '2025-11-19'"
claim "each is one message" eventually 60 messages_are $OVERDUE open cell_overdue
claim "gaps has them, and no date before" sql_is $OVERDUE "select $("$TIPOFF" gaps --json 2>/dev/null |
    python3 -c 'import json, sys; print(sum(g["date"] == "2025-11-19" and g["hole"] == "late" for g in json.load(sys.stdin)["gaps"]))')"
sql "update ops.alert set acked_at = null" >/dev/null
ID=$(sql "select min(id) from ops.alert where kind = 'cell_overdue' and resolved_at is null")
claim "an alert is acknowledged with a reason" status_is 0 "$TIPOFF" alerts ack "$ID" --reason "the feed is slow"
claim "and without one it is not" status_is 2 "$TIPOFF" alerts ack "$ID"
claim "the audit says who" sql_is 1 "select count(*) from ops.audit where command = 'alerts ack' and target = 'alert $ID'"
must "the last date comes" collect
must "everything ends" finish_run "$WORK/late.hashes"
claim "what is late no more is said to be over" eventually 60 messages_are $OVERDUE resolved cell_overdue
claim "there are no holes" status_is 0 "$TIPOFF" gaps --rows

# ---- a process that hangs ----

GRADER=$(pid_of grader)
silent_for() {
    sql "update ops.worker_process set beat_at = now() - interval '$1' where worker = 'grader'" >/dev/null
}
claim "every process beats" health_says ok heartbeats
must "the grader hangs" kill -STOP "$GRADER"
silent_for "119 seconds"
claim "a silence of less than two beats is none" health_says ok heartbeats
silent_for "3 minutes"
claim "a longer one is late" health_says bad "heartbeat of grader-$GRADER"
claim "which is no alert" sql_is 0 "select count(*) from ops.alert where kind = 'process_dead'"
silent_for "16 minutes"
claim "after fifteen minutes it is dead: one alert" eventually 30 sql_is "grader-$GRADER 1" "select subject || ' ' || count
    from ops.alert where kind = 'process_dead' and resolved_at is null"
claim "people are told" eventually 30 messages_are 1 open process_dead
claim "its session with the database is ended" eventually 30 sql_is 0 "select count(*) from pg_stat_activity
    where application_name = 'grader-$GRADER' and datname = current_database()"
claim "stuck has it" holds "grader-$GRADER" "dead" < <("$TIPOFF" stuck 2>/dev/null)
must "it goes on" kill -CONT "$GRADER"
claim "it comes back by itself, and that is over" eventually 60 sql_is 1 "select count(*) from ops.alert
    where kind = 'process_dead' and resolved_at is not null"
claim "and beats" health_says ok heartbeats
claim "its work goes on" status_is 0 "$TIPOFF" gaps

# ---- what is lost ----

sql "delete from features.ml_feature_store where game_date = '2025-11-12'" >/dev/null
claim "rows that go are a hole" status_is 1 "$TIPOFF" gaps --rows
claim "of which the cells alone know nothing" status_is 0 "$TIPOFF" gaps
claim "and a check fails" status_is 1 "$TIPOFF" validate lineage 2025-11-12
sql "delete from ops.cell where game_date = '2025-11-12' and processor = 'grading'" >/dev/null
claim "a cell that goes is a hole" status_is 1 "$TIPOFF" gaps 2025-11-12
must "the deployment comes down" "$TIPOFF" down
claim "processes that end by themselves are nobody's silence" sql_is 0 "select count(*) from ops.worker_process"
