/*
 * tests/integration/test_outbox.c
 *    Claims about events on their way out: on the broker once they are committed, again when that is
 *    in doubt, and kept until everybody has them.
 *
 * The broker is shared with other tests, so what is produced are completions of a date that no grid
 * has.
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

#include "events_gen.h"
#include "libcore/runtime/sweeper.h"
#include "tests/support/rig.h"

#define TOPIC "precompute.completed.backfill"
#define DLQ "precompute.completed.backfill.dlq"
#define NOW "kafka:test:now"
#define BEFORE "kafka:test:before"

enum { DELIVERY_MS = 30000 };

/* The groups that consume TOPIC. */
static const char *const groups[] = {"tipoff.composite-factors", "tipoff.daily-cache", "tipoff.feature-store",
                                     "tipoff.publisher"};

typedef struct {
    Db *db;
    Outbox *ob;
    Arena *a;
} World;

static World world;
static BusProducer *producer;
static Bytes payload;
static Arena *forever;

/* ---- fixtures ---- */

static void
make_topics(const char *brokers)
{
    const BusTopic topics[] = {{TOPIC, 6, 14 * 24, "zstd", false}, {DLQ, 1, 14 * 24, "zstd", false}};
    int created;
    Err err;

    if (!bus_create_topics(brokers, topics, ARRAY_LEN(topics), &created, &err))
        fail_msg("topics: %s", err.msg);
}

static int
connect_to_broker(void **state)
{
    const char *brokers = getenv("KAFKA_BROKERS");
    FakeLog log = {0};
    GameDate date;
    Err err;

    (void)state;
    if (brokers == NULL)
        fail_msg("KAFKA_BROKERS is not set; ops/test integration sets it");
    make_topics(brokers);
    if (!bus_producer_new(brokers, "test_outbox", NULL, &producer, &err))
        fail_msg("a producer: %s", err.msg);
    forever = arena_new(0);
    assert_true(date_make(1999, 12, 31, &date));
    payload = fake_log_completion(&log, PROC_TEAM_DEFENSE_ZONE, date, 1, 0, forever).payload;
    return 0;
}

static int
disconnect_from_broker(void **state)
{
    (void)state;
    bus_producer_free(producer, 1000);
    arena_free(forever);
    return 0;
}

static int
set_up(void **state)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    *state = &world;
    pg_reset(world.db);
    world.ob = outbox_new("team-defense-zone", NOW);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    outbox_free(world.ob);
    db_close(world.db);
    arena_free(world.a);
    return 0;
}

/* ---- deeds ---- */

/* The broker keeps its log from run to run; ids must not. */
static const char *
id(const char *name)
{
    static time_t run;

    if (run == 0)
        run = time(NULL);
    return arena_printf(world.a, "outbox-test-%lld-%d:%s", (long long)run, (int)getpid(), name);
}

static OutboxEvent
event(const char *topic, const char *name)
{
    return (OutboxEvent){
        .topic = topic,
        .key = "1999-12-31",
        .event_id = id(name),
        .type = "tipoff.Completion",
        .correlation_id = "a correlation",
        .payload = payload,
    };
}

static void
append(Outbox *ob, const OutboxEvent *events, size_t count)
{
    DbTx *tx = NULL;
    Err err;

    if (!db_begin(world.db, &tx, &err)
        || !outbox_append(ob, tx, events, count, (Instant){INT64_C(1733000000123000)}, &err) || !db_commit(&tx, &err))
        fail_msg("appending: %s", err.msg);
}

static void
append_one(const char *topic, const char *name)
{
    const OutboxEvent e = event(topic, name);

    append(world.ob, &e, 1);
    outbox_forget(world.ob); /* whoever was to publish it has died */
}

static void
collect(size_t count)
{
    size_t n = outbox_collect(world.ob, producer, 0);

    for (int waited = 0; waited < DELIVERY_MS && n < count; waited += 100)
        n = outbox_collect(world.ob, producer, 100);
    assert_int_equal(n, count);
}

static bool
confirm(bool and_commit)
{
    DbTx *tx = NULL;
    bool ok;
    Err err;

    ok = db_begin(world.db, &tx, &err) && outbox_confirm(world.ob, tx, &err) && (!and_commit || db_commit(&tx, &err));
    if (!and_commit) {
        db_rollback(&tx);
        outbox_forget(world.ob);
    }
    return ok;
}

static size_t
sweep(void)
{
    DbTx *tx = NULL;
    size_t count = 0;
    Err err;

    if (!db_begin(world.db, &tx, &err) || !outbox_sweep(world.ob, tx, producer, world.a, &count, &err)
        || !db_commit(&tx, &err))
        fail_msg("sweeping: %s", err.msg);
    return count;
}

static size_t
purge(void)
{
    DbTx *tx = NULL;
    size_t count = 0;
    Err err;

    if (!db_begin(world.db, &tx, &err) || !outbox_purge(tx, world.a, &count, &err) || !db_commit(&tx, &err))
        fail_msg("purging: %s", err.msg);
    return count;
}

static int64_t
pending(void)
{
    DbTx *tx = NULL;
    int64_t count = -1;
    Err err;

    if (!db_begin(world.db, &tx, &err) || !outbox_pending(tx, world.a, &count, &err))
        fail_msg("counting: %s", err.msg);
    db_rollback(&tx);
    return count;
}

static void
age_rows(const char *age)
{
    pg_run(world.db, "update ops.outbox set created_at = now() - interval '%s'", age);
}

/* As if the row had been delivered to offset 41 of partition 3 of that log. */
static void
put_in_log(const char *incarnation)
{
    pg_run(world.db, "insert into ops.incarnation (id) values ('%s') on conflict do nothing", incarnation);
    pg_run(world.db, "update ops.outbox set incarnation = '%s', partition = 3, \"offset\" = 41", incarnation);
}

static void
cover(const char *group, const char *incarnation, int64_t next_offset)
{
    pg_run(world.db,
           "insert into ops.consumer_offset (consumer_group, topic, partition, incarnation, next_offset, owner_epoch,"
           " owner) values ('%s', '" TOPIC "', 3, '%s', %lld, 1, 'test') on conflict (consumer_group, topic, partition,"
           " incarnation) do update set next_offset = excluded.next_offset",
           group, incarnation, (long long)next_offset);
}

/* ---- what is on the broker ---- */

static rd_kafka_message_t *
read_message(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t offset)
{
    rd_kafka_topic_partition_list_t *at = rd_kafka_topic_partition_list_new(1);
    rd_kafka_message_t *m = NULL;

    rd_kafka_topic_partition_list_add(at, topic, partition)->offset = offset;
    assert_int_equal(rd_kafka_assign(rk, at), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(at);
    for (int waited = 0; waited < DELIVERY_MS && m == NULL; waited += 100)
        m = rd_kafka_consumer_poll(rk, 100);
    assert_non_null(m);
    assert_int_equal(m->err, RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(m->offset, offset);
    return m;
}

static void
assert_header(const rd_kafka_message_t *m, const char *name, const char *want)
{
    rd_kafka_headers_t *headers;
    const void *value;
    size_t size;

    assert_int_equal(rd_kafka_message_headers(m, &headers), RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(rd_kafka_header_get_last(headers, name, &value, &size), RD_KAFKA_RESP_ERR_NO_ERROR);
    assert_int_equal(size, strlen(want));
    assert_memory_equal(value, want, size);
}

static void
assert_completion(const rd_kafka_message_t *m, const char *name)
{
    assert_int_equal(m->key_len, 10);
    assert_memory_equal(m->key, "1999-12-31", 10);
    assert_int_equal(m->len, payload.len);
    assert_memory_equal(m->payload, payload.data, payload.len);
    assert_header(m, "ce_id", id(name));
    assert_header(m, "ce_type", "tipoff.Completion");
    assert_header(m, "ce_source", "team-defense-zone");
    assert_header(m, "ce_specversion", "1.0");
    assert_header(m, "correlation_id", "a correlation");
    assert_header(m, "content-type", "application/avro");
}

/* The row of the event says where it stands, and there it stands. */
static void
assert_stands(const char *topic, const char *event_id, const char *name,
              void (*check)(const rd_kafka_message_t *m, const char *name))
{
    const char *where = pg_string(world.db, world.a,
                                  "select partition || ' ' || \"offset\" from ops.outbox"
                                  " where event_id = '%s' and incarnation = '" NOW "'",
                                  event_id);
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char errstr[256], *end;
    rd_kafka_message_t *m;
    int32_t partition;
    rd_kafka_t *rk;

    assert_non_null(where);
    (void)rd_kafka_conf_set(conf, "bootstrap.servers", getenv("KAFKA_BROKERS"), errstr, sizeof errstr);
    (void)rd_kafka_conf_set(conf, "group.id", "test_outbox", errstr, sizeof errstr);
    (void)rd_kafka_conf_set(conf, "enable.auto.commit", "false", errstr, sizeof errstr);
    rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, errstr, sizeof errstr);
    assert_non_null(rk);
    partition = (int32_t)strtol(where, &end, 10);
    m = read_message(rk, topic, partition, strtoll(end, NULL, 10));
    check(m, name);
    rd_kafka_message_destroy(m);
    (void)rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
}

static void
assert_on_broker(const char *name)
{
    assert_stands(TOPIC, id(name), name, assert_completion);
}

/* ---- claims: appending ---- */

static void
committed_events_are_published_and_their_places_recorded(void **state)
{
    const OutboxEvent events[] = {event(TOPIC, "a"), event(TOPIC, "b")};

    (void)state;
    append(world.ob, events, 2);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox where incarnation is null"), 2);
    outbox_publish(world.ob, producer);
    collect(2);
    assert_true(confirm(true));
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox where incarnation is null"), 0);
    assert_on_broker("a");
    assert_on_broker("b");
    outbox_publish(world.ob, producer); /* nothing is left to publish */
    assert_int_equal(bus_in_flight(producer), 0);
}

static void
assert_letter(const rd_kafka_message_t *m, const char *name)
{
    (void)name;
    assert_header(m, "ce_type", "tipoff.Letter");
    assert_header(m, "ce_time", "2024-11-30T20:53:20.123000Z");
    assert_header(m, "dlq.original.topic", TOPIC);
    assert_header(m, "dlq.original.partition", "3");
    assert_header(m, "dlq.original.offset", "41");
    assert_header(m, "dlq.original.timestamp", "2024-11-30T20:53:20.000000Z");
    assert_header(m, "dlq.error.class", "poison");
    assert_header(m, "dlq.error.code", "SCHEMA_UNKNOWN");
    assert_header(m, "dlq.error.message", "no such schema");
    assert_header(m, "dlq.fingerprint", "0123456789abcdef");
    assert_header(m, "dlq.attempts", "2");
    assert_header(m, "dlq.worker", "feature-store");
    assert_header(m, "dlq.build", "a build");
    /* SHA-256 of the correlation id, of the event's and of its cause's, as sha256sum has them */
    assert_header(m, "traceparent", "00-2ea6da2fa2d7b742e1919f4e034e92d3-d8419c4a8adf3bf1-01");
    assert_header(m, "tracestate", "tipoff=65892be109833704");
}

static void
a_letter_says_in_headers_where_its_event_was_and_what_was_wrong(void **state)
{
    const Letter l = {.event_id = "the original",
                      .worker = "feature-store",
                      .topic = TOPIC,
                      .partition = 3,
                      .offset = 41,
                      .stamp = {INT64_C(1733000000000000)},
                      .error_class = "poison",
                      .error_code = "SCHEMA_UNKNOWN",
                      .message = "no such schema",
                      .fingerprint = "0123456789abcdef",
                      .attempts = 2,
                      .build = "a build",
                      .payload = bytes_of("x", 1)};
    OutboxEvent e = event(DLQ, "a letter");

    (void)state;
    e.type = "tipoff.Letter";
    e.event_id = "letter:feature-store:the original:2";
    e.payload = letter_message(&l, world.a);
    append(world.ob, &e, 1);
    outbox_publish(world.ob, producer);
    collect(1);
    assert_true(confirm(true));
    assert_stands(DLQ, e.event_id, "", assert_letter);
}

static void
an_event_is_appended_once_a_topic(void **state)
{
    const OutboxEvent twice[] = {event(TOPIC, "a"), event(TOPIC, "b"), event(TOPIC, "a"), event(DLQ, "a")};
    const OutboxEvent again[] = {event(TOPIC, "b"), event(TOPIC, "c"), event(DLQ, "a")};
    Outbox *other = outbox_new("another", NOW);

    (void)state;
    append(world.ob, twice, 4);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox"), 3);
    outbox_publish(world.ob, producer);
    collect(3);
    append(other, again, 3);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox"), 4);
    outbox_publish(other, producer);
    assert_int_equal(bus_in_flight(producer), 1);
    for (int waited = 0; waited < DELIVERY_MS && outbox_collect(other, producer, 100) < 1; waited += 100)
        continue;
    assert_int_equal(outbox_collect(other, producer, 0), 1);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox where worker = 'another'"), 1);
    outbox_free(other);
}

static void
what_is_rolled_back_is_never_published(void **state)
{
    const OutboxEvent e = event(TOPIC, "a");
    DbTx *tx = NULL;
    Err err;

    (void)state;
    assert_true(db_begin(world.db, &tx, &err) && outbox_append(world.ob, tx, &e, 1, (Instant){0}, &err));
    db_rollback(&tx);
    outbox_forget(world.ob);
    outbox_publish(world.ob, producer);
    assert_int_equal(bus_in_flight(producer), 0);
    append(world.ob, &e, 1); /* and its id is free */
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox"), 1);
}

static void
a_confirmation_that_is_rolled_back_is_made_again(void **state)
{
    const OutboxEvent e = event(TOPIC, "a");

    (void)state;
    append(world.ob, &e, 1);
    outbox_publish(world.ob, producer);
    collect(1);
    assert_true(confirm(false));
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox where incarnation is null"), 1);
    assert_true(confirm(true));
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox where incarnation is null"), 0);
    assert_int_equal(outbox_collect(world.ob, producer, 0), 0);
    assert_on_broker("a");
}

/* ---- claims: sweeping ---- */

static void
what_nobody_published_is_swept(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    assert_int_equal(sweep(), 0); /* its own process may be about to */
    age_rows("3 seconds");
    assert_int_equal(sweep(), 1);
    collect(1);
    assert_true(confirm(true));
    assert_on_broker("a");
    assert_int_equal(sweep(), 0);
}

/* An earlier transaction that is still open might have appended before it. */
static void
what_is_not_settled_is_not_swept(void **state)
{
    Db *other = pg_open("another transaction");
    DbTx *tx = NULL;
    Err err;

    (void)state;
    assert_true(db_begin(other, &tx, &err) && db_exec_script(tx, "select pg_current_xact_id()", &err));
    append_one(TOPIC, "a");
    age_rows("1 hour");
    assert_int_equal(sweep(), 0);
    db_rollback(&tx);
    assert_int_equal(sweep(), 1);
    collect(1);
    db_close(other);
}

/* A broker that is away would get everything once a sweep when it is back. */
static void
what_the_last_sweep_has_under_way_is_not_swept_again(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    age_rows("3 seconds");
    assert_int_equal(sweep(), 1);
    assert_int_equal(sweep(), 0);
    collect(1);
    assert_int_equal(sweep(), 1); /* arrived, but not on record */
    collect(2);
    assert_true(confirm(true));
    assert_int_equal(sweep(), 0);
}

static void
a_swept_event_names_the_worker_that_caused_it(void **state)
{
    Outbox *sweeper = outbox_new("somebody-else", NOW);

    (void)state;
    append_one(TOPIC, "a");
    age_rows("3 seconds");
    outbox_free(world.ob);
    world.ob = sweeper;
    assert_int_equal(sweep(), 1);
    collect(1);
    assert_true(confirm(true));
    assert_on_broker("a"); /* its source is still team-defense-zone */
}

/* ---- claims: a broker that has lost its log ---- */

static void
what_one_group_had_not_covered_in_a_lost_log_is_published_again(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    put_in_log(BEFORE);
    cover(groups[0], BEFORE, 42);
    cover(groups[1], BEFORE, 42);
    cover(groups[2], BEFORE, 41); /* the next one it wanted */
    assert_int_equal(sweep(), 1);
    collect(1);
    assert_true(confirm(true));
    assert_on_broker("a");
    assert_int_equal(sweep(), 0);
}

static void
what_every_group_had_covered_in_a_lost_log_is_not_published_again(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    put_in_log(BEFORE);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        cover(groups[i], BEFORE, 42);
    assert_int_equal(sweep(), 0);
}

static void
a_group_that_never_came_has_covered_nothing(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    put_in_log(BEFORE);
    cover(groups[0], BEFORE, 42);
    cover(groups[1], BEFORE, 42);
    cover(groups[2], NOW, 1000); /* an offset of another log says nothing about this one */
    assert_int_equal(sweep(), 1);
    collect(1);
}

static void
what_stands_in_the_present_log_is_left_to_its_consumers(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    put_in_log(NOW);
    age_rows("1 day");
    assert_int_equal(sweep(), 0);
}

static void
what_nobody_subscribes_to_is_not_published_again(void **state)
{
    (void)state;
    append_one(DLQ, "a");
    put_in_log(BEFORE);
    assert_int_equal(sweep(), 0);
}

/* ---- claims: keeping ---- */

static void
a_row_is_kept_until_every_group_has_covered_it(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    age_rows("2 hours");
    assert_int_equal(purge(), 0); /* not even published */
    assert_int_equal(pending(), 1);
    put_in_log(NOW);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        assert_int_equal(purge(), 0);
        assert_int_equal(pending(), 1);
        cover(groups[i], NOW, i == 0 ? 1000 : 42);
    }
    assert_int_equal(pending(), 0);
    assert_int_equal(purge(), 1);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox"), 0);
}

static void
a_row_that_the_next_fetch_would_bring_is_kept(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    age_rows("2 hours");
    put_in_log(NOW);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        cover(groups[i], NOW, 41);
    assert_int_equal(purge(), 0);
}

static void
a_young_row_is_kept_though_everybody_has_it(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    put_in_log(NOW);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        cover(groups[i], NOW, 42);
    assert_int_equal(purge(), 0);
}

static void
what_was_covered_in_a_lost_log_goes_too(void **state)
{
    (void)state;
    append_one(TOPIC, "a");
    age_rows("2 hours");
    put_in_log(BEFORE);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++)
        cover(groups[i], BEFORE, 42);
    assert_int_equal(purge(), 1);
}

/* ---- claims: who sweeps ---- */

static void
tick(Sweeper *s, Db *db, int64_t now_us)
{
    Clock *clock = clock_system_new();
    Err err;

    if (!sweeper_tick(s, db, world.ob, producer, clock, now_us, &err))
        fail_msg("a sweeper: %s", err.msg);
    clock_free(clock);
}

static void
one_process_of_all_sweeps_and_another_takes_over(void **state)
{
    Db *one = pg_open("one"), *two = pg_open("two");
    Sweeper first = {0}, second = {0};

    (void)state;
    append_one(TOPIC, "a");
    tick(&first, one, 0);
    assert_true(first.holds_lock);
    age_rows("3 seconds");
    tick(&second, two, 0);
    assert_false(second.holds_lock);
    assert_int_equal(bus_in_flight(producer), 0);
    tick(&first, one, 1); /* not due */
    assert_int_equal(bus_in_flight(producer), 0);
    tick(&first, one, INT64_C(1000000));
    collect(1);
    db_close(one);
    for (int64_t s = 1; s < 3000 && !second.holds_lock; s++) /* until the server has noticed */
        tick(&second, two, s * 1000000);
    assert_true(second.holds_lock);
    db_close(two);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(committed_events_are_published_and_their_places_recorded),
        CLAIM(a_letter_says_in_headers_where_its_event_was_and_what_was_wrong),
        CLAIM(an_event_is_appended_once_a_topic),
        CLAIM(what_is_rolled_back_is_never_published),
        CLAIM(a_confirmation_that_is_rolled_back_is_made_again),
        CLAIM(what_nobody_published_is_swept),
        CLAIM(what_is_not_settled_is_not_swept),
        CLAIM(what_the_last_sweep_has_under_way_is_not_swept_again),
        CLAIM(a_swept_event_names_the_worker_that_caused_it),
        CLAIM(what_one_group_had_not_covered_in_a_lost_log_is_published_again),
        CLAIM(what_every_group_had_covered_in_a_lost_log_is_not_published_again),
        CLAIM(a_group_that_never_came_has_covered_nothing),
        CLAIM(what_stands_in_the_present_log_is_left_to_its_consumers),
        CLAIM(what_nobody_subscribes_to_is_not_published_again),
        CLAIM(a_row_is_kept_until_every_group_has_covered_it),
        CLAIM(a_row_that_the_next_fetch_would_bring_is_kept),
        CLAIM(a_young_row_is_kept_though_everybody_has_it),
        CLAIM(what_was_covered_in_a_lost_log_goes_too),
        CLAIM(one_process_of_all_sweeps_and_another_takes_over),
    };

    return cmocka_run_group_tests(tests, connect_to_broker, disconnect_from_broker);
}
