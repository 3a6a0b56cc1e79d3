/*
 * workers/predictions/system_models.c
 *    The systems that ask a trained model, and how far they are trusted.
 *
 * The confidence says what the features are worth and how steady the player is; nothing of it is the model's.
 */
#include <math.h>
#include <string.h>
#include "workers/predictions/system_parts.h"

/* What a value from some limit on adds; the last row takes the rest. */
typedef struct {
    double limit;
    int pct;
} Step;

enum { QUALITY_STEPS = 5 };

typedef struct {
    SystemId system;
    int base_pct;
    Step quality[QUALITY_STEPS];
} ModelTrust;

static const ModelTrust xgboost_trust = {
    SYSTEM_XGBOOST, 70, {{90.0, 10}, {80.0, 7}, {70.0, 5}, {60.0, 2}, {-HUGE_VAL, 0}}};
static const ModelTrust catboost_trust = {SYSTEM_CATBOOST, 75, {{90.0, 10}, {80.0, 7}, {70.0, 5}, {-HUGE_VAL, 2}}};

static int
by_quality(const Step *steps, double score)
{
    for (size_t i = 0; i < QUALITY_STEPS; i++)
        if (score >= steps[i].limit)
            return steps[i].pct;
    return 0;
}

static int
by_deviation(double points_std)
{
    if (points_std < 4.0)
        return 10;
    if (points_std < 6.0)
        return 7;
    return points_std < 8.0 ? 5 : 2;
}

/* A required feature that should be there and is not; without its feed or a history none should be. */
static bool
is_lacking(const SystemInput *in, int feature)
{
    FeatureSource source;

    if (!isnan(in->values[feature]) || !feature_contract[feature].is_required)
        return false;
    return in->sources == NULL || !feature_source_parse(in->sources[feature], &source)
           || feature_source_table[source].counts_in_effective_mean;
}

static const char *
missing_input(const SystemInput *in, const ModelInputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->feature_index[i] >= 0 && is_lacking(in, inputs->feature_index[i]))
            return feature_contract[inputs->feature_index[i]].name;
    return NULL;
}

static void
ask_model(const SystemInput *in, const ModelTrust *trust, SystemOutput *out)
{
    const RegisteredModel *m = in->models[trust->system];

    if (m == NULL) {
        out->absent = "no_model";
        return;
    }
    out->missing = missing_input(in, &m->inputs);
    if (out->missing != NULL) {
        out->absent = "missing";
        return;
    }
    if (isnan(model_base_points(m->base, in->values))) {
        out->absent = "missing_base";
        return;
    }
    out->predicted_points = registered_model_points(m, in->values);
    out->confidence_pct = trust->base_pct + by_quality(trust->quality, in->quality_score)
                          + by_deviation(in->values[FEATURE_POINTS_STD_LAST_10]);
}

void
xgboost_compute(const SystemInput *in, const SystemOutput *others, SystemOutput *out)
{
    (void)others;
    ask_model(in, &xgboost_trust, out);
}

void
catboost_compute(const SystemInput *in, const SystemOutput *others, SystemOutput *out)
{
    (void)others;
    ask_model(in, &catboost_trust, out);
}
