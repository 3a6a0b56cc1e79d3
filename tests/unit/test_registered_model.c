/*
 * tests/unit/test_registered_model.c
 *    Claims about which features a model takes, what it is added to, and which model is asked about a date.
 */
#include "tests/unit/model_fixtures.h"
#include "workers/models/registered_model.h"

static ModelFeature features[MODEL_MOST_INPUTS + 1];

/* A model of count inputs whose names are the contract's first ones. */
static ModelInfo
named(const char *kind, size_t count)
{
    for (size_t i = 0; i < count; i++)
        features[i] = (ModelFeature){.name = i < FEATURE_COUNT ? feature_contract[i].name : "one_more", .splits = 1};
    return (ModelInfo){.kind = kind, .feature_count = count, .features = features, .has_names = true};
}

static ModelInfo
nameless(const char *kind, size_t count)
{
    ModelInfo info = named(kind, count);

    for (size_t i = 0; i < count; i++)
        features[i].name = NULL;
    info.has_names = false;
    return info;
}

static void
assert_matches(const ModelInfo *info, const int *wanted)
{
    Arena *a = arena_new(0);
    ModelInputs in;
    Err err;

    if (!model_inputs_match(info, a, &in, &err))
        fail_msg("%s", err.msg);
    assert_int_equal(info->feature_count, in.count);
    for (size_t i = 0; i < in.count; i++) {
        assert_int_equal(wanted[i], in.feature_index[i]);
        assert_string_equal(wanted[i] < 0 ? "" : feature_contract[wanted[i]].name, in.names[i]);
    }
    arena_free(a);
}

static void
assert_foreign(const ModelInfo *info, const char *saying)
{
    Arena *a = arena_new(0);
    ModelInputs in;
    Err err;

    assert_false(model_inputs_match(info, a, &in, &err));
    assert_int_equal(ERR_CONFIG, err.cls);
    if (strstr(err.msg, saying) == NULL)
        fail_msg("'%s' does not say '%s'", err.msg, saying);
    arena_free(a);
}

static void
inputs_are_found_by_name_in_any_order(void **state)
{
    static const int wanted[] = {FEATURE_VEGAS_POINTS_LINE, FEATURE_POINTS_AVG_LAST_5, FEATURE_PPM_AVG_LAST_10};
    ModelInfo info = named("xgboost", 3);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        features[i].name = feature_contract[wanted[i]].name;
    assert_matches(&info, wanted);
}

static void
an_input_without_a_name_may_stand_where_no_tree_asks(void **state)
{
    static const int wanted[] = {0, -1, 2};
    ModelInfo info = named("xgboost", 3);

    (void)state;
    features[1].name = NULL;
    features[1].splits = 0;
    assert_matches(&info, wanted);
    features[1].splits = 1;
    assert_foreign(&info, "input 1 of 3 has no name");
}

static void
foreign_features_are_refused_by_name(void **state)
{
    ModelInfo info = named("catboost", 5);

    (void)state;
    features[3].name = "points_avg_last_50";
    assert_foreign(&info, "input 3 is 'points_avg_last_50'");
    info = named("catboost", MODEL_MOST_INPUTS + 1);
    assert_foreign(&info, "it takes 38 features");
}

static void
only_catboost_may_leave_out_the_names_and_only_of_whole_vectors(void **state)
{
    static const size_t whole[] = {33, 37};
    int wanted[MODEL_MOST_INPUTS];
    ModelInfo info;

    (void)state;
    for (int i = 0; i < MODEL_MOST_INPUTS; i++)
        wanted[i] = i;
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        info = nameless("catboost", whole[i]);
        assert_matches(&info, wanted);
        info = nameless("xgboost", whole[i]);
        assert_foreign(&info, "input 0 of");
    }
    info = nameless("catboost", 34);
    assert_foreign(&info, "input 0 of 34 has no name");
}

static void
positions_for_names_are_no_names(void **state)
{
    int wanted[MODEL_MOST_INPUTS];
    char text[33][4];
    ModelInfo info = named("catboost", 33);

    (void)state;
    for (int i = 0; i < 33; i++) {
        wanted[i] = i;
        (void)snprintf(text[i], sizeof text[i], "%d", i);
        features[i].name = text[i];
    }
    assert_matches(&info, wanted);
    features[7].name = "8";
    assert_foreign(&info, "input 0 is '0'");
}

static void
a_row_has_what_the_model_takes_and_no_more(void **state)
{
    static const int index[] = {FEATURE_HOME_AWAY, -1, FEATURE_POINTS_AVG_SEASON};
    static const char *const names[] = {"home_away", "", "points_avg_season"};
    const ModelInputs in = {.feature_index = index, .names = names, .count = 3};
    double values[FEATURE_COUNT] = {0};
    float row[3];

    (void)state;
    values[FEATURE_HOME_AWAY] = 1.0;
    values[FEATURE_POINTS_AVG_SEASON] = NAN;
    model_inputs_row(&in, values, row);
    assert_true(row[0] >= 1.0F && row[0] <= 1.0F);
    assert_true(isnan(row[1]) && isnan(row[2]));
}

static void
assert_base(ModelBase base, double line, double last_10, double season, double wanted)
{
    double values[FEATURE_COUNT] = {0}, found;

    values[FEATURE_VEGAS_POINTS_LINE] = line;
    values[FEATURE_POINTS_AVG_LAST_10] = last_10;
    values[FEATURE_POINTS_AVG_SEASON] = season;
    found = model_base_points(base, values);
    if (!(isnan(wanted) ? isnan(found) : fabs(found - wanted) <= 1e-12))
        fail_msg("%s of %g, %g, %g is %g, not %g", model_base_name(base), line, last_10, season, found, wanted);
}

static void
a_base_is_what_stands_nearest(void **state)
{
    ModelBase parsed;

    (void)state;
    assert_base(MODEL_BASE_NONE, 20.5, 18, 16, 0);
    assert_base(MODEL_BASE_SEASON_MEAN, 20.5, 18, 16, 16);
    assert_base(MODEL_BASE_SEASON_MEAN, 20.5, 18, NAN, NAN);
    assert_base(MODEL_BASE_MEANS, 20.5, 18, 16, 17);
    assert_base(MODEL_BASE_MEANS, 20.5, NAN, 16, 16);
    assert_base(MODEL_BASE_MEANS, 20.5, 18, NAN, 18);
    assert_base(MODEL_BASE_LINE_OR_MEANS, 20.5, 18, 16, 20.5);
    assert_base(MODEL_BASE_LINE_OR_MEANS, NAN, 18, 16, 17);
    assert_base(MODEL_BASE_LINE_OR_MEANS, NAN, NAN, NAN, NAN);
    for (int b = 0; b < MODEL_BASE_COUNT; b++) {
        assert_true(model_base_parse(model_base_name((ModelBase)b), &parsed));
        assert_int_equal(b, parsed);
    }
    assert_false(model_base_parse("line", &parsed));
}

/* ---- which model ---- */

static GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static void
assert_asked(const ModelRegistry *r, const char *date, const char *wanted)
{
    const RegisteredModel *m = model_for_date(r, "xgboost_v1", day(date));

    if (wanted == NULL)
        assert_null(m);
    else
        assert_string_equal(wanted, m != NULL ? m->model_id : "(none)");
}

static void
a_date_is_predicted_by_the_newest_model_that_has_not_seen_it(void **state)
{
    RegisteredModel models[] = {
        {.model_id = "week 2", .system_id = "xgboost_v1", .promoted_by = 2, .training_end = day("2024-11-21")},
        {.model_id = "week 1", .system_id = "xgboost_v1", .promoted_by = 9, .training_end = day("2024-11-14")},
        {.model_id = "other", .system_id = "catboost_v9", .promoted_by = 10, .training_end = day("2024-11-01")},
    };
    const ModelRegistry r = {.models = models, .count = ARRAY_LEN(models)};

    (void)state;
    assert_asked(&r, "2024-11-14", NULL); /* trained on that very date */
    assert_asked(&r, "2024-11-15", "week 1");
    assert_asked(&r, "2024-11-21", "week 1");
    assert_asked(&r, "2024-11-22", "week 2");
    assert_asked(&r, "2025-04-01", "week 2");
}

static void
of_equal_windows_the_later_promotion_counts(void **state)
{
    RegisteredModel models[] = {
        {.model_id = "first", .system_id = "xgboost_v1", .promoted_by = 3, .training_end = day("2024-11-14")},
        {.model_id = "second", .system_id = "xgboost_v1", .promoted_by = 4, .training_end = day("2024-11-14")},
        {.model_id = "before", .system_id = "xgboost_v1", .promoted_by = 2, .training_end = day("2024-11-14")},
    };
    const ModelRegistry r = {.models = models, .count = ARRAY_LEN(models)};

    (void)state;
    assert_asked(&r, "2024-12-01", "second");
}

static void
a_file_without_a_window_predicts_any_date_unless_one_with_a_window_may(void **state)
{
    RegisteredModel models[] = {
        {.model_id = "own", .system_id = "xgboost_v1", .promoted_by = 9, .training_end = GAME_DATE_NULL},
        {.model_id = "trained", .system_id = "xgboost_v1", .promoted_by = 2, .training_end = day("2024-11-14")},
    };
    const ModelRegistry r = {.models = models, .count = ARRAY_LEN(models)}, none = {0};

    (void)state;
    assert_asked(&r, "2024-11-14", "own");
    assert_asked(&r, "2024-11-15", "trained");
    assert_asked(&none, "2024-11-15", NULL);
}

static void
points_are_the_base_and_what_the_trees_say(void **state)
{
    Arena *a = arena_new(0);
    RegisteredModel m = {.model = fixture_model("cat_depth2.json", a)};
    double values[FEATURE_COUNT], plain;
    float row[MODEL_MOST_INPUTS];
    Err err;

    (void)state;
    for (int i = 0; i < FEATURE_COUNT; i++)
        values[i] = 10.0 + i;
    if (!model_inputs_match(model_info(m.model), a, &m.inputs, &err))
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < m.inputs.count; i++)
        row[i] = (float)values[m.inputs.feature_index[i]];
    plain = model_predict_row(m.model, row);
    assert_true(fabs(registered_model_points(&m, values) - plain) <= 0.0);
    m.base = MODEL_BASE_LINE_OR_MEANS;
    assert_true(fabs(registered_model_points(&m, values) - (values[FEATURE_VEGAS_POINTS_LINE] + plain)) <= 0.0);
    model_free(m.model);
    arena_free(a);
}

static void
systems_with_models_are_known_by_their_kind(void **state)
{
    (void)state;
    assert_string_equal("xgboost", model_system_by_id("xgboost_v1")->kind);
    assert_string_equal("catboost", model_system_by_id("catboost_v9")->kind);
    assert_null(model_system_by_id("moving_average_baseline"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_are_found_by_name_in_any_order),
        cmocka_unit_test(an_input_without_a_name_may_stand_where_no_tree_asks),
        cmocka_unit_test(foreign_features_are_refused_by_name),
        cmocka_unit_test(only_catboost_may_leave_out_the_names_and_only_of_whole_vectors),
        cmocka_unit_test(positions_for_names_are_no_names),
        cmocka_unit_test(a_row_has_what_the_model_takes_and_no_more),
        cmocka_unit_test(a_base_is_what_stands_nearest),
        cmocka_unit_test(a_date_is_predicted_by_the_newest_model_that_has_not_seen_it),
        cmocka_unit_test(of_equal_windows_the_later_promotion_counts),
        cmocka_unit_test(a_file_without_a_window_predicts_any_date_unless_one_with_a_window_may),
        cmocka_unit_test(points_are_the_base_and_what_the_trees_say),
        cmocka_unit_test(systems_with_models_are_known_by_their_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
