/*
 * libcore/runtime/input_vector.h
 *    Which version of each upstream cell a cell read when it last ended, in a few bytes; and what has
 *    changed upstream since.
 *
 * Pure.
 */
#ifndef TIPOFF_RUNTIME_INPUT_VECTOR_H
#define TIPOFF_RUNTIME_INPUT_VECTOR_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/runtime/cell.h"

typedef struct {
    ProcessorId processor;
    GameDate date;
    int32_t version;
} InputRead;

/* needs: what the gate saw, by (processor, date). Grouped by processor name, so that builds that number
 * processors differently agree. Made in a. */
Bytes input_vector_encode(const CellState *needs, size_t count, Arena *a);

/* Sorted by (processor, date), made in a. False when this build cannot read it: cut short, of another
 * form, or of a processor that it does not know. */
NODISCARD bool input_vector_decode(Bytes vector, Arena *a, InputRead **out, size_t *count);

/* NULL when it was not read. reads as decoded. */
const InputRead *input_vector_find(const InputRead *reads, size_t count, ProcessorId processor, GameDate date);

/* An upstream cell that has gone on from the version that was read. */
typedef struct {
    ProcessorId processor;
    GameDate date;
    int32_t read, current;
} InputChange;

/* The needs that have gone on, in their order; made in a. False when that cannot be said by version: an
 * upstream cell is new, is gone, or stands at an earlier version than the one that was read. */
NODISCARD bool input_vector_changes(const InputRead *reads, size_t read_count, const CellState *needs,
                                    size_t need_count, Arena *a, InputChange **out, size_t *count);

#endif
