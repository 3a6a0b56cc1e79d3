/*
 * libcore/runtime/sink_tests.c
 *    SQL of ops.sink_test.
 */
#include "libcore/runtime/sink_tests.h"
#include "libcore/base/log.h"

bool
sink_test_is_due(const SinkTest *last, int hour, Instant now)
{
    const GameDate today = instant_game_date(now);

    if (date_is_null(last->day) || date_before(last->day, today))
        return now.us >= date_eastern_instant(today, hour, 0).us;
    return last->failed && now.us >= last->due_at.us;
}

static bool
read_last(DbTx *tx, const AlertSink *sink, SinkTest *out, int32_t *attempts, Err *err)
{
    static const char sql[] = "select day, attempts, due_at, last_error is not null from ops.sink_test where sink = $1";
    const DbParam params[] = {db_text(sink->name)};
    DbRows *rows;

    *out = (SinkTest){.day = GAME_DATE_NULL};
    *attempts = 0;
    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return true;
    *out = (SinkTest){db_get_date(rows, 0, 0), db_get_bool(rows, 0, 3), db_get_ts(rows, 0, 2)};
    if (out->failed)
        *attempts = db_get_i32(rows, 0, 1);
    return true;
}

static bool
note_test(DbTx *tx, const AlertSink *sink, int32_t attempts, const char *error, Instant now, Err *err)
{
    static const char sql[]
        = "insert into ops.sink_test (sink, day, attempts, tried_at, due_at, last_error) values ($1, $2, $3, $4, $5, "
          "$6)"
          " on conflict (sink) do update set day = $2, attempts = $3, tried_at = $4, due_at = $5, last_error = $6";
    const Instant due = {now.us + (error ? alert_retry_us(attempts) : 0)};
    const DbParam params[] = {
        db_text(sink->name), db_date(instant_game_date(now)), db_i32(attempts), db_ts(now), db_ts(due), db_text(error)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

static bool
test_one(DbTx *tx, const AlertSink *sink, int32_t attempts, Instant now, Arena *a, Err *err)
{
    Err answer = {0};
    const char *error = alert_delivery_test(tx, sink, now, a, &answer) ? NULL : arena_strdup(a, answer.msg);
    const Alert alert = {ALERT_SINK_FAILED, ALERT_CRITICAL, sink->name,
                         arena_printf(a, "the daily test cannot be delivered: %s", error ? error : "")};

    if (error != NULL)
        log_line(LVL_WARN, "sink not reached", "sink=%s error=\"%s\"", sink->name, error);
    return note_test(tx, sink, attempts + 1, error, now, err)
           && (error == NULL || alert_raise_apart(tx, &alert, now, a, err));
}

/* Sinks that are no more are not tested, and those that were reached are mended. */
static bool
resolve(DbTx *tx, const AlertRoutes *routes, Instant now, Err *err)
{
    static const char gone[] = "delete from ops.sink_test where sink <> all ($1)";
    static const char over[]
        = "update ops.alert a set resolved_at = $1 where a.kind = '" ALERT_SINK_FAILED
          "' and a.resolved_at is null and not exists (select 1 from ops.sink_test t where t.sink = a.subject"
          " and t.last_error is not null)";
    const char *names[SINKS];

    for (size_t i = 0; i < routes->count; i++)
        names[i] = routes->sinks[i].name;
    {
        const DbParam sinks[] = {db_texts(names, routes->count)}, time[] = {db_ts(now)};

        return db_exec(tx, gone, sinks, 1, NULL, err) && db_exec(tx, over, time, 1, NULL, err);
    }
}

bool
sink_tests_round(DbTx *tx, const AlertRoutes *routes, int hour, Instant now, Arena *a, bool *tested, Err *err)
{
    DbRows *rows;

    *tested = false;
    if (!db_exec(tx, "select pg_try_advisory_xact_lock(7472, 3)", NULL, 0, &rows, err))
        return false;
    if (!db_get_bool(rows, 0, 0))
        return true;
    for (size_t i = 0; i < routes->count && !*tested; i++) {
        SinkTest last;
        int32_t attempts;

        if (!read_last(tx, &routes->sinks[i], &last, &attempts, err))
            return false;
        *tested = sink_test_is_due(&last, hour, now);
        if (*tested && !test_one(tx, &routes->sinks[i], attempts, now, a, err))
            return false;
    }
    return resolve(tx, routes, now, err);
}
