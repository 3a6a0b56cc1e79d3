/*
 * ops/cli/replay_run.c
 *    The loop of a replay.
 */
#include "ops/cli/replay_run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/cursor.h"
#include "libcore/io/bus_reader.h"
#include "libcore/io/record_fields.h"

enum {
    MOST_IN_FLIGHT = 1000,
    UNREAD_BYTES = 1024 * 1024, /* of one pass, with the embedded broker */
    WAIT_MS = 20,
    MAX_PARTITIONS = 1024,
    OWN_HEADERS = 4,
};

typedef struct {
    BusSpan *items;
    size_t count;
} Spans;

struct Replay {
    Cli *cli;
    const ReplayJob *job;
    const ReplayAsk *ask;
    Signals *signals;
    const char *brokers;
    char incarnation[BUS_INCARNATION_LEN];
    Db *db;
    BusProducer *producer; /* NULL of a dry run */
    SchemaRegistry *registry;
    Codec *codec;
    int64_t started_us, sent, failed;
    Spans marked[TOPIC_COUNT][LANE_COUNT];
    Arena *marked_a;
    /* Of the topic in hand. */
    const SchemaType *schema;
    Arena *a, *entry_a; /* of the topic; of one entry */
    char target[TOPIC_NAME_LEN];
    int64_t *last; /* offsets sent, by partition of the target; -1 for none */
    size_t unread_bytes;
};

const SchemaType *
replay_schema(TopicId topic, Arena *a)
{
    const SchemaType *type;
    Err ignored;

    for (size_t i = 0; all_event_schemas[i] != NULL; i++)
        if (strcmp(all_event_schemas[i]->name, topic_table[topic].record) == 0)
            return schema_parse(bytes_of_str(all_event_schemas[i]->json), a, &type, &ignored) ? type : NULL;
    return NULL;
}

bool
replay_open(Cli *cli, const ReplayJob *job, const ReplayAsk *ask, Signals *signals, Replay **out, Err *err)
{
    Replay *r = calloc(1, sizeof *r);

    if (r == NULL)
        abort();
    *r = (Replay){.cli = cli, .job = job, .ask = ask, .signals = signals};
    r->brokers = config_get(cli->cfg, "kafka.brokers");
    r->started_us = clock_mono_us(cli->clock);
    r->marked_a = arena_new(0);
    r->a = arena_new(0);
    r->entry_a = arena_new(0);
    *out = r;
    if (r->brokers[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG, "no broker is configured: set KAFKA_BROKERS, or run 'tipoff up'");
    if (!bus_read_incarnation(r->brokers, r->incarnation, err)
        || !schema_registry_open(config_get(cli->cfg, "schema.registry.url"), &r->registry, err)
        || !db_connect(config_get(cli->cfg, "database.url"), "tipoff-replay", &r->db, err))
        return false;
    r->codec = codec_new(r->registry);
    /* Bytes go out as they were framed. */
    return job->is_dry || bus_producer_new(r->brokers, "tipoff-replay", NULL, &r->producer, err);
}

void
replay_close(Replay *r)
{
    if (r == NULL)
        return;
    bus_producer_free(r->producer, 5000);
    codec_free(r->codec);
    schema_registry_close(r->registry);
    db_close(r->db);
    arena_free(r->marked_a);
    arena_free(r->a);
    arena_free(r->entry_a);
    free(r);
}

/* ---- which are meant ---- */

/* What a filter may ask of one event. */
typedef struct {
    const BusEntry *entry;
    const char *key; /* NULL when it is no text */
    const SchemaType *schema;
    json_t *record; /* NULL when it cannot be read */
    Arena *a;
    FilterValue *values;
    size_t count, cap;
} Event;

static void
add_value(Event *e, FilterValue v)
{
    e->values = arena_room(e->a, e->values, e->count, &e->cap, sizeof *e->values);
    e->values[e->count++] = v;
}

static void
add_text(Event *e, const char *text)
{
    if (text != NULL)
        add_value(e, (FilterValue){.kind = FILTER_TEXT, .text = text});
}

static void
add_json(void *ctx, const json_t *v)
{
    Event *e = ctx;

    if (json_is_string(v))
        add_text(e, arena_strdup(e->a, json_string_value(v)));
    else if (json_is_number(v))
        add_value(e, (FilterValue){.kind = FILTER_NUMBER, .number = json_number_value(v)});
    else
        add_value(e, (FilterValue){.kind = json_is_boolean(v) ? FILTER_BOOL : FILTER_NULL, .truth = json_is_true(v)});
}

static const FilterValue *
look_up(void *ctx, const char *field, size_t *count)
{
    static const char header[] = "header.";
    char stamp[INSTANT_TEXT_LEN];
    Event *e = ctx;

    e->count = 0;
    if (strncmp(field, header, sizeof header - 1) == 0)
        add_text(e, bus_entry_header(e->entry, field + sizeof header - 1));
    else if (strcmp(field, "event.key") == 0)
        add_text(e, e->key);
    else if (strcmp(field, "event.partition") == 0)
        add_value(e, (FilterValue){.kind = FILTER_NUMBER, .number = e->entry->partition});
    else if (strcmp(field, "event.offset") == 0)
        add_value(e, (FilterValue){.kind = FILTER_NUMBER, .number = (double)e->entry->offset});
    else if (strcmp(field, "event.time") == 0 && !instant_is_null(e->entry->stamp))
        add_text(e, arena_strdup(e->a, instant_format(e->entry->stamp, stamp)));
    else if (e->record != NULL)
        record_field_values(e->record, e->schema, field, add_json, e);
    *count = e->count;
    return e->values;
}

/* NULL when no schema reads the bytes. */
static json_t *
decode(Replay *r, DbTx *tx, Bytes payload)
{
    const EventSchema *schema;
    uint64_t fingerprint;
    Bytes message, body;
    json_t *record = NULL;
    Buf json = {0};
    Err ignored;

    if (codec_resolve(r->codec, tx, payload, r->entry_a, &message, &ignored)
        && event_unframe(message, &fingerprint, &body, &ignored)
        && (schema = codec_schema_by_fingerprint(fingerprint)) != NULL && codec_to_json(schema, body, &json, &ignored))
        record = json_loads(buf_cstr(&json), JSON_ALLOW_NUL, NULL);
    buf_free(&json);
    return record;
}

static bool
is_in_time(const ReplayAsk *ask, const BusEntry *e)
{
    return (instant_is_null(ask->from) || (!instant_is_null(e->stamp) && e->stamp.us >= ask->from.us))
           && (instant_is_null(ask->until) || (!instant_is_null(e->stamp) && e->stamp.us < ask->until.us));
}

static bool
is_of_dates(const ReplayAsk *ask, Event *e)
{
    size_t count;
    const FilterValue *v = look_up(e, "game_date", &count);
    const char *text = count > 0 && v[0].kind == FILTER_TEXT ? v[0].text : e->key;
    GameDate date;

    return date_is_null(ask->dates.from)
           || (text != NULL && date_parse(text, &date) && !date_before(date, ask->dates.from)
               && !date_before(ask->dates.to, date));
}

static bool
needs_record(const ReplayAsk *ask)
{
    return ask->filter != NULL || !date_is_null(ask->dates.from);
}

static bool
is_meant(Replay *r, DbTx *tx, const BusEntry *entry, ReplayCount *count)
{
    const ReplayAsk *ask = r->ask;
    Event e = {.entry = entry, .schema = r->schema, .a = r->entry_a};
    bool meant;

    if (entry->has_key && utf8_is_valid(entry->key.data, entry->key.len))
        e.key = (const char *)entry->key.data; /* the reader's copy ends with a NUL */
    if (!is_in_time(ask, entry) || (ask->key != NULL && (e.key == NULL || strcmp(e.key, ask->key) != 0)))
        return false;
    if (!needs_record(ask))
        return true;
    e.record = r->schema != NULL ? decode(r, tx, entry->payload) : NULL;
    count->unreadable += e.record == NULL;
    meant = is_of_dates(ask, &e) && (ask->filter == NULL || event_filter_holds(ask->filter, look_up, &e));
    json_decref(e.record);
    return meant;
}

/* ---- sending ---- */

static bool
is_own_header(const char *name)
{
    return strncmp(name, "replay", 6) == 0;
}

static bool
send(Replay *r, const char *topic, const BusEntry *e, Err *err)
{
    BusHeader *headers = arena_array(r->entry_a, e->header_count + OWN_HEADERS, sizeof *headers);
    size_t n = 0;

    for (size_t i = 0; i < e->header_count; i++)
        if (!is_own_header(e->headers[i].name))
            headers[n++] = e->headers[i];
    headers[n++] = (BusHeader){"replay_id", r->job->id};
    headers[n++] = (BusHeader){"replay.original.topic", topic};
    headers[n++] = (BusHeader){"replay.original.partition", arena_printf(r->entry_a, "%d", (int)e->partition)};
    headers[n++] = (BusHeader){"replay.original.offset", arena_printf(r->entry_a, "%lld", (long long)e->offset)};
    r->sent++;
    r->unread_bytes += e->payload.len;
    return bus_produce_entry(r->producer, r->target, e, headers, n, 1, err);
}

/* Takes delivery reports in, until no more than so many events are under way. */
static void
settle(Replay *r, size_t most)
{
    const BusDelivery *list;

    do {
        size_t n = bus_deliveries(r->producer, bus_in_flight(r->producer) > most ? WAIT_MS : 0, &list);

        for (size_t i = 0; i < n; i++) {
            r->failed += !list[i].is_ok;
            if (list[i].is_ok && list[i].partition < MAX_PARTITIONS && list[i].offset > r->last[list[i].partition])
                r->last[list[i].partition] = list[i].offset;
        }
    } while (bus_in_flight(r->producer) > most);
}

/* Whether some group that reads the target has not come as far as we have sent. */
static bool
is_behind(Replay *r, TopicId topic, bool *behind, Err *err)
{
    static const char sql[]
        = "select exists (select 1 from unnest($1::integer[], $2::bigint[]) u(p, o) cross join unnest($3::text[]) g "
          "left join"
          " ops.consumer_offset c on c.consumer_group = 'tipoff.' || g and c.topic = $4 and c.incarnation = $5"
          " and c.partition = u.p where coalesce(c.next_offset, 0) <= u.o)";
    int32_t *partitions = arena_array(r->entry_a, MAX_PARTITIONS, sizeof *partitions);
    int64_t *offsets = arena_array(r->entry_a, MAX_PARTITIONS, sizeof *offsets);
    size_t n = 0, groups = 0;
    DbTx *tx = NULL;
    DbRows *rows;
    bool ok;

    for (int32_t p = 0; p < MAX_PARTITIONS; p++) {
        if (r->last[p] < 0)
            continue;
        partitions[n] = p;
        offsets[n++] = r->last[p];
    }
    while (topic_table[topic].consumers[groups] != NULL)
        groups++;
    {
        const DbParam params[] = {db_i32s(partitions, n), db_i64s(offsets, n),
                                  db_texts(topic_table[topic].consumers, groups), db_text(r->target),
                                  db_text(r->incarnation)};

        ok = db_begin(r->db, &tx, err) && db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err);
    }
    *behind = ok && db_get_bool(rows, 0, 0);
    db_rollback(&tx);
    return ok;
}

/* Only the embedded broker loses what is not read in time: Kafka keeps it all. */
static bool
wait_for_readers(Replay *r, TopicId topic, Err *err)
{
    bool behind = true;

    if (!bus_is_embedded(r->incarnation) || r->unread_bytes < UNREAD_BYTES)
        return true;
    r->unread_bytes = 0;
    settle(r, 0);
    while (behind && signals_level(r->signals) == STOP_RUN) {
        if (!is_behind(r, topic, &behind, err))
            return false;
        if (behind)
            (void)signals_wait(r->signals, WAIT_MS);
    }
    return true;
}

static void
keep_pace(Replay *r)
{
    if (r->job->rate > 0) {
        const int64_t due = r->started_us + (int64_t)((double)r->sent / r->job->rate * 1e6);
        const int64_t left = due - clock_mono_us(r->cli->clock);

        if (left > 0)
            (void)signals_wait(r->signals, (int)(left / 1000) + 1);
    }
}

/* ---- a topic ---- */

bool
replay_mark(Replay *r, TopicId topic, Lane lane, Err *err)
{
    const ReplayAsk *ask = r->ask;
    Spans *spans = &r->marked[topic][lane];
    char name[TOPIC_NAME_LEN];

    (void)topic_lane_name(topic, lane, name);
    if (!bus_spans(r->brokers, name, r->marked_a, &spans->items, &spans->count, err)
        || (!bus_is_embedded(r->incarnation)
            && !bus_spans_between(r->brokers, name, ask->from, ask->until, spans->items, spans->count, err)))
        return false;
    for (size_t i = 0; i < spans->count; i++) {
        BusSpan *s = &spans->items[i];

        if (ask->from_offset > s->from)
            s->from = ask->from_offset;
        if (ask->until_offset >= 0 && ask->until_offset < s->to)
            s->to = ask->until_offset;
    }
    return true;
}

static void
note_meant(ReplayCount *c, const BusEntry *e)
{
    c->meant++;
    if (instant_is_null(e->stamp))
        return;
    if (instant_is_null(c->first) || e->stamp.us < c->first.us)
        c->first = e->stamp;
    if (instant_is_null(c->last) || e->stamp.us > c->last.us)
        c->last = e->stamp;
}

/* Schemas of other builds are looked for in a transaction; a long one would hold up the sweep of the outbox. */
static bool
judge(Replay *r, const BusEntry *e, ReplayCount *count, bool *meant, Err *err)
{
    DbTx *tx = NULL;

    *meant = false;
    if (needs_record(r->ask) && !db_begin(r->db, &tx, err))
        return false;
    *meant = is_meant(r, tx, e, count);
    db_rollback(&tx);
    return true;
}

static bool
go_through(Replay *r, BusReader *reader, TopicId topic, ReplayCount *out, Err *err)
{
    while (signals_level(r->signals) == STOP_RUN) {
        BusEntry e;
        bool got, meant;

        arena_reset(r->entry_a);
        if (!bus_reader_next(reader, r->entry_a, &e, &got, err))
            return false;
        if (!got)
            return true;
        out->read++;
        if (!judge(r, &e, out, &meant, err))
            return false;
        if (!meant)
            continue;
        note_meant(out, &e);
        if (r->job->is_dry)
            continue;
        keep_pace(r);
        if (!send(r, out->topic, &e, err) || !wait_for_readers(r, topic, err))
            return false;
        out->sent++;
        settle(r, MOST_IN_FLIGHT);
    }
    return ERR_FAIL(err, ERR_CANCELED, "asked to stop; what was sent is sent, and a repetition of it does no harm");
}

bool
replay_topic(Replay *r, TopicId topic, Lane lane, ReplayCount *out, Err *err)
{
    BusReader *reader = NULL;
    const Spans *spans = &r->marked[topic][lane];
    bool ok;

    arena_reset(r->a);
    *out = (ReplayCount){.first = INSTANT_NULL, .last = INSTANT_NULL};
    (void)topic_lane_name(topic, lane, out->topic);
    (void)topic_lane_name(topic, r->job->to_lane, r->target);
    r->schema = replay_schema(topic, r->a);
    r->last = arena_array(r->a, MAX_PARTITIONS, sizeof *r->last);
    for (size_t i = 0; i < MAX_PARTITIONS; i++)
        r->last[i] = -1;
    ok = bus_reader_new(r->brokers, "tipoff-replay", out->topic, spans->items, spans->count, &reader, err)
         && go_through(r, reader, topic, out, err);
    bus_reader_free(reader);
    if (r->producer != NULL)
        settle(r, 0);
    if (ok && r->failed > 0)
        ok = ERR_FAIL(err, ERR_TRANSIENT, "%lld events did not reach the broker; replay again", (long long)r->failed);
    return ok;
}
