/*
 * tests/bench/lanes.c
 *    Sends requests for a cell at an even pace, each with the time at which it was sent in its id.
 *
 * usage: lanes BROKERS live|backfill PREFIX COUNT RATE DATE PROCESSOR
 *
 * RATE is events a second, 0 as fast as it goes. The ids are PREFIX:NUMBER:MICROSECONDS, by which whoever has
 * the time of an event's commit has its latency. Prints {"sent": N, "seconds": S}.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "events_gen.h"
#include "libcore/base/clock.h"
#include "libcore/io/bus.h"
#include "libcore/runtime/pipeline.h"

typedef struct {
    BusProducer *producer;
    char topic[TOPIC_NAME_LEN];
    const char *prefix, *date_text, *processor;
    GameDate date;
} Sender;

static int64_t
wall_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
wait_until(int64_t us)
{
    const int64_t left = us - wall_us();
    const struct timespec t = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};

    if (left > 0)
        (void)nanosleep(&t, NULL);
}

static bool
send_one(Sender *s, long i, Err *err)
{
    Arena *a = arena_new(0);
    const CellRequest r = {.event_id = arena_printf(a, "%s:%ld:%lld", s->prefix, i, (long long)wall_us()),
                           .processor = s->processor,
                           .game_date = s->date,
                           .asked_by = "ops/bench"};
    const BusRecord record = {.topic = s->topic,
                              .key = arena_printf(a, "%s.%ld", s->date_text, i % 64), /* over all partitions */
                              .event_id = r.event_id,
                              .type = "tipoff.CellRequest",
                              .source = "bench",
                              .stamp = {wall_us()},
                              .payload = cell_request_message(&r, a)};
    const bool ok = bus_produce(s->producer, &record, i + 1, err);

    arena_free(a);
    return ok;
}

int
main(int argc, char **argv)
{
    const BusDelivery *done;
    int64_t started;
    double rate;
    long count;
    Sender s;
    const char *const topic = s.topic;
    Err err;

    if (argc != 8) {
        (void)fputs("usage: lanes BROKERS live|backfill PREFIX COUNT RATE DATE PROCESSOR\n", stderr);
        return 2;
    }
    s = (Sender){.prefix = argv[3], .date_text = argv[6], .processor = argv[7]};
    count = strtol(argv[4], NULL, 10);
    rate = strtod(argv[5], NULL);
    (void)topic_lane_name(TOPIC_CELL_REQUEST, strcmp(argv[2], "live") == 0 ? LANE_LIVE : LANE_BACKFILL, s.topic);
    if (!date_parse(argv[6], &s.date) || !bus_producer_new(argv[1], "bench-lanes", NULL, &s.producer, &err)) {
        (void)fprintf(stderr, "lanes: %s\n", argv[6]);
        return 1;
    }
    bus_warm_up(s.producer, &topic, 1); /* the first event would wait for its leader, which is nobody's latency */
    started = wall_us();
    for (long i = 0; i < count; i++) {
        if (rate > 0)
            wait_until(started + (int64_t)((double)i / rate * 1e6));
        if (!send_one(&s, i, &err)) {
            (void)fprintf(stderr, "lanes: %s\n", err.msg);
            return 1;
        }
        (void)bus_deliveries(s.producer, 0, &done);
    }
    bus_producer_free(s.producer, 30000);
    (void)printf("{\"sent\": %ld, \"seconds\": %.3f}\n", count, (double)(wall_us() - started) / 1e6);
    return 0;
}
