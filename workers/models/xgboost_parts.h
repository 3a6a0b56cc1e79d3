/*
 * workers/models/xgboost_parts.h
 *    What an XGBoost model of the tree booster consists of, as its file says it.
 */
#ifndef TIPOFF_WORKERS_XGBOOST_PARTS_H
#define TIPOFF_WORKERS_XGBOOST_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Node 0 is the root; some nodes may be out of use. Everything is borrowed. */
typedef struct {
    size_t node_count;
    const int32_t *left, *right; /* the children; left is -1 of a leaf */
    const int32_t *feature;
    const float *value; /* a leaf's value, or what a split compares with */
    const bool *is_missing_left;
} XgboostTree;

typedef struct {
    size_t feature_count;
    const char *const *names; /* a feature each; NULL when the model has none */
    const XgboostTree *trees;
    size_t tree_count;
    float base_score;
    const char *version; /* of the library that wrote it */
    const char *objective;
} XgboostParts;

#endif
