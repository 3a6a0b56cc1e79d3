#!/usr/bin/env bash
# tests/integration/schema_versions.sh
#    Topics in which this build's records stand among those of an older and of a newer one: all are read,
#    what was stored under another version too; what cannot be read yet is a letter that a retry closes.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

VERSIONS=$ROOT/tests/support/avro_versions.py
COLUMNS="topic, key, event_id, type, correlation_id, worker"

# record VERSION: its schemas, as the start of a build that has them records them.
record() {
    {
        echo "create temp table s (fingerprint text, name text, schema text); copy s from stdin;"
        python3 "$VERSIONS" schemas "$1"
        echo '\.'
        echo "insert into ops.schema (fingerprint, name, schema, build) select fingerprint, name, schema, '$1' from s;"
    } | psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL"
}

# of_clean QUERY: its rows as COPY writes them.
of_clean() {
    (use clean && psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "copy ($1) to stdout")
}

# Everything that collect sent in the clean run, two of three records written under another version.
make_events() {
    of_clean "select $COLUMNS, encode(payload, 'hex') from ops.outbox where worker = 'collect' order by id" |
        python3 "$VERSIONS" rewrite >"$WORK/events"
}

# The cells of collect, and its events for the sweeper to publish.
send_events() {
    local table
    for table in ops.cell ops.cell_change; do
        of_clean "select * from $table where processor like 'collect_%'" |
            psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "copy $table from stdin"
    done
    {
        echo "create temp table e (n serial, topic text, key text, event_id text, type text, correlation_id text,
            worker text, payload text); copy e ($COLUMNS, payload) from stdin;"
        cat "$WORK/events"
        echo '\.'
        echo "insert into ops.outbox ($COLUMNS, payload) select $COLUMNS, decode(payload, 'hex') from e order by n;"
    } | psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL"
}

# one_event VERSION TOPIC: the id of an event of the topic that is written under the version.
one_event() {
    awk -F '\t' -v topic="$2" -v turn="$([ "$1" = older ] && echo 2 || echo 0)" \
        'NR % 3 == turn && $1 == topic { print $3; exit }' "$WORK/events"
}

letters() {
    sql "select count(*) from ops.letter where $1"
}

has_letters() {
    [ "$(letters "$2")" -ge "$1" ]
}

events_of() {
    awk -F '\t' -v turn="$([ "$1" = older ] && echo 2 || echo 0)" 'NR % 3 == turn' "$WORK/events" | wc -l
}

# What raw reads of the newer version.
raw_events_of_newer() {
    awk -F '\t' 'NR % 3 == 0 && $1 ~ /^feed\./' "$WORK/events" | wc -l
}

clean_run
must "events are rewritten" make_events
deploy versions
must "the older build's schemas are on record" record older
LOST=$(one_event older feed.props.backfill)
NEWER=$(one_event newer feed.props.backfill)
sql "alter table raw.feed_part add constraint no_such_part check (event_id <> '$LOST')"
must "events of three versions are sent" send_events
say "$(wc -l <"$WORK/events") events, $(events_of older) of the older version, $(events_of newer) of the newer one"
claim "what is of an unknown schema becomes letters, and nothing else but the part that cannot be stored" \
    eventually 60 has_letters "$(($(raw_events_of_newer) + 1))" "worker = 'raw'"
claim "only unknown schemas are to blame, and the part" same 0 \
    "$(letters "error_code <> 'SCHEMA_UNKNOWN' and event_id <> '$LOST'")"
id=$(sql "select id from ops.letter where worker = 'raw' and event_id = '$NEWER'")
claim "such a letter says which schema, and what to do" holds "a record of the unknown schema" \
    "start the build that wrote it once against this database" <<<"$("$TIPOFF" dlq list)"
claim "'dlq show' says so too" holds "payload: " "unknown schema" <<<"$("$TIPOFF" dlq show "$id")"
lost=$(sql "select id from ops.letter where worker = 'raw' and event_id = '$LOST'")
claim "'dlq show' renders a record of the older version" holds "payload: FeedProps {" '"bookmaker"' \
    <<<"$("$TIPOFF" dlq show "$lost")"
claim "'dlq show' says in which fields the older version differs, and what becomes of each" same \
    "removed FeedProps.gone_since" "$("$TIPOFF" dlq show "$lost" --json | python3 -c 'import json, sys
schema = json.load(sys.stdin)["schema"]
assert all(d["written"] for d in schema) and {"removed", "promoted"} <= {d["what"] for d in schema}, schema
print(*(d["what"] + " " + d["field"] for d in schema if d["field"] == "FeedProps.gone_since"))')"
claim "a letter keeps the bytes as they came" same \
    "$(awk -F '\t' -v id="$LOST" '$3 == id { print $7 }' "$WORK/events")" \
    "$(sql "select encode(payload, 'hex') from ops.letter where id = $lost")"

must "the newer build's schemas are on record" record newer
claim "'dlq show' renders the newer version's record now" holds "payload: FeedProps {" <<<"$("$TIPOFF" dlq show "$id")"
sql "alter table raw.feed_part drop constraint no_such_part"
must "all letters are sent again" "$TIPOFF" dlq retry --all
claim "every letter closes, the older version's and the newer version's" eventually 60 sql_is 0 \
    "select count(*) from ops.letter where status = 'open'"
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
claim_undisturbed "three versions mixed"
claim "what raw keeps is in this build's version" sql_is 0 "select count(*) from raw.feed_part p
    where not exists (select 1 from ops.schema s where s.build not in ('older', 'newer')
    and decode(s.fingerprint, 'hex') = (select string_agg(substring(p.payload from i for 1), ''::bytea order by i desc)
    from generate_series(3, 10) i))"

day=$(sql "select game_date from raw.feed_part where event_id = '$LOST'")
sql "update raw.feed_part set payload = decode('$(awk -F '\t' -v id="$LOST" '$3 == id { print $7 }' "$WORK/events")', 'hex')
    where event_id = '$LOST'"
version=$(sql "select max(manifest_version) from (select version manifest_version from ops.cell
    where processor = 'collect_props' and game_date = '$day') x")
must "the date is collected again" collect --again --from "$day" --to "$day"
claim "a cell is made again from a part that an older build stored" eventually 60 sql_is 1 "select count(*) from ops.cell
    where processor = 'raw_props' and game_date = '$day' and status not in ('expected', 'waiting', 'failed') and finished_at > (select finished_at from ops.cell
    where processor = 'collect_props' and game_date = '$day' and version > $version)"
must "the run ends again" finish_run "$TIPOFF_RUN_DIR/hashes"
claim "its content is what it was" same_files "$WORK/clean.hashes" "$TIPOFF_RUN_DIR/hashes"
