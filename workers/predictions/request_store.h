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
    GameDate game_date;
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

/* How a date's batch stands. */
typedef struct {
    const char *batch_id; /* NULL: nobody has been asked for */
    size_t count, open;
    int32_t max_version;
} BatchState;

NODISCARD bool requests_state(DbTx *tx, GameDate date, Arena *a, BatchState *out, Err *err);

/* Whether the predictions that the date's requests were answered with are still there. */
NODISCARD bool requests_stand(DbTx *tx, GameDate date, bool *stands, Err *err);

/* All of a date, by player. */
NODISCARD bool requests_load(DbTx *tx, GameDate date, Arena *a, RequestRow **out, size_t *count, Err *err);

/* Those of the dates whose requests stand otherwise than their outcomes tell, or are open. In place. */
NODISCARD bool requests_untold(DbTx *tx, GameDate *dates, size_t *count, Err *err);

/* A new batch replaces what the date had: players that are not in it any more lose their request, and
 * the active predictions of those who are not asked for retire, unless they were made live and their
 * game has begun by now: those stay as they are, marked. */
NODISCARD bool requests_replace(DbTx *tx, GameDate date, const RequestRow *rows, size_t count, Instant now, Arena *a,
                                Err *err);

/* Who is asked for: parallel columns. */
typedef struct {
    GameDate *dates;
    const char **batch_ids, **players;
    size_t count;
} RequestKeys;

RequestKeys request_keys_new(size_t cap, Arena *a);

/* Locks those of the keys' requests that are open or failed, and gives them sorted by date and player. */
NODISCARD bool requests_lock_open(DbTx *tx, const RequestKeys *keys, Arena *a, RequestKeys *open, Err *err);

/* How requests ended: date, player, status, reason, outcome_hash and systems of each row count. */
NODISCARD bool requests_close(DbTx *tx, const RequestRow *rows, size_t count, Arena *a, Err *err);

#endif
