/*
 * libcore/base/metrics.c
 *    The registry: an array that only grows, whose length is published after its entries.
 */
#include "libcore/base/metrics.h"
#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef enum { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM } MetricType;

struct Metric {
    const char *name, *help;
    MetricType type;
    char *labels; /* as in the text format, without braces; may be empty */
    const double *bounds;
    size_t bound_count;
    _Atomic uint64_t count;
    _Atomic double value; /* the gauge, or the histogram's sum */
    _Atomic uint64_t buckets[METRIC_BUCKETS_MAX];
};

struct Metrics {
    Metric *series[METRICS_MAX];
    _Atomic size_t count;
};

const double METRIC_SECONDS[12] = {0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 5, 15, 60, 120};

Metrics *
metrics_new(void)
{
    Metrics *m = calloc(1, sizeof *m);

    if (m == NULL)
        abort();
    return m;
}

void
metrics_free(Metrics *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->count; i++) {
        free(m->series[i]->labels);
        free(m->series[i]);
    }
    free(m);
}

static void
put_label_value(Buf *b, const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '\\' || *s == '"')
            buf_put_u8(b, '\\');
        if (*s == '\n')
            buf_put_str(b, "\\n");
        else
            buf_put_u8(b, (uint8_t)*s);
    }
}

static char *
labels_text(const MetricLabel *labels, size_t count)
{
    Buf b = {0};

    assert(count <= METRIC_LABELS_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&b, "%s%s=\"", i == 0 ? "" : ",", labels[i].name);
        put_label_value(&b, labels[i].value);
        buf_put_u8(&b, '"');
    }
    (void)buf_cstr(&b);
    return (char *)b.data;
}

static Metric *
find(const Metrics *m, const char *name, MetricType type, const char *labels)
{
    for (size_t i = 0; i < m->count; i++) {
        Metric *s = m->series[i];

        if (strcmp(s->name, name) != 0)
            continue;
        assert(s->type == type);
        if (strcmp(s->labels, labels) == 0)
            return s;
    }
    return NULL;
}

typedef struct {
    MetricType type;
    const char *name, *help;
    const double *bounds;
    size_t bound_count;
} SeriesSpec;

static Metric *
enter(Metrics *m, const SeriesSpec *spec, const MetricLabel *labels, size_t label_count)
{
    char *text = labels_text(labels, label_count);
    Metric *s = find(m, spec->name, spec->type, text);
    size_t n = m->count;

    if (s != NULL) {
        free(text);
        return s;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL || n == METRICS_MAX)
        abort();
    s->name = spec->name;
    s->help = spec->help;
    s->type = spec->type;
    s->labels = text;
    s->bounds = spec->bounds;
    s->bound_count = spec->bound_count;
    m->series[n] = s;
    atomic_store_explicit(&m->count, n + 1, memory_order_release); /* whole before it can be seen */
    return s;
}

Metric *
metrics_counter(Metrics *m, const char *name, const char *help, const MetricLabel *labels, size_t count)
{
    return enter(m, &(SeriesSpec){.type = METRIC_COUNTER, .name = name, .help = help}, labels, count);
}

Metric *
metrics_gauge(Metrics *m, const char *name, const char *help, const MetricLabel *labels, size_t count)
{
    return enter(m, &(SeriesSpec){.type = METRIC_GAUGE, .name = name, .help = help}, labels, count);
}

Metric *
metrics_histogram(Metrics *m, const char *name, const char *help, const MetricLabel *labels, size_t count,
                  const double *bounds, size_t bound_count)
{
    const SeriesSpec spec = {METRIC_HISTOGRAM, name, help, bounds, bound_count};

    assert(bound_count < METRIC_BUCKETS_MAX);
    return enter(m, &spec, labels, count);
}

void
metric_add(Metric *counter, uint64_t n)
{
    assert(counter->type == METRIC_COUNTER);
    atomic_fetch_add_explicit(&counter->count, n, memory_order_relaxed);
}

void
metric_set(Metric *gauge, double value)
{
    assert(gauge->type == METRIC_GAUGE);
    atomic_store_explicit(&gauge->value, value, memory_order_relaxed);
}

void
metric_observe(Metric *h, double value)
{
    double sum = atomic_load_explicit(&h->value, memory_order_relaxed);
    size_t i = 0;

    assert(h->type == METRIC_HISTOGRAM);
    if (isnan(value))
        return;
    while (i < h->bound_count && value > h->bounds[i])
        i++;
    atomic_fetch_add_explicit(&h->buckets[i], 1, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&h->value, &sum, sum + value, memory_order_relaxed,
                                                  memory_order_relaxed))
        continue;
}

static void
put_number(Buf *b, double v)
{
    if (isnan(v))
        buf_put_str(b, "NaN");
    else if (isinf(v))
        buf_put_str(b, v > 0 ? "+Inf" : "-Inf");
    else
        buf_printf(b, "%.15g", v);
}

static void
put_histogram(const Metric *h, Buf *b)
{
    const char *comma = h->labels[0] != '\0' ? "," : "";
    uint64_t total = 0;

    for (size_t i = 0; i <= h->bound_count; i++) { /* buckets are cumulative */
        total += atomic_load_explicit(&h->buckets[i], memory_order_relaxed);
        buf_printf(b, "%s_bucket{%s%sle=\"", h->name, h->labels, comma);
        put_number(b, i < h->bound_count ? h->bounds[i] : (double)INFINITY);
        buf_printf(b, "\"} %llu\n", (unsigned long long)total);
    }
    for (int is_count = 0; is_count < 2; is_count++) {
        buf_printf(b, "%s_%s", h->name, is_count ? "count" : "sum");
        if (h->labels[0] != '\0')
            buf_printf(b, "{%s}", h->labels);
        buf_put_u8(b, ' ');
        put_number(b, is_count ? (double)total : atomic_load_explicit(&h->value, memory_order_relaxed));
        buf_put_u8(b, '\n');
    }
}

static void
put_series(const Metric *s, Buf *b)
{
    if (s->type == METRIC_GAUGE && isnan(atomic_load_explicit(&s->value, memory_order_relaxed)))
        return;
    if (s->type == METRIC_HISTOGRAM) {
        put_histogram(s, b);
        return;
    }
    buf_put_str(b, s->name);
    if (s->labels[0] != '\0')
        buf_printf(b, "{%s}", s->labels);
    buf_put_u8(b, ' ');
    if (s->type == METRIC_COUNTER)
        buf_printf(b, "%llu", (unsigned long long)atomic_load_explicit(&s->count, memory_order_relaxed));
    else
        put_number(b, atomic_load_explicit(&s->value, memory_order_relaxed));
    buf_put_u8(b, '\n');
}

static bool
is_first_of_name(const Metrics *m, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(m->series[j]->name, m->series[i]->name) == 0)
            return false;
    }
    return true;
}

void
metrics_write(const Metrics *m, Buf *out)
{
    static const char *const types[] = {"counter", "gauge", "histogram"};
    size_t count = atomic_load_explicit(&m->count, memory_order_acquire);

    for (size_t i = 0; i < count; i++) {
        const Metric *first = m->series[i];

        if (!is_first_of_name(m, i))
            continue;
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", first->name, first->help, first->name, types[first->type]);
        for (size_t j = i; j < count; j++) {
            if (strcmp(m->series[j]->name, first->name) == 0)
                put_series(m->series[j], out);
        }
    }
}
