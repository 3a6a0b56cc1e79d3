/*
 * ops/cli/row_values.h
 *    Columns of described rows as text and as JSON, exact enough to be read back.
 */
#ifndef TIPOFF_OPS_ROW_VALUES_H
#define TIPOFF_OPS_ROW_VALUES_H

#include <jansson.h>
#include "libcore/base/arena.h"
#include "libcore/base/table.h"

/* Numbers have up to 17 significant digits, the fewest from which every double can be read back. */
enum { EXACT_DIGITS = 17 };

/* NULL when the table has no such column. */
const Column *row_column(const TableDesc *t, const char *name);

/* NULL for an absent value. Dates and instants are ISO 8601, booleans true and false, elements of an
 * array joined by ';' with nothing between two for an absent one. Made in a, or borrowed from row. */
const char *row_text(const void *row, const Column *c, Arena *a);

/* The same of an array's element, counted from 0; NULL beyond its end. */
const char *row_element_text(const void *row, const Column *c, int32_t i, Arena *a);

/* null for an absent value; a new reference. */
json_t *row_json(const void *row, const Column *c);

/* A number as in row_text(), NULL for an absent one. */
const char *exact_text(double v, Arena *a);
/* null for an absent number. */
json_t *number_json(double v);

#endif
