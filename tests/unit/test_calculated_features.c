/*
 * tests/unit/test_calculated_features.c
 *    The formulas of features that no table holds. Expected figures are worked out by hand or come from
 *    another implementation of the formulas.
 */
#include "feature_slate.h"

static void
assert_feature(FeatureValue f, double expected)
{
    assert_near(f.value, expected);
    assert_int_equal(f.source, FEATURE_SOURCE_CALCULATED);
}

static void
assert_missing(FeatureValue f)
{
    assert_true(f64_is_null(f.value));
    assert_int_equal(f.source, FEATURE_SOURCE_MISSING);
}
static RecentGames
newest(size_t count)
{
    RecentGames r = ten_games;

    r.count = count;
    return r;
}

static void
means_and_deviation_of_ten_games(void **state)
{
    (void)state;
    assert_near(recent_mean(ten_games.points, 10, 5), 23.0);
    assert_near(recent_mean(ten_games.points, 10, 10), 22.4);
    assert_near(recent_mean(ten_games.minutes, 10, 10), 32.4);
    assert_true(fabs(recent_points_std(&ten_games) - 6.380525927) < 1e-9);
    assert_near(recent_points_per_minute(&ten_games), 224.0 / 324.0);
    assert_true(f64_is_null(recent_mean(ten_games.points, 4, 5)));
    assert_true(f64_is_null(recent_mean(ten_games.points, 0, 0)));
    assert_true(f64_is_null(recent_points_std(&(RecentGames){.count = 1, .points = {9}})));
    assert_true(f64_is_null(recent_points_per_minute(&(RecentGames){0})));
}

static void
rest_advantage_counts_the_opponents_rest(void **state)
{
    (void)state;
    assert_feature(calc_rest_advantage(3, 1), 2.0);
    assert_feature(calc_rest_advantage(1, 2), -1.0);
    assert_feature(calc_rest_advantage(9, 1), 2.0);
    assert_feature(calc_rest_advantage(1, 9), -2.0);
    assert_missing(calc_rest_advantage(NULL_I32, 1));
    assert_missing(calc_rest_advantage(1, NULL_I32));
}

static void
injury_risk_knows_no_unknown_status(void **state)
{
    (void)state;
    assert_feature(calc_injury_risk("Questionable"), 2.0);
    assert_feature(calc_injury_risk("available"), 0.0);
    assert_feature(calc_injury_risk("probable"), 1.0);
    assert_feature(calc_injury_risk("DOUBTFUL"), 3.0);
    assert_feature(calc_injury_risk("out"), 3.0);
    assert_missing(calc_injury_risk(NULL));
    assert_missing(calc_injury_risk("unknown"));
}

static void
recent_trend_is_positive_when_improving(void **state)
{
    const RecentGames rising = {.count = 5, .points = {20, 20, 20, 15, 15}};
    const RecentGames falling = {.count = 5, .points = {10, 10, 10, 15, 15}};
    const RecentGames up_a_little = {.count = 5, .points = {17, 17, 17, 15, 15}};
    const RecentGames down_a_little = {.count = 5, .points = {13, 13, 13, 15, 15}};

    (void)state;
    assert_feature(calc_recent_trend(&ten_games), 0.0); /* 23.667 against 22 */
    assert_feature(calc_recent_trend(&rising), 2.0);
    assert_feature(calc_recent_trend(&falling), -2.0);
    assert_feature(calc_recent_trend(&up_a_little), 1.0);
    assert_feature(calc_recent_trend(&down_a_little), -1.0);
    assert_missing(calc_recent_trend(&(RecentGames){.count = 4, .points = {9, 9, 1, 1}}));
}

static void
minutes_change_steps_at_a_tenth_and_a_fifth(void **state)
{
    (void)state;
    assert_feature(calc_minutes_change(32.4, 30.0), 0.0);
    assert_feature(calc_minutes_change(33.0, 30.0), 1.0);
    assert_feature(calc_minutes_change(36.0, 30.0), 2.0);
    assert_feature(calc_minutes_change(27.0, 30.0), -1.0);
    assert_feature(calc_minutes_change(24.0, 30.0), -2.0);
    assert_missing(calc_minutes_change(NULL_F64, 30.0));
    assert_missing(calc_minutes_change(30.0, NULL_F64));
    assert_missing(calc_minutes_change(30.0, 0.0));
    assert_missing(calc_minutes_change(0.0, 30.0));
}

static void
free_throw_share_needs_five_games_and_a_point(void **state)
{
    const RecentGames four = newest(4);

    (void)state;
    assert_feature(calc_free_throw_share(&ten_games), 0.1875);
    assert_feature(calc_free_throw_share(&(RecentGames){.count = 5, .points = {5}, .ft_makes = {5}}), 0.5);
    assert_missing(calc_free_throw_share(&four));
    assert_missing(calc_free_throw_share(&(RecentGames){.count = 5}));
}

static void
win_and_dnp_shares_need_enough_games(void **state)
{
    (void)state;
    assert_feature(calc_win_pct(13, 20), 0.65);
    assert_feature(calc_win_pct(2, 6), 0.333333333);
    assert_missing(calc_win_pct(4, 4));
    assert_feature(calc_dnp_rate(2, 10), 0.2);
    assert_feature(calc_dnp_rate(0, 3), 0.0);
    assert_missing(calc_dnp_rate(0, 2));
}

static void
points_slope_runs_from_oldest_to_newest(void **state)
{
    const RecentGames line = {.count = 5, .points = {18, 16, 14, 12, 10}};
    const RecentGames four = newest(4);

    (void)state;
    assert_feature(calc_points_slope(&ten_games), 0.606060606);
    assert_feature(calc_points_slope(&line), 2.0);
    assert_missing(calc_points_slope(&four));
}

static void
zscore_is_clamped_and_undefined_without_spread(void **state)
{
    double std = recent_points_std(&ten_games);

    (void)state;
    assert_feature(calc_points_zscore(23.0, 18.5, std), 0.705271015);
    assert_feature(calc_points_zscore(23.0, 12.0, std), 1.723995816);
    assert_feature(calc_points_zscore(23.0, 2.0, std), 3.0);
    assert_feature(calc_points_zscore(2.0, 23.0, std), -3.0);
    assert_missing(calc_points_zscore(23.0, 18.5, 0.0));
    assert_missing(calc_points_zscore(NULL_F64, 18.5, std));
    assert_missing(calc_points_zscore(23.0, NULL_F64, std));
    assert_missing(calc_points_zscore(23.0, 18.5, NULL_F64));
}

static void
breakout_needs_one_and_a_half_deviations(void **state)
{
    double std = recent_points_std(&ten_games);

    (void)state;
    assert_feature(calc_breakout_flag(23.0, 18.5, std), 0.0);
    assert_feature(calc_breakout_flag(23.0, 12.0, std), 1.0);
    assert_feature(calc_breakout_flag(23.0, 20.0, 2.0), 0.0); /* not above its threshold */
    assert_missing(calc_breakout_flag(23.0, 12.0, NULL_F64));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_and_deviation_of_ten_games),
        cmocka_unit_test(rest_advantage_counts_the_opponents_rest),
        cmocka_unit_test(injury_risk_knows_no_unknown_status),
        cmocka_unit_test(recent_trend_is_positive_when_improving),
        cmocka_unit_test(minutes_change_steps_at_a_tenth_and_a_fifth),
        cmocka_unit_test(free_throw_share_needs_five_games_and_a_point),
        cmocka_unit_test(win_and_dnp_shares_need_enough_games),
        cmocka_unit_test(points_slope_runs_from_oldest_to_newest),
        cmocka_unit_test(zscore_is_clamped_and_undefined_without_spread),
        cmocka_unit_test(breakout_needs_one_and_a_half_deviations),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
