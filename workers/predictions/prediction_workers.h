/*
 * workers/predictions/prediction_workers.h
 *    The coordinator asks for predictions of a date; the predictor group answers.
 */
#ifndef TIPOFF_WORKERS_PREDICTION_WORKERS_H
#define TIPOFF_WORKERS_PREDICTION_WORKERS_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec coordinator_worker;
extern const WorkerSpec predictor_worker;

#endif
