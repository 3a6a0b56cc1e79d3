/*
 * ops/cli/cmd_train.c
 *    Train a model on some dates, evaluate it on later ones, and register it with what came of that.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "ops/cli/model_commands.h"
#include "ops/cli/print.h"
#include "ops/cli/training_options.h"
#include "workers/training/baselines.h"
#include "workers/training/trainer.h"
#include "workers/training/training_load.h"

#define SYSTEM "xgboost_v1"

typedef struct {
    ModelWindow training, evaluation;
    TrainingParams params;
    const char *output; /* NULL: into the registry alone */
} Order;

/* What is known once the rows are read. */
typedef struct {
    const Example *all;
    size_t count;
    const Example *const *training, *const *evaluation;
    size_t training_count, evaluation_count;
    size_t verdicts[2][EXAMPLE_VERDICT_COUNT]; /* of both windows */
} Rows;

static bool
parse_order(Cli *cli, Order *o)
{
    bool ok = true;

    *o = (Order){.training = model_window_none(), .evaluation = model_window_none()};
    o->output = cli_take_option(cli, "--output", &ok);
    return ok && training_take_options(cli, &o->params) && training_take_date(cli, "--from", false, &o->training.from)
           && training_take_date(cli, "--to", true, &o->training.to)
           && training_take_date(cli, "--eval-from", true, &o->evaluation.from)
           && training_take_date(cli, "--eval-to", true, &o->evaluation.to) && cli_no_more(cli, "train");
}

/* ---- rows ---- */

/* From the first date that there is, unless told. */
static bool
settle_windows(Session *s, Order *o, Err *err)
{
    char from[DATE_TEXT_LEN], to[DATE_TEXT_LEN];

    if (date_is_null(o->training.from)) {
        if (!training_first_date(s->tx, &o->training.from, err))
            return false;
        if (date_is_null(o->training.from))
            return ERR_FAIL(err, ERR_CONFIG,
                            "this deployment has no feature rows yet; 'tipoff status' shows where it"
                            " stands");
    }
    if (date_before(o->training.to, o->training.from))
        return ERR_FAIL(err, ERR_CONFIG, "the training ends on %s, before it begins on %s",
                        date_format(o->training.to, to), date_format(o->training.from, from));
    if (date_before(o->evaluation.to, o->evaluation.from))
        return ERR_FAIL(err, ERR_CONFIG, "the evaluation ends on %s, before it begins on %s",
                        date_format(o->evaluation.to, to), date_format(o->evaluation.from, from));
    return true;
}

static bool
read_rows(Session *s, Order *o, Rows *r, Err *err)
{
    const ModelWindow *t = &o->training, *e = &o->evaluation;

    if (!training_load(s->tx, t->from, e->to, s->a, &r->all, &r->count, err))
        return false;
    r->training = training_select(r->all, r->count, t->from, t->to, o->params.least_score, s->a, &r->training_count,
                                  r->verdicts[0]);
    r->evaluation = training_select(r->all, r->count, e->from, e->to, o->params.least_score, s->a, &r->evaluation_count,
                                    r->verdicts[1]);
    o->training.rows = (int32_t)r->training_count;
    o->evaluation.rows = (int32_t)r->evaluation_count;
    if (!training_check(r->training, r->training_count, err))
        return false;
    return r->evaluation_count >= EVALUATION_LEAST_ROWS
           || ERR_FAIL(err, ERR_CONFIG, "%zu rows of the evaluation's dates may be used, and it takes %d",
                       r->evaluation_count, EVALUATION_LEAST_ROWS);
}

static void
print_rows_used(const Cli *cli, const Rows *r, Arena *a)
{
    static const char *const headers[] = {"rows_that_are", "#training", "#evaluation", NULL};
    const TableHead head = {"rows", headers};
    const char *cells[EXAMPLE_VERDICT_COUNT * 3], **c = cells;

    for (int v = 0; v < EXAMPLE_VERDICT_COUNT; v++) {
        *c++ = example_verdict_name((ExampleVerdict)v);
        *c++ = arena_printf(a, "%zu", r->verdicts[0][v]);
        *c++ = arena_printf(a, "%zu", r->verdicts[1][v]);
    }
    print_cells(cli, &head, cells, EXAMPLE_VERDICT_COUNT);
}

/* ---- evaluation ---- */

/* The model over all evaluated rows, and beside others over those that all of them predict. */
typedef struct {
    EvaluationFigures all;
    EvaluationFigures *beside;
    size_t beside_count;
} Evaluation;

static EvaluationFigures
judge(const Rows *r, const Prediction *predictions, size_t count, const char *system, Arena *a)
{
    return evaluation_figures(evaluation_grade(predictions, count, r->all, r->count, a), count, system);
}

static Evaluation
evaluate(const Rows *r, const RegisteredModel *model, Arena *a)
{
    const size_t kinds = 1 + BASELINE_COUNT;
    Prediction *of_all = arena_array(a, r->evaluation_count + 1, sizeof *of_all);
    Prediction *of_same = arena_array(a, r->evaluation_count * kinds + 1, sizeof *of_same);
    Evaluation e = {.beside = arena_array(a, kinds, sizeof *e.beside), .beside_count = kinds};
    const PredictionAccuracy *graded;
    size_t n = 0;

    for (size_t i = 0; i < r->evaluation_count; i++) {
        const Example *row = r->evaluation[i];

        of_all[i] = evaluation_prediction(row, SYSTEM, model_points_served(model, row->values));
        if (!baselines_know(row))
            continue;
        of_same[n++] = of_all[i];
        for (int b = 0; b < BASELINE_COUNT; b++)
            of_same[n++] = evaluation_prediction(row, baselines[b].id, baselines[b].points(row));
    }
    e.all = judge(r, of_all, r->evaluation_count, SYSTEM, a);
    graded = evaluation_grade(of_same, n, r->all, r->count, a);
    e.beside[0] = evaluation_figures(graded, n, SYSTEM);
    for (size_t b = 0; b < BASELINE_COUNT; b++)
        e.beside[1 + b] = evaluation_figures(graded, n, baselines[b].id);
    return e;
}

static json_t *
real_or_null(double v)
{
    return isnan(v) ? json_null() : json_real(v);
}

static json_t *
picks_json(const EvaluationFigures *f)
{
    json_t *list = json_array();

    for (size_t k = 0; k < EVALUATION_EDGES; k++) {
        const EdgeFigures *e = &f->edges[k];
        const json_int_t hits = (json_int_t)e->hits, misses = (json_int_t)e->misses;

        (void)json_array_append_new(list, json_pack("{s:f, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:f}", "edge", e->edge,
                                                    "decided", hits + misses, "hits", hits, "misses", misses, "pushes",
                                                    (json_int_t)e->pushes, "hit_pct", real_or_null(e->hit_pct),
                                                    "hit_pct_low", real_or_null(e->low_pct), "hit_pct_high",
                                                    real_or_null(e->high_pct), "units", e->units));
    }
    return list;
}

/* Bins without rows are left out. */
static json_t *
calibration_json(const EvaluationFigures *f)
{
    json_t *list = json_array();

    for (size_t b = 0; b < EVALUATION_BINS; b++) {
        const CalibrationBin *bin = &f->bins[b];

        if (bin->count > 0)
            (void)json_array_append_new(list, json_pack("{s:f, s:I, s:f, s:f}", "from", bin->from, "rows",
                                                        (json_int_t)bin->count, "predicted", bin->predicted, "actual",
                                                        bin->actual));
    }
    return list;
}

/* As the registry keeps it: mae, rmse and bias of all rows, picks, calibration, and who else predicted the rows that
 * all predict. */
static const char *
metrics_json(const Evaluation *e, Arena *a)
{
    json_t *beside = json_object(), *o;
    char *text;
    const char *kept;

    for (size_t i = 0; i < e->beside_count; i++)
        (void)json_object_set_new(beside, e->beside[i].system_id, real_or_null(e->beside[i].mae));
    o = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:{s:I, s:o}}", "rows", (json_int_t)e->all.count, "mae",
                  real_or_null(e->all.mae), "rmse", real_or_null(e->all.rmse), "bias", real_or_null(e->all.bias),
                  "picks", picks_json(&e->all), "calibration", calibration_json(&e->all), "beside", "rows",
                  (json_int_t)e->beside[0].count, "mae", beside);
    text = json_dumps(o, JSON_COMPACT | JSON_PRESERVE_ORDER);
    kept = arena_strdup(a, text);
    free(text);
    json_decref(o);
    return kept;
}

/* ---- the command ---- */

static bool
write_file(const char *path, Bytes bytes, Err *err)
{
    FILE *f = fopen(path, "we");
    bool ok = f != NULL && fwrite(bytes.data, 1, bytes.len, f) == bytes.len;

    if (f != NULL && fclose(f) != 0)
        ok = false;
    return ok || ERR_FAIL(err, ERR_CONFIG, "cannot write %s: %s", path, strerror(errno));
}

static bool
keep(const Cli *cli, Session *s, const Order *o, Bytes file, const Evaluation *e, const char *release,
     const char **model_id, Err *err)
{
    char day[DATE_TEXT_LEN];
    const ModelActor actor = model_actor(cli, s->a);
    const ModelEntry entry = {
        .system_id = SYSTEM,
        .file_name = o->output != NULL ? o->output
                                       : arena_printf(s->a, SYSTEM "_%s.json", date_format(o->training.to, day)),
        .bytes = file,
        .base = o->params.base,
        .training = o->training,
        .evaluation = o->evaluation,
        .metrics = metrics_json(e, s->a),
        .params = training_params_json(&o->params, release, s->a),
        .build = cli->build,
    };

    return (o->output == NULL || write_file(o->output, file, err))
           && model_store_register(s->tx, &entry, &actor, s->a, model_id, err);
}

static bool
say(const Cli *cli, Session *s, const Rows *r, const Evaluation *e, const char *model_id, Err *err)
{
    const FiguresTable all = {&e->all, 1}, beside = {e->beside, e->beside_count};
    const char *unmet;
    DbRows *criteria;

    if (!model_read_criteria(s, model_id, &criteria, &unmet, err))
        return false;
    print_rows_used(cli, r, s->a);
    training_print_figures(cli, "evaluation", &all, s->a);
    training_print_figures(cli, "on rows that all predict", &beside, s->a);
    model_print_criteria(cli, criteria);
    print_member(cli, "model_id", json_string(model_id));
    return true;
}

static bool
train(const Cli *cli, Session *s, Order *o, const XgboostLib *lib, Err *err)
{
    char release[XGBOOST_VERSION_LEN];
    RegisteredModel model = {0};
    Rows rows = {0};
    Evaluation e;
    Buf file = {0};
    const char *model_id;
    bool ok = settle_windows(s, o, err) && read_rows(s, o, &rows, err)
              && trainer_train(lib, &o->params, rows.training, rows.training_count, s->a, &file, &model, err);

    if (ok) {
        e = evaluate(&rows, &model, s->a);
        ok = keep(cli, s, o, bytes_of(file.data, file.len), &e, xgboost_lib_version(lib, release), &model_id, err)
             && say(cli, s, &rows, &e, model_id, err) && db_commit(&s->tx, err);
    }
    if (ok && !cli->json)
        (void)printf("\n%s is a candidate of " SYSTEM "; 'tipoff model promote %s' has it predict\n", model_id,
                     model_id);
    model_free(model.model);
    buf_free(&file);
    return ok;
}

int
cmd_train(Cli *cli)
{
    XgboostLib *lib = NULL;
    Session s = {0};
    Order order;
    Err err;
    int status = 0;

    if (!parse_order(cli, &order))
        return 2;
    if (!model_windows_check(&order.training, &order.evaluation, &err) || !training_open_library(cli, &lib, &err)
        || !cli_open(cli, &s, &err) || !train(cli, &s, &order, lib, &err))
        status = cli_fail(&err);
    cli_close(&s);
    xgboost_lib_close(lib);
    return status;
}
