/*
 * libcore/io/db.c
 *    libpq behind typed parameters and results that a transaction owns.
 */
#include "libcore/io/db.h"
#include <assert.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* The default, Jenkins, falls through cases without saying so. */
#define HASH_FUNCTION HASH_FNV
#include <uthash.h>

enum { MAX_PARAMS = 40, PG_EPOCH_DAYS = 10957 };
static const int64_t PG_EPOCH_US = INT64_C(946684800000000);

typedef struct {
    char *sql;
    char name[24];
    UT_hash_handle hh;
} Statement;

struct DbRows {
    PGresult *res;
    DbRows *next;
};

struct DbTx {
    Db *db;
    DbRows *results;
};

struct Db {
    PGconn *conn;
    Statement *statements;
    unsigned statement_count;
    DbTx tx;
    bool in_tx;
    Buf params;
    void *slot;
    void (*slot_free)(void *);
};

/* ---- errors ---- */

typedef struct {
    const char *prefix;
    ErrClass cls;
} StateClass;

/* First match wins; anything else is a broken invariant of ours. */
static const StateClass state_classes[] = {
    {"08", ERR_TRANSIENT},    {"40001", ERR_TRANSIENT}, {"40P01", ERR_TRANSIENT}, {"53", ERR_TRANSIENT},
    {"57P", ERR_TRANSIENT},   {"57014", ERR_TRANSIENT}, {"58", ERR_TRANSIENT},    {"55P03", ERR_TRANSIENT},
    {"25006", ERR_TRANSIENT}, {"22", ERR_POISON},       {"23", ERR_POISON},       {"28", ERR_CONFIG},
    {"3D", ERR_CONFIG},       {"42", ERR_CONFIG},       {"3F", ERR_CONFIG},       {"0A", ERR_CONFIG},
};

ErrClass
db_error_class(const char *sqlstate)
{
    if (sqlstate == NULL || sqlstate[0] == '\0')
        return ERR_TRANSIENT; /* libpq itself: the connection is gone */
    for (size_t i = 0; i < ARRAY_LEN(state_classes); i++) {
        const StateClass *s = &state_classes[i];

        if (strncmp(sqlstate, s->prefix, strlen(s->prefix)) == 0)
            return s->cls;
    }
    return ERR_FATAL;
}

static bool
fail_conn(Db *db, const char *doing, Err *err)
{
    (void)ERR_FAIL(err, ERR_TRANSIENT, "%s: %s", doing, PQerrorMessage(db->conn));
    err->msg[strcspn(err->msg, "\n")] = '\0';
    return false;
}

static bool
fail_result(Db *db, const PGresult *res, const char *sql, Err *err)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
    ErrClass cls = PQstatus(db->conn) == CONNECTION_BAD ? ERR_TRANSIENT : db_error_class(state);

    (void)ERR_FAIL(err, cls, "%.300s%s%.200s [%s] in: %.120s", primary ? primary : PQerrorMessage(db->conn),
                   detail ? ": " : "", detail ? detail : "", state ? state : "-", sql);
    err_set_code(err, state);
    return false;
}

/* ---- connection ---- */

static void
ignore_notice(void *arg, const PGresult *res)
{
    (void)arg;
    (void)res;
}

/* A server that starts or is out of reach may come; a wrong role or database will not. */
static ErrClass
connect_failure_class(const char *message)
{
    static const char *const hopeless[] = {"authentication failed", "does not exist", "no pg_hba.conf",
                                           "invalid connection option", "invalid URI"};

    for (size_t i = 0; i < ARRAY_LEN(hopeless); i++)
        if (strstr(message, hopeless[i]) != NULL)
            return ERR_CONFIG;
    return ERR_TRANSIENT;
}

bool
db_connect(const char *url, const char *application_name, Db **out, Err *err)
{
    const char *const keys[] = {"dbname", "application_name", "client_encoding", "connect_timeout", NULL};
    const char *const values[] = {url, application_name, "UTF8", "10", NULL};
    PGconn *conn = PQconnectdbParams(keys, values, 1);
    Db *db;

    if (conn == NULL)
        abort();
    if (PQstatus(conn) != CONNECTION_OK) {
        (void)ERR_FAIL(err, connect_failure_class(PQerrorMessage(conn)),
                       "cannot connect to Postgres (start it, or set DATABASE_URL to one that runs): %s",
                       PQerrorMessage(conn));
        err->msg[strcspn(err->msg, "\n")] = '\0';
        PQfinish(conn);
        return false;
    }
    PQsetNoticeReceiver(conn, ignore_notice, NULL);
    db = calloc(1, sizeof *db);
    if (db == NULL)
        abort();
    db->conn = conn;
    db->tx.db = db;
    *out = db;
    return true;
}

void
db_close(Db *db)
{
    Statement *s, *next;

    if (db == NULL)
        return;
    if (db->slot != NULL && db->slot_free != NULL)
        db->slot_free(db->slot);
    s = db->statements;
    HASH_CLEAR(hh, db->statements); /* the index goes, its members stay linked */
    for (; s != NULL; s = next) {
        next = s->hh.next;
        free(s->sql);
        free(s);
    }
    for (DbRows *r = db->tx.results, *n; r != NULL; r = n) {
        n = r->next;
        PQclear(r->res);
        free(r);
    }
    PQfinish(db->conn);
    buf_free(&db->params);
    free(db);
}

void **
db_slot(Db *db, void (*free_fn)(void *))
{
    db->slot_free = free_fn;
    return &db->slot;
}

bool
db_is_usable(const Db *db)
{
    return PQstatus(db->conn) == CONNECTION_OK;
}

/* ---- transactions ---- */

DbRows *
db_results_mark(const DbTx *tx)
{
    return tx->results;
}

void
db_results_release(DbTx *tx, const DbRows *mark)
{
    while (tx->results != mark) {
        DbRows *r = tx->results;

        tx->results = r->next;
        PQclear(r->res);
        free(r);
    }
}

static bool
simple_command(Db *db, const char *sql, Err *err)
{
    PGresult *res = PQexec(db->conn, sql);
    bool ok = PQresultStatus(res) == PGRES_COMMAND_OK;

    /* COMMIT of a failed transaction answers ROLLBACK. */
    if (ok && strcmp(sql, "commit") == 0 && strcmp(PQcmdStatus(res), "COMMIT") != 0)
        ok = ERR_FAIL(err, ERR_FATAL, "COMMIT answered %s", PQcmdStatus(res));
    else if (!ok)
        (void)fail_result(db, res, sql, err);
    PQclear(res);
    return ok;
}

bool
db_begin(Db *db, DbTx **tx, Err *err)
{
    assert(!db->in_tx);
    if (!simple_command(db, "begin", err))
        return false;
    db->in_tx = true;
    *tx = &db->tx;
    return true;
}

bool
db_commit(DbTx **tx, Err *err)
{
    Db *db = (*tx)->db;
    bool ok = simple_command(db, "commit", err);

    db_results_release(*tx, NULL);
    db->in_tx = false;
    *tx = NULL;
    return ok;
}

void
db_rollback(DbTx **tx)
{
    Err ignored;
    Db *db;

    if (*tx == NULL)
        return;
    db = (*tx)->db;
    (void)simple_command(db, "rollback", &ignored); /* a dead connection has rolled back by itself */
    db_results_release(*tx, NULL);
    db->in_tx = false;
    *tx = NULL;
}

Db *
db_of_tx(DbTx *tx)
{
    return tx->db;
}

/* ---- parameters ---- */

static const Oid param_oids[] = {
    [PARAM_I32] = 23,          [PARAM_I64] = 20,         [PARAM_F64] = 701,         [PARAM_BOOL] = 16,
    [PARAM_TEXT] = 25,         [PARAM_BYTES] = 17,       [PARAM_DATE] = 1082,       [PARAM_TS] = 1184,
    [PARAM_I32_ARRAY] = 1007,  [PARAM_I64_ARRAY] = 1016, [PARAM_TEXT_ARRAY] = 1009, [PARAM_BYTES_ARRAY] = 1001,
    [PARAM_DATE_ARRAY] = 1182, [PARAM_F64_ARRAY] = 1022,
};

static DbParam
scalar(DbParamType type, bool is_null, int64_t i)
{
    return (DbParam){.type = type, .is_null = is_null, .i = i};
}

DbParam
db_i32(int32_t v)
{
    return scalar(PARAM_I32, v == NULL_I32, v);
}

DbParam
db_i64(int64_t v)
{
    return scalar(PARAM_I64, v == NULL_I64, v);
}

DbParam
db_f64(double v)
{
    return (DbParam){.type = PARAM_F64, .is_null = isnan(v), .f = v};
}

DbParam
db_bool(bool v)
{
    return scalar(PARAM_BOOL, false, v);
}

DbParam
db_text(const char *s)
{
    return (DbParam){.type = PARAM_TEXT, .is_null = s == NULL, .bytes = bytes_of_str(s)};
}

DbParam
db_bytes(Bytes b)
{
    return (DbParam){.type = PARAM_BYTES, .is_null = b.data == NULL, .bytes = b};
}

DbParam
db_date(GameDate d)
{
    return scalar(PARAM_DATE, date_is_null(d), d.days);
}

DbParam
db_ts(Instant t)
{
    return scalar(PARAM_TS, instant_is_null(t), t.us);
}

static DbParam
array(DbParamType type, const void *items, size_t count)
{
    return (DbParam){.type = type, .items = items, .count = count};
}

DbParam
db_i32s(const int32_t *items, size_t count)
{
    return array(PARAM_I32_ARRAY, items, count);
}

DbParam
db_i64s(const int64_t *items, size_t count)
{
    return array(PARAM_I64_ARRAY, items, count);
}

DbParam
db_f64s(const double *items, size_t count)
{
    return array(PARAM_F64_ARRAY, items, count);
}

DbParam
db_texts(const char *const *items, size_t count)
{
    return array(PARAM_TEXT_ARRAY, items, count);
}

DbParam
db_bytess(const Bytes *items, size_t count)
{
    return array(PARAM_BYTES_ARRAY, items, count);
}

DbParam
db_dates(const GameDate *items, size_t count)
{
    return array(PARAM_DATE_ARRAY, items, count);
}

static void
put_scalar(Buf *b, const DbParam *p)
{
    uint64_t bits;

    switch (p->type) {
    case PARAM_I32:
        buf_put_u32be(b, (uint32_t)p->i);
        return;
    case PARAM_I64:
        buf_put_u64be(b, (uint64_t)p->i);
        return;
    case PARAM_F64:
        memcpy(&bits, &p->f, sizeof bits);
        buf_put_u64be(b, bits);
        return;
    case PARAM_BOOL:
        buf_put_u8(b, p->i != 0);
        return;
    case PARAM_DATE:
        buf_put_u32be(b, (uint32_t)(p->i - PG_EPOCH_DAYS));
        return;
    case PARAM_TS:
        buf_put_u64be(b, (uint64_t)(p->i - PG_EPOCH_US));
        return;
    case PARAM_TEXT:
    case PARAM_BYTES:
        buf_put(b, p->bytes.data, p->bytes.len);
        return;
    case PARAM_I32_ARRAY:
    case PARAM_I64_ARRAY:
    case PARAM_F64_ARRAY:
    case PARAM_TEXT_ARRAY:
    case PARAM_BYTES_ARRAY:
    case PARAM_DATE_ARRAY:
        return; /* put_array */
    }
}

static void
put_array_header(Buf *b, size_t count, Oid element)
{
    buf_put_u32be(b, count > 0 ? 1 : 0);
    buf_put_u32be(b, 1); /* may have NULLs */
    buf_put_u32be(b, element);
    if (count > 0) {
        buf_put_u32be(b, (uint32_t)count);
        buf_put_u32be(b, 1);
    }
}

static void
put_bytes_element(Buf *b, Bytes v)
{
    if (v.data == NULL) {
        buf_put_u32be(b, UINT32_MAX);
        return;
    }
    buf_put_u32be(b, (uint32_t)v.len);
    buf_put(b, v.data, v.len);
}

static void
put_array(Buf *b, const DbParam *p)
{
    static const Oid elements[] = {[PARAM_I32_ARRAY] = 23,  [PARAM_I64_ARRAY] = 20,   [PARAM_F64_ARRAY] = 701,
                                   [PARAM_TEXT_ARRAY] = 25, [PARAM_BYTES_ARRAY] = 17, [PARAM_DATE_ARRAY] = 1082};

    put_array_header(b, p->count, elements[p->type]);
    for (size_t i = 0; i < p->count; i++) {
        if (p->type == PARAM_I32_ARRAY) {
            buf_put_u32be(b, 4);
            buf_put_u32be(b, (uint32_t)((const int32_t *)p->items)[i]);
        } else if (p->type == PARAM_DATE_ARRAY) {
            buf_put_u32be(b, 4);
            buf_put_u32be(b, (uint32_t)(((const GameDate *)p->items)[i].days - PG_EPOCH_DAYS));
        } else if (p->type == PARAM_I64_ARRAY) {
            buf_put_u32be(b, 8);
            buf_put_u64be(b, (uint64_t)((const int64_t *)p->items)[i]);
        } else if (p->type == PARAM_F64_ARRAY) {
            uint64_t bits;

            memcpy(&bits, &((const double *)p->items)[i], sizeof bits);
            buf_put_u32be(b, 8);
            buf_put_u64be(b, bits);
        } else if (p->type == PARAM_TEXT_ARRAY) {
            put_bytes_element(b, bytes_of_str(((const char *const *)p->items)[i]));
        } else {
            put_bytes_element(b, ((const Bytes *)p->items)[i]);
        }
    }
}

/* ---- statements ---- */

static Statement *
prepared(const Db *db, const char *sql) /* NOLINT(readability-function-size): uthash nests its macros */
{
    Statement *s;

    HASH_FIND_STR(db->statements, sql, s);
    return s;
}

static void
remember(Db *db, Statement *s) /* NOLINT(readability-function-size): the same */
{
    HASH_ADD_KEYPTR(hh, db->statements, s->sql, strlen(s->sql), s);
}

static bool
prepare(Db *db, const char *sql, const DbParam *params, size_t count, const Statement **out, Err *err)
{
    Statement *s = prepared(db, sql);
    Oid types[MAX_PARAMS];
    PGresult *res;
    bool ok;

    if (s != NULL) {
        *out = s;
        return true;
    }
    for (size_t i = 0; i < count; i++)
        types[i] = param_oids[params[i].type];
    s = calloc(1, sizeof *s);
    if (s == NULL || (s->sql = strdup(sql)) == NULL)
        abort();
    (void)snprintf(s->name, sizeof s->name, "s%u", db->statement_count++);
    res = PQprepare(db->conn, s->name, sql, (int)count, types);
    ok = PQresultStatus(res) == PGRES_COMMAND_OK;
    if (!ok) {
        (void)fail_result(db, res, sql, err);
        free(s->sql);
        free(s);
    } else {
        remember(db, s);
        *out = s;
    }
    PQclear(res);
    return ok;
}

static DbRows *
keep_result(DbTx *tx, PGresult *res)
{
    DbRows *rows = calloc(1, sizeof *rows);

    if (rows == NULL)
        abort();
    rows->res = res;
    rows->next = tx->results;
    tx->results = rows;
    return rows;
}

bool
db_exec(DbTx *tx, const char *sql, const DbParam *params, size_t param_count, DbRows **rows, Err *err)
{
    Db *db = tx->db;
    const Statement *s;
    size_t at[MAX_PARAMS];
    const char *values[MAX_PARAMS];
    int lengths[MAX_PARAMS], formats[MAX_PARAMS];
    PGresult *res;
    ExecStatusType status;

    if (param_count > MAX_PARAMS)
        return ERR_FAIL(err, ERR_FATAL, "a statement with %zu parameters", param_count);
    if (!prepare(db, sql, params, param_count, &s, err))
        return false;
    buf_clear(&db->params);
    for (size_t i = 0; i < param_count; i++) {
        at[i] = db->params.len;
        if (params[i].type >= PARAM_I32_ARRAY)
            put_array(&db->params, &params[i]);
        else if (!params[i].is_null)
            put_scalar(&db->params, &params[i]);
        lengths[i] = (int)(db->params.len - at[i]);
        formats[i] = 1;
    }
    (void)buf_cstr(&db->params); /* so that the address is not NULL when every value is empty */
    for (size_t i = 0; i < param_count; i++)
        values[i] = params[i].is_null ? NULL : (const char *)db->params.data + at[i];
    res = PQexecPrepared(db->conn, s->name, (int)param_count, values, lengths, formats, 1);
    status = PQresultStatus(res);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        (void)fail_result(db, res, sql, err);
        PQclear(res);
        return false;
    }
    if (rows != NULL)
        *rows = keep_result(tx, res);
    else
        PQclear(res);
    return true;
}

bool
db_exec_script(DbTx *tx, const char *sql, Err *err)
{
    PGresult *res = PQexec(tx->db->conn, sql);
    ExecStatusType status = PQresultStatus(res);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;

    if (!ok)
        (void)fail_result(tx->db, res, sql, err);
    PQclear(res);
    return ok;
}

bool
db_copy_in(DbTx *tx, const char *sql, Bytes stream, Err *err)
{
    Db *db = tx->db;
    PGresult *res = PQexec(db->conn, sql);
    bool ok = PQresultStatus(res) == PGRES_COPY_IN;

    if (!ok)
        (void)fail_result(db, res, sql, err);
    PQclear(res);
    if (!ok)
        return false;
    while (stream.len > 0) {
        size_t chunk = stream.len < (1u << 20) ? stream.len : (1u << 20);

        if (PQputCopyData(db->conn, (const char *)stream.data, (int)chunk) != 1)
            return fail_conn(db, "COPY", err);
        stream = bytes_of(stream.data + chunk, stream.len - chunk);
    }
    if (PQputCopyEnd(db->conn, NULL) != 1)
        return fail_conn(db, "COPY", err);
    while ((res = PQgetResult(db->conn)) != NULL) {
        if (PQresultStatus(res) != PGRES_COMMAND_OK && ok)
            ok = fail_result(db, res, sql, err);
        PQclear(res);
    }
    return ok;
}

bool
db_wait_notify(Db *db, int timeout_ms, char channel[DB_CHANNEL_LEN], bool *got, Err *err)
{
    struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};
    PGnotify *n = PQnotifies(db->conn); /* one may have come along with a result */

    if (n == NULL && poll(&p, 1, timeout_ms) > 0 && PQconsumeInput(db->conn) != 1)
        return fail_conn(db, "waiting for a notification", err);
    if (n == NULL)
        n = PQnotifies(db->conn);
    *got = n != NULL;
    if (n != NULL)
        (void)snprintf(channel, DB_CHANNEL_LEN, "%s", n->relname);
    PQfreemem(n);
    return true;
}

/* ---- results ---- */

size_t
db_row_count(const DbRows *rows)
{
    return (size_t)PQntuples(rows->res);
}

size_t
db_affected(const DbRows *rows)
{
    return (size_t)strtoull(PQcmdTuples(rows->res), NULL, 10);
}

bool
db_is_null(const DbRows *rows, size_t row, int column)
{
    return PQgetisnull(rows->res, (int)row, column) != 0;
}

static uint64_t
be(const DbRows *rows, size_t row, int column)
{
    const unsigned char *p = (const unsigned char *)PQgetvalue(rows->res, (int)row, column);
    int len = PQgetlength(rows->res, (int)row, column);
    uint64_t v = 0;

    for (int i = 0; i < len; i++)
        v = v << 8 | p[i];
    return v;
}

int32_t
db_get_i32(const DbRows *rows, size_t row, int column)
{
    return db_is_null(rows, row, column) ? NULL_I32 : (int32_t)(uint32_t)be(rows, row, column);
}

int64_t
db_get_i64(const DbRows *rows, size_t row, int column)
{
    return db_is_null(rows, row, column) ? NULL_I64 : (int64_t)be(rows, row, column);
}

double
db_get_f64(const DbRows *rows, size_t row, int column)
{
    uint64_t bits = be(rows, row, column);
    double v;

    if (db_is_null(rows, row, column))
        return NULL_F64;
    memcpy(&v, &bits, sizeof v);
    return v;
}

bool
db_get_bool(const DbRows *rows, size_t row, int column)
{
    return be(rows, row, column) != 0;
}

const char *
db_get_text(const DbRows *rows, size_t row, int column)
{
    return db_is_null(rows, row, column) ? NULL : PQgetvalue(rows->res, (int)row, column);
}

Bytes
db_get_bytes(const DbRows *rows, size_t row, int column)
{
    if (db_is_null(rows, row, column))
        return (Bytes){0};
    return bytes_of(PQgetvalue(rows->res, (int)row, column), (size_t)PQgetlength(rows->res, (int)row, column));
}

GameDate
db_get_date(const DbRows *rows, size_t row, int column)
{
    if (db_is_null(rows, row, column))
        return GAME_DATE_NULL;
    return (GameDate){(int32_t)(uint32_t)be(rows, row, column) + PG_EPOCH_DAYS};
}

Instant
db_get_ts(const DbRows *rows, size_t row, int column)
{
    if (db_is_null(rows, row, column))
        return INSTANT_NULL;
    return (Instant){(int64_t)be(rows, row, column) + PG_EPOCH_US};
}
