/*
 * libcore/runtime/sweeper.c
 *    The sweep itself is in outbox.c; here is who does it and when.
 */
#include "libcore/runtime/sweeper.h"
#include "libcore/base/log.h"
#include "libcore/runtime/pipeline.h"

static const int64_t SWEEP_EVERY_US = 1000000;
static const int64_t PURGE_EVERY_US = 60000000;
static const int64_t HEALTH_EVERY_US = 5000000;
static const int64_t ROTATE_EVERY_US = INT64_C(3600000000);

/* The lock is the session's: it goes with the connection of the process that dies. */
static bool
take_lock(Sweeper *s, DbTx *tx, Err *err)
{
    DbRows *rows;

    if (s->holds_lock)
        return true;
    if (!db_exec(tx, "select pg_try_advisory_lock(7472, 1)", NULL, 0, &rows, err))
        return false;
    s->holds_lock = db_get_bool(rows, 0, 0);
    return true;
}

/* Twice the longest retention of a topic, since letters are retried late. */
static bool
rotate_inbox(DbTx *tx, int64_t now_us, Sweeper *s, Err *err)
{
    int32_t days = 0;

    if (now_us < s->next_rotation_us)
        return true;
    s->next_rotation_us = now_us + ROTATE_EVERY_US;
    for (size_t t = 0; t < TOPIC_COUNT; t++)
        if (topic_table[t].retention_days > days)
            days = topic_table[t].retention_days;
    {
        const DbParam params[] = {db_i32(2 * days)};

        return db_exec(tx, "select ops.rotate_inbox(current_date, $1)", params, 1, NULL, err);
    }
}

static bool
read_health(Sweeper *s, DbTx *tx, const Clock *clock, int64_t now_us, Err *err)
{
    if (now_us < s->next_health_us)
        return true;
    s->next_health_us = now_us + HEALTH_EVERY_US;
    s->has_health = health_read(tx, clock_now(clock), clock_today(clock), &s->health, err);
    return s->has_health;
}

static bool
sweep(Sweeper *s, DbTx *tx, Outbox *ob, BusProducer *p, int64_t now_us, Arena *a, Err *err)
{
    size_t swept, purged = 0;

    if (!outbox_sweep(ob, tx, p, a, &swept, err))
        return false;
    if (now_us >= s->next_purge_us) {
        s->next_purge_us = now_us + PURGE_EVERY_US;
        if (!outbox_purge(tx, a, &purged, err) || !rotate_inbox(tx, now_us, s, err))
            return false;
    }
    if (swept > 0)
        log_line(LVL_INFO, "outbox swept", "events=%zu", swept);
    if (purged > 0)
        log_line(LVL_INFO, "outbox purged", "events=%zu", purged);
    return true;
}

bool
sweeper_tick(Sweeper *s, Db *db, Outbox *ob, BusProducer *p, const Clock *clock, int64_t now_us, Err *err)
{
    DbTx *tx = NULL;
    Arena *a;
    bool ok;

    if (now_us < s->next_sweep_us)
        return true;
    s->next_sweep_us = now_us + SWEEP_EVERY_US;
    a = arena_new(0);
    ok = db_begin(db, &tx, err) && take_lock(s, tx, err)
         && (!s->holds_lock || (sweep(s, tx, ob, p, now_us, a, err) && read_health(s, tx, clock, now_us, err)))
         && db_commit(&tx, err);
    db_rollback(&tx);
    arena_free(a);
    return ok;
}
