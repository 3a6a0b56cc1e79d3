/*
 * workers/precompute/composite_factors_core.h
 *    Four adjustments to a player's expected points: fatigue, shot zones against the opponent's
 *    defence, pace, and a change in usage.
 *
 * An adjustment whose inputs are missing is NULL and adds nothing to the total.
 */
#ifndef TIPOFF_WORKERS_COMPOSITE_FACTORS_CORE_H
#define TIPOFF_WORKERS_COMPOSITE_FACTORS_CORE_H

#include "libcore/base/key_set.h"
#include "workers/precompute/windows_core.h"

typedef struct {
    PlayerComposite *rows; /* sorted by player_lookup */
    size_t count;
    size_t expected; /* every upcoming player of the date */
} PlayerCompositeResult;

/* What the factors of a date are made of; rows of other dates are ignored. Borrowed. */
typedef struct {
    const UpcomingPlayer *upcoming;
    size_t upcoming_count;
    const PlayerZone *player_zones;
    size_t player_zone_count;
    const TeamZone *team_zones;
    size_t team_zone_count;
    const AffectedRows *only; /* rows to make; NULL: all */
} CompositeInputs;

/* 0-100, where 100 is fresh. From 100:
 *   back to back -15, else 3 or more days of rest +5; 4 or more games in 7 days -10; more than 240
 *   minutes in 7 days -10; more than 35 minutes a game in 7 days -8; two or more back to backs in
 *   14 days -12, one -5; age 35 or more -10, 30 or more -5.
 * A NULL input changes nothing. */
int32_t fatigue_score(const UpcomingPlayer *p);

/* (score - 100) / 20: points, from -5 to 0; NULL when the score is. */
double fatigue_adjustment(int32_t score);

/* Points, within 10 of 0: the opponent's percentage points above the league in the player's zone,
 * scaled by min(zone_rate_pct / 50, 1), and by 1.2 beyond 5. NULL when an input is. A balanced scorer is
 * matched on all three zones: the defence is the mean of theirs by his shares, and the rate all of it. */
double shot_zone_mismatch(double zone_rate_pct, double defense_vs_league);

/* Points, within 3 of 0: half the pace differential. NULL when it is. */
double pace_adjustment(double pace_differential);

/* Points, within 3 of 0: 0.3 a percentage point of usage above the average; with teammates among
 * the stars out, a rise counts 1.15 times for one and 1.30 times for more. NULL when a rate is;
 * 0 when the average is 0; NULL stars count as none. */
double usage_adjustment(double projected_pct, double average_pct, int32_t stars_out);

/* A row for every upcoming player of the date, or those of them that are asked for; out's rows are made in
 * a. Without the load of his last days, or the day of his last game, his fatigue is NULL. */
void composite_factors_compute(const LeagueView *v, const CompositeInputs *in, Arena *a, PlayerCompositeResult *out);

#endif
