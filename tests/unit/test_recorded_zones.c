/*
 * tests/unit/test_recorded_zones.c
 *    Shots of a recorded play-by-play become the zones that were counted in it by hand.
 *
 * The game is LAC at MIN of 2025-01-06 (0022400500). Without the recording the test says so and passes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include "workers/analytics/game_summaries_core.h"

#define GAME "20250106_LAC_MIN"

enum { SHOTS_MAX = 512, LINES_MAX = 64 };

typedef struct {
    Arena *arena;
    GameDate date;
    ScheduleGame game;
    RawShot shots[SHOTS_MAX];
    size_t shot_count;
    RawBoxscore lines[LINES_MAX];
    size_t line_count;
} Night;

static const char *
text_of(const json_t *action, const char *key)
{
    const char *s = json_string_value(json_object_get(action, key));

    return s == NULL ? "" : s;
}

/* Of the shooter: what his shots make of it. Free throws score nothing here. */
static RawBoxscore *
line_of(Night *n, const char *team, const char *player)
{
    for (size_t i = 0; i < n->line_count; i++) {
        if (strcmp(n->lines[i].team, team) == 0 && strcmp(n->lines[i].player_name, player) == 0)
            return &n->lines[i];
    }
    assert_true(n->line_count < LINES_MAX);
    n->lines[n->line_count] = (RawBoxscore){.game_date = n->date,
                                            .game_id = GAME,
                                            .team = team,
                                            .player_name = player,
                                            .opponent = strcmp(team, "MIN") == 0 ? "LAC" : "MIN",
                                            .is_scheduled = BOOL_TRUE,
                                            .won = BOOL_NULL,
                                            .minutes = 24};
    return &n->lines[n->line_count++];
}

/* Coordinates are tenths of a foot from the hoop; raw shots have feet from the baseline. */
static void
add_shot(Night *n, const json_t *action)
{
    RawShot *s = &n->shots[n->shot_count];
    const char *team = arena_strdup(n->arena, text_of(action, "teamTricode"));
    const char *player = arena_strdup(n->arena, text_of(action, "playerNameI"));
    RawBoxscore *line = line_of(n, team, player);

    assert_true(n->shot_count < SHOTS_MAX);
    *s = raw_shot_null();
    s->game_date = n->date;
    s->game_id = GAME;
    s->shot_no = (int32_t)++n->shot_count;
    s->is_scheduled = BOOL_TRUE;
    s->team = team;
    s->player_name = player;
    s->is_three = strcmp(text_of(action, "actionType"), "3pt") == 0;
    s->made = strcmp(text_of(action, "shotResult"), "Made") == 0;
    s->loc_x = json_number_value(json_object_get(action, "xLegacy")) / 10.0;
    s->loc_y = json_number_value(json_object_get(action, "yLegacy")) / 10.0 + 5.25;
    line->fg_attempts++;
    line->fg_makes += s->made;
    line->three_attempts += s->is_three;
    line->three_makes += s->is_three && s->made;
    line->points += s->made ? 2 + s->is_three : 0;
}

static bool
read_night(Night *n)
{
    const char *shared = getenv("TIPOFF_SHARED");
    json_t *root = json_load_file(arena_printf(n->arena, "%s/samples/nba_playbyplay_cdn.json", shared ? shared : ""), 0,
                                  NULL);
    json_t *actions = json_object_get(json_object_get(root, "game"), "actions");
    json_t *action;
    size_t i;

    if (root == NULL)
        return false;
    assert_string_equal(text_of(json_object_get(root, "game"), "gameId"), "0022400500");
    json_array_foreach(actions, i, action)
    {
        const char *type = text_of(action, "actionType");

        if (strcmp(type, "2pt") == 0 || strcmp(type, "3pt") == 0)
            add_shot(n, action);
    }
    json_decref(root);
    return true;
}

static void
assert_pair(int32_t attempts, int32_t makes, int32_t wanted_attempts, int32_t wanted_makes)
{
    assert_int_equal(attempts, wanted_attempts);
    assert_int_equal(makes, wanted_makes);
}

/* Rows are sorted by team: LAC, then MIN. A team's defense has what the other one shot. */
static void
zones_of_a_recorded_play_by_play_are_those_counted_in_it(void **state)
{
    Night *n = *state;
    const GameSummaries *s;
    int32_t attempts = 0;

    if (!read_night(n)) {
        print_message("skipped: no shared samples\n");
        skip();
    }
    s = game_summaries(&(const GameFacts){.date = n->date,
                                          .box = n->lines,
                                          .box_count = n->line_count,
                                          .shots = n->shots,
                                          .shot_count = n->shot_count,
                                          .schedule = &n->game,
                                          .schedule_count = 1},
                       n->arena);
    assert_int_equal(n->shot_count, 181);
    assert_int_equal(s->offense_count, 2);
    assert_string_equal(s->offense[0].team, "LAC");
    assert_pair(s->offense[0].paint_attempts, s->offense[0].paint_makes, 34, 19);
    assert_pair(s->offense[0].mid_attempts, s->offense[0].mid_makes, 20, 6);
    assert_pair(s->offense[1].paint_attempts, s->offense[1].paint_makes, 40, 19);
    assert_pair(s->offense[1].mid_attempts, s->offense[1].mid_makes, 13, 6);
    assert_string_equal(s->defense[0].team, "LAC");
    assert_pair(s->defense[0].three_attempts, s->defense[0].three_makes, 39, 16);
    assert_pair(s->defense[1].three_attempts, s->defense[1].three_makes, 35, 12);
    assert_pair(s->defense[1].paint_attempts, s->defense[1].paint_makes, 34, 19);
    for (size_t i = 0; i < s->player_count; i++) {
        assert_true(s->players[i].has_complete_shot_zones);
        attempts += s->players[i].paint_attempts + s->players[i].mid_attempts + s->players[i].three_attempts_shots;
    }
    assert_int_equal(attempts, 181);
}

static int
setup(void **state)
{
    Arena *a = arena_new(0);
    Night *n = arena_alloc(a, sizeof *n);

    n->arena = a;
    if (!date_parse("2025-01-06", &n->date))
        return -1;
    n->game = schedule_game_null();
    n->game.game_id = GAME;
    n->game.game_date = n->date;
    n->game.season_year = 2024;
    n->game.away_team = "LAC";
    n->game.home_team = "MIN";
    *state = n;
    return 0;
}

static int
teardown(void **state)
{
    arena_free(((Night *)*state)->arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(zones_of_a_recorded_play_by_play_are_those_counted_in_it, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
