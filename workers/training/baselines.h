/*
 * workers/training/baselines.h
 *    What a prediction has to be better than: the market's line, and his means before the game.
 */
#ifndef TIPOFF_WORKERS_TRAINING_BASELINES_H
#define TIPOFF_WORKERS_TRAINING_BASELINES_H

#include "workers/training/training_core.h"

typedef struct {
    const char *id;
    double (*points)(const Example *e); /* NaN where it is not known */
} Baseline;

enum { BASELINE_COUNT = 3 };
extern const Baseline baselines[BASELINE_COUNT]; /* market_line, last_10_mean, season_mean */

/* All of them have points for the example. */
bool baselines_know(const Example *e);

#endif
