#!/usr/bin/env bash
# tests/integration/metrics.sh
#    /metrics of every live worker: well-formed, moving with the events, and what only a query knows on one
#    worker of all.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

PROMETHEUS=$ROOT/tests/support/prometheus.py

# The first of as many free ports in a row as there are workers.
free_ports() {
    python3 - "$1" <<'PYTHON'
import random, socket, sys
for _ in range(200):
    first, taken = random.randrange(20000, 28000), []
    try:
        for port in range(first, first + int(sys.argv[1])):
            taken.append(socket.create_server(("127.0.0.1", port)))
    except OSError:
        continue
    finally:
        for s in taken:
            s.close()
    print(first)
    break
PYTHON
}

port_of() {
    local n
    n=$(worker_names | grep -nx -- "$1" | cut -d : -f 1)
    echo $((TIPOFF_ADMIN_PORT + n - 1))
}

# fetch PORT PATH
fetch() {
    python3 -c 'import sys, urllib.request
sys.stdout.write(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}{sys.argv[2]}", timeout=10).read().decode())' "$@"
}

# scrape FOLDER: the metrics of every worker, a file each.
scrape() {
    local name
    mkdir -p "$TIPOFF_RUN_DIR/$1"
    for name in $(worker_names); do
        fetch "$(port_of "$name")" /metrics >"$TIPOFF_RUN_DIR/$1/$name" || return 1
    done
}

# value FOLDER WORKER NAME [LABEL=VALUE...]
value() {
    local folder=$1 worker=$2
    shift 2
    python3 "$PROMETHEUS" get "$TIPOFF_RUN_DIR/$folder/$worker" "$@"
}

# now WORKER NAME [LABEL=VALUE...]: of a scrape made now.
now() {
    mkdir -p "$TIPOFF_RUN_DIR/now"
    fetch "$(port_of "$1")" /metrics >"$TIPOFF_RUN_DIR/now/$1" && value now "$@"
}

# is_now WANTED WORKER NAME [LABEL=VALUE...]
is_now() {
    local wanted=$1
    shift
    same "$wanted" "$(now "$@")"
}

# more_than N TEXT: TEXT is a number above N.
more_than() {
    python3 -c 'import sys; sys.exit(0 if float(sys.argv[2]) > float(sys.argv[1]) else f"{sys.argv[2]} is not above {sys.argv[1]}")' "$@"
}

above_now() {
    local least=$1
    shift
    more_than "$least" "$(now "$@")"
}

# who_reports NAME: the workers that have a value for it.
who_reports() {
    local name
    scrape who || return 1
    for name in $(worker_names); do
        [ "$(value who "$name" "$1")" = - ] || echo "$name"
    done
}

one_reports() {
    [ "$(who_reports "$1" | wc -l)" = 1 ]
}

well_formed() {
    python3 "$PROMETHEUS" check "$TIPOFF_RUN_DIR/$1"/*
}

# adds_up FOLDER NAME QUERY: the sum over all workers is what the database says.
adds_up() {
    local name sum=0
    for name in $(worker_names); do
        sum=$((sum + $(value "$1" "$name" "$2")))
    done
    same "$(sql "$3")" "$sum"
}

make_data
TIPOFF_ADMIN_PORT=$(free_ports "$(worker_names | wc -l)")
export TIPOFF_ADMIN_PORT
deploy metrics --from 2025-10-21 --to 2025-11-05

# ---- before and after events ----

must "every worker is scraped" eventually 30 scrape before
claim "metrics are well-formed before the first event" well_formed before
claim "no event has been counted yet" same 0 "$(value before raw tipoff_events_total)"
claim "build info names worker and build" same 1 "$(value before raw tipoff_build_info worker=raw \
    "build=$("$TIPOFF" version --json | sed -n 's/.*"tipoff":"\([^"]*\)".*/\1/p')")"
must "feeds are collected" collect --to 2025-11-05
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
must "every worker is scraped again" scrape after
claim "metrics are well-formed after a run" well_formed after
claim "raw has counted every event of its group" same \
    "$(sql "select sum(next_offset) from ops.consumer_offset where consumer_group = 'tipoff.raw'")" \
    "$(value after raw tipoff_events_total)"
claim "cells are counted where they end" adds_up after tipoff_cells_total \
    "select sum(version) from ops.cell where processor not like 'collect_%' and (in_scope or unscheduled)"
claim "rows are counted" more_than 1000 "$(value after raw tipoff_rows_written_total)"
claim "payload bytes are counted" more_than 10000 "$(value after raw tipoff_event_bytes_total)"
claim "a batch is in both histograms" same "$(value after raw tipoff_batches_total)" \
    "$(value after raw tipoff_batch_events_count)"
claim "and every transaction was timed" same "$(value after raw tipoff_batches_total)" \
    "$(value after raw tipoff_transaction_seconds_count)"
claim "the events of all batches are the events" same "$(value after raw tipoff_events_total)" \
    "$(value after raw tipoff_batch_events_sum)"
claim "gates have been waited for" more_than 0 "$(value after feature-store tipoff_gate_waits_total)"
claim "by a known kind of reason" same "$(value after feature-store tipoff_gate_waits_total)" \
    "$(($(value after feature-store tipoff_gate_waits_total reason=same_date) \
        + $(value after feature-store tipoff_gate_waits_total reason=earlier_date) \
        + $(value after feature-store tipoff_gate_waits_total reason=failed_need) \
        + $(value after feature-store tipoff_gate_waits_total reason=short_need) \
        + $(value after feature-store tipoff_gate_waits_total reason=need_is_made_again)))"
claim "time goes on" more_than "$(value before raw tipoff_uptime_seconds)" "$(value after raw tipoff_uptime_seconds)"
claim "partitions are counted" same \
    "$(sql "select count(*) from ops.consumer_offset where consumer_group = 'tipoff.raw'")" \
    "$(value after raw tipoff_partitions_owned)"
claim "the rebalance that gave them was counted" more_than 0 "$(value after raw tipoff_rebalances_total)"
claim "nothing is behind" eventually 10 is_now 0 raw tipoff_consumer_lag_events

# ---- lag and pauses ----

must "raw is paused" "$TIPOFF" pause raw
claim "paused partitions are counted" eventually 10 is_now "$(value after raw tipoff_partitions_owned)" raw tipoff_partitions_paused
must "feeds are sent again" collect --again --to 2025-11-05
claim "the lag of a paused worker is seen" eventually 10 above_now 50 raw tipoff_consumer_lag_events
claim "by topic" above_now 10 raw tipoff_consumer_lag_events topic=feed.boxscores.backfill
must "raw goes on" "$TIPOFF" resume raw
claim "and the lag goes away" eventually 30 is_now 0 raw tipoff_consumer_lag_events
claim "nothing is paused any more" is_now 0 raw tipoff_partitions_paused

# ---- what one worker asks for all ----

claim "one worker of all reports what needs a query" eventually 20 one_reports tipoff_cells_overdue
reporter=$(who_reports tipoff_cells_overdue)
claim "it reports the open letters too" same "$reporter" "$(who_reports tipoff_letters_open)"
claim "and the oldest unsettled row" same "$reporter" "$(who_reports tipoff_outbox_oldest_unsettled_seconds)"
claim "none is open" is_now 0 "$reporter" tipoff_letters_open
kcat -P -b "$(brokers)" -t feed.boxscores.backfill -p 3 <<<"no event"
claim "a letter is counted where it is written" eventually 20 is_now 1 raw tipoff_letters_total
claim "an open letter is seen" eventually 15 is_now 1 "$reporter" tipoff_letters_open
sql "update ops.cell set status = 'waiting', deadline = now() - interval '1 second' where processor = 'grading'
    and game_date in ('2025-11-04', '2025-11-05')"
sql "insert into ops.cell_measure values ('2025-11-04', 'feature_store', 'quality_ready_pct', 40),
    ('2025-11-05', 'feature_store', 'quality_ready_pct', 62.5)"
claim "the newest figure of a cell is seen" eventually 15 is_now 62.5 "$reporter" tipoff_cell_measure \
    processor=feature_store name=quality_ready_pct
claim "one worker of all reports it" same "$reporter" "$(who_reports tipoff_cell_measure)"
sql "insert into ops.alert (fingerprint, kind, severity, message, first_at, last_at)
    values ('f', 'feature_defaults_high', 'critical', 'so it is', now(), now())"
claim "open alerts are seen, by their severity" eventually 15 is_now "$(sql "select count(*) from ops.alert
    where resolved_at is null and severity = 'critical'")" "$reporter" tipoff_alerts_open severity=critical
sql "delete from ops.cell_measure"
claim "a figure that is there no more is not shown" eventually 15 is_now - "$reporter" tipoff_cell_measure
claim "cells past their deadline are seen" eventually 15 is_now 2 "$reporter" tipoff_cells_overdue
old=$(pid_of "$reporter")
kill -9 "$old"
must "the reporter is gone" eventually 10 is_gone "$old"
claim "when that worker dies, one other reports" eventually 30 one_reports tipoff_cells_overdue
must "every worker is scraped at the end" eventually 30 scrape end
claim "metrics are well-formed at the end" well_formed end
