/*
 * tests/unit/test_heartbeat.c
 *    Claims about silence: when a process is late and when it is dead, and when a sink of alerts is to be tested.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "libcore/base/macros.h"
#include "libcore/runtime/heartbeat.h"
#include "libcore/runtime/sink_tests.h"

static void
a_process_is_late_after_two_beats_and_dead_after_fifteen_minutes(void **state)
{
    static const struct {
        double silent_s;
        ProcessLife life;
    } cases[] = {
        {-5, PROCESS_LIVES}, /* a clock was set back */
        {0, PROCESS_LIVES},    {60, PROCESS_LIVES}, {119.9, PROCESS_LIVES}, {120, PROCESS_LATE},
        {899.9, PROCESS_LATE}, {900, PROCESS_DEAD}, {1e9, PROCESS_DEAD},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(process_life(cases[i].silent_s), cases[i].life);
}

static void
a_sink_is_tested_once_an_eastern_day_and_after_a_failure_again(void **state)
{
    enum { HOUR = 9 };
    static const struct {
        const char *last_day; /* NULL: never */
        bool failed;
        const char *due_at, *now;
        bool is_due;
    } cases[] = {
        {NULL, false, NULL, "2025-11-20T13:59:59Z", false}, /* 08:59:59 Eastern */
        {NULL, false, NULL, "2025-11-20T14:00:00Z", true},
        {NULL, false, NULL, "2025-07-20T13:00:00Z", true}, /* in summer */
        {"2025-11-19", false, NULL, "2025-11-20T04:00:00Z", false},
        {"2025-11-19", false, NULL, "2025-11-20T14:00:00Z", true},
        {"2025-11-20", false, NULL, "2025-11-20T23:00:00Z", false},
        {"2025-11-20", false, NULL, "2025-11-21T03:00:00Z", false}, /* the same Eastern day */
        {"2025-11-20", true, "2025-11-20T14:00:05Z", "2025-11-20T14:00:04Z", false},
        {"2025-11-20", true, "2025-11-20T14:00:05Z", "2025-11-20T14:00:05Z", true},
        {"2025-11-19", true, "2025-11-19T14:00:05Z", "2025-11-20T13:00:00Z", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        SinkTest last = {GAME_DATE_NULL, cases[i].failed, INSTANT_NULL};
        Instant now;

        assert_true(instant_parse(cases[i].now, &now));
        assert_true(cases[i].last_day == NULL || date_parse(cases[i].last_day, &last.day));
        assert_true(cases[i].due_at == NULL || instant_parse(cases[i].due_at, &last.due_at));
        assert_int_equal(sink_test_is_due(&last, HOUR, now), cases[i].is_due);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_is_late_after_two_beats_and_dead_after_fifteen_minutes),
        cmocka_unit_test(a_sink_is_tested_once_an_eastern_day_and_after_a_failure_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
