/*
 * tests/unit/test_window.c
 *    Which games a window should hold, and which of them are known: holes, changes of team, pauses,
 *    games that were put off, and the borders of what may be said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "workers/league/window.h"

enum { MAX_ROWS = 256 };

/* Days are of November and December 2024: 1 is November 1. The date asked about is day 31. */
enum { TODAY = 31 };

typedef struct {
    ScheduleGame schedule[MAX_ROWS];
    PlayerGame games[MAX_ROWS];
    TeamOffense offense[MAX_ROWS];
    TeamDefense defense[MAX_ROWS];
    LeagueRows rows;
    Arena *arena;
} World;

static int
setup(void **state)
{
    Arena *a = arena_new(0);
    World *w = arena_alloc(a, sizeof *w);

    w->arena = a;
    w->rows = (LeagueRows){
        .schedule = w->schedule, .player_games = w->games, .offense = w->offense, .defense = w->defense};
    *state = w;
    return 0;
}

static int
teardown(void **state)
{
    arena_free(((World *)*state)->arena);
    return 0;
}

static GameDate
day(int n)
{
    GameDate first = GAME_DATE_NULL;

    assert_true(date_make(2024, 11, 1, &first));
    return date_add(first, n - 1);
}

static const char *
game_id(World *w, int on, const char *away, const char *home)
{
    return arena_printf(w->arena, "day%02d_%s_%s", on, away, home);
}

static ScheduleGame *
schedule(World *w, int on, const char *away, const char *home)
{
    ScheduleGame *g = &w->schedule[w->rows.schedule_count++];

    *g = (ScheduleGame){.game_id = game_id(w, on, away, home),
                        .game_date = day(on),
                        .season_year = 2024,
                        .away_team = away,
                        .home_team = home,
                        .tip_off = INSTANT_NULL};
    return g;
}

static void
box_score(World *w, const ScheduleGame *g, const char *team, bool is_complete)
{
    w->offense[w->rows.offense_count++] = (TeamOffense){.game_id = g->game_id,
                                                        .game_date = g->game_date,
                                                        .season_year = 2024,
                                                        .team = team,
                                                        .is_complete = is_complete};
    w->defense[w->rows.defense_count++] = (TeamDefense){
        .game_id = g->game_id, .game_date = g->game_date, .season_year = 2024, .team = team};
}

/* A game of the team with complete box scores of both. */
static const ScheduleGame *
known(World *w, int on, const char *team)
{
    const ScheduleGame *g = schedule(w, on, team, "OPP");

    box_score(w, g, team, true);
    box_score(w, g, "OPP", true);
    return g;
}

/* A game of the team of which nothing is known. */
static const ScheduleGame *
unknown(World *w, int on, const char *team)
{
    return schedule(w, on, team, "OPP");
}

static void
plays(World *w, int on, const char *team)
{
    w->games[w->rows.player_game_count++] = (PlayerGame){.game_id = game_id(w, on, team, "OPP"),
                                                         .game_date = day(on),
                                                         .season_year = 2024,
                                                         .player_lookup = "jo",
                                                         .player_name = "Jo",
                                                         .team = team,
                                                         .minutes = 20};
}

/* Jo plays for the team on these days, box scores complete. */
static void
plays_known(World *w, const int *days, size_t count, const char *team)
{
    for (size_t i = 0; i < count; i++) {
        known(w, days[i], team);
        plays(w, days[i], team);
    }
}

static PlayerHistory
history_for(World *w, const char *today)
{
    const LeagueView *v = league_view(&w->rows, day(TODAY), w->arena);

    return player_history(v, league_player(v, "jo"), today, w->arena);
}

static void
assert_window(WindowCount w, int used, int expected)
{
    if (w.used != used || w.expected != expected)
        fail_msg("%d of %d is not %d of %d", (int)w.used, (int)w.expected, used, expected);
}

static void
assert_holes(World *w, const PlayerHistory *h, const char *const *ids, size_t count)
{
    const TextArray holes = history_hole_ids(h, w->arena);

    assert_int_equal(holes.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(holes.items[i], ids[i]);
}

/* ---- what may be said ---- */

static void
borders_are_seventy_percent_and_all(void **state)
{
    (void)state;
    assert_int_equal(window_verdict((WindowCount){0, 0}), WINDOW_WHOLE);
    assert_int_equal(window_verdict((WindowCount){10, 10}), WINDOW_WHOLE);
    assert_int_equal(window_verdict((WindowCount){9, 10}), WINDOW_FLAGGED);
    assert_int_equal(window_verdict((WindowCount){7, 10}), WINDOW_FLAGGED);
    assert_int_equal(window_verdict((WindowCount){6, 10}), WINDOW_SKIPPED);
    assert_int_equal(window_verdict((WindowCount){70, 100}), WINDOW_FLAGGED);
    assert_int_equal(window_verdict((WindowCount){69, 100}), WINDOW_SKIPPED);
    assert_int_equal(window_verdict((WindowCount){4, 5}), WINDOW_FLAGGED);
    assert_int_equal(window_verdict((WindowCount){3, 5}), WINDOW_SKIPPED);
    assert_int_equal(window_verdict((WindowCount){2, 3}), WINDOW_SKIPPED);
    assert_int_equal(window_verdict((WindowCount){0, 1}), WINDOW_SKIPPED);
    assert_true(window_pct((WindowCount){0, 0}) >= 100.0);
    assert_true(fabs(window_pct((WindowCount){7, 10}) - 70.0) < 1e-9);
    assert_true(f64_is_null(window_value((WindowCount){3, 5}, 1.0)));
    assert_true(i32_is_null(window_number((WindowCount){3, 5}, 1)));
    assert_int_equal(window_number((WindowCount){4, 5}, 1), 1);
}

static void
notes_collect_names_once_and_the_worst_window(void **state)
{
    static const char *const first[] = {"a", "b", NULL};
    static const char *const second[] = {"b", "c", NULL};
    World *w = *state;
    WindowNotes n = window_notes();
    TextArray names;

    assert_int_equal(window_note_names(&n, w->arena).count, 0);
    window_note(&n, (WindowCount){5, 5}, first);
    assert_int_equal(n.count, 0);
    assert_true(n.is_ready);
    window_note(&n, (WindowCount){9, 10}, first);
    assert_true(n.is_ready);
    window_note(&n, (WindowCount){1, 2}, second);
    assert_false(n.is_ready);
    assert_true(fabs(n.worst_pct - 50.0) < 1e-9);
    names = window_note_names(&n, w->arena);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.items[0], "a");
    assert_string_equal(names.items[2], "c");
    assert_true(text_array_has(names, "b"));
    assert_false(text_array_has(names, "d"));
}

/* ---- a player's windows ---- */

static void
without_holes_a_window_is_the_newest_played_games(void **state)
{
    static const int days[] = {2, 4, 6, 8, 10, 12, 14};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    known(w, 16, "NYK"); /* sat out, by a complete box score */
    h = history_for(w, "NYK");
    assert_int_equal(h.hole_count, 0);
    assert_window(history_newest(&h, 5), 5, 5);
    assert_true(date_equal(h.played[0]->game_date, day(14)));
    assert_window(history_season(&h), 7, 7);
}

static void
fewer_games_than_the_window_and_no_hole_is_no_flag(void **state)
{
    static const int days[] = {20, 22, 24};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    h = history_for(w, "NYK");
    assert_window(history_newest(&h, 10), 3, 3);
    assert_int_equal(window_verdict(history_newest(&h, 10)), WINDOW_WHOLE);
}

static void
a_hole_takes_a_place_and_no_older_game_slides_in(void **state)
{
    static const int days[] = {2, 4, 6, 8, 10, 14};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    unknown(w, 12, "NYK");
    h = history_for(w, "NYK");
    assert_window(history_newest(&h, 5), 4, 5);
    assert_window(history_newest(&h, 1), 1, 1);
    assert_window(history_newest(&h, 2), 1, 2);
    assert_window(history_newest(&h, 7), 6, 7);
    assert_window(history_newest(&h, 10), 6, 7);
    assert_int_equal(history_hole_place(&h, 0), 1);
    assert_holes(w, &h, (const char *const[]){"day12_NYK_OPP"}, 1);
}

static void
an_incomplete_box_score_is_a_hole_like_an_absent_one(void **state)
{
    static const int days[] = {2, 4};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    box_score(w, unknown(w, 6, "NYK"), "NYK", false);
    unknown(w, 8, "NYK");
    box_score(w, unknown(w, 10, "NYK"), "OPP", true); /* the opponent's says nothing of him */
    h = history_for(w, "NYK");
    assert_holes(w, &h, (const char *const[]){"day10_NYK_OPP", "day08_NYK_OPP", "day06_NYK_OPP"}, 3);
    assert_window(history_newest(&h, 5), 2, 5);
}

static void
who_is_known_to_have_played_has_no_hole_there(void **state)
{
    static const int days[] = {2, 4};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    box_score(w, unknown(w, 6, "NYK"), "NYK", false);
    plays(w, 6, "NYK");
    box_score(w, unknown(w, 8, "NYK"), "NYK", false);
    plays(w, 8, "NYK");
    w->games[w->rows.player_game_count - 1].minutes = 0; /* listed, not played: nobody knows */
    h = history_for(w, "NYK");
    assert_holes(w, &h, (const char *const[]){"day08_NYK_OPP"}, 1);
    assert_window(history_newest(&h, 5), 3, 4);
}

static void
holes_of_other_teams_are_none_of_his(void **state)
{
    static const int days[] = {2, 4};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    unknown(w, 3, "BOS");
    unknown(w, 5, "BOS");
    h = history_for(w, "NYK");
    assert_int_equal(h.hole_count, 0);
}

static void
a_hole_before_his_first_game_is_of_the_team_of_that_game(void **state)
{
    static const int days[] = {10, 12};
    World *w = *state;
    PlayerHistory h;

    unknown(w, 5, "NYK");
    unknown(w, 6, "BOS");
    plays_known(w, days, ARRAY_LEN(days), "NYK");
    h = history_for(w, "NYK");
    assert_holes(w, &h, (const char *const[]){"day05_NYK_OPP"}, 1);
    assert_window(history_newest(&h, 2), 2, 2);
    assert_window(history_newest(&h, 3), 2, 3);
}

static void
a_trade_leaves_each_team_the_holes_of_its_time(void **state)
{
    static const int before[] = {2, 6}, after[] = {12, 16};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, before, ARRAY_LEN(before), "NYK");
    plays_known(w, after, ARRAY_LEN(after), "BOS");
    unknown(w, 4, "NYK");  /* his */
    unknown(w, 5, "BOS");  /* not yet his team */
    unknown(w, 8, "NYK");  /* between the teams: either */
    unknown(w, 9, "BOS");  /* between the teams: either */
    unknown(w, 12, "NYK"); /* he played for BOS on that day */
    unknown(w, 13, "NYK"); /* no longer his team */
    unknown(w, 14, "BOS"); /* his */
    unknown(w, 18, "BOS"); /* his */
    h = history_for(w, "BOS");
    assert_holes(
        w, &h,
        (const char *const[]){"day18_BOS_OPP", "day14_BOS_OPP", "day09_BOS_OPP", "day08_NYK_OPP", "day04_NYK_OPP"}, 5);
    assert_window(history_newest(&h, 5), 2, 5); /* 18 16 14 12 9 */
    assert_window(history_season(&h), 4, 9);
}

static void
a_team_of_a_short_stay_has_the_holes_around_it(void **state)
{
    static const int first[] = {2, 4}, stay[] = {8}, last[] = {12};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, first, ARRAY_LEN(first), "NYK");
    plays_known(w, stay, ARRAY_LEN(stay), "BOS");
    plays_known(w, last, ARRAY_LEN(last), "NYK"); /* back again */
    unknown(w, 6, "BOS");
    unknown(w, 10, "BOS");
    unknown(w, 10, "NYK");
    unknown(w, 14, "BOS");
    unknown(w, 14, "NYK");
    h = history_for(w, "NYK");
    assert_holes(w, &h, (const char *const[]){"day14_NYK_OPP", "day10_NYK_OPP", "day10_BOS_OPP", "day06_BOS_OPP"}, 4);
}

static void
after_his_newest_game_the_team_of_today_counts_too(void **state)
{
    static const int days[] = {2, 4};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    unknown(w, 3, "BOS");
    unknown(w, 20, "BOS");
    unknown(w, 20, "NYK");
    h = history_for(w, "BOS");
    assert_holes(w, &h, (const char *const[]){"day20_NYK_OPP", "day20_BOS_OPP"}, 2);
    h = history_for(w, "NYK");
    assert_holes(w, &h, (const char *const[]){"day20_NYK_OPP"}, 1);
}

/* The all-star pause: a week in which the schedule has no game is nobody's hole. */
static void
a_pause_of_the_schedule_is_no_hole(void **state)
{
    static const int days[] = {2, 4, 6, 14, 16};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    h = history_for(w, "NYK");
    assert_window(history_newest(&h, 5), 5, 5);
    assert_window(history_days(&h, 30), 5, 5);
}

static void
a_game_that_was_put_off_is_missed_until_the_schedule_says_so(void **state)
{
    static const int days[] = {2, 4, 8};
    World *w = *state;
    PlayerHistory h;
    ScheduleGame *g;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    g = schedule(w, 6, "NYK", "OPP");
    h = history_for(w, "NYK");
    assert_window(history_newest(&h, 5), 3, 4);
    g->game_date = day(TODAY + 20);
    h = history_for(w, "NYK");
    assert_window(history_newest(&h, 5), 3, 3);
}

static void
days_count_from_after_the_day_n_before(void **state)
{
    static const int days[] = {17, 18, 24, 25};
    World *w = *state;
    PlayerHistory h;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    unknown(w, 23, "NYK");
    unknown(w, 27, "NYK");
    h = history_for(w, "NYK");
    assert_window(history_days(&h, 7), 1, 2);  /* 25, 27: 24 is seven days before */
    assert_window(history_days(&h, 14), 3, 5); /* from 18 on */
    assert_window(history_days(&h, 100), 4, 6);
}

static void
holes_on_the_date_or_later_are_invisible(void **state)
{
    static const int days[] = {2, 4};
    World *w = *state;

    plays_known(w, days, ARRAY_LEN(days), "NYK");
    unknown(w, TODAY, "NYK");
    unknown(w, TODAY + 2, "NYK");
    assert_int_equal(history_for(w, "NYK").hole_count, 0);
}

static void
nobody_has_no_history(void **state)
{
    World *w = *state;
    const LeagueView *v;
    PlayerHistory h;

    unknown(w, 5, "NYK");
    v = league_view(&w->rows, day(TODAY), w->arena);
    h = player_history(v, NULL, "NYK", w->arena);
    assert_window(history_newest(&h, 5), 0, 0);
    assert_window(history_season(&h), 0, 0);
    assert_int_equal(history_hole_ids(&h, w->arena).count, 0);
}

/* ---- a team's windows ---- */

static void
a_team_window_is_the_newest_of_the_schedule(void **state)
{
    World *w = *state;
    const LeagueTeam *t;

    for (int i = 1; i <= 8; i++)
        known(w, i, "NYK");
    unknown(w, 9, "NYK");
    box_score(w, unknown(w, 10, "NYK"), "NYK", false);
    t = league_team(league_view(&w->rows, day(TODAY), w->arena), "NYK");
    assert_int_equal(t->past_count, 10);
    assert_window(team_window(t, 10), 8, 10);
    assert_window(team_window(t, 3), 1, 3);
    assert_window(team_window(t, 99), 8, 10);
    assert_int_equal(t->hole_count, 2);
    assert_string_equal(t->holes[0]->game_id, "day10_NYK_OPP");
}

static void
what_was_allowed_needs_the_opponents_box_score(void **state)
{
    World *w = *state;
    const ScheduleGame *own_only, *other_only, *own_broken, *other_broken;
    const LeagueTeam *t;

    known(w, 1, "NYK");
    own_only = unknown(w, 2, "NYK");
    box_score(w, own_only, "NYK", true);
    other_only = unknown(w, 3, "NYK");
    box_score(w, other_only, "OPP", true);
    own_broken = unknown(w, 4, "NYK");
    box_score(w, own_broken, "NYK", false);
    box_score(w, own_broken, "OPP", true);
    other_broken = unknown(w, 5, "NYK");
    box_score(w, other_broken, "NYK", true);
    box_score(w, other_broken, "OPP", false);
    t = league_team(league_view(&w->rows, day(TODAY), w->arena), "NYK");
    assert_false(team_game_is_defense_known(&t->history[0])); /* day 5 */
    assert_true(team_game_is_defense_known(&t->history[1]));
    assert_false(team_game_is_defense_known(&t->history[2]));
    assert_false(team_game_is_defense_known(&t->history[3]));
    assert_true(team_game_is_defense_known(&t->history[4]));
    assert_true(team_game_is_complete(&t->history[0]));
    assert_false(team_game_is_complete(&t->history[1]));
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(borders_are_seventy_percent_and_all),
        WORLD_TEST(notes_collect_names_once_and_the_worst_window),
        WORLD_TEST(without_holes_a_window_is_the_newest_played_games),
        WORLD_TEST(fewer_games_than_the_window_and_no_hole_is_no_flag),
        WORLD_TEST(a_hole_takes_a_place_and_no_older_game_slides_in),
        WORLD_TEST(an_incomplete_box_score_is_a_hole_like_an_absent_one),
        WORLD_TEST(who_is_known_to_have_played_has_no_hole_there),
        WORLD_TEST(holes_of_other_teams_are_none_of_his),
        WORLD_TEST(a_hole_before_his_first_game_is_of_the_team_of_that_game),
        WORLD_TEST(a_trade_leaves_each_team_the_holes_of_its_time),
        WORLD_TEST(a_team_of_a_short_stay_has_the_holes_around_it),
        WORLD_TEST(after_his_newest_game_the_team_of_today_counts_too),
        WORLD_TEST(a_pause_of_the_schedule_is_no_hole),
        WORLD_TEST(a_game_that_was_put_off_is_missed_until_the_schedule_says_so),
        WORLD_TEST(days_count_from_after_the_day_n_before),
        WORLD_TEST(holes_on_the_date_or_later_are_invisible),
        WORLD_TEST(nobody_has_no_history),
        WORLD_TEST(a_team_window_is_the_newest_of_the_schedule),
        WORLD_TEST(what_was_allowed_needs_the_opponents_box_score),
    };

    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
