/*
 * tests/bench/floor.c
 *    The least that a run could cost: read the same bytes from the broker, write the same rows to Postgres.
 *
 * usage: floor BROKERS DATABASE_URL
 *
 * A bare consumer reads every partition of every topic once, from its start to where it ends now. Then
 * binary COPY, one connection and one transaction a table, writes the rows of all result tables into empty
 * logged copies of them in schema "floor", with the same indexes and checks. Only these two are timed. What
 * it prints is one JSON object. Schema "floor" is made anew and removed at the end.
 */
#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { MAX_TABLES = 128, BATCH = 1000, TIMEOUT_MS = 10000, STALL_MS = 30000 };

static double
now_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
cpu_s(void)
{
    struct rusage u;

    (void)getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static _Noreturn void
die(const char *what, const char *why)
{
    (void)fprintf(stderr, "floor: %s: %s\n", what, why);
    exit(1);
}

static void *
grow(void *p, size_t size)
{
    void *q = realloc(p, size);

    if (q == NULL)
        abort();
    return q;
}

/* ---- the broker ---- */

typedef struct {
    int64_t messages, bytes, first_feed_ms;
    double seconds;
} Consumed;

static rd_kafka_t *
consumer_new(const char *brokers)
{
    static const char *const options[][2] = {
        {"group.id", "tipoff.bench.floor"}, {"enable.auto.commit", "false"}, {"auto.offset.reset", "error"},
        {"broker.address.family", "v4"},    {"fetch.wait.max.ms", "5"},      {"queued.min.messages", "1000000"},
    };
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char errstr[256];
    rd_kafka_t *rk;

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (rd_kafka_conf_set(conf, options[i][0], options[i][1], errstr, sizeof errstr) != RD_KAFKA_CONF_OK)
            die(options[i][0], errstr);
    if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, errstr, sizeof errstr) != RD_KAFKA_CONF_OK)
        die(brokers, errstr);
    rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr);
    if (rk == NULL)
        die("consumer", errstr);
    (void)rd_kafka_poll_set_consumer(rk);
    return rk;
}

static void
add_topic(rd_kafka_t *rk, const struct rd_kafka_metadata_topic *t, rd_kafka_topic_partition_list_t *parts, int64_t *due)
{
    for (int p = 0; p < t->partition_cnt; p++) {
        rd_kafka_topic_partition_t *elem;
        int64_t low, high;

        if (rd_kafka_query_watermark_offsets(rk, t->topic, p, &low, &high, TIMEOUT_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
            die(t->topic, "its watermarks cannot be read");
        if (high <= low)
            continue;
        elem = rd_kafka_topic_partition_list_add(parts, t->topic, p);
        elem->offset = low;
        elem->metadata_size = 0;
        *due += high - low;
    }
}

/* Every partition that holds something, but those of the broker itself. */
static rd_kafka_topic_partition_list_t *
find_partitions(rd_kafka_t *rk, int64_t *due)
{
    rd_kafka_topic_partition_list_t *parts = rd_kafka_topic_partition_list_new(256);
    const struct rd_kafka_metadata *meta;

    if (rd_kafka_metadata(rk, 1, NULL, &meta, TIMEOUT_MS) != RD_KAFKA_RESP_ERR_NO_ERROR)
        die("metadata", "no broker answers");
    for (int i = 0; i < meta->topic_cnt; i++)
        if (meta->topics[i].topic[0] != '_' && strcmp(meta->topics[i].topic, "tipoff.meta") != 0)
            add_topic(rk, &meta->topics[i], parts, due);
    rd_kafka_metadata_destroy(meta);
    return parts;
}

static void
take(const rd_kafka_message_t *m, Consumed *out)
{
    rd_kafka_timestamp_type_t type;
    int64_t stamp = rd_kafka_message_timestamp(m, &type);

    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        return;
    if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        die("fetch", rd_kafka_message_errstr(m));
    out->messages++;
    out->bytes += (int64_t)(m->len + m->key_len);
    if (strncmp(rd_kafka_topic_name(m->rkt), "feed.", 5) == 0
        && (out->first_feed_ms == 0 || stamp < out->first_feed_ms))
        out->first_feed_ms = stamp;
}

static Consumed
consume_all(const char *brokers)
{
    rd_kafka_t *rk = consumer_new(brokers);
    static rd_kafka_message_t *batch[BATCH];
    Consumed out = {0};
    int64_t due = 0;
    rd_kafka_topic_partition_list_t *parts = find_partitions(rk, &due);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(rk);
    double started = now_s(), moved = started;

    (void)rd_kafka_assign(rk, parts);
    while (out.messages < due) {
        ssize_t n = rd_kafka_consume_batch_queue(queue, 100, batch, BATCH);

        for (ssize_t i = 0; i < n; i++) {
            take(batch[i], &out);
            rd_kafka_message_destroy(batch[i]);
        }
        if (n > 0)
            moved = now_s();
        else if ((now_s() - moved) * 1000 > STALL_MS)
            die("fetch", "nothing more comes");
    }
    out.seconds = now_s() - started;
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_partition_list_destroy(parts);
    (void)rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    return out;
}

/* ---- Postgres ---- */

typedef struct {
    char *name, *copy_name, *columns;
    char *stream; /* COPY's binary form */
    size_t len, cap;
    int64_t rows;
} Table;

typedef struct {
    Table tables[MAX_TABLES];
    size_t count;
    int64_t rows, bytes;
    double seconds;
} Copied;

static PGresult *
query(PGconn *db, const char *sql, ExecStatusType wanted)
{
    PGresult *r = PQexec(db, sql);

    if (PQresultStatus(r) != wanted)
        die(sql, PQerrorMessage(db));
    return r;
}

static void
run(PGconn *db, const char *sql)
{
    PQclear(query(db, sql, PGRES_COMMAND_OK));
}

static void
find_tables(PGconn *db, Copied *c)
{
    static const char sql[]
        = "select format('%I.%I', n.nspname, t.relname), format('floor.%I', n.nspname || '_' || t.relname),"
          " string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_class t join pg_namespace n"
          " on n.oid = t.relnamespace join pg_attribute a on a.attrelid = t.oid and a.attnum > 0"
          " and not a.attisdropped and a.attgenerated = '' where t.relkind = 'r' and n.nspname in"
          " ('raw', 'analytics', 'precompute', 'features', 'predictions') group by 1, 2 order by 1";
    PGresult *r = query(db, sql, PGRES_TUPLES_OK);

    c->count = (size_t)PQntuples(r);
    if (c->count > MAX_TABLES)
        die("tables", "too many");
    for (size_t i = 0; i < c->count; i++)
        c->tables[i] = (Table){.name = strdup(PQgetvalue(r, (int)i, 0)),
                               .copy_name = strdup(PQgetvalue(r, (int)i, 1)),
                               .columns = strdup(PQgetvalue(r, (int)i, 2))};
    PQclear(r);
}

static void
read_table(PGconn *db, Table *t)
{
    char sql[8192], *chunk;
    PGresult *r;
    int n;

    (void)snprintf(sql, sizeof sql, "copy (select %s from %s) to stdout (format binary)", t->columns, t->name);
    PQclear(query(db, sql, PGRES_COPY_OUT));
    while ((n = PQgetCopyData(db, &chunk, 0)) > 0) {
        if (t->len + (size_t)n > t->cap) {
            t->cap = (t->len + (size_t)n) * 2;
            t->stream = grow(t->stream, t->cap);
        }
        memcpy(t->stream + t->len, chunk, (size_t)n);
        t->len += (size_t)n;
        PQfreemem(chunk);
    }
    r = PQgetResult(db);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        die(t->name, PQerrorMessage(db));
    t->rows = strtoll(PQcmdTuples(r), NULL, 10);
    PQclear(r);
    PQclear(PQgetResult(db));
    (void)snprintf(sql, sizeof sql, "create table %s (like %s including all)", t->copy_name, t->name);
    run(db, sql);
}

static void
write_table(PGconn *db, const Table *t)
{
    enum { CHUNK = 1 << 20 };
    char sql[8192];

    run(db, "begin");
    (void)snprintf(sql, sizeof sql, "copy %s (%s) from stdin (format binary)", t->copy_name, t->columns);
    PQclear(query(db, sql, PGRES_COPY_IN));
    for (size_t at = 0; at < t->len; at += CHUNK)
        if (PQputCopyData(db, t->stream + at, (int)(t->len - at < CHUNK ? t->len - at : CHUNK)) != 1)
            die(t->copy_name, PQerrorMessage(db));
    if (PQputCopyEnd(db, NULL) != 1)
        die(t->copy_name, PQerrorMessage(db));
    for (PGresult *r = PQgetResult(db); r != NULL; r = PQgetResult(db)) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            die(t->copy_name, PQerrorMessage(db));
        PQclear(r);
    }
    run(db, "commit");
}

static void
copy_all(const char *url, Copied *c)
{
    PGconn *db = PQconnectdb(url);
    double started;

    if (PQstatus(db) != CONNECTION_OK)
        die("database", PQerrorMessage(db));
    run(db, "set client_min_messages = warning");
    run(db, "drop schema if exists floor cascade");
    run(db, "create schema floor");
    find_tables(db, c);
    for (size_t i = 0; i < c->count; i++)
        read_table(db, &c->tables[i]);
    started = now_s();
    for (size_t i = 0; i < c->count; i++)
        if (c->tables[i].rows > 0)
            write_table(db, &c->tables[i]);
    c->seconds = now_s() - started;
    for (size_t i = 0; i < c->count; i++) {
        c->rows += c->tables[i].rows;
        c->bytes += (int64_t)c->tables[i].len;
        free(c->tables[i].name);
        free(c->tables[i].copy_name);
        free(c->tables[i].columns);
        free(c->tables[i].stream);
    }
    run(db, "drop schema floor cascade");
    PQfinish(db);
}

int
main(int argc, char **argv)
{
    Consumed in;
    static Copied out;

    if (argc != 3) {
        (void)fprintf(stderr, "usage: floor BROKERS DATABASE_URL\n");
        return 2;
    }
    in = consume_all(argv[1]);
    copy_all(argv[2], &out);
    (void)printf("{\"messages\": %" PRId64 ", \"message_bytes\": %" PRId64 ", \"consume_s\": %.3f,"
                 " \"first_feed_ms\": %" PRId64 ", \"rows\": %" PRId64 ", \"copy_bytes\": %" PRId64
                 ", \"copy_s\": %.3f, \"cpu_s\": %.3f}\n",
                 in.messages, in.bytes, in.seconds, in.first_feed_ms, out.rows, out.bytes, out.seconds, cpu_s());
    return 0;
}
