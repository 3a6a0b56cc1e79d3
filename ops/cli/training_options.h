/*
 * ops/cli/training_options.h
 *    Options that 'train' and 'backtest' share, and what both print.
 */
#ifndef TIPOFF_OPS_TRAINING_OPTIONS_H
#define TIPOFF_OPS_TRAINING_OPTIONS_H

#include "ops/cli/cli.h"
#include "workers/training/evaluation_core.h"
#include "workers/training/training_core.h"

/* Takes --base, --rounds, --depth, --learning-rate and --min-score out of the arguments; the defaults where they are
 * not there. Complains when one is wrong. */
bool training_take_options(Cli *cli, TrainingParams *out);
/* A date from an option, or *out as it is where there is none. Complains when it is none, or must_have is missing. */
bool training_take_date(Cli *cli, const char *name, bool must_have, GameDate *out);
/* An option of base's name; *out is left where there is none. */
bool training_parse_base(const char *name, ModelBase *out);

NODISCARD bool training_open_library(const Cli *cli, XgboostLib **out, Err *err);

/* What a row of figures is said to be of. */
typedef struct {
    const EvaluationFigures *figures;
    size_t count;
} FiguresTable;

/* A row a system. */
void training_print_figures(const Cli *cli, const char *title, const FiguresTable *table, Arena *a);
/* A row a system and bin. */
void training_print_calibration(const Cli *cli, const FiguresTable *table, Arena *a);

#endif
