/*
 * workers/training/trainer.c
 *    The matrix, the training, the file.
 */
#include "workers/training/trainer.h"
#include <math.h>

bool
trainer_train(const XgboostLib *lib, const TrainingParams *params, const Example *const *rows, size_t count, Arena *a,
              Buf *file, RegisteredModel *out, Err *err)
{
    Arena *scratch = arena_new(0);
    const size_t before = file->len;
    const XgboostMatrix m = training_matrix(rows, count, params->base, scratch);
    bool ok = xgboost_train(lib, &m, &params->trees, file, err)
              && registered_model_read(bytes_of(file->data + before, file->len - before), params->base, a, out, err);

    arena_free(scratch);
    return ok;
}

double
model_points_served(const RegisteredModel *m, const double *values)
{
    return fmin(fmax(registered_model_points(m, values), 0.0), 60.0);
}
