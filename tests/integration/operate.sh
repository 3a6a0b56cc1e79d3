#!/usr/bin/env bash
# tests/integration/operate.sh
#    The commands that operators look with, beside a running pipeline: what each says is what the database holds,
#    what each changes is there afterwards, and what is broken by hand is found.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

LAST=2025-11-01
DATE=2025-10-27

state_of() {
    "$TIPOFF" "${@:2}" --json | json "[c['state'] for c in d['checks'] if c['check'] == '$1'][0]"
}

found_of() {
    "$TIPOFF" "${@:2}" --json | json "[c['found'] for c in d['checks'] if c['check'] == '$1'][0]"
}

make_data
deploy operate --from 2025-10-21 --to $LAST
must "feeds are collected" collect --to $LAST
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"

# ---- runs ----

claim "runs: one line for every end of a cell of the date" same "$(sql "select count(*) from ops.run where game_date = '$DATE'")" \
    "$("$TIPOFF" runs $DATE --json | json 'len(d["runs"])')"
claim "runs: every cell that has ended is there, by its build" sql_is 0 "select count(*) from ops.cell c where version > 0
    and not exists (select 1 from ops.run r where (r.game_date, r.processor, r.version, r.build) =
    (c.game_date, c.processor, c.version, c.build))"
claim "runs --of a phase: these processors alone" same "['feature_store']" \
    "$("$TIPOFF" runs $DATE --of features --json | json 'sorted({r["processor"] for r in d["runs"]})')"
claim "runs --failed: none of them" same 0 "$("$TIPOFF" runs $DATE --failed --json | json 'len(d["runs"])')"
sql "insert into ops.run (game_date, processor, version, status, reason, finished_at) values ('$DATE', 'grading', 0, 'failed',
    'by hand', now())"
claim "runs --failed: one that has failed" same "['by hand']" \
    "$("$TIPOFF" runs 2025-10-21..$LAST --failed --json | json '[r["reason"] for r in d["runs"]]')"
claim "runs: what is nearly a processor is told" same 2 "$(exit_status "$TIPOFF" runs $DATE --of feature_stroe)"
claim "runs: with the one that may be meant" grep -q "did you mean 'feature_store'" "$WORK/complained"

RUN=$(sql "select max(id) from ops.run")
claim "retry: the cell of a failed run is made again" "$TIPOFF" retry "$RUN" --reason "it failed by hand"
claim "retry: by a run that ended well" sql_is no_data "select status from ops.run where id > $RUN and processor = 'grading'
    and game_date = '$DATE'"
claim "retry: a run that has been followed by one that ended well is left alone" same 2 "$(exit_status "$TIPOFF" retry "$RUN")"
claim "retry: and the one that did is named" grep -q "ended no_data: 'tipoff run grading $DATE'" "$WORK/complained"
claim "retry: a number of no run" same 2 "$(exit_status "$TIPOFF" retry 99999999)"

# ---- why ----

claim "why: what a processor stands on holds" holds "every link of $DATE that predictions stands on holds" < <("$TIPOFF" why $DATE predictions)
claim "stuck: nothing is" same 0 "$(exit_status "$TIPOFF" stuck)"
sql "update ops.cell set status = 'failed', reason = 'by hand' where (game_date, processor) = ('$DATE', 'grading')"
claim "why: the date as a whole is broken" holds "first broken link: grading is failed: by hand" < <("$TIPOFF" why $DATE)
claim "why: what stands below it is not" same holds "$("$TIPOFF" why $DATE predictions --json | json 'd["verdict"]')"
claim "why: what stands on it is" same grading "$("$TIPOFF" why $DATE publish_results --json | json 'd["processor"]')"
claim "stuck: the cell is named" same "[('failed cell', '$DATE', 'grading', 'by hand')]" \
    "$("$TIPOFF" stuck --json | json '[(r["what"], r["date"], r["name"], r["reason"]) for r in d["stuck"]]')"
claim "stuck: with status 1" same 1 "$(exit_status "$TIPOFF" stuck)"
sql "update ops.cell set status = 'success', reason = null where (game_date, processor) = ('$DATE', 'grading')"

# ---- lag ----

claim "lag: every worker is level" same "{'level'}" "$("$TIPOFF" lag --json | json '{l["state"] for l in d["lag"]}')"
must "raw is paused" "$TIPOFF" pause raw
must "raw obeys" eventually 10 grep -q 'event="pauses changed" paused_partitions=[1-9]' "$TIPOFF_RUN_DIR/logs/raw.log"
must "feeds come again" collect --to $LAST --again
behind() {
    [ "$("$TIPOFF" lag raw --json | json 'sum(l["live"] + l["backfill"] for l in d["lag"])')" -gt 0 ]
}
claim "lag: what a paused worker leaves alone is seen" eventually 20 behind
claim "lag: and its state" same "{'paused'}" "$("$TIPOFF" lag raw --json | json '{l["state"] for l in d["lag"]}')"
level() {
    ! behind
}
lag_of_raw() {
    "$TIPOFF" lag raw --json | json 'sum(l["live"] + l["backfill"] for l in d["lag"])'
}
LAG=$(lag_of_raw)
claim "lag skip: without a reason it is refused" same 2 "$(exit_status "$TIPOFF" lag skip raw)"
claim "lag skip: a topic that the worker does not read, too" same 2 "$(exit_status "$TIPOFF" lag skip raw grading.completed --reason no)"
claim "lag skip --dry-run: says what lags" same "$LAG" "$("$TIPOFF" lag skip raw --dry-run --json | json 'd["events"]')"
claim "lag skip --dry-run: changes nothing" same "$LAG" "$(lag_of_raw)"
claim "lag skip --to: what was sent after a time is not left out" same 0 \
    "$("$TIPOFF" lag skip raw --to 1h --reason "a test" --json | json 'd["events"]')"
claim "lag skip: leaves out all that lags" same "$LAG" "$("$TIPOFF" lag skip raw --reason "a feed went mad" --json | json 'd["events"]')"
claim "lag skip: it is level, paused as it is" level
claim "lag skip: the audit has the offsets" same "$LAG" "$(sql "select sum((p ->> 'to')::int - (p ->> 'from')::int)
    from ops.audit, jsonb_array_elements(details) p where command = 'lag skip' and target = 'raw' and reason = 'a feed went mad'")"
sql "create table left_out as select o.event_id from ops.audit, jsonb_array_elements(details) p
    join ops.outbox o on o.topic = p ->> 'topic' and o.partition = (p ->> 'partition')::int
    and o.\"offset\" >= (p ->> 'from')::int and o.\"offset\" < (p ->> 'to')::int
    where command = 'lag skip' and target = 'raw' and o.key <> '$LAST'
    and not exists (select from ops.inbox i where i.worker = 'raw' and i.event_id = o.event_id)"
claim "lag skip: some of it was new" test "$(sql "select count(*) from left_out")" -gt 0
must "raw goes on" "$TIPOFF" resume raw
must "the feeds of one date come once more" collect --from $LAST --to $LAST --again
claim "lag: it is level again" eventually 60 level
claim "lag skip: raw goes on with what comes later" sql_is t "select bool_or(o.next_offset > (p ->> 'to')::int)
    from ops.audit, jsonb_array_elements(details) p join ops.consumer_offset o on o.consumer_group = 'tipoff.raw'
    and o.topic = p ->> 'topic' and o.partition = (p ->> 'partition')::int
    where command = 'lag skip' and target = 'raw'"
claim "lag skip: and has taken nothing of what was left out" sql_is 0 "select count(*) from left_out join ops.inbox i
    using (event_id) where i.worker = 'raw'"
claim "lag: a worker that is not there is refused" same 2 "$(exit_status "$TIPOFF" lag rwa)"

# ---- logs ----

"$TIPOFF" logs feature-store --date $DATE --lines 1000 >"$WORK/lines" 2>&1
claim "logs: the end of the cell of the date is there" holds feature_store $DATE <"$WORK/lines"
claim "logs --date: no line of another date alone" same 0 "$(grep -vc $DATE "$WORK/lines")"
claim "logs --level: no line is milder" same 0 "$("$TIPOFF" logs --level warn --lines 100000 2>&1 | grep -c 'level=info')"
claim "logs --grep: as many as grep finds" same "$(cat "$TIPOFF_RUN_DIR"/logs/*.log | grep -cF started)" \
    "$("$TIPOFF" logs --grep started --lines 100000 --json | json 'len(d["lines"])')"
claim "logs: those of all processes are in the order of time" same True "$("$TIPOFF" logs --grep time= --lines 100000 --json |
    json '(lambda t: t == sorted(t) and len(t) > 20)([l["line"].split()[0] for l in d["lines"] if l["line"].startswith("time=")])')"
claim "logs: a process without a log is told" same 2 "$(exit_status "$TIPOFF" logs feature-stroe)"

# ---- health and schema ----

claim "health: all is well" same 0 "$(exit_status "$TIPOFF" health --deep)"
say "$(cat "$WORK/said")"
sql "create table kept as select * from tipoff_migration where name like '0012%'; delete from tipoff_migration where name like '0012%'"
claim "health: a missing migration is found" same 1 "$(exit_status "$TIPOFF" health)"
claim "schema check: it, too" same bad "$(state_of migrations schema check)"
sql "insert into tipoff_migration select * from kept; drop table kept"
sql "alter table predictions.prediction rename column recommendation to advice"
claim "schema check: a column that is gone is named" holds "lacks column recommendation" < <("$TIPOFF" schema check)
claim "schema check: with status 1" same 1 "$(exit_status "$TIPOFF" schema check)"
claim "health alone does not look so deep" same 0 "$(exit_status "$TIPOFF" health)"
claim "health --deep does" same bad "$(state_of tables health --deep)"
sql "alter table predictions.prediction rename column advice to recommendation"
claim "schema check: all is well" same 0 "$(exit_status "$TIPOFF" schema check)"
# Nothing is swept that a transaction older than it may still stand before.
hand_start "$WORK/holder" psql -X -q "$DATABASE_URL" -c "begin; select pg_current_xact_id(); select pg_sleep(600)"
must "a transaction stays open" eventually 10 sql_is 1 "select count(*) from pg_stat_activity
    where backend_xid is not null and query ~ 'pg_sleep' and pid <> pg_backend_pid()"
sql "insert into ops.outbox (topic, key, event_id, type, payload, worker, created_at) values ('raw.completed', 'k', 'never',
    'tipoff.Completion', '', 'nobody', now() - interval '5 minutes')"
claim "health: an event that is not sent is found" same bad "$(state_of outbox health)"
sql "delete from ops.outbox where event_id = 'never'"
claim "repair list: has it" holds open_transactions read_from_start alerts_of_no_cell < <("$TIPOFF" repair list)
claim "repair: without a reason it is refused" same 2 "$(exit_status "$TIPOFF" repair open_transactions 1s)"
claim "repair: a recipe that is none is refused" same 2 "$(exit_status "$TIPOFF" repair open_transaction 1s --reason x)"
claim "repair: a younger one is left alone" same "[]" "$("$TIPOFF" repair open_transactions 9m --reason x --json | json 'd["found"]')"
found() {
    same "['psql']" "$("$TIPOFF" repair open_transactions 1s --dry-run --json | json '[r["program"] for r in d["found"]]')"
}
claim "repair --dry-run: finds the transaction" eventually 10 found
claim "repair: ends it" same 1 "$("$TIPOFF" repair open_transactions 1s --reason "a forgotten terminal" --json | json 'd["mended"]')"
claim "repair: it is gone" sql_is 0 "select count(*) from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()"
claim "repair: is on record" sql_is "open_transactions 1s a forgotten terminal" "select target || ' ' || reason from ops.audit
    where command = 'repair'"
sql "insert into ops.alert (fingerprint, kind, severity, game_date, processor, message, first_at, last_at)
    values ('gone', 'cell_overdue', 'critical', '2025-07-01', 'grading', 'by hand', now(), now())"
claim "repair: an alert of a date without cells ends" same 1 \
    "$("$TIPOFF" repair alerts_of_no_cell --reason "the schedule" --json | json 'd["mended"]')"
claim "repair: and no other" sql_is gone "select fingerprint from ops.alert where resolved_at > now() - interval '20 seconds' and message = 'by hand'"
sql "update ops.incarnation set id = 'another'"
claim "health: a broker whose log is another one is found" same bad "$(state_of broker health)"
sql "update ops.incarnation set id = (select max(incarnation) from ops.outbox)"
claim "health: all is well again" "$TIPOFF" health

# ---- an event by hand ----

request() {
    printf '{"event_id": "%s", "processor": "%s", "game_date": "%s", "asked_by": "a person", "reason": null}' "$1" "$2" "$3"
}
request by-hand:1 feature_store $DATE >"$WORK/request.json"
claim "event emit --dry-run: a whole record" holds "a whole CellRequest, key $DATE" \
    <<<"$("$TIPOFF" event emit cell.request --from "$WORK/request.json" --dry-run)"
claim "event emit: nothing was sent by that" sql_is 0 "select count(*) from ops.outbox where event_id = 'by-hand:1'"
claim "event emit: it goes out" holds "cell.request.backfill[" "event by-hand:1" <<<"$("$TIPOFF" event emit cell.request \
    --from "$WORK/request.json" --lane backfill --reason "a test")"
claim "event emit: and is read" eventually 30 sql_is 1 "select count(*) from ops.inbox where event_id = 'by-hand:1'
    and worker = 'feature-store'"
claim "event emit: who and why is on record" sql_is "a test" "select reason from ops.audit where command = 'event emit'
    and target = 'event by-hand:1'"
claim "event emit: one id is sent once" same 2 "$(exit_status "$TIPOFF" event emit cell.request --from "$WORK/request.json" \
    --lane backfill --reason "a test")"
claim "event emit: a record that lacks a field is refused" same 1 \
    "$(exit_status "$TIPOFF" event emit cell.request --from - --reason "a test" <<<'{"event_id": "by-hand:2", "game_date": "'$DATE'"}')"
claim "event emit: and the field is named" grep -q "processor" "$WORK/complained"
claim "event emit: a topic that is nearly one is told" same 2 "$(exit_status "$TIPOFF" event emit cell.requests --from - --reason x)"

# ---- watching ----

# watched OUT COMMAND...: until it has been seen three times.
watched() {
    local out=$1
    shift
    hand_start "$out" "$TIPOFF" "$@" --watch 0.1
    eventually 20 seen_thrice "$out" || return 1
    kill -TERM "$STARTED" && wait "$STARTED"
}

# Every look writes the line of raw.
seen_thrice() {
    [ "$(grep -c '\braw\b' "$1")" -ge 3 ]
}

claim "lag --watch shows it again and again, and ends by a signal with 0" watched "$WORK/lag" lag raw
hand_start "$WORK/status" "$TIPOFF" status --watch 0.1
claim "status --watch shows workers again and again" eventually 20 seen_thrice "$WORK/status"
kill -TERM "$STARTED" && wait "$STARTED"
claim "runs --watch --json: a document a line" watched "$WORK/documents" runs $DATE --json
claim "and each of them is whole" python3 -c 'import json, sys
assert all(json.loads(line)["runs"] for line in open(sys.argv[1]))' "$WORK/documents"
claim "what is wrong at the first look ends the watch" same 2 "$(exit_status "$TIPOFF" lag nobody --watch 0.1)"
claim "and says what it is" grep -q "nobody" "$WORK/complained"
claim "what changes something cannot be watched" same 2 "$(exit_status "$TIPOFF" dlq retry --all --watch 0.1)"
claim "an interval is a number of seconds" same 2 "$(exit_status "$TIPOFF" lag --watch never)"

# ---- drift ----

BUILD=$("$TIPOFF" version --json | json 'd["tipoff"]')
claim "drift: a process says its build" holds "build $BUILD" < <(found_of "raw-$(pid_of raw)" drift)
sql "update ops.worker_process set build = 'feedbeef0000' where worker = 'raw'"
claim "drift: one of another build is found" same 1 "$(exit_status "$TIPOFF" drift)"
claim "drift: and named" holds "build feedbeef0000" < <(found_of "raw-$(pid_of raw)" drift)
sql "update ops.worker_process set build = '$BUILD' where worker = 'raw'"

# ---- sql ----

claim "sql: the saved queries are listed" holds counts predictions slow audit < <("$TIPOFF" sql list)
for query in $("$TIPOFF" sql list --json | json '" ".join(q["query"] for q in d["queries"])'); do
    claim "sql $query runs" same 0 "$(exit_status "$TIPOFF" sql "$query" 2025-10-21..$LAST)"
done
claim "sql: its rows are the database's" same "$(sql "select count(*) from ops.cell where game_date = '$DATE' and (in_scope or unscheduled)")" \
    "$("$TIPOFF" sql counts $DATE --json | json 'sum(r["cells"] for r in d["rows"])')"
claim "sql: predictions are those of the table" same "$(sql "select count(*) from predictions.prediction
    where is_active and game_date between '2025-10-21' and '$LAST'")" \
    "$("$TIPOFF" sql predictions 2025-10-21..$LAST --json | json 'sum(r["predictions"] for r in d["rows"])')"
claim "sql: a query that wants dates says so" same 2 "$(exit_status "$TIPOFF" sql counts)"

# ---- gc ----

sql "insert into ops.cell_measure values ('1999-01-01', 'grading', 'litter', 1);
    insert into ops.run (game_date, processor, version, status, finished_at) values ('1999-01-01', 'grading', 1, 'success',
    now() - interval '500 days')"
claim "gc --dry-run: counts, and leaves it" same 2 "$("$TIPOFF" gc --dry-run --json | json 'd["rows"]')"
claim "gc: takes it away" same 2 "$("$TIPOFF" gc --reason "a test" --json | json 'd["rows"]')"
claim "gc: what was litter is gone" sql_is 0 "select (select count(*) from ops.cell_measure where game_date < '2000-01-01')
    + (select count(*) from ops.run where game_date < '2000-01-01')"
claim "gc: finds nothing more" same 0 "$("$TIPOFF" gc --dry-run --json | json 'd["rows"]')"
claim "gc: stands in the audit with its reason" sql_is "a test" "select reason from ops.audit where command = 'gc'"

# ---- config ----

claim "config set: a value that is none is refused" same 2 "$(exit_status "$TIPOFF" config set batch.linger_ms many --reason x)"
claim "config set: wants a reason" same 2 "$(exit_status "$TIPOFF" config set batch.linger_ms 50)"
claim "config set --dry-run: changes nothing" same 20 "$("$TIPOFF" config set batch.linger_ms 50 --dry-run --json >/dev/null
    "$TIPOFF" config show batch.linger_ms --json | json 'd["options"][0]["value"]')"
must "an option is set" "$TIPOFF" config set batch.linger_ms 50 --reason "fewer batches"
claim "config set: the next command has it, by the file" same "('50', 'file')" \
    "$("$TIPOFF" config show batch.linger_ms --json | json '(d["options"][0]["value"], d["options"][0]["from"])')"
claim "config set: the audit has what it was and what it is" sql_is "20 50 fewer batches" "select details->>'before' || ' ' ||
    (details->>'after') || ' ' || reason from ops.audit where command = 'config set'"
OLD=$(pid_of raw)
must "the deployment goes down" "$TIPOFF" down
claim "health: without its workers it is bad" same bad "$(state_of workers health)"
must "and up" "$TIPOFF" up --from 2025-10-21 --to $LAST
claim "config set: outlives down and up" same 50 "$("$TIPOFF" config show batch.linger_ms --json | json 'd["options"][0]["value"]')"
claim "other processes run now" test "$OLD" != "$(pid_of raw)"
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes.again"
"$TIPOFF" report --wait --progress >/dev/null 2>"$WORK/bar"
claim "report --progress: the bar says that every cell has ended" grep -Eq '([0-9]+) of \1 cells' "$WORK/bar"
claim "looking has changed no cell" same_files "$TIPOFF_RUN_DIR/hashes" "$TIPOFF_RUN_DIR/hashes.again"

# ---- help ----

"$TIPOFF" completion bash >"$WORK/completion.bash"
complete_line() {
    bash -c '. "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tipoff; echo "${COMPREPLY[*]}"' _ "$WORK/completion.bash" "$@"
}
claim "completion: of a command" same "contamination" "$(complete_line tipoff contam)"
claim "completion: of an option" same "--failed" "$(complete_line tipoff runs today --fa)"
claim "completion: of a verb" same "groups" "$(complete_line tipoff dlq gr)"

# ---- what changes something is on record ----

must "raw is paused" "$TIPOFF" pause raw --reason "pausing"
must "and goes on" "$TIPOFF" resume raw --reason "mended"
must "a gate is opened" "$TIPOFF" gate override $DATE feature_store --reason "opening" --expires 1h
claim "timers: the end of the override is one" same "[('override ends', '$DATE', 'feature_store', 'waits')]" \
    "$("$TIPOFF" timers --json | json '[(t["timer"], t["date"], t["processor"], t["state"]) for t in d["timers"] if t["timer"] != "look"]')"
must "and closed" "$TIPOFF" gate revoke $DATE feature_store
must "a date is asked for again" "$TIPOFF" predict $DATE --reason "asking"
claim "every change by hand is in the audit, by whom and why" sql_is "pause raw pausing
resume raw mended
gate override feature_store of $DATE opening
gate revoke feature_store of $DATE 
predict $DATE asking" "select command || ' ' || target || ' ' || coalesce(reason, '') from ops.audit
    where command like 'gate %' or reason in ('pausing', 'mended', 'asking') order by id"
claim "'sql audit' shows them, the newest first" same "predict" "$("$TIPOFF" sql audit --json | json 'd["rows"][0]["command"]')"
