/*
 * libcore/runtime/heartbeat.c
 *    SQL of ops.worker_process.beat_at, and how long a silence may last.
 */
#include "libcore/runtime/heartbeat.h"
#include "libcore/base/log.h"
#include "libcore/runtime/alerts.h"

static const int64_t SECOND_US = 1000000;

const char *
process_life_name(ProcessLife life)
{
    static const char *const names[] = {"lives", "late", "dead"};

    return names[life];
}

ProcessLife
process_life(double silent_s)
{
    return silent_s >= HEARTBEAT_DEAD_S ? PROCESS_DEAD : silent_s >= HEARTBEAT_LATE_S ? PROCESS_LATE : PROCESS_LIVES;
}

static bool
in_transaction(Db *db, const char *sql, const DbParam *params, size_t count, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(db, &tx, err) && db_exec(tx, sql, params, count, NULL, err) && db_commit(&tx, err);

    db_rollback(&tx);
    return ok;
}

#define INSERT_PROCESS                                                                                                 \
    "insert into ops.worker_process (owner, worker, build, config_hash) values ($1, $2, $3, $4) on conflict (owner) "  \
    "do"

#define PARAMS_OF(who)                                                                                                 \
    {                                                                                                                  \
        db_text((who)->owner), db_text((who)->worker), db_text((who)->build), db_text((who)->config_hash)              \
    }

bool
heartbeat_begin(Db *db, const ProcessName *who, Err *err)
{
    static const char gone[] = "delete from ops.worker_process p where p.worker = $1 and not exists (select 1"
                               " from pg_stat_activity a where a.application_name = p.owner)";
    static const char sql[] = INSERT_PROCESS
        " update set worker = $2, build = $3, config_hash = $4, started_at = now(),"
        " beat_at = clock_timestamp()";
    const DbParam whose[] = {db_text(who->worker)}, params[] = PARAMS_OF(who);
    DbTx *tx = NULL;
    bool ok = db_begin(db, &tx, err) && db_exec(tx, gone, whose, 1, NULL, err)
              && db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err) && db_commit(&tx, err);

    db_rollback(&tx);
    return ok;
}

/* The row may have gone: another process of the worker began while this one had no connection. */
bool
heartbeat_tick(Heartbeat *h, Db *db, const ProcessName *who, int64_t now_us, Err *err)
{
    static const char sql[] = INSERT_PROCESS " update set beat_at = clock_timestamp()";
    const DbParam params[] = PARAMS_OF(who);

    if (now_us < h->next_us)
        return true;
    h->next_us = now_us + HEARTBEAT_EVERY_S * SECOND_US;
    return in_transaction(db, sql, params, ARRAY_LEN(params), err);
}

bool
heartbeat_end(Db *db, const char *owner, Err *err)
{
    const DbParam params[] = {db_text(owner)};

    return in_transaction(db, "delete from ops.worker_process where owner = $1", params, 1, err);
}

/* ---- what the monitor says ---- */

/* A process whose connection is gone, and whose work another one of the worker does, is nobody's concern. */
static bool
forget_replaced(DbTx *tx, Err *err)
{
    static const char sql[]
        = "delete from ops.worker_process p where p.beat_at < clock_timestamp() - make_interval(secs => $1)"
          " and not exists (select 1 from pg_stat_activity s where s.application_name = p.owner) and exists (select 1"
          " from ops.worker_process o where o.worker = p.worker and o.beat_at >= clock_timestamp() -"
          " make_interval(secs => $1))";
    const DbParam params[] = {db_f64(HEARTBEAT_DEAD_S)};

    return db_exec(tx, sql, params, 1, NULL, err);
}

/* What it has locked is free then, and what it had not committed is gone. Another role's session is its own. */
static bool
end_session(DbTx *tx, const char *owner, Err *err)
{
    static const char sql[]
        = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1"
          " and datname = current_database() and usename = current_user and pid <> pg_backend_pid()";
    const DbParam params[] = {db_text(owner)};

    return db_exec(tx, sql, params, 1, NULL, err);
}

static bool
raise_dead(DbTx *tx, Instant now, Arena *a, Err *err)
{
    static const char sql[]
        = "select p.owner, p.worker, to_char(p.beat_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), extract(epoch from"
          " clock_timestamp() - p.beat_at)::float8, (select count(*) from ops.consumer_offset o where o.owner = "
          "p.owner)"
          " from ops.worker_process p where not exists (select 1 from ops.alert a where a.kind = '" ALERT_PROCESS_DEAD
          "' and a.subject = p.owner and a.resolved_at is null) order by 1";
    DbRows *rows;

    if (!db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const char *owner = db_get_text(rows, r, 0);
        const Alert alert = {ALERT_PROCESS_DEAD, ALERT_CRITICAL, owner,
                             arena_printf(a,
                                          "a process of %s has said nothing since %s UTC and owns %lld partitions; its"
                                          " session with the database is ended, and what it does later is fenced",
                                          db_get_text(rows, r, 1), db_get_text(rows, r, 2),
                                          (long long)db_get_i64(rows, r, 4))};

        if (process_life(db_get_f64(rows, r, 3)) != PROCESS_DEAD)
            continue;
        log_line(LVL_WARN, "process dead", "owner=%s", owner);
        if (!alert_raise_apart(tx, &alert, now, a, err) || !end_session(tx, owner, err))
            return false;
    }
    return true;
}

bool
heartbeats_tell(DbTx *tx, Instant now, Arena *a, Err *err)
{
    static const char over[]
        = "update ops.alert a set resolved_at = $1 where a.kind = '" ALERT_PROCESS_DEAD
          "' and a.resolved_at is null and not exists (select 1 from ops.worker_process p where p.owner = a.subject"
          " and p.beat_at < clock_timestamp() - make_interval(secs => $2))";
    const DbParam params[] = {db_ts(now), db_f64(HEARTBEAT_DEAD_S)};

    return forget_replaced(tx, err) && raise_dead(tx, now, a, err) && db_exec(tx, over, params, 2, NULL, err);
}
