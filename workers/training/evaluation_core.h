/*
 * workers/training/evaluation_core.h
 *    How good predictions were: errors, picks by their edge, calibration. What is judged is what would have been
 *    published (one decimal), by the grading that judges it in service.
 */
#ifndef TIPOFF_WORKERS_TRAINING_EVALUATION_CORE_H
#define TIPOFF_WORKERS_TRAINING_EVALUATION_CORE_H

#include "workers/training/training_core.h"
#include "tables_gen.h"

/* A prediction of an example as the store would have it, but for no system's own judgement: it recommends nothing, so
 * that every pick is judged by its side of the line. Text is borrowed. */
Prediction evaluation_prediction(const Example *e, const char *system_id, double points);

/* Grades predictions, which are by date, against what came of the examples. As many rows, by date, game, player and
 * system. */
const PredictionAccuracy *evaluation_grade(const Prediction *rows, size_t count, const Example *examples,
                                           size_t example_count, Arena *a);

/* Picks whose distance from the line is at least edge. */
typedef struct {
    double edge;
    size_t hits, misses, pushes;
    double hit_pct, low_pct, high_pct; /* of hits and misses, with Wilson's 95 % interval; NaN without any */
    double units;                      /* at -110: 0.909 a hit, -1 a miss */
} EdgeFigures;

/* Predictions of from <= points < to: their means. */
typedef struct {
    double from, to;
    size_t count;
    double predicted, actual; /* NaN without any */
} CalibrationBin;

enum { EVALUATION_EDGES = 3, EVALUATION_BINS = 7 };

typedef struct {
    const char *system_id;
    size_t count;
    double mae, rmse, bias;              /* points; bias is predicted less actual; NaN without any row */
    EdgeFigures edges[EVALUATION_EDGES]; /* 0, 3, 5 */
    CalibrationBin bins[EVALUATION_BINS];
} EvaluationFigures;

/* Of the rows of the system that are not void. */
EvaluationFigures evaluation_figures(const PredictionAccuracy *rows, size_t count, const char *system_id);

/* "hit", "miss", "push", or NULL for what is no pick. */
const char *evaluation_outcome(const PredictionAccuracy *row);

/* Wilson's interval of a share at 95 %, as fractions; tries > 0. */
void wilson_interval(size_t hits, size_t tries, double *low, double *high);

#endif
