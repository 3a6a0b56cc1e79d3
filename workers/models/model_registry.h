/*
 * workers/models/model_registry.h
 *    The models that systems predict with: rows of predictions.model, parsed and checked.
 *
 * A model's identity is its row alone: the bytes are there, and what is said of them (hash, inputs, windows) is
 * checked against them whenever they are read.
 */
#ifndef TIPOFF_WORKERS_MODEL_REGISTRY_H
#define TIPOFF_WORKERS_MODEL_REGISTRY_H

#include "libcore/io/db.h"
#include "workers/models/registered_model.h"

/* The largest id of predictions.model_event, 0 before the first. One query of a few microseconds. */
NODISCARD bool registry_version(DbTx *tx, int64_t *out, Err *err);

/* Reads and parses all promoted models. ERR_CONFIG with the model's name and the cause when one cannot be used: its
 * bytes have another hash, cannot be read, or take other features than its row or this build's contract say. The
 * registry is the caller's: registry_free(). */
NODISCARD bool registry_load(DbTx *tx, ModelRegistry **out, Err *err);
void registry_free(ModelRegistry *r); /* NULL is fine */

#endif
