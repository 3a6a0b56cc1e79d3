/*
 * tests/unit/test_feature_rows.c
 *    Feature rows: where each value comes from, and what the row says of itself.
 */
#include "feature_slate.h"

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
    slate->inputs.is_feed_subscribed = lacks_injuries_and_props;
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
    slate->inputs.is_feed_subscribed = lacks_shots;
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
    slate->inputs.is_feed_subscribed = lacks_shots;
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
    assert_int_equal(row.quality_alerts.count, 4);
    assert_true(has_alert(&row, "opponent_defense_missing"));
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
        cmocka_unit_test(rows_and_placeholders_fill_every_mandatory_column),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
