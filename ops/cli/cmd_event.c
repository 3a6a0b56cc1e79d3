/*
 * ops/cli/cmd_event.c
 *    event emit: send one event that a person has written.
 *
 * It goes the way of every other: a row of the outbox beside its row of the audit, in one transaction, and from there
 * to the broker by the worker that sweeps.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/io/codec.h"
#include "libcore/io/record_fields.h"
#include "libcore/runtime/audit.h"
#include "libcore/runtime/pipeline.h"
#include "ops/cli/print.h"
#include "ops/cli/record_text.h"

enum { SENT_WAIT_MS = 10000 };

typedef struct {
    const char *topic, *from, *lane, *reason;
    bool is_dry;
    TopicId id;
    char name[TOPIC_NAME_LEN]; /* with its lane */
    const EventSchema *schema;
    json_t *record;
    const char *key, *event_id;
    Buf message;
} Order;

static bool
choose_topic(Order *o)
{
    const char *names[TOPIC_COUNT];
    const bool is_backfill = o->lane != NULL && strcmp(o->lane, lane_name(LANE_BACKFILL)) == 0;

    if (o->lane != NULL && !is_backfill && strcmp(o->lane, lane_name(LANE_LIVE)) != 0) {
        (void)fprintf(stderr, "tipoff: --lane is live or backfill, not '%s'\n", o->lane);
        return false;
    }
    for (size_t t = 0; t < TOPIC_COUNT; t++)
        names[t] = topic_table[t].name;
    if (!topic_by_name(o->topic, &o->id)) {
        (void)cli_unknown("topic", o->topic, names, TOPIC_COUNT);
        return false;
    }
    (void)topic_lane_name(o->id, is_backfill ? LANE_BACKFILL : LANE_LIVE, o->name);
    o->schema = record_schema(topic_table[o->id].record);
    return o->schema != NULL;
}

static bool
take_order(Cli *cli, Order *o)
{
    bool ok = true;

    o->from = cli_take_option(cli, "--from", &ok);
    o->key = cli_take_option(cli, "--key", &ok);
    o->lane = cli_take_option(cli, "--lane", &ok);
    o->reason = cli_take_option(cli, "--reason", &ok);
    o->is_dry = cli_take_switch(cli, "--dry-run");
    o->topic = cli_take_word(cli);
    if (!ok || !cli_no_more(cli, "event"))
        return false;
    if (o->topic == NULL || o->from == NULL || (o->reason == NULL && !o->is_dry)) {
        (void)cli_usage("event");
        return false;
    }
    return choose_topic(o);
}

typedef struct {
    Arena *a;
    const char *text; /* NULL: there is none */
} Field;

static void
take_text(void *ctx, const json_t *value)
{
    Field *f = ctx;

    if (json_is_string(value))
        f->text = arena_strdup(f->a, json_string_value(value));
    else if (json_is_integer(value))
        f->text = arena_printf(f->a, "%lld", (long long)json_integer_value(value));
}

/* A date as it is written. */
static const char *
text_of(const Order *o, const char *field, Arena *a)
{
    const SchemaType *type;
    Field f = {.a = a};
    Err ignored;

    if (schema_parse(bytes_of_str(o->schema->json), a, &type, &ignored))
        record_field_values(o->record, type, field, take_text, &f);
    return f.text;
}

/* As a worker reads it back, so that a date is one and what has a default is there. */
static bool
read_back(Order *o, const Buf *body, Err *err)
{
    Buf json = {0};
    bool ok = codec_to_json(o->schema, bytes_of(body->data, body->len), &json, err);

    o->record = ok ? json_loads(buf_cstr(&json), JSON_ALLOW_NUL, NULL) : NULL;
    buf_free(&json);
    return ok && (o->record != NULL || ERR_FAIL(err, ERR_FATAL, "the record's own JSON cannot be read"));
}

static bool
make_event(Order *o, Arena *a, Err *err)
{
    Buf text = {0}, body = {0};
    bool ok = record_text_read(o->from, &text, err) && record_text_encode(o->schema, &text, &body, &o->message, err)
              && read_back(o, &body, err);

    buf_free(&text);
    buf_free(&body);
    if (!ok)
        return err_prefix(err, "%s as a %s", strcmp(o->from, "-") == 0 ? "standard input" : o->from, o->schema->name);
    if (o->key == NULL)
        o->key = text_of(o, topic_table[o->id].key, a);
    o->event_id = text_of(o, "event_id", a);
    if (o->event_id == NULL || o->event_id[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG, "a %s needs an event_id", o->schema->name);
    return o->key != NULL
           || ERR_FAIL(err, ERR_CONFIG, "events of %s are keyed by %s, which a %s does not name: give it with --key",
                       o->topic, topic_table[o->id].key, o->schema->name);
}

static bool
refuse_known(Session *s, const Order *o, Err *err)
{
    const DbParam params[] = {db_text(o->name), db_text(o->event_id)};
    DbRows *rows;

    if (!db_exec(s->tx, "select 1 from ops.outbox where topic = $1 and event_id = $2", params, 2, &rows, err))
        return false;
    return db_row_count(rows) == 0
           || ERR_FAIL(err, ERR_CONFIG,
                       "an event %s has been sent to %s: a new one needs another event_id, and 'tipoff replay' sends"
                       " that one again",
                       o->event_id, o->name);
}

static bool
put_into_outbox(Session *s, const Order *o, int64_t *id, Err *err)
{
    static const char sql[] = "insert into ops.outbox (topic, key, event_id, type, worker, payload) values ($1, $2, $3,"
                              " 'tipoff.' || $4, 'tipoff event emit', $5) returning id";
    const DbParam params[] = {db_text(o->name), db_text(o->key), db_text(o->event_id), db_text(o->schema->name),
                              db_bytes(bytes_of(o->message.data, o->message.len))};
    json_t *details = json_pack("{s:s, s:s, s:O}", "topic", o->name, "key", o->key, "record", o->record);
    char *text = json_dumps(details, JSON_COMPACT | JSON_PRESERVE_ORDER);
    DbRows *rows;
    bool ok = db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err)
              && audit_note(s->tx, "event emit", arena_printf(s->a, "event %s", o->event_id), o->reason, text, err);

    if (ok)
        *id = db_get_i64(rows, 0, 0);
    free(text);
    json_decref(details);
    return ok && db_commit(&s->tx, err);
}

typedef struct {
    int32_t partition;
    int64_t offset; /* below zero: not sent yet */
} Place;

/* The sweep looks each second. */
static bool
await_sent(const Cli *cli, Session *s, int64_t id, Place *out, Err *err)
{
    const int64_t until = clock_mono_us(cli->clock) + (int64_t)SENT_WAIT_MS * 1000;
    const DbParam params[] = {db_i64(id)};
    char channel[DB_CHANNEL_LEN];
    bool ignored, ok = true;
    DbRows *rows;

    *out = (Place){-1, -1};
    while (ok && out->offset < 0 && clock_mono_us(cli->clock) < until) {
        ok = db_begin(s->db, &s->tx, err)
             && db_exec(s->tx, "select partition, \"offset\" from ops.outbox where id = $1", params, 1, &rows, err);
        if (ok && (db_row_count(rows) == 0 || !db_is_null(rows, 0, 1)))
            *out = db_row_count(rows) == 0 ? (Place){-1, 0} : (Place){db_get_i32(rows, 0, 0), db_get_i64(rows, 0, 1)};
        db_rollback(&s->tx);
        ok = ok && (out->offset >= 0 || db_wait_notify(s->db, 100, channel, &ignored, err));
    }
    return ok;
}

static void
tell(const Cli *cli, const Order *o, const Place *p)
{
    print_member(cli, "topic", json_string(o->name));
    print_member(cli, "key", json_string(o->key));
    print_member(cli, "event_id", json_string(o->event_id));
    print_member(cli, "record", json_incref(o->record));
    print_member(cli, "dry_run", json_boolean(o->is_dry));
    print_member(cli, "partition", p->offset < 0 ? json_null() : json_integer(p->partition));
    print_member(cli, "offset", p->offset < 0 ? json_null() : json_integer(p->offset));
    if (cli->json)
        return;
    if (o->is_dry)
        (void)printf("a whole %s, key %s, event %s; nothing was sent\n", o->schema->name, o->key, o->event_id);
    else if (p->offset < 0)
        (void)printf(
            "event %s stands in the outbox, and is not sent yet: a worker that runs sends it ('tipoff status')\n",
            o->event_id);
    else
        (void)printf("%s[%d]@%lld: event %s, key %s\n", o->name, (int)p->partition, (long long)p->offset, o->event_id,
                     o->key);
}

static bool
emit(const Cli *cli, Session *s, Order *o, Err *err)
{
    Place place = {-1, -1};
    int64_t id;

    if (!make_event(o, s->a, err) || !refuse_known(s, o, err))
        return false;
    if (!o->is_dry && (!put_into_outbox(s, o, &id, err) || !await_sent(cli, s, id, &place, err)))
        return false;
    tell(cli, o, &place);
    return true;
}

int
cmd_event(Cli *cli)
{
    Order order = {.topic = NULL};
    const char *verb = cli_take_word(cli);
    Session s;
    Err err;
    int status = 0;

    if (verb == NULL)
        return cli_usage("event");
    if (!take_order(cli, &order))
        return 2;
    if (!cli_open(cli, &s, &err) || !emit(cli, &s, &order, &err))
        status = cli_fail(&err);
    cli_close(&s);
    json_decref(order.record);
    buf_free(&order.message);
    return status;
}
