/*
 * workers/predictions/systems.h
 *    The prediction systems as a table: features and a line in, points, confidence and a
 *    recommendation out.
 *
 * A system never replaces a missing feature: without one that it requires it predicts nothing and
 * names it. Optional features that are missing add nothing.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_SYSTEMS_H
#define TIPOFF_WORKERS_PREDICTIONS_SYSTEMS_H

#include <stdbool.h>
#include <stddef.h>
#include "workers/features/feature_contract.h"

/* values: FEATURE_COUNT of them, NaN is missing. line: NaN without one. */
typedef struct {
    const double *values;
    double line;
} SystemInput;

/* predicted_points: 0-60, not rounded. confidence_pct: 0-100. missing: the name of a required
 * feature that has no value, and then nothing else is set; NULL otherwise. */
typedef struct {
    double predicted_points;
    double confidence_pct;
    const char *recommendation; /* OVER, UNDER, PASS or NO_LINE */
    const char *missing;
} SystemOutput;

typedef struct {
    const char *id;
    const char *public_code; /* how public files name the model */
    const char *model_version;
    /* A recommendation needs more than both. */
    double edge_over, confidence_over_pct;
    const FeatureIndex *required;
    size_t required_count;
    double (*points)(const double *values); /* before the clamp to 0-60 */
    double (*confidence_pct)(const double *values);
} PredictionSystem;

enum { PREDICTION_SYSTEM_COUNT = 2 };
extern const PredictionSystem prediction_systems[PREDICTION_SYSTEM_COUNT];

/* NULL for an unknown id. */
const PredictionSystem *prediction_system_by_id(const char *id);

SystemOutput system_predict(const PredictionSystem *system, const SystemInput *in);

#endif
