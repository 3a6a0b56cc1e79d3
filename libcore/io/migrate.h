/*
 * libcore/io/migrate.h
 *    Apply the SQL migrations of a folder in order, each in a transaction of its own, and remember
 *    what was applied with its checksum.
 */
#ifndef TIPOFF_IO_MIGRATE_H
#define TIPOFF_IO_MIGRATE_H

#include "libcore/base/table.h"
#include "libcore/io/db.h"

/* Applies every NNNN_name.sql of dir that the database has not seen. *applied counts them. A file
 * that changed after it was applied is ERR_CONFIG. */
NODISCARD bool migrate_apply(Db *db, const char *dir, int *applied, Err *err);

/* How many files of dir the database has not applied, or applied as something else; the first one's name, in
 * a, or NULL. */
NODISCARD bool migrate_pending(DbTx *tx, const char *dir, Arena *a, size_t *count, const char **first, Err *err);

/* Compares every column of the table with the live catalogue: ERR_CONFIG names the first column
 * that is missing or of another type, and how to mend it. */
NODISCARD bool catalogue_check(DbTx *tx, const TableDesc *t, Err *err);

#endif
