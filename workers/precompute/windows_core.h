/*
 * workers/precompute/windows_core.h
 *    The arithmetic that the precompute cores share: sums over windows of games, and lists of entities
 *    that were skipped by rule.
 *
 * Sums run from the oldest game of a window to its newest, whatever order the rows arrived in.
 */
#ifndef TIPOFF_WORKERS_WINDOWS_CORE_H
#define TIPOFF_WORKERS_WINDOWS_CORE_H

#include "workers/league/row_index.h"
#include "workers/league/window.h"

/* A mean over the values that are there; start from zero. */
typedef struct {
    double sum;
    int32_t count;
} MeanSum;

void mean_add(MeanSum *m, double value); /* NULL_F64 is skipped */
double mean_value(const MeanSum *m);     /* NULL_F64 without values */

/* Shots in one zone over a window; start from zero. */
typedef struct {
    int64_t attempts;
    int64_t makes;
    int32_t games; /* those whose shots are known */
} ZoneSum;

void zone_add(ZoneSum *z, int32_t attempts, int32_t makes); /* skipped when either is NULL */
double zone_pct(const ZoneSum *z);                          /* fraction; NULL_F64 without attempts */
double zone_attempts_per_game(const ZoneSum *z);            /* over games whose shots are known */

/* In this order everywhere; ties between zones go to the first. */
typedef enum { ZONE_PAINT, ZONE_MID_RANGE, ZONE_PERIMETER, ZONE_COUNT } Zone;

const char *zone_name(Zone zone); /* "paint", "mid_range", "perimeter" */

/* Entities that get no row by rule, which is not a fault. Made in the arena given at the start. */
typedef struct {
    SkippedEntity *rows;
    size_t count;
} SkippedList;

SkippedList skipped_new(size_t capacity, Arena *a);
/* Strings are borrowed. Never beyond the capacity. */
void skipped_add(SkippedList *list, GameDate date, const char *processor, const char *entity, const char *reason,
                 const char *detail);

#define SKIP_INSUFFICIENT_DATA "INSUFFICIENT_DATA"
#define SKIP_STALE_DATA "STALE_DATA"

#endif
