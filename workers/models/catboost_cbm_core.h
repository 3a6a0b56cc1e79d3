/*
 * workers/models/catboost_cbm_core.h
 *    CatBoost's binary model file: "CBM1", the size of the core in 4 bytes, the core as a FlatBuffers buffer.
 *
 * The core's schema is CatBoost's catboost/libs/model/flatbuffers/model.fbs and features.fbs.
 */
#ifndef TIPOFF_WORKERS_CATBOOST_CBM_CORE_H
#define TIPOFF_WORKERS_CATBOOST_CBM_CORE_H

#include "libcore/base/arena.h"
#include "workers/models/catboost_parts.h"

/* True when the bytes begin as such a file does. */
bool catboost_cbm_is_one(Bytes file);

/* ERR_POISON with the reason and the byte when the file is malformed, and with the reason when it holds what is
 * not evaluated here: categorical, text or embedding features, trees that are not symmetric, more than one
 * dimension of output. What out refers to lives in a, names in the file. */
NODISCARD bool catboost_cbm_read(Bytes file, Arena *a, CatboostParts *out, Err *err);

#endif
