/*
 * workers/publish/players_json.c
 *    The files about players.
 */
#include "workers/publish/players_json.h"
#include <stdlib.h>
#include <string.h>
#include "workers/publish/json_out.h"

enum { LOG_GAMES = 50, INTERPRET_FROM = 10 };

/* ---- our record of a player ---- */

typedef struct {
    int32_t predictions, recommendations; /* graded ones; recommendations with an outcome */
    int32_t wins, losses, pushes;
    int32_t within_5;
    MeanSum absolute_error, signed_error;
} Track;

static bool
is_side(const PredictionAccuracy *r, const char *side)
{
    return side == NULL || strcmp(r->recommendation, side) == 0;
}

/* side: OVER or UNDER alone; NULL: all. */
static Track
track_of(PlayerGraded graded, const char *side)
{
    Track t = {0};

    for (size_t i = 0; i < graded.count; i++) {
        const PredictionAccuracy *r = &graded.items[i];

        if (r->is_voided == BOOL_TRUE || !is_side(r, side))
            continue;
        t.predictions++;
        t.wins += strcmp(r->result, "hit") == 0;
        t.losses += strcmp(r->result, "miss") == 0;
        t.pushes += strcmp(r->result, "push") == 0;
        t.within_5 += r->within_5_points == BOOL_TRUE;
        mean_add(&t.absolute_error, r->absolute_error);
        mean_add(&t.signed_error, r->signed_error);
    }
    t.recommendations = t.wins + t.losses + t.pushes;
    return t;
}

static json_t *
calls_json(const Track *t)
{
    json_t *o = json_object();

    json_put(o, "total", json_int(t->recommendations));
    json_put(o, "wins", json_int(t->wins));
    json_put(o, "losses", json_int(t->losses));
    json_put(o, "pushes", json_int(t->pushes));
    json_put(o, "win_rate", json_pct(t->wins, (int64_t)t->wins + t->losses));
    return o;
}

/* ---- the index ---- */

const char *const *
graded_players(const Present *p, Arena *a, size_t *count)
{
    const char **players = arena_array(a, p->graded_count + 1, sizeof *players);

    *count = 0;
    for (size_t i = 0; i < p->graded_count; i++) {
        const char *lookup = p->graded[i].player_lookup;

        if (*count == 0 || strcmp(players[*count - 1], lookup) != 0)
            players[(*count)++] = lookup;
    }
    return players;
}

static json_t *
index_row(PlayerGraded graded)
{
    const PredictionAccuracy *last = &graded.items[graded.count - 1];
    const Track t = track_of(graded, NULL);
    json_t *o = json_object();

    json_put(o, "player_lookup", json_text(last->player_lookup));
    json_put(o, "player_full_name", json_text(last->player_name));
    json_put(o, "team", json_text(last->team));
    json_put(o, "games_predicted", json_int(t.predictions));
    json_put(o, "recommendations", json_int(t.recommendations));
    json_put(o, "mae", json_hundredths(mean_value(&t.absolute_error)));
    json_put(o, "win_rate", json_pct(t.wins, (int64_t)t.wins + t.losses));
    json_put(o, "bias", json_hundredths(mean_value(&t.signed_error)));
    json_put(o, "within_5_pct", json_pct(t.within_5, t.predictions));
    return o;
}

const char *
players_index_json(const Present *p, const char *const *players, size_t count, Arena *a)
{
    json_t *root = json_object();
    json_t *rows = json_array();

    for (size_t i = 0; i < count; i++)
        json_push(rows, index_row(graded_of(p, players[i], GAME_DATE_NULL)));
    json_put(root, "model", json_model(p->system));
    json_put(root, "system", json_text(p->system));
    json_put(root, "total_players", json_count(count));
    json_put(root, "players", rows);
    return json_render(root, a);
}

/* ---- one player ---- */

static json_t *
summary_json(PlayerGames games, PlayerGraded graded)
{
    const Track t = track_of(graded, NULL);
    MeanSum points = {0}, minutes = {0};
    json_t *o = json_object();

    for (size_t i = 0; i < games.count; i++) {
        mean_add(&points, games.items[i].points);
        mean_add(&minutes, games.items[i].minutes);
    }
    json_put(o, "games_played", json_count(games.count));
    json_put(o, "games_predicted", json_int(t.predictions));
    json_put(o, "ppg", json_points(mean_value(&points)));
    json_put(o, "mpg", json_points(mean_value(&minutes)));
    json_put(o, "mae", json_hundredths(mean_value(&t.absolute_error)));
    json_put(o, "win_rate", json_pct(t.wins, (int64_t)t.wins + t.losses));
    return o;
}

static const char *
interpretation(PlayerGraded graded, Arena *a)
{
    const Track t = track_of(graded, NULL);
    const double bias = mean_value(&t.signed_error);

    if (t.predictions < INTERPRET_FROM)
        return arena_printf(a, "%d graded predictions: too few to say how well he is predicted", (int)t.predictions);
    return arena_printf(a, "Predictions are %.1f points off on average, %.1f too %s", mean_value(&t.absolute_error),
                        bias < 0 ? -bias : bias, bias < 0 ? "low" : "high");
}

static json_t *
log_row(const PlayerGame *g, const PredictionAccuracy *r)
{
    json_t *o = json_object();

    json_put(o, "game_date", json_date(g->game_date));
    json_put(o, "game_id", json_text(g->game_id));
    json_put(o, "opponent", json_text(g->opponent));
    json_put(o, "is_home", json_tri(g->is_home));
    json_put(o, "minutes", json_points(g->minutes));
    json_put(o, "points", json_int(g->points));
    json_put(o, "predicted", json_points(r != NULL ? r->predicted_points : NULL_F64));
    json_put(o, "line", json_points(r != NULL ? r->line_value : NULL_F64));
    json_put(o, "recommendation", json_text(r != NULL ? r->recommendation : NULL));
    json_put(o, "result", json_text(r != NULL ? r->result : NULL));
    json_put(o, "error", json_points(r != NULL ? r->absolute_error : NULL_F64));
    return o;
}

static json_t *
log_json(PlayerGames games, PlayerGraded graded)
{
    const size_t from = games.count > LOG_GAMES ? games.count - LOG_GAMES : 0;
    json_t *rows = json_array();

    for (size_t i = games.count; i-- > from;)
        json_push(rows, log_row(&games.items[i], graded_game(graded, games.items[i].game_date)));
    return rows;
}

static json_t *
split_json(const MeanSum *points)
{
    json_t *o = json_object();

    json_put(o, "games", json_int(points->count));
    json_put(o, "ppg", json_points(mean_value(points)));
    return o;
}

static int
compare_opponents(const void *a, const void *b)
{
    const PlayerGame *const *x = a;
    const PlayerGame *const *y = b;

    return strcmp((*x)->opponent, (*y)->opponent);
}

static json_t *
opponents_json(PlayerGames games, Arena *a)
{
    const PlayerGame **sorted = arena_array(a, games.count + 1, sizeof *sorted);
    json_t *rows = json_array();

    for (size_t i = 0; i < games.count; i++)
        sorted[i] = &games.items[i];
    qsort(sorted, games.count, sizeof *sorted, compare_opponents);
    for (size_t start = 0, end; start < games.count; start = end) {
        MeanSum points = {0};
        json_t *o;

        for (end = start; end < games.count && strcmp(sorted[end]->opponent, sorted[start]->opponent) == 0; end++)
            mean_add(&points, sorted[end]->points);
        o = split_json(&points);
        json_put(o, "opponent", json_text(sorted[start]->opponent));
        json_push(rows, o);
    }
    return rows;
}

/* Of his first game of the season nobody knows how rested he was. */
static json_t *
splits_json(PlayerGames games, Arena *a)
{
    MeanSum home = {0}, away = {0}, back_to_back = {0}, rested = {0};
    json_t *o = json_object(), *rest = json_object(), *location = json_object();

    for (size_t i = 0; i < games.count; i++) {
        const PlayerGame *g = &games.items[i];

        mean_add(g->is_home == BOOL_TRUE ? &home : &away, g->points);
        if (i > 0)
            mean_add(date_diff(g->game_date, games.items[i - 1].game_date) == 1 ? &back_to_back : &rested, g->points);
    }
    json_put(rest, "back_to_back", split_json(&back_to_back));
    json_put(rest, "rested", split_json(&rested));
    json_put(location, "home", split_json(&home));
    json_put(location, "away", split_json(&away));
    json_put(o, "rest", rest);
    json_put(o, "location", location);
    json_put(o, "opponents", opponents_json(games, a));
    return o;
}

static json_t *
track_json(PlayerGraded graded)
{
    const Track all = track_of(graded, NULL), over = track_of(graded, "OVER"), under = track_of(graded, "UNDER");
    json_t *o = json_object();

    json_put(o, "total_predictions", json_int(all.predictions));
    json_put(o, "overall", calls_json(&all));
    json_put(o, "over_calls", calls_json(&over));
    json_put(o, "under_calls", calls_json(&under));
    json_put(o, "avg_error", json_hundredths(mean_value(&all.absolute_error)));
    json_put(o, "bias", json_hundredths(mean_value(&all.signed_error)));
    return o;
}

static int
compare_upcoming(const void *a, const void *b)
{
    const UpcomingPlayer *x = a;
    const UpcomingPlayer *y = b;

    return strcmp(x->player_lookup, y->player_lookup);
}

/* Tonight's game, unless its box score is known. */
static json_t *
next_game_json(const Present *p, const char *player_lookup, PlayerGames games)
{
    const UpcomingPlayer wanted = {.player_lookup = player_lookup};
    const UpcomingPlayer *next = p->player_count == 0 ? NULL
                                                      : bsearch(&wanted, p->players, p->player_count,
                                                                sizeof *p->players, compare_upcoming);
    json_t *o;

    if (next == NULL || (games.count > 0 && !date_before(games.items[games.count - 1].game_date, p->date)))
        return json_null();
    o = json_object();
    json_put(o, "game_date", json_date(p->date));
    json_put(o, "game_id", json_text(next->game_id));
    json_put(o, "opponent", json_text(next->opponent));
    json_put(o, "is_home", json_tri(next->is_home));
    json_put(o, "game_time", json_instant(next->tip_off));
    return o;
}

const char *
player_file_json(const Present *p, const char *player_lookup, Arena *a)
{
    const PlayerGames games = games_of(p, player_lookup, GAME_DATE_NULL);
    const PlayerGraded graded = graded_of(p, player_lookup, GAME_DATE_NULL);
    const PredictionAccuracy *last = &graded.items[graded.count - 1];
    json_t *root = json_object();
    char season[8];

    json_put(root, "player_lookup", json_text(player_lookup));
    json_put(root, "player_full_name", json_text(last->player_name));
    json_put(root, "team", json_text(last->team));
    json_put(root, "season", json_text(season_label(date_season_year(last->game_date), season)));
    json_put(root, "model", json_model(p->system));
    json_put(root, "system", json_text(p->system));
    json_put(root, "summary", summary_json(games, graded));
    json_put(root, "interpretation", json_text(interpretation(graded, a)));
    json_put(root, "game_log", log_json(games, graded));
    json_put(root, "splits", splits_json(games, a));
    json_put(root, "our_track_record", track_json(graded));
    json_put(root, "next_game", next_game_json(p, player_lookup, games));
    return json_render(root, a);
}
