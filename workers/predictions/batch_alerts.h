/*
 * workers/predictions/batch_alerts.h
 *    What people should look at when a batch has ended, and its figures.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_BATCH_ALERTS_H
#define TIPOFF_WORKERS_PREDICTIONS_BATCH_ALERTS_H

#include "libcore/runtime/worker.h"
#include "workers/predictions/batch_store.h"
#include "workers/predictions/request_store.h"

/* How requests have ended. */
typedef struct {
    size_t predicted, skipped, failed, expired;
} BatchTally;

BatchTally batch_tally(const RequestRow *rows, size_t count);

/* Alerts of a date whose requests have all ended, one a cause; all but the last only where is_live, while somebody can
 * still do something about them:
 *   low_quality_features    fewer than 80 % of those who are eligible have a quality score of 85
 *   phase4_data_missing     some of them have no features; critical when nobody has
 *   low_coverage            fewer than 80 % of them are predicted
 *   predictions_skipped     the quality gate held back players with a line
 *   vegas_coverage_degraded more than half of those of whom a line is expected have none; only where has_lines,
 *                           that is where the deployment subscribes to lines
 *   batch_incomplete        requests ended without an answer
 * and on every date the measures behind them. */
void batch_say(const SlateFigures *f, const BatchTally *t, bool is_live, bool has_lines, Arena *a, CellOutput *out);

/* Nobody has answered for five minutes, and open requests have been asked for again. */
void batch_say_stalled(size_t open, size_t count, Arena *a, CellOutput *out);

#endif
