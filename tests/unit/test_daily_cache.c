/*
 * tests/unit/test_daily_cache.c
 *    A player's form over his windows, and who has none.
 */
#include "precompute_season.h"

/* ---- daily cache ---- */

static PlayerCacheResult
caches_of(Season *s)
{
    return morning(s).caches;
}

static void
cache_windows_hold_the_newest_played_games(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerCacheResult r;
    const PlayerCache *row;

    for (int i = 0; i < MORNING_ROUND; i++) { /* 1..20 points, 30 minutes */
        games[i]->points = i + 1;
        games[i]->minutes = 30;
        games[i]->usage_rate = i % 2 == 0 ? NULL_F64 : 20;
        games[i]->ts_pct = 0.5;
    }
    r = caches_of(s);
    row = cache_row(&r, "player00");
    assert_near(row->points_avg_last_5, 18);
    assert_near(row->points_avg_last_10, 15.5);
    assert_near(row->points_avg_season, 10.5);
    assert_near(row->points_std_last_10, 3.0276503540974917); /* of 1..10 */
    assert_near(row->minutes_avg_last_10, 30);
    assert_near(row->ppm_last_10, 155.0 / 300);
    assert_near(row->usage_rate_last_10, 20);
    assert_near(row->usage_rate_season, 20);
    assert_near(row->ts_pct_last_10, 0.5);
    assert_int_equal(row->games_played_season, 20);
    assert_int_equal(row->window_l5_used, 5);
    assert_int_equal(row->window_l10_used, 10);
    assert_int_equal(row->window_l5_expected, 5);
    assert_int_equal(row->window_l10_expected, 10);
    assert_int_equal(row->window_season_used, 20);
    assert_int_equal(row->window_season_expected, 20);
    assert_int_equal(row->window_team_l10_used, 10);
    assert_int_equal(row->missing_game_ids.count, 0);
    assert_int_equal(row->incomplete_fields.count, 0);
    assert_near(row->completeness_pct, 100);
    assert_int_equal(row->is_production_ready, BOOL_TRUE);
    assert_int_equal(row->early_season_flag, BOOL_FALSE);
}

static void
game_that_he_sat_out_enters_no_window(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerCacheResult r;
    const PlayerCache *row;

    for (int i = 0; i < MORNING_ROUND; i++) {
        games[i]->points = 30;
        games[i]->minutes = 36;
    }
    games[19]->points = games[17]->points = 0;
    games[19]->minutes = games[17]->minutes = 0;
    r = caches_of(s);
    row = cache_row(&r, "player00");
    assert_near(row->points_avg_last_5, 30);
    assert_near(row->minutes_avg_last_10, 36);
    assert_int_equal(row->games_played_season, 18);
    games[18]->points = 0; /* he played and missed everything: a game like any other */
    r = caches_of(s);
    assert_near(cache_row(&r, "player00")->points_avg_last_5, 24);
}

/* Two stars' last games as they were: a game that he sat out neither counts as nothing nor takes a place. */
static void
last_five_are_the_last_five_played(void **state)
{
    static const struct {
        const char *lookup;
        int rows[8]; /* newest first; -1 sat out */
        double average;
    } stars[] = {
        {"player00", {46, -1, 24, 37, 30, -1, 21, 50}, 31.6},
        {"player01", {35, -1, 38, -1, -1, 24, 23, 21}, 28.2}, /* 14.6 over rows */
    };
    Season *s = *state;
    PlayerCacheResult r;

    for (size_t i = 0; i < ARRAY_LEN(stars); i++) {
        size_t count;
        PlayerGame **games = games_of(s, stars[i].lookup, &count);

        for (int k = 0; k < 8; k++) {
            PlayerGame *g = games[MORNING_ROUND - 1 - k];

            g->points = stars[i].rows[k] < 0 ? 0 : stars[i].rows[k];
            g->minutes = stars[i].rows[k] < 0 ? 0 : 35;
        }
    }
    r = caches_of(s);
    for (size_t i = 0; i < ARRAY_LEN(stars); i++)
        assert_near(cache_row(&r, stars[i].lookup)->points_avg_last_5, stars[i].average);
}

static void
cache_copies_the_schedule_and_the_zones_and_averages_the_team(void **state)
{
    Season *s = *state;
    Morning m = morning(s);
    const PlayerCache *row = cache_row(&m.caches, "player00");
    const PlayerZone *zone = zone_row(&m.zones, "player00");
    double pace = 0;
    int games = 0;

    for (size_t i = s->rows.offense_count; i-- > 0;) {
        const TeamOffense *o = &s->offense[i];

        if (strcmp(o->team, "ATL") == 0 && date_before(o->game_date, s->date) && games++ < 10)
            pace += o->pace / 10;
    }
    assert_near(row->team_pace_last_10, pace);
    assert_int_equal(row->games_in_last_7_days, 3);
    assert_int_equal(row->games_in_last_14_days, 7);
    assert_near(row->minutes_in_last_7_days, 90);
    assert_near(row->minutes_in_last_14_days, 190);
    assert_near(row->avg_minutes_per_game_last_7, 30);
    assert_int_equal(row->back_to_backs_last_14_days, 0);
    assert_string_equal(row->primary_scoring_zone, zone->primary_scoring_zone);
    assert_near(row->paint_rate_last_10, zone->paint_rate_last_10);
    assert_near(row->three_pt_rate_last_10, zone->three_pt_rate_last_10);
    assert_int_equal(row->shot_zone_data_available, BOOL_TRUE);
    keep_newest(s, "player00", 9); /* too few games for zones, enough for a cache */
    m = morning(s);
    row = cache_row(&m.caches, "player00");
    assert_int_equal(row->shot_zone_data_available, BOOL_FALSE);
    assert_true(f64_is_null(row->paint_rate_last_10));
    assert_null(row->primary_scoring_zone);
    assert_int_equal(row->early_season_flag, BOOL_TRUE);
    assert_int_equal(row->window_l10_used, 9);
}

static const SkippedEntity *
skipped_row(const PlayerCacheResult *r, const char *lookup)
{
    for (size_t i = 0; i < r->skipped_count; i++) {
        if (strcmp(r->skipped[i].entity, lookup) == 0)
            return &r->skipped[i];
    }
    return NULL;
}

static void
cache_skips_newcomers_and_the_long_absent_and_does_not_expect_them(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player02", &count);
    PlayerGame **recent = games_of(s, "player03", &count);
    PlayerCacheResult r;

    keep_newest(s, "player00", 3);
    keep_newest(s, "player01", 2);
    /* Round 4 is 32 days before the date, round 5 is 30. */
    for (int i = 5; i < ROUNDS; i++)
        games[i]->player_lookup = "someoneelse";
    for (int i = 6; i < ROUNDS; i++)
        recent[i]->player_lookup = "someoneelse";
    s->upcoming[5].player_lookup = "rookie";
    r = caches_of(s);
    assert_non_null(cache_row(&r, "player00"));
    assert_non_null(cache_row(&r, "player03"));
    assert_string_equal(skipped_row(&r, "player01")->reason, "INSUFFICIENT_DATA");
    assert_string_equal(skipped_row(&r, "rookie")->reason, "INSUFFICIENT_DATA");
    assert_string_equal(skipped_row(&r, "player02")->reason, "STALE_DATA");
    assert_string_equal(skipped_row(&r, "player02")->processor, "player_daily_cache");
    assert_int_equal(r.skipped_count, 3);
    assert_int_equal(r.expected, MAX_UPCOMING - 3);
    assert_int_equal(r.count, r.expected);
}

/* Nobody knows what became of player00 in that game of ATL. */
static void
lose_game(Season *s, size_t round)
{
    size_t count;

    games_of(s, "player00", &count)[round]->player_lookup = "someoneelse";
    team_game(s, "ATL", round)->is_complete = BOOL_FALSE;
}

/* 1..20 points, 30 minutes; then these games are lost, of the rounds 0..19. */
static const PlayerCache *
row_without(Season *s, const size_t *rounds, size_t count)
{
    size_t games_count;
    PlayerGame **games = games_of(s, "player00", &games_count);
    PlayerCacheResult *r = arena_alloc(s->arena, sizeof *r);

    for (int i = 0; i < MORNING_ROUND; i++) {
        games[i]->points = i + 1;
        games[i]->minutes = 30;
    }
    for (size_t i = count; i-- > 0;) /* the newest first: each is found by its round */
        lose_game(s, rounds[i]);
    *r = caches_of(s);
    return cache_row(r, "player00");
}

static void
no_older_game_takes_the_place_of_a_hole(void **state)
{
    static const size_t round = 18;
    const PlayerCache *row = row_without(*state, &round, 1);

    assert_near(row->points_avg_last_5, (20 + 18 + 17 + 16) / 4.0);
    assert_near(row->points_avg_last_10, (20 + 18 + 17 + 16 + 15 + 14 + 13 + 12 + 11) / 9.0);
    assert_near(row->points_avg_season, (210 - 19) / 19.0);
    assert_near(row->points_std_last_10, 2.934469476943168); /* of 11..18 and 20, by Python's statistics */
    assert_near(row->ppm_last_10, 136.0 / 270);
    assert_int_equal(row->window_l5_used, 4);
    assert_int_equal(row->window_l5_expected, 5);
    assert_int_equal(row->window_l10_used, 9);
    assert_int_equal(row->window_l10_expected, 10);
    assert_int_equal(row->window_season_used, 19);
    assert_int_equal(row->window_season_expected, 20);
    assert_int_equal(row->games_played_season, 19);
    assert_int_equal(row->missing_game_ids.count, 1);
    assert_string_equal(row->missing_game_ids.items[0], team_game(*state, "ATL", 18)->game_id);
    assert_near(row->completeness_pct, 80);
    assert_int_equal(row->is_production_ready, BOOL_TRUE);
}

static void
columns_of_a_window_with_a_hole_are_named(void **state)
{
    static const char *const flagged[] = {"points_avg_last_10", "points_std_last_10",     "minutes_avg_last_10",
                                          "ppm_last_10",        "usage_rate_last_10",     "ts_pct_last_10",
                                          "points_avg_season",  "minutes_avg_season",     "usage_rate_season",
                                          "team_pace_last_10",  "team_off_rating_last_10"};
    static const size_t round = 12; /* the eighth newest */
    const PlayerCache *row = row_without(*state, &round, 1);

    for (size_t i = 0; i < ARRAY_LEN(flagged); i++)
        assert_true(text_array_has(row->incomplete_fields, flagged[i]));
    assert_false(text_array_has(row->incomplete_fields, "points_avg_last_5"));
    assert_false(text_array_has(row->incomplete_fields, "games_in_last_7_days"));
    assert_true(text_array_has(row->incomplete_fields, "paint_rate_last_10")); /* as in the zone row */
    assert_int_equal(row->window_team_l10_used, 9);
    assert_near(row->completeness_pct, 90);
}

static void
below_seventy_percent_there_is_no_value(void **state)
{
    static const size_t rounds[] = {16, 18};
    const PlayerCache *row = row_without(*state, rounds, ARRAY_LEN(rounds));

    assert_true(f64_is_null(row->points_avg_last_5));
    assert_true(text_array_has(row->incomplete_fields, "points_avg_last_5"));
    assert_near(row->points_avg_last_10, (20 + 18 + 16 + 15 + 14 + 13 + 12 + 11) / 8.0);
    assert_int_equal(row->window_l5_used, 3);
    assert_near(row->completeness_pct, 60);
    assert_int_equal(row->is_production_ready, BOOL_FALSE);
    assert_string_equal(row->missing_game_ids.items[0], team_game(*state, "ATL", 18)->game_id);
    assert_string_equal(row->missing_game_ids.items[1], team_game(*state, "ATL", 16)->game_id);
}

static void
seven_games_of_ten_are_enough(void **state)
{
    static const size_t three[] = {10, 11, 12};
    const PlayerCache *row = row_without(*state, three, ARRAY_LEN(three));

    assert_int_equal(row->window_l10_used, 7);
    assert_near(row->points_avg_last_10, 17);
    assert_near(row->points_avg_last_5, 18);
    assert_near(row->completeness_pct, 70);
    assert_int_equal(row->is_production_ready, BOOL_TRUE);
}

static void
six_games_of_ten_are_not(void **state)
{
    static const size_t four[] = {10, 11, 12, 13};
    const PlayerCache *row = row_without(*state, four, ARRAY_LEN(four));

    assert_int_equal(row->window_l10_used, 6);
    assert_true(f64_is_null(row->points_avg_last_10));
    assert_true(f64_is_null(row->minutes_avg_last_10));
    assert_true(f64_is_null(row->ppm_last_10));
    assert_true(f64_is_null(row->team_pace_last_10));
    assert_near(row->points_avg_last_5, 18);
    assert_near(row->points_avg_season, (210 - 11 - 12 - 13 - 14) / 16.0);
    assert_int_equal(row->is_production_ready, BOOL_FALSE);
}

static void
what_the_days_lack_is_copied_from_the_upcoming_row(void **state)
{
    static const char *const upcoming[] = {"games_in_last_7_days", "back_to_backs_last_14_days", "days_rest"};
    Season *s = *state;
    PlayerCacheResult r;
    const PlayerCache *row;

    s->upcoming[0].window_7d_used = 2;
    s->upcoming[0].games_in_last_7_days = NULL_I32;
    s->upcoming[0].incomplete_fields = (TextArray){.items = upcoming, .count = ARRAY_LEN(upcoming)};
    r = caches_of(s);
    row = cache_row(&r, "player00");
    assert_int_equal(row->window_7d_used, 2);
    assert_int_equal(row->window_7d_expected, 3);
    assert_int_equal(row->games_in_last_7_days, NULL_I32);
    assert_int_equal(row->incomplete_fields.count, 2); /* there is no column days_rest here */
    assert_true(text_array_has(row->incomplete_fields, "back_to_backs_last_14_days"));
    assert_int_equal(row->is_production_ready, BOOL_FALSE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SEASON_TEST(cache_windows_hold_the_newest_played_games),
        SEASON_TEST(game_that_he_sat_out_enters_no_window),
        SEASON_TEST(last_five_are_the_last_five_played),
        SEASON_TEST(cache_copies_the_schedule_and_the_zones_and_averages_the_team),
        SEASON_TEST(cache_skips_newcomers_and_the_long_absent_and_does_not_expect_them),
        SEASON_TEST(no_older_game_takes_the_place_of_a_hole),
        SEASON_TEST(columns_of_a_window_with_a_hole_are_named),
        SEASON_TEST(below_seventy_percent_there_is_no_value),
        SEASON_TEST(seven_games_of_ten_are_enough),
        SEASON_TEST(six_games_of_ten_are_not),
        SEASON_TEST(what_the_days_lack_is_copied_from_the_upcoming_row),
    };

    return cmocka_run_group_tests_name("daily_cache", tests, NULL, NULL);
}
