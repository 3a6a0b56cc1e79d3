/*
 * ops/simulator/calendar.h
 *    The dates of a season, and a date for every game: rested teams, slates as full as the weekday's.
 */
#ifndef TIPOFF_SIMULATOR_CALENDAR_H
#define TIPOFF_SIMULATOR_CALENDAR_H

#include "ops/simulator/matchups.h"

enum { CALENDAR_DAYS = 174 }; /* from the opening night to the last day */

/* The opening night: the Tuesday from the 18th to the 24th of October. */
GameDate calendar_opening(int32_t season_year);
/* The night of the cup final, on which nobody else plays. */
GameDate calendar_cup_final(int32_t season_year);
/* 0 is Monday. */
int date_weekday(GameDate d);
/* False on Thanksgiving, Christmas Eve, around the cup final, in the all-star break, before the last
 * day, and outside the season. */
bool calendar_has_games(int32_t season_year, GameDate d);

/* A date for each matchup, in their order. Nobody plays twice a day or on three days in a row. */
const GameDate *calendar_spread(const League *l, int32_t season_year, const Matchup *games, size_t count, Arena *a);

/* What the team's rest would be worth with a game on that day: lower is better; is_free says that it
 * could play at all. For moving a game later. */
typedef struct {
    const GameDate *dates; /* of the team's other games, in any order */
    size_t count;
} TeamDates;
bool team_can_play(const TeamDates *t, GameDate d);

#endif
