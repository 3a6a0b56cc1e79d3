/*
 * tests/unit/test_model_csv.c
 *    Rows of features out of CSV: matched by name or by position, whatever pieces they come in, and what is wrong
 *    named with its line and column.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/bytes.h"
#include "workers/models/feature_csv.h"

enum { WIDTH = 3 };

static const ModelFeature named[WIDTH] = {{.name = "pace"}, {.name = "rest, days"}, {.name = "line"}};
static const ModelFeature unnamed[WIDTH] = {{.name = NULL}};
static const ModelInfo with_names = {.feature_count = WIDTH, .features = named, .has_names = true};
static const ModelInfo without_names = {.feature_count = WIDTH, .features = unnamed};

/* Rows as text: "1 2.5 nan|..." */
static bool
put_row(void *user, const float *values, Err *err)
{
    Buf *out = user;

    (void)err;
    if (out->len > 0)
        buf_put_str(out, "|");
    for (size_t i = 0; i < WIDTH; i++) {
        if (isnan(values[i]))
            buf_put_str(out, i > 0 ? " -" : "-");
        else
            buf_printf(out, "%s%.9g", i > 0 ? " " : "", (double)values[i]);
    }
    return true;
}

/* Fed in pieces of that many bytes. */
static bool
read_pieces(const ModelInfo *info, Bytes text, size_t piece, Buf *out, size_t *ignored, Err *err)
{
    FeatureCsv *csv = feature_csv_new(info, "in.csv", put_row, out);
    bool ok = true;

    for (size_t at = 0; ok && at < text.len; at += piece)
        ok = feature_csv_feed(csv, bytes_of(text.data + at, text.len - at < piece ? text.len - at : piece), err);
    ok = ok && feature_csv_end(csv, err);
    *ignored = feature_csv_ignored(csv);
    feature_csv_free(csv);
    return ok;
}

static void
expect_rows(const ModelInfo *info, const char *text, const char *wanted, size_t ignored)
{
    for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
        Buf got = {0};
        size_t passed;
        Err err;

        if (!read_pieces(info, bytes_of_str(text), piece, &got, &passed, &err))
            fail_msg("%s", err.msg);
        assert_string_equal(wanted, buf_cstr(&got));
        assert_int_equal(ignored, passed);
        buf_free(&got);
    }
}

static void
expect_refusal(const ModelInfo *info, const char *text, const char *reason)
{
    for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
        Buf got = {0};
        size_t passed;
        Err err;

        if (read_pieces(info, bytes_of_str(text), piece, &got, &passed, &err))
            fail_msg("read, to %s", buf_cstr(&got));
        assert_int_equal(ERR_POISON, err.cls);
        if (strstr(err.msg, reason) == NULL)
            fail_msg("'%s' does not say '%s'", err.msg, reason);
        buf_free(&got);
    }
}

static void
columns_are_found_by_name_in_any_order(void **state)
{
    (void)state;
    expect_rows(&with_names, "line,player,\"rest, days\",pace\n1,x,2,3\n4,\"y,\n\"\"z\",5,6\n", "3 2 1|6 5 4", 1);
    expect_rows(&with_names, "\xef\xbb\xbf\"pace\",\"rest, days\",line\r\n 1 ,2,3\r\n\r\n4,5,6", "1 2 3|4 5 6", 0);
    expect_rows(&with_names, "pace,\"rest, days\",line\n", "", 0);
}

/* The first byte of a byte-order mark begins other characters, too. */
static void
a_name_may_begin_as_a_mark_does(void **state)
{
    static const ModelFeature wide[WIDTH] = {{.name = "\xef\xbc\xa1"}, {.name = "b"}, {.name = "c"}};
    static const ModelInfo info = {.feature_count = WIDTH, .features = wide, .has_names = true};

    (void)state;
    expect_rows(&info, "\xef\xbc\xa1,b,c\n1,2,3\n", "1 2 3", 0);
    expect_rows(&info, "\xef\xbb\xbf\xef\xbc\xa1,b,c\n1,2,3\n", "1 2 3", 0);
}

static void
columns_go_by_position_where_the_model_has_no_names(void **state)
{
    (void)state;
    expect_rows(&without_names, "a,b,c\n1,2,3\n", "1 2 3", 0);
    expect_rows(&without_names, "0,1,2\n4,5,6\n", "4 5 6", 0);
    expect_refusal(&without_names, "a,b\n1,2\n", "in.csv line 1: 2 columns; the model has 3 features");
    expect_refusal(&without_names, "a,b,c,d\n1,2,3,4\n", "in.csv line 1: 4 columns");
    expect_refusal(&without_names, "1.5,2,3\n4,5,6\n", "in.csv line 1: no header");
}

static void
a_missing_value_is_empty_nan_or_na(void **state)
{
    (void)state;
    expect_rows(&with_names, "pace,\"rest, days\",line\n,NaN,NA\nnan,na,NAN\n,,\n\"\", ,1\n", "- - -|- - -|- - -|- - 1",
                0);
}

static void
numbers_are_decimal_and_become_the_nearest_float(void **state)
{
    (void)state;
    expect_rows(&with_names, "pace,\"rest, days\",line\n-0.1,+1e2,16777217\n1e-50,.5,3.4028235e38\n",
                "-0.100000001 100 16777216|0 0.5 3.40282347e+38", 0);
}

static void
a_bad_number_is_named_with_line_and_column(void **state)
{
    static const char *const bad[] = {"x",   "1.2.3", "1e",  "0x10", "inf",   "-Infinity",
                                      "1 2", "1;2",   "--1", "null", "1_000", "."};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        Buf text = {0}, reason = {0};

        buf_printf(&text, "pace,\"rest, days\",line\n1,2,3\n\n1,%s,3\n", bad[i]);
        buf_printf(&reason, "in.csv line 4, column rest, days: '%s' is no number", bad[i]);
        expect_refusal(&with_names, buf_cstr(&text), buf_cstr(&reason));
        buf_free(&text);
        buf_free(&reason);
    }
    expect_refusal(&with_names, "pace,\"rest, days\",line\n1,2,3.5e38\n", "line 2, column line: '3.5e38' is beyond");
    expect_refusal(&with_names, "pace,\"rest, days\",line\n1,2,1e999\n", "line 2, column line: '1e999' is beyond");
}

static void
a_row_that_begins_on_an_earlier_line_is_named_by_it(void **state)
{
    (void)state;
    expect_refusal(&with_names, "note,pace,\"rest, days\",line\n\"a\nb\",1,2,3\n\"c\nd\n\ne\",1,2,x\n",
                   "in.csv line 4, column line: 'x'");
}

static void
a_missing_column_is_named(void **state)
{
    (void)state;
    expect_refusal(&with_names, "pace,line\n1,2\n",
                   "in.csv line 1: no column rest, days, which the model has as feature 1");
    expect_refusal(&with_names, "pace,line,pace,\"rest, days\"\n1,2,3,4\n",
                   "in.csv line 1: two columns have the name 'pace'");
    expect_refusal(&with_names, "Pace,\"rest, days\",line\n1,2,3\n", "no column pace");
}

static void
what_is_no_table_is_refused(void **state)
{
    (void)state;
    expect_refusal(&with_names, "", "in.csv has no header");
    expect_refusal(&with_names, "\n \n", "in.csv has no header");
    expect_refusal(&with_names, "pace,\"rest, days\",line\n1,2\n", "in.csv line 2: 2 fields; the header has 3");
    expect_refusal(&with_names, "pace,\"rest, days\",line\n1,2,3,4\n", "in.csv line 2: 4 fields");
    expect_refusal(&with_names, "pace,\"rest, days\",line\n1,2,\"3\n4,5,6\n",
                   "in.csv line 2: a quote that is never closed");
    expect_refusal(&with_names, "pace,\"rest, days\",line\n1,2\"x\",3\n", "in.csv line 2: a quote in the middle");
}

static void
a_nul_and_an_endless_row_are_refused(void **state)
{
    static const char nul[] = "pace,\"rest, days\",line\n1,2\0,3\n";
    Buf text = {0}, got = {0};
    size_t ignored;
    Err err;

    (void)state;
    assert_false(read_pieces(&with_names, bytes_of(nul, sizeof nul - 1), 5, &got, &ignored, &err));
    assert_non_null(strstr(err.msg, "in.csv line 2: a NUL"));
    buf_put_str(&text, "pace,\"rest, days\",line\n1,2,\"");
    while (text.len < FEATURE_ROW_MAX_BYTES + 100)
        buf_put_str(&text, "0000000000000000000000000000000\n");
    assert_false(read_pieces(&with_names, bytes_of(text.data, text.len), 8192, &got, &ignored, &err));
    assert_non_null(strstr(err.msg, "in.csv line 2: a row longer than 1 MiB"));
    buf_free(&text);
    buf_free(&got);
}

static bool
refuse_row(void *user, const float *values, Err *err)
{
    (void)user;
    (void)values;
    return ERR_FAIL(err, ERR_CANCELED, "enough");
}

static void
who_takes_the_rows_may_end_the_reading(void **state)
{
    FeatureCsv *csv = feature_csv_new(&without_names, "in.csv", refuse_row, NULL);
    Err err;

    (void)state;
    assert_false(feature_csv_feed(csv, bytes_of_str("a,b,c\n1,2,3\n4,5,6\n"), &err));
    assert_int_equal(ERR_CANCELED, err.cls);
    feature_csv_free(csv);
    feature_csv_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_name_in_any_order),
        cmocka_unit_test(a_name_may_begin_as_a_mark_does),
        cmocka_unit_test(columns_go_by_position_where_the_model_has_no_names),
        cmocka_unit_test(a_missing_value_is_empty_nan_or_na),
        cmocka_unit_test(numbers_are_decimal_and_become_the_nearest_float),
        cmocka_unit_test(a_bad_number_is_named_with_line_and_column),
        cmocka_unit_test(a_row_that_begins_on_an_earlier_line_is_named_by_it),
        cmocka_unit_test(a_missing_column_is_named),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(a_nul_and_an_endless_row_are_refused),
        cmocka_unit_test(who_takes_the_rows_may_end_the_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
