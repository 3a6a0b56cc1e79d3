/*
 * tests/unit/test_coordinator.c
 *    Claims about who is asked for on a date, and why the others are not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "workers/predictions/coordinator_core.h"

static const double some_value = 12.0;
static const double no_value = NULL_F64;

/* A player whom nothing holds back, and his features. */
static UpcomingPlayer
good_player(const char *lookup)
{
    UpcomingPlayer p = upcoming_player_null();

    p.player_lookup = lookup;
    p.game_id = "20241205_BBB_AAA";
    p.games_played_season = 20;
    p.avg_minutes_per_game_last_7 = 30.0;
    p.has_prop_line = BOOL_FALSE;
    return p;
}

static FeatureRow
good_features(const char *lookup)
{
    FeatureRow f = feature_row_null();

    f.player_lookup = lookup;
    f.feature_values = (F64Array){&some_value, 1};
    f.quality_alert_level = "green";
    f.matchup_quality_pct = 100.0;
    f.matchup_effective_pct = 100.0;
    f.feature_quality_score = 95.0;
    f.effective_quality_score = 95.0;
    f.required_default_count = 0;
    f.default_feature_count = 0;
    f.early_season_flag = BOOL_FALSE;
    return f;
}

static const char *
reason_for(const UpcomingPlayer *p, const FeatureRow *f, RunMode mode, Arena *a)
{
    RequestList list = coordinator_requests(p, 1, f, f == NULL ? 0 : 1, mode, a);

    assert_int_equal(list.count, 1);
    assert_int_equal(list.requested_count, list.items[0].reason == NULL);
    assert_int_equal(list.items[0].status, list.items[0].reason == NULL ? REQUEST_REQUESTED : REQUEST_SKIPPED);
    return list.items[0].reason;
}

static void
minutes_or_a_line_make_a_player_eligible(void **state)
{
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");

    p.avg_minutes_per_game_last_7 = 15.0;
    assert_null(reason_for(&p, &f, RUN_FIRST, a));
    p.avg_minutes_per_game_last_7 = 14.9;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "low_minutes");
    p.avg_minutes_per_game_last_7 = NULL_F64;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "low_minutes");
    p.has_prop_line = BOOL_TRUE;
    assert_null(reason_for(&p, &f, RUN_FIRST, a));
}

static void
two_games_are_too_few_even_with_a_line(void **state)
{
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");

    p.has_prop_line = BOOL_TRUE;
    p.games_played_season = 2;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "fewer_than_3_games");
    p.games_played_season = 3;
    assert_null(reason_for(&p, &f, RUN_FIRST, a));
}

static void
players_who_are_out_or_doubtful_are_left_out_for_their_status(void **state)
{
    static const struct {
        const char *status, *reason;
    } cases[] = {{"out", "player_out"},  {"doubtful", "player_doubtful"},
                 {"questionable", NULL}, {"probable", NULL},
                 {"available", NULL},    {NULL, NULL}};
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *reason;

        p.player_status = cases[i].status;
        reason = reason_for(&p, &f, RUN_FIRST, a);
        assert_int_equal(reason == NULL, cases[i].reason == NULL);
        if (reason != NULL)
            assert_string_equal(reason, cases[i].reason);
    }
    p.player_status = "out"; /* whatever else there is against him */
    p.games_played_season = 0;
    assert_string_equal(reason_for(&p, NULL, RUN_FIRST, a), "player_out");
}

static void
a_zero_of_required_defaults_does_not_fall_through_to_all_defaults(void **state)
{
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");

    f.default_feature_count = 3; /* no line: 25-27 */
    assert_null(reason_for(&p, &f, RUN_FIRST, a));
    f.required_default_count = 2;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "zero_tolerance_defaults_2");
}

static void
the_gate_names_the_first_reason_that_holds(void **state)
{
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");

    f.effective_quality_score = 84.9;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "quality_below_threshold");
    f.required_default_count = 1;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "zero_tolerance_defaults_1");
    f.matchup_effective_pct = 49.9;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "matchup_quality_below_50");
    f.quality_alert_level = "red";
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "quality_alert_red");
    assert_string_equal(reason_for(&p, NULL, RUN_FIRST, a), "no_features_available");
}

static void
absent_feeds_do_not_block_but_an_unknown_matchup_does(void **state)
{
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");

    f.feature_quality_score = 60.0;
    f.matchup_quality_pct = 40.0;
    assert_null(reason_for(&p, &f, RUN_FIRST, a));
    f.matchup_effective_pct = NULL_F64;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "matchup_quality_below_50");
}

static void
a_placeholder_is_early_season_and_a_young_season_with_values_is_not(void **state)
{
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");

    f.early_season_flag = BOOL_TRUE;
    assert_null(reason_for(&p, &f, RUN_FIRST, a));
    f.feature_values = (F64Array){&no_value, 1};
    f.quality_alert_level = "red";
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "early_season");
    f.early_season_flag = BOOL_FALSE;
    assert_string_equal(reason_for(&p, &f, RUN_FIRST, a), "no_features_available");
}

static void
each_mode_has_its_own_bar(void **state)
{
    static const struct {
        const char *name;
        double bar;
    } cases[] = {
        {"FIRST", 85},    {"RETRY", 85},      {"FINAL_RETRY", 80}, {"LAST_CALL", 70},
        {"BACKFILL", 70}, {"LINE_CHECK", 85}, {"REGENERATE", 85},
    };
    Arena *a = *state;
    UpcomingPlayer p = good_player("x");
    FeatureRow f = good_features("x");
    RunMode mode;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_true(run_mode_parse(cases[i].name, &mode));
        assert_string_equal(run_mode_name(mode), cases[i].name);
        f.effective_quality_score = cases[i].bar;
        assert_null(reason_for(&p, &f, mode, a));
        f.effective_quality_score = cases[i].bar - 0.01;
        assert_string_equal(reason_for(&p, &f, mode, a), "quality_below_threshold");
    }
    assert_false(run_mode_parse("OVERNIGHT", &mode));
    assert_int_equal(run_mode_for_date(true), RUN_FIRST);
    assert_int_equal(run_mode_for_date(false), RUN_BACKFILL);
}

static void
every_player_gets_one_answer_whatever_the_order_of_features(void **state)
{
    Arena *a = *state;
    UpcomingPlayer players[] = {good_player("a"), good_player("b"), good_player("c"), good_player("d")};
    FeatureRow features[] = {good_features("d"), good_features("a"), good_features("zz"), good_features("b")};
    RequestList list;

    features[0].quality_alert_level = "red";
    list = coordinator_requests(players, 4, features, 4, RUN_FIRST, a);
    assert_int_equal(list.count, 4);
    assert_int_equal(list.requested_count, 2);
    assert_string_equal(list.items[0].player_lookup, "a");
    assert_string_equal(list.items[0].game_id, "20241205_BBB_AAA");
    assert_ptr_equal(list.items[0].features, &features[1]);
    assert_ptr_equal(list.items[1].features, &features[3]);
    assert_string_equal(list.items[2].reason, "no_features_available");
    assert_null(list.items[2].features);
    assert_string_equal(list.items[3].reason, "quality_alert_red");
    assert_string_equal(request_status_name(list.items[0].status), "requested");
    assert_string_equal(request_status_name(list.items[3].status), "skipped");
}

static void
a_date_without_players_asks_for_nobody(void **state)
{
    RequestList list = coordinator_requests(NULL, 0, NULL, 0, RUN_FIRST, *state);

    assert_int_equal(list.count, 0);
    assert_int_equal(list.requested_count, 0);
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
        cmocka_unit_test(minutes_or_a_line_make_a_player_eligible),
        cmocka_unit_test(two_games_are_too_few_even_with_a_line),
        cmocka_unit_test(players_who_are_out_or_doubtful_are_left_out_for_their_status),
        cmocka_unit_test(a_zero_of_required_defaults_does_not_fall_through_to_all_defaults),
        cmocka_unit_test(the_gate_names_the_first_reason_that_holds),
        cmocka_unit_test(absent_feeds_do_not_block_but_an_unknown_matchup_does),
        cmocka_unit_test(a_placeholder_is_early_season_and_a_young_season_with_values_is_not),
        cmocka_unit_test(each_mode_has_its_own_bar),
        cmocka_unit_test(every_player_gets_one_answer_whatever_the_order_of_features),
        cmocka_unit_test(a_date_without_players_asks_for_nobody),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
