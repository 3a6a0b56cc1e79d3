/*
 * libcore/runtime/health.c
 *    The queries.
 */
#include "libcore/runtime/health.h"
#include <stdio.h>
#include <string.h>

static bool
read_alerts(DbTx *tx, Health *out, Err *err)
{
    static const char sql[] = "select severity, count(*) from ops.alert where resolved_at is null group by severity";
    DbRows *rows;

    if (!db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++)
        for (int s = 0; s < ALERT_SEVERITIES; s++)
            if (strcmp(alert_severity_name((AlertSeverity)s), db_get_text(rows, r, 0)) == 0)
                out->open_alerts[s] = db_get_i64(rows, r, 1);
    return true;
}

static bool
read_measures(DbTx *tx, Health *out, Err *err)
{
    static const char sql[] = "select distinct on (processor, name) processor, name, value from ops.cell_measure"
                              " order by processor, name, game_date desc limit $1";
    const DbParam params[] = {db_i32(HEALTH_MEASURES_MAX)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    out->measure_count = db_row_count(rows);
    for (size_t r = 0; r < out->measure_count; r++) {
        HealthMeasure *m = &out->measures[r];

        (void)snprintf(m->processor, sizeof m->processor, "%s", db_get_text(rows, r, 0));
        (void)snprintf(m->name, sizeof m->name, "%s", db_get_text(rows, r, 1));
        m->value = db_get_f64(rows, r, 2);
    }
    return true;
}

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
    *out = (Health){.overdue_cells = db_get_i64(rows, 0, 0),
                    .open_letters = db_get_i64(rows, 0, 1),
                    .unsettled = db_get_i64(rows, 0, 2),
                    .oldest_unsettled_s = db_get_f64(rows, 0, 3)};
    return read_alerts(tx, out, err) && read_measures(tx, out, err);
}
