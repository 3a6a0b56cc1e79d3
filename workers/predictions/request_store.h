/*
 * workers/predictions/request_store.h
 *    Requests in Postgres: one row a player and date, which ends exactly once a batch.
 */
#ifndef TIPOFF_WORKERS_REQUEST_STORE_H
#define TIPOFF_WORKERS_REQUEST_STORE_H

#include "libcore/io/db.h"
#include "workers/predictions/coordinator_core.h"

/* Texts are borrowed. */
typedef struct {
    const char *player_lookup;
    const char *game_id;
    int32_t version;
    const char *batch_id;
    const char *run_mode;
    const char *status; /* requested, predicted, skipped, failed */
    const char *reason;
    const char *outcome_hash; /* hex; NULL until predicted */
    int32_t systems;
} RequestRow;

/* All of a date, by player. */
NODISCARD bool requests_load(DbTx *tx, GameDate date, Arena *a, RequestRow **out, size_t *count, Err *err);

/* A new batch replaces what the date had: players that are not in it any more lose their request, and
 * the active predictions of those who are not asked for retire, unless they were made live and their
 * game has begun by now: those stay as they are, marked. */
NODISCARD bool requests_replace(DbTx *tx, GameDate date, const RequestRow *rows, size_t count, Instant now, Arena *a,
                                Err *err);

/* Locks the open or failed requests of a batch for these players; *open holds their lookups, sorted. */
NODISCARD bool requests_lock_open(DbTx *tx, GameDate date, const char *batch_id, const char *const *players,
                                  size_t count, Arena *a, const char ***open, size_t *open_count, Err *err);

/* How requests ended: status, reason, outcome_hash and systems of each row count. */
NODISCARD bool requests_close(DbTx *tx, GameDate date, const RequestRow *rows, size_t count, Arena *a, Err *err);

#endif
