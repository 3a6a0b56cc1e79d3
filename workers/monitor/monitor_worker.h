/*
 * workers/monitor/monitor_worker.h
 *    The worker that looks at what the others have made, and tells people.
 */
#ifndef TIPOFF_WORKERS_MONITOR_MONITOR_WORKER_H
#define TIPOFF_WORKERS_MONITOR_MONITOR_WORKER_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec monitor_worker;

#endif
