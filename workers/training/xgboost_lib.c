/*
 * workers/training/xgboost_lib.c
 *    The functions of the library by their names, and one training with them.
 */
#include "workers/training/xgboost_lib.h"
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct XgboostLib {
    void *handle;
    const char *(*last_error)(void);
    void (*version)(int *, int *, int *);
    int (*matrix_create)(const float *, uint64_t, uint64_t, float, void **);
    int (*matrix_free)(void *);
    int (*matrix_set)(void *, const char *, const float *, uint64_t);
    int (*booster_create)(void *const *, uint64_t, void **);
    int (*booster_free)(void *);
    int (*set_param)(void *, const char *, const char *);
    int (*set_names)(void *, const char *, const char **, uint64_t);
    int (*update)(void *, int, void *);
    int (*save)(void *, const char *, uint64_t *, const char **);
};

static bool
find_functions(XgboostLib *x, const char *name, Err *err)
{
    const struct {
        const char *name;
        void *place;
    } functions[] = {
        {"XGBGetLastError", &x->last_error},           {"XGBoostVersion", &x->version},
        {"XGDMatrixCreateFromMat", &x->matrix_create}, {"XGDMatrixFree", &x->matrix_free},
        {"XGDMatrixSetFloatInfo", &x->matrix_set},     {"XGBoosterCreate", &x->booster_create},
        {"XGBoosterFree", &x->booster_free},           {"XGBoosterSetParam", &x->set_param},
        {"XGBoosterSetStrFeatureInfo", &x->set_names}, {"XGBoosterUpdateOneIter", &x->update},
        {"XGBoosterSaveModelToBuffer", &x->save},
    };

    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        void *found = dlsym(x->handle, functions[i].name);

        if (found == NULL)
            return ERR_FAIL(err, ERR_CONFIG, "%s has no function %s; 'ops/xgboost fetch' gets a library that has", name,
                            functions[i].name);
        memcpy(functions[i].place, &found, sizeof found);
    }
    return true;
}

/* The first that opens. A path that is given is the only one. */
static const char *
open_any(XgboostLib *x, const char *path, const char *run_dir, char *beside, size_t size)
{
    const char *const names[] = {beside, "libxgboost.so.0", "libxgboost.so"};

    (void)snprintf(beside, size, "%s/xgboost/lib/libxgboost.so", run_dir);
    if (path[0] != '\0') {
        x->handle = dlopen(path, RTLD_NOW);
        return path;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        x->handle = dlopen(names[i], RTLD_NOW);
        if (x->handle != NULL)
            return names[i];
    }
    return "";
}

bool
xgboost_lib_open(const char *path, const char *run_dir, XgboostLib **out, Err *err)
{
    XgboostLib *x = calloc(1, sizeof *x);
    char beside[4096];
    const char *name;

    *out = NULL;
    if (x == NULL)
        abort();
    name = open_any(x, path, run_dir, beside, sizeof beside);
    if (x->handle == NULL)
        (void)(path[0] != '\0' ? ERR_FAIL(err, ERR_CONFIG, "cannot open TIPOFF_XGBOOST: %s", dlerror())
                               : ERR_FAIL(err, ERR_CONFIG,
                                          "training needs XGBoost's library: run 'ops/xgboost fetch',"
                                          " or name one with TIPOFF_XGBOOST"));
    if (x->handle == NULL || !find_functions(x, name, err)) {
        xgboost_lib_close(x);
        return false;
    }
    *out = x;
    return true;
}

/* The code stays mapped: its threads' library does not bear to be taken away. */
void
xgboost_lib_close(XgboostLib *lib)
{
    free(lib);
}

const char *
xgboost_lib_version(const XgboostLib *lib, char out[XGBOOST_VERSION_LEN])
{
    int major, minor, patch;

    lib->version(&major, &minor, &patch);
    (void)snprintf(out, XGBOOST_VERSION_LEN, "%d.%d.%d", major, minor, patch);
    return out;
}

/* ---- one training ---- */

static bool
done(const XgboostLib *x, int status, const char *what, Err *err)
{
    return status == 0 || ERR_FAIL(err, ERR_FATAL, "XGBoost: %s: %.600s", what, x->last_error());
}

static bool
set_params(const XgboostLib *x, void *booster, const XgboostParams *p, Err *err)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"nthread", 1},
        {"seed", p->seed},
        {"max_depth", p->depth},
        {"eta", p->learning_rate},
        {"lambda", p->l2},
        {"min_child_weight", p->least_weight},
        {"subsample", p->row_share},
        {"colsample_bytree", p->column_share},
    };
    const struct {
        const char *name, *value;
    } words[] = {{"objective", "reg:squarederror"}, {"booster", "gbtree"}, {"tree_method", "hist"}, {"verbosity", "0"}};
    char text[32];

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (!done(x, x->set_param(booster, words[i].name, words[i].value), words[i].name, err))
            return false;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        (void)snprintf(text, sizeof text, "%.17g", numbers[i].value);
        if (!done(x, x->set_param(booster, numbers[i].name, text), numbers[i].name, err))
            return false;
    }
    return true;
}

static bool
grow(const XgboostLib *x, void *booster, void *matrix, const XgboostMatrix *m, const XgboostParams *p, Buf *out,
     Err *err)
{
    const char *model;
    uint64_t len;

    if (!set_params(x, booster, p, err))
        return false;
    for (int i = 0; i < p->rounds; i++)
        if (!done(x, x->update(booster, i, matrix), "update", err))
            return false;
    if (!done(x, x->set_names(booster, "feature_name", m->names, m->columns), "names", err)
        || !done(x, x->save(booster, "{\"format\":\"json\"}", &len, &model), "save", err))
        return false;
    buf_put(out, model, len);
    return true;
}

bool
xgboost_train(const XgboostLib *lib, const XgboostMatrix *m, const XgboostParams *params, Buf *out, Err *err)
{
    void *matrix = NULL, *booster = NULL;
    bool ok = done(lib, lib->matrix_create(m->values, m->rows, m->columns, NAN, &matrix), "matrix", err)
              && done(lib, lib->matrix_set(matrix, "label", m->labels, m->rows), "labels", err)
              && done(lib, lib->booster_create((void *const[]){matrix}, 1, &booster), "booster", err)
              && grow(lib, booster, matrix, m, params, out, err);

    if (booster != NULL)
        (void)lib->booster_free(booster);
    if (matrix != NULL)
        (void)lib->matrix_free(matrix);
    return ok;
}
