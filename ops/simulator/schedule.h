/*
 * ops/simulator/schedule.h
 *    Who plays whom, when and where: a regular season with off-days, an all-star break, a cup final
 *    and a few games that are moved to a later date.
 */
#ifndef TIPOFF_SIMULATOR_SCHEDULE_H
#define TIPOFF_SIMULATOR_SCHEDULE_H

#include "ops/simulator/league.h"

typedef struct {
    int number; /* counts from 0 over the season; the cup final comes last */
    const char *official_id;
    const char *odds_id; /* as the sources of lines call it */
    SimTeam *home, *away;
    GameDate date, first_date; /* they differ for a game that was postponed */
    Instant tip_off, first_tip_off;
    bool is_cup_final; /* in no schedule and without shots: no game of the regular season */
} SimGame;

/* games: sorted by date, then by number. */
typedef struct {
    int32_t season_year;
    SimGame *games;
    size_t count;
} SimSchedule;

/* Everything lives in a. Thirty teams play 82 games each; fewer play what comes nearest. */
SimSchedule schedule_make(const League *l, int32_t season_year, Arena *a);

bool game_was_postponed(const SimGame *g);

#endif
