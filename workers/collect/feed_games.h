/*
 * workers/collect/feed_games.h
 *    Which game a row of a feed belongs to.
 */
#ifndef TIPOFF_WORKERS_FEED_GAMES_H
#define TIPOFF_WORKERS_FEED_GAMES_H

#include "events_gen.h"

/* The scheduled game of both teams on that date, whoever is at home; NULL without one. Teams are
 * tricodes. */
const FeedGame *feed_game_find(const FeedSchedule *schedule, GameDate date, const char *team_a, const char *team_b);

/* The scheduled game of one team on that date, likewise. */
const FeedGame *feed_game_of_team(const FeedSchedule *schedule, GameDate date, const char *team);

/* "YYYYMMDD_AWAY_HOME" in a. */
const char *feed_game_id(Arena *a, GameDate date, const char *away_team, const char *home_team);

/* The id of a game that the schedule does not have: both teams in alphabetical order; "YYYYMMDD_TEAM"
 * where team_b is empty. */
const char *feed_unscheduled_game_id(Arena *a, GameDate date, const char *team_a, const char *team_b);

#endif
