/*
 * workers/features/feature_store_worker.h
 *    The declaration of the feature-store worker, for the registry.
 */
#ifndef TIPOFF_WORKERS_FEATURE_STORE_WORKER_H
#define TIPOFF_WORKERS_FEATURE_STORE_WORKER_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec feature_store_worker;

#endif
