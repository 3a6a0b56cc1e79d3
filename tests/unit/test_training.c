/*
 * tests/unit/test_training.c
 *    Claims about which rows are trained on, as what, and how predictions are judged.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "workers/models/model_store.h"
#include "workers/training/baselines.h"
#include "workers/training/evaluation_core.h"

static void
assert_near(double found, double wanted, double within)
{
    if (!(fabs(found - wanted) <= within))
        fail_msg("%.17g is not %.17g", found, wanted);
}

static GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

/* ---- examples ---- */

enum { MOST = 16 };
static double values[MOST][FEATURE_COUNT];

/* One that nothing is wrong with. */
static Example
good(size_t at, const char *date, double points)
{
    for (int f = 0; f < FEATURE_COUNT; f++)
        values[at][f] = 1.0 + f;
    values[at][FEATURE_POINTS_AVG_LAST_10] = 18.0;
    values[at][FEATURE_POINTS_AVG_SEASON] = 16.0;
    values[at][FEATURE_VEGAS_POINTS_LINE] = 20.5;
    return (Example){.date = day(date),
                     .game_id = "20241205_BBB_AAA",
                     .player_lookup = at % 2 ? "oneplayer" : "another",
                     .player_name = "One Player",
                     .team = "AAA",
                     .opponent = "BBB",
                     .values = values[at],
                     .value_count = FEATURE_COUNT,
                     .quality_score = 90.0,
                     .is_training_ready = true,
                     .data_source = "mixed",
                     .line = 20.5,
                     .earlier_games = 12,
                     .points = points,
                     .minutes = 30.0};
}

static void
assert_verdict(Example e, const char *wanted)
{
    assert_string_equal(wanted, example_verdict_name(example_judge(&e, TRAINING_LEAST_SCORE)));
}

static void
each_rule_keeps_its_rows_out(void **state)
{
    Example e = good(0, "2024-12-05", 20);

    (void)state;
    assert_verdict(e, "usable");
    e.value_count = 32;
    assert_verdict(e, "fewer_than_33_features");
    e = good(0, "2024-12-05", 20);
    e.data_source = "early_season";
    assert_verdict(e, "early_season");
    e.data_source = "phase4_partial";
    assert_verdict(e, "phase4_partial");
    e = good(0, "2024-12-05", 20);
    e.required_defaults = 1;
    assert_verdict(e, "required_defaults");
    e = good(0, "2024-12-05", 20);
    e.quality_score = 69.99;
    assert_verdict(e, "score_below_minimum");
    e.quality_score = 70.0;
    assert_verdict(e, "usable");
    e.is_training_ready = false;
    assert_verdict(e, "not_training_ready");
    e = good(0, "2024-12-05", NULL_F64);
    assert_verdict(e, "no_outcome");
    e = good(0, "2024-12-05", 0);
    e.minutes = 0.0;
    assert_verdict(e, "did_not_play");
}

static void
the_mark_of_a_default_is_ten_beside_more_than_fifteen(void **state)
{
    Example e = good(0, "2024-12-05", 20);

    (void)state;
    values[0][FEATURE_POINTS_AVG_LAST_5] = 10.0;
    assert_verdict(e, "default_marker");
    values[0][FEATURE_POINTS_AVG_LAST_10] = 15.0;
    assert_verdict(e, "usable");
    values[0][FEATURE_POINTS_AVG_LAST_10] = 18.0;
    values[0][FEATURE_POINTS_AVG_LAST_5] = 10.1;
    assert_verdict(e, "usable");
}

static void
rows_are_those_of_the_window_and_every_row_is_counted_once(void **state)
{
    Arena *a = arena_new(0);
    Example all[] = {good(0, "2024-12-01", 10), good(1, "2024-12-02", 20), good(2, "2024-12-03", NULL_F64),
                     good(3, "2024-12-03", 30), good(4, "2024-12-04", 40)};
    size_t counts[EXAMPLE_VERDICT_COUNT] = {0}, n;
    const Example *const *rows = training_select(all, ARRAY_LEN(all), day("2024-12-02"), day("2024-12-03"),
                                                 TRAINING_LEAST_SCORE, a, &n, counts);

    (void)state;
    assert_int_equal(2, n);
    assert_ptr_equal(&all[1], rows[0]);
    assert_ptr_equal(&all[3], rows[1]);
    assert_int_equal(2, counts[EXAMPLE_USABLE]);
    assert_int_equal(1, counts[EXAMPLE_NO_OUTCOME]);
    arena_free(a);
}

static void
the_label_is_what_came_of_it_less_the_base(void **state)
{
    Arena *a = arena_new(0);
    Example e = good(0, "2024-12-01", 25);
    const Example *rows[] = {&e};
    XgboostMatrix m = training_matrix(rows, 1, MODEL_BASE_LINE_OR_MEANS, a);

    (void)state;
    assert_int_equal(FEATURE_COUNT, m.columns);
    assert_string_equal("vegas_points_line", m.names[FEATURE_VEGAS_POINTS_LINE]);
    assert_near((double)m.labels[0], 4.5, 0);
    assert_near((double)m.values[FEATURE_POINTS_AVG_SEASON], 16.0, 0);
    values[0][FEATURE_VEGAS_POINTS_LINE] = NULL_F64;
    m = training_matrix(rows, 1, MODEL_BASE_LINE_OR_MEANS, a);
    assert_near((double)m.labels[0], 8.0, 0);
    assert_true(isnan(m.values[FEATURE_VEGAS_POINTS_LINE]));
    m = training_matrix(rows, 1, MODEL_BASE_NONE, a);
    assert_near((double)m.labels[0], 25.0, 0);
    arena_free(a);
}

static void
few_rows_are_refused(void **state)
{
    Example e = good(0, "2024-12-01", 25);
    const Example **rows = calloc(TRAINING_LEAST_ROWS, sizeof *rows);
    Err err;

    (void)state;
    assert_non_null(rows);
    for (size_t i = 0; i < TRAINING_LEAST_ROWS; i++)
        rows[i] = &e;
    assert_true(training_check(rows, TRAINING_LEAST_ROWS, &err));
    assert_false(training_check(rows, TRAINING_LEAST_ROWS - 1, &err));
    assert_int_equal(ERR_CONFIG, err.cls);
    e.quality_score = 59.0;
    assert_false(training_check(rows, TRAINING_LEAST_ROWS, &err));
    free(rows);
}

static void
windows_that_overlap_are_refused_in_words(void **state)
{
    const ModelWindow training = {day("2024-11-01"), day("2024-11-30"), 10}, none = model_window_none();
    ModelWindow evaluation = {day("2024-12-01"), day("2024-12-07"), 10};
    Err err;

    (void)state;
    assert_true(model_windows_check(&training, &evaluation, &err));
    evaluation.from = day("2024-11-30");
    assert_false(model_windows_check(&training, &evaluation, &err));
    assert_non_null(strstr(err.msg, "begins on 2024-11-30"));
    assert_false(model_windows_check(&none, &evaluation, &err));
    assert_true(model_windows_check(&training, &none, &err));
}

static void
parameters_have_bounds(void **state)
{
    TrainingParams p = training_defaults;
    Err err;

    (void)state;
    assert_true(training_params_set(&p, "rounds", "50", &err));
    assert_int_equal(50, p.trees.rounds);
    assert_true(training_params_set(&p, "learning-rate", "0.1", &err));
    assert_near(p.trees.learning_rate, 0.1, 0);
    assert_false(training_params_set(&p, "rounds", "0", &err));
    assert_false(training_params_set(&p, "rounds", "2.5", &err));
    assert_false(training_params_set(&p, "depth", "many", &err));
    assert_false(training_params_set(&p, "depths", "3", &err));
}

/* ---- judging ---- */

static void
wilson_is_the_published_interval(void **state)
{
    double low, high;

    (void)state;
    wilson_interval(1, 2, &low, &high);
    assert_near(low, 0.0945, 0.00005);
    assert_near(high, 0.9055, 0.00005);
    wilson_interval(8, 10, &low, &high);
    assert_near(low, 0.4902, 0.00005);
    assert_near(high, 0.9433, 0.00005);
    wilson_interval(0, 10, &low, &high);
    assert_near(low, 0.0, 1e-12);
    assert_near(high, 0.2775, 0.00005);
}

/* Six wins, four losses and a push; two of them void. */
static void
picks_are_counted_by_their_side_and_edge(void **state)
{
    static const struct {
        double points, predicted;
    } games[] = {{25, 24}, {25, 26.4}, {21, 23.5}, {10, 17.5}, {20, 15.5}, {30, 20.6}, /* hits */
                 {25, 17}, {20, 21},   {10, 25.5}, {21, 20}};                          /* misses */
    Arena *a = arena_new(0);
    Example all[ARRAY_LEN(games) + 3];
    Prediction p[ARRAY_LEN(games) + 3];
    const size_t n = ARRAY_LEN(p);
    EvaluationFigures f;

    (void)state;
    for (size_t i = 0; i < n; i++)
        all[i] = good(i, "2024-12-05", i < ARRAY_LEN(games) ? games[i].points : 20);
    all[n - 3].line = 20.0; /* a push */
    all[n - 2].minutes = 0.0;
    all[n - 2].points = 0.0;
    all[n - 1].points = NULL_F64;
    for (size_t i = 0; i < n; i++) {
        all[i].player_lookup = arena_printf(a, "player%02zu", i);
        p[i] = evaluation_prediction(&all[i], "one", i < ARRAY_LEN(games) ? games[i].predicted : 23.04);
    }
    f = evaluation_figures(evaluation_grade(p, n, all, n, a), n, "one");
    assert_int_equal(11, f.count);
    assert_int_equal(6, f.edges[0].hits);
    assert_int_equal(4, f.edges[0].misses);
    assert_int_equal(1, f.edges[0].pushes);
    assert_near(f.edges[0].units, 1.454, 1e-9);
    assert_near(f.edges[0].hit_pct, 60.0, 1e-9);
    /* 3 and more: 24, 26.4, 23.5, 17.5, 15.5 hit, 17 and 25.5 miss, 23.04 pushes */
    assert_int_equal(5, f.edges[1].hits);
    assert_int_equal(2, f.edges[1].misses);
    assert_int_equal(1, f.edges[1].pushes);
    /* 5 and more: 26.4 and 15.5 hit, 25.5 misses */
    assert_int_equal(2, f.edges[2].hits);
    assert_int_equal(1, f.edges[2].misses);
    arena_free(a);
}

static void
errors_are_of_what_is_published(void **state)
{
    Arena *a = arena_new(0);
    Example all[] = {good(0, "2024-12-05", 20), good(1, "2024-12-06", 10)};
    Prediction p[] = {evaluation_prediction(&all[0], "one", 23.04), evaluation_prediction(&all[1], "one", 6.0)};
    const PredictionAccuracy *graded;
    EvaluationFigures f;

    (void)state;
    graded = evaluation_grade(p, 2, all, 2, a);
    f = evaluation_figures(graded, 2, "one");
    assert_near(f.mae, 3.5, 1e-9); /* 3.0 and 4.0 */
    assert_near(f.rmse, sqrt(12.5), 1e-9);
    assert_near(f.bias, -0.5, 1e-9);
    assert_int_equal(1, f.bins[1].count); /* 5-10 */
    assert_int_equal(1, f.bins[4].count); /* 20-25 */
    assert_near(f.bins[4].predicted, 23.0, 1e-9);
    assert_near(f.bins[4].actual, 20.0, 1e-9);
    assert_int_equal(0, evaluation_figures(graded, 2, "another").count);
    assert_true(isnan(evaluation_figures(graded, 2, "another").mae));
    arena_free(a);
}

static void
baselines_are_the_line_and_the_means(void **state)
{
    Example e = good(0, "2024-12-05", 20);

    (void)state;
    assert_near(baselines[0].points(&e), 20.5, 0);
    assert_near(baselines[1].points(&e), 18.0, 0);
    assert_near(baselines[2].points(&e), 16.0, 0);
    assert_true(baselines_know(&e));
    e.line = NULL_F64;
    assert_false(baselines_know(&e));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_keeps_its_rows_out),
        cmocka_unit_test(the_mark_of_a_default_is_ten_beside_more_than_fifteen),
        cmocka_unit_test(rows_are_those_of_the_window_and_every_row_is_counted_once),
        cmocka_unit_test(the_label_is_what_came_of_it_less_the_base),
        cmocka_unit_test(few_rows_are_refused),
        cmocka_unit_test(windows_that_overlap_are_refused_in_words),
        cmocka_unit_test(parameters_have_bounds),
        cmocka_unit_test(wilson_is_the_published_interval),
        cmocka_unit_test(picks_are_counted_by_their_side_and_edge),
        cmocka_unit_test(errors_are_of_what_is_published),
        cmocka_unit_test(baselines_are_the_line_and_the_means),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
