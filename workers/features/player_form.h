/*
 * workers/features/player_form.h
 *    What the games before a date say of one player: the raw material of his features.
 */
#ifndef TIPOFF_WORKERS_PLAYER_FORM_H
#define TIPOFF_WORKERS_PLAYER_FORM_H

#include "workers/features/calculated_features.h"
#include "workers/league/league.h"

enum { RECENT_DAYS = 60 }; /* older games say nothing of a player's form */

typedef struct {
    PlayerHistory history;
    RecentGames recent;         /* at most 10 games from 60 days before the date on, holes among them */
    WindowCount team_games;     /* at most 10, the newest of his teams': used are those of which it is
                                   known whether he played */
    int32_t team_games_missed;  /* those of them in which he did not */
    WindowCount meetings;       /* games against the opponent this season: used are those that he played */
    double meetings_points_avg; /* NULL_F64 without one */
} PlayerForm;

/* The form of a player before the view's date, on which he plays for team against opponent. A player
 * without a game has none: counts are 0 and means NULL. For team_games he belongs to the team of his
 * latest game until he plays for another, and to none before his first. Made in a. */
PlayerForm player_form(const LeagueView *v, const char *player_lookup, const char *team, const char *opponent,
                       Arena *a);

/* Means over all played games of the season; NULL_F64 without one. */
double form_season_points(const PlayerForm *form);
double form_season_minutes(const PlayerForm *form);

/* A team's wins before the view's date among its scheduled games; games.used are those with a complete
 * box score. */
typedef struct {
    int32_t wins;
    WindowCount games;
} TeamRecord;

/* Of no games where the schedule has no such team. */
TeamRecord team_record(const LeagueView *v, const char *team);

#endif
