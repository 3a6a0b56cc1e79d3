/*
 * workers/training/training_load.h
 *    The feature rows of some dates, with what came of them.
 */
#ifndef TIPOFF_WORKERS_TRAINING_TRAINING_LOAD_H
#define TIPOFF_WORKERS_TRAINING_TRAINING_LOAD_H

#include "libcore/io/db.h"
#include "workers/training/training_core.h"

/* All of from..to, by date and player (by their bytes), in a. */
NODISCARD bool training_load(DbTx *tx, GameDate from, GameDate to, Arena *a, const Example **out, size_t *count,
                             Err *err);

/* The first date that has feature rows; a null date when there is none. */
NODISCARD bool training_first_date(DbTx *tx, GameDate *out, Err *err);

#endif
