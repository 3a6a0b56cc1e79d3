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
#include "libcore/runtime/subscription.h"

typedef enum {
    GATE_OPEN,
    GATE_WAIT,   /* reason names the first thing that is missing */
    GATE_FAILED, /* a post_game cell whose hard need failed: terminal, so that later dates go on */
} GateVerdict;

/* Why a gate waits, in kinds: the reason's text has dates in it. */
typedef enum {
    WAIT_FOR_SAME_DATE,    /* a cell of the date that has not ended */
    WAIT_FOR_EARLIER_DATE, /* one of an earlier date */
    WAIT_FOR_FAILED,       /* a failed cell that holds this one */
} GateWait;
enum { GATE_WAITS = 3 };

const char *gate_wait_name(GateWait w);

typedef struct {
    GateVerdict verdict;
    GateWait wait;          /* of GATE_WAIT */
    const char *reason;     /* NULL when open */
    const char *degraded;   /* what an open gate lacks; NULL when nothing */
    const CellState *needs; /* every cell that the gate looked at, by (processor, date) */
    size_t need_count;
} GateAnswer;

typedef struct GateBoard GateBoard;

/* Copies and indexes states; several seasons may be on one board. A processor whose feed is not among
 * feeds is needed by nobody. Lives in a. */
const GateBoard *gate_board(const CellState *states, size_t count, const FeedSet *feeds, Arena *a);
const CellState *gate_board_cell(const GateBoard *b, ProcessorId processor, GameDate date);

/* The answer and its strings live in a. */
GateAnswer gate_check(const ProcessorSpec *spec, GameDate date, const GateBoard *board, Arena *a);

#endif
