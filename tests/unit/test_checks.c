/*
 * tests/unit/test_checks.c
 *    Claims about checks: what is judged how, and that every file of the catalogue says what it must.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/runtime/checks.h"

#define HEADER "-- says: rows\n-- group: daily\n-- phase: raw\n-- severity: critical\n-- better: more\n"

static Arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
a_value_at_its_limit_passes_and_nothing_is_never_a_pass(void **state)
{
    static const struct {
        double value, warn, fail;
        bool more;
        CheckVerdict verdict;
    } cases[] = {
        {80, 80, 50, true, CHECK_OK},          {79.9, 80, 50, true, CHECK_WARNING}, {50, 80, 50, true, CHECK_WARNING},
        {49.9, 80, 50, true, CHECK_FAILURE},   {5, 5, 15, false, CHECK_OK},         {5.1, 5, 15, false, CHECK_WARNING},
        {15, 5, 15, false, CHECK_WARNING},     {15.1, 5, 15, false, CHECK_FAILURE}, {NAN, 80, 50, true, CHECK_NOTHING},
        {NAN, NAN, NAN, false, CHECK_NOTHING}, {60, NAN, 50, true, CHECK_OK},       {60, 80, NAN, true, CHECK_WARNING},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(check_judge(cases[i].value, cases[i].warn, cases[i].fail, cases[i].more), cases[i].verdict);
}

static void
a_header_is_read_and_what_it_lacks_is_named(void **state)
{
    Check c;
    Err err;

    (void)state;
    assert_true(check_parse("rows", HEADER "-- needs: grading\nselect 1, $2", arena, &c, &err));
    assert_string_equal(c.says, "rows");
    assert_int_equal(c.severity, ALERT_CRITICAL);
    assert_true(c.more_is_better && c.has_need && c.takes_now);
    assert_int_equal(c.need, PROC_GRADING);
    assert_true(check_parse("rows", HEADER "select 1", arena, &c, &err));
    assert_false(c.has_need || c.takes_now);
    assert_false(check_parse("rows", "-- says: rows\nselect 1", arena, &c, &err));
    assert_non_null(strstr(err.msg, "group"));
    assert_false(check_parse("rows", HEADER "-- needs: grader\nselect 1", arena, &c, &err));
    assert_non_null(strstr(err.msg, "grader"));
    assert_int_equal(err.cls, ERR_CONFIG);
}

static void
every_check_of_the_catalogue_can_be_read(void **state)
{
    Check *checks;
    size_t count;
    Err err = {0};

    (void)state;
    if (!checks_load("schemas/checks", arena, &checks, &count, &err))
        fail_msg("%s", err.msg);
    assert_true(count > 30);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(checks[i - 1].name, checks[i].name) < 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_at_its_limit_passes_and_nothing_is_never_a_pass),
        cmocka_unit_test(a_header_is_read_and_what_it_lacks_is_named),
        cmocka_unit_test(every_check_of_the_catalogue_can_be_read),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
