/*
 * workers/analytics/feed_rows.h
 *    The rows that a feed has brought for a date, as far as the deployment subscribes to it.
 */
#ifndef TIPOFF_WORKERS_FEED_ROWS_H
#define TIPOFF_WORKERS_FEED_ROWS_H

#include "libcore/runtime/worker.h"

/* The rows of the date in the table of that raw processor; none when the date's cell is not among the
 * needs or ended without any, whatever an earlier subscription has left in the table. */
NODISCARD bool feed_rows_read(DbTx *tx, const CellInput *in, ProcessorId raw, const TableDesc *table, Arena *a,
                              void **rows, size_t *count, Err *err);

#endif
