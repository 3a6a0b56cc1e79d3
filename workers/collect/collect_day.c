/*
 * workers/collect/collect_day.c
 *    One date: what its files have goes out, what they have not is said.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/alerts.h"
#include "workers/collect/collect_end.h"
#include "workers/collect/collect_state.h"
#include "workers/collect/collect_store.h"

void
collect_say_notes(Collect *c)
{
    for (size_t i = 0; c->hear != NULL && i < c->notes.count; i++)
        c->hear(c->hear_ctx, &c->notes.items[i]);
    c->notes = (CollectNotes){.a = c->notes.a};
}

void
collect_add_event(Collect *c, EventList *events, TopicId topic, GameDate date, const char *event_id, Bytes payload,
                  Arena *a)
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

bool
collect_commit(Collect *c, DbTx **tx, const EventList *events, Err *err)
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

bool
collect_is_scheduled(const FeedSchedule *s, GameDate date)
{
    for (size_t i = 0; i < s->games_count; i++)
        if (date_equal(s->games[i].game_date, date))
            return true;
    return false;
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
    *broken = arena_strdup(a, err->msg);
    *day = (FeedDay){0};
    /* The manifest goes out all the same, so that nobody waits for a file that nobody can read. */
    day->manifest = (FeedManifest){
        .event_id = arena_printf(a, "manifest:%s:%d" UNUSABLE_MANIFEST, p->feed, (int)date.days),
        .feed = p->feed,
        .game_date = date,
        .exhausted = true,
        .reason = *broken,
    };
    return true;
}

/* As messages name it. */
static const char *
file_of(const LockedCell *cell, Arena *a)
{
    char day[DATE_TEXT_LEN];

    return arena_printf(a, "%s/%s.csv", processor_table[cell->state.processor].feed,
                        date_format(cell->state.date, day));
}

static bool
holds_rows(const CellState *s)
{
    return s->version > 0 && cell_status_has_rows(s->status);
}

/* A file that is gone or cannot be used takes back nothing that was collected before: a file that has
 * only its header does. */
static bool
keep_earlier(Collect *c, DbTx *tx, const LockedCell *cell, const char *broken, Arena *a, Err *err)
{
    const char *file = file_of(cell, a);

    c->result->kept++;
    if (broken == NULL)
        return true;
    note_add(&c->notes, NOTE_KEPT, arena_printf(c->notes.a, "%s: what was collected before stays", file));
    return collect_store_refused(tx, cell->state.date, processor_table[cell->state.processor].name, file, broken, a,
                                 err);
}

/* What the file and the schedule say of each other, and the clock. */
static void
note_file(Collect *c, const ProcessorSpec *p, const FeedDay *day, const char *broken)
{
    char today[DATE_TEXT_LEN], date[DATE_TEXT_LEN];

    if (broken != NULL) {
        c->result->refused++;
        note_add(&c->notes, NOTE_REFUSED, arena_strdup(c->notes.a, broken));
        return;
    }
    note_day(&c->notes, day, &c->schedule, !p->is_pre_game);
    if (day->part_count > 0 && !p->is_pre_game && date_before(c->ctx.today, day->manifest.game_date))
        note_add(&c->notes, NOTE_FUTURE,
                 arena_printf(c->notes.a, "%s/%s.csv: outcomes of a date that is to come (today is %s)", p->feed,
                              date_format(day->manifest.game_date, date), date_format(c->ctx.today, today)));
}

/* What was refused and rejected stands in place of what was before, whether or not anything is sent. */
static bool
store_rejected(DbTx *tx, const LockedCell *cell, const FeedDay *day, const char *broken, Arena *a, Err *err)
{
    const char *name = processor_table[cell->state.processor].name;
    const FeedManifest *m = &day->manifest;

    return broken != NULL ? collect_store_refused(tx, cell->state.date, name, file_of(cell, a), broken, a, err)
                          : collect_store_rejected(tx, cell->state.date, name, m->rejected, day->rejected_rows,
                                                   m->rejected_count, a, err);
}

static bool
send_parts(Collect *c, const RunContext *rc, DbTx *tx, const LockedCell *cell, FeedDay *day, Err *err)
{
    TopicId topic = feed_topic(day->manifest.feed);
    GameDate date = cell->state.date;

    if (c->job->again && !forget_sent(tx, day, topic, c, rc->a, err))
        return false;
    for (size_t i = 0; i < day->part_count; i++) {
        collect_add_event(c, rc->events, topic, date, day->parts[i].event_id, day->parts[i].payload, rc->a);
        c->result->rows += day->parts[i].row_count;
    }
    c->result->parts += day->part_count;
    c->result->feeds++;
    day->manifest.manifest_version = cell->state.version + 1;
    day->manifest.event_id = arena_printf(rc->a, "%s:v%d", day->manifest.event_id, (int)day->manifest.manifest_version);
    collect_add_event(c, rc->events, TOPIC_FEED_MANIFEST, date, day->manifest.event_id,
                      feed_manifest_message(&day->manifest, rc->a), rc->a);
    return true;
}

static bool
is_out_already(const CellState *s, const CellEnd *end)
{
    return s->version > 0 && !end->must_announce
           && memcmp(end->content_hash, s->content_hash, sizeof end->content_hash) == 0;
}

/* Nothing of it goes out: whoever waits for it need not. */
static bool
leave_as_is(Collect *c, DbTx *tx, const LockedCell *cell, Err *err)
{
    const CellKey key = {cell->state.date, cell->state.processor};

    c->result->unchanged++;
    return !cell->is_stale || collect_mark(tx, &key, 1, false, err);
}

static bool
note_changed(Collect *c, const LockedCell *cell)
{
    c->changed = arena_room(c->a, c->changed, c->changed_count, &c->changed_cap, sizeof *c->changed);
    c->changed[c->changed_count++] = (CellKey){cell->state.date, cell->state.processor};
    return true;
}

/* A file that cannot be used is somebody's business until one comes that can. */
static bool
tell_of_file(DbTx *tx, const LockedCell *cell, const CellEnd *end, Arena *a, Err *err)
{
    const Alert failed = {ALERT_CELL_FAILED, ALERT_CRITICAL, NULL, end->reason};
    const size_t count = end->status == CELL_FAILED;

    return (count == 0 && !cell->has_alerts) || alerts_of_run(tx, end->key, &failed, count, end->started, a, err);
}

static bool
send_feed(Collect *c, const RunContext *rc, DbTx *tx, const LockedCell *cell, bool only_look, Err *err)
{
    const ProcessorSpec *p = &processor_table[cell->state.processor];
    CellEnd end = {.key = {cell->state.date, p->id},
                   .lane = lane_name(lane_of_date(cell->state.date, c->ctx.today)),
                   .run_id = c->run_id,
                   .build = c->ctx.build,
                   .config_hash = c->ctx.config_hash,
                   .correlation_id = c->run_id,
                   .must_announce = c->job->again,
                   .started = clock_now(c->clock)};
    const char *broken;
    FeedDay day;

    if (!read_day(c, p, cell->state.date, rc->a, &day, &broken, err))
        return false;
    note_file(c, p, &day, broken);
    if (holds_rows(&cell->state) && (broken != NULL || !day.exists))
        return keep_earlier(c, tx, cell, broken, rc->a, err)
               && (!cell->is_stale || collect_mark(tx, &end.key, 1, false, err));
    c->result->rejected += (size_t)day.manifest.rejected_total;
    if (!store_rejected(tx, cell, &day, broken, rc->a, err))
        return false;
    collect_end_of(&day.manifest, broken, &end, rc->a);
    if (is_out_already(&cell->state, &end))
        return leave_as_is(c, tx, cell, err);
    if (only_look)
        return note_changed(c, cell);
    return send_parts(c, rc, tx, cell, &day, err) && tell_of_file(tx, cell, &end, rc->a, err)
           && cell_announce(tx, rc, &cell->state, &end, &(const CellChange){.is_all = cell->state.version == 0}, err);
}

/* The date's collect cells, made where the grid has none yet, locked together in the global order. */
static bool
lock_cells(Collect *c, DbTx *tx, GameDate date, Arena *a, LockedCell **cells, size_t *count, Err *err)
{
    bool unscheduled = !collect_is_scheduled(&c->schedule, date);
    CellKey keys[PROC_COUNT];

    for (size_t i = 0; i < c->feed_count; i++)
        keys[i] = (CellKey){date, c->feeds[i]->id};
    for (size_t i = 0; i < c->feed_count; i++)
        if (!cell_ensure(tx, keys[i], scope_has(c->scope, date), unscheduled, err))
            return false;
    return cells_lock(tx, keys, c->feed_count, a, cells, count, err);
}

/* A look that finds something new leaves no trace but its notes of what that is. */
static bool
end_look(Collect *c, GameDate date, DbTx **tx, size_t changed_before, Err *err)
{
    if (c->changed_count > changed_before) {
        db_rollback(tx);
        return true;
    }
    c->settled = arena_room(c->a, c->settled, c->settled_count, &c->settled_cap, sizeof *c->settled);
    c->settled[c->settled_count++] = date;
    return db_commit(tx, err);
}

static bool
try_date(Collect *c, GameDate date, bool only_look, Arena *a, Err *err)
{
    EventList events = {0};
    const RunContext rc = {
        .ctx = &c->ctx, .run_id = c->run_id, .correlation_id = c->run_id, .clock = c->clock, .a = a, .events = &events};
    const size_t changed_before = c->changed_count;
    LockedCell *cells = NULL;
    size_t count = 0;
    DbTx *tx = NULL;
    bool ok = db_begin(c->db, &tx, err) && lock_cells(c, tx, date, a, &cells, &count, err);

    for (size_t i = 0; ok && i < count; i++)
        ok = send_feed(c, &rc, tx, &cells[i], only_look, err);
    ok = ok && (only_look ? end_look(c, date, &tx, changed_before, err) : collect_commit(c, &tx, &events, err));
    db_rollback(&tx);
    if (!ok)
        c->changed_count = changed_before;
    return ok;
}

static bool
date_with_patience(Collect *c, GameDate date, bool only_look, Err *err)
{
    enum { TRIES = 5, PAUSE_MS = 100 };
    const CollectResult before = *c->result;
    const size_t changed_before = c->changed_count;
    Arena *a = arena_new(0);
    bool ok = false;

    for (int i = 0; !ok && i < TRIES; i++) {
        arena_reset(a);
        *c->result = before;
        c->notes = (CollectNotes){.a = a};
        ok = try_date(c, date, only_look, a, err);
        if (!ok && (err->cls != ERR_TRANSIENT || signals_wait(c->signals, PAUSE_MS) > STOP_RUN))
            break;
    }
    if (c->changed_count > changed_before) { /* all of it is yet to be done */
        *c->result = before;
        c->notes = (CollectNotes){.a = a};
    } else {
        c->result->dates += ok;
    }
    if (ok)
        collect_say_notes(c);
    arena_free(a);
    return ok;
}

bool
collect_date(Collect *c, GameDate date, Err *err)
{
    return date_with_patience(c, date, false, err);
}

bool
collect_look(Collect *c, GameDate date, Err *err)
{
    return date_with_patience(c, date, true, err);
}
