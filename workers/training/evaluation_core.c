/*
 * workers/training/evaluation_core.c
 *    Rows to be graded, and figures of those that are.
 */
#include "workers/training/evaluation_core.h"
#include <math.h>
#include <string.h>
#include "workers/grading/grading_core.h"

#define UNITS_OF_A_HIT 0.909

static const double edges[EVALUATION_EDGES] = {0.0, 3.0, 5.0};
/* The last one has no end. */
static const double bin_starts[EVALUATION_BINS] = {0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0};

/* ---- grading ---- */

Prediction
evaluation_prediction(const Example *e, const char *system_id, double points)
{
    Prediction p = prediction_null();

    p.game_date = e->date;
    p.game_id = e->game_id;
    p.player_lookup = e->player_lookup;
    p.player_name = e->player_name;
    p.team = e->team;
    p.opponent = e->opponent;
    p.system_id = system_id;
    p.version = 1;
    p.is_active = BOOL_TRUE;
    p.predicted_points = round(points * 10.0) / 10.0;
    p.current_points_line = e->line;
    p.line_margin = round((points - e->line) * 100.0) / 100.0;
    p.recommendation = isnan(e->line) ? "NO_LINE" : "PASS";
    p.feature_quality_score = e->quality_score;
    return p;
}

/* His line in the box score, as far as grading looks at it. */
static PlayerGame
box_score_of(const Example *e)
{
    PlayerGame g = player_game_null();

    g.game_date = e->date;
    g.game_id = e->game_id;
    g.player_lookup = e->player_lookup;
    g.team = e->team;
    g.minutes = e->minutes;
    g.points = (int32_t)e->points;
    g.is_team_complete = BOOL_TRUE;
    return g;
}

/* From *at on, those of one date. */
static const PlayerGame *
box_scores(const Example *examples, size_t count, size_t *at, GameDate date, Arena *a, size_t *found)
{
    PlayerGame *games;
    size_t first;

    while (*at < count && date_before(examples[*at].date, date))
        ++*at;
    first = *at;
    while (*at < count && date_equal(examples[*at].date, date))
        ++*at;
    games = arena_array(a, *at - first + 1, sizeof *games);
    *found = 0;
    for (size_t i = first; i < *at; i++)
        if (!isnan(examples[i].points))
            games[(*found)++] = box_score_of(&examples[i]);
    return games;
}

const PredictionAccuracy *
evaluation_grade(const Prediction *rows, size_t count, const Example *examples, size_t example_count, Arena *a)
{
    PredictionAccuracy *graded = arena_array(a, count + 1, sizeof *graded);
    size_t at = 0, done = 0;

    for (size_t from = 0, to; from < count; from = to) {
        const PlayerGame *games;
        GradedDate date;
        size_t found;

        for (to = from; to < count && date_equal(rows[to].game_date, rows[from].game_date);)
            to++;
        games = box_scores(examples, example_count, &at, rows[from].game_date, a, &found);
        date = grade_date(&rows[from], to - from, games, found, a);
        memcpy(&graded[done], date.rows, date.count * sizeof *graded);
        done += date.count;
    }
    return graded;
}

/* ---- figures ---- */

void
wilson_interval(size_t hits, size_t tries, double *low, double *high)
{
    const double z = 1.959963984540054, n = (double)tries, share = (double)hits / n;
    const double middle = share + z * z / (2.0 * n);
    const double half = z * sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n));

    *low = (middle - half) / (1.0 + z * z / n);
    *high = (middle + half) / (1.0 + z * z / n);
}

const char *
evaluation_outcome(const PredictionAccuracy *row)
{
    const char *outcome = row->lean_result != NULL ? row->lean_result : row->result;

    return strcmp(outcome, "pass") == 0 || strcmp(outcome, "void") == 0 ? NULL : outcome;
}

static void
count_pick(EdgeFigures *e, const char *outcome)
{
    e->hits += strcmp(outcome, "hit") == 0;
    e->misses += strcmp(outcome, "miss") == 0;
    e->pushes += strcmp(outcome, "push") == 0;
}

static CalibrationBin *
bin_of(EvaluationFigures *f, double predicted)
{
    size_t b = EVALUATION_BINS - 1;

    while (b > 0 && predicted < bin_starts[b])
        b--;
    return &f->bins[b];
}

static void
count_row(EvaluationFigures *f, const PredictionAccuracy *row)
{
    const char *outcome = evaluation_outcome(row);
    CalibrationBin *bin = bin_of(f, row->predicted_points);

    f->count++;
    f->mae += row->absolute_error;
    f->rmse += row->signed_error * row->signed_error;
    f->bias += row->signed_error;
    bin->count++;
    bin->predicted += row->predicted_points;
    bin->actual += row->actual_points;
    for (size_t e = 0; e < EVALUATION_EDGES && outcome != NULL; e++)
        if (fabs(row->line_margin) >= edges[e])
            count_pick(&f->edges[e], outcome);
}

static void
finish_edge(EdgeFigures *e)
{
    const size_t decided = e->hits + e->misses;

    e->units = UNITS_OF_A_HIT * (double)e->hits - (double)e->misses;
    e->hit_pct = e->low_pct = e->high_pct = NULL_F64;
    if (decided == 0)
        return;
    wilson_interval(e->hits, decided, &e->low_pct, &e->high_pct);
    e->low_pct *= 100.0;
    e->high_pct *= 100.0;
    e->hit_pct = 100.0 * (double)e->hits / (double)decided;
}

static double
mean_of(double sum, size_t count)
{
    return count > 0 ? sum / (double)count : NULL_F64;
}

EvaluationFigures
evaluation_figures(const PredictionAccuracy *rows, size_t count, const char *system_id)
{
    EvaluationFigures f = {.system_id = system_id};

    for (size_t e = 0; e < EVALUATION_EDGES; e++)
        f.edges[e].edge = edges[e];
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].system_id, system_id) == 0 && rows[i].is_voided != BOOL_TRUE)
            count_row(&f, &rows[i]);
    f.mae = mean_of(f.mae, f.count);
    f.rmse = sqrt(mean_of(f.rmse, f.count));
    f.bias = mean_of(f.bias, f.count);
    for (size_t e = 0; e < EVALUATION_EDGES; e++)
        finish_edge(&f.edges[e]);
    for (size_t b = 0; b < EVALUATION_BINS; b++) {
        f.bins[b].from = bin_starts[b];
        f.bins[b].to = b + 1 < EVALUATION_BINS ? bin_starts[b + 1] : (double)INFINITY;
        f.bins[b].predicted = mean_of(f.bins[b].predicted, f.bins[b].count);
        f.bins[b].actual = mean_of(f.bins[b].actual, f.bins[b].count);
    }
    return f;
}
