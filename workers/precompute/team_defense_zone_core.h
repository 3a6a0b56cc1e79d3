/*
 * workers/precompute/team_defense_zone_core.h
 *    What each team allowed by shot zone over its last 15 games, against the league.
 */
#ifndef TIPOFF_WORKERS_TEAM_DEFENSE_ZONE_CORE_H
#define TIPOFF_WORKERS_TEAM_DEFENSE_ZONE_CORE_H

#include "workers/precompute/windows_core.h"

/* Mean field goal fractions allowed, one a zone. */
typedef struct {
    double pct[ZONE_COUNT];
} LeagueZones;

typedef struct {
    TeamZone *rows; /* sorted by team */
    size_t count;
    size_t expected;        /* teams that play on the date and have enough games */
    SkippedEntity *skipped; /* teams with too few games, sorted by team */
    size_t skipped_count;
} TeamZoneResult;

/* The mean over teams of makes/attempts allowed in the 30 days before the date. A team counts with
 * at least 10 complete games and attempts in all three zones; with fewer than 10 such teams the league's
 * long-run fractions stand in: 0.580 paint, 0.410 mid-range, 0.355 threes. */
LeagueZones team_defense_league_zones(const LeagueView *v);

/* A row for every team of the season with enough games; out's arrays are made in a. Its window is its
 * newest 15 scheduled games, of which those count whose box score is complete on the opponent's side,
 * too; one whose shots are unknown counts for points and ratings, not for zones. */
void team_defense_zone_compute(const LeagueView *v, Arena *a, TeamZoneResult *out);

#endif
