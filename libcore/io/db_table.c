/*
 * libcore/io/db_table.c
 *    Rows out of a query and into a COPY; which rows of a cell have to go and come is in table_diff.c.
 */
#include "libcore/io/db_table.h"
#include <assert.h>
#include <string.h>
#include "libcore/io/db_array.h"

/* ---- reading ---- */

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
        *(F64Array *)field = db_get_f64s(rows, r, i, a);
        return;
    case COL_I32_ARRAY:
        *(I32Array *)field = db_get_i32s(rows, r, i, a);
        return;
    case COL_TEXT_ARRAY:
        *(TextArray *)field = db_get_texts(rows, r, i, a);
        return;
    case COL_BYTES:
        *(Bytes *)field = null ? (Bytes){0} : arena_bytes(a, v.data, v.len);
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

/* The rows of the set at these places as one COPY stream. */
static bool
copy_rows(DbTx *tx, const TableDesc *t, const KeyedRows *set, const size_t *at, size_t count, Arena *a, Err *err)
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
            table_put_field(&b, &t->columns[i], table_field(t, set->rows[at[r]], 0, i));
        buf_put_u32be(&b, SHA256_LEN);
        buf_put(&b, set->hashes[at[r]], SHA256_LEN);
    }
    buf_put_u16be(&b, UINT16_MAX);
    ok = db_copy_in(tx, sql, bytes_of(b.data, b.len), err);
    buf_free(&b);
    return ok || err_prefix(err, "writing %s", t->name);
}

/* What stands in the table. */
typedef struct {
    KeyedRows set;
    const char **ctids; /* beside the rows */
} Standing;

/* Rows of a query for all columns of t, row_hash and ctid. */
static bool
read_standing(DbTx *tx, const TableDesc *t, const char *sql, const DbParam *params, size_t param_count, Arena *a,
              Standing *out, Err *err)
{
    const uint8_t **hashes;
    unsigned char *raw;
    DbRows *res;
    int n = (int)t->column_count;

    if (!db_exec(tx, sql, params, param_count, &res, err))
        return err_prefix(err, "reading %s", t->name);
    out->set.count = db_row_count(res);
    raw = arena_array(a, out->set.count + 1, t->row_size);
    for (size_t r = 0; r < out->set.count; r++)
        for (int i = 0; i < n; i++)
            read_field(res, r, i, &t->columns[i], raw + r * t->row_size + t->columns[i].offset, a);
    out->set.rows = table_sorted_pointers(t, raw, out->set.count, a);
    out->set.hashes = hashes = arena_array(a, out->set.count + 1, sizeof *hashes);
    out->ctids = arena_array(a, out->set.count + 1, sizeof *out->ctids);
    for (size_t k = 0; k < out->set.count; k++) {
        size_t r = (size_t)((const unsigned char *)out->set.rows[k] - raw) / t->row_size;

        hashes[k] = db_get_bytes(res, r, n).data; /* lives as long as the transaction's results */
        out->ctids[k] = db_get_text(res, r, n + 1);
    }
    return true;
}

static bool
delete_rows(DbTx *tx, const TableDesc *t, const Standing *old, const TableDiff *diff, Arena *a, Err *err)
{
    const char **ctids = arena_array(a, diff->drop_count + 1, sizeof *ctids);
    const char *sql = arena_printf(a, "delete from %s where ctid = any ($1::text[]::tid[])", t->name);

    if (diff->drop_count == 0)
        return true;
    assert(old->ctids != NULL); /* what goes has stood there */
    for (size_t i = 0; i < diff->drop_count; i++)
        ctids[i] = old->ctids[diff->drop[i]];
    {
        const DbParam params[] = {db_texts(ctids, diff->drop_count)};

        return db_exec(tx, sql, params, 1, NULL, err);
    }
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

/* Puts the new rows in place of the old ones, touching only what differs. */
static bool
replace_rows(DbTx *tx, const TableDesc *t, const Standing *old, const KeyedRows *now, const char *const *identity,
             Arena *a, TableChange *out, Err *err)
{
    TableDiff diff;

    table_diff(t, &old->set, now, identity, a, &diff);
    *out = diff.change;
    return delete_rows(tx, t, old, &diff, a, err) && copy_rows(tx, t, now, diff.add, diff.add_count, a, err);
}

bool
table_replace_part(DbTx *tx, const TableDesc *t, const TablePart *part, const void *rows, size_t count, Arena *a,
                   TableChange *out, Err *err)
{
    const DbParam params[] = {db_date(part->date), db_text(part->owner)};
    const char *sql = arena_printf(a, "select %s, row_hash, ctid::text from %s where game_date = $1%s",
                                   column_list(t, a), t->name, part->owner ? " and processor = $2" : "");
    const KeyedRows now = keyed_rows(t, rows, count, a);
    Standing old = {0};

    if (!refuse_repeats(t, now.rows, count, err)
        || (!part->is_first && !read_standing(tx, t, sql, params, part->owner ? 2 : 1, a, &old, err))
        || !replace_rows(tx, t, &old, &now, part->identity, a, out, err))
        return false;
    keyed_rows_hash(&now, out->hash);
    out->rows = count;
    return true;
}

/* ---- some of a part's rows ---- */

/* The columns of the primary key, texts by their bytes. */
static const char *
key_order(const TableDesc *t, Arena *a)
{
    const char *list = "";

    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].role == COL_KEY)
            list = arena_printf(a, "%s%s%s%s", list, list[0] != '\0' ? ", " : "", t->columns[i].name,
                                t->columns[i].type == COL_TEXT ? " collate \"C\"" : "");
    return list;
}

/* How many rows the part has, and the hash of their hashes in the order of keys. */
static bool
fold_part(DbTx *tx, const TableDesc *t, const TablePart *part, Arena *a, TableChange *out, Err *err)
{
    const DbParam params[] = {db_date(part->date), db_text(part->owner)};
    const char *sql = arena_printf(a,
                                   "select count(*), sha256(coalesce(string_agg(row_hash, ''::bytea order by %s),"
                                   " ''::bytea)) from %s where game_date = $1%s",
                                   key_order(t, a), t->name, part->owner ? " and processor = $2" : "");
    DbRows *rows;

    if (!db_exec(tx, sql, params, part->owner ? 2 : 1, &rows, err))
        return err_prefix(err, "reading %s", t->name);
    out->rows = (size_t)db_get_i64(rows, 0, 0);
    memcpy(out->hash, db_get_bytes(rows, 0, 1).data, SHA256_LEN);
    return true;
}

/* A row of another key would stand beside the one that it was to replace. */
static bool
refuse_other_keys(const TableDesc *t, const KeyedRows *now, ptrdiff_t column, TextArray keys, Err *err)
{
    for (size_t i = 0; i < now->count; i++) {
        const char *key = *(const char *const *)table_field(t, now->rows[i], 0, (size_t)column);

        if (!key_set_has(keys, key))
            return ERR_FAIL(err, ERR_POISON, "%s: a row of %s, which is not among the keys to replace", t->name,
                            key ? key : "nobody");
    }
    return true;
}

bool
table_update_part(DbTx *tx, const TableDesc *t, const TablePart *part, const void *rows, size_t count,
                  const char *key_column, TextArray keys, Arena *a, TableChange *out, Err *err)
{
    const DbParam params[] = {db_date(part->date), db_texts(keys.items, (size_t)keys.count), db_text(part->owner)};
    const char *sql = arena_printf(a,
                                   "select %s, row_hash, ctid::text from %s where game_date = $1 and %s = any ($2)%s",
                                   column_list(t, a), t->name, key_column, part->owner ? " and processor = $3" : "");
    const KeyedRows now = keyed_rows(t, rows, count, a);
    const ptrdiff_t column = table_column(t, key_column);
    Standing old = {0};

    if (column < 0 || t->columns[column].type != COL_TEXT)
        return ERR_FAIL(err, ERR_FATAL, "%s has no text column %s", t->name, key_column);
    *out = (TableChange){0};
    if (!refuse_repeats(t, now.rows, count, err) || !refuse_other_keys(t, &now, column, keys, err)
        || (keys.count > 0 && !read_standing(tx, t, sql, params, part->owner ? 3 : 2, a, &old, err))
        || !replace_rows(tx, t, &old, &now, part->identity, a, out, err))
        return false;
    return fold_part(tx, t, part, a, out, err);
}

bool
table_insert(DbTx *tx, const TableDesc *t, const void *rows, size_t count, Err *err)
{
    Arena *a = arena_new(0);
    const KeyedRows now = keyed_rows(t, rows, count, a);
    size_t *at = arena_array(a, count + 1, sizeof *at);
    bool ok;

    for (size_t i = 0; i < count; i++)
        at[i] = i;
    ok = refuse_repeats(t, now.rows, count, err) && copy_rows(tx, t, &now, at, count, a, err);
    arena_free(a);
    return ok;
}
