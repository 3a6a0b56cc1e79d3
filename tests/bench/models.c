/*
 * tests/bench/models.c
 *    Rows a second of the models' evaluators, beside libxgboost where that is installed.
 *
 * usage: models [JSON_FILE]
 *
 * It makes its models itself: 1,000 oblivious trees and 300 boosted trees, of depth 6, over 33 features, with random
 * splits and leaves; and as many random rows as a season has. Every measurement is taken REPETITIONS times in this
 * process on one thread, by its CPU time; the table has the median, the slowest and the fastest. libxgboost, found by its name at run
 * time, is given the same boosted trees as a file of its own format, and must give the same bits.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/rng.h"
#include "workers/models/boosted_core.h"
#include "workers/models/oblivious_core.h"

enum {
    FEATURES = 33,
    BORDERS = 90, /* a feature; CatBoost keeps those that its splits use */
    OBLIVIOUS_TREES = 1000,
    BOOSTED_TREES = 300,
    DEPTH = 6,
    ROWS = 26000,
    REPETITIONS = 5,
    LEAVES = 1 << DEPTH,
    NODES = 2 * LEAVES - 1,
};

static _Noreturn void
die(const char *what, const char *why)
{
    (void)fprintf(stderr, "models: %s: %s\n", what, why);
    exit(1);
}

/* CPU time of this process, all its threads: what others on the machine do does not count. */
static double
cpu_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- models ---- */

static float
some_value(Rng *rng)
{
    return (float)(rng_unit(rng) * 100);
}

static int
by_value(const void *x, const void *y)
{
    const float *p = x, *q = y;

    return (*p > *q) - (*p < *q);
}

static const ObliviousTrees *
make_oblivious(Rng *rng, Arena *a)
{
    CatboostFeature *features = arena_array(a, FEATURES, sizeof *features);
    int32_t *splits = arena_array(a, (size_t)OBLIVIOUS_TREES * DEPTH, sizeof *splits);
    int32_t *depths = arena_array(a, OBLIVIOUS_TREES, sizeof *depths);
    double *leaves = arena_array(a, (size_t)OBLIVIOUS_TREES * LEAVES, sizeof *leaves);
    const CatboostParts parts = {.features = features,
                                 .feature_count = FEATURES,
                                 .splits = splits,
                                 .split_count = (size_t)OBLIVIOUS_TREES * DEPTH,
                                 .depths = depths,
                                 .tree_count = OBLIVIOUS_TREES,
                                 .leaves = leaves,
                                 .leaf_count = (size_t)OBLIVIOUS_TREES * LEAVES,
                                 .scale = 1,
                                 .bias = 15};
    const ObliviousTrees *out;
    ModelInfo info = {0};
    Err err;

    for (size_t f = 0; f < FEATURES; f++) {
        float *borders = arena_array(a, BORDERS, sizeof *borders);

        for (size_t i = 0; i < BORDERS; i++)
            borders[i] = some_value(rng);
        qsort(borders, BORDERS, sizeof *borders, by_value);
        features[f] = (CatboostFeature){.index = (int64_t)f, .borders = borders, .border_count = BORDERS};
    }
    for (size_t i = 0; i < parts.split_count; i++)
        splits[i] = (int32_t)rng_below(rng, (uint64_t)FEATURES * BORDERS);
    for (size_t i = 0; i < OBLIVIOUS_TREES; i++)
        depths[i] = DEPTH;
    for (size_t i = 0; i < parts.leaf_count; i++)
        leaves[i] = rng_unit(rng) - 0.5;
    if (!oblivious_compile(&parts, a, &out, &info, &err))
        die("oblivious trees", err.msg);
    return out;
}

/* Complete trees: the children of node n are 2n + 1 and 2n + 2. */
static void
make_boosted_parts(Rng *rng, Arena *a, XgboostParts *out)
{
    XgboostTree *trees = arena_array(a, BOOSTED_TREES, sizeof *trees);

    for (size_t t = 0; t < BOOSTED_TREES; t++) {
        int32_t *left = arena_array(a, NODES, sizeof *left), *right = arena_array(a, NODES, sizeof *right);
        int32_t *feature = arena_array(a, NODES, sizeof *feature);
        float *value = arena_array(a, NODES, sizeof *value);
        bool *missing_left = arena_array(a, NODES, sizeof *missing_left);

        for (int32_t n = 0; n < NODES; n++) {
            const bool is_leaf = n >= LEAVES - 1;

            left[n] = is_leaf ? -1 : 2 * n + 1;
            right[n] = is_leaf ? -1 : 2 * n + 2;
            feature[n] = is_leaf ? 0 : (int32_t)rng_below(rng, FEATURES);
            value[n] = is_leaf ? (float)(rng_unit(rng) - 0.5) : some_value(rng);
            missing_left[n] = rng_below(rng, 2) == 1;
        }
        trees[t] = (XgboostTree){NODES, left, right, feature, value, missing_left};
    }
    *out = (XgboostParts){.feature_count = FEATURES, .trees = trees, .tree_count = BOOSTED_TREES, .base_score = 0.5F};
}

/* ---- the same boosted trees in XGBoost's format ---- */

static void
put_ints(Buf *out, const char *name, const int32_t *items)
{
    buf_printf(out, "\"%s\":[", name);
    for (size_t i = 0; i < NODES; i++)
        buf_printf(out, "%s%d", i > 0 ? "," : "", items == NULL ? 0 : (int)items[i]);
    buf_put_str(out, "],");
}

static void
put_floats(Buf *out, const char *name, const float *items)
{
    buf_printf(out, "\"%s\":[", name);
    for (size_t i = 0; i < NODES; i++)
        buf_printf(out, "%s%.8E", i > 0 ? "," : "", items == NULL ? 0.0 : (double)items[i]);
    buf_put_str(out, "],");
}

static void
put_tree(Buf *out, const XgboostTree *t, size_t id)
{
    int32_t missing_left[NODES], parents[NODES];

    for (int32_t n = 0; n < NODES; n++) {
        missing_left[n] = t->is_missing_left[n];
        parents[n] = n == 0 ? INT32_MAX : (n - 1) / 2;
    }
    buf_printf(out, "{\"id\":%zu,", id);
    put_ints(out, "left_children", t->left);
    put_ints(out, "right_children", t->right);
    put_ints(out, "parents", parents);
    put_ints(out, "split_indices", t->feature);
    put_ints(out, "split_type", NULL);
    put_ints(out, "default_left", missing_left);
    put_floats(out, "split_conditions", t->value);
    put_floats(out, "base_weights", NULL);
    put_floats(out, "loss_changes", NULL);
    put_floats(out, "sum_hessian", NULL);
    buf_printf(out,
               "\"categories\":[],\"categories_nodes\":[],\"categories_segments\":[],\"categories_sizes\":[],"
               "\"tree_param\":{\"num_deleted\":\"0\",\"num_feature\":\"%d\",\"num_nodes\":\"%d\",\"size_leaf_vector\":"
               "\"1\"}}",
               FEATURES, NODES);
}

static void
put_model(Buf *out, const XgboostParts *p)
{
    buf_printf(
        out,
        "{\"learner\":{\"attributes\":{},\"feature_names\":[],\"feature_types\":[],\"gradient_booster\":{\"model\":{"
        "\"gbtree_model_param\":{\"num_parallel_tree\":\"1\",\"num_trees\":\"%zu\",\"size_leaf_vector\":\"0\"},\"tree_"
        "info\":[",
        p->tree_count);
    for (size_t i = 0; i < p->tree_count; i++)
        buf_put_str(out, i > 0 ? ",0" : "0");
    buf_put_str(out, "],\"trees\":[");
    for (size_t i = 0; i < p->tree_count; i++) {
        buf_put_str(out, i > 0 ? "," : "");
        put_tree(out, &p->trees[i], i);
    }
    buf_printf(
        out,
        "]},\"name\":\"gbtree\"},\"learner_model_param\":{\"base_score\":\"5E-1\",\"boost_from_average\":\"1\","
        "\"num_class\":\"0\",\"num_feature\":\"%d\",\"num_target\":\"1\"},\"objective\":{\"name\":\"reg:squarederror\","
        "\"reg_loss_param\":{\"scale_pos_weight\":\"1\"}}},\"version\":[1,7,4]}",
        FEATURES);
}

/* ---- libxgboost, by the names of its C interface (xgboost/c_api.h) ---- */

typedef struct {
    const char *(*last_error)(void);
    void (*version)(int *, int *, int *);
    int (*booster_create)(void *const *, uint64_t, void **);
    int (*booster_free)(void *);
    int (*load)(void *, const void *, uint64_t);
    int (*set_param)(void *, const char *, const char *);
    int (*matrix_create)(const float *, uint64_t, uint64_t, float, void **);
    int (*matrix_free)(void *);
    int (*predict)(void *, void *, int, unsigned, int, uint64_t *, const float **);
    void *booster;
} Xgboost;

static bool
find_functions(void *library, Xgboost *x)
{
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        {"XGBGetLastError", &x->last_error},
        {"XGBoostVersion", &x->version},
        {"XGBoosterCreate", &x->booster_create},
        {"XGBoosterFree", &x->booster_free},
        {"XGBoosterLoadModelFromBuffer", &x->load},
        {"XGBoosterSetParam", &x->set_param},
        {"XGDMatrixCreateFromMat", &x->matrix_create},
        {"XGDMatrixFree", &x->matrix_free},
        {"XGBoosterPredict", &x->predict},
    };

    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        void *found = dlsym(library, functions[i].name);

        if (found == NULL)
            return false;
        memcpy(functions[i].place, &found, sizeof found);
    }
    return true;
}

static void
must(const Xgboost *x, int status, const char *what)
{
    if (status != 0)
        die(what, x->last_error());
}

static bool
open_xgboost(const XgboostParts *parts, Xgboost *x)
{
    static const char *const names[] = {"libxgboost.so.0", "libxgboost.so"};
    void *library = NULL;
    Buf model = {0};

    for (size_t i = 0; i < ARRAY_LEN(names) && library == NULL; i++)
        library = dlopen(names[i], RTLD_NOW);
    if (library == NULL || !find_functions(library, x))
        return false;
    put_model(&model, parts);
    must(x, x->booster_create(NULL, 0, &x->booster), "XGBoosterCreate");
    must(x, x->set_param(x->booster, "nthread", "1"), "XGBoosterSetParam");
    must(x, x->load(x->booster, model.data, model.len), "XGBoosterLoadModelFromBuffer");
    must(x, x->set_param(x->booster, "nthread", "1"), "XGBoosterSetParam");
    buf_free(&model);
    return true;
}

static void
predict_by_xgboost(const Xgboost *x, const float *rows, size_t count, double *out)
{
    const float *result;
    uint64_t length;
    void *matrix;

    must(x, x->matrix_create(rows, count, FEATURES, NAN, &matrix), "XGDMatrixCreateFromMat");
    must(x, x->predict(x->booster, matrix, 0, 0, 0, &length, &result), "XGBoosterPredict");
    for (size_t i = 0; i < count; i++)
        out[i] = (double)result[i];
    must(x, x->matrix_free(matrix), "XGDMatrixFree");
}

/* ---- measurements ---- */

typedef struct {
    const ObliviousTrees *oblivious;
    const BoostedTrees *boosted;
    Xgboost xgboost;
    const float *rows;
    double *out;
} Bench;

static void
oblivious_rows(Bench *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        b->out[i] = oblivious_predict_row(b->oblivious, b->rows + i * FEATURES);
}

static void
oblivious_plain(Bench *b, size_t count)
{
    oblivious_predict_plain(b->oblivious, b->rows, count, FEATURES, b->out);
}

static void
oblivious_vector(Bench *b, size_t count)
{
    oblivious_predict_vector(b->oblivious, b->rows, count, FEATURES, b->out);
}

static void
boosted_rows(Bench *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        b->out[i] = (double)boosted_predict_row(b->boosted, b->rows + i * FEATURES);
}

static void
boosted_batch(Bench *b, size_t count)
{
    boosted_predict(b->boosted, b->rows, count, FEATURES, b->out);
}

static void
xgboost_rows(Bench *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        predict_by_xgboost(&b->xgboost, b->rows + i * FEATURES, 1, b->out + i);
}

static void
xgboost_batch(Bench *b, size_t count)
{
    predict_by_xgboost(&b->xgboost, b->rows, count, b->out);
}

typedef enum { ALWAYS, WITH_VECTOR, WITH_XGBOOST } Needs;

/* Those of one model must give the same bits as the first of it. */
static const struct {
    const char *model, *how;
    void (*run)(Bench *b, size_t count);
    Needs needs;
} measurements[] = {
    {"oblivious", "row by row", oblivious_rows, ALWAYS},
    {"oblivious", "batch, plain C", oblivious_plain, ALWAYS},
    {"oblivious", "batch, AVX2", oblivious_vector, WITH_VECTOR},
    {"boosted", "row by row", boosted_rows, ALWAYS},
    {"boosted", "batch", boosted_batch, ALWAYS},
    {"boosted", "libxgboost, row by row", xgboost_rows, WITH_XGBOOST},
    {"boosted", "libxgboost, batch", xgboost_batch, WITH_XGBOOST},
};

typedef struct {
    double median, slowest, fastest; /* rows a second */
} Rate;

static int
by_double(const void *x, const void *y)
{
    const double *p = x, *q = y;

    return (*p > *q) - (*p < *q);
}

static Rate
measure(Bench *b, void (*run)(Bench *, size_t))
{
    double rates[REPETITIONS];

    run(b, ROWS / 8); /* warms caches and clocks */
    for (size_t i = 0; i < REPETITIONS; i++) {
        const double start = cpu_s();

        run(b, ROWS);
        rates[i] = ROWS / (cpu_s() - start);
    }
    qsort(rates, REPETITIONS, sizeof *rates, by_double);
    return (Rate){rates[REPETITIONS / 2], rates[0], rates[REPETITIONS - 1]};
}

static void
expect_same(const char *how, const double *first, const double *second)
{
    for (size_t i = 0; i < ROWS; i++)
        if (memcmp(&first[i], &second[i], sizeof *first) != 0)
            die(how, "other bits than row by row");
}

static void
report(size_t i, Rate r, bool is_first, FILE *json)
{
    const bool is_oblivious = strcmp(measurements[i].model, "oblivious") == 0;

    (void)printf("%-10s %5d  %-23s %10.0f %10.0f %10.0f %9.2f\n", measurements[i].model,
                 is_oblivious ? OBLIVIOUS_TREES : BOOSTED_TREES, measurements[i].how, r.median, r.slowest, r.fastest,
                 1e6 / r.median);
    if (json != NULL)
        (void)fprintf(
            json,
            "%s{\"model\":\"%s\",\"trees\":%d,\"depth\":%d,\"how\":\"%s\",\"rows_per_s\":%.0f,\"slowest\":%.0f,"
            "\"fastest\":%.0f,\"us_per_row\":%.3f}",
            is_first ? "" : ",", measurements[i].model, is_oblivious ? OBLIVIOUS_TREES : BOOSTED_TREES, DEPTH,
            measurements[i].how, r.median, r.slowest, r.fastest, 1e6 / r.median);
}

static void
run_all(Bench *b, const bool has[], Arena *a, FILE *json)
{
    double *reference = arena_array(a, ROWS, sizeof *reference);
    const char *model = "";

    (void)printf("%-10s %5s  %-23s %10s %10s %10s %9s\n", "model", "trees", "how", "rows/s", "slowest", "fastest",
                 "us/row");
    for (size_t i = 0; i < ARRAY_LEN(measurements); i++) {
        Rate r;

        if (!has[measurements[i].needs])
            continue;
        memset(b->out, 0, ROWS * sizeof *b->out);
        r = measure(b, measurements[i].run);
        report(i, r, i == 0, json);
        if (strcmp(model, measurements[i].model) == 0)
            expect_same(measurements[i].how, reference, b->out);
        else
            memcpy(reference, b->out, ROWS * sizeof *reference);
        model = measurements[i].model;
    }
}

int
main(int argc, char **argv)
{
    Arena *a = arena_new(0);
    Rng rng = rng_seeded(1);
    float *rows = arena_array(a, (size_t)ROWS * FEATURES, sizeof *rows);
    Bench b = {.rows = rows, .out = arena_array(a, ROWS, sizeof *b.out)};
    FILE *json = argc > 1 ? fopen(argv[1], "we") : NULL;
    XgboostParts parts;
    ModelInfo info = {0};
    bool has[] = {true, oblivious_has_vector(), false};
    int version[3] = {0};
    Err err;

    if (argc > 1 && json == NULL)
        die(argv[1], "cannot write it");
    b.oblivious = make_oblivious(&rng, a);
    make_boosted_parts(&rng, a, &parts);
    if (!boosted_compile(&parts, a, &b.boosted, &info, &err))
        die("boosted trees", err.msg);
    for (size_t i = 0; i < (size_t)ROWS * FEATURES; i++)
        rows[i] = rng_below(&rng, 20) == 0 ? NAN : some_value(&rng);
    has[WITH_XGBOOST] = open_xgboost(&parts, &b.xgboost);
    (void)printf("%d trees and %d trees of depth %d, %d features, %d rows, 5 %% of the values missing; one thread\n"
                 "median of %d repetitions in this run; rows a second of CPU\n\n",
                 OBLIVIOUS_TREES, BOOSTED_TREES, DEPTH, FEATURES, ROWS, REPETITIONS);
    if (json != NULL)
        (void)fprintf(json, "{\"features\":%d,\"rows\":%d,\"repetitions\":%d,\"measurements\":[", FEATURES, ROWS,
                      REPETITIONS);
    run_all(&b, has, a, json);
    if (has[WITH_XGBOOST])
        b.xgboost.version(&version[0], &version[1], &version[2]);
    if (json != NULL
        && (fprintf(json, "],\"libxgboost\":\"%d.%d.%d\"}\n", version[0], version[1], version[2]) < 0
            || fclose(json) != 0))
        die(argv[1], "cannot write it");
    (void)printf(has[WITH_XGBOOST] ? "\nlibxgboost %d.%d.%d gave the same bits\n"
                                   : "\nno libxgboost (Debian: libxgboost0): not measured\n",
                 version[0], version[1], version[2]);
    if (has[WITH_XGBOOST])
        (void)b.xgboost.booster_free(b.xgboost.booster);
    arena_free(a);
    return 0;
}
