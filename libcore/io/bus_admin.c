/*
 * libcore/io/bus_admin.c
 *    Topics: create, count partitions; and the broker's incarnation in the tipoff.meta topic.
 */
#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include "libcore/io/bus.h"
#include "libcore/io/bus_conf.h"
#include "libcore/io/sha256.h"

enum { KNOWN_TICK_MS = 50, METADATA_MS = 8000, ADMIN_MS = 30000, META_READ_MS = 8000 };

static bool
client_new(const char *brokers, rd_kafka_type_t type, rd_kafka_t **out, Err *err)
{
    const BusOption options[] = {{"group.id", "tipoff.admin"}, {"enable.auto.commit", "false"}};
    rd_kafka_conf_t *conf = bus_conf_new(brokers, "tipoff-admin", options, type == RD_KAFKA_CONSUMER ? 2 : 0);
    char errstr[512];

    *out = rd_kafka_new(type, conf, errstr, sizeof errstr);
    if (*out != NULL)
        return true;
    rd_kafka_conf_destroy(conf);
    return ERR_FAIL(err, ERR_CONFIG, "cannot make a Kafka client: %s", errstr);
}

static bool
no_broker(const char *brokers, rd_kafka_resp_err_t code, Err *err)
{
    return ERR_FAIL(err, ERR_TRANSIENT,
                    "no Kafka broker answers at %s (start it, or set KAFKA_BROKERS to one that runs): %s", brokers,
                    rd_kafka_err2str(code));
}

bool
bus_partition_counts(const char *brokers, const char *const *topics, size_t count, int *partitions, Err *err)
{
    const struct rd_kafka_metadata *md;
    rd_kafka_resp_err_t code;
    rd_kafka_t *rk;

    if (!client_new(brokers, RD_KAFKA_PRODUCER, &rk, err))
        return false;
    code = rd_kafka_metadata(rk, 1, NULL, &md, METADATA_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_destroy(rk);
        return no_broker(brokers, code, err);
    }
    for (size_t i = 0; i < count; i++) {
        partitions[i] = 0;
        for (int t = 0; t < md->topic_cnt; t++)
            if (strcmp(md->topics[t].topic, topics[i]) == 0)
                partitions[i] = md->topics[t].partition_cnt;
    }
    rd_kafka_metadata_destroy(md);
    rd_kafka_destroy(rk);
    return true;
}

static rd_kafka_NewTopic_t *
new_topic(const BusTopic *t)
{
    char errstr[256], retention[24];
    rd_kafka_NewTopic_t *n = rd_kafka_NewTopic_new(t->name, t->partitions, -1, errstr, sizeof errstr);

    if (n == NULL)
        abort();
    /* Records bear the stamp of the clock that the worker goes by, which may be set to the past; what
     * came today is kept from today on. */
    (void)rd_kafka_NewTopic_set_config(n, "message.timestamp.type", "LogAppendTime");
    (void)snprintf(retention, sizeof retention, "%lld", (long long)t->retention_hours * 3600000);
    if (t->is_compacted)
        (void)rd_kafka_NewTopic_set_config(n, "cleanup.policy", "compact");
    else
        (void)rd_kafka_NewTopic_set_config(n, "retention.ms", retention);
    return n;
}

static bool
judge_created(rd_kafka_event_t *event, int *created, Err *err)
{
    const rd_kafka_CreateTopics_result_t *result;
    const rd_kafka_topic_result_t **topics;
    size_t count;

    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return ERR_FAIL(err, ERR_CONFIG, "creating topics: %s (the embedded broker has no admin calls; see --kafka)",
                        rd_kafka_event_error_string(event));
    result = rd_kafka_event_CreateTopics_result(event);
    topics = rd_kafka_CreateTopics_result_topics(result, &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[i]);

        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            ++*created;
        else if (code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
            return ERR_FAIL(err, ERR_CONFIG, "creating topic %s: %s", rd_kafka_topic_result_name(topics[i]),
                            rd_kafka_topic_result_error_string(topics[i]));
    }
    return true;
}

/* A broker answers before every listener of its metadata has heard of a new topic. */
static bool
wait_until_known(const char *brokers, const BusTopic *topics, size_t count, Err *err)
{
    const struct timespec tick = {.tv_nsec = KNOWN_TICK_MS * 1000000L};
    const char **names = calloc(count + 1, sizeof *names);
    int *have = calloc(count + 1, sizeof *have);
    size_t known = 0;
    bool ok = true;

    if (names == NULL || have == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        names[i] = topics[i].name;
    for (int waited = 0; ok && known < count && waited < ADMIN_MS; waited += KNOWN_TICK_MS) {
        if (waited > 0)
            (void)nanosleep(&tick, NULL);
        ok = bus_partition_counts(brokers, names, count, have, err);
        known = 0;
        for (size_t i = 0; ok && i < count; i++)
            known += have[i] > 0;
    }
    free(names);
    free(have);
    return ok
           && (known == count
               || ERR_FAIL(err, ERR_TRANSIENT, "%zu of %zu topics are known at %s after %d s", known, count, brokers,
                           ADMIN_MS / 1000));
}

bool
bus_create_topics(const char *brokers, const BusTopic *topics, size_t count, int *created, Err *err)
{
    rd_kafka_NewTopic_t **list = calloc(count + 1, sizeof *list);
    rd_kafka_AdminOptions_t *options;
    rd_kafka_queue_t *queue;
    rd_kafka_event_t *event;
    rd_kafka_t *rk;
    char errstr[256];
    bool ok;

    *created = 0;
    if (list == NULL)
        abort();
    if (!client_new(brokers, RD_KAFKA_PRODUCER, &rk, err)) {
        free(list);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        list[i] = new_topic(&topics[i]);
    options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    (void)rd_kafka_AdminOptions_set_operation_timeout(options, ADMIN_MS, errstr, sizeof errstr);
    queue = rd_kafka_queue_new(rk);
    rd_kafka_CreateTopics(rk, list, count, options, queue);
    event = rd_kafka_queue_poll(queue, ADMIN_MS + 5000);
    ok = event != NULL ? judge_created(event, created, err)
                       : ERR_FAIL(err, ERR_TRANSIENT, "creating topics: no answer from %s", brokers);
    if (event != NULL)
        rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_NewTopic_destroy_array(list, count);
    rd_kafka_destroy(rk);
    free(list);
    return ok && wait_until_known(brokers, topics, count, err);
}

/* {"kind": "embedded" | "kafka", "id": "..."} -> "kind:cluster:id". */
static bool
parse_incarnation(const char *cluster, const void *value, size_t len, char out[BUS_INCARNATION_LEN], Err *err)
{
    json_t *doc = json_loadb(value, len, 0, NULL);
    const char *kind = json_string_value(json_object_get(doc, "kind"));
    const char *id = json_string_value(json_object_get(doc, "id"));
    bool ok = kind != NULL && id != NULL;

    if (ok)
        (void)snprintf(out, BUS_INCARNATION_LEN, "%.16s:%.48s:%.48s", kind, cluster ? cluster : "-", id);
    else
        (void)ERR_FAIL(err, ERR_CONFIG, "%s holds a record that is no incarnation", BUS_META_TOPIC);
    json_decref(doc);
    return ok;
}

/* Nothing came in time: only a broker that says so has an empty topic, any other is slow or away. */
static bool
no_incarnation(rd_kafka_t *rk, const char *brokers, Err *err)
{
    int64_t low, high;
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(rk, BUS_META_TOPIC, 0, &low, &high, METADATA_MS);

    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return no_broker(brokers, code, err);
    if (high > low)
        return ERR_FAIL(err, ERR_TRANSIENT, "%s at %s could not be read in time", BUS_META_TOPIC, brokers);
    return ERR_FAIL(err, ERR_CONFIG, "%s at %s is empty: run 'tipoff topics apply'", BUS_META_TOPIC, brokers);
}

bool
bus_is_embedded(const char *incarnation)
{
    return strncmp(incarnation, "embedded:", 9) == 0;
}

bool
bus_read_incarnation(const char *brokers, char out[BUS_INCARNATION_LEN], Err *err)
{
    const char *meta = BUS_META_TOPIC;
    rd_kafka_topic_partition_list_t *parts;
    int partitions = 0;
    bool ok = false;
    rd_kafka_t *rk;

    err->cls = ERR_NONE;
    if (!bus_partition_counts(brokers, &meta, 1, &partitions, err))
        return false;
    if (partitions == 0)
        return ERR_FAIL(err, ERR_CONFIG, "the broker at %s has no topic %s: run 'tipoff topics apply'", brokers, meta);
    if (!client_new(brokers, RD_KAFKA_CONSUMER, &rk, err))
        return false;
    parts = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(parts, meta, 0)->offset = 0;
    (void)rd_kafka_assign(rk, parts);
    rd_kafka_topic_partition_list_destroy(parts);
    for (int waited = 0; waited < META_READ_MS && !ok; waited += 100) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 100);

        if (m == NULL)
            continue;
        if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR && m->payload != NULL) {
            char *cluster = rd_kafka_clusterid(rk, 1000);

            ok = parse_incarnation(cluster, m->payload, m->len, out, err);
            if (cluster != NULL)
                rd_kafka_mem_free(rk, cluster);
        }
        rd_kafka_message_destroy(m);
    }
    if (!ok && err->cls != ERR_CONFIG)
        (void)no_incarnation(rk, brokers, err);
    (void)rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    return ok;
}

/* The topic's end; a topic that was made just now has no leader for a moment. */
static bool
meta_end(const char *brokers, int64_t *end, Err *err)
{
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    int64_t low;
    rd_kafka_t *rk;

    if (!client_new(brokers, RD_KAFKA_PRODUCER, &rk, err))
        return false;
    for (int waited = 0; waited < ADMIN_MS && code != RD_KAFKA_RESP_ERR_NO_ERROR; waited += 1000) {
        code = rd_kafka_query_watermark_offsets(rk, BUS_META_TOPIC, 0, &low, end, 1000);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__TIMED_OUT)
            (void)rd_kafka_poll(rk, 1000);
    }
    rd_kafka_destroy(rk);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR || no_broker(brokers, code, err);
}

bool
bus_write_incarnation(const char *brokers, const char *kind, Err *err)
{
    uint8_t raw[16];
    char id[33], value[128];
    const BusDelivery *done = NULL;
    BusProducer *p;
    size_t n = 0;
    bool ok;

    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw)
        return ERR_FAIL(err, ERR_FATAL, "no random bytes");
    (void)snprintf(value, sizeof value, "{\"kind\": \"%s\", \"id\": \"%s\"}", kind,
                   hex_encode(bytes_of(raw, sizeof raw), id));
    if (!bus_producer_new(brokers, "tipoff-admin", NULL, &p, err))
        return false;
    {
        const BusRecord r = {.topic = BUS_META_TOPIC,
                             .key = "incarnation",
                             .event_id = id,
                             .type = "tipoff.incarnation",
                             .source = "tipoff",
                             .stamp = {0},
                             .payload = bytes_of(value, strlen(value))};

        ok = bus_produce(p, &r, 1, err);
    }
    for (int waited = 0; ok && waited < ADMIN_MS && n == 0; waited += 100)
        n = bus_deliveries(p, 100, &done);
    if (ok && (n == 0 || !done[0].is_ok))
        ok = ERR_FAIL(err, ERR_TRANSIENT, "cannot write %s at %s", BUS_META_TOPIC, brokers);
    bus_producer_free(p, 1000);
    return ok;
}

bool
bus_ensure_incarnation(const char *brokers, const char *kind, bool *is_new, Err *err)
{
    int64_t end;

    if (!meta_end(brokers, &end, err))
        return false;
    *is_new = end == 0;
    return !*is_new || bus_write_incarnation(brokers, kind, err);
}
