/*
 * libcore/runtime/changed_keys.h
 *    What has changed upstream of a cell since it last ended: the keys of every version that it has not
 *    read, merged.
 */
#ifndef TIPOFF_RUNTIME_CHANGED_KEYS_H
#define TIPOFF_RUNTIME_CHANGED_KEYS_H

#include "libcore/base/key_set.h"
#include "libcore/io/db.h"
#include "libcore/runtime/input_vector.h"
#include "libcore/runtime/worker.h"

/* A set of keys a processor, over all dates of it. */
struct ChangedKeys {
    KeySet of[PROC_COUNT];
};

/* Merges the changes of these versions, all of (read, current]. *out is NULL when they cannot be told:
 * a version concerns every key, or nothing is recorded of it. Made in a. */
NODISCARD bool changed_keys_load(DbTx *tx, const InputChange *changes, size_t count, Arena *a, const ChangedKeys **out,
                                 Err *err);

#endif
