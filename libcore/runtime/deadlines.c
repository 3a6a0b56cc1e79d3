/*
 * libcore/runtime/deadlines.c
 *    Looks at ops.overdue_cells.
 */
#include "libcore/runtime/deadlines.h"

static bool
raise_overdue(DbTx *tx, Instant now, GameDate today, Arena *a, Err *err)
{
    static const char sql[]
        = "select c.game_date, c.processor, c.reason, to_char(c.deadline at time zone 'UTC', 'YYYY-MM-DD HH24:MI')"
          " from ops.overdue_cells($1, $2) c where not exists (select 1 from ops.alert a where a.game_date = "
          "c.game_date"
          " and a.processor = c.processor and a.kind = '" ALERT_CELL_OVERDUE
          "' and a.resolved_at is null) order by 1, 2";
    const DbParam params[] = {db_ts(now), db_date(today)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const char *reason = db_get_text(rows, r, 2);
        CellKey cell = {db_get_date(rows, r, 0), 0};
        Alert alert = {ALERT_CELL_OVERDUE, ALERT_CRITICAL, NULL, NULL};

        if (!processor_by_name(db_get_text(rows, r, 1), &cell.processor))
            continue;
        alert.message = arena_printf(a, "was due at %s UTC%s%s", db_get_text(rows, r, 3), reason ? "; " : "",
                                     reason ? reason : "");
        if (!alert_raise(tx, cell, &alert, now, a, err))
            return false;
    }
    return true;
}

bool
deadlines_tell(DbTx *tx, Instant now, GameDate today, Arena *a, Err *err)
{
    static const char over[] = "update ops.alert a set resolved_at = $1 where kind = '" ALERT_CELL_OVERDUE
                               "' and resolved_at is null and not"
                               " exists (select 1 from ops.overdue_cells($1, $2) c where c.game_date = a.game_date"
                               " and c.processor = a.processor)";
    const DbParam params[] = {db_ts(now), db_date(today)};

    return raise_overdue(tx, now, today, a, err) && db_exec(tx, over, params, 2, NULL, err);
}
