/*
 * workers/league/row_index.c
 *    Sorted pointers to rows, found by halving.
 */
#include "workers/league/row_index.h"

#include <stdlib.h>
#include <string.h>

static size_t
column_offset(const TableDesc *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++) {
        if (strcmp(t->columns[i].name, name) == 0)
            return t->columns[i].offset;
    }
    abort(); /* the column is written in the code beside the table */
}

static int
row_key_cmp(const void *x, const void *y)
{
    const struct RowKey *a = x;
    const struct RowKey *b = y;

    return strcmp(a->key, b->key);
}

/* Rows that come from the database are sorted already. */
static void
order_keys(struct RowKey *keys, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(keys[i - 1].key, keys[i].key) > 0) {
            qsort(keys, count, sizeof keys[0], row_key_cmp);
            return;
        }
    }
}

RowIndex
row_index(RowSet rows, const char *column, GameDate date, Arena *a)
{
    const size_t key_at = column_offset(rows.table, column), date_at = column_offset(rows.table, "game_date");
    RowIndex index = {.keys = arena_array(a, rows.count, sizeof index.keys[0])};
    const unsigned char *row = rows.rows;

    for (size_t i = 0; i < rows.count; i++, row += rows.table->row_size) {
        GameDate row_date;
        const char *key;

        memcpy(&row_date, row + date_at, sizeof row_date);
        memcpy(&key, row + key_at, sizeof key);
        if (date_is_null(date) || date_equal(row_date, date))
            index.keys[index.count++] = (struct RowKey){key, row};
    }
    order_keys(index.keys, index.count);
    return index;
}

const void *
row_find(const RowIndex *index, const char *key)
{
    size_t low = 0, high = index->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = strcmp(index->keys[middle].key, key);

        if (c == 0)
            return index->keys[middle].row;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
