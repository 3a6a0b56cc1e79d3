/*
 * workers/models/registered_model.h
 *    Models that systems predict with, once they are read: which of them is asked about a date, and what it says.
 */
#ifndef TIPOFF_WORKERS_REGISTERED_MODEL_H
#define TIPOFF_WORKERS_REGISTERED_MODEL_H

#include "libcore/base/date.h"
#include "workers/models/model_inputs.h"

enum { MODEL_HASH_TEXT_LEN = 65 };

/* The systems that predict with models. */
typedef struct {
    const char *system_id;
    const char *kind; /* of the models, as ModelInfo has it */
} ModelSystem;

enum { MODEL_SYSTEM_COUNT = 2 };
extern const ModelSystem model_systems[MODEL_SYSTEM_COUNT];

/* NULL for a system that needs no model, or that does not exist. */
const ModelSystem *model_system_by_id(const char *system_id);

typedef struct {
    const char *model_id;
    const char *system_id;
    const char *file_name; /* that it was registered from */
    char sha256[MODEL_HASH_TEXT_LEN];
    GameDate training_end; /* GAME_DATE_NULL where the file's owner stated no window */
    int64_t promoted_by;   /* the event that promoted it last: of two, the later one is greater */
    ModelBase base;
    Model *model; /* the registry's */
    ModelInputs inputs;
} RegisteredModel;

/* Does not change once it is loaded; any number of threads may predict with it. */
typedef struct {
    int64_t version;
    const RegisteredModel *models; /* those that are promoted, by system and promotion */
    size_t count;
    Arena *arena;
} ModelRegistry;

/* Of the system's models that were trained on dates before this one, or that state no window, the one with the
 * latest training_end, and of equals the one that was promoted last; a stated window is later than none. NULL when
 * there is none: reason "no_model". */
const RegisteredModel *model_for_date(const ModelRegistry *r, const char *system_id, GameDate date);

/* Points of a row of FEATURE_COUNT values, NaN where missing: neither clamped nor rounded. NaN when the base's
 * features are missing. */
double registered_model_points(const RegisteredModel *m, const double *values);

/* A model that is in no registry, of a file's bytes: model, inputs and base are set. Refuses as registry_load() does;
 * the model is the caller's, what else is made lives in a. */
NODISCARD bool registered_model_read(Bytes file, ModelBase base, Arena *a, RegisteredModel *out, Err *err);

#endif
