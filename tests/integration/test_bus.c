/*
 * tests/integration/test_bus.c
 *    Claims about the consumer and the topics on a real broker: where it starts, what it drops, and
 *    what it makes of records that are not ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include <librdkafka/rdkafka.h>

#include "libcore/base/arena.h"
#include "libcore/io/bus.h"
#include "libcore/io/bus_reader.h"

enum { WAIT_MS = 40000, POLL_MS = 50, PARTITIONS = 2 };

/* One member of the group: what it owns, and where it would have each partition start. */
typedef struct {
    BusConsumer *c;
    bool owns[PARTITIONS];
    int assignments;
    int64_t start[PARTITIONS];
} Member;

typedef struct {
    const char *brokers;
    char topic[96], other[96], group[104];
    rd_kafka_t *raw; /* a producer that writes whatever we like */
    Arena *a;
} World;

static World world;

static bool
on_assigned(void *ctx, const BusPartition *parts, size_t count, int64_t *start, Err *err)
{
    Member *m = ctx;

    (void)err;
    for (size_t i = 0; i < count; i++) {
        m->owns[parts[i].partition] = true;
        start[i] = m->start[parts[i].partition];
    }
    m->assignments++;
    return true;
}

static void
on_revoked(void *ctx, const BusPartition *parts, size_t count)
{
    Member *m = ctx;

    for (size_t i = 0; i < count; i++)
        m->owns[parts[i].partition] = false;
}

static void
join(Member *m)
{
    const char *topics[] = {world.topic, NULL};
    const BusConsumerConfig cfg = {
        .brokers = world.brokers,
        .group = world.group,
        .client_id = "test_bus",
        .topics = topics,
        .session_timeout_ms = 6000,
        .fetch_wait_ms = 50,
    };
    const BusOwner owner = {m, on_assigned, on_revoked};
    Err err;

    if (!bus_consumer_new(&cfg, &owner, &m->c, &err))
        fail_msg("a consumer: %s", err.msg);
}

static bool
poll_once(Member *m, BusMessage *out)
{
    bool got;
    Err err;

    if (!bus_poll(m->c, POLL_MS, world.a, out, &got, &err))
        fail_msg("polling: %s", err.msg);
    return got;
}

static BusMessage
next_message(Member *m)
{
    BusMessage out;

    for (int waited = 0; waited < WAIT_MS; waited += POLL_MS)
        if (poll_once(m, &out))
            return out;
    fail_msg("no message within %d ms", WAIT_MS);
    return (BusMessage){0};
}

static void
write_record(int32_t partition, const char *key, size_t key_len, const char *event_id, size_t id_len)
{
    char value[] = "a value";
    rd_kafka_headers_t *headers = rd_kafka_headers_new(2);

    (void)rd_kafka_header_add(headers, "ce_id", -1, event_id, (ssize_t)id_len);
    (void)rd_kafka_header_add(headers, "ce_type", -1, "a type", -1);
    assert_int_equal(rd_kafka_producev(world.raw, RD_KAFKA_V_TOPIC(world.topic), RD_KAFKA_V_PARTITION(partition),
                                       RD_KAFKA_V_KEY((void *)(uintptr_t)key, key_len),
                                       RD_KAFKA_V_VALUE(value, sizeof value - 1), RD_KAFKA_V_HEADERS(headers),
                                       RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                       RD_KAFKA_V_TIMESTAMP(INT64_C(1733000000000)), RD_KAFKA_V_END),
                     RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(rd_kafka_flush(world.raw, WAIT_MS), RD_KAFKA_RESP_ERR_NO_ERROR);
}

static void
write_good(int32_t partition)
{
    write_record(partition, "a key", 5, "an id", 5);
}

static int
set_up(void **state)
{
    static int count;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char errstr[256];
    BusTopic topics[2];
    int created;
    Err err;

    (void)state;
    world = (World){.brokers = getenv("KAFKA_BROKERS"), .a = arena_new(0)};
    if (world.brokers == NULL)
        fail_msg("KAFKA_BROKERS is not set; ops/test integration sets it");
    (void)snprintf(world.topic, sizeof world.topic, "test.bus.%lld.%d.%d", (long long)time(NULL), (int)getpid(),
                   count++);
    (void)snprintf(world.group, sizeof world.group, "group.%s", world.topic);
    (void)snprintf(world.other, sizeof world.other, "%.80s.apart", world.topic);
    topics[0] = (BusTopic){world.topic, PARTITIONS, 24, "zstd", false};
    topics[1] = (BusTopic){world.other, PARTITIONS, 24, "zstd", false};
    if (!bus_create_topics(world.brokers, topics, 2, &created, &err))
        fail_msg("a topic: %s", err.msg);
    assert_int_equal(created, 2);
    (void)rd_kafka_conf_set(conf, "bootstrap.servers", world.brokers, errstr, sizeof errstr);
    world.raw = rd_kafka_new(RD_KAFKA_PRODUCER, conf, errstr, sizeof errstr);
    assert_non_null(world.raw);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    rd_kafka_destroy(world.raw);
    arena_free(world.a);
    return 0;
}

static void
a_topic_that_is_there_is_left_as_it_is(void **state)
{
    const BusTopic again = {world.topic, PARTITIONS + 3, 24, "zstd", false};
    const char *names[] = {world.topic, "test.bus.that.nobody.made"};
    int created, partitions[2];
    Err err;

    (void)state;
    assert_true(bus_create_topics(world.brokers, &again, 1, &created, &err));
    assert_int_equal(created, 0);
    assert_true(bus_partition_counts(world.brokers, names, 2, partitions, &err));
    assert_int_equal(partitions[0], PARTITIONS);
    assert_int_equal(partitions[1], 0);
}

static void
a_consumer_starts_where_its_owner_says(void **state)
{
    Member m = {.start = {2, 0}};
    BusMessage got;

    (void)state;
    for (int i = 0; i < 4; i++)
        write_good(0);
    join(&m);
    got = next_message(&m);
    assert_int_equal(got.partition, 0);
    assert_int_equal(got.offset, 2);
    assert_string_equal(got.topic, world.topic);
    assert_string_equal(got.key, "a key");
    assert_string_equal(got.event_id, "an id");
    assert_string_equal(got.type, "a type");
    assert_null(got.correlation_id);
    assert_int_equal(got.payload.len, 7);
    assert_memory_equal(got.payload.data, "a value", 7);
    bus_consumer_free(m.c);
}

static void
a_seek_brings_a_message_again(void **state)
{
    Member m = {0};
    Err err;

    (void)state;
    for (int i = 0; i < 3; i++)
        write_good(0);
    join(&m);
    for (int i = 0; i < 3; i++)
        assert_int_equal(next_message(&m).offset, i);
    assert_true(bus_seek(m.c, world.topic, 0, 1, &err));
    assert_int_equal(next_message(&m).offset, 1);
    assert_int_equal(next_message(&m).offset, 2);
    bus_consumer_free(m.c);
}

/* What could not be sought must be known: the messages in between would be passed over. */
static void
a_seek_in_a_partition_that_is_not_ours_fails(void **state)
{
    Member m = {0};
    Err err;

    (void)state;
    write_good(0);
    join(&m);
    (void)next_message(&m);
    assert_false(bus_seek(m.c, world.topic, PARTITIONS + 1, 0, &err));
    assert_int_equal(err.cls, ERR_TRANSIENT);
    bus_consumer_free(m.c);
}

/* They would go into texts of the database. */
static void
a_key_and_an_id_that_are_no_text_count_as_absent(void **state)
{
    Member m = {0};
    BusMessage got;

    (void)state;
    write_record(0, "key\xff", 4, "\xc3(", 2);
    join(&m);
    got = next_message(&m);
    assert_null(got.key);
    assert_null(got.event_id);
    assert_string_equal(got.type, "a type");
    assert_int_equal(got.payload.len, 7);
    bus_consumer_free(m.c);
}

/* Facts are stamped by rule, often long ago; what came today is kept from today on. */
static void
retention_counts_from_arrival(void **state)
{
    Member m = {0};
    int64_t now_us = (int64_t)time(NULL) * 1000000;

    (void)state;
    write_good(0); /* with a timestamp of 2024 */
    join(&m);
    assert_in_range(next_message(&m).stamp.us, now_us - INT64_C(3600000000), now_us + INT64_C(3600000000));
    bus_consumer_free(m.c);
}

/* Of a partition that was dropped nothing comes, until the group gives it to us again. */
static void
a_dropped_partition_comes_back_with_the_next_assignment(void **state)
{
    Member m = {0}, other = {0};
    BusMessage got;

    (void)state;
    write_good(0);
    join(&m);
    assert_int_equal(next_message(&m).offset, 0);
    bus_pause(m.c, world.topic, 0);
    write_good(0);
    write_good(1);
    assert_int_equal(next_message(&m).partition, 1);
    m.start[0] = 1;
    m.start[1] = 1;
    join(&other);
    for (int waited = 0; waited < WAIT_MS && !other.owns[0] && !other.owns[1]; waited += 2 * POLL_MS) {
        (void)poll_once(&m, &got);
        (void)poll_once(&other, &got);
    }
    assert_true(other.owns[0] || other.owns[1]);
    bus_consumer_free(other.c);
    got = next_message(&m);
    assert_int_equal(got.partition, 0);
    assert_int_equal(got.offset, 1);
    bus_consumer_free(m.c);
}

/* ---- a queue apart ---- */

static bool
is_other(void *ctx, const char *topic)
{
    (void)ctx;
    return strcmp(topic, world.other) == 0;
}

static void
join_both(Member *m)
{
    const char *topics[] = {world.topic, world.other, NULL};
    const BusConsumerConfig cfg = {.brokers = world.brokers,
                                   .group = world.group,
                                   .client_id = "test_bus",
                                   .topics = topics,
                                   .session_timeout_ms = 6000,
                                   .fetch_wait_ms = 50};
    const BusOwner owner = {m, on_assigned, on_revoked, NULL, is_other};
    Err err;

    if (!bus_consumer_new(&cfg, &owner, &m->c, &err))
        fail_msg("a consumer: %s", err.msg);
}

/* The rebalance comes with the main queue, messages of the other topic with the other one alone. */
static BusMessage
next_apart(Member *m)
{
    BusMessage out, of_main;
    bool got = false;
    Err err;

    for (int waited = 0; waited < WAIT_MS; waited += POLL_MS) {
        assert_true(bus_poll_apart(m->c, world.a, &out, &got, &err));
        if (got)
            return out;
        if (!bus_wait(m->c, POLL_MS) || bus_apart_waiting(m->c) == 0)
            assert_true(!poll_once(m, &of_main) || strcmp(of_main.topic, world.topic) == 0);
    }
    fail_msg("no message within %d ms", WAIT_MS);
    return out;
}

static void
messages_that_are_apart_come_from_a_queue_of_their_own(void **state)
{
    Member m = {0}, other = {0};
    char first[sizeof world.topic];
    BusMessage got;

    (void)state;
    (void)snprintf(first, sizeof first, "%s", world.topic);
    memcpy(world.topic, world.other, sizeof world.topic); /* write_good() writes there */
    for (int i = 0; i < 3; i++)
        write_good(0);
    memcpy(world.topic, first, sizeof world.topic);
    join_both(&m);
    got = next_apart(&m);
    assert_string_equal(world.other, got.topic);
    assert_int_equal(0, got.offset);
    write_good(0); /* in the main queue, while two wait in the other */
    got = next_message(&m);
    assert_string_equal(world.topic, got.topic);
    assert_int_equal(1, next_apart(&m).offset);
    join_both(&other); /* and so it stays after another assignment */
    for (int waited = 0; waited < WAIT_MS && other.assignments == 0; waited += 2 * POLL_MS) {
        BusMessage ignored;

        (void)poll_once(&m, &ignored);
        (void)poll_once(&other, &ignored);
    }
    bus_consumer_free(other.c);
    m.assignments = 0;
    for (int waited = 0; waited < WAIT_MS && m.assignments == 0; waited += POLL_MS)
        assert_true(!poll_once(&m, &got) || strcmp(got.topic, world.topic) == 0);
    assert_string_equal(world.other, next_apart(&m).topic);
    bus_consumer_free(m.c);
}

/* ---- what is read once more ---- */

static BusSpan *
spans_now(size_t *count)
{
    BusSpan *spans;
    Err err;

    if (!bus_spans(world.brokers, world.topic, world.a, &spans, count, &err))
        fail_msg("spans: %s", err.msg);
    assert_int_equal(PARTITIONS, *count);
    return spans;
}

static size_t
read_all(const BusSpan *spans, size_t count, BusEntry *out, size_t max)
{
    BusReader *r;
    size_t n = 0;
    bool got;
    Err err;

    if (!bus_reader_new(world.brokers, "test_bus", world.topic, spans, count, &r, &err))
        fail_msg("a reader: %s", err.msg);
    for (;; n++) {
        BusEntry e;

        if (!bus_reader_next(r, world.a, &e, &got, &err))
            fail_msg("reading: %s", err.msg);
        if (!got)
            break;
        assert_true(n < max);
        out[n] = e;
    }
    bus_reader_free(r);
    return n;
}

static void
a_reader_keeps_to_its_spans_and_to_the_order_of_each_partition(void **state)
{
    int64_t next[PARTITIONS] = {1, 2};
    BusEntry entries[16];
    BusSpan *spans;
    size_t count, n;

    (void)state;
    for (int i = 0; i < 5; i++) {
        write_good(0);
        write_good(1);
    }
    spans = spans_now(&count);
    assert_int_equal(0, spans[0].from);
    assert_int_equal(5, spans[0].to);
    write_good(0); /* came later, and is not in the span */
    spans[0].from = 1;
    spans[1].from = 2;
    spans[1].to = 4;
    n = read_all(spans, count, entries, ARRAY_LEN(entries));
    assert_int_equal(4 + 2, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(next[entries[i].partition]++, entries[i].offset);
    assert_int_equal(5, next[0]);
    assert_int_equal(4, next[1]);
}

static void
a_reader_of_nothing_has_nothing(void **state)
{
    BusSpan *spans;
    BusEntry none;
    size_t count;

    (void)state;
    spans = spans_now(&count);
    assert_int_equal(0, read_all(spans, count, &none, 0));
}

static void
spans_are_narrowed_by_the_time_of_arrival(void **state)
{
    const Instant now = {(int64_t)time(NULL) * 1000000}, hour_ago = {now.us - INT64_C(3600000000)},
                  in_an_hour = {now.us + INT64_C(3600000000)};
    size_t count;
    BusSpan *spans;
    Err err;

    (void)state;
    write_good(0);
    spans = spans_now(&count);
    assert_true(bus_spans_between(world.brokers, world.topic, hour_ago, in_an_hour, spans, count, &err));
    assert_int_equal(1, spans[0].to - spans[0].from);
    assert_true(bus_spans_between(world.brokers, world.topic, in_an_hour, INSTANT_NULL, spans, count, &err));
    assert_int_equal(0, spans[0].to - spans[0].from);
    spans = spans_now(&count);
    assert_true(bus_spans_between(world.brokers, world.topic, INSTANT_NULL, hour_ago, spans, count, &err));
    assert_int_equal(0, spans[0].to - spans[0].from);
}

/* Into the same topic: the original's bytes under the headers that are given. */
static void
what_is_sent_on_is_the_same_key_and_bytes(void **state)
{
    const BusHeader headers[] = {{"ce_id", "an id"}, {"replay_id", "r1"}, {"not there", NULL}};
    BusEntry original, entries[4];
    const BusDelivery *done;
    BusProducer *p;
    BusSpan *spans;
    size_t count;
    Err err;

    (void)state;
    write_record(0, "k\0\xff", 3, "an id", 5);
    spans = spans_now(&count);
    assert_int_equal(1, read_all(spans, count, &original, 1));
    assert_string_equal("an id", bus_entry_header(&original, "ce_id"));
    assert_null(bus_entry_header(&original, "replay_id"));
    assert_true(bus_producer_new(world.brokers, "test_bus", NULL, &p, &err));
    assert_true(bus_produce_entry(p, world.topic, &original, headers, ARRAY_LEN(headers), 7, &err));
    original.has_key = false;
    assert_true(bus_produce_entry(p, world.topic, &original, headers, ARRAY_LEN(headers), 8, &err));
    for (size_t seen = 0, waited = 0; seen < 2 && waited < WAIT_MS; waited += POLL_MS)
        seen += bus_deliveries(p, POLL_MS, &done);
    bus_producer_free(p, WAIT_MS);
    spans = spans_now(&count);
    assert_int_equal(3, read_all(spans, count, entries, ARRAY_LEN(entries)));
    for (size_t i = 0; i < 3; i++) {
        const BusEntry *e = &entries[i];

        assert_int_equal(7, e->payload.len);
        assert_memory_equal("a value", e->payload.data, 7);
        if (bus_entry_header(e, "replay_id") == NULL)
            continue;
        assert_int_equal(2, e->header_count);
        assert_string_equal("r1", bus_entry_header(e, "replay_id"));
        if (e->has_key)
            assert_memory_equal("k\0\xff", e->key.data, 3);
    }
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_topic_that_is_there_is_left_as_it_is),
        CLAIM(a_consumer_starts_where_its_owner_says),
        CLAIM(a_seek_brings_a_message_again),
        CLAIM(a_seek_in_a_partition_that_is_not_ours_fails),
        CLAIM(a_key_and_an_id_that_are_no_text_count_as_absent),
        CLAIM(retention_counts_from_arrival),
        CLAIM(a_dropped_partition_comes_back_with_the_next_assignment),
        CLAIM(messages_that_are_apart_come_from_a_queue_of_their_own),
        CLAIM(a_reader_keeps_to_its_spans_and_to_the_order_of_each_partition),
        CLAIM(a_reader_of_nothing_has_nothing),
        CLAIM(spans_are_narrowed_by_the_time_of_arrival),
        CLAIM(what_is_sent_on_is_the_same_key_and_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
