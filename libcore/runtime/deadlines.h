/*
 * libcore/runtime/deadlines.h
 *    Cells that are past their deadline, as alerts.
 */
#ifndef TIPOFF_RUNTIME_DEADLINES_H
#define TIPOFF_RUNTIME_DEADLINES_H

#include "libcore/runtime/alerts.h"

/* Raises an alert for every overdue cell that has none open, and resolves those of cells that are overdue no more. */
NODISCARD bool deadlines_tell(DbTx *tx, Instant now, GameDate today, Arena *a, Err *err);

#endif
