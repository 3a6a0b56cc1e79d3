/*
 * libcore/runtime/backfill_store.h
 *    Backfills in Postgres: the grid as a plan sees it, the cells of each backfill, and their requests.
 *
 * A request marks its cell stale and forgets what it has read, so that its worker makes it whole, and sends
 * cell.request on the lane of its date; both in one transaction. A trigger of ops.cell ends the request when
 * the cell ends, so that whoever runs the backfill may die at any point, and another goes on.
 */
#ifndef TIPOFF_RUNTIME_BACKFILL_STORE_H
#define TIPOFF_RUNTIME_BACKFILL_STORE_H

#include "libcore/runtime/backfill_plan.h"
#include "libcore/runtime/cell_run.h"

/* Said when a cell of a backfill has ended, or a backfill was cancelled. */
#define BACKFILL_CHANNEL "tipoff_backfill"

/* The cells that there should be in every season of the asked span, and what the processors have taken on
 * average, NaN where nothing is on record. specs: by processor, NULL where no worker makes it; rows are counted
 * for what is asked for. */
NODISCARD bool backfill_grid_load(DbTx *tx, const BackfillAsk *ask, const CellSpec *const specs[PROC_COUNT], Arena *a,
                                  GridCell **out, size_t *count, double run_s[PROC_COUNT], Err *err);

/* The running backfill that was asked for in these words; 0 when there is none. */
NODISCARD bool backfill_find(DbTx *tx, const char *asked, int64_t *id, Err *err);
/* Records the plan, and lays the cells that the grid has lost. */
NODISCARD bool backfill_create(DbTx *tx, const BackfillPlan *plan, const BackfillAsk *ask, const char *asked,
                               const char *by, const char *reason, Arena *a, int64_t *id, Err *err);

/* How far one is. held: their gates are shut; they are among those that have not ended. */
typedef struct {
    int64_t total, planned, requested, held, done, failed, cancelled;
    const char *status; /* in the arena */
} BackfillState;
/* ERR_POISON when there is no such backfill. */
NODISCARD bool backfill_state(DbTx *tx, int64_t id, Arena *a, BackfillState *out, Err *err);

/* One process runs a backfill: false in *held when another one does. Lasts as long as the connection. */
NODISCARD bool backfill_take(DbTx *tx, int64_t id, bool *held, Err *err);

/* Makes a lost cell that no worker makes, or says that it cannot. */
typedef bool (*BackfillRestore)(DbTx *tx, const RunContext *rc, CellKey key, bool *restored, Err *err);

/* Asks for the next cells, at most max; their events are in rc->events. *count: how many were dealt with. */
NODISCARD bool backfill_request(DbTx *tx, int64_t id, size_t max, BackfillRestore restore, const RunContext *rc,
                                size_t *count, Err *err);

/* Requests that their worker has read, and whose cells have not ended: those are held. */
NODISCARD bool backfill_note_held(DbTx *tx, int64_t id, Err *err);

/* Nothing more is asked for: done, or cancelled when that is why. Cells that are asked for go on. */
NODISCARD bool backfill_end(DbTx *tx, int64_t id, bool is_cancelled, Err *err);

/* A worker process that runs another build. */
typedef struct {
    const char *owner, *build;
} OtherBuild;
NODISCARD bool other_builds_load(DbTx *tx, const char *build, Arena *a, OtherBuild **out, size_t *count, Err *err);

#endif
