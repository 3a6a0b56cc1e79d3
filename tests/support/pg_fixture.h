/*
 * tests/support/pg_fixture.h
 *    A clean database for a test, and short ways to ask and tell it things. Whatever fails, fails the
 *    test that is running.
 */
#ifndef TIPOFF_TESTS_PG_FIXTURE_H
#define TIPOFF_TESTS_PG_FIXTURE_H

#include "libcore/io/db.h"

/* Connects to DATABASE_URL. Only a database whose name begins with "t_" is taken: the tests empty
 * it. Close with db_close(). */
Db *pg_open(const char *application_name);

/* Removes every schema of ours and applies all migrations. */
void pg_reset(Db *db);

/* Statements in a transaction of their own. */
void pg_run(Db *db, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The one value of a query. A NULL, or no row, is NULL_I64 and NULL. */
int64_t pg_number(Db *db, const char *fmt, ...) PRINTF_LIKE(2, 3);
const char *pg_string(Db *db, Arena *a, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Waits until that many backends of this database wait for a lock; false after 20 s. Does not fail
 * the test, so that any thread may call it. */
NODISCARD bool pg_wait_until_blocked(Db *db, int backends);

#endif
