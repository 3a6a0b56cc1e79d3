/*
 * workers/predictions/systems.h
 *    The prediction systems as a table: features, past games, models and a line in, points, confidence and
 *    a recommendation out.
 *
 * A system never replaces what is missing: without something that it requires it predicts nothing and says
 * what that is. Optional features that are missing add nothing; a model is given NaN for them.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_SYSTEMS_H
#define TIPOFF_WORKERS_PREDICTIONS_SYSTEMS_H

#include <stdbool.h>
#include <stddef.h>
#include "tables_gen.h"
#include "workers/features/feature_contract.h"
#include "workers/models/registered_model.h"

/* In the order in which they predict; an ensemble comes after its members. */
typedef enum {
    SYSTEM_MOVING_AVERAGE,
    SYSTEM_ZONE_MATCHUP,
    SYSTEM_SIMILARITY,
    SYSTEM_XGBOOST,
    SYSTEM_CATBOOST,
    SYSTEM_ENSEMBLE,
    PREDICTION_SYSTEM_COUNT,
} SystemId;

/* Everything is borrowed. */
typedef struct {
    const double *values;            /* FEATURE_COUNT of them, NaN is missing */
    const char *const *sources;      /* their labels; NULL: whatever is missing should be there */
    double line;                     /* NaN without one */
    double quality_score;            /* 0-100, of the features */
    const PlayerSimilarity *similar; /* NULL without a row */
    /* By system: the model that it predicts the date with, NULL without one; and a reason for which it is not
     * to predict at all, NULL without one. */
    const RegisteredModel *models[PREDICTION_SYSTEM_COUNT];
    const char *held[PREDICTION_SYSTEM_COUNT];
} SystemInput;

typedef struct {
    double predicted_points;    /* 0-60, not rounded */
    double confidence_pct;      /* 0-100 */
    const char *recommendation; /* OVER, UNDER, PASS or NO_LINE; NULL when nothing is predicted */
    const char *absent;         /* and then why: a short static word, "missing" for a feature */
    const char *missing;        /* the feature */
    bool is_failure;            /* a fault of the system itself: what it said is no number */
    /* of an ensemble: members that have predicted; the variance of their points; what their agreement adds to
     * the confidence */
    int32_t member_count;
    double member_variance, member_agreement;
} SystemOutput;

typedef struct PredictionSystem PredictionSystem;

struct PredictionSystem {
    const char *id;
    const char *public_code; /* how public files name the model */
    /* A recommendation needs this edge and this confidence; more than both where it is strict. */
    double edge, confidence_pct;
    bool is_strict;
    const FeatureIndex *required;
    size_t required_count;
    /* Points before the clamp, confidence and an ensemble's figures; or absent, and missing. others: the
     * outputs of the systems before it. */
    void (*compute)(const SystemInput *in, const SystemOutput *others, SystemOutput *out);
};

extern const PredictionSystem prediction_systems[PREDICTION_SYSTEM_COUNT];

/* NULL for an unknown id. */
const PredictionSystem *prediction_system_by_id(const char *id);

/* One system. others: outputs of the systems before it in the table; NULL where it is no ensemble. */
SystemOutput system_predict(const PredictionSystem *system, const SystemInput *in, const SystemOutput *others);
/* All of them, each with what those before it said. */
void systems_predict(const SystemInput *in, SystemOutput out[PREDICTION_SYSTEM_COUNT]);

/* Why nothing was predicted, in a: "no_model", "missing_points_avg_season"; NULL when something was. */
const char *system_absence(const SystemOutput *out, Arena *a);

/*
 * The mean of what members predict, by their weights, renormalised over those that have predicted; at least two
 * of them must weigh something. Confidence: the members' mean and their agreement, which is 10 below a
 * deviation of 2 points, 5 below 3, -5 below 6 and -10 from there on; 5 more when all members are there; within
 * 20 and 95. Deviations are of a population.
 */
typedef struct {
    SystemId system;
    double weight;
} EnsembleMember;

void ensemble_blend(const EnsembleMember *members, size_t count, const SystemOutput *outputs, SystemOutput *out);

#endif
