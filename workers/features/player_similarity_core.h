/*
 * workers/features/player_similarity_core.h
 *    What each player of a date scored in his past games that were like the one to come.
 *
 * Both games are described by what was known before they began: the opponent's defence over its games
 * before that game, days of rest, venue and form. What is not known makes no two games alike.
 */
#ifndef TIPOFF_WORKERS_PLAYER_SIMILARITY_CORE_H
#define TIPOFF_WORKERS_PLAYER_SIMILARITY_CORE_H

#include "workers/league/league.h"

enum {
    SIMILAR_DAYS = 90,       /* older games are not looked at */
    SIMILAR_CANDIDATES = 30, /* nor are more than so many */
    SIMILAR_MOST = 20,
    SIMILAR_LEAST = 5,
    SIMILAR_SCORE = 70, /* of 100: from here on a game is alike */
};

/* Unknown is 0; neighbours are one step apart. */
typedef enum { DEFENSE_UNKNOWN, DEFENSE_ELITE, DEFENSE_AVERAGE, DEFENSE_WEAK } DefenseTier;
typedef enum { FORM_UNKNOWN, FORM_COLD, FORM_NORMAL, FORM_HOT } PlayerTrend;

/* A game as its morning saw it. */
typedef struct {
    DefenseTier opponent;
    int32_t days_rest; /* since his last game; NULL_I32: unknown */
    bool is_home;
    PlayerTrend trend;
} GameSetting;

/* Points allowed per 100 possessions: below 110 elite, below 115 average; NULL_F64 is unknown. */
DefenseTier defense_tier(double defensive_rating);
/* Points a game of the last five above those of the season: from 3 on hot, from -3 down cold. */
PlayerTrend player_trend(double points_avg_last_5, double points_avg_season);
/* 0-100: opponent 40 and 20 for a neighbouring tier; rest of 0, 1, 2 or more days 30 and 15; venue 15;
 * trend 15, and 5 when it differs. */
int similarity_score(const GameSetting *x, const GameSetting *y);

/* A row for each of the players, in their order, made in a. baseline: the mean of points in the best 20
 * games of 70 or more, weighted by their scores; points_std: of the population of those games. All four
 * figures are NULL below 5 such games, and reason says why: no_history, history_incomplete (under 70 percent
 * of the games that may have been his are known) or too_few_similar_games. */
PlayerSimilarity *player_similarity_compute(const LeagueView *v, const UpcomingPlayer *players, size_t count, Arena *a);

#endif
