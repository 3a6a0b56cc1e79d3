/*
 * workers/models/model_registry.h
 *    The models that systems predict with: rows of predictions.model, parsed and checked, and which of them is
 *    asked about a date.
 *
 * A model's identity is its row alone: the bytes are there, and what is said of them (hash, inputs, windows) is
 * checked against them whenever they are read.
 */
#ifndef TIPOFF_WORKERS_MODEL_REGISTRY_H
#define TIPOFF_WORKERS_MODEL_REGISTRY_H

#include "libcore/io/db.h"
#include "libcore/io/sha256.h"
#include "workers/models/model_inputs.h"

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
    char sha256[SHA256_HEX_LEN];
    GameDate training_end; /* GAME_DATE_NULL where the file's owner stated no window */
    int64_t promoted_by;   /* the event that promoted it last: of two, the later one is greater */
    ModelBase base;
    Model *model; /* the registry's */
    ModelInputs inputs;
} RegisteredModel;

/* A model that is in no registry, of a file's bytes: model, inputs and base are set. Refuses as registry_load() does;
 * the model is the caller's, what else is made lives in a. */
NODISCARD bool registered_model_read(Bytes file, ModelBase base, Arena *a, RegisteredModel *out, Err *err);

/* Does not change once it is loaded; any number of threads may predict with it. */
typedef struct {
    int64_t version;
    const RegisteredModel *models; /* those that are promoted, by system and promotion */
    size_t count;
    Arena *arena;
} ModelRegistry;

/* The largest id of predictions.model_event, 0 before the first. One query of a few microseconds. */
NODISCARD bool registry_version(DbTx *tx, int64_t *out, Err *err);

/* Reads and parses all promoted models. ERR_CONFIG with the model's name and the cause when one cannot be used: its
 * bytes have another hash, cannot be read, or take other features than its row or this build's contract say. The
 * registry is the caller's: registry_free(). */
NODISCARD bool registry_load(DbTx *tx, ModelRegistry **out, Err *err);
void registry_free(ModelRegistry *r); /* NULL is fine */

/* Of the system's models that were trained on dates before this one, or that state no window, the one with the
 * latest training_end, and of equals the one that was promoted last; a stated window is later than none. NULL when
 * there is none: reason "no_model". */
const RegisteredModel *model_for_date(const ModelRegistry *r, const char *system_id, GameDate date);

/* Points of a row of FEATURE_COUNT values, NaN where missing: neither clamped nor rounded. NaN when the base's
 * features are missing. */
double registered_model_points(const RegisteredModel *m, const double *values);

#endif
