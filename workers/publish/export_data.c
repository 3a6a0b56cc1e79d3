/*
 * workers/publish/export_data.c
 *    Reading the snapshot.
 */
#include "workers/publish/export_data.h"
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

void
composed_add(ComposedFiles *files, const char *path, GameDate date, const char *body)
{
    files->items = arena_room(files->a, files->items, files->count, &files->cap, sizeof *files->items);
    files->items[files->count++] = (ComposedFile){path, date, body};
}
