/*
 * tests/unit/test_batch_checks.c
 *    Measures of a date's rows, and the alerts of batches that say too little.
 */
#include "feature_slate.h"
#include "workers/features/batch_checks.h"
#include "workers/features/quality.h"

enum { BATCH_ROWS = 60 };

/* A batch of rows that differ as real ones do. */
typedef struct {
    FeatureRow rows[BATCH_ROWS];
    UpcomingPlayer players[BATCH_ROWS];
    FeatureGap gaps[BATCH_ROWS];
    FeatureStoreResult result;
} Batch;

static const char *const teams[] = {"ATL", "BKN", "BOS", "CHA", "CHI", "CLE"};

static void
set_source(FeatureRow *row, int feature, FeatureSource source)
{
    FeatureSource sources[FEATURE_COUNT];
    const double value = feature_source_table[source].counts_as_default ? NULL_F64 : row->feature_values.items[feature];
    double *values = arena_array(arena, FEATURE_COUNT, sizeof values[0]);

    for (int i = 0; i < FEATURE_COUNT; i++) {
        assert_true(feature_source_parse(row->feature_source.items[i], &sources[i]));
        values[i] = i == feature ? value : row->feature_values.items[i];
    }
    sources[feature] = source;
    row->feature_values = (F64Array){.items = values, .count = FEATURE_COUNT};
    quality_fill(sources, arena, row);
}

static Batch *
batch_new(void)
{
    Batch *b = arena_alloc(arena, sizeof *b);
    const FeatureRow row = only_row(slate_new(season_of_ten_games()));

    for (int r = 0; r < BATCH_ROWS; r++) {
        double *values = arena_array(arena, FEATURE_COUNT, sizeof values[0]);

        for (int i = 0; i < FEATURE_COUNT; i++)
            values[i] = feature_contract[i].min + (feature_contract[i].max - feature_contract[i].min) * r / BATCH_ROWS;
        b->rows[r] = row;
        b->rows[r].player_lookup = arena_printf(arena, "player%02d", r);
        b->rows[r].team = teams[r % 6];
        b->rows[r].feature_values = (F64Array){.items = values, .count = FEATURE_COUNT};
    }
    b->result = (FeatureStoreResult){.rows = b->rows, .row_count = BATCH_ROWS, .gaps = b->gaps};
    return b;
}

static void
set_value(FeatureRow *row, int feature, double value)
{
    double *values = arena_array(arena, FEATURE_COUNT, sizeof values[0]);

    memcpy(values, row->feature_values.items, FEATURE_COUNT * sizeof values[0]);
    values[feature] = value;
    row->feature_values = (F64Array){.items = values, .count = FEATURE_COUNT};
}

static BatchReport
check(const Batch *b)
{
    BatchReport r;

    batch_check(&b->result, arena, &r);
    return r;
}

static double
measured(const BatchReport *r, const char *name)
{
    for (size_t i = 0; i < r->measure_count; i++) {
        if (strcmp(r->measures[i].name, name) == 0)
            return r->measures[i].value;
    }
    fail_msg("no measure %s", name);
    return NULL_F64;
}

/* Exactly these alerts, in this order; kinds are parted by blanks. */
static void
assert_kinds(const BatchReport *r, const char *kinds)
{
    const char *said = "";

    for (size_t i = 0; i < r->alert_count; i++)
        said = arena_printf(arena, "%s%s%s", said, i > 0 ? " " : "", r->alerts[i].kind);
    assert_string_equal(said, kinds);
}

/* Exactly this alert, and no other. */
static const BatchAlert *
only_alert(const BatchReport *r, const char *kind, const char *severity, const char *subject)
{
    assert_int_equal(r->alert_count, 1);
    assert_string_equal(r->alerts[0].kind, kind);
    assert_int_equal(r->alerts[0].is_critical, strcmp(severity, "critical") == 0);
    if (subject == NULL)
        assert_null(r->alerts[0].subject);
    else
        assert_string_equal(r->alerts[0].subject, subject);
    return &r->alerts[0];
}

static void
a_good_batch_is_measured_and_alarms_nobody(void **state)
{
    const BatchReport r = check(batch_new());

    (void)state;
    assert_int_equal(r.alert_count, 0);
    assert_near(measured(&r, "post_write_rows"), 60);
    assert_near(measured(&r, "post_write_rows_with_required_defaults"), 0);
    assert_near(measured(&r, "post_write_pct_with_defaults"), 0);
    assert_near(measured(&r, "post_write_pct_quality_ready"), 100);
    assert_near(measured(&r, "post_write_avg_score"), 98.1);
    assert_near(measured(&r, "post_write_avg_matchup_quality"), 100);
    assert_near(measured(&r, "post_write_avg_game_context_quality"), 96.5);
}

/* 30 % of 60 rows are 18. */
static void
more_than_thirty_percent_of_rows_with_required_defaults_is_critical(void **state)
{
    Batch *b = batch_new();
    BatchReport r;

    (void)state;
    for (int i = 0; i < 18; i++)
        set_source(&b->rows[i], FEATURE_PCT_MID_RANGE, FEATURE_SOURCE_MISSING);
    r = check(b);
    assert_int_equal(r.alert_count, 0);
    assert_near(measured(&r, "post_write_pct_with_defaults"), 30);
    assert_near(measured(&r, "post_write_avg_required_defaults"), 0.3);
    assert_near(measured(&r, "post_write_rows_quality_ready"), 42);
    set_source(&b->rows[18], FEATURE_PCT_MID_RANGE, FEATURE_SOURCE_MISSING);
    r = check(b);
    assert_string_equal(only_alert(&r, "feature_defaults_high", "critical", NULL)->message,
                        "19 of 60 rows (31.7 %) lack a required value; up to 30 % is usual");
}

static void
a_feature_that_hardly_varies_is_a_warning_and_a_constant_critical(void **state)
{
    Batch *b = batch_new();
    BatchReport r;

    (void)state;
    for (int i = 0; i < BATCH_ROWS; i++) /* a deviation of 2.87 where 3 is usual, 20 values as asked for */
        set_value(&b->rows[i], FEATURE_POINTS_AVG_SEASON, 10 + i % 20 * 0.498);
    r = check(b);
    (void)only_alert(&r, "feature_variance_low", "warning", "points_avg_season");
    for (int i = 0; i < BATCH_ROWS; i++) /* varies enough, but has 19 values */
        set_value(&b->rows[i], FEATURE_POINTS_AVG_SEASON, 10 + i % 19);
    r = check(b);
    (void)only_alert(&r, "feature_variance_low", "warning", "points_avg_season");
    for (int i = 0; i < BATCH_ROWS; i++)
        set_value(&b->rows[i], FEATURE_POINTS_AVG_SEASON, 10.00001 + i % 2 * 0.00002); /* one at 4 decimals */
    r = check(b);
    (void)only_alert(&r, "feature_variance_low", "critical", "points_avg_season");
    b->result.row_count = 49; /* too few rows to say so */
    assert_int_equal(check(b).alert_count, 0);
}

static void
a_small_slate_is_asked_for_as_many_values_as_half_of_its_teams(void **state)
{
    Batch *b = batch_new();

    (void)state;
    for (int i = 0; i < BATCH_ROWS; i++) {
        b->rows[i].team = teams[i % 4];
        set_value(&b->rows[i], FEATURE_TEAM_PACE, 98 + 2 * (i % 2)); /* two pairs of teams are level */
    }
    assert_int_equal(check(b).alert_count, 0);
    b->rows[0].team = teams[4];
    assert_int_equal(check(b).alert_count, 1); /* three values are asked for now */
}

static void
a_composite_factor_that_nine_in_ten_lack_is_a_warning(void **state)
{
    Batch *b = batch_new();
    BatchReport r;

    (void)state;
    for (int i = 0; i < 53; i++)
        set_source(&b->rows[i], FEATURE_PACE_SCORE, FEATURE_SOURCE_MISSING);
    r = check(b);
    assert_kinds(&r, "feature_defaults_high quality_ready_low");
    set_source(&b->rows[53], FEATURE_PACE_SCORE, FEATURE_SOURCE_MISSING);
    r = check(b);
    assert_kinds(&r, "feature_defaults_high composite_defaulted quality_ready_low");
    assert_string_equal(r.alerts[1].kind, "composite_defaulted");
    assert_false(r.alerts[1].is_critical);
    assert_string_equal(r.alerts[1].subject, "pace_score");
    for (int i = 0; i < BATCH_ROWS; i++) /* a feed that the deployment lacks is nobody's fault */
        set_source(&b->rows[i], FEATURE_PACE_SCORE, FEATURE_SOURCE_NOT_SUBSCRIBED);
    assert_int_equal(check(b).alert_count, 0);
}

static void
a_category_at_zero_names_its_producers(void **state)
{
    static const int team_context[] = {FEATURE_TEAM_PACE, FEATURE_TEAM_OFF_RATING, FEATURE_TEAM_WIN_PCT};
    Batch *b = batch_new();
    BatchReport r;

    (void)state;
    for (int i = 0; i < BATCH_ROWS; i++) {
        for (size_t f = 0; f < ARRAY_LEN(team_context); f++)
            set_source(&b->rows[i], team_context[f], FEATURE_SOURCE_MISSING);
    }
    r = check(b);
    assert_kinds(&r, "feature_defaults_high category_at_zero quality_ready_low");
    assert_true(r.alerts[1].is_critical);
    assert_string_equal(r.alerts[1].subject, "team_context");
    assert_string_equal(r.alerts[1].message,
                        "team_context is 0 in all 60 rows; it comes from player_daily_cache, feature_store");
    assert_near(measured(&r, "post_write_avg_team_context_quality"), 0);
    set_source(&b->rows[7], FEATURE_TEAM_PACE, FEATURE_SOURCE_PHASE4);
    r = check(b);
    assert_kinds(&r, "feature_defaults_high quality_ready_low");
}

static void
a_processor_that_gave_half_of_its_rows_not_is_critical(void **state)
{
    Batch *b = batch_new();
    BatchReport r;

    (void)state;
    for (int i = 0; i < BATCH_ROWS; i++)
        b->gaps[i] = (FeatureGap){.player = &b->players[i],
                                  .reason = i < 25 ? GAP_MISSING_PHASE4 : GAP_INSUFFICIENT_DATA,
                                  .subject = "player_shot_zone"};
    b->result.gap_count = 35; /* 25 of 50 who should have a row */
    r = check(b);
    assert_string_equal(only_alert(&r, "upstream_missing", "critical", "player_shot_zone")->message,
                        "25 of 50 players who should have a row of player_shot_zone have none");
    b->result.gap_count = 34; /* 25 of 51 */
    assert_int_equal(check(b).alert_count, 0);
}

static void
placeholders_are_not_judged(void **state)
{
    Batch *b = batch_new();
    BatchReport r;

    (void)state;
    feature_store_placeholders(b->players, 0, arena, &b->result);
    r = check(b);
    assert_int_equal(r.measure_count, 0);
    b = batch_new();
    for (int i = 0; i < BATCH_ROWS; i++)
        b->rows[i].early_season_flag = BOOL_TRUE;
    r = check(b);
    assert_int_equal(r.measure_count, 0);
    assert_int_equal(r.alert_count, 0);
}

/* 40 % of 60 rows are 24. */
static void
too_few_quality_ready_rows_are_a_warning(void **state)
{
    Batch *b = batch_new();
    BatchReport r;

    (void)state;
    for (int i = 0; i < 36; i++)
        b->rows[i].is_quality_ready = BOOL_FALSE;
    r = check(b);
    assert_int_equal(r.alert_count, 0);
    b->rows[36].is_quality_ready = BOOL_FALSE;
    r = check(b);
    assert_string_equal(only_alert(&r, "quality_ready_low", "warning", NULL)->message,
                        "23 of 60 feature rows (38.3 %) are quality ready; at least 40 % is usual");
    for (int i = 0; i < 3; i++) /* 23 of 57 that are no placeholders */
        b->rows[i].early_season_flag = BOOL_TRUE;
    r = check(b);
    assert_int_equal(r.alert_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_batch_is_measured_and_alarms_nobody),
        cmocka_unit_test(more_than_thirty_percent_of_rows_with_required_defaults_is_critical),
        cmocka_unit_test(a_feature_that_hardly_varies_is_a_warning_and_a_constant_critical),
        cmocka_unit_test(a_small_slate_is_asked_for_as_many_values_as_half_of_its_teams),
        cmocka_unit_test(a_composite_factor_that_nine_in_ten_lack_is_a_warning),
        cmocka_unit_test(a_category_at_zero_names_its_producers),
        cmocka_unit_test(a_processor_that_gave_half_of_its_rows_not_is_critical),
        cmocka_unit_test(placeholders_are_not_judged),
        cmocka_unit_test(too_few_quality_ready_rows_are_a_warning),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
