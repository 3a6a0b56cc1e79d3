/*
 * libcore/runtime/outbox.c
 *    The outbox table, its publication and its sweep.
 */
#include "libcore/runtime/outbox.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/log.h"
#include "libcore/runtime/event_headers.h"
#include "libcore/runtime/pipeline.h"

/* A row that was appended in the open transaction and waits for its commit. */
typedef struct {
    int64_t id;
    OutboxEvent event; /* its strings live as long as the batch */
    Instant stamp;
} Pending;

struct Outbox {
    const char *worker, *incarnation;
    Pending *pending;
    size_t pending_count, pending_cap;
    BusDelivery *done; /* the first `written` are in a transaction that has not failed, as far as we know */
    size_t done_count, done_cap, written;
    size_t swept_in_flight;
};

static void *
grow(void *items, size_t need, size_t *cap, size_t size)
{
    if (need <= *cap)
        return items;
    *cap = need > *cap * 2 ? need : *cap * 2;
    items = realloc(items, *cap * size);
    if (items == NULL)
        abort();
    return items;
}

Outbox *
outbox_new(const char *worker, const char *incarnation)
{
    Outbox *ob = calloc(1, sizeof *ob);

    if (ob == NULL)
        abort();
    ob->worker = worker;
    ob->incarnation = incarnation;
    return ob;
}

void
outbox_free(Outbox *ob)
{
    if (ob == NULL)
        return;
    free(ob->pending);
    free(ob->done);
    free(ob);
}

void
outbox_warm_up(const Outbox *ob, BusProducer *p)
{
    char names[TOPIC_COUNT * LANE_COUNT][TOPIC_NAME_LEN];
    const char *topics[TOPIC_COUNT * LANE_COUNT];
    size_t n = 0;

    for (size_t t = 0; t < TOPIC_COUNT; t++)
        for (int lane = 0; lane < LANE_COUNT && worker_emits(ob->worker, (TopicId)t); lane++, n++)
            topics[n] = topic_lane_name((TopicId)t, (Lane)lane, names[n]);
    bus_warm_up(p, topics, n);
}

void
outbox_forget(Outbox *ob)
{
    ob->pending_count = 0;
    ob->written = 0;
}

typedef struct {
    const char **topics, **keys, **ids, **types, **correlations;
    Bytes *payloads;
} Columns;

static Columns
columns_of(const OutboxEvent *events, size_t count, Arena *a)
{
    Columns c = {
        .topics = arena_array(a, count, sizeof *c.topics),
        .keys = arena_array(a, count, sizeof *c.keys),
        .ids = arena_array(a, count, sizeof *c.ids),
        .types = arena_array(a, count, sizeof *c.types),
        .correlations = arena_array(a, count, sizeof *c.correlations),
        .payloads = arena_array(a, count, sizeof *c.payloads),
    };

    for (size_t i = 0; i < count; i++) {
        c.topics[i] = events[i].topic;
        c.keys[i] = events[i].key;
        c.ids[i] = events[i].event_id;
        c.types[i] = events[i].type;
        c.correlations[i] = events[i].correlation_id;
        c.payloads[i] = events[i].payload;
    }
    return c;
}

#define INSERTED                                                                                                       \
    "insert into ops.outbox (topic, key, event_id, type, payload, correlation_id, worker)"                             \
    " select t, k, e, y, p, c, $7 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[],"            \
    " $6::text[]) with ordinality u(t, k, e, y, p, c, n) order by n on conflict (topic, event_id) "

static bool
append(Outbox *ob, DbTx *tx, const char *sql, const OutboxEvent *events, size_t count, Instant now, Err *err)
{
    Arena *a = arena_new(0);
    Columns c = columns_of(events, count, a);
    const DbParam params[] = {db_texts(c.topics, count), db_texts(c.keys, count),      db_texts(c.ids, count),
                              db_texts(c.types, count),  db_bytess(c.payloads, count), db_texts(c.correlations, count),
                              db_text(ob->worker)};
    DbRows *rows;
    bool ok = count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err);

    /* Rows come back in the order of insertion, with those left out missing. */
    for (size_t r = 0, i = 0; ok && count > 0 && r < db_row_count(rows); r++) {
        while (strcmp(events[i].event_id, db_get_text(rows, r, 2)) != 0
               || strcmp(events[i].topic, db_get_text(rows, r, 1)) != 0)
            i++;
        ob->pending = grow(ob->pending, ob->pending_count + 1, &ob->pending_cap, sizeof *ob->pending);
        ob->pending[ob->pending_count++] = (Pending){.id = db_get_i64(rows, r, 0), .event = events[i++], .stamp = now};
    }
    arena_free(a);
    return ok;
}

bool
outbox_append(Outbox *ob, DbTx *tx, const OutboxEvent *events, size_t count, Instant now, Err *err)
{
    return append(ob, tx, INSERTED "do nothing returning id, topic, event_id", events, count, now, err);
}

bool
outbox_append_again(Outbox *ob, DbTx *tx, const OutboxEvent *events, size_t count, Instant now, Err *err)
{
    static const char sql[] = INSERTED
        "do update set payload = excluded.payload, tx = excluded.tx, created_at = excluded.created_at,"
        " incarnation = null, partition = null, \"offset\" = null returning id, topic, event_id";

    return append(ob, tx, sql, events, count, now, err);
}

static bool
produce(BusProducer *p, const char *source, const OutboxEvent *e, int64_t id, Instant stamp, Err *err)
{
    BusRecord r = {
        .topic = e->topic,
        .key = e->key,
        .event_id = e->event_id,
        .type = e->type,
        .source = source,
        .correlation_id = e->correlation_id,
        .stamp = stamp,
        .payload = e->payload,
    };
    Arena *a = arena_new(0);
    bool ok;

    event_headers(e->type, e->payload, a, &r);
    ok = bus_produce(p, &r, id, err);
    arena_free(a);
    return ok;
}

void
outbox_publish(Outbox *ob, BusProducer *p)
{
    Err err;

    for (size_t i = 0; i < ob->pending_count; i++) {
        const Pending *n = &ob->pending[i];

        if (!produce(p, ob->worker, &n->event, n->id, n->stamp, &err)) {
            log_err(LVL_WARN, &err, "left to the sweeper");
            break;
        }
    }
    ob->pending_count = 0;
}

size_t
outbox_collect(Outbox *ob, BusProducer *p, int timeout_ms)
{
    const BusDelivery *list;
    size_t n = bus_deliveries(p, timeout_ms, &list);

    for (size_t i = 0; i < n; i++) {
        BusDelivery d = list[i];

        if (d.id < 0) {
            ob->swept_in_flight--;
            d.id = -d.id;
        }
        if (!d.is_ok)
            continue; /* stays unconfirmed: the sweeper publishes it again */
        ob->done = grow(ob->done, ob->done_count + 1, &ob->done_cap, sizeof *ob->done);
        ob->done[ob->done_count++] = d;
    }
    return ob->done_count - ob->written;
}

/* What the last transaction recorded is recorded, unless outbox_forget() has said otherwise. */
static void
drop_written(Outbox *ob)
{
    ob->done_count -= ob->written;
    if (ob->done_count > 0)
        memmove(ob->done, ob->done + ob->written, ob->done_count * sizeof *ob->done);
    ob->written = 0;
}

bool
outbox_confirm(Outbox *ob, DbTx *tx, Err *err)
{
    static const char sql[] = "update ops.outbox o set incarnation = $4, partition = u.p, \"offset\" = u.o"
                              " from unnest($1::bigint[], $2::integer[], $3::bigint[]) u(i, p, o) where o.id = u.i";
    Arena *a = arena_new(0);
    int64_t *ids, *offsets;
    int32_t *partitions;
    bool ok = true;
    size_t n;

    drop_written(ob);
    n = ob->done_count;
    ids = arena_array(a, n + 1, sizeof *ids);
    offsets = arena_array(a, n + 1, sizeof *offsets);
    partitions = arena_array(a, n + 1, sizeof *partitions);
    for (size_t i = 0; i < n; i++) {
        ids[i] = ob->done[i].id;
        partitions[i] = ob->done[i].partition;
        offsets[i] = ob->done[i].offset;
    }
    if (n > 0) {
        const DbParam params[] = {db_i64s(ids, n), db_i32s(partitions, n), db_i64s(offsets, n),
                                  db_text(ob->incarnation)};

        ok = db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
    arena_free(a);
    if (ok)
        ob->written = n;
    return ok;
}

/* The groups that consume each topic, as two parallel columns for SQL. */
typedef struct {
    const char **topics, **groups;
    size_t count;
} Subscriptions;

static Subscriptions
subscriptions(Arena *a)
{
    Subscriptions s = {0};
    size_t cap = 0;
    char name[TOPIC_NAME_LEN];

    for (size_t t = 0; t < TOPIC_COUNT; t++)
        for (size_t c = 0; topic_table[t].consumers[c] != NULL; c++)
            cap += LANE_COUNT;
    s.topics = arena_array(a, cap + 1, sizeof *s.topics);
    s.groups = arena_array(a, cap + 1, sizeof *s.groups);
    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        for (size_t c = 0; topic_table[t].consumers[c] != NULL; c++) {
            for (int lane = 0; lane < LANE_COUNT; lane++) {
                s.topics[s.count] = arena_strdup(a, topic_lane_name((TopicId)t, (Lane)lane, name));
                s.groups[s.count++] = arena_printf(a, "tipoff.%s", topic_table[t].consumers[c]);
            }
        }
    }
    return s;
}

/* True for an outbox row o that some subscribed group has not covered; $1 topics, $2 groups. */
#define NOT_COVERED                                                                                                    \
    "exists (select 1 from unnest($1::text[], $2::text[]) s(topic, grp) where s.topic = o.topic and not exists ("      \
    "select 1 from ops.consumer_offset c where c.consumer_group = s.grp and c.topic = o.topic"                         \
    " and c.partition = o.partition and c.incarnation = o.incarnation and c.next_offset > o.\"offset\"))"

#define SWEPT "o.id, o.tx, o.topic, o.key, o.event_id, o.type, o.correlation_id, o.payload, o.created_at, o.worker"
#define SETTLED "o.tx < pg_snapshot_xmin(pg_current_snapshot())"

/* The rows of logs that have gone are looked for only where there is such a log. */
bool
outbox_sweep(Outbox *ob, DbTx *tx, BusProducer *p, Arena *a, size_t *count, Err *err)
{
    static const char sql[]
        = "with due as ((select " SWEPT " from ops.outbox o where " SETTLED " and o.incarnation is null"
          " and o.created_at < now() - interval '2 seconds' order by o.tx, o.id limit 2000)"
          " union all select d.* from (select id from ops.incarnation where id <> $3) i cross join lateral"
          " (select " SWEPT " from ops.outbox o where " SETTLED " and o.incarnation = i.id and " NOT_COVERED
          " order by o.tx, o.id limit 2000) d)"
          " select id, topic, key, event_id, type, correlation_id, payload, created_at, worker from due"
          " order by tx, id limit 2000";
    Subscriptions s = subscriptions(a);
    const DbParam params[] = {db_texts(s.topics, s.count), db_texts(s.groups, s.count), db_text(ob->incarnation)};
    DbRows *rows;

    *count = 0;
    if (ob->swept_in_flight > 0)
        return true;
    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const OutboxEvent e = {.topic = db_get_text(rows, r, 1),
                               .key = db_get_text(rows, r, 2),
                               .event_id = db_get_text(rows, r, 3),
                               .type = db_get_text(rows, r, 4),
                               .correlation_id = db_get_text(rows, r, 5),
                               .payload = db_get_bytes(rows, r, 6)};

        /* The sign tells the delivery report of a swept row from that of a first publication. */
        if (!produce(p, db_get_text(rows, r, 8), &e, -db_get_i64(rows, r, 0), db_get_ts(rows, r, 7), err)) {
            if (err->cls != ERR_TRANSIENT)
                return false;
            log_err(LVL_WARN, err, "left to the next sweep"); /* what is consumed meanwhile need not wait */
            break;
        }
        ob->swept_in_flight++;
        ++*count;
    }
    return true;
}

bool
outbox_purge(DbTx *tx, Arena *a, size_t *count, Err *err)
{
    static const char sql[] = "delete from ops.outbox o where o.incarnation is not null and not " NOT_COVERED
                              " and o.created_at < now() - interval '1 hour'";
    Subscriptions s = subscriptions(a);
    const DbParam params[] = {db_texts(s.topics, s.count), db_texts(s.groups, s.count)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *count = db_affected(rows);
    return true;
}

static bool
count_pending(DbTx *tx, const char *sql, Arena *a, int64_t *count, Err *err)
{
    Subscriptions s = subscriptions(a);
    const DbParam params[] = {db_texts(s.topics, s.count), db_texts(s.groups, s.count)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *count = db_get_i64(rows, 0, 0);
    return true;
}

bool
outbox_pending(DbTx *tx, Arena *a, int64_t *count, Err *err)
{
    return count_pending(tx, "select count(*) from ops.outbox o where o.incarnation is null or " NOT_COVERED, a, count,
                         err);
}

bool
outbox_pending_backfill(DbTx *tx, Arena *a, int64_t *count, Err *err)
{
    return count_pending(tx,
                         "select count(*) from ops.outbox o where o.topic like '%.backfill'"
                         " and (o.incarnation is null or " NOT_COVERED ")",
                         a, count, err);
}
