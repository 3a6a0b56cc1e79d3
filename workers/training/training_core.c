/*
 * workers/training/training_core.c
 *    Which rows, and as what.
 */
#include "workers/training/training_core.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_FEATURES = 33 };

const TrainingParams training_defaults = {
    .trees = {.rounds = 200,
              .depth = 3,
              .learning_rate = 0.02,
              .l2 = 20.0,
              .least_weight = 30.0,
              .row_share = 0.7,
              .column_share = 0.5,
              .seed = 42},
    .base = MODEL_BASE_LINE_OR_MEANS,
    .least_score = TRAINING_LEAST_SCORE,
};

const char *
example_verdict_name(ExampleVerdict verdict)
{
    static const char *const names[EXAMPLE_VERDICT_COUNT] = {
        [EXAMPLE_USABLE] = "usable",
        [EXAMPLE_FEW_FEATURES] = "fewer_than_33_features",
        [EXAMPLE_EARLY_SEASON] = "early_season",
        [EXAMPLE_PHASE4_PARTIAL] = "phase4_partial",
        [EXAMPLE_REQUIRED_DEFAULTS] = "required_defaults",
        [EXAMPLE_LOW_SCORE] = "score_below_minimum",
        [EXAMPLE_NOT_READY] = "not_training_ready",
        [EXAMPLE_DEFAULT_MARKER] = "default_marker",
        [EXAMPLE_NO_OUTCOME] = "no_outcome",
        [EXAMPLE_DID_NOT_PLAY] = "did_not_play",
    };

    return names[verdict];
}

static bool
looks_like_a_default(const double *values)
{
    const double last_5 = values[FEATURE_POINTS_AVG_LAST_5];

    return !islessgreater(last_5, 10.0) && values[FEATURE_POINTS_AVG_LAST_10] > 15.0;
}

ExampleVerdict
example_judge(const Example *e, double least_score)
{
    if (e->value_count < LEAST_FEATURES)
        return EXAMPLE_FEW_FEATURES;
    if (strcmp(e->data_source, "early_season") == 0)
        return EXAMPLE_EARLY_SEASON;
    if (strcmp(e->data_source, "phase4_partial") == 0)
        return EXAMPLE_PHASE4_PARTIAL;
    if (e->required_defaults > 0)
        return EXAMPLE_REQUIRED_DEFAULTS;
    if (!(e->quality_score >= least_score))
        return EXAMPLE_LOW_SCORE;
    if (!e->is_training_ready)
        return EXAMPLE_NOT_READY;
    if (looks_like_a_default(e->values))
        return EXAMPLE_DEFAULT_MARKER;
    if (isnan(e->points))
        return EXAMPLE_NO_OUTCOME;
    return e->minutes > 0.0 ? EXAMPLE_USABLE : EXAMPLE_DID_NOT_PLAY;
}

const Example *const *
training_select(const Example *all, size_t count, GameDate from, GameDate to, double least_score, Arena *a,
                size_t *selected, size_t counts[EXAMPLE_VERDICT_COUNT])
{
    const Example **rows = arena_array(a, count + 1, sizeof *rows);

    *selected = 0;
    for (size_t i = 0; i < count; i++) {
        ExampleVerdict verdict;

        if (date_before(all[i].date, from) || date_before(to, all[i].date))
            continue;
        verdict = example_judge(&all[i], least_score);
        if (counts != NULL)
            counts[verdict]++;
        if (verdict == EXAMPLE_USABLE)
            rows[(*selected)++] = &all[i];
    }
    return rows;
}

const char *
training_params_json(const TrainingParams *p, const char *release, Arena *a)
{
    return arena_printf(
        a,
        "{\"library\":\"XGBoost %s\",\"objective\":\"reg:squarederror\",\"base\":\"%s\",\"rounds\":%d,"
        "\"max_depth\":%d,\"eta\":%.15g,\"lambda\":%.15g,\"min_child_weight\":%.15g,\"subsample\":%.15g,"
        "\"colsample_bytree\":%.15g,\"seed\":%d,\"nthread\":1,\"least_score\":%.15g}",
        release, model_base_name(p->base), p->trees.rounds, p->trees.depth, p->trees.learning_rate, p->trees.l2,
        p->trees.least_weight, p->trees.row_share, p->trees.column_share, p->trees.seed, p->least_score);
}

bool
training_params_set(TrainingParams *p, const char *name, const char *text, Err *err)
{
    const struct {
        const char *name;
        int *whole;
        double *number; /* one of the two */
        double least, most;
    } options[] = {
        {"rounds", &p->trees.rounds, NULL, 1, 5000},
        {"depth", &p->trees.depth, NULL, 1, 10},
        {"learning-rate", NULL, &p->trees.learning_rate, 0.0001, 1},
    };
    char *end;
    const double value = strtod(text, &end);

    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (strcmp(options[i].name, name) != 0)
            continue;
        if (end == text || *end != '\0' || !(value >= options[i].least && value <= options[i].most)
            || (options[i].whole != NULL && isgreater(fabs(value - floor(value)), 0.0)))
            return ERR_FAIL(err, ERR_CONFIG, "--%s %s: it takes a %snumber from %g to %g", name, text,
                            options[i].whole != NULL ? "whole " : "", options[i].least, options[i].most);
        if (options[i].whole != NULL)
            *options[i].whole = (int)value;
        else
            *options[i].number = value;
        return true;
    }
    return ERR_FAIL(err, ERR_CONFIG, "there is no parameter %s", name);
}

bool
training_check(const Example *const *rows, size_t count, Err *err)
{
    double sum = 0.0;

    if (count < TRAINING_LEAST_ROWS)
        return ERR_FAIL(err, ERR_CONFIG,
                        "%zu rows of these dates may be trained on, and it takes %d; 'tipoff quality training' says why"
                        " not the others",
                        count, TRAINING_LEAST_ROWS);
    for (size_t i = 0; i < count; i++)
        sum += rows[i]->quality_score;
    return sum / (double)count >= TRAINING_LEAST_MEAN_SCORE
           || ERR_FAIL(err, ERR_CONFIG, "the rows' mean quality is %.1f, and it takes %.0f", sum / (double)count,
                       TRAINING_LEAST_MEAN_SCORE);
}

XgboostMatrix
training_matrix(const Example *const *rows, size_t count, ModelBase base, Arena *a)
{
    float *values = arena_array(a, count * FEATURE_COUNT + 1, sizeof *values);
    float *labels = arena_array(a, count + 1, sizeof *labels);
    const char **names = arena_array(a, FEATURE_COUNT, sizeof *names);

    for (int f = 0; f < FEATURE_COUNT; f++)
        names[f] = feature_contract[f].name;
    for (size_t i = 0; i < count; i++) {
        for (int f = 0; f < FEATURE_COUNT; f++)
            values[i * FEATURE_COUNT + (size_t)f] = f < rows[i]->value_count ? (float)rows[i]->values[f] : NAN;
        labels[i] = (float)(rows[i]->points - model_base_points(base, rows[i]->values));
    }
    return (XgboostMatrix){.values = values, .labels = labels, .names = names, .rows = count, .columns = FEATURE_COUNT};
}
