/*
 * libcore/io/db_table.c
 *    One walk over a table's columns each for: binary COPY, the content hash, and reading back.
 */
#include "libcore/io/db_table.h"
#include <stdlib.h>
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

/* Length and value, or the length of NULL. */
static void
put_field(Buf *b, const Column *c, const void *field)
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

static void
row_hash(const TableDesc *t, const void *row, Buf *scratch, uint8_t out[SHA256_LEN])
{
    buf_clear(scratch);
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].role != COL_META)
            put_field(scratch, &t->columns[i], table_field(t, row, 0, i));
    sha256(bytes_of(scratch->data, scratch->len), out);
}

/* Whether the columns that the hash leaves out hold the same. */
static bool
same_meta(const TableDesc *t, const void *x, const void *y, Buf *scratch)
{
    size_t half;

    buf_clear(scratch);
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].role == COL_META)
            put_field(scratch, &t->columns[i], table_field(t, x, 0, i));
    half = scratch->len;
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].role == COL_META)
            put_field(scratch, &t->columns[i], table_field(t, y, 0, i));
    return scratch->len == 2 * half && (half == 0 || memcmp(scratch->data, scratch->data + half, half) == 0);
}

void
table_row_hash(const TableDesc *t, const void *row, uint8_t out[SHA256_LEN])
{
    Buf scratch = {0};

    row_hash(t, row, &scratch, out);
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

static const void **
sorted_pointers(const TableDesc *t, const void *rows, size_t count, Arena *a)
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
    const void **p = sorted_pointers(t, rows, count, a);
    unsigned char *copy = arena_array(a, count + 1, t->row_size);

    for (size_t i = 0; i < count; i++)
        memcpy(copy + i * t->row_size, p[i], t->row_size);
    memcpy(rows, copy, count * t->row_size);
}

/* ---- reading ---- */

static uint32_t
read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* An array value: its element count, and where the elements begin. */
static int32_t
array_begin(Bytes v, const uint8_t **at)
{
    if (v.len < 20 || read_u32(v.data) == 0)
        return 0;
    *at = v.data + 20;
    return (int32_t)read_u32(v.data + 12);
}

static F64Array
read_f64s(Bytes v, Arena *a)
{
    const uint8_t *at = NULL;
    int32_t n = array_begin(v, &at);
    double *items = arena_array(a, (size_t)n + 1, sizeof *items);

    for (int32_t i = 0; i < n; i++) {
        uint32_t len = read_u32(at);
        uint64_t bits;

        at += 4;
        items[i] = NULL_F64;
        if (len == UINT32_MAX)
            continue;
        bits = (uint64_t)read_u32(at) << 32 | read_u32(at + 4);
        memcpy(&items[i], &bits, sizeof bits);
        at += len;
    }
    return (F64Array){items, n};
}

static I32Array
read_i32s(Bytes v, Arena *a)
{
    const uint8_t *at = NULL;
    int32_t n = array_begin(v, &at);
    int32_t *items = arena_array(a, (size_t)n + 1, sizeof *items);

    for (int32_t i = 0; i < n; i++) {
        uint32_t len = read_u32(at);

        at += 4;
        items[i] = NULL_I32;
        if (len == UINT32_MAX)
            continue;
        items[i] = (int32_t)read_u32(at);
        at += len;
    }
    return (I32Array){items, n};
}

static TextArray
read_texts(Bytes v, Arena *a)
{
    const uint8_t *at = NULL;
    int32_t n = array_begin(v, &at);
    const char **items = arena_array(a, (size_t)n + 1, sizeof *items);

    for (int32_t i = 0; i < n; i++) {
        uint32_t len = read_u32(at);

        at += 4;
        if (len == UINT32_MAX)
            continue;
        items[i] = arena_strndup(a, (const char *)at, len);
        at += len;
    }
    return (TextArray){items, n};
}

static void
read_field(const DbRows *rows, size_t r, int i, const Column *c, void *field, Arena *a)
{
    bool null = db_is_null(rows, r, i);
    Bytes v = db_get_bytes(rows, r, i);

    switch (c->type) {
    case COL_DATE:
        *(GameDate *)field = db_get_date(rows, r, i);
        return;
    case COL_TEXT:
        *(const char **)field = null ? NULL : arena_strndup(a, (const char *)v.data, v.len);
        return;
    case COL_JSON:
        *(const char **)field = null ? NULL : arena_strndup(a, (const char *)v.data + 1, v.len - 1);
        return;
    case COL_I32:
        *(int32_t *)field = db_get_i32(rows, r, i);
        return;
    case COL_I64:
        *(int64_t *)field = db_get_i64(rows, r, i);
        return;
    case COL_F64:
        *(double *)field = db_get_f64(rows, r, i);
        return;
    case COL_BOOL:
        *(TriBool *)field = null ? BOOL_NULL : db_get_bool(rows, r, i) ? BOOL_TRUE : BOOL_FALSE;
        return;
    case COL_TS:
        *(Instant *)field = db_get_ts(rows, r, i);
        return;
    case COL_F64_ARRAY:
        *(F64Array *)field = null ? (F64Array){0} : read_f64s(v, a);
        return;
    case COL_I32_ARRAY:
        *(I32Array *)field = null ? (I32Array){0} : read_i32s(v, a);
        return;
    case COL_TEXT_ARRAY:
        *(TextArray *)field = null ? (TextArray){0} : read_texts(v, a);
        return;
    case COL_BYTES:
        *(Bytes *)field = null ? (Bytes){0} : bytes_of(arena_strndup(a, (const char *)v.data, v.len), v.len);
        return;
    }
}

static const char *
column_list(const TableDesc *t, Arena *a)
{
    Buf list = {0};
    char *text;

    for (size_t i = 0; i < t->column_count; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", t->columns[i].name);
    text = arena_strndup(a, (const char *)list.data, list.len);
    buf_free(&list);
    return text;
}

/* The rows of a query for all columns of t, sorted by primary key. */
static bool
read_rows(DbTx *tx, const TableDesc *t, const char *sql, const DbParam *params, size_t param_count, Arena *a,
          void **rows, size_t *count, Err *err)
{
    unsigned char *out;
    DbRows *res;

    if (!db_exec(tx, sql, params, param_count, &res, err))
        return err_prefix(err, "reading %s", t->name);
    *count = db_row_count(res);
    out = arena_array(a, *count + 1, t->row_size);
    for (size_t r = 0; r < *count; r++)
        for (size_t i = 0; i < t->column_count; i++)
            read_field(res, r, (int)i, &t->columns[i], out + r * t->row_size + t->columns[i].offset, a);
    table_sort_rows(t, out, *count, a);
    *rows = out;
    return true;
}

bool
table_read_range_of(DbTx *tx, const TableDesc *t, GameDate from, GameDate to, const char *column, const char *value,
                    Arena *a, void **rows, size_t *count, Err *err)
{
    const DbParam params[] = {db_date(from), db_date(to), db_text(value)};
    const char *sql = arena_printf(a, "select %s from %s where game_date between $1 and $2%s%s%s", column_list(t, a),
                                   t->name, column ? " and " : "", column ? column : "", column ? " = $3" : "");

    return read_rows(tx, t, sql, params, column ? 3 : 2, a, rows, count, err);
}

bool
table_read_keys(DbTx *tx, const TableDesc *t, const char *column, const GameDate *dates, const char *const *values,
                size_t key_count, Arena *a, void **rows, size_t *count, Err *err)
{
    const DbParam params[] = {db_dates(dates, key_count), db_texts(values, key_count)};
    const char *sql = arena_printf(a,
                                   "select %s from %s where (game_date, %s) in"
                                   " (select d, v from unnest($1::date[], $2::text[]) k(d, v))",
                                   column_list(t, a), t->name, column);

    return read_rows(tx, t, sql, params, 2, a, rows, count, err);
}

bool
table_read_range(DbTx *tx, const TableDesc *t, GameDate from, GameDate to, Arena *a, void **rows, size_t *count,
                 Err *err)
{
    return table_read_range_of(tx, t, from, to, NULL, NULL, a, rows, count, err);
}

bool
table_read_date(DbTx *tx, const TableDesc *t, GameDate date, Arena *a, void **rows, size_t *count, Err *err)
{
    return table_read_range(tx, t, date, date, a, rows, count, err);
}

/* ---- writing ---- */

/* The rows behind the pointers as one COPY stream; hashes stand beside them. */
static bool
copy_rows(DbTx *tx, const TableDesc *t, const void *const *rows, const uint8_t (*hashes)[SHA256_LEN], size_t count,
          Arena *a, Err *err)
{
    static const char signature[] = "PGCOPY\n\377\r\n";
    const char *sql = arena_printf(a, "copy %s (%s, row_hash) from stdin (format binary)", t->name, column_list(t, a));
    Buf b = {0};
    bool ok;

    if (count == 0)
        return true;
    buf_put(&b, signature, sizeof signature); /* its NUL is part of it */
    buf_put_u64be(&b, 0);                     /* flags, and length of the header's extension */
    for (size_t r = 0; r < count; r++) {
        buf_put_u16be(&b, (uint16_t)(t->column_count + 1));
        for (size_t i = 0; i < t->column_count; i++)
            put_field(&b, &t->columns[i], table_field(t, rows[r], 0, i));
        buf_put_u32be(&b, SHA256_LEN);
        buf_put(&b, hashes[r], SHA256_LEN);
    }
    buf_put_u16be(&b, UINT16_MAX);
    ok = db_copy_in(tx, sql, bytes_of(b.data, b.len), err);
    buf_free(&b);
    return ok || err_prefix(err, "writing %s", t->name);
}

static ptrdiff_t
column_index(const TableDesc *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return (ptrdiff_t)i;
    return -1;
}

/* A set of names that grows in an arena. */
typedef struct {
    const char **items;
    size_t count, cap;
} NameSet;

static void
name_add(NameSet *s, const char *name, Arena *a)
{
    if (name == NULL || (s->count > 0 && strcmp(s->items[s->count - 1], name) == 0))
        return;
    s->items = arena_room(a, s->items, s->count, &s->cap, sizeof *s->items);
    s->items[s->count++] = name;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static TextArray
name_set_sorted(NameSet *s)
{
    size_t n = 0;

    if (s->count == 0)
        return (TextArray){0};
    qsort(s->items, s->count, sizeof *s->items, compare_names);
    for (size_t i = 0; i < s->count; i++)
        if (n == 0 || strcmp(s->items[n - 1], s->items[i]) != 0)
            s->items[n++] = s->items[i];
    return (TextArray){s->items, (int32_t)n};
}

typedef struct {
    ptrdiff_t player, team;
    NameSet players, teams;
} Changed;

static void
note_change(Changed *ch, const TableDesc *t, const void *row, Arena *a)
{
    if (ch->player >= 0)
        name_add(&ch->players, *(const char *const *)table_field(t, row, 0, (size_t)ch->player), a);
    if (ch->team >= 0)
        name_add(&ch->teams, *(const char *const *)table_field(t, row, 0, (size_t)ch->team), a);
}

/* What stands in the table for (date, owner): rows with their stored hashes, sorted by key. */
typedef struct {
    const void **rows;
    const uint8_t **hashes; /* beside rows */
    const char **ctids;
    size_t count;
} Standing;

static bool
read_standing(DbTx *tx, const TableDesc *t, GameDate date, const char *owner, Arena *a, Standing *out, Err *err)
{
    const DbParam params[] = {db_date(date), db_text(owner)};
    const char *sql = arena_printf(a, "select %s, row_hash, ctid::text from %s where game_date = $1%s",
                                   column_list(t, a), t->name, owner ? " and processor = $2" : "");
    unsigned char *raw;
    const void **sorted;
    DbRows *res;
    int n = (int)t->column_count;

    if (!db_exec(tx, sql, params, owner ? 2 : 1, &res, err))
        return err_prefix(err, "reading %s", t->name);
    out->count = db_row_count(res);
    raw = arena_array(a, out->count + 1, t->row_size);
    for (size_t r = 0; r < out->count; r++)
        for (int i = 0; i < n; i++)
            read_field(res, r, i, &t->columns[i], raw + r * t->row_size + t->columns[i].offset, a);
    sorted = sorted_pointers(t, raw, out->count, a);
    out->rows = sorted;
    out->hashes = arena_array(a, out->count + 1, sizeof *out->hashes);
    out->ctids = arena_array(a, out->count + 1, sizeof *out->ctids);
    for (size_t k = 0; k < out->count; k++) {
        size_t r = (size_t)((const unsigned char *)sorted[k] - raw) / t->row_size;

        out->hashes[k] = db_get_bytes(res, r, n).data; /* lives as long as the transaction's results */
        out->ctids[k] = db_get_text(res, r, n + 1);
    }
    return true;
}

static bool
delete_rows(DbTx *tx, const TableDesc *t, const char *const *ctids, size_t count, Arena *a, Err *err)
{
    const DbParam params[] = {db_texts(ctids, count)};
    const char *sql = arena_printf(a, "delete from %s where ctid = any ($1::text[]::tid[])", t->name);

    return count == 0 || db_exec(tx, sql, params, 1, NULL, err);
}

static bool
refuse_repeats(const TableDesc *t, const void *const *rows, size_t count, Err *err)
{
    for (size_t i = 1; i < count; i++)
        if (table_compare_keys(t, rows[i - 1], rows[i]) == 0)
            return ERR_FAIL(err, ERR_POISON, "%s: two rows with one primary key (second key column %s)", t->name,
                            t->columns[1].type == COL_TEXT ? *(const char *const *)table_field(t, rows[i], 0, 1) : "?");
    return true;
}

bool
table_replace_date(DbTx *tx, const TableDesc *t, GameDate date, const char *owner, const void *rows, size_t count,
                   bool is_first, Arena *a, TableChange *out, Err *err)
{
    const void **mine = sorted_pointers(t, rows, count, a);
    uint8_t(*hashes)[SHA256_LEN] = arena_array(a, count + 1, SHA256_LEN);
    const void **add = arena_array(a, count + 1, sizeof *add);
    uint8_t(*add_hashes)[SHA256_LEN] = arena_array(a, count + 1, SHA256_LEN);
    Standing old = {0};
    const char **drop;
    size_t adds = 0, drops = 0, i = 0, j = 0;
    Changed ch = {.player = column_index(t, "player_lookup"), .team = column_index(t, "team")};
    Buf scratch = {0};

    if (!refuse_repeats(t, mine, count, err))
        return false;
    if (!is_first && !read_standing(tx, t, date, owner, a, &old, err))
        return false;
    for (size_t r = 0; r < count; r++)
        row_hash(t, mine[r], &scratch, hashes[r]);
    drop = arena_array(a, old.count + 1, sizeof *drop);
    out->changed = false;
    while (i < count || j < old.count) {
        int order = i == count ? 1 : j == old.count ? -1 : table_compare_keys(t, mine[i], old.rows[j]);

        bool same = order == 0 && memcmp(hashes[i], old.hashes[j], SHA256_LEN) == 0;

        if (same && same_meta(t, mine[i], old.rows[j], &scratch)) {
            i++;
            j++;
            continue;
        }
        out->changed |= !same;
        if (order >= 0) {
            if (!same)
                note_change(&ch, t, old.rows[j], a);
            drop[drops++] = old.ctids[j++];
        }
        if (order <= 0) {
            if (!same)
                note_change(&ch, t, mine[i], a);
            memcpy(add_hashes[adds], hashes[i], SHA256_LEN);
            add[adds++] = mine[i++];
        }
    }
    buf_free(&scratch);
    sha256(bytes_of(hashes, count * SHA256_LEN), out->hash);
    out->rows = count;
    out->players = name_set_sorted(&ch.players);
    out->teams = name_set_sorted(&ch.teams);
    return delete_rows(tx, t, drop, drops, a, err)
           && copy_rows(tx, t, add, (const uint8_t(*)[SHA256_LEN])add_hashes, adds, a, err);
}

bool
table_insert(DbTx *tx, const TableDesc *t, const void *rows, size_t count, Err *err)
{
    Arena *a = arena_new(0);
    const void **p = sorted_pointers(t, rows, count, a);
    uint8_t(*hashes)[SHA256_LEN] = arena_array(a, count + 1, SHA256_LEN);
    bool ok;

    for (size_t i = 0; i < count; i++)
        table_row_hash(t, p[i], hashes[i]);
    ok = refuse_repeats(t, p, count, err) && copy_rows(tx, t, p, (const uint8_t(*)[SHA256_LEN])hashes, count, a, err);
    arena_free(a);
    return ok;
}
