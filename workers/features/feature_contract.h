/*
 * workers/features/feature_contract.h
 *    The feature vector as a contract: its features in their fixed order, and the sources that a
 *    value may have. Whoever needs a name, a range, a weight or an index takes it from here.
 *
 * It says what the vector is, not how a value is computed.
 */
#ifndef TIPOFF_WORKERS_FEATURE_CONTRACT_H
#define TIPOFF_WORKERS_FEATURE_CONTRACT_H

#include <stdbool.h>
#include "libcore/base/macros.h"

/* Names the order, the number and the meaning of the features; a change of any is a new version. */
extern const char feature_version[]; /* "v2_37features" */

typedef enum {
    FEATURE_POINTS_AVG_LAST_5,
    FEATURE_POINTS_AVG_LAST_10,
    FEATURE_POINTS_AVG_SEASON,
    FEATURE_POINTS_STD_LAST_10,
    FEATURE_GAMES_IN_LAST_7_DAYS,
    FEATURE_FATIGUE_SCORE,
    FEATURE_SHOT_ZONE_MISMATCH_SCORE,
    FEATURE_PACE_SCORE,
    FEATURE_USAGE_SPIKE_SCORE,
    FEATURE_REST_ADVANTAGE,
    FEATURE_INJURY_RISK,
    FEATURE_RECENT_TREND,
    FEATURE_MINUTES_CHANGE,
    FEATURE_OPPONENT_DEF_RATING,
    FEATURE_OPPONENT_PACE,
    FEATURE_HOME_AWAY,
    FEATURE_BACK_TO_BACK,
    FEATURE_PLAYOFF_GAME,
    FEATURE_PCT_PAINT,
    FEATURE_PCT_MID_RANGE,
    FEATURE_PCT_THREE,
    FEATURE_PCT_FREE_THROW,
    FEATURE_TEAM_PACE,
    FEATURE_TEAM_OFF_RATING,
    FEATURE_TEAM_WIN_PCT,
    FEATURE_VEGAS_POINTS_LINE,
    FEATURE_VEGAS_OPENING_LINE,
    FEATURE_VEGAS_LINE_MOVE,
    FEATURE_HAS_VEGAS_LINE,
    FEATURE_AVG_POINTS_VS_OPPONENT,
    FEATURE_GAMES_VS_OPPONENT,
    FEATURE_MINUTES_AVG_LAST_10,
    FEATURE_PPM_AVG_LAST_10,
    FEATURE_DNP_RATE,
    FEATURE_PTS_SLOPE_10G,
    FEATURE_PTS_VS_SEASON_ZSCORE,
    FEATURE_BREAKOUT_FLAG,
    FEATURE_COUNT,
} FeatureIndex;

typedef enum {
    CATEGORY_MATCHUP, /* also the critical set: a prediction leans on all of it */
    CATEGORY_PLAYER_HISTORY,
    CATEGORY_TEAM_CONTEXT,
    CATEGORY_VEGAS,
    CATEGORY_GAME_CONTEXT,
    CATEGORY_COUNT,
} FeatureCategory;

/* What a value is read from, and so which cell has to have written it. */
typedef enum {
    UPSTREAM_DAILY_CACHE,
    UPSTREAM_COMPOSITE,
    UPSTREAM_PLAYER_ZONE,
    UPSTREAM_TEAM_ZONE,
    UPSTREAM_CONTEXT,
    UPSTREAM_SUMMARY,
    UPSTREAM_CALCULATED, /* a formula over several of the above */
    UPSTREAM_COUNT,
} FeatureUpstream;

typedef struct {
    const char *table;     /* schema-qualified, or "calculated" */
    const char *processor; /* whose cell of the same date writes it; NULL for none */
} FeatureUpstreamSpec;

extern const FeatureUpstreamSpec feature_upstream_table[UPSTREAM_COUNT];

typedef struct {
    const char *name;
    FeatureCategory category;
    FeatureUpstream upstream;
    const char *feed;       /* unless subscribed to, an absent value is no fault; or NULL */
    bool is_required;       /* an absent value blocks a prediction */
    bool range_is_critical; /* a value outside the range drops the row; else it is a warning */
    double min, max;
    const char *description;
} FeatureSpec;

/* In the order of the vector. */
extern const FeatureSpec feature_contract[FEATURE_COUNT];

/* Where a value comes from. The last three mean that there is none. */
typedef enum {
    FEATURE_SOURCE_PHASE4,           /* a precompute row of the date */
    FEATURE_SOURCE_PHASE3,           /* analytics: the date's context, or game summaries */
    FEATURE_SOURCE_CALCULATED,       /* a formula whose inputs were all present */
    FEATURE_SOURCE_VEGAS,            /* a bookmaker's line */
    FEATURE_SOURCE_OPPONENT_HISTORY, /* games against today's opponent */
    FEATURE_SOURCE_MINUTES_PPM,      /* the last ten played games */
    FEATURE_SOURCE_DEFAULT,          /* a constant in place of a value; read, never written */
    FEATURE_SOURCE_FALLBACK,         /* a stand-in for a value; read, never written */
    FEATURE_SOURCE_MISSING,          /* the value should exist and does not */
    FEATURE_SOURCE_NOT_SUBSCRIBED,   /* its feed is not among the deployment's */
    FEATURE_SOURCE_NO_HISTORY,       /* a first meeting: there is nothing to know yet */
    FEATURE_SOURCE_COUNT,
} FeatureSource;

typedef struct {
    const char *label;     /* as rows carry it */
    int weight;            /* 0-100 */
    const char *canonical; /* phase4, phase3, calculated or default */
    bool counts_as_default;
    bool counts_in_effective_mean; /* and, where it is a default, against a required feature */
} FeatureSourceSpec;

extern const FeatureSourceSpec feature_source_table[FEATURE_SOURCE_COUNT];

/* The source with this label; false for any other text. */
NODISCARD bool feature_source_parse(const char *label, FeatureSource *out);

#endif
