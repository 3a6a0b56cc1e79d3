/*
 * workers/grading/grading_core.c
 *    Judging predictions against outcomes.
 */
#include "workers/grading/grading_core.h"

#include <stdlib.h>
#include <string.h>
#include "libcore/base/macros.h"
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

static bool
is_called_off(const Prediction *p)
{
    return p->is_live == BOOL_TRUE && p->invalidation_reason != NULL
           && (strcmp(p->invalidation_reason, "game_postponed") == 0
               || strcmp(p->invalidation_reason, "game_cancelled") == 0);
}

/* An active one goes before what was withdrawn, a newer version before an older one. */
static bool
stands_before(const Prediction *x, const Prediction *y)
{
    if (x->is_active != y->is_active)
        return x->is_active == BOOL_TRUE;
    return x->version > y->version;
}

static bool
is_of_same(const Prediction *x, const Prediction *y)
{
    return strcmp(x->player_lookup, y->player_lookup) == 0 && strcmp(x->system_id, y->system_id) == 0;
}

static bool
has_better(const Prediction *p, const Prediction *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((rows[i].is_active == BOOL_TRUE || is_called_off(&rows[i])) && is_of_same(p, &rows[i])
            && stands_before(&rows[i], p))
            return true;
    return false;
}

/* What was published, in the order in which sums run. */
static const Prediction **
published_predictions(const Prediction *rows, size_t count, Arena *a, size_t *published_count)
{
    const Prediction **published = arena_array(a, count, sizeof(*published));
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (rows[i].is_active == BOOL_TRUE || (is_called_off(&rows[i]) && !has_better(&rows[i], rows, count)))
            published[n++] = &rows[i];
    if (n > 1)
        qsort(published, n, sizeof(*published), compare_predictions);
    *published_count = n;
    return published;
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

/* Both teams' box scores are complete. */
static bool
is_final(const Prediction *p, const PlayerGame *games, size_t count)
{
    bool own = false, other = false;

    for (size_t i = 0; i < count; i++) {
        if (games[i].is_team_complete != BOOL_TRUE || strcmp(games[i].game_id, p->game_id) != 0)
            continue;
        own |= strcmp(games[i].team, p->team) == 0;
        other |= strcmp(games[i].team, p->opponent) == 0;
    }
    return own && other;
}

static int
compare_lookup_to_player(const void *lookup, const void *player)
{
    return strcmp(lookup, ((const UpcomingPlayer *)player)->player_lookup);
}

static const char *
status_before(const GradeInput *in, const char *lookup)
{
    const UpcomingPlayer *p = in->player_count == 0 ? NULL
                                                    : bsearch(lookup, in->players, in->player_count,
                                                              sizeof(*in->players), compare_lookup_to_player);

    return p == NULL ? NULL : p->player_status;
}

static const char *
dnp_reason(const char *status)
{
    static const struct {
        const char *status, *reason;
    } reasons[] = {{"out", VOID_INJURY_CONFIRMED},
                   {"doubtful", VOID_INJURY_CONFIRMED},
                   {"questionable", VOID_LATE_SCRATCH},
                   {"probable", VOID_LATE_SCRATCH},
                   {"available", VOID_DNP_UNKNOWN}};

    for (size_t i = 0; status != NULL && i < ARRAY_LEN(reasons); i++)
        if (strcmp(reasons[i].status, status) == 0)
            return reasons[i].reason;
    return VOID_DID_NOT_PLAY;
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

static int32_t
decile(double pct)
{
    const int32_t d = (int32_t)(pct / 10.0) + 1;

    return d > 10 ? 10 : d;
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
    row.confidence_decile = decile(p->confidence_score);
    row.filter_reason = p->filter_reason;
    row.line_source = p->line_source;
    row.model_version = p->model_version;
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

static void
grade_in_its_game(const GradeInput *in, const Prediction *p, PredictionAccuracy *row, size_t *holes)
{
    bool is_complete;
    const PlayerGame *outcome = find_outcome(p, in->games, in->game_count, &is_complete);

    row->pre_game_injury_status = status_before(in, p->player_lookup);
    if (p->is_active != BOOL_TRUE) {
        void_row(row, p->invalidation_reason);
    } else if (outcome != NULL && has_played(outcome)) {
        grade_row(row, outcome);
    } else if (outcome != NULL || is_complete) {
        void_row(row, dnp_reason(row->pre_game_injury_status));
    } else {
        void_row(row, VOID_NOT_IN_BOXSCORE);
        ++*holes;
    }
}

GradedDate
grade_slate(const GradeInput *in, Arena *a)
{
    GradedDate g = {0};
    size_t count;
    const Prediction *const *published = published_predictions(in->predictions, in->prediction_count, a, &count);
    const char **pending = arena_array(a, count + 1, sizeof(*pending));

    g.rows = arena_array(a, count, sizeof(*g.rows));
    for (size_t i = 0; i < count; i++) {
        const Prediction *p = published[i];

        if (!in->is_over && p->is_active == BOOL_TRUE && !is_final(p, in->games, in->game_count)) {
            pending[g.pending_count++] = p->game_id;
            continue;
        }
        g.rows[g.count] = ungraded_row(p);
        grade_in_its_game(in, p, &g.rows[g.count++], &g.hole_count);
    }
    g.pending_games = key_set_sort(pending, g.pending_count);
    summarise_systems(&g, a);
    return g;
}

GradedDate
grade_date(const Prediction *predictions, size_t prediction_count, const PlayerGame *games, size_t game_count, Arena *a)
{
    const GradeInput in = {.predictions = predictions,
                           .prediction_count = prediction_count,
                           .games = games,
                           .game_count = game_count,
                           .is_over = true};

    return grade_slate(&in, a);
}

TextArray
grade_affected(const Prediction *predictions, size_t prediction_count, KeySet changed, Arena *a)
{
    const char **games = arena_array(a, prediction_count + 1, sizeof(*games));
    const char **players = arena_array(a, prediction_count + 1, sizeof(*players));
    size_t game_count = 0, n = 0;
    TextArray touched;

    for (size_t i = 0; i < prediction_count; i++)
        if (key_set_has(changed.players, predictions[i].player_lookup)
            || key_set_has(changed.teams, predictions[i].team) || key_set_has(changed.teams, predictions[i].opponent))
            games[game_count++] = predictions[i].game_id;
    touched = key_set_sort(games, game_count);
    for (size_t i = 0; i < prediction_count; i++)
        if (key_set_has(touched, predictions[i].game_id))
            players[n++] = predictions[i].player_lookup;
    return key_set_union(key_set_sort(players, n), changed.players, a);
}
