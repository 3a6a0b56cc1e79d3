/*
 * workers/features/feature_store_core.h
 *    One feature row for every player of a date: values, their sources and what they are worth.
 *
 * Pure: it reads what it is given and knows neither tables nor clocks.
 */
#ifndef TIPOFF_WORKERS_FEATURE_STORE_CORE_H
#define TIPOFF_WORKERS_FEATURE_STORE_CORE_H

#include "workers/features/feature_gaps.h"
#include "workers/league/league.h"

/* Everything is borrowed and in any order; rows of other dates than the view's must not be among them.
 * skipped: entities to which a precompute processor gave no row by its rules. */
typedef struct {
    const LeagueView *view;
    const UpcomingPlayer *players;
    size_t player_count;
    const PlayerCache *caches;
    size_t cache_count;
    const PlayerComposite *composites;
    size_t composite_count;
    const PlayerZone *player_zones;
    size_t player_zone_count;
    const TeamZone *team_zones;
    size_t team_zone_count;
    const SkippedEntity *skipped;
    size_t skipped_count;
    const char *const *feeds; /* that the deployment subscribes to, NULL-terminated */
} FeatureInputs;

/* Rows are sorted by player. Strings are borrowed from the inputs or static. */
typedef struct {
    FeatureRow *rows;
    size_t row_count;
    const SkippedEntity *skipped; /* players whose row broke a critical range */
    size_t skipped_count;
    const FeatureGap *gaps; /* by player */
    size_t gap_count;
    Instant as_of; /* the largest stamp among the rows'; INSTANT_NULL without one */
} FeatureStoreResult;

/*
 * A row for each player. A value comes from the precompute row of the date where there is one, and what
 * that row lacks is missing. Without a daily-cache row the three means of points, and what formulas need
 * of points and minutes, come from the player's own games (the last 60 days, and the season); nothing
 * else does. Minutes and points a minute of the last 10 games come from his own games first. What is not
 * there is NULL and its source says why: missing, no_history, or not_subscribed where the deployment lacks
 * the feed. Shares of shots, percents upstream, become fractions.
 *
 * A value whose window lacks up to 30 percent of its games has an incomplete source, one whose window
 * lacks more is missing; both are among incomplete_indices. no_history is for an opponent against whom
 * he has neither played nor may have.
 *
 * A value outside its range is among out_of_range_indices and adds "range_warning:NAME" to
 * quality_alerts, at most three of them; where the range is critical the player gets no row and is
 * listed as FEATURE_VALIDATION_ERROR. is_production_ready tells that all four precompute rows exist
 * and that they and the player's upcoming row are production ready, shots aside where the deployment
 * lacks them; missing_processors names those whose row does not exist. as_of is the later stamp of the line
 * and of the injury report that he goes by, NULL without either. Columns that tell when and from what a row
 * was made are the caller's.
 */
void feature_store_compute(const FeatureInputs *in, Arena *a, FeatureStoreResult *out);

/* Rows for the first two weeks of a season: no values, every source missing, score 0, not ready. */
void feature_store_placeholders(const UpcomingPlayer *players, size_t count, Arena *a, FeatureStoreResult *out);

#endif
