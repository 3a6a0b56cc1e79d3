/*
 * tests/support/rows.h
 *    Rows of any described table, filled from a number; and whether two rows are the same.
 */
#ifndef TIPOFF_TESTS_ROWS_H
#define TIPOFF_TESTS_ROWS_H

#include "libcore/base/arena.h"
#include "libcore/base/table.h"

/* Fills every column, keys included, with a value that depends on the column and on the seed: two
 * seeds differ in every key of text or integer type, and neighbouring columns hold different
 * values. Nullable columns are NULL now and then. The key column game_date becomes date. */
void row_fill(const TableDesc *t, void *row, GameDate date, unsigned seed, Arena *a);

/* count rows with the seeds first_seed, first_seed + 1, ... as one array. */
void *rows_filled(const TableDesc *t, size_t count, GameDate date, unsigned first_seed, Arena *a);

/* NULL when the rows say the same, bit for bit; else the name of the first column that differs. */
const char *row_differs(const TableDesc *t, const void *x, const void *y);

/* The column's place in a row, which must have it. */
void *row_column(const TableDesc *t, void *row, const char *column);

#endif
