/*
 * workers/training/backtest_core.c
 *    Steps, rows, and who predicts them.
 */
#include "workers/training/backtest_core.h"
#include <math.h>
#include <string.h>
#include "workers/predictions/systems.h"
#include "workers/training/baselines.h"

/* The systems for which an example says enough. catboost_v9's model is its owner's, and may know these dates. */
static const SystemId rule_systems[] = {SYSTEM_MOVING_AVERAGE, SYSTEM_ZONE_MATCHUP, SYSTEM_ENSEMBLE};
/* These predict for some players only. */
static const SystemId selective_systems[] = {SYSTEM_SIMILARITY};

enum {
    SYSTEM_COUNT = 1 + ARRAY_LEN(rule_systems) + BASELINE_COUNT,
    ALL_COUNT = SYSTEM_COUNT + ARRAY_LEN(selective_systems),
};

const char *
backtest_verdict_name(BacktestVerdict verdict)
{
    static const char *const names[BACKTEST_VERDICT_COUNT] = {
        [BACKTEST_JUDGED] = "judged",
        [BACKTEST_NO_LINE] = "no_line",
        [BACKTEST_FEW_GAMES] = "fewer_than_5_earlier_games",
        [BACKTEST_DID_NOT_PLAY] = "did_not_play",
        [BACKTEST_NO_MODEL] = "no_model",
        [BACKTEST_NOT_BY_ALL] = "not_predicted_by_all",
    };

    return names[verdict];
}

static const char *const *
system_names(const BacktestModel *model, Arena *a)
{
    const char **names = arena_array(a, ALL_COUNT, sizeof *names), **n = names;

    *n++ = model->system_id;
    for (size_t i = 0; i < ARRAY_LEN(rule_systems); i++)
        *n++ = prediction_systems[rule_systems[i]].id;
    for (size_t i = 0; i < BASELINE_COUNT; i++)
        *n++ = baselines[i].id;
    for (size_t i = 0; i < ARRAY_LEN(selective_systems); i++)
        *n++ = prediction_systems[selective_systems[i]].id;
    return names;
}

static double
points_of(const SystemOutput *out)
{
    return out->absent == NULL ? out->predicted_points : NULL_F64;
}

/* In the order of the names; NaN where nothing is predicted. */
static void
all_points(const BacktestModel *model, const Example *e, double *points)
{
    const SystemInput in = {
        .values = e->values, .line = e->line, .quality_score = e->quality_score, .similar = e->similar};
    SystemOutput out[PREDICTION_SYSTEM_COUNT];

    systems_predict(&in, out);
    *points++ = e->required_defaults == 0 ? model->points(model->user, e) : NULL_F64;
    for (size_t i = 0; i < ARRAY_LEN(rule_systems); i++)
        *points++ = points_of(&out[rule_systems[i]]);
    for (size_t i = 0; i < BASELINE_COUNT; i++)
        *points++ = baselines[i].points(e);
    for (size_t i = 0; i < ARRAY_LEN(selective_systems); i++)
        *points++ = points_of(&out[selective_systems[i]]);
}

static BacktestVerdict
judge_example(const Example *e, bool has_model)
{
    if (isnan(e->line))
        return BACKTEST_NO_LINE;
    if (e->earlier_games < BACKTEST_EARLIER_GAMES)
        return BACKTEST_FEW_GAMES;
    if (!(e->minutes > 0.0))
        return BACKTEST_DID_NOT_PLAY;
    if (!has_model)
        return BACKTEST_NO_MODEL;
    return e->value_count < FEATURE_COUNT ? BACKTEST_NOT_BY_ALL : BACKTEST_JUDGED;
}

/* What is being gathered over the steps. */
typedef struct {
    Backtest *out;
    Prediction *rows, *common;
    size_t count, common_count;
} Walk;

/* Of the systems in their order, up to the first that did not. */
static size_t
how_many_predicted(const double *points)
{
    size_t n = 0;

    while (n < ALL_COUNT && !isnan(points[n]))
        n++;
    return n;
}

static void
predict_example(Walk *w, const BacktestModel *model, const Example *e, BacktestStep *step)
{
    BacktestVerdict verdict = judge_example(e, step->has_model);
    double points[ALL_COUNT];
    size_t predicted = 0;

    if (verdict == BACKTEST_JUDGED) {
        all_points(model, e, points);
        predicted = how_many_predicted(points);
        if (predicted < SYSTEM_COUNT)
            verdict = BACKTEST_NOT_BY_ALL;
    }
    w->out->verdicts[verdict]++;
    if (verdict != BACKTEST_JUDGED)
        return;
    step->predicted++;
    for (size_t i = 0; i < ALL_COUNT; i++) {
        if (!isnan(points[i]))
            w->rows[w->count++] = evaluation_prediction(e, w->out->systems[i], points[i]);
        if (predicted == ALL_COUNT)
            w->common[w->common_count++] = evaluation_prediction(e, w->out->systems[i], points[i]);
    }
}

static bool
walk_step(Walk *w, const Example *examples, size_t count, const BacktestPlan *plan, const BacktestModel *model,
          BacktestStep *step, Err *err)
{
    const GameDate first = count > 0 ? examples[0].date : step->from, last = date_add(step->from, -1);
    Arena *scratch = arena_new(0);
    const Example *const *rows = training_select(examples, count, first, last, plan->least_score, scratch, &step->rows,
                                                 NULL);
    bool ok = true;

    step->has_model = step->rows >= TRAINING_LEAST_ROWS;
    if (step->has_model)
        ok = model->train(model->user, rows, step->rows, err);
    for (size_t i = 0; ok && i < count; i++)
        if (!date_before(examples[i].date, step->from) && !date_before(step->to, examples[i].date))
            predict_example(w, model, &examples[i], step);
    arena_free(scratch);
    return ok;
}

static GameDate
step_end(const BacktestPlan *plan, GameDate from)
{
    const GameDate end = date_add(from, plan->step_days - 1);

    return plan->step_days > 0 && date_before(end, plan->to) ? end : plan->to;
}

bool
backtest_run(const Example *examples, size_t count, const BacktestPlan *plan, const BacktestModel *model, Arena *a,
             Backtest *out, Err *err)
{
    const size_t most = (size_t)date_diff(plan->to, plan->from) + 1;
    BacktestStep *steps = arena_array(a, most, sizeof *steps);
    Walk w = {.out = out,
              .rows = arena_array(a, count * ALL_COUNT + 1, sizeof *w.rows),
              .common = arena_array(a, count * ALL_COUNT + 1, sizeof *w.common)};

    *out = (Backtest){
        .systems = system_names(model, a), .system_count = SYSTEM_COUNT, .all_count = ALL_COUNT, .steps = steps};
    for (GameDate from = plan->from; !date_before(plan->to, from); from = date_add(step_end(plan, from), 1)) {
        BacktestStep *step = &steps[out->step_count++];

        *step = (BacktestStep){.from = from, .to = step_end(plan, from)};
        if (!walk_step(&w, examples, count, plan, model, step, err))
            return false;
    }
    out->rows = evaluation_grade(w.rows, w.count, examples, count, a);
    out->count = w.count;
    out->common = evaluation_grade(w.common, w.common_count, examples, count, a);
    out->common_count = w.common_count;
    return true;
}
