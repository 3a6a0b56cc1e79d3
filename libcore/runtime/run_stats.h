/*
 * libcore/runtime/run_stats.h
 *    What a batch has done, for metrics and the log: told only once it is committed.
 */
#ifndef TIPOFF_RUNTIME_RUN_STATS_H
#define TIPOFF_RUNTIME_RUN_STATS_H

#include "libcore/runtime/cell_store.h"
#include "libcore/runtime/gate.h"

typedef struct {
    size_t rows;              /* that stand in the tables of the cells that ended */
    size_t waits[GATE_WAITS]; /* cells that parked, by kind */
    CellEnd *ended;           /* texts as borrowed as theirs */
    size_t ended_count, ended_cap;
} RunStats;

void run_stats_add_end(RunStats *s, const CellEnd *end, Arena *a);
/* A line for each cell that ended. */
void run_stats_log(const RunStats *s);

#endif
