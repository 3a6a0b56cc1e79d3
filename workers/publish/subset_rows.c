/*
 * workers/publish/subset_rows.c
 *    Counting a day's picks into rows.
 */
#include "workers/publish/subset_rows.h"
#include <string.h>

static bool
is_side(const Pick *p, const char *side)
{
    return strcmp(p->recommendation, side) == 0;
}

/* What is counted of picks with a line. Bounds are domain facts; NaN is no bound. */
static const struct {
    size_t column;           /* of SystemSignal */
    const char *side;        /* NULL: any */
    double line_from, below; /* the line's bounds */
    double edge_from, confidence_from;
} signal_counts[] = {
    {offsetof(SystemSignal, high_edge_picks), NULL, NAN, NAN, 5.0, NAN},
    {offsetof(SystemSignal, premium_picks), NULL, NAN, NAN, 3.0, 92.0},
    {offsetof(SystemSignal, optimal_over_count), "OVER", NAN, 12.0, 5.0, NAN},
    {offsetof(SystemSignal, optimal_under_count), "UNDER", 25.0, NAN, 3.0, NAN},
    {offsetof(SystemSignal, ultra_high_edge_count), "OVER", NAN, NAN, 7.0, NAN},
    {offsetof(SystemSignal, anti_pattern_count), "UNDER", NAN, 15.0, 3.0, NAN},
};

/* Comparisons with NaN are false. */
static void
count_pick(SystemSignal *s, const Pick *p)
{
    for (size_t i = 0; i < ARRAY_LEN(signal_counts); i++) {
        int32_t *n = (int32_t *)(void *)((char *)s + signal_counts[i].column);

        if ((signal_counts[i].side == NULL || is_side(p, signal_counts[i].side))
            && !(p->line < signal_counts[i].line_from) && !(p->line >= signal_counts[i].below)
            && p->edge >= signal_counts[i].edge_from && !(p->confidence_pct < signal_counts[i].confidence_from))
            ++*n;
    }
}

static const char *
skew(double pct_over)
{
    if (pct_over < 25.0)
        return "UNDER_HEAVY";
    return pct_over > 45.0 ? "OVER_HEAVY" : "BALANCED";
}

static const char *
volume(int32_t high_edge)
{
    if (high_edge < 3)
        return "LOW";
    return high_edge > 8 ? "HIGH" : "NORMAL";
}

bool
system_signal(const PickDay *day, const char *system, Arena *a, SystemSignal *out)
{
    double over = 0, under = 0, confidence = 0, edge = 0;

    *out = (SystemSignal){.game_date = day->date, .system_id = system};
    if (day->signal == SIGNAL_UNKNOWN)
        return false;
    for (size_t i = 0; i < day->count; i++) {
        const Pick *p = &day->picks[i];

        if (f64_is_null(p->edge))
            continue;
        out->total_picks++;
        over += is_side(p, "OVER");
        under += is_side(p, "UNDER");
        confidence += p->confidence_pct;
        edge += p->edge;
        count_pick(out, p);
    }
    out->pct_over = 100.0 * over / out->total_picks;
    out->pct_under = 100.0 * under / out->total_picks;
    out->avg_confidence = confidence / out->total_picks;
    out->avg_edge = edge / out->total_picks;
    out->skew_category = skew(out->pct_over);
    out->volume_category = volume(out->high_edge_picks);
    out->daily_signal = signal_name(day->signal);
    out->signal_explanation = arena_printf(a, "%.1f %% of %d are OVER, %d have an edge of 5 or more", out->pct_over,
                                           (int)out->total_picks, (int)out->high_edge_picks);
    return true;
}

static SubsetPick
pick_row(const Pick *p, const PickDay *day, const SubsetDef *subset, const char *system, size_t rank)
{
    return (SubsetPick){
        .game_date = day->date,
        .subset_id = subset->id,
        .player_lookup = p->player_lookup,
        .system_id = system,
        .prediction_id = p->prediction_id,
        .game_id = p->game_id,
        .rank_in_subset = (int32_t)rank,
        .player_name = p->player,
        .team = p->team,
        .opponent = p->opponent,
        .recommendation = p->recommendation,
        .predicted_points = p->predicted_points,
        .current_points_line = p->line,
        .edge = p->edge,
        .confidence_score = p->confidence_pct,
        .composite_score = pick_score(p),
        .feature_quality_score = p->quality_score,
        .daily_signal = signal_name(day->signal),
        .is_live = p->is_live ? BOOL_TRUE : BOOL_FALSE,
    };
}

const SubsetPick *
subset_pick_rows(const PickDay *day, const char *system, Arena *a, size_t *count)
{
    SubsetPick *rows = arena_array(a, day->count * SUBSET_COUNT + 1, sizeof *rows);

    *count = 0;
    for (size_t i = 0; i < SUBSET_COUNT; i++) {
        const Selection s = subset_select(&subset_table[i], day, a);

        for (size_t k = 0; k < s.count; k++)
            rows[(*count)++] = pick_row(s.picks[k], day, &subset_table[i], system, k + 1);
    }
    return rows;
}

static double
mean(double sum, int32_t count)
{
    return count == 0 ? NULL_F64 : sum / count;
}

static SubsetResult
result_row(const SubsetDef *subset, const PickDay *day, const char *system, Arena *a)
{
    const Selection s = subset_select(subset, day, a);
    const Tally t = subset_tally(subset, day, a);
    double edge = 0, confidence = 0, error = 0;
    SubsetResult r = {.game_date = day->date,
                      .subset_id = subset->id,
                      .system_id = system,
                      .total_picks = t.picks,
                      .graded_picks = t.wins + t.losses + t.pushes,
                      .voided_picks = t.voids,
                      .wins = t.wins,
                      .losses = t.losses,
                      .pushes = t.pushes,
                      .hit_rate = tally_hit_pct(&t),
                      .roi = tally_roi_pct(&t),
                      .units_won = tally_units(&t)};

    for (size_t i = 0; i < s.count; i++) {
        const Pick *p = s.picks[i];
        const bool is_over = is_side(p, "OVER"), is_win = p->result != NULL && strcmp(p->result, "hit") == 0;

        edge += p->edge;
        confidence += p->confidence_pct;
        error += f64_is_null(p->absolute_error) ? 0.0 : p->absolute_error;
        r.over_picks += is_over;
        r.under_picks += !is_over;
        r.over_wins += is_over && is_win;
        r.under_wins += !is_over && is_win;
    }
    r.avg_edge = mean(edge, r.total_picks);
    r.avg_confidence = mean(confidence, r.total_picks);
    r.mae = mean(error, r.graded_picks);
    return r;
}

const SubsetResult *
subset_result_rows(const PickDay *day, const char *system, Arena *a, size_t *count)
{
    SubsetResult *rows = arena_array(a, SUBSET_COUNT, sizeof *rows);

    *count = 0;
    for (size_t i = 0; i < SUBSET_COUNT; i++) {
        rows[*count] = result_row(&subset_table[i], day, system, a);
        *count += rows[*count].total_picks > 0;
    }
    return rows;
}
