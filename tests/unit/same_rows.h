/*
 * tests/unit/same_rows.h
 *    Are two arrays of table rows the same, bit for bit where they hold numbers?
 */
#ifndef TIPOFF_TESTS_SAME_ROWS_H
#define TIPOFF_TESTS_SAME_ROWS_H

#include <string.h>
#include "libcore/base/table.h"

static inline bool
same_text(const char *x, const char *y)
{
    return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

static inline bool
same_number(double x, double y)
{
    return (isnan(x) && isnan(y)) || memcmp(&x, &y, sizeof x) == 0;
}

static inline bool
same_array(ColumnType type, const void *x, const void *y)
{
    const TextArray *texts_x = x, *texts_y = y;
    const F64Array *f64s_x = x, *f64s_y = y;
    const I32Array *i32s_x = x, *i32s_y = y;

    if (type == COL_TEXT_ARRAY) {
        for (int32_t i = 0; i < texts_x->count && i < texts_y->count; i++)
            if (!same_text(texts_x->items[i], texts_y->items[i]))
                return false;
        return texts_x->count == texts_y->count;
    }
    if (type == COL_F64_ARRAY) {
        for (int32_t i = 0; i < f64s_x->count && i < f64s_y->count; i++)
            if (!same_number(f64s_x->items[i], f64s_y->items[i]))
                return false;
        return f64s_x->count == f64s_y->count;
    }
    return i32s_x->count == i32s_y->count
           && (i32s_x->count == 0
               || memcmp(i32s_x->items, i32s_y->items, (size_t)i32s_x->count * sizeof(int32_t)) == 0);
}

/* Two NULLs are the same; -0 and 0 are not. Bytes and JSON are beyond it. */
static inline bool
same_value(ColumnType type, const void *x, const void *y)
{
    switch (type) {
    case COL_TEXT:
        return same_text(*(const char *const *)x, *(const char *const *)y);
    case COL_DATE:
    case COL_I32:
        return memcmp(x, y, sizeof(int32_t)) == 0;
    case COL_I64:
    case COL_TS:
        return memcmp(x, y, sizeof(int64_t)) == 0;
    case COL_BOOL:
        return memcmp(x, y, sizeof(TriBool)) == 0;
    case COL_F64:
        return same_number(*(const double *)x, *(const double *)y);
    case COL_F64_ARRAY:
    case COL_I32_ARRAY:
    case COL_TEXT_ARRAY:
        return same_array(type, x, y);
    case COL_BYTES:
    case COL_JSON:
        return false;
    }
    return false;
}

/* NULL when the rows are the same, else the first column that differs, or "count". */
static inline const char *
rows_differ(const TableDesc *t, const void *x, size_t x_count, const void *y, size_t y_count)
{
    if (x_count != y_count)
        return "count";
    for (size_t row = 0; row < x_count; row++)
        for (size_t c = 0; c < t->column_count; c++)
            if (!same_value(t->columns[c].type, table_field(t, x, row, c), table_field(t, y, row, c)))
                return t->columns[c].name;
    return NULL;
}

#endif
