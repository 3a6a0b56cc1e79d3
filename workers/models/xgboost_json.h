/*
 * workers/models/xgboost_json.h
 *    XGBoost's JSON model file, as XGBoosterSaveModel() writes it for a name that ends in .json.
 *
 * Its members are described by XGBoost's doc/model.schema; releases from 1.0 to 3 write what is read here.
 */
#ifndef TIPOFF_WORKERS_XGBOOST_JSON_H
#define TIPOFF_WORKERS_XGBOOST_JSON_H

#include "libcore/base/arena.h"
#include "libcore/io/json_doc.h"
#include "workers/models/xgboost_parts.h"

/* True when the document has such a model's members. */
bool xgboost_json_is_one(const JsonPlace *root);

/* ERR_POISON with the path and the reason when a member is missing or wrong, and with the reason when the model is
 * of a booster other than gbtree, of an objective whose prediction is not the sum itself, of several outputs, or
 * has splits by category. What out refers to lives in a, texts in the document. */
NODISCARD bool xgboost_json_read(const JsonPlace *root, Arena *a, XgboostParts *out, Err *err);

#endif
