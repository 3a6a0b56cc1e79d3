/*
 * workers/training/xgboost_lib.h
 *    libxgboost through its C interface (xgboost/c_api.h), found when it is wanted: training is all that needs it.
 *
 * Training is deterministic: one thread, a fixed seed, rows and columns in the caller's order. The same rows,
 * parameters and release give the same bytes on the same kind of machine.
 */
#ifndef TIPOFF_WORKERS_TRAINING_XGBOOST_LIB_H
#define TIPOFF_WORKERS_TRAINING_XGBOOST_LIB_H

#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef struct XgboostLib XgboostLib;

/* path: of the library, or empty; then <run_dir>/xgboost/lib/libxgboost.so, then the system's by its name. ERR_CONFIG,
 * naming the command that fetches one, when there is none, or one without the functions that are needed. It is the
 * caller's: xgboost_lib_close(). */
NODISCARD bool xgboost_lib_open(const char *path, const char *run_dir, XgboostLib **out, Err *err);
void xgboost_lib_close(XgboostLib *lib); /* NULL is fine */

enum { XGBOOST_VERSION_LEN = 36 };
/* "3.2.0"; returns out. */
const char *xgboost_lib_version(const XgboostLib *lib, char out[XGBOOST_VERSION_LEN]);

/* What shapes the trees, in XGBoost's terms; the objective is reg:squarederror. */
typedef struct {
    int rounds;           /* trees */
    int depth;            /* max_depth */
    double learning_rate; /* eta */
    double l2;            /* lambda */
    double least_weight;  /* min_child_weight: rows a leaf */
    double row_share;     /* subsample */
    double column_share;  /* colsample_bytree */
    int seed;
} XgboostParams;

/* Row-major, NaN where missing; a name a column. */
typedef struct {
    const float *values;
    const float *labels; /* by row */
    const char **names;  /* as the library's interface has it; they are not changed */
    size_t rows, columns;
} XgboostMatrix;

/* Appends the model as JSON to out. ERR_FATAL with XGBoost's words when it refuses. */
NODISCARD bool xgboost_train(const XgboostLib *lib, const XgboostMatrix *m, const XgboostParams *params, Buf *out,
                             Err *err);

#endif
