#!/usr/bin/env bash
# tests/integration/registry.sh
#    A deployment behind the switch schema.registry.url: records carry the registry's ids, those with
#    Avro's own framing are read beside them, and a registry that goes away delays and loses nothing.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

start_registry() {
    hand_start "$WORK/registry.log" python3 "$ROOT/tests/support/registry.py" "$1" "$WORK/registry.json"
    registry=$STARTED
    eventually 20 test -s "$WORK/registry.log"
}

# first_bytes TOPIC PARTITION OFFSET: the first two bytes of that record, in hex.
first_bytes() {
    kcat -C -q -b "$(brokers)" -t "$1" -p "$2" -o "$3" -c 1 -f '%s' | head -c 2 | python3 -c 'import sys; print(sys.stdin.buffer.read().hex())'
}

# framing_of DATE: of the date's props events, as they stand on the broker.
framing_of() {
    local topic partition offset
    sql "select topic, partition, \"offset\" from ops.outbox where topic = 'feed.props.backfill' and key = '$1'
        and \"offset\" is not null" | tr '|' ' ' | while read -r topic partition offset; do
        first_bytes "$topic" "$partition" "$offset"
    done | sort -u
}

ended_props() {
    sql "select count(*) from ops.cell where processor = 'raw_props' and game_date $1
        and status not in ('expected', 'waiting')"
}

has_ended_props() {
    [ "$(ended_props "$2")" = "$1" ]
}

dates() {
    (use clean && sql "select count(*) from ops.cell where processor = 'raw_props' and game_date $1")
}

# nth DIVISOR TIMES: the date at which that part of the dates with props is over.
nth() {
    ls "$DATA/props" | sed -n 's/\.csv$//p' | sort | awk -v d="$1" -v t="$2" '{ day[NR] = $1 } END { print day[int(NR * t / d)] }'
}

clean_run
FIRST=$(nth 3 1) # up to here collected without the registry
HALF=$(nth 3 2)  # up to here with it; the rest while it is away
start_registry 0
port=$(head -n 1 "$WORK/registry.log")
export TIPOFF_SCHEMA_REGISTRY_URL=http://user:secret@127.0.0.1:$port
deploy registry
must "the first dates are collected without the registry" env TIPOFF_SCHEMA_REGISTRY_URL= "$TIPOFF" collect --data "$DATA" --to "$FIRST"
must "more dates are collected with it" collect --from "$(date -d "$FIRST + 1 day" +%F)" --to "$HALF"
claim "all of them are read" eventually 60 has_ended_props "$(dates "<= '$HALF'")" "<= '$HALF'"
sql "select encode(payload, 'hex') from ops.outbox where topic = 'feed.props.backfill' order by id limit 1" |
    python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$WORK/own"
must "a record with Avro's own framing is sent" kcat -P -b "$(brokers)" -t feed.props.backfill -p 2 -k no-date -H ce_id=own-framing "$WORK/own"
claim "a record with Avro's own framing is read beside them" eventually 60 sql_is 1 \
    "select count(*) from ops.inbox where worker = 'raw' and event_id = 'own-framing'"
claim "records with it begin with its magic byte" same 0000 "$(framing_of "$HALF")"
claim "the outbox holds Avro's own framing either way" sql_is c301 "select distinct encode(substring(payload for 2), 'hex') from ops.outbox"
claim "the registry knows each record of the run once, which is all but the letter" same 8 \
    "$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1]))))' "$WORK/registry.json")"
printf '\0\0\0\003\204x' >"$WORK/unknown"
must "a record of an unknown id is sent" kcat -P -b "$(brokers)" -t feed.props.backfill -p 1 -k no-date -H ce_id=unknown-id "$WORK/unknown"
claim "an id that the registry does not have is a letter" eventually 30 sql_is 'schema registry http://127.0.0.1:'"$port"'/ has no schema 900' \
    "select message from ops.letter where event_id = 'unknown-id'"

kill "$registry"
wait "$registry" 2>/dev/null
must "the rest is collected while the registry is away" collect --from "$(date -d "$HALF + 1 day" +%F)"
claim "the rest is not on the broker" sql_is t "select count(*) > 0 from ops.outbox
    where topic like 'feed.%' and key > '$HALF' and \"offset\" is null"
claim "nothing became a letter for that" sql_is 1 "select count(*) from ops.letter"
claim "no log says the registry's password" same "" "$(grep -l secret "$TIPOFF_RUN_DIR"/logs/*)"
start_registry "$port"
must "the run ends when it is back" finish_run "$TIPOFF_RUN_DIR/hashes"
claim_undisturbed "with the registry"
