/*
 * workers/predictions/predictor_models.h
 *    The promoted models, kept in the process and read again when the registry has moved.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_PREDICTOR_MODELS_H
#define TIPOFF_WORKERS_PREDICTIONS_PREDICTOR_MODELS_H

#include "workers/models/model_registry.h"
#include "workers/predictions/systems.h"

/* Valid until the next call on the same connection. ERR_CONFIG when one of them cannot be used: then nothing is
 * to be predicted, by any system. */
NODISCARD bool predictor_models(DbTx *tx, const ModelRegistry **out, Err *err);

/* By system: the one that the date is predicted with, NULL without one. */
void predictor_models_of_date(const ModelRegistry *r, GameDate date,
                              const RegisteredModel *out[PREDICTION_SYSTEM_COUNT]);

#endif
