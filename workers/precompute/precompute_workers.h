/*
 * workers/precompute/precompute_workers.h
 *    The four workers of the precompute phase, for the registry.
 */
#ifndef TIPOFF_WORKERS_PRECOMPUTE_WORKERS_H
#define TIPOFF_WORKERS_PRECOMPUTE_WORKERS_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec team_defense_zone_worker;
extern const WorkerSpec player_shot_zone_worker;
extern const WorkerSpec composite_factors_worker;
extern const WorkerSpec daily_cache_worker;

#endif
