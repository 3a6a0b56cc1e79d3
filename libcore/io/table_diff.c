/*
 * libcore/io/table_diff.c
 *    A merge of two sorted lists of rows.
 */
#include "libcore/io/table_diff.h"
#include <string.h>
#include "libcore/base/key_set.h"

KeyedRows
keyed_rows(const TableDesc *t, const void *rows, size_t count, Arena *a)
{
    const void **sorted = table_sorted_pointers(t, rows, count, a);
    uint8_t(*hashes)[SHA256_LEN] = arena_array(a, count + 1, SHA256_LEN);
    const uint8_t **list = arena_array(a, count + 1, sizeof *list);
    Buf scratch = {0};

    for (size_t i = 0; i < count; i++) {
        table_row_hash_with(t, sorted[i], &scratch, hashes[i]);
        list[i] = hashes[i];
    }
    buf_free(&scratch);
    return (KeyedRows){sorted, list, count};
}

void
keyed_rows_hash(const KeyedRows *rows, uint8_t out[SHA256_LEN])
{
    Buf all = {0};

    for (size_t i = 0; i < rows->count; i++)
        buf_put(&all, rows->hashes[i], SHA256_LEN);
    sha256(bytes_of(all.data, all.len), out);
    buf_free(&all);
}

/* The keys of what has changed. */
typedef struct {
    const TableDesc *table;
    ptrdiff_t column; /* of the player, else of the team; negative without either */
    bool is_player;
    const char **names;
    size_t count;
} Concerned;

static ptrdiff_t
key_column(const TableDesc *t, const char *name)
{
    ptrdiff_t at = table_column(t, name);

    return at >= 0 && t->columns[at].role == COL_KEY ? at : -1;
}

static Concerned
concerned_new(const TableDesc *t, size_t capacity, Arena *a)
{
    Concerned c = {.table = t, .column = key_column(t, "player_lookup"), .is_player = true};

    if (c.column < 0) {
        c.column = key_column(t, "team");
        c.is_player = false;
    }
    c.names = arena_array(a, capacity + 1, sizeof *c.names);
    return c;
}

static void
concerned_add(Concerned *c, const void *row)
{
    if (c->column >= 0)
        c->names[c->count++] = *(const char *const *)table_field(c->table, row, 0, (size_t)c->column);
}

static bool
is_same_text(const char *x, const char *y)
{
    return x == y || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

/* Whether two rows of one key are somebody's and somebody else's. */
static bool
differ_in(const TableDesc *t, const char *const *identity, const void *x, const void *y)
{
    for (size_t i = 0; identity != NULL && identity[i] != NULL; i++) {
        ptrdiff_t at = table_column(t, identity[i]);

        if (at >= 0 && t->columns[at].type == COL_TEXT
            && !is_same_text(*(const char *const *)table_field(t, x, 0, (size_t)at),
                             *(const char *const *)table_field(t, y, 0, (size_t)at)))
            return true;
    }
    return false;
}

void
table_diff(const TableDesc *t, const KeyedRows *old, const KeyedRows *now, const char *const *identity, Arena *a,
           TableDiff *out)
{
    Concerned who = concerned_new(t, old->count + now->count, a);
    Buf scratch = {0};
    size_t i = 0, j = 0;

    *out = (TableDiff){.drop = arena_array(a, old->count + 1, sizeof *out->drop),
                       .add = arena_array(a, now->count + 1, sizeof *out->add)};
    while (i < now->count || j < old->count) {
        int order = i == now->count ? 1 : j == old->count ? -1 : table_compare_keys(t, now->rows[i], old->rows[j]);
        bool same = order == 0 && memcmp(now->hashes[i], old->hashes[j], SHA256_LEN) == 0;

        if (same && table_same_meta(t, now->rows[i], old->rows[j], &scratch)) {
            i++;
            j++;
            continue;
        }
        out->change.changed |= !same;
        out->change.is_membership_changed |= order != 0
                                             || (!same && differ_in(t, identity, now->rows[i], old->rows[j]));
        if (order >= 0) {
            if (!same)
                concerned_add(&who, old->rows[j]);
            out->drop[out->drop_count++] = j++;
        }
        if (order <= 0) {
            if (!same)
                concerned_add(&who, now->rows[i]);
            out->add[out->add_count++] = i++;
        }
    }
    buf_free(&scratch);
    out->change.is_all = out->change.changed && who.column < 0;
    *(who.is_player ? &out->change.players : &out->change.teams) = key_set_sort(who.names, who.count);
}
