/*
 * libcore/io/schema_store.h
 *    ops.schema: every schema that a build of this deployment has written or may write, by
 *    fingerprint, so that any other build can read its records.
 */
#ifndef TIPOFF_IO_SCHEMA_STORE_H
#define TIPOFF_IO_SCHEMA_STORE_H

#include "libcore/io/db.h"

/* Adds this build's own schemas and the former ones that it knows. What is there stays. */
NODISCARD bool schema_store_record(DbTx *tx, const char *build, Err *err);
/* The same in a transaction of its own: before a process produces. */
NODISCARD bool schema_store_record_now(Db *db, const char *build, Err *err);

/* *json is NULL when the table has no such schema; else in a. */
NODISCARD bool schema_store_find(DbTx *tx, uint64_t fingerprint, Arena *a, const char **json, Err *err);

#endif
