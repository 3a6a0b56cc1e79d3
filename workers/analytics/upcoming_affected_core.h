/*
 * workers/analytics/upcoming_affected_core.h
 *    Which rows of a date's context read what has changed.
 *
 * Holds for changes that leave every row in its place: where a game or a player more or less, another name
 * or another team is among them, all rows are made again and nobody asks.
 */
#ifndef TIPOFF_WORKERS_UPCOMING_AFFECTED_CORE_H
#define TIPOFF_WORKERS_UPCOMING_AFFECTED_CORE_H

#include "libcore/base/key_set.h"
#include "workers/league/league.h"

typedef struct {
    KeySet summaries; /* outcomes of earlier dates */
    bool feeds;       /* what is known of the date itself: lines, reports */
} UpcomingChanges;

/* By player_lookup. A changed team concerns everybody, by the league's pace; what the date's feeds say is
 * weighed against each other, so that it does too. A changed player concerns himself and those who play for
 * his team, who may have to do without him. Made in a. */
AffectedRows upcoming_context_affected(const LeagueView *v, const UpcomingChanges *changes, Arena *a);

#endif
