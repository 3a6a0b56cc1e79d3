/*
 * libcore/runtime/cell_run.h
 *    Run one cell under its lock: load, decide, write its rows, give it a version, announce it.
 */
#ifndef TIPOFF_RUNTIME_CELL_RUN_H
#define TIPOFF_RUNTIME_CELL_RUN_H

#include "libcore/runtime/cell_output.h"
#include "libcore/runtime/cell_store.h"
#include "libcore/runtime/gate.h"
#include "libcore/base/clock.h"
#include "libcore/runtime/outbox.h"
#include "libcore/runtime/run_stats.h"
#include "libcore/runtime/worker.h"

/* The events of a batch on their way to the outbox. */
typedef struct {
    OutboxEvent *items;
    size_t count, cap;
} EventList;

void event_list_add(EventList *l, OutboxEvent e, Arena *a);

/* What one batch knows. Borrowed. */
typedef struct {
    const WorkerContext *ctx;
    const char *run_id;
    const char *correlation_id;
    const Clock *clock;
    Arena *a;
    EventList *events;
    RunStats *stats;   /* NULL when nobody asks */
    Instant *next_due; /* the process's: made earlier by what a decision says */
} RunContext;

/* Adds what a decision or a handler has said to the batch's events, each on the lane of its date. */
void emit_outputs(const RunContext *rc, const OutputEvent *events, size_t count);

/* Live for today's date and later, backfill for every earlier one, whoever caused it. */
Lane lane_of_date(GameDate date, GameDate today);

/* SHA-256 over what the gate saw: equal inputs, equal hash. */
void gate_input_hash(const GateAnswer *answer, int32_t schedule_version, uint8_t out[SHA256_LEN]);

typedef enum {
    RUN_PARKED,    /* the cell waits for more, by its own decision */
    RUN_CONFIRMED, /* it ended as what it was: no new version */
    RUN_ANNOUNCED, /* it ended with a new version */
} RunResult;

/* The cell is locked, its gate open or failed. changed: what has changed upstream since the cell last
 * ended, NULL when that is not known. */
NODISCARD bool cell_run(DbTx *tx, const RunContext *rc, const CellSpec *spec, const LockedCell *cell,
                        const GateAnswer *gate, int32_t schedule_version, const ChangedKeys *changed, RunResult *result,
                        Err *err);

/* Announces the end of a cell: the cell's row, its changes and the completion event. A content hash
 * that stands already changes nothing downstream: no version, no event. end->version tells. */
NODISCARD bool cell_announce(DbTx *tx, const RunContext *rc, const CellState *before, CellEnd *end,
                             const CellChange *change, Err *err);

#endif
