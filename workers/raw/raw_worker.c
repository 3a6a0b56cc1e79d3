/*
 * workers/raw/raw_worker.c
 *    Store parts and manifests, lay the grid when the schedule comes, fill the raw tables.
 */
#include "workers/raw/raw_worker.h"
#include <string.h>
#include "libcore/io/codec.h"
#include "libcore/runtime/grid.h"
#include "workers/collect/feed_layout.h"
#include "workers/raw/raw_core.h"
#include "workers/raw/raw_store.h"

/* ---- events ---- */

static bool
raw_processor_of_feed(const char *feed, ProcessorId *out)
{
    for (size_t i = 0; i < PROC_COUNT; i++) {
        const ProcessorSpec *p = &processor_table[i];

        if (p->feed != NULL && strcmp(p->feed, feed) == 0 && strcmp(p->phase, "raw") == 0) {
            *out = p->id;
            return true;
        }
    }
    return false;
}

/* A date that the season's schedule lacks gets cells of its own once the schedule is known. */
static bool
lay_if_unscheduled(DbTx *tx, GameDate date, Err *err)
{
    int32_t version;
    bool scheduled;

    if (!season_version(tx, date_season_year(date), &version, err) || !date_is_scheduled(tx, date, &scheduled, err))
        return false;
    return version == 0 || scheduled || grid_lay_unscheduled(tx, date, err);
}

static bool
check_date(const WorkerContext *ctx, const char *what, GameDate date, Err *err)
{
    char day[DATE_TEXT_LEN], today[DATE_TEXT_LEN];

    return date_is_plausible(date, ctx->today)
           || ERR_FAIL(err, ERR_POISON, "%s of %s, more than two years ahead of today (%s)", what,
                       date_format(date, day), date_format(ctx->today, today));
}

static bool
take_schedule(DbTx *tx, const WorkerContext *ctx, const Event *e, Arena *a, EventEffects *fx, Err *err)
{
    FeedSchedule schedule;
    RawSchedule rows;
    FeedDate *dates;
    int32_t before, version;
    size_t count;
    Bytes body;

    if (!codec_check_frame(e->payload, &feed_schedule_schema, &body, err)
        || !feed_schedule_decode(body, a, &schedule, err))
        return false;
    for (size_t i = 0; i < schedule.games_count; i++)
        if (!check_date(ctx, "a scheduled game", schedule.games[i].game_date, err))
            return false;
    rows = raw_schedule(&schedule, a);
    if (!season_version(tx, schedule.season_year, &before, err)
        || !grid_lay_season(tx, schedule.season_year, rows.rows, rows.count, a, &version, err))
        return false;
    if (version == before)
        return true; /* every collect sends it */
    if (!raw_manifest_dates(tx, schedule.season_year, a, &dates, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        ProcessorId p;

        if (!lay_if_unscheduled(tx, dates[i].date, err))
            return false;
        if (raw_processor_of_feed(dates[i].feed, &p))
            event_effects_wake(fx, dates[i].date, p);
    }
    return true;
}

static bool
take_manifest(DbTx *tx, const WorkerContext *ctx, const Event *e, Arena *a, EventEffects *fx, Err *err)
{
    FeedManifest m;
    ProcessorId p;
    Bytes body;

    if (!codec_check_frame(e->payload, &feed_manifest_schema, &body, err) || !feed_manifest_decode(body, a, &m, err))
        return false;
    if (!raw_processor_of_feed(m.feed, &p))
        return ERR_FAIL(err, ERR_POISON, "a manifest of feed %s, which has no raw table", m.feed);
    if (!check_date(ctx, "a manifest", m.game_date, err) || !grid_lock(tx, date_season_year(m.game_date), false, err)
        || !raw_store_manifest(tx, &m, e->payload, err) || !lay_if_unscheduled(tx, m.game_date, err))
        return false;
    event_effects_wake(fx, m.game_date, p);
    return true;
}

/* Reading it whole finds out at once whether it can ever be used. Of every feed the record begins with
 * the event's id and the date. */
static bool
read_part(const Event *e, Arena *a, StoredPart *out, Err *err)
{
    const char *topic = topic_table[e->topic].name;
    const FeedLayout *layout = feed_layout_by_name(strchr(topic, '.') + 1);
    Bytes body;
    Cursor c;

    if (layout == NULL)
        return ERR_FAIL(err, ERR_FATAL, "no layout is known for topic %s", topic);
    if (!codec_check_frame(e->payload, layout->schema, &body, err) || !layout->schema->check(body, a, err))
        return false;
    c = cursor_over(body);
    out->feed = layout->feed;
    out->event_id = cursor_string(&c, a, "event_id");
    out->date = (GameDate){cursor_int(&c, "game_date")};
    out->message = e->payload;
    return true;
}

static bool
take_parts(DbTx *tx, const StoredPart *parts, size_t count, Arena *a, EventEffects *fx, Err *err)
{
    bool *awaited = arena_array(a, count + 1, sizeof *awaited);

    if (count == 0)
        return true;
    if (!raw_store_parts(tx, parts, count, a, err) || !raw_parts_awaited(tx, parts, count, a, awaited, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        ProcessorId p;

        if (awaited[i] && raw_processor_of_feed(parts[i].feed, &p))
            event_effects_wake(fx, parts[i].date, p);
    }
    return true;
}

static bool
handle(DbTx *tx, const WorkerContext *ctx, const Event *events, size_t count, Arena *a, EventEffects *fx, Err *err)
{
    StoredPart *parts = arena_array(a, count + 1, sizeof *parts);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const Event *e = &events[i];

        if (e->topic == TOPIC_FEED_SCHEDULE) {
            if (!take_schedule(tx, ctx, e, a, fx, err))
                return false;
        } else if (e->topic == TOPIC_FEED_MANIFEST) {
            if (!take_manifest(tx, ctx, e, a, fx, err))
                return false;
        } else {
            if (!read_part(e, a, &parts[n], err) || !check_date(ctx, "a part", parts[n].date, err)
                || !grid_lock(tx, date_season_year(parts[n].date), false, err))
                return false;
            n++;
        }
    }
    return take_parts(tx, parts, n, a, fx, err);
}

/* ---- cells ---- */

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    RawDay *day = arena_alloc(a, sizeof *day);

    *loaded = day;
    return raw_load_day(tx, processor_table[in->processor].feed, in->date, a, day, err);
}

/* What every feed has in common. True when there are parts to decode. */
static bool
day_is_ready(const CellInput *in, const RawDay *day, Arena *a, CellOutput *out)
{
    RawRejections rejected;

    if (in->schedule_changed)
        cell_output_announce(out); /* the rows may be what they were; what they mean is not */
    if (!day->has_manifest) {
        cell_output_park(out, "needs the feed's manifest");
        return false;
    }
    if (day->missing > 0 && day->letter != NULL) {
        cell_output_fail(out, day->letter);
        return false;
    }
    if (day->missing > 0) {
        cell_output_park(out, arena_printf(a, "needs %zu of %zu parts, first %s", day->missing,
                                           day->manifest.parts_count, day->first_missing));
        return false;
    }
    rejected = raw_feed_rejections(day->manifest.rejected, day->manifest.rejected_count, a);
    for (size_t i = 0; i < rejected.count; i++)
        cell_output_reject(out, rejected.items[i].entity, rejected.items[i].reason);
    if ((size_t)day->manifest.rejected_total > rejected.count)
        cell_output_reject(out, day->manifest.feed,
                           arena_printf(a, "%zu more rows that are not listed",
                                        (size_t)day->manifest.rejected_total - rejected.count));
    if (day->manifest.parts_count == 0) {
        cell_output_no_data(out, day->manifest.reason ? day->manifest.reason : "the feed has nothing for this date");
        return false;
    }
    return true;
}

static bool
decide_boxscores(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const RawDay *day = loaded;
    FeedBoxscores *parts = arena_array(a, day->manifest.parts_count + 1, sizeof *parts);
    RawBoxscores rows;

    if (!day_is_ready(in, day, a, out))
        return true;
    for (size_t i = 0; i < day->manifest.parts_count; i++)
        if (!feed_boxscores_decode(day->bodies[i], a, &parts[i], err))
            return false;
    rows = raw_boxscores(parts, day->manifest.parts_count, a);
    for (size_t i = 0; i < rows.rejected.count; i++)
        cell_output_reject(out, rows.rejected.items[i].entity, rows.rejected.items[i].reason);
    cell_output_rows(out, &raw_boxscore_table, rows.rows, rows.count, rows.count + rows.rejected.count);
    return true;
}

static bool
decide_shots(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const RawDay *day = loaded;
    FeedShots *parts = arena_array(a, day->manifest.parts_count + 1, sizeof *parts);
    RawShots rows;

    if (!day_is_ready(in, day, a, out))
        return true;
    for (size_t i = 0; i < day->manifest.parts_count; i++)
        if (!feed_shots_decode(day->bodies[i], a, &parts[i], err))
            return false;
    rows = raw_shots(parts, day->manifest.parts_count, a);
    cell_output_rows(out, &raw_shot_table, rows.rows, rows.count, rows.count);
    return true;
}

static bool
decide_props(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const RawDay *day = loaded;
    FeedProps *parts = arena_array(a, day->manifest.parts_count + 1, sizeof *parts);
    RawPropLines rows;

    if (!day_is_ready(in, day, a, out))
        return true;
    for (size_t i = 0; i < day->manifest.parts_count; i++)
        if (!feed_props_decode(day->bodies[i], a, &parts[i], err))
            return false;
    rows = raw_prop_lines(parts, day->manifest.parts_count, a);
    cell_output_rows(out, &raw_prop_line_table, rows.rows, rows.count, rows.count);
    return true;
}

static bool
decide_injuries(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const RawDay *day = loaded;
    FeedInjuries *parts = arena_array(a, day->manifest.parts_count + 1, sizeof *parts);
    RawInjuryReports rows;

    if (!day_is_ready(in, day, a, out))
        return true;
    for (size_t i = 0; i < day->manifest.parts_count; i++)
        if (!feed_injuries_decode(day->bodies[i], a, &parts[i], err))
            return false;
    rows = raw_injury_reports(parts, day->manifest.parts_count, a);
    cell_output_rows(out, &raw_injury_report_table, rows.rows, rows.count, rows.count);
    return true;
}

static bool
decide_game_lines(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const RawDay *day = loaded;
    FeedGameLines *parts = arena_array(a, day->manifest.parts_count + 1, sizeof *parts);
    RawGameLines rows;

    if (!day_is_ready(in, day, a, out))
        return true;
    for (size_t i = 0; i < day->manifest.parts_count; i++)
        if (!feed_game_lines_decode(day->bodies[i], a, &parts[i], err))
            return false;
    rows = raw_game_lines(parts, day->manifest.parts_count, a);
    cell_output_rows(out, &raw_game_line_table, rows.rows, rows.count, rows.count);
    return true;
}

static const TableDesc *const no_tables[] = {NULL};
static const TableDesc *const boxscore_tables[] = {&raw_boxscore_table, NULL};
static const TableDesc *const shot_tables[] = {&raw_shot_table, NULL};
static const TableDesc *const prop_tables[] = {&raw_prop_line_table, NULL};
static const TableDesc *const injury_tables[] = {&raw_injury_report_table, NULL};
static const TableDesc *const game_line_tables[] = {&raw_game_line_table, NULL};
static const TableDesc *const handled_tables[] = {&schedule_game_table, NULL};

static const CellSpec cells[] = {
    {PROC_RAW_PROPS, prop_tables, no_tables, load, decide_props, NULL},
    {PROC_RAW_BOXSCORES, boxscore_tables, no_tables, load, decide_boxscores, NULL},
    {PROC_RAW_SHOTS, shot_tables, no_tables, load, decide_shots, NULL},
    {PROC_RAW_INJURIES, injury_tables, no_tables, load, decide_injuries, NULL},
    {PROC_RAW_GAME_LINES, game_line_tables, no_tables, load, decide_game_lines, NULL},
};

static const TopicId consumed[] = {TOPIC_FEED_SCHEDULE, TOPIC_FEED_BOXSCORES,  TOPIC_FEED_SHOTS,   TOPIC_FEED_PROPS,
                                   TOPIC_FEED_INJURIES, TOPIC_FEED_GAME_LINES, TOPIC_FEED_MANIFEST};

const WorkerSpec raw_worker = {
    .name = "raw",
    .summary = "store feed events and fill the raw tables",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
    .consumes = consumed,
    .consume_count = ARRAY_LEN(consumed),
    .handle = handle,
    .handle_tables = handled_tables,
};
