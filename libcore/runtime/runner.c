/*
 * libcore/runtime/runner.c
 *    The loop and its policy on failure. What a batch does is in batch.c.
 *
 * Only an error that an event causes, or a death while that event alone is in hand, counts against
 * it. Lost connections, deadlocks, broker errors and signals pause or repeat the batch.
 */
#include "libcore/runtime/runner.h"
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libcore/base/failpoint.h"
#include "libcore/base/log.h"
#include "libcore/io/http_server.h"
#include "libcore/io/schema_store.h"
#include "libcore/io/signals.h"
#include "libcore/runtime/batch.h"
#include "libcore/runtime/heartbeat.h"
#include "libcore/runtime/lag.h"
#include "libcore/runtime/lane_turns.h"
#include "libcore/runtime/listener.h"
#include "libcore/runtime/log_fields.h"
#include "libcore/runtime/pauses.h"
#include "libcore/runtime/start_checks.h"
#include "libcore/runtime/sweeper.h"
#include "libcore/runtime/worker_metrics.h"

enum {
    MAX_DEATHS = 5,
    IDLE_POLL_US = 50000,
    HOOK_EVERY_US = 1000000,
    CONFIRM_AFTER = 2000, /* delivery reports that are worth a transaction of their own at once */
    BATCH_ARENA_CAP = 512 * 1024 * 1024,
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MAX_MS = 5000,
};

typedef struct {
    Process p;
    const Config *cfg;
    Signals *signals;
    BusConsumer *consumer;
    BusProducer *producer;
    SchemaRegistry *registry; /* NULL: Avro's own framing alone */
    Sweeper sweeper;
    Heartbeat beat;
    WorkerMetrics *metrics;
    Pauses *pauses;
    Listener listener;
    HttpServer *http;
    Arena *batch_arena;                  /* the messages in hand */
    Arena *work_arena;                   /* one attempt at a batch */
    atomic_bool is_assigned, is_waiting; /* for the admin thread */
    BusMessage *messages;
    size_t max_events;
    int64_t linger_us;
    int64_t next_confirm_us, next_lag_us;
    bool hook_is_due;                    /* what lives outside the database has to follow a commit */
    int64_t next_hook_us, hook_rests_us; /* under load; idle */
    bool pauses_due;                     /* what operators have paused has changed, and partitions have to follow */
    bool scan_is_due;                    /* partitions have come: what an earlier owner left open has to go on */
    bool due_is_unknown;                 /* likewise, what he waited for */
    LaneTurns turns;
    size_t most_in_flight;
    bool is_held_back[LANE_COUNT]; /* until the broker confirms more of what was sent */
    LogLimit retry_limit;
    char group[96], owner[96], run_id[128], incarnation[BUS_INCARNATION_LEN];
} Runner;

/* ---- assignment ---- */

static bool
check_offset_in_log(Runner *r, OwnedPartition *o, Err *err)
{
    int64_t low, high;

    if (o->position == 0 && bus_is_embedded(r->incarnation))
        return true; /* its log starts at 0 by construction */
    if (!bus_watermarks(r->consumer, o->topic, o->partition, &low, &high, err))
        return false;
    if (o->position == 0 && low > 0) /* a group that is new to a log whose first part has gone */
        return partitions_move(r->p.partitions, r->p.db, o, low, err);
    if (o->position >= low && o->position <= high)
        return true;
    return ERR_FAIL(
        err, ERR_CONFIG,
        "%s[%d]: the kept offset %lld is outside the log's %lld..%lld: the broker has lost part of its log. "
        "Restore it, or have 'tipoff repair read_from_start %s --reason TEXT' read what is left from its start "
        "(what was handled is recognised)",
        o->topic, (int)o->partition, (long long)o->position, (long long)low, (long long)high, r->p.spec->name);
}

/* A broker that came back may be another one: what we believe about offsets would be about a log
 * that is gone. */
static bool
check_same_log(const Runner *r, Err *err)
{
    char now[BUS_INCARNATION_LEN];

    if (!bus_read_incarnation(config_get(r->cfg, "kafka.brokers"), now, err))
        return false;
    return strcmp(now, r->incarnation) == 0
           || ERR_FAIL(err, ERR_FATAL, "the broker has a new log: it was %s and is %s", r->incarnation, now);
}

static bool
take_partitions(Runner *r, const BusPartition *parts, size_t count, int64_t *start, Err *err)
{
    if (!check_same_log(r, err) || !partitions_claim(r->p.partitions, r->p.db, parts, count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        OwnedPartition *o = partitions_find(r->p.partitions, parts[i].topic, parts[i].partition);

        /* While the consumer is being made it cannot be asked; then the first fetch finds out. */
        if (r->consumer != NULL && !check_offset_in_log(r, o, err))
            return false;
        start[i] = o->position;
    }
    worker_metrics_rebalance(r->metrics, count);
    atomic_store(&r->is_assigned, true);
    r->scan_is_due = r->due_is_unknown = count > 0;
    log_line(LVL_INFO, "assigned", "partitions=%zu", count);
    return true;
}

static bool back_off(Runner *r, const Err *cause, int *wait_ms);
static bool is_paused(void *ctx, const char *topic);
static bool is_backfill(void *ctx, const char *topic);

/* The group gives us these partitions once: what is refused now stays without an owner until the
 * next rebalance, so a database or broker that is away is waited for here. */
static bool
on_assigned(void *ctx, const BusPartition *parts, size_t count, int64_t *start, Err *err)
{
    int wait_ms = BACKOFF_FIRST_MS;

    while (!take_partitions(ctx, parts, count, start, err))
        if (err->cls != ERR_TRANSIENT || !back_off(ctx, err, &wait_ms))
            return false;
    return true;
}

static void
on_revoked(void *ctx, const BusPartition *parts, size_t count)
{
    Runner *r = ctx;

    (void)parts; /* the assignor is eager: everything goes */
    lag_forget(r->metrics, r->p.partitions);
    partitions_clear(r->p.partitions);
    worker_metrics_rebalance(r->metrics, 0);
    atomic_store(&r->is_assigned, false);
    log_line(LVL_INFO, "revoked", "partitions=%zu", count);
}

/* ---- start and end ---- */

static void
get_health(void *ctx, const HttpRequest *req, HttpReply *reply)
{
    (void)ctx;
    (void)req;
    buf_put_str(&reply->body, "ok\n");
}

static void
get_ready(void *ctx, const HttpRequest *req, HttpReply *reply)
{
    const Runner *r = ctx;
    StopLevel level = signals_seen(r->signals);
    const char *why = level > STOP_RUN                ? stop_level_name(level)
                      : atomic_load(&r->is_waiting)   ? "waits for the database or the broker"
                      : !atomic_load(&r->is_assigned) ? "owns no partitions yet"
                                                      : NULL;

    (void)req;
    if (why != NULL)
        reply->status = 503;
    buf_printf(&reply->body, "%s\n", why ? why : "ready");
}

static void
get_metrics(void *ctx, const HttpRequest *req, HttpReply *reply)
{
    const Runner *r = ctx;

    (void)req;
    reply->content_type = "text/plain; version=0.0.4";
    worker_metrics_write(r->metrics, &reply->body);
}

static bool
start_admin(Runner *r, Err *err)
{
    static const HttpRoute routes[] = {
        {"/healthz", "the process answers", get_health},
        {"/readyz", "the process takes work", get_ready},
        {"/metrics", "Prometheus text format", get_metrics},
    };
    int port = (int)config_int(r->cfg, "admin.port");

    if (port == 0)
        return true;
    r->http = http_server_start(port, routes, ARRAY_LEN(routes), r, err);
    return r->http != NULL;
}

/* Kafka answers a parked fetch when something comes; the embedded broker lets it wait the time out. */
static int
fetch_wait_ms(const Runner *r)
{
    int configured = (int)config_int(r->cfg, "fetch.wait_ms");

    return configured > 0 ? configured : bus_is_embedded(r->incarnation) ? 5 : 500;
}

static bool
start_consumer(Runner *r, Err *err)
{
    static const char *topics[TOPIC_COUNT * LANE_COUNT + 1];
    static char names[TOPIC_COUNT * LANE_COUNT][TOPIC_NAME_LEN];
    const BusConsumerConfig cfg = {
        .brokers = config_get(r->cfg, "kafka.brokers"),
        .group = r->group,
        .client_id = r->owner,
        .topics = topics,
        .session_timeout_ms = (int)config_int(r->cfg, "session.timeout_ms"),
        .fetch_wait_ms = fetch_wait_ms(r),
    };
    const BusOwner owner = {r, on_assigned, on_revoked, is_paused, is_backfill};
    size_t n = 0;

    for (size_t t = 0; t < TOPIC_COUNT; t++)
        for (int lane = 0; lane < LANE_COUNT && worker_consumes(r->p.spec->name, (TopicId)t); lane++, n++)
            topics[n] = topic_lane_name((TopicId)t, (Lane)lane, names[n]);
    topics[n] = NULL;
    return bus_consumer_new(&cfg, &owner, &r->consumer, err);
}

static void
tick_context(Runner *r)
{
    r->p.ctx.now = clock_now(r->p.clock);
    r->p.ctx.today = clock_today(r->p.clock);
}

/* Under load many commits share one run; an idle worker lets nobody wait. */
static bool
run_hook(Runner *r, bool is_idle, Err *err)
{
    int64_t now = clock_mono_us(r->p.clock), again_us = 0;
    DbTx *tx = NULL;
    Arena *a;
    bool ok;

    if (r->p.spec->after_commit == NULL || !r->hook_is_due || now < (is_idle ? r->hook_rests_us : r->next_hook_us))
        return true;
    a = arena_new(0);
    tick_context(r);
    ok = db_begin(r->p.db, &tx, err) && r->p.spec->after_commit(tx, &r->p.ctx, a, &again_us, err)
         && db_commit(&tx, err);
    db_rollback(&tx);
    arena_free(a);
    r->hook_is_due = !ok || again_us > 0;
    r->hook_rests_us = now + again_us;
    r->next_hook_us = now + (again_us > HOOK_EVERY_US ? again_us : HOOK_EVERY_US);
    return ok;
}

/* What stands open or stale goes on without an event: when partitions have come, and when it is said that
 * a cell has ended as what it was, or that a gate has been opened by hand. */
static bool
run_scan(Runner *r, Err *err)
{
    const int64_t started = clock_mono_us(r->p.clock);
    const bool is_asked = r->scan_is_due || r->listener.gates, had_left = r->p.has_left;
    bool may_begin, only_stale;
    ScanResult result;

    if ((!is_asked && !had_left && !r->listener.confirmed) || pauses_hold_worker(r->pauses))
        return true;
    may_begin = lane_turns_may_begin(&r->turns);
    only_stale = !is_asked && !(had_left && may_begin);
    if (only_stale && !r->listener.confirmed)
        return true;
    tick_context(r);
    arena_reset(r->work_arena);
    r->p.backfill_until_us = lane_turns_until(&r->turns, may_begin);
    r->p.has_left = had_left && !may_begin;
    if (!batch_scan(&r->p, only_stale, r->work_arena, &result, err)) {
        r->p.has_left |= had_left;
        return false;
    }
    if (may_begin && result.cells > 0)
        lane_turns_took(&r->turns, 0, started);
    worker_metrics_scan(r->metrics, &result);
    r->listener.confirmed = false;
    if (!only_stale)
        r->scan_is_due = r->listener.gates = false;
    outbox_publish(r->p.outbox, r->producer);
    r->hook_is_due |= result.cells > 0;
    if (result.cells > 0)
        log_line(LVL_INFO, "went on", "cells=%zu", result.cells);
    return true;
}

/* Cells whose time has come. A poll waits shorter than anybody would notice. */
static bool
run_due(Runner *r, Err *err)
{
    ScanResult result;

    if (pauses_hold_worker(r->pauses))
        return true;
    if (r->listener.due || r->due_is_unknown)
        r->p.next_due = (Instant){0};
    r->listener.due = r->due_is_unknown = false;
    tick_context(r);
    arena_reset(r->work_arena);
    r->p.backfill_until_us = 0;
    if (!batch_due(&r->p, r->work_arena, &result, err))
        return false;
    outbox_publish(r->p.outbox, r->producer);
    worker_metrics_scan(r->metrics, &result);
    r->hook_is_due |= result.cells > 0;
    if (result.cells > 0)
        log_line(LVL_INFO, "time has come", "cells=%zu", result.cells);
    return true;
}

static bool
read_feeds(Runner *r, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(r->p.db, &tx, err) && feeds_load(tx, &r->p.ctx.feeds, err);

    db_rollback(&tx);
    return ok;
}

static bool
run_on_start(Runner *r, Err *err)
{
    DbTx *tx = NULL;
    bool ok;

    if (r->p.spec->on_start == NULL)
        return true;
    ok = db_begin(r->p.db, &tx, err) && r->p.spec->on_start(tx, &r->p.ctx, r->work_arena, err) && db_commit(&tx, err);
    db_rollback(&tx);
    arena_reset(r->work_arena);
    return ok;
}

static ProcessName
process_name(const Runner *r)
{
    return (ProcessName){r->owner, r->p.spec->name, r->p.ctx.build, r->p.ctx.config_hash};
}

static bool
start(Runner *r, Err *err)
{
    const char *brokers = config_get(r->cfg, "kafka.brokers");
    const ProcessName who = process_name(r);

    (void)snprintf(r->group, sizeof r->group, "tipoff.%s", r->p.spec->name);
    (void)snprintf(r->owner, sizeof r->owner, "%s-%d", r->p.spec->name, (int)getpid());
    (void)snprintf(r->run_id, sizeof r->run_id, "%s-%lld", r->owner, (long long)(clock_now(r->p.clock).us / 1000));
    tick_context(r);
    if (brokers[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG, "no broker is configured: set KAFKA_BROKERS, or run 'tipoff up'");
    if (config_get(r->cfg, "database.url")[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG, "no database is configured: set DATABASE_URL, or run 'tipoff up'");
    r->metrics = worker_metrics_new(r->p.spec->name, r->p.ctx.build, r->p.clock);
    r->pauses = pauses_new(r->p.spec->name);
    r->signals = signals_new(err);
    if (r->signals == NULL || !db_connect(config_get(r->cfg, "database.url"), r->owner, &r->p.db, err)
        || !check_tables(r->p.db, r->p.spec, err) || !check_topics(brokers, r->p.spec, err)
        || !bus_read_incarnation(brokers, r->incarnation, err) || !check_incarnation(r->p.db, r->incarnation, err)
        || !read_feeds(r, err) || !heartbeat_begin(r->p.db, &who, err)
        || !schema_store_record_now(r->p.db, r->p.ctx.build, err)
        || !schema_registry_open(config_get(r->cfg, "schema.registry.url"), &r->registry, err))
        return false;
    r->p.incarnation = r->incarnation;
    r->p.run_id = r->run_id;
    r->p.partitions = partitions_new(r->group, r->incarnation, r->owner);
    r->p.outbox = outbox_new(r->p.spec->name, r->incarnation);
    r->p.codec = codec_new(r->registry);
    r->max_events = (size_t)config_int(r->cfg, "batch.max_events");
    r->linger_us = config_int(r->cfg, "batch.linger_ms") * 1000;
    r->turns = (LaneTurns){lane_share_new((int)config_int(r->cfg, "lane.backfill_share")),
                           turn_slots_open(config_get(r->cfg, "run_dir"), 0), r->p.clock};
    r->most_in_flight = (size_t)config_int(r->cfg, "lane.max_in_flight");
    r->messages = calloc(r->max_events, sizeof *r->messages);
    r->batch_arena = arena_new(BATCH_ARENA_CAP);
    r->work_arena = arena_new(BATCH_ARENA_CAP);
    if (r->messages == NULL)
        abort();
    r->hook_is_due = true;
    if (!listener_poll(&r->listener, r->p.db, err)
        || !pauses_refresh(r->pauses, r->p.db, clock_mono_us(r->p.clock), r->listener.pauses, &r->pauses_due, err)
        || !run_on_start(r, err) || !run_hook(r, true, err)
        || !bus_producer_new(brokers, r->owner, r->registry, &r->producer, err))
        return false;
    outbox_warm_up(r->p.outbox, r->producer);
    return start_admin(r, err) && start_consumer(r, err);
}

static void
finish(Runner *r)
{
    Err ignored;
    DbTx *tx = NULL;

    bus_consumer_free(r->consumer);
    if (r->producer != NULL && r->p.db != NULL && r->p.outbox != NULL) {
        for (int i = 0; i < 50 && bus_in_flight(r->producer) > 0; i++)
            (void)outbox_collect(r->p.outbox, r->producer, 20);
        /* What stays unconfirmed is published again by the sweeper, and recognised. */
        if (outbox_collect(r->p.outbox, r->producer, 0) > 0 && db_begin(r->p.db, &tx, &ignored)
            && outbox_confirm(r->p.outbox, tx, &ignored))
            (void)!db_commit(&tx, &ignored);
        db_rollback(&tx);
    }
    if (r->beat.next_us > 0 && !heartbeat_end(r->p.db, r->owner, &ignored))
        log_err(LVL_WARN, &ignored, "cannot say that it ends");
    bus_producer_free(r->producer, 1000);
    http_server_free(r->http);
    partitions_free(r->p.partitions);
    outbox_free(r->p.outbox);
    codec_free(r->p.codec);
    schema_registry_close(r->registry);
    db_close(r->p.db);
    worker_metrics_free(r->metrics);
    pauses_free(r->pauses);
    turn_slots_close(r->turns.slots);
    arena_free(r->batch_arena);
    arena_free(r->work_arena);
    free(r->messages);
    signals_free(r->signals);
}

/* ---- failure policy ---- */

/* After a break nothing that we believed about positions holds: take in what stands there and fetch
 * from it. */
static bool
resynchronise(Runner *r, Err *err)
{
    if (!partitions_refresh(r->p.partitions, r->p.db, err))
        return false;
    for (size_t i = 0; i < partitions_count(r->p.partitions); i++) {
        OwnedPartition *o = partitions_at(r->p.partitions, i);

        if (o->is_dropped) {
            log_line(LVL_WARN, "fenced", "topic=%s partition=%d epoch=%lld", o->topic, (int)o->partition,
                     (long long)o->epoch);
            bus_pause(r->consumer, o->topic, o->partition);
        } else if (!bus_seek(r->consumer, o->topic, o->partition, o->position, err)) {
            return false;
        }
    }
    return true;
}

static bool
reconnect(Runner *r, Err *err)
{
    Db *db;

    if (db_is_usable(r->p.db))
        return true;
    if (!db_connect(config_get(r->cfg, "database.url"), r->owner, &db, err))
        return false;
    db_close(r->p.db);
    r->p.db = db;
    r->sweeper.holds_lock = false;
    r->beat = (Heartbeat){0};
    log_event(LVL_INFO, "database is back");
    return true;
}

/* The loop works, or waits for a database or a broker that is away: it does not hang. */
static bool
beat(Runner *r, Err *err)
{
    const ProcessName who = process_name(r);

    return heartbeat_tick(&r->beat, r->p.db, &who, clock_mono_us(r->p.clock), err);
}

/* Waits, mends the connection and takes stock, until that works or we are asked to stop. */
static bool
back_off(Runner *r, const Err *cause, int *wait_ms)
{
    uint64_t held;
    Err err = *cause;

    worker_metrics_retry(r->metrics);
    atomic_store(&r->is_waiting, true);
    do {
        if (log_limit_pass(&r->retry_limit, clock_mono_us(r->p.clock), &held))
            log_err(LVL_WARN, &err, "waiting held_back=%llu", (unsigned long long)held);
        if (signals_wait(r->signals, *wait_ms) > STOP_RUN)
            return false;
        *wait_ms = *wait_ms * 2 < BACKOFF_MAX_MS ? *wait_ms * 2 : BACKOFF_MAX_MS;
    } while (!reconnect(r, &err) || !partitions_refresh(r->p.partitions, r->p.db, &err) || !beat(r, &err));
    atomic_store(&r->is_waiting, false);
    return true;
}

static void
settle_committed(Runner *r, const BusMessage *m, size_t count)
{
    failpoint_hit("before_publish");
    outbox_publish(r->p.outbox, r->producer);
    failpoint_hit("after_publish");
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || m[i + 1].partition != m[i].partition || strcmp(m[i + 1].topic, m[i].topic) != 0)
            bus_ack(r->consumer, m[i].topic, m[i].partition, m[i].offset + 1);
}

static void
note_letter(Runner *r, const BusMessage *m, const Err *cause)
{
    log_err(LVL_ERROR, cause, "letter " LOG_EVENT_FIELDS, LOG_EVENT_ARGS(m));
    worker_metrics_letter(r->metrics);
}

static void
note_batch(Runner *r, const BusMessage *m, size_t count, const BatchResult *result, int64_t us)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++)
        bytes += m[i].payload.len;
    worker_metrics_batch(r->metrics, result, bytes, us);
    for (size_t i = 0; i < count && log_is_on(LVL_DEBUG); i++)
        log_line(LVL_DEBUG, "event", LOG_EVENT_FIELDS " bytes=%zu", LOG_EVENT_ARGS(&m[i]), m[i].payload.len);
    log_line(LVL_DEBUG, "batch", "events=%zu fresh=%zu cells=%zu bytes=%zu us=%lld", result->events, result->fresh,
             result->cells, bytes, (long long)us);
}

static bool
bury(Runner *r, const BusMessage *m, const Err *cause, bool *fenced, Err *err)
{
    int wait_ms = BACKOFF_FIRST_MS;
    Arena *a = arena_new(0);
    bool ok;

    while (!(ok = batch_write_letter(&r->p, m, cause, a, fenced, err)) && err->cls == ERR_TRANSIENT
           && back_off(r, err, &wait_ms))
        arena_reset(a);
    if (ok && !*fenced) {
        note_letter(r, m, cause);
        settle_committed(r, m, 1);
    }
    arena_free(a);
    return ok;
}

static bool run_messages(Runner *r, const BusMessage *m, size_t count, bool *fenced, Err *err);

/* Once asked to stop, an event may have been left undone, and none after it may move the offset. */
static bool
one_by_one(Runner *r, const BusMessage *m, size_t count, bool *fenced, Err *err)
{
    for (size_t i = 0; i < count && !*fenced && signals_level(r->signals) == STOP_RUN; i++)
        if (!run_messages(r, &m[i], 1, fenced, err))
            return false;
    return true;
}

static bool
has_killed_too_often(Runner *r, const BusMessage *m, Err *cause)
{
    const OwnedPartition *o = partitions_find(r->p.partitions, m->topic, m->partition);

    if (o == NULL || o->died_offset != m->offset || o->deaths < MAX_DEATHS)
        return false;
    (void)ERR_FAIL(cause, ERR_POISON, "the process died %d times in a row with this event alone in hand",
                   (int)o->deaths);
    err_set_code(cause, "PROCESS_DIED");
    return true;
}

/* A batch of messages that are in hand, whatever happens. */
static bool
run_messages(Runner *r, const BusMessage *m, size_t count, bool *fenced, Err *err)
{
    int wait_ms = BACKOFF_FIRST_MS;
    bool shield = false;
    BatchResult result;
    Err cause;

    if (count == 1 && has_killed_too_often(r, m, &cause))
        return bury(r, m, &cause, fenced, err);
    for (;;) {
        int64_t started = clock_mono_us(r->p.clock);
        bool ok;

        arena_reset(r->work_arena);
        tick_context(r); /* a batch may have waited out an outage */
        r->p.backfill_until_us = lane_turns_until(&r->turns, true);
        ok = shield ? batch_process_shielded(&r->p, m, r->work_arena, &result, fenced, &cause)
                    : batch_process(&r->p, m, count, r->work_arena, &result, fenced, &cause);

        if (ok && !*fenced) {
            settle_committed(r, m, count);
            if (result.has_letter)
                note_letter(r, m, &result.cause);
            note_batch(r, m, count, &result, clock_mono_us(r->p.clock) - started);
            r->hook_is_due = true; /* it may read what it has been told of, whether or not a cell of its own does */
            return true;
        }
        if (ok)
            return true; /* fenced */
        if (cause.cls == ERR_POISON && count > 1)
            return one_by_one(r, m, count, fenced, err);
        if (cause.cls == ERR_POISON && shield)
            return bury(r, m, &cause, fenced, err);
        if (cause.cls == ERR_POISON) {
            shield = true; /* perhaps one of its cells alone is to blame */
            continue;
        }
        if (cause.cls != ERR_TRANSIENT || !back_off(r, &cause, &wait_ms)) {
            *err = cause;
            return cause.cls == ERR_TRANSIENT; /* asked to stop: nothing was done, nothing is lost */
        }
    }
}

/* ---- the loop ---- */

static Lane
lane_of(const char *topic)
{
    TopicId ignored;
    Lane lane;

    return topic_from_broker_name(topic, &ignored, &lane) ? lane : LANE_LIVE;
}

static bool
is_backfill(void *ctx, const char *topic)
{
    (void)ctx;
    return lane_of(topic) == LANE_BACKFILL;
}

/* Live ones first. */
static int
compare_messages(const void *pa, const void *pb)
{
    const BusMessage *a = pa, *b = pb;
    int order = strcmp(a->topic, b->topic);

    if (order != 0)
        return lane_of(a->topic) != lane_of(b->topic) ? (int)lane_of(a->topic) - (int)lane_of(b->topic) : order;
    if (a->partition != b->partition)
        return a->partition < b->partition ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* The next message of the lane whose turn it is. */
static bool
take_one(Runner *r, size_t taken[LANE_COUNT], BusMessage *out, bool *got, Err *err)
{
    const size_t live_most = bus_apart_waiting(r->consumer) > 0 ? lane_live_most(&r->turns.share, r->max_events)
                                                                : r->max_events;

    *got = false;
    /* Asked even when no more live ones may come: rebalances come this way, too. */
    if (taken[LANE_LIVE] < live_most && !bus_poll(r->consumer, 0, r->batch_arena, out, got, err))
        return false;
    if (*got) {
        taken[LANE_LIVE]++;
        return true;
    }
    if (taken[LANE_LIVE] == 0 && bus_apart_waiting(r->consumer) > 0 && !lane_turns_may_begin(&r->turns))
        return true;
    if (taken[LANE_BACKFILL]
        >= lane_backfill_most(&r->turns.share, taken[LANE_LIVE], r->max_events, clock_mono_us(r->p.clock)))
        return true;
    if (!bus_poll_apart(r->consumer, r->batch_arena, out, got, err))
        return false;
    taken[LANE_BACKFILL] += *got;
    return true;
}

/* An idle worker waits for events, but for the end of the backfill's rest where some of that is there. */
static int64_t
idle_us(const Runner *r)
{
    const bool is_wanted = (r->p.has_left && !pauses_hold_worker(r->pauses)) || bus_apart_waiting(r->consumer) > 0;

    return is_wanted ? lane_turns_wait_us(&r->turns, IDLE_POLL_US) : IDLE_POLL_US;
}

/* Live events of games. A schedule is the whole season's, and comes on the live lane with the history that is
 * collected after it. */
static size_t
live_of_days(const BusMessage *m, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        TopicId topic;
        Lane lane;

        n += topic_from_broker_name(m[i].topic, &topic, &lane) && lane == LANE_LIVE
             && strcmp(topic_table[topic].key, "season") != 0;
    }
    return n;
}

/* A batch ends when it is full or when nothing more comes within the linger. */
static bool
gather(Runner *r, size_t *count, Err *err)
{
    int64_t until = clock_mono_us(r->p.clock) + idle_us(r);
    size_t taken[LANE_COUNT] = {0};
    bool got;

    *count = 0;
    while (*count < r->max_events) {
        int64_t now;

        if (!take_one(r, taken, &r->messages[*count], &got, err))
            return false;
        now = clock_mono_us(r->p.clock);
        if (got && (*count)++ == 0)
            until = taken[LANE_LIVE] == 0 && lane_turns_is_bounded(&r->turns) ? now : now + r->linger_us;
        if (!got && (now >= until || !bus_wait(r->consumer, (int)((until - now + 999) / 1000))))
            break;
    }
    lane_share_note(&r->turns.share, live_of_days(r->messages, *count), taken[LANE_BACKFILL],
                    bus_apart_waiting(r->consumer) > 0, clock_mono_us(r->p.clock));
    return true;
}

/* Leaves out what is not ours any more, or what a seek has made us see again. */
static size_t
keep_owned(Runner *r, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const OwnedPartition *o = partitions_find(r->p.partitions, r->messages[i].topic, r->messages[i].partition);

        if (o != NULL && !o->is_dropped && r->messages[i].offset >= o->position)
            r->messages[n++] = r->messages[i];
    }
    return n;
}

/* Offsets among which the last process died run one by one. */
static bool
is_suspect(Runner *r, const BusMessage *m)
{
    const OwnedPartition *o = partitions_find(r->p.partitions, m->topic, m->partition);

    return o != NULL && m->offset < o->suspect_until;
}

static bool
run_lane(Runner *r, const BusMessage *m, size_t count, bool *fenced, Err *err)
{
    bool suspect = false;

    for (size_t i = 0; i < count; i++)
        suspect |= is_suspect(r, &m[i]);
    return count == 0 || (suspect ? one_by_one(r, m, count, fenced, err) : run_messages(r, m, count, fenced, err));
}

/* A transaction a lane: a live event does not wait for what was taken with it. */
static bool
run_gathered(Runner *r, size_t count, Err *err)
{
    bool fenced = false;
    size_t live = 0;
    int64_t started;

    qsort(r->messages, count, sizeof *r->messages, compare_messages);
    while (live < count && lane_of(r->messages[live].topic) == LANE_LIVE)
        live++;
    if (!run_lane(r, r->messages, live, &fenced, err))
        return false;
    started = clock_mono_us(r->p.clock);
    if (!fenced && signals_level(r->signals) == STOP_RUN
        && !run_lane(r, r->messages + live, count - live, &fenced, err))
        return false;
    if (count > live)
        lane_turns_took(&r->turns, count - live, started);
    return !fenced || resynchronise(r, err);
}

/* Delivery reports of an idle worker, and the sweep. */
static bool
housekeep(Runner *r, bool is_idle, Err *err)
{
    size_t waiting = outbox_collect(r->p.outbox, r->producer, 0);
    int64_t now = clock_mono_us(r->p.clock);
    DbTx *tx = NULL;
    bool ok = true;

    worker_metrics_in_flight(r->metrics, bus_in_flight(r->producer));
    if (waiting >= CONFIRM_AFTER || (is_idle && waiting > 0 && now >= r->next_confirm_us)) {
        r->next_confirm_us = now + 200000;
        ok = db_begin(r->p.db, &tx, err) && outbox_confirm(r->p.outbox, tx, err) && db_commit(&tx, err);
        db_rollback(&tx);
        if (!ok)
            outbox_forget(r->p.outbox);
    }
    ok = ok && sweeper_tick(&r->sweeper, r->p.db, r->p.outbox, r->producer, r->p.clock, now, err);
    if (ok && now >= r->next_lag_us) {
        r->next_lag_us = now + 1000000;
        ok = lag_report(r->metrics, r->consumer, r->p.partitions, r->pauses, err);
    }
    if (r->sweeper.has_health || !r->sweeper.holds_lock)
        worker_metrics_health(r->metrics, r->sweeper.holds_lock ? &r->sweeper.health : NULL);
    return ok;
}

/* ---- pauses ---- */

static bool
is_paused(void *ctx, const char *topic)
{
    const Runner *r = ctx;

    return pauses_hold_topic(r->pauses, topic) || r->is_held_back[lane_of(topic)];
}

/* What the broker does not take, nobody shall go on producing. */
static void
hold_lanes_back(Runner *r)
{
    const size_t in_flight = bus_in_flight(r->producer);

    for (int lane = 0; lane < LANE_COUNT; lane++) {
        const bool held = lane_is_held_back(lane == LANE_BACKFILL, r->is_held_back[lane], in_flight, r->most_in_flight);

        if (held != r->is_held_back[lane])
            log_line(LVL_INFO, held ? "lane held back" : "lane goes on", "lane=%s in_flight=%zu", lane_name((Lane)lane),
                     in_flight);
        r->pauses_due |= held != r->is_held_back[lane];
        r->is_held_back[lane] = held;
    }
}

/* Between batches: what was in hand is finished, and what was fetched ahead is fetched again later. */
static bool
obey_pauses(Runner *r, Err *err)
{
    bool changed;
    size_t paused = 0;

    if (!pauses_refresh(r->pauses, r->p.db, clock_mono_us(r->p.clock), r->listener.pauses, &changed, err))
        return false;
    r->listener.pauses = false;
    r->pauses_due |= changed;
    hold_lanes_back(r);
    for (size_t i = 0; i < partitions_count(r->p.partitions); i++) {
        const OwnedPartition *o = partitions_at(r->p.partitions, i);

        if (o->is_dropped)
            continue;
        if (is_paused(r, o->topic)) {
            paused++;
            if (r->pauses_due)
                bus_pause(r->consumer, o->topic, o->partition);
        } else if (r->pauses_due && !bus_resume(r->consumer, o->topic, o->partition, o->position, err)) {
            return false;
        }
    }
    worker_metrics_paused(r->metrics, paused);
    if (r->pauses_due)
        log_line(LVL_INFO, "pauses changed", "paused_partitions=%zu owned_partitions=%zu", paused,
                 partitions_count(r->p.partitions));
    r->pauses_due = false;
    return true;
}

static bool
turn(Runner *r, Err *err)
{
    size_t count;
    bool ok;

    if (!beat(r, err) || !listener_poll(&r->listener, r->p.db, err) || !obey_pauses(r, err))
        return false;
    ok = gather(r, &count, err);
    if (ok) {
        count = keep_owned(r, count);
        ok = (count == 0 || run_gathered(r, count, err)) && run_scan(r, err);
    }
    lane_turns_end(&r->turns); /* whatever came of it: another worker may be waiting for the turn */
    return ok && run_due(r, err) && run_hook(r, count == 0, err) && housekeep(r, count == 0, err);
}

/* Nothing may be fetched before every position is known and sought again: what lies between would be
 * passed over. True as well when we are asked to stop. */
static bool
recover(Runner *r, Err *err)
{
    int wait_ms = BACKOFF_FIRST_MS;

    do {
        if (err->cls != ERR_TRANSIENT)
            return false;
        if (!back_off(r, err, &wait_ms))
            return true;
    } while (!resynchronise(r, err));
    return true;
}

static bool
loop(Runner *r, Err *err)
{
    while (signals_level(r->signals) == STOP_RUN) {
        if (!turn(r, err) && !recover(r, err))
            return false;
        arena_reset(r->batch_arena);
    }
    return true;
}

/* Batches take and give back blocks of megabytes over and over: the kernel would clear their pages
 * each time. */
static void
keep_freed_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 128 * 1024 * 1024);
}

int
runner_main(const WorkerSpec *spec, const Config *cfg, const Clock *clock, const char *build)
{
    Runner *r = calloc(1, sizeof *r);
    char hash[CONFIG_HASH_LEN];
    Err err = {0};
    int status = 0;

    if (r == NULL)
        abort();
    keep_freed_memory();
    r->cfg = cfg;
    r->p.spec = spec;
    r->p.clock = clock;
    r->p.ctx.build = build;
    r->p.ctx.config_hash = config_hash(cfg, hash);
    r->p.ctx.public_dir = config_get(cfg, "public_dir");
    r->p.ctx.checks_dir = config_get(cfg, "checks_dir");
    r->p.ctx.alert_routes = config_get(cfg, "alerts.routes");
    r->p.ctx.escalate_min = config_int(cfg, "alerts.escalate_min");
    r->p.ctx.test_hour = (int)config_int(cfg, "alerts.test_hour");
    if (!start(r, &err)) {
        if (err.cls == ERR_TRANSIENT)
            err.cls = ERR_CONFIG; /* what must be there at the start is not there: the operator acts */
        log_err(LVL_ERROR, &err, "refuses to start");
        status = err_exit_status(&err);
    } else {
        log_line(LVL_INFO, "started", "incarnation=%s build=%s", r->incarnation, build);
        if (!loop(r, &err)) {
            log_err(LVL_ERROR, &err, "stops");
            status = err_exit_status(&err);
        }
    }
    finish(r);
    if (status == 0)
        log_event(LVL_INFO, "stopped");
    free(r);
    return status;
}
