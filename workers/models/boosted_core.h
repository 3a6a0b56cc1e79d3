/*
 * workers/models/boosted_core.h
 *    Binary trees, as XGBoost's gbtree makes them.
 *
 *    prediction = base score + leaf of tree 1 + leaf of tree 2 + ... in float32, in this order
 *    at a split: left where value < condition, both float32; a missing value (NaN) goes the split's default way
 *
 * (XGBoost, src/predictor/cpu_predictor.cc.) The same additions in the same order: the bits are libxgboost's.
 */
#ifndef TIPOFF_WORKERS_BOOSTED_CORE_H
#define TIPOFF_WORKERS_BOOSTED_CORE_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "workers/models/model_info.h"
#include "workers/models/xgboost_parts.h"

typedef struct BoostedTrees BoostedTrees;

/* Checks the parts and compiles them; ERR_POISON with tree and node when they are no trees. The trees and what
 * info is given (features, counts, depths, scale and bias; the rest is left) live in a. */
NODISCARD bool boosted_compile(const XgboostParts *parts, Arena *a, const BoostedTrees **out, ModelInfo *info,
                               Err *err);

/* row: a float32 for every feature, NaN where it is missing. */
float boosted_predict_row(const BoostedTrees *t, const float *row);
/* Row i begins at rows[i * stride]; stride is at least the number of features. The same bits. */
void boosted_predict(const BoostedTrees *t, const float *rows, size_t count, size_t stride, double *out);

#endif
