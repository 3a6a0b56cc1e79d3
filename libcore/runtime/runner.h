/*
 * libcore/runtime/runner.h
 *    The loop around a worker: poll, one transaction a batch, publish, acknowledge.
 */
#ifndef TIPOFF_RUNTIME_RUNNER_H
#define TIPOFF_RUNTIME_RUNNER_H

#include "libcore/base/clock.h"
#include "libcore/base/config.h"
#include "libcore/runtime/worker.h"

/* Runs until a signal asks to stop. Returns the process's exit status. cfg and clock are borrowed;
 * build names the commit that is running. */
int runner_main(const WorkerSpec *spec, const Config *cfg, const Clock *clock, const char *build);

#endif
