/*
 * workers/models/model_inputs.c
 *    Names, positions and bases.
 */
#include "workers/models/model_inputs.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Models made before the vector grew take its first features. */
enum { FEATURES_OF_OLD = 33 };

/* ---- bases ---- */

static const char *const base_names[MODEL_BASE_COUNT] = {
    [MODEL_BASE_NONE] = "none",
    [MODEL_BASE_SEASON_MEAN] = "season_mean",
    [MODEL_BASE_MEANS] = "means",
    [MODEL_BASE_LINE_OR_MEANS] = "line_or_means",
};

const char *
model_base_name(ModelBase base)
{
    return base_names[base];
}

bool
model_base_parse(const char *name, ModelBase *out)
{
    for (int b = 0; b < MODEL_BASE_COUNT; b++) {
        if (strcmp(base_names[b], name) == 0) {
            *out = (ModelBase)b;
            return true;
        }
    }
    return false;
}

static double
or_else(double v, double other)
{
    return isnan(v) ? other : v;
}

static double
means(const double *values)
{
    const double last_10 = values[FEATURE_POINTS_AVG_LAST_10], season = values[FEATURE_POINTS_AVG_SEASON];

    return (or_else(last_10, season) + or_else(season, last_10)) / 2.0;
}

double
model_base_points(ModelBase base, const double *values)
{
    switch (base) {
    case MODEL_BASE_SEASON_MEAN:
        return values[FEATURE_POINTS_AVG_SEASON];
    case MODEL_BASE_MEANS:
        return means(values);
    case MODEL_BASE_LINE_OR_MEANS:
        return or_else(values[FEATURE_VEGAS_POINTS_LINE], means(values));
    case MODEL_BASE_NONE:
    case MODEL_BASE_COUNT:
        break;
    }
    return 0.0;
}

/* ---- inputs ---- */

/* What libraries call the features of a matrix without names: nothing, or their positions. */
static bool
is_generic(const ModelFeature *f, size_t at)
{
    char *end = NULL;

    if (f->name == NULL)
        return true;
    return f->name[0] >= '0' && f->name[0] <= '9' && strtoul(f->name, &end, 10) == at && *end == '\0';
}

static bool
is_by_position(const ModelInfo *info)
{
    for (size_t i = 0; i < info->feature_count; i++)
        if (!is_generic(&info->features[i], i))
            return false;
    return strcmp(info->kind, "catboost") == 0
           && (info->feature_count == FEATURES_OF_OLD || info->feature_count == FEATURE_COUNT);
}

static int
contract_index(const char *name)
{
    for (int f = 0; f < FEATURE_COUNT; f++)
        if (strcmp(feature_contract[f].name, name) == 0)
            return f;
    return -1;
}

static bool
match_one(const ModelInfo *info, size_t at, bool by_position, int *index, Err *err)
{
    const ModelFeature *f = &info->features[at];

    if (by_position) {
        *index = (int)at;
        return true;
    }
    *index = f->name == NULL ? -1 : contract_index(f->name);
    if (*index >= 0 || (f->name == NULL && f->splits == 0))
        return true;
    if (f->name == NULL)
        return ERR_FAIL(err, ERR_CONFIG,
                        "input %zu of %zu has no name; a model names the features that it takes, unless it is"
                        " CatBoost's over the first %d or all %d of them",
                        at, info->feature_count, FEATURES_OF_OLD, FEATURE_COUNT);
    return ERR_FAIL(err, ERR_CONFIG, "input %zu is '%.80s', and %s has no such feature", at, f->name, feature_version);
}

bool
model_inputs_match(const ModelInfo *info, Arena *a, ModelInputs *out, Err *err)
{
    const bool by_position = is_by_position(info);
    int *index = arena_array(a, info->feature_count + 1, sizeof *index);
    const char **names = arena_array(a, info->feature_count + 1, sizeof *names);

    if (info->feature_count > MODEL_MOST_INPUTS)
        return ERR_FAIL(err, ERR_CONFIG, "it takes %zu features, and %s has %d", info->feature_count, feature_version,
                        FEATURE_COUNT);
    for (size_t i = 0; i < info->feature_count; i++) {
        if (!match_one(info, i, by_position, &index[i], err))
            return false;
        names[i] = index[i] >= 0 ? feature_contract[index[i]].name : "";
    }
    *out = (ModelInputs){.feature_index = index, .names = names, .count = info->feature_count};
    return true;
}

void
model_inputs_row(const ModelInputs *in, const double *values, float *row)
{
    for (size_t i = 0; i < in->count; i++)
        row[i] = in->feature_index[i] < 0 ? NAN : (float)values[in->feature_index[i]];
}
