/*
 * workers/predictions/breaker_store.h
 *    The circuit breakers of all systems in Postgres, and what a transaction's tries do to them.
 *
 * Decisions within a transaction follow the states as they were at its start and its own tries. What is
 * written is those tries once more, on the rows as they are by then.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_BREAKER_STORE_H
#define TIPOFF_WORKERS_PREDICTIONS_BREAKER_STORE_H

#include "libcore/io/db.h"
#include "workers/predictions/breaker_core.h"
#include "workers/predictions/systems.h"

typedef struct {
    Breaker breaker;
    bool *failed; /* each try's outcome in its order */
    size_t tries;
    bool has_failed;    /* one of them */
    bool was_noted;     /* not at rest when it was loaded: successes count */
    const char *reason; /* of the last failure */
} SystemBreaker;

typedef struct {
    SystemBreaker systems[PREDICTION_SYSTEM_COUNT];
    Instant now;
} Breakers;

/* most: tries of any system that may be noted. In a. */
NODISCARD bool breakers_load(DbTx *tx, size_t most, Instant now, Arena *a, Breakers *out, Err *err);
/* By system: "circuit_breaker_open", or NULL where it may be tried. */
void breakers_hold(Breakers *b, const char *held[PREDICTION_SYSTEM_COUNT]);
/* What the systems said of one player; who is absent was not tried. player: named as the failure's place. */
void breakers_note(Breakers *b, const SystemOutput outputs[PREDICTION_SYSTEM_COUNT], const char *player, Arena *a);
/* Writes what has changed, which is nothing as long as nothing fails. */
NODISCARD bool breakers_save(DbTx *tx, const Breakers *b, Err *err);

/* Closes a breaker by hand; false in *was_there when it has no row. */
NODISCARD bool breaker_reset(DbTx *tx, const char *system_id, const char *by, const char *reason, Instant now,
                             bool *was_there, Err *err);

#endif
