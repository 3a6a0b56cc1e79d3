/*
 * workers/features/quality.h
 *    How far a feature row may be trusted, judged from the sources of its values alone.
 *
 * Every source has a weight. Shown scores are means over everything; judgements (tiers, floors,
 * alert level, readiness) are means over what this deployment and this matchup could know at all:
 * a feed that is not subscribed to, or a first meeting, is no fault of the row.
 */
#ifndef TIPOFF_WORKERS_FEATURE_QUALITY_H
#define TIPOFF_WORKERS_FEATURE_QUALITY_H

#include "libcore/base/arena.h"
#include "tables_gen.h"
#include "workers/features/feature_contract.h"

enum {
    QUALITY_TRAINING_WEIGHT = 85,   /* a source from here on is fit for training */
    QUALITY_CAP_ANY_DEFAULT = 69,   /* the most that a row with a required default can score */
    QUALITY_CAP_MANY_DEFAULTS = 49, /* and one with at least QUALITY_MANY_DEFAULTS of them */
    QUALITY_MANY_DEFAULTS = 5,
};

/*
 * Fills the quality columns of row: the score is the mean weight over all features, rounded to 2
 * decimals and capped by required defaults; effective_quality_score is the same mean over sources
 * that count in it; category means have 1 decimal. Judgements compare the rounded effective values,
 * so that the columns explain them:
 *
 *   tier             gold >= 95, silver >= 85, bronze >= 70, poor >= 50, else critical
 *   alert level      red below 50 in score or matchup; yellow with a required default or below 70
 *                    in either; else green
 *   quality ready    at least bronze, matchup >= 50, no required default
 *   training ready   at least silver, matchup >= 70, player history >= 80
 *
 * worst_category is the one with the lowest mean weight, leaving out what cannot be known and optional
 * values that are absent; of equal ones the first. has_composite_factors and has_opponent_defense are
 * false where a value of theirs could have been and is not. A category in which nothing could be known
 * counts as 0 in judgements and is NULL in its column. quality_alerts names each of
 * row->missing_processors ("player_shot_zone_missing"), which is set beforehand. Also fills
 * primary_data_source. Columns that need values (has_vegas_line, is_production_ready) and those that
 * identify the row are left alone. Arrays are made in a; labels are static.
 */
void quality_fill(const FeatureSource sources[FEATURE_COUNT], Arena *a, FeatureRow *row);

/* The tier of a score or a percentage. */
const char *quality_tier_name(double score);

#endif
