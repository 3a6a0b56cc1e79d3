/*
 * tests/unit/test_operator_texts.c
 *    Lines of logs that are asked for, and one option of a configuration file that is changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "ops/cli/conf_text.h"
#include "ops/cli/log_filter.h"

#define INFO "time=2025-11-20T10:00:00.123Z level=info worker=raw event=\"cell completed\" cell=raw_props/2025-10-27"
#define WARN "{\"time\":\"2025-11-20T10:00:01.000Z\",\"level\":\"warn\",\"worker\":\"raw\",\"event\":\"retry\"}"
#define ALIEN "%3|1763632800.1|FAIL|rdkafka#consumer-1| broker down"

static void
a_line_passes_by_level_date_and_text(void **state)
{
    static const struct {
        const char *line;
        LogFilter filter;
        bool passes;
    } rows[] = {
        {INFO, {LVL_INFO, NULL, NULL}, true},
        {INFO, {LVL_WARN, NULL, NULL}, false},
        {WARN, {LVL_WARN, NULL, NULL}, true},
        {WARN, {LVL_ERROR, NULL, NULL}, false},
        {ALIEN, {LVL_ERROR, NULL, NULL}, true},
        {INFO, {LVL_DEBUG, "2025-10-27", NULL}, true},
        {INFO, {LVL_DEBUG, "2025-11-20", NULL}, false}, /* when it was written, not what it speaks of */
        {WARN, {LVL_DEBUG, "2025-11-20", NULL}, false},
        {INFO, {LVL_DEBUG, NULL, "cell completed"}, true},
        {INFO, {LVL_DEBUG, NULL, "Cell completed"}, false},
        {INFO, {LVL_DEBUG, "2025-10-27", "retry"}, false},
        {"", {LVL_ERROR, NULL, NULL}, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (log_line_passes(rows[i].line, &rows[i].filter) != rows[i].passes)
            fail_msg("row %zu: %s", i, rows[i].line);
}

static void
a_line_says_when_it_was_written(void **state)
{
    Arena *a = arena_new(0);

    (void)state;
    assert_string_equal(log_line_time(INFO, a), "2025-11-20T10:00:00.123Z");
    assert_string_equal(log_line_time(WARN, a), "2025-11-20T10:00:01.000Z");
    assert_null(log_line_time(ALIEN, a));
    assert_null(log_line_time("", a));
    arena_free(a);
}

static void
one_option_is_changed_and_the_rest_stays(void **state)
{
    static const struct {
        const char *before, *value, *after;
    } rows[] = {
        {"", "2", "a.b = 2\n"},
        {"x = 1\n", "2", "x = 1\na.b = 2\n"},
        {"# a.b = 7\na.b=1\nx = 1", "2", "# a.b = 7\na.b = 2\nx = 1\n"},
        {"a.b = 1\n\n  a.b\t= 3\n", "2", "a.b = 2\n\n"},
        {"a.bc = 1\nza.b = 1\n", "2", "a.bc = 1\nza.b = 1\na.b = 2\n"},
        {"a.b = 1\nx = 1\n", NULL, "x = 1\n"},
        {"x = 1\n", NULL, "x = 1\n"},
        {"a.b = 1\n", "", "a.b = \n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        Buf out = {0};

        conf_text_set(bytes_of_str(rows[i].before), "a.b", rows[i].value, &out);
        assert_string_equal(buf_cstr(&out), rows[i].after);
        buf_free(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_passes_by_level_date_and_text),
        cmocka_unit_test(a_line_says_when_it_was_written),
        cmocka_unit_test(one_option_is_changed_and_the_rest_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
