/*
 * libcore/io/db.h
 *    Postgres through libpq: one connection, one transaction at a time, typed binary parameters,
 *    statements prepared once a connection.
 *
 * Results belong to the transaction: they are released when it ends, and never earlier.
 */
#ifndef TIPOFF_IO_DB_H
#define TIPOFF_IO_DB_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "libcore/base/value.h"

typedef struct Db Db;
typedef struct DbTx DbTx;
typedef struct DbRows DbRows;

/* application_name is what pg_stat_activity shows. ERR_TRANSIENT while the server cannot be
 * reached or starts up, ERR_CONFIG when the role, password or database is wrong. */
NODISCARD bool db_connect(const char *url, const char *application_name, Db **out, Err *err);
void db_close(Db *db); /* NULL is fine; an open transaction is rolled back */

/* READ COMMITTED. */
NODISCARD bool db_begin(Db *db, DbTx **tx, Err *err);
/* A connection lost during COMMIT is ERR_TRANSIENT: whether it took effect is unknown, and the
 * inbox makes repetition harmless. The transaction is over on every outcome. */
NODISCARD bool db_commit(DbTx **tx, Err *err);
void db_rollback(DbTx **tx); /* NULL content is fine */
Db *db_of_tx(DbTx *tx);

typedef enum {
    PARAM_I32,
    PARAM_I64,
    PARAM_F64,
    PARAM_BOOL,
    PARAM_TEXT,
    PARAM_BYTES,
    PARAM_DATE,
    PARAM_TS,
    PARAM_I32_ARRAY,
    PARAM_I64_ARRAY,
    PARAM_F64_ARRAY,
    PARAM_TEXT_ARRAY,
    PARAM_BYTES_ARRAY,
    PARAM_DATE_ARRAY,
} DbParamType;

/* A parameter borrows what it points to until the statement has run. */
typedef struct {
    DbParamType type;
    bool is_null;
    int64_t i; /* i32, i64, bool, date, ts */
    double f;
    Bytes bytes; /* text, bytes */
    const void *items;
    size_t count;
} DbParam;

DbParam db_i32(int32_t v); /* NULL_I32 is NULL */
DbParam db_i64(int64_t v); /* NULL_I64 is NULL */
DbParam db_f64(double v);  /* NaN is NULL */
DbParam db_bool(bool v);
DbParam db_text(const char *s); /* NULL is NULL */
DbParam db_bytes(Bytes b);      /* absent is NULL */
DbParam db_date(GameDate d);
DbParam db_ts(Instant t);
DbParam db_i32s(const int32_t *items, size_t count);
DbParam db_i64s(const int64_t *items, size_t count);
DbParam db_f64s(const double *items, size_t count);
DbParam db_texts(const char *const *items, size_t count); /* a NULL item is a NULL element */
DbParam db_bytess(const Bytes *items, size_t count);      /* an absent item is a NULL element */
DbParam db_dates(const GameDate *items, size_t count);

/* Runs one statement. rows may be NULL; *rows lives until the transaction ends. */
NODISCARD bool db_exec(DbTx *tx, const char *sql, const DbParam *params, size_t param_count, DbRows **rows, Err *err);
/* Several statements without parameters, as a migration holds them. */
NODISCARD bool db_exec_script(DbTx *tx, const char *sql, Err *err);

/* Results live as long as their transaction, unless those that came after a mark are released. */
DbRows *db_results_mark(const DbTx *tx);
void db_results_release(DbTx *tx, const DbRows *mark);

size_t db_row_count(const DbRows *rows);
size_t db_affected(const DbRows *rows);
bool db_is_null(const DbRows *rows, size_t row, int column);
int32_t db_get_i32(const DbRows *rows, size_t row, int column);
int64_t db_get_i64(const DbRows *rows, size_t row, int column);
double db_get_f64(const DbRows *rows, size_t row, int column);
bool db_get_bool(const DbRows *rows, size_t row, int column);
/* NUL-terminated, or NULL; borrowed from rows. */
const char *db_get_text(const DbRows *rows, size_t row, int column);
Bytes db_get_bytes(const DbRows *rows, size_t row, int column);
GameDate db_get_date(const DbRows *rows, size_t row, int column);
Instant db_get_ts(const DbRows *rows, size_t row, int column);

/* COPY ... FROM STDIN (FORMAT binary): begin with the statement, put the stream, end. */
NODISCARD bool db_copy_in(DbTx *tx, const char *sql, Bytes stream, Err *err);

/* One slot a connection for what a worker keeps between transactions (a season cache). free_fn
 * runs when the connection closes. */
void **db_slot(Db *db, void (*free_fn)(void *));

/* Whether the connection still answers; used by readiness. */
bool db_is_usable(const Db *db);

enum { DB_CHANNEL_LEN = 64 };

/* The next notification on the channels that this connection listens to; waits at most timeout_ms for
 * one. channel is its name, cut to what fits. */
NODISCARD bool db_wait_notify(Db *db, int timeout_ms, char channel[DB_CHANNEL_LEN], bool *got, Err *err);

/* SQLSTATE -> what to do about it. */
ErrClass db_error_class(const char *sqlstate);

#endif
