/*
 * workers/models/registered_model.c
 *    A model read from bytes, the choice by date, and points.
 */
#include "workers/models/registered_model.h"
#include <string.h>

const ModelSystem model_systems[MODEL_SYSTEM_COUNT] = {
    {.system_id = "xgboost_v1", .kind = "xgboost"},
    {.system_id = "catboost_v9", .kind = "catboost"},
};

const ModelSystem *
model_system_by_id(const char *system_id)
{
    for (size_t i = 0; i < MODEL_SYSTEM_COUNT; i++)
        if (strcmp(model_systems[i].system_id, system_id) == 0)
            return &model_systems[i];
    return NULL;
}

bool
registered_model_read(Bytes file, ModelBase base, Arena *a, RegisteredModel *out, Err *err)
{
    *out = (RegisteredModel){.base = base, .training_end = GAME_DATE_NULL};
    if (!model_read(file, &out->model, err)) {
        err->cls = ERR_CONFIG;
        return false;
    }
    if (model_inputs_match(model_info(out->model), a, &out->inputs, err))
        return true;
    model_free(out->model);
    return false;
}

/* An absent date is the smallest. */
static bool
is_better(const RegisteredModel *m, const RegisteredModel *than)
{
    if (than == NULL || m->training_end.days != than->training_end.days)
        return than == NULL || m->training_end.days > than->training_end.days;
    return m->promoted_by > than->promoted_by;
}

const RegisteredModel *
model_for_date(const ModelRegistry *r, const char *system_id, GameDate date)
{
    const RegisteredModel *best = NULL;

    for (size_t i = 0; i < r->count; i++) {
        const RegisteredModel *m = &r->models[i];

        if (strcmp(m->system_id, system_id) == 0 && date_before(m->training_end, date) && is_better(m, best))
            best = m;
    }
    return best;
}

double
registered_model_points(const RegisteredModel *m, const double *values)
{
    float row[MODEL_MOST_INPUTS];

    model_inputs_row(&m->inputs, values, row);
    return model_base_points(m->base, values) + model_predict_row(m->model, row);
}
