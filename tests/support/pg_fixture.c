/*
 * tests/support/pg_fixture.c
 *    See the header. Assertions come from cmocka: nothing here is for the product.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "libcore/io/migrate.h"
#include "tests/support/pg_fixture.h"

enum { BLOCKED_WAIT_MS = 20000, SQL_MAX = 4096 };

static void
must(bool ok, const Err *err, const char *doing)
{
    if (!ok)
        fail_msg("%s: %s", doing, err->msg);
}

static void
refuse_other_databases(Db *db)
{
    Arena *a = arena_new(0);
    const char *name = pg_string(db, a, "select current_database()");

    if (strncmp(name, "t_", 2) != 0)
        fail_msg("DATABASE_URL names database %s; these tests empty it, so its name must begin with t_", name);
    arena_free(a);
}

Db *
pg_open(const char *application_name)
{
    const char *url = getenv("DATABASE_URL");
    Db *db = NULL;
    Err err;

    if (url == NULL || url[0] == '\0')
        fail_msg("DATABASE_URL is not set; ops/test integration sets it");
    must(db_connect(url, application_name, &db, &err), &err, "connecting");
    refuse_other_databases(db);
    return db;
}

void
pg_reset(Db *db)
{
    int applied;
    Err err;

    pg_run(db, "set lock_timeout = '30s'"); /* a claim that failed before may have left locks behind */
    pg_run(db, "drop schema if exists raw, analytics, precompute, features, predictions, ops cascade;"
               " drop schema public cascade; create schema public");
    must(migrate_apply(db, TIPOFF_SOURCE_ROOT "/schemas/sql", &applied, &err), &err, "migrating");
    assert_true(applied > 0);
}

void
pg_run(Db *db, const char *fmt, ...)
{
    char sql[SQL_MAX];
    DbTx *tx = NULL;
    va_list ap;
    Err err;

    va_start(ap, fmt);
    assert_in_range(vsnprintf(sql, sizeof sql, fmt, ap), 1, sizeof sql - 1);
    va_end(ap);
    must(db_begin(db, &tx, &err) && db_exec_script(tx, sql, &err) && db_commit(&tx, &err), &err, sql);
}

static const char *
ask(Db *db, const char *sql, Arena *a)
{
    const char *wrapped = arena_printf(a, "select (%s)::text", sql);
    const char *value = NULL;
    DbTx *tx = NULL;
    DbRows *rows;
    Err err;

    must(db_begin(db, &tx, &err) && db_exec(tx, wrapped, NULL, 0, &rows, &err), &err, sql);
    assert_int_equal(db_row_count(rows), 1);
    value = arena_strdup(a, db_get_text(rows, 0, 0));
    db_rollback(&tx);
    return value;
}

int64_t
pg_number(Db *db, const char *fmt, ...)
{
    Arena *a = arena_new(0);
    char sql[SQL_MAX];
    const char *text;
    int64_t number;
    va_list ap;

    va_start(ap, fmt);
    assert_in_range(vsnprintf(sql, sizeof sql, fmt, ap), 1, sizeof sql - 1);
    va_end(ap);
    text = ask(db, sql, a);
    number = text == NULL ? NULL_I64 : strtoll(text, NULL, 10);
    arena_free(a);
    return number;
}

const char *
pg_string(Db *db, Arena *a, const char *fmt, ...)
{
    char sql[SQL_MAX];
    va_list ap;

    va_start(ap, fmt);
    assert_in_range(vsnprintf(sql, sizeof sql, fmt, ap), 1, sizeof sql - 1);
    va_end(ap);
    return ask(db, sql, a);
}

bool
pg_wait_until_blocked(Db *db, int backends)
{
    static const char sql[] = "select count(*) from pg_stat_activity where datname = current_database()"
                              " and wait_event_type = 'Lock'";
    const struct timespec pause = {.tv_nsec = 2000000};
    int64_t seen = 0;

    for (int waited = 0; waited < BLOCKED_WAIT_MS && seen < backends; waited += 2) {
        DbTx *tx = NULL;
        DbRows *rows;
        Err err;

        if (!db_begin(db, &tx, &err))
            return false;
        seen = db_exec(tx, sql, NULL, 0, &rows, &err) ? db_get_i64(rows, 0, 0) : 0;
        db_rollback(&tx);
        (void)nanosleep(&pause, NULL);
    }
    return seen >= backends;
}
