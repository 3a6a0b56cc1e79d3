/*
 * workers/publish/publisher_worker.h
 *    The worker that composes the public files of a date: picks before its games, results after.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PUBLISHER_WORKER_H
#define TIPOFF_WORKERS_PUBLISH_PUBLISHER_WORKER_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec publisher_worker;

#endif
