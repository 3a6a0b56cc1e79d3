/*
 * workers/analytics/feed_rows.c
 *    A table is read only when its cell says that there is something to read.
 */
#include "workers/analytics/feed_rows.h"
#include "libcore/io/db_table.h"

bool
feed_rows_read(DbTx *tx, const CellInput *in, ProcessorId raw, const TableDesc *table, Arena *a, void **rows,
               size_t *count, Err *err)
{
    *rows = NULL;
    *count = 0;
    return !cell_input_has(in, raw) || table_read_date(tx, table, in->date, a, rows, count, err);
}
