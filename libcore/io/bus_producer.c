/*
 * libcore/io/bus_producer.c
 *    Idempotent produce; delivery reports are collected and handed out as values.
 */
#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/log.h"
#include "libcore/io/bus.h"
#include "libcore/io/bus_conf.h"
#include "libcore/io/bus_reader.h"
#include "libcore/io/trace_context.h"

struct BusProducer {
    rd_kafka_t *rk;
    SchemaRegistry *registry;
    Arena *framing; /* of the record in hand */
    BusDelivery *done;
    size_t done_count, done_cap;
    size_t handed_out;
    rd_kafka_topic_t **warm; /* held, so that the client keeps their leaders in mind */
    size_t warm_count;
};

static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    BusProducer *p = opaque;

    (void)rk;
    p->done = heap_room(p->done, p->done_count, &p->done_cap, sizeof *p->done);
    p->done[p->done_count++] = (BusDelivery){
        .id = (int64_t)(intptr_t)m->_private,
        .partition = m->partition,
        .offset = m->offset,
        .is_ok = m->err == RD_KAFKA_RESP_ERR_NO_ERROR,
    };
    if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        log_line(LVL_WARN, "not delivered", "topic=%s error=\"%s\"", rd_kafka_topic_name(m->rkt),
                 rd_kafka_err2str(m->err));
}

bool
bus_producer_new(const char *brokers, const char *client_id, SchemaRegistry *registry, BusProducer **out, Err *err)
{
    const BusOption options[] = {
        {"enable.idempotence", "true"},   {"linger.ms", "1"},
        {"batch.size", "524288"}, /* the embedded broker loses two batches that exceed 5 MiB together */
        {"compression.type", "zstd"},     {"partitioner", "murmur2_random"}, /* as every Java client partitions */
        {"message.max.bytes", "8000000"}, {"queue.buffering.max.messages", "1000000"},
        {"message.timeout.ms", "60000"},
    };
    BusProducer *p = calloc(1, sizeof *p);
    rd_kafka_conf_t *conf;
    char errstr[512];

    if (p == NULL)
        abort();
    conf = bus_conf_new(brokers, client_id, options, ARRAY_LEN(options));
    rd_kafka_conf_set_opaque(conf, p);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    p->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
    if (p->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        free(p);
        return ERR_FAIL(err, ERR_CONFIG, "cannot make a Kafka producer: %s", errstr);
    }
    p->registry = registry;
    p->framing = registry ? arena_new(0) : NULL;
    *out = p;
    return true;
}

void
bus_warm_up(BusProducer *p, const char *const *topics, size_t count)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code;

    p->warm = realloc(p->warm, (p->warm_count + count + 1) * sizeof(rd_kafka_topic_t *));
    if (p->warm == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        p->warm[p->warm_count++] = rd_kafka_topic_new(p->rk, topics[i], NULL);
    code = rd_kafka_metadata(p->rk, 0, NULL, &metadata, 5000); /* of the topics that this client knows */
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_metadata_destroy(metadata);
    else
        log_line(LVL_WARN, "metadata", "error=\"%s\"", rd_kafka_err2str(code));
}

void
bus_producer_free(BusProducer *p, int wait_ms)
{
    if (p == NULL)
        return;
    (void)rd_kafka_flush(p->rk, wait_ms);
    for (size_t i = 0; i < p->warm_count; i++)
        if (p->warm[i] != NULL)
            rd_kafka_topic_destroy(p->warm[i]);
    free(p->warm);
    rd_kafka_destroy(p->rk);
    arena_free(p->framing);
    free(p->done);
    free(p);
}

static void
add_header(rd_kafka_headers_t *headers, const char *name, const char *value)
{
    if (value != NULL)
        (void)rd_kafka_header_add(headers, name, -1, value, -1);
}

static rd_kafka_headers_t *
headers_of(const BusRecord *r)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(10 + r->header_count);
    char stamp[INSTANT_TEXT_LEN], parent[TRACE_PARENT_LEN], state[TRACE_STATE_LEN];

    add_header(headers, "ce_specversion", "1.0");
    add_header(headers, "ce_id", r->event_id);
    add_header(headers, "ce_type", r->type);
    add_header(headers, "ce_source", r->source);
    add_header(headers, "ce_time", instant_format(r->stamp, stamp));
    add_header(headers, "content-type", "application/avro");
    add_header(headers, "correlation_id", r->correlation_id);
    add_header(headers, "traceparent", trace_parent(r->correlation_id, r->event_id, parent));
    add_header(headers, "tracestate", trace_state(r->causation_id, state));
    for (size_t i = 0; i < r->header_count; i++)
        add_header(headers, r->headers[i].name, r->headers[i].value);
    return headers;
}

bool
bus_produce(BusProducer *p, const BusRecord *r, int64_t id, Err *err)
{
    rd_kafka_headers_t *headers;
    rd_kafka_resp_err_t code;
    Bytes payload = r->payload;

    if (p->registry != NULL) {
        arena_reset(p->framing);
        if (!schema_registry_frame(p->registry, r->topic, r->payload, p->framing, &payload, err))
            return false;
    }
    headers = headers_of(r);
    /* librdkafka copies and never writes through these pointers, though its variadic interface
     * cannot say const. */
    code = rd_kafka_producev(
        p->rk, RD_KAFKA_V_TOPIC(r->topic), RD_KAFKA_V_KEY((void *)(uintptr_t)r->key, strlen(r->key)),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)payload.data, payload.len), RD_KAFKA_V_TIMESTAMP(r->stamp.us / 1000),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE((void *)(intptr_t)id),
        RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return true;
    rd_kafka_headers_destroy(headers);
    return ERR_FAIL(err, ERR_TRANSIENT, "produce to %s: %s", r->topic, rd_kafka_err2str(code));
}

bool
bus_produce_entry(BusProducer *p, const char *topic, const BusEntry *e, const BusHeader *headers, size_t header_count,
                  int64_t id, Err *err)
{
    rd_kafka_headers_t *list = rd_kafka_headers_new(header_count);
    rd_kafka_resp_err_t code;

    for (size_t i = 0; i < header_count; i++)
        if (headers[i].value != NULL)
            (void)rd_kafka_header_add(list, headers[i].name, -1, headers[i].value, -1);
    code = rd_kafka_producev(
        p->rk, RD_KAFKA_V_TOPIC(topic),
        RD_KAFKA_V_KEY(e->has_key ? (void *)(uintptr_t)e->key.data : NULL, e->has_key ? e->key.len : 0),
        RD_KAFKA_V_VALUE((void *)(uintptr_t)e->payload.data, e->payload.len),
        RD_KAFKA_V_TIMESTAMP(instant_is_null(e->stamp) ? 0 : e->stamp.us / 1000), RD_KAFKA_V_HEADERS(list),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE((void *)(intptr_t)id), RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
        return true;
    rd_kafka_headers_destroy(list);
    return ERR_FAIL(err, ERR_TRANSIENT, "produce to %s: %s", topic, rd_kafka_err2str(code));
}

size_t
bus_deliveries(BusProducer *p, int timeout_ms, const BusDelivery **out)
{
    /* What was handed out before is gone; what came since moves to the front. */
    if (p->handed_out > 0)
        memmove(p->done, p->done + p->handed_out, (p->done_count - p->handed_out) * sizeof *p->done);
    p->done_count -= p->handed_out;
    (void)rd_kafka_poll(p->rk, timeout_ms);
    p->handed_out = p->done_count;
    *out = p->done;
    return p->done_count;
}

size_t
bus_in_flight(const BusProducer *p)
{
    return (size_t)rd_kafka_outq_len(p->rk);
}
