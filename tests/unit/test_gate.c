/*
 * tests/unit/test_gate.c
 *    Claims about the gate: when a cell may run, what it waits for, and what it opens without.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/rng.h"
#include "libcore/base/value.h"
#include "libcore/runtime/gate.h"

static const ProcessorId precompute[] = {
    PROC_TEAM_DEFENSE_ZONE,
    PROC_PLAYER_SHOT_ZONE,
    PROC_PLAYER_COMPOSITE_FACTORS,
    PROC_PLAYER_DAILY_CACHE,
};

enum { BOARD_CELLS = 64, ABSENT = CELL_STATUS_COUNT };

/* Cells as a test lays them out, in any order. */
typedef struct {
    CellState cells[BOARD_CELLS];
    size_t count;
} Board;

static GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static CellState *
put(Board *b, ProcessorId processor, const char *date, CellStatus status)
{
    CellState *c = &b->cells[b->count++];

    assert_true(b->count <= BOARD_CELLS);
    *c = (CellState){.date = day(date), .processor = processor, .is_in_scope = true, .status = status};
    return c;
}

/* Asked years later: no date of the tests is current. */
static GateAsk
long_after(void)
{
    const GameDate today = day("2030-01-01");

    return (GateAsk){.now = date_eastern_instant(today, 12, 0), .today = today};
}

static GateAnswer
ask(const Board *b, ProcessorId processor, const char *date, Arena *a)
{
    const FeedSet feeds = feeds_default();
    const GateAsk moment = long_after();

    return gate_check(&processor_table[processor], day(date), gate_board(b->cells, b->count, &feeds, a), &moment, a);
}

static void
assert_names(const char *text, const char *part)
{
    assert_non_null(text);
    if (strstr(text, part) == NULL)
        fail_msg("'%s' does not name '%s'", text, part);
}

/* ---- the features gate ---- */

/* status: one a precompute processor; ABSENT leaves the cell out. */
static GateAnswer
ask_features(const int status[4], Arena *a)
{
    Board b = {0};

    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-04", CELL_SUCCESS);
    for (size_t i = 0; i < 4; i++)
        if (status[i] != ABSENT)
            put(&b, precompute[i], "2024-12-05", (CellStatus)status[i]);
    return ask(&b, PROC_FEATURE_STORE, "2024-12-05", a);
}

static bool
holds_features(int status)
{
    return status == ABSENT || status == CELL_EXPECTED || status == CELL_WAITING || status == CELL_FAILED;
}

static void
features_open_only_when_all_four_precompute_cells_are_terminal_and_none_failed(void **state)
{
    Arena *a = *state;
    enum { STATES = CELL_STATUS_COUNT + 1 };

    for (int n = 0; n < STATES * STATES * STATES * STATES; n++) {
        const int status[4] = {n % STATES, n / STATES % STATES, n / STATES / STATES % STATES,
                               n / STATES / STATES / STATES};
        bool held = false;
        GateAnswer answer;

        arena_reset(a);
        answer = ask_features(status, a);
        for (size_t i = 0; i < 4; i++)
            held |= holds_features(status[i]);
        assert_int_equal(answer.verdict, held ? GATE_WAIT : GATE_OPEN);
        assert_int_equal(answer.reason == NULL, answer.verdict == GATE_OPEN);
    }
}

static void
features_name_the_one_precompute_cell_that_they_lack(void **state)
{
    Arena *a = *state;

    for (size_t i = 0; i < 4; i++) {
        int status[4] = {CELL_SUCCESS, CELL_PARTIAL, CELL_DEGRADED, CELL_NO_DATA};
        GateAnswer answer;

        status[i] = ABSENT;
        answer = ask_features(status, a);
        assert_names(answer.reason, processor_table[precompute[i]].name);
        assert_names(answer.reason, "2024-12-05");
    }
}

static void
precompute_of_another_date_does_not_open_features(void **state)
{
    Board b = {0};

    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    for (size_t i = 0; i < 4; i++) {
        put(&b, precompute[i], "2024-12-04", CELL_SUCCESS);
        put(&b, precompute[i], "2024-12-06", CELL_SUCCESS);
    }
    assert_int_equal(ask(&b, PROC_FEATURE_STORE, "2024-12-05", *state).verdict, GATE_WAIT);
}

/* ---- order ---- */

static void
shuffle(Board *b, Rng *rng)
{
    for (size_t i = b->count; i > 1; i--) {
        size_t j = (size_t)rng_below(rng, i);
        CellState swap = b->cells[i - 1];

        b->cells[i - 1] = b->cells[j];
        b->cells[j] = swap;
    }
}

static void
assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

static void
the_order_of_the_states_does_not_matter(void **state)
{
    static const char *const dates[] = {"2024-12-03", "2024-12-04", "2024-12-05"};
    Arena *a = *state;
    Rng rng = rng_seeded(20241205);

    for (int n = 0; n < 2000; n++) {
        const ProcessorId asked = (ProcessorId)rng_below(&rng, PROC_COUNT);
        Board b = {0};
        GateAnswer one, two;

        arena_reset(a);
        for (size_t p = 0; p < PROC_COUNT; p++)
            for (size_t d = 0; d < ARRAY_LEN(dates); d++)
                put(&b, (ProcessorId)p, dates[d], (CellStatus)rng_below(&rng, CELL_STATUS_COUNT))->reason
                    = arena_printf(a, "%zu of %s", p, dates[d]);
        one = ask(&b, asked, "2024-12-05", a);
        shuffle(&b, &rng);
        two = ask(&b, asked, "2024-12-05", a);
        assert_int_equal(one.verdict, two.verdict);
        assert_same_text(one.reason, two.reason);
        assert_same_text(one.degraded, two.degraded);
        assert_int_equal(one.need_count, two.need_count);
        for (size_t i = 0; i < one.need_count; i++)
            assert_ptr_equal(one.needs[i].reason, two.needs[i].reason);
    }
}

static void
the_cells_that_were_looked_at_come_by_processor_and_date(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_RAW_SHOTS, "2024-12-05", CELL_SUCCESS); /* no need of features */
    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    for (size_t i = 0; i < ARRAY_LEN(precompute); i++)
        put(&b, precompute[i], "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-04", CELL_SUCCESS);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-02", CELL_SUCCESS);
    answer = ask(&b, PROC_FEATURE_STORE, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_int_equal(answer.need_count, 7);
    for (size_t i = 0; i < answer.need_count; i++) {
        assert_int_not_equal(answer.needs[i].processor, PROC_RAW_SHOTS);
        if (i > 0)
            assert_true(answer.needs[i - 1].processor < answer.needs[i].processor
                        || (answer.needs[i - 1].processor == answer.needs[i].processor
                            && date_before(answer.needs[i - 1].date, answer.needs[i].date)));
    }
}

/* ---- failures ---- */

static void
a_hard_failed_need_holds_a_pre_game_cell(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_FEATURE_STORE, "2024-12-05", CELL_FAILED)->reason = "no such column";
    answer = ask(&b, PROC_PREDICTIONS, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_WAIT);
    assert_names(answer.reason, "feature_store of 2024-12-05");
    assert_names(answer.reason, "no such column");
}

static void
a_hard_failed_need_fails_a_post_game_cell(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_GRADING, "2024-12-05", CELL_FAILED)->reason = "no such column";
    answer = ask(&b, PROC_PUBLISH_RESULTS, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_FAILED);
    assert_names(answer.reason, "grading of 2024-12-05");
    assert_names(answer.reason, "no such column");
}

static void
a_failure_outweighs_waiting_whichever_is_found_first(void **state)
{
    static const Need failed_last[] = {{PROC_PREDICTIONS, NEED_SAME_DATE, false}, {PROC_GRADING, NEED_SAME_DATE, true}};
    static const Need failed_first[] = {{PROC_GRADING, NEED_SAME_DATE, true},
                                        {PROC_PREDICTIONS, NEED_SAME_DATE, false}};
    static const Need *const orders[] = {failed_last, failed_first};
    const FeedSet feeds = feeds_default();
    Arena *a = *state;
    Board b = {0};

    put(&b, PROC_PREDICTIONS, "2024-12-05", CELL_WAITING);
    put(&b, PROC_GRADING, "2024-12-05", CELL_FAILED);
    for (size_t i = 0; i < 2; i++) {
        const ProcessorSpec spec = {.id = PROC_PUBLISH_RESULTS, .needs = orders[i], .need_count = 2};
        const GateAsk moment = long_after();
        GateAnswer answer = gate_check(&spec, day("2024-12-05"), gate_board(b.cells, b.count, &feeds, a), &moment, a);

        assert_int_equal(answer.verdict, GATE_FAILED);
        assert_names(answer.reason, "grading of 2024-12-05");
    }
}

static void
a_soft_failed_need_opens_the_gate_and_is_named(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_RAW_BOXSCORES, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_RAW_SHOTS, "2024-12-05", CELL_FAILED)->reason = "a letter";
    answer = ask(&b, PROC_GAME_SUMMARIES, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_names(answer.degraded, "raw_shots of 2024-12-05");
    assert_names(answer.degraded, "a letter");
}

static void
a_feed_without_data_is_named_unless_the_date_was_never_scheduled(void **state)
{
    Arena *a = *state;
    Board b = {0};
    CellState *shots;

    put(&b, PROC_RAW_BOXSCORES, "2024-12-05", CELL_SUCCESS);
    shots = put(&b, PROC_RAW_SHOTS, "2024-12-05", CELL_NO_DATA);
    assert_names(ask(&b, PROC_GAME_SUMMARIES, "2024-12-05", a).degraded, "raw_shots of 2024-12-05");
    shots->is_unscheduled = true;
    assert_null(ask(&b, PROC_GAME_SUMMARIES, "2024-12-05", a).degraded);
    assert_int_equal(ask(&b, PROC_GAME_SUMMARIES, "2024-12-05", a).verdict, GATE_OPEN);
}

/* ---- all earlier dates ---- */

static void
the_first_missing_earlier_date_is_waited_for_by_name(void **state)
{
    static const CellStatus open[] = {CELL_EXPECTED, CELL_WAITING};
    Arena *a = *state;

    for (size_t i = 0; i < 2; i++) {
        Board b = {0};
        GateAnswer answer;

        put(&b, PROC_GAME_SUMMARIES, "2024-12-04", CELL_EXPECTED);
        put(&b, PROC_GAME_SUMMARIES, "2024-12-01", CELL_SUCCESS);
        put(&b, PROC_RAW_PROPS, "2024-12-05", CELL_SUCCESS);
        put(&b, PROC_GAME_SUMMARIES, "2024-12-03", open[i]);
        answer = ask(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", a);
        assert_int_equal(answer.verdict, GATE_WAIT);
        assert_string_equal(answer.reason, "needs game_summaries of 2024-12-03");
    }
}

static void
the_date_itself_and_later_ones_are_no_earlier_dates(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_RAW_PROPS, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-05", CELL_EXPECTED);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-06", CELL_FAILED);
    answer = ask(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_null(answer.degraded);
    assert_int_equal(answer.need_count, 1);
}

static void
dates_out_of_scope_unscheduled_or_of_another_season_are_ignored(void **state)
{
    static const CellStatus unfinished[] = {CELL_EXPECTED, CELL_FAILED};
    Arena *a = *state;

    for (size_t i = 0; i < 2; i++) {
        Board b = {0};
        GateAnswer answer;

        put(&b, PROC_RAW_PROPS, "2024-12-05", CELL_SUCCESS);
        put(&b, PROC_GAME_SUMMARIES, "2024-12-02", unfinished[i])->is_in_scope = false;
        put(&b, PROC_GAME_SUMMARIES, "2024-12-03", unfinished[i])->is_unscheduled = true;
        put(&b, PROC_GAME_SUMMARIES, "2024-04-14", unfinished[i]); /* the season before */
        answer = ask(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", a);
        assert_int_equal(answer.verdict, GATE_OPEN);
        assert_null(answer.degraded);
        assert_int_equal(answer.need_count, 1);
    }
}

static void
holes_in_the_past_open_the_gate_and_are_each_named(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_RAW_PROPS, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-01", CELL_SUCCESS);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-02", CELL_FAILED)->reason = "minutes do not add up";
    put(&b, PROC_GAME_SUMMARIES, "2024-12-03", CELL_NO_DATA)->reason = "feed exhausted";
    put(&b, PROC_GAME_SUMMARIES, "2024-12-04", CELL_PARTIAL);
    answer = ask(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_names(answer.degraded, "a hole at game_summaries of 2024-12-02: minutes do not add up");
    assert_names(answer.degraded, "a hole at game_summaries of 2024-12-03: feed exhausted");
    assert_null(strstr(answer.degraded, "2024-12-01"));
    assert_null(strstr(answer.degraded, "2024-12-04"));
}

static void
a_past_date_without_grades_is_no_hole(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_PLAYER_COMPOSITE_FACTORS, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_PREDICTIONS, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_PLAYER_COMPOSITE_FACTORS, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_GRADING, "2024-12-04", CELL_NO_DATA)->reason = "no_predictions";
    answer = ask(&b, PROC_PUBLISH_PICKS, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_null(answer.degraded);
}

static void
a_feed_that_needs_nothing_is_open_on_an_empty_board(void **state)
{
    GateAnswer answer = ask(&(Board){0}, PROC_COLLECT_PROPS, "2024-12-05", *state);

    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_int_equal(answer.need_count, 0);
}

/* ---- rows ---- */

/* A cell that counted its rows. */
static CellState *
put_rows(Board *b, ProcessorId processor, CellStatus status, int32_t written, int32_t expected)
{
    CellState *c = put(b, processor, "2024-12-05", status);

    c->written = written;
    c->expected = expected;
    return c;
}

/* The features of a date on which one precompute cell has so many rows of so many. */
static GateAnswer
ask_with_cache(CellStatus status, int32_t written, int32_t expected, Arena *a)
{
    Board b = {0};

    (void)put_rows(&b, PROC_UPCOMING_CONTEXT, CELL_SUCCESS, 300, 300);
    for (size_t i = 0; i < ARRAY_LEN(precompute); i++)
        if (precompute[i] == PROC_PLAYER_DAILY_CACHE)
            (void)put_rows(&b, precompute[i], status, written, expected);
        else
            (void)put_rows(&b, precompute[i], CELL_SUCCESS, 300, 300);
    return ask(&b, PROC_FEATURE_STORE, "2024-12-05", a);
}

/* min(50, 90 % of expected), the part rounded up. */
static void
a_need_is_short_below_fifty_rows_or_below_nine_tenths_of_fewer(void **state)
{
    static const struct {
        int32_t written, expected;
        bool is_open;
    } rows[] = {
        {50, 400, true}, {49, 400, false}, {49, 54, true}, {48, 54, false}, {9, 10, true},   {8, 10, false},
        {1, 1, true},    {10, 11, true},   {9, 11, false}, {50, 56, true},  {49, 56, false}, {60, 40, true},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        GateAnswer answer = ask_with_cache(CELL_PARTIAL, rows[i].written, rows[i].expected, *state);

        if ((answer.verdict == GATE_OPEN) != rows[i].is_open)
            fail_msg("%d of %d rows: %s", (int)rows[i].written, (int)rows[i].expected, answer.reason);
    }
}

static void
a_short_hard_need_holds_with_its_numbers(void **state)
{
    GateAnswer answer = ask_with_cache(CELL_PARTIAL, 12, 400, *state);

    assert_int_equal(answer.verdict, GATE_WAIT);
    assert_int_equal(answer.wait, WAIT_FOR_ROWS);
    assert_string_equal(answer.reason, "needs player_daily_cache of 2024-12-05: 12 of 400 rows, 50 needed");
    answer = ask_with_cache(CELL_DEGRADED, 12, 20, *state);
    assert_string_equal(answer.reason, "needs player_daily_cache of 2024-12-05: 12 of 20 rows, 18 needed");
}

/* Its status says already what there is. */
static void
a_cell_without_data_and_one_that_expected_nothing_are_not_short(void **state)
{
    assert_int_equal(ask_with_cache(CELL_NO_DATA, 0, 0, *state).verdict, GATE_OPEN);
    assert_int_equal(ask_with_cache(CELL_NO_DATA, 0, 300, *state).verdict, GATE_OPEN);
    assert_int_equal(ask_with_cache(CELL_SUCCESS, NULL_I32, NULL_I32, *state).verdict, GATE_OPEN);
    assert_int_equal(ask_with_cache(CELL_SUCCESS, 0, 0, *state).verdict, GATE_OPEN);
}

static void
a_short_soft_need_opens_the_gate_and_is_named_with_its_numbers(void **state)
{
    Board b = {0};
    GateAnswer answer;

    (void)put_rows(&b, PROC_RAW_BOXSCORES, CELL_PARTIAL, 12, 240);
    (void)put_rows(&b, PROC_RAW_SHOTS, CELL_SUCCESS, 900, 900);
    answer = ask(&b, PROC_GAME_SUMMARIES, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_string_equal(answer.degraded, "a short raw_boxscores of 2024-12-05: 12 of 240 rows, 50 needed");
}

static void
a_short_hard_need_fails_a_post_game_cell_as_a_failed_one_does(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    (void)put_rows(&b, PROC_PREDICTIONS, CELL_SUCCESS, 90, 90);
    (void)put_rows(&b, PROC_GRADING, CELL_PARTIAL, 7, 90);
    answer = ask(&b, PROC_PUBLISH_RESULTS, "2024-12-05", *state);
    assert_int_equal(answer.verdict, GATE_FAILED);
    assert_names(answer.reason, "grading of 2024-12-05: 7 of 90 rows, 50 needed");
}

/* ---- ages ---- */

/* The features as asked at noon of the date, or days after it, with the cache made so many hours before. */
static GateAnswer
ask_with_age(double hours, int32_t days_after, Arena *a)
{
    const GameDate date = day("2024-12-05");
    const GateAsk moment = {.now = date_eastern_instant(date_add(date, days_after), 12, 0),
                            .today = date_add(date, days_after)};
    const FeedSet feeds = feeds_default();
    Board b = {0};

    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    for (size_t i = 0; i < ARRAY_LEN(precompute); i++)
        put(&b, precompute[i], "2024-12-05", CELL_SUCCESS)->finished = (Instant){
            moment.now.us - (precompute[i] == PROC_PLAYER_DAILY_CACHE ? (int64_t)(hours * 3600e6) : 0)};
    return gate_check(&processor_table[PROC_FEATURE_STORE], date, gate_board(b.cells, b.count, &feeds, a), &moment, a);
}

static void
an_old_need_of_a_current_date_degrades_and_never_blocks(void **state)
{
    GateAnswer answer = ask_with_age(6.0, 0, *state); /* the bound itself is young enough */

    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_null(answer.degraded);
    assert_int_equal(answer.aged_count, 0);
    answer = ask_with_age(7.25, 0, *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_string_equal(answer.degraded, "an old player_daily_cache of 2024-12-05: 7.2 h, 6 allowed");
    assert_int_equal(answer.aged_count, 1);
    assert_int_equal(answer.aged[0].processor, PROC_PLAYER_DAILY_CACHE);
    assert_true(answer.aged[0].hours > 7.24 && answer.aged[0].hours < 7.26);
    answer = ask_with_age(7.25, -1, *state); /* tomorrow's */
    assert_int_equal(answer.aged_count, 1);
}

/* A season that is replayed years later is as fresh as it was. */
static void
no_age_binds_a_past_date(void **state)
{
    GateAnswer answer = ask_with_age(5000, 1, *state);

    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_null(answer.degraded);
    assert_int_equal(answer.aged_count, 0);
}

/* ---- overrides ---- */

static GateAnswer
ask_overridden(const Board *b, ProcessorId processor, Arena *a)
{
    const GateOverride override = {
        .date = day("2024-12-05"), .processor = processor, .by = "ann@ops1", .reason = "zones are not to be had"};
    const FeedSet feeds = feeds_default();
    GateAsk moment = long_after();

    moment.override = &override;
    return gate_check(&processor_table[processor], override.date, gate_board(b->cells, b->count, &feeds, a), &moment,
                      a);
}

/* Who, why and without what stand in the reason. */
static void
an_override_opens_what_failed_short_and_unfinished_needs_hold(void **state)
{
    Board b = {0};
    GateAnswer answer;

    (void)put_rows(&b, PROC_UPCOMING_CONTEXT, CELL_PARTIAL, 3, 300);
    put(&b, PROC_TEAM_DEFENSE_ZONE, "2024-12-05", CELL_FAILED)->reason = "no zones";
    put(&b, PROC_PLAYER_SHOT_ZONE, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_PLAYER_COMPOSITE_FACTORS, "2024-12-05", CELL_WAITING);
    assert_int_equal(ask(&b, PROC_FEATURE_STORE, "2024-12-05", *state).verdict, GATE_WAIT);
    answer = ask_overridden(&b, PROC_FEATURE_STORE, *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_true(answer.is_overridden);
    assert_string_equal(answer.degraded, "overridden by ann@ops1 (zones are not to be had): "
                                         "without upcoming_context of 2024-12-05: 3 of 300 rows, 50 needed; "
                                         "without team_defense_zone of 2024-12-05: no zones; "
                                         "without player_composite_factors of 2024-12-05: it has not ended; "
                                         "without player_daily_cache of 2024-12-05: it has not ended");
    assert_int_equal(answer.need_count, 3); /* what has ended was looked at */
}

static void
an_override_opens_a_post_game_gate_that_would_fail(void **state)
{
    Board b = {0};

    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_PREDICTIONS, "2024-12-05", CELL_SUCCESS);
    put(&b, PROC_GRADING, "2024-12-05", CELL_FAILED)->reason = "no such column";
    assert_int_equal(ask_overridden(&b, PROC_PUBLISH_RESULTS, *state).verdict, GATE_OPEN);
}

/* What has not been played cannot be done without. */
static void
an_override_does_not_open_what_an_earlier_date_holds(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_RAW_PROPS, "2024-12-05", CELL_WAITING);
    put(&b, PROC_GAME_SUMMARIES, "2024-12-04", CELL_EXPECTED);
    answer = ask_overridden(&b, PROC_UPCOMING_CONTEXT, *state);
    assert_int_equal(answer.verdict, GATE_WAIT);
    assert_string_equal(answer.reason, "needs game_summaries of 2024-12-04");
}

static void
an_override_that_nothing_needs_leaves_no_trace(void **state)
{
    Board b = {0};
    GateAnswer answer;

    put(&b, PROC_UPCOMING_CONTEXT, "2024-12-05", CELL_SUCCESS);
    for (size_t i = 0; i < ARRAY_LEN(precompute); i++)
        put(&b, precompute[i], "2024-12-05", CELL_SUCCESS);
    answer = ask_overridden(&b, PROC_FEATURE_STORE, *state);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_false(answer.is_overridden);
    assert_null(answer.degraded);
}

static int
make_arena(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int
drop_arena(void **state)
{
    arena_free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_open_only_when_all_four_precompute_cells_are_terminal_and_none_failed),
        cmocka_unit_test(features_name_the_one_precompute_cell_that_they_lack),
        cmocka_unit_test(precompute_of_another_date_does_not_open_features),
        cmocka_unit_test(the_order_of_the_states_does_not_matter),
        cmocka_unit_test(the_cells_that_were_looked_at_come_by_processor_and_date),
        cmocka_unit_test(a_hard_failed_need_holds_a_pre_game_cell),
        cmocka_unit_test(a_hard_failed_need_fails_a_post_game_cell),
        cmocka_unit_test(a_failure_outweighs_waiting_whichever_is_found_first),
        cmocka_unit_test(a_soft_failed_need_opens_the_gate_and_is_named),
        cmocka_unit_test(a_feed_without_data_is_named_unless_the_date_was_never_scheduled),
        cmocka_unit_test(the_first_missing_earlier_date_is_waited_for_by_name),
        cmocka_unit_test(the_date_itself_and_later_ones_are_no_earlier_dates),
        cmocka_unit_test(dates_out_of_scope_unscheduled_or_of_another_season_are_ignored),
        cmocka_unit_test(holes_in_the_past_open_the_gate_and_are_each_named),
        cmocka_unit_test(a_past_date_without_grades_is_no_hole),
        cmocka_unit_test(a_feed_that_needs_nothing_is_open_on_an_empty_board),
        cmocka_unit_test(a_need_is_short_below_fifty_rows_or_below_nine_tenths_of_fewer),
        cmocka_unit_test(a_short_hard_need_holds_with_its_numbers),
        cmocka_unit_test(a_cell_without_data_and_one_that_expected_nothing_are_not_short),
        cmocka_unit_test(a_short_soft_need_opens_the_gate_and_is_named_with_its_numbers),
        cmocka_unit_test(a_short_hard_need_fails_a_post_game_cell_as_a_failed_one_does),
        cmocka_unit_test(an_old_need_of_a_current_date_degrades_and_never_blocks),
        cmocka_unit_test(no_age_binds_a_past_date),
        cmocka_unit_test(an_override_opens_what_failed_short_and_unfinished_needs_hold),
        cmocka_unit_test(an_override_opens_a_post_game_gate_that_would_fail),
        cmocka_unit_test(an_override_does_not_open_what_an_earlier_date_holds),
        cmocka_unit_test(an_override_that_nothing_needs_leaves_no_trace),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
