/*
 * libcore/runtime/health.c
 *    The query.
 */
#include "libcore/runtime/health.h"

bool
health_read(DbTx *tx, Instant now, GameDate today, Health *out, Err *err)
{
    static const char sql[]
        = "select (select count(*) from ops.overdue_cells($1, $2)), (select count(*) from ops.letter where status ="
          " 'open'), count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8"
          " from ops.outbox where incarnation is null";
    const DbParam params[] = {db_ts(now), db_date(today)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *out = (Health){db_get_i64(rows, 0, 0), db_get_i64(rows, 0, 1), db_get_i64(rows, 0, 2), db_get_f64(rows, 0, 3)};
    return true;
}
