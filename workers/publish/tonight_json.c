/*
 * workers/publish/tonight_json.c
 *    The files about the slate.
 */
#include "workers/publish/tonight_json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "workers/names/player_lookup.h"
#include "workers/publish/best_bets.h"
#include "workers/publish/json_out.h"

enum {
    FORM_GAMES = 10,
    LIMITED_BELOW = 10, /* games of the season */
    PLACE_FROM = 3,     /* games at a place, from which they mean something */
};

/* A player of the slate with everything that is known of him. */
typedef struct {
    const UpcomingPlayer *row;
    const Prediction *prediction;   /* NULL without one */
    const PlayerCache *cache;       /* likewise */
    const PlayerComposite *factors; /* likewise */
    PlayerGames games;              /* before tonight */
    PlayerGraded graded;
    double line;
} Player;

static Player
player_of(const Present *p, const UpcomingPlayer *row)
{
    return (Player){
        .row = row,
        .prediction = prediction_of(p, row->player_lookup),
        .cache = cache_of(p, row->player_lookup),
        .factors = factors_of(p->factors, p->factor_count, row->player_lookup),
        .games = games_of(p, row->player_lookup, p->date),
        .graded = graded_of(p, row->player_lookup, p->date),
        .line = row->current_points_line,
    };
}

static int32_t
fatigue_of(const Player *x)
{
    return x->factors != NULL ? x->factors->fatigue_score : NULL_I32;
}

static double
cached(const Player *x, size_t column)
{
    double v = NULL_F64;

    if (x->cache != NULL)
        memcpy(&v, (const char *)x->cache + column, sizeof v);
    return v;
}

#define CACHED(x, column) json_points(cached((x), offsetof(PlayerCache, column)))

static json_t *
limited(const Player *x)
{
    return json_boolean(x->row->games_played_season < LIMITED_BELOW);
}

/* ---- his last games ---- */

static size_t
form_from(const Player *x)
{
    return x->games.count > FORM_GAMES ? x->games.count - FORM_GAMES : 0;
}

static char
side_of(const Player *x, size_t game)
{
    const PlayerGame *g = &x->games.items[game];

    return against_line(g, graded_game(x->graded, g->game_date));
}

static json_t *
side_json(char side)
{
    const char text[] = {side, '\0'};

    return json_string(text);
}

static json_t *
last_points(const Player *x)
{
    json_t *o = json_array();

    for (size_t i = x->games.count; i-- > form_from(x);)
        json_push(o, json_int(x->games.items[i].points));
    return o;
}

static json_t *
last_results(const Player *x)
{
    json_t *o = json_array();

    for (size_t i = x->games.count; i-- > form_from(x);)
        json_push(o, side_json(side_of(x, i)));
    return o;
}

static json_t *
last_record(const Player *x)
{
    size_t over = 0, under = 0;
    json_t *o = json_object();

    for (size_t i = form_from(x); i < x->games.count; i++) {
        over += side_of(x, i) == 'O';
        under += side_of(x, i) == 'U';
    }
    json_put(o, "over", json_count(over));
    json_put(o, "under", json_count(under));
    return o;
}

static json_t *
recent_form(const Player *x)
{
    json_t *rows = json_array();

    for (size_t i = x->games.count; i-- > form_from(x);) {
        const PlayerGame *g = &x->games.items[i];
        const PredictionAccuracy *graded = graded_game(x->graded, g->game_date);
        json_t *o = json_object();

        json_put(o, "game_date", json_date(g->game_date));
        json_put(o, "opponent", json_text(g->opponent));
        json_put(o, "is_home", json_tri(g->is_home));
        json_put(o, "minutes", json_points(g->minutes));
        json_put(o, "points", json_int(g->points));
        json_put(o, "line", json_points(graded != NULL ? graded->line_value : NULL_F64));
        json_put(o, "result", side_json(side_of(x, i)));
        json_push(rows, o);
    }
    return rows;
}

static json_t *
streak_json(const Player *x)
{
    const Streak s = line_streak(x->games, x->graded);
    json_t *o = json_object();

    json_put(o, "type", json_text(s.side == 'O' ? "over" : s.side == 'U' ? "under" : NULL));
    json_put(o, "length", json_count(s.count));
    return o;
}

/* ---- the line and the prediction ---- */

/* The odds of the chosen bookmaker for the line that stands; NULL_I32 where the feed has none. */
static int32_t
odds_of(const Present *p, const Player *x, const char *side, Arena *a)
{
    for (size_t i = 0; i < p->line_count; i++) {
        const RawPropLine *l = &p->lines[i];
        const char *lookup;

        if (strcmp(l->game_id, x->row->game_id) != 0 || islessgreater(l->line, x->line) || strcmp(l->side, side) != 0
            || strcmp(l->market, "player_points") != 0 || strcmp(l->bookmaker, x->row->line_sportsbook) != 0)
            continue;
        lookup = player_canonical(l->player_name, a);
        if (lookup != NULL && strcmp(lookup, x->row->player_lookup) == 0)
            return l->price;
    }
    return NULL_I32;
}

static json_t *
props_json(const Present *p, const Player *x, Arena *a)
{
    json_t *rows = json_array();
    json_t *o;

    if (f64_is_null(x->line) || x->row->line_sportsbook == NULL)
        return rows;
    o = json_object();
    json_put(o, "stat_type", json_text("points"));
    json_put(o, "line", json_points(x->line));
    json_put(o, "over_odds", json_int(odds_of(p, x, "Over", a)));
    json_put(o, "under_odds", json_int(odds_of(p, x, "Under", a)));
    json_put(o, "sportsbook", json_text(x->row->line_sportsbook));
    json_push(rows, o);
    return rows;
}

static json_t *
short_prediction(const Prediction *p)
{
    json_t *o;

    if (p == NULL)
        return json_null();
    o = json_object();
    json_put(o, "predicted", json_points(p->predicted_points));
    json_put(o, "confidence", json_hundredths(p->confidence_score));
    json_put(o, "recommendation", json_text(p->recommendation));
    return o;
}

static json_t *
long_prediction(const Player *x)
{
    const Prediction *p = x->prediction;
    json_t *o;

    if (p == NULL)
        return json_null();
    o = json_object();
    json_put(o, "predicted_points", json_points(p->predicted_points));
    json_put(o, "confidence_score", json_hundredths(p->confidence_score));
    json_put(o, "recommendation", json_text(p->recommendation));
    json_put(o, "line", json_points(p->current_points_line));
    json_put(o, "edge", json_hundredths(fabs(p->line_margin)));
    json_put(o, "pace_adjustment", json_hundredths(x->factors != NULL ? x->factors->pace_score : NULL_F64));
    return o;
}

/* ---- everybody ---- */

static json_t *
player_json(const Present *p, const UpcomingPlayer *row, Arena *a)
{
    const Player x = player_of(p, row);
    json_t *o = json_object();

    json_put(o, "player_lookup", json_text(row->player_lookup));
    json_put(o, "name", json_text(row->player_name));
    json_put(o, "team", json_text(row->team));
    json_put(o, "is_home", json_tri(row->is_home));
    json_put(o, "has_line", json_boolean(!f64_is_null(x.line)));
    json_put(o, "fatigue_level", json_text(fatigue_level(fatigue_of(&x))));
    json_put(o, "fatigue_score", json_int(fatigue_of(&x)));
    json_put(o, "days_rest", json_int(row->days_rest));
    json_put(o, "injury_status", json_text(row->player_status));
    json_put(o, "season_ppg", CACHED(&x, points_avg_season));
    json_put(o, "season_mpg", CACHED(&x, minutes_avg_season));
    json_put(o, "last_5_ppg", CACHED(&x, points_avg_last_5));
    json_put(o, "games_played", json_int(row->games_played_season));
    json_put(o, "limited_data", limited(&x));
    json_put(o, "last_10_points", last_points(&x));
    json_put(o, "props", props_json(p, &x, a));
    json_put(o, "prediction", short_prediction(x.prediction));
    json_put(o, "last_10_results", last_results(&x));
    json_put(o, "last_10_record", last_record(&x));
    return o;
}

static int
compare_slots(const void *a, const void *b)
{
    const UpcomingPlayer *const *x = a;
    const UpcomingPlayer *const *y = b;
    int order = strcmp((*x)->game_id, (*y)->game_id);

    return order != 0 ? order : strcmp((*x)->player_lookup, (*y)->player_lookup);
}

/* Its box score is known. Between tip-off and then nothing is: there is no live feed. */
static bool
is_final(const Present *p, const char *game_id)
{
    for (size_t i = 0; i < p->game_count; i++)
        if (date_equal(p->games[i].game_date, p->date) && strcmp(p->games[i].game_id, game_id) == 0)
            return true;
    return false;
}

/* players: of one game. */
static json_t *
game_json(const Present *p, const UpcomingPlayer *const *players, size_t count, Arena *a)
{
    const UpcomingPlayer *first = players[0];
    const bool is_home = first->is_home == BOOL_TRUE;
    json_t *o = json_object();
    json_t *rows = json_array();

    for (size_t i = 0; i < count; i++)
        json_push(rows, player_json(p, players[i], a));
    json_put(o, "game_id", json_text(first->game_id));
    json_put(o, "home_team", json_text(is_home ? first->team : first->opponent));
    json_put(o, "away_team", json_text(is_home ? first->opponent : first->team));
    json_put(o, "game_time", json_instant(first->tip_off));
    json_put(o, "game_status", json_text(is_final(p, first->game_id) ? "final" : "scheduled"));
    json_put(o, "player_count", json_count(count));
    json_put(o, "players", rows);
    return o;
}

const char *
tonight_json(const Present *p, Arena *a)
{
    const UpcomingPlayer **players = arena_array(a, p->player_count + 1, sizeof *players);
    size_t with_line = 0;
    json_t *root, *games;

    if (p->player_count == 0)
        return NULL;
    root = json_object();
    games = json_array();
    for (size_t i = 0; i < p->player_count; i++) {
        players[i] = &p->players[i];
        with_line += !f64_is_null(players[i]->current_points_line);
    }
    qsort(players, p->player_count, sizeof *players, compare_slots);
    for (size_t start = 0, end; start < p->player_count; start = end) {
        for (end = start + 1; end < p->player_count && strcmp(players[end]->game_id, players[start]->game_id) == 0;)
            end++;
        json_push(games, game_json(p, players + start, end - start, a));
    }
    json_put(root, "game_date", json_date(p->date));
    json_put(root, "model", json_model(p->system));
    json_put(root, "system", json_text(p->system));
    json_put(root, "total_players", json_count(p->player_count));
    json_put(root, "total_with_lines", json_count(with_line));
    json_put(root, "games", games);
    return json_render(root, a);
}

/* ---- one player ---- */

static json_t *
context_json(const Player *x)
{
    const UpcomingPlayer *row = x->row;
    json_t *o = json_object();

    json_put(o, "game_id", json_text(row->game_id));
    json_put(o, "opponent", json_text(row->opponent));
    json_put(o, "home_game", json_tri(row->is_home));
    json_put(o, "team_abbr", json_text(row->team));
    json_put(o, "game_time", json_instant(row->tip_off));
    json_put(o, "line", json_points(x->line));
    json_put(o, "days_rest", json_int(row->days_rest));
    json_put(o, "is_back_to_back", json_tri(row->back_to_back));
    json_put(o, "injury_status", json_text(row->player_status));
    return o;
}

static json_t *
numbers_json(const Player *x)
{
    json_t *o = json_object();

    json_put(o, "season_ppg", CACHED(x, points_avg_season));
    json_put(o, "last_5_ppg", CACHED(x, points_avg_last_5));
    json_put(o, "last_10_ppg", CACHED(x, points_avg_last_10));
    json_put(o, "season_mpg", CACHED(x, minutes_avg_season));
    json_put(o, "last_10_mpg", CACHED(x, minutes_avg_last_10));
    return o;
}

static json_t *
fatigue_json(const Player *x, Arena *a)
{
    const UpcomingPlayer *row = x->row;
    json_t *o = json_object();

    json_put(o, "score", json_int(fatigue_of(x)));
    json_put(o, "level", json_text(fatigue_level(fatigue_of(x))));
    json_put(o, "context",
             json_text(i32_is_null(row->games_in_last_7_days)
                           ? NULL
                           : arena_printf(a, "%d games in the last 7 days", (int)row->games_in_last_7_days)));
    return o;
}

static json_t *
factor_json(const char *factor, double impact, double vs_line_pct, const char *description)
{
    json_t *o = json_object();

    json_put(o, "factor", json_text(factor));
    json_put(o, "direction", json_text(impact > 0 ? "over" : impact < 0 ? "under" : "neutral"));
    json_put(o, "impact", json_hundredths(impact));
    json_put(o, "vs_line_pct", json_points(vs_line_pct));
    json_put(o, "description", json_text(description));
    return o;
}

/* What the composite factors say, by column. */
static void
push_composite(json_t *rows, const Player *x)
{
    static const struct {
        const char *name, *description;
        size_t column;
    } known[] = {
        {"fatigue", "Points that tiredness takes or rest gives", offsetof(PlayerComposite, fatigue_adjustment)},
        {"matchup", "His zones against the opponent's defence of them",
         offsetof(PlayerComposite, shot_zone_mismatch_score)},
        {"pace", "The pace of both teams against the league's", offsetof(PlayerComposite, pace_score)},
        {"usage", "Usage that is expected against that of his last games",
         offsetof(PlayerComposite, usage_spike_score)},
    };

    for (size_t i = 0; x->factors != NULL && i < ARRAY_LEN(known); i++) {
        double v;

        memcpy(&v, (const char *)x->factors + known[i].column, sizeof v);
        if (!f64_is_null(v))
            json_push(rows, factor_json(known[i].name, v, NULL_F64, known[i].description));
    }
}

/* His earlier games at home, or away, as tonight's is: how many points more than elsewhere, and how many above
 * tonight's line. */
static void
push_place(json_t *rows, const Player *x, Arena *a)
{
    const bool is_home = x->row->is_home == BOOL_TRUE;
    MeanSum here = {0}, all = {0};
    size_t above = 0;

    for (size_t i = 0; i < x->games.count; i++) {
        const PlayerGame *g = &x->games.items[i];

        mean_add(&all, g->points);
        if (g->is_home != x->row->is_home)
            continue;
        mean_add(&here, g->points);
        above += !f64_is_null(x->line) && g->points > x->line;
    }
    if (here.count < PLACE_FROM)
        return;
    json_push(rows, factor_json(is_home ? "home" : "away", mean_value(&here) - mean_value(&all),
                                f64_is_null(x->line) ? NULL_F64 : 100.0 * (double)above / here.count,
                                arena_printf(a, "%.1f points in %d games %s", mean_value(&here), (int)here.count,
                                             is_home ? "at home" : "away")));
}

const char *
tonight_player_json(const Present *p, const UpcomingPlayer *player, Arena *a)
{
    const Player x = player_of(p, player);
    json_t *root = json_object();
    json_t *factors = json_array();

    push_composite(factors, &x);
    push_place(factors, &x, a);
    json_put(root, "player_lookup", json_text(player->player_lookup));
    json_put(root, "player_full_name", json_text(player->player_name));
    json_put(root, "game_date", json_date(p->date));
    json_put(root, "model", json_model(p->system));
    json_put(root, "system", json_text(p->system));
    json_put(root, "games_played", json_int(player->games_played_season));
    json_put(root, "limited_data", limited(&x));
    json_put(root, "game_context", context_json(&x));
    json_put(root, "quick_numbers", numbers_json(&x));
    json_put(root, "fatigue", fatigue_json(&x, a));
    json_put(root, "current_streak", streak_json(&x));
    json_put(root, "tonights_factors", factors);
    json_put(root, "recent_form", recent_form(&x));
    json_put(root, "prediction", long_prediction(&x));
    return json_render(root, a);
}
