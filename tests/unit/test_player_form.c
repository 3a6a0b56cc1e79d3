/*
 * tests/unit/test_player_form.c
 *    What the games before a date say of one player.
 */
#include "feature_slate.h"

static void
form_holds_the_ten_newest_games(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm form;

    (void)state;
    player_plays(s, "2024-11-28", "NYK", "MIA", 60, 40, 0);
    form = form_on(s, "2024-12-20", "BOS");
    assert_int_equal(form.recent.count, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_near(form.recent.points[i], ten_games.points[i]);
        assert_near(form.recent.minutes[i], ten_games.minutes[i]);
        assert_near(form.recent.ft_makes[i], ten_games.ft_makes[i]);
    }
    assert_near(form_season_points(&form), 284.0 / 11.0);
    assert_near(form_season_minutes(&form), 364.0 / 11.0);
    assert_int_equal(form.meetings.used, 2);
    assert_near(form.meetings_points_avg, 23.5); /* 28 and 19 */
}

static void
games_sat_out_never_enter_the_form(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm form;

    (void)state;
    player_plays(s, "2024-12-19", "NYK", "BOS", 0, 0, 0);
    form = form_on(s, "2024-12-20", "BOS");
    assert_int_equal(form.recent.count, 10);
    assert_near(form.recent.points[0], 31);
    assert_near(form_season_points(&form), 22.4);
    assert_int_equal(form.meetings.used, 2);
}

static void
games_older_than_sixty_days_are_not_recent(void **state)
{
    Season *s = season_new();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-10-22", "NYK", "MIA", true, true);
    player_plays(s, "2024-10-22", "NYK", "MIA", 40, 30, 0);
    player_plays(s, "2024-10-24", "NYK", "MIA", 10, 30, 0);
    form = form_on(s, "2024-12-23", "BOS");
    assert_int_equal(form.recent.count, 1); /* of exactly 60 days before */
    assert_near(form_season_points(&form), 25.0);
}

static void
holes_older_than_sixty_days_are_not_recent(void **state)
{
    Season *s = season_new();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-10-23", "NYK", "MIA", true, false);
    player_plays(s, "2024-12-20", "NYK", "MIA", 10, 30, 0);
    form = form_on(s, "2024-12-22", "BOS"); /* exactly 60 days later */
    assert_int_equal(form.recent.count, 2);
    form = form_on(s, "2024-12-23", "BOS");
    assert_int_equal(form.recent.count, 1);
    assert_int_equal(form.history.hole_count, 1);
}

static void
an_outcome_on_the_date_changes_nothing(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm before = form_on(s, "2024-12-18", "BOS");
    PlayerForm after;

    (void)state;
    s->player_games[s->rows.player_game_count - 1].points = 70; /* that of 2024-12-18 */
    after = form_on(s, "2024-12-18", "BOS");
    assert_int_equal(before.recent.count, 9);
    assert_memory_equal(&before.recent, &after.recent, sizeof before.recent);
    assert_near(before.meetings_points_avg, after.meetings_points_avg);
    assert_memory_equal(&before.team_games, &after.team_games, sizeof before.team_games);
}

static void
missed_games_count_where_the_box_score_is_complete(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-12-19", "NYK", "MIA", true, true);
    team_plays(s, "2024-12-17", "NYK", "MIA", true, false); /* a hole, not an absence */
    team_plays(s, "2024-12-15", "NYK", "MIA", true, true);
    form = form_on(s, "2024-12-20", "BOS");
    assert_int_equal(form.team_games.expected, 10);
    assert_int_equal(form.team_games.used, 9);
    assert_int_equal(form.team_games_missed, 2);
}

static void
games_before_a_players_first_are_no_absences(void **state)
{
    Season *s = season_new();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-11-01", "NYK", "MIA", true, true);
    team_plays(s, "2024-11-03", "NYK", "MIA", true, true);
    player_plays(s, "2024-11-03", "NYK", "MIA", 9, 20, 0);
    team_plays(s, "2024-11-05", "NYK", "MIA", true, true);
    form = form_on(s, "2024-11-07", "BOS");
    assert_int_equal(form.team_games.used, 2);
    assert_int_equal(form.team_games_missed, 1);
}

static void
a_traded_player_is_held_against_the_team_of_the_day(void **state)
{
    Season *s = season_new();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-11-01", "NYK", "MIA", true, true);
    player_plays(s, "2024-11-01", "NYK", "MIA", 9, 20, 0);
    team_plays(s, "2024-11-03", "NYK", "MIA", true, true); /* missed */
    team_plays(s, "2024-11-04", "UTA", "MIA", true, true); /* not yet his team */
    team_plays(s, "2024-11-05", "UTA", "MIA", true, true);
    player_plays(s, "2024-11-05", "UTA", "MIA", 9, 20, 0);
    team_plays(s, "2024-11-06", "NYK", "MIA", true, true); /* no longer his team */
    form = form_on(s, "2024-11-07", "BOS");
    assert_int_equal(form.team_games.used, 3);
    assert_int_equal(form.team_games_missed, 1);
}

static void
a_player_without_a_game_has_no_form(void **state)
{
    const LeagueView *v = league_view(&season_of_ten_games()->rows, day("2024-12-20"), arena);
    PlayerForm form = player_form(v, "nobody", "NYK", "BOS", arena);

    (void)state;
    assert_int_equal(form.recent.count, 0);
    assert_true(f64_is_null(form_season_points(&form)));
    assert_true(f64_is_null(form.meetings_points_avg));
    assert_int_equal(form.team_games.expected, 0);
}

static void
a_hole_keeps_its_place_in_the_form(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-12-17", "NYK", "BOS", true, false); /* between the newest and the second */
    form = form_on(s, "2024-12-20", "BOS");
    assert_int_equal(form.recent.count, 10);
    assert_near(form.recent.points[0], 31);
    assert_true(f64_is_null(form.recent.points[1]));
    assert_true(f64_is_null(form.recent.minutes[1]));
    assert_true(f64_is_null(form.recent.ft_makes[1]));
    assert_near(form.recent.points[2], 28);
    assert_near(form.recent.points[9], 18); /* the tenth has left */
    assert_int_equal(recent_window(&form.recent, 5).used, 4);
    assert_int_equal(form.meetings.used, 2);
    assert_int_equal(form.meetings.expected, 3);
    assert_near(form.meetings_points_avg, 23.5);
}

static void
a_team_record_counts_complete_box_scores(void **state)
{
    Season *s = season_of_ten_games();
    const LeagueView *v;
    TeamRecord r;

    (void)state;
    team_plays(s, "2024-12-17", "NYK", "MIA", true, false);
    v = league_view(&s->rows, day("2024-12-20"), arena);
    r = team_record(v, "NYK");
    assert_int_equal(r.wins, 7);
    assert_int_equal(r.games.used, 11);
    assert_int_equal(r.games.expected, 12);
    r = team_record(v, "SEA");
    assert_int_equal(r.games.expected, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_holds_the_ten_newest_games),
        cmocka_unit_test(games_sat_out_never_enter_the_form),
        cmocka_unit_test(games_older_than_sixty_days_are_not_recent),
        cmocka_unit_test(holes_older_than_sixty_days_are_not_recent),
        cmocka_unit_test(an_outcome_on_the_date_changes_nothing),
        cmocka_unit_test(missed_games_count_where_the_box_score_is_complete),
        cmocka_unit_test(games_before_a_players_first_are_no_absences),
        cmocka_unit_test(a_traded_player_is_held_against_the_team_of_the_day),
        cmocka_unit_test(a_player_without_a_game_has_no_form),
        cmocka_unit_test(a_hole_keeps_its_place_in_the_form),
        cmocka_unit_test(a_team_record_counts_complete_box_scores),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
