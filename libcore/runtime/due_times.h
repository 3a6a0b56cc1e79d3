/*
 * libcore/runtime/due_times.h
 *    Cells that are to be looked at at a time, whatever comes before it: rows that a process takes on
 *    lease when their time has come.
 *
 * Nobody asks again and again: a process knows the earliest time of its cells, and asks when that has
 * come, when it gets partitions, and when it is told.
 */
#ifndef TIPOFF_RUNTIME_DUE_TIMES_H
#define TIPOFF_RUNTIME_DUE_TIMES_H

#include "libcore/runtime/cell_store.h"

/* An operator has made something due. */
#define DUE_CHANNEL "tipoff_due"

/* The cell is due then, and nobody has it on lease. */
NODISCARD bool due_set(DbTx *tx, CellKey key, Instant at, Err *err);
NODISCARD bool due_clear(DbTx *tx, CellKey key, Err *err);

/* Takes on lease, for a minute of the Clock, what is due and on nobody's lease; in the order (date,
 * processor). A process that dies with a lease leaves it to the next one when the minute is over. */
NODISCARD bool due_take(DbTx *tx, const ProcessorId *processors, size_t processor_count, Instant now, const char *owner,
                        Arena *a, CellKey **out, size_t *count, Err *err);
/* When the next of these cells is due, or a lease of a due one ends. INSTANT_NULL when there is none. */
NODISCARD bool due_next(DbTx *tx, const ProcessorId *processors, size_t processor_count, Arena *a, Instant *out,
                        Err *err);

#endif
