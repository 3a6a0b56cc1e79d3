/*
 * ops/cli/status_read.h
 *    Reads a status from the database and the run folder.
 */
#ifndef TIPOFF_OPS_STATUS_READ_H
#define TIPOFF_OPS_STATUS_READ_H

#include "ops/cli/cli.h"
#include "ops/cli/status_view.h"

/* Of the dates from..to, null for no bound. Everything lives in s->a. */
NODISCARD bool status_read(const Cli *cli, Session *s, GameDate from, GameDate to, StatusView *out, Err *err);

/* Parts of it, alone: they fill their members of out. */
NODISCARD bool status_read_lags(Session *s, StatusView *out, Err *err);
NODISCARD bool status_read_workers(const Cli *cli, Session *s, StatusView *out, Err *err);

#endif
