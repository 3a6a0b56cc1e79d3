/*
 * libcore/runtime/audit.h
 *    ops.audit: who has changed something by hand, when, why, and what it was.
 */
#ifndef TIPOFF_RUNTIME_AUDIT_H
#define TIPOFF_RUNTIME_AUDIT_H

#include "libcore/base/arena.h"
#include "libcore/io/db.h"

/* "user@host": on whose behalf this process runs. In a. */
const char *audit_actor(Arena *a);

/* Adds a row in the transaction of the change itself, so that neither stands without the other. command: as
 * it is typed, without its arguments ("dlq skip"). target: what was changed ("letter 17"). reason: as the
 * person said it; NULL when nobody asked. details_json: a JSON value; NULL when there are none. */
NODISCARD bool audit_note(DbTx *tx, const char *command, const char *target, const char *reason,
                          const char *details_json, Err *err);

#endif
