/*
 * workers/publish/results_json.c
 *    The results file of a date: summary, slices, rows, best and worst.
 */
#include "workers/publish/results_json.h"

#include <stdlib.h>
#include <string.h>
#include "workers/grading/pick_side.h"
#include "workers/publish/json_out.h"

/* A graded row with what other tables know of it; both may be NULL. */
typedef struct {
    const PredictionAccuracy *row;
    const Prediction *prediction;
    const UpcomingPlayer *player;
} Result;

typedef struct {
    const Result *items; /* by lookup, then game */
    size_t count;
} Results;

static bool
is_void(const Result *r)
{
    return r->row->is_voided == BOOL_TRUE;
}

static bool
has_result(const Result *r, const char *result)
{
    return strcmp(r->row->result, result) == 0;
}

typedef struct {
    const char *stored;
    const char *shown;
} Word;

static const char *
shown_word(const Word *words, size_t count, const char *stored)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].stored, stored) == 0)
            return words[i].shown;
    return NULL;
}

static const char *
shown_result(const Result *r)
{
    static const Word words[] = {
        {"hit", "WIN"}, {"miss", "LOSS"}, {"push", "PUSH"}, {"pass", "PASS"}, {"void", "VOID"},
    };

    return shown_word(words, ARRAY_LEN(words), r->row->result);
}

static const char *
confidence_tier(const Result *r)
{
    if (r->row->confidence_score >= 70.0)
        return "high";
    return r->row->confidence_score >= 55.0 ? "medium" : "low";
}

/* By the season's average before the game, never by what was scored in it. */
static const char *
player_tier(const Result *r)
{
    static const Word words[] = {
        {"star", "elite"},
        {"starter", "starter"},
        {"role", "role_player"},
        {"bench", "role_player"},
    };

    return r->prediction == NULL ? NULL : shown_word(words, ARRAY_LEN(words), r->prediction->scoring_tier);
}

static bool
is_tier(const char *tier, const char *wanted)
{
    return tier != NULL && strcmp(tier, wanted) == 0;
}

static bool
is_elite(const Result *r)
{
    return is_tier(player_tier(r), "elite");
}

static bool
is_starter(const Result *r)
{
    return is_tier(player_tier(r), "starter");
}

static bool
is_role_player(const Result *r)
{
    return is_tier(player_tier(r), "role_player");
}

static bool
has_high_confidence(const Result *r)
{
    return is_tier(confidence_tier(r), "high");
}

static bool
has_medium_confidence(const Result *r)
{
    return is_tier(confidence_tier(r), "medium");
}

static bool
has_low_confidence(const Result *r)
{
    return is_tier(confidence_tier(r), "low");
}

static bool
is_over(const Result *r)
{
    return strcmp(r->row->recommendation, "OVER") == 0;
}

static bool
is_under(const Result *r)
{
    return strcmp(r->row->recommendation, "UNDER") == 0;
}

static bool
is_pass(const Result *r)
{
    return !is_over(r) && !is_under(r);
}

static bool
is_home(const Result *r)
{
    return r->row->is_home == BOOL_TRUE;
}

static bool
is_away(const Result *r)
{
    return r->row->is_home == BOOL_FALSE;
}

static bool
is_back_to_back(const Result *r)
{
    return r->player != NULL && r->player->back_to_back == BOOL_TRUE;
}

static bool
is_rested(const Result *r)
{
    return r->player != NULL && r->player->back_to_back == BOOL_FALSE;
}

typedef struct {
    const char *breakdown; /* slices of one breakdown stand together */
    const char *name;
    bool (*contains)(const Result *r);
} Slice;

static const Slice slices[] = {
    {"by_player_tier", "elite", is_elite},
    {"by_player_tier", "starter", is_starter},
    {"by_player_tier", "role_player", is_role_player},
    {"by_confidence", "high", has_high_confidence},
    {"by_confidence", "medium", has_medium_confidence},
    {"by_confidence", "low", has_low_confidence},
    {"by_recommendation", "over", is_over},
    {"by_recommendation", "under", is_under},
    {"by_recommendation", "pass", is_pass},
    {"by_context", "home", is_home},
    {"by_context", "away", is_away},
    {"by_context", "back_to_back", is_back_to_back},
    {"by_context", "rested", is_rested},
};

typedef struct {
    size_t total, graded, voided;
    size_t wins, losses, pushes, passes;
    size_t within_3, within_5;
    double absolute_error, signed_error; /* sums over graded */
} Totals;

static bool
is_any(const Result *r)
{
    (void)r;
    return true;
}

static Totals
totals_of(const Results *results, bool (*contains)(const Result *r))
{
    Totals t = {0};

    for (size_t i = 0; i < results->count; i++) {
        const Result *r = &results->items[i];

        if (!contains(r))
            continue;
        t.total++;
        if (is_void(r)) {
            t.voided++;
            continue;
        }
        t.graded++;
        t.wins += has_result(r, "hit");
        t.losses += has_result(r, "miss");
        t.pushes += has_result(r, "push");
        t.passes += has_result(r, "pass");
        t.within_3 += r->row->within_3_points == BOOL_TRUE;
        t.within_5 += r->row->within_5_points == BOOL_TRUE;
        t.absolute_error += r->row->absolute_error;
        t.signed_error += r->row->signed_error;
    }
    return t;
}

static json_t *
json_share(size_t part, size_t whole)
{
    return json_pct((int64_t)part, (int64_t)whole);
}

static json_t *
json_mean(double sum, size_t count)
{
    return json_hundredths(count == 0 ? NULL_F64 : sum / (double)count);
}

static bool
has_lean_result(const Result *r, const char *result)
{
    return r->row->lean_result != NULL && strcmp(r->row->lean_result, result) == 0;
}

/* Of the picks that were not recommended: they are in no other record. */
static json_t *
leans_json(const Results *results)
{
    size_t total = 0, hits = 0, misses = 0, pushes = 0, voids = 0;
    json_t *o = json_object();

    for (size_t i = 0; i < results->count; i++) {
        const Result *r = &results->items[i];

        total += r->row->lean_result != NULL;
        hits += has_lean_result(r, "hit");
        misses += has_lean_result(r, "miss");
        pushes += has_lean_result(r, "push");
        voids += has_lean_result(r, "void");
    }
    json_put(o, "total", json_count(total));
    json_put(o, "hits", json_count(hits));
    json_put(o, "misses", json_count(misses));
    json_put(o, "pushes", json_count(pushes));
    json_put(o, "voids", json_count(voids));
    json_put(o, "hit_pct", json_share(hits, hits + misses));
    return o;
}

static json_t *
summary_json(const Results *results)
{
    Totals t = totals_of(results, is_any);
    json_t *o = json_object();

    json_put(o, "total_predictions", json_count(t.total));
    json_put(o, "graded", json_count(t.graded));
    json_put(o, "voided", json_count(t.voided));
    json_put(o, "recommendations", json_count(t.wins + t.losses + t.pushes));
    json_put(o, "correct", json_count(t.wins));
    json_put(o, "incorrect", json_count(t.losses));
    json_put(o, "pushes", json_count(t.pushes));
    json_put(o, "pass_count", json_count(t.passes));
    json_put(o, "win_rate", json_share(t.wins, t.wins + t.losses));
    json_put(o, "avg_mae", json_mean(t.absolute_error, t.graded));
    json_put(o, "avg_bias", json_mean(t.signed_error, t.graded));
    json_put(o, "within_3_points", json_count(t.within_3));
    json_put(o, "within_3_pct", json_share(t.within_3, t.graded));
    json_put(o, "within_5_points", json_count(t.within_5));
    json_put(o, "within_5_pct", json_share(t.within_5, t.graded));
    json_put(o, "leans", leans_json(results));
    return o;
}

static json_t *
slice_json(const Results *results, const Slice *slice)
{
    Totals t = totals_of(results, slice->contains);
    json_t *o = json_object();

    json_put(o, "total", json_count(t.total));
    json_put(o, "wins", json_count(t.wins));
    json_put(o, "losses", json_count(t.losses));
    json_put(o, "pushes", json_count(t.pushes));
    json_put(o, "win_rate", json_share(t.wins, t.wins + t.losses));
    json_put(o, "avg_error", json_mean(t.absolute_error, t.graded));
    return o;
}

static json_t *
breakdowns_json(const Results *results)
{
    json_t *root = json_object();
    json_t *breakdown = NULL;

    for (size_t i = 0; i < ARRAY_LEN(slices); i++) {
        if (i == 0 || strcmp(slices[i].breakdown, slices[i - 1].breakdown) != 0) {
            breakdown = json_object();
            json_put(root, slices[i].breakdown, breakdown);
        }
        json_put(breakdown, slices[i].name, slice_json(results, &slices[i]));
    }
    return root;
}

static json_t *
result_json(const Result *r)
{
    const PredictionAccuracy *row = r->row;
    json_t *o = json_object();

    json_put(o, "player", json_text(row->player_name));
    json_put(o, "player_lookup", json_text(row->player_lookup));
    json_put(o, "game_id", json_text(row->game_id));
    json_put(o, "team", json_text(row->team));
    json_put(o, "opponent", json_text(row->opponent));
    json_put(o, "predicted", json_points(row->predicted_points));
    json_put(o, "actual", json_int(row->actual_points));
    json_put(o, "line", json_points(row->line_value));
    json_put(o, "direction", json_text(pick_side(row->predicted_points, row->line_value)));
    json_put(o, "recommendation", json_text(row->recommendation));
    json_put(o, "result", json_text(shown_result(r)));
    json_put(o, "lean_result", json_text(row->lean_result));
    json_put(o, "void_reason", json_text(row->void_reason));
    json_put(o, "error", json_points(row->absolute_error));
    json_put(o, "bias", json_points(row->signed_error));
    json_put(o, "confidence", json_hundredths(row->confidence_score));
    json_put(o, "minutes", json_points(row->minutes_played));
    json_put(o, "confidence_tier", json_text(confidence_tier(r)));
    json_put(o, "player_tier", json_text(player_tier(r)));
    json_put(o, "is_home", json_tri(row->is_home));
    json_put(o, "is_back_to_back", json_tri(r->player == NULL ? BOOL_NULL : r->player->back_to_back));
    json_put(o, "days_rest", json_int(r->player == NULL ? NULL_I32 : r->player->days_rest));
    json_put(o, "made", json_text(row->is_live == BOOL_TRUE ? "live" : "replayed"));
    return o;
}

/* The nearest and the farthest; the first by lookup where several are equal. */
static json_t *
highlights_json(const Results *results)
{
    const Result *best = NULL;
    const Result *worst = NULL;
    json_t *o = json_object();

    for (size_t i = 0; i < results->count; i++) {
        const Result *r = &results->items[i];

        if (is_void(r))
            continue;
        if (best == NULL || r->row->absolute_error < best->row->absolute_error)
            best = r;
        if (worst == NULL || r->row->absolute_error > worst->row->absolute_error)
            worst = r;
    }
    json_put(o, "best_prediction", best == NULL ? json_null() : result_json(best));
    json_put(o, "worst_prediction", worst == NULL ? json_null() : result_json(worst));
    return o;
}

static const Prediction *
find_prediction(const ResultsInput *in, const char *id)
{
    for (size_t i = 0; i < in->prediction_count; i++)
        if (strcmp(in->predictions[i].prediction_id, id) == 0)
            return &in->predictions[i];
    return NULL;
}

static const UpcomingPlayer *
find_player(const ResultsInput *in, const char *lookup)
{
    for (size_t i = 0; i < in->player_count; i++)
        if (strcmp(in->players[i].player_lookup, lookup) == 0)
            return &in->players[i];
    return NULL;
}

static int
compare_results(const void *a, const void *b)
{
    const Result *x = a;
    const Result *y = b;
    int order = strcmp(x->row->player_lookup, y->row->player_lookup);

    return order != 0 ? order : strcmp(x->row->game_id, y->row->game_id);
}

static bool
is_asked_for(const ResultsInput *in, const PredictionAccuracy *row)
{
    return date_equal(row->game_date, in->date) && strcmp(row->system_id, in->system) == 0;
}

static Results
gather(const ResultsInput *in, Arena *a)
{
    Result *items = arena_array(a, in->graded_count, sizeof(*items));
    size_t n = 0;

    for (size_t i = 0; i < in->graded_count; i++) {
        const PredictionAccuracy *row = &in->graded[i];

        if (is_asked_for(in, row))
            items[n++] = (Result){
                .row = row,
                .prediction = find_prediction(in, row->prediction_id),
                .player = find_player(in, row->player_lookup),
            };
    }
    if (n > 1)
        qsort(items, n, sizeof(*items), compare_results);
    return (Results){.items = items, .count = n};
}

size_t
results_graded_count(const ResultsInput *in)
{
    size_t n = 0;

    for (size_t i = 0; i < in->graded_count; i++)
        n += is_asked_for(in, &in->graded[i]) && in->graded[i].is_voided == BOOL_FALSE;
    return n;
}

const char *
results_json(const ResultsInput *in, Arena *a)
{
    Results results = gather(in, a);
    json_t *root = json_object();
    json_t *rows = json_array();

    for (size_t i = 0; i < results.count; i++)
        json_push(rows, result_json(&results.items[i]));
    json_put(root, "game_date", json_date(in->date));
    json_put(root, "model", json_model(in->system));
    json_put(root, "system", json_text(in->system));
    json_put(root, "summary", summary_json(&results));
    json_put(root, "breakdowns", breakdowns_json(&results));
    json_put(root, "results", rows);
    json_put(root, "highlights", highlights_json(&results));
    return json_render(root, a);
}
