/*
 * libcore/runtime/gate.h
 *    May this cell run? A pure function from the states of the cells that it needs.
 *
 * No clock, no counter, no memory: whatever the order in which completions arrive, the same states
 * give the same answer. A gate of a past date never expires; it waits until every feed is exhausted.
 */
#ifndef TIPOFF_RUNTIME_GATE_H
#define TIPOFF_RUNTIME_GATE_H

#include "libcore/base/arena.h"
#include "libcore/runtime/cell.h"

typedef enum {
    GATE_OPEN,
    GATE_WAIT,   /* reason names the first thing that is missing */
    GATE_FAILED, /* a post_game cell whose hard need failed: terminal, so that later dates go on */
} GateVerdict;

typedef struct {
    GateVerdict verdict;
    const char *reason;     /* NULL when open */
    const char *degraded;   /* what an open gate lacks; NULL when nothing */
    const CellState *needs; /* every cell that the gate looked at, by (processor, date) */
    size_t need_count;
} GateAnswer;

typedef struct GateBoard GateBoard;

/* Copies and indexes states; several seasons may be on one board. Lives in a. */
const GateBoard *gate_board(const CellState *states, size_t count, Arena *a);
const CellState *gate_board_cell(const GateBoard *b, ProcessorId processor, GameDate date);

/* The answer and its strings live in a. */
GateAnswer gate_check(const ProcessorSpec *spec, GameDate date, const GateBoard *board, Arena *a);

#endif
