/*
 * libcore/runtime/health.h
 *    What only a query knows of the whole deployment. One process asks, every few seconds; the others do
 *    not, however many there are and however often they are scraped.
 */
#ifndef TIPOFF_RUNTIME_HEALTH_H
#define TIPOFF_RUNTIME_HEALTH_H

#include "libcore/io/db.h"
#include "libcore/runtime/alerts.h"

enum { HEALTH_MEASURES_MAX = 48, HEALTH_NAME_LEN = 48 };

/* A cell's measure, of the newest date that has one. */
typedef struct {
    char processor[HEALTH_NAME_LEN], name[HEALTH_NAME_LEN];
    double value;
} HealthMeasure;

typedef struct {
    int64_t overdue_cells;
    int64_t open_letters;
    int64_t unsettled;         /* outbox rows that the broker has not confirmed */
    double oldest_unsettled_s; /* 0 when there is none */
    int64_t open_alerts[ALERT_SEVERITIES];
    HealthMeasure measures[HEALTH_MEASURES_MAX]; /* by processor and name; no more than fit */
    size_t measure_count;
} Health;

NODISCARD bool health_read(DbTx *tx, Instant now, GameDate today, Health *out, Err *err);

#endif
