/*
 * libcore/runtime/rerun.h
 *    Which ended cells are about to be made again, because something that they were made from has gone on.
 *
 * A cell that has a version waits for those upstream of it: then many changes that are on their way cost
 * it one run, and none is made from a half of them. Pure: the same states and vectors, the same answer.
 */
#ifndef TIPOFF_RUNTIME_RERUN_H
#define TIPOFF_RUNTIME_RERUN_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/runtime/cell.h"

/* A cell with what it read when it last ended. */
typedef struct {
    CellState state;
    bool is_stale;
    const char *stale_reason; /* why it is to be made again; NULL: nobody has said */
    Bytes inputs;             /* its input vector; absent: not known, and taken for read */
} ReadCell;

typedef struct RerunBoard RerunBoard;

/* Indexes the cells; what is not among them is taken to stand as it is. Lives in a; borrows cells. */
RerunBoard *rerun_board(const ReadCell *cells, size_t count, Arena *a);

/* The first cell that a cell of the processor and date reads, at one remove, and that is about to be made
 * again: it has a version, and is stale or open again, or one of its inputs has another version than it
 * has read or is itself about to be made again. NULL when all stand. A failed cell stands: it is made
 * again when something new comes, not before. */
const CellState *rerun_awaited(RerunBoard *b, const ProcessorSpec *spec, GameDate date);

/* Whether one of the cells that it has read, at one remove, has another version by now. False when the cell
 * is not on the board or has no inputs on record. */
bool rerun_inputs_moved(RerunBoard *b, ProcessorId processor, GameDate date);

/* The processors upstream of this one, at any remove. Returns how many. */
size_t rerun_upstream(ProcessorId processor, ProcessorId out[PROC_COUNT]);

#endif
