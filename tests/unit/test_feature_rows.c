/*
 * tests/unit/test_feature_rows.c
 *    Feature rows: where each value comes from, and what the row says of itself.
 */
#include "feature_slate.h"

static const char *const no_injuries_or_props[] = {"schedule", "boxscores", "shots", NULL};

static void
a_complete_slate_fills_every_feature(void **state)
{
    static const struct {
        double value;
        const char *source;
    } expected[FEATURE_COUNT] = {
        {23.0, "phase4"},
        {22.4, "phase4"},
        {18.5, "phase4"},
        {6.380525927, "phase4"},
        {3, "phase4"},
        {85, "phase4"},
        {4.3, "phase4"},
        {-0.5, "phase4"},
        {0.3, "phase4"},
        {1, "calculated"}, /* rest 2 against 1 */
        {1, "calculated"}, /* probable */
        {0, "calculated"},
        {2, "calculated"}, /* 32.4 against 27 minutes */
        {109.5, "phase4"},
        {97.25, "phase4"},
        {1, "phase3"},
        {0, "phase3"},
        {0, "phase3"},
        {0.40, "phase4"},
        {0.25, "phase4"},
        {0.35, "phase4"},
        {0.1875, "calculated"},
        {98.5, "phase4"},
        {115.25, "phase4"},
        {0.636363636, "calculated"}, /* 7 of 11 */
        {24.5, "vegas"},
        {23.0, "vegas"},
        {1.5, "vegas"},
        {1, "calculated"},
        {23.5, "opponent_history"},
        {2, "opponent_history"},
        {32.4, "minutes_ppm"},
        {224.0 / 324.0, "minutes_ppm"},
        {0, "calculated"},
        {0.606060606, "calculated"},
        {0.705271015, "calculated"},
        {0, "calculated"},
    };
    FeatureRow row = only_row(slate_new(season_of_ten_games()));

    (void)state;
    for (FeatureIndex i = 0; i < FEATURE_COUNT; i++)
        assert_value(&row, i, expected[i].value, expected[i].source);
    assert_near(row.feature_quality_score, 98.14);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
    assert_int_equal(row.is_production_ready, BOOL_TRUE);
    assert_int_equal(row.missing_processors.count, 0);
    assert_int_equal(row.has_vegas_line, BOOL_TRUE);
    assert_string_equal(row.vegas_line_source, "odds_api");
    assert_int_equal(row.as_of.us, 1734700000000000);
    assert_string_equal(row.player_name, "Jo");
    assert_string_equal(row.feature_version, "v2_37features");
    assert_int_equal(row.early_season_flag, BOOL_FALSE);
    assert_null(row.insufficient_data_reason);
}

static void
absent_feeds_are_named_and_block_nobody(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.player_status = NULL;
    slate->player.current_points_line = slate->player.opening_points_line = NULL_F64;
    slate->inputs.feeds = no_injuries_or_props;
    row = only_row(slate);
    assert_absent(&row, FEATURE_INJURY_RISK, "not_subscribed");
    assert_absent(&row, FEATURE_VEGAS_POINTS_LINE, "not_subscribed");
    assert_absent(&row, FEATURE_VEGAS_OPENING_LINE, "not_subscribed");
    assert_absent(&row, FEATURE_VEGAS_LINE_MOVE, "not_subscribed");
    assert_value(&row, FEATURE_HAS_VEGAS_LINE, 0.0, "calculated");
    assert_int_equal(row.default_feature_count, 4);
    assert_int_equal(row.required_default_count, 0);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
    assert_int_equal(row.is_production_ready, BOOL_TRUE);
}

static void
a_status_that_a_subscribed_feed_did_not_bring_is_missing(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.player_status = NULL;
    row = only_row(slate);
    assert_absent(&row, FEATURE_INJURY_RISK, "missing");
    assert_int_equal(row.required_default_count, 1);
    assert_int_equal(row.is_quality_ready, BOOL_FALSE);
}

static void
no_line_is_missing_but_optional(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.current_points_line = 0.0; /* a line of nothing is no line */
    row = only_row(slate);
    assert_absent(&row, FEATURE_VEGAS_POINTS_LINE, "missing");
    assert_value(&row, FEATURE_VEGAS_OPENING_LINE, 23.0, "vegas");
    assert_absent(&row, FEATURE_VEGAS_LINE_MOVE, "missing");
    assert_value(&row, FEATURE_HAS_VEGAS_LINE, 0.0, "calculated");
    assert_int_equal(row.has_vegas_line, BOOL_FALSE);
    assert_string_equal(row.vegas_line_source, "none");
    assert_true(instant_is_null(row.as_of));
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
}

static void
a_first_meeting_has_no_history_and_blocks_nobody(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.opponent = "UTA";
    slate->opponent.team = "UTA";
    row = only_row(slate);
    assert_absent(&row, FEATURE_AVG_POINTS_VS_OPPONENT, "no_history");
    assert_value(&row, FEATURE_GAMES_VS_OPPONENT, 0.0, "no_history");
    assert_int_equal(row.required_default_count, 0);
    assert_int_equal(row.default_feature_count, 2);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
}

static void
each_absent_value_of_the_context_is_missing(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.is_home = BOOL_NULL;
    slate->player.back_to_back = BOOL_NULL;
    slate->player.season_phase = NULL;
    slate->player.opponent_days_rest = NULL_I32;
    row = only_row(slate);
    assert_absent(&row, FEATURE_HOME_AWAY, "missing");
    assert_absent(&row, FEATURE_BACK_TO_BACK, "missing");
    assert_absent(&row, FEATURE_PLAYOFF_GAME, "missing");
    assert_absent(&row, FEATURE_REST_ADVANTAGE, "missing");
    assert_int_equal(row.required_default_count, 4);
    slate->player = upcoming_jo();
    slate->player.season_phase = "playoffs";
    row = only_row(slate);
    assert_value(&row, FEATURE_PLAYOFF_GAME, 1.0, "phase3");
}

static void
one_player_without_a_cache_row_falls_back_alone(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    UpcomingPlayer players[] = {upcoming_jo(), upcoming_jo()};
    PlayerCache al = cache_of_jo();
    FeatureStoreResult r;

    (void)state;
    players[0].player_lookup = "al";
    al.player_lookup = "al";
    slate->inputs.players = players;
    slate->inputs.player_count = 2;
    slate->inputs.caches = &al;
    feature_store_compute(&slate->inputs, arena, &r);
    assert_int_equal(r.row_count, 2);
    assert_value(&r.rows[0], FEATURE_POINTS_AVG_LAST_5, 23.0, "phase4");
    assert_value(&r.rows[1], FEATURE_POINTS_AVG_LAST_5, 23.0, "phase3");
    assert_value(&r.rows[1], FEATURE_POINTS_AVG_LAST_10, 22.4, "phase3");
    assert_value(&r.rows[1], FEATURE_POINTS_AVG_SEASON, 22.4, "phase3");
    assert_absent(&r.rows[1], FEATURE_POINTS_STD_LAST_10, "missing");
    assert_absent(&r.rows[1], FEATURE_GAMES_IN_LAST_7_DAYS, "missing");
    assert_absent(&r.rows[1], FEATURE_TEAM_PACE, "missing");
    assert_value(&r.rows[1], FEATURE_MINUTES_CHANGE, 0.0, "calculated");
    assert_int_equal(r.rows[1].is_production_ready, BOOL_FALSE);
    assert_string_equal(r.rows[1].missing_processors.items[0], "player_daily_cache");
    /* al has no game of his own */
    assert_value(&r.rows[0], FEATURE_MINUTES_AVG_LAST_10, 32.4, "phase4");
    assert_value(&r.rows[0], FEATURE_PPM_AVG_LAST_10, 0.69, "phase4");
    assert_absent(&r.rows[0], FEATURE_PTS_SLOPE_10G, "missing");
}

static void
a_mean_of_five_needs_five_games(void **state)
{
    Season *s = season_new();
    Slate *slate;
    FeatureRow row;

    (void)state;
    team_plays(s, "2024-12-01", "NYK", "MIA", true, true);
    for (size_t i = 4; i > 0; i--)
        player_plays(s, ten_dates[i - 1], "NYK", "MIA", 10, 20, 0);
    slate = slate_new(s);
    slate->inputs.cache_count = 0;
    row = only_row(slate);
    assert_absent(&row, FEATURE_POINTS_AVG_LAST_5, "missing");
    assert_value(&row, FEATURE_POINTS_AVG_LAST_10, 10.0, "phase3");
    assert_absent(&row, FEATURE_TEAM_WIN_PCT, "missing");
    assert_absent(&row, FEATURE_BREAKOUT_FLAG, "missing");
}

static void
shot_shares_come_from_the_cache_without_a_zone_row(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->inputs.player_zone_count = 0;
    row = only_row(slate);
    assert_value(&row, FEATURE_PCT_PAINT, 0.39, "phase4");
    assert_absent(&row, FEATURE_PCT_MID_RANGE, "missing");
    assert_value(&row, FEATURE_PCT_THREE, 0.36, "phase4");
    assert_int_equal(row.required_default_count, 1);
    assert_string_equal(row.missing_processors.items[0], "player_shot_zone");
    slate->inputs.feeds = no_shots;
    row = only_row(slate);
    assert_absent(&row, FEATURE_PCT_MID_RANGE, "not_subscribed");
    assert_int_equal(row.required_default_count, 0);
}

static void
absent_precompute_rows_are_all_named(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->inputs.cache_count = slate->inputs.composite_count = 0;
    slate->inputs.player_zone_count = slate->inputs.team_zone_count = 0;
    row = only_row(slate);
    assert_int_equal(row.missing_processors.count, 4);
    assert_string_equal(row.missing_processors.items[1], "player_composite_factors");
    assert_string_equal(row.missing_processors.items[3], "team_defense_zone");
    assert_absent(&row, FEATURE_FATIGUE_SCORE, "missing");
    assert_absent(&row, FEATURE_OPPONENT_DEF_RATING, "missing");
    assert_int_equal(row.has_composite_factors, BOOL_FALSE);
    assert_string_equal(row.quality_alert_level, "red");
    assert_int_equal(row.is_production_ready, BOOL_FALSE);
}

static void
a_factor_that_could_not_be_computed_is_missing(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->composite.usage_spike_score = NULL_F64;
    slate->composite.shot_zone_mismatch_score = NULL_F64;
    slate->inputs.feeds = no_shots;
    row = only_row(slate);
    assert_absent(&row, FEATURE_USAGE_SPIKE_SCORE, "missing");
    assert_absent(&row, FEATURE_SHOT_ZONE_MISMATCH_SCORE, "not_subscribed");
    assert_int_equal(row.required_default_count, 1);
}

static void
a_value_outside_its_range_warns(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->cache.team_pace_last_10 = 89.9;
    slate->cache.points_avg_last_5 = 70.0; /* the bound itself is inside */
    row = only_row(slate);
    assert_true(has_alert(&row, "range_warning:team_pace"));
    assert_int_equal(row.quality_alerts.count, 1);
    assert_value(&row, FEATURE_TEAM_PACE, 89.9, "phase4");
}

static void
at_most_three_range_warnings_are_shown_beside_the_alerts(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->cache.points_avg_last_5 = slate->cache.points_avg_last_10 = 99.0;
    slate->cache.team_pace_last_10 = slate->cache.team_off_rating_last_10 = 9.0;
    slate->inputs.team_zone_count = 0;
    row = only_row(slate);
    assert_int_equal(row.quality_alerts.count, 5);
    assert_true(has_alert(&row, "opponent_defense_missing"));
    assert_true(has_alert(&row, "team_defense_zone_missing"));
    assert_true(has_alert(&row, "range_warning:points_avg_last_5"));
    assert_false(has_alert(&row, "range_warning:team_off_rating"));
}

static void
an_impossible_fatigue_drops_the_row_and_says_so(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureStoreResult r;

    (void)state;
    slate->composite.fatigue_score = -3;
    feature_store_compute(&slate->inputs, arena, &r);
    assert_int_equal(r.row_count, 0);
    assert_int_equal(r.skipped_count, 1);
    assert_string_equal(r.skipped[0].entity, "jo");
    assert_string_equal(r.skipped[0].processor, "feature_store");
    assert_string_equal(r.skipped[0].reason, "FEATURE_VALIDATION_ERROR");
    assert_string_equal(r.skipped[0].detail, "fatigue_score is -3, outside 0..100");
    assert_true(instant_is_null(r.as_of));
}

static void
placeholders_hold_no_values(void **state)
{
    UpcomingPlayer u = upcoming_jo();
    FeatureStoreResult r;

    (void)state;
    feature_store_placeholders(&u, 1, arena, &r);
    assert_int_equal(r.row_count, 1);
    for (FeatureIndex i = 0; i < FEATURE_COUNT; i++)
        assert_absent(&r.rows[0], i, "missing");
    assert_near(r.rows[0].feature_quality_score, 0.0);
    assert_int_equal(r.rows[0].early_season_flag, BOOL_TRUE);
    assert_string_equal(r.rows[0].insufficient_data_reason, "early_season");
    assert_string_equal(r.rows[0].primary_data_source, "early_season");
    assert_int_equal(r.rows[0].is_production_ready, BOOL_FALSE);
    assert_int_equal(r.rows[0].is_quality_ready, BOOL_FALSE);
    assert_int_equal(r.rows[0].has_vegas_line, BOOL_FALSE);
    assert_string_equal(r.rows[0].player_lookup, "jo");
    assert_non_null(r.rows[0].missing_processors.items);
}

/* ---- windows that lack games ---- */

static TextArray
named(const char *const *names, int32_t count)
{
    return (TextArray){.items = names, .count = count};
}

static void
assert_incomplete(const FeatureRow *row, const int *indices, int32_t count)
{
    assert_int_equal(row->incomplete_indices.count, count);
    for (int32_t i = 0; i < count; i++)
        assert_int_equal(row->incomplete_indices.items[i], indices[i]);
}

static void
a_flagged_column_has_an_incomplete_source(void **state)
{
    static const char *const last_5[] = {"points_avg_last_5"};
    static const int expected[] = {FEATURE_POINTS_AVG_LAST_5, FEATURE_PTS_VS_SEASON_ZSCORE, FEATURE_BREAKOUT_FLAG};
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->cache.incomplete_fields = named(last_5, 1);
    row = only_row(slate);
    assert_value(&row, FEATURE_POINTS_AVG_LAST_5, 23.0, "phase4_incomplete");
    assert_int_equal(row.feature_quality.items[FEATURE_POINTS_AVG_LAST_5], 70);
    assert_value(&row, FEATURE_POINTS_AVG_LAST_10, 22.4, "phase4");
    assert_value(&row, FEATURE_PTS_VS_SEASON_ZSCORE, 0.705271015, "calculated_incomplete");
    assert_value(&row, FEATURE_BREAKOUT_FLAG, 0.0, "calculated_incomplete");
    assert_incomplete(&row, expected, ARRAY_LEN(expected));
    assert_int_equal(row.default_feature_count, 0);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
    assert_near(row.feature_quality_score, 95.7); /* (3631 - 3 * 30) / 37 */
    assert_int_equal(row.training_quality_feature_count, 34);
}

static void
a_column_below_seventy_percent_is_missing_and_named(void **state)
{
    static const char *const last_10[] = {"points_std_last_10"};
    static const int expected[] = {FEATURE_POINTS_STD_LAST_10, FEATURE_PTS_VS_SEASON_ZSCORE, FEATURE_BREAKOUT_FLAG};
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->cache.points_std_last_10 = NULL_F64;
    slate->cache.incomplete_fields = named(last_10, 1);
    row = only_row(slate);
    assert_absent(&row, FEATURE_POINTS_STD_LAST_10, "missing");
    assert_absent(&row, FEATURE_PTS_VS_SEASON_ZSCORE, "missing");
    assert_absent(&row, FEATURE_BREAKOUT_FLAG, "missing");
    assert_incomplete(&row, expected, ARRAY_LEN(expected));
    assert_int_equal(row.required_default_count, 3);
    assert_int_equal(row.is_quality_ready, BOOL_FALSE);
}

static void
flags_of_every_upstream_row_are_carried(void **state)
{
    static const char *const factors[] = {"fatigue_score", "pace_score"};
    static const char *const zones[] = {"paint_rate_last_10", "mid_range_rate_last_10", "three_pt_rate_last_10"};
    static const char *const defense[] = {"defensive_rating_last_15", "opponent_pace"};
    static const char *const team[] = {"team_pace_last_10"};
    static const int expected[] = {FEATURE_FATIGUE_SCORE, FEATURE_PACE_SCORE, FEATURE_OPPONENT_DEF_RATING,
                                   FEATURE_OPPONENT_PACE, FEATURE_PCT_PAINT,  FEATURE_PCT_MID_RANGE,
                                   FEATURE_PCT_THREE,     FEATURE_TEAM_PACE};
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->composite.incomplete_inputs = named(factors, ARRAY_LEN(factors));
    slate->zone.incomplete_fields = named(zones, ARRAY_LEN(zones));
    slate->opponent.incomplete_fields = named(defense, ARRAY_LEN(defense));
    slate->cache.incomplete_fields = named(team, ARRAY_LEN(team));
    row = only_row(slate);
    assert_incomplete(&row, expected, ARRAY_LEN(expected));
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        assert_string_equal(row.feature_source.items[expected[i]], "phase4_incomplete");
    assert_near(row.matchup_quality_pct, 80.0); /* four of six at 70 */
    assert_int_equal(row.critical_feature_count, 2);
    assert_int_equal(row.critical_features_training_quality, BOOL_FALSE);
    assert_int_equal(row.has_composite_factors, BOOL_TRUE);
}

/* A hole between the newest game and the one before it: own games know nothing of it either. */
static void
formulas_over_own_games_see_their_holes(void **state)
{
    static const int expected[] = {FEATURE_RECENT_TREND,        FEATURE_PCT_FREE_THROW,  FEATURE_TEAM_WIN_PCT,
                                   FEATURE_MINUTES_AVG_LAST_10, FEATURE_PPM_AVG_LAST_10, FEATURE_DNP_RATE,
                                   FEATURE_PTS_SLOPE_10G};
    Season *s = season_of_ten_games();
    FeatureRow row;

    (void)state;
    team_plays(s, "2024-12-17", "NYK", "MIA", true, false);
    row = only_row(slate_new(s));
    assert_incomplete(&row, expected, ARRAY_LEN(expected));
    assert_value(&row, FEATURE_RECENT_TREND, 2.0, "calculated_incomplete");    /* 31 28 against 12 25 */
    assert_value(&row, FEATURE_PCT_FREE_THROW, 0.19, "calculated_incomplete"); /* 38 of 200 */
    assert_value(&row, FEATURE_TEAM_WIN_PCT, 0.636363636, "calculated_incomplete");
    assert_value(&row, FEATURE_MINUTES_AVG_LAST_10, 290.0 / 9.0, "phase4_incomplete");
    assert_value(&row, FEATURE_PPM_AVG_LAST_10, 200.0 / 290.0, "phase4_incomplete");
    assert_value(&row, FEATURE_DNP_RATE, 0.0, "calculated_incomplete");
    /* points 18 15 30 22 19 25 12 28 and 31 at 0..7 and 9, by Python */
    assert_value(&row, FEATURE_PTS_SLOPE_10G, 0.969354839, "calculated_incomplete");
    assert_int_equal(row.feature_sample_size.items[FEATURE_RECENT_TREND], 4);
    assert_int_equal(row.feature_sample_size.items[FEATURE_PTS_SLOPE_10G], 9);
    assert_int_equal(row.feature_sample_size.items[FEATURE_TEAM_WIN_PCT], 11);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
}

static void
means_of_own_games_in_place_of_a_cache_see_their_holes(void **state)
{
    Season *s = season_of_ten_games();
    Slate *slate;
    FeatureRow row;

    (void)state;
    team_plays(s, "2024-12-17", "NYK", "MIA", true, false);
    slate = slate_new(s);
    slate->inputs.cache_count = 0;
    row = only_row(slate);
    assert_value(&row, FEATURE_POINTS_AVG_LAST_5, (31 + 28 + 12 + 25) / 4.0, "calculated_incomplete");
    assert_value(&row, FEATURE_POINTS_AVG_LAST_10, 200.0 / 9.0, "calculated_incomplete");
    assert_value(&row, FEATURE_POINTS_AVG_SEASON, 22.4, "calculated_incomplete");
    assert_int_equal(row.feature_sample_size.items[FEATURE_POINTS_AVG_LAST_5], 4);
    assert_int_equal(row.cache_miss_fallback_used, BOOL_TRUE);
    assert_int_equal(only_row(slate_new(season_of_ten_games())).cache_miss_fallback_used, BOOL_FALSE);
    team_plays(s, "2024-12-15", "NYK", "MIA", true, false); /* three of five are not enough */
    slate = slate_new(s);
    slate->inputs.cache_count = 0;
    row = only_row(slate);
    assert_absent(&row, FEATURE_POINTS_AVG_LAST_5, "missing");
    assert_value(&row, FEATURE_POINTS_AVG_LAST_10, (31 + 28 + 12 + 25 + 19 + 22 + 30 + 15) / 8.0,
                 "calculated_incomplete");
    assert_absent(&row, FEATURE_RECENT_TREND, "missing");
}

/* The eight newest of ten games, and two sat out on top of them: as rows of no points they would make a
 * trend of 2 and a slope of -1.733. */
static void
games_sat_out_move_the_dnp_rate_alone(void **state)
{
    Season *s = season_new();
    FeatureRow row;

    (void)state;
    for (size_t i = 8; i > 0; i--) {
        team_plays(s, ten_dates[i - 1], "NYK", "MIA", true, true);
        player_plays(s, ten_dates[i - 1], "NYK", "MIA", (int32_t)ten_games.points[i - 1], ten_games.minutes[i - 1],
                     (int32_t)ten_games.ft_makes[i - 1]);
    }
    team_plays(s, "2024-12-19", "NYK", "MIA", true, true);
    team_plays(s, "2024-12-17", "NYK", "MIA", true, true);
    player_plays(s, "2024-12-19", "NYK", "MIA", 0, 0, 0);
    player_plays(s, "2024-12-17", "NYK", "MIA", 0, 0, 0);
    row = only_row(slate_new(s));
    assert_value(&row, FEATURE_RECENT_TREND, 0.0, "calculated");
    assert_value(&row, FEATURE_DNP_RATE, 0.2, "calculated");
    assert_value(&row, FEATURE_PTS_SLOPE_10G, 0.928571429, "calculated");
}

static void
a_hole_against_the_opponent_is_no_first_meeting(void **state)
{
    Season *s = season_of_ten_games();
    Slate *slate;
    FeatureRow row;

    (void)state;
    team_plays(s, "2024-12-17", "NYK", "BOS", true, false); /* two meetings of three: too few */
    row = only_row(slate_new(s));
    assert_absent(&row, FEATURE_AVG_POINTS_VS_OPPONENT, "missing");
    assert_absent(&row, FEATURE_GAMES_VS_OPPONENT, "missing");
    player_plays(s, "2024-11-28", "NYK", "BOS", 10, 20, 0); /* three of four */
    row = only_row(slate_new(s));
    assert_value(&row, FEATURE_AVG_POINTS_VS_OPPONENT, 19.0, "phase4_incomplete");
    assert_value(&row, FEATURE_GAMES_VS_OPPONENT, 3.0, "phase4_incomplete");
    assert_int_equal(row.feature_sample_size.items[FEATURE_GAMES_VS_OPPONENT], 3);
    s = season_of_ten_games();
    team_plays(s, "2024-12-17", "NYK", "UTA", true, false); /* he may have met them, and nobody knows */
    slate = slate_new(s);
    slate->player.opponent = slate->opponent.team = "UTA";
    row = only_row(slate);
    assert_absent(&row, FEATURE_AVG_POINTS_VS_OPPONENT, "missing");
    assert_absent(&row, FEATURE_GAMES_VS_OPPONENT, "missing");
    assert_int_equal(row.required_default_count, 2);
}

static void
rest_that_nobody_knows_is_missing_and_named(void **state)
{
    static const char *const rest[] = {"days_rest", "back_to_back"};
    static const int expected[] = {FEATURE_REST_ADVANTAGE, FEATURE_BACK_TO_BACK};
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.days_rest = NULL_I32;
    slate->player.back_to_back = BOOL_NULL;
    slate->player.incomplete_fields = named(rest, ARRAY_LEN(rest));
    row = only_row(slate);
    assert_absent(&row, FEATURE_REST_ADVANTAGE, "missing");
    assert_absent(&row, FEATURE_BACK_TO_BACK, "missing");
    assert_incomplete(&row, expected, ARRAY_LEN(expected));
}

static void
an_absent_feed_is_no_incomplete_window(void **state)
{
    static const char *const zones[] = {"paint_rate_last_10", "mid_range_rate_last_10", "three_pt_rate_last_10"};
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->zone.paint_rate_last_10 = slate->zone.mid_range_rate_last_10 = slate->zone.three_pt_rate_last_10 = NULL_F64;
    slate->zone.incomplete_fields = named(zones, ARRAY_LEN(zones));
    slate->inputs.feeds = no_shots;
    row = only_row(slate);
    assert_absent(&row, FEATURE_PCT_PAINT, "not_subscribed");
    assert_int_equal(row.incomplete_indices.count, 0);
}

static void
samples_are_the_games_that_a_value_rests_on(void **state)
{
    static const int32_t expected[FEATURE_COUNT] = {
        5,        10,       10,       10,       3,        6,  10, 10, 7,  NULL_I32, NULL_I32, 5,  10,
        15,       15,       NULL_I32, NULL_I32, NULL_I32, 10, 10, 10, 10, 10,       10,       11, NULL_I32,
        NULL_I32, NULL_I32, NULL_I32, 2,        2,        10, 10, 10, 10, 10,       10,
    };
    FeatureRow row = only_row(slate_new(season_of_ten_games()));

    (void)state;
    assert_int_equal(row.feature_sample_size.count, FEATURE_COUNT);
    for (int i = 0; i < FEATURE_COUNT; i++) {
        if (row.feature_sample_size.items[i] != expected[i])
            fail_msg("%s rests on %d games, not %d", feature_contract[i].name, row.feature_sample_size.items[i],
                     expected[i]);
    }
}

static void
production_ready_asks_every_upstream_row(void **state)
{
    Slate *slate;
    TriBool *flags[5];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        slate = slate_new(season_of_ten_games());
        flags[0] = &slate->player.is_production_ready;
        flags[1] = &slate->cache.is_production_ready;
        flags[2] = &slate->composite.is_production_ready;
        flags[3] = &slate->zone.is_production_ready;
        flags[4] = &slate->opponent.is_production_ready;
        *flags[i] = BOOL_FALSE;
        assert_int_equal(only_row(slate).is_production_ready, BOOL_FALSE);
        slate->inputs.feeds = no_shots; /* zones are in nobody's row then */
        assert_int_equal(only_row(slate).is_production_ready, i < 2 ? BOOL_FALSE : BOOL_TRUE);
    }
    slate = slate_new(season_of_ten_games());
    slate->inputs.feeds = no_shots;
    slate->opponent.window_15_used = 10;
    assert_int_equal(only_row(slate).is_production_ready, BOOL_FALSE);
}

static void
values_outside_their_range_are_indexed(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row = only_row(slate);

    (void)state;
    assert_int_equal(row.out_of_range_indices.count, 0);
    slate->cache.points_avg_last_5 = slate->cache.points_avg_last_10 = 99.0;
    slate->cache.team_pace_last_10 = slate->cache.team_off_rating_last_10 = 9.0;
    row = only_row(slate);
    assert_int_equal(row.out_of_range_indices.count, 4);
    assert_int_equal(row.out_of_range_indices.items[0], FEATURE_POINTS_AVG_LAST_5);
    assert_int_equal(row.out_of_range_indices.items[3], FEATURE_TEAM_OFF_RATING);
}

static void
the_worst_category_stands_beside_the_score(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row = only_row(slate);

    (void)state;
    assert_string_equal(row.worst_category, "game_context"); /* 96.5 */
    assert_near(row.worst_category_pct, 96.5);
    slate->inputs.composite_count = slate->inputs.team_zone_count = 0;
    row = only_row(slate);
    assert_string_equal(row.worst_category, "matchup");
    assert_near(row.worst_category_pct, 0.0);
}

static bool
is_null_field(const Column *column, const void *field)
{
    const void *pointer;

    switch (column->type) {
    case COL_I32:
        return *(const int32_t *)field == NULL_I32;
    case COL_F64:
        return f64_is_null(*(const double *)field);
    case COL_BOOL:
        return *(const TriBool *)field == BOOL_NULL;
    case COL_DATE:
        return date_is_null(*(const GameDate *)field);
    case COL_TEXT:
    case COL_F64_ARRAY:
    case COL_I32_ARRAY:
    case COL_TEXT_ARRAY:
    case COL_BYTES:
    case COL_JSON: /* these begin with their pointer */
        memcpy(&pointer, field, sizeof pointer);
        return pointer == NULL;
    case COL_I64:
    case COL_TS:
        return *(const int64_t *)field == NULL_I64;
    }
    return true;
}

static void
assert_no_null_where_forbidden(const FeatureRow *row)
{
    for (size_t c = 0; c < feature_row_table.column_count; c++) {
        const Column *column = &feature_row_table.columns[c];

        if (column->not_null && is_null_field(column, table_field(&feature_row_table, row, 0, c)))
            fail_msg("%s is NULL", column->name);
    }
}

static void
rows_and_placeholders_fill_every_mandatory_column(void **state)
{
    UpcomingPlayer u = upcoming_jo();
    FeatureRow row = only_row(slate_new(season_of_ten_games()));
    FeatureStoreResult r;

    (void)state;
    assert_no_null_where_forbidden(&row);
    feature_store_placeholders(&u, 1, arena, &r);
    assert_no_null_where_forbidden(&r.rows[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complete_slate_fills_every_feature),
        cmocka_unit_test(absent_feeds_are_named_and_block_nobody),
        cmocka_unit_test(a_status_that_a_subscribed_feed_did_not_bring_is_missing),
        cmocka_unit_test(no_line_is_missing_but_optional),
        cmocka_unit_test(a_first_meeting_has_no_history_and_blocks_nobody),
        cmocka_unit_test(each_absent_value_of_the_context_is_missing),
        cmocka_unit_test(one_player_without_a_cache_row_falls_back_alone),
        cmocka_unit_test(a_mean_of_five_needs_five_games),
        cmocka_unit_test(shot_shares_come_from_the_cache_without_a_zone_row),
        cmocka_unit_test(absent_precompute_rows_are_all_named),
        cmocka_unit_test(a_factor_that_could_not_be_computed_is_missing),
        cmocka_unit_test(a_value_outside_its_range_warns),
        cmocka_unit_test(at_most_three_range_warnings_are_shown_beside_the_alerts),
        cmocka_unit_test(an_impossible_fatigue_drops_the_row_and_says_so),
        cmocka_unit_test(placeholders_hold_no_values),
        cmocka_unit_test(a_flagged_column_has_an_incomplete_source),
        cmocka_unit_test(a_column_below_seventy_percent_is_missing_and_named),
        cmocka_unit_test(flags_of_every_upstream_row_are_carried),
        cmocka_unit_test(formulas_over_own_games_see_their_holes),
        cmocka_unit_test(means_of_own_games_in_place_of_a_cache_see_their_holes),
        cmocka_unit_test(games_sat_out_move_the_dnp_rate_alone),
        cmocka_unit_test(a_hole_against_the_opponent_is_no_first_meeting),
        cmocka_unit_test(rest_that_nobody_knows_is_missing_and_named),
        cmocka_unit_test(an_absent_feed_is_no_incomplete_window),
        cmocka_unit_test(samples_are_the_games_that_a_value_rests_on),
        cmocka_unit_test(production_ready_asks_every_upstream_row),
        cmocka_unit_test(values_outside_their_range_are_indexed),
        cmocka_unit_test(the_worst_category_stands_beside_the_score),
        cmocka_unit_test(rows_and_placeholders_fill_every_mandatory_column),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
