/*
 * workers/models/model_store.h
 *    What is done to the registry of models: register, promote, roll back, retire, choose the champion. Each leaves a
 *    row of predictions.model_event.
 *
 * Nothing here recomputes a date: 'tipoff predict' does.
 */
#ifndef TIPOFF_WORKERS_MODEL_STORE_H
#define TIPOFF_WORKERS_MODEL_STORE_H

#include "libcore/io/db.h"
#include "workers/models/model_inputs.h"

/* Who does it, and when. */
typedef struct {
    Instant at;
    const char *by;
} ModelActor;

/* Game dates, both ends in it; null ones where nothing is stated. rows: NULL_I32 where it is not known. */
typedef struct {
    GameDate from, to;
    int32_t rows;
} ModelWindow;

static inline ModelWindow
model_window_none(void)
{
    return (ModelWindow){GAME_DATE_NULL, GAME_DATE_NULL, NULL_I32};
}

typedef struct {
    const char *system_id;
    const char *file_name; /* what the file is called; a folder before it is left out */
    Bytes bytes;
    ModelBase base;
    ModelWindow training, evaluation;
    const char *metrics, *params; /* JSON, or NULL */
    const char *build;            /* that registers it */
} ModelEntry;

/* ERR_CONFIG, in words for the operator, unless the evaluation begins after the training has ended. */
NODISCARD bool model_windows_check(const ModelWindow *training, const ModelWindow *evaluation, Err *err);

/* Adds a candidate. ERR_CONFIG when the bytes cannot be evaluated, are of another kind than the system's models, take
 * features that the contract lacks, are registered already, or the windows overlap. *model_id lives in a. */
NODISCARD bool model_store_register(DbTx *tx, const ModelEntry *entry, const ModelActor *actor, Arena *a,
                                    const char **model_id, Err *err);

/* A candidate, or a model that was rolled back, becomes one that predicts. reason: NULL, or what is to be remembered
 * with it. *system_id lives in a. ERR_CONFIG when there is no such model or it is promoted or retired. */
NODISCARD bool model_store_promote(DbTx *tx, const char *model_id, const char *reason, const ModelActor *actor,
                                   Arena *a, const char **system_id, Err *err);

/* Takes back the system's last promotion that still holds; *model_id is that model's. ERR_CONFIG when it has none. */
NODISCARD bool model_store_rollback(DbTx *tx, const char *system_id, const char *reason, const ModelActor *actor,
                                    Arena *a, const char **model_id, Err *err);

/* The model predicts no more, and can never again. */
NODISCARD bool model_store_retire(DbTx *tx, const char *model_id, const char *reason, const ModelActor *actor, Arena *a,
                                  const char **system_id, Err *err);

/* The caller has seen to it that the system exists. */
NODISCARD bool model_store_champion(DbTx *tx, const char *system_id, const char *reason, const ModelActor *actor,
                                    Err *err);

#endif
