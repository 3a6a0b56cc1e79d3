/*
 * tests/unit/test_team_defense_zone.c
 *    What a team allowed over its window, against the league.
 */
#include "precompute_season.h"

/* ---- team defence ---- */

static TeamZoneResult
teams_of(Season *s)
{
    TeamZoneResult out;

    team_defense_zone_compute(league_view(&s->rows, s->date, s->arena), s->arena, &out);
    return out;
}

/* The same shots in every game, so that the answers can be read off. */
static void
level_defense(Season *s)
{
    for (size_t i = 0; i < s->rows.defense_count; i++) {
        TeamDefense *d = &s->defense[i];

        d->paint_attempts = 50;
        d->paint_makes = 30;
        d->mid_attempts = 20;
        d->mid_makes = 8;
        d->three_attempts = 40;
        d->three_makes = 14;
    }
}

static void
team_window_is_its_last_15_games_against_the_league(void **state)
{
    Season *s = *state;
    const TeamZone *row;
    TeamZoneResult r;

    level_defense(s);
    for (size_t i = 0, seen = 0; i < s->rows.defense_count; i++) {
        TeamDefense *d = &s->defense[i];

        if (strcmp(d->team, "BOS") != 0)
            continue;
        d->points_allowed = seen < 5 ? 500 : 110; /* 20 games: the first five are out of sight */
        d->defensive_rating = seen < 5 ? 500 : 112;
        d->opponent_pace = seen == 6 ? NULL_F64 : 99;
        d->paint_makes = seen++ < 5 ? 0 : 36;
    }
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->games_in_sample, 15);
    assert_near(row->paint_pct_allowed_last_15, 36.0 / 50);
    assert_near(row->mid_range_pct_allowed_last_15, 0.4);
    assert_near(row->three_pt_pct_allowed_last_15, 0.35);
    assert_near(row->three_pt_attempts_allowed_per_game, 40);
    assert_near(row->opponent_points_per_game, 110);
    assert_near(row->defensive_rating_last_15, 112);
    assert_near(row->opponent_pace, 99);
    /* League: eleven teams at 0.60 and one at 0.72, over the same 15 games in 30 days. */
    assert_near(row->paint_defense_vs_league_avg, (0.72 - (11 * 0.60 + 0.72) / 12) * 100);
    assert_near(row->mid_range_defense_vs_league_avg, 0);
    assert_string_equal(row->weakest_zone, "paint");
    assert_string_equal(team_row(&r, "ATL")->strongest_zone, "paint");
    assert_string_equal(row->data_quality_tier, "high");
    assert_int_equal(row->early_season_flag, BOOL_FALSE);
}

static void
league_average_needs_ten_teams_with_ten_games_in_30_days(void **state)
{
    Season *s = *state;
    LeagueZones z;

    level_defense(s);
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.60);
    assert_near(z.pct[ZONE_MID_RANGE], 0.40);
    assert_near(z.pct[ZONE_PERIMETER], 0.35);
    s->date = s->schedule[10 * TEAMS / 2].game_date; /* ten games a team */
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.60);
    s->date = s->schedule[9 * TEAMS / 2].game_date;
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.580);
    s->date = s->schedule[MORNING_ROUND * TEAMS / 2].game_date;
    for (size_t i = 0; i < s->rows.defense_count; i++) { /* three teams lose all their threes */
        if (strcmp(s->defense[i].team, "BOS") <= 0)
            s->defense[i].three_attempts = s->defense[i].three_makes = NULL_I32;
    }
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.580);
    assert_near(z.pct[ZONE_MID_RANGE], 0.410);
    assert_near(z.pct[ZONE_PERIMETER], 0.355);
}

static void
game_without_shots_is_left_out_of_the_zones_only(void **state)
{
    Season *s = *state;
    TeamZoneResult r;
    const TeamZone *row;

    level_defense(s);
    for (size_t i = 0, seen = 0; i < s->rows.defense_count; i++) {
        TeamDefense *d = &s->defense[i];

        if (strcmp(d->team, "BOS") == 0 && seen++ % 5 == 0)
            d->paint_attempts = d->paint_makes = d->mid_attempts = d->mid_makes = d->three_attempts = d->three_makes
                = NULL_I32;
        if (strcmp(d->team, "CHA") == 0)
            d->paint_attempts = d->paint_makes = NULL_I32;
    }
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->games_in_sample, 15);
    assert_int_equal(row->window_15_used, 15);
    assert_int_equal(row->window_15_zones_used, 12);
    assert_near(row->paint_pct_allowed_last_15, 0.6);
    assert_near(row->paint_attempts_allowed_per_game, 50);
    row = team_row(&r, "CHA");
    assert_true(f64_is_null(row->paint_pct_allowed_last_15));
    assert_true(f64_is_null(row->paint_attempts_allowed_per_game));
    assert_true(f64_is_null(row->paint_defense_vs_league_avg));
    assert_null(row->strongest_zone);
    assert_null(row->weakest_zone);
}

/* The team that BOS met in that round, from 0. */
static const char *
opponent_of_bos(Season *s, size_t round)
{
    for (size_t i = 0; i < s->rows.schedule_count; i++) {
        const ScheduleGame *g = &s->schedule[i];

        if (!date_equal(g->game_date, team_game(s, "BOS", round)->game_date))
            continue;
        if (strcmp(g->home_team, "BOS") == 0)
            return g->away_team;
        if (strcmp(g->away_team, "BOS") == 0)
            return g->home_team;
    }
    return NULL;
}

static TeamDefense *
defense_in(Season *s, size_t round)
{
    for (size_t i = 0, seen = 0; i < s->rows.defense_count; i++) {
        if (strcmp(s->defense[i].team, "BOS") == 0 && seen++ == round)
            return &s->defense[i];
    }
    return NULL;
}

/* Rounds 5..19 are the window. Ratings are 100 + the round. */
static void
a_hole_in_the_window_is_named_and_nothing_older_slides_in(void **state)
{
    Season *s = *state;
    TeamZoneResult r;
    const TeamZone *row;

    level_defense(s);
    for (size_t round = 0; round < MORNING_ROUND; round++)
        defense_in(s, round)->defensive_rating = 100 + (double)round;
    /* All that was allowed in round 18 is the opponent's line, which is not whole. */
    team_game(s, opponent_of_bos(s, 18), 18)->is_complete = BOOL_FALSE;
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->window_15_used, 14);
    assert_int_equal(row->window_15_expected, 15);
    assert_int_equal(row->games_in_sample, 14);
    assert_near(row->defensive_rating_last_15, (15 * 112 - 118) / 14.0);
    assert_int_equal(row->missing_game_ids.count, 1);
    assert_string_equal(row->missing_game_ids.items[0], team_game(s, "BOS", 18)->game_id);
    assert_true(text_array_has(row->incomplete_fields, "defensive_rating_last_15"));
    assert_true(text_array_has(row->incomplete_fields, "opponent_pace"));
    assert_true(text_array_has(row->incomplete_fields, "paint_defense_vs_league_avg"));
    assert_near(row->completeness_pct, 100 * 14.0 / 15);
    assert_int_equal(row->is_production_ready, BOOL_TRUE);
    row = team_row(&r, "ATL");
    assert_int_equal(row->window_15_used, 15);
    assert_int_equal(row->incomplete_fields.count, 0);
    assert_near(row->completeness_pct, 100);
}

static void
eleven_games_of_fifteen_are_enough_and_ten_are_not(void **state)
{
    Season *s = *state;
    TeamZoneResult r;
    const TeamZone *row;

    level_defense(s);
    for (size_t round = 10; round < 14; round++) /* BOS's own line is gone: so is the game */
        team_game(s, "BOS", round)->season_year = 1999;
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->window_15_used, 11);
    assert_near(row->paint_pct_allowed_last_15, 0.6);
    assert_int_equal(row->is_production_ready, BOOL_TRUE);
    team_game(s, "BOS", 14)->season_year = 1999;
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->window_15_used, 10);
    assert_true(f64_is_null(row->defensive_rating_last_15));
    assert_true(f64_is_null(row->paint_pct_allowed_last_15));
    assert_true(f64_is_null(row->paint_defense_vs_league_avg));
    assert_null(row->weakest_zone);
    assert_int_equal(row->missing_game_ids.count, 5);
    assert_int_equal(row->is_production_ready, BOOL_FALSE);
}

static void
games_without_shots_flag_the_zones_and_not_the_ratings(void **state)
{
    Season *s = *state;
    TeamZoneResult r;
    const TeamZone *row;

    level_defense(s);
    for (size_t round = 5; round < 7; round++)
        defense_in(s, round)->paint_attempts = defense_in(s, round)->mid_attempts = defense_in(s, round)->three_attempts
            = NULL_I32;
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->window_15_used, 15);
    assert_int_equal(row->window_15_zones_used, 13);
    assert_true(text_array_has(row->incomplete_fields, "three_pt_pct_allowed_last_15"));
    assert_false(text_array_has(row->incomplete_fields, "defensive_rating_last_15"));
    assert_int_equal(row->missing_game_ids.count, 0);
    assert_near(row->completeness_pct, 100 * 13.0 / 15);
}

static void
young_season_lowers_the_minimum_and_is_marked(void **state)
{
    Season *s = *state;
    TeamZoneResult r;

    s->date = s->schedule[8 * TEAMS / 2].game_date; /* eight rounds played */
    r = teams_of(s);
    assert_int_equal(r.count, TEAMS);
    assert_int_equal(r.rows[0].minimum_games, 8);
    assert_int_equal(r.rows[0].games_in_sample, 8);
    assert_int_equal(r.rows[0].early_season_flag, BOOL_TRUE);
    assert_string_equal(r.rows[0].data_quality_tier, "low");
    s->date = s->schedule[3 * TEAMS / 2].game_date;
    r = teams_of(s);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.expected, 0);
    assert_int_equal(r.skipped_count, TEAMS);
    assert_string_equal(r.skipped[0].reason, "INSUFFICIENT_DATA");
    assert_string_equal(r.skipped[0].processor, "team_defense_zone");
}

static void
single_game_slate_expects_two_teams_and_still_describes_them_all(void **state)
{
    Season *s = *state;
    TeamZoneResult r;

    assert_int_equal(teams_of(s).expected, TEAMS);
    leave_one_game(s);
    r = teams_of(s);
    assert_int_equal(r.expected, 2);
    assert_int_equal(r.count, TEAMS);
    assert_int_equal(r.skipped_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SEASON_TEST(team_window_is_its_last_15_games_against_the_league),
        SEASON_TEST(league_average_needs_ten_teams_with_ten_games_in_30_days),
        SEASON_TEST(game_without_shots_is_left_out_of_the_zones_only),
        SEASON_TEST(a_hole_in_the_window_is_named_and_nothing_older_slides_in),
        SEASON_TEST(eleven_games_of_fifteen_are_enough_and_ten_are_not),
        SEASON_TEST(games_without_shots_flag_the_zones_and_not_the_ratings),
        SEASON_TEST(young_season_lowers_the_minimum_and_is_marked),
        SEASON_TEST(single_game_slate_expects_two_teams_and_still_describes_them_all),
    };

    return cmocka_run_group_tests_name("team_defense_zone", tests, NULL, NULL);
}
