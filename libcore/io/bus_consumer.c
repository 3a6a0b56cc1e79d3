/*
 * libcore/io/bus_consumer.c
 *    A group consumer that starts where its owner says and commits offsets only as a hint.
 */
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libcore/base/cursor.h"
#include "libcore/base/log.h"
#include "libcore/io/bus.h"
#include "libcore/io/bus_conf.h"

/* A member learns with its next heartbeat that another has left: this bounds how long a partition of a
 * process that was asked to stop waits for its next owner. */
enum { HEARTBEAT_MS = 300 };

struct BusConsumer {
    rd_kafka_t *rk;
    BusOwner owner;
    Err callback_err; /* from a rebalance; reported by the poll that it happened in */
    bool callback_failed;
    bool is_closing;
    rd_kafka_queue_t *main, *apart;
    int woken[2]; /* a pipe: a byte when a queue is not empty any more */
};

/* Before they are fetched: the library leaves a queue alone that was forwarded by hand. */
static void
set_apart(BusConsumer *c, const rd_kafka_topic_partition_list_t *parts)
{
    for (int i = 0; c->owner.is_apart != NULL && i < parts->cnt; i++) {
        rd_kafka_queue_t *q;

        if (!c->owner.is_apart(c->owner.ctx, parts->elems[i].topic))
            continue;
        q = rd_kafka_queue_get_partition(c->rk, parts->elems[i].topic, parts->elems[i].partition);
        if (q == NULL)
            continue; /* its messages come with the others */
        rd_kafka_queue_forward(q, c->apart);
        rd_kafka_queue_destroy(q);
    }
}

static void
keep_paused(BusConsumer *c, const rd_kafka_topic_partition_list_t *parts)
{
    rd_kafka_topic_partition_list_t *paused = rd_kafka_topic_partition_list_new(parts->cnt);

    for (int i = 0; c->owner.is_paused != NULL && i < parts->cnt; i++)
        if (c->owner.is_paused(c->owner.ctx, parts->elems[i].topic))
            (void)rd_kafka_topic_partition_list_add(paused, parts->elems[i].topic, parts->elems[i].partition);
    if (paused->cnt > 0)
        (void)rd_kafka_pause_partitions(c->rk, paused);
    rd_kafka_topic_partition_list_destroy(paused);
}

static void
assign(BusConsumer *c, rd_kafka_topic_partition_list_t *parts)
{
    size_t n = (size_t)parts->cnt;
    BusPartition *list = calloc(n + 1, sizeof *list);
    int64_t *start = calloc(n + 1, sizeof *start);

    if (list == NULL || start == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        list[i] = (BusPartition){parts->elems[i].topic, parts->elems[i].partition};
    if (!c->owner.assigned(c->owner.ctx, list, n, start, &c->callback_err)) {
        c->callback_failed = true;
        (void)rd_kafka_assign(c->rk, NULL);
    } else {
        for (size_t i = 0; i < n; i++)
            parts->elems[i].offset = start[i];
        (void)rd_kafka_resume_partitions(c->rk, parts); /* one that was dropped would stay paused */
        set_apart(c, parts);
        (void)rd_kafka_assign(c->rk, parts);
        keep_paused(c, parts);
    }
    free(list);
    free(start);
}

static void
revoke(BusConsumer *c, const rd_kafka_topic_partition_list_t *parts)
{
    size_t n = (size_t)parts->cnt;
    BusPartition *list = calloc(n + 1, sizeof *list);

    if (list == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        list[i] = (BusPartition){parts->elems[i].topic, parts->elems[i].partition};
    c->owner.revoked(c->owner.ctx, list, n);
    (void)rd_kafka_assign(c->rk, NULL);
    free(list);
}

static void
on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *parts, void *opaque)
{
    BusConsumer *c = opaque;

    (void)rk;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !c->is_closing)
        assign(c, parts);
    else
        revoke(c, parts);
}

static void
open_queues(BusConsumer *c)
{
    if (pipe(c->woken) != 0)
        abort();
    for (int i = 0; i < 2; i++)
        if (fcntl(c->woken[i], F_SETFL, O_NONBLOCK) != 0 || fcntl(c->woken[i], F_SETFD, FD_CLOEXEC) != 0)
            abort();
    (void)rd_kafka_poll_set_consumer(c->rk);
    c->main = rd_kafka_queue_get_consumer(c->rk);
    c->apart = rd_kafka_queue_new(c->rk);
    rd_kafka_queue_io_event_enable(c->main, c->woken[1], "1", 1);
    rd_kafka_queue_io_event_enable(c->apart, c->woken[1], "1", 1);
}

bool
bus_consumer_new(const BusConsumerConfig *cfg, const BusOwner *owner, BusConsumer **out, Err *err)
{
    char session[16], wait[16], heartbeat[16], errstr[512];
    const BusOption options[] = {
        {"group.id", cfg->group},
        {"enable.auto.commit", "true"},
        {"auto.commit.interval.ms", "1000"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},
        {"partition.assignment.strategy", "range"}, /* one for all: the embedded broker dies of a mixture */
        {"session.timeout.ms", session},
        {"heartbeat.interval.ms", heartbeat},
        {"fetch.wait.max.ms", wait},
        {"fetch.error.backoff.ms", "100"},
        {"queued.max.messages.kbytes", "32768"},
    };
    BusConsumer *c = calloc(1, sizeof *c);
    rd_kafka_conf_t *conf;
    rd_kafka_topic_partition_list_t *topics;
    rd_kafka_resp_err_t code;

    if (c == NULL)
        abort();
    (void)snprintf(session, sizeof session, "%d", cfg->session_timeout_ms);
    (void)snprintf(heartbeat, sizeof heartbeat, "%d", HEARTBEAT_MS);
    (void)snprintf(wait, sizeof wait, "%d", cfg->fetch_wait_ms);
    conf = bus_conf_new(cfg->brokers, cfg->client_id, options, ARRAY_LEN(options));
    c->owner = *owner;
    rd_kafka_conf_set_opaque(conf, c);
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    c->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr);
    if (c->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        free(c);
        return ERR_FAIL(err, ERR_CONFIG, "cannot make a Kafka consumer: %s", errstr);
    }
    open_queues(c);
    topics = rd_kafka_topic_partition_list_new(8);
    for (size_t i = 0; cfg->topics[i] != NULL; i++)
        (void)rd_kafka_topic_partition_list_add(topics, cfg->topics[i], RD_KAFKA_PARTITION_UA);
    code = rd_kafka_subscribe(c->rk, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        bus_consumer_free(c);
        return ERR_FAIL(err, ERR_CONFIG, "cannot subscribe: %s", rd_kafka_err2str(code));
    }
    *out = c;
    return true;
}

void
bus_consumer_free(BusConsumer *c)
{
    if (c == NULL)
        return;
    c->is_closing = true;
    (void)rd_kafka_consumer_close(c->rk);
    rd_kafka_queue_destroy(c->main);
    rd_kafka_queue_destroy(c->apart);
    rd_kafka_destroy(c->rk);
    (void)close(c->woken[0]);
    (void)close(c->woken[1]);
    free(c);
}

/* Keys and ids go into texts of the database: what is none of those counts as absent. */
static const char *
readable_text(const void *bytes, size_t len, Arena *a)
{
    return bytes != NULL && utf8_is_valid(bytes, len) ? arena_strndup(a, bytes, len) : NULL;
}

static const char *
header_text(const rd_kafka_headers_t *headers, const char *name, Arena *a)
{
    const void *value;
    size_t size;

    if (headers == NULL || rd_kafka_header_get_last(headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return NULL;
    return readable_text(value, size, a);
}

static void
copy_message(const rd_kafka_message_t *m, Arena *a, BusMessage *out)
{
    rd_kafka_headers_t *headers = NULL;
    int64_t ms = rd_kafka_message_timestamp(m, NULL);

    (void)rd_kafka_message_headers(m, &headers);
    *out = (BusMessage){
        .topic = arena_strdup(a, rd_kafka_topic_name(m->rkt)),
        .partition = m->partition,
        .offset = m->offset,
        .stamp = ms < 0 ? INSTANT_NULL : (Instant){ms * 1000},
        .key = readable_text(m->key, m->key_len, a),
        .payload = bytes_of(arena_strndup(a, m->payload ? m->payload : "", m->len), m->len),
        .event_id = header_text(headers, "ce_id", a),
        .type = header_text(headers, "ce_type", a),
        .correlation_id = header_text(headers, "correlation_id", a),
    };
}

/* An error event in place of a message: some are news, some mean that we cannot go on. */
static bool
judge_error(const rd_kafka_message_t *m, Err *err)
{
    const char *topic = m->rkt ? rd_kafka_topic_name(m->rkt) : "-";

    if (m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || m->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
        return ERR_FAIL(err, ERR_FATAL,
                        "%s[%d] no longer holds offset %lld, which this group has reached: the broker has lost its log",
                        topic, (int)m->partition, (long long)m->offset);
    if (m->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || m->err == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        return ERR_FAIL(err, ERR_CONFIG, "topic %s does not exist: run 'tipoff topics apply'", topic);
    if (m->err == RD_KAFKA_RESP_ERR__FATAL)
        return ERR_FAIL(err, ERR_FATAL, "Kafka consumer: %s", rd_kafka_message_errstr(m));
    log_line(LVL_WARN, "kafka", "error=\"%s\"", rd_kafka_message_errstr(m));
    return true;
}

static bool
hand_out(rd_kafka_message_t *m, Arena *a, BusMessage *out, bool *got, Err *err)
{
    bool ok = true;

    if (m != NULL && m->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        ok = m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF || judge_error(m, err);
    } else if (m != NULL) {
        copy_message(m, a, out);
        *got = true;
    }
    if (m != NULL)
        rd_kafka_message_destroy(m);
    return ok;
}

bool
bus_poll(BusConsumer *c, int timeout_ms, Arena *a, BusMessage *out, bool *got, Err *err)
{
    rd_kafka_message_t *m = rd_kafka_consumer_poll(c->rk, timeout_ms);

    *got = false;
    if (c->callback_failed) {
        c->callback_failed = false;
        *err = c->callback_err;
        if (m != NULL)
            rd_kafka_message_destroy(m);
        return false;
    }
    return hand_out(m, a, out, got, err);
}

bool
bus_poll_apart(BusConsumer *c, Arena *a, BusMessage *out, bool *got, Err *err)
{
    *got = false;
    return hand_out(rd_kafka_consume_queue(c->apart, 0), a, out, got, err);
}

size_t
bus_apart_waiting(const BusConsumer *c)
{
    return rd_kafka_queue_length(c->apart);
}

bool
bus_wait(BusConsumer *c, int timeout_ms)
{
    struct pollfd p = {.fd = c->woken[0], .events = POLLIN};
    char bytes[64];
    bool is_woken = poll(&p, 1, timeout_ms) > 0;

    while (read(c->woken[0], bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
    return is_woken;
}

static rd_kafka_topic_partition_list_t *
one_partition(const char *topic, int32_t partition, int64_t offset)
{
    rd_kafka_topic_partition_list_t *l = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(l, topic, partition)->offset = offset;
    return l;
}

void
bus_ack(BusConsumer *c, const char *topic, int32_t partition, int64_t next_offset)
{
    rd_kafka_topic_partition_list_t *l = one_partition(topic, partition, next_offset);

    (void)rd_kafka_offsets_store(c->rk, l);
    rd_kafka_topic_partition_list_destroy(l);
}

bool
bus_seek(BusConsumer *c, const char *topic, int32_t partition, int64_t offset, Err *err)
{
    rd_kafka_topic_partition_list_t *l = one_partition(topic, partition, offset);
    rd_kafka_error_t *e = rd_kafka_seek_partitions(c->rk, l, 5000);
    rd_kafka_resp_err_t code = e != NULL ? rd_kafka_error_code(e) : l->elems[0].err;
    bool ok = code == RD_KAFKA_RESP_ERR_NO_ERROR
              || ERR_FAIL(err, ERR_TRANSIENT, "seek %s[%d] to %lld: %s", topic, (int)partition, (long long)offset,
                          rd_kafka_err2str(code));

    if (e != NULL)
        rd_kafka_error_destroy(e);
    rd_kafka_topic_partition_list_destroy(l);
    return ok;
}

void
bus_pause(BusConsumer *c, const char *topic, int32_t partition)
{
    rd_kafka_topic_partition_list_t *l = one_partition(topic, partition, RD_KAFKA_OFFSET_INVALID);

    (void)rd_kafka_pause_partitions(c->rk, l);
    rd_kafka_topic_partition_list_destroy(l);
}

bool
bus_resume(BusConsumer *c, const char *topic, int32_t partition, int64_t offset, Err *err)
{
    rd_kafka_topic_partition_list_t *l;

    if (!bus_seek(c, topic, partition, offset, err))
        return false;
    l = one_partition(topic, partition, RD_KAFKA_OFFSET_INVALID);
    (void)rd_kafka_resume_partitions(c->rk, l);
    rd_kafka_topic_partition_list_destroy(l);
    return true;
}

int64_t
bus_known_end(const BusConsumer *c, const char *topic, int32_t partition)
{
    int64_t low, high;

    if (rd_kafka_get_watermark_offsets(c->rk, topic, partition, &low, &high) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return -1;
    return high >= 0 ? high : -1;
}

bool
bus_watermarks(BusConsumer *c, const char *topic, int32_t partition, int64_t *low, int64_t *high, Err *err)
{
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(c->rk, topic, partition, low, high, 10000);

    return code == RD_KAFKA_RESP_ERR_NO_ERROR
           || ERR_FAIL(err, ERR_TRANSIENT, "watermarks of %s[%d]: %s", topic, (int)partition, rd_kafka_err2str(code));
}
