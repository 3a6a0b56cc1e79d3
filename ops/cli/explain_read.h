/*
 * ops/cli/explain_read.h
 *    Reads what is on record behind a player's feature row.
 */
#ifndef TIPOFF_OPS_EXPLAIN_READ_H
#define TIPOFF_OPS_EXPLAIN_READ_H

#include "ops/cli/cli.h"
#include "ops/cli/explain_view.h"

/* Everything lives in s->a. ERR_POISON when he has no feature row on that date, with the reason. */
NODISCARD bool explain_read(Session *s, const char *player_lookup, GameDate date, ExplainFacts *out, Err *err);

#endif
