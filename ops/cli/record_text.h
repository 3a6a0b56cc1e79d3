/*
 * ops/cli/record_text.h
 *    A record of this build out of JSON text: read, encoded, and looked at as a worker would.
 */
#ifndef TIPOFF_OPS_RECORD_TEXT_H
#define TIPOFF_OPS_RECORD_TEXT_H

#include "events_gen.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

/* The whole of a file; "-" is standard input. ERR_CONFIG when it cannot be read. */
NODISCARD bool record_text_read(const char *path, Buf *out, Err *err);

/* Fills body (the bare record) and message (with its frame). ERR_POISON names the field that is wrong. */
NODISCARD bool record_text_encode(const EventSchema *schema, const Buf *text, Buf *body, Buf *message, Err *err);

/* The record of that name; NULL when there is none. */
const EventSchema *record_schema(const char *name);

#endif
