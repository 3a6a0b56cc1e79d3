/*
 * workers/predictions/actionable.h
 *    Which predictions are worth acting on, and the labels that a prediction row carries.
 *
 * Rows that are not actionable are stored all the same; the reason stands beside them.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_ACTIONABLE_H
#define TIPOFF_WORKERS_PREDICTIONS_ACTIONABLE_H

#include <stdbool.h>
#include <stdint.h>

/* A quality score below this marks a prediction, and keeps it out of the public groups. */
#define GOOD_QUALITY_SCORE 85.0

typedef struct {
    const char *recommendation; /* OVER, UNDER, PASS or NO_LINE */
    double confidence_pct;      /* 0-100 */
    double edge;                /* |prediction - line|; NaN without a line */
    double points_avg_season;
    double points_avg_last_5;
    bool is_quality_ready;
    int32_t required_default_count;
    const char *player_status; /* as in his context; NULL without injury reports */
} ActionableInput;

/* NULL when the prediction is actionable; else the first filter that holds it back. */
const char *actionable_filter_reason(const ActionableInput *in);

/* Scenarios, first match wins: what kind of bet a prediction would be, and which of them did well. Information
 * only. edge: NaN without a line. */
typedef struct {
    const char *recommendation;
    double line, edge;
    const char *player_lookup, *opponent;
} ScenarioInput;

/* non_actionable, optimal_over, ultra_high_edge_over, high_edge_over, standard_over, anti_under_low_line,
 * optimal_under, under_safe, under_risky, standard_under; unknown without a line or a side. */
const char *scenario_category(const ScenarioInput *in);

/* score: over the features whose feed and history exist. */
bool quality_is_low(double score);

/* star, starter, role or bench by the season's scoring average. */
const char *scoring_tier(double points_avg_season);

#endif
