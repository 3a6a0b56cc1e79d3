/*
 * workers/monitor/check_round.h
 *    Runs the catalogue of checks over a date, and says which date is to be checked next.
 */
#ifndef TIPOFF_WORKERS_MONITOR_CHECK_ROUND_H
#define TIPOFF_WORKERS_MONITOR_CHECK_ROUND_H

#include "libcore/runtime/worker.h"

/* Dates that are checked whatever has happened: yesterday, today and tomorrow. */
enum { CURRENT_DATES = 3 };

/* Runs every check of ctx->checks_dir over the date. One that fails opens or counts the alert ALERT_CHECK_FAILED of its
 * name, one that passes ends it, and one that has nothing to look at leaves it as it is. */
NODISCARD bool check_date(DbTx *tx, const WorkerContext *ctx, GameDate date, Arena *a, Err *err);

/* Likewise of the date whose last look is longest ago: a current date that has cells after five minutes, and one of the
 * seven days before these after an hour while it has an open alert of a check, so that what is mended later ends, too.
 * One process a date does it. *checked: there was one. */
NODISCARD bool check_round(DbTx *tx, const WorkerContext *ctx, Arena *a, bool *checked, Err *err);

#endif
