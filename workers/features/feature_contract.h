/*
 * workers/features/feature_contract.h
 *    The feature vector as a contract: its features in their fixed order, and the sources that a
 *    value may have. Whoever needs a name, a range, a weight or an index takes it from here.
 *
 * It says what the vector is, not how a value is computed. The tables and enums are generated from
 * schemas/features.toml, which schemas/FEATURES.md shows for reading.
 */
#ifndef TIPOFF_WORKERS_FEATURE_CONTRACT_H
#define TIPOFF_WORKERS_FEATURE_CONTRACT_H

#include <stdbool.h>
#include "feature_contract_gen.h"
#include "libcore/base/macros.h"

/* Names the order, the number and the meaning of the features; a change of any is a new version. */
extern const char feature_version[]; /* "v2_37features" */
/* Names the meaning of the quality columns. */
extern const char quality_version[];

extern const char *const feature_category_names[CATEGORY_COUNT];
extern const int feature_category_sizes[CATEGORY_COUNT];
/* Processors whose rows the category's features are read from, separated by commas. */
extern const char *const feature_category_producers[CATEGORY_COUNT];

typedef struct {
    const char *table;     /* schema-qualified, or "calculated" */
    const char *processor; /* whose cells write it; NULL for a formula */
} FeatureUpstreamSpec;

extern const FeatureUpstreamSpec feature_upstream_table[UPSTREAM_COUNT];

typedef struct {
    const char *name;
    FeatureCategory category;
    FeatureUpstream upstream;
    const char *origin;     /* the table or feed in which the fact itself stands */
    const char *feed;       /* unless subscribed to, an absent value is no fault; or NULL */
    bool is_required;       /* an absent value blocks a prediction */
    bool range_is_critical; /* a value outside the range drops the row; else it is a warning */
    double min, max;
    double min_std;      /* of a batch of rows: below it the feature says too little; 0 for no bound */
    int min_distinct;    /* likewise, of distinct values at 4 decimals */
    const char *absence; /* what reports call the absence of a value */
    const char *description;
} FeatureSpec;

/* In the order of the vector. */
extern const FeatureSpec feature_contract[FEATURE_COUNT];

/* What a source comes down to for those who know four kinds only, and nothing of a label of no kind. */
typedef enum {
    CANONICAL_PHASE4,
    CANONICAL_PHASE3,
    CANONICAL_CALCULATED,
    CANONICAL_UNKNOWN,
    CANONICAL_DEFAULT,
} CanonicalSource;

typedef struct {
    const char *label; /* as rows carry it */
    int weight;        /* 0-100 */
    CanonicalSource canonical;
    bool counts_as_default;        /* and then there is no value */
    bool counts_in_effective_mean; /* and, where it is a default, against a required feature; what does
                                      not is a default of weight 0 */
} FeatureSourceSpec;

extern const FeatureSourceSpec feature_source_table[FEATURE_SOURCE_COUNT];

/* The source with this label; false for any other text. */
NODISCARD bool feature_source_parse(const char *label, FeatureSource *out);

/* The source that a value has when its window lacks games; the source itself where it has no such kin. */
FeatureSource feature_source_incomplete(FeatureSource s);

#endif
