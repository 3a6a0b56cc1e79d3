/*
 * workers/features/feature_affected_core.h
 *    Which rows of a date's feature store read what has changed.
 *
 * Holds for changes of outcomes that leave every row in its place: where a game or a player more or less,
 * another name or another team is among them, all rows are made again and nobody asks.
 */
#ifndef TIPOFF_WORKERS_FEATURE_AFFECTED_CORE_H
#define TIPOFF_WORKERS_FEATURE_AFFECTED_CORE_H

#include "libcore/base/key_set.h"
#include "workers/league/league.h"

typedef struct {
    KeySet summaries;                                              /* outcomes of earlier dates */
    KeySet upcoming, team_zones, player_zones, composites, caches; /* of the date */
} FeatureChanges;

/* By player_lookup. rows: the date's context as it is. Besides the changed players of every upstream: those
 * who meet a team whose defence has changed, and those whose team of today or of a game of the season has
 * changed outcomes. Made in a. */
AffectedRows feature_store_affected(const LeagueView *v, const FeatureChanges *changes, const UpcomingPlayer *rows,
                                    size_t count, Arena *a);
/* Rows of player_similarity. A change of any team's outcomes concerns everybody: whom a player met may have
 * been measured in games against that team. */
AffectedRows player_similarity_affected(const FeatureChanges *changes, Arena *a);

#endif
