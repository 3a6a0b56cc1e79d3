/*
 * libcore/runtime/cell.h
 *    A cell: one processor's output for one game date, the unit that is expected, runs and completes.
 */
#ifndef TIPOFF_RUNTIME_CELL_H
#define TIPOFF_RUNTIME_CELL_H

#include "libcore/base/date.h"
#include "libcore/runtime/pipeline.h"

/* EXPECTED and WAITING are open; the others are terminal. */
typedef enum {
    CELL_EXPECTED, /* in the grid; nothing has arrived */
    CELL_WAITING,  /* parked: the reason names what it needs */
    CELL_SUCCESS,
    CELL_PARTIAL,  /* rows were rejected or skipped by fault */
    CELL_DEGRADED, /* opened without something that it should have had */
    CELL_NO_DATA,  /* nothing to do, and the reason says why */
    CELL_FAILED,
    CELL_STATUS_COUNT,
} CellStatus;

const char *cell_status_name(CellStatus s);
NODISCARD bool cell_status_parse(const char *name, CellStatus *out);
bool cell_status_is_terminal(CellStatus s);
bool cell_status_has_rows(CellStatus s); /* it ended, and with something to read */

enum { CONTENT_HASH_LEN = 32 };

/* What a gate and a computation may know of a cell. reason is borrowed. */
typedef struct {
    GameDate date;
    ProcessorId processor;
    bool is_in_scope;
    bool is_unscheduled; /* the schedule has no game on the date */
    CellStatus status;
    const char *reason; /* NULL or a sentence */
    int32_t version;    /* 0 until it first completes */
    uint8_t content_hash[CONTENT_HASH_LEN];
    int32_t expected, written; /* NULL_I32 until it first completes */
    Instant finished;          /* when it last ended; NULL until then */
} CellState;

#endif
