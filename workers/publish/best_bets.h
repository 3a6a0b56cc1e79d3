/*
 * workers/publish/best_bets.h
 *    The best bets of a date: the recommended picks that have done best so far, ranked, and their file.
 *
 * Left out are predictions from 25 points and confidences from 88 to below 90: both have hit less than their
 * neighbours. Score: confidence (0-1) * min(1.5, 1 + edge / 10) * the share of the player's earlier picks of the
 * season that hit, which below 5 of them counts as 0.85. At most 5 of an edge from 5 (premium), 10 from 3
 * (strong) and 10 below (value).
 */
#ifndef TIPOFF_WORKERS_PUBLISH_BEST_BETS_H
#define TIPOFF_WORKERS_PUBLISH_BEST_BETS_H

#include "workers/publish/pick.h"

/* day: before its games. past: graded days of the season before it. factors: of the date, by player_lookup.
 * Rows by rank, made in a. */
const BestBet *best_bets(const PickDay *day, const PickDays *past, const PlayerComposite *factors, size_t factor_count,
                         const char *system, Arena *a, size_t *count);

/* The score of a pick; accuracy is NaN where too little is known. */
double best_bet_score(double confidence_pct, double edge, double accuracy);

/* "fresh" from 95, "normal" from 75, else "tired"; NULL of NULL_I32. */
const char *fatigue_level(int32_t fatigue_score);
/* The player's factors, or NULL. factors: by player_lookup. */
const PlayerComposite *factors_of(const PlayerComposite *factors, size_t count, const char *player_lookup);

/* best-bets/DATE.json. graded: the date's graded rows, or none before its games. rows: in any order. The text,
 * in a, has no generated_at. */
const char *best_bets_json(const BestBet *rows, size_t count, const PredictionAccuracy *graded, size_t graded_count,
                           GameDate date, const char *system, Arena *a);

#endif
