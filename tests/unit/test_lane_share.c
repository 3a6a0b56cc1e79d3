/*
 * tests/unit/test_lane_share.c
 *    Claims about lanes: whatever the load, live events go first, the backfill has its share of events while it
 *    waits and all that is left free, and no turn holds more than it may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "libcore/base/rng.h"
#include "libcore/runtime/lane_share.h"

enum { MAX = 500, TURNS = 2000 };

typedef struct {
    size_t live, backfill; /* taken in all */
    size_t live_left, backfill_left;
    int64_t now;
} Load;

/* One turn as a worker takes it. */
static void
turn(LaneShare *s, Load *l)
{
    const size_t live_most = l->backfill_left > 0 ? lane_live_most(s, MAX) : MAX;
    const size_t live = l->live_left < live_most ? l->live_left : live_most;
    const size_t most = lane_backfill_most(s, live, MAX, l->now);
    const size_t backfill = l->backfill_left < most ? l->backfill_left : most;

    assert_true(live + backfill <= MAX);
    l->live_left -= live;
    l->backfill_left -= backfill;
    l->live += live;
    l->backfill += backfill;
    lane_share_note(s, live, backfill, l->backfill_left > 0, l->now);
    if (backfill > 0)
        lane_share_took(s, backfill, (int64_t)backfill * 1000, l->now);
    l->now += 1000;
}

static void
under_a_load_that_never_ends_each_lane_has_its_share(void **state)
{
    static const int percents[] = {1, 5, 10, 25, 50, 90};

    (void)state;
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        LaneShare s = lane_share_new(percents[i]);
        Load l = {.live_left = 10000000, .backfill_left = 10000000};

        for (int n = 0; n < TURNS; n++)
            turn(&s, &l);
        assert_in_range(l.backfill * 1000 / (l.live + l.backfill), (size_t)percents[i] * 10 - 5,
                        (size_t)percents[i] * 10 + 5);
    }
}

/* One live event a turn: the backfill gets one of ten, not nine of ten. */
static void
a_trickle_of_live_events_is_not_buried(void **state)
{
    LaneShare s = lane_share_new(10);
    Load l = {.backfill_left = 10000000};

    (void)state;
    for (int n = 0; n < TURNS; n++) {
        l.live_left = 1;
        turn(&s, &l);
    }
    assert_int_equal(TURNS, l.live);
    assert_in_range(l.backfill, TURNS / 9 - 2, TURNS / 9 + 2);
}

static void
what_live_events_leave_is_the_backfills(void **state)
{
    LaneShare s = lane_share_new(10);

    (void)state;
    assert_int_equal(MAX, lane_backfill_most(&s, 0, MAX, 0));
    assert_int_equal(0, lane_backfill_most(&s, MAX, MAX, 0));
    assert_int_equal(MAX - 50, lane_live_most(&s, MAX));
}

/* A live event that comes in the middle of a turn of backfill events waits for its end. */
static void
turns_of_backfill_events_are_short_while_live_ones_flow(void **state)
{
    LaneShare s = lane_share_new(10);

    (void)state;
    lane_share_took(&s, 10, 30000, 0); /* 3 ms each */
    assert_int_equal(MAX, lane_backfill_most(&s, 0, MAX, 0));
    assert_true(lane_turn_us(&s, 0) == INT64_MAX);
    lane_share_note(&s, 1, 0, true, 1000000);
    assert_int_equal(15000, lane_turn_us(&s, 2000000));
    assert_int_equal(5, lane_backfill_most(&s, 0, MAX, 2000000));
    assert_int_equal(MAX, lane_backfill_most(&s, 0, MAX, 12000000));
    for (int i = 0; i < 50; i++)
        lane_share_took(&s, 1, 1000000, 12000000); /* dear ones go one by one */
    assert_int_equal(1, lane_backfill_most(&s, 0, MAX, 2000000));
}

/* What it has had is the share of the time since; a live event opens no door to more. */
static void
the_backfill_rests_after_its_turns_while_live_events_flow(void **state)
{
    static const int percents[] = {1, 10, 50, 90};

    (void)state;
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        LaneShare s = lane_share_new(percents[i]);
        int64_t now = 0, had = 0, next_live = 0;

        while (now < 60000000) {
            if (now >= next_live) {
                lane_share_note(&s, 1, 0, true, now);
                next_live += 1000000;
            }
            if (lane_rest_us(&s, now) > 0) {
                assert_int_equal(0, lane_backfill_most(&s, 0, MAX, now));
                now += 50;
                continue;
            }
            now += 5000;
            had += 5000;
            lane_share_took(&s, 3, 5000, now);
        }
        assert_in_range(had * 1000 / now, percents[i] * 10 - 10, percents[i] * 10 + 10);
    }
}

static void
nothing_rests_when_no_live_event_flows(void **state)
{
    LaneShare s = lane_share_new(10);

    (void)state;
    lane_share_took(&s, 10, 1000000, 1000000);
    assert_int_equal(0, lane_rest_us(&s, 1000001));
    lane_share_note(&s, 1, 0, true, 2000000);
    lane_share_took(&s, 10, 100000, 2100000);
    assert_int_equal(900000, lane_rest_us(&s, 2100000));
    assert_int_equal(0, lane_rest_us(&s, 3000000));
    lane_share_took(&s, 10, 9000000, 3000000);
    assert_int_equal(0, lane_rest_us(&s, 12000000)); /* the last live event is long ago */
}

/* A share of nothing is had when no live event flows, and then alone. */
static void
without_a_share_the_backfill_waits_for_silence(void **state)
{
    LaneShare s = lane_share_new(0);

    (void)state;
    lane_share_note(&s, 1, 0, true, 1000000);
    lane_share_took(&s, 1, 1000, 1001000);
    assert_true(lane_rest_us(&s, 10999999) > 0);
    assert_int_equal(0, lane_rest_us(&s, 11000000));
}

static void
nobody_is_owed_for_a_time_in_which_he_did_not_wait(void **state)
{
    LaneShare s = lane_share_new(50);
    Load l = {.live_left = 100000};

    (void)state;
    for (int n = 0; n < 100; n++)
        turn(&s, &l);
    l.backfill_left = 100000;
    turn(&s, &l);
    assert_in_range(l.backfill, 200, 250);
}

static void
in_any_load_the_backfill_goes_on_and_live_events_are_never_left_for_it(void **state)
{
    Rng rng = rng_seeded(11);

    (void)state;
    for (int round = 0; round < 200; round++) {
        const int percent = 1 + (int)rng_below(&rng, 90);
        LaneShare s = lane_share_new(percent);
        Load l = {.backfill_left = 1000000};
        size_t longest = 0, dry = 0;

        for (int n = 0; n < TURNS / 4; n++) {
            const size_t before = l.backfill, came = (size_t)rng_below(&rng, 40);

            l.live_left += came;
            turn(&s, &l);
            assert_int_equal(0, l.live_left); /* a turn holds them all, and so takes them all */
            dry = l.backfill == before ? dry + came : 0;
            longest = dry > longest ? dry : longest;
        }
        assert_true(longest <= 100 / (size_t)percent * 2 + 80);
    }
}

static void
a_lane_is_held_back_until_half_is_confirmed(void **state)
{
    (void)state;
    assert_false(lane_is_held_back(true, false, 100, 100));
    assert_true(lane_is_held_back(true, false, 101, 100));
    assert_true(lane_is_held_back(true, true, 51, 100));
    assert_false(lane_is_held_back(true, true, 50, 100));
    assert_false(lane_is_held_back(false, false, 200, 100));
    assert_true(lane_is_held_back(false, false, 201, 100));
    assert_false(lane_is_held_back(false, true, 100, 100));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_a_load_that_never_ends_each_lane_has_its_share),
        cmocka_unit_test(a_trickle_of_live_events_is_not_buried),
        cmocka_unit_test(what_live_events_leave_is_the_backfills),
        cmocka_unit_test(turns_of_backfill_events_are_short_while_live_ones_flow),
        cmocka_unit_test(the_backfill_rests_after_its_turns_while_live_events_flow),
        cmocka_unit_test(nothing_rests_when_no_live_event_flows),
        cmocka_unit_test(without_a_share_the_backfill_waits_for_silence),
        cmocka_unit_test(nobody_is_owed_for_a_time_in_which_he_did_not_wait),
        cmocka_unit_test(in_any_load_the_backfill_goes_on_and_live_events_are_never_left_for_it),
        cmocka_unit_test(a_lane_is_held_back_until_half_is_confirmed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
