/*
 * workers/predictions/systems.c
 *    The table of the prediction systems, and what they have in common.
 */
#include "workers/predictions/systems.h"
#include <math.h>
#include <string.h>
#include "workers/predictions/system_parts.h"

static const FeatureIndex average_needs[] = {
    FEATURE_POINTS_AVG_LAST_5,    FEATURE_POINTS_AVG_LAST_10, FEATURE_POINTS_AVG_SEASON, FEATURE_POINTS_STD_LAST_10,
    FEATURE_GAMES_IN_LAST_7_DAYS, FEATURE_FATIGUE_SCORE,      FEATURE_HOME_AWAY,         FEATURE_BACK_TO_BACK,
};

static const FeatureIndex zone_needs[] = {
    FEATURE_POINTS_AVG_SEASON, FEATURE_POINTS_STD_LAST_10,  FEATURE_GAMES_IN_LAST_7_DAYS, FEATURE_FATIGUE_SCORE,
    FEATURE_HOME_AWAY,         FEATURE_PCT_PAINT,           FEATURE_PCT_MID_RANGE,        FEATURE_PCT_THREE,
    FEATURE_PCT_FREE_THROW,    FEATURE_OPPONENT_DEF_RATING,
};

static const FeatureIndex similarity_needs[] = {FEATURE_FATIGUE_SCORE, FEATURE_HOME_AWAY};

/* What the confidence rests on; the rest is asked of the model. */
static const FeatureIndex model_needs[] = {FEATURE_POINTS_STD_LAST_10};

const PredictionSystem prediction_systems[PREDICTION_SYSTEM_COUNT] = {
    [SYSTEM_MOVING_AVERAGE] = {
        .id = "moving_average_baseline",
        .public_code = "M01",
        .edge = 2.0,
        .confidence_pct = 45.0,
        .is_strict = true,
        .required = average_needs,
        .required_count = ARRAY_LEN(average_needs),
        .compute = moving_average_compute,
    },
    [SYSTEM_ZONE_MATCHUP] = {
        .id = "zone_matchup_v1",
        .public_code = "Z01",
        .edge = 2.0,
        .confidence_pct = 45.0,
        .is_strict = true,
        .required = zone_needs,
        .required_count = ARRAY_LEN(zone_needs),
        .compute = zone_matchup_compute,
    },
    [SYSTEM_SIMILARITY] = {
        .id = "similarity_balanced_v1",
        .public_code = "S01",
        .edge = 2.0,
        .confidence_pct = 65.0,
        .required = similarity_needs,
        .required_count = ARRAY_LEN(similarity_needs),
        .compute = similarity_compute,
    },
    [SYSTEM_XGBOOST] = {
        .id = "xgboost_v1",
        .public_code = "X01",
        .edge = 1.5,
        .confidence_pct = 60.0,
        .required = model_needs,
        .required_count = ARRAY_LEN(model_needs),
        .compute = xgboost_compute,
    },
    [SYSTEM_CATBOOST] = {
        .id = "catboost_v9",
        .public_code = "926A",
        .edge = 1.0,
        .confidence_pct = 60.0,
        .required = model_needs,
        .required_count = ARRAY_LEN(model_needs),
        .compute = catboost_compute,
    },
    [SYSTEM_ENSEMBLE] = {
        .id = "ensemble_v1_1",
        .public_code = "E01",
        .edge = 1.5,
        .confidence_pct = 65.0,
        .compute = ensemble_compute,
    },
};

const PredictionSystem *
prediction_system_by_id(const char *id)
{
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        if (strcmp(prediction_systems[i].id, id) == 0)
            return &prediction_systems[i];
    return NULL;
}

static bool
is_worth_it(double found, double wanted, bool is_strict)
{
    return is_strict ? found > wanted : found >= wanted;
}

static const char *
recommend(const PredictionSystem *system, double points, double confidence_pct, double line)
{
    double margin = points - line;

    if (isnan(line))
        return "NO_LINE";
    if (!is_worth_it(fabs(margin), system->edge, system->is_strict)
        || !is_worth_it(confidence_pct, system->confidence_pct, system->is_strict))
        return "PASS";
    return margin > 0.0 ? "OVER" : "UNDER";
}

static SystemOutput
absent_for(const char *reason, const char *missing)
{
    return (SystemOutput){.absent = reason, .missing = missing};
}

SystemOutput
system_predict(const PredictionSystem *system, const SystemInput *in, const SystemOutput *others)
{
    SystemOutput out = {0};

    if (in->held[system - prediction_systems] != NULL)
        return absent_for(in->held[system - prediction_systems], NULL);
    for (size_t i = 0; i < system->required_count; i++)
        if (isnan(in->values[system->required[i]]))
            return absent_for("missing", feature_contract[system->required[i]].name);
    system->compute(in, others, &out);
    if (out.absent != NULL)
        return absent_for(out.absent, out.missing);
    if (!isfinite(out.predicted_points) || !isfinite(out.confidence_pct))
        return (SystemOutput){.absent = "not_a_number", .is_failure = true};
    out.predicted_points = fmin(fmax(out.predicted_points, 0.0), 60.0);
    out.recommendation = recommend(system, out.predicted_points, out.confidence_pct, in->line);
    return out;
}

void
systems_predict(const SystemInput *in, SystemOutput out[PREDICTION_SYSTEM_COUNT])
{
    for (size_t i = 0; i < PREDICTION_SYSTEM_COUNT; i++)
        out[i] = system_predict(&prediction_systems[i], in, out);
}

const char *
system_absence(const SystemOutput *out, Arena *a)
{
    return out->missing == NULL ? out->absent : arena_printf(a, "missing_%s", out->missing);
}
