/*
 * workers/publish/subsets_json.h
 *    What the groups are, how they have done, and the day's signal: systems/subsets.json,
 *    subsets/performance.json, signals/DATE.json.
 *
 * Texts are in a and have no generated_at.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_SUBSETS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_SUBSETS_JSON_H

#include "workers/publish/subsets.h"

const char *subsets_json(const char *system, Arena *a);

/* Over the last 7 days, the last 30 and the season, each ending with through. days: graded, of the season. */
const char *subsets_performance_json(const PickDays *days, GameDate through, const char *system, Arena *a);

/* signal: NULL when there is none. */
const char *signal_json(const SystemSignal *signal, GameDate date, const char *system, Arena *a);

#endif
