/*
 * tests/support/rows.c
 *    One switch over column types to fill, one to compare.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/rows.h"

static bool
name_is(const Column *c, const char *name)
{
    return strcmp(c->name, name) == 0;
}

static void
fill_array(const Column *c, void *field, unsigned n, Arena *a)
{
    double *f64s = arena_array(a, 4, sizeof *f64s);
    int32_t *i32s = arena_array(a, 3, sizeof *i32s);
    const char **texts = arena_array(a, 4, sizeof *texts);

    if (c->type == COL_F64_ARRAY) {
        f64s[0] = n + 0.125;
        f64s[1] = NULL_F64;
        f64s[2] = 0.0;
        f64s[3] = -1e300;
        *(F64Array *)field = (F64Array){f64s, 4};
    } else if (c->type == COL_I32_ARRAY) {
        i32s[0] = NULL_I32;
        i32s[1] = (int32_t)n;
        i32s[2] = INT32_MAX;
        *(I32Array *)field = (I32Array){i32s, 3};
    } else {
        texts[0] = arena_printf(a, "item %u", n);
        texts[1] = NULL;
        texts[2] = "";
        texts[3] = "Dončić, \"Luka\" {NULL}\\";
        *(TextArray *)field = (TextArray){texts, 4};
    }
}

static void
fill_null(const Column *c, void *field)
{
    switch (c->type) {
    case COL_DATE:
        *(GameDate *)field = GAME_DATE_NULL;
        return;
    case COL_TEXT:
    case COL_JSON:
        *(const char **)field = NULL;
        return;
    case COL_I32:
        *(int32_t *)field = NULL_I32;
        return;
    case COL_I64:
        *(int64_t *)field = NULL_I64;
        return;
    case COL_F64:
        *(double *)field = NULL_F64;
        return;
    case COL_BOOL:
        *(TriBool *)field = BOOL_NULL;
        return;
    case COL_TS:
        *(Instant *)field = INSTANT_NULL;
        return;
    case COL_F64_ARRAY:
        *(F64Array *)field = (F64Array){0};
        return;
    case COL_I32_ARRAY:
        *(I32Array *)field = (I32Array){0};
        return;
    case COL_TEXT_ARRAY:
        *(TextArray *)field = (TextArray){0};
        return;
    case COL_BYTES:
        *(Bytes *)field = (Bytes){0};
        return;
    }
}

/* Within the checks of every table: fewer makes than attempts, fewer threes than field goals, nothing
 * above 100 but the minutes of a team. */
static unsigned
number_of(const Column *c, unsigned index, unsigned seed)
{
    const bool is_three = strncmp(c->name, "three_", 6) == 0;

    if (strstr(c->name, "_makes") != NULL)
        return is_three ? 1 + seed % 3 : 4 + seed % 3;
    if (is_three)
        return 7 + seed % 3;
    return name_is(c, "minutes") ? 200 + seed % 7 : 10 + index + seed % 7;
}

/* Likewise. */
static const char *
text_of(const Column *c, unsigned seed, Arena *a)
{
    if (name_is(c, "recommendation"))
        return "PASS";
    return name_is(c, "status") ? "out" : arena_printf(a, "%s é %03u", c->name, seed);
}

static void
fill_value(const Column *c, unsigned index, void *field, GameDate date, unsigned seed, Arena *a)
{
    unsigned n = number_of(c, index, seed);

    switch (c->type) {
    case COL_DATE:
        *(GameDate *)field = name_is(c, "game_date") ? date : date_add(date, (int32_t)n);
        return;
    case COL_TEXT:
        *(const char **)field = text_of(c, seed, a);
        return;
    case COL_I32:
        *(int32_t *)field = (int32_t)(c->role == COL_KEY ? seed : n);
        return;
    case COL_I64:
        *(int64_t *)field = INT64_C(5000000000) + n + (c->role == COL_KEY ? seed : 0);
        return;
    case COL_F64:
        *(double *)field = n + 1.0 / (3 + seed);
        return;
    case COL_BOOL:
        *(TriBool *)field = (index + seed) % 2 == 0 ? BOOL_TRUE : BOOL_FALSE;
        return;
    case COL_TS:
        *(Instant *)field = (Instant){INT64_C(1733000000123456) + n};
        return;
    case COL_F64_ARRAY:
    case COL_I32_ARRAY:
    case COL_TEXT_ARRAY:
        fill_array(c, field, n, a);
        return;
    case COL_BYTES:
        *(Bytes *)field = bytes_of("\0\xff and more", 2 + seed % 9);
        return;
    case COL_JSON: /* as the server writes it back */
        *(const char **)field = arena_printf(a, "{\"n\": %u, \"text\": \"é\"}", n);
        return;
    }
}

void
row_fill(const TableDesc *t, void *row, GameDate date, unsigned seed, Arena *a)
{
    for (size_t i = 0; i < t->column_count; i++) {
        const Column *c = &t->columns[i];
        void *field = (unsigned char *)row + c->offset;

        if (!c->not_null && c->role != COL_KEY && (seed + i) % 3 == 0)
            fill_null(c, field);
        else
            fill_value(c, (unsigned)i, field, date, seed, a);
    }
}

void *
rows_filled(const TableDesc *t, size_t count, GameDate date, unsigned first_seed, Arena *a)
{
    unsigned char *rows = arena_array(a, count + 1, t->row_size);

    for (size_t i = 0; i < count; i++)
        row_fill(t, rows + i * t->row_size, date, first_seed + (unsigned)i, a);
    return rows;
}

static bool
same_text(const char *x, const char *y)
{
    return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

static bool
same_f64(double x, double y)
{
    return (isnan(x) && isnan(y)) || memcmp(&x, &y, sizeof x) == 0;
}

static bool
same_f64s(const F64Array *x, const F64Array *y)
{
    bool same = x->count == y->count && (x->items == NULL) == (y->items == NULL);

    for (int32_t i = 0; same && i < x->count; i++)
        same = same_f64(x->items[i], y->items[i]);
    return same;
}

static bool
same_i32s(const I32Array *x, const I32Array *y)
{
    bool same = x->count == y->count && (x->items == NULL) == (y->items == NULL);

    for (int32_t i = 0; same && i < x->count; i++)
        same = x->items[i] == y->items[i];
    return same;
}

static bool
same_texts(const TextArray *x, const TextArray *y)
{
    bool same = x->count == y->count && (x->items == NULL) == (y->items == NULL);

    for (int32_t i = 0; same && i < x->count; i++)
        same = same_text(x->items[i], y->items[i]);
    return same;
}

static bool
same_bytes(const Bytes *x, const Bytes *y)
{
    return x->len == y->len && (x->data == NULL) == (y->data == NULL)
           && (x->len == 0 || memcmp(x->data, y->data, x->len) == 0);
}

static bool
same_value(ColumnType type, const void *x, const void *y)
{
    switch (type) {
    case COL_DATE:
    case COL_I32:
        return memcmp(x, y, sizeof(int32_t)) == 0;
    case COL_I64:
    case COL_TS:
        return memcmp(x, y, sizeof(int64_t)) == 0;
    case COL_BOOL:
        return memcmp(x, y, sizeof(TriBool)) == 0;
    case COL_TEXT:
    case COL_JSON:
        return same_text(*(const char *const *)x, *(const char *const *)y);
    case COL_F64:
        return same_f64(*(const double *)x, *(const double *)y);
    case COL_F64_ARRAY:
        return same_f64s(x, y);
    case COL_I32_ARRAY:
        return same_i32s(x, y);
    case COL_TEXT_ARRAY:
        return same_texts(x, y);
    case COL_BYTES:
        return same_bytes(x, y);
    }
    return false;
}

const char *
row_differs(const TableDesc *t, const void *x, const void *y)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (!same_value(t->columns[i].type, table_field(t, x, 0, i), table_field(t, y, 0, i)))
            return t->columns[i].name;
    return NULL;
}

void *
row_column(const TableDesc *t, void *row, const char *column)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (name_is(&t->columns[i], column))
            return (unsigned char *)row + t->columns[i].offset;
    abort();
}
