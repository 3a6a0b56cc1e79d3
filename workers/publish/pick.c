/*
 * workers/publish/pick.c
 *    Picks from prediction rows and from graded rows.
 */
#include "workers/publish/pick.h"

#include <stdlib.h>
#include <string.h>
#include "workers/grading/pick_side.h"

/* Rounded, or equal scores would differ in their last bits and never come to the next criterion. */
double
pick_score(const Pick *p)
{
    return round((p->edge * 10.0 + p->confidence_pct * 0.5) * 1e6) / 1e6;
}

bool
pick_is_recommended(const Pick *p)
{
    return !f64_is_null(p->line) && is_recommendation(p->recommendation);
}

/* The larger first, NaN last. */
static int
compare_falling(double x, double y)
{
    if (f64_is_null(x) || f64_is_null(y))
        return f64_is_null(x) - f64_is_null(y);
    return (x < y) - (x > y);
}

static int
compare_rank(const void *a, const void *b)
{
    const Pick *x = a;
    const Pick *y = b;
    int order = compare_falling(pick_score(x), pick_score(y));

    if (order == 0)
        order = compare_falling(x->edge, y->edge);
    return order != 0 ? order : strcmp(x->player_lookup, y->player_lookup);
}

static PickDay
ranked_day(GameDate date, Pick *picks, size_t count)
{
    SignalCounts counts = {0};

    if (count > 1)
        qsort(picks, count, sizeof(*picks), compare_rank);
    for (size_t i = 0; i < count; i++)
        signal_count(&counts, picks[i].recommendation, picks[i].edge);
    return (PickDay){.date = date, .picks = picks, .count = count, .signal = daily_signal(&counts)};
}

static Pick
pick_of_prediction(const Prediction *r)
{
    return (Pick){
        .prediction_id = r->prediction_id,
        .game_id = r->game_id,
        .is_home = r->is_home,
        .player = r->player_name,
        .player_lookup = r->player_lookup,
        .team = r->team,
        .opponent = r->opponent,
        .recommendation = r->recommendation,
        .predicted_points = r->predicted_points,
        .line = r->current_points_line,
        .edge = fabs(r->line_margin),
        .confidence_pct = r->confidence_score,
        .quality_score = r->feature_quality_score,
        .side = pick_side(r->predicted_points, r->current_points_line),
        .book = r->sportsbook,
        .is_actionable = r->is_actionable == BOOL_TRUE,
        .is_live = r->is_live == BOOL_TRUE,
        .actual_points = NULL_I32,
        .absolute_error = NULL_F64,
    };
}

static Pick
pick_of_accuracy(const PredictionAccuracy *r)
{
    return (Pick){
        .prediction_id = r->prediction_id,
        .game_id = r->game_id,
        .is_home = r->is_home,
        .player = r->player_name,
        .player_lookup = r->player_lookup,
        .team = r->team,
        .opponent = r->opponent,
        .recommendation = r->recommendation,
        .predicted_points = r->predicted_points,
        .line = r->line_value,
        .edge = fabs(r->line_margin),
        .confidence_pct = r->confidence_score,
        .quality_score = r->feature_quality_score,
        .side = pick_side(r->predicted_points, r->line_value),
        .book = r->line_bookmaker,
        .is_actionable = r->is_actionable == BOOL_TRUE,
        .is_live = r->is_live == BOOL_TRUE,
        .result = r->result,
        .actual_points = r->actual_points,
        .absolute_error = r->absolute_error,
    };
}

PickDay
pick_day_of_predictions(const Prediction *rows, size_t count, GameDate date, const char *system, Arena *a)
{
    Pick *picks = arena_array(a, count, sizeof(*picks));
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (rows[i].is_active == BOOL_TRUE && date_equal(rows[i].game_date, date)
            && strcmp(rows[i].system_id, system) == 0)
            picks[n++] = pick_of_prediction(&rows[i]);
    return ranked_day(date, picks, n);
}

typedef struct {
    GameDate date;
    Pick pick;
} DatedPick;

static int
compare_dates(const void *a, const void *b)
{
    const DatedPick *x = a;
    const DatedPick *y = b;

    return (x->date.days > y->date.days) - (x->date.days < y->date.days);
}

static size_t
collect_dated(const PredictionAccuracy *rows, size_t count, GameDate first, GameDate last, const char *system,
              DatedPick *out)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (date_before(rows[i].game_date, first) || date_before(last, rows[i].game_date)
            || strcmp(rows[i].system_id, system) != 0)
            continue;
        out[n++] = (DatedPick){.date = rows[i].game_date, .pick = pick_of_accuracy(&rows[i])};
    }
    if (n > 1)
        qsort(out, n, sizeof(*out), compare_dates);
    return n;
}

PickDays
pick_days_of_accuracy(const PredictionAccuracy *rows, size_t count, GameDate first, GameDate last, const char *system,
                      Arena *a)
{
    DatedPick *dated = arena_array(a, count, sizeof(*dated));
    size_t n = collect_dated(rows, count, first, last, system, dated);
    Pick *picks = arena_array(a, n, sizeof(*picks));
    PickDays days = {.days = arena_array(a, n, sizeof(*days.days))};

    for (size_t i = 0; i < n; i++)
        picks[i] = dated[i].pick;
    for (size_t start = 0, end; start < n; start = end) {
        end = start + 1;
        while (end < n && date_equal(dated[end].date, dated[start].date))
            end++;
        days.days[days.count++] = ranked_day(dated[start].date, picks + start, end - start);
    }
    return days;
}
