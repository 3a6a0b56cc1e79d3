/*
 * tests/unit/test_grading.c
 *    Claims about grading: what a prediction's outcome is, and what cannot be judged.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "workers/grading/grading_core.h"

#define GAME "20241205_BBB_AAA"

/* Doubles, where cmocka compares floats. */
static void
assert_near(double found, double wanted, double within)
{
    if (!(fabs(found - wanted) <= within))
        fail_msg("%.17g is not %.17g", found, wanted);
}

static Prediction
prediction(const char *lookup, const char *recommendation, double line, double predicted)
{
    Prediction p = prediction_null();

    p.game_date = (GameDate){20062};
    p.game_id = GAME;
    p.player_lookup = lookup;
    p.system_id = "moving_average_baseline";
    p.version = 1;
    p.prediction_id = lookup;
    p.player_name = lookup;
    p.team = "AAA";
    p.opponent = "BBB";
    p.is_home = BOOL_TRUE;
    p.predicted_points = predicted;
    p.confidence_score = 55;
    p.recommendation = recommendation;
    p.current_points_line = line;
    p.line_margin = predicted - line;
    p.sportsbook = "draftkings";
    p.is_actionable = BOOL_TRUE;
    p.feature_quality_score = 90;
    p.is_active = BOOL_TRUE;
    p.is_live = BOOL_TRUE;
    return p;
}

static PlayerGame
outcome(const char *lookup, int32_t points)
{
    PlayerGame g = player_game_null();

    g.game_date = (GameDate){20062};
    g.game_id = GAME;
    g.player_lookup = lookup;
    g.team = "AAA";
    g.minutes = 30.0;
    g.points = points;
    g.is_team_complete = BOOL_TRUE;
    return g;
}

static PredictionAccuracy
grade_one(const Prediction *p, const PlayerGame *games, size_t count, Arena *a)
{
    GradedDate g = grade_date(p, 1, games, count, a);

    assert_int_equal(g.count, 1);
    assert_int_equal(g.system_count, 1);
    return g.rows[0];
}

static void
results_follow_the_line(void **state)
{
    static const struct {
        const char *recommendation;
        double line;
        int32_t actual;
        const char *result;
        int correct;
    } cases[] = {
        {"OVER", 24.5, 25, "hit", BOOL_TRUE},   {"UNDER", 24.5, 25, "miss", BOOL_FALSE},
        {"OVER", 25.0, 25, "push", BOOL_NULL},  {"UNDER", 25.0, 25, "push", BOOL_NULL},
        {"OVER", 25.5, 25, "miss", BOOL_FALSE}, {"UNDER", 25.5, 25, "hit", BOOL_TRUE},
        {"PASS", 24.5, 25, "pass", BOOL_NULL},  {"NO_LINE", NULL_F64, 25, "pass", BOOL_NULL},
        {"OVER", 20.0, 21, "hit", BOOL_TRUE}, /* 20 is a line like any other */
    };
    Arena *a = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Prediction p = prediction("x", cases[i].recommendation, cases[i].line, 22.0);
        PlayerGame g = outcome("x", cases[i].actual);
        PredictionAccuracy row = grade_one(&p, &g, 1, a);

        assert_string_equal(row.result, cases[i].result);
        assert_int_equal(row.prediction_correct, cases[i].correct);
        assert_int_equal(row.is_voided, BOOL_FALSE);
        assert_null(row.void_reason);
    }
}

static void
a_lean_is_judged_by_the_side_on_which_the_prediction_falls(void **state)
{
    static const struct {
        const char *recommendation;
        double line, predicted;
        int32_t actual;
        const char *result, *lean_result;
    } cases[] = {
        {"PASS", 24.5, 24.6, 25, "pass", "hit"},       {"PASS", 24.5, 24.6, 24, "pass", "miss"},
        {"PASS", 24.5, 24.4, 24, "pass", "hit"},       {"PASS", 24.5, 24.4, 25, "pass", "miss"},
        {"PASS", 25.0, 26.0, 25, "pass", "push"},      {"PASS", 25.0, 24.0, 25, "pass", "push"},
        {"PASS", 24.5, 24.5, 25, "pass", NULL}, /* on the line: on no side of it */
        {"NO_LINE", NULL_F64, 24.6, 25, "pass", NULL}, {"OVER", 24.5, 29.0, 25, "hit", NULL},
        {"UNDER", 24.5, 20.0, 25, "miss", NULL},
    };
    Arena *a = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Prediction p = prediction("x", cases[i].recommendation, cases[i].line, cases[i].predicted);
        PlayerGame g = outcome("x", cases[i].actual);
        PredictionAccuracy row = grade_one(&p, &g, 1, a);

        assert_string_equal(row.result, cases[i].result);
        assert_int_equal(row.lean_result != NULL, cases[i].lean_result != NULL);
        if (cases[i].lean_result != NULL)
            assert_string_equal(row.lean_result, cases[i].lean_result);
        assert_int_equal(row.prediction_correct == BOOL_NULL, strcmp(row.result, "pass") == 0);
    }
}

static void
a_lean_on_a_player_who_did_not_play_is_void(void **state)
{
    static const struct {
        const char *recommendation;
        double predicted;
        bool is_lean;
    } cases[] = {{"PASS", 25.0, true}, {"PASS", 24.5, false}, {"OVER", 29.0, false}};
    PlayerGame g = outcome("mate", 10);

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Prediction p = prediction("x", cases[i].recommendation, 24.5, cases[i].predicted);
        PredictionAccuracy row = grade_one(&p, &g, 1, *state);

        assert_string_equal(row.result, "void");
        assert_int_equal(row.lean_result != NULL, cases[i].is_lean);
        if (cases[i].is_lean)
            assert_string_equal(row.lean_result, "void");
    }
}

static void
errors_are_signed_from_the_prediction_and_counted_within_3_and_5(void **state)
{
    static const struct {
        double predicted, error;
        int within_3, within_5;
    } cases[] = {
        {24.7, -0.3, BOOL_TRUE, BOOL_TRUE},  {28.0, 3.0, BOOL_TRUE, BOOL_TRUE},   {21.9, -3.1, BOOL_FALSE, BOOL_TRUE},
        {20.0, -5.0, BOOL_FALSE, BOOL_TRUE}, {30.1, 5.1, BOOL_FALSE, BOOL_FALSE},
    };
    Arena *a = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        Prediction p = prediction("x", "PASS", 24.5, cases[i].predicted);
        PlayerGame g = outcome("x", 25);
        PredictionAccuracy row = grade_one(&p, &g, 1, a);

        /* To the bit: 24.7 - 25 would leave a tail. */
        assert_memory_equal(&row.signed_error, &cases[i].error, sizeof(double));
        assert_near(row.absolute_error, fabs(cases[i].error), 0.0);
        assert_int_equal(row.within_3_points, cases[i].within_3);
        assert_int_equal(row.within_5_points, cases[i].within_5);
        assert_int_equal(row.actual_points, 25);
        assert_near(row.minutes_played, 30.0, 0.0);
    }
}

static void
check_void(const PredictionAccuracy *row, const char *reason)
{
    assert_string_equal(row->result, "void");
    assert_int_equal(row->is_voided, BOOL_TRUE);
    assert_string_equal(row->void_reason, reason);
    assert_int_equal(row->prediction_correct, BOOL_NULL);
    assert_int_equal(row->actual_points, NULL_I32);
    assert_true(f64_is_null(row->absolute_error));
    assert_true(f64_is_null(row->signed_error));
    assert_int_equal(row->within_3_points, BOOL_NULL);
}

static void
absent_from_a_complete_box_score_did_not_play(void **state)
{
    Prediction p = prediction("x", "UNDER", 24.5, 20.0);
    PlayerGame g = outcome("mate", 10);
    PredictionAccuracy row = grade_one(&p, &g, 1, *state);

    check_void(&row, "did_not_play");
}

static void
absent_from_an_incomplete_or_missing_box_score_is_a_hole(void **state)
{
    Arena *a = *state;
    Prediction p = prediction("x", "UNDER", 24.5, 20.0);
    PlayerGame games[] = {outcome("mate", 10), outcome("rival", 12)};
    PredictionAccuracy row;

    games[0].is_team_complete = BOOL_FALSE;
    games[1].team = "BBB"; /* the opponent's box score proves nothing */
    row = grade_one(&p, games, 2, a);
    check_void(&row, "not_in_boxscore");
    row = grade_one(&p, NULL, 0, a);
    check_void(&row, "not_in_boxscore");
    assert_int_equal(grade_date(&p, 1, NULL, 0, a).hole_count, 1);
}

static void
zero_minutes_are_void_and_zero_points_are_not(void **state)
{
    Arena *a = *state;
    Prediction p = prediction("x", "UNDER", 4.5, 2.0);
    PlayerGame g = outcome("x", 0);
    PredictionAccuracy row;

    row = grade_one(&p, &g, 1, a);
    assert_string_equal(row.result, "hit");
    g.minutes = 0.0;
    row = grade_one(&p, &g, 1, a);
    check_void(&row, "did_not_play");
}

static void
a_player_is_graded_in_his_predicted_game_only(void **state)
{
    Prediction p = prediction("x", "OVER", 24.5, 30.0);
    PlayerGame games[] = {outcome("x", 40), outcome("mate", 10)};
    PredictionAccuracy row;

    games[0].game_id = "20241205_DDD_CCC"; /* traded that morning */
    games[0].team = "CCC";
    row = grade_one(&p, games, 2, *state);
    check_void(&row, "did_not_play");
}

static void
retired_versions_are_not_graded(void **state)
{
    Prediction rows[] = {prediction("x", "OVER", 24.5, 30.0), prediction("x", "PASS", 24.5, 25.0)};
    PlayerGame g = outcome("x", 30);
    GradedDate graded;

    rows[0].is_active = BOOL_FALSE;
    rows[1].version = 2;
    graded = grade_date(rows, 2, &g, 1, *state);
    assert_int_equal(graded.count, 1);
    assert_string_equal(graded.rows[0].recommendation, "PASS");
}

static void
a_graded_row_carries_what_was_predicted(void **state)
{
    Prediction p = prediction("x", "OVER", 24.5, 30.0);
    PlayerGame g = outcome("x", 30);
    PredictionAccuracy row;

    p.line_margin = 5.53;
    row = grade_one(&p, &g, 1, *state);
    assert_string_equal(row.prediction_id, "x");
    assert_string_equal(row.line_bookmaker, "draftkings");
    assert_near(row.line_margin, 5.53, 0.0);
    assert_near(row.line_value, 24.5, 0.0);
    assert_near(row.feature_quality_score, 90, 0.0);
    assert_string_equal(row.data_quality_tier, "HIGH");
    assert_int_equal(row.is_live, BOOL_TRUE);
    p.feature_quality_score = 79.9;
    assert_string_equal(grade_one(&p, &g, 1, *state).data_quality_tier, "MEDIUM");
    p.feature_quality_score = 69.9;
    assert_string_equal(grade_one(&p, &g, 1, *state).data_quality_tier, "LOW");
}

static void
a_summary_adds_up_a_system_and_keeps_systems_apart(void **state)
{
    Prediction rows[] = {
        prediction("f", "NO_LINE", NULL_F64, 11.0), prediction("e", "OVER", 9.5, 14.0), /* void */
        prediction("d", "PASS", 9.5, 11.0),         prediction("c", "UNDER", 10.0, 6.0),
        prediction("b", "UNDER", 9.5, 6.0),         prediction("a", "OVER", 9.5, 16.0),
        prediction("a", "OVER", 9.5, 12.0),
    };
    PlayerGame games[] = {outcome("a", 10), outcome("b", 10), outcome("c", 10), outcome("d", 10), outcome("f", 10)};
    GradedDate g;

    rows[6].system_id = "zone_matchup_v1";
    g = grade_date(rows, ARRAY_LEN(rows), games, ARRAY_LEN(games), *state);
    assert_int_equal(g.count, 7);
    assert_string_equal(g.rows[0].player_lookup, "a");
    assert_string_equal(g.rows[0].system_id, "moving_average_baseline");
    assert_string_equal(g.rows[1].system_id, "zone_matchup_v1");
    assert_int_equal(g.system_count, 2);
    const SystemDaily *s = &g.systems[0];

    assert_string_equal(s->system_id, "moving_average_baseline");
    assert_int_equal(s->predictions_count, 6);
    assert_int_equal(s->graded_count, 5);
    assert_int_equal(s->voided_count, 1);
    assert_int_equal(s->recommendations_count, 3);
    assert_int_equal(s->correct_count, 1);
    assert_int_equal(s->incorrect_count, 1);
    assert_int_equal(s->push_count, 1);
    assert_int_equal(s->pass_count, 2);
    assert_int_equal(s->over_count, 1);
    assert_int_equal(s->over_correct, 1);
    assert_int_equal(s->under_count, 2);
    assert_int_equal(s->under_correct, 0);
    assert_int_equal(s->within_3_count, 2);
    assert_int_equal(s->within_5_count, 4);
    assert_near(s->mae, (6.0 + 4.0 + 4.0 + 1.0 + 1.0) / 5.0, 1e-12);
    assert_near(s->avg_bias, (6.0 - 4.0 - 4.0 + 1.0 + 1.0) / 5.0, 1e-12);
    assert_int_equal(g.systems[1].predictions_count, 1);
    assert_int_equal(g.systems[1].correct_count, 1);
}

static void
the_order_of_rows_changes_nothing(void **state)
{
    Prediction rows[] = {prediction("a", "OVER", 9.5, 12.1), prediction("b", "OVER", 9.5, 12.7),
                         prediction("c", "OVER", 9.5, 13.3)};
    Prediction turned[] = {rows[2], rows[0], rows[1]};
    PlayerGame games[] = {outcome("a", 10), outcome("b", 11), outcome("c", 7)};
    PlayerGame turned_games[] = {games[1], games[2], games[0]};
    GradedDate x = grade_date(rows, 3, games, 3, *state);
    GradedDate y = grade_date(turned, 3, turned_games, 3, *state);

    assert_memory_equal(&x.systems[0].mae, &y.systems[0].mae, sizeof(double));
    assert_memory_equal(&x.systems[0].avg_bias, &y.systems[0].avg_bias, sizeof(double));
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(x.rows[i].player_lookup, y.rows[i].player_lookup);
}

static void
a_system_with_nothing_but_voids_has_no_error(void **state)
{
    Prediction p = prediction("x", "OVER", 24.5, 30.0);
    GradedDate g = grade_date(&p, 1, NULL, 0, *state);

    assert_int_equal(g.systems[0].graded_count, 0);
    assert_true(f64_is_null(g.systems[0].mae));
    assert_true(f64_is_null(g.systems[0].avg_bias));
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

/* ---- what reports said before the game ---- */

static void
who_did_not_play_is_void_by_what_was_known_before(void **state)
{
    static const struct {
        const char *status, *reason;
    } cases[] = {{"out", "dnp_injury_confirmed"},      {"doubtful", "dnp_injury_confirmed"},
                 {"questionable", "dnp_late_scratch"}, {"probable", "dnp_late_scratch"},
                 {"available", "dnp_unknown"},         {NULL, "did_not_play"}};
    const Prediction p = prediction("kay", "OVER", 20.5, 24);
    PlayerGame mate = outcome("mate", 10);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        UpcomingPlayer players[3] = {upcoming_player_null(), upcoming_player_null(), upcoming_player_null()};
        GradedDate g;

        players[0].player_lookup = "abe";
        players[0].player_status = "out";
        players[1].player_lookup = "kay";
        players[1].player_status = cases[i].status;
        players[2].player_lookup = "zoe";
        players[2].player_status = "out";
        g = grade_slate(&(GradeInput){&p, 1, &mate, 1, players, 3, true}, *state);
        assert_int_equal(g.count, 1);
        check_void(&g.rows[0], cases[i].reason);
        if (cases[i].status != NULL)
            assert_string_equal(g.rows[0].pre_game_injury_status, cases[i].status);
        else
            assert_null(g.rows[0].pre_game_injury_status);
    }
}

static void
a_report_does_not_void_who_has_played(void **state)
{
    const Prediction p = prediction("kay", "OVER", 20.5, 24);
    const PlayerGame game = outcome("kay", 25);
    UpcomingPlayer player = upcoming_player_null();
    GradedDate g;

    player.player_lookup = "kay";
    player.player_status = "questionable";
    g = grade_slate(&(GradeInput){&p, 1, &game, 1, &player, 1, true}, *state);
    assert_string_equal(g.rows[0].result, "hit");
    assert_string_equal(g.rows[0].pre_game_injury_status, "questionable");
}

/* ---- final games ---- */

static void
only_games_that_are_final_are_graded_until_the_date_is_over(void **state)
{
    Prediction rows[2] = {prediction("kay", "OVER", 20.5, 24), prediction("lou", "OVER", 20.5, 24)};
    PlayerGame games[3] = {outcome("kay", 25), outcome("guest", 3), outcome("lou", 9)};
    GradeInput in = {rows, 2, games, 3, NULL, 0, false};
    GradedDate g;

    games[1].team = "BBB"; /* both teams of his game are complete */
    rows[1].game_id = games[2].game_id = "20241205_DDD_CCC";
    rows[1].team = games[2].team = "CCC";
    rows[1].opponent = "DDD"; /* of whom there is nothing yet */
    g = grade_slate(&in, *state);
    assert_int_equal(g.count, 1);
    assert_string_equal(g.rows[0].player_lookup, "kay");
    assert_int_equal(g.pending_count, 1);
    assert_int_equal(g.pending_games.count, 1);
    assert_string_equal(g.pending_games.items[0], "20241205_DDD_CCC");
    assert_int_equal(g.hole_count, 0);
    assert_int_equal(g.systems[0].predictions_count, 1);
    games[0].is_team_complete = BOOL_FALSE;
    assert_int_equal(grade_slate(&in, *state).pending_count, 2);
    in.is_over = true;
    g = grade_slate(&in, *state);
    assert_int_equal(g.count, 2);
    assert_int_equal(g.pending_count, 0);
}

/* ---- what was published ---- */

static void
a_live_pick_of_a_game_that_was_called_off_is_void(void **state)
{
    Prediction rows[3] = {prediction("kay", "OVER", 20.5, 24), prediction("kay", "OVER", 21.5, 24),
                          prediction("kay", "OVER", 22.5, 24)};
    GradedDate g;

    for (int32_t i = 0; i < 3; i++) {
        rows[i].version = i + 1;
        rows[i].is_active = BOOL_FALSE;
    }
    rows[0].invalidation_reason = "game_postponed"; /* came back, and was called off for good */
    rows[1].invalidation_reason = "game_cancelled";
    rows[1].prediction_id = "the second";
    g = grade_slate(&(GradeInput){rows, 3, NULL, 0, NULL, 0, false}, *state);
    assert_int_equal(g.count, 1);
    check_void(&g.rows[0], "game_cancelled");
    assert_string_equal(g.rows[0].prediction_id, "the second");
    assert_int_equal(g.hole_count, 0);
    rows[2].is_active = BOOL_TRUE; /* it is on again */
    g = grade_slate(&(GradeInput){rows, 3, NULL, 0, NULL, 0, true}, *state);
    assert_int_equal(g.count, 1);
    assert_true(g.rows[0].line_value > 22.4);
}

static void
what_was_never_published_is_not_graded(void **state)
{
    Prediction p = prediction("kay", "OVER", 20.5, 24);
    const PlayerGame game = outcome("kay", 25);

    p.is_active = BOOL_FALSE; /* superseded, or made beside a frozen one */
    assert_int_equal(grade_date(&p, 1, &game, 1, *state).count, 0);
    p.invalidation_reason = "player_inactive"; /* withdrawn before the game */
    assert_int_equal(grade_date(&p, 1, &game, 1, *state).count, 0);
    p.invalidation_reason = "game_postponed";
    p.is_live = BOOL_FALSE; /* a replay's */
    assert_int_equal(grade_date(&p, 1, &game, 1, *state).count, 0);
    p.is_live = BOOL_TRUE;
    assert_int_equal(grade_date(&p, 1, &game, 1, *state).count, 1);
}

static void
deciles_are_of_ten_and_the_last_one_has_its_end(void **state)
{
    static const struct {
        double confidence;
        int32_t decile;
    } cases[] = {{0, 1}, {9.99, 1}, {10, 2}, {55, 6}, {89.9, 9}, {90, 10}, {100, 10}};
    const PlayerGame game = outcome("kay", 25);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Prediction p = prediction("kay", "OVER", 20.5, 24);

        p.confidence_score = cases[i].confidence;
        assert_int_equal(grade_one(&p, &game, 1, *state).confidence_decile, cases[i].decile);
    }
}

/* ---- whom a change concerns ---- */

static void
a_change_concerns_everybody_of_its_games_and_nobody_else(void **state)
{
    static const char *const kay[] = {"kay"}, *const gone[] = {"gone"}, *const team[] = {"DDD"};
    Prediction rows[4] = {prediction("kay", "OVER", 20.5, 24), prediction("guest", "OVER", 20.5, 24),
                          prediction("lou", "OVER", 20.5, 24), prediction("max", "OVER", 20.5, 24)};
    TextArray whom;

    rows[1].team = "BBB";
    rows[1].opponent = "AAA";
    for (size_t i = 2; i < 4; i++) {
        rows[i].game_id = "20241205_DDD_CCC";
        rows[i].team = "CCC";
        rows[i].opponent = "DDD";
    }
    whom = grade_affected(rows, 4, (KeySet){.players = {kay, 1}}, *state);
    assert_int_equal(whom.count, 2);
    assert_true(key_set_has(whom, "kay") && key_set_has(whom, "guest"));
    whom = grade_affected(rows, 4, (KeySet){.teams = {team, 1}}, *state);
    assert_int_equal(whom.count, 2);
    assert_true(key_set_has(whom, "lou") && key_set_has(whom, "max"));
    whom = grade_affected(rows, 4, (KeySet){.players = {gone, 1}}, *state); /* he may have rows all the same */
    assert_int_equal(whom.count, 1);
    assert_int_equal(grade_affected(rows, 4, (KeySet){0}, *state).count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_follow_the_line),
        cmocka_unit_test(a_lean_is_judged_by_the_side_on_which_the_prediction_falls),
        cmocka_unit_test(a_lean_on_a_player_who_did_not_play_is_void),
        cmocka_unit_test(errors_are_signed_from_the_prediction_and_counted_within_3_and_5),
        cmocka_unit_test(absent_from_a_complete_box_score_did_not_play),
        cmocka_unit_test(absent_from_an_incomplete_or_missing_box_score_is_a_hole),
        cmocka_unit_test(zero_minutes_are_void_and_zero_points_are_not),
        cmocka_unit_test(a_player_is_graded_in_his_predicted_game_only),
        cmocka_unit_test(retired_versions_are_not_graded),
        cmocka_unit_test(a_graded_row_carries_what_was_predicted),
        cmocka_unit_test(a_summary_adds_up_a_system_and_keeps_systems_apart),
        cmocka_unit_test(the_order_of_rows_changes_nothing),
        cmocka_unit_test(a_system_with_nothing_but_voids_has_no_error),
        cmocka_unit_test(who_did_not_play_is_void_by_what_was_known_before),
        cmocka_unit_test(a_report_does_not_void_who_has_played),
        cmocka_unit_test(only_games_that_are_final_are_graded_until_the_date_is_over),
        cmocka_unit_test(a_live_pick_of_a_game_that_was_called_off_is_void),
        cmocka_unit_test(what_was_never_published_is_not_graded),
        cmocka_unit_test(deciles_are_of_ten_and_the_last_one_has_its_end),
        cmocka_unit_test(a_change_concerns_everybody_of_its_games_and_nobody_else),
    };

    return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
