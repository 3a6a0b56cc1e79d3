/*
 * workers/publish/performance_json.h
 *    systems/performance.json: how each system has done over the last 7 days, the last 30 and the season.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PERFORMANCE_JSON_H
#define TIPOFF_WORKERS_PUBLISH_PERFORMANCE_JSON_H

#include "libcore/base/arena.h"
#include "tables_gen.h"

/* rows: of one season, in any order; windows end with its newest date. NULL without a row. The text, in a, has no
 * generated_at. */
const char *performance_json(const SystemDaily *rows, size_t count, const char *champion, Arena *a);

#endif
