/*
 * tests/unit/test_feature_contract.c
 *    The order of the features, their categories, and the sources of their values.
 */
#include "feature_slate.h"

static const char *const names_in_order[] = {
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "points_std_last_10",
    "games_in_last_7_days",
    "fatigue_score",
    "shot_zone_mismatch_score",
    "pace_score",
    "usage_spike_score",
    "rest_advantage",
    "injury_risk",
    "recent_trend",
    "minutes_change",
    "opponent_def_rating",
    "opponent_pace",
    "home_away",
    "back_to_back",
    "playoff_game",
    "pct_paint",
    "pct_mid_range",
    "pct_three",
    "pct_free_throw",
    "team_pace",
    "team_off_rating",
    "team_win_pct",
    "vegas_points_line",
    "vegas_opening_line",
    "vegas_line_move",
    "has_vegas_line",
    "avg_points_vs_opponent",
    "games_vs_opponent",
    "minutes_avg_last_10",
    "ppm_avg_last_10",
    "dnp_rate",
    "pts_slope_10g",
    "pts_vs_season_zscore",
    "breakout_flag",
};

static void
features_stand_in_their_fixed_order(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(names_in_order), FEATURE_COUNT);
    assert_string_equal(feature_version, "v2_37features");
    for (int i = 0; i < FEATURE_COUNT; i++) {
        assert_string_equal(feature_contract[i].name, names_in_order[i]);
        assert_true(feature_contract[i].min < feature_contract[i].max);
        assert_true(feature_contract[i].description[0] != '\0');
    }
    assert_int_equal(FEATURE_HAS_VEGAS_LINE, 28);
    assert_int_equal(FEATURE_BREAKOUT_FLAG, 36);
}

static void
categories_hold_their_features(void **state)
{
    /* M matchup, P player history, T team context, V vegas, G game context */
    const char *expected = "PPPPPMMMMGGGGMMGGGGGGGTTTVVVVPPPPPPPP";
    const char letters[CATEGORY_COUNT] = {
        [CATEGORY_MATCHUP] = 'M', [CATEGORY_PLAYER_HISTORY] = 'P', [CATEGORY_TEAM_CONTEXT] = 'T',
        [CATEGORY_VEGAS] = 'V',   [CATEGORY_GAME_CONTEXT] = 'G',
    };

    (void)state;
    for (int i = 0; i < FEATURE_COUNT; i++)
        assert_int_equal(letters[feature_contract[i].category], expected[i]);
}

static void
only_the_three_lines_are_optional_and_only_fatigue_is_critical(void **state)
{
    (void)state;
    for (int i = 0; i < FEATURE_COUNT; i++) {
        assert_int_equal(feature_contract[i].is_required, i < 25 || i > 27);
        assert_int_equal(feature_contract[i].range_is_critical, i == 5);
    }
}

static void
a_source_is_found_by_its_label(void **state)
{
    FeatureSource s;

    (void)state;
    for (int i = 0; i < FEATURE_SOURCE_COUNT; i++) {
        assert_true(feature_source_parse(feature_source_table[i].label, &s));
        assert_int_equal(s, i);
    }
    assert_false(feature_source_parse("phase5", &s));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_stand_in_their_fixed_order),
        cmocka_unit_test(categories_hold_their_features),
        cmocka_unit_test(only_the_three_lines_are_optional_and_only_fatigue_is_critical),
        cmocka_unit_test(a_source_is_found_by_its_label),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
