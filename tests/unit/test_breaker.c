/*
 * tests/unit/test_breaker.c
 *    When a failing system is left alone, and when it is tried again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "workers/predictions/breaker_core.h"

static const int64_t MINUTE_US = INT64_C(60000000);

static Instant
minute(int64_t n)
{
    return (Instant){n * MINUTE_US};
}

static void
fail_times(Breaker *b, int times, Instant now)
{
    for (int i = 0; i < times; i++)
        breaker_note(b, true, now);
}

static void
five_failures_in_a_row_open_it(void **state)
{
    Breaker b = breaker_new();

    (void)state;
    assert_true(breaker_is_at_rest(&b));
    fail_times(&b, 4, minute(1));
    assert_int_equal(b.state, BREAKER_CLOSED);
    assert_false(breaker_is_at_rest(&b));
    breaker_note(&b, false, minute(1));
    assert_true(breaker_is_at_rest(&b));
    fail_times(&b, 4, minute(2));
    assert_true(breaker_allows(&b, minute(2)));
    fail_times(&b, 1, minute(3));
    assert_int_equal(b.state, BREAKER_OPEN);
    assert_int_equal(b.opened_at.us, minute(3).us);
    assert_false(breaker_allows(&b, minute(3)));
}

static void
it_is_tried_again_after_thirty_minutes(void **state)
{
    Breaker b = breaker_new();

    (void)state;
    fail_times(&b, 5, minute(0));
    assert_false(breaker_allows(&b, (Instant){minute(30).us - 1}));
    breaker_note(&b, false, minute(29)); /* a try from before says nothing */
    assert_int_equal(b.state, BREAKER_OPEN);
    assert_true(breaker_allows(&b, minute(30)));
    assert_int_equal(b.state, BREAKER_HALF_OPEN);
}

static void
two_successes_close_it(void **state)
{
    Breaker b = breaker_new();

    (void)state;
    fail_times(&b, 5, minute(0));
    assert_true(breaker_allows(&b, minute(30)));
    breaker_note(&b, false, minute(30));
    assert_int_equal(b.state, BREAKER_HALF_OPEN);
    breaker_note(&b, false, minute(30));
    assert_true(breaker_is_at_rest(&b));
    fail_times(&b, 4, minute(31)); /* it takes five again */
    assert_int_equal(b.state, BREAKER_CLOSED);
}

static void
one_failure_opens_it_again_and_the_time_begins_anew(void **state)
{
    Breaker b = breaker_new();

    (void)state;
    fail_times(&b, 5, minute(0));
    assert_true(breaker_allows(&b, minute(30)));
    breaker_note(&b, false, minute(31));
    breaker_note(&b, true, minute(32));
    assert_int_equal(b.state, BREAKER_OPEN);
    assert_false(breaker_allows(&b, minute(61)));
    assert_true(breaker_allows(&b, minute(62)));
    breaker_note(&b, false, minute(62)); /* the success before the failure does not count */
    assert_int_equal(b.state, BREAKER_HALF_OPEN);
}

static void
states_have_names(void **state)
{
    BreakerState found;

    (void)state;
    for (BreakerState s = BREAKER_CLOSED; s < BREAKER_STATE_COUNT; s++) {
        assert_true(breaker_state_parse(breaker_state_name(s), &found));
        assert_int_equal(found, s);
    }
    assert_false(breaker_state_parse("ajar", &found));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_failures_in_a_row_open_it),
        cmocka_unit_test(it_is_tried_again_after_thirty_minutes),
        cmocka_unit_test(two_successes_close_it),
        cmocka_unit_test(one_failure_opens_it_again_and_the_time_begins_anew),
        cmocka_unit_test(states_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
