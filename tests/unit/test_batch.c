/*
 * tests/unit/test_batch.c
 *    Claims about the life of a batch: every path of its table, and what its clocks say and when.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/rng.h"
#include "workers/predictions/batch_core.h"

#define MINUTES(n) (INT64_C(60000000) * (n))

enum { PAST, LIVE, DAYS };

/* Where each event leads from the two open states, on a past date and on a live one; -1: nowhere. */
static const struct {
    BatchEvent event;
    int running[DAYS], redriven[DAYS];
    BatchAction from_running, from_redriven;
} paths[] = {
    {BATCH_NOTHING, {-1, -1}, {-1, -1}, 0, 0},
    {BATCH_ENDED,
     {BATCH_COMPLETE, BATCH_COMPLETE},
     {BATCH_COMPLETE, BATCH_COMPLETE},
     BATCH_DO_NOTHING,
     BATCH_DO_NOTHING},
    {BATCH_AGED, {-1, BATCH_TIMED_OUT}, {-1, BATCH_TIMED_OUT}, BATCH_DO_EXPIRE, BATCH_DO_EXPIRE},
    {BATCH_IDLE, {BATCH_REDRIVEN, BATCH_REDRIVEN}, {-1, BATCH_PARTIAL}, BATCH_DO_ASK_AGAIN, BATCH_DO_EXPIRE},
    {BATCH_SWEPT,
     {BATCH_REDRIVEN, BATCH_REDRIVEN},
     {BATCH_REDRIVEN, BATCH_REDRIVEN},
     BATCH_DO_ASK_AGAIN,
     BATCH_DO_ASK_AGAIN},
    {BATCH_DROPPED, {BATCH_RESET, BATCH_RESET}, {BATCH_RESET, BATCH_RESET}, BATCH_DO_EXPIRE, BATCH_DO_EXPIRE},
    {BATCH_SUPPLANTED,
     {BATCH_REPLACED, BATCH_REPLACED},
     {BATCH_REPLACED, BATCH_REPLACED},
     BATCH_DO_NOTHING,
     BATCH_DO_NOTHING},
};

static void
assert_leads_to(BatchState from, BatchEvent event, bool is_live, int to, BatchAction action)
{
    const BatchMove *m = batch_move(from, event, is_live);

    if ((m == NULL) != (to < 0))
        fail_msg("%s of a %s batch: %s", batch_event_name(event), batch_state_name(from),
                 m ? "moves" : "moves nothing");
    if (m == NULL)
        return;
    assert_int_equal(m->to, to);
    assert_int_equal(m->action, action);
    assert_int_equal(m->expired_reason != NULL, action == BATCH_DO_EXPIRE);
}

static void
every_event_leads_from_every_open_state_where_it_should(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(paths), BATCH_EVENTS);
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        for (int day = 0; day < DAYS; day++) {
            assert_leads_to(BATCH_RUNNING, paths[i].event, day == LIVE, paths[i].running[day], paths[i].from_running);
            assert_leads_to(BATCH_REDRIVEN, paths[i].event, day == LIVE, paths[i].redriven[day],
                            paths[i].from_redriven);
        }
    }
}

static void
nothing_moves_a_closed_batch(void **state)
{
    (void)state;
    for (int s = 0; s < BATCH_STATES; s++)
        for (int e = 0; e < BATCH_EVENTS && !batch_state_is_open((BatchState)s); e++)
            for (int day = 0; day < DAYS; day++)
                assert_null(batch_move((BatchState)s, (BatchEvent)e, day == LIVE));
}

/* A batch that expired requests is not complete, and one that is complete expired none. */
static void
only_answers_make_a_batch_complete(void **state)
{
    (void)state;
    for (int s = 0; s < BATCH_STATES; s++)
        for (int e = 0; e < BATCH_EVENTS; e++)
            for (int day = 0; day < DAYS; day++) {
                const BatchMove *m = batch_move((BatchState)s, (BatchEvent)e, day == LIVE);

                if (m == NULL)
                    continue;
                assert_int_equal(m->to == BATCH_COMPLETE, e == BATCH_ENDED);
                assert_true(m->action != BATCH_DO_EXPIRE || !batch_state_is_open(m->to));
                assert_true(m->action != BATCH_DO_ASK_AGAIN || m->to == BATCH_REDRIVEN);
            }
}

static void
states_have_names_that_are_read_back(void **state)
{
    BatchState back;

    (void)state;
    for (int s = 0; s < BATCH_STATES; s++) {
        assert_true(batch_state_parse(batch_state_name((BatchState)s), &back));
        assert_int_equal(back, s);
    }
    assert_false(batch_state_parse("stuck", &back));
}

static BatchView
view(BatchState s, size_t open, int64_t started_min, int64_t progress_min)
{
    return (BatchView){s, open, {MINUTES(started_min)}, {MINUTES(progress_min)}};
}

static BatchEvent
event_at(BatchView b, int64_t us, bool is_live)
{
    return batch_event(&b, (Instant){us}, is_live);
}

static void
five_idle_minutes_and_not_one_microsecond_less(void **state)
{
    (void)state;
    for (int day = 0; day < DAYS; day++) {
        assert_int_equal(event_at(view(BATCH_RUNNING, 1, 0, 3), MINUTES(8) - 1, day == LIVE), BATCH_NOTHING);
        assert_int_equal(event_at(view(BATCH_RUNNING, 1, 0, 3), MINUTES(8), day == LIVE), BATCH_IDLE);
    }
    assert_int_equal(event_at(view(BATCH_REDRIVEN, 17, 0, 5), MINUTES(10) - 1, true), BATCH_NOTHING);
    assert_int_equal(event_at(view(BATCH_REDRIVEN, 17, 0, 5), MINUTES(10), true), BATCH_IDLE);
}

static void
thirty_minutes_end_a_live_batch_that_still_makes_progress(void **state)
{
    (void)state;
    assert_int_equal(event_at(view(BATCH_RUNNING, 1, 0, 29), MINUTES(30) - 1, true), BATCH_NOTHING);
    assert_int_equal(event_at(view(BATCH_RUNNING, 1, 0, 29), MINUTES(30), true), BATCH_AGED);
    assert_int_equal(event_at(view(BATCH_REDRIVEN, 1, 0, 29), MINUTES(30), true), BATCH_AGED);
}

static void
a_past_batch_is_asked_for_once_more_and_waits_for_ever(void **state)
{
    (void)state;
    assert_int_equal(event_at(view(BATCH_RUNNING, 1, 0, 0), MINUTES(600), false), BATCH_IDLE);
    assert_int_equal(event_at(view(BATCH_REDRIVEN, 1, 0, 5), MINUTES(600), false), BATCH_NOTHING);
    assert_true(instant_is_null(batch_due_at(&(BatchView){BATCH_REDRIVEN, 1, {0}, {MINUTES(5)}}, false)));
}

static void
a_batch_without_open_requests_has_ended_however_old_it_is(void **state)
{
    (void)state;
    for (int day = 0; day < DAYS; day++)
        assert_int_equal(event_at(view(BATCH_RUNNING, 0, 0, 0), MINUTES(600), day == LIVE), BATCH_ENDED);
    assert_true(instant_is_null(batch_due_at(&(BatchView){BATCH_RUNNING, 0, {0}, {0}}, true)));
}

static void
it_is_due_at_the_first_time_at_which_its_clock_says_something(void **state)
{
    Rng rng = rng_seeded(20251121);

    (void)state;
    for (int i = 0; i < 2000; i++) {
        const bool is_live = rng_below(&rng, 2) == 1;
        const int64_t started = (int64_t)rng_below(&rng, 40);
        const BatchView b = view(rng_below(&rng, 2) == 1 ? BATCH_RUNNING : BATCH_REDRIVEN, 1 + rng_below(&rng, 17),
                                 started, started + (int64_t)rng_below(&rng, 30));
        const Instant due = batch_due_at(&b, is_live);

        if (instant_is_null(due)) {
            assert_int_equal(event_at(b, MINUTES(1000000), is_live), BATCH_NOTHING);
            continue;
        }
        assert_int_equal(event_at(b, due.us - 1, is_live), BATCH_NOTHING);
        assert_int_not_equal(event_at(b, due.us, is_live), BATCH_NOTHING);
    }
}

/* Nobody answers, and nobody but the clock looks. */
static void
a_silent_live_batch_is_partial_after_ten_minutes(void **state)
{
    BatchView b = view(BATCH_RUNNING, 17, 0, 0);
    Instant due = batch_due_at(&b, true);

    (void)state;
    assert_int_equal(due.us, MINUTES(5));
    b.state = batch_move(b.state, batch_event(&b, due, true), true)->to;
    b.progress = due;
    due = batch_due_at(&b, true);
    assert_int_equal(due.us, MINUTES(10));
    assert_int_equal(batch_move(b.state, batch_event(&b, due, true), true)->to, BATCH_PARTIAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_leads_from_every_open_state_where_it_should),
        cmocka_unit_test(nothing_moves_a_closed_batch),
        cmocka_unit_test(only_answers_make_a_batch_complete),
        cmocka_unit_test(states_have_names_that_are_read_back),
        cmocka_unit_test(five_idle_minutes_and_not_one_microsecond_less),
        cmocka_unit_test(thirty_minutes_end_a_live_batch_that_still_makes_progress),
        cmocka_unit_test(a_past_batch_is_asked_for_once_more_and_waits_for_ever),
        cmocka_unit_test(a_batch_without_open_requests_has_ended_however_old_it_is),
        cmocka_unit_test(it_is_due_at_the_first_time_at_which_its_clock_says_something),
        cmocka_unit_test(a_silent_live_batch_is_partial_after_ten_minutes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
