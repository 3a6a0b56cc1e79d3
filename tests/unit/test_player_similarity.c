/*
 * tests/unit/test_player_similarity.c
 *    Which of a player's past games are like the one to come, and what is said of them.
 */
#include "feature_slate.h"
#include "workers/features/feature_affected_core.h"
#include "workers/features/player_similarity_core.h"
#include "workers/league/affected.h"

/* ---- likeness ---- */

static void
tiers_and_trends_change_at_their_limits(void **state)
{
    (void)state;
    assert_int_equal(defense_tier(109.99), DEFENSE_ELITE);
    assert_int_equal(defense_tier(110.0), DEFENSE_AVERAGE);
    assert_int_equal(defense_tier(114.99), DEFENSE_AVERAGE);
    assert_int_equal(defense_tier(115.0), DEFENSE_WEAK);
    assert_int_equal(defense_tier(NULL_F64), DEFENSE_UNKNOWN);
    assert_int_equal(player_trend(23.0, 20.0), FORM_HOT);
    assert_int_equal(player_trend(22.9, 20.0), FORM_NORMAL);
    assert_int_equal(player_trend(17.1, 20.0), FORM_NORMAL);
    assert_int_equal(player_trend(17.0, 20.0), FORM_COLD);
    assert_int_equal(player_trend(NULL_F64, 20.0), FORM_UNKNOWN);
}

static void
the_score_adds_opponent_rest_venue_and_trend(void **state)
{
    static const struct {
        GameSetting x, y;
        int score;
    } cases[] = {
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_ELITE, 1, true, FORM_HOT}, 100},
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_AVERAGE, 1, true, FORM_HOT}, 80},
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_WEAK, 1, true, FORM_HOT}, 60},
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_ELITE, 2, true, FORM_HOT}, 85},
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_ELITE, 3, true, FORM_HOT}, 70},
        {{DEFENSE_ELITE, 3, true, FORM_HOT}, {DEFENSE_ELITE, 9, true, FORM_HOT}, 100},
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_ELITE, 1, false, FORM_HOT}, 85},
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_ELITE, 1, true, FORM_COLD}, 90},
        {{DEFENSE_ELITE, 1, true, FORM_HOT}, {DEFENSE_WEAK, 9, false, FORM_COLD}, 5},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(similarity_score(&cases[i].x, &cases[i].y), cases[i].score);
        assert_int_equal(similarity_score(&cases[i].y, &cases[i].x), cases[i].score);
    }
}

static void
what_is_not_known_is_not_alike(void **state)
{
    const GameSetting unknown = {DEFENSE_UNKNOWN, NULL_I32, true, FORM_UNKNOWN};
    const GameSetting known = {DEFENSE_WEAK, 2, true, FORM_NORMAL};

    (void)state;
    assert_int_equal(similarity_score(&unknown, &unknown), 20);
    assert_int_equal(similarity_score(&unknown, &known), 20);
}

/* ---- a season: NYK, with Jo, meets teams whose defence is known ---- */

enum { LEAGUE_ROWS = 400 };

typedef struct {
    ScheduleGame schedule[LEAGUE_ROWS];
    PlayerGame player_games[LEAGUE_ROWS];
    TeamOffense offense[LEAGUE_ROWS];
    TeamDefense defense[LEAGUE_ROWS];
    LeagueRows rows;
} Games;

static void
add_side(Games *s, const ScheduleGame *g, int side, double rating, bool is_known)
{
    const char *team = side == 0 ? g->home_team : g->away_team;
    const char *other = side == 0 ? g->away_team : g->home_team;

    s->offense[s->rows.offense_count++] = (TeamOffense){.game_id = g->game_id,
                                                        .game_date = g->game_date,
                                                        .season_year = 2024,
                                                        .team = team,
                                                        .opponent = other,
                                                        .is_complete = is_known ? BOOL_TRUE : BOOL_FALSE};
    s->defense[s->rows.defense_count++] = (TeamDefense){.game_id = g->game_id,
                                                        .game_date = g->game_date,
                                                        .season_year = 2024,
                                                        .team = team,
                                                        .opponent = other,
                                                        .defensive_rating = rating};
}

/* Each side allows its rating; unknown: no complete box score of either. */
static void
teams_meet(Games *s, GameDate date, const char *home, const char *away, double home_rating, double away_rating,
           bool is_known)
{
    ScheduleGame *g = &s->schedule[s->rows.schedule_count++];

    *g = (ScheduleGame){.game_id = arena_printf(arena, "%d_%s_%s", (int)date.days, away, home),
                        .game_date = date,
                        .season_year = 2024,
                        .home_team = home,
                        .away_team = away,
                        .tip_off = INSTANT_NULL};
    add_side(s, g, 0, home_rating, is_known);
    add_side(s, g, 1, away_rating, is_known);
}

static void
jo_plays(Games *s, GameDate date, const char *home, const char *away, int32_t points)
{
    const bool is_home = strcmp(home, "NYK") == 0;

    s->player_games[s->rows.player_game_count++] = (PlayerGame){
        .game_date = date,
        .game_id = arena_printf(arena, "%d_%s_%s", (int)date.days, away, home),
        .season_year = 2024,
        .player_lookup = "jo",
        .player_name = "Jo",
        .team = "NYK",
        .opponent = is_home ? away : home,
        .is_home = is_home ? BOOL_TRUE : BOOL_FALSE,
        .points = points,
        .minutes = 30};
}

/* From 2024-11-01 on BOS (rated 105) and MIA (rated 120) play MEM every day for ten days; then NYK meets them
 * in turn every second day, BOS at home first. */
static Games *
games_new(void)
{
    Games *s = arena_alloc(arena, sizeof *s);

    s->rows = (LeagueRows){
        .schedule = s->schedule, .player_games = s->player_games, .offense = s->offense, .defense = s->defense};
    for (int i = 0; i < 10; i++) {
        teams_meet(s, date_add(day("2024-11-01"), i), i % 2 == 0 ? "BOS" : "MIA", "MEM", i % 2 == 0 ? 105 : 120, 112,
                   true);
    }
    return s;
}

static GameDate
round_day(int round)
{
    return date_add(day("2024-11-12"), 2 * round);
}

/* Round by round against BOS at home and MIA away; he scores as many points as are given. */
static void
play_rounds(Games *s, const int32_t *points, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        const char *home = i % 2 == 0 ? "NYK" : "MIA", *away = i % 2 == 0 ? "BOS" : "NYK";

        teams_meet(s, round_day(i), home, away, i % 2 == 0 ? 112 : 120, i % 2 == 0 ? 105 : 112, true);
        jo_plays(s, round_day(i), home, away, points[i]);
    }
}

static PlayerSimilarity
row_of(const Games *s, GameDate date, const char *opponent, bool is_home)
{
    UpcomingPlayer jo = upcoming_jo();

    jo.game_date = date;
    jo.opponent = opponent;
    jo.is_home = is_home ? BOOL_TRUE : BOOL_FALSE;
    return player_similarity_compute(league_view(&s->rows, date, arena), &jo, 1, arena)[0];
}

static const int32_t twelve_games[] = {20, 11, 22, 9, 24, 10, 18, 12, 21, 13, 19, 8};

/* Six games at home against an elite defence: before the first one neither rest nor trend was known, 40 + 15 + 5;
 * the others came after two days like this one, and no five games before them were 3 points off his season. */
static void
figures_are_those_of_the_games_that_were_alike(void **state)
{
    Games *s = games_new();
    PlayerSimilarity row;

    (void)state;
    play_rounds(s, twelve_games, 12);
    row = row_of(s, round_day(12), "BOS", true);
    assert_null(row.reason);
    assert_string_equal(row.opponent_tier, "elite");
    assert_int_equal(row.days_rest, 2);
    assert_string_equal(row.trend, "normal"); /* 14.6 of his last five, 15.58 of all */
    assert_int_equal(row.window_used, 12);
    assert_int_equal(row.window_expected, 12);
    assert_int_equal(row.games, 5);
    assert_near(row.avg_score, 100);
    assert_near(row.min_score, 100);
    assert_near(row.baseline, 104.0 / 5);
    assert_near(row.points_std, 2.1354156504062622); /* of 22 24 18 21 19 */
}

static void
scores_weigh_the_baseline(void **state)
{
    Games *s = games_new();
    PlayerSimilarity row;

    (void)state;
    play_rounds(s, twelve_games, 12);
    /* a day later: rest of 3 is a step from the past games' 2, each scores 85 */
    row = row_of(s, date_add(round_day(12), 1), "BOS", true);
    assert_int_equal(row.games, 5);
    assert_near(row.avg_score, 85);
    /* one more in the same setting as today's: 100, and it weighs more */
    teams_meet(s, date_add(round_day(12), 1), "NYK", "BOS", 112, 105, true);
    jo_plays(s, date_add(round_day(12), 1), "NYK", "BOS", 30);
    row = row_of(s, date_add(round_day(12), 4), "BOS", true);
    assert_int_equal(row.games, 6);
    assert_near(row.min_score, 85);
    assert_near(row.baseline, (85.0 * 104 + 100 * 30) / (5 * 85 + 100));
}

static void
fewer_than_five_games_alike_give_no_figures(void **state)
{
    Games *s = games_new();
    PlayerSimilarity row;

    (void)state;
    play_rounds(s, twelve_games, 10);
    row = row_of(s, round_day(10), "BOS", true);
    assert_string_equal(row.reason, "too_few_similar_games");
    assert_int_equal(row.games, 4);
    assert_true(f64_is_null(row.baseline) && f64_is_null(row.avg_score) && f64_is_null(row.min_score)
                && f64_is_null(row.points_std));
}

static void
games_of_more_than_90_days_ago_are_left_out(void **state)
{
    Games *s = games_new();

    (void)state;
    play_rounds(s, twelve_games, 12);
    assert_int_equal(row_of(s, date_add(round_day(2), 90), "BOS", true).window_used, 10);
    assert_int_equal(row_of(s, date_add(round_day(2), 91), "BOS", true).window_used, 9);
}

static void
the_opponent_is_rated_by_its_games_before_each_game(void **state)
{
    Games *s = games_new();
    PlayerSimilarity row;

    (void)state;
    play_rounds(s, twelve_games, 12);
    /* what BOS allows from then on says nothing of what it was when he met it */
    for (int i = 0; i < 15; i++)
        teams_meet(s, date_add(round_day(12), i), "BOS", "MEM", 130, 112, true);
    row = row_of(s, date_add(round_day(12), 20), "MIA", false);
    assert_string_equal(row.opponent_tier, "weak");
    assert_int_equal(row.games, 6); /* those against MIA, and none against BOS */
    assert_near(row.baseline, 10.5);
    row = row_of(s, date_add(round_day(12), 20), "BOS", true);
    assert_string_equal(row.opponent_tier, "weak"); /* by now: again the games against MIA */
    assert_near(row.baseline, 10.5);
}

static void
a_missing_box_score_hides_rest_and_then_everything(void **state)
{
    Games *s = games_new();
    PlayerSimilarity row;

    (void)state;
    play_rounds(s, twelve_games, 12);
    teams_meet(s, date_add(round_day(11), 1), "NYK", "MEM", 112, 112, false);
    row = row_of(s, round_day(12), "BOS", true);
    assert_int_equal(row.days_rest, NULL_I32);
    assert_int_equal(row.window_used, 12);
    assert_int_equal(row.window_expected, 13);
    assert_int_equal(row.games, 5); /* 40 + 15 + 15 without rest */
    assert_near(row.avg_score, 70);
    for (int i = 0; i < 5; i++)
        teams_meet(s, date_add(round_day(12), i), "NYK", "MEM", 112, 112, false);
    row = row_of(s, date_add(round_day(12), 9), "BOS", true);
    assert_string_equal(row.reason, "history_incomplete");
    assert_true(f64_is_null(row.baseline));
}

static void
who_never_played_has_no_history(void **state)
{
    Games *s = games_new();
    PlayerSimilarity row;

    (void)state;
    teams_meet(s, day("2024-11-20"), "NYK", "BOS", 112, 105, true);
    row = row_of(s, day("2024-11-24"), "BOS", true);
    assert_string_equal(row.reason, "no_history");
    assert_int_equal(row.games, 0);
}

/* Two teams that play neither with him nor against him today: one of them he met. */
static void
another_teams_outcome_concerns_everybody(void **state)
{
    const char *teams[] = {"MIA"}, *players[] = {"jo"}, *nobody[] = {"al"};
    const FeatureChanges of_team = {.summaries.teams = {teams, 1}, .summaries.players = {nobody, 1}};
    const FeatureChanges of_player = {.summaries.players = {players, 1}};
    const FeatureChanges of_other = {.upcoming.players = {nobody, 1}, .team_zones.teams = {teams, 1}};
    AffectedRows rows = player_similarity_affected(&of_team, arena);

    (void)state;
    assert_true(is_affected(&rows, "jo"));
    rows = player_similarity_affected(&of_player, arena);
    assert_true(is_affected(&rows, "jo"));
    assert_false(is_affected(&rows, "al"));
    rows = player_similarity_affected(&of_other, arena);
    assert_true(is_affected(&rows, "al"));
    assert_false(is_affected(&rows, "jo"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiers_and_trends_change_at_their_limits),
        cmocka_unit_test(the_score_adds_opponent_rest_venue_and_trend),
        cmocka_unit_test(what_is_not_known_is_not_alike),
        cmocka_unit_test(figures_are_those_of_the_games_that_were_alike),
        cmocka_unit_test(scores_weigh_the_baseline),
        cmocka_unit_test(fewer_than_five_games_alike_give_no_figures),
        cmocka_unit_test(games_of_more_than_90_days_ago_are_left_out),
        cmocka_unit_test(the_opponent_is_rated_by_its_games_before_each_game),
        cmocka_unit_test(a_missing_box_score_hides_rest_and_then_everything),
        cmocka_unit_test(who_never_played_has_no_history),
        cmocka_unit_test(another_teams_outcome_concerns_everybody),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
