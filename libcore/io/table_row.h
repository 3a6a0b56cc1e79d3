/*
 * libcore/io/table_row.h
 *    A row of a described table by itself: its binary form, its content hash, its place among others.
 *
 * No database.
 */
#ifndef TIPOFF_IO_TABLE_ROW_H
#define TIPOFF_IO_TABLE_ROW_H

#include "libcore/base/arena.h"
#include "libcore/base/table.h"
#include "libcore/io/sha256.h"

/* Appends length and value as Postgres wants them in binary, or the length of NULL. */
void table_put_field(Buf *b, const Column *c, const void *field);

/* SHA-256 of a row's key and content columns in canonical binary: a tag and big-endian value a
 * column, float8 with -0 made 0 and NaN made NULL, texts and arrays by length. Meta columns do not
 * take part. */
void table_row_hash(const TableDesc *t, const void *row, uint8_t out[SHA256_LEN]);
/* The same with a buffer of the caller's, for many rows. */
void table_row_hash_with(const TableDesc *t, const void *row, Buf *scratch, uint8_t out[SHA256_LEN]);

/* Whether the columns that the hash leaves out hold the same. */
bool table_same_meta(const TableDesc *t, const void *x, const void *y, Buf *scratch);

/* The order of primary keys. */
int table_compare_keys(const TableDesc *t, const void *row_a, const void *row_b);
/* Sorts an array of rows by primary key. */
void table_sort_rows(const TableDesc *t, void *rows, size_t count, Arena *a);
/* The rows in that order, left where they are. */
const void **table_sorted_pointers(const TableDesc *t, const void *rows, size_t count, Arena *a);

/* Where the column of that name stands; negative without one. */
ptrdiff_t table_column(const TableDesc *t, const char *name);

#endif
