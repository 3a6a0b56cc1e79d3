/*
 * workers/features/batch_checks.h
 *    What a whole date's feature rows say of the pipeline behind them: measures, and alerts where a
 *    row by itself looks well enough.
 *
 * Nothing here blocks anything. Rows of the first two weeks of a season, which hold no values, are
 * left out.
 */
#ifndef TIPOFF_WORKERS_BATCH_CHECKS_H
#define TIPOFF_WORKERS_BATCH_CHECKS_H

#include "workers/features/feature_store_core.h"

enum {
    BATCH_MIN_ROWS = 50,               /* fewer say nothing of variance */
    BATCH_MAX_DEFAULTS_PCT = 30,       /* of rows with required defaults, before it is an alert */
    BATCH_COMPOSITE_DEFAULTS_PCT = 90, /* of rows without one composite factor */
    BATCH_UPSTREAM_MISSING_PCT = 50,   /* of rows that a processor should have and does not */
    BATCH_MIN_QUALITY_READY_PCT = 40,  /* before predictions warn */
};

/* What is not critical is a warning; subject may be NULL. */
typedef struct {
    const char *kind;
    bool is_critical;
    const char *subject, *message;
} BatchAlert;

typedef struct {
    const char *name;
    double value;
} BatchMeasure;

typedef struct {
    const BatchAlert *alerts;
    size_t alert_count;
    const BatchMeasure *measures;
    size_t measure_count;
} BatchReport;

/*
 * Measures, where there is a row: post_write_rows, _rows_with_required_defaults, _pct_with_defaults (1
 * decimal), _avg_required_defaults (2), _rows_quality_ready, _pct_quality_ready (1), _avg_defaults (2),
 * _avg_score (1), and _avg_CATEGORY_quality (1) of every category, so that no mean hides one at zero.
 *
 * Alerts:
 *   feature_defaults_high  critical: more than 30 % of the rows have a required default
 *   feature_variance_low   warning, subject a feature: over 50 values or more its standard deviation or
 *                          its distinct values (4 decimals) are below the contract's; critical when it
 *                          is constant. Of a team's features no more values are asked for than teams.
 *   composite_defaulted    warning, subject a feature: 90 % of 50 rows or more lack a composite factor
 *   category_at_zero       critical, subject a category: nothing is known in any row, though something
 *                          could be; the message names who should have produced it
 *   upstream_missing       critical, subject a processor: at least half of the rows that should have its
 *                          row have none
 *   quality_ready_low      warning: fewer than 40 % of the rows are quality ready
 *
 * Made in a; strings may be static.
 */
void batch_check(const FeatureStoreResult *r, Arena *a, BatchReport *out);

#endif
