/*
 * workers/analytics/upcoming_context_worker.h
 *    The upcoming-context worker: what is known of a date's games before they begin.
 */
#ifndef TIPOFF_WORKERS_UPCOMING_CONTEXT_WORKER_H
#define TIPOFF_WORKERS_UPCOMING_CONTEXT_WORKER_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec upcoming_context_worker;

#endif
