/*
 * workers/training/trainer.h
 *    From examples to a model that predicts: what is evaluated is the file that a predictor would read.
 */
#ifndef TIPOFF_WORKERS_TRAINING_TRAINER_H
#define TIPOFF_WORKERS_TRAINING_TRAINER_H

#include "workers/models/registered_model.h"
#include "workers/training/training_core.h"

/* Trains on the rows in their order and reads the file back by our own evaluator. Appends the file to *file; the model
 * in *out is the caller's (model_free()), what else is in it lives in a. */
NODISCARD bool trainer_train(const XgboostLib *lib, const TrainingParams *params, const Example *const *rows,
                             size_t count, Arena *a, Buf *file, RegisteredModel *out, Err *err);

/* A model's points for a row as they are served: within 0-60. */
double model_points_served(const RegisteredModel *m, const double *values);

#endif
