/*
 * tests/unit/test_league.c
 *    What a view of a season shows, and what it must not show.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "workers/league/league.h"

enum { MAX_ROWS = 200 };

typedef struct {
    ScheduleGame schedule[MAX_ROWS];
    PlayerGame player_games[MAX_ROWS];
    TeamOffense offense[MAX_ROWS];
    TeamDefense defense[MAX_ROWS];
    LeagueRows rows;
    Arena *arena;
} Season;

static GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static const char *
game_id(Season *s, const char *date, const char *away, const char *home)
{
    return arena_printf(s->arena, "%.4s%.2s%.2s_%s_%s", date, date + 5, date + 8, away, home);
}

static void
schedule(Season *s, const char *date, const char *away, const char *home)
{
    s->schedule[s->rows.schedule_count++] = (ScheduleGame){.game_date = day(date),
                                                           .game_id = game_id(s, date, away, home),
                                                           .season_year = date_season_year(day(date)),
                                                           .home_team = home,
                                                           .away_team = away,
                                                           .tip_off = INSTANT_NULL};
}

static void
team_outcome(Season *s, const char *date, const char *id, const char *team)
{
    s->offense[s->rows.offense_count++] = (TeamOffense){
        .game_date = day(date), .game_id = id, .team = team, .season_year = date_season_year(day(date))};
    s->defense[s->rows.defense_count++] = (TeamDefense){
        .game_date = day(date), .game_id = id, .team = team, .season_year = date_season_year(day(date))};
}

static void
player_outcome(Season *s, const char *date, const char *id, const char *team, const char *lookup)
{
    s->player_games[s->rows.player_game_count++] = (PlayerGame){.game_date = day(date),
                                                                .game_id = id,
                                                                .team = team,
                                                                .player_lookup = lookup,
                                                                .player_name = lookup,
                                                                .season_year = date_season_year(day(date))};
}

/* A game with its outcome: one player a team, named after the team unless given. */
static void
play(Season *s, const char *date, const char *away, const char *home)
{
    const char *id = game_id(s, date, away, home);

    schedule(s, date, away, home);
    team_outcome(s, date, id, away);
    team_outcome(s, date, id, home);
    player_outcome(s, date, id, away, away);
    player_outcome(s, date, id, home, home);
}

static int
setup(void **state)
{
    static Season season;

    memset(&season, 0, sizeof season);
    season.arena = arena_new(0);
    season.rows = (LeagueRows){.schedule = season.schedule,
                               .player_games = season.player_games,
                               .offense = season.offense,
                               .defense = season.defense};
    *state = &season;
    return 0;
}

static int
teardown(void **state)
{
    Season *s = *state;

    arena_free(s->arena);
    return 0;
}

static const LeagueView *
view(Season *s, const char *date)
{
    return league_view(&s->rows, day(date), s->arena);
}

static void
outcomes_on_or_after_the_date_are_invisible(void **state)
{
    Season *s = *state;
    const LeagueView *v;

    play(s, "2024-11-01", "AAA", "BBB");
    play(s, "2024-11-05", "BBB", "AAA");
    play(s, "2024-11-07", "AAA", "CCC");
    v = view(s, "2024-11-05");
    assert_int_equal(v->player_count, 2);
    assert_int_equal(league_player(v, "AAA")->game_count, 1);
    assert_null(league_player(v, "CCC"));
    assert_int_equal(league_team(v, "AAA")->offense_count, 1);
    assert_int_equal(league_team(v, "AAA")->defense_count, 1);
    assert_int_equal(league_team(v, "AAA")->past_count, 1);
}

static void
schedule_is_visible_up_to_the_date_and_not_after_it(void **state)
{
    Season *s = *state;
    const LeagueView *v;

    play(s, "2024-11-01", "AAA", "BBB");
    schedule(s, "2024-11-05", "BBB", "AAA");
    schedule(s, "2024-11-06", "CCC", "AAA");
    v = view(s, "2024-11-05");
    assert_int_equal(v->slate_count, 1);
    assert_string_equal(v->slate[0]->game_id, "20241105_BBB_AAA");
    assert_int_equal(v->team_count, 2);
    assert_null(league_team(v, "CCC"));
    assert_ptr_equal(league_team(v, "AAA")->today, v->slate[0]);
    assert_ptr_equal(league_team(v, "BBB")->today, v->slate[0]);
}

static void
team_that_does_not_play_on_the_date_has_no_game_today(void **state)
{
    Season *s = *state;
    const LeagueView *v;

    play(s, "2024-11-01", "AAA", "BBB");
    play(s, "2024-11-02", "CCC", "DDD");
    schedule(s, "2024-11-05", "AAA", "CCC");
    v = view(s, "2024-11-05");
    assert_null(league_team(v, "BBB")->today);
    assert_non_null(league_team(v, "CCC")->today);
}

static void
other_seasons_are_dropped(void **state)
{
    Season *s = *state;
    const LeagueView *v;

    play(s, "2024-04-10", "AAA", "BBB");
    play(s, "2024-10-22", "AAA", "CCC");
    v = view(s, "2024-10-25");
    assert_int_equal(v->season_year, 2024);
    assert_true(date_equal(v->opening_night, day("2024-10-22")));
    assert_int_equal(v->season_day, 3);
    assert_null(league_team(v, "BBB"));
    assert_null(league_player(v, "BBB"));
    assert_int_equal(league_player(v, "AAA")->game_count, 1);
    assert_int_equal(league_team(v, "AAA")->offense_count, 1);
    assert_int_equal(league_team(v, "AAA")->past_count, 1);
}

static void
games_are_newest_first_and_names_sorted_in_any_order_of_rows(void **state)
{
    static const char *const dates[] = {"2024-11-09", "2024-11-01", "2024-12-05", "2024-11-30"};
    static const char *const newest_first[] = {"2024-12-05", "2024-11-30", "2024-11-09", "2024-11-01"};
    Season *s = *state;
    const LeagueView *v;
    const LeaguePlayer *p;
    const LeagueTeam *t;

    for (size_t i = 0; i < ARRAY_LEN(dates); i++)
        play(s, dates[i], "ZZZ", "AAA");
    play(s, "2024-11-02", "MMM", "BBB");
    v = view(s, "2024-12-25");
    for (size_t i = 1; i < v->player_count; i++)
        assert_true(strcmp(v->players[i - 1].lookup, v->players[i].lookup) < 0);
    for (size_t i = 1; i < v->team_count; i++)
        assert_true(strcmp(v->teams[i - 1].team, v->teams[i].team) < 0);
    p = league_player(v, "ZZZ");
    t = league_team(v, "AAA");
    assert_int_equal(p->game_count, ARRAY_LEN(dates));
    for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
        assert_true(date_equal(p->games[i]->game_date, day(newest_first[i])));
        assert_true(date_equal(t->offense[i]->game_date, day(newest_first[i])));
        assert_true(date_equal(t->defense[i]->game_date, day(newest_first[i])));
        assert_true(date_equal(t->past[i]->game_date, day(newest_first[i])));
    }
}

static void
slate_is_sorted_by_game(void **state)
{
    Season *s = *state;
    const LeagueView *v;

    schedule(s, "2024-11-05", "CCC", "DDD");
    schedule(s, "2024-11-05", "AAA", "BBB");
    v = view(s, "2024-11-05");
    assert_int_equal(v->slate_count, 2);
    assert_string_equal(v->slate[0]->game_id, "20241105_AAA_BBB");
    assert_string_equal(v->slate[1]->game_id, "20241105_CCC_DDD");
}

static void
traded_player_belongs_to_the_team_of_his_newest_game(void **state)
{
    Season *s = *state;

    player_outcome(s, "2025-02-10", "20250210_NEW_XXX", "NEW", "traded");
    player_outcome(s, "2025-01-10", "20250110_OLD_XXX", "OLD", "traded");
    assert_string_equal(league_player(view(s, "2025-02-12"), "traded")->team, "NEW");
    assert_string_equal(league_player(view(s, "2025-02-10"), "traded")->team, "OLD");
}

static void
rest_is_counted_from_the_schedule_even_without_a_box_score(void **state)
{
    Season *s = *state;
    const LeagueView *v;

    play(s, "2024-11-01", "AAA", "BBB");
    schedule(s, "2024-11-04", "AAA", "CCC");
    schedule(s, "2024-11-05", "AAA", "DDD");
    v = view(s, "2024-11-05");
    assert_int_equal(league_team_days_rest(v, league_team(v, "AAA")), 1);
    assert_int_equal(league_team_days_rest(v, league_team(v, "BBB")), 4);
    assert_true(i32_is_null(league_team_days_rest(v, league_team(v, "DDD"))));
}

static void
minimum_games_follow_the_least_played_team_between_5_and_the_final_minimum(void **state)
{
    static const struct {
        int games;
        int32_t minimum_of_15, minimum_of_10, minimum_of_3;
    } rows[] = {{0, 5, 5, 3},    {4, 5, 5, 3},    {5, 5, 5, 3},   {8, 8, 8, 3},
                {12, 12, 10, 3}, {15, 15, 10, 3}, {40, 15, 10, 3}};
    Season *s = *state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const LeagueView v = {.least_games = rows[i].games};

        assert_int_equal(league_minimum_games(&v, 15), rows[i].minimum_of_15);
        assert_int_equal(league_minimum_games(&v, 10), rows[i].minimum_of_10);
        assert_int_equal(league_minimum_games(&v, 3), rows[i].minimum_of_3);
    }
    play(s, "2024-11-01", "AAA", "BBB");
    play(s, "2024-11-03", "AAA", "BBB");
    play(s, "2024-11-04", "AAA", "CCC");
    assert_int_equal(view(s, "2024-11-10")->least_games, 1);
    schedule(s, "2024-11-09", "DDD", "AAA");
    assert_int_equal(view(s, "2024-11-10")->least_games, 0);
}

static void
first_fourteen_days_are_early(void **state)
{
    Season *s = *state;

    assert_false(league_is_early_season(view(s, "2024-10-22")));
    schedule(s, "2024-10-22", "AAA", "BBB");
    assert_false(league_is_early_season(view(s, "2024-10-21")));
    assert_true(league_is_early_season(view(s, "2024-10-22")));
    assert_true(league_is_early_season(view(s, "2024-11-04")));
    assert_false(league_is_early_season(view(s, "2024-11-05")));
    assert_int_equal(view(s, "2024-11-05")->season_day, 14);
}

static void
empty_season_is_an_empty_view(void **state)
{
    const LeagueView *v = view(*state, "2024-11-05");

    assert_int_equal(v->player_count, 0);
    assert_int_equal(v->team_count, 0);
    assert_int_equal(v->slate_count, 0);
    assert_true(date_is_null(v->opening_night));
    assert_true(i32_is_null(v->season_day));
    assert_null(league_player(v, "nobody"));
    assert_null(league_team(v, "AAA"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(outcomes_on_or_after_the_date_are_invisible, setup, teardown),
        cmocka_unit_test_setup_teardown(schedule_is_visible_up_to_the_date_and_not_after_it, setup, teardown),
        cmocka_unit_test_setup_teardown(team_that_does_not_play_on_the_date_has_no_game_today, setup, teardown),
        cmocka_unit_test_setup_teardown(other_seasons_are_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(games_are_newest_first_and_names_sorted_in_any_order_of_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(slate_is_sorted_by_game, setup, teardown),
        cmocka_unit_test_setup_teardown(traded_player_belongs_to_the_team_of_his_newest_game, setup, teardown),
        cmocka_unit_test_setup_teardown(rest_is_counted_from_the_schedule_even_without_a_box_score, setup, teardown),
        cmocka_unit_test_setup_teardown(minimum_games_follow_the_least_played_team_between_5_and_the_final_minimum,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(first_fourteen_days_are_early, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_season_is_an_empty_view, setup, teardown),
    };

    return cmocka_run_group_tests_name("league", tests, NULL, NULL);
}
