/*
 * tests/unit/test_systems.c
 *    Claims about the prediction systems, what makes a prediction actionable, and prediction rows.
 */
#include "tests/unit/model_fixtures.h"
#include "libcore/io/db_table.h"
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
    return system_predict(row, &in, NULL);
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
    for (SystemId i = SYSTEM_MOVING_AVERAGE; i <= SYSTEM_ZONE_MATCHUP; i++) {
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

/* ---- games alike ---- */

static PlayerSimilarity
games_alike(int32_t games, double avg_score, double points_std)
{
    PlayerSimilarity s = player_similarity_null();

    s.player_lookup = "annaample";
    s.baseline = 22.0;
    s.games = games;
    s.avg_score = avg_score;
    s.min_score = 70;
    s.points_std = points_std;
    return s;
}

static SystemOutput
predict_alike(const PlayerSimilarity *similar, const Player *p, double line)
{
    double values[FEATURE_COUNT];
    SystemInput in = {.values = values, .line = line, .similar = similar};

    fill_values(p, values);
    return system_predict(&prediction_systems[SYSTEM_SIMILARITY], &in, NULL);
}

/* A: 22 + (15 - 70) * .015 + .4 * 2 + .8 * 1 + .8 * .6 + .8; B away: 22 + (40 - 70) * .015 - .6 - .64 - .32 - .5. */
static void
games_alike_are_adjusted_to_this_one(void **state)
{
    const PlayerSimilarity s = games_alike(15, 85, 3.9);

    (void)state;
    assert_near(predict_alike(&s, &player_a, NULL_F64).predicted_points, 24.055, NEAR);
    assert_near(predict_alike(&s, &player_b, NULL_F64).predicted_points, 19.49, NEAR);
}

static void
confidence_in_games_alike_adds_number_likeness_and_steadiness(void **state)
{
    static const struct {
        int32_t games;
        double score, std, pct;
    } cases[] = {
        {15, 85, 3.9, 69}, {14, 85, 3.9, 66}, {10, 85, 3.9, 66}, {9, 85, 3.9, 63},  {7, 85, 3.9, 63},  {6, 85, 3.9, 47},
        {15, 84, 3.9, 66}, {15, 74, 3.9, 63}, {15, 85, 4.0, 65}, {15, 85, 6.0, 61}, {15, 85, 8.0, 54}, {5, 70, 9.0, 26},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const PlayerSimilarity s = games_alike(cases[i].games, cases[i].score, cases[i].std);

        assert_near(predict_alike(&s, &player_a, 20.5).confidence_pct, cases[i].pct, 0.0);
    }
}

static void
games_alike_recommend_from_65_percent_and_2_points(void **state)
{
    const PlayerSimilarity sure = games_alike(15, 85, 4.0), unsure = games_alike(9, 85, 3.9);

    (void)state;
    assert_string_equal(predict_alike(&sure, &player_a, 22.055).recommendation, "OVER");
    assert_string_equal(predict_alike(&sure, &player_a, 22.5).recommendation, "PASS");
    assert_string_equal(predict_alike(&sure, &player_a, 26.5).recommendation, "UNDER");
    assert_string_equal(predict_alike(&unsure, &player_a, 20.5).recommendation, "PASS");
}

static void
without_games_alike_the_reason_is_theirs(void **state)
{
    PlayerSimilarity s = games_alike(4, 80, 3);

    (void)state;
    s.baseline = NULL_F64;
    s.reason = "too_few_similar_games";
    assert_string_equal(predict_alike(&s, &player_a, 20.5).absent, "too_few_similar_games");
    assert_null(predict_alike(&s, &player_a, 20.5).recommendation);
    assert_string_equal(predict_alike(NULL, &player_a, 20.5).absent, "no_similar_games");
}

/* ---- models ---- */

/* A model of the fixtures that takes the contract's first features. */
static RegisteredModel
registered(Model *model, const char *file)
{
    static int places[FEATURE_COUNT];
    static const char *names[FEATURE_COUNT];
    RegisteredModel m = {.model_id = "m1", .file_name = file, .model = model, .sha256 = "0123456789abcdef"};

    m.inputs = (ModelInputs){places, names, model_info(m.model)->feature_count};
    assert_true(m.inputs.count <= FEATURE_COUNT);
    for (int i = 0; i < FEATURE_COUNT; i++) {
        places[i] = i;
        names[i] = feature_contract[i].name;
    }
    return m;
}

/* Some number for every feature. */
static void
fill_every_value(const Player *p, double values[FEATURE_COUNT])
{
    fill_values(p, values);
    for (int i = 0; i < FEATURE_COUNT; i++)
        if (isnan(values[i]))
            values[i] = 0.25 * i;
}

static SystemOutput
ask(SystemId system, const RegisteredModel *m, const double *values, const char *const *sources, double quality)
{
    SystemInput in = {.values = values, .sources = sources, .line = 0.5, .quality_score = quality};

    in.models[system] = m;
    return system_predict(&prediction_systems[system], &in, NULL);
}

static void
a_model_system_says_what_its_model_says(void **state)
{
    static const struct {
        SystemId system;
        const char *file;
    } cases[] = {{SYSTEM_XGBOOST, "xgb3_depth3.json"}, {SYSTEM_CATBOOST, "cat_depth6.cbm"}};
    Arena *a = *state;
    double values[FEATURE_COUNT];
    float row[FEATURE_COUNT];

    fill_every_value(&player_a, values);
    for (int i = 0; i < FEATURE_COUNT; i++)
        row[i] = (float)values[i];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Model *model = fixture_model(cases[i].file, a);
        RegisteredModel m = registered(model, cases[i].file);
        const double raw = model_predict_row(m.model, row);
        SystemOutput out = ask(cases[i].system, &m, values, NULL, 92);

        assert_null(out.absent);
        assert_near(out.predicted_points, fmin(fmax(raw, 0.0), 60.0), 0.0);
        m.base = MODEL_BASE_SEASON_MEAN;
        out = ask(cases[i].system, &m, values, NULL, 92);
        assert_near(out.predicted_points, fmin(fmax(raw + 24.0, 0.0), 60.0), 0.0);
        model_free(model);
    }
}

/* Players A, B and C with qualities 92, 81 and 72: published for catboost. */
static void
confidence_in_a_model_is_that_in_features_and_player(void **state)
{
    static const struct {
        const Player *p;
        double quality, catboost, xgboost;
    } cases[] = {
        {&player_a, 92, 92, 87},   {&player_b, 81, 87, 82},   {&player_c, 72, 90, 85},
        {&player_c, 69.9, 87, 82}, {&player_c, 59.9, 87, 80},
    };
    Arena *a = *state;
    Model *boosted = fixture_model("xgb3_depth3.json", a), *oblivious = fixture_model("cat_depth6.cbm", a);
    const RegisteredModel xgboost = registered(boosted, "xgb3_depth3.json");
    const RegisteredModel catboost = registered(oblivious, "cat_depth6.cbm");
    double values[FEATURE_COUNT];

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        fill_every_value(cases[i].p, values);
        assert_near(ask(SYSTEM_CATBOOST, &catboost, values, NULL, cases[i].quality).confidence_pct, cases[i].catboost,
                    0.0);
        assert_near(ask(SYSTEM_XGBOOST, &xgboost, values, NULL, cases[i].quality).confidence_pct, cases[i].xgboost,
                    0.0);
    }
    model_free(boosted);
    model_free(oblivious);
}

static void
a_model_is_not_asked_without_what_it_requires(void **state)
{
    Arena *a = *state;
    Model *model = fixture_model("xgb3_depth3.json", a);
    RegisteredModel m = registered(model, "xgb3_depth3.json");
    const char *sources[FEATURE_COUNT];
    double values[FEATURE_COUNT];

    fill_every_value(&player_a, values);
    for (int i = 0; i < FEATURE_COUNT; i++)
        sources[i] = "phase4";
    assert_string_equal(ask(SYSTEM_XGBOOST, NULL, values, sources, 92).absent, "no_model");
    values[FEATURE_POINTS_AVG_LAST_10] = NULL_F64;
    sources[FEATURE_POINTS_AVG_LAST_10] = "missing";
    assert_string_equal(ask(SYSTEM_XGBOOST, &m, values, sources, 92).missing, "points_avg_last_10");
    sources[FEATURE_POINTS_AVG_LAST_10] = "not_subscribed";
    assert_null(ask(SYSTEM_XGBOOST, &m, values, sources, 92).absent);
    sources[FEATURE_POINTS_AVG_LAST_10] = "no_history";
    assert_null(ask(SYSTEM_XGBOOST, &m, values, sources, 92).absent);
    m.base = MODEL_BASE_SEASON_MEAN;
    values[FEATURE_POINTS_AVG_SEASON] = NULL_F64;
    sources[FEATURE_POINTS_AVG_SEASON] = "not_subscribed";
    assert_string_equal(ask(SYSTEM_XGBOOST, &m, values, sources, 92).absent, "missing_base");
    values[FEATURE_POINTS_STD_LAST_10] = NULL_F64; /* which the confidence rests on */
    assert_string_equal(ask(SYSTEM_XGBOOST, &m, values, sources, 92).missing, "points_std_last_10");
    model_free(model);
}

/* What an optional feature is worth to the model is the model's affair. */
static void
optional_features_reach_a_model_as_missing(void **state)
{
    Arena *a = *state;
    Model *model = fixture_model("xgb3_depth3.json", a);
    RegisteredModel m = registered(model, "xgb3_depth3.json");
    int places[FEATURE_COUNT];
    double values[FEATURE_COUNT];
    float row[FEATURE_COUNT];

    fill_every_value(&player_a, values);
    for (int i = 0; i < FEATURE_COUNT; i++) {
        places[i] = FEATURE_VEGAS_POINTS_LINE;
        row[i] = NAN;
    }
    m.inputs.feature_index = places;
    values[FEATURE_VEGAS_POINTS_LINE] = NULL_F64;
    assert_near(ask(SYSTEM_XGBOOST, &m, values, NULL, 92).predicted_points,
                fmin(fmax(model_predict_row(m.model, row), 0.0), 60.0), 0.0);
    model_free(model);
}

/* ---- ensembles ---- */

static SystemOutput
said(double points, double confidence)
{
    return (SystemOutput){.predicted_points = points, .confidence_pct = confidence, .recommendation = "PASS"};
}

static SystemOutput
ensemble_of(const SystemOutput *outputs, double line)
{
    SystemInput in = {.line = line};

    return system_predict(&prediction_systems[SYSTEM_ENSEMBLE], &in, outputs);
}

static void
the_ensemble_gives_the_published_mean(void **state)
{
    SystemOutput outputs[PREDICTION_SYSTEM_COUNT] = {
        [SYSTEM_MOVING_AVERAGE] = said(25, 52),    [SYSTEM_ZONE_MATCHUP] = said(24, 52),
        [SYSTEM_SIMILARITY] = said(26, 70),        [SYSTEM_CATBOOST] = said(27.5, 89),
        [SYSTEM_XGBOOST] = {.absent = "no_model"},
    };
    SystemOutput out;

    (void)state;
    out = ensemble_of(outputs, 24.5);
    assert_near(out.predicted_points, 26.275, NEAR);
    assert_near(sqrt(out.member_variance), 1.293, 0.0005);
    assert_near(out.member_agreement, 10, 0.0);
    assert_near(out.confidence_pct, 75.75, NEAR); /* 80.75 where those four are all */
    assert_int_equal(out.member_count, 4);
    assert_string_equal(out.recommendation, "OVER");
    assert_string_equal(ensemble_of(outputs, 24.8).recommendation, "PASS");
    assert_string_equal(ensemble_of(outputs, 27.8).recommendation, "UNDER");
    outputs[SYSTEM_XGBOOST] = said(20, 90); /* moves everything but the points */
    out = ensemble_of(outputs, 24.5);
    assert_near(out.predicted_points, 26.275, NEAR);
    assert_near(out.confidence_pct, (52 + 52 + 70 + 89 + 90) / 5.0 + 5 + 5, NEAR); /* 2.53 apart, and all there */
}

/* The published vectors of the other ensemble differ in weights alone. */
static void
an_ensemble_of_four_or_three_members_is_as_sure_as_published(void **state)
{
    static const EnsembleMember four[] = {
        {SYSTEM_MOVING_AVERAGE, 52}, {SYSTEM_ZONE_MATCHUP, 52}, {SYSTEM_SIMILARITY, 70}, {SYSTEM_CATBOOST, 89}};
    static const EnsembleMember three[] = {
        {SYSTEM_MOVING_AVERAGE, 35}, {SYSTEM_ZONE_MATCHUP, 35}, {SYSTEM_CATBOOST, 92}, {SYSTEM_SIMILARITY, 1}};
    SystemOutput outputs[PREDICTION_SYSTEM_COUNT] = {
        [SYSTEM_MOVING_AVERAGE] = said(25, 52),
        [SYSTEM_ZONE_MATCHUP] = said(24, 52),
        [SYSTEM_SIMILARITY] = said(26, 70),
        [SYSTEM_CATBOOST] = said(27.5, 89),
    };
    SystemOutput out = {0};

    (void)state;
    ensemble_blend(four, ARRAY_LEN(four), outputs, &out);
    assert_near(out.predicted_points, 25.914, 0.0005);
    assert_near(out.confidence_pct, 80.75, NEAR);
    outputs[SYSTEM_MOVING_AVERAGE] = said(12, 35);
    outputs[SYSTEM_ZONE_MATCHUP] = said(9, 35);
    outputs[SYSTEM_CATBOOST] = said(18, 92);
    outputs[SYSTEM_SIMILARITY] = (SystemOutput){.absent = "no_history"};
    ensemble_blend(three, ARRAY_LEN(three), outputs, &out);
    assert_near(out.predicted_points, 14.759, 0.0005);
    assert_near(sqrt(out.member_variance), 3.742, 0.0005);
    assert_near(out.confidence_pct, 49.0, NEAR);
}

static void
one_member_that_weighs_something_is_no_ensemble(void **state)
{
    SystemOutput outputs[PREDICTION_SYSTEM_COUNT] = {
        [SYSTEM_MOVING_AVERAGE] = said(25, 52),         [SYSTEM_ZONE_MATCHUP] = {.absent = "missing"},
        [SYSTEM_SIMILARITY] = {.absent = "no_history"}, [SYSTEM_XGBOOST] = said(24, 90),
        [SYSTEM_CATBOOST] = {.absent = "no_model"},
    };

    (void)state;
    assert_string_equal(ensemble_of(outputs, 24.5).absent, "too_few_members");
    outputs[SYSTEM_ZONE_MATCHUP] = said(28, 52);
    assert_near(ensemble_of(outputs, 24.5).predicted_points, 26.0, NEAR); /* 2 to 1 */
}

/* ---- faults ---- */

static void
what_is_no_number_is_a_failure_and_no_prediction(void **state)
{
    double values[FEATURE_COUNT];
    SystemOutput out;

    (void)state;
    fill_values(&player_a, values);
    values[FEATURE_POINTS_AVG_LAST_5] = INFINITY;
    out = predict("moving_average_baseline", values, 20.5);
    assert_true(out.is_failure);
    assert_string_equal(out.absent, "not_a_number");
    assert_null(out.recommendation);
    values[FEATURE_POINTS_AVG_LAST_5] = NULL_F64;
    assert_false(predict("moving_average_baseline", values, 20.5).is_failure);
}

static void
a_system_that_is_held_predicts_nothing(void **state)
{
    double values[FEATURE_COUNT];
    SystemOutput out[PREDICTION_SYSTEM_COUNT];
    SystemInput in = {.values = values, .line = 20.5, .held[SYSTEM_ZONE_MATCHUP] = "circuit_breaker_open"};

    (void)state;
    fill_values(&player_a, values);
    systems_predict(&in, out);
    assert_null(out[SYSTEM_MOVING_AVERAGE].absent);
    assert_string_equal(out[SYSTEM_ZONE_MATCHUP].absent, "circuit_breaker_open");
    assert_false(out[SYSTEM_ZONE_MATCHUP].is_failure);
    assert_string_equal(out[SYSTEM_ENSEMBLE].absent, "too_few_members");
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

static void
scenarios_are_named_in_their_order(void **state)
{
    static const struct {
        const char *side;
        double line, edge;
        const char *player, *opponent, *name;
    } cases[] = {
        {"OVER", 10.5, 2.9, "annaample", "BOS", "non_actionable"},
        {"OVER", 11.5, 5.0, "annaample", "BOS", "optimal_over"},
        {"OVER", 11.5, 8.0, "annaample", "BOS", "optimal_over"},
        {"OVER", 12.0, 7.0, "annaample", "BOS", "ultra_high_edge_over"},
        {"OVER", 12.0, 6.9, "annaample", "BOS", "high_edge_over"},
        {"OVER", 10.5, 4.9, "annaample", "BOS", "standard_over"},
        {"UNDER", 14.5, 9.0, "annaample", "BOS", "anti_under_low_line"},
        {"UNDER", 25.0, 3.0, "annaample", "MIA", "optimal_under"},
        {"UNDER", 25.0, 3.0, "lukadoncic", "BOS", "under_risky"},
        {"UNDER", 20.0, 3.0, "annaample", "BOS", "under_safe"},
        {"UNDER", 20.0, 3.0, "annaample", "MIA", "under_risky"},
        {"UNDER", 15.0, 3.0, "annaample", "BOS", "standard_under"},
        {"PASS", 20.0, 4.0, "annaample", "BOS", "unknown"},
        {"PASS", 20.0, 1.0, "annaample", "BOS", "non_actionable"},
        {"NO_LINE", NULL_F64, NULL_F64, "annaample", "BOS", "unknown"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(scenario_category(&(const ScenarioInput){cases[i].side, cases[i].line, cases[i].edge,
                                                                     cases[i].player, cases[i].opponent}),
                            cases[i].name);
}

/* Rows that fit together: player A at home with a line of 20.0. */
typedef struct {
    double values[FEATURE_COUNT];
    FeatureRow features;
    UpcomingPlayer player;
    PlayerSimilarity similar;
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
    c->player.tip_off = (Instant){2000 + INT64_C(5400000000)};
    c->player.player_status = "questionable";
    c->player.report_stamp = (Instant){1500};
    c->features.input_set_id = "set-1";
    c->features.computed_at = (Instant){1000};
    c->similar = games_alike(15, 85, 3.9);
    c->similar.game_date = date;
    c->run = (PredictorRun){"moving_average_baseline",          3, RUN_BACKFILL, false, "batch-1",
                            .now = {1000 + INT64_C(9000000000)}};
}

static PredictorResult
run_case(const Case *c, Arena *a)
{
    const PredictorFacts facts = {&c->player, &c->features, &c->similar};
    PredictorResult out;
    Err err = {0};

    assert_true(predictor_rows(&facts, &c->run, a, &out, &err));
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
    assert_int_equal(out.count, 4);
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
    assert_int_equal(out.count, 4);
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
    assert_int_equal(out.count, 3);
    assert_string_equal(out.rows[0].system_id, "zone_matchup_v1");
    assert_string_equal(out.skip_reason, "missing_points_avg_last_5");
    c.run.champion = "zone_matchup_v1";
    assert_null(run_case(&c, a).skip_reason);
    c.run.champion = "nobody";
    assert_string_equal(run_case(&c, a).skip_reason, "champion_unknown");
}

static void
a_row_says_when_and_from_what_it_was_made(void **state)
{
    Arena *a = *state;
    Case c;
    const Prediction *row;

    fill_case(&c);
    row = &run_case(&c, a).rows[0];
    assert_string_equal(row->line_source_api, "ODDS_API");
    assert_int_equal(row->was_line_fallback, BOOL_FALSE);
    assert_int_equal(row->line_snapshot_at.us, 2000);
    assert_int_equal(row->line_minutes_before_game, 90);
    assert_string_equal(row->injury_status_at_prediction, "questionable");
    assert_int_equal(row->injury_flag_at_prediction, BOOL_TRUE);
    assert_int_equal(row->injury_checked_at.us, 1500);
    assert_string_equal(row->input_set_id, "set-1");
    assert_near(row->feature_data_age_hours, 2.5, NEAR);
    assert_int_equal(row->prediction_made_before_game, BOOL_FALSE);
    assert_int_equal(row->created_at.us, c.run.now.us);
    assert_string_equal(row->scenario_category, "standard_over");
    assert_string_equal(row->model_version, "moving_average_baseline/1");
    assert_null(row->model_sha256);
    assert_true(i32_is_null(row->similar_games_count) && i32_is_null(row->contributing_systems));
    c.player.line_sportsbook = "FanDuel";
    c.player.player_status = NULL;
    c.run.now.us = c.player.tip_off.us - 1;
    row = &run_case(&c, a).rows[0];
    assert_int_equal(row->was_line_fallback, BOOL_TRUE);
    assert_int_equal(row->injury_flag_at_prediction, BOOL_NULL);
    assert_int_equal(row->prediction_made_before_game, BOOL_TRUE);
}

/* Times and ids are none of what was predicted. */
static void
time_alone_makes_no_other_prediction(void **state)
{
    Arena *a = *state;
    Case c;
    PredictorResult then, now;
    uint8_t x[SHA256_LEN], y[SHA256_LEN];

    fill_case(&c);
    then = run_case(&c, a);
    c.run.now.us += 1000000;
    c.player.line_stamp.us += 60;
    c.player.report_stamp.us += 60;
    c.features.computed_at.us += 60;
    c.features.input_set_id = "set-2";
    now = run_case(&c, a);
    for (size_t i = 0; i < then.count; i++) {
        table_row_hash(&prediction_table, &then.rows[i], x);
        table_row_hash(&prediction_table, &now.rows[i], y);
        assert_memory_equal(x, y, sizeof x);
    }
}

static void
each_system_has_a_row_or_a_reason(void **state)
{
    Arena *a = *state;
    Case c;
    PredictorResult out;
    Model *model = fixture_model("xgb3_depth3.json", a);
    RegisteredModel m = registered(model, "xgb3_depth3.json");

    fill_case(&c);
    for (int i = 0; i < FEATURE_COUNT; i++)
        if (isnan(c.values[i]))
            c.values[i] = 0.5;
    out = run_case(&c, a);
    assert_int_equal(out.count, 4);
    assert_int_equal(out.absent.count, 2);
    assert_string_equal(out.absent.items[0], "xgboost_v1: no_model");
    assert_string_equal(out.absent.items[1], "catboost_v9: no_model");
    assert_string_equal(out.rows[2].system_id, "similarity_balanced_v1");
    assert_near(out.rows[2].similarity_baseline, 22.0, 0.0);
    assert_int_equal(out.rows[2].similar_games_count, 15);
    assert_near(out.rows[2].avg_similarity_score, 85, 0.0);
    assert_near(out.rows[2].min_similarity_score, 70, 0.0);
    assert_string_equal(out.rows[3].system_id, "ensemble_v1_1");
    assert_int_equal(out.rows[3].contributing_systems, 3);
    assert_false(f64_is_null(out.rows[3].prediction_variance));
    c.run.models[SYSTEM_XGBOOST] = &m;
    c.run.held[SYSTEM_ZONE_MATCHUP] = "circuit_breaker_open";
    c.values[FEATURE_POINTS_AVG_LAST_5] = NULL_F64;
    out = run_case(&c, a);
    assert_string_equal(out.absent.items[0], "moving_average_baseline: missing_points_avg_last_5");
    assert_string_equal(out.absent.items[1], "zone_matchup_v1: circuit_breaker_open");
    assert_string_equal(out.absent.items[2], "xgboost_v1: missing_points_avg_last_5");
    c.values[FEATURE_POINTS_AVG_LAST_5] = 26.4;
    out = run_case(&c, a);
    assert_string_equal(out.rows[2].system_id, "xgboost_v1");
    assert_string_equal(out.rows[2].model_id, "m1");
    assert_string_equal(out.rows[2].model_sha256, "0123456789abcdef");
    assert_string_equal(out.rows[2].model_file_name, "xgb3_depth3.json");
    assert_string_equal(out.rows[2].model_version, "xgboost_v1/0123456789ab");
    model_free(model);
}

static void
assert_poison(const Case *c, Arena *a)
{
    const PredictorFacts facts = {&c->player, &c->features, &c->similar};
    PredictorResult out;
    Err err = {0};

    assert_false(predictor_rows(&facts, &c->run, a, &out, &err));
    assert_int_equal(err.cls, ERR_POISON);
}

static void
facts_of_another_game_are_poison(void **state)
{
    Arena *a = *state;
    Case c;

    fill_case(&c);
    c.features.game_id = "20241205_DDD_CCC";
    assert_poison(&c, a);
    fill_case(&c);
    c.features.feature_values.count = 33;
    assert_poison(&c, a);
    fill_case(&c);
    c.similar.player_lookup = "somebody";
    assert_poison(&c, a);
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
        cmocka_unit_test(games_alike_are_adjusted_to_this_one),
        cmocka_unit_test(confidence_in_games_alike_adds_number_likeness_and_steadiness),
        cmocka_unit_test(games_alike_recommend_from_65_percent_and_2_points),
        cmocka_unit_test(without_games_alike_the_reason_is_theirs),
        cmocka_unit_test(a_model_system_says_what_its_model_says),
        cmocka_unit_test(confidence_in_a_model_is_that_in_features_and_player),
        cmocka_unit_test(a_model_is_not_asked_without_what_it_requires),
        cmocka_unit_test(optional_features_reach_a_model_as_missing),
        cmocka_unit_test(the_ensemble_gives_the_published_mean),
        cmocka_unit_test(an_ensemble_of_four_or_three_members_is_as_sure_as_published),
        cmocka_unit_test(one_member_that_weighs_something_is_no_ensemble),
        cmocka_unit_test(what_is_no_number_is_a_failure_and_no_prediction),
        cmocka_unit_test(a_system_that_is_held_predicts_nothing),
        cmocka_unit_test(a_clean_prediction_is_actionable),
        cmocka_unit_test(filters_hold_back_what_they_name_in_their_order),
        cmocka_unit_test(labels_change_at_their_limits),
        cmocka_unit_test(scenarios_are_named_in_their_order),
        cmocka_unit_test(a_row_says_what_was_predicted_and_from_what),
        cmocka_unit_test(without_a_line_a_row_has_no_margin_and_is_not_actionable),
        cmocka_unit_test(the_champion_decides_whether_the_request_was_served),
        cmocka_unit_test(a_row_says_when_and_from_what_it_was_made),
        cmocka_unit_test(time_alone_makes_no_other_prediction),
        cmocka_unit_test(each_system_has_a_row_or_a_reason),
        cmocka_unit_test(facts_of_another_game_are_poison),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
