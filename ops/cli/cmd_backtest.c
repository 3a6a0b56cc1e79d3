/*
 * ops/cli/cmd_backtest.c
 *    What predictions of past dates would have been worth. It reads a deployment and writes nothing to it.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "ops/cli/print.h"
#include "ops/cli/training_options.h"
#include "workers/training/backtest_core.h"
#include "workers/training/backtest_svg.h"
#include "workers/training/baselines.h"
#include "workers/training/trainer.h"
#include "workers/training/training_load.h"

#define SYSTEM "xgboost_v1"

typedef struct {
    BacktestPlan plan;
    TrainingParams params;
    const char *csv, *svg; /* NULL: not wanted */
} Order;

static bool
parse_retrain(const char *text, int32_t *days)
{
    static const char *const names[] = {"weekly", "never"};
    static const int32_t steps[] = {BACKTEST_WEEK, 0};

    *days = BACKTEST_WEEK;
    for (size_t i = 0; text != NULL && i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i], text) == 0) {
            *days = steps[i];
            return true;
        }
    }
    return text == NULL || cli_unknown("--retrain", text, names, ARRAY_LEN(names)) == 0;
}

static bool
parse_order(Cli *cli, Order *o)
{
    bool ok = true;
    const char *retrain = cli_take_option(cli, "--retrain", &ok);

    *o = (Order){.csv = cli_take_option(cli, "--csv", &ok), .svg = cli_take_option(cli, "--svg", &ok)};
    if (!ok || !parse_retrain(retrain, &o->plan.step_days) || !training_take_options(cli, &o->params)
        || !training_take_date(cli, "--from", true, &o->plan.from)
        || !training_take_date(cli, "--to", true, &o->plan.to) || !cli_no_more(cli, "backtest"))
        return false;
    o->plan.least_score = o->params.least_score;
    if (!date_before(o->plan.to, o->plan.from))
        return true;
    (void)fputs("tipoff: the backtest ends before it begins\n", stderr);
    return false;
}

/* ---- the model ---- */

typedef struct {
    const XgboostLib *lib;
    const TrainingParams *params;
    RegisteredModel model;
    Arena *a; /* of the model */
} Learner;

static bool
learn(void *user, const Example *const *rows, size_t count, Err *err)
{
    Learner *l = user;
    Buf file = {0};
    bool ok;

    model_free(l->model.model);
    l->model = (RegisteredModel){0};
    arena_reset(l->a);
    ok = trainer_train(l->lib, l->params, rows, count, l->a, &file, &l->model, err);
    buf_free(&file);
    return ok;
}

static double
ask(void *user, const Example *e)
{
    const Learner *l = user;

    return model_points_served(&l->model, e->values);
}

/* ---- files ---- */

static bool
end_file(FILE *f, const char *path, Err *err)
{
    bool ok = !ferror(f);

    if (fclose(f) != 0)
        ok = false;
    return ok || ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
}

static bool
write_csv(const char *path, const Backtest *b, Err *err)
{
    FILE *f = fopen(path, "we");
    char day[DATE_TEXT_LEN];

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
    (void)fputs("game_date,game_id,player_lookup,system_id,predicted_points,line,line_margin,actual_points,"
                "absolute_error,outcome\n",
                f);
    for (size_t i = 0; i < b->count; i++) {
        const PredictionAccuracy *r = &b->rows[i];
        const char *outcome = evaluation_outcome(r);

        (void)fprintf(f, "%s,%s,%s,%s,%.1f,%.15g,%.2f,%d,%.1f,%s\n", date_format(r->game_date, day), r->game_id,
                      r->player_lookup, r->system_id, r->predicted_points, r->line_value, r->line_margin,
                      r->actual_points, r->absolute_error, outcome != NULL ? outcome : "");
    }
    return end_file(f, path, err);
}

static bool
write_svg(const char *path, const char *title, const FiguresTable *t, Err *err)
{
    FILE *f = fopen(path, "we");
    Buf svg = {0};

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
    backtest_svg(title, t->figures, t->count, &svg);
    (void)fwrite(svg.data, 1, svg.len, f);
    buf_free(&svg);
    return end_file(f, path, err);
}

/* ---- tables ---- */

static void
print_rows_judged(const Cli *cli, const Backtest *b, Arena *a)
{
    static const char *const headers[] = {"rows_that_are", "#rows", NULL};
    const TableHead head = {"rows", headers};
    const char *cells[BACKTEST_VERDICT_COUNT * 2], **c = cells;

    for (int v = 0; v < BACKTEST_VERDICT_COUNT; v++) {
        *c++ = backtest_verdict_name((BacktestVerdict)v);
        *c++ = arena_printf(a, "%zu", b->verdicts[v]);
    }
    print_cells(cli, &head, cells, BACKTEST_VERDICT_COUNT);
}

static void
print_steps(const Cli *cli, const Backtest *b, Arena *a)
{
    static const char *const headers[] = {"from", "to", "#trained_on", "model", "#judged", NULL};
    enum { COLUMNS = ARRAY_LEN(headers) - 1 };
    const TableHead head = {"steps", headers};
    const char **cells = arena_array(a, b->step_count * COLUMNS + 1, sizeof *cells), **c = cells;
    char day[DATE_TEXT_LEN];

    for (size_t i = 0; i < b->step_count; i++) {
        const BacktestStep *s = &b->steps[i];

        *c++ = arena_strdup(a, date_format(s->from, day));
        *c++ = arena_strdup(a, date_format(s->to, day));
        *c++ = arena_printf(a, "%zu", s->rows);
        *c++ = s->has_model ? "yes" : "no: too few rows";
        *c++ = arena_printf(a, "%zu", s->predicted);
    }
    print_cells(cli, &head, cells, b->step_count);
}

static double
mae_of(const FiguresTable *t, const char *system_id)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->figures[i].system_id, system_id) == 0)
            return t->figures[i].mae;
    return NULL_F64;
}

/* How each stands to the market and to the simplest of means. */
static void
print_comparison(const Cli *cli, const FiguresTable *t, Arena *a)
{
    static const char *const headers[] = {"system", "#mae", "#over_market_line", "#pct_under_last_10_mean", NULL};
    enum { COLUMNS = ARRAY_LEN(headers) - 1 };
    const TableHead head = {"comparison", headers};
    const double line = mae_of(t, baselines[0].id), last_10 = mae_of(t, baselines[1].id);
    const char **cells = arena_array(a, t->count * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < t->count; i++) {
        const double mae = t->figures[i].mae;

        *c++ = t->figures[i].system_id;
        *c++ = isnan(mae) ? NULL : arena_printf(a, "%.3f", mae);
        *c++ = isnan(mae) ? NULL : arena_printf(a, "%.3f", mae - line);
        *c++ = isnan(mae) ? NULL : arena_printf(a, "%.2f", 100.0 * (last_10 - mae) / last_10);
    }
    print_cells(cli, &head, cells, t->count);
}

/* ---- the command ---- */

/* Of the first systems. */
static FiguresTable
figures_of(const Backtest *b, const PredictionAccuracy *rows, size_t count, size_t systems, Arena *a)
{
    EvaluationFigures *figures = arena_array(a, systems, sizeof *figures);

    for (size_t i = 0; i < systems; i++)
        figures[i] = evaluation_figures(rows, count, b->systems[i]);
    return (FiguresTable){figures, systems};
}

static bool
say(const Cli *cli, Session *s, const Order *o, const Backtest *b, Err *err)
{
    const FiguresTable t = figures_of(b, b->rows, b->count, b->system_count, s->a);
    const FiguresTable common = figures_of(b, b->common, b->common_count, b->all_count, s->a);
    char from[DATE_TEXT_LEN], to[DATE_TEXT_LEN];
    const char *title;

    title = arena_printf(s->a, "%s to %s, %zu rows with a line, %s", date_format(o->plan.from, from),
                         date_format(o->plan.to, to), t.figures[0].count,
                         o->plan.step_days > 0 ? "trained again every week" : "trained once");
    if ((o->csv != NULL && !write_csv(o->csv, b, err)) || (o->svg != NULL && !write_svg(o->svg, title, &t, err)))
        return false;
    print_rows_judged(cli, b, s->a);
    print_steps(cli, b, s->a);
    training_print_figures(cli, "systems", &t, s->a);
    print_comparison(cli, &t, s->a);
    training_print_figures(cli, "common", &common, s->a);
    training_print_calibration(cli, &t, s->a);
    return true;
}

static bool
backtest(const Cli *cli, Session *s, const Order *o, Learner *l, Err *err)
{
    const BacktestModel model = {.system_id = SYSTEM, .user = l, .train = learn, .points = ask};
    const Example *examples;
    Backtest b;
    GameDate first;
    size_t count;

    if (!db_exec_script(s->tx, "set transaction isolation level repeatable read, read only", err)
        || !training_first_date(s->tx, &first, err))
        return false;
    if (date_is_null(first) || date_before(o->plan.to, first))
        return ERR_FAIL(err, ERR_CONFIG,
                        "there are no feature rows of these dates; 'tipoff status' shows what there is");
    return training_load(s->tx, first, o->plan.to, s->a, &examples, &count, err)
           && backtest_run(examples, count, &o->plan, &model, s->a, &b, err) && say(cli, s, o, &b, err);
}

int
cmd_backtest(Cli *cli)
{
    XgboostLib *lib = NULL;
    Session s = {0};
    Order order;
    Learner learner = {.params = &order.params};
    Err err;
    int status = 0;

    if (!parse_order(cli, &order))
        return 2;
    learner.a = arena_new(0);
    if (training_open_library(cli, &lib, &err)) {
        learner.lib = lib;
        if (!cli_open(cli, &s, &err) || !backtest(cli, &s, &order, &learner, &err))
            status = cli_fail(&err);
    } else {
        status = cli_fail(&err);
    }
    cli_close(&s);
    model_free(learner.model.model);
    arena_free(learner.a);
    xgboost_lib_close(lib);
    return status;
}
