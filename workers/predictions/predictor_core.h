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
#include "workers/predictions/systems.h"

/* What the caller knows of the request. Borrowed; rows keep the pointers. */
typedef struct {
    const char *champion; /* the system whose prediction is the request's outcome */
    int32_t version;      /* of the rows, from 1 */
    RunMode mode;
    bool is_live;
    const char *batch_id;
    Instant now; /* for columns that say when */
    /* As in SystemInput. */
    const RegisteredModel *models[PREDICTION_SYSTEM_COUNT];
    const char *held[PREDICTION_SYSTEM_COUNT];
} PredictorRun;

/* What is known of one player: rows of one date and game. Borrowed. */
typedef struct {
    const UpcomingPlayer *context;
    const FeatureRow *features;
    const PlayerSimilarity *similar; /* NULL without one */
} PredictorFacts;

typedef struct {
    Prediction *rows; /* in the order of the systems; active, not superseded */
    size_t count;
    /* NULL when the champion predicted; else why it did not ("missing_points_std_last_10"). Other
     * systems may have rows even so. */
    const char *skip_reason;
    /* "SYSTEM: REASON" of each system without a row, made in the arena. */
    TextArray absent;
    /* Of all systems, by SystemId: which of them said something, and which failed. */
    SystemOutput outputs[PREDICTION_SYSTEM_COUNT];
} PredictorResult;

/* "DATE:LOOKUP:SYSTEM:vVERSION", made in a. */
const char *prediction_id_text(GameDate date, const char *lookup, const char *system, int32_t version, Arena *a);

/* ERR_POISON when the facts are not of one player, date and game, or the vector is too short. Text in the rows is
 * borrowed from them, from the run, or made in a.
 * predicted_points is rounded to one decimal; line_margin is that of the unrounded prediction,
 * rounded to two, and what the filters look at. feature_quality_score holds the score over the
 * features whose feed and history exist. as_of is the latest stamp among the features and the
 * line. */
NODISCARD bool predictor_rows(const PredictorFacts *facts, const PredictorRun *run, Arena *a, PredictorResult *out,
                              Err *err);

#endif
