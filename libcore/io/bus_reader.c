/*
 * libcore/io/bus_reader.c
 *    A consumer that assigns itself and commits nothing.
 */
#include "libcore/io/bus_reader.h"
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "libcore/base/cursor.h"
#include "libcore/io/bus_conf.h"

enum { ANSWER_MS = 10000, SILENCE_MS = 30000, POLL_MS = 100, TRIES = 50 };

struct BusReader {
    rd_kafka_t *rk;
    char topic[BUS_TOPIC_LEN];
    BusSpan *spans; /* from moves with what was read */
    size_t count, open;
};

const char *
bus_entry_header(const BusEntry *e, const char *name)
{
    for (size_t i = e->header_count; i-- > 0;)
        if (strcmp(e->headers[i].name, name) == 0)
            return e->headers[i].value;
    return NULL;
}

static bool
consumer_new(const char *brokers, const char *client_id, rd_kafka_t **out, Err *err)
{
    const BusOption options[] = {
        {"group.id", client_id}, /* asked for by the library; nothing is committed to it */
        {"enable.auto.commit", "false"}, {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},  {"fetch.wait.max.ms", "50"},
    };
    char errstr[512];
    rd_kafka_conf_t *conf = bus_conf_new(brokers, client_id, options, ARRAY_LEN(options));

    *out = rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr);
    if (*out != NULL)
        return true;
    rd_kafka_conf_destroy(conf);
    return ERR_FAIL(err, ERR_CONFIG, "cannot make a Kafka consumer: %s", errstr);
}

/* ---- spans ---- */

/* A topic that has just been made has partitions of which its brokers have yet to hear. */
static bool
is_worth_another_try(rd_kafka_resp_err_t code, int tries)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

    if (tries >= TRIES
        || (code != RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION && code != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
            && code != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE))
        return false;
    (void)nanosleep(&pause, NULL);
    return true;
}

static bool
read_spans(rd_kafka_t *rk, const char *topic, BusSpan *spans, size_t count, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code;
        int tries = 0;

        spans[i].partition = (int32_t)i;
        do
            code = rd_kafka_query_watermark_offsets(rk, topic, (int32_t)i, &spans[i].from, &spans[i].to, ANSWER_MS);
        while (is_worth_another_try(code, ++tries));
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return ERR_FAIL(err, ERR_TRANSIENT, "watermarks of %s[%zu]: %s", topic, i, rd_kafka_err2str(code));
    }
    return true;
}

bool
bus_spans(const char *brokers, const char *topic, Arena *a, BusSpan **out, size_t *count, Err *err)
{
    int partitions = 0;
    rd_kafka_t *rk;
    bool ok;

    if (!bus_partition_counts(brokers, &topic, 1, &partitions, err))
        return false;
    if (partitions == 0)
        return ERR_FAIL(err, ERR_CONFIG, "topic %s does not exist: run 'tipoff topics apply'", topic);
    *count = (size_t)partitions;
    *out = arena_array(a, *count, sizeof **out);
    if (!consumer_new(brokers, "tipoff-reader", &rk, err))
        return false;
    ok = read_spans(rk, topic, *out, *count, err);
    rd_kafka_destroy(rk);
    return ok;
}

/* The first offset at or after the time, in each partition; its end where there is none. */
static bool
offsets_at(rd_kafka_t *rk, const char *topic, Instant at, const BusSpan *spans, size_t count, int64_t *out, Err *err)
{
    rd_kafka_topic_partition_list_t *l = rd_kafka_topic_partition_list_new((int)count);
    rd_kafka_resp_err_t code;
    int tries = 0;

    for (size_t i = 0; i < count; i++)
        (void)rd_kafka_topic_partition_list_add(l, topic, spans[i].partition);
    do {
        for (size_t i = 0; i < count; i++)
            l->elems[i].offset = at.us / 1000;
        code = rd_kafka_offsets_for_times(rk, l, ANSWER_MS);
        for (size_t i = 0; i < count && code == RD_KAFKA_RESP_ERR_NO_ERROR; i++)
            code = l->elems[i].err;
    } while (is_worth_another_try(code, ++tries));
    for (size_t i = 0; i < count && code == RD_KAFKA_RESP_ERR_NO_ERROR; i++)
        out[i] = l->elems[i].offset < 0 ? spans[i].to : l->elems[i].offset;
    rd_kafka_topic_partition_list_destroy(l);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
           || ERR_FAIL(err, ERR_TRANSIENT, "offsets of %s by time: %s", topic, rd_kafka_err2str(code));
}

static bool
narrow(rd_kafka_t *rk, const char *topic, Instant at, bool is_until, BusSpan *spans, size_t count, Err *err)
{
    int64_t *offsets = calloc(count + 1, sizeof *offsets);
    bool ok;

    if (offsets == NULL)
        abort();
    ok = instant_is_null(at) || offsets_at(rk, topic, at, spans, count, offsets, err);
    for (size_t i = 0; ok && !instant_is_null(at) && i < count; i++) {
        if (is_until)
            spans[i].to = offsets[i] < spans[i].to ? offsets[i] : spans[i].to;
        else
            spans[i].from = offsets[i] > spans[i].from ? offsets[i] : spans[i].from;
    }
    free(offsets);
    return ok;
}

bool
bus_spans_between(const char *brokers, const char *topic, Instant from, Instant until, BusSpan *spans, size_t count,
                  Err *err)
{
    rd_kafka_t *rk;
    bool ok;

    if (instant_is_null(from) && instant_is_null(until))
        return true;
    if (!consumer_new(brokers, "tipoff-reader", &rk, err))
        return false;
    ok = narrow(rk, topic, until, true, spans, count, err) && narrow(rk, topic, from, false, spans, count, err);
    rd_kafka_destroy(rk);
    return ok;
}

/* ---- reading ---- */

bool
bus_reader_new(const char *brokers, const char *client_id, const char *topic, const BusSpan *spans, size_t count,
               BusReader **out, Err *err)
{
    rd_kafka_topic_partition_list_t *l = rd_kafka_topic_partition_list_new((int)count);
    BusReader *r = calloc(1, sizeof *r);

    if (r == NULL)
        abort();
    (void)snprintf(r->topic, sizeof r->topic, "%s", topic);
    r->spans = calloc(count + 1, sizeof *r->spans);
    if (r->spans == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (spans[i].from >= spans[i].to)
            continue;
        r->spans[r->count++] = spans[i];
        rd_kafka_topic_partition_list_add(l, topic, spans[i].partition)->offset = spans[i].from;
    }
    r->open = r->count;
    if (!consumer_new(brokers, client_id, &r->rk, err)) {
        rd_kafka_topic_partition_list_destroy(l);
        bus_reader_free(r);
        return false;
    }
    if (r->count > 0)
        (void)rd_kafka_assign(r->rk, l);
    rd_kafka_topic_partition_list_destroy(l);
    *out = r;
    return true;
}

void
bus_reader_free(BusReader *r)
{
    if (r == NULL)
        return;
    if (r->rk != NULL) {
        (void)rd_kafka_consumer_close(r->rk);
        rd_kafka_destroy(r->rk);
    }
    free(r->spans);
    free(r);
}

static void
copy_headers(const rd_kafka_message_t *m, Arena *a, BusEntry *out)
{
    rd_kafka_headers_t *headers = NULL;
    BusHeader *list;
    const char *name;
    const void *value;
    size_t size;

    if (rd_kafka_message_headers(m, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    list = arena_array(a, rd_kafka_header_cnt(headers) + 1, sizeof *list);
    for (; rd_kafka_header_get_all(headers, out->header_count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
         out->header_count++)
        list[out->header_count] = (BusHeader){arena_strdup(a, name), value != NULL && utf8_is_valid(value, size)
                                                                             && memchr(value, '\0', size) == NULL
                                                                         ? arena_strndup(a, value, size)
                                                                         : NULL};
    out->headers = list;
}

static Bytes
copy(const void *bytes, size_t len, Arena *a)
{
    return bytes_of(arena_strndup(a, bytes ? bytes : "", len), len);
}

static void
copy_entry(const rd_kafka_message_t *m, Arena *a, BusEntry *out)
{
    const int64_t ms = rd_kafka_message_timestamp(m, NULL);

    *out = (BusEntry){.partition = m->partition,
                      .offset = m->offset,
                      .stamp = ms < 0 ? INSTANT_NULL : (Instant){ms * 1000},
                      .has_key = m->key != NULL,
                      .key = copy(m->key, m->key_len, a),
                      .payload = copy(m->payload, m->len, a)};
    copy_headers(m, a, out);
}

static void
stop_partition(BusReader *r, int32_t partition)
{
    rd_kafka_topic_partition_list_t *l = rd_kafka_topic_partition_list_new(1);

    rd_kafka_topic_partition_list_add(l, r->topic, partition);
    (void)rd_kafka_pause_partitions(r->rk, l);
    rd_kafka_topic_partition_list_destroy(l);
    r->open--;
}

/* Whether the message is of a span that is still read; moves it on. */
static bool
take(BusReader *r, const rd_kafka_message_t *m)
{
    for (size_t i = 0; i < r->count; i++) {
        BusSpan *s = &r->spans[i];
        bool is_in;

        if (s->partition != m->partition || s->from >= s->to)
            continue;
        is_in = m->offset < s->to;
        s->from = m->offset + 1;
        if (s->from >= s->to)
            stop_partition(r, s->partition);
        return is_in;
    }
    return false;
}

bool
bus_reader_next(BusReader *r, Arena *a, BusEntry *out, bool *got, Err *err)
{
    *got = false;
    for (int silent_ms = 0; r->open > 0 && !*got;) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(r->rk, POLL_MS);
        bool ok = true;

        if (m == NULL) {
            silent_ms += POLL_MS;
            ok = silent_ms < SILENCE_MS
                 || ERR_FAIL(err, ERR_TRANSIENT, "%s: the broker has sent nothing for %d s", r->topic,
                             SILENCE_MS / 1000);
        } else if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            silent_ms = 0;
            *got = take(r, m);
            if (*got)
                copy_entry(m, a, out);
        } else if (m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            ok = ERR_FAIL(err, ERR_TRANSIENT, "%s[%d]: %s", r->topic, (int)m->partition, rd_kafka_message_errstr(m));
        }
        if (m != NULL)
            rd_kafka_message_destroy(m);
        if (!ok)
            return false;
    }
    return true;
}
