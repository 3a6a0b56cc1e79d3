/*
 * workers/precompute/daily_cache_core.h
 *    A player's recent form on the morning of a game: means over his last 5, 10 and all games of
 *    the season, his team's pace, and what the schedule has asked of him lately.
 */
#ifndef TIPOFF_WORKERS_DAILY_CACHE_CORE_H
#define TIPOFF_WORKERS_DAILY_CACHE_CORE_H

#include "libcore/base/key_set.h"
#include "workers/precompute/windows_core.h"

typedef struct {
    PlayerCache *rows; /* sorted by player_lookup */
    size_t count;
    size_t expected;        /* upcoming players with enough games, the last one recent enough */
    SkippedEntity *skipped; /* the other upcoming players, sorted by player_lookup */
    size_t skipped_count;
} PlayerCacheResult;

/* What a date's cache is made of beside the season; rows of other dates are ignored. Borrowed. */
typedef struct {
    const UpcomingPlayer *upcoming;
    size_t upcoming_count;
    const PlayerZone *player_zones;
    size_t player_zone_count;
    const AffectedRows *only; /* rows to make; NULL: all */
} CacheInputs;

/* A row for every upcoming player with 3 or more played games, the last within 30 days, or those of them
 * that are asked for; skipped and expected are of all. out's arrays are made in a. Windows are those of
 * workers/league/window.h. */
void daily_cache_compute(const LeagueView *v, const CacheInputs *in, Arena *a, PlayerCacheResult *out);

#endif
