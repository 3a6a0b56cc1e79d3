/*
 * workers/predictions/batch_store.h
 *    Batches in Postgres: the newest of a date, what operators want of it, and what has become of it.
 *
 * Written under the lock of the date's predictions cell alone.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_BATCH_STORE_H
#define TIPOFF_WORKERS_PREDICTIONS_BATCH_STORE_H

#include "libcore/io/db.h"
#include "libcore/io/sha256.h"
#include "workers/predictions/batch_core.h"
#include "workers/predictions/coordinator_core.h"

/* The newest batch of a date. Texts are borrowed. */
typedef struct {
    GameDate date;
    const char *id; /* NULL: the date has none, or none any more */
    int32_t seq;    /* of the newest that the date has had; 0 before the first */
    Bytes input_hash;
    RunMode run_mode, gate_mode;
    const char *reason, *asked_by;
    BatchState state;
    int32_t expected, asked;
    SlateFigures figures;
    Instant started, redriven; /* redriven: NULL until then */
    Instant progress;          /* of its requests, too */
    size_t open;               /* requests of the date */
} Batch;

NODISCARD bool batch_load(DbTx *tx, GameDate date, Arena *a, Batch *out, Err *err);

/* A new batch takes the place of the date's newest, which is replaced if it was open. progress and open
 * are nobody's columns. */
NODISCARD bool batch_begin(DbTx *tx, const Batch *b, Err *err);
/* As the table of moves has it; b is the batch before the move. */
NODISCARD bool batch_apply(DbTx *tx, const Batch *b, const BatchMove *move, Instant now, Err *err);
/* What it was asked from has changed, and nobody whom that concerns. */
NODISCARD bool batch_adopt(DbTx *tx, const Batch *b, Bytes input_hash, Err *err);
/* The date has no batch any more. */
NODISCARD bool batch_void(DbTx *tx, const Batch *b, Instant now, Err *err);

/* A line of the audit. by and reason may be NULL: the pipeline itself, and none. */
typedef struct {
    GameDate date;
    const char *batch_id, *event;
    BatchState state;
    size_t players;
    const char *by, *reason;
} BatchNote;
NODISCARD bool batch_note(DbTx *tx, const BatchNote *n, Instant now, Err *err);

typedef enum { ORDER_NONE, ORDER_PREDICT, ORDER_SWEEP, ORDER_RESET } OrderAction;

typedef struct {
    int64_t id;
    OrderAction action;
    RunMode mode; /* of ORDER_PREDICT */
    const char *reason, *by;
    bool has_next; /* another one waits behind it */
} BatchOrder;

/* The oldest that has not been taken; ORDER_NONE when there is none. */
NODISCARD bool batch_order_next(DbTx *tx, GameDate date, Arena *a, BatchOrder *out, Err *err);
NODISCARD bool batch_order_take(DbTx *tx, const BatchOrder *o, Instant now, Err *err);

#endif
