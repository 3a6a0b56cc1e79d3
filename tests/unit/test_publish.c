/*
 * tests/unit/test_publish.c
 *    Claims about the public files: signals, groups, records, and the shape of each file.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "workers/grading/grading_core.h"
#include "workers/publish/best_bets.h"
#include "workers/publish/manifest.h"
#include "workers/publish/picks_json.h"
#include "workers/publish/predictions_json.h"
#include "workers/publish/results_json.h"
#include "workers/publish/season_json.h"
#include "workers/publish/subset_rows.h"
#include "workers/publish/subsets_json.h"

#define CHAMPION "moving_average_baseline"

/* Doubles, where cmocka compares floats. */
static void
assert_near(double found, double wanted, double within)
{
    if (!(fabs(found - wanted) <= within))
        fail_msg("%.17g is not %.17g", found, wanted);
}

static GameDate
day(int year, int month, int dom)
{
    GameDate d;

    assert_true(date_make(year, month, dom, &d));
    return d;
}

/* Thursday. */
static GameDate
today(void)
{
    return day(2024, 12, 5);
}

static Prediction
prediction(const char *lookup, const char *recommendation, double line, double edge, double confidence)
{
    Prediction p = prediction_null();
    double margin = strcmp(recommendation, "UNDER") == 0 ? -edge : edge;

    p.game_date = today();
    p.game_id = "20241205_BBB_AAA";
    p.player_lookup = lookup;
    p.system_id = CHAMPION;
    p.version = 1;
    p.prediction_id = lookup;
    p.player_name = lookup;
    p.team = "AAA";
    p.opponent = "BBB";
    p.is_home = BOOL_TRUE;
    p.recommendation = recommendation;
    p.current_points_line = line;
    p.line_margin = isnan(line) ? NULL_F64 : margin;
    p.predicted_points = isnan(line) ? 9.9 : line + margin;
    p.confidence_score = confidence;
    p.feature_quality_score = 95;
    p.scoring_tier = "starter";
    p.is_active = BOOL_TRUE;
    p.is_live = BOOL_FALSE;
    return p;
}

static PredictionAccuracy
graded(GameDate date, const char *lookup, const char *recommendation, double edge, const char *result)
{
    PredictionAccuracy r = prediction_accuracy_null();
    bool is_void = strcmp(result, "void") == 0;
    double margin = strcmp(recommendation, "UNDER") == 0 ? -edge : edge;

    r.game_date = date;
    r.prediction_id = lookup;
    r.game_id = "20241205_BBB_AAA";
    r.player_lookup = lookup;
    r.player_name = lookup;
    r.system_id = CHAMPION;
    r.team = "AAA";
    r.opponent = "BBB";
    r.is_home = BOOL_TRUE;
    r.recommendation = recommendation;
    r.predicted_points = 20.5 + margin;
    r.line_value = 20.5;
    r.line_margin = margin;
    r.confidence_score = 55;
    r.feature_quality_score = 95;
    r.result = result;
    r.is_voided = is_void ? BOOL_TRUE : BOOL_FALSE;
    r.actual_points = is_void ? NULL_I32 : 24;
    r.minutes_played = is_void ? NULL_F64 : 31.5;
    r.signed_error = is_void ? NULL_F64 : r.predicted_points - 24;
    r.absolute_error = fabs(r.signed_error);
    r.within_3_points = is_void ? BOOL_NULL : (TriBool)(r.absolute_error <= 3);
    r.within_5_points = is_void ? BOOL_NULL : (TriBool)(r.absolute_error <= 5);
    r.is_live = BOOL_FALSE;
    return r;
}

static const SubsetDef *
subset(const char *id)
{
    for (size_t i = 0; i < SUBSET_COUNT; i++)
        if (strcmp(subset_table[i].id, id) == 0)
            return &subset_table[i];
    fail_msg("no subset %s", id);
    return NULL;
}

static json_t *
parse(const char *text)
{
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    assert_non_null(root);
    return root;
}

static const char *
text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static double
number_of(const json_t *o, const char *key)
{
    assert_true(json_is_number(json_object_get(o, key)));
    return json_number_value(json_object_get(o, key));
}

/* "key key key" in the order of the file. */
static void
check_keys(json_t *o, const char *wanted)
{
    char keys[512] = "";
    size_t used = 0;
    const char *key;
    json_t *value;

    json_object_foreach(o, key, value)
    {
        size_t len = strlen(key);

        assert_true(used + len + 2 < sizeof(keys));
        if (used > 0)
            keys[used++] = ' ';
        memcpy(keys + used, key, len + 1);
        used += len;
    }
    assert_string_equal(keys, wanted);
}

static void
the_daily_signal_follows_its_published_cases(void **state)
{
    static const struct {
        int rows, over, high_edge;
        DailySignal signal;
        const char *shown;
    } cases[] = {
        {20, 4, 5, SIGNAL_RED, "challenging"}, {20, 8, 2, SIGNAL_YELLOW, "neutral"},
        {20, 10, 6, SIGNAL_YELLOW, "neutral"}, {20, 7, 6, SIGNAL_GREEN, "favorable"},
        {20, 5, 3, SIGNAL_GREEN, "favorable"}, /* 25 % is not below 25 % */
        {20, 9, 3, SIGNAL_GREEN, "favorable"}, /* 45 % is not above 45 % */
        {9, 0, 9, SIGNAL_UNKNOWN, "neutral"},  {10, 0, 9, SIGNAL_RED, "challenging"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        SignalCounts c = {0};

        for (int row = 0; row < cases[i].rows; row++)
            signal_count(&c, row < cases[i].over ? "OVER" : "PASS", row < cases[i].high_edge ? 5.0 : 4.99);
        for (int row = 0; row < 30; row++)
            signal_count(&c, "NO_LINE", NULL_F64); /* no part of the population */
        assert_int_equal(daily_signal(&c), cases[i].signal);
        assert_string_equal(signal_public_name(daily_signal(&c)), cases[i].shown);
    }
}

static void
a_pick_scores_ten_times_its_edge_and_half_its_confidence(void **state)
{
    (void)state;
    assert_near(pick_score(&(Pick){.edge = 5.0, .confidence_pct = 89}), 94.5, 1e-9);
    assert_near(pick_score(&(Pick){.edge = 7.3, .confidence_pct = 92}), 119.0, 1e-9);
    assert_near(pick_score(&(Pick){.edge = 3.0, .confidence_pct = 84}), 72.0, 1e-9);
}

static PickDay
picks_of(const Prediction *rows, size_t count, Arena *a)
{
    return pick_day_of_predictions(rows, count, today(), CHAMPION, a);
}

static void
picks_rank_by_score_then_edge_then_lookup(void **state)
{
    Prediction rows[] = {
        prediction("0", "NO_LINE", NULL_F64, 0, 60),
        prediction("d", "OVER", 20, 5.0, 40), /* 70 */
        prediction("c", "OVER", 20, 4.0, 60), /* 70, smaller edge */
        prediction("b", "OVER", 20, 5.0, 40), /* 70, as d */
        prediction("a", "OVER", 20, 4.5, 40), /* 65 */
        prediction("e", "UNDER", 20, 9.0, 40),
        /* Both 64.3, of which binary makes 64.30000000000001 and 64.3. */
        prediction("f", "OVER", 20, 3.43, 60),
        prediction("g", "OVER", 20, 3.83, 52),
    };
    static const char *const wanted[] = {"e", "b", "d", "c", "a", "g", "f", "0"};
    PickDay d = picks_of(rows, ARRAY_LEN(rows), *state);

    assert_int_equal(d.count, ARRAY_LEN(wanted));
    for (size_t i = 0; i < d.count; i++)
        assert_string_equal(d.picks[i].player_lookup, wanted[i]);
}

static void
only_active_predictions_of_the_system_and_date_are_picks(void **state)
{
    Prediction rows[] = {
        prediction("old", "OVER", 20, 5, 40),
        prediction("other", "OVER", 20, 5, 40),
        prediction("yesterday", "OVER", 20, 5, 40),
        prediction("good", "OVER", 20, 5, 40),
    };
    PickDay d;

    rows[0].is_active = BOOL_FALSE;
    rows[1].system_id = "zone_matchup_v1";
    rows[2].game_date = date_add(today(), -1);
    d = picks_of(rows, ARRAY_LEN(rows), *state);
    assert_int_equal(d.count, 1);
    assert_string_equal(d.picks[0].player_lookup, "good");
}

/* Ten rows and more, with the share of OVER and the strong edges that make the signal. */
static size_t
a_mixed_day(Prediction *rows)
{
    static const struct {
        const char *lookup, *recommendation;
        double edge;
    } cases[] = {
        {"o9", "OVER", 9.0},  {"o7", "OVER", 7.0},  {"o5", "OVER", 5.0},    {"o49", "OVER", 4.99}, {"u8", "UNDER", 8.0},
        {"u6", "UNDER", 6.0}, {"u3", "UNDER", 3.0}, {"u29", "UNDER", 2.99}, {"p1", "PASS", 9.5},   {"p2", "PASS", 1.0},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        rows[i] = prediction(cases[i].lookup, cases[i].recommendation, 20.5, cases[i].edge, 50);
    return ARRAY_LEN(cases);
}

static void
check_selection(const char *id, const PickDay *d, const char *wanted, Arena *a)
{
    Selection s = subset_select(subset(id), d, a);
    const char *found = "";

    for (size_t i = 0; i < s.count; i++)
        found = arena_printf(a, "%s%s%s", found, i == 0 ? "" : " ", s.picks[i]->player_lookup);
    assert_string_equal(found, wanted);
}

static void
groups_choose_by_edge_direction_and_rank(void **state)
{
    Arena *a = *state;
    Prediction rows[10];
    PickDay d = picks_of(rows, a_mixed_day(rows), a);

    assert_int_equal(d.signal, SIGNAL_GREEN); /* 4 of 10, and 6 strong ones */
    check_selection("top_pick", &d, "o9", a);
    check_selection("top_3", &d, "o9 o7 o5", a);
    check_selection("top_5", &d, "o9 u8 o7 u6 o5", a);
    check_selection("high_edge_over", &d, "o9 o7 o5", a);
    check_selection("high_edge_all", &d, "o9 u8 o7 u6 o5", a);
    check_selection("ultra_high_edge", &d, "o9 u8 o7", a);
    check_selection("green_light", &d, "o9 u8 o7 u6 o5", a);
    check_selection("all_picks", &d, "o9 u8 o7 u6 o5 o49 u3", a);
}

static void
red_days_empty_the_groups_that_skip_them_and_no_others(void **state)
{
    Arena *a = *state;
    Prediction rows[10];
    PickDay d = picks_of(rows, a_mixed_day(rows), a);

    d.signal = SIGNAL_RED;
    check_selection("top_pick", &d, "", a);
    check_selection("top_3", &d, "", a);
    check_selection("top_5", &d, "", a);
    check_selection("green_light", &d, "", a);
    check_selection("high_edge_over", &d, "o9 o7 o5", a);
    d.signal = SIGNAL_YELLOW;
    check_selection("top_pick", &d, "o9", a);
    d.signal = SIGNAL_UNKNOWN;
    check_selection("top_pick", &d, "o9", a);
}

static void
poor_quality_keeps_a_pick_out_of_groups(void **state)
{
    Arena *a = *state;
    Prediction rows[] = {prediction("poor", "OVER", 20, 9, 50), prediction("good", "OVER", 20, 8, 50)};
    PickDay d;

    rows[0].feature_quality_score = 84.9;
    rows[1].feature_quality_score = 85.0;
    d = picks_of(rows, 2, a);
    check_selection("all_picks", &d, "good", a);
}

static void
check_tally(const Tally *t, int wins, int losses)
{
    assert_int_equal(t->wins, wins);
    assert_int_equal(t->losses, losses);
}

static void
records_count_graded_picks_of_their_windows_before_the_date(void **state)
{
    Arena *a = *state;
    const PredictionAccuracy rows[] = {
        graded(day(2024, 10, 31), "a", "OVER", 6, "hit"), /* before the season's records */
        graded(day(2024, 11, 1), "a", "OVER", 6, "hit"),  graded(day(2024, 11, 30), "a", "OVER", 6, "miss"),
        graded(day(2024, 12, 1), "a", "OVER", 6, "hit"), /* Sunday: the month, not the week */
        graded(day(2024, 12, 2), "a", "OVER", 6, "miss"), graded(day(2024, 12, 2), "b", "OVER", 6, "push"),
        graded(day(2024, 12, 3), "a", "OVER", 6, "void"), graded(day(2024, 12, 4), "a", "OVER", 6, "hit"),
        graded(day(2024, 12, 4), "b", "OVER", 4, "hit"), /* too small an edge */
        graded(day(2024, 12, 5), "a", "OVER", 6, "miss"), graded(day(2024, 12, 6), "a", "OVER", 6, "miss"),
    };
    PickDays days = pick_days_of_accuracy(rows, ARRAY_LEN(rows), day(2024, 10, 1), day(2025, 6, 30), CHAMPION, a);
    SubsetRecord r = subset_record(subset("high_edge_all"), &days, today(), day(2024, 12, 4), a);

    assert_int_equal(days.count, 9);
    check_tally(&r.season, 3, 2);
    check_tally(&r.month, 2, 1);
    check_tally(&r.week, 1, 1);
    r = subset_record(subset("high_edge_all"), &days, today(), today(), a);
    check_tally(&r.season, 3, 3);
    check_tally(&r.week, 1, 2);
}

static void
a_week_starts_on_monday(void **state)
{
    Arena *a = *state;
    const PredictionAccuracy rows[] = {
        graded(day(2024, 12, 1), "a", "OVER", 6, "miss"), /* Sunday */
        graded(day(2024, 12, 2), "a", "OVER", 6, "hit"),  /* Monday */
        graded(day(2024, 12, 8), "a", "OVER", 6, "hit"),  /* Sunday */
    };
    PickDays days = pick_days_of_accuracy(rows, 3, day(2024, 11, 1), day(2025, 1, 1), CHAMPION, a);
    const SubsetDef *all = subset("all_picks");
    SubsetRecord r = subset_record(all, &days, day(2024, 12, 8), day(2024, 12, 8), a);

    check_tally(&r.week, 2, 0);
    r = subset_record(all, &days, day(2024, 12, 9), day(2024, 12, 8), a);
    check_tally(&r.week, 0, 0);
    r = subset_record(all, &days, day(2024, 12, 2), day(2024, 12, 1), a);
    check_tally(&r.week, 0, 0);
}

static void
records_show_live_and_replayed_apart(void **state)
{
    Arena *a = *state;
    PredictionAccuracy rows[] = {
        graded(day(2024, 12, 3), "a", "OVER", 6, "hit"),
        graded(day(2024, 12, 3), "b", "OVER", 6, "hit"),
        graded(day(2024, 12, 3), "c", "OVER", 6, "miss"),
    };
    PickDays days;
    SubsetRecord r;

    rows[1].is_live = BOOL_TRUE;
    days = pick_days_of_accuracy(rows, 3, day(2024, 11, 1), today(), CHAMPION, a);
    r = subset_record(subset("all_picks"), &days, today(), today(), a);
    check_tally(&r.season, 2, 1);
    assert_int_equal(r.season.live_wins, 1);
    assert_int_equal(r.season.live_losses, 0);
}

static void
graded_rows_choose_the_picks_that_were_published(void **state)
{
    Arena *a = *state;
    Prediction rows[10];
    PredictionAccuracy later[10];
    size_t n = a_mixed_day(rows);
    PickDay before = picks_of(rows, n, a);
    PickDays after;

    for (size_t i = 0; i < n; i++) {
        later[i] = graded(today(), rows[i].player_lookup, rows[i].recommendation, 0, "hit");
        later[i].line_margin = rows[i].line_margin;
        later[i].confidence_score = rows[i].confidence_score;
    }
    after = pick_days_of_accuracy(later, n, today(), today(), CHAMPION, a);
    assert_int_equal(after.count, 1);
    assert_int_equal(after.days[0].signal, before.signal);
    for (size_t i = 0; i < SUBSET_COUNT; i++) {
        Selection x = subset_select(&subset_table[i], &before, a);
        Selection y = subset_select(&subset_table[i], &after.days[0], a);

        assert_int_equal(x.count, y.count);
        for (size_t k = 0; k < x.count; k++)
            assert_string_equal(x.picks[k]->player_lookup, y.picks[k]->player_lookup);
    }
}

static void
the_picks_file_has_eight_groups_records_and_counts(void **state)
{
    Arena *a = *state;
    const PredictionAccuracy past_rows[] = {
        graded(day(2024, 12, 4), "a", "OVER", 6, "hit"), graded(day(2024, 12, 4), "b", "OVER", 6, "hit"),
        graded(day(2024, 12, 4), "c", "OVER", 6, "miss"),
        graded(today(), "d", "OVER", 6, "miss"), /* of the date itself: no record of it */
    };
    PickDays past = pick_days_of_accuracy(past_rows, 4, day(2024, 11, 1), today(), CHAMPION, a);
    Prediction rows[10];
    PickDay d = picks_of(rows, a_mixed_day(rows), a);
    json_t *root = parse(picks_json(&d, &past, CHAMPION, a));
    json_t *groups = json_object_get(root, "groups");
    json_t *counts = json_object_get(root, "counts");

    check_keys(root, "date model system made signal counts groups picks");
    assert_string_equal(text_of(root, "date"), "2024-12-05");
    assert_string_equal(text_of(root, "system"), CHAMPION);
    assert_string_equal(text_of(root, "model"), "M01");
    assert_string_equal(text_of(root, "made"), "replayed");
    assert_string_equal(text_of(root, "signal"), "favorable");
    check_keys(counts, "picks recommended predictions");
    assert_near(number_of(counts, "picks"), 10, 0);
    assert_near(number_of(counts, "recommended"), 8, 0);
    assert_near(number_of(counts, "predictions"), 10, 0);
    assert_int_equal(json_array_size(groups), 8);
    json_t *group = json_array_get(groups, 7);
    json_t *season = json_object_get(json_object_get(group, "record"), "season");

    check_keys(group, "id name record picks");
    assert_string_equal(text_of(group, "id"), "8");
    assert_string_equal(text_of(group, "name"), "All Picks");
    check_keys(json_object_get(group, "record"), "season month week");
    check_keys(season, "wins losses pct live");
    assert_near(number_of(season, "wins"), 2, 0);
    assert_near(number_of(season, "losses"), 1, 0);
    assert_near(number_of(season, "pct"), 66.7, 0);
    assert_true(json_is_null(json_object_get(json_object_get(season, "live"), "pct")));
    assert_int_equal(json_array_size(json_object_get(group, "picks")), 7);
    check_keys(json_array_get(json_object_get(group, "picks"), 0), "player team opponent prediction line direction");
    json_decref(root);
}

static void
every_prediction_off_its_line_is_a_pick_recommended_ones_first(void **state)
{
    Arena *a = *state;
    Prediction rows[13];
    size_t n = a_mixed_day(rows);
    static const char *const wanted[] = {"o9", "u8", "o7", "u6", "o5", "o49", "u3", "u29", "p1", "p2", "under"};

    rows[n++] = prediction("under", "PASS", 20.5, -0.1, 50);
    rows[n++] = prediction("level", "PASS", 20.5, 0, 50);
    rows[n++] = prediction("lineless", "NO_LINE", NULL_F64, 0, 60);
    PickDay d = picks_of(rows, n, a);
    json_t *root = parse(picks_json(&d, &(PickDays){0}, CHAMPION, a));
    json_t *picks = json_object_get(root, "picks");
    json_t *counts = json_object_get(root, "counts");

    assert_int_equal(json_array_size(picks), ARRAY_LEN(wanted));
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        assert_string_equal(text_of(json_array_get(picks, i), "player_lookup"), wanted[i]);
    assert_near(number_of(counts, "picks"), 11, 0);
    assert_near(number_of(counts, "recommended"), 8, 0);
    assert_near(number_of(counts, "predictions"), 13, 0);
    json_decref(root);
}

static void
check_pick(const json_t *pick, const char *direction, const char *recommendation, bool is_recommended,
           bool is_actionable)
{
    assert_string_equal(text_of(pick, "direction"), direction);
    assert_string_equal(text_of(pick, "recommendation"), recommendation);
    assert_int_equal(json_is_true(json_object_get(pick, "is_recommended")), is_recommended);
    assert_int_equal(json_is_true(json_object_get(pick, "is_actionable")), is_actionable);
}

static void
a_pick_tells_its_side_and_whether_it_is_worth_acting_on(void **state)
{
    Arena *a = *state;
    Prediction rows[] = {
        prediction("a", "UNDER", 20.5, 9.0, 50),
        prediction("b", "OVER", 20.5, 2.99, 50),
        prediction("c", "PASS", 20.5, -1.5, 50),
        prediction("d", "PASS", 20.5, 0.1, 50),
    };

    rows[0].is_actionable = BOOL_TRUE;
    rows[0].sportsbook = "draftkings";
    PickDay d = picks_of(rows, ARRAY_LEN(rows), a);
    json_t *root = parse(picks_json(&d, &(PickDays){0}, CHAMPION, a));
    json_t *picks = json_object_get(root, "picks");

    check_keys(json_array_get(picks, 0), "player player_lookup team opponent prediction line direction edge confidence"
                                         " recommendation is_recommended is_actionable sportsbook");
    assert_string_equal(text_of(json_array_get(picks, 0), "sportsbook"), "draftkings");
    check_pick(json_array_get(picks, 0), "UNDER", "UNDER", true, true);
    check_pick(json_array_get(picks, 1), "OVER", "OVER", true, false);
    assert_near(number_of(json_array_get(picks, 1), "edge"), 2.99, 0);
    check_pick(json_array_get(picks, 2), "UNDER", "PASS", false, false);
    assert_near(number_of(json_array_get(picks, 2), "edge"), 1.5, 0);
    check_pick(json_array_get(picks, 3), "OVER", "PASS", false, false);
    json_decref(root);
}

/* Every recommendation against lines above, on and below the prediction, and retired versions. */
static size_t
a_day_to_grade(Prediction *rows, Arena *a)
{
    static const struct {
        const char *recommendation;
        double line, edge;
    } cases[] = {
        {"OVER", 20.5, 6.0},  {"UNDER", 20.5, 6.0}, {"OVER", 24.0, 6.0}, {"PASS", 20.5, 1.0},
        {"PASS", 20.5, -1.0}, {"PASS", 24.0, 1.5},  {"PASS", 20.5, 0.0}, {"NO_LINE", NULL_F64, 0.0},
    };
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (int away = 0; away < 4; away++) {
            rows[n] = prediction(arena_printf(a, "p%zu%d", i, away), cases[i].recommendation, cases[i].line,
                                 cases[i].edge, 50);
            rows[n].is_active = away == 3 ? BOOL_FALSE : BOOL_TRUE;
            n++;
        }
    return n;
}

/* Of each four players one plays, one stays away and one has no box score. */
static size_t
their_box_scores(Prediction *rows, size_t count, PlayerGame *games)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (i % 4 == 1)
            continue;
        if (i % 4 == 2) {
            rows[i].game_id = "20241205_DDD_CCC";
            continue;
        }
        games[n] = player_game_null();
        games[n].game_id = rows[i].game_id;
        games[n].player_lookup = rows[i].player_lookup;
        games[n].team = rows[i].team;
        games[n].minutes = 30;
        games[n].points = 24;
        games[n++].is_team_complete = BOOL_TRUE;
    }
    return n;
}

static const PredictionAccuracy *
graded_row(const GradedDate *g, const char *lookup)
{
    for (size_t i = 0; i < g->count; i++)
        if (strcmp(g->rows[i].player_lookup, lookup) == 0)
            return &g->rows[i];
    fail_msg("%s has no graded row", lookup);
    return NULL;
}

static json_t *
shown_row(json_t *results, const char *lookup)
{
    size_t i;
    json_t *row;

    json_array_foreach(results, i, row)
    {
        if (strcmp(text_of(row, "player_lookup"), lookup) == 0)
            return row;
    }
    fail_msg("%s is not in the results file", lookup);
    return NULL;
}

/* A recommendation and a lean each have an outcome of their own kind, the same in both places. */
static void
check_outcome(json_t *pick, const PredictionAccuracy *row, json_t *shown)
{
    bool is_recommended = json_is_true(json_object_get(pick, "is_recommended"));

    assert_string_equal(text_of(shown, "direction"), text_of(pick, "direction"));
    if (is_recommended) {
        assert_null(row->lean_result);
        assert_true(json_is_null(json_object_get(shown, "lean_result")));
        assert_string_not_equal(row->result, "pass");
    } else {
        assert_non_null(row->lean_result);
        assert_string_equal(text_of(shown, "lean_result"), row->lean_result);
    }
}

static void
no_pick_is_without_its_graded_row_and_its_outcome(void **state)
{
    Arena *a = *state;
    enum { MOST = 32 };
    Prediction *rows = arena_array(a, MOST, sizeof *rows);
    PlayerGame *games = arena_array(a, MOST, sizeof *games);
    size_t n = a_day_to_grade(rows, a);
    size_t leans = 0;
    GradedDate g = grade_date(rows, n, games, their_box_scores(rows, n, games), a);
    ResultsInput in = {.date = today(), .system = CHAMPION, .graded = g.rows, .graded_count = g.count};
    PickDay d = picks_of(rows, n, a);
    json_t *root = parse(picks_json(&d, &(PickDays){0}, CHAMPION, a));
    json_t *results_root = parse(results_json(&in, a));
    json_t *picks = json_object_get(root, "picks");
    json_t *results = json_object_get(results_root, "results");
    size_t i;
    json_t *pick;

    assert_int_equal(json_array_size(picks), 18); /* six of the eight cases, three players each */
    json_array_foreach(picks, i, pick)
    {
        const char *lookup = text_of(pick, "player_lookup");

        check_outcome(pick, graded_row(&g, lookup), shown_row(results, lookup));
        leans += json_is_false(json_object_get(pick, "is_recommended"));
    }
    for (i = 0; i < g.count; i++)
        leans -= g.rows[i].lean_result != NULL;
    assert_int_equal(leans, 0); /* no lean is graded that was not published */
    json_decref(root);
    json_decref(results_root);
}

static void
a_picks_file_without_picks_still_has_every_group(void **state)
{
    Arena *a = *state;
    Prediction row = prediction("x", "NO_LINE", NULL_F64, 0, 60);
    PickDay d = picks_of(&row, 1, a);
    json_t *root = parse(picks_json(&d, &(PickDays){0}, CHAMPION, a));

    assert_int_equal(json_array_size(json_object_get(root, "groups")), 8);
    assert_int_equal(json_array_size(json_object_get(root, "picks")), 0);
    assert_string_equal(text_of(root, "signal"), "neutral");
    assert_true(json_is_array(json_object_get(json_array_get(json_object_get(root, "groups"), 0), "picks")));
    json_decref(root);
}

static void
the_same_rows_in_any_order_are_the_same_bytes(void **state)
{
    Arena *a = *state;
    Prediction rows[10];
    Prediction turned[10];
    size_t n = a_mixed_day(rows);
    const char *text;

    for (size_t i = 0; i < n; i++)
        turned[i] = rows[n - 1 - i];
    PickDay x = picks_of(rows, n, a);
    PickDay y = picks_of(turned, n, a);

    text = picks_json(&x, &(PickDays){0}, CHAMPION, a);
    assert_string_equal(text, picks_json(&y, &(PickDays){0}, CHAMPION, a));
    assert_null(strstr(text, "generated_at"));
    assert_non_null(strstr(text, "\"edge\": 4.99,")); /* without the tail of its binary form */
}

static void
the_season_file_lists_graded_picks_newest_first(void **state)
{
    Arena *a = *state;
    const PredictionAccuracy rows[] = {
        graded(day(2024, 12, 3), "a", "OVER", 6, "hit"),    graded(day(2024, 12, 4), "a", "UNDER", 6, "miss"),
        graded(day(2024, 12, 4), "b", "OVER", 5.5, "void"), graded(day(2024, 12, 4), "c", "OVER", 5.2, "push"),
        graded(day(2024, 12, 5), "a", "PASS", 9, "pass"),
    };
    PickDays days = pick_days_of_accuracy(rows, ARRAY_LEN(rows), day(2024, 11, 1), today(), CHAMPION, a);
    json_t *root = parse(season_json(&days, today(), CHAMPION, a));
    json_t *group = json_array_get(json_object_get(root, "groups"), 4);
    json_t *dates = json_object_get(group, "dates");
    json_t *picks;

    check_keys(root, "model system season through groups");
    assert_string_equal(text_of(root, "season"), "2024-25");
    assert_string_equal(text_of(root, "system"), CHAMPION);
    assert_int_equal(json_array_size(json_object_get(root, "groups")), 8);
    check_keys(group, "id name record dates");
    assert_int_equal(json_array_size(dates), 2);
    check_keys(json_array_get(dates, 0), "date signal picks");
    assert_string_equal(text_of(json_array_get(dates, 0), "date"), "2024-12-04");
    assert_string_equal(text_of(json_array_get(dates, 1), "date"), "2024-12-03");
    picks = json_object_get(json_array_get(dates, 0), "picks");
    check_keys(json_array_get(picks, 0), "player team opponent prediction line direction actual result");
    assert_string_equal(text_of(json_array_get(picks, 0), "result"), "miss");
    assert_near(number_of(json_array_get(picks, 0), "actual"), 24, 0);
    assert_true(json_is_null(json_object_get(json_array_get(picks, 1), "result")));
    assert_true(json_is_null(json_object_get(json_array_get(picks, 1), "actual")));
    assert_string_equal(text_of(json_array_get(picks, 2), "result"), "push");
    json_t *season = json_object_get(json_object_get(group, "record"), "season");

    assert_near(number_of(season, "wins"), 1, 0);
    assert_near(number_of(season, "losses"), 1, 0);
    json_decref(root);
}

/* Five graded rows of the champion, one of another system and one of another date. */
static ResultsInput
a_results_day(PredictionAccuracy rows[7], Prediction predictions[2], UpcomingPlayer players[2])
{
    rows[0] = graded(today(), "e", "OVER", 4.0, "void");
    rows[1] = graded(today(), "d", "PASS", 1.5, "pass");  /* 22.0 against 24: -2 */
    rows[2] = graded(today(), "c", "UNDER", 4.5, "miss"); /* 16.0: -8 */
    rows[3] = graded(today(), "b", "OVER", 3.0, "hit");   /* 23.5: -0.5 */
    rows[4] = graded(today(), "a", "OVER", 8.0, "hit");   /* 28.5: +4.5 */
    rows[5] = graded(today(), "z", "OVER", 8.0, "hit");
    rows[6] = graded(date_add(today(), -1), "y", "OVER", 8.0, "hit");
    rows[5].system_id = "zone_matchup_v1";
    rows[4].is_home = BOOL_FALSE;
    rows[4].confidence_score = 70;
    rows[3].confidence_score = 54.9;
    predictions[0] = prediction("a", "OVER", 20.5, 8.0, 70);
    predictions[0].scoring_tier = "star";
    predictions[1] = prediction("b", "OVER", 20.5, 3.0, 55);
    predictions[1].scoring_tier = "bench";
    players[0] = upcoming_player_null();
    players[0].player_lookup = "a";
    players[0].back_to_back = BOOL_TRUE;
    players[0].days_rest = 1;
    players[1] = upcoming_player_null();
    players[1].player_lookup = "b";
    players[1].back_to_back = BOOL_FALSE;
    players[1].days_rest = 3;
    return (ResultsInput){
        .date = today(),
        .system = CHAMPION,
        .graded = rows,
        .graded_count = 7,
        .predictions = predictions,
        .prediction_count = 2,
        .players = players,
        .player_count = 2,
    };
}

static void
check_slice(json_t *root, const char *breakdown, const char *name, double total, double wins)
{
    json_t *slice = json_object_get(json_object_get(json_object_get(root, "breakdowns"), breakdown), name);

    check_keys(slice, "total wins losses pushes win_rate avg_error");
    assert_near(number_of(slice, "total"), total, 0);
    assert_near(number_of(slice, "wins"), wins, 0);
}

static void
the_results_file_sums_the_champions_rows_of_the_date(void **state)
{
    Arena *a = *state;
    PredictionAccuracy rows[7];
    Prediction predictions[2];
    UpcomingPlayer players[2];
    ResultsInput in = a_results_day(rows, predictions, players);
    json_t *root = parse(results_json(&in, a));
    json_t *summary = json_object_get(root, "summary");

    assert_int_equal(results_graded_count(&in), 4);
    check_keys(root, "game_date model system summary breakdowns results highlights");
    assert_string_equal(text_of(root, "game_date"), "2024-12-05");
    assert_near(number_of(summary, "total_predictions"), 5, 0);
    assert_near(number_of(summary, "graded"), 4, 0);
    assert_near(number_of(summary, "voided"), 1, 0);
    assert_near(number_of(summary, "recommendations"), 3, 0);
    assert_near(number_of(summary, "correct"), 2, 0);
    assert_near(number_of(summary, "incorrect"), 1, 0);
    assert_near(number_of(summary, "pass_count"), 1, 0);
    assert_near(number_of(summary, "win_rate"), 66.7, 0);
    assert_near(number_of(summary, "avg_mae"), 3.75, 0);
    assert_near(number_of(summary, "avg_bias"), -1.5, 0);
    assert_near(number_of(summary, "within_3_points"), 2, 0);
    assert_near(number_of(summary, "within_3_pct"), 50, 0);
    assert_near(number_of(summary, "within_5_points"), 3, 0);
    check_slice(root, "by_player_tier", "elite", 1, 1);
    check_slice(root, "by_player_tier", "role_player", 1, 1);
    check_slice(root, "by_player_tier", "starter", 0, 0);
    check_slice(root, "by_confidence", "high", 1, 1);
    check_slice(root, "by_confidence", "medium", 3, 0);
    check_slice(root, "by_confidence", "low", 1, 1);
    check_slice(root, "by_recommendation", "over", 3, 2);
    check_slice(root, "by_recommendation", "under", 1, 0);
    check_slice(root, "by_recommendation", "pass", 1, 0);
    check_slice(root, "by_context", "home", 4, 1);
    check_slice(root, "by_context", "away", 1, 1);
    check_slice(root, "by_context", "back_to_back", 1, 1);
    check_slice(root, "by_context", "rested", 1, 1);
    json_decref(root);
}

static void
result_rows_show_outcome_context_and_the_best_and_worst(void **state)
{
    Arena *a = *state;
    PredictionAccuracy rows[7];
    Prediction predictions[2];
    UpcomingPlayer players[2];
    ResultsInput in = a_results_day(rows, predictions, players);
    json_t *root = parse(results_json(&in, a));
    json_t *results = json_object_get(root, "results");
    json_t *highlights = json_object_get(root, "highlights");
    static const char *const shown[] = {"WIN", "WIN", "LOSS", "PASS", "VOID"};

    assert_int_equal(json_array_size(results), 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(text_of(json_array_get(results, i), "result"), shown[i]);
    json_t *first = json_array_get(results, 0);

    assert_string_equal(text_of(first, "player_lookup"), "a");
    assert_string_equal(text_of(first, "player_tier"), "elite");
    assert_string_equal(text_of(first, "confidence_tier"), "high");
    assert_true(json_is_true(json_object_get(first, "is_back_to_back")));
    assert_true(json_is_false(json_object_get(first, "is_home")));
    assert_near(number_of(first, "days_rest"), 1, 0);
    assert_near(number_of(first, "bias"), 4.5, 0);
    assert_true(json_is_null(json_object_get(json_array_get(results, 2), "player_tier")));
    assert_true(json_is_null(json_object_get(json_array_get(results, 4), "actual")));
    assert_true(json_is_null(json_object_get(json_array_get(results, 4), "error")));
    assert_string_equal(text_of(json_object_get(highlights, "best_prediction"), "player_lookup"), "b");
    assert_string_equal(text_of(json_object_get(highlights, "worst_prediction"), "player_lookup"), "c");
    json_decref(root);
}

static void
the_results_file_counts_leans_in_a_record_of_their_own(void **state)
{
    Arena *a = *state;
    static const char *const leans[] = {"hit", "hit", "miss", "push", "void", NULL};
    PredictionAccuracy rows[ARRAY_LEN(leans) + 1];
    ResultsInput in = {.date = today(), .system = CHAMPION, .graded = rows, .graded_count = ARRAY_LEN(rows)};

    for (size_t i = 0; i < ARRAY_LEN(leans); i++) {
        bool is_void = leans[i] != NULL && strcmp(leans[i], "void") == 0;

        rows[i] = graded(today(), arena_printf(a, "%zu", i), "PASS", leans[i] != NULL, is_void ? "void" : "pass");
        rows[i].lean_result = leans[i];
    }
    rows[ARRAY_LEN(leans)] = graded(today(), "recommended", "OVER", 6, "miss");
    json_t *root = parse(results_json(&in, a));
    json_t *summary = json_object_get(root, "summary");
    json_t *record = json_object_get(summary, "leans");
    json_t *results = json_object_get(root, "results");

    check_keys(record, "total hits misses pushes voids hit_pct");
    assert_near(number_of(record, "total"), 5, 0);
    assert_near(number_of(record, "hits"), 2, 0);
    assert_near(number_of(record, "misses"), 1, 0);
    assert_near(number_of(record, "pushes"), 1, 0);
    assert_near(number_of(record, "voids"), 1, 0);
    assert_near(number_of(record, "hit_pct"), 66.7, 0);
    assert_near(number_of(summary, "correct"), 0, 0); /* and they enter no other */
    assert_near(number_of(summary, "incorrect"), 1, 0);
    assert_string_equal(text_of(json_array_get(results, 0), "result"), "PASS");
    assert_string_equal(text_of(json_array_get(results, 0), "lean_result"), "hit");
    assert_string_equal(text_of(json_array_get(results, 0), "direction"), "OVER");
    assert_true(json_is_null(json_object_get(json_array_get(results, 5), "direction")));
    json_decref(root);
}

static void
a_day_of_voids_has_nothing_graded(void **state)
{
    PredictionAccuracy row = graded(today(), "a", "OVER", 6, "void");
    ResultsInput in = {.date = today(), .system = CHAMPION, .graded = &row, .graded_count = 1};

    (void)state;
    assert_int_equal(results_graded_count(&in), 0);
}

static void
units_and_return_follow_their_published_case(void **state)
{
    const Tally t = {.picks = 12, .wins = 6, .losses = 4, .pushes = 1, .voids = 1};

    (void)state;
    assert_near(tally_units(&t), 1.454, 1e-9);
    assert_near(tally_roi_pct(&t), 100 * 1.454 / 11, 1e-9);
    assert_near(tally_hit_pct(&t), 60, 1e-9);
    assert_true(isnan(tally_roi_pct(&(Tally){.voids = 3})));
    assert_true(isnan(tally_hit_pct(&(Tally){.pushes = 3})));
}

static void
a_signal_row_counts_what_has_a_line(void **state)
{
    Arena *a = *state;
    Prediction rows[12];
    size_t n = a_mixed_day(rows);
    SystemSignal s;
    PickDay d;

    rows[0].current_points_line = 11.5; /* o9: an optimal OVER */
    rows[4].current_points_line = 14.5; /* u8: an anti-pattern */
    rows[5].current_points_line = 25;   /* u6: an optimal UNDER */
    rows[1].confidence_score = 92;      /* o7: premium */
    rows[n] = prediction("none", "NO_LINE", NULL_F64, 0, 10);
    d = picks_of(rows, n + 1, a);
    assert_true(system_signal(&d, CHAMPION, a, &s));
    assert_int_equal(s.total_picks, 10);
    assert_int_equal(s.high_edge_picks, 6);
    assert_int_equal(s.premium_picks, 1);
    assert_near(s.pct_over, 40, 1e-9);
    assert_near(s.pct_under, 40, 1e-9);
    assert_near(s.avg_confidence, 54.2, 1e-9);
    assert_near(s.avg_edge, (9 + 7 + 5 + 4.99 + 8 + 6 + 3 + 2.99 + 9.5 + 1) / 10, 1e-9);
    assert_string_equal(s.skew_category, "BALANCED");
    assert_string_equal(s.volume_category, "NORMAL");
    assert_string_equal(s.daily_signal, "GREEN");
    assert_int_equal(s.optimal_over_count, 1);
    assert_int_equal(s.optimal_under_count, 1);
    assert_int_equal(s.ultra_high_edge_count, 2);
    assert_int_equal(s.anti_pattern_count, 1);
    d = picks_of(rows, 9, a);
    assert_false(system_signal(&d, CHAMPION, a, &s));
}

static void
the_signal_file_says_when_there_is_none(void **state)
{
    Arena *a = *state;
    Prediction rows[10];
    PickDay d = picks_of(rows, a_mixed_day(rows), a);
    SystemSignal s;
    json_t *root;

    assert_true(system_signal(&d, CHAMPION, a, &s));
    root = parse(signal_json(&s, today(), CHAMPION, a));
    check_keys(root, "date model system signal metrics");
    assert_string_equal(text_of(root, "signal"), "favorable");
    assert_string_equal(text_of(json_object_get(root, "metrics"), "conditions"), "balanced");
    json_decref(root);
    root = parse(signal_json(NULL, today(), CHAMPION, a));
    check_keys(root, "date model system signal metrics note");
    assert_string_equal(text_of(root, "signal"), "neutral");
    assert_string_equal(text_of(json_object_get(root, "metrics"), "conditions"), "unknown");
    json_decref(root);
}

static void
group_rows_are_the_groups_and_their_outcomes(void **state)
{
    Arena *a = *state;
    Prediction rows[10];
    PickDay before = picks_of(rows, a_mixed_day(rows), a);
    PredictionAccuracy later[] = {
        graded(today(), "a", "OVER", 9, "hit"),  graded(today(), "b", "UNDER", 8, "miss"),
        graded(today(), "c", "OVER", 7, "push"), graded(today(), "d", "OVER", 6, "void"),
        graded(today(), "e", "OVER", 4, "hit"),
    };
    PickDays after = pick_days_of_accuracy(later, ARRAY_LEN(later), today(), today(), CHAMPION, a);
    size_t count;
    const SubsetPick *picks = subset_pick_rows(&before, CHAMPION, a, &count);
    const SubsetResult *results;

    assert_int_equal(count, 1 + 3 + 5 + 3 + 5 + 3 + 5 + 7);
    assert_string_equal(picks[1].subset_id, "top_3");
    assert_string_equal(picks[3].player_lookup, "o5");
    assert_int_equal(picks[3].rank_in_subset, 3);
    assert_near(picks[3].composite_score, 75, 1e-9);
    results = subset_result_rows(&after.days[0], CHAMPION, a, &count);
    assert_int_equal(count, 8);
    assert_string_equal(results[7].subset_id, "all_picks");
    assert_int_equal(results[7].total_picks, 5);
    assert_int_equal(results[7].graded_picks, 4);
    assert_int_equal(results[7].voided_picks, 1);
    assert_int_equal(results[7].over_picks, 4);
    assert_int_equal(results[7].over_wins, 2);
    assert_int_equal(results[7].under_wins, 0);
    assert_near(results[7].units_won, 2 * 0.909 - 1, 1e-9);
    assert_near(results[7].roi, 100 * (2 * 0.909 - 1) / 4, 1e-9);
    assert_near(results[7].avg_edge, 34 / 5.0, 1e-9);
}

static void
performance_sums_the_days_of_its_windows(void **state)
{
    Arena *a = *state;
    const PredictionAccuracy rows[] = {
        graded(day(2024, 11, 5), "a", "OVER", 6, "hit"),  graded(day(2024, 11, 6), "a", "OVER", 6, "miss"),
        graded(day(2024, 11, 28), "a", "OVER", 6, "hit"), graded(day(2024, 11, 29), "a", "OVER", 6, "hit"),
        graded(today(), "a", "OVER", 6, "push"),
    };
    PickDays days = pick_days_of_accuracy(rows, ARRAY_LEN(rows), day(2024, 11, 1), today(), CHAMPION, a);
    json_t *root = parse(subsets_performance_json(&days, today(), CHAMPION, a));
    static const struct {
        const char *window, *start;
        double picks, hit_rate;
    } wanted[] = {{"last_7_days", "2024-11-29", 2, 100},
                  {"last_30_days", "2024-11-06", 4, 66.7},
                  {"season", "2024-11-01", 5, 75}};

    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        json_t *window = json_object_get(json_object_get(root, "windows"), wanted[i].window);
        json_t *all = json_array_get(json_object_get(window, "groups"), 7);

        assert_string_equal(text_of(window, "start_date"), wanted[i].start);
        assert_string_equal(text_of(window, "end_date"), "2024-12-05");
        assert_near(number_of(json_object_get(all, "stats"), "picks"), wanted[i].picks, 1e-9);
        assert_near(number_of(json_object_get(all, "stats"), "hit_rate"), wanted[i].hit_rate, 1e-9);
    }
    json_decref(root);
}

static void
a_best_bet_scores_by_its_published_case(void **state)
{
    (void)state;
    assert_near(best_bet_score(87, 5, NULL_F64), 1.1092, 5e-5);
    assert_near(best_bet_score(87, 20, 0.6), 0.87 * 1.5 * 0.6, 1e-12);
}

static void
best_bets_leave_out_what_has_hit_less_and_keep_to_their_tiers(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    Arena *a = *state;
    Prediction rows[8];
    PickDays past = {0};
    const BestBet *bets;
    size_t count;
    PickDay d;

    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        rows[i] = prediction(names[i], "OVER", 12.5, 6 + 0.1 * (double)i, 60);
    rows[0] = prediction("a", "OVER", 12.5, 4, 60);
    rows[1].confidence_score = 88;
    rows[2].confidence_score = 90;
    rows[3].predicted_points = 25;
    rows[4] = prediction("e", "PASS", 12.5, 9, 60);
    d = picks_of(rows, ARRAY_LEN(names), a);
    bets = best_bets(&d, &past, NULL, 0, CHAMPION, a, &count);
    assert_int_equal(count, 5);
    assert_string_equal(bets[0].player_lookup, "c"); /* 90 is above what is left out */
    assert_string_equal(bets[1].player_lookup, "h");
    assert_string_equal(bets[4].player_lookup, "a");
    assert_string_equal(bets[4].tier, "strong");
    assert_int_equal(bets[4].rank, 5);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        rows[i] = prediction(names[i], "UNDER", 12.5, 6 + 0.1 * (double)i, 60);
    d = picks_of(rows, ARRAY_LEN(names), a);
    (void)best_bets(&d, &past, NULL, 0, CHAMPION, a, &count);
    assert_int_equal(count, 5); /* premium has no more */
}

static void
best_bets_know_how_earlier_picks_of_the_player_came_out(void **state)
{
    Arena *a = *state;
    PredictionAccuracy rows[8];
    Prediction ahead[] = {prediction("a", "OVER", 12.5, 6, 60), prediction("b", "OVER", 12.5, 6, 60)};
    PlayerComposite factors = player_composite_null();
    const BestBet *bets;
    PickDays past;
    PickDay d;
    size_t count;

    for (int i = 0; i < 8; i++)
        rows[i] = graded(day(2024, 11, 20 + i), "a", "OVER", 6,
                         i < 3   ? "hit"
                         : i < 5 ? "miss"
                         : i < 6 ? "push"
                                 : "void");
    rows[7] = graded(today(), "a", "OVER", 6, "hit"); /* not before the date */
    past = pick_days_of_accuracy(rows, 8, day(2024, 11, 1), today(), CHAMPION, a);
    factors.player_lookup = "b";
    factors.fatigue_score = 74;
    d = picks_of(ahead, 2, a);
    bets = best_bets(&d, &past, &factors, 1, CHAMPION, a, &count);
    assert_string_equal(bets[0].player_lookup, "b"); /* 0.85 in place of 0.6 */
    assert_true(isnan(bets[0].historical_accuracy));
    assert_int_equal(bets[0].fatigue_score, 74);
    assert_near(bets[1].historical_accuracy, 0.6, 1e-12);
    assert_int_equal(bets[1].sample_size, 5);
    assert_int_equal(bets[1].fatigue_score, NULL_I32);
    assert_string_equal(fatigue_level(74), "tired");
    assert_string_equal(fatigue_level(75), "normal");
    assert_string_equal(fatigue_level(95), "fresh");
}

static void
the_best_bets_file_shows_outcomes_once_there_are_some(void **state)
{
    Arena *a = *state;
    Prediction ahead[] = {prediction("a", "OVER", 12.5, 6, 60)};
    PredictionAccuracy later = graded(today(), "a", "OVER", 6, "hit");
    PickDays past = {0};
    PickDay d = picks_of(ahead, 1, a);
    size_t count;
    const BestBet *bets = best_bets(&d, &past, NULL, 0, CHAMPION, a, &count);
    json_t *before = parse(best_bets_json(bets, count, NULL, 0, today(), CHAMPION, a));
    json_t *after = parse(best_bets_json(bets, count, &later, 1, today(), CHAMPION, a));

    check_keys(before, "game_date model system methodology total_picks tier_summary picks");
    assert_true(json_is_null(json_object_get(json_array_get(json_object_get(before, "picks"), 0), "result")));
    assert_string_equal(text_of(json_array_get(json_object_get(after, "picks"), 0), "result"), "hit");
    assert_near(number_of(json_array_get(json_object_get(after, "picks"), 0), "actual"), 24, 1e-9);
    json_decref(before);
    json_decref(after);
}

static void
the_predictions_file_lists_every_prediction_by_game(void **state)
{
    Arena *a = *state;
    Prediction rows[] = {prediction("b", "OVER", 20, 5, 50), prediction("a", "NO_LINE", NULL_F64, 0, 50),
                         prediction("c", "PASS", 20, 1, 50)};
    PlayerComposite factors = player_composite_null();
    json_t *root, *games, *first;
    PickDay d;

    rows[2].game_id = "20241205_DDD_CCC";
    rows[2].team = "DDD";
    rows[2].opponent = "CCC";
    rows[2].is_home = BOOL_FALSE;
    factors.player_lookup = "b";
    factors.pace_score = 1.26;
    d = picks_of(rows, 3, a);
    root = parse(predictions_json(&d, &factors, 1, CHAMPION, a));
    check_keys(root, "game_date model system total_games total_predictions games");
    games = json_object_get(root, "games");
    assert_int_equal(json_array_size(games), 2);
    assert_string_equal(text_of(json_array_get(games, 1), "home_team"), "CCC");
    assert_string_equal(text_of(json_array_get(games, 1), "away_team"), "DDD");
    first = json_object_get(json_array_get(games, 0), "predictions");
    assert_string_equal(text_of(json_array_get(first, 0), "player_lookup"), "a");
    assert_near(number_of(json_object_get(json_array_get(first, 1), "context"), "pace_adjustment"), 1.26, 1e-9);
    assert_true(json_is_null(json_object_get(json_object_get(json_array_get(first, 0), "prediction"), "edge")));
    json_decref(root);
}

static ManifestFile
listed(const char *path, const char *stale_reason)
{
    return (ManifestFile){.path = path,
                          .kind = "picks",
                          .sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                          .content = "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7",
                          .size = 5,
                          .generated_at = {1733356800000000},
                          .date = today(),
                          .max_age_s = 300,
                          .stale_since = stale_reason != NULL ? (Instant){1733356800000001} : INSTANT_NULL,
                          .stale_reason = stale_reason};
}

static void
a_manifest_reads_back_as_it_was_written(void **state)
{
    Arena *a = *state;
    Manifest m = {.generated_at = {1733356800000000}, .system = CHAMPION}, again;
    const char *text;
    Err err;

    manifest_add_file(&m, listed("picks/b.json", "no predictions"), a);
    manifest_add_file(&m, listed("picks/a.json", NULL), a);
    manifest_add_kind(&m, (ManifestKind){"season", listed("", NULL).content, {1733356800000002}}, a);
    manifest_add_retired(&m, (RetiredObject){"objects/x.json", {1733356800000003}}, a);
    manifest_sort(&m);
    text = manifest_text(&m, a);
    assert_true(manifest_read(bytes_of_str(text), a, &again, &err));
    assert_string_equal(manifest_text(&again, a), text);
    assert_null(manifest_file(&again, "picks/c.json"));
    assert_null(manifest_file(&again, "picks/a.json")->stale_reason);
    assert_string_equal(manifest_file(&again, "picks/b.json")->stale_reason, "no predictions");
    assert_int_equal(manifest_kind(&again, "season")->composed_at.us, 1733356800000002);
    assert_false(manifest_read(bytes_of_str("{"), a, &again, &err));
    assert_int_equal(err.cls, ERR_POISON);
    assert_false(manifest_read(bytes_of_str("{\"format\": 2}"), a, &again, &err));
    assert_non_null(strstr(err.msg, "format"));
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
        cmocka_unit_test(the_daily_signal_follows_its_published_cases),
        cmocka_unit_test(a_pick_scores_ten_times_its_edge_and_half_its_confidence),
        cmocka_unit_test(picks_rank_by_score_then_edge_then_lookup),
        cmocka_unit_test(only_active_predictions_of_the_system_and_date_are_picks),
        cmocka_unit_test(groups_choose_by_edge_direction_and_rank),
        cmocka_unit_test(red_days_empty_the_groups_that_skip_them_and_no_others),
        cmocka_unit_test(poor_quality_keeps_a_pick_out_of_groups),
        cmocka_unit_test(records_count_graded_picks_of_their_windows_before_the_date),
        cmocka_unit_test(a_week_starts_on_monday),
        cmocka_unit_test(records_show_live_and_replayed_apart),
        cmocka_unit_test(graded_rows_choose_the_picks_that_were_published),
        cmocka_unit_test(the_picks_file_has_eight_groups_records_and_counts),
        cmocka_unit_test(every_prediction_off_its_line_is_a_pick_recommended_ones_first),
        cmocka_unit_test(a_pick_tells_its_side_and_whether_it_is_worth_acting_on),
        cmocka_unit_test(no_pick_is_without_its_graded_row_and_its_outcome),
        cmocka_unit_test(a_picks_file_without_picks_still_has_every_group),
        cmocka_unit_test(the_same_rows_in_any_order_are_the_same_bytes),
        cmocka_unit_test(the_season_file_lists_graded_picks_newest_first),
        cmocka_unit_test(the_results_file_sums_the_champions_rows_of_the_date),
        cmocka_unit_test(result_rows_show_outcome_context_and_the_best_and_worst),
        cmocka_unit_test(the_results_file_counts_leans_in_a_record_of_their_own),
        cmocka_unit_test(a_day_of_voids_has_nothing_graded),
        cmocka_unit_test(units_and_return_follow_their_published_case),
        cmocka_unit_test(a_signal_row_counts_what_has_a_line),
        cmocka_unit_test(the_signal_file_says_when_there_is_none),
        cmocka_unit_test(group_rows_are_the_groups_and_their_outcomes),
        cmocka_unit_test(performance_sums_the_days_of_its_windows),
        cmocka_unit_test(a_best_bet_scores_by_its_published_case),
        cmocka_unit_test(best_bets_leave_out_what_has_hit_less_and_keep_to_their_tiers),
        cmocka_unit_test(best_bets_know_how_earlier_picks_of_the_player_came_out),
        cmocka_unit_test(the_best_bets_file_shows_outcomes_once_there_are_some),
        cmocka_unit_test(the_predictions_file_lists_every_prediction_by_game),
        cmocka_unit_test(a_manifest_reads_back_as_it_was_written),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
