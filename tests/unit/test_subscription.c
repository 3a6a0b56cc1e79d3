/*
 * tests/unit/test_subscription.c
 *    Claims about a deployment's feeds: what may be asked for, which processors there are then, and what
 *    a change makes stale.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "libcore/runtime/gate.h"
#include "libcore/runtime/subscription.h"

static FeedSet
feeds_of(const char *text)
{
    FeedSet feeds;
    Err err;

    if (!feeds_parse(text, &feeds, &err))
        fail_msg("%s", err.msg);
    return feeds;
}

static void
a_list_of_feeds_is_read_and_said_in_one_order(void **state)
{
    static const struct {
        const char *asked, *got;
    } cases[] = {
        {"", "schedule, boxscores, shots, props"},
        {" , ", "schedule, boxscores, shots, props"},
        {"shots", "schedule, boxscores, shots"},
        {"injuries,props,injuries", "schedule, boxscores, props, injuries"},
        {" game_lines\tshots, schedule ,boxscores", "schedule, boxscores, shots, game_lines"},
        {"schedule", "schedule, boxscores"}, /* without box scores there is nothing to do */
    };
    Arena *a = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        FeedSet feeds = feeds_of(cases[i].asked);

        assert_string_equal(feeds_text(&feeds, a), cases[i].got);
    }
    {
        FeedSet feeds = feeds_default();

        assert_string_equal(feeds_text(&feeds, a), cases[0].got);
    }
}

static void
a_feed_that_there_is_not_is_named(void **state)
{
    static const char *const cases[] = {"weather", "shots,weather", "weather,shots", "shots;props", "Shots", "shot"};
    FeedSet feeds;
    Err err;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_false(feeds_parse(cases[i], &feeds, &err));
        assert_int_equal(err.cls, ERR_CONFIG);
    }
    assert_string_equal(err.msg, "there is no feed 'shot'; the feeds are schedule, boxscores, shots, props, injuries, "
                                 "game_lines");
}

static bool
is_among(const ProcessorId *ids, size_t count, ProcessorId id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

static void
a_deployment_has_the_processors_of_its_feeds_and_all_that_bring_in_none(void **state)
{
    const FeedSet few = feeds_of("shots"), all = feeds_of("shots,props,injuries,game_lines");
    ProcessorId in[PROC_COUNT], out[PROC_COUNT];
    size_t n = processors_of_feeds(&few, true, in), left = processors_of_feeds(&few, false, out);

    (void)state;
    assert_int_equal(n + left, PROC_COUNT);
    assert_int_equal(left, 6);
    assert_true(is_among(out, left, PROC_COLLECT_INJURIES) && is_among(out, left, PROC_RAW_INJURIES));
    assert_true(is_among(out, left, PROC_COLLECT_PROPS) && is_among(out, left, PROC_RAW_GAME_LINES));
    assert_true(is_among(in, n, PROC_RAW_SHOTS) && is_among(in, n, PROC_UPCOMING_CONTEXT));
    assert_int_equal(processors_of_feeds(&all, true, in), PROC_COUNT);
    assert_true(feeds_have(&all, "injuries") && !feeds_have(&few, "injuries"));
    assert_true(feeds_equal(&few, &few) && !feeds_equal(&few, &all));
}

static void
a_change_makes_stale_who_reads_the_feed_and_who_says_what_there_is(void **state)
{
    const FeedSet basic = feeds_default(), injuries = feeds_of("shots,props,injuries"), no_shots = feeds_of("props");
    ProcessorId ids[PROC_COUNT];
    size_t n;

    (void)state;
    assert_int_equal(processors_of_change(&basic, &basic, ids), 0);
    n = processors_of_change(&basic, &injuries, ids);
    assert_int_equal(n, 2);
    assert_true(is_among(ids, n, PROC_UPCOMING_CONTEXT) && is_among(ids, n, PROC_FEATURE_STORE));
    n = processors_of_change(&injuries, &basic, ids);
    assert_int_equal(n, 2);
    n = processors_of_change(&basic, &no_shots, ids);
    assert_int_equal(n, 2);
    assert_true(is_among(ids, n, PROC_GAME_SUMMARIES) && is_among(ids, n, PROC_FEATURE_STORE));
}

/* ---- at the gate ---- */

static CellState
cell(ProcessorId processor, CellStatus status, const char *reason)
{
    GameDate date;

    assert_true(date_make(2024, 12, 5, &date));
    return (CellState){
        .date = date, .processor = processor, .is_in_scope = true, .status = status, .reason = reason, .version = 1};
}

static GateAnswer
ask(const CellState *cells, size_t count, const FeedSet *feeds, Arena *a)
{
    const GateAsk years_later = {.now = date_eastern_instant(date_add(cells[0].date, 2000), 12, 0),
                                 .today = date_add(cells[0].date, 2000)};

    return gate_check(&processor_table[PROC_UPCOMING_CONTEXT], cells[0].date, gate_board(cells, count, feeds, a),
                      &years_later, a);
}

static void
a_gate_waits_for_a_feed_only_where_it_is_subscribed_to(void **state)
{
    const FeedSet basic = feeds_default(), both = feeds_of("shots,props,injuries,game_lines");
    CellState cells[] = {cell(PROC_RAW_PROPS, CELL_SUCCESS, NULL), cell(PROC_RAW_INJURIES, CELL_EXPECTED, NULL),
                         cell(PROC_RAW_GAME_LINES, CELL_SUCCESS, NULL)};
    Arena *a = *state;
    GateAnswer answer = ask(cells, 3, &basic, a);

    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_int_equal(answer.need_count, 1); /* what an earlier subscription left is no input */
    answer = ask(cells, 3, &both, a);
    assert_int_equal(answer.verdict, GATE_WAIT);
    assert_string_equal(answer.reason, "needs raw_injuries of 2024-12-05");
    cells[1].status = CELL_NO_DATA;
    cells[1].reason = "no file injuries/2024-12-05.csv";
    answer = ask(cells, 3, &both, a);
    assert_int_equal(answer.verdict, GATE_OPEN);
    assert_string_equal(answer.degraded, "without raw_injuries of 2024-12-05: no file injuries/2024-12-05.csv");
    assert_int_equal(answer.need_count, 3);
    assert_null(ask(cells, 3, &basic, a).degraded);
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
        cmocka_unit_test(a_list_of_feeds_is_read_and_said_in_one_order),
        cmocka_unit_test(a_feed_that_there_is_not_is_named),
        cmocka_unit_test(a_deployment_has_the_processors_of_its_feeds_and_all_that_bring_in_none),
        cmocka_unit_test(a_change_makes_stale_who_reads_the_feed_and_who_says_what_there_is),
        cmocka_unit_test(a_gate_waits_for_a_feed_only_where_it_is_subscribed_to),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
