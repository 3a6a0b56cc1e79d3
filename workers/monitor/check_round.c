/*
 * workers/monitor/check_round.c
 *    Checks of a date, when an event asks for them and when their time has come.
 */
#include "workers/monitor/check_round.h"
#include "libcore/runtime/checks.h"

/* A check is about the cell that it needs, and one about every cell about the date's last. */
static CellKey
cell_of(const Check *check, GameDate date)
{
    return (CellKey){date, check->has_need ? check->need : PROC_PUBLISH_RESULTS};
}

static bool
resolve_check(DbTx *tx, const Check *check, GameDate date, Instant now, Arena *a, Err *err)
{
    static const char sql[] = "update ops.alert set resolved_at = $2 where fingerprint = $1 and resolved_at is null";
    const DbParam params[] = {db_text(alert_fingerprint(cell_of(check, date), ALERT_CHECK_FAILED, check->name, a)),
                              db_ts(now)};

    return db_exec(tx, sql, params, 2, NULL, err);
}

static bool
tell_check(DbTx *tx, const Check *check, GameDate date, Instant now, Arena *a, Err *err)
{
    Alert alert = {ALERT_CHECK_FAILED, check->severity, check->name, NULL};
    CheckResult r;

    if (!check_run(tx, check, date, now, a, &r, err))
        return false;
    if (r.verdict == CHECK_NOTHING)
        return true;
    if (r.verdict != CHECK_FAILURE)
        return resolve_check(tx, check, date, now, a, err);
    alert.message = arena_printf(a, "%s: %.4g, and %.4g is the limit%s%s", check->says, r.value, r.fail,
                                 r.detail ? "; " : "", r.detail ? r.detail : "");
    return alert_raise(tx, cell_of(check, date), &alert, now, a, err);
}

static bool
note_round(DbTx *tx, GameDate date, Instant now, Err *err)
{
    static const char sql[] = "insert into ops.check_round values ($1, $2) on conflict (game_date) do update"
                              " set checked_at = excluded.checked_at";
    const DbParam params[] = {db_date(date), db_ts(now)};

    return db_exec(tx, sql, params, 2, NULL, err);
}

bool
check_date(DbTx *tx, const WorkerContext *ctx, GameDate date, Arena *a, Err *err)
{
    Check *checks;
    size_t count;

    if (!checks_load(ctx->checks_dir, a, &checks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tell_check(tx, &checks[i], date, ctx->now, a, err))
            return false;
    return note_round(tx, date, ctx->now, err);
}

/* Two processes that find the same date: the second waits for the first, and then takes none. */
static bool
take_date(DbTx *tx, const WorkerContext *ctx, GameDate *date, Err *err)
{
    static const char sql[]
        = "insert into ops.check_round as r (game_date, checked_at) select game_date, $1 from (select game_date,"
          " interval '5 minutes' as every from ops.cell where game_date between $2 and $3 and in_scope union"
          " select game_date, interval '1 hour' from ops.alert where kind = $4 and resolved_at is null"
          " and game_date >= $2 - 7 and game_date < $2) due left join ops.check_round last using (game_date)"
          " where last.checked_at is null or last.checked_at < $1 - every order by last.checked_at nulls first, "
          "game_date"
          " limit 1 on conflict (game_date) do update set checked_at = excluded.checked_at"
          " where r.checked_at < excluded.checked_at - interval '5 minutes' returning game_date";
    const DbParam params[] = {db_ts(ctx->now), db_date(date_add(ctx->today, -1)),
                              db_date(date_add(ctx->today, CURRENT_DATES - 2)), db_text(ALERT_CHECK_FAILED)};
    DbRows *rows;

    *date = GAME_DATE_NULL;
    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (db_row_count(rows) > 0)
        *date = db_get_date(rows, 0, 0);
    return true;
}

bool
check_round(DbTx *tx, const WorkerContext *ctx, Arena *a, bool *checked, Err *err)
{
    GameDate date;

    if (!take_date(tx, ctx, &date, err))
        return false;
    *checked = !date_is_null(date);
    return !*checked || check_date(tx, ctx, date, a, err);
}
