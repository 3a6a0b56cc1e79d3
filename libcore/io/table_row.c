/*
 * libcore/io/table_row.c
 *    One walk over a table's columns each for: the binary of COPY and of the hash, and the order of keys.
 */
#include "libcore/io/table_row.h"
#include <string.h>

enum { PG_EPOCH_DAYS = 10957, OID_F64 = 701, OID_I32 = 23, OID_TEXT = 25 };
static const int64_t PG_EPOCH_US = INT64_C(946684800000000);

/* ---- one value in binary, as Postgres wants it ---- */

static uint64_t
f64_bits(double v)
{
    uint64_t bits;

    v += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static bool
is_null(const Column *c, const void *field)
{
    switch (c->type) {
    case COL_DATE:
        return date_is_null(*(const GameDate *)field);
    case COL_TEXT:
    case COL_JSON:
        return *(const char *const *)field == NULL;
    case COL_I32:
        return i32_is_null(*(const int32_t *)field);
    case COL_I64:
        return *(const int64_t *)field == NULL_I64;
    case COL_F64:
        return f64_is_null(*(const double *)field);
    case COL_BOOL:
        return *(const TriBool *)field == BOOL_NULL;
    case COL_TS:
        return instant_is_null(*(const Instant *)field);
    case COL_F64_ARRAY:
        return !c->not_null && ((const F64Array *)field)->items == NULL;
    case COL_I32_ARRAY:
        return !c->not_null && ((const I32Array *)field)->items == NULL;
    case COL_TEXT_ARRAY:
        return !c->not_null && ((const TextArray *)field)->items == NULL;
    case COL_BYTES:
        return ((const Bytes *)field)->data == NULL;
    }
    return true;
}

static void
put_array_header(Buf *b, int32_t count, uint32_t oid)
{
    buf_put_u32be(b, count > 0 ? 1 : 0);
    buf_put_u32be(b, 1);
    buf_put_u32be(b, oid);
    if (count > 0) {
        buf_put_u32be(b, (uint32_t)count);
        buf_put_u32be(b, 1);
    }
}

static void
put_f64_element(Buf *b, double v)
{
    if (f64_is_null(v)) {
        buf_put_u32be(b, UINT32_MAX);
        return;
    }
    buf_put_u32be(b, 8);
    buf_put_u64be(b, f64_bits(v));
}

static void
put_i32_element(Buf *b, int32_t v)
{
    if (i32_is_null(v)) {
        buf_put_u32be(b, UINT32_MAX);
        return;
    }
    buf_put_u32be(b, 4);
    buf_put_u32be(b, (uint32_t)v);
}

static void
put_text_element(Buf *b, const char *s)
{
    size_t len = s == NULL ? 0 : strlen(s);

    buf_put_u32be(b, s == NULL ? UINT32_MAX : (uint32_t)len);
    if (s != NULL)
        buf_put(b, s, len);
}

static void
put_value(Buf *b, const Column *c, const void *field)
{
    switch (c->type) {
    case COL_DATE:
        buf_put_u32be(b, (uint32_t)(((const GameDate *)field)->days - PG_EPOCH_DAYS));
        return;
    case COL_TEXT:
        buf_put_str(b, *(const char *const *)field);
        return;
    case COL_JSON:
        buf_put_u8(b, 1); /* jsonb's version */
        buf_put_str(b, *(const char *const *)field);
        return;
    case COL_I32:
        buf_put_u32be(b, (uint32_t) * (const int32_t *)field);
        return;
    case COL_I64:
        buf_put_u64be(b, (uint64_t) * (const int64_t *)field);
        return;
    case COL_F64:
        buf_put_u64be(b, f64_bits(*(const double *)field));
        return;
    case COL_BOOL:
        buf_put_u8(b, *(const TriBool *)field == BOOL_TRUE);
        return;
    case COL_TS:
        buf_put_u64be(b, (uint64_t)(((const Instant *)field)->us - PG_EPOCH_US));
        return;
    case COL_F64_ARRAY: {
        const F64Array *v = field;

        put_array_header(b, v->count, OID_F64);
        for (int32_t i = 0; i < v->count; i++)
            put_f64_element(b, v->items[i]);
        return;
    }
    case COL_I32_ARRAY: {
        const I32Array *v = field;

        put_array_header(b, v->count, OID_I32);
        for (int32_t i = 0; i < v->count; i++)
            put_i32_element(b, v->items[i]);
        return;
    }
    case COL_TEXT_ARRAY: {
        const TextArray *v = field;

        put_array_header(b, v->count, OID_TEXT);
        for (int32_t i = 0; i < v->count; i++)
            put_text_element(b, v->items[i]);
        return;
    }
    case COL_BYTES:
        buf_put(b, ((const Bytes *)field)->data, ((const Bytes *)field)->len);
        return;
    }
}

void
table_put_field(Buf *b, const Column *c, const void *field)
{
    size_t at = b->len;
    uint32_t len;

    if (is_null(c, field)) {
        buf_put_u32be(b, UINT32_MAX);
        return;
    }
    buf_put_u32be(b, 0);
    put_value(b, c, field);
    len = (uint32_t)(b->len - at - 4);
    for (int i = 0; i < 4; i++)
        b->data[at + (size_t)i] = (uint8_t)(len >> (24 - 8 * i));
}

/* ---- hash and order ---- */

void
table_row_hash_with(const TableDesc *t, const void *row, Buf *scratch, uint8_t out[SHA256_LEN])
{
    buf_clear(scratch);
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].role != COL_META)
            table_put_field(scratch, &t->columns[i], table_field(t, row, 0, i));
    sha256(bytes_of(scratch->data, scratch->len), out);
}

bool
table_same_meta(const TableDesc *t, const void *x, const void *y, Buf *scratch)
{
    size_t half;

    buf_clear(scratch);
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].role == COL_META)
            table_put_field(scratch, &t->columns[i], table_field(t, x, 0, i));
    half = scratch->len;
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].role == COL_META)
            table_put_field(scratch, &t->columns[i], table_field(t, y, 0, i));
    return scratch->len == 2 * half && (half == 0 || memcmp(scratch->data, scratch->data + half, half) == 0);
}

void
table_row_hash(const TableDesc *t, const void *row, uint8_t out[SHA256_LEN])
{
    Buf scratch = {0};

    table_row_hash_with(t, row, &scratch, out);
    buf_free(&scratch);
}

static int
compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int
table_compare_keys(const TableDesc *t, const void *row_a, const void *row_b)
{
    for (size_t i = 0; i < t->column_count; i++) {
        const Column *c = &t->columns[i];
        const void *a = table_field(t, row_a, 0, i), *b = table_field(t, row_b, 0, i);
        int order = 0;

        if (c->role != COL_KEY)
            continue;
        if (c->type == COL_TEXT)
            order = strcmp(*(const char *const *)a, *(const char *const *)b);
        else if (c->type == COL_I64)
            order = compare_i64(*(const int64_t *)a, *(const int64_t *)b);
        else /* dates and i32 are both one int32 */
            order = compare_i64(*(const int32_t *)a, *(const int32_t *)b);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Merge sort of row pointers: stable, and no comparator without a context is needed. */
static void
sort_pointers(const TableDesc *t, const void **rows, const void **spare, size_t count)
{
    size_t half = count / 2, i = 0, j = half, n = 0;

    if (count < 2)
        return;
    sort_pointers(t, rows, spare, half);
    sort_pointers(t, rows + half, spare, count - half);
    if (table_compare_keys(t, rows[half - 1], rows[half]) <= 0)
        return;
    while (i < half && j < count)
        spare[n++] = table_compare_keys(t, rows[i], rows[j]) <= 0 ? rows[i++] : rows[j++];
    while (i < half)
        spare[n++] = rows[i++];
    while (j < count)
        spare[n++] = rows[j++];
    memcpy(rows, spare, count * sizeof *rows);
}

const void **
table_sorted_pointers(const TableDesc *t, const void *rows, size_t count, Arena *a)
{
    const void **p = arena_array(a, count + 1, sizeof *p);
    const void **spare = arena_array(a, count + 1, sizeof *spare);

    for (size_t i = 0; i < count; i++)
        p[i] = (const unsigned char *)rows + i * t->row_size;
    sort_pointers(t, p, spare, count);
    return p;
}

void
table_sort_rows(const TableDesc *t, void *rows, size_t count, Arena *a)
{
    const void **p = table_sorted_pointers(t, rows, count, a);
    unsigned char *copy = arena_array(a, count + 1, t->row_size);

    for (size_t i = 0; i < count; i++)
        memcpy(copy + i * t->row_size, p[i], t->row_size);
    memcpy(rows, copy, count * t->row_size);
}

ptrdiff_t
table_column(const TableDesc *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return (ptrdiff_t)i;
    return -1;
}
