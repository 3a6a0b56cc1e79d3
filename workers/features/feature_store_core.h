/*
 * workers/features/feature_store_core.h
 *    One feature row for every player of a date: values, their sources and what they are worth.
 *
 * Pure: it reads what it is given and knows neither tables nor clocks.
 */
#ifndef TIPOFF_WORKERS_FEATURE_STORE_CORE_H
#define TIPOFF_WORKERS_FEATURE_STORE_CORE_H

#include "workers/league/league.h"

/* Everything is borrowed; rows of other dates than the view's must not be among them. */
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
    const char *const *feeds; /* that the deployment subscribes to, NULL-terminated */
} FeatureInputs;

/* In the order of the players given. Strings are borrowed from the inputs or static. */
typedef struct {
    const FeatureRow *rows;
    size_t row_count;
    const SkippedEntity *skipped; /* players whose row broke a critical range */
    size_t skipped_count;
    Instant as_of; /* the largest stamp among the rows'; INSTANT_NULL without one */
} FeatureStoreResult;

/*
 * A row for each player. A value comes from the precompute row of the date where there is one, else
 * from the player's own games where the feature can be had from them, else it is NULL and its
 * source says why: missing, no_history, or not_subscribed where the deployment lacks the feed.
 * Shares of shots, percents upstream, become fractions.
 *
 * A value outside its range adds "range_warning:NAME" to quality_alerts, at most three of them;
 * where the range is critical the player gets no row and is listed as FEATURE_VALIDATION_ERROR.
 * is_production_ready tells that all four precompute rows exist; missing_processors names those
 * whose row does not. as_of is the later stamp of the line and of the injury report that he goes by,
 * NULL without either.
 */
void feature_store_compute(const FeatureInputs *in, Arena *a, FeatureStoreResult *out);

/* Rows for the first two weeks of a season: no values, every source missing, score 0, not ready. */
void feature_store_placeholders(const UpcomingPlayer *players, size_t count, Arena *a, FeatureStoreResult *out);

#endif
