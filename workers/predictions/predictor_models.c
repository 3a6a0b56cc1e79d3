/*
 * workers/predictions/predictor_models.c
 *    The connection's slot holds the registry as it was last read.
 */
#include "workers/predictions/predictor_models.h"
#include "libcore/base/log.h"

static void
forget(void *registry)
{
    registry_free(registry);
}

bool
predictor_models(DbTx *tx, const ModelRegistry **out, Err *err)
{
    void **slot = db_slot(db_of_tx(tx), forget);
    ModelRegistry *kept = *slot, *fresh;
    int64_t version;

    *out = kept;
    if (!registry_version(tx, &version, err))
        return false;
    if (kept != NULL && kept->version == version)
        return true;
    if (!registry_load(tx, &fresh, err))
        return false;
    registry_free(kept);
    *slot = fresh;
    *out = fresh;
    log_line(LVL_INFO, "models", "count=%zu version=%lld", fresh->count, (long long)fresh->version);
    return true;
}

void
predictor_models_of_date(const ModelRegistry *r, GameDate date, const RegisteredModel *out[PREDICTION_SYSTEM_COUNT])
{
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        out[i] = model_for_date(r, prediction_systems[i].id, date);
}
