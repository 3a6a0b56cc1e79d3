/*
 * workers/predictions/systems.c
 *    The arithmetic of the prediction systems.
 *
 * Points, adjustments and thresholds are domain facts of the two rule systems; nothing here is
 * fitted, and nothing rounds.
 */
#include "workers/predictions/systems.h"

#include <math.h>
#include <string.h>

static const FeatureIndex average_needs[] = {
    FEATURE_POINTS_AVG_LAST_5,    FEATURE_POINTS_AVG_LAST_10, FEATURE_POINTS_AVG_SEASON, FEATURE_POINTS_STD_LAST_10,
    FEATURE_GAMES_IN_LAST_7_DAYS, FEATURE_FATIGUE_SCORE,      FEATURE_HOME_AWAY,         FEATURE_BACK_TO_BACK,
};

static const FeatureIndex zone_needs[] = {
    FEATURE_POINTS_AVG_SEASON, FEATURE_POINTS_STD_LAST_10,  FEATURE_GAMES_IN_LAST_7_DAYS, FEATURE_FATIGUE_SCORE,
    FEATURE_HOME_AWAY,         FEATURE_PCT_PAINT,           FEATURE_PCT_MID_RANGE,        FEATURE_PCT_THREE,
    FEATURE_PCT_FREE_THROW,    FEATURE_OPPONENT_DEF_RATING,
};

typedef struct {
    FeatureIndex share; /* a fraction */
    double factor;
} ZoneFactor;

static const ZoneFactor zone_factors[] = {
    {FEATURE_PCT_PAINT, 1.2},
    {FEATURE_PCT_MID_RANGE, 1.0},
    {FEATURE_PCT_THREE, 1.1},
    {FEATURE_PCT_FREE_THROW, 0.8},
};

static double
clamp(double v, double low, double high)
{
    return fmin(fmax(v, low), high);
}

static double
or_nothing(double v)
{
    return isnan(v) ? 0.0 : v;
}

/* Above 70 and above 50 of tiredness, which is what a fresh player lacks: the score has 100 for
 * fresh, so the penalty has to fall on its low values. */
static double
tiredness_penalty(const double *values, double heavy, double light)
{
    double tiredness = 100.0 - values[FEATURE_FATIGUE_SCORE];

    if (tiredness > 70.0)
        return heavy;
    return tiredness > 50.0 ? light : 0.0;
}

static double
venue(const double *values, double points)
{
    return values[FEATURE_HOME_AWAY] > 0.5 ? points : -points;
}

static double
average_points(const double *values)
{
    double points = 0.5 * values[FEATURE_POINTS_AVG_LAST_5] + 0.3 * values[FEATURE_POINTS_AVG_LAST_10]
                    + 0.2 * values[FEATURE_POINTS_AVG_SEASON];

    points += tiredness_penalty(values, -2.5, -1.0);
    points += 0.3 * or_nothing(values[FEATURE_SHOT_ZONE_MISMATCH_SCORE]);
    points += values[FEATURE_BACK_TO_BACK] > 0.5 ? -1.5 : 0.0;
    points += 0.3 * or_nothing(values[FEATURE_PACE_SCORE]);
    points += venue(values, 0.5);
    points += 0.4 * or_nothing(values[FEATURE_USAGE_SPIKE_SCORE]);
    return points;
}

static double
zone_weight(double share)
{
    if (share >= 0.40)
        return 1.0;
    return share >= 0.20 ? 0.7 : 0.4;
}

static double
zone_points(const double *values)
{
    double weakness = (values[FEATURE_OPPONENT_DEF_RATING] - 110.0) * 0.3;
    double points = values[FEATURE_POINTS_AVG_SEASON];

    for (size_t i = 0; i < ARRAY_LEN(zone_factors); i++)
        points += clamp(weakness * zone_factors[i].factor, -3.0, 3.0) * zone_weight(values[zone_factors[i].share]);
    points += 0.4 * or_nothing(values[FEATURE_PACE_SCORE]);
    points += venue(values, 0.8);
    points += tiredness_penalty(values, -1.5, -0.8);
    return points;
}

/* Whole percents, so that 45 is 45 and not a hair above or below the limit. The outcome lies
 * between 25 and 60. */
static double
steadiness_confidence_pct(const double *values)
{
    double std = values[FEATURE_POINTS_STD_LAST_10];
    double games = values[FEATURE_GAMES_IN_LAST_7_DAYS];
    int pct = 50;

    if (std > 6.0)
        pct -= 15;
    else if (std > 4.0)
        pct -= 8;
    if (games >= 3.0)
        pct += 10;
    else if (games >= 2.0)
        pct += 5;
    else
        pct -= 10;
    return pct;
}

const PredictionSystem prediction_systems[PREDICTION_SYSTEM_COUNT] = {
    {
        .id = "moving_average_baseline",
        .public_code = "M01",
        .model_version = "moving_average_baseline/1",
        .edge_over = 2.0,
        .confidence_over_pct = 45.0,
        .required = average_needs,
        .required_count = ARRAY_LEN(average_needs),
        .points = average_points,
        .confidence_pct = steadiness_confidence_pct,
    },
    {
        .id = "zone_matchup_v1",
        .public_code = "Z01",
        .model_version = "zone_matchup_v1/1",
        .edge_over = 2.0,
        .confidence_over_pct = 45.0,
        .required = zone_needs,
        .required_count = ARRAY_LEN(zone_needs),
        .points = zone_points,
        .confidence_pct = steadiness_confidence_pct,
    },
};

const PredictionSystem *
prediction_system_by_id(const char *id)
{
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        if (strcmp(prediction_systems[i].id, id) == 0)
            return &prediction_systems[i];
    return NULL;
}

static const char *
recommend(const PredictionSystem *system, double points, double confidence_pct, double line)
{
    double margin = points - line;

    if (isnan(line))
        return "NO_LINE";
    if (fabs(margin) <= system->edge_over || confidence_pct <= system->confidence_over_pct)
        return "PASS";
    return margin > 0.0 ? "OVER" : "UNDER";
}

SystemOutput
system_predict(const PredictionSystem *system, const SystemInput *in)
{
    SystemOutput out = {0};

    for (size_t i = 0; i < system->required_count; i++) {
        if (isnan(in->values[system->required[i]])) {
            out.missing = feature_contract[system->required[i]].name;
            return out;
        }
    }
    out.predicted_points = clamp(system->points(in->values), 0.0, 60.0);
    out.confidence_pct = system->confidence_pct(in->values);
    out.recommendation = recommend(system, out.predicted_points, out.confidence_pct, in->line);
    return out;
}
