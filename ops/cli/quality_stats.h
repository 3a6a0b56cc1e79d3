/*
 * ops/cli/quality_stats.h
 *    What many feature rows say of each feature, and which feature or category says the least. No database.
 *
 * A mean over everything hides what is at zero; so whoever shows one shows the lowest beside it.
 */
#ifndef TIPOFF_OPS_QUALITY_STATS_H
#define TIPOFF_OPS_QUALITY_STATS_H

#include <stdint.h>
#include "libcore/base/arena.h"
#include "workers/features/feature_contract.h"

/* Of one feature over all rows. Quality is the weight of the source, 0 to 100. */
typedef struct {
    int64_t rows;
    int64_t quality_sum;
    int64_t known;     /* rows in which a value could have been known: see counts_in_effective_mean */
    int64_t known_sum; /* their quality */
    int64_t owed;      /* of those, all but absent values of an optional feature */
    int64_t owed_sum;  /* their quality */
    int64_t at_zero;   /* rows whose quality is 0 */
    int64_t nulls;     /* rows without a value */
    int64_t defaults;  /* rows whose source is a default */
    int64_t incomplete;
    int64_t out_of_range;
    int32_t min;
    const char *producer; /* whom to ask: see feature_producer() */
} FeatureStats;

/* One decimal, halves away from zero; NULL_F64 of nothing. */
double quality_mean(int64_t sum, int64_t count);

/* As cells of a table; made in a. A mean with one decimal, NULL for NULL_F64; a count; a percentage. */
const char *mean_text(double mean, Arena *a);
const char *count_text(int64_t n, Arena *a);
const char *pct_text(int64_t part, int64_t whole, Arena *a);

/* The feature of the category with the lowest mean quality over what it owes, the first of equals; the
 * category's first feature when none owes anything. A first meeting, a feed that nobody wanted and a
 * player without a line make none the lowest, as in the column worst_category. */
FeatureIndex lowest_feature(const FeatureStats stats[FEATURE_COUNT], FeatureCategory category);

/* The mean quality of a category's features over what could be known; NULL_F64 when nothing could. */
double category_effective_mean(const FeatureStats stats[FEATURE_COUNT], FeatureCategory category);

/* The same over what a category owes; NULL_F64 when it owes nothing. */
double category_owed_mean(const FeatureStats stats[FEATURE_COUNT], FeatureCategory category);

/* The category whose mean over what it owes is lowest, the first of equals; one that owes nothing is
 * passed over. */
FeatureCategory lowest_category(const FeatureStats stats[FEATURE_COUNT]);

#endif
