/*
 * tests/unit/test_date.c
 *    Calendar days, Eastern time and instants.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "libcore/base/date.h"
#include "libcore/base/macros.h"

static GameDate
day(const char *s)
{
    GameDate d = GAME_DATE_NULL;

    assert_true(date_parse(s, &d));
    return d;
}

static Instant
at(const char *s)
{
    Instant t = INSTANT_NULL;

    assert_true(instant_parse(s, &t));
    return t;
}

static void
assert_day(GameDate d, const char *want)
{
    char text[DATE_TEXT_LEN];

    assert_string_equal(date_format(d, text), want);
}

static void
assert_at(Instant t, const char *want)
{
    char text[INSTANT_TEXT_LEN];

    assert_string_equal(instant_format(t, text), want);
}

static void
days_count_from_the_epoch(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01").days, 0);
    assert_int_equal(day("1969-12-31").days, -1);
    assert_int_equal(day("2000-03-01").days, 11017); /* date -ud 2000-03-01 +%s divided by 86400 */
    assert_int_equal(day("2024-10-22").days, 20018);
}

static void
every_day_of_two_centuries_survives_a_round_trip(void **state)
{
    int32_t last = day("2100-12-31").days;
    char text[DATE_TEXT_LEN];

    (void)state;
    for (int32_t d = day("1950-01-01").days; d <= last; d++)
        assert_int_equal(day(date_format((GameDate){d}, text)).days, d);
}

static void
only_strict_days_that_exist_are_read(void **state)
{
    static const char *const bad[] = {"",           "2024-1-05",   "2024-02-30", "2023-02-29", "2024-13-01",
                                      "2024-00-10", "2024-01-00",  "2024-01-32", "2024/01/05", "2024-01-05 ",
                                      " 2024-01-0", "2024-01-05T", "20240105",   "2024-01-0a", "-024-01-05"};
    GameDate d;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(date_parse(bad[i], &d));
    assert_true(date_parse("2024-02-29", &d));
}

static void
a_season_begins_in_october(void **state)
{
    char label[8];

    (void)state;
    assert_int_equal(date_season_year(day("2024-10-01")), 2024);
    assert_int_equal(date_season_year(day("2025-06-22")), 2024);
    assert_int_equal(date_season_year(day("2025-09-30")), 2024);
    assert_string_equal(season_label(2024, label), "2024-25");
    assert_string_equal(season_label(1999, label), "1999-00");
}

static void
a_late_game_belongs_to_its_eastern_day(void **state)
{
    (void)state;
    assert_day(instant_game_date(at("2024-11-02T02:10:00Z")), "2024-11-01");
    assert_day(instant_game_date(at("2024-12-06T04:59:59.999999Z")), "2024-12-05");
    assert_day(instant_game_date(at("2024-12-06T05:00:00Z")), "2024-12-06");
    assert_day(instant_game_date(at("2024-10-23T03:59:59Z")), "2024-10-22");
    assert_day(instant_game_date(at("2024-10-23T04:00:00Z")), "2024-10-23");
}

/* 2024: daylight time from March 10 to November 3; 2025: from March 9 to November 2. */
static void
clocks_change_on_the_right_sundays(void **state)
{
    (void)state;
    assert_at(date_eastern_instant(day("2024-03-09"), 19, 0), "2024-03-10T00:00:00.000000Z");
    assert_at(date_eastern_instant(day("2024-03-10"), 19, 0), "2024-03-10T23:00:00.000000Z");
    assert_at(date_eastern_instant(day("2024-11-02"), 19, 0), "2024-11-02T23:00:00.000000Z");
    assert_at(date_eastern_instant(day("2024-11-03"), 19, 0), "2024-11-04T00:00:00.000000Z");
    assert_at(date_eastern_instant(day("2025-03-08"), 19, 0), "2025-03-09T00:00:00.000000Z");
    assert_at(date_eastern_instant(day("2025-03-09"), 19, 0), "2025-03-09T23:00:00.000000Z");
    assert_at(date_eastern_instant(day("2025-11-02"), 6, 0), "2025-11-02T11:00:00.000000Z");
    assert_at(date_eastern_instant(day("2025-11-01"), 6, 0), "2025-11-01T10:00:00.000000Z");
    assert_at(date_eastern_instant(day("2026-11-01"), 19, 30), "2026-11-02T00:30:00.000000Z");
}

static void
the_hour_that_clocks_skip_or_repeat_stays_on_its_day(void **state)
{
    (void)state;
    assert_day(instant_game_date(at("2024-11-03T05:30:00Z")), "2024-11-03"); /* 01:30 daylight time */
    assert_day(instant_game_date(at("2024-11-03T06:30:00Z")), "2024-11-03"); /* 01:30 standard time */
    assert_day(instant_game_date(at("2024-11-04T04:59:00Z")), "2024-11-03");
    assert_day(instant_game_date(at("2024-03-10T04:59:00Z")), "2024-03-09");
    assert_day(instant_game_date(at("2024-03-11T03:59:00Z")), "2024-03-10");
}

static void
instants_keep_their_microseconds(void **state)
{
    (void)state;
    assert_int_equal(at("1970-01-01T00:00:00Z").us, 0);
    assert_int_equal(at("2001-09-09T01:46:40Z").us, INT64_C(1000000000000000));
    assert_int_equal(at("1970-01-01T00:00:00.5Z").us, 500000);
    assert_int_equal(at("1970-01-01T00:00:00.000001Z").us, 1);
    assert_at(at("1969-12-31T23:59:59.999999Z"), "1969-12-31T23:59:59.999999Z");
    assert_int_equal(at("1969-12-31T23:59:59.999999Z").us, -1);
}

static void
only_strict_instants_are_read(void **state)
{
    static const char *const bad[] = {"",
                                      "2024-11-02",
                                      "2024-11-02T02:10:00",
                                      "2024-11-02T02:10:00+00:00",
                                      "2024-11-02 02:10:00Z",
                                      "2024-11-02T24:00:00Z",
                                      "2024-11-02T02:60:00Z",
                                      "2024-11-02T02:10:60Z",
                                      "2024-11-02T02:10:00.Z",
                                      "2024-11-02T02:10:00.1234567Z",
                                      "2024-11-02T02:10:00Zx",
                                      "2024-02-30T02:10:00Z"};
    Instant t;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(instant_parse(bad[i], &t));
}

static void
absent_values_are_told_apart(void **state)
{
    (void)state;
    assert_true(date_is_null(GAME_DATE_NULL));
    assert_false(date_is_null(day("1970-01-01")));
    assert_true(instant_is_null(INSTANT_NULL));
    assert_false(instant_is_null(at("1970-01-01T00:00:00Z")));
}

static void
days_are_counted_across_a_leap_day(void **state)
{
    (void)state;
    assert_int_equal(date_diff(day("2024-03-01"), day("2024-02-28")), 2);
    assert_int_equal(date_diff(day("2023-03-01"), day("2023-02-28")), 1);
    assert_day(date_add(day("2024-12-31"), 1), "2025-01-01");
    assert_true(date_before(day("2024-12-31"), day("2025-01-01")));
    assert_false(date_before(day("2025-01-01"), day("2025-01-01")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_count_from_the_epoch),
        cmocka_unit_test(every_day_of_two_centuries_survives_a_round_trip),
        cmocka_unit_test(only_strict_days_that_exist_are_read),
        cmocka_unit_test(a_season_begins_in_october),
        cmocka_unit_test(a_late_game_belongs_to_its_eastern_day),
        cmocka_unit_test(clocks_change_on_the_right_sundays),
        cmocka_unit_test(the_hour_that_clocks_skip_or_repeat_stays_on_its_day),
        cmocka_unit_test(instants_keep_their_microseconds),
        cmocka_unit_test(only_strict_instants_are_read),
        cmocka_unit_test(absent_values_are_told_apart),
        cmocka_unit_test(days_are_counted_across_a_leap_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
