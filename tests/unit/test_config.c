/*
 * tests/unit/test_config.c
 *    The options: what wins, what is refused and how, what is never shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libcore/base/config.h"

static int
setup(void **state)
{
    size_t count;
    const ConfigOption *rows = config_options(&count);

    for (size_t i = 0; i < count; i++)
        (void)unsetenv(rows[i].env);
    (void)unsetenv("TIPOFF_CONFIG");
    *state = config_new();
    return 0;
}

static int
teardown(void **state)
{
    config_free(*state);
    return 0;
}

static void
assert_refused(bool ok, const Err *err, const char *part)
{
    assert_false(ok);
    assert_int_equal(err->cls, ERR_CONFIG);
    if (strstr(err->msg, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err->msg, part);
}

static bool
parse(Config *c, const char *text, Err *err)
{
    return config_parse_file(c, bytes_of_str(text), "a.conf", err);
}

static void
defaults_are_valid_and_as_documented(void **state)
{
    Config *c = *state;
    size_t count;
    const ConfigOption *rows = config_options(&count);
    Err err = {0};

    assert_string_equal(config_get(c, "run_dir"), ".tipoff");
    assert_string_equal(config_get(c, "database.url"), "");
    assert_int_equal(config_int(c, "batch.max_events"), 500);
    assert_int_equal(config_int(c, "batch.linger_ms"), 20);
    assert_int_equal(config_int(c, "fetch.wait_ms"), 0); /* by the kind of broker */
    assert_int_equal(config_int(c, "session.timeout_ms"), 6000);
    assert_int_equal(config_int(c, "admin.port"), 0);
    assert_string_equal(config_get(c, "log.format"), "logfmt");
    assert_true(date_is_null(config_date(c, "scope.from")));
    assert_true(instant_is_null(config_instant(c, "clock.now")));
    for (size_t i = 0; i < count; i++)
        assert_true(config_set(c, rows[i].key, rows[i].fallback, &err));
}

static void
a_flag_beats_the_environment_which_beats_the_file(void **state)
{
    Config *c = *state;
    Err err = {0};

    (void)setenv("TIPOFF_BATCH_LINGER_MS", "20", 1);
    (void)setenv("TIPOFF_FETCH_WAIT_MS", "21", 1);
    assert_true(config_set(c, "batch.linger_ms", "30", &err));
    assert_true(config_load(c, &err));
    assert_true(parse(c, "batch.linger_ms = 10\nfetch.wait_ms = 11\nbatch.max_events = 12\n", &err));
    assert_int_equal(config_int(c, "batch.linger_ms"), 30);
    assert_string_equal(config_origin(c, "batch.linger_ms"), "flag");
    assert_int_equal(config_int(c, "fetch.wait_ms"), 21);
    assert_string_equal(config_origin(c, "fetch.wait_ms"), "environment");
    assert_int_equal(config_int(c, "batch.max_events"), 12);
    assert_string_equal(config_origin(c, "batch.max_events"), "file");
    assert_string_equal(config_origin(c, "admin.port"), "default");
}

static void
flags_are_taken_out_and_other_words_stay(void **state)
{
    char *argv[] = {(char[]){"tipoff"},
                    (char[]){"worker"},
                    (char[]){"--scope-from"},
                    (char[]){"2024-10-22"},
                    (char[]){"--log.format=json"},
                    (char[]){"raw"},
                    (char[]){"--all"},
                    (char[]){"--"},
                    (char[]){"--run-dir"},
                    NULL};
    int argc = 9;
    Err err = {0};

    assert_true(config_take_flags(*state, &argc, argv, &err));
    assert_int_equal(argc, 6);
    assert_string_equal(argv[1], "worker");
    assert_string_equal(argv[2], "raw");
    assert_string_equal(argv[3], "--all");
    assert_string_equal(argv[4], "--");
    assert_string_equal(argv[5], "--run-dir");
    assert_null(argv[6]);
    assert_string_equal(config_get(*state, "log.format"), "json");
    assert_int_equal(config_date(*state, "scope.from").days, 20018);
    assert_string_equal(config_get(*state, "run_dir"), ".tipoff");
}

static void
a_flag_without_a_value_is_refused(void **state)
{
    char *argv[] = {(char[]){"tipoff"}, (char[]){"--run-dir"}, NULL};
    int argc = 2;
    Err err = {0};

    assert_refused(config_take_flags(*state, &argc, argv, &err), &err, "--run-dir needs a value");
}

static void
a_file_may_have_comments_blanks_and_equal_signs(void **state)
{
    Config *c = *state;
    Err err = {0};

    assert_true(
        parse(c, "# a comment\r\n\n  kafka.brokers\t=  a:1,b:2 \r\ndatabase.url = postgresql:///x?host=/y", &err));
    assert_string_equal(config_get(c, "kafka.brokers"), "a:1,b:2");
    assert_string_equal(config_get(c, "database.url"), "postgresql:///x?host=/y");
}

static void
an_unknown_key_names_file_and_line(void **state)
{
    Err err = {0};

    assert_refused(parse(*state, "log.level = debug\n\nlog.levle = info\n", &err), &err,
                   "a.conf:3: there is no option \"log.levle\"");
}

static void
a_line_without_an_equal_sign_is_refused(void **state)
{
    Err err = {0};

    assert_refused(parse(*state, "log.level debug\n", &err), &err, "a.conf:1: expected key = value");
}

static void
bad_values_say_what_would_be_right(void **state)
{
    static const struct {
        const char *key, *value, *part;
    } rows[] = {
        {"batch.max_events", "0", "from 1 to 100000, not \"0\""},
        {"batch.max_events", "12x", "not \"12x\""},
        {"batch.max_events", "", "whole number"},
        {"batch.max_events", "99999999999999999999", "whole number"},
        {"session.timeout_ms", "3000", "from 3100"},
        {"log.format", "xml", "logfmt or json, not \"xml\""},
        {"log.level", "loud", "error, warn, info or debug"},
        {"scope.from", "2024-02-30", "date such as"},
        {"clock.now", "2024-12-05", "time such as"},
        {"no.such", "1", "there is no option no.such"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        Err err = {0};

        assert_refused(config_set(*state, rows[i].key, rows[i].value, &err), &err, rows[i].part);
    }
}

static void
a_bad_environment_value_names_its_variable(void **state)
{
    Err err = {0};

    (void)setenv("TIPOFF_ADMIN_PORT", "70000", 1);
    assert_refused(config_load(*state, &err), &err, "TIPOFF_ADMIN_PORT");
}

static void
a_named_file_must_exist_but_the_run_folder_s_need_not(void **state)
{
    Err err = {0};

    (void)setenv("TIPOFF_RUN_DIR", "/nonexistent", 1);
    assert_true(config_load(*state, &err));
    (void)setenv("TIPOFF_CONFIG", "/nonexistent/other.conf", 1);
    assert_refused(config_load(*state, &err), &err, "/nonexistent/other.conf");
}

static void
the_run_folder_s_file_is_read(void **state)
{
    char dir[] = "/tmp/tipoff-config-XXXXXX";
    char path[64];
    Err err = {0};
    FILE *f;

    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/tipoff.conf", dir);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs("admin.port = 8088\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    (void)setenv("TIPOFF_RUN_DIR", dir, 1);
    assert_true(config_load(*state, &err));
    (void)unlink(path);
    (void)rmdir(dir);
    assert_int_equal(config_int(*state, "admin.port"), 8088);
}

static void
a_secret_is_never_shown(void **state)
{
    size_t count, secrets = 0;
    const ConfigOption *options = config_options(&count);
    Err err = {0};

    for (size_t i = 0; i < count; i++) {
        if (options[i].is_secret) {
            assert_string_equal(config_shown(*state, &options[i]), "(not set)");
            assert_true(config_set(*state, options[i].key, "postgresql://u:hunter2@h/d", &err));
            assert_string_equal(config_shown(*state, &options[i]), "(set)");
            secrets++;
        } else {
            assert_string_equal(config_shown(*state, &options[i]), config_get(*state, options[i].key));
        }
    }
    assert_true(secrets > 0);
}

static void
the_hash_follows_settings_but_not_secrets(void **state)
{
    char before[CONFIG_HASH_LEN], secret[CONFIG_HASH_LEN], after[CONFIG_HASH_LEN], again[CONFIG_HASH_LEN];
    Err err = {0};

    (void)config_hash(*state, before);
    assert_true(config_set(*state, "database.url", "postgresql:///other", &err));
    (void)config_hash(*state, secret);
    assert_true(config_set(*state, "scope.to", "2024-12-31", &err));
    (void)config_hash(*state, after);
    assert_true(config_set(*state, "scope.to", "", &err));
    (void)config_hash(*state, again);
    assert_string_equal(before, secret);
    assert_string_not_equal(before, after);
    assert_string_equal(before, again);
    assert_int_equal(strlen(before), 16);
}

static void
the_sample_file_can_be_read_back_and_sets_nothing(void **state)
{
    Buf out = {0};
    Err err = {0};
    char before[CONFIG_HASH_LEN], after[CONFIG_HASH_LEN];

    (void)config_hash(*state, before);
    config_sample(&out);
    assert_true(config_parse_file(*state, bytes_of(out.data, out.len), "sample", &err));
    assert_non_null(strstr(buf_cstr(&out), "# session.timeout_ms = 6000"));
    buf_free(&out);
    assert_string_equal(before, config_hash(*state, after));
}

#define CONFIG_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CONFIG_TEST(defaults_are_valid_and_as_documented),
        CONFIG_TEST(a_flag_beats_the_environment_which_beats_the_file),
        CONFIG_TEST(flags_are_taken_out_and_other_words_stay),
        CONFIG_TEST(a_flag_without_a_value_is_refused),
        CONFIG_TEST(a_file_may_have_comments_blanks_and_equal_signs),
        CONFIG_TEST(an_unknown_key_names_file_and_line),
        CONFIG_TEST(a_line_without_an_equal_sign_is_refused),
        CONFIG_TEST(bad_values_say_what_would_be_right),
        CONFIG_TEST(a_bad_environment_value_names_its_variable),
        CONFIG_TEST(a_named_file_must_exist_but_the_run_folder_s_need_not),
        CONFIG_TEST(the_run_folder_s_file_is_read),
        CONFIG_TEST(a_secret_is_never_shown),
        CONFIG_TEST(the_hash_follows_settings_but_not_secrets),
        CONFIG_TEST(the_sample_file_can_be_read_back_and_sets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
