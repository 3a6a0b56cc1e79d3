/*
 * workers/league/row_index.h
 *    Rows of one date by a text column of theirs, whatever order they came in.
 */
#ifndef TIPOFF_WORKERS_ROW_INDEX_H
#define TIPOFF_WORKERS_ROW_INDEX_H

#include "libcore/base/arena.h"
#include "libcore/base/table.h"

/* Sorted by key. */
typedef struct {
    struct RowKey {
        const char *key;
        const void *row;
    } * keys;
    size_t count;
} RowIndex;

/* The rows of the date, or all of them when it is GAME_DATE_NULL. column is a text column that is no
 * two rows' alike. Made in a; borrows from the rows. */
RowIndex row_index(RowSet rows, const char *column, GameDate date, Arena *a);

/* NULL when there is no such row. */
const void *row_find(const RowIndex *index, const char *key);

#endif
