/*
 * workers/features/calculated_features.h
 *    The formulas of the features that no table holds, each with the source of its value.
 *
 * A formula whose inputs are absent or too few gives no value and the source missing: never a
 * number that looks like a measurement. Results are rounded to 9 decimals.
 */
#ifndef TIPOFF_WORKERS_CALCULATED_FEATURES_H
#define TIPOFF_WORKERS_CALCULATED_FEATURES_H

#include <stddef.h>
#include <stdint.h>
#include "workers/features/feature_contract.h"
#include "workers/league/window.h"

typedef struct {
    double value; /* NULL_F64 where the source says that there is none, save a known 0 meetings */
    FeatureSource source;
    int32_t sample;     /* games that the value rests on; NULL_I32 where that means nothing */
    bool is_incomplete; /* its window lacks a game: the source is an incomplete one, or missing */
} FeatureValue;

enum { RECENT_GAMES = 10 };

/* A window of games that the player played or may have played, newest first; a game that he sat out is
 * not among them. Of a game that nobody knows (a hole) every value is NULL_F64. */
typedef struct {
    size_t count;
    double points[RECENT_GAMES];
    double minutes[RECENT_GAMES];
    double ft_makes[RECENT_GAMES];
} RecentGames;

/* The value with that source; missing where the value is NULL. */
FeatureValue feature_value(double value, FeatureSource source);
FeatureValue feature_missing(void);
/* The first of the two that has a value; when neither has, missing, and incomplete if one was. */
FeatureValue feature_either(FeatureValue first, FeatureValue second);
/* The value as its window allows: as it is; with an incomplete source; missing. */
FeatureValue feature_windowed(FeatureValue f, WindowCount window);
/* The value with an incomplete source if is_incomplete. */
FeatureValue feature_flagged(FeatureValue f, bool is_incomplete);
/* The value with its sample. */
FeatureValue feature_sampled(FeatureValue f, int32_t sample);

/* The newest n games, or all when there are fewer. */
WindowCount recent_window(const RecentGames *recent, size_t n);
/* Mean of the known ones among the first n values, NULL_F64 when there are fewer than n games, none
 * is known, or n is 0. Sums oldest first. */
double recent_mean(const double *newest_first, size_t count, size_t n);
/* Sample standard deviation of points; NULL_F64 with fewer than 2 known games. */
double recent_points_std(const RecentGames *recent);
/* Points a minute, sum over sum; NULL_F64 without minutes. */
double recent_points_per_minute(const RecentGames *recent);

/* Days of rest minus the opponent's, within 2 either way; each may be NULL_I32. */
FeatureValue calc_rest_advantage(int32_t days_rest, int32_t opponent_days_rest);
/* 0 available, 1 probable, 2 questionable, 3 doubtful or out, in any case of letters. NULL and any
 * other word are missing: an unknown status is not a healthy one. */
FeatureValue calc_injury_risk(const char *player_status);
/* Mean points of the newest 3 games minus the mean of the 2 before: a rise of 2 is 1, of 5 is 2,
 * and a fall counts below zero, so positive means improving. Needs 5 games, and one known of each. */
FeatureValue calc_recent_trend(const RecentGames *recent);
/* Relative change of minutes against the season: a tenth more is 1, a fifth more is 2, less counts
 * below zero. Either NULL or not above zero is missing. */
FeatureValue calc_minutes_change(double minutes_last_10, double minutes_season);
/* Free throws made over points, at most 0.5. Needs 5 games and a point. */
FeatureValue calc_free_throw_share(const RecentGames *recent);
/* Needs 5 games. */
FeatureValue calc_win_pct(int32_t wins, int32_t games);
/* missed of the team's games. Needs 3 games. */
FeatureValue calc_dnp_rate(int32_t missed, int32_t team_games);
/* Least-squares slope of points over game number, oldest first; a hole keeps its number. Needs 5 games,
 * two of them known. */
FeatureValue calc_points_slope(const RecentGames *recent);
/* (last 5 - season) / std, within 3 either way; missing where one is NULL or the std is 0. */
FeatureValue calc_points_zscore(double points_last_5, double points_season, double points_std);
/* 1 if last 5 > season + 1.5 std. */
FeatureValue calc_breakout_flag(double points_last_5, double points_season, double points_std);

#endif
