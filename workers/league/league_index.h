/*
 * workers/league/league_index.h
 *    A season's rows arranged by player and by team, so that the view of any of its dates is cut out
 *    of them without looking at every row again.
 *
 * Knows nothing of where the rows come from or of what is computed from them.
 */
#ifndef TIPOFF_WORKERS_LEAGUE_INDEX_H
#define TIPOFF_WORKERS_LEAGUE_INDEX_H

#include "workers/league/league.h"

typedef struct LeagueIndex LeagueIndex;

/* The index of a season, without outcomes. It lives in a and borrows the schedule's rows, of which
 * those of other seasons are left out. Never NULL. */
LeagueIndex *league_index_new(int32_t season_year, const ScheduleGame *schedule, size_t count, Arena *a);

/* Adds outcomes in any order; the schedule among rows is not looked at. The rows are borrowed and must
 * stay where they are. Each row may be added once. Ends the life of views that were cut before. */
void league_index_add(LeagueIndex *x, const LeagueRows *rows);

/* The view of a date of the season. It lives in a and borrows from the index. Never NULL. */
const LeagueView *league_index_view(const LeagueIndex *x, GameDate date, Arena *a);

#endif
