/*
 * ops/cli/backfill_run.h
 *    Run a backfill that is on record to its end, or until it is stopped.
 */
#ifndef TIPOFF_OPS_BACKFILL_RUN_H
#define TIPOFF_OPS_BACKFILL_RUN_H

#include "libcore/runtime/backfill_store.h"
#include "ops/cli/cli.h"

typedef struct {
    int64_t id;
    double rate;      /* cells asked for a second; 0: as fast as they end */
    size_t in_flight; /* most cells that are asked for and have not ended */
} BackfillJob;

typedef struct {
    BackfillState state;
    double seconds;
    bool is_stopped; /* by a signal; another run of it goes on */
} BackfillRun;

/* Asks for cells in their order and keeps in_flight of them under way. It wakes when one ends, says on stderr
 * how far it is, and records the end. Cells whose gates are still shut when nothing moves any more stay held.
 * ERR_POISON when another process runs it. */
NODISCARD bool backfill_run(Cli *cli, const BackfillJob *job, Arena *a, BackfillRun *out, Err *err);

#endif
