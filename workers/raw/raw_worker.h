/*
 * workers/raw/raw_worker.h
 *    Feed events become rows of the raw tables, once every part that the manifest lists is stored.
 */
#ifndef TIPOFF_WORKERS_RAW_WORKER_H
#define TIPOFF_WORKERS_RAW_WORKER_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec raw_worker;

#endif
