/*
 * workers/predictions/breaker_store.c
 *    SQL of predictions.circuit_breaker.
 */
#include "workers/predictions/breaker_store.h"
#include "libcore/base/log.h"

#define STATE_COLUMNS "state, failures, successes, opened_at, last_failure_at"

/* From the column on. An unknown state is none of ours. */
static bool
read_breaker(const DbRows *rows, size_t r, int column, Breaker *out, Err *err)
{
    *out = (Breaker){
        .failures = db_get_i32(rows, r, column + 1),
        .successes = db_get_i32(rows, r, column + 2),
        .opened_at = db_get_ts(rows, r, column + 3),
        .last_failure_at = db_get_ts(rows, r, column + 4),
    };
    return breaker_state_parse(db_get_text(rows, r, column), &out->state)
           || ERR_FAIL(err, ERR_FATAL, "a circuit breaker is %s", db_get_text(rows, r, column));
}

bool
breakers_load(DbTx *tx, size_t most, Instant now, Arena *a, Breakers *out, Err *err)
{
    static const char sql[] = "select system_id, " STATE_COLUMNS " from predictions.circuit_breaker";
    DbRows *rows;

    *out = (Breakers){.now = now};
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        out->systems[i] = (SystemBreaker){.breaker = breaker_new(), .failed = arena_array(a, most + 1, sizeof(bool))};
    if (!db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const PredictionSystem *system = prediction_system_by_id(db_get_text(rows, r, 0));

        SystemBreaker *s;

        if (system == NULL)
            continue;
        s = &out->systems[system - prediction_systems];
        if (!read_breaker(rows, r, 1, &s->breaker, err))
            return false;
        s->was_noted = !breaker_is_at_rest(&s->breaker);
    }
    return true;
}

void
breakers_hold(Breakers *b, const char *held[PREDICTION_SYSTEM_COUNT])
{
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        held[i] = breaker_allows(&b->systems[i].breaker, b->now) ? NULL : "circuit_breaker_open";
}

void
breakers_note(Breakers *b, const SystemOutput outputs[PREDICTION_SYSTEM_COUNT], const char *player, Arena *a)
{
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++) {
        SystemBreaker *s = &b->systems[i];
        const bool is_failure = outputs[i].is_failure;

        if (!is_failure && outputs[i].absent != NULL)
            continue;
        breaker_note(&s->breaker, is_failure, b->now);
        s->failed[s->tries++] = is_failure;
        s->has_failed |= is_failure;
        if (is_failure)
            s->reason = arena_printf(a, "%s for %s", outputs[i].absent, player);
    }
}

static void
tell(const char *system, BreakerState before, const Breaker *b)
{
    if (b->state != before)
        log_line(b->state == BREAKER_OPEN ? LVL_ERROR : LVL_INFO, "circuit breaker", "system=%s state=%s was=%s",
                 system, breaker_state_name(b->state), breaker_state_name(before));
}

/* Other processes may have been there: the row is locked and the tries are noted on it as it is. */
static bool
save_one(DbTx *tx, const char *system, const SystemBreaker *s, Instant now, Err *err)
{
    static const char make[] = "insert into predictions.circuit_breaker (system_id, state, failures, successes,"
                               " changed_at) values ($1, 'closed', 0, 0, $2) on conflict do nothing";
    static const char lock[] = "select " STATE_COLUMNS
                               " from predictions.circuit_breaker where system_id = $1 for update";
    static const char write[] = "update predictions.circuit_breaker set state = $2, failures = $3, successes = $4,"
                                " opened_at = $5, last_failure_at = $6, last_failure = coalesce($7, last_failure),"
                                " changed_at = $8 where system_id = $1";
    const DbParam key[] = {db_text(system), db_ts(now)};
    DbRows *rows;
    Breaker b;
    BreakerState before;

    if (!db_exec(tx, make, key, 2, NULL, err) || !db_exec(tx, lock, key, 1, &rows, err)
        || !read_breaker(rows, 0, 0, &b, err))
        return false;
    before = b.state;
    (void)breaker_allows(&b, now);
    for (size_t i = 0; i < s->tries; i++)
        breaker_note(&b, s->failed[i], now);
    tell(system, before, &b);
    const DbParam params[] = {db_text(system),    db_text(breaker_state_name(b.state)),
                              db_i32(b.failures), db_i32(b.successes),
                              db_ts(b.opened_at), db_ts(b.last_failure_at),
                              db_text(s->reason), db_ts(now)};

    return db_exec(tx, write, params, ARRAY_LEN(params), NULL, err);
}

bool
breakers_save(DbTx *tx, const Breakers *b, Err *err)
{
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++) {
        const SystemBreaker *s = &b->systems[i];

        if (s->tries > 0 && (s->has_failed || s->was_noted) && !save_one(tx, prediction_systems[i].id, s, b->now, err))
            return false;
    }
    return true;
}

bool
breaker_reset(DbTx *tx, const char *system_id, const char *by, const char *reason, Instant now, bool *was_there,
              Err *err)
{
    static const char sql[]
        = "with b as (update predictions.circuit_breaker set state = 'closed', failures = 0, successes = 0,"
          " changed_at = $4 where system_id = $1 returning system_id) insert into predictions.circuit_breaker_reset"
          " (at, by, system_id, reason) select $4, $2, system_id, $3 from b";
    const DbParam params[] = {db_text(system_id), db_text(by), db_text(reason), db_ts(now)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *was_there = db_affected(rows) > 0;
    return true;
}
