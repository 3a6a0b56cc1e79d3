/*
 * ops/cli/dlq_retry.c
 *    Send events again, under their own ids, through the outbox: what was sent is marked in the transaction that
 *    puts it there, so that a run which is cut short is continued by the next one, wherever it ended.
 *
 * Events go out in the order of topic, partition and offset, which keeps the order of every key. The worker closes
 * the letter in the transaction in which it succeeds, or writes it again.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "libcore/base/failpoint.h"
#include "libcore/io/bus.h"
#include "libcore/runtime/audit.h"
#include "libcore/runtime/outbox.h"
#include "ops/cli/dlq.h"

enum { CHUNK_MAX = 200, DELIVERY_TRIES = 300, DELIVERY_WAIT_MS = 100 };

/* Of what is on its way already, only what the broker has not got yet: a run that was cut short, in its order. */
#define DUE                                                                                                            \
    "l.status <> 'closed' and ($16 or l.sent_at is null or exists (select 1 from ops.outbox o where o.topic = l.topic" \
    " and o.event_id = l.event_id and o.incarnation is null))"

typedef struct {
    Dlq *d;
    Outbox *outbox;
    BusProducer *producer;
    SchemaRegistry *registry;
    char incarnation[BUS_INCARNATION_LEN];
    Arena *a;             /* of what outlives a transaction */
    const char **letters; /* by event: the numbers of its letters, joined by ','; several workers may have one */
    size_t events, letter_count, unconfirmed;
} Retry;

static bool
begin(Dlq *d, Err *err)
{
    return d->s.tx != NULL || db_begin(d->s.db, &d->s.tx, err);
}

/* One at a time: two would mix up the order of a key. */
static bool
take_lock(Dlq *d, Err *err)
{
    DbRows *rows;

    if (!db_exec(d->s.tx, "select pg_try_advisory_lock(7474, 1)", NULL, 0, &rows, err))
        return false;
    return db_get_bool(rows, 0, 0)
           || ERR_FAIL(err, ERR_CONFIG, "another 'dlq retry' is under way; this one would mix up its order");
}

static void
give_lock_back(Dlq *d)
{
    Err ignored; /* then the connection is gone, and the lock with it */

    if (begin(d, &ignored))
        (void)!db_exec(d->s.tx, "select pg_advisory_unlock(7474, 1)", NULL, 0, NULL, &ignored);
}

static bool
load_due(Retry *r, Err *err)
{
    static const char sql[]
        = "select string_agg(l.id::text, ',' order by l.id), count(*) from ops.letter l where " LETTER_WHERE " and " DUE
          " group by l.topic, l.event_id order by l.topic, min(l.partition), min(l.\"offset\"), min(l.id)";
    DbParam params[LETTER_PARAMS + 1];
    DbRows *rows;

    letter_filter_params(&r->d->filter, r->a, params);
    params[LETTER_PARAMS] = db_bool(r->d->again);
    if (!db_exec(r->d->s.tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    r->events = db_row_count(rows);
    r->letters = arena_array(r->a, r->events + 1, sizeof *r->letters);
    for (size_t i = 0; i < r->events; i++) {
        r->letters[i] = arena_strdup(r->a, db_get_text(rows, i, 0));
        r->letter_count += (size_t)db_get_i64(rows, i, 1);
    }
    return true;
}

/* ---- one chunk ---- */

static const char *
join(const Retry *r, size_t from, size_t count, Arena *a)
{
    Buf b = {0};
    const char *out;

    for (size_t i = from; i < from + count; i++)
        buf_printf(&b, "%s%s", i > from ? "," : "", r->letters[i]);
    out = arena_strdup(a, buf_cstr(&b));
    buf_free(&b);
    return out;
}

static Bytes
copy(Bytes b, Arena *a)
{
    return bytes_of(arena_strndup(a, (const char *)b.data, b.len), b.len);
}

/* The events outlive the transaction: they are published after its commit. */
static bool
put_into_outbox(Retry *r, const DbRows *rows, Arena *a, Err *err)
{
    size_t n = db_row_count(rows);
    OutboxEvent *events = arena_array(a, n + 1, sizeof *events);

    for (size_t i = 0; i < n; i++) {
        const char *key = db_get_text(rows, i, 1), *type = db_get_text(rows, i, 3);

        events[i] = (OutboxEvent){.topic = arena_strdup(a, db_get_text(rows, i, 0)),
                                  .key = arena_strdup(a, key ? key : ""),
                                  .event_id = arena_strdup(a, db_get_text(rows, i, 2)),
                                  .type = arena_strdup(a, type ? type : ""),
                                  .correlation_id = arena_strdup(a, db_get_text(rows, i, 4)),
                                  .payload = copy(db_get_bytes(rows, i, 5), a)};
    }
    return outbox_append_again(r->outbox, r->d->s.tx, events, n, clock_now(r->d->cli->clock), err);
}

/* Marks the letters, notes who sent them, and returns their events, each once and in order. */
static bool
mark_sent(Retry *r, const char *letters, DbRows **rows, Err *err)
{
    static const char sql[]
        = "with hit as (update ops.letter l set sent_at = now(), status = 'open', status_reason = null where l.id = any"
          " (string_to_array($1, ',')::bigint[]) and l.status <> 'closed' returning l.*), noted as (insert into"
          " ops.audit (actor, command, target, reason, details) select $2, $3, 'letter ' || h.id, $4,"
          " jsonb_build_object('worker', h.worker, 'topic', h.topic, 'partition', h.partition, 'offset', h.\"offset\","
          " 'event_id', h.event_id, 'fingerprint', h.fingerprint, 'attempts', h.attempts) from hit h order by h.id)"
          " select * from (select distinct on (l.topic, l.event_id) l.topic, l.key, l.event_id, l.type,"
          " l.correlation_id, " LETTER_PAYLOAD " as payload, l.partition, l.\"offset\", l.id from hit l"
          " order by l.topic, l.event_id, l.partition, l.\"offset\", l.id) e order by topic, partition, \"offset\", id";
    const DbParam params[] = {db_text(letters), db_text(audit_actor(r->a)), db_text(r->d->command),
                              db_text(r->d->reason)};

    return db_exec(r->d->s.tx, sql, params, ARRAY_LEN(params), rows, err);
}

/* Waits for the broker's word on what was produced, and writes down what it took. */
static bool
confirm(Retry *r, Err *err)
{
    for (int i = 0; i < DELIVERY_TRIES && bus_in_flight(r->producer) > 0; i++)
        (void)outbox_collect(r->outbox, r->producer, DELIVERY_WAIT_MS);
    (void)outbox_collect(r->outbox, r->producer, 0);
    return begin(r->d, err) && outbox_confirm(r->outbox, r->d->s.tx, err) && db_commit(&r->d->s.tx, err);
}

static bool
send_chunk(Retry *r, size_t from, size_t count, Err *err)
{
    Arena *a = arena_new(0);
    DbRows *rows;
    bool ok = begin(r->d, err) && mark_sent(r, join(r, from, count, a), &rows, err) && put_into_outbox(r, rows, a, err);

    if (ok) {
        failpoint_hit("retry_before_commit");
        ok = db_commit(&r->d->s.tx, err);
        failpoint_hit("retry_committed");
    }
    if (ok) {
        outbox_publish(r->outbox, r->producer);
        failpoint_hit("retry_published");
        ok = confirm(r, err);
    }
    arena_free(a);
    return ok;
}

/* ---- the run ---- */

static void
wait_until(const Clock *clock, int64_t due_us)
{
    int64_t left = due_us - clock_mono_us(clock);

    if (left > 0) {
        const struct timespec t = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};

        (void)nanosleep(&t, NULL);
    }
}

/* With a rate, chunks are a fifth of a second's worth, and each begins when its turn comes. */
static bool
send_all(Retry *r, Err *err)
{
    const Clock *clock = r->d->cli->clock;
    const int64_t start = clock_mono_us(clock);
    const double rate = r->d->rate;
    size_t chunk = CHUNK_MAX;

    if (rate > 0 && rate / 5 < (double)CHUNK_MAX)
        chunk = rate / 5 < 1 ? 1 : (size_t)(rate / 5);
    for (size_t from = 0; from < r->events; from += chunk) {
        size_t count = r->events - from < chunk ? r->events - from : chunk;

        if (rate > 0)
            wait_until(clock, start + (int64_t)((double)from / rate * 1e6));
        if (!send_chunk(r, from, count, err))
            return false;
    }
    return true;
}

static bool
count_unconfirmed(Retry *r, Err *err)
{
    static const char sql[] = "select count(distinct o.id) from ops.letter l join ops.outbox o on o.topic = l.topic"
                              " and o.event_id = l.event_id where l.sent_at is not null and o.incarnation is null";
    DbRows *rows;

    if (!begin(r->d, err) || !db_exec(r->d->s.tx, sql, NULL, 0, &rows, err))
        return false;
    r->unconfirmed = (size_t)db_get_i64(rows, 0, 0);
    return true;
}

static bool
connect_to_broker(Retry *r, Err *err)
{
    const char *brokers = config_get(r->d->cli->cfg, "kafka.brokers");

    if (brokers[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG, "no broker is configured: set KAFKA_BROKERS, or run 'tipoff up'");
    if (!bus_read_incarnation(brokers, r->incarnation, err)
        || !schema_registry_open(config_get(r->d->cli->cfg, "schema.registry.url"), &r->registry, err)
        || !bus_producer_new(brokers, "tipoff-dlq", r->registry, &r->producer, err))
        return false;
    r->outbox = outbox_new("dlq-retry", r->incarnation);
    return true;
}

static void
tell(const Retry *r)
{
    print_count(r->d->cli, "sent", r->letter_count);
    print_count(r->d->cli, "events", r->events);
    print_count(r->d->cli, "unconfirmed", r->unconfirmed);
    if (r->d->cli->json)
        return;
    (void)printf("%zu letters sent again; 'tipoff dlq list' shows what still fails\n", r->letter_count);
    if (r->unconfirmed > 0)
        (void)fprintf(stderr, "tipoff: the broker has not confirmed %zu events; workers publish them when it is back\n",
                      r->unconfirmed);
}

bool
dlq_retry(Dlq *d, Err *err)
{
    Retry r = {.d = d, .a = d->s.a};
    bool ok;

    if (!dlq_check_ids(d, true, err))
        return false;
    if (d->is_dry)
        return dlq_rehearse(d, err);
    if (!take_lock(d, err))
        return false;
    ok = load_due(&r, err);
    if (ok && r.events > 0)
        ok = connect_to_broker(&r, err) && db_commit(&d->s.tx, err) && send_all(&r, err) && count_unconfirmed(&r, err);
    if (ok)
        tell(&r);
    db_rollback(&d->s.tx); /* of what failed; all else is committed */
    give_lock_back(d);
    bus_producer_free(r.producer, 2000);
    outbox_free(r.outbox);
    schema_registry_close(r.registry);
    return ok;
}
