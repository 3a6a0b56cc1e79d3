/*
 * libcore/base/metrics.h
 *    Counters, gauges and histograms of one process, as text that Prometheus reads.
 *
 * Series are registered by one thread; their values may be changed and read by any thread at any
 * time. Labels are fixed at registration, so the number of series is bounded.
 */
#ifndef TIPOFF_BASE_METRICS_H
#define TIPOFF_BASE_METRICS_H

#include <stddef.h>
#include <stdint.h>
#include "libcore/base/bytes.h"

typedef struct Metrics Metrics;
typedef struct Metric Metric; /* one series; lives as long as its registry */

enum { METRICS_MAX = 1024, METRIC_LABELS_MAX = 6, METRIC_BUCKETS_MAX = 20 };

typedef struct {
    const char *name, *value;
} MetricLabel;

/* Never NULL. */
Metrics *metrics_new(void);
void metrics_free(Metrics *m); /* NULL is fine */

/* Register a series, or find the one with this name and these labels. name and help are static and
 * equal for all series of a name; labels are copied. More than METRICS_MAX series, or another type
 * under the same name, is a bug and aborts. */
Metric *metrics_counter(Metrics *m, const char *name, const char *help, const MetricLabel *labels, size_t count);
Metric *metrics_gauge(Metrics *m, const char *name, const char *help, const MetricLabel *labels, size_t count);
/* bounds: ascending upper bounds, static; +Inf is added. */
Metric *metrics_histogram(Metrics *m, const char *name, const char *help, const MetricLabel *labels, size_t count,
                          const double *bounds, size_t bound_count);

void metric_add(Metric *counter, uint64_t n);
void metric_set(Metric *gauge, double value);
void metric_observe(Metric *histogram, double value); /* NaN is dropped */

/* Appends every series in the text exposition format 0.0.4, grouped by name in order of
 * registration. A gauge that is NaN has no value now and is left out. */
void metrics_write(const Metrics *m, Buf *out);

/* Upper bounds in seconds that suit batches and waits, from 1 ms to 2 min. */
extern const double METRIC_SECONDS[12];

#endif
