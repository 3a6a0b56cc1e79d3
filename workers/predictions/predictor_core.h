/*
 * workers/predictions/predictor_core.h
 *    One player's features and context of a date become one prediction row a system.
 *
 * It decides nothing about versions, freezing or who was asked for: the caller passes those.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_PREDICTOR_CORE_H
#define TIPOFF_WORKERS_PREDICTIONS_PREDICTOR_CORE_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "tables_gen.h"
#include "workers/predictions/coordinator_core.h"

/* What the caller knows of the request. Borrowed; rows keep the pointers. */
typedef struct {
    const char *champion; /* the system whose prediction is the request's outcome */
    int32_t version;      /* of the rows, from 1 */
    RunMode mode;
    bool is_live;
    const char *batch_id;
} PredictorRun;

typedef struct {
    Prediction *rows; /* in the order of the systems; active, not superseded */
    size_t count;
    /* NULL when the champion predicted; else why it did not ("missing_points_std_last_10"). Other
     * systems may have rows even so. */
    const char *skip_reason;
} PredictorResult;

/* "DATE:LOOKUP:SYSTEM:vVERSION", made in a. */
const char *prediction_id_text(GameDate date, const char *lookup, const char *system, int32_t version, Arena *a);

/* player, features: the rows of one player, date and game; ERR_POISON when they are not, or the
 * vector is too short. Text in the rows is borrowed from both.
 * predicted_points is rounded to one decimal; line_margin is that of the unrounded prediction,
 * rounded to two, and what the filters look at. feature_quality_score holds the score over the
 * features whose feed and history exist. as_of is the latest stamp among the features and the
 * line. */
NODISCARD bool predictor_rows(const UpcomingPlayer *player, const FeatureRow *features, const PredictorRun *run,
                              Arena *a, PredictorResult *out, Err *err);

#endif
