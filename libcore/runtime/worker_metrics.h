/*
 * libcore/runtime/worker_metrics.h
 *    The series of one worker process. README.md explains each name to those who alarm on it.
 *
 * One thread changes them, the admin thread reads them.
 */
#ifndef TIPOFF_RUNTIME_WORKER_METRICS_H
#define TIPOFF_RUNTIME_WORKER_METRICS_H

#include "libcore/base/clock.h"
#include "libcore/runtime/batch.h"
#include "libcore/runtime/health.h"

typedef struct WorkerMetrics WorkerMetrics;

/* Everything is borrowed. Never NULL. */
WorkerMetrics *worker_metrics_new(const char *worker, const char *build, const Clock *clock);
void worker_metrics_free(WorkerMetrics *m); /* NULL is fine */

/* Cells that were looked at without an event. */
void worker_metrics_scan(WorkerMetrics *m, const ScanResult *result);
/* A committed batch: what came of it, the bytes of its events' payloads, and how long it took. */
void worker_metrics_batch(WorkerMetrics *m, const BatchResult *result, size_t bytes, int64_t us);
void worker_metrics_letter(WorkerMetrics *m);
void worker_metrics_retry(WorkerMetrics *m);
void worker_metrics_in_flight(WorkerMetrics *m, size_t records);
/* The group has given us these partitions, or taken them. */
void worker_metrics_rebalance(WorkerMetrics *m, size_t owned);
void worker_metrics_paused(WorkerMetrics *m, size_t partitions);
/* topic is copied. */
void worker_metrics_lag(WorkerMetrics *m, const char *topic, int64_t events);
/* NULL where another process reports it: a figure that nobody refreshes is not shown. */
void worker_metrics_health(WorkerMetrics *m, const Health *h);

void worker_metrics_write(WorkerMetrics *m, Buf *out);

#endif
