/*
 * ops/simulator/night.c
 *    In the order in which it happens: health, lines, play, and then the plants.
 */
#include "ops/simulator/night.h"
#include <string.h>

double
night_points_line(const NightGame *g, size_t side, size_t player)
{
    const SimPlayer *p = &g->result->sides[side].team->players[player];
    double line = -1.0;

    for (size_t i = 0; i < g->prop_count[side]; i++) {
        const PropQuote *q = &g->props[side][i];

        if (q->player != p || strcmp(q->market, "player_points") != 0)
            continue;
        if (line >= 0.0 && strcmp(q->bookmaker, g->props[side][i - 1].bookmaker) != 0)
            break;
        line = q->line;
    }
    return line;
}

static bool
has_line(const void *user, const SimResult *r, size_t side, size_t player)
{
    const Night *n = user;

    for (size_t g = 0; g < n->count; g++)
        if (n->games[g].result == r)
            return night_points_line(&n->games[g], side, player) >= 0.0;
    return false;
}

static void
play_one(const League *l, const SimGame *game, NightGame *out, Arena *a)
{
    SimTeam *const teams[SIDE_COUNT] = {[SIDE_HOME] = game->home, [SIDE_AWAY] = game->away};
    Health health[SIDE_COUNT][ROSTER];

    for (size_t s = 0; s < SIDE_COUNT; s++) {
        health_before_game(l, teams[s], game, health[s]);
        expect_side(game, teams[s], health[s], &out->expected[s]);
        out->props[s] = prop_quotes_draw(l, game, &out->expected[s], health[s], &out->prop_count[s], a);
    }
    out->game_quotes = game_quotes_draw(l, game, out->expected, &out->game_quote_count, a);
    out->result = play_game(l, game, health, a);
}

Night *
night_play(const League *l, size_t index, const SimGame *games, size_t count, Arena *a)
{
    Night *n = arena_alloc(a, sizeof *n);
    SimResult **results = arena_array(a, count, sizeof *results);
    const PlayedDate played = {.index = index, .date = games[0].date, .results = results, .count = count};

    n->index = index;
    n->date = games[0].date;
    n->games = arena_array(a, count, sizeof *n->games);
    n->count = count;
    for (size_t i = 0; i < count; i++) {
        play_one(l, &games[i], &n->games[i], a);
        results[i] = n->games[i].result;
    }
    if (games[0].is_cup_final)
        return n;
    n->missing_feed = plant_missing_feed(index);
    n->misspelling = plant_misspelling(l, &played, has_line, n, a);
    n->correction = plant_correction(l, &played, has_line, n);
    return n;
}
