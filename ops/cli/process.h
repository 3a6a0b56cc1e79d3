/*
 * ops/cli/process.h
 *    Child processes: run one and take its output, start one in the background, pid files.
 */
#ifndef TIPOFF_OPS_PROCESS_H
#define TIPOFF_OPS_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

/* Runs argv to its end; stdout goes to out (without its last newline), or to ours when out is NULL.
 * ERR_CONFIG when it cannot be run or ends with another status than 0. */
NODISCARD bool process_run(const char *const *argv, Buf *out, Err *err);

/* Starts argv with output appended to log_path. */
NODISCARD bool process_start(const char *const *argv, const char *log_path, pid_t *pid, Err *err);

NODISCARD bool pid_file_write(const char *path, pid_t pid, Err *err);
/* What the file says, if such a process runs; else 0. For showing, not for signalling. */
pid_t pid_file_read(const char *path);
/* Opens the file and locks it for this process and the children that it forks without exec; negative
 * when another process holds it. The lock goes with the last of them, so that a number that the system
 * has given to somebody else is never taken for ours. */
int pid_file_lock(const char *path);
/* The process that holds the file; 0 when nobody does. */
pid_t pid_file_holder(const char *path);

/* Waits until the process is gone; false after timeout_ms. */
bool process_wait_gone(pid_t pid, int timeout_ms);

#endif
