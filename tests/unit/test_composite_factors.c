/*
 * tests/unit/test_composite_factors.c
 *    The four adjustments of a player: known values, and rows of them.
 */
#include "precompute_season.h"

/* ---- factors: known values ---- */

static void
fatigue_score_has_its_known_values(void **state)
{
    static const struct {
        TriBool back_to_back;
        int32_t days_rest, games_7;
        double minutes_7, minutes_a_game;
        int32_t back_to_backs, age, score;
    } rows[] = {
        {BOOL_NULL, NULL_I32, NULL_I32, NULL_F64, NULL_F64, NULL_I32, NULL_I32, 100},
        {BOOL_TRUE, NULL_I32, 4, 150, 37, 2, 36, 45},
        {BOOL_TRUE, NULL_I32, 4, 245, 36, 1, 31, 47},
        {BOOL_FALSE, 4, 2, 60, 30, 0, 24, 100},
        {BOOL_FALSE, 3, NULL_I32, NULL_F64, 35, 0, 33, 100},
        {BOOL_FALSE, 2, 3, 240, 35, 0, 30, 95},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        UpcomingPlayer p = upcoming_player_null();

        p.back_to_back = rows[i].back_to_back;
        p.days_rest = rows[i].days_rest;
        p.games_in_last_7_days = rows[i].games_7;
        p.minutes_in_last_7_days = rows[i].minutes_7;
        p.avg_minutes_per_game_last_7 = rows[i].minutes_a_game;
        p.back_to_backs_last_14_days = rows[i].back_to_backs;
        p.player_age = rows[i].age;
        assert_int_equal(fatigue_score(&p), rows[i].score);
    }
    assert_near(fatigue_adjustment(100), 0);
    assert_near(fatigue_adjustment(45), -2.75);
    assert_near(fatigue_adjustment(47), -2.65);
}

static void
shot_zone_mismatch_has_its_known_values(void **state)
{
    static const double rows[][3] = {{65, 4.3, 4.3},  {40, -3.8, -3.04}, {38, 2.5, 1.9},
                                     {33, 3.0, 1.98}, {60, 6.0, 7.2},    {25, 12.0, 7.2},
                                     {80, 9.5, 10.0}, {60, 5.0, 5.0},    {60, -9.5, -10.0}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_near(shot_zone_mismatch(rows[i][0], rows[i][1]), rows[i][2]);
    assert_true(f64_is_null(shot_zone_mismatch(NULL_F64, 3)));
    assert_true(f64_is_null(shot_zone_mismatch(40, NULL_F64)));
}

static void
pace_adjustment_has_its_known_values(void **state)
{
    (void)state;
    assert_near(pace_adjustment(3.5), 1.75);
    assert_near(pace_adjustment(-7), -3);
    assert_near(pace_adjustment(8), 3);
    assert_near(pace_adjustment(0.5), 0.25);
    assert_true(f64_is_null(pace_adjustment(NULL_F64)));
}

static void
usage_adjustment_has_its_known_values(void **state)
{
    static const struct {
        double projected, average;
        int32_t stars;
        double points;
    } rows[] = {{26, 25, 0, 0.3}, {20, 25, 0, -1.5}, {30, 25, 1, 1.725},     {30, 25, 2, 1.95},
                {40, 25, 2, 3.0}, {25, 18, 0, 2.1},  {25, 31, 0, -1.8},      {25, 12, 0, 3.0},
                {25, 0, 0, 0.0},  {20, 25, 2, -1.5}, {26, 25, NULL_I32, 0.3}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_near(usage_adjustment(rows[i].projected, rows[i].average, rows[i].stars), rows[i].points);
    assert_true(f64_is_null(usage_adjustment(NULL_F64, 18, 0)));
    assert_true(f64_is_null(usage_adjustment(26, NULL_F64, 0)));
}

/* ---- composite rows ---- */

static PlayerComposite
composite_of(Season *s, const UpcomingPlayer *u, const PlayerZone *p, const TeamZone *t)
{
    const LeagueView *v = league_view(&s->rows, s->date, s->arena);
    PlayerCompositeResult out;

    composite_factors_compute(v,
                              &(const CompositeInputs){.upcoming = u,
                                                       .upcoming_count = 1,
                                                       .player_zones = p,
                                                       .player_zone_count = p != NULL,
                                                       .team_zones = t,
                                                       .team_zone_count = t != NULL},
                              s->arena, &out);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.expected, 1);
    return out.rows[0];
}

static PlayerZone
zone_of(const Season *s, const char *lookup, const char *zone, double paint, double mid, double three)
{
    return (PlayerZone){.game_date = s->date,
                        .player_lookup = lookup,
                        .primary_scoring_zone = zone,
                        .paint_rate_last_10 = paint,
                        .mid_range_rate_last_10 = mid,
                        .three_pt_rate_last_10 = three};
}

static TeamZone
defense_of(const Season *s, const char *team, double paint, double mid, double three)
{
    return (TeamZone){.game_date = s->date,
                      .team = team,
                      .paint_defense_vs_league_avg = paint,
                      .mid_range_defense_vs_league_avg = mid,
                      .three_pt_defense_vs_league_avg = three};
}

static void
composite_matches_the_primary_zone_and_a_balanced_scorer_on_all_three(void **state)
{
    Season *s = *state;
    const UpcomingPlayer *u = &s->upcoming[0];
    TeamZone t = defense_of(s, u->opponent, 3.0, 2.5, -3.8);
    PlayerZone balanced = zone_of(s, u->player_lookup, "balanced", 33, 32, 35);
    PlayerZone perimeter = zone_of(s, u->player_lookup, "perimeter", 30, 30, 40);
    PlayerZone mid = zone_of(s, u->player_lookup, "mid_range", 30, 38, 32);
    PlayerZone paint = zone_of(s, u->player_lookup, "paint", 65, 20, 15);

    assert_near(composite_of(s, u, &balanced, &t).shot_zone_mismatch_score, 0.33 * 3.0 + 0.32 * 2.5 - 0.35 * 3.8);
    assert_near(composite_of(s, u, &perimeter, &t).shot_zone_mismatch_score, -3.04);
    assert_near(composite_of(s, u, &mid, &t).shot_zone_mismatch_score, 1.9);
    assert_near(composite_of(s, u, &paint, &t).shot_zone_mismatch_score, 3.0);
}

static void
a_balanced_scorer_needs_all_three_zones(void **state)
{
    Season *s = *state;
    const UpcomingPlayer *u = &s->upcoming[0];
    TeamZone t = defense_of(s, u->opponent, 3.0, NULL_F64, -3.8);
    PlayerZone balanced = zone_of(s, u->player_lookup, "balanced", 33, 32, 35);
    PlayerZone paint = zone_of(s, u->player_lookup, "paint", 65, 20, 15);
    PlayerComposite row = composite_of(s, u, &balanced, &t);

    assert_true(f64_is_null(row.shot_zone_mismatch_score));
    assert_true(text_array_has(row.missing_inputs, "team_defense_zone"));
    assert_near(composite_of(s, u, &paint, &t).shot_zone_mismatch_score, 3.0);
}

static void
factors_that_rest_on_windows_with_holes_are_named(void **state)
{
    static const char *const loads[] = {"games_in_last_14_days"};
    static const char *const mid[] = {"mid_range_rate_last_10"};
    static const char *const paint_defense[] = {"paint_defense_vs_league_avg"};
    static const char *const pace[] = {"pace_differential", "projected_usage_rate"};
    Season *s = *state;
    UpcomingPlayer u = s->upcoming[0];
    TeamZone t = defense_of(s, u.opponent, 3.0, 2.5, -3.8);
    PlayerZone balanced = zone_of(s, u.player_lookup, "balanced", 33, 32, 35);
    PlayerZone perimeter = zone_of(s, u.player_lookup, "perimeter", 30, 30, 40);
    PlayerComposite row = composite_of(s, &u, &balanced, &t);

    assert_int_equal(row.incomplete_inputs.count, 0);
    balanced.incomplete_fields = perimeter.incomplete_fields = (TextArray){mid, 1};
    assert_true(text_array_has(composite_of(s, &u, &balanced, &t).incomplete_inputs, "shot_zone_mismatch_score"));
    assert_int_equal(composite_of(s, &u, &perimeter, &t).incomplete_inputs.count, 0); /* not his zone */
    t.incomplete_fields = (TextArray){paint_defense, 1};
    assert_int_equal(composite_of(s, &u, &perimeter, &t).incomplete_inputs.count, 0);
    u.incomplete_fields = (TextArray){loads, 1};
    row = composite_of(s, &u, &perimeter, &t);
    assert_int_equal(row.incomplete_inputs.count, 1);
    assert_string_equal(row.incomplete_inputs.items[0], "fatigue_score");
    u.incomplete_fields = (TextArray){pace, ARRAY_LEN(pace)};
    row = composite_of(s, &u, &perimeter, &t);
    assert_int_equal(row.incomplete_inputs.count, 2);
    assert_true(text_array_has(row.incomplete_inputs, "pace_score"));
    assert_true(text_array_has(row.incomplete_inputs, "usage_spike_score"));
}

static void
fatigue_is_null_without_the_load_or_the_newest_game(void **state)
{
    Season *s = *state;
    UpcomingPlayer u = s->upcoming[0];
    PlayerComposite row;

    u.games_in_last_7_days = NULL_I32;
    row = composite_of(s, &u, NULL, NULL);
    assert_int_equal(row.fatigue_score, NULL_I32);
    assert_true(f64_is_null(row.fatigue_adjustment));
    assert_false(f64_is_null(row.total_composite_adjustment));
    assert_int_equal(row.has_warnings, BOOL_FALSE);
    u = s->upcoming[0];
    u.back_to_backs_last_14_days = NULL_I32;
    assert_int_equal(composite_of(s, &u, NULL, NULL).fatigue_score, NULL_I32);
    u = s->upcoming[0];
    u.days_rest = NULL_I32; /* he has played, and nobody knows whether after that */
    assert_int_equal(composite_of(s, &u, NULL, NULL).fatigue_score, NULL_I32);
    u.games_played_season = 0;
    assert_int_equal(composite_of(s, &u, NULL, NULL).fatigue_score, 100);
}

static void
a_composite_is_as_complete_as_the_rows_it_rests_on(void **state)
{
    Season *s = *state;
    UpcomingPlayer u = s->upcoming[0];
    TeamZone t = defense_of(s, u.opponent, 3.0, 2.5, -3.8);
    PlayerZone p = zone_of(s, u.player_lookup, "paint", 65, 20, 15);

    u.completeness_pct = 90;
    p.completeness_pct = 80;
    t.completeness_pct = 95;
    p.is_production_ready = t.is_production_ready = BOOL_TRUE;
    assert_near(composite_of(s, &u, &p, &t).completeness_pct, 80);
    assert_int_equal(composite_of(s, &u, &p, &t).is_production_ready, BOOL_TRUE);
    t.is_production_ready = BOOL_FALSE;
    assert_int_equal(composite_of(s, &u, &p, &t).is_production_ready, BOOL_FALSE);
    assert_int_equal(composite_of(s, &u, &p, NULL).is_production_ready, BOOL_TRUE);
    u.is_production_ready = BOOL_FALSE;
    assert_int_equal(composite_of(s, &u, &p, NULL).is_production_ready, BOOL_FALSE);
}

static void
composite_total_sums_what_is_present_and_names_what_is_missing(void **state)
{
    Season *s = *state;
    UpcomingPlayer u = s->upcoming[0];
    TeamZone t = defense_of(s, u.opponent, 6.0, 0, 0);
    PlayerZone p = zone_of(s, u.player_lookup, "paint", 60, 20, 20);
    PlayerComposite row;

    u.back_to_back = BOOL_TRUE; /* 85, so -0.75 */
    u.avg_minutes_per_game_last_7 = 30;
    u.pace_differential = 3.5;
    u.projected_usage_rate = 20;
    u.avg_usage_rate_last_7_games = 25;
    row = composite_of(s, &u, &p, &t);
    assert_near(row.total_composite_adjustment, -0.75 + 7.2 + 1.75 - 1.5);
    assert_near(row.data_completeness_pct, 100);
    assert_int_equal(row.missing_inputs.count, 1);
    assert_true(text_array_has(row.missing_inputs, "star_teammates_out"));

    u.projected_usage_rate = NULL_F64;
    u.pace_differential = NULL_F64;
    row = composite_of(s, &u, &p, NULL);
    assert_near(row.total_composite_adjustment, -0.75);
    assert_true(f64_is_null(row.shot_zone_mismatch_score));
    assert_true(f64_is_null(row.pace_score));
    assert_true(f64_is_null(row.usage_spike_score));
    assert_near(row.data_completeness_pct, 40);
    assert_int_equal(row.missing_inputs.count, 4);
    assert_true(text_array_has(row.missing_inputs, "team_defense_zone"));
    assert_true(text_array_has(row.missing_inputs, "projected_usage_rate"));
    assert_true(text_array_has(row.missing_inputs, "pace_differential"));
}

static void
composite_without_a_player_row_has_no_mismatch(void **state)
{
    Season *s = *state;
    const UpcomingPlayer *u = &s->upcoming[0];
    TeamZone t = defense_of(s, u->opponent, 6.0, 0, 0);
    PlayerZone shotless = zone_of(s, u->player_lookup, NULL, NULL_F64, NULL_F64, NULL_F64);
    PlayerZone yesterdays = zone_of(s, u->player_lookup, "paint", 60, 20, 20);
    PlayerComposite row = composite_of(s, u, NULL, &t);

    yesterdays.game_date = date_add(s->date, -1);
    assert_true(f64_is_null(row.shot_zone_mismatch_score));
    assert_true(text_array_has(row.missing_inputs, "player_shot_zone"));
    assert_false(text_array_has(row.missing_inputs, "team_defense_zone"));
    assert_true(f64_is_null(composite_of(s, u, &shotless, &t).shot_zone_mismatch_score));
    assert_true(f64_is_null(composite_of(s, u, &yesterdays, &t).shot_zone_mismatch_score));
}

static void
composite_warns_of_a_tired_player_and_of_an_extreme_mismatch(void **state)
{
    Season *s = *state;
    UpcomingPlayer u = s->upcoming[0];
    PlayerZone p = zone_of(s, u.player_lookup, "paint", 60, 20, 20);
    TeamZone strong = defense_of(s, u.opponent, -7.0, 0, 0);
    TeamZone fair = defense_of(s, u.opponent, 1.0, 0, 0);

    assert_int_equal(composite_of(s, &u, &p, &fair).has_warnings, BOOL_FALSE);
    assert_int_equal(composite_of(s, &u, &p, &strong).has_warnings, BOOL_TRUE);
    u.back_to_back = BOOL_TRUE;
    u.games_in_last_7_days = 4;
    u.avg_minutes_per_game_last_7 = 37;
    u.back_to_backs_last_14_days = 2;
    u.player_age = 36;
    assert_int_equal(composite_of(s, &u, &p, &fair).fatigue_score, 45);
    assert_int_equal(composite_of(s, &u, &p, &fair).has_warnings, BOOL_TRUE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SEASON_TEST(fatigue_score_has_its_known_values),
        SEASON_TEST(shot_zone_mismatch_has_its_known_values),
        SEASON_TEST(pace_adjustment_has_its_known_values),
        SEASON_TEST(usage_adjustment_has_its_known_values),
        SEASON_TEST(composite_matches_the_primary_zone_and_a_balanced_scorer_on_all_three),
        SEASON_TEST(a_balanced_scorer_needs_all_three_zones),
        SEASON_TEST(factors_that_rest_on_windows_with_holes_are_named),
        SEASON_TEST(fatigue_is_null_without_the_load_or_the_newest_game),
        SEASON_TEST(a_composite_is_as_complete_as_the_rows_it_rests_on),
        SEASON_TEST(composite_total_sums_what_is_present_and_names_what_is_missing),
        SEASON_TEST(composite_without_a_player_row_has_no_mismatch),
        SEASON_TEST(composite_warns_of_a_tired_player_and_of_an_extreme_mismatch),
    };

    return cmocka_run_group_tests_name("composite_factors", tests, NULL, NULL);
}
