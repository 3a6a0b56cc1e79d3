/*
 * libcore/runtime/grid_scan.h
 *    What a schedule asks for, held against the cells that there are: every hole, and how every cell stands.
 *    No database.
 */
#ifndef TIPOFF_RUNTIME_GRID_SCAN_H
#define TIPOFF_RUNTIME_GRID_SCAN_H

#include "libcore/base/arena.h"
#include "libcore/runtime/cell.h"

/* From GRID_STALE on it is a hole. */
typedef enum {
    GRID_DONE,
    GRID_NO_DATA,
    GRID_SHORT,  /* partial or degraded */
    GRID_OPEN,   /* not ended, and its deadline is to come */
    GRID_STALE,  /* ended, and to be made again */
    GRID_LATE,   /* not ended past its deadline */
    GRID_FAILED, /* ended failed */
    GRID_HOLLOW, /* ended with rows, of which fewer stand in its table */
    GRID_ABSENT, /* the schedule asks for it, and there is no cell */
    GRID_STANDINGS,
} GridStanding;

typedef struct {
    const char *name;
    char mark;         /* in a map */
    const char *means; /* a few words */
    bool is_hole;
} GridWord;

extern const GridWord grid_words[GRID_STANDINGS];

/* What the scan knows of a cell. */
typedef struct {
    GameDate date;
    ProcessorId processor;
    CellStatus status;
    bool is_stale;
    Instant deadline;      /* INSTANT_NULL: it has none and is never late */
    int32_t written, rows; /* what it says and what stands in its table; NULL_I32 where nobody counted */
} GridCell;

/* The cells that there must be: every one of these processors on every one of these dates. */
typedef struct {
    const GameDate *dates; /* in order, without repeats */
    size_t date_count;
    const ProcessorId *processors;
    size_t processor_count;
} Grid;

/* One standing a cell of the grid, date by date, in the order of the processors; in a. Cells may come in any
 * order; those of other dates and processors are nobody's. */
GridStanding *grid_scan(const Grid *grid, const GridCell *cells, size_t cell_count, Instant now, Arena *a);

size_t grid_count_holes(const Grid *grid, const GridStanding *standings);

#endif
