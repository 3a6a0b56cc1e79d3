/*
 * libcore/io/table_diff.h
 *    From what a cell's rows were to what they are: what has to go, what has to come, and whom it concerns.
 *
 * No database.
 */
#ifndef TIPOFF_IO_TABLE_DIFF_H
#define TIPOFF_IO_TABLE_DIFF_H

#include "libcore/io/table_row.h"

/* Rows in the order of their keys, their content hashes beside them. Borrowed. */
typedef struct {
    const void *const *rows;
    const uint8_t *const *hashes;
    size_t count;
} KeyedRows;

/* Sorts and hashes; both arrays are made in a. */
KeyedRows keyed_rows(const TableDesc *t, const void *rows, size_t count, Arena *a);
/* SHA-256 of the row hashes in the order of keys. */
void keyed_rows_hash(const KeyedRows *rows, uint8_t out[SHA256_LEN]);

/* What a change of rows means to those who read them. Names are borrowed from the rows. */
typedef struct {
    uint8_t hash[SHA256_LEN];   /* of all rows afterwards, as keyed_rows_hash() */
    size_t rows;                /* afterwards */
    TextArray players;          /* sets: of rows added, changed or removed, where the primary key has player_lookup */
    TextArray teams;            /* likewise, where it has team and no player */
    bool is_all;                /* something changed, and the primary key has neither */
    bool is_membership_changed; /* a row was added or removed, or has become somebody else's */
    bool changed;
} TableChange;

/* Places in the old and in the new rows, ascending. hash and rows of the change are left alone. */
typedef struct {
    size_t *drop, *add;
    size_t drop_count, add_count;
    TableChange change;
} TableDiff;

/* A row that differs in meta columns alone goes and comes, and is no change. identity: names of text
 * columns beside the key that say whose a row is, NULL-terminated, or NULL: where one of them differs,
 * the row counts as another one. Names that the table does not have are passed over. */
void table_diff(const TableDesc *t, const KeyedRows *old, const KeyedRows *now, const char *const *identity, Arena *a,
                TableDiff *out);

#endif
