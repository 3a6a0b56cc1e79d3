/*
 * workers/grading/grading_core.c
 *    Judging predictions against outcomes.
 */
#include "workers/grading/grading_core.h"

#include <stdlib.h>
#include <string.h>
#include "workers/grading/pick_side.h"

static int
compare_predictions(const void *a, const void *b)
{
    const Prediction *const *x = a;
    const Prediction *const *y = b;
    int order = strcmp((*x)->game_id, (*y)->game_id);

    if (order == 0)
        order = strcmp((*x)->player_lookup, (*y)->player_lookup);
    return order != 0 ? order : strcmp((*x)->system_id, (*y)->system_id);
}

/* The active ones in the order in which sums run. */
static const Prediction **
active_predictions(const Prediction *rows, size_t count, Arena *a, size_t *active_count)
{
    const Prediction **active = arena_array(a, count, sizeof(*active));
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (rows[i].is_active == BOOL_TRUE)
            active[n++] = &rows[i];
    if (n > 1)
        qsort(active, n, sizeof(*active), compare_predictions);
    *active_count = n;
    return active;
}

/* The player's line in the box score of his predicted game, or NULL; and whether his team's box
 * score is complete there. */
static const PlayerGame *
find_outcome(const Prediction *p, const PlayerGame *games, size_t count, bool *is_complete)
{
    const PlayerGame *found = NULL;

    *is_complete = false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(games[i].game_id, p->game_id) != 0)
            continue;
        if (strcmp(games[i].player_lookup, p->player_lookup) == 0)
            found = &games[i];
        if (strcmp(games[i].team, p->team) == 0 && games[i].is_team_complete == BOOL_TRUE)
            *is_complete = true;
    }
    return found;
}

static bool
has_played(const PlayerGame *g)
{
    return g->minutes > 0.0 || g->points > 0;
}

static double
round_tenth(double v)
{
    return round(v * 10.0) / 10.0;
}

static TriBool
tri(bool v)
{
    return v ? BOOL_TRUE : BOOL_FALSE;
}

static const char *
quality_tier(double score)
{
    if (score >= 80.0)
        return "HIGH";
    return score >= 70.0 ? "MEDIUM" : "LOW";
}

static PredictionAccuracy
ungraded_row(const Prediction *p)
{
    PredictionAccuracy row = prediction_accuracy_null();

    row.game_date = p->game_date;
    row.prediction_id = p->prediction_id;
    row.game_id = p->game_id;
    row.player_lookup = p->player_lookup;
    row.player_name = p->player_name;
    row.system_id = p->system_id;
    row.team = p->team;
    row.opponent = p->opponent;
    row.is_home = p->is_home;
    row.predicted_points = p->predicted_points;
    row.confidence_score = p->confidence_score;
    row.recommendation = p->recommendation;
    row.line_value = p->current_points_line;
    row.line_margin = p->line_margin;
    row.line_bookmaker = p->sportsbook;
    row.is_actionable = p->is_actionable;
    row.feature_quality_score = p->feature_quality_score;
    row.data_quality_tier = quality_tier(p->feature_quality_score);
    row.is_live = p->is_live;
    return row;
}

/* The side of a pick that nobody recommended; NULL for every other row. */
static const char *
lean_side(const PredictionAccuracy *row)
{
    if (is_recommendation(row->recommendation))
        return NULL;
    return pick_side(row->predicted_points, row->line_value);
}

static void
void_row(PredictionAccuracy *row, const char *reason)
{
    row->result = "void";
    row->lean_result = lean_side(row) != NULL ? "void" : NULL;
    row->is_voided = BOOL_TRUE;
    row->void_reason = reason;
}

static const char *
judge(const char *side, double line, double actual)
{
    bool is_over = strcmp(side, "OVER") == 0;
    bool is_under = strcmp(side, "UNDER") == 0;

    if (f64_is_null(line) || (!is_over && !is_under))
        return "pass";
    if (actual > line)
        return is_over ? "hit" : "miss";
    if (actual < line)
        return is_under ? "hit" : "miss";
    return "push";
}

static void
grade_row(PredictionAccuracy *row, const PlayerGame *outcome)
{
    const char *lean = lean_side(row);

    row->is_voided = BOOL_FALSE;
    row->actual_points = outcome->points;
    row->minutes_played = outcome->minutes;
    row->signed_error = round_tenth(row->predicted_points - outcome->points);
    row->absolute_error = fabs(row->signed_error);
    row->within_3_points = tri(row->absolute_error <= 3.0);
    row->within_5_points = tri(row->absolute_error <= 5.0);
    row->result = judge(row->recommendation, row->line_value, outcome->points);
    row->lean_result = lean != NULL ? judge(lean, row->line_value, outcome->points) : NULL;
    if (strcmp(row->result, "hit") == 0)
        row->prediction_correct = BOOL_TRUE;
    else if (strcmp(row->result, "miss") == 0)
        row->prediction_correct = BOOL_FALSE;
}

static void
count_result(SystemDaily *s, const PredictionAccuracy *row)
{
    bool is_hit = strcmp(row->result, "hit") == 0;
    bool is_over = strcmp(row->recommendation, "OVER") == 0;

    if (strcmp(row->result, "pass") == 0) {
        s->pass_count++;
        return;
    }
    s->recommendations_count++;
    s->correct_count += is_hit;
    s->incorrect_count += strcmp(row->result, "miss") == 0;
    s->push_count += strcmp(row->result, "push") == 0;
    s->over_count += is_over;
    s->over_correct += is_over && is_hit;
    s->under_count += !is_over;
    s->under_correct += !is_over && is_hit;
}

static SystemDaily
summarise(const char *system_id, const PredictionAccuracy *rows, size_t count)
{
    SystemDaily s = {.game_date = rows[0].game_date, .system_id = system_id};
    double absolute = 0.0;
    double bias = 0.0;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].system_id, system_id) != 0)
            continue;
        s.predictions_count++;
        if (rows[i].is_voided == BOOL_TRUE) {
            s.voided_count++;
            continue;
        }
        s.graded_count++;
        s.within_3_count += rows[i].within_3_points == BOOL_TRUE;
        s.within_5_count += rows[i].within_5_points == BOOL_TRUE;
        absolute += rows[i].absolute_error;
        bias += rows[i].signed_error;
        count_result(&s, &rows[i]);
    }
    s.mae = s.graded_count > 0 ? absolute / s.graded_count : NULL_F64;
    s.avg_bias = s.graded_count > 0 ? bias / s.graded_count : NULL_F64;
    return s;
}

static int
compare_systems(const void *a, const void *b)
{
    const SystemDaily *x = a;
    const SystemDaily *y = b;

    return strcmp(x->system_id, y->system_id);
}

static bool
is_summarised(const GradedDate *g, const char *system_id)
{
    for (size_t i = 0; i < g->system_count; i++)
        if (strcmp(g->systems[i].system_id, system_id) == 0)
            return true;
    return false;
}

static void
summarise_systems(GradedDate *g, Arena *a)
{
    g->systems = arena_array(a, g->count, sizeof(*g->systems));
    for (size_t i = 0; i < g->count; i++)
        if (!is_summarised(g, g->rows[i].system_id))
            g->systems[g->system_count++] = summarise(g->rows[i].system_id, g->rows, g->count);
    if (g->system_count > 1)
        qsort(g->systems, g->system_count, sizeof(*g->systems), compare_systems);
}

GradedDate
grade_date(const Prediction *predictions, size_t prediction_count, const PlayerGame *games, size_t game_count, Arena *a)
{
    GradedDate g = {0};
    const Prediction *const *active = active_predictions(predictions, prediction_count, a, &g.count);

    g.rows = arena_array(a, g.count, sizeof(*g.rows));
    for (size_t i = 0; i < g.count; i++) {
        bool is_complete;
        const PlayerGame *outcome = find_outcome(active[i], games, game_count, &is_complete);

        g.rows[i] = ungraded_row(active[i]);
        if (outcome != NULL && has_played(outcome)) {
            grade_row(&g.rows[i], outcome);
        } else if (outcome != NULL || is_complete) {
            void_row(&g.rows[i], VOID_DID_NOT_PLAY);
        } else {
            void_row(&g.rows[i], VOID_NOT_IN_BOXSCORE);
            g.hole_count++;
        }
    }
    summarise_systems(&g, a);
    return g;
}
