/*
 * ops/cli/supervisor.h
 *    The process that keeps the workers of a run folder alive.
 */
#ifndef TIPOFF_OPS_SUPERVISOR_H
#define TIPOFF_OPS_SUPERVISOR_H

#include "ops/cli/cli.h"

/* Starts the supervisor in the background: the embedded broker when with_broker, then every worker.
 * A child that ends is started again, ever more slowly while it keeps ending, and slowly at once when it
 * refused to start (2); one that exits with 0 is not. Logs, pid files and supervisor.pid are in the run folder. */
NODISCARD bool supervisor_start(Cli *cli, bool with_broker, Err *err);

/* Asks the supervisor to stop everything and waits for it. True when none runs, too. */
NODISCARD bool supervisor_stop(const char *run_dir, Err *err);

/* 0 when none runs. */
int supervisor_pid(const char *run_dir);

#endif
