#!/usr/bin/env bash
# tests/integration/broker_restart.sh
#    The embedded broker dies with everything that it held, and Postgres is stopped as by a crash, in
#    the middle of a run: the workers wait or start again, what the broker lost is published again,
#    and the run ends as one that nothing disturbed.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

incarnation() {
    sql "select count(*) from ops.incarnation"
}

knows_more_logs() {
    [ "$(incarnation)" -gt "$1" ]
}

# kill_broker: and wait until the workers have met the broker that follows it.
kill_broker() {
    local known pid
    known=$(incarnation)
    pid=$(pid_of broker)
    kill -9 "$pid" && eventually 60 knows_more_logs "$known" && [ "$(pid_of broker)" != "$pid" ]
}

broker_dies() {
    deploy broker
    hand_start "$WORK/broker-collect.log" collect
    must "the run is under way" eventually 60 has_ended 120
    claim "a broker that is killed comes back, with another log" kill_broker
    wait "$STARTED" || must "what the broker's death interrupted is collected again" collect
    must "the run has gone on" eventually 60 has_ended 300
    claim "it comes back a second time" kill_broker
    must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim_undisturbed "broker killed twice"
    claim_no_letters "broker killed twice"
    must "it comes down" "$TIPOFF" down
}

# crash_postgres: the postmaster and its children end at once, without a checkpoint.
crash_postgres() {
    local pid
    pid=$("$ROOT/ops/postgres" status | sed -n 's/^running, pid \([0-9]*\),.*/\1/p')
    kill -QUIT "$pid" && eventually 30 is_gone "$pid" && ! "$ROOT/ops/postgres" status >/dev/null
}

# all_wait: every worker has said that it waits for the database.
all_wait() {
    local name
    for name in $(worker_names); do
        grep -q 'event=.*waiting' "$TIPOFF_RUN_DIR/logs/$name.log" || return 1
    done
}

postgres_crashes() {
    use postgres
    unset DATABASE_URL # its own cluster, for nobody else's is to crash
    mkdir -p "$TIPOFF_RUN_DIR"
    DEPLOYMENTS+=("$TIPOFF_RUN_DIR")
    must "a deployment with its own Postgres comes up" "$TIPOFF" up
    DATABASE_URL=$("$ROOT/ops/postgres" url)
    export DATABASE_URL
    must "it collects" collect
    must "the run is under way" eventually 60 has_ended 150
    workers_before=$(pids_of_workers)
    claim "Postgres ends as in a crash" crash_postgres
    claim "every worker waits while there is no database" eventually 60 all_wait
    must "Postgres starts again" "$ROOT/ops/postgres" start
    must "the run has gone on" eventually 60 has_ended 300
    claim "Postgres crashes again" crash_postgres
    must "Postgres starts a second time" "$ROOT/ops/postgres" start
    must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim "no worker had to be started again" same "$workers_before" "$(pids_of_workers)"
    claim_undisturbed "Postgres crashed twice"
    claim_no_letters "Postgres crashed twice"
    must "it comes down" "$TIPOFF" down
}

pids_of_workers() {
    local name
    for name in $(worker_names); do
        echo "$name $(pid_of "$name")"
    done
}

clean_run
broker_dies
postgres_crashes
