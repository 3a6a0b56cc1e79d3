/*
 * tests/unit/test_status_view.c
 *    How a status is laid out. The lines that are wanted are written by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "ops/cli/status_view.h"
#include "ops/cli/text_table.h"

static const char *const PHASES[] = {"collect", "raw", "analytics"};

static GameDate
day(const char *s)
{
    GameDate d = GAME_DATE_NULL;

    assert_true(date_parse(s, &d));
    return d;
}

static void
assert_has(const char *text, const char *line)
{
    if (strstr(text, line) == NULL)
        fail_msg("lacks \"%s\" in:\n%s", line, text);
}

static void
assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("has \"%s\" in:\n%s", part, text);
}

/* ---- words ---- */

static void
a_phase_of_a_date_is_one_word(void **state)
{
    static const struct {
        StatusCells cells;
        const char *word;
    } rows[] = {
        {{0}, "-"},
        {{.cells = 2, .done = 2}, "done"},
        {{.cells = 2, .no_data = 2}, "no data"},
        {{.cells = 2, .done = 1, .no_data = 1}, "done"},
        {{.cells = 3, .done = 2, .partial = 1}, "partial"},
        {{.cells = 3, .done = 1, .partial = 1, .degraded = 1}, "degraded"},
        {{.cells = 3, .done = 2, .waiting = 1}, "2/3"},
        {{.cells = 3, .waiting = 3}, "0/3"},
        {{.cells = 3, .done = 2, .waiting = 1, .overdue = 1}, "late 2/3"},
        {{.cells = 3, .done = 1, .failed = 1, .waiting = 1, .overdue = 1}, "failed"},
        {{.cells = 3, .done = 3, .stale = 1}, "stale"},
    };
    Arena *a = arena_new(0);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_string_equal(status_word(&rows[i].cells, a), rows[i].word);
    arena_free(a);
}

static void
a_phase_is_done_to_the_date_before_its_first_hole(void **state)
{
    StatusCells first[] = {{.cells = 1, .done = 1}}, second[] = {{0}}, hole[] = {{.cells = 1, .waiting = 1}},
                after[] = {{.cells = 1, .done = 1}};
    StatusDate dates[] = {{day("2025-10-21"), first},
                          {day("2025-10-22"), first},
                          {day("2025-10-23"), second},
                          {day("2025-10-24"), hole},
                          {day("2025-10-25"), after}};
    const StatusView v = {.phase_names = PHASES, .phase_count = 1, .dates = dates, .date_count = ARRAY_LEN(dates)};

    (void)state;
    assert_true(date_equal(status_last_done(&v, 0), day("2025-10-22")));
    hole[0] = (StatusCells){.cells = 1, .failed = 1}; /* it has ended, however it ended */
    assert_true(date_equal(status_last_done(&v, 0), day("2025-10-25")));
    first[0] = (StatusCells){.cells = 1, .done = 1, .stale = 1};
    assert_true(date_is_null(status_last_done(&v, 0)));
}

/* ---- the table ---- */

static void
columns_are_aligned_and_numbers_to_the_right(void **state)
{
    static const char *const headers[] = {"name", "#n", "note", NULL};
    static const char *const cells[] = {"raw", "7", NULL, "J\xc3\xa1rek", "1234", "x y"};
    const TextTable t = {headers, cells, 2};
    Buf out = {0};

    (void)state;
    text_table_put(&out, &t, 0);
    assert_string_equal(buf_cstr(&out), "name      n  note\n"
                                        "raw       7  -\n"
                                        "J\xc3\xa1rek  1234  x y\n");
    buf_free(&out);
}

static void
a_narrow_terminal_cuts_texts_and_never_numbers(void **state)
{
    static const char *const headers[] = {"name", "#events", "reason", NULL};
    static const char *const cells[] = {"collector", "1234567", "box scores are being mended", "raw", "1", "short"};
    const TextTable t = {headers, cells, 2};
    Buf out = {0};

    (void)state;
    text_table_put(&out, &t, 32);
    assert_string_equal(buf_cstr(&out), "name        events  reason\n"
                                        "collector  1234567  box scores ~\n"
                                        "raw              1  short\n");
    buf_clear(&out);
    text_table_put(&out, &t, 10); /* what cannot be made narrower stays */
    assert_string_equal(buf_cstr(&out), "name     events  reason\n"
                                        "colle~  1234567  box s~\n"
                                        "raw           1  short\n");
    buf_free(&out);
}

/* ---- the page ---- */

typedef struct {
    StatusCells cells[5][3];
    StatusDate dates[5];
    StatusLag lags[3];
    StatusLetters letters[1];
    StatusWorker workers[2];
    StatusPause pauses[1];
    StatusAlert criticals[1];
    StatusOverride overrides[1];
    StatusView view;
} World;

static void
world_init(World *w)
{
    static const char *const days[] = {"2025-10-21", "2025-10-22", "2025-10-23", "2025-10-25", "2025-10-26"};

    *w = (World){0};
    for (size_t d = 0; d < 5; d++) {
        for (size_t p = 0; p < 3; p++)
            w->cells[d][p] = d < 3 ? (StatusCells){.cells = 2, .done = 2} : (StatusCells){.cells = 2, .waiting = 2};
        w->dates[d] = (StatusDate){day(days[d]), w->cells[d]};
    }
    w->cells[3][0] = (StatusCells){.cells = 2, .done = 1, .waiting = 1, .overdue = 1, .last_minute = 1};
    w->lags[0] = (StatusLag){"feed.props", "raw", 3, 4100, 0, 250.4, false};
    w->lags[1] = (StatusLag){"feed.shots", "raw", 0, 0, 0, -1, true};
    w->lags[2] = (StatusLag){"raw.completed", "game-summaries", 0, 0, 0, 0, false};
    w->letters[0] = (StatusLetters){"raw", "poison", "11-21 15:00:01", 2};
    w->workers[0] = (StatusWorker){"raw", "paused", "10.0.0.7", "11-21 14:00:00", 4711, 98};
    w->workers[1] = (StatusWorker){"grader", "down", NULL, NULL, 0, 0};
    w->pauses[0] = (StatusPause){"raw", "ann@ops1", "11-21 15:01:00", "box scores are being mended"};
    w->criticals[0] = (StatusAlert){"cell_failed", "2025-10-25", "feature_store", NULL, "11-21 15:00:30", "no zones"};
    w->overrides[0] = (StatusOverride){"2025-10-26", "feature_store", "bea@ops1", "2025-11-21T17:00",
                                       "zones are not to be had"};
    w->view = (StatusView){
        .now = "2025-11-21 15:02:03 UTC",
        .run_dir = "/srv/tipoff",
        .feeds = "schedule, boxscores",
        .supervisor = 99,
        .phase_names = PHASES,
        .phase_count = 3,
        .dates = w->dates,
        .date_count = 5,
        .lags = w->lags,
        .lag_count = 3,
        .letters = w->letters,
        .letter_count = 1,
        .workers = w->workers,
        .worker_count = 2,
        .pauses = w->pauses,
        .pause_count = 1,
        .alerts = {.info = 1, .warning = 3, .critical = 1},
        .criticals = w->criticals,
        .critical_count = 1,
        .overrides = w->overrides,
        .override_count = 1,
        .unsent = 5,
        .oldest_unsent_s = 1.25,
        .open_requests = 7,
    };
}

static void
a_whole_page(void **state)
{
    World w;
    Buf out = {0};

    (void)state;
    world_init(&w);
    status_render(&w.view, 0, 0, &out);
    assert_string_equal(
        buf_cstr(&out),
        "2025-11-21 15:02:03 UTC  supervisor 99 in /srv/tipoff\n"
        "19 of 30 cells ended, 0 failed, 1 overdue, 1 ended in the last minute\n"
        "outbox: 5 unsent, the oldest for 1.2 s; 7 predictions requested and not made\n"
        "feeds: schedule, boxscores\n"
        "\n"
        "PAUSED\n"
        "paused  by        since           reason\n"
        "raw     ann@ops1  11-21 15:01:00  box scores are being mended\n"
        "\n"
        "GATES OPENED BY HAND\n"
        "date        gate           by        until             reason\n"
        "2025-10-26  feature_store  bea@ops1  2025-11-21T17:00  zones are not to be had\n"
        "\n"
        "phases\n"
        "phase      done  partial  degraded  no_data  failed  waiting  stale  overdue  done to     cells/min\n"
        "collect       7        0         0        0       0        3      0        1  2025-10-23          1\n"
        "raw           6        0         0        0       0        4      0        0  2025-10-23          0\n"
        "analytics     6        0         0        0       0        4      0        0  2025-10-23          0\n"
        "\n"
        "dates\n"
        "date                      dates  collect   raw   analytics\n"
        "2025-10-21 to 2025-10-23      3  done      done  done\n"
        "2025-10-25                    1  late 1/2  0/2   0/2\n"
        "2025-10-26                    1  0/2       0/2   0/2\n"
        "\n"
        "lag\n"
        "topic       worker  live  backfill  events/s  state\n"
        "feed.props  raw        3      4100       250  behind\n"
        "feed.shots  raw        0         0         -  paused\n"
        "\n"
        "open letters ('tipoff dlq list')\n"
        "worker  class   open  oldest\n"
        "raw     poison     2  11-21 15:00:01\n"
        "\n"
        "open alerts ('tipoff alerts'): 1 critical, 3 warning, 1 info\n"
        "critical     date        processor      about  since           message\n"
        "cell_failed  2025-10-25  feature_store  -      11-21 15:00:30  no zones\n"
        "\n"
        "workers\n"
        "worker  state   host       pid  partitions  since\n"
        "raw     paused  10.0.0.7  4711          98  11-21 14:00:00\n"
        "grader  down    -            -           -  -\n");
    buf_free(&out);
}

static void
nothing_to_say_is_said_shortly(void **state)
{
    StatusCells none[3] = {{0}};
    StatusDate date = {day("2025-10-21"), none};
    const StatusView v = {.now = "now",
                          .run_dir = ".tipoff",
                          .feeds = "",
                          .phase_names = PHASES,
                          .phase_count = 3,
                          .dates = &date,
                          .date_count = 1};
    Buf out = {0};
    const char *text;

    (void)state;
    status_render(&v, 80, 0, &out);
    text = buf_cstr(&out);
    assert_has(text, "now  no supervisor runs in .tipoff\n0 of 0 cells ended");
    assert_has(text, "\nlag\nnone: every topic has been read to its end\n");
    assert_has(text, "\nopen letters\nnone\n");
    assert_has(text, "\nopen alerts\nnone\n");
    assert_lacks(text, "OPENED BY HAND");
    assert_has(text, "\n2025-10-21      1  -        -    -\n");
    assert_lacks(text, "PAUSED");
    buf_free(&out);
}

static void
alerts_none_of_which_is_critical_are_counted(void **state)
{
    World w;
    Buf out = {0};

    (void)state;
    world_init(&w);
    w.view.critical_count = 0;
    w.view.alerts.critical = 0;
    status_render(&w.view, 0, 0, &out);
    assert_has(buf_cstr(&out), "\nopen alerts ('tipoff alerts')\n0 critical, 3 warning, 1 info\n");
    buf_free(&out);
}

static void
a_low_terminal_keeps_the_last_dates(void **state)
{
    static StatusCells cells[40][1];
    static StatusDate dates[40];
    const char *first;
    StatusView v = {.now = "now",
                    .run_dir = ".",
                    .feeds = "",
                    .phase_names = PHASES,
                    .phase_count = 1,
                    .dates = dates,
                    .date_count = 40};
    Buf out = {0};

    (void)state;
    for (int32_t i = 0; i < 40; i++) { /* no two neighbours alike */
        cells[i][0] = (StatusCells){.cells = 2, .done = i % 2 + 1, .waiting = 1 - i % 2};
        dates[i] = (StatusDate){{day("2025-10-21").days + i}, cells[i]};
    }
    status_render(&v, 80, 30, &out);
    first = strstr(buf_cstr(&out), "earlier lines left out)\n");
    assert_non_null(first);
    assert_lacks(first, "2025-10-21");
    assert_has(first, "2025-11-29"); /* the last of the forty */
    {
        int lines = 0;

        for (const char *p = buf_cstr(&out); *p != '\0'; p++)
            lines += *p == '\n';
        assert_in_range(lines, 25, 30);
    }
    buf_free(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_phase_of_a_date_is_one_word),
        cmocka_unit_test(a_phase_is_done_to_the_date_before_its_first_hole),
        cmocka_unit_test(columns_are_aligned_and_numbers_to_the_right),
        cmocka_unit_test(a_narrow_terminal_cuts_texts_and_never_numbers),
        cmocka_unit_test(a_whole_page),
        cmocka_unit_test(nothing_to_say_is_said_shortly),
        cmocka_unit_test(alerts_none_of_which_is_critical_are_counted),
        cmocka_unit_test(a_low_terminal_keeps_the_last_dates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
