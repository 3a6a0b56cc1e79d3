/*
 * tests/unit/test_systems.c
 *    Claims about the prediction systems, what makes a prediction actionable, and prediction rows.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "workers/predictions/actionable.h"
#include "workers/predictions/predictor_core.h"
#include "workers/predictions/systems.h"

#define NEAR 1e-9

typedef struct {
    double l5, l10, season, std, games_7, tiredness, mismatch, pace, usage;
    double home, back_to_back, def_rating, paint, mid, three, free_throw, line;
} Player;

/* Doubles, where cmocka compares floats. */
static void
assert_near(double found, double wanted, double within)
{
    if (!(fabs(found - wanted) <= within))
        fail_msg("%.17g is not %.17g", found, wanted);
}

/* Three players with outcomes worked out by hand from the formulas. The score that the formulas
 * punish is tiredness; features carry its mirror, freshness. */
static const Player player_a = {26.4, 25.1, 24.0, 5.2, 3, 85, 2.0, 1.0, .6, 1, 0, 115, .40, .15, .35, .15, 23.5};
static const Player player_b = {9.0, 10.2, 11.5, 6.4, 4, 60, -1.5, -.8, -.4, 0, 1, 108, .25, .10, .50, .15, 11.5};
static const Player player_c = {17.0, 16.0, 15.5, 3.6, 1, 45, 0, 0, 0, 1, 0, 112, .35, .15, .35, .15, 16.5};

static void
fill_values(const Player *p, double values[FEATURE_COUNT])
{
    for (int i = 0; i < FEATURE_COUNT; i++)
        values[i] = NULL_F64;
    values[FEATURE_POINTS_AVG_LAST_5] = p->l5;
    values[FEATURE_POINTS_AVG_LAST_10] = p->l10;
    values[FEATURE_POINTS_AVG_SEASON] = p->season;
    values[FEATURE_POINTS_STD_LAST_10] = p->std;
    values[FEATURE_GAMES_IN_LAST_7_DAYS] = p->games_7;
    values[FEATURE_FATIGUE_SCORE] = 100.0 - p->tiredness;
    values[FEATURE_SHOT_ZONE_MISMATCH_SCORE] = p->mismatch;
    values[FEATURE_PACE_SCORE] = p->pace;
    values[FEATURE_USAGE_SPIKE_SCORE] = p->usage;
    values[FEATURE_OPPONENT_DEF_RATING] = p->def_rating;
    values[FEATURE_HOME_AWAY] = p->home;
    values[FEATURE_BACK_TO_BACK] = p->back_to_back;
    values[FEATURE_PCT_PAINT] = p->paint;
    values[FEATURE_PCT_MID_RANGE] = p->mid;
    values[FEATURE_PCT_THREE] = p->three;
    values[FEATURE_PCT_FREE_THROW] = p->free_throw;
}

static SystemOutput
predict(const char *system, const double *values, double line)
{
    SystemInput in = {.values = values, .line = line};
    const PredictionSystem *row = prediction_system_by_id(system);

    assert_non_null(row);
    return system_predict(row, &in);
}

static void
check(const char *system, const Player *p, double points, double confidence, const char *recommended)
{
    double values[FEATURE_COUNT];
    SystemOutput out;

    fill_values(p, values);
    out = predict(system, values, p->line);
    assert_null(out.missing);
    assert_near(out.predicted_points, points, 0.0005);
    assert_near(out.confidence_pct, confidence, NEAR);
    assert_string_equal(out.recommendation, recommended);
}

static void
moving_average_gives_the_published_vectors(void **state)
{
    (void)state;
    check("moving_average_baseline", &player_a, 24.670, 52, "PASS");
    check("moving_average_baseline", &player_b, 6.010, 45, "PASS"); /* 45 is not above 45 */
    check("moving_average_baseline", &player_c, 16.900, 40, "PASS");
}

static void
zone_matchup_gives_the_published_vectors(void **state)
{
    (void)state;
    check("zone_matchup_v1", &player_a, 27.735, 52, "OVER");
    check("zone_matchup_v1", &player_b, 7.984, 45, "PASS");
    check("zone_matchup_v1", &player_c, 17.698, 40, "PASS");
}

static void
fatigue_costs_points_at_the_tired_end_only(void **state)
{
    static const struct {
        double fatigue, average, zone;
    } cases[] = {
        {100, 0.0, 0.0},  {85, 0.0, 0.0},   {50, 0.0, 0.0},  {49, -1.0, -0.8},
        {30, -1.0, -0.8}, {29, -2.5, -1.5}, {0, -2.5, -1.5},
    };
    double values[FEATURE_COUNT];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        fill_values(&player_a, values);
        values[FEATURE_FATIGUE_SCORE] = cases[i].fatigue;
        /* 27.17 and 29.235 are player A's outcomes without any penalty. */
        assert_near(predict("moving_average_baseline", values, NULL_F64).predicted_points, 27.17 + cases[i].average,
                    NEAR);
        assert_near(predict("zone_matchup_v1", values, NULL_F64).predicted_points, 29.235 + cases[i].zone, NEAR);
    }
}

static void
missing_optional_features_add_nothing(void **state)
{
    double with_zero[FEATURE_COUNT];
    double without[FEATURE_COUNT];

    (void)state;
    fill_values(&player_a, with_zero);
    fill_values(&player_a, without);
    with_zero[FEATURE_SHOT_ZONE_MISMATCH_SCORE] = with_zero[FEATURE_PACE_SCORE] = with_zero[FEATURE_USAGE_SPIKE_SCORE]
        = 0.0;
    without[FEATURE_SHOT_ZONE_MISMATCH_SCORE] = without[FEATURE_PACE_SCORE] = without[FEATURE_USAGE_SPIKE_SCORE]
        = NULL_F64;
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++) {
        const char *id = prediction_systems[i].id;
        SystemOutput out = predict(id, without, 20.5);

        assert_null(out.missing);
        assert_near(out.predicted_points, predict(id, with_zero, 20.5).predicted_points, 0.0);
    }
}

static void
a_missing_required_feature_is_named_and_nothing_is_predicted(void **state)
{
    static const struct {
        FeatureIndex place;
        const char *average, *zone; /* NULL where the system does not need it */
    } cases[] = {
        {FEATURE_POINTS_AVG_LAST_5, "points_avg_last_5", NULL},
        {FEATURE_POINTS_AVG_LAST_10, "points_avg_last_10", NULL},
        {FEATURE_POINTS_AVG_SEASON, "points_avg_season", "points_avg_season"},
        {FEATURE_POINTS_STD_LAST_10, "points_std_last_10", "points_std_last_10"},
        {FEATURE_GAMES_IN_LAST_7_DAYS, "games_in_last_7_days", "games_in_last_7_days"},
        {FEATURE_FATIGUE_SCORE, "fatigue_score", "fatigue_score"},
        {FEATURE_BACK_TO_BACK, "back_to_back", NULL},
        {FEATURE_HOME_AWAY, "home_away", "home_away"},
        {FEATURE_OPPONENT_DEF_RATING, NULL, "opponent_def_rating"},
        {FEATURE_PCT_PAINT, NULL, "pct_paint"},
        {FEATURE_PCT_MID_RANGE, NULL, "pct_mid_range"},
        {FEATURE_PCT_THREE, NULL, "pct_three"},
        {FEATURE_PCT_FREE_THROW, NULL, "pct_free_throw"},
    };
    double values[FEATURE_COUNT];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *wanted[] = {cases[i].average, cases[i].zone};

        fill_values(&player_a, values);
        values[cases[i].place] = NULL_F64;
        for (size_t s = 0; s < ARRAY_LEN(wanted); s++) {
            SystemOutput out = predict(prediction_systems[s].id, values, 20.5);

            if (wanted[s] == NULL)
                assert_null(out.missing);
            else
                assert_string_equal(out.missing, wanted[s]);
            assert_true((out.missing == NULL) == (out.recommendation != NULL));
        }
    }
}

static void
predictions_stay_between_0_and_60(void **state)
{
    Player p = player_a;
    double values[FEATURE_COUNT];

    (void)state;
    p.l5 = p.l10 = p.season = 75.0;
    fill_values(&p, values);
    assert_near(predict("moving_average_baseline", values, NULL_F64).predicted_points, 60.0, 0.0);
    p.l5 = p.l10 = p.season = 0.0;
    p.home = 0;
    fill_values(&p, values);
    assert_near(predict("moving_average_baseline", values, NULL_F64).predicted_points, 0.0, 0.0);
}

static void
confidence_takes_its_nine_steps(void **state)
{
    static const struct {
        double std, games, pct;
    } cases[] = {
        {4.0, 3, 60}, {4.0, 2, 55}, {4.0, 1, 40}, {4.1, 3, 52}, {6.0, 2, 47},
        {6.0, 0, 32}, {6.1, 4, 45}, {6.1, 2, 40}, {6.1, 1, 25},
    };
    double values[FEATURE_COUNT];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        fill_values(&player_a, values);
        values[FEATURE_POINTS_STD_LAST_10] = cases[i].std;
        values[FEATURE_GAMES_IN_LAST_7_DAYS] = cases[i].games;
        assert_near(predict("zone_matchup_v1", values, NULL_F64).confidence_pct, cases[i].pct, 0.0);
    }
}

static void
a_recommendation_needs_a_line_more_than_2_points_away(void **state)
{
    double values[FEATURE_COUNT];

    (void)state;
    fill_values(&player_a, values); /* predicts 24.67 */
    assert_string_equal(predict("moving_average_baseline", values, NULL_F64).recommendation, "NO_LINE");
    assert_string_equal(predict("moving_average_baseline", values, 22.5).recommendation, "OVER");
    assert_string_equal(predict("moving_average_baseline", values, 23.0).recommendation, "PASS");
    assert_string_equal(predict("moving_average_baseline", values, 26.5).recommendation, "PASS");
    assert_string_equal(predict("moving_average_baseline", values, 27.0).recommendation, "UNDER");
}

/* A prediction that nothing holds back. */
static ActionableInput
clean_over(void)
{
    return (ActionableInput){
        .recommendation = "OVER",
        .confidence_pct = 60,
        .edge = 5.5,
        .points_avg_season = 18,
        .points_avg_last_5 = 18,
        .is_quality_ready = true,
    };
}

static void
a_clean_prediction_is_actionable(void **state)
{
    ActionableInput in = clean_over();

    (void)state;
    assert_null(actionable_filter_reason(&in));
    in.recommendation = "UNDER";
    assert_null(actionable_filter_reason(&in));
}

static void
filters_hold_back_what_they_name_in_their_order(void **state)
{
    static const struct {
        const char *recommendation;
        double confidence, edge, season, l5;
        bool ready;
        int32_t defaults;
        const char *status, *reason;
    } cases[] = {
        {"NO_LINE", 89, NULL_F64, 30, 30, false, 2, "doubtful", "no_line"},
        {"PASS", 89, 1, 30, 30, false, 2, "doubtful", "pass"},
        {"OVER", 89, 1, 30, 30, false, 2, "doubtful", "player_doubtful"},
        {"OVER", 60, 5, 18, 18, true, 0, "questionable", NULL},
        {"OVER", 88, 1, 18, 18, false, 2, NULL, "confidence_tier_88_90"},
        {"OVER", 89.9, 9, 18, 18, true, 0, NULL, "confidence_tier_88_90"},
        {"OVER", 90, 9, 18, 18, true, 0, NULL, NULL},
        {"OVER", 87.9, 9, 18, 18, true, 0, NULL, NULL},
        {"UNDER", 60, 2.99, 10, 18, false, 2, NULL, "low_edge"},
        {"OVER", 60, 3.0, 18, 18, true, 0, NULL, NULL},
        {"UNDER", 60, 5.0, 25, 40, false, 2, NULL, "star_under_bias_suspect"},
        {"UNDER", 60, 4.9, 25, 25, true, 0, NULL, NULL},
        {"OVER", 60, 5.0, 25, 25, true, 0, NULL, NULL},
        {"UNDER", 60, 4.9, 8, 18, false, 2, NULL, "role_player_under_low_edge"},
        {"UNDER", 60, 4.9, 16, 16, true, 0, NULL, "role_player_under_low_edge"},
        {"UNDER", 60, 4.9, 16.1, 16, true, 0, NULL, NULL},
        {"UNDER", 60, 5.0, 16, 16, true, 0, NULL, NULL},
        {"UNDER", 60, 6, 18, 21.1, false, 2, NULL, "hot_streak_under_risk"},
        {"UNDER", 60, 6, 18, 21.0, true, 0, NULL, NULL},
        {"OVER", 60, 6, 18, 25, true, 0, NULL, NULL},
        {"OVER", 60, 6, 18, 18, false, 2, NULL, "not_quality_ready"},
        {"OVER", 60, 6, 18, 18, true, 1, NULL, "has_default_features"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        ActionableInput in = {
            .recommendation = cases[i].recommendation,
            .confidence_pct = cases[i].confidence,
            .edge = cases[i].edge,
            .points_avg_season = cases[i].season,
            .points_avg_last_5 = cases[i].l5,
            .is_quality_ready = cases[i].ready,
            .required_default_count = cases[i].defaults,
            .player_status = cases[i].status,
        };
        const char *reason = actionable_filter_reason(&in);

        if (cases[i].reason == NULL)
            assert_null(reason);
        else
            assert_string_equal(reason, cases[i].reason);
    }
}

static void
labels_change_at_their_limits(void **state)
{
    (void)state;
    assert_string_equal(scoring_tier(25.0), "star");
    assert_string_equal(scoring_tier(24.9), "starter");
    assert_string_equal(scoring_tier(15.0), "starter");
    assert_string_equal(scoring_tier(14.9), "role");
    assert_string_equal(scoring_tier(5.0), "role");
    assert_string_equal(scoring_tier(4.9), "bench");
    assert_true(quality_is_low(84.99));
    assert_false(quality_is_low(85.0));
}

/* Rows that fit together: player A at home with a line of 20.0. */
typedef struct {
    double values[FEATURE_COUNT];
    FeatureRow features;
    UpcomingPlayer player;
    PredictorRun run;
} Case;

static void
fill_case(Case *c)
{
    GameDate date;

    assert_true(date_make(2024, 12, 5, &date));
    fill_values(&player_a, c->values);
    c->features = feature_row_null();
    c->features.game_date = date;
    c->features.player_lookup = "annaample";
    c->features.game_id = "20241205_BBB_AAA";
    c->features.feature_values = (F64Array){c->values, FEATURE_COUNT};
    c->features.feature_quality_score = 79.5; /* what absent feeds leave of it */
    c->features.effective_quality_score = 96.0;
    c->features.quality_alert_level = "green";
    c->features.vegas_line_source = "odds_api";
    c->features.is_quality_ready = BOOL_TRUE;
    c->features.required_default_count = 0;
    c->features.default_feature_count = 4;
    c->features.as_of = (Instant){1000};
    c->player = upcoming_player_null();
    c->player.game_date = date;
    c->player.player_lookup = "annaample";
    c->player.player_name = "Anna Ample";
    c->player.game_id = "20241205_BBB_AAA";
    c->player.team = "AAA";
    c->player.opponent = "BBB";
    c->player.is_home = BOOL_TRUE;
    c->player.has_prop_line = BOOL_TRUE;
    c->player.current_points_line = 20.0;
    c->player.line_sportsbook = "draftkings";
    c->player.line_stamp = (Instant){2000};
    c->run = (PredictorRun){"moving_average_baseline", 3, RUN_BACKFILL, false, "batch-1"};
}

static PredictorResult
run_case(const Case *c, Arena *a)
{
    PredictorResult out;
    Err err = {0};

    assert_true(predictor_rows(&c->player, &c->features, &c->run, a, &out, &err));
    return out;
}

static void
a_row_says_what_was_predicted_and_from_what(void **state)
{
    Arena *a = *state;
    Case c;
    PredictorResult out;

    fill_case(&c);
    out = run_case(&c, a);
    assert_int_equal(out.count, 2);
    assert_null(out.skip_reason);
    const Prediction *row = &out.rows[0];

    assert_string_equal(row->prediction_id, "2024-12-05:annaample:moving_average_baseline:v3");
    assert_string_equal(row->system_id, "moving_average_baseline");
    assert_int_equal(row->version, 3);
    assert_near(row->predicted_points, 24.7, NEAR);
    assert_near(row->line_margin, 4.67, NEAR); /* of 24.67, not of 24.7 */
    assert_near(row->confidence_score, 52, NEAR);
    assert_string_equal(row->recommendation, "OVER");
    assert_string_equal(row->line_source, "ACTUAL_PROP"); /* a line of exactly 20 is a line */
    assert_string_equal(row->sportsbook, "draftkings");
    assert_near(row->feature_quality_score, 96.0, NEAR);
    assert_int_equal(row->low_quality_flag, BOOL_FALSE);
    assert_string_equal(row->prediction_run_mode, "BACKFILL");
    assert_string_equal(row->scoring_tier, "starter");
    assert_int_equal(row->is_actionable, BOOL_TRUE);
    assert_null(row->filter_reason);
    assert_int_equal(row->is_active, BOOL_TRUE);
    assert_int_equal(row->is_live, BOOL_FALSE);
    assert_int_equal(row->inputs_changed, BOOL_FALSE);
    assert_int_equal(row->as_of.us, 2000);
    assert_string_equal(out.rows[1].prediction_id, "2024-12-05:annaample:zone_matchup_v1:v3");
    assert_near(out.rows[1].line_margin, 7.74, NEAR); /* 7.735 away from zero */
}

static void
without_a_line_a_row_has_no_margin_and_is_not_actionable(void **state)
{
    Arena *a = *state;
    Case c;
    PredictorResult out;

    fill_case(&c);
    c.player.has_prop_line = BOOL_FALSE;
    c.player.current_points_line = NULL_F64;
    c.player.line_sportsbook = NULL;
    c.player.line_stamp = INSTANT_NULL;
    out = run_case(&c, a);
    assert_int_equal(out.count, 2);
    assert_string_equal(out.rows[0].recommendation, "NO_LINE");
    assert_string_equal(out.rows[0].line_source, "NO_PROP_LINE");
    assert_int_equal(out.rows[0].has_prop_line, BOOL_FALSE);
    assert_true(f64_is_null(out.rows[0].line_margin));
    assert_true(f64_is_null(out.rows[0].current_points_line));
    assert_int_equal(out.rows[0].is_actionable, BOOL_FALSE);
    assert_string_equal(out.rows[0].filter_reason, "no_line");
    assert_int_equal(out.rows[0].as_of.us, 1000);
}

static void
the_champion_decides_whether_the_request_was_served(void **state)
{
    Arena *a = *state;
    Case c;
    PredictorResult out;

    fill_case(&c);
    c.values[FEATURE_POINTS_AVG_LAST_5] = NULL_F64;
    out = run_case(&c, a);
    assert_int_equal(out.count, 1);
    assert_string_equal(out.rows[0].system_id, "zone_matchup_v1");
    assert_string_equal(out.skip_reason, "missing_points_avg_last_5");
    c.run.champion = "zone_matchup_v1";
    assert_null(run_case(&c, a).skip_reason);
    c.run.champion = "nobody";
    assert_string_equal(run_case(&c, a).skip_reason, "champion_unknown");
}

static void
features_of_another_game_are_poison(void **state)
{
    Arena *a = *state;
    Case c;
    PredictorResult out;
    Err err = {0};

    fill_case(&c);
    c.features.game_id = "20241205_DDD_CCC";
    assert_false(predictor_rows(&c.player, &c.features, &c.run, a, &out, &err));
    assert_int_equal(err.cls, ERR_POISON);
    fill_case(&c);
    c.features.feature_values.count = 33;
    assert_false(predictor_rows(&c.player, &c.features, &c.run, a, &out, &err));
    assert_int_equal(err.cls, ERR_POISON);
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
        cmocka_unit_test(moving_average_gives_the_published_vectors),
        cmocka_unit_test(zone_matchup_gives_the_published_vectors),
        cmocka_unit_test(fatigue_costs_points_at_the_tired_end_only),
        cmocka_unit_test(missing_optional_features_add_nothing),
        cmocka_unit_test(a_missing_required_feature_is_named_and_nothing_is_predicted),
        cmocka_unit_test(predictions_stay_between_0_and_60),
        cmocka_unit_test(confidence_takes_its_nine_steps),
        cmocka_unit_test(a_recommendation_needs_a_line_more_than_2_points_away),
        cmocka_unit_test(a_clean_prediction_is_actionable),
        cmocka_unit_test(filters_hold_back_what_they_name_in_their_order),
        cmocka_unit_test(labels_change_at_their_limits),
        cmocka_unit_test(a_row_says_what_was_predicted_and_from_what),
        cmocka_unit_test(without_a_line_a_row_has_no_margin_and_is_not_actionable),
        cmocka_unit_test(the_champion_decides_whether_the_request_was_served),
        cmocka_unit_test(features_of_another_game_are_poison),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
