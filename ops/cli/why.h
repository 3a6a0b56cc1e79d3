/*
 * ops/cli/why.h
 *    The first broken link in the chain of a date, and what mends it.
 */
#ifndef TIPOFF_OPS_WHY_H
#define TIPOFF_OPS_WHY_H

#include "libcore/runtime/cell.h"
#include "ops/cli/cli.h"
#include "ops/cli/processor_words.h"

typedef struct {
    const char *verdict;   /* broken, paused, waits, holds */
    const CellState *cell; /* NULL when all hold */
    const char *reason, *remedy;
} Link;

/* The first cell of these processors, in an order in which needs come first, that is broken: all that it needs of its own
 * date is whole, so it is itself at fault or waits for another date. It lives in s->a. ERR_POISON when
 * the date has no grid. */
NODISCARD bool why_find_break(const Cli *cli, Session *s, GameDate date, const ProcessorSet *of, Link *out, Err *err);

#endif
