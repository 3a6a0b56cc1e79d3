/*
 * workers/precompute/player_shot_zone_core.h
 *    Where each player of the season takes his shots and how well he makes them.
 */
#ifndef TIPOFF_WORKERS_PLAYER_SHOT_ZONE_CORE_H
#define TIPOFF_WORKERS_PLAYER_SHOT_ZONE_CORE_H

#include "libcore/base/key_set.h"
#include "workers/precompute/windows_core.h"

typedef struct {
    PlayerZone *rows; /* sorted by player_lookup */
    size_t count;
    size_t expected;        /* players of the season with enough games */
    SkippedEntity *skipped; /* players with too few games, sorted by player_lookup */
    size_t skipped_count;
} PlayerZoneResult;

/* The zone in which he scores: paint from 40 percent of his shots, else threes from 40, else
 * mid-range from 35, else "balanced". NULL without shots. Rates are percent. */
const char *primary_scoring_zone(double paint_rate, double mid_range_rate, double three_pt_rate);

/* "excellent" from size games, "good" from 70 percent of it, "limited" from half, else
 * "insufficient". */
const char *shot_sample_quality(int32_t games, int32_t size);

/* A row for every player of the season with enough played games, whether or not he plays on the
 * date, or those of them that are asked for (only NULL: all); skipped and expected are of all. out's
 * arrays are made in a. All three zones come from shots; a game without them is left out of the sums. */
void player_shot_zone_compute_of(const LeagueView *v, const AffectedRows *only, Arena *a, PlayerZoneResult *out);
void player_shot_zone_compute(const LeagueView *v, Arena *a, PlayerZoneResult *out); /* all */

#endif
