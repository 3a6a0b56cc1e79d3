/*
 * workers/publish/predictions_json.c
 *    The predictions file of a date.
 */
#include "workers/publish/predictions_json.h"
#include <stdlib.h>
#include <string.h>
#include "workers/publish/best_bets.h"
#include "workers/publish/json_out.h"

static int
compare_games(const void *a, const void *b)
{
    const Pick *const *x = a;
    const Pick *const *y = b;
    int order = strcmp((*x)->game_id, (*y)->game_id);

    return order != 0 ? order : strcmp((*x)->player_lookup, (*y)->player_lookup);
}

static json_t *
prediction_json(const Pick *p, const PlayerComposite *factors)
{
    json_t *o = json_object();
    json_t *prediction = json_object();
    json_t *context = json_object();

    json_put(prediction, "points", json_points(p->predicted_points));
    json_put(prediction, "confidence", json_hundredths(p->confidence_pct));
    json_put(prediction, "recommendation", json_text(p->recommendation));
    json_put(prediction, "line", json_points(p->line));
    json_put(prediction, "edge", json_hundredths(p->edge));
    json_put(context, "pace_adjustment", json_hundredths(factors == NULL ? NULL_F64 : factors->pace_score));
    json_put(o, "player_lookup", json_text(p->player_lookup));
    json_put(o, "player_full_name", json_text(p->player));
    json_put(o, "team", json_text(p->team));
    json_put(o, "is_home", json_tri(p->is_home));
    json_put(o, "prediction", prediction);
    json_put(o, "context", context);
    return o;
}

static json_t *
recommendations_json(const Pick *const *picks, size_t count)
{
    static const char *const words[] = {"OVER", "UNDER", "PASS", "NO_LINE"};
    json_t *o = json_object();

    for (size_t w = 0; w < ARRAY_LEN(words); w++) {
        size_t n = 0;

        for (size_t i = 0; i < count; i++)
            n += strcmp(picks[i]->recommendation, words[w]) == 0;
        json_put(o, words[w], json_count(n));
    }
    return o;
}

/* picks: of one game. */
static json_t *
game_json(const Pick *const *picks, size_t count, const PlayerComposite *factors, size_t factor_count)
{
    const bool is_home = picks[0]->is_home == BOOL_TRUE;
    json_t *o = json_object();
    json_t *rows = json_array();

    for (size_t i = 0; i < count; i++)
        json_push(rows, prediction_json(picks[i], factors_of(factors, factor_count, picks[i]->player_lookup)));
    json_put(o, "game_id", json_text(picks[0]->game_id));
    json_put(o, "home_team", json_text(is_home ? picks[0]->team : picks[0]->opponent));
    json_put(o, "away_team", json_text(is_home ? picks[0]->opponent : picks[0]->team));
    json_put(o, "prediction_count", json_count(count));
    json_put(o, "recommendation_breakdown", recommendations_json(picks, count));
    json_put(o, "predictions", rows);
    return o;
}

const char *
predictions_json(const PickDay *day, const PlayerComposite *factors, size_t factor_count, const char *system, Arena *a)
{
    const Pick **picks = arena_array(a, day->count + 1, sizeof *picks);
    json_t *root = json_object();
    json_t *games = json_array();

    for (size_t i = 0; i < day->count; i++)
        picks[i] = &day->picks[i];
    qsort(picks, day->count, sizeof *picks, compare_games);
    for (size_t start = 0, end; start < day->count; start = end) {
        for (end = start + 1; end < day->count && strcmp(picks[end]->game_id, picks[start]->game_id) == 0;)
            end++;
        json_push(games, game_json(picks + start, end - start, factors, factor_count));
    }
    json_put(root, "game_date", json_date(day->date));
    json_put(root, "model", json_model(system));
    json_put(root, "system", json_text(system));
    json_put(root, "total_games", json_count(json_array_size(games)));
    json_put(root, "total_predictions", json_count(day->count));
    json_put(root, "games", games);
    return json_render(root, a);
}
