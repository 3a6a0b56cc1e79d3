/*
 * libcore/base/failpoint.h
 *    Named points at which a test lets the process die or stall. Without a spec a point costs one
 *    comparison.
 */
#ifndef TIPOFF_BASE_FAILPOINT_H
#define TIPOFF_BASE_FAILPOINT_H

#include "libcore/base/err.h"

/* spec: "name=kill:3,other=exit:1,third=delay:200". kill:N is SIGKILL at the N-th hit, exit:N
 * _exit(70) at the N-th hit, delay:MS a pause at every hit. NULL or "" sets no point. Called once,
 * before the first thread starts. Fails with ERR_CONFIG. */
NODISCARD bool failpoint_init(const char *spec, Err *err);

/* name is static. For the thread of the main loop only. */
void failpoint_hit(const char *name);

#endif
