/*
 * workers/training/backtest_core.h
 *    What predictions would have been worth: walk through dates, train again at each step on what came before it,
 *    predict, grade. Every system is judged on the same rows; one that needs more than others say is judged once more
 *    with the others on the rows that it has.
 *
 * A row of a date is predicted from its features, which are from before the date, and by a model whose training rows
 * are all dated before the step in which the date lies.
 */
#ifndef TIPOFF_WORKERS_TRAINING_BACKTEST_CORE_H
#define TIPOFF_WORKERS_TRAINING_BACKTEST_CORE_H

#include "workers/training/evaluation_core.h"

/* How the model of a step is made and asked; user is handed to both. */
typedef struct {
    const char *system_id;
    void *user;
    /* In place of the model before. rows: all usable ones of earlier dates, in order. */
    bool (*train)(void *user, const Example *const *rows, size_t count, Err *err);
    double (*points)(void *user, const Example *e);
} BacktestModel;

enum { BACKTEST_WEEK = 7, BACKTEST_EARLIER_GAMES = 5 };

typedef struct {
    GameDate from, to;
    int32_t step_days;  /* 0: one step */
    double least_score; /* of a row that is trained on */
} BacktestPlan;

typedef struct {
    GameDate from, to;
    size_t rows;      /* that may be trained on */
    bool has_model;   /* there were enough of them */
    size_t predicted; /* rows of the step that are judged */
} BacktestStep;

/* Why a row of these dates is not judged; the first that holds. */
typedef enum {
    BACKTEST_JUDGED,
    BACKTEST_NO_LINE,
    BACKTEST_FEW_GAMES,
    BACKTEST_DID_NOT_PLAY, /* or there is no box score */
    BACKTEST_NO_MODEL,     /* too few rows before it to train on */
    BACKTEST_NOT_BY_ALL,   /* a system that predicts for everybody lacks a feature that it requires */
    BACKTEST_VERDICT_COUNT,
} BacktestVerdict;

const char *backtest_verdict_name(BacktestVerdict verdict);

typedef struct {
    /* The model's first, then those without one, then the baselines: each has every row that is judged. After these,
     * up to all_count, those that have some of them: players without games alike get no similarity_balanced_v1. */
    const char *const *systems;
    size_t system_count, all_count;
    const PredictionAccuracy *rows; /* by date, game, player and system */
    size_t count;
    const PredictionAccuracy *common; /* the rows of players for whom all of them predicted */
    size_t common_count;
    const BacktestStep *steps;
    size_t step_count;
    size_t verdicts[BACKTEST_VERDICT_COUNT];
} Backtest;

/* examples: of every date from which rows may be trained on to plan->to, by date. Fails as model->train does. *out
 * lives in a. */
NODISCARD bool backtest_run(const Example *examples, size_t count, const BacktestPlan *plan, const BacktestModel *model,
                            Arena *a, Backtest *out, Err *err);

#endif
