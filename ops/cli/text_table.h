/*
 * ops/cli/text_table.h
 *    Aligned columns that keep to a width.
 */
#ifndef TIPOFF_OPS_TEXT_TABLE_H
#define TIPOFF_OPS_TEXT_TABLE_H

#include "libcore/base/bytes.h"

typedef struct {
    const char *const *headers; /* NULL-terminated; a leading '#' marks a column of numbers */
    const char *const *cells;   /* row by row; NULL is an absent value */
    size_t rows;
} TextTable;

enum { TEXT_TABLE_COLUMNS = 24 };

/* Appends the header and the rows, two spaces between columns. Where they are wider than width the
 * widest columns of text are cut, the cut marked with "~"; numbers never are. 0: as wide as it gets. */
void text_table_put(Buf *out, const TextTable *t, int width);

#endif
