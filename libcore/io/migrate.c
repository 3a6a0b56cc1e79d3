/*
 * libcore/io/migrate.c
 *    The migration runner and the catalogue check that every process makes when it starts.
 */
#include "libcore/io/migrate.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/io/sha256.h"

static int
is_migration(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 9 && strspn(e->d_name, "0123456789") == 4 && e->d_name[4] == '_'
           && strcmp(e->d_name + len - 4, ".sql") == 0;
}

static bool
read_file(const char *path, Buf *out, Err *err)
{
    FILE *f = fopen(path, "rb");
    char chunk[8192];
    size_t n;
    bool ok;

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(out, chunk, n);
    ok = !ferror(f);
    (void)fclose(f);
    return ok || ERR_FAIL(err, ERR_CONFIG, "cannot read %s", path);
}

static bool
apply_one(Db *db, const char *dir, const char *name, bool *applied, Err *err)
{
    const DbParam key[] = {db_text(name)};
    char path[4096], hex[SHA256_HEX_LEN];
    uint8_t digest[SHA256_LEN];
    Buf sql = {0};
    DbTx *tx = NULL;
    DbRows *rows;
    bool ok = false;

    *applied = false;
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    if (!read_file(path, &sql, err) || !db_begin(db, &tx, err))
        goto done;
    sha256(bytes_of(sql.data, sql.len), digest);
    (void)hex_encode(bytes_of(digest, sizeof digest), hex);
    /* Serialises two processes that migrate at once. */
    if (!db_exec_script(tx, "select pg_advisory_xact_lock(7470, 1)", err)
        || !db_exec(tx, "select sha256 from tipoff_migration where name = $1", key, 1, &rows, err))
        goto done;
    if (db_row_count(rows) > 0) {
        ok = strcmp(db_get_text(rows, 0, 0), hex) == 0
             || ERR_FAIL(err, ERR_CONFIG, "migration %s changed after it was applied; add a new one instead", name);
        goto done;
    }
    if (!db_exec_script(tx, buf_cstr(&sql), err)) {
        (void)err_prefix(err, "migration %s", name);
        goto done;
    }
    {
        const DbParam params[] = {db_text(name), db_text(hex)};

        if (!db_exec(tx, "insert into tipoff_migration (name, sha256) values ($1, $2)", params, 2, NULL, err))
            goto done;
    }
    ok = db_commit(&tx, err);
    *applied = ok;
done:
    db_rollback(&tx);
    buf_free(&sql);
    return ok;
}

bool
migrate_apply(Db *db, const char *dir, int *applied, Err *err)
{
    static const char ledger[] = "create table if not exists tipoff_migration (name text primary key, sha256 text not "
                                 "null, applied_at timestamptz not null default now())";
    struct dirent **list;
    DbTx *tx = NULL;
    bool ok;
    int n;

    *applied = 0;
    ok = db_begin(db, &tx, err) && db_exec_script(tx, "select pg_advisory_xact_lock(7470, 1)", err)
         && db_exec_script(tx, ledger, err) && db_commit(&tx, err);
    db_rollback(&tx);
    if (!ok)
        return false;
    n = scandir(dir, &list, is_migration, alphasort);
    if (n < 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot read the migrations in %s: %s", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        bool did = false;

        ok = ok && apply_one(db, dir, list[i]->d_name, &did, err);
        *applied += did;
        free(list[i]);
    }
    free(list);
    return ok;
}

/* Whether the ledger has the file as it is. */
static bool
is_applied(DbTx *tx, const char *dir, const char *name, bool *out, Err *err)
{
    char path[4096], hex[SHA256_HEX_LEN];
    uint8_t digest[SHA256_LEN];
    Buf sql = {0};
    DbRows *rows;
    bool ok;

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    ok = read_file(path, &sql, err);
    sha256(bytes_of(sql.data, sql.len), digest);
    (void)hex_encode(bytes_of(digest, sizeof digest), hex);
    buf_free(&sql);
    {
        const DbParam params[] = {db_text(name), db_text(hex)};

        ok = ok && db_exec(tx, "select 1 from tipoff_migration where name = $1 and sha256 = $2", params, 2, &rows, err);
    }
    *out = ok && db_row_count(rows) > 0;
    return ok;
}

bool
migrate_pending(DbTx *tx, const char *dir, Arena *a, size_t *count, const char **first, Err *err)
{
    struct dirent **list;
    bool ok = true;
    int n = scandir(dir, &list, is_migration, alphasort);

    *count = 0;
    *first = NULL;
    if (n < 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot read the migrations in %s: %s", dir, strerror(errno));
    for (int i = 0; i < n; i++) {
        bool is_there = true;

        ok = ok && is_applied(tx, dir, list[i]->d_name, &is_there, err);
        if (ok && !is_there && (*count)++ == 0)
            *first = arena_strdup(a, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return ok;
}

static const char *
sql_type_name(ColumnType type)
{
    static const char *const names[] = {
        [COL_DATE] = "date",
        [COL_TEXT] = "text",
        [COL_I32] = "integer",
        [COL_I64] = "bigint",
        [COL_F64] = "double precision",
        [COL_BOOL] = "boolean",
        [COL_TS] = "timestamp with time zone",
        [COL_F64_ARRAY] = "double precision[]",
        [COL_I32_ARRAY] = "integer[]",
        [COL_TEXT_ARRAY] = "text[]",
        [COL_BYTES] = "bytea",
        [COL_JSON] = "jsonb",
    };

    return names[type];
}

static bool
check_column(const DbRows *rows, const char *table, const char *column, const char *type, Err *err)
{
    const char *have = NULL;

    for (size_t r = 0; r < db_row_count(rows) && have == NULL; r++)
        if (strcmp(db_get_text(rows, r, 0), column) == 0)
            have = db_get_text(rows, r, 1);
    if (have == NULL)
        return ERR_FAIL(err, ERR_CONFIG,
                        "table %s lacks column %s (%s), which this build writes; the migrations in schemas/sql "
                        "create it: run 'tipoff migrate', or add the column that was dropped",
                        table, column, type);
    return strcmp(have, type) == 0
           || ERR_FAIL(err, ERR_CONFIG, "table %s column %s is %s, and this build writes %s: run 'tipoff migrate'",
                       table, column, have, type);
}

bool
catalogue_check(DbTx *tx, const TableDesc *t, Err *err)
{
    static const char sql[] = "select attname::text, format_type(atttypid, atttypmod) from pg_attribute"
                              " where attrelid = to_regclass($1) and attnum > 0 and not attisdropped";
    const DbParam params[] = {db_text(t->name)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_CONFIG, "table %s does not exist: run 'tipoff migrate'", t->name);
    for (size_t c = 0; c < t->column_count; c++)
        if (!check_column(rows, t->name, t->columns[c].name, sql_type_name(t->columns[c].type), err))
            return false;
    return check_column(rows, t->name, "row_hash", "bytea", err);
}
