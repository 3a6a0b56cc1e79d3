/*
 * workers/training/training_core.h
 *    Examples (a feature row, and what came of it): which of them a model may be trained on, and the matrix that it
 *    is trained with.
 */
#ifndef TIPOFF_WORKERS_TRAINING_TRAINING_CORE_H
#define TIPOFF_WORKERS_TRAINING_TRAINING_CORE_H

#include "libcore/base/value.h"
#include "tables_gen.h"
#include "workers/models/model_inputs.h"
#include "workers/training/xgboost_lib.h"

/* values: FEATURE_COUNT of them, as they were before the game. */
typedef struct {
    GameDate date;
    const char *game_id, *player_lookup, *player_name, *team, *opponent;
    const double *values;
    int32_t value_count;
    double quality_score; /* feature_quality_score */
    int32_t
        required_defaults; /* required features without a value that there should be: a model then predicts nothing */
    bool is_training_ready;
    const char *data_source;         /* primary_data_source */
    double line;                     /* NaN without one */
    int32_t earlier_games;           /* that he has played this season */
    const PlayerSimilarity *similar; /* NULL without a row */
    double points, minutes;          /* NaN where there is no box score of his */
} Example;

/* Why a model is not trained on an example; the first that holds. */
typedef enum {
    EXAMPLE_USABLE,
    EXAMPLE_FEW_FEATURES,
    EXAMPLE_EARLY_SEASON,
    EXAMPLE_PHASE4_PARTIAL,
    EXAMPLE_REQUIRED_DEFAULTS,
    EXAMPLE_LOW_SCORE,
    EXAMPLE_NOT_READY,
    EXAMPLE_DEFAULT_MARKER, /* points_avg_last_5 of exactly 10 beside a last_10 above 15: what defaults looked like */
    EXAMPLE_NO_OUTCOME,
    EXAMPLE_DID_NOT_PLAY,
    EXAMPLE_VERDICT_COUNT,
} ExampleVerdict;

/* "usable", "fewer_than_33_features", ...: as 'tipoff quality training' calls them. */
const char *example_verdict_name(ExampleVerdict verdict);

/* The score below which an example is left out, and how low a caller may go. */
#define TRAINING_LEAST_SCORE 70.0
#define TRAINING_LOWEST_SCORE 50.0
enum { TRAINING_LEAST_ROWS = 1000, EVALUATION_LEAST_ROWS = 100 };
#define TRAINING_LEAST_MEAN_SCORE 60.0

ExampleVerdict example_judge(const Example *e, double least_score);

/* Those that are usable, dated from..to, in their order. counts: how many of each verdict in these dates; may be
 * NULL. */
const Example *const *training_select(const Example *all, size_t count, GameDate from, GameDate to, double least_score,
                                      Arena *a, size_t *selected, size_t counts[EXAMPLE_VERDICT_COUNT]);

/* What is trained, and how. */
typedef struct {
    XgboostParams trees;
    ModelBase base;
    double least_score;
} TrainingParams;

/* Shallow trees, each of which changes little, far from the noise of single games; for some thousand rows. */
extern const TrainingParams training_defaults;
/* As JSON, with the release of the library; for the registry. */
const char *training_params_json(const TrainingParams *p, const char *release, Arena *a);

/* By their names: rounds, depth, learning-rate. Each has bounds; ERR_CONFIG with them. */
NODISCARD bool training_params_set(TrainingParams *p, const char *name, const char *text, Err *err);

/* Too few rows, or too poor ones: ERR_CONFIG in words. */
NODISCARD bool training_check(const Example *const *rows, size_t count, Err *err);

/* A column a feature of the contract, by its name; the label is what came of it less the base. */
XgboostMatrix training_matrix(const Example *const *rows, size_t count, ModelBase base, Arena *a);

#endif
