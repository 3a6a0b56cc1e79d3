/*
 * workers/training/backtest_svg.h
 *    A backtest as one picture: every system's mean error, and how what it predicts compares with what comes of it.
 */
#ifndef TIPOFF_WORKERS_TRAINING_BACKTEST_SVG_H
#define TIPOFF_WORKERS_TRAINING_BACKTEST_SVG_H

#include "libcore/base/bytes.h"
#include "workers/training/evaluation_core.h"

/* title: what is shown, in one line; '&' and '<' are escaped. Appends the file to out. */
void backtest_svg(const char *title, const EvaluationFigures *figures, size_t count, Buf *out);

#endif
