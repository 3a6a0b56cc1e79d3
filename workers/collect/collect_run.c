/*
 * workers/collect/collect_run.c
 *    The schedule, then the walk over the folder's dates. One date is in collect_day.c.
 */
#include "workers/collect/collect_run.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "workers/collect/collect_state.h"
#include "workers/collect/collect_store.h"

enum { MAX_UNCONSUMED = 4 * 1024 * 1024, DRAIN_POLL_MS = 20 };

/* ---- the schedule ---- */

/* Its rejected rows are kept at the season's first date. */
static bool
keep_schedule_rejected(Collect *c, DbTx *tx, Arena *a, Err *err)
{
    const FeedSchedule *s = &c->schedule;
    GameDate first = s->games[0].game_date;

    for (size_t i = 1; i < s->games_count; i++)
        if (date_before(s->games[i].game_date, first))
            first = s->games[i].game_date;
    note_rejections(&c->notes, s->source, s->rejected, s->rejected_count, s->rejected_total);
    c->result->rejected += (size_t)s->rejected_total;
    return collect_forget_schedule_rejected(tx, s->season_year, err)
           && collect_store_rejected(tx, first, SCHEDULE_PROCESSOR, s->rejected, c->schedule_rejected,
                                     s->rejected_count, a, err);
}

static bool
send_schedule(Collect *c, Arena *a, Err *err)
{
    EventList events = {0};
    char name[TOPIC_NAME_LEN];
    int32_t version;
    DbTx *tx = NULL;
    bool ok;

    if (!db_begin(c->db, &tx, err) || !season_version(tx, c->schedule.season_year, &version, err)
        || !keep_schedule_rejected(c, tx, a, err)) {
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
    ok = collect_commit(c, &tx, &events, err);
    db_rollback(&tx);
    if (ok)
        collect_say_notes(c);
    return ok;
}

/* A clock that is wrong, or a year: nobody plans games so far ahead. */
static bool
check_season(const Collect *c, Err *err)
{
    char first[DATE_TEXT_LEN], today[DATE_TEXT_LEN];
    GameDate date = c->schedule.games[0].game_date;

    return date_is_plausible(date, c->ctx.today)
           || ERR_FAIL(err, ERR_POISON,
                       "%s: its games are years ahead (%s; today is %s): see its dates, or the clock (clock.now)",
                       c->schedule.source, date_format(date, first), date_format(c->ctx.today, today));
}

/* ---- flow control ---- */

static bool
unconsumed(Collect *c, int64_t *bytes, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(c->db, &tx, err) && outbox_confirm(c->outbox, tx, err)
              && collect_unconsumed(tx, c->job->incarnation, bytes, err) && db_commit(&tx, err);

    db_rollback(&tx);
    return ok;
}

/* Only the embedded broker loses what is not read in time: Kafka keeps it all. */
static bool
wait_for_room(Collect *c, Err *err)
{
    if (!bus_is_embedded(c->job->incarnation))
        return true;
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

/* Scheduled dates, and dates for which any subscribed feed has a file. */
static bool
has_anything(const Collect *c, GameDate date)
{
    char path[4096], day[DATE_TEXT_LEN];

    if (collect_is_scheduled(&c->schedule, date))
        return true;
    for (size_t i = 0; i < c->feed_count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s/%s.csv", c->job->dir, c->feeds[i]->feed, date_format(date, day));
        if (access(path, F_OK) == 0)
            return true;
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

/* Unless the operator asked for a range: then he knows. */
static void
note_unread(Collect *c, Arena *a)
{
    GameDate from, to;

    if (!date_is_null(c->job->from) || !date_is_null(c->job->to))
        return;
    c->notes = (CollectNotes){.a = a};
    date_range(c, &from, &to);
    for (size_t i = 0; i < c->feed_count; i++)
        note_unread_files(&c->notes, c->job->dir, c->feeds[i]->feed, from, to);
    collect_say_notes(c);
}

static bool
is_settled(const Collect *c, GameDate date)
{
    for (size_t i = 0; i < c->settled_count; i++)
        if (date_equal(c->settled[i], date))
            return true;
    return false;
}

static bool
walk(Collect *c, Err *err)
{
    GameDate d, to;
    size_t since_check = 0;

    date_range(c, &d, &to);
    for (; !date_before(to, d); d = date_add(d, 1)) {
        if (signals_level(c->signals) > STOP_RUN)
            return ERR_FAIL(err, ERR_CANCELED, "asked to stop");
        if (!has_anything(c, d) || is_settled(c, d))
            continue;
        if (!collect_date(c, d, err))
            return false;
        if (++since_check % 8 == 0 && !wait_for_room(c, err))
            return false;
    }
    return true;
}

/* ---- what was collected before ---- */

static bool
dates_collected(Collect *c, GameDate **dates, size_t *count, Err *err)
{
    GameDate from, to;
    DbTx *tx = NULL;
    bool ok;

    date_range(c, &from, &to);
    ok = db_begin(c->db, &tx, err) && collect_dates_before(tx, from, to, c->a, dates, count, err);
    db_rollback(&tx);
    return ok;
}

static bool
mark(Collect *c, bool comes, Err *err)
{
    DbTx *tx = NULL;
    bool ok = c->changed_count == 0
              || (db_begin(c->db, &tx, err) && collect_mark(tx, c->changed, c->changed_count, comes, err)
                  && db_commit(&tx, err));

    db_rollback(&tx);
    return ok;
}

/* Which of the dates that were collected before have something new is found out before any of it goes out,
 * and all are marked together: whoever reads several of them waits for the last, and is made again once. */
static bool
look_ahead(Collect *c, Err *err)
{
    GameDate *dates;
    size_t count;

    if (!dates_collected(c, &dates, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (signals_level(c->signals) > STOP_RUN)
            return ERR_FAIL(err, ERR_CANCELED, "asked to stop");
        if (has_anything(c, dates[i]) && !collect_look(c, dates[i], err))
            return false;
    }
    return mark(c, true, err);
}

/* Delivery reports say where an event stands, and not in which log: a broker that came back empty in the
 * middle of the run counts from 0 again. */
static bool
is_same_log(const Collect *c)
{
    char now[BUS_INCARNATION_LEN];
    Err ignored;

    return bus_read_incarnation(c->job->brokers, now, &ignored) && strcmp(now, c->job->incarnation) == 0;
}

/* Everything delivered and recorded, so that nothing is left to the sweeper but what nobody can vouch
 * for. */
static bool
settle(Collect *c, Err *err)
{
    DbTx *tx = NULL;
    bool is_same, ok;

    for (int i = 0; i < 500 && bus_in_flight(c->producer) > 0; i++)
        (void)outbox_collect(c->outbox, c->producer, 20);
    (void)outbox_collect(c->outbox, c->producer, 0);
    is_same = is_same_log(c);
    ok = db_begin(c->db, &tx, err) && outbox_confirm(c->outbox, tx, err)
         && (is_same || collect_forget_places(tx, c->run_id, err)) && db_commit(&tx, err);
    db_rollback(&tx);
    return ok;
}

/* Which dates and feeds it is for. */
static bool
load_deployment(Collect *c, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(c->db, &tx, err) && scope_load(tx, &c->scope, err) && feeds_load(tx, &c->ctx.feeds, err);

    db_rollback(&tx);
    for (size_t p = 0; ok && p < PROC_COUNT; p++)
        if (strcmp(processor_table[p].phase, "collect") == 0 && processor_is_subscribed(&c->ctx.feeds, (ProcessorId)p))
            c->feeds[c->feed_count++] = &processor_table[p];
    return ok;
}

bool
collect_run(const CollectJob *job, Db *db, BusProducer *producer, const Clock *clock, Signals *signals,
            CollectHear hear, void *hear_ctx, CollectResult *out, Err *err)
{
    Collect c = {
        .job = job,
        .db = db,
        .producer = producer,
        .clock = clock,
        .signals = signals,
        .ctx
        = {.build = job->build, .config_hash = job->config_hash, .today = clock_today(clock), .now = clock_now(clock)},
        .result = out,
        .hear = hear,
        .hear_ctx = hear_ctx};
    Arena *a = arena_new(0);
    bool ok;

    *out = (CollectResult){0};
    (void)snprintf(c.run_id, sizeof c.run_id, "collect-%lld", (long long)c.ctx.now.us / 1000);
    c.outbox = outbox_new("collect", job->incarnation);
    outbox_warm_up(c.outbox, producer);
    c.a = a;
    c.notes = (CollectNotes){.a = a};
    ok = feed_read_schedule(job->dir, a, &c.schedule, &c.schedule_rejected, err) && check_season(&c, err)
         && load_deployment(&c, err) && send_schedule(&c, a, err);
    if (ok)
        note_unread(&c, a);
    ok = ok && look_ahead(&c, err) && walk(&c, err) && settle(&c, err);
    if (!ok) {
        Err ignored; /* what is not sent now comes with another run, and nobody shall wait for that */

        (void)!mark(&c, false, &ignored);
    }
    outbox_free(c.outbox);
    arena_free(a);
    return ok;
}
