/*
 * workers/collect/collect_run.c
 *    The folder walk and its transactions. Reading files is in feed_reader.c.
 */
#include "workers/collect/collect_run.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "events_gen.h"
#include "libcore/base/log.h"
#include "libcore/runtime/cell_run.h"
#include "libcore/runtime/grid.h"
#include "workers/collect/feed_reader.h"

enum { MAX_UNCONSUMED = 4 * 1024 * 1024, DRAIN_POLL_MS = 20 };

typedef struct {
    const CollectJob *job;
    Db *db;
    BusProducer *producer;
    const Clock *clock;
    Signals *signals;
    Outbox *outbox;
    WorkerContext ctx;
    char run_id[64];
    FeedSchedule schedule;
    Scope scope;
    CollectResult *result;
} Collect;

/* ---- events ---- */

static void
add_event(Collect *c, EventList *events, TopicId topic, GameDate date, const char *event_id, Bytes payload, Arena *a)
{
    char name[TOPIC_NAME_LEN], day[DATE_TEXT_LEN];

    (void)topic_lane_name(topic, lane_of_date(date, c->ctx.today), name);
    event_list_add(events,
                   (OutboxEvent){.topic = arena_strdup(a, name),
                                 .key = arena_strdup(a, date_format(date, day)),
                                 .event_id = event_id,
                                 .type = arena_printf(a, "tipoff.%s", topic_table[topic].record),
                                 .correlation_id = c->run_id,
                                 .payload = payload},
                   a);
}

static bool
commit(Collect *c, DbTx **tx, const EventList *events, Err *err)
{
    if (!outbox_append(c->outbox, *tx, events->items, events->count, clock_now(c->clock), err)
        || !outbox_confirm(c->outbox, *tx, err) || !db_commit(tx, err)) {
        outbox_forget(c->outbox);
        return false;
    }
    outbox_publish(c->outbox, c->producer);
    (void)outbox_collect(c->outbox, c->producer, 0);
    return true;
}

/* Events that are out are appended under a new id, so that they go out again; the record inside
 * keeps its own, by which inboxes know it. */
static bool
forget_sent(DbTx *tx, const FeedDay *day, TopicId topic, Collect *c, Arena *a, Err *err)
{
    const char **ids = arena_array(a, day->part_count + 1, sizeof *ids);
    char name[TOPIC_NAME_LEN];

    for (size_t i = 0; i < day->part_count; i++)
        ids[i] = day->parts[i].event_id;
    (void)topic_lane_name(topic, lane_of_date(day->manifest.game_date, c->ctx.today), name);
    {
        const DbParam params[] = {db_text(name), db_texts(ids, day->part_count)};

        return db_exec(tx, "delete from ops.outbox where topic = $1 and event_id = any ($2)", params, 2, NULL, err);
    }
}

/* ---- the schedule ---- */

static bool
send_schedule(Collect *c, Arena *a, Err *err)
{
    EventList events = {0};
    char name[TOPIC_NAME_LEN];
    int32_t version;
    DbTx *tx = NULL;
    bool ok;

    if (!db_begin(c->db, &tx, err) || !season_version(tx, c->schedule.season_year, &version, err)) {
        db_rollback(&tx);
        return false;
    }
    /* A schedule that goes back to what it was is news too. */
    c->schedule.event_id = arena_printf(a, "%s:after-v%d", c->schedule.event_id, (int)version);
    /* A season's schedule concerns today whatever its dates are. */
    (void)topic_lane_name(TOPIC_FEED_SCHEDULE, LANE_LIVE, name);
    event_list_add(&events,
                   (OutboxEvent){.topic = arena_strdup(a, name),
                                 .key = arena_printf(a, "%d", (int)c->schedule.season_year),
                                 .event_id = c->schedule.event_id,
                                 .type = "tipoff.FeedSchedule",
                                 .correlation_id = c->run_id,
                                 .payload = feed_schedule_message(&c->schedule, a)},
                   a);
    ok = commit(c, &tx, &events, err);
    db_rollback(&tx);
    return ok;
}

/* ---- one date ---- */

static bool
is_scheduled_date(const FeedSchedule *s, GameDate date)
{
    for (size_t i = 0; i < s->games_count; i++)
        if (date_equal(s->games[i].game_date, date))
            return true;
    return false;
}

static TopicId
feed_topic(const char *feed)
{
    char name[TOPIC_NAME_LEN];
    TopicId id = TOPIC_FEED_SCHEDULE;

    (void)snprintf(name, sizeof name, "feed.%s", feed);
    (void)!topic_by_name(name, &id);
    return id;
}

/* A feed's day as read, or the reason why its file cannot be used as a whole. */
static bool
read_day(Collect *c, const ProcessorSpec *p, GameDate date, Arena *a, FeedDay *day, const char **broken, Err *err)
{
    *broken = NULL;
    if (feed_read_date(c->job->dir, p->feed, date, &c->schedule, a, day, err))
        return true;
    if (err->cls != ERR_POISON)
        return false;
    log_err(LVL_ERROR, err, "feed unusable feed=%s", p->feed);
    *broken = arena_strdup(a, err->msg);
    *day = (FeedDay){0};
    /* The manifest goes out all the same, so that nobody waits for a file that nobody can read. */
    day->manifest = (FeedManifest){
        .event_id = arena_printf(a, "manifest:%s:%d:unusable", p->feed, (int)date.days),
        .feed = p->feed,
        .game_date = date,
        .exhausted = true,
        .reason = *broken,
    };
    return true;
}

static void
end_of_day(CellEnd *end, const FeedDay *day, const char *broken)
{
    end->expected = (int32_t)day->manifest.parts_count;
    end->written = (int32_t)day->part_count;
    end->rejected = day->manifest.rejected_total;
    end->as_of = INSTANT_NULL;
    if (broken != NULL) {
        end->status = CELL_FAILED;
        end->reason = broken;
    } else if (day->part_count == 0) {
        end->status = CELL_NO_DATA;
        end->reason = day->manifest.reason ? day->manifest.reason : "the feed has nothing for this date";
    } else {
        end->status = day->manifest.rejected_total > 0 ? CELL_PARTIAL : CELL_SUCCESS;
    }
}

/* The manifest's content: what it lists, whichever version it is. */
static void
manifest_hash(const FeedDay *day, const char *broken, uint8_t out[SHA256_LEN], Arena *a)
{
    FeedManifest bare = day->manifest;

    if (broken != NULL) {
        sha256(bytes_of_str(broken), out);
        return;
    }
    bare.manifest_version = 0;
    bare.event_id = "";
    sha256(feed_manifest_message(&bare, a), out);
}

static bool
send_feed(Collect *c, const RunContext *rc, DbTx *tx, const LockedCell *cell, Err *err)
{
    const ProcessorSpec *p = &processor_table[cell->state.processor];
    GameDate date = cell->state.date;
    const CellKey key = {date, p->id};
    TopicId topic = feed_topic(p->feed);
    Arena *a = rc->a;
    CellEnd end = {.key = key,
                   .lane = lane_name(lane_of_date(date, c->ctx.today)),
                   .run_id = c->run_id,
                   .build = c->ctx.build,
                   .config_hash = c->ctx.config_hash,
                   .correlation_id = c->run_id,
                   .must_announce = c->job->again,
                   .started = clock_now(c->clock)};
    const char *broken;
    FeedDay day;

    if (!read_day(c, p, date, a, &day, &broken, err))
        return false;
    manifest_hash(&day, broken, end.content_hash, a);
    memcpy(end.input_hash, end.content_hash, sizeof end.input_hash);
    end_of_day(&end, &day, broken);
    if (cell->state.version > 0 && memcmp(end.content_hash, cell->state.content_hash, sizeof end.content_hash) == 0
        && !c->job->again) {
        c->result->unchanged++;
        return true;
    }
    if (c->job->again && !forget_sent(tx, &day, topic, c, a, err))
        return false;
    for (size_t i = 0; i < day.part_count; i++) {
        add_event(c, rc->events, topic, date, day.parts[i].event_id, day.parts[i].payload, a);
        c->result->rows += day.parts[i].row_count;
    }
    c->result->parts += day.part_count;
    c->result->rejected += (size_t)day.manifest.rejected_total;
    c->result->feeds++;
    day.manifest.manifest_version = cell->state.version + 1;
    day.manifest.event_id = arena_printf(a, "%s:v%d", day.manifest.event_id, (int)day.manifest.manifest_version);
    add_event(c, rc->events, TOPIC_FEED_MANIFEST, date, day.manifest.event_id, feed_manifest_message(&day.manifest, a),
              a);
    return cell_announce(tx, rc, &cell->state, &end, (TextArray){0}, (TextArray){0}, err);
}

/* The date's collect cells, made where the grid has none yet, locked together in the global order. */
static bool
lock_cells(Collect *c, DbTx *tx, GameDate date, Arena *a, LockedCell **cells, size_t *count, Err *err)
{
    bool unscheduled = !is_scheduled_date(&c->schedule, date);
    CellKey keys[PROC_COUNT];
    size_t n = 0;

    for (size_t p = 0; p < PROC_COUNT; p++)
        if (strcmp(processor_table[p].phase, "collect") == 0 && feed_is_subscribed(processor_table[p].feed))
            keys[n++] = (CellKey){date, (ProcessorId)p};
    for (size_t i = 0; i < n; i++)
        if (!cell_ensure(tx, keys[i], scope_has(c->scope, date), unscheduled, err))
            return false;
    return cells_lock(tx, keys, n, a, cells, count, err);
}

static bool
try_date(Collect *c, GameDate date, Arena *a, Err *err)
{
    EventList events = {0};
    const RunContext rc = {
        .ctx = &c->ctx, .run_id = c->run_id, .correlation_id = c->run_id, .clock = c->clock, .a = a, .events = &events};
    LockedCell *cells = NULL;
    size_t count = 0;
    DbTx *tx = NULL;
    bool ok = db_begin(c->db, &tx, err) && lock_cells(c, tx, date, a, &cells, &count, err);

    for (size_t i = 0; ok && i < count; i++)
        ok = send_feed(c, &rc, tx, &cells[i], err);
    ok = ok && commit(c, &tx, &events, err);
    db_rollback(&tx);
    return ok;
}

/* A deadlock with the grid being laid, or any passing trouble: the date once more. */
static bool
send_date(Collect *c, GameDate date, Err *err)
{
    enum { TRIES = 5, PAUSE_MS = 100 };
    const CollectResult before = *c->result;
    Arena *a = arena_new(0);
    bool ok = false;

    for (int i = 0; !ok && i < TRIES; i++) {
        arena_reset(a);
        *c->result = before;
        ok = try_date(c, date, a, err);
        if (!ok && (err->cls != ERR_TRANSIENT || signals_wait(c->signals, PAUSE_MS) > STOP_RUN))
            break;
    }
    arena_free(a);
    c->result->dates += ok;
    return ok;
}

/* ---- flow control ---- */

/* The fullest partition's bytes that raw has not covered. */
static bool
unconsumed(Collect *c, int64_t *bytes, Err *err)
{
    static const char sql[]
        = "select coalesce(max(b), 0)::bigint from (select sum(length(o.payload)) b from ops.outbox o"
          " left join ops.consumer_offset f on f.consumer_group = 'tipoff.raw' and f.topic = o.topic"
          " and f.partition = o.partition and f.incarnation = o.incarnation"
          " where o.topic like 'feed.%' and o.incarnation = $1 and coalesce(f.next_offset, 0) <= o.\"offset\""
          " group by o.topic, o.partition) x";
    const DbParam params[] = {db_text(c->job->incarnation)};
    DbTx *tx = NULL;
    DbRows *rows;
    bool ok = db_begin(c->db, &tx, err) && outbox_confirm(c->outbox, tx, err)
              && db_exec(tx, sql, params, 1, &rows, err);

    if (ok) {
        *bytes = db_get_i64(rows, 0, 0);
        ok = db_commit(&tx, err);
    }
    db_rollback(&tx);
    return ok;
}

static bool
wait_for_room(Collect *c, Err *err)
{
    for (;;) {
        int64_t bytes;

        (void)outbox_collect(c->outbox, c->producer, 0);
        if (!unconsumed(c, &bytes, err))
            return false;
        if (bytes < MAX_UNCONSUMED)
            return true;
        if (signals_wait(c->signals, DRAIN_POLL_MS) > STOP_RUN)
            return ERR_FAIL(err, ERR_CANCELED, "asked to stop");
    }
}

/* ---- the walk ---- */

/* Scheduled dates, and dates for which any feed has a file. */
static bool
has_anything(const Collect *c, GameDate date)
{
    char path[4096], day[DATE_TEXT_LEN];

    if (is_scheduled_date(&c->schedule, date))
        return true;
    for (size_t p = 0; p < PROC_COUNT; p++) {
        FILE *f;

        if (strcmp(processor_table[p].phase, "collect") != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s/%s.csv", c->job->dir, processor_table[p].feed, date_format(date, day));
        f = fopen(path, "rb");
        if (f != NULL) {
            (void)fclose(f);
            return true;
        }
    }
    return false;
}

static void
date_range(const Collect *c, GameDate *from, GameDate *to)
{
    GameDate first = c->schedule.games[0].game_date, last = first;

    for (size_t i = 0; i < c->schedule.games_count; i++) {
        GameDate d = c->schedule.games[i].game_date;

        if (date_before(d, first))
            first = d;
        if (date_before(last, d))
            last = d;
    }
    *from = date_is_null(c->job->from) ? first : c->job->from;
    *to = date_is_null(c->job->to) ? last : c->job->to;
}

static bool
walk(Collect *c, CollectProgress progress, void *progress_ctx, Err *err)
{
    GameDate d, to;
    size_t since_check = 0;

    date_range(c, &d, &to);
    for (; !date_before(to, d); d = date_add(d, 1)) {
        if (signals_level(c->signals) > STOP_RUN)
            return ERR_FAIL(err, ERR_CANCELED, "asked to stop");
        if (!has_anything(c, d))
            continue;
        if (!send_date(c, d, err))
            return false;
        if (progress != NULL)
            progress(progress_ctx, d, c->result);
        if (++since_check % 8 == 0 && !wait_for_room(c, err))
            return false;
    }
    return true;
}

/* Everything delivered and recorded, so that nothing is left to the sweeper. */
static bool
settle(Collect *c, Err *err)
{
    DbTx *tx = NULL;
    bool ok;

    for (int i = 0; i < 500 && bus_in_flight(c->producer) > 0; i++)
        (void)outbox_collect(c->outbox, c->producer, 20);
    (void)outbox_collect(c->outbox, c->producer, 0);
    ok = db_begin(c->db, &tx, err) && outbox_confirm(c->outbox, tx, err) && db_commit(&tx, err);
    db_rollback(&tx);
    return ok;
}

static bool
load_scope(Collect *c, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(c->db, &tx, err) && scope_load(tx, &c->scope, err);

    db_rollback(&tx);
    return ok;
}

bool
collect_run(const CollectJob *job, Db *db, BusProducer *producer, const Clock *clock, Signals *signals,
            CollectProgress progress, void *progress_ctx, CollectResult *out, Err *err)
{
    Collect c = {
        .job = job,
        .db = db,
        .producer = producer,
        .clock = clock,
        .signals = signals,
        .ctx
        = {.build = job->build, .config_hash = job->config_hash, .today = clock_today(clock), .now = clock_now(clock)},
        .result = out};
    Arena *a = arena_new(0);
    bool ok;

    *out = (CollectResult){0};
    (void)snprintf(c.run_id, sizeof c.run_id, "collect-%lld", (long long)c.ctx.now.us / 1000);
    c.outbox = outbox_new("collect", job->incarnation);
    ok = feed_read_schedule(job->dir, a, &c.schedule, err)
         && (c.schedule.games_count > 0 || ERR_FAIL(err, ERR_POISON, "%s/schedule.csv has no games", job->dir))
         && load_scope(&c, err) && send_schedule(&c, a, err) && walk(&c, progress, progress_ctx, err)
         && settle(&c, err);
    outbox_free(c.outbox);
    arena_free(a);
    return ok;
}
