/*
 * libcore/io/db_array.h
 *    Array values of a result.
 */
#ifndef TIPOFF_IO_DB_ARRAY_H
#define TIPOFF_IO_DB_ARRAY_H

#include "libcore/io/db.h"

/* Made in a; items NULL where the value is NULL. A NULL element is NaN, NULL_I32 or NULL. */
F64Array db_get_f64s(const DbRows *rows, size_t row, int column, Arena *a);
I32Array db_get_i32s(const DbRows *rows, size_t row, int column, Arena *a);
TextArray db_get_texts(const DbRows *rows, size_t row, int column, Arena *a);

#endif
