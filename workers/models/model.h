/*
 * workers/models/model.h
 *    A trained model, whatever library made it: read it, ask what it is, predict with it.
 *
 * It reads bytes and writes numbers: where a model is kept, and which one counts, are others' business. A model
 * does not change; any number of threads may predict with it.
 */
#ifndef TIPOFF_WORKERS_MODEL_H
#define TIPOFF_WORKERS_MODEL_H

#include "libcore/base/bytes.h"
#include "libcore/base/err.h"
#include "workers/models/model_info.h"

typedef struct Model Model;

/* Takes a file's bytes: CatBoost's .cbm or JSON, XGBoost's JSON; the first bytes say which. ERR_POISON when it is
 * malformed (the reason, with byte or path) or holds what cannot be evaluated here (the reason). The model is the
 * caller's and goes with model_free(). */
NODISCARD bool model_read(Bytes file, Model **out, Err *err);
void model_free(Model *m); /* NULL is fine */

/* Borrowed; lives as long as the model. */
const ModelInfo *model_info(const Model *m);

/* row: a float32 for every feature in the order of info->features, NaN where the value is missing. The formulas
 * are in oblivious_core.h and boosted_core.h; CatBoost's raw value, XGBoost's prediction without a limit on
 * trees. */
double model_predict_row(const Model *m, const float *row);
/* Row i begins at rows[i * stride], stride >= features. Gives the same bits as row by row. */
void model_predict(const Model *m, const float *rows, size_t count, size_t stride, double *out);

#endif
