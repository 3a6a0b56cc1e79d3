/*
 * ops/cli/training_options.c
 *    Words of the command line into parameters of a training.
 */
#include "ops/cli/training_options.h"
#include <stdio.h>
#include "ops/cli/quality_reports.h"

bool
training_parse_base(const char *name, ModelBase *out)
{
    const char *names[MODEL_BASE_COUNT];

    if (name == NULL || model_base_parse(name, out))
        return true;
    for (int b = 0; b < MODEL_BASE_COUNT; b++)
        names[b] = model_base_name((ModelBase)b);
    (void)cli_unknown("base", name, names, MODEL_BASE_COUNT);
    (void)fputs("bases are none, season_mean, means and line_or_means\n", stderr);
    return false;
}

static bool
take_parameter(Cli *cli, const char *name, TrainingParams *out)
{
    char option[32];
    bool ok = true;
    const char *text;
    Err err;

    (void)snprintf(option, sizeof option, "--%s", name);
    text = cli_take_option(cli, option, &ok);
    if (!ok)
        return false;
    if (text == NULL || training_params_set(out, name, text, &err))
        return true;
    (void)fprintf(stderr, "tipoff: %s\n", err.msg);
    return false;
}

bool
training_take_options(Cli *cli, TrainingParams *out)
{
    static const char *const parameters[] = {"rounds", "depth", "learning-rate"};
    bool ok = true;
    const char *base = cli_take_option(cli, "--base", &ok), *score = cli_take_option(cli, "--min-score", &ok);

    *out = training_defaults;
    for (size_t i = 0; i < ARRAY_LEN(parameters); i++)
        ok = ok && take_parameter(cli, parameters[i], out);
    return ok && training_parse_base(base, &out->base)
           && quality_parse_number("--min-score", score, TRAINING_LOWEST_SCORE, 100.0, &out->least_score);
}

bool
training_take_date(Cli *cli, const char *name, bool must_have, GameDate *out)
{
    bool ok = true;
    const char *text = cli_take_option(cli, name, &ok);

    if (!ok)
        return false;
    if (text != NULL)
        return cli_parse_date(cli, text, out);
    if (must_have)
        (void)fprintf(stderr, "tipoff: %s is missing\n", name);
    return !must_have;
}

bool
training_open_library(const Cli *cli, XgboostLib **out, Err *err)
{
    return xgboost_lib_open(config_get(cli->cfg, "xgboost.library"), config_get(cli->cfg, "run_dir"), out, err);
}
