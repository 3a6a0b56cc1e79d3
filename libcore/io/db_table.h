/*
 * libcore/io/db_table.h
 *    Rows of described tables: read by date, hash their content, replace what a cell wrote.
 */
#ifndef TIPOFF_IO_DB_TABLE_H
#define TIPOFF_IO_DB_TABLE_H

#include "libcore/base/table.h"
#include "libcore/io/db.h"
#include "libcore/io/sha256.h"

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

/* The order of primary keys. */
int table_compare_keys(const TableDesc *t, const void *row_a, const void *row_b);
/* Sorts an array of rows by primary key. */
void table_sort_rows(const TableDesc *t, void *rows, size_t count, Arena *a);

/* SHA-256 of a row's key and content columns in canonical binary: a tag and big-endian value a
 * column, float8 with -0 made 0 and NaN made NULL, texts and arrays by length. Meta columns do not
 * take part. */
void table_row_hash(const TableDesc *t, const void *row, uint8_t out[SHA256_LEN]);

/* What replacing a cell's rows changed. Names are made in the arena passed. */
typedef struct {
    uint8_t hash[SHA256_LEN]; /* SHA-256 of the row hashes in key order */
    size_t rows;
    TextArray players; /* lookups of rows that were added, changed or removed; sorted, no repeats */
    TextArray teams;   /* likewise */
    bool changed;
} TableChange;

/* Makes rows the only rows of (date, owner) in t: compares row hashes with what stands there, and
 * removes, adds and replaces only what differs. owner is the value of the table's processor
 * column; NULL for a table without one. is_first skips the comparison: nothing stands there yet.
 * A row that differs in meta columns alone is replaced too, and counts as unchanged. rows need not
 * be sorted. A repeated primary key is ERR_POISON. */
NODISCARD bool table_replace_date(DbTx *tx, const TableDesc *t, GameDate date, const char *owner, const void *rows,
                                  size_t count, bool is_first, Arena *a, TableChange *out, Err *err);

/* Adds rows; none of their keys may exist. */
NODISCARD bool table_insert(DbTx *tx, const TableDesc *t, const void *rows, size_t count, Err *err);

#endif
