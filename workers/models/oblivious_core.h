/*
 * workers/models/oblivious_core.h
 *    Oblivious trees, as CatBoost makes them: every node of a level asks the same, so that the answers are the
 *    bits of the leaf's index.
 *
 *    prediction = scale * sum + bias,  sum = leaf of tree 1 + leaf of tree 2 + ... in double, in this order
 *    leaf index = sum over the tree's splits s = 0, 1... of 2^s where value > border, both float32
 *
 * (CatBoost, catboost/libs/model: TFullModel, BinarizeFeatures.) A NaN is greater than no border, or than every
 * one where the model says so. The plain evaluator is the reference; the vectorised one gives the same bits.
 */
#ifndef TIPOFF_WORKERS_OBLIVIOUS_CORE_H
#define TIPOFF_WORKERS_OBLIVIOUS_CORE_H

#include "libcore/base/arena.h"
#include "workers/models/catboost_parts.h"
#include "workers/models/model_info.h"

enum { OBLIVIOUS_MAX_DEPTH = 16 };

typedef struct ObliviousTrees ObliviousTrees;

/* Checks the parts against each other and compiles them; ERR_POISON with the reason when they contradict. The
 * trees and what info is given (features, counts, depths, scale and bias; the rest is left) live in a. */
NODISCARD bool oblivious_compile(const CatboostParts *parts, Arena *a, const ObliviousTrees **out, ModelInfo *info,
                                 Err *err);

/* row: a float32 for every feature. No allocation up to 1,024 features. */
double oblivious_predict_row(const ObliviousTrees *t, const float *row);

/* Row i begins at rows[i * stride]; stride is at least the number of features. */
void oblivious_predict_plain(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, double *out);
/* Only where oblivious_has_vector() is true: on x86-64 with AVX2. */
void oblivious_predict_vector(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, double *out);
bool oblivious_has_vector(void);
/* The faster one that this machine has. */
void oblivious_predict(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, double *out);

#endif
