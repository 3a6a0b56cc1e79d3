/*
 * workers/predictions/request_store.h
 *    Requests in Postgres: one row a player and date, which ends exactly once a batch.
 */
#ifndef TIPOFF_WORKERS_REQUEST_STORE_H
#define TIPOFF_WORKERS_REQUEST_STORE_H

#include "libcore/io/db.h"
#include "workers/predictions/coordinator_core.h"

/* A player who is not asked for this time, and keeps what he has. */
#define REQUEST_KEPT "kept"

/* Texts are borrowed. */
typedef struct {
    GameDate game_date;
    const char *player_lookup;
    const char *game_id;
    int32_t version; /* from 1: how often the batch has asked for him */
    const char *batch_id;
    const char *run_mode;
    const char *status; /* requested, predicted, skipped, failed, expired */
    const char *reason;
    const char *outcome_hash; /* hex; NULL until predicted */
    int32_t systems;
    TextArray absent; /* "SYSTEM: REASON" of those that did not predict; NULL when closed: as the last outcome says */
} RequestRow;

/* Whether the predictions that the date's requests were answered with are still there. */
NODISCARD bool requests_stand(DbTx *tx, GameDate date, bool *stands, Err *err);

/* All of a date, by player. */
NODISCARD bool requests_load(DbTx *tx, GameDate date, Arena *a, RequestRow **out, size_t *count, Err *err);

/* Waits for those who are closing a request of the date, and keeps others from closing one. open: how many are
 * open then. */
NODISCARD bool requests_lock_date(DbTx *tx, GameDate date, size_t *open, Err *err);

/* Those of the dates whose requests stand otherwise than their outcomes tell, or are open. In place. */
NODISCARD bool requests_untold(DbTx *tx, GameDate *dates, size_t *count, Err *err);

/* A new batch. rows are all players of the date; of those who are kept only the name counts. Players who are not
 * among them lose their request, and the active predictions of whoever is neither asked for nor kept go out of use
 * with the reason, those of a game that is not on the schedule of its date any more with an invalidation_reason
 * (game_postponed where the same teams meet there later, else game_cancelled; player_inactive of who is out). What
 * was made live stands once its game has begun by now, marked. invalidated: of how many players. */
NODISCARD bool requests_replace(DbTx *tx, GameDate date, const RequestRow *rows, size_t count, Instant now, Arena *a,
                                size_t *invalidated, Err *err);

/* The date's open requests are asked for once more, or end. */
NODISCARD bool requests_ask_again(DbTx *tx, GameDate date, Err *err);
NODISCARD bool requests_expire(DbTx *tx, GameDate date, const char *reason, Instant now, Err *err);

/* Who is asked for: parallel columns. */
typedef struct {
    GameDate *dates;
    const char **batch_ids, **players;
    size_t count;
} RequestKeys;

RequestKeys request_keys_new(size_t cap, Arena *a);

/* Locks those of the keys' requests that are open, failed or expired (an answer that comes late is one), and gives
 * them sorted by date and player. */
NODISCARD bool requests_lock_open(DbTx *tx, const RequestKeys *keys, Arena *a, RequestKeys *open, Err *err);

/* How requests ended: date, player, status, reason, outcome_hash, systems and absent of each row count. */
NODISCARD bool requests_close(DbTx *tx, const RequestRow *rows, size_t count, Instant now, Arena *a, Err *err);

#endif
