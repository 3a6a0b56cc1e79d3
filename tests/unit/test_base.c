/*
 * tests/unit/test_base.c
 *    Errors, memory, buffers, clocks, random numbers, metrics, the log and failpoints.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/clock.h"
#include "libcore/base/err.h"
#include "libcore/base/failpoint.h"
#include "libcore/base/log.h"
#include "libcore/base/metrics.h"
#include "libcore/base/rng.h"

static void
assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%.300s\" does not hold \"%s\"", text, part);
}

static void
an_error_keeps_its_class_and_place_when_prefixed(void **state)
{
    Err err = {0};

    (void)state;
    assert_false(ERR_FAIL(&err, ERR_POISON, "minutes are %d", -3));
    err_set_code(&err, "22003");
    assert_false(err_prefix(&err, "game %s", "22400061"));
    assert_string_equal(err.msg, "game 22400061: minutes are -3");
    assert_int_equal(err.cls, ERR_POISON);
    assert_string_equal(err.code, "22003");
    assert_contains(err.file, "test_base.c");
}

static void
a_long_sentence_ends_in_an_ellipsis(void **state)
{
    char text[5000];
    Err err = {0};

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)ERR_FAIL(&err, ERR_FATAL, "%s", text);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    assert_string_equal(err.msg + sizeof err.msg - 4, "...");
    (void)err_prefix(&err, "worker");
    assert_int_equal(strncmp(err.msg, "worker: xxx", 11), 0);
    assert_string_equal(err.msg + sizeof err.msg - 4, "...");
}

static void
exit_statuses_tell_the_supervisor_what_to_do(void **state)
{
    (void)state;
    assert_int_equal(err_exit_status(&(Err){.cls = ERR_CONFIG}), 2);
    assert_int_equal(err_exit_status(&(Err){.cls = ERR_FATAL}), 70);
    assert_int_equal(err_exit_status(&(Err){.cls = ERR_TRANSIENT}), 1);
    assert_int_equal(err_exit_status(&(Err){.cls = ERR_CANCELED}), 0);
}

static void
arena_memory_is_zeroed_aligned_and_apart(void **state)
{
    Arena *a = arena_new(0);
    unsigned char *blocks[200];

    (void)state;
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
            size_t size = 1 + i * 37;

            blocks[i] = arena_alloc(a, size);
            assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
            for (size_t k = 0; k < size; k++)
                assert_int_equal(blocks[i][k], 0);
            memset(blocks[i], (int)i + 1, size);
        }
        for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
            assert_int_equal(blocks[i][0], (unsigned char)(i + 1));
            assert_int_equal(blocks[i][i * 37], (unsigned char)(i + 1));
        }
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_free(a);
}

static void
an_arena_refuses_what_outsiders_ask_above_its_cap(void **state)
{
    Arena *a = arena_new(1000);

    (void)state;
    assert_non_null(arena_try_alloc(a, 600));
    assert_null(arena_try_alloc(a, 600));
    assert_null(arena_try_alloc(a, SIZE_MAX));
    assert_non_null(arena_try_alloc(a, 300));
    arena_free(a);
}

static void
arena_strings_are_copies(void **state)
{
    Arena *a = arena_new(0);
    char name[] = "Tatum";
    char *copy = arena_strdup(a, name);

    (void)state;
    name[0] = 'X';
    assert_string_equal(copy, "Tatum");
    assert_null(arena_strdup(a, NULL));
    assert_string_equal(arena_strndup(a, "Jayson", 3), "Jay");
    assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
    arena_free(a);
}

static void
a_buffer_writes_big_endian_and_grows(void **state)
{
    static const uint8_t want[] = {1, 0x02, 0x03, 0xde, 0xad, 0xbe, 0xef, 0, 0, 0, 1, 0, 0, 0, 2};
    Buf b = {0};

    (void)state;
    buf_put_u8(&b, 1);
    buf_put_u16be(&b, 0x0203);
    buf_put_u32be(&b, 0xdeadbeef);
    buf_put_u64be(&b, UINT64_C(0x100000002));
    assert_int_equal(b.len, sizeof want);
    assert_memory_equal(b.data, want, sizeof want);
    buf_clear(&b);
    for (int i = 0; i < 10000; i++)
        buf_printf(&b, "%d,", i % 10);
    assert_int_equal(b.len, 20000);
    assert_int_equal(strlen(buf_cstr(&b)), 20000);
    assert_int_equal(b.data[19998], '9');
    buf_free(&b);
    assert_null(b.data);
}

static void
a_manual_clock_moves_only_when_told(void **state)
{
    Instant start;
    Clock *c;

    (void)state;
    assert_true(instant_parse("2024-12-06T04:59:59Z", &start));
    c = clock_manual_new(start);
    assert_int_equal(clock_now(c).us, start.us);
    assert_int_equal(clock_mono_us(c), 0);
    assert_int_equal(clock_today(c).days, 20062); /* 2024-12-05, Eastern */
    clock_manual_advance(c, 1000000);
    assert_int_equal(clock_now(c).us, start.us + 1000000);
    assert_int_equal(clock_mono_us(c), 1000000);
    assert_int_equal(clock_today(c).days, 20063);
    clock_free(c);
}

static void
a_shifted_clock_starts_there_and_runs(void **state)
{
    Instant start;
    Clock *c;
    int64_t mono;

    (void)state;
    assert_true(instant_parse("2024-12-05T23:00:00Z", &start));
    c = clock_system_new_at(start);
    mono = clock_mono_us(c);
    assert_true(clock_now(c).us >= start.us);
    while (clock_mono_us(c) == mono)
        continue;
    assert_true(clock_mono_us(c) > mono);
    assert_true(date_equal(clock_today(c), (GameDate){20062}));
    clock_free(c);
}

/* The first values of the generator for this seed, as in published test vectors. */
static void
random_numbers_follow_the_published_sequence(void **state)
{
    static const uint64_t want[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                    UINT64_C(9817491932198370423), UINT64_C(4593380528125082431),
                                    UINT64_C(16408922859458223821)};
    Rng r = rng_seeded(1234567);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(want); i++)
        assert_true(rng_u64(&r) == want[i]);
}

static void
random_numbers_stay_in_their_range(void **state)
{
    Rng r = rng_seeded(42);
    unsigned seen[7] = {0};

    (void)state;
    for (int i = 0; i < 7000; i++) {
        uint64_t v = rng_below(&r, 7);
        double u = rng_unit(&r);

        assert_in_range(v, 0, 6);
        assert_true(u >= 0 && u < 1);
        seen[v]++;
    }
    for (size_t i = 0; i < ARRAY_LEN(seen); i++)
        assert_in_range(seen[i], 850, 1150);
}

static void
metrics_are_grouped_by_name_with_help_and_type_once(void **state)
{
    Metrics *m = metrics_new();
    const MetricLabel raw[] = {{"worker", "raw"}}, odd[] = {{"worker", "a\"b\\c\nd"}};
    Buf out = {0};

    (void)state;
    metric_add(metrics_counter(m, "events_total", "Events handled.", raw, 1), 3);
    metric_set(metrics_gauge(m, "lag", "Records behind.", NULL, 0), 2.5);
    metric_add(metrics_counter(m, "events_total", "Events handled.", odd, 1), 1);
    metric_add(metrics_counter(m, "events_total", "Events handled.", raw, 1), 4);
    metrics_write(m, &out);
    assert_string_equal(buf_cstr(&out), "# HELP events_total Events handled.\n"
                                        "# TYPE events_total counter\n"
                                        "events_total{worker=\"raw\"} 7\n"
                                        "events_total{worker=\"a\\\"b\\\\c\\nd\"} 1\n"
                                        "# HELP lag Records behind.\n"
                                        "# TYPE lag gauge\n"
                                        "lag 2.5\n");
    buf_free(&out);
    metrics_free(m);
}

static void
histogram_buckets_are_cumulative_and_include_their_bound(void **state)
{
    static const double bounds[] = {0.1, 1};
    static const double seen[] = {0.05, 0.1, 0.5, 1, 7, (double)NAN};
    Metrics *m = metrics_new();
    const MetricLabel labels[] = {{"worker", "raw"}};
    Metric *h = metrics_histogram(m, "batch_seconds", "Time of a batch.", labels, 1, bounds, 2);
    Buf out = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(seen); i++)
        metric_observe(h, seen[i]);
    metrics_write(m, &out);
    assert_string_equal(buf_cstr(&out), "# HELP batch_seconds Time of a batch.\n"
                                        "# TYPE batch_seconds histogram\n"
                                        "batch_seconds_bucket{worker=\"raw\",le=\"0.1\"} 2\n"
                                        "batch_seconds_bucket{worker=\"raw\",le=\"1\"} 4\n"
                                        "batch_seconds_bucket{worker=\"raw\",le=\"+Inf\"} 5\n"
                                        "batch_seconds_sum{worker=\"raw\"} 8.65\n"
                                        "batch_seconds_count{worker=\"raw\"} 5\n");
    buf_free(&out);
    metrics_free(m);
}

/* Runs write_lines with stderr in a pipe; the text is valid until the next call. */
static const char *
captured(void (*write_lines)(void))
{
    static char text[64 * 1024];
    int ends[2], saved = dup(STDERR_FILENO);
    ssize_t n;

    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    write_lines();
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    assert_int_equal(close(ends[1]), 0);
    n = read(ends[0], text, sizeof text - 1); /* one write, one read */
    text[n > 0 ? n : 0] = '\0';
    (void)close(ends[0]);
    (void)close(saved);
    return text;
}

static void
log_a_cell(void)
{
    LOG_INFO("cell completed", "cell=%s reason=%s rows=%d", "raw/2024-12-05", "late = \"no\"\nlevel=error", 7);
}

static void
log_below_the_level(void)
{
    LOG_DEBUG("noise", "n=%d", 1);
    log_event(LVL_DEBUG, "noise");
}

static void
log_64_kib(void)
{
    static char big[64 * 1024];

    memset(big, 'y', sizeof big - 1);
    LOG_WARN("big", "payload=%s after=%d", big, 1);
}

static void
log_much_to_escape(void)
{
    static char big[6000];

    memset(big, '\n', sizeof big - 1);
    LOG_WARN("big", "payload=%s", big);
}

static void
log_an_error(void)
{
    Err err = {0};

    (void)err_fail_at(&err, ERR_TRANSIENT, "db.c", 42, "connection %s", "lost");
    err_set_code(&err, "08006");
    log_err(LVL_ERROR, &err, "batch rolled back topic=%s", "raw.completed");
}

static void
a_log_line_keeps_values_apart_from_fields(void **state)
{
    const char *line;

    (void)state;
    log_init(LVL_INFO, false, "raw");
    line = captured(log_a_cell);
    assert_contains(line, " level=info worker=raw event=\"cell completed\" cell=raw/2024-12-05"
                          " reason=\"late = \\\"no\\\"\\nlevel=error\" rows=7\n");
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    assert_int_equal(strncmp(line, "time=2", 6), 0);
}

static void
a_json_line_has_the_same_fields(void **state)
{
    (void)state;
    log_init(LVL_INFO, true, "raw");
    assert_contains(captured(log_a_cell), "\",\"level\":\"info\",\"worker\":\"raw\",\"event\":\"cell "
                                          "completed\",\"cell\":\"raw/2024-12-05\","
                                          "\"reason\":\"late = \\\"no\\\"\\nlevel=error\",\"rows\":\"7\"}\n");
}

static void
lines_below_the_level_are_not_written(void **state)
{
    (void)state;
    log_init(LVL_INFO, false, NULL);
    assert_string_equal(captured(log_below_the_level), "");
}

static void
a_64_kib_message_is_one_bounded_line_that_says_it_was_cut(void **state)
{
    const char *line;

    (void)state;
    for (int json = 0; json < 2; json++) {
        log_init(LVL_INFO, json, "raw");
        line = captured(log_64_kib);
        assert_in_range(strlen(line), 1000, LOG_LINE_MAX);
        assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
        assert_contains(line, json ? "yyy\",\"cut\":true}\n" : "yyy cut=true\n");
    }
}

static void
escapes_cannot_overrun_the_line(void **state)
{
    const char *line;

    (void)state;
    for (int json = 0; json < 2; json++) {
        log_init(LVL_INFO, json, "raw");
        line = captured(log_much_to_escape);
        assert_in_range(strlen(line), 8000, LOG_LINE_MAX);
        assert_contains(line, json ? "\\n\",\"cut\":true}\n" : "\\n\" cut=true\n");
    }
}

static void
an_error_is_logged_with_class_code_and_place(void **state)
{
    (void)state;
    log_init(LVL_INFO, false, "raw");
    assert_contains(captured(log_an_error), " level=error worker=raw class=transient code=08006 at=db.c:42"
                                            " error=\"connection lost\" event=\"batch rolled back\""
                                            " topic=raw.completed\n");
}

static void
repeated_lines_pass_every_30_s_with_a_count(void **state)
{
    LogLimit l = {0};
    uint64_t held = 99;

    (void)state;
    assert_true(log_limit_pass(&l, 5, &held));
    assert_int_equal(held, 0);
    assert_false(log_limit_pass(&l, 1000, &held));
    assert_false(log_limit_pass(&l, 30000004, &held));
    assert_true(log_limit_pass(&l, 30000005, &held));
    assert_int_equal(held, 2);
    assert_false(log_limit_pass(&l, 30000006, &held));
}

/* The status of a child that arms spec and hits "commit" hits times. */
static int
status_after_hits(const char *spec, int hits)
{
    Err err = {0};
    int status = 0;
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        if (!failpoint_init(spec, &err))
            _exit(99);
        for (int i = 0; i < hits; i++)
            failpoint_hit("commit");
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void
a_failpoint_acts_at_its_hit_and_not_before(void **state)
{
    int status;

    (void)state;
    assert_int_equal(status_after_hits("other=exit:1,commit=kill:3", 2), 0);
    status = status_after_hits("other=exit:1,commit=kill:3", 3);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    status = status_after_hits("commit=exit:1", 1);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
    assert_int_equal(status_after_hits("", 5), 0);
    assert_int_equal(status_after_hits("commit=delay:1", 2), 0);
}

static void
a_bad_failpoint_spec_is_a_configuration_error(void **state)
{
    static const char *const bad[] = {
        "commit",  "commit=kill",    "commit=kill:",         "commit=kill:0",     "commit=boom:1",
        "=kill:1", "commit=kill:1x", "commit=kill:99999999", "a=kill:1,,b=kill:1"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        Err err = {0};

        assert_false(failpoint_init(bad[i], &err));
        assert_int_equal(err.cls, ERR_CONFIG);
    }
    assert_true(failpoint_init(NULL, &(Err){0}));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_keeps_its_class_and_place_when_prefixed),
        cmocka_unit_test(a_long_sentence_ends_in_an_ellipsis),
        cmocka_unit_test(exit_statuses_tell_the_supervisor_what_to_do),
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(an_arena_refuses_what_outsiders_ask_above_its_cap),
        cmocka_unit_test(arena_strings_are_copies),
        cmocka_unit_test(a_buffer_writes_big_endian_and_grows),
        cmocka_unit_test(a_manual_clock_moves_only_when_told),
        cmocka_unit_test(a_shifted_clock_starts_there_and_runs),
        cmocka_unit_test(random_numbers_follow_the_published_sequence),
        cmocka_unit_test(random_numbers_stay_in_their_range),
        cmocka_unit_test(metrics_are_grouped_by_name_with_help_and_type_once),
        cmocka_unit_test(histogram_buckets_are_cumulative_and_include_their_bound),
        cmocka_unit_test(a_log_line_keeps_values_apart_from_fields),
        cmocka_unit_test(a_json_line_has_the_same_fields),
        cmocka_unit_test(lines_below_the_level_are_not_written),
        cmocka_unit_test(a_64_kib_message_is_one_bounded_line_that_says_it_was_cut),
        cmocka_unit_test(escapes_cannot_overrun_the_line),
        cmocka_unit_test(an_error_is_logged_with_class_code_and_place),
        cmocka_unit_test(repeated_lines_pass_every_30_s_with_a_count),
        cmocka_unit_test(a_failpoint_acts_at_its_hit_and_not_before),
        cmocka_unit_test(a_bad_failpoint_spec_is_a_configuration_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
