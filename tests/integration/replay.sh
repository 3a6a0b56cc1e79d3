#!/usr/bin/env bash
# tests/integration/replay.sh
#    A season that is sent once more, from every topic, changes no row; the events are the very bytes, keys and
#    ids, in the order of their keys; and what is asked for is what is sent.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

# fingerprint: of every row of every table that holds results or cells, and of the place where it stands: a row
# that is written again as it was has another one.
fingerprint() {
    local table
    for table in $(sql "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in
            ('raw', 'analytics', 'precompute', 'features', 'predictions') or schemaname = 'ops' and tablename in
            ('cell', 'cell_change', 'letter', 'alert', 'season', 'cell_measure', 'rejected_row') order by 1"); do
        echo "$table $(sql "select count(*) || ' ' || coalesce(md5(string_agg(t.xmin || t.ctid::text || t::text, ''
            order by t.ctid)), '-') from $table t")"
    done
}

# all_read: every group has read what stands in its topics, what was sent once more among it.
all_read() {
    "$TIPOFF" replay --topic all --dry-run --json >"$TIPOFF_RUN_DIR/ends.json" &&
        sql "select topic || ' ' || consumer_group || ' ' || sum(next_offset) from ops.consumer_offset
            group by topic, consumer_group" | python3 -c 'import json, sys
ends = {t["topic"]: t["read"] for t in json.load(open(sys.argv[1]))["topics"]}
sys.exit(any(int(n) != ends[t] for t, _, n in (line.split() for line in sys.stdin)))' "$TIPOFF_RUN_DIR/ends.json"
}

# field NAME: of a replay's JSON on standard input.
field() {
    python3 -c 'import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

# meant OPTION...: how many events a replay with these options would send.
meant() {
    "$TIPOFF" replay "$@" --dry-run --json | python3 -c 'import json, sys
print(sum(t["meant"] for t in json.load(sys.stdin)["topics"]))'
}

# run_replay OPTION...: what it says is in replay.json.
run_replay() {
    "$TIPOFF" replay "$@" >"$TIPOFF_RUN_DIR/replay.json"
}

# status_of WANTED COMMAND...: it ends with this status.
status_of() {
    local wanted=$1 got=0
    shift
    "$@" || got=$?
    same "$wanted" "$got"
}

make_data
deploy replay
must "the season is collected" collect
must "the season ends" finish_run "$TIPOFF_RUN_DIR/hashes.before"
must "all is read" eventually 60 all_read
fingerprint >"$TIPOFF_RUN_DIR/rows.before"

# ---- what is asked for ----

completions=$(sql "select count(*) from ops.outbox where topic = 'analytics.completed.backfill'")
claim "a topic is read whole" same "$completions" "$(meant --topic analytics.completed)"
claim "by date" same "$(sql "select count(*) from ops.outbox where topic = 'analytics.completed.backfill'
    and key = '2025-11-05'")" "$(meant --topic analytics.completed --date 2025-11-05)"
claim "by key" same "$(sql "select count(*) from ops.outbox where topic = 'analytics.completed.backfill'
    and key = '2025-11-05'")" "$(meant --topic analytics.completed --key 2025-11-05)"
claim "by a field" same "$(sql "select count(*) from ops.cell_change where processor = 'game_summaries'")" \
    "$(meant --topic analytics.completed --where 'processor = game_summaries')"
claim "by a date and a number of the record" same "$(sql "select count(*) from ops.cell where processor =
    'game_summaries' and game_date > '2025-11-10' and written > 20")" \
    "$(meant --topic analytics.completed --where 'processor = game_summaries and game_date > 2025-11-10 and written > 20')"
claim "by what stands in an array" same "$(sql "select count(*) from ops.cell where processor = 'game_summaries'
    and version > 0")" "$(meant --topic analytics.completed --where 'causation_ids ~ raw_boxscores')"
claim "by a header" same "$completions" "$(meant --topic analytics.completed --where 'header.ce_type = tipoff.Completion')"
claim "by time: nothing stands in the future" same 0 "$(meant --topic analytics.completed --from-time 2100-01-01)"
claim "by time: everything came within the hour" same "$completions" "$(meant --topic analytics.completed --from-time 1h)"
claim "by time: and nothing before that" same 0 "$(meant --topic analytics.completed --until-time 1h)"
claim "by offset" same "$(sql "select count(*) from ops.outbox where topic = 'analytics.completed.backfill'
    and \"offset\" between 1 and 2")" "$(meant --topic analytics.completed --from-offset 1 --until-offset 3)"
claim "a lane alone" same 0 "$(meant --topic analytics.completed.backfill --key nobody)"
claim "a field that is none is refused" status_of 2 "$TIPOFF" replay --topic raw.completed --where 'procesor = x' --dry-run
claim "and named" holds "procesor" < <("$TIPOFF" replay --topic raw.completed --where 'procesor = x' --dry-run 2>&1)
claim "a filter that is none is refused" status_of 2 "$TIPOFF" replay --topic raw.completed --where 'status =' --dry-run
claim "a topic that is none is refused, and a near one named" holds "did you mean 'raw.completed'" \
    < <("$TIPOFF" replay --topic raw.complete --dry-run 2>&1)
claim "a dry run sends nothing" same "$completions" "$(meant --topic analytics.completed)"

# ---- a whole season ----

all=$(meant --topic all)
must "everything is sent again" run_replay --topic all --reason "to see that nothing happens" --json
claim "as many events as there are" same "$all" "$(field sent <"$TIPOFF_RUN_DIR/replay.json")"
must "all of it is read" eventually 120 all_read
claim "the whole season once more changes no row" same_files "$TIPOFF_RUN_DIR/rows.before" <(fingerprint)
must "everything is at rest" finish_run "$TIPOFF_RUN_DIR/hashes"
claim "and no hash" same_files "$TIPOFF_RUN_DIR/hashes.before" "$TIPOFF_RUN_DIR/hashes"
claim_no_letters "the whole season once more"
claim "it is on record" sql_is "to see that nothing happens" "select reason from ops.audit where command = 'replay'"

# ---- what was sent ----

id=$(field replay_id <"$TIPOFF_RUN_DIR/replay.json")
claim "every event says which replay it is of" same "$completions" \
    "$(meant --topic analytics.completed --where "header.replay_id = $id")"
claim "and where it stood" same "$completions" "$(meant --topic analytics.completed --where \
    'header.replay.original.topic = analytics.completed.backfill and header.replay.original.offset != null')"
claim "every id is there twice" same "$((2 * completions))" "$(meant --topic analytics.completed --where \
    'header.ce_id ~ :v')"

# ---- some of it, to the live lane ----

must "a date is sent to the live lane" run_replay --topic feed.props --date 2025-11-05 --to-lane live --json
must "it is read" eventually 60 all_read
claim "what was processed on one lane is known on the other" same_files "$TIPOFF_RUN_DIR/rows.before" <(fingerprint)
claim "some were sent" [ "$(field sent <"$TIPOFF_RUN_DIR/replay.json")" -gt 0 ]

# ---- with Apache Kafka ----

must "the first deployment comes down" "$TIPOFF" down
deploy kafka --kafka
must "the season is collected" collect
must "the season ends" finish_run "$TIPOFF_RUN_DIR/hashes.before"
must "all is read" eventually 60 all_read
fingerprint >"$TIPOFF_RUN_DIR/rows.before"
all=$(meant --topic all)
claim "Kafka: by time, everything came within the hour" same "$all" "$(meant --topic all --from-time 1h)"
claim "Kafka: and nothing before that" same 0 "$(meant --topic all --until-time 1h)"
must "Kafka: everything is sent again" run_replay --topic all --json
claim "Kafka: as many events as there are" same "$all" "$(field sent <"$TIPOFF_RUN_DIR/replay.json")"
must "Kafka: all of it is read" eventually 120 all_read
claim "Kafka: the whole season once more changes no row" same_files "$TIPOFF_RUN_DIR/rows.before" <(fingerprint)
claim_no_letters "Kafka: the whole season once more"
