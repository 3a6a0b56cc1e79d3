/*
 * ops/simulator/simulate.h
 *    A season out of a seed.
 */
#ifndef TIPOFF_SIMULATOR_SIMULATE_H
#define TIPOFF_SIMULATOR_SIMULATE_H

#include <stddef.h>
#include <stdint.h>
#include "libcore/base/err.h"

enum { SEASON_FIRST = 2007, SEASON_LAST = 2098, FEWEST_TEAMS = 4, MOST_TEAMS = 30 };

typedef struct {
    int32_t season_year; /* within SEASON_FIRST and SEASON_LAST */
    uint64_t seed;
    size_t teams;     /* even, within FEWEST_TEAMS and MOST_TEAMS */
    size_t max_dates; /* the first dates with games only; 0: the whole season */
    const char *dir;
} SimulateJob;

typedef struct {
    size_t dates, games, files;
} SimulateResult;

/* "2025-26" is 2025; false for anything that is no such label. */
NODISCARD bool season_parse(const char *label, int32_t *season_year);

NODISCARD bool simulate_season(const SimulateJob *job, SimulateResult *out, Err *err);

#endif
