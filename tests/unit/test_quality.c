/*
 * tests/unit/test_quality.c
 *    Scores, tiers, alerts and readiness of a feature row, from the sources of its values.
 *
 * The expected figures of the lettered cases were computed by another implementation of the scorer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "workers/features/quality.h"

/* Everything present: the source of each stretch of features. */
typedef struct {
    int from, to;
    int source;
} Span;

static const Span complete[] = {
    {0, 8, FEATURE_SOURCE_PHASE4},
    {9, 12, FEATURE_SOURCE_CALCULATED},
    {13, 14, FEATURE_SOURCE_PHASE4},
    {15, 17, FEATURE_SOURCE_PHASE3},
    {18, 20, FEATURE_SOURCE_PHASE4},
    {21, 21, FEATURE_SOURCE_CALCULATED},
    {22, 23, FEATURE_SOURCE_PHASE4},
    {24, 24, FEATURE_SOURCE_CALCULATED},
    {25, 27, FEATURE_SOURCE_VEGAS},
    {28, 28, FEATURE_SOURCE_CALCULATED},
    {29, 30, FEATURE_SOURCE_OPPONENT_HISTORY},
    {31, 32, FEATURE_SOURCE_MINUTES_PPM},
    {33, 36, FEATURE_SOURCE_CALCULATED},
};

/* Short names for changes to it. */
enum {
    ABSENT = FEATURE_SOURCE_MISSING,
    DEFAULTED = FEATURE_SOURCE_DEFAULT,
    UNSUBSCRIBED = FEATURE_SOURCE_NOT_SUBSCRIBED,
    FIRST_MEETING = FEATURE_SOURCE_NO_HISTORY,
};

enum { MAX_SPANS = 8, MAX_ALERTS = 6 };

typedef struct {
    const char *name;
    Span spans[MAX_SPANS]; /* changes to the complete row; ends at an all-zero one */
    double score;
    const char *tier, *alert_level;
    int defaults, required_defaults;
    double pct[CATEGORY_COUNT]; /* matchup, player history, team context, vegas, game context */
    bool is_quality_ready, is_training_ready;
    const char *alerts[MAX_ALERTS];
} Golden;

static Arena *arena;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
apply(const Span *spans, size_t count, FeatureSource *sources)
{
    for (size_t s = 0; s < count; s++) {
        for (int i = spans[s].from; i <= spans[s].to; i++)
            sources[i] = (FeatureSource)spans[s].source;
    }
}

/* Of a complete row with these changes. */
static FeatureRow
score(const Span *spans, size_t count)
{
    FeatureSource sources[FEATURE_COUNT];
    FeatureRow row = feature_row_null();

    apply(complete, ARRAY_LEN(complete), sources);
    apply(spans, count, sources);
    quality_fill(sources, arena, &row);
    return row;
}

static FeatureRow
score_golden(const Golden *g)
{
    size_t n = 0;

    while (n < MAX_SPANS && g->spans[n].to > 0)
        n++;
    return score(g->spans, n);
}

static const Golden goldens[] = {
    {"A everything present", {{0}}, 98.14, "gold", "green", 0, 0, {100, 97.7, 100, 100, 96.5}, true, true, {NULL}},
    {"B no line", {{25, 27, ABSENT}}, 90.03, "silver", "green", 3, 0, {100, 97.7, 100, 25, 96.5}, true, true, {NULL}},
    {"C no line, no zones",
     {{25, 27, ABSENT}, {18, 20, ABSENT}},
     69.0,
     "poor",
     "yellow",
     6,
     3,
     {100, 97.7, 100, 25, 69.2},
     false,
     false,
     {NULL}},
    {"D no line, no mid range",
     {{25, 27, ABSENT}, {19, 19, ABSENT}},
     69.0,
     "poor",
     "yellow",
     4,
     1,
     {100, 97.7, 100, 25, 87.4},
     false,
     false,
     {NULL}},
    {"E no line, composite factors default",
     {{25, 27, ABSENT}, {5, 8, DEFAULTED}},
     69.0,
     "poor",
     "yellow",
     7,
     4,
     {60, 97.7, 100, 25, 96.5},
     false,
     false,
     {"composite_factors_missing"}},
    {"F no line, opponent default",
     {{25, 27, ABSENT}, {13, 14, DEFAULTED}},
     69.0,
     "poor",
     "yellow",
     5,
     2,
     {80, 97.7, 100, 25, 96.5},
     false,
     false,
     {"opponent_defense_missing"}},
    {"G no line, all matchup default",
     {{25, 27, ABSENT}, {5, 8, DEFAULTED}, {13, 14, DEFAULTED}},
     49.0,
     "critical",
     "red",
     9,
     6,
     {40, 97.7, 100, 25, 96.5},
     false,
     false,
     {"all_matchup_features_defaulted", "composite_factors_missing", "opponent_defense_missing",
      "high_default_rate_24pct", "matchup_quality_critical"}},
    {"H no line, no precompute at all",
     {{25, 27, ABSENT},
      {0, 8, DEFAULTED},
      {13, 14, DEFAULTED},
      {22, 23, DEFAULTED},
      {31, 32, DEFAULTED},
      {18, 20, ABSENT}},
     49.0,
     "critical",
     "red",
     21,
     18,
     {40, 66.2, 60, 25, 69.2},
     false,
     false,
     {"all_matchup_features_defaulted", "composite_factors_missing", "opponent_defense_missing",
      "high_default_rate_57pct", "matchup_quality_critical"}},
    {"I points from game summaries",
     {{0, 2, FEATURE_SOURCE_PHASE3}},
     97.08,
     "gold",
     "green",
     0,
     0,
     {100, 94.7, 100, 100, 96.5},
     true,
     true,
     {NULL}},
    {"J opponent history by fallback",
     {{29, 30, FEATURE_SOURCE_FALLBACK}},
     69.0,
     "poor",
     "yellow",
     2,
     2,
     {100, 90.0, 100, 100, 96.5},
     false,
     false,
     {NULL}},
};

static void
assert_f64(double actual, double expected)
{
    assert_true(fabs(actual - expected) < 1e-9);
}

static void
assert_golden(const Golden *g, const FeatureRow *row)
{
    int alerts = 0;

    print_message("case %s\n", g->name);
    assert_f64(row->feature_quality_score, g->score);
    assert_string_equal(row->quality_tier, g->tier);
    assert_string_equal(row->quality_alert_level, g->alert_level);
    assert_int_equal(row->default_feature_count, g->defaults);
    assert_int_equal(row->required_default_count, g->required_defaults);
    assert_f64(row->matchup_quality_pct, g->pct[0]);
    assert_f64(row->player_history_quality_pct, g->pct[1]);
    assert_f64(row->team_context_quality_pct, g->pct[2]);
    assert_f64(row->vegas_quality_pct, g->pct[3]);
    assert_f64(row->game_context_quality_pct, g->pct[4]);
    assert_int_equal(row->is_quality_ready, g->is_quality_ready);
    assert_int_equal(row->is_training_ready, g->is_training_ready);
    assert_string_equal(row->primary_data_source, "mixed");
    for (; alerts < MAX_ALERTS && g->alerts[alerts] != NULL; alerts++) {
        assert_true(alerts < row->quality_alerts.count);
        assert_string_equal(row->quality_alerts.items[alerts], g->alerts[alerts]);
    }
    assert_int_equal(row->quality_alerts.count, alerts);
}

static void
test_lettered_cases_score_as_computed_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(goldens); i++) {
        FeatureRow row = score_golden(&goldens[i]);

        assert_golden(&goldens[i], &row);
    }
}

/* What the lettered cases say in the other columns, by a second implementation of the scorer in Python. */
static const struct {
    int category_defaults[CATEGORY_COUNT]; /* as Golden.pct */
    int phase4, phase3, calculated, training, critical, optional;
    bool has_composite, has_opponent;
    const char *matchup_tier, *game_tier;
    const char *worst_category; /* of what is owed: an absent line makes no category the worst */
    double worst_pct;
    int default_count;
    int defaults[FEATURE_COUNT];
} golden_columns[] = {
    {{0, 0, 0, 0, 0}, 23, 3, 11, 37, 6, 31, true, true, "gold", "gold", "game_context", 96.5, 0, {0}},
    {{0, 0, 0, 3, 0}, 20, 3, 11, 34, 6, 28, true, true, "gold", "gold", "game_context", 96.5, 3, {25, 26, 27}},
    {{0, 0, 0, 3, 3},
     17,
     3,
     11,
     31,
     6,
     25,
     true,
     true,
     "gold",
     "poor",
     "game_context",
     69.2,
     6,
     {18, 19, 20, 25, 26, 27}},
    {{0, 0, 0, 3, 1}, 19, 3, 11, 33, 6, 27, true, true, "gold", "silver", "game_context", 87.4, 4, {19, 25, 26, 27}},
    {{4, 0, 0, 3, 0}, 16, 3, 11, 30, 2, 28, false, true, "poor", "gold", "matchup", 60.0, 7, {5, 6, 7, 8, 25, 26, 27}},
    {{2, 0, 0, 3, 0}, 18, 3, 11, 32, 4, 28, true, false, "bronze", "gold", "matchup", 80.0, 5, {13, 14, 25, 26, 27}},
    {{6, 0, 0, 3, 0},
     14,
     3,
     11,
     28,
     0,
     28,
     false,
     false,
     "critical",
     "gold",
     "matchup",
     40.0,
     9,
     {5, 6, 7, 8, 13, 14, 25, 26, 27}},
    {{6, 7, 2, 3, 3}, 2, 3, 11, 16, 0, 16, false, false, "critical", "poor", "matchup", 40.0, 21, {0,  1,  2,  3,  4,
                                                                                                   5,  6,  7,  8,  13,
                                                                                                   14, 18, 19, 20, 22,
                                                                                                   23, 25, 26, 27, 31,
                                                                                                   32}},
    {{0, 0, 0, 0, 0}, 20, 6, 11, 37, 6, 31, true, true, "gold", "gold", "player_history", 94.7, 0, {0}},
    {{0, 2, 0, 0, 0}, 21, 3, 11, 35, 6, 29, true, true, "gold", "gold", "player_history", 90.0, 2, {29, 30}},
};

static void
lettered_cases_fill_every_other_column(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(golden_columns), ARRAY_LEN(goldens));
    for (size_t i = 0; i < ARRAY_LEN(goldens); i++) {
        FeatureRow row = score_golden(&goldens[i]);

        print_message("case %s\n", goldens[i].name);
        assert_int_equal(row.matchup_default_count, golden_columns[i].category_defaults[0]);
        assert_int_equal(row.player_history_default_count, golden_columns[i].category_defaults[1]);
        assert_int_equal(row.team_context_default_count, golden_columns[i].category_defaults[2]);
        assert_int_equal(row.vegas_default_count, golden_columns[i].category_defaults[3]);
        assert_int_equal(row.game_context_default_count, golden_columns[i].category_defaults[4]);
        assert_int_equal(row.phase4_feature_count, golden_columns[i].phase4);
        assert_int_equal(row.phase3_feature_count, golden_columns[i].phase3);
        assert_int_equal(row.calculated_feature_count, golden_columns[i].calculated);
        assert_int_equal(row.training_quality_feature_count, golden_columns[i].training);
        assert_int_equal(row.critical_feature_count, golden_columns[i].critical);
        assert_int_equal(row.critical_features_training_quality, golden_columns[i].critical == 6);
        assert_int_equal(row.optional_feature_count, golden_columns[i].optional);
        assert_int_equal(row.has_composite_factors, golden_columns[i].has_composite);
        assert_int_equal(row.has_opponent_defense, golden_columns[i].has_opponent);
        assert_string_equal(row.matchup_quality_tier, golden_columns[i].matchup_tier);
        assert_string_equal(row.game_context_quality_tier, golden_columns[i].game_tier);
        assert_string_equal(row.worst_category, golden_columns[i].worst_category);
        assert_f64(row.worst_category_pct, golden_columns[i].worst_pct);
        assert_int_equal(row.default_feature_indices.count, golden_columns[i].default_count);
        for (int32_t d = 0; d < row.default_feature_indices.count; d++)
            assert_int_equal(row.default_feature_indices.items[d], golden_columns[i].defaults[d]);
    }
}

static void
incomplete_windows_lower_the_score_and_block_nobody(void **state)
{
    FeatureRow row = score((const Span[]){{0, 8, FEATURE_SOURCE_PHASE4_INCOMPLETE},
                                          {13, 14, FEATURE_SOURCE_PHASE4_INCOMPLETE},
                                          {18, 20, FEATURE_SOURCE_PHASE4_INCOMPLETE},
                                          {22, 23, FEATURE_SOURCE_PHASE4_INCOMPLETE},
                                          {9, 12, FEATURE_SOURCE_CALCULATED_INCOMPLETE},
                                          {21, 21, FEATURE_SOURCE_CALCULATED_INCOMPLETE},
                                          {24, 24, FEATURE_SOURCE_CALCULATED_INCOMPLETE},
                                          {28, 28, FEATURE_SOURCE_CALCULATED_INCOMPLETE}},
                           8);

    (void)state;
    assert_f64(row.feature_quality_score, 79.49); /* (3631 - 23 * 30) / 37 */
    assert_string_equal(row.quality_tier, "bronze");
    assert_f64(row.matchup_quality_pct, 70.0);
    assert_int_equal(row.default_feature_count, 0);
    assert_int_equal(row.phase4_feature_count, 23);
    assert_int_equal(row.calculated_feature_count, 11);
    assert_int_equal(row.training_quality_feature_count, 14);
    assert_int_equal(row.critical_feature_count, 0);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
    assert_int_equal(row.is_training_ready, BOOL_FALSE);
    assert_string_equal(row.quality_alert_level, "green");
}

static void
an_absent_line_makes_no_category_the_worst_but_a_missing_matchup_does(void **state)
{
    FeatureRow row = score((const Span[]){{25, 27, ABSENT}, {5, 8, ABSENT}, {13, 14, ABSENT}}, 3);

    (void)state;
    assert_string_equal(row.worst_category, "matchup");
    assert_f64(row.worst_category_pct, 0.0);
    row = score((const Span[]){{25, 27, ABSENT}, {5, 8, UNSUBSCRIBED}, {13, 14, UNSUBSCRIBED}}, 3);
    assert_string_equal(row.worst_category, "game_context"); /* of the matchup nothing is owed */
}

static void
test_counts_of_a_complete_row(void **state)
{
    FeatureRow row = score(NULL, 0);

    (void)state;
    assert_int_equal(row.phase4_feature_count, 23);
    assert_int_equal(row.phase3_feature_count, 3);
    assert_int_equal(row.calculated_feature_count, 11);
    assert_int_equal(row.training_quality_feature_count, 37);
    assert_int_equal(row.critical_feature_count, 6);
    assert_int_equal(row.optional_feature_count, 31);
    assert_int_equal(row.default_feature_indices.count, 0);
    assert_int_equal(row.critical_features_training_quality, BOOL_TRUE);
    assert_int_equal(row.has_composite_factors, BOOL_TRUE);
    assert_int_equal(row.has_opponent_defense, BOOL_TRUE);
    assert_string_equal(row.matchup_quality_tier, "gold");
    assert_string_equal(row.game_context_quality_tier, "gold");
}

static void
test_counts_without_a_line(void **state)
{
    FeatureRow row = score(&(Span){25, 27, ABSENT}, 1);

    (void)state;
    assert_int_equal(row.phase4_feature_count, 20);
    assert_int_equal(row.phase3_feature_count, 3);
    assert_int_equal(row.calculated_feature_count, 11);
    assert_int_equal(row.training_quality_feature_count, 34);
    assert_int_equal(row.optional_feature_count, 28);
    assert_int_equal(row.default_feature_indices.count, 3);
    assert_int_equal(row.default_feature_indices.items[0], 25);
    assert_int_equal(row.default_feature_indices.items[2], 27);
    assert_int_equal(row.vegas_default_count, 3);
    assert_int_equal(row.player_history_default_count, 0);
}

static void
test_vectors_carry_label_and_weight_of_each_source(void **state)
{
    FeatureRow row = score((const Span[]){{10, 10, UNSUBSCRIBED}, {29, 29, FIRST_MEETING}}, 2);

    (void)state;
    assert_int_equal(row.feature_source.count, FEATURE_COUNT);
    assert_int_equal(row.feature_quality.count, FEATURE_COUNT);
    assert_string_equal(row.feature_source.items[10], "not_subscribed");
    assert_int_equal(row.feature_quality.items[10], 0);
    assert_string_equal(row.feature_source.items[29], "no_history");
    assert_string_equal(row.feature_source.items[30], "opponent_history");
    assert_int_equal(row.feature_quality.items[30], 90);
    assert_string_equal(row.feature_source.items[31], "minutes_ppm");
    assert_int_equal(row.feature_quality.items[15], 87);
}

/* 98.135...% of 37 loses 100, 90 and 90: (3631 - 280) / 37 raw, / 34 effective. */
static void
test_an_absent_feed_and_a_first_meeting_lower_the_shown_score_only(void **state)
{
    FeatureRow row = score((const Span[]){{10, 10, UNSUBSCRIBED}, {29, 30, FIRST_MEETING}}, 2);

    (void)state;
    assert_f64(row.feature_quality_score, 90.57);
    assert_f64(row.effective_quality_score, 98.56);
    assert_string_equal(row.quality_tier, "gold");
    assert_string_equal(row.quality_alert_level, "green");
    assert_int_equal(row.default_feature_count, 3);
    assert_int_equal(row.required_default_count, 0);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
    assert_int_equal(row.is_training_ready, BOOL_TRUE);
    assert_f64(row.player_history_quality_pct, 83.8);   /* 1090 / 13 */
    assert_f64(row.player_history_effective_pct, 99.1); /* 1090 / 11 */
    assert_f64(row.game_context_quality_pct, 87.4);     /* 961 / 11 */
    assert_f64(row.game_context_effective_pct, 96.1);   /* 961 / 10 */
}

static void
test_a_missing_required_value_blocks_whatever_else_is_absent(void **state)
{
    FeatureRow row = score((const Span[]){{10, 10, UNSUBSCRIBED}, {19, 19, ABSENT}}, 2);

    (void)state;
    assert_f64(row.effective_quality_score, 69.0);
    assert_int_equal(row.required_default_count, 1);
    assert_int_equal(row.is_quality_ready, BOOL_FALSE);
    assert_string_equal(row.quality_alert_level, "yellow");
}

/* Player history: 990 / 13 shown, 990 / 10 of what could be known. */
static void
test_the_history_floor_for_training_regards_what_could_be_known(void **state)
{
    FeatureRow row = score((const Span[]){{29, 30, FIRST_MEETING}, {33, 33, UNSUBSCRIBED}}, 2);

    (void)state;
    assert_f64(row.player_history_quality_pct, 76.2);
    assert_f64(row.player_history_effective_pct, 99.0);
    assert_int_equal(row.is_training_ready, BOOL_TRUE);
}

static void
test_an_unsubscribed_line_feed_leaves_a_player_predictable(void **state)
{
    FeatureRow row = score(&(Span){25, 27, UNSUBSCRIBED}, 1);

    (void)state;
    assert_f64(row.feature_quality_score, 90.03);
    assert_f64(row.effective_quality_score, 97.97); /* 3331 / 34 */
    assert_string_equal(row.quality_tier, "gold");
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
}

static void
test_a_matchup_value_that_cannot_be_known_is_no_alert(void **state)
{
    FeatureRow row = score(&(Span){8, 8, UNSUBSCRIBED}, 1);

    (void)state;
    assert_f64(row.matchup_quality_pct, 83.3);
    assert_f64(row.matchup_effective_pct, 100.0);
    assert_string_equal(row.matchup_quality_tier, "gold");
    assert_int_equal(row.has_composite_factors, BOOL_TRUE);
    assert_int_equal(row.quality_alerts.count, 0);
    assert_int_equal(row.matchup_default_count, 1);
}

static void
test_a_category_of_which_nothing_can_be_known_is_null_and_fails_its_floor(void **state)
{
    FeatureRow row = score((const Span[]){{5, 8, UNSUBSCRIBED}, {13, 14, UNSUBSCRIBED}}, 2);

    (void)state;
    assert_true(f64_is_null(row.matchup_effective_pct));
    assert_string_equal(row.quality_alert_level, "red");
    assert_int_equal(row.is_quality_ready, BOOL_FALSE);
    assert_int_equal(row.required_default_count, 0);
}

static void
test_a_row_of_nothing_scores_zero(void **state)
{
    FeatureRow gone = score(&(Span){0, 36, ABSENT}, 1);
    FeatureRow unknown = score(&(Span){0, 36, UNSUBSCRIBED}, 1);

    (void)state;
    assert_f64(gone.feature_quality_score, 0.0);
    assert_int_equal(gone.required_default_count, 34);
    assert_string_equal(gone.quality_tier, "critical");
    assert_f64(unknown.effective_quality_score, 0.0);
    assert_int_equal(unknown.is_quality_ready, BOOL_FALSE);
}

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static void
test_without_absent_feeds_effective_and_shown_scores_are_one(void **state)
{
    uint32_t seed = 7;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        FeatureSource sources[FEATURE_COUNT];
        FeatureRow row = feature_row_null();

        apply(complete, ARRAY_LEN(complete), sources);
        for (int i = 0; i < FEATURE_COUNT; i++) {
            uint32_t pick = next_random(&seed) % (FEATURE_SOURCE_MISSING + 1);

            if (next_random(&seed) % 8 == 0)
                sources[i] = (FeatureSource)pick;
        }
        quality_fill(sources, arena, &row);
        assert_f64(row.effective_quality_score, row.feature_quality_score);
        assert_f64(row.matchup_effective_pct, row.matchup_quality_pct);
        assert_f64(row.player_history_effective_pct, row.player_history_quality_pct);
        assert_f64(row.game_context_effective_pct, row.game_context_quality_pct);
        if (row.is_training_ready == BOOL_TRUE)
            assert_int_equal(row.required_default_count, 0);
    }
}

static void
assert_primary_source(const Span *change, const char *expected)
{
    assert_string_equal(score(change, 1).primary_data_source, expected);
}

static void
test_primary_source_is_told_by_labels(void **state)
{
    (void)state;
    assert_primary_source(&(Span){0, 33, FEATURE_SOURCE_PHASE4}, "phase4");
    assert_primary_source(&(Span){0, 17, FEATURE_SOURCE_PHASE4}, "phase4_partial");
    assert_primary_source(&(Span){0, 36, FEATURE_SOURCE_PHASE3}, "phase3");
}

static void
test_tiers_begin_at_their_thresholds(void **state)
{
    (void)state;
    assert_string_equal(quality_tier_name(95.0), "gold");
    assert_string_equal(quality_tier_name(94.99), "silver");
    assert_string_equal(quality_tier_name(85.0), "silver");
    assert_string_equal(quality_tier_name(84.99), "bronze");
    assert_string_equal(quality_tier_name(70.0), "bronze");
    assert_string_equal(quality_tier_name(69.99), "poor");
    assert_string_equal(quality_tier_name(50.0), "poor");
    assert_string_equal(quality_tier_name(49.99), "critical");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lettered_cases_score_as_computed_elsewhere),
        cmocka_unit_test(lettered_cases_fill_every_other_column),
        cmocka_unit_test(incomplete_windows_lower_the_score_and_block_nobody),
        cmocka_unit_test(an_absent_line_makes_no_category_the_worst_but_a_missing_matchup_does),
        cmocka_unit_test(test_counts_of_a_complete_row),
        cmocka_unit_test(test_counts_without_a_line),
        cmocka_unit_test(test_vectors_carry_label_and_weight_of_each_source),
        cmocka_unit_test(test_an_absent_feed_and_a_first_meeting_lower_the_shown_score_only),
        cmocka_unit_test(test_a_missing_required_value_blocks_whatever_else_is_absent),
        cmocka_unit_test(test_the_history_floor_for_training_regards_what_could_be_known),
        cmocka_unit_test(test_an_unsubscribed_line_feed_leaves_a_player_predictable),
        cmocka_unit_test(test_a_matchup_value_that_cannot_be_known_is_no_alert),
        cmocka_unit_test(test_a_category_of_which_nothing_can_be_known_is_null_and_fails_its_floor),
        cmocka_unit_test(test_a_row_of_nothing_scores_zero),
        cmocka_unit_test(test_without_absent_feeds_effective_and_shown_scores_are_one),
        cmocka_unit_test(test_primary_source_is_told_by_labels),
        cmocka_unit_test(test_tiers_begin_at_their_thresholds),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
