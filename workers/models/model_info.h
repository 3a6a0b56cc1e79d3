/*
 * workers/models/model_info.h
 *    What a model says of itself, whatever library made it.
 */
#ifndef TIPOFF_WORKERS_MODEL_INFO_H
#define TIPOFF_WORKERS_MODEL_INFO_H

#include <stdbool.h>
#include <stddef.h>

enum { MODEL_MOST_FEATURES = 65536, MODEL_MOST_DEPTHS = 64 };

/* How a missing value (NaN) goes through the splits of a feature. */
typedef enum {
    MISSING_BELOW,           /* below every border: CatBoost's Min */
    MISSING_ABOVE,           /* above every border: CatBoost's Max */
    MISSING_NOT_SEEN,        /* below every border, and training had none: CatBoost's Forbidden, or no missing values */
    MISSING_BY_SPLIT,        /* by each split's default direction: XGBoost */
    MISSING_DOES_NOT_MATTER, /* no tree asks */
} MissingMode;

/* A static word for each. */
const char *missing_mode_name(MissingMode mode);

typedef struct {
    const char *name; /* NULL when the model has none for it */
    size_t borders;   /* distinct values that its splits compare with */
    size_t splits;    /* in all trees */
    MissingMode missing;
} ModelFeature;

typedef struct {
    const char *kind;      /* "catboost", "xgboost" */
    const char *format;    /* of the file: "CBM1, FlabuffersModel_v1", "JSON" */
    const char *made_by;   /* the library's release; NULL when it is not said */
    const char *made_at;   /* when training ended; NULL when it is not said */
    const char *objective; /* what was minimised, as "RMSE", "reg:squarederror"; NULL when it is not said */
    size_t feature_count;  /* values a row */
    const ModelFeature *features;
    bool has_names; /* every feature that a tree asks for has a name */
    size_t tree_count;
    size_t trees_of_depth[MODEL_MOST_DEPTHS + 1]; /* the last one: that deep and deeper */
    double scale, bias; /* prediction = scale * sum of leaves + bias; XGBoost: 1 and its base score */
} ModelInfo;

#endif
