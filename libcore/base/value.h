/*
 * libcore/base/value.h
 *    How a nullable column value stands in a row struct: one sentinel a type, never a default.
 */
#ifndef TIPOFF_BASE_VALUE_H
#define TIPOFF_BASE_VALUE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "libcore/base/bytes.h"
#include "libcore/base/date.h"

#define NULL_I32 INT32_MIN
#define NULL_I64 INT64_MIN
#define NULL_F64 ((double)NAN)
enum { BOOL_NULL = -1, BOOL_FALSE = 0, BOOL_TRUE = 1 };

/* A nullable boolean column: one of the three above. */
typedef int8_t TriBool;

/* Array columns borrow their elements. items NULL is a NULL column; NaN and NULL elements are NULL
 * elements. */
typedef struct {
    const double *items;
    int32_t count;
} F64Array;
typedef struct {
    const int32_t *items;
    int32_t count;
} I32Array;
typedef struct {
    const char *const *items;
    int32_t count;
} TextArray;

static inline bool
f64_is_null(double v)
{
    return isnan(v);
}
static inline bool
i32_is_null(int32_t v)
{
    return v == NULL_I32;
}

#endif
