/*
 * tests/unit/test_player_shot_zone.c
 *    Where a player takes his shots, over which games.
 */
#include "precompute_season.h"

/* ---- player shot zones ---- */

static void
primary_zone_prefers_paint_then_threes_then_mid_range(void **state)
{
    (void)state;
    assert_string_equal(primary_scoring_zone(40, 20, 40), "paint");
    assert_string_equal(primary_scoring_zone(39.9, 20, 40.1), "perimeter");
    assert_string_equal(primary_scoring_zone(30, 35, 35), "mid_range");
    assert_string_equal(primary_scoring_zone(33, 33, 34), "balanced");
    assert_null(primary_scoring_zone(NULL_F64, NULL_F64, NULL_F64));
}

static void
sample_quality_has_its_thresholds(void **state)
{
    (void)state;
    assert_string_equal(shot_sample_quality(10, 10), "excellent");
    assert_string_equal(shot_sample_quality(7, 10), "good");
    assert_string_equal(shot_sample_quality(5, 10), "limited");
    assert_string_equal(shot_sample_quality(4, 10), "insufficient");
    assert_string_equal(shot_sample_quality(20, 20), "excellent");
    assert_string_equal(shot_sample_quality(14, 20), "good");
    assert_string_equal(shot_sample_quality(13, 20), "limited");
    assert_string_equal(shot_sample_quality(9, 20), "insufficient");
}

static PlayerZoneResult
zones_of(Season *s)
{
    PlayerZoneResult out;

    player_shot_zone_compute(league_view(&s->rows, s->date, s->arena), s->arena, &out);
    return out;
}

static void
set_shots(PlayerGame *g, int32_t paint, int32_t paint_makes, int32_t mid, int32_t three)
{
    g->paint_attempts = paint;
    g->paint_makes = paint_makes;
    g->mid_attempts = mid;
    g->mid_makes = mid == NULL_I32 ? NULL_I32 : 0;
    g->three_attempts_shots = three;
    g->three_makes_shots = three;
    g->three_attempts = 99; /* of the box score: not used */
}

static void
shot_rates_are_percent_of_the_last_10_games_and_fractions_made(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerZoneResult r;
    const PlayerZone *row;

    for (size_t i = 0; i < MORNING_ROUND; i++)
        set_shots(games[i], i < 10 ? 16 : 6, i < 10 ? 0 : 3, 2, 4);
    set_shots(games[15], NULL_I32, NULL_I32, NULL_I32, NULL_I32);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_int_equal(row->games_in_sample_10, 10);
    assert_int_equal(row->total_shots_last_10, 9 * 12);
    assert_near(row->paint_rate_last_10, 50);
    assert_near(row->mid_range_rate_last_10, 100.0 / 6);
    assert_near(row->three_pt_rate_last_10, 100.0 / 3);
    assert_near(row->paint_pct_last_10, 0.5);
    assert_near(row->mid_range_pct_last_10, 0);
    assert_near(row->three_pt_pct_last_10, 1);
    assert_near(row->paint_attempts_per_game, 6);
    assert_string_equal(row->primary_scoring_zone, "paint");
    assert_int_equal(row->games_in_sample_20, 20);
    assert_near(row->paint_rate_last_20, 100.0 * (160 + 54) / (160 + 54 + 19 * 6));
    assert_near(row->paint_pct_last_20, 27.0 / (160 + 54));
    assert_int_equal(row->minimum_games, 10);
    assert_int_equal(row->early_season_flag, BOOL_FALSE);
}

static void
shot_rates_without_shots_are_null(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerZoneResult r;
    const PlayerZone *row;

    for (size_t i = 0; i < count; i++)
        set_shots(games[i], NULL_I32, NULL_I32, NULL_I32, NULL_I32);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_true(f64_is_null(row->paint_rate_last_10));
    assert_true(f64_is_null(row->paint_pct_last_10));
    assert_true(f64_is_null(row->paint_attempts_per_game));
    assert_null(row->primary_scoring_zone);
    for (size_t i = 0; i < count; i++)
        set_shots(games[i], 0, 0, 0, 0);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_true(f64_is_null(row->three_pt_rate_last_10));
    assert_near(row->paint_attempts_per_game, 0);
    assert_null(row->primary_scoring_zone);
}

/* Nobody knows what became of player00 in that round of ATL. */
static void
lose_game(Season *s, size_t round)
{
    size_t count;

    games_of(s, "player00", &count)[round]->player_lookup = "someoneelse";
    team_game(s, "ATL", round)->is_complete = BOOL_FALSE;
}

static void
a_hole_is_flagged_and_nothing_older_slides_in(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerZoneResult r;
    const PlayerZone *row;

    for (size_t i = 0; i < MORNING_ROUND; i++) /* the round 9 would be the tenth newest */
        set_shots(games[i], i <= 9 ? 100 : 6, 3, 2, 4);
    lose_game(s, 15);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_near(row->paint_rate_last_10, 50);
    assert_int_equal(row->window_10_used, 9);
    assert_int_equal(row->window_10_expected, 10);
    assert_int_equal(row->games_in_sample_10, 9);
    assert_int_equal(row->window_20_used, 19);
    assert_int_equal(row->window_20_expected, 20);
    assert_true(text_array_has(row->incomplete_fields, "paint_rate_last_10"));
    assert_true(text_array_has(row->incomplete_fields, "primary_scoring_zone"));
    assert_true(text_array_has(row->incomplete_fields, "paint_pct_last_20"));
    assert_near(row->completeness_pct, 90);
    assert_int_equal(row->is_production_ready, BOOL_TRUE);
    row = zone_row(&r, "player01"); /* of the same team, and known to have played in it */
    assert_int_equal(row->window_10_used, 10);
    assert_int_equal(row->incomplete_fields.count, 0);
}

static void
below_seventy_percent_of_known_zones_there_are_no_rates(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerZoneResult r;
    const PlayerZone *row;

    for (size_t i = 10; i < 12; i++) /* two games without shots and one hole: seven of ten */
        set_shots(games[i], NULL_I32, NULL_I32, NULL_I32, NULL_I32);
    lose_game(s, 15);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_int_equal(row->window_10_used, 7);
    assert_false(f64_is_null(row->paint_rate_last_10));
    assert_int_equal(row->is_production_ready, BOOL_TRUE);
    set_shots(games[12], NULL_I32, NULL_I32, NULL_I32, NULL_I32);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_int_equal(row->window_10_used, 6);
    assert_true(f64_is_null(row->paint_rate_last_10));
    assert_true(f64_is_null(row->paint_pct_last_10));
    assert_true(f64_is_null(row->paint_attempts_per_game));
    assert_null(row->primary_scoring_zone);
    assert_false(f64_is_null(row->paint_rate_last_20)); /* 16 of 20 */
    assert_int_equal(row->is_production_ready, BOOL_FALSE);
    assert_near(row->completeness_pct, 60);
}

static void
long_window_needs_15_games_and_any_row_needs_the_minimum(void **state)
{
    Season *s = *state;
    PlayerZoneResult r;
    const PlayerZone *row;

    keep_newest(s, "player00", 14);
    keep_newest(s, "player01", 9);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_true(i32_is_null(row->games_in_sample_20));
    assert_true(f64_is_null(row->paint_rate_last_20));
    assert_true(f64_is_null(row->paint_pct_last_20));
    assert_string_equal(row->sample_quality_20, "good");
    assert_null(zone_row(&r, "player01"));
    assert_int_equal(r.skipped_count, 1);
    assert_string_equal(r.skipped[0].entity, "player01");
    assert_string_equal(r.skipped[0].reason, "INSUFFICIENT_DATA");
    assert_string_equal(r.skipped[0].processor, "player_shot_zone");
    assert_int_equal(r.expected, r.count);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SEASON_TEST(primary_zone_prefers_paint_then_threes_then_mid_range),
        SEASON_TEST(sample_quality_has_its_thresholds),
        SEASON_TEST(shot_rates_are_percent_of_the_last_10_games_and_fractions_made),
        SEASON_TEST(shot_rates_without_shots_are_null),
        SEASON_TEST(a_hole_is_flagged_and_nothing_older_slides_in),
        SEASON_TEST(below_seventy_percent_of_known_zones_there_are_no_rates),
        SEASON_TEST(long_window_needs_15_games_and_any_row_needs_the_minimum),
    };

    return cmocka_run_group_tests_name("player_shot_zone", tests, NULL, NULL);
}
