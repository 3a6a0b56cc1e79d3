/*
 * libcore/runtime/grid.c
 *    Lay cells for the dates of a schedule, with their deadlines.
 */
#include "libcore/runtime/grid.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/io/db_table.h"

bool
scope_has(Scope scope, GameDate date)
{
    return (date_is_null(scope.from) || !date_before(date, scope.from))
           && (date_is_null(scope.to) || !date_before(scope.to, date));
}

bool
scope_load(DbTx *tx, Scope *out, Err *err)
{
    DbRows *rows;

    *out = (Scope){GAME_DATE_NULL, GAME_DATE_NULL};
    if (!db_exec(tx, "select scope_from, scope_to from ops.deployment", NULL, 0, &rows, err))
        return false;
    if (db_row_count(rows) > 0)
        *out = (Scope){db_get_date(rows, 0, 0), db_get_date(rows, 0, 1)};
    return true;
}

bool
date_is_plausible(GameDate date, GameDate today)
{
    enum { DAYS_AHEAD = 2 * 366 };

    return !date_is_null(date) && !date_before(date_add(today, DAYS_AHEAD), date);
}

bool
grid_lock(DbTx *tx, int32_t season_year, bool exclusive, Err *err)
{
    const DbParam params[] = {db_i32(season_year)};

    return db_exec(
        tx, exclusive ? "select pg_advisory_xact_lock(7471, $1)" : "select pg_advisory_xact_lock_shared(7471, $1)",
        params, 1, NULL, err);
}

/* ---- cells ---- */

typedef struct {
    GameDate date;
    Instant first_tip;
} Slate;

/* Deadlines of pre_game cells count from the first tip-off, those of post_game cells from 06:00
 * Eastern of the next day. */
static Instant
deadline_of(const ProcessorSpec *p, const Slate *s)
{
    Instant base = p->is_pre_game ? s->first_tip : date_eastern_instant(date_add(s->date, 1), 6, 0);

    return (Instant){base.us + (int64_t)(p->deadline_hours * 3600e6)};
}

static bool
lay_cells(DbTx *tx, const Slate *slates, size_t count, int32_t season_year, bool unscheduled, Arena *a, Err *err)
{
    size_t most = count * PROC_COUNT, n = 0, laid_count;
    GameDate *dates = arena_array(a, most + 1, sizeof *dates);
    const char **processors = arena_array(a, most + 1, sizeof *processors);
    int64_t *deadlines = arena_array(a, most + 1, sizeof *deadlines);
    int32_t *in_scope = arena_array(a, most + 1, sizeof *in_scope);
    ProcessorId laid[PROC_COUNT];
    FeedSet feeds;
    Scope scope;

    if (!scope_load(tx, &scope, err) || !feeds_load(tx, &feeds, err))
        return false;
    laid_count = processors_of_feeds(&feeds, true, laid);
    for (size_t s = 0; s < count; s++) {
        for (size_t p = 0; p < laid_count; p++, n++) {
            dates[n] = slates[s].date;
            processors[n] = processor_table[laid[p]].name;
            deadlines[n] = deadline_of(&processor_table[laid[p]], &slates[s]).us;
            in_scope[n] = scope_has(scope, slates[s].date);
        }
    }
    {
        static const char lay[]
            = "insert into ops.cell (game_date, processor, season_year, in_scope, unscheduled, deadline)"
              " select d, p, $5, n = 1, $6, timestamptz 'epoch' + t * interval '1 microsecond'"
              " from unnest($1::date[], $2::text[], $3::bigint[], $4::integer[]) u(d, p, t, n) order by d, p"
              " on conflict (game_date, processor) do update set unscheduled = excluded.unscheduled,"
              " in_scope = excluded.in_scope, deadline = excluded.deadline";
        const DbParam params[] = {db_dates(dates, n),   db_texts(processors, n), db_i64s(deadlines, n),
                                  db_i32s(in_scope, n), db_i32(season_year),     db_bool(unscheduled)};

        return n == 0 || db_exec(tx, lay, params, ARRAY_LEN(params), NULL, err);
    }
}

static int
compare_games(const void *pa, const void *pb)
{
    const ScheduleGame *a = pa, *b = pb;

    return (a->game_date.days > b->game_date.days) - (a->game_date.days < b->game_date.days);
}

/* One slate a date, with its first tip-off; 19:00 Eastern where the schedule has no time. */
static size_t
slates_of(const ScheduleGame *games, size_t count, Arena *a, Slate **out)
{
    ScheduleGame *sorted = arena_array(a, count + 1, sizeof *sorted);
    Slate *slates = arena_array(a, count + 1, sizeof *slates);
    size_t n = 0;

    if (count > 0)
        memcpy(sorted, games, count * sizeof *games);
    qsort(sorted, count, sizeof *sorted, compare_games);
    for (size_t i = 0; i < count; i++) {
        GameDate d = sorted[i].game_date;
        Instant tip = instant_is_null(sorted[i].tip_off) ? date_eastern_instant(d, 19, 0) : sorted[i].tip_off;

        if (n == 0 || !date_equal(slates[n - 1].date, d))
            slates[n++] = (Slate){d, tip};
        else if (tip.us < slates[n - 1].first_tip.us)
            slates[n - 1].first_tip = tip;
    }
    *out = slates;
    return n;
}

/* The season's rows of raw.schedule_game, replaced when their hash differs. */
static bool
store_schedule(DbTx *tx, int32_t season_year, const ScheduleGame *games, size_t count, const Slate *slates,
               size_t slate_count, Arena *a, int32_t *version, bool *changed, Err *err)
{
    static const char upsert[]
        = "insert into ops.season as s (season_year, version, content_hash, opening_night, last_date, games)"
          " values ($1, 1, $2, $3, $4, $5) on conflict (season_year) do update set version = s.version + 1,"
          " content_hash = excluded.content_hash, opening_night = excluded.opening_night,"
          " last_date = excluded.last_date, games = excluded.games where s.content_hash <> excluded.content_hash"
          " returning version";
    ScheduleGame *sorted = arena_array(a, count + 1, sizeof *sorted);
    uint8_t *hashes = arena_array(a, count + 1, SHA256_LEN), digest[SHA256_LEN];
    const DbParam season[] = {db_i32(season_year)};
    DbRows *rows;

    memcpy(sorted, games, count * sizeof *games);
    table_sort_rows(&schedule_game_table, sorted, count, a);
    for (size_t i = 0; i < count; i++)
        table_row_hash(&schedule_game_table, &sorted[i], hashes + i * SHA256_LEN);
    sha256(bytes_of(hashes, count * SHA256_LEN), digest);
    {
        const DbParam params[] = {db_i32(season_year), db_bytes(bytes_of(digest, sizeof digest)),
                                  db_date(slates[0].date), db_date(slates[slate_count - 1].date),
                                  db_i32((int32_t)count)};

        if (!db_exec(tx, upsert, params, ARRAY_LEN(params), &rows, err))
            return false;
    }
    *changed = db_row_count(rows) > 0;
    if (!*changed)
        return season_version(tx, season_year, version, err);
    *version = db_get_i32(rows, 0, 0);
    return db_exec(tx, "delete from raw.schedule_game where season_year = $1", season, 1, NULL, err)
           && table_insert(tx, &schedule_game_table, sorted, count, err);
}

/* Names of the processors whose feed is subscribed to, or is not. */
static DbParam
names_of_feeds(const FeedSet *feeds, bool subscribed, Arena *a)
{
    const char **names = arena_array(a, PROC_COUNT + 1, sizeof *names);
    ProcessorId ids[PROC_COUNT];
    size_t n = processors_of_feeds(feeds, subscribed, ids);

    for (size_t i = 0; i < n; i++)
        names[i] = processor_table[ids[i]].name;
    return db_texts(names, n);
}

/* Dates that the schedule has no more: cells that never ran go, and what has data is kept as
 * unscheduled, so that no window waits for it or counts it. */
static bool
release_dates(DbTx *tx, int32_t season_year, Arena *a, Err *err)
{
    static const char drop[] = "delete from ops.cell c where c.season_year = $1 and not exists (select 1 from"
                               " raw.schedule_game g where g.game_date = c.game_date) and not exists (select 1 from"
                               " ops.cell o where o.game_date = c.game_date and o.version > 0)";
    static const char release[] = "update ops.cell c set unscheduled = true where c.season_year = $1"
                                  " and not c.unscheduled and c.processor <> all ($2) and not exists (select 1 from"
                                  " raw.schedule_game g where g.game_date = c.game_date)";
    FeedSet feeds;

    if (!feeds_load(tx, &feeds, err))
        return false;
    {
        const DbParam params[] = {db_i32(season_year), names_of_feeds(&feeds, false, a)};

        return db_exec(tx, drop, params, 1, NULL, err) && db_exec(tx, release, params, 2, NULL, err);
    }
}

bool
grid_lay_season(DbTx *tx, int32_t season_year, const ScheduleGame *games, size_t count, Arena *a, int32_t *version,
                Err *err)
{
    Slate *slates;
    size_t n = slates_of(games, count, a, &slates);
    bool changed;

    if (count == 0)
        return ERR_FAIL(err, ERR_POISON, "a schedule of season %d without games", (int)season_year);
    if (!grid_lock(tx, season_year, true, err)
        || !store_schedule(tx, season_year, games, count, slates, n, a, version, &changed, err))
        return false;
    return !changed || (release_dates(tx, season_year, a, err) && lay_cells(tx, slates, n, season_year, false, a, err));
}

bool
grid_lay_unscheduled(DbTx *tx, GameDate date, Err *err)
{
    const Slate slate = {date, date_eastern_instant(date, 19, 0)};
    Arena *a = arena_new(0);
    bool ok = lay_cells(tx, &slate, 1, date_season_year(date), true, a, err);

    arena_free(a);
    return ok;
}

/* ---- the deployment ---- */

static bool
read_games(DbTx *tx, int32_t season_year, Arena *a, ScheduleGame **games, size_t *count, Err *err)
{
    GameDate first, last;
    void *rows;

    *games = NULL;
    *count = 0;
    if (!date_make(season_year, 7, 1, &first) || !date_make(season_year + 1, 6, 30, &last))
        return ERR_FAIL(err, ERR_FATAL, "no season %d", (int)season_year);
    if (!table_read_range(tx, &schedule_game_table, first, last, a, &rows, count, err))
        return false;
    *games = rows;
    return true;
}

/* What it wrote and announced stands under its old versions: it must not begin at the first again. */
static bool
recall_versions(DbTx *tx, const GameDate *dates, size_t count, Err *err)
{
    static const char sql[]
        = "update ops.cell c set version = h.version from (select game_date, processor,"
          " max(version) as version from ops.cell_change where game_date = any ($1) group by 1, 2) h"
          " where c.game_date = h.game_date and c.processor = h.processor and c.version = 0"
          " and c.status = 'expected'";
    const DbParam params[] = {db_dates(dates, count)};

    return db_exec(tx, sql, params, 1, NULL, err);
}

static bool
lay_lost_of_season(DbTx *tx, int32_t season_year, const GameDate *dates, size_t count, Arena *a, Err *err)
{
    ScheduleGame *games;
    Slate *slates;
    size_t game_count, n, kept = 0;

    if (!grid_lock(tx, season_year, true, err) || !read_games(tx, season_year, a, &games, &game_count, err))
        return false;
    n = slates_of(games, game_count, a, &slates);
    for (size_t i = 0; i < n; i++) {
        bool is_wanted = false;

        for (size_t d = 0; d < count && !is_wanted; d++)
            is_wanted = date_equal(slates[i].date, dates[d]);
        if (is_wanted)
            slates[kept++] = slates[i];
    }
    return lay_cells(tx, slates, kept, season_year, false, a, err);
}

bool
grid_lay_lost(DbTx *tx, const GameDate *dates, size_t count, Arena *a, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        const int32_t season = date_season_year(dates[i]);
        bool is_first = true, scheduled;

        if (!date_is_scheduled(tx, dates[i], &scheduled, err)
            || (!scheduled && !grid_lay_unscheduled(tx, dates[i], err)))
            return false;
        for (size_t j = 0; j < i; j++)
            is_first &= date_season_year(dates[j]) != season;
        if (is_first && !lay_lost_of_season(tx, season, dates, count, a, err))
            return false;
    }
    return count == 0 || recall_versions(tx, dates, count, err);
}

static bool
lay_season_again(DbTx *tx, int32_t season_year, Arena *a, Err *err)
{
    ScheduleGame *games;
    Slate *slates;
    size_t count, n;

    if (!grid_lock(tx, season_year, true, err) || !read_games(tx, season_year, a, &games, &count, err))
        return false;
    n = slates_of(games, count, a, &slates);
    return lay_cells(tx, slates, n, season_year, false, a, err);
}

/* Every date that has cells gets those that it lacks. */
static bool
lay_again(DbTx *tx, Arena *a, Err *err)
{
    DbRows *seasons, *dates;

    if (!db_exec(tx, "select season_year from ops.season order by 1", NULL, 0, &seasons, err))
        return false;
    for (size_t r = 0; r < db_row_count(seasons); r++)
        if (!lay_season_again(tx, db_get_i32(seasons, r, 0), a, err))
            return false;
    if (!db_exec(tx, "select distinct game_date from ops.cell where unscheduled order by 1", NULL, 0, &dates, err))
        return false;
    for (size_t r = 0; r < db_row_count(dates); r++)
        if (!grid_lay_unscheduled(tx, db_get_date(dates, r, 0), err))
            return false;
    return true;
}

static bool
save_deployment(DbTx *tx, Scope scope, const FeedSet *feeds, Err *err)
{
    static const char sql[] = "insert into ops.deployment (scope_from, scope_to, feeds) values ($1, $2, $3)"
                              " on conflict (only_one) do update set scope_from = $1, scope_to = $2, feeds = $3";
    size_t count = 0;

    while (feeds->names[count] != NULL)
        count++;
    {
        const DbParam params[] = {db_date(scope.from), db_date(scope.to), db_texts(feeds->names, count)};

        return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

/* What is neither in scope nor unscheduled is seen by nobody. */
static bool
cut_cells(DbTx *tx, Scope scope, const FeedSet *feeds, Arena *a, Err *err)
{
    static const char cut[] = "update ops.cell set in_scope = (game_date between $1 and $2) where processor <> all ($3)"
                              " and in_scope <> (game_date between $1 and $2)";
    static const char hide[] = "update ops.cell set in_scope = false, unscheduled = false where processor = any ($1)"
                               " and (in_scope or unscheduled)";
    const DbParam out_of_sight = names_of_feeds(feeds, false, a);
    const DbParam params[] = {db_date(scope.from), db_date(scope.to), out_of_sight};

    return db_exec(tx, cut, params, ARRAY_LEN(params), NULL, err) && db_exec(tx, hide, &out_of_sight, 1, NULL, err);
}

static bool
mark_stale(DbTx *tx, const FeedSet *before, const FeedSet *after, Arena *a, Err *err)
{
    static const char sql[] = "update ops.cell set is_stale = true, stale_reason = $2 where processor = any ($1)"
                              " and version > 0 and (in_scope or unscheduled)";
    const char *names[PROC_COUNT];
    ProcessorId ids[PROC_COUNT];
    size_t n = processors_of_change(before, after, ids);

    for (size_t i = 0; i < n; i++)
        names[i] = processor_table[ids[i]].name;
    {
        const DbParam params[] = {
            db_texts(names, n), db_text(arena_printf(a, "the deployment subscribes to %s now", feeds_text(after, a)))};

        return n == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

bool
deployment_save(DbTx *tx, Scope scope, const FeedSet *feeds, Err *err)
{
    Arena *a = arena_new(0);
    GameDate first = GAME_DATE_NULL, last = GAME_DATE_NULL;
    FeedSet before;
    bool ok = (date_make(1900, 1, 1, &first) && date_make(2200, 12, 31, &last))
              || ERR_FAIL(err, ERR_FATAL, "no such day");

    if (ok && date_is_null(scope.from))
        scope.from = first;
    if (ok && date_is_null(scope.to))
        scope.to = last;
    ok = ok && feeds_load(tx, &before, err) && save_deployment(tx, scope, feeds, err)
         && cut_cells(tx, scope, feeds, a, err);
    if (ok && !feeds_equal(&before, feeds))
        ok = lay_again(tx, a, err) && mark_stale(tx, &before, feeds, a, err);
    arena_free(a);
    return ok;
}

bool
season_version(DbTx *tx, int32_t season_year, int32_t *version, Err *err)
{
    const DbParam params[] = {db_i32(season_year)};
    DbRows *rows;

    if (!db_exec(tx, "select version from ops.season where season_year = $1", params, 1, &rows, err))
        return false;
    *version = db_row_count(rows) > 0 ? db_get_i32(rows, 0, 0) : 0;
    return true;
}

bool
date_is_scheduled(DbTx *tx, GameDate date, bool *scheduled, Err *err)
{
    const DbParam params[] = {db_date(date)};
    DbRows *rows;

    if (!db_exec(tx, "select 1 from raw.schedule_game where game_date = $1 limit 1", params, 1, &rows, err))
        return false;
    *scheduled = db_row_count(rows) > 0;
    return true;
}
