/*
 * workers/publish/best_bets.c
 *    Choosing, ranking and showing best bets.
 */
#include "workers/publish/best_bets.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "workers/publish/json_out.h"

enum { KNOWN_FROM = 5 }; /* earlier picks, from which a player's share means something */
#define UNKNOWN_ACCURACY 0.85

static const struct {
    const char *name;
    double edge_from;
    size_t most;
} tiers[] = {{"premium", 5.0, 5}, {"strong", 3.0, 10}, {"value", 0.0, 10}};

typedef struct {
    const Pick *pick;
    int32_t hits, misses; /* of his earlier picks */
    double accuracy;      /* NaN below KNOWN_FROM of them */
    double score;
    size_t tier;
} Candidate;

double
best_bet_score(double confidence_pct, double edge, double accuracy)
{
    return confidence_pct / 100.0 * fmin(1.5, 1.0 + edge / 10.0) * (isnan(accuracy) ? UNKNOWN_ACCURACY : accuracy);
}

const char *
fatigue_level(int32_t fatigue_score)
{
    if (i32_is_null(fatigue_score))
        return NULL;
    if (fatigue_score >= 95)
        return "fresh";
    return fatigue_score >= 75 ? "normal" : "tired";
}

static int
compare_factors(const void *a, const void *b)
{
    const PlayerComposite *x = a;
    const PlayerComposite *y = b;

    return strcmp(x->player_lookup, y->player_lookup);
}

const PlayerComposite *
factors_of(const PlayerComposite *factors, size_t count, const char *player_lookup)
{
    const PlayerComposite wanted = {.player_lookup = player_lookup};

    return count == 0 ? NULL : bsearch(&wanted, factors, count, sizeof *factors, compare_factors);
}

/* ---- choosing ---- */

static int
compare_lookups(const void *a, const void *b)
{
    const Candidate *x = a;
    const Candidate *y = b;

    return strcmp(x->pick->player_lookup, y->pick->player_lookup);
}

/* The better score first, then the larger edge, then by lookup. */
static int
compare_scores(const void *a, const void *b)
{
    const Candidate *x = a;
    const Candidate *y = b;

    if (x->score > y->score || x->score < y->score)
        return x->score > y->score ? -1 : 1;
    if (x->pick->edge > y->pick->edge || x->pick->edge < y->pick->edge)
        return x->pick->edge > y->pick->edge ? -1 : 1;
    return compare_lookups(a, b);
}

static bool
is_eligible(const Pick *p)
{
    return pick_is_recommended(p) && p->predicted_points < 25.0
           && !(p->confidence_pct >= 88.0 && p->confidence_pct < 90.0);
}

static size_t
tier_of(const Pick *p)
{
    size_t tier = 0;

    while (p->edge < tiers[tier].edge_from)
        tier++;
    return tier;
}

static void
count_past(Candidate *candidates, size_t count, const PickDays *past, GameDate date)
{
    for (size_t d = 0; d < past->count && count > 0; d++) {
        const PickDay *day = &past->days[d];

        for (size_t i = 0; i < day->count && date_before(day->date, date); i++) {
            const Candidate wanted = {.pick = &day->picks[i]};
            Candidate *c = bsearch(&wanted, candidates, count, sizeof *candidates, compare_lookups);
            const char *result = day->picks[i].result;

            if (c == NULL || result == NULL)
                continue;
            c->hits += strcmp(result, "hit") == 0;
            c->misses += strcmp(result, "miss") == 0;
        }
    }
}

static void
judge(Candidate *c)
{
    const int32_t n = c->hits + c->misses;

    c->accuracy = n >= KNOWN_FROM ? (double)c->hits / n : NULL_F64;
    c->score = best_bet_score(c->pick->confidence_pct, c->pick->edge, c->accuracy);
    c->tier = tier_of(c->pick);
}

/* ---- rows ---- */

static TextArray
rationale(const Candidate *c, int32_t fatigue, Arena *a)
{
    enum { MOST = 4 };
    const char **lines = arena_array(a, MOST, sizeof *lines);
    int32_t n = 0;

    lines[n++] = arena_printf(a, "Expected %.1f points %s the line of %.1f", c->pick->edge,
                              strcmp(c->pick->recommendation, "OVER") == 0 ? "above" : "below", c->pick->line);
    lines[n++] = arena_printf(a, "Confidence %.0f of 100", c->pick->confidence_pct);
    if (!isnan(c->accuracy))
        lines[n++] = arena_printf(a, "%d of his last %d picks hit", (int)c->hits, (int)(c->hits + c->misses));
    if (!i32_is_null(fatigue))
        lines[n++] = arena_printf(a, "Fatigue score %d of 100: %s", (int)fatigue, fatigue_level(fatigue));
    return (TextArray){lines, n};
}

static BestBet
bet_row(const Candidate *c, GameDate date, const char *system, int32_t fatigue, size_t rank, Arena *a)
{
    const Pick *p = c->pick;

    return (BestBet){
        .game_date = date,
        .player_lookup = p->player_lookup,
        .system_id = system,
        .prediction_id = p->prediction_id,
        .rank = (int32_t)rank,
        .tier = tiers[c->tier].name,
        .game_id = p->game_id,
        .player_name = p->player,
        .team = p->team,
        .opponent = p->opponent,
        .recommendation = p->recommendation,
        .line = p->line,
        .predicted_points = p->predicted_points,
        .edge = p->edge,
        .confidence_score = p->confidence_pct,
        .composite_score = c->score,
        .historical_accuracy = c->accuracy,
        .sample_size = c->hits + c->misses,
        .fatigue_score = fatigue,
        .rationale = rationale(c, fatigue, a),
        .is_live = p->is_live ? BOOL_TRUE : BOOL_FALSE,
    };
}

const BestBet *
best_bets(const PickDay *day, const PickDays *past, const PlayerComposite *factors, size_t factor_count,
          const char *system, Arena *a, size_t *count)
{
    Candidate *candidates = arena_array(a, day->count + 1, sizeof *candidates);
    BestBet *rows = arena_array(a, day->count + 1, sizeof *rows);
    size_t taken[ARRAY_LEN(tiers)] = {0}, n = 0;

    for (size_t i = 0; i < day->count; i++)
        if (is_eligible(&day->picks[i]))
            candidates[n++].pick = &day->picks[i];
    qsort(candidates, n, sizeof *candidates, compare_lookups);
    count_past(candidates, n, past, day->date);
    for (size_t i = 0; i < n; i++)
        judge(&candidates[i]);
    qsort(candidates, n, sizeof *candidates, compare_scores);
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        const Candidate *c = &candidates[i];
        const PlayerComposite *f = factors_of(factors, factor_count, c->pick->player_lookup);

        if (taken[c->tier]++ >= tiers[c->tier].most)
            continue;
        rows[*count] = bet_row(c, day->date, system, f != NULL ? f->fatigue_score : NULL_I32, *count + 1, a);
        ++*count;
    }
    return rows;
}

/* ---- the file ---- */

static const PredictionAccuracy *
outcome_of(const BestBet *b, const PredictionAccuracy *graded, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(graded[i].player_lookup, b->player_lookup) == 0 && strcmp(graded[i].system_id, b->system_id) == 0)
            return &graded[i];
    return NULL;
}

static json_t *
lines_json(TextArray lines)
{
    json_t *o = json_array();

    for (int32_t i = 0; i < lines.count; i++)
        json_push(o, json_text(lines.items[i]));
    return o;
}

static json_t *
bet_json(const BestBet *b, const PredictionAccuracy *outcome)
{
    json_t *o = json_object();

    json_put(o, "rank", json_int(b->rank));
    json_put(o, "tier", json_text(b->tier));
    json_put(o, "player_lookup", json_text(b->player_lookup));
    json_put(o, "player_full_name", json_text(b->player_name));
    json_put(o, "game_id", json_text(b->game_id));
    json_put(o, "team", json_text(b->team));
    json_put(o, "opponent", json_text(b->opponent));
    json_put(o, "recommendation", json_text(b->recommendation));
    json_put(o, "line", json_points(b->line));
    json_put(o, "predicted", json_points(b->predicted_points));
    json_put(o, "edge", json_hundredths(b->edge));
    json_put(o, "confidence", json_hundredths(b->confidence_score));
    json_put(o, "composite_score", json_thousandths(b->composite_score));
    json_put(o, "player_historical_accuracy", json_thousandths(b->historical_accuracy));
    json_put(o, "player_sample_size", json_int(b->sample_size));
    json_put(o, "fatigue_score", json_int(b->fatigue_score));
    json_put(o, "fatigue_level", json_text(fatigue_level(b->fatigue_score)));
    json_put(o, "rationale", lines_json(b->rationale));
    json_put(o, "result", json_text(outcome == NULL ? NULL : outcome->result));
    json_put(o, "actual", json_int(outcome == NULL ? NULL_I32 : outcome->actual_points));
    json_put(o, "error", json_points(outcome == NULL ? NULL_F64 : outcome->absolute_error));
    return o;
}

static json_t *
summary_json(const BestBet *rows, size_t count)
{
    json_t *o = json_object();

    for (size_t t = 0; t < ARRAY_LEN(tiers); t++) {
        size_t n = 0;

        for (size_t i = 0; i < count; i++)
            n += strcmp(rows[i].tier, tiers[t].name) == 0;
        json_put(o, tiers[t].name, json_count(n));
    }
    return o;
}

static int
compare_ranks(const void *a, const void *b)
{
    const BestBet *const *x = a;
    const BestBet *const *y = b;

    return ((*x)->rank > (*y)->rank) - ((*x)->rank < (*y)->rank);
}

const char *
best_bets_json(const BestBet *rows, size_t count, const PredictionAccuracy *graded, size_t graded_count, GameDate date,
               const char *system, Arena *a)
{
    const BestBet **ranked = arena_array(a, count + 1, sizeof *ranked);
    json_t *root = json_object();
    json_t *picks = json_array();

    for (size_t i = 0; i < count; i++)
        ranked[i] = &rows[i];
    qsort(ranked, count, sizeof *ranked, compare_ranks);
    for (size_t i = 0; i < count; i++)
        json_push(picks, bet_json(ranked[i], outcome_of(ranked[i], graded, graded_count)));
    json_put(root, "game_date", json_date(date));
    json_put(root, "model", json_model(system));
    json_put(root, "system", json_text(system));
    json_put(root, "methodology",
             json_text("Recommended picks by confidence, edge and how often the player's earlier picks hit"));
    json_put(root, "total_picks", json_count(count));
    json_put(root, "tier_summary", summary_json(rows, count));
    json_put(root, "picks", picks);
    return json_render(root, a);
}
