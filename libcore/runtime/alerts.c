/*
 * libcore/runtime/alerts.c
 *    SQL of ops.alert and ops.cell_measure.
 */
#include "libcore/runtime/alerts.h"
#include <string.h>

const char *
alert_severity_name(AlertSeverity s)
{
    static const char *const names[] = {"info", "warning", "critical"};

    return names[s];
}

static const char *
fingerprint_of(const char *cause, Arena *a)
{
    char hex[SHA256_HEX_LEN];
    uint8_t digest[SHA256_LEN];

    sha256(bytes_of_str(cause), digest);
    return arena_strndup(a, hex_encode(bytes_of(digest, sizeof digest), hex), 16);
}

const char *
alert_fingerprint(CellKey cell, const char *kind, const char *subject, Arena *a)
{
    char day[DATE_TEXT_LEN];

    return fingerprint_of(arena_printf(a, "%s|%s|%s|%s", kind, date_format(cell.date, day),
                                       processor_table[cell.processor].name, subject ? subject : ""),
                          a);
}

static bool
open_or_count(DbTx *tx, const char *fingerprint, GameDate date, const char *processor, const Alert *alert, Instant now,
              Err *err)
{
    static const char sql[]
        = "insert into ops.alert as o (fingerprint, kind, severity, game_date, processor, subject, message, first_at,"
          " last_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict (fingerprint) where resolved_at is null"
          " do update set count = o.count + 1, severity = excluded.severity, message = excluded.message,"
          " last_at = excluded.last_at";
    const DbParam params[] = {db_text(fingerprint),
                              db_text(alert->kind),
                              db_text(alert_severity_name(alert->severity)),
                              db_date(date),
                              db_text(processor),
                              db_text(alert->subject),
                              db_text(alert->message),
                              db_ts(now)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
alert_raise(DbTx *tx, CellKey cell, const Alert *alert, Instant now, Arena *a, Err *err)
{
    return open_or_count(tx, alert_fingerprint(cell, alert->kind, alert->subject, a), cell.date,
                         processor_table[cell.processor].name, alert, now, err);
}

bool
alert_raise_apart(DbTx *tx, const Alert *alert, Instant now, Arena *a, Err *err)
{
    const char *cause = arena_printf(a, "%s|||%s", alert->kind, alert->subject);

    return open_or_count(tx, fingerprint_of(cause, a), GAME_DATE_NULL, NULL, alert, now, err);
}

bool
alerts_resolve(DbTx *tx, CellKey cell, const char *kind, Instant now, Err *err)
{
    static const char sql[] = "update ops.alert set resolved_at = $4 where game_date = $1 and processor = $2"
                              " and kind = $3 and resolved_at is null";
    const DbParam params[] = {db_date(cell.date), db_text(processor_table[cell.processor].name), db_text(kind),
                              db_ts(now)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
alerts_of_run(DbTx *tx, CellKey cell, const Alert *alerts, size_t count, Instant now, Arena *a, Err *err)
{
    static const char sql[] = "update ops.alert set resolved_at = $3 where game_date = $1 and processor = $2"
                              " and resolved_at is null and kind not in ('" ALERT_LETTER "', '" ALERT_CELL_OVERDUE "',"
                              " '" ALERT_CHECK_FAILED "') and fingerprint <> all ($4)";
    const char **said = arena_array(a, count + 1, sizeof *said);

    for (size_t i = 0; i < count; i++) {
        said[i] = alert_fingerprint(cell, alerts[i].kind, alerts[i].subject, a);
        if (!alert_raise(tx, cell, &alerts[i], now, a, err))
            return false;
    }
    {
        const DbParam params[] = {db_date(cell.date), db_text(processor_table[cell.processor].name), db_ts(now),
                                  db_texts(said, count)};

        return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

bool
measures_store(DbTx *tx, CellKey cell, const Measure *measures, size_t count, Arena *a, Err *err)
{
    static const char drop[] = "delete from ops.cell_measure where game_date = $1 and processor = $2";
    static const char put[] = "insert into ops.cell_measure (game_date, processor, name, value)"
                              " select $1, $2, n, v from unnest($3::text[], $4::float8[]) u(n, v)";
    const char **names = arena_array(a, count + 1, sizeof *names);
    double *values = arena_array(a, count + 1, sizeof *values);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (f64_is_null(measures[i].value))
            continue; /* there is none */
        names[n] = measures[i].name;
        values[n++] = measures[i].value;
    }
    {
        const DbParam params[] = {db_date(cell.date), db_text(processor_table[cell.processor].name), db_texts(names, n),
                                  db_f64s(values, n)};

        return db_exec(tx, drop, params, 2, NULL, err)
               && (n == 0 || db_exec(tx, put, params, ARRAY_LEN(params), NULL, err));
    }
}
