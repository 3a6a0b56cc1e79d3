/*
 * libcore/runtime/backfill_plan.h
 *    Which cells of a span of dates are to be made again, why each of them, and what reads them.
 *
 * Pure: from the grid as it stands to a plan. Nothing here opens a cell; see backfill_store.h.
 */
#ifndef TIPOFF_RUNTIME_BACKFILL_PLAN_H
#define TIPOFF_RUNTIME_BACKFILL_PLAN_H

#include "libcore/base/arena.h"
#include "libcore/runtime/cell_store.h"

typedef enum {
    WHY_NO_CELL,   /* the schedule has the date, the grid lacks the cell */
    WHY_NOT_MADE,  /* it should have ended by now and has not */
    WHY_ROWS_GONE, /* it has ended with rows, and as many do not stand there */
    WHY_FAILED,
    WHY_STALE, /* what it was made from has gone on */
    WHY_ASKED, /* nothing is wrong with it */
    BACKFILL_WHYS,
} BackfillWhy;

const char *backfill_why_name(BackfillWhy why); /* "no cell", "not made", "rows gone", "failed", "stale", "asked" */

/* Sets of reasons, as people ask for them. */
enum {
    ONLY_MISSING = 1 << WHY_NO_CELL | 1 << WHY_NOT_MADE | 1 << WHY_ROWS_GONE,
    ONLY_FAILED = 1 << WHY_FAILED,
    ONLY_STALE = 1 << WHY_STALE,
    ONLY_ALL = (1 << BACKFILL_WHYS) - 1,
    ONLY_BROKEN = ONLY_MISSING | ONLY_FAILED | ONLY_STALE, /* unless something else is asked for */
};

/* "missing,failed", words of missing, failed, stale, all, separated by commas. False: *bad is the first
 * word that is none of them, of *bad_len bytes. */
NODISCARD bool backfill_only_parse(const char *text, unsigned *out, const char **bad, size_t *bad_len);

/* A cell that there should be. */
typedef struct {
    ReadCell read;    /* of one that the grid lacks only date and processor are set */
    bool exists;      /* in the grid */
    Instant deadline; /* NULL when the cell has none */
    int64_t rows;     /* that stand in its table; NULL_I64 when nobody has counted */
} GridCell;

typedef struct {
    GameDate from, to;           /* both are in it */
    bool processors[PROC_COUNT]; /* which of them are asked for */
    unsigned only;               /* of 1 << BackfillWhy */
    GameDate today;              /* Eastern, by the Clock */
    Instant now;
} BackfillAsk;

typedef struct {
    CellKey key;
    BackfillWhy why;
    int64_t rows;        /* that stand there; NULL_I64 when nobody has counted */
    int32_t written;     /* that the cell says it has; NULL_I32 when it has none to say */
    const char *reason;  /* the cell's own, of a failed or stale one; borrowed, may be NULL */
    bool is_by_operator; /* no worker can make it: its feed must be collected again */
} PlannedCell;

typedef struct {
    PlannedCell *cells; /* by (date, processor), in which everything comes after what it needs */
    size_t count;
    CellKey *readers; /* cells that read a planned one, at any remove, and are none themselves; ordered alike */
    size_t reader_count;
} BackfillPlan;

/* cells: all of the seasons that the span touches, in any order, each once. Those out of sight are left
 * alone, and so are files that were read well. A cell of today or later is not missing before its deadline. Made in a. */
BackfillPlan backfill_plan(const GridCell *cells, size_t count, const BackfillAsk *ask, Arena *a);

/* How long it may take. */
typedef struct {
    double work_s;    /* of the planned cells, one after the other */
    double readers_s; /* of their readers, should all of them come out otherwise */
    double least_s;   /* the slowest worker's share of the planned ones, and what the rate allows */
} BackfillEstimate;

/* run_s: what a run of each processor has taken on average; NaN where none is on record, which counts
 * as nothing. rate: cells a second; 0: as fast as it goes. */
BackfillEstimate backfill_estimate(const BackfillPlan *plan, const double run_s[PROC_COUNT], double rate);

#endif
