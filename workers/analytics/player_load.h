/*
 * workers/analytics/player_load.h
 *    What a player has done lately, and at what pace both teams of his game play: the columns of his
 *    upcoming row that rest on windows of games.
 *
 * Windows are those of workers/league/window.h: a column whose window has less than 70 percent of its
 * games is NULL, and one that lacks a game at all is among incomplete_fields. When the box score of a
 * game after his newest one is missing, nobody knows how rested he is.
 */
#ifndef TIPOFF_WORKERS_PLAYER_LOAD_H
#define TIPOFF_WORKERS_PLAYER_LOAD_H

#include "workers/league/window.h"

/* Mean pace of the team's newest games with a complete box score, of the last most_games of its
 * schedule; NULL of none. *window, unless NULL, is the window. */
double team_pace_of(const LeagueTeam *t, size_t most_games, WindowCount *window);

/* Mean of the teams' season means; NULL of none. */
double league_pace_of(const LeagueView *v);

/* Fills the columns of u. opponent may be NULL: then there is no pace. Made in a. */
void player_load_fill(UpcomingPlayer *u, const LeagueView *v, const LeaguePlayer *player, const LeagueTeam *own,
                      const LeagueTeam *opponent, double league_pace, Arena *a);

#endif
