/*
 * workers/precompute/precompute_affected_core.h
 *    Which rows of a precompute cell read what has changed.
 *
 * Holds for changes of outcomes that leave every row in its place: where a game or a player more or less,
 * another name or another team is among them, all rows are made again and nobody asks. Everything is made
 * in the arena given.
 */
#ifndef TIPOFF_WORKERS_PRECOMPUTE_AFFECTED_CORE_H
#define TIPOFF_WORKERS_PRECOMPUTE_AFFECTED_CORE_H

#include "libcore/base/key_set.h"
#include "workers/league/league.h"

/* By team, from the changed outcomes: a changed team concerns all of them, by the league's averages; a
 * changed player none. */
AffectedRows team_defense_zone_affected(KeySet summaries);

/* By player, from the changed outcomes: he is made from his own games, and from which of his teams' games
 * have no complete box score. */
AffectedRows player_shot_zone_affected(const LeagueView *v, KeySet summaries, Arena *a);

typedef struct {
    KeySet upcoming, player_zones, team_zones; /* of the date */
} CompositeChanges;

/* By player. rows: the date's context as it is. A changed team concerns those who meet it. */
AffectedRows composite_factors_affected(const CompositeChanges *changes, const UpcomingPlayer *rows, size_t count,
                                        Arena *a);

typedef struct {
    KeySet summaries;              /* outcomes of earlier dates */
    KeySet upcoming, player_zones; /* of the date */
} CacheChanges;

/* By player. rows: the date's context as it is. A changed team concerns those who play for it today or
 * have in a game of the season. */
AffectedRows daily_cache_affected(const LeagueView *v, const CacheChanges *changes, const UpcomingPlayer *rows,
                                  size_t count, Arena *a);

#endif
