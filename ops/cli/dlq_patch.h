/*
 * ops/cli/dlq_patch.h
 *    Change single places of a record in JSON, and say in which places two records differ.
 */
#ifndef TIPOFF_OPS_DLQ_PATCH_H
#define TIPOFF_OPS_DLQ_PATCH_H

#include <jansson.h>
#include "libcore/base/arena.h"
#include "libcore/base/err.h"

/* patch: "rows[2].points=17": a place and a JSON value. What leads to the place must be there; a union's branch
 * ({"string": "x"}) need not be named on the way. ERR_POISON says what is wrong with it. */
NODISCARD bool dlq_patch(json_t *record, const char *patch, Arena *a, Err *err);

/* A place, and what stands in it: JSON text, NULL where there is nothing. */
typedef struct {
    const char *place, *before, *after;
} DlqChange;

/* In the order of before, then what only after has. The list lives in a. */
size_t dlq_changes(json_t *before, json_t *after, Arena *a, DlqChange **out);

#endif
