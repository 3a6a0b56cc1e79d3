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
    RecentGames recent;       /* at most 10 played games of the last 60 days */
    double points_avg_season; /* NULL_F64 without a played game */
    double minutes_avg_season;
    int32_t team_games;         /* at most 10, the newest of his teams' with a complete box score */
    int32_t team_games_missed;  /* those of them in which he did not play */
    int32_t meetings;           /* games that he played against the opponent this season */
    double meetings_points_avg; /* NULL_F64 without one */
} PlayerForm;

/* The form of a player before the view's date. A player without a game has none: counts are 0 and
 * means NULL. He belongs to the team of his latest game until he plays for another, and to none
 * before his first. Scratch is made in a. */
PlayerForm player_form(const LeagueView *v, const char *player_lookup, const char *opponent, Arena *a);

/* Wins and games with a known winner of a team before the view's date. */
void team_record(const LeagueView *v, const char *team, int32_t *wins, int32_t *games);

#endif
