/*
 * workers/predictions/system_rules.c
 *    The arithmetic of the systems that follow rules.
 *
 * Points, adjustments and limits are domain facts; nothing here is fitted, and nothing rounds.
 */
#include <math.h>
#include "workers/predictions/system_parts.h"

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
venue(const double *values, double home, double away)
{
    return values[FEATURE_HOME_AWAY] > 0.5 ? home : away;
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
    points += venue(values, 0.5, -0.5);
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
    points += venue(values, 0.8, -0.8);
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

void
moving_average_compute(const SystemInput *in, const SystemOutput *others, SystemOutput *out)
{
    (void)others;
    out->predicted_points = average_points(in->values);
    out->confidence_pct = steadiness_confidence_pct(in->values);
}

void
zone_matchup_compute(const SystemInput *in, const SystemOutput *others, SystemOutput *out)
{
    (void)others;
    out->predicted_points = zone_points(in->values);
    out->confidence_pct = steadiness_confidence_pct(in->values);
}

/* ---- games alike ---- */

static double
similarity_points(const PlayerSimilarity *similar, const double *values)
{
    double points = similar->baseline;

    points += (values[FEATURE_FATIGUE_SCORE] - 70.0) * 0.015;
    points += 0.4 * or_nothing(values[FEATURE_SHOT_ZONE_MISMATCH_SCORE]);
    points += 0.8 * or_nothing(values[FEATURE_PACE_SCORE]);
    points += 0.8 * or_nothing(values[FEATURE_USAGE_SPIKE_SCORE]);
    points += venue(values, 0.8, -0.5);
    return points;
}

static int
by_games(int32_t games)
{
    if (games >= 15)
        return 12;
    if (games >= 10)
        return 9;
    return games >= 7 ? 6 : -10;
}

static int
by_likeness(double score)
{
    if (score >= 85.0)
        return 12;
    if (score >= 75.0)
        return 9;
    return score >= 70.0 ? 6 : 3;
}

static int
by_deviation(double points_std)
{
    if (points_std < 4.0)
        return 10;
    if (points_std < 6.0)
        return 6;
    return points_std < 8.0 ? 2 : -5;
}

void
similarity_compute(const SystemInput *in, const SystemOutput *others, SystemOutput *out)
{
    const PlayerSimilarity *similar = in->similar;

    (void)others;
    if (similar == NULL || f64_is_null(similar->baseline)) {
        out->absent = similar == NULL || similar->reason == NULL ? "no_similar_games" : similar->reason;
        return;
    }
    out->predicted_points = similarity_points(similar, in->values);
    out->confidence_pct = 35 + by_games(similar->games) + by_likeness(similar->avg_score)
                          + by_deviation(similar->points_std);
}
