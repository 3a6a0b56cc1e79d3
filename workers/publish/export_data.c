/*
 * workers/publish/export_data.c
 *    Reading the snapshot.
 */
#include "workers/publish/export_data.h"
#include "libcore/io/db_table.h"
#include "workers/predictions/champion.h"
#include "workers/publish/graded_days.h"

bool
export_data_open(DbTx *tx, GameDate today, Arena *a, ExportData *out, Err *err)
{
    static const char sql[] = "select max(season_year) from ops.cell where processor in ('grading', 'predictions')"
                              " and version > 0 and (in_scope or unscheduled)";
    DbRows *rows;

    *out = (ExportData){.tx = tx, .a = a, .today = today};
    if (!champion_load(tx, a, &out->champion, err) || !db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    out->season_year = db_is_null(rows, 0, 0) ? NULL_I32 : db_get_i32(rows, 0, 0);
    return true;
}

bool
export_graded(ExportData *d, const PickDays **out, Err *err)
{
    static const char sql[] = "select game_date, version from ops.cell where processor = 'grading' and version > 0"
                              " and (in_scope or unscheduled) and season_year = $1 and game_date >= $2"
                              " order by game_date";
    PickDays *days = arena_alloc(d->a, sizeof *days);
    GameDate first;
    GradedDate *dates;
    DbRows *rows;

    *out = d->graded = d->graded != NULL ? d->graded : days;
    if (d->graded != days || i32_is_null(d->season_year) || !date_make(d->season_year, 11, 1, &first))
        return true;
    {
        const DbParam params[] = {db_i32(d->season_year), db_date(first)};

        if (!db_exec(d->tx, sql, params, ARRAY_LEN(params), &rows, err))
            return false;
    }
    dates = arena_array(d->a, db_row_count(rows) + 1, sizeof *dates);
    for (size_t r = 0; r < db_row_count(rows); r++)
        dates[r] = (GradedDate){db_get_date(rows, r, 0), db_get_i32(rows, r, 1)};
    return graded_days_load(d->tx, d->champion, dates, db_row_count(rows), d->a, days, err);
}

/* ---- tonight and the season by player ---- */

static bool
find_tonight(ExportData *d, GameDate *out, Err *err)
{
    static const char sql[] = "select max(game_date) from ops.cell where processor = 'upcoming_context' and in_scope"
                              " and status in ('success', 'partial', 'degraded') and game_date <= $1";
    const DbParam params[] = {db_date(d->today)};
    DbRows *rows;

    if (!db_exec(d->tx, sql, params, 1, &rows, err))
        return false;
    *out = db_is_null(rows, 0, 0) ? GAME_DATE_NULL : db_get_date(rows, 0, 0);
    return true;
}

static bool
read_slate(ExportData *d, Present *p, Err *err)
{
    void *players, *predictions, *caches, *factors, *lines;

    if (date_is_null(p->date))
        return true;
    if (!table_read_date(d->tx, &upcoming_player_table, p->date, d->a, &players, &p->player_count, err)
        || !table_read_range_of(d->tx, &prediction_table, p->date, p->date, "system_id", d->champion, d->a,
                                &predictions, &p->prediction_count, err)
        || !table_read_date(d->tx, &player_cache_table, p->date, d->a, &caches, &p->cache_count, err)
        || !table_read_date(d->tx, &player_composite_table, p->date, d->a, &factors, &p->factor_count, err)
        || !table_read_date(d->tx, &raw_prop_line_table, p->date, d->a, &lines, &p->line_count, err))
        return false;
    p->players = players;
    p->predictions = predictions;
    p->prediction_count = present_keep_active(predictions, p->prediction_count);
    p->caches = caches;
    p->factors = factors;
    p->lines = lines;
    return true;
}

/* Every date that belongs to the season; false while there is none. */
static bool
season_span(const ExportData *d, GameDate *from, GameDate *to)
{
    return !i32_is_null(d->season_year) && date_make(d->season_year, 10, 1, from)
           && date_make(d->season_year + 1, 9, 30, to);
}

static bool
read_season(ExportData *d, Present *p, Err *err)
{
    void *games, *graded;
    GameDate from, to;

    if (!season_span(d, &from, &to))
        return true;
    if (!table_read_range(d->tx, &player_game_table, from, to, d->a, &games, &p->game_count, err)
        || !table_read_range_of(d->tx, &prediction_accuracy_table, from, to, "system_id", d->champion, d->a, &graded,
                                &p->graded_count, err))
        return false;
    p->game_count = present_keep_played(games, p->game_count);
    present_sort(games, p->game_count, graded, p->graded_count);
    p->games = games;
    p->graded = graded;
    return true;
}

bool
export_present_data(ExportData *d, const Present **out, Err *err)
{
    Present *p;

    if (d->present == NULL) {
        p = arena_alloc(d->a, sizeof *p);
        *p = (Present){.system = d->champion};
        if (!find_tonight(d, &p->date, err) || !read_slate(d, p, err) || !read_season(d, p, err))
            return false;
        d->present = p;
    }
    *out = d->present;
    return true;
}

bool
export_system_days(ExportData *d, const SystemDaily **out, size_t *count, Err *err)
{
    GameDate from, to;
    void *rows;

    *count = 0;
    *out = NULL;
    if (!season_span(d, &from, &to))
        return true;
    if (!table_read_range(d->tx, &system_daily_table, from, to, d->a, &rows, count, err))
        return false;
    *out = rows;
    return true;
}

/* ---- services ---- */

static bool
read_service(ExportData *d, const char *processor, const char *name, bool is_post_game, ServiceState *out, Err *err)
{
    static const char sql[]
        = "select c.game_date, c.status, c.reason, c.finished_at, (select min(o.game_date) from ops.cell o where"
          " o.processor = $1 and o.in_scope and not o.unscheduled and o.status in ('expected', 'waiting')"
          " and o.game_date <= $2) from (select 1) x left join lateral (select * from ops.cell"
          " where processor = $1 and in_scope and not unscheduled and game_date <= $2"
          " and status not in ('expected', 'waiting') order by game_date desc limit 1) c on true";
    const DbParam params[] = {db_text(processor), db_date(is_post_game ? date_add(d->today, -1) : d->today)};
    DbRows *rows;

    if (!db_exec(d->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *out = (ServiceState){
        .name = name,
        .date = db_is_null(rows, 0, 0) ? GAME_DATE_NULL : db_get_date(rows, 0, 0),
        .status = db_get_text(rows, 0, 1),
        .reason = db_get_text(rows, 0, 2),
        .finished_at = db_is_null(rows, 0, 3) ? INSTANT_NULL : db_get_ts(rows, 0, 3),
        .awaited = db_is_null(rows, 0, 4) ? GAME_DATE_NULL : db_get_date(rows, 0, 4),
    };
    return true;
}

bool
export_services(ExportData *d, ServiceState out[SERVICE_COUNT], Err *err)
{
    static const struct {
        const char *name, *processor;
        bool is_post_game;
    } services[SERVICE_COUNT] = {
        {"tonight_data", "publish_picks", false},
        {"grading", "grading", true},
        {"predictions", "predictions", false},
    };

    for (size_t i = 0; i < SERVICE_COUNT; i++)
        if (!read_service(d, services[i].processor, services[i].name, services[i].is_post_game, &out[i], err))
            return false;
    return true;
}

bool
export_issues(ExportData *d, const char *const **out, size_t *count, Err *err)
{
    static const char sql[]
        = "select kind || coalesce(' of ' || processor || ' ' || game_date, '') || ': ' || message"
          " from ops.alert where resolved_at is null and severity = 'critical' and (game_date is null"
          " or game_date >= (select max(game_date) - 1 from ops.cell where version > 0"
          " and processor = 'publish_picks' and game_date <= $1)) order by id";
    const DbParam params[] = {db_date(d->today)};
    const char **texts;
    DbRows *rows;

    if (!db_exec(d->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *count = db_row_count(rows);
    texts = arena_array(d->a, *count + 1, sizeof *texts);
    for (size_t i = 0; i < *count; i++)
        texts[i] = db_get_text(rows, i, 0);
    *out = texts;
    return true;
}

void
composed_add(ComposedFiles *files, const char *path, GameDate date, const char *body)
{
    files->items = arena_room(files->a, files->items, files->count, &files->cap, sizeof *files->items);
    files->items[files->count++] = (ComposedFile){path, date, body};
}
