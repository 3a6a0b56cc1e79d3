/*
 * workers/registry.h
 *    Every worker of the binary.
 */
#ifndef TIPOFF_WORKERS_REGISTRY_H
#define TIPOFF_WORKERS_REGISTRY_H

#include "libcore/runtime/worker.h"

extern const WorkerSpec *const all_workers[]; /* NULL-terminated, in the order of the pipeline */

const WorkerSpec *worker_by_name(const char *name); /* NULL when there is none */

#endif
