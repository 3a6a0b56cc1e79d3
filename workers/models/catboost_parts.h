/*
 * workers/models/catboost_parts.h
 *    What a CatBoost model consists of, as its files say it: the same for the binary form and for JSON.
 */
#ifndef TIPOFF_WORKERS_CATBOOST_PARTS_H
#define TIPOFF_WORKERS_CATBOOST_PARTS_H

#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

/* ENanValueTreatment of CatBoost's features.fbs. */
typedef enum { NAN_AS_IS, NAN_AS_FALSE, NAN_AS_TRUE } NanTreatment;

typedef struct {
    int64_t index;    /* the column, from 0 */
    const char *name; /* NULL or empty: none */
    bool has_nans;
    NanTreatment treatment;
    const float *borders;
    size_t border_count;
} CatboostFeature;

/* Everything is borrowed. Splits count through the borders of all features, in the features' order. A *_at is
 * the byte of the file at which the items begin, 0 where that is not known. */
typedef struct {
    const CatboostFeature *features;
    size_t feature_count;
    const int32_t
        *splits; /* of the first tree, of the second...; a tree's first split is the leaf index's lowest bit */
    size_t split_count, splits_at;
    const int32_t *depths; /* a tree each */
    size_t tree_count, depths_at;
    const int32_t *starts; /* where each tree's splits begin, if the file says it */
    size_t start_count, starts_at;
    const double *leaves; /* 2^depth a tree */
    size_t leaf_count, leaves_at;
    double scale, bias;
    const char *loss; /* its name, as "RMSE"; NULL where it is not said, or still in one of the next two */
    const char *loss_function, *params; /* JSON that may say it; NULL where there is none */
    const char *made_by, *made_at;      /* as in ModelInfo */
} CatboostParts;

#endif
