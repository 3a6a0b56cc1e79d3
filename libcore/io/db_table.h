/*
 * libcore/io/db_table.h
 *    Rows of described tables: read by date, hash their content, replace what a cell wrote.
 */
#ifndef TIPOFF_IO_DB_TABLE_H
#define TIPOFF_IO_DB_TABLE_H

#include "libcore/base/key_set.h"
#include "libcore/io/db.h"
#include "libcore/io/table_diff.h"

/* All rows of one date, or of from..to inclusive, sorted by primary key (texts by their bytes).
 * The table needs a game_date column. *rows is an array of the table's row struct in a. */
NODISCARD bool table_read_date(DbTx *tx, const TableDesc *t, GameDate date, Arena *a, void **rows, size_t *count,
                               Err *err);
NODISCARD bool table_read_range(DbTx *tx, const TableDesc *t, GameDate from, GameDate to, Arena *a, void **rows,
                                size_t *count, Err *err);

/* Only the rows whose text column has that value. */
NODISCARD bool table_read_range_of(DbTx *tx, const TableDesc *t, GameDate from, GameDate to, const char *column,
                                   const char *value, Arena *a, void **rows, size_t *count, Err *err);

/* Only the rows of these (date, value of a text column); a repeated key gives its rows once. */
NODISCARD bool table_read_keys(DbTx *tx, const TableDesc *t, const char *column, const GameDate *dates,
                               const char *const *values, size_t key_count, Arena *a, void **rows, size_t *count,
                               Err *err);

/* The rows of a table that one cell owns. */
typedef struct {
    GameDate date;
    const char *owner; /* the value of the table's processor column; NULL for a table without one */
    /* Columns that say whose a row is, as table_diff() takes them. */
    const char *const *identity;
    bool is_first; /* nothing stands there yet: it is not looked for */
} TablePart;

/* Makes rows the only rows of the part: compares row hashes with what stands there, and removes, adds
 * and replaces only what differs. A row that differs in meta columns alone is replaced too, and counts
 * as unchanged. rows need not be sorted. A repeated primary key is ERR_POISON. */
NODISCARD bool table_replace_part(DbTx *tx, const TableDesc *t, const TablePart *part, const void *rows, size_t count,
                                  Arena *a, TableChange *out, Err *err);

/* The same for those rows of the part whose text column key_column is among keys, a set: what stands
 * there of other keys is neither read nor touched, meta columns included. hash and rows of *out are
 * those of the whole part, as a replacement of all its rows would have them. A row whose key is not
 * among keys is ERR_POISON. */
NODISCARD bool table_update_part(DbTx *tx, const TableDesc *t, const TablePart *part, const void *rows, size_t count,
                                 const char *key_column, TextArray keys, Arena *a, TableChange *out, Err *err);

/* Adds rows; none of their keys may exist. */
NODISCARD bool table_insert(DbTx *tx, const TableDesc *t, const void *rows, size_t count, Err *err);

#endif
