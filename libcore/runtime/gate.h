/*
 * libcore/runtime/gate.h
 *    May this cell run? A pure function from the states of the cells that it needs.
 *
 * No clock of its own, no counter, no memory: whatever the order in which completions arrive, the same
 * states give the same answer. A gate of a past date never expires; it waits until every feed is exhausted,
 * and no age binds it.
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
    WAIT_FOR_ROWS,         /* a short one that does */
    WAIT_FOR_RERUN,        /* one that is about to be made again; see rerun.h */
} GateWait;
enum { GATE_WAITS = 5 };

const char *gate_wait_name(GateWait w);

/* An operator's word that a cell is to run without what holds it. Borrowed. */
typedef struct {
    GameDate date;
    ProcessorId processor;
    const char *by, *reason;
    Instant expires;
} GateOverride;

/* What a gate knows beside the cells. */
typedef struct {
    Instant now;                  /* by the Clock */
    GameDate today;               /* Eastern */
    const GateOverride *override; /* one that is in force for this very cell, or NULL */
} GateAsk;

/* A same-date need that is older than the cell's declaration allows. */
typedef struct {
    ProcessorId processor;
    double hours, max_hours;
} AgedNeed;

typedef struct {
    GateVerdict verdict;
    GateWait wait;          /* of GATE_WAIT */
    const char *reason;     /* NULL when open */
    const char *degraded;   /* what an open gate lacks; NULL when nothing */
    bool is_overridden;     /* it would not be open without the override */
    const CellState *needs; /* every cell that the gate looked at, by (processor, date) */
    size_t need_count;
    const AgedNeed *aged; /* of an open gate */
    size_t aged_count;
} GateAnswer;

typedef struct GateBoard GateBoard;

/* Copies and indexes states; several seasons may be on one board. A processor whose feed is not among
 * feeds is needed by nobody. Lives in a. */
const GateBoard *gate_board(const CellState *states, size_t count, const FeedSet *feeds, Arena *a);
const CellState *gate_board_cell(const GateBoard *b, ProcessorId processor, GameDate date);

/* The rows below which a cell is short for this need: its declared minimum, or 90 % of what the cell
 * itself expected if that is less. 0 when it cannot be short. */
int32_t gate_min_rows(const Need *need, const CellState *s);

/* Needs of the same date hold the cell while they are open, or, if they are hard, failed or short; those
 * of earlier dates while they are open. A soft need that failed or is short, a hole in the past and a need
 * that is too old are named in degraded. An override opens a gate that needs of the same date hold.
 * The answer and its strings live in a. */
GateAnswer gate_check(const ProcessorSpec *spec, GameDate date, const GateBoard *board, const GateAsk *ask, Arena *a);

#endif
