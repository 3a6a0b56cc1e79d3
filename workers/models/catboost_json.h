/*
 * workers/models/catboost_json.h
 *    CatBoost's JSON export of a model (save_model with format="json").
 */
#ifndef TIPOFF_WORKERS_CATBOOST_JSON_H
#define TIPOFF_WORKERS_CATBOOST_JSON_H

#include "libcore/base/arena.h"
#include "libcore/io/json_doc.h"
#include "workers/models/catboost_parts.h"

/* True when the document has such a model's members. */
bool catboost_json_is_one(const JsonPlace *root);

/* As catboost_cbm_read(), with paths in place of bytes. What out refers to lives in a and in the document. */
NODISCARD bool catboost_json_read(const JsonPlace *root, Arena *a, CatboostParts *out, Err *err);

/* The loss that a model was trained for, from the two members of its information that may say so, as CatBoost
 * looks for it; NULL when none does. It lives in a. ERR_POISON when one of them is no JSON. */
NODISCARD bool catboost_loss(const CatboostParts *parts, Arena *a, const char **out, Err *err);

#endif
