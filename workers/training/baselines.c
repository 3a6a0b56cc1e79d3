/*
 * workers/training/baselines.c
 *    The baselines, each a column of the example.
 */
#include "workers/training/baselines.h"
#include <math.h>

static double
market_line(const Example *e)
{
    return e->line;
}

static double
last_10_mean(const Example *e)
{
    return e->values[FEATURE_POINTS_AVG_LAST_10];
}

static double
season_mean(const Example *e)
{
    return e->values[FEATURE_POINTS_AVG_SEASON];
}

const Baseline baselines[BASELINE_COUNT] = {
    {.id = "market_line", .points = market_line},
    {.id = "last_10_mean", .points = last_10_mean},
    {.id = "season_mean", .points = season_mean},
};

bool
baselines_know(const Example *e)
{
    for (int b = 0; b < BASELINE_COUNT; b++)
        if (isnan(baselines[b].points(e)))
            return false;
    return true;
}
