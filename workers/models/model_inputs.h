/*
 * workers/models/model_inputs.h
 *    From a feature vector to what a model takes, and from what its trees say to points: the names of its inputs,
 *    and the base that its trees correct.
 *
 *    points = base(features) + model_predict_row(inputs)
 */
#ifndef TIPOFF_WORKERS_MODEL_INPUTS_H
#define TIPOFF_WORKERS_MODEL_INPUTS_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "workers/features/feature_contract.h"
#include "workers/models/model.h"

enum { MODEL_MOST_INPUTS = FEATURE_COUNT };

/* What a model's trees are added to. Trained with one, a model must be served with the same. */
typedef enum {
    MODEL_BASE_NONE,          /* 0: the trees say the points themselves */
    MODEL_BASE_SEASON_MEAN,   /* points_avg_season */
    MODEL_BASE_MEANS,         /* (points_avg_last_10 + points_avg_season) / 2, or the one that is there */
    MODEL_BASE_LINE_OR_MEANS, /* vegas_points_line, or the means where there is none */
    MODEL_BASE_COUNT,
} ModelBase;

/* "none", "season_mean", "means", "line_or_means" */
const char *model_base_name(ModelBase base);
NODISCARD bool model_base_parse(const char *name, ModelBase *out);
/* values: FEATURE_COUNT of them, NaN where missing. NaN when nothing that the base rests on is there. */
double model_base_points(ModelBase base, const double *values);

/* Where a model's inputs stand in the feature vector. */
typedef struct {
    const int *feature_index; /* by input; -1 for one that has no name and that no tree asks for */
    const char *const *names; /* by input; "" for such a one */
    size_t count;
} ModelInputs;

/* Matches the model's names with the contract's: any of them, in any order. A CatBoost model without names (or with
 * indices for names), and exactly as many inputs as the contract has features, or 33, takes the contract's first
 * ones. ERR_CONFIG with the first name that is not the contract's, or when there are more inputs than
 * MODEL_MOST_INPUTS. *out lives in a. */
NODISCARD bool model_inputs_match(const ModelInfo *info, Arena *a, ModelInputs *out, Err *err);

/* row: room for in->count float32. */
void model_inputs_row(const ModelInputs *in, const double *values, float *row);

#endif
