/*
 * libcore/runtime/worker_metrics.c
 *    Names and helps of the series.
 */
#include "libcore/runtime/worker_metrics.h"
#include <math.h>
#include <stdlib.h>
#include "libcore/base/metrics.h"

static const double EVENTS[] = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000};

struct WorkerMetrics {
    Metrics *registry;
    const Clock *clock;
    int64_t started_us;
    Metric *events, *fresh, *bytes, *batches, *cells, *rows, *letters, *retries, *rebalances;
    Metric *waits[GATE_WAITS];
    Metric *batch_events, *transaction;
    Metric *in_flight, *owned, *paused, *uptime;
    Metric *overdue, *open_letters, *unsettled, *oldest_unsettled;
    Metric *open_alerts[ALERT_SEVERITIES];
    Metric *measures[HEALTH_MEASURES_MAX]; /* those that are shown now */
    size_t measure_count;
};

static Metric *
counter(WorkerMetrics *m, const char *name, const char *help)
{
    return metrics_counter(m->registry, name, help, NULL, 0);
}

static Metric *
gauge(WorkerMetrics *m, const char *name, const char *help)
{
    return metrics_gauge(m->registry, name, help, NULL, 0);
}

static void
add_counters(WorkerMetrics *m)
{
    m->events = counter(m, "tipoff_events_total", "Events taken in and committed.");
    m->fresh = counter(m, "tipoff_events_fresh_total", "Events taken in that were no repetition.");
    m->bytes = counter(m, "tipoff_event_bytes_total", "Payload bytes of the events taken in.");
    m->batches = counter(m, "tipoff_batches_total", "Batches committed.");
    m->cells = counter(m, "tipoff_cells_total", "Cells that ended.");
    m->rows = counter(m, "tipoff_rows_written_total", "Rows of the cells that ended.");
    m->letters = counter(m, "tipoff_letters_total", "Events that became dead letters.");
    m->retries = counter(m, "tipoff_batch_retries_total", "Batches repeated after a transient error.");
    m->rebalances = counter(m, "tipoff_rebalances_total", "Times that the group gave or took partitions.");
    for (int i = 0; i < GATE_WAITS; i++) {
        const MetricLabel reason = {"reason", gate_wait_name((GateWait)i)};

        m->waits[i] = metrics_counter(m->registry, "tipoff_gate_waits_total",
                                      "Cells that were woken and found their gate shut, by what it waits for.", &reason,
                                      1);
    }
}

static void
add_gauges(WorkerMetrics *m)
{
    m->in_flight = gauge(m, "tipoff_producer_in_flight", "Records on their way to the broker.");
    m->owned = gauge(m, "tipoff_partitions_owned", "Partitions that this process owns.");
    m->paused = gauge(m, "tipoff_partitions_paused", "Partitions of these that an operator has paused.");
    m->uptime = gauge(m, "tipoff_uptime_seconds", "Age of this process.");
    m->overdue = gauge(m, "tipoff_cells_overdue", "Cells past their deadline, of the whole deployment.");
    m->open_letters = gauge(m, "tipoff_letters_open", "Dead letters that are open, of the whole deployment.");
    m->unsettled = gauge(m, "tipoff_outbox_unsettled", "Outbox rows that the broker has not confirmed.");
    m->oldest_unsettled = gauge(m, "tipoff_outbox_oldest_unsettled_seconds",
                                "Age of the oldest outbox row that the broker has not confirmed.");
    for (int s = 0; s < ALERT_SEVERITIES; s++) {
        const MetricLabel severity = {"severity", alert_severity_name((AlertSeverity)s)};

        m->open_alerts[s] = metrics_gauge(m->registry, "tipoff_alerts_open",
                                          "Alerts that are open, of the whole deployment.", &severity, 1);
    }
}

WorkerMetrics *
worker_metrics_new(const char *worker, const char *build, const Clock *clock)
{
    WorkerMetrics *m = calloc(1, sizeof *m);
    const MetricLabel info[] = {{"worker", worker}, {"build", build}};

    if (m == NULL)
        abort();
    m->registry = metrics_new();
    m->clock = clock;
    m->started_us = clock_mono_us(clock);
    metric_set(metrics_gauge(m->registry, "tipoff_build_info", "Always 1; the labels say what runs.", info, 2), 1);
    add_counters(m);
    add_gauges(m);
    m->batch_events = metrics_histogram(m->registry, "tipoff_batch_events", "Events in a committed batch.", NULL, 0,
                                        EVENTS, ARRAY_LEN(EVENTS));
    m->transaction = metrics_histogram(m->registry, "tipoff_transaction_seconds",
                                       "From a batch in hand to its commit, retries left out.", NULL, 0, METRIC_SECONDS,
                                       ARRAY_LEN(METRIC_SECONDS));
    worker_metrics_health(m, NULL);
    return m;
}

void
worker_metrics_free(WorkerMetrics *m)
{
    if (m == NULL)
        return;
    metrics_free(m->registry);
    free(m);
}

/* What ended, and who waits. */
static void
add_cells(WorkerMetrics *m, size_t cells, const RunStats *stats)
{
    metric_add(m->cells, cells);
    metric_add(m->rows, stats->rows);
    for (size_t i = 0; i < GATE_WAITS; i++)
        metric_add(m->waits[i], stats->waits[i]);
}

void
worker_metrics_scan(WorkerMetrics *m, const ScanResult *result)
{
    add_cells(m, result->cells, &result->stats);
}

void
worker_metrics_batch(WorkerMetrics *m, const BatchResult *result, size_t bytes, int64_t us)
{
    metric_add(m->events, result->events);
    metric_add(m->fresh, result->fresh);
    metric_add(m->bytes, bytes);
    metric_add(m->batches, 1);
    add_cells(m, result->cells, &result->stats);
    metric_observe(m->batch_events, (double)result->events);
    metric_observe(m->transaction, (double)us / 1e6);
}

void
worker_metrics_letter(WorkerMetrics *m)
{
    metric_add(m->letters, 1);
}

void
worker_metrics_retry(WorkerMetrics *m)
{
    metric_add(m->retries, 1);
}

void
worker_metrics_in_flight(WorkerMetrics *m, size_t records)
{
    metric_set(m->in_flight, (double)records);
}

void
worker_metrics_rebalance(WorkerMetrics *m, size_t owned)
{
    metric_add(m->rebalances, 1);
    metric_set(m->owned, (double)owned);
    if (owned == 0)
        metric_set(m->paused, 0);
}

void
worker_metrics_paused(WorkerMetrics *m, size_t partitions)
{
    metric_set(m->paused, (double)partitions);
}

void
worker_metrics_lag(WorkerMetrics *m, const char *topic, int64_t events)
{
    const MetricLabel label = {"topic", topic};

    metric_set(metrics_gauge(m->registry, "tipoff_consumer_lag_events",
                             "Events of this process's partitions that are not committed yet.", &label, 1),
               (double)events);
}

/* What was shown and is not said any more has no value. */
static void
show_measures(WorkerMetrics *m, const Health *h)
{
    for (size_t i = 0; i < m->measure_count; i++)
        metric_set(m->measures[i], (double)NAN);
    m->measure_count = 0;
    for (size_t i = 0; h != NULL && i < h->measure_count; i++) {
        const MetricLabel labels[] = {{"processor", h->measures[i].processor}, {"name", h->measures[i].name}};
        Metric *gauge = metrics_gauge(m->registry, "tipoff_cell_measure",
                                      "A figure that a cell has said, of the newest date that has one.", labels,
                                      ARRAY_LEN(labels));

        metric_set(gauge, h->measures[i].value);
        m->measures[m->measure_count++] = gauge;
    }
}

void
worker_metrics_health(WorkerMetrics *m, const Health *h)
{
    metric_set(m->overdue, h ? (double)h->overdue_cells : (double)NAN);
    metric_set(m->open_letters, h ? (double)h->open_letters : (double)NAN);
    metric_set(m->unsettled, h ? (double)h->unsettled : (double)NAN);
    metric_set(m->oldest_unsettled, h ? h->oldest_unsettled_s : (double)NAN);
    for (int s = 0; s < ALERT_SEVERITIES; s++)
        metric_set(m->open_alerts[s], h ? (double)h->open_alerts[s] : (double)NAN);
    show_measures(m, h);
}

void
worker_metrics_write(WorkerMetrics *m, Buf *out)
{
    metric_set(m->uptime, (double)(clock_mono_us(m->clock) - m->started_us) / 1e6);
    metrics_write(m->registry, out);
}
