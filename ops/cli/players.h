/*
 * ops/cli/players.h
 *    Whom an operator means by a name or a lookup.
 */
#ifndef TIPOFF_OPS_PLAYERS_H
#define TIPOFF_OPS_PLAYERS_H

#include "ops/cli/cli.h"
#include "workers/names/resolve.h"

/* Among the players of these dates: those with a feature row, and those who should have one. *out lives
 * in s->a. ERR_CONFIG, with the nearest names, when he is nobody's or more than one man's; ERR_POISON when
 * he is known and has no game on these dates. */
NODISCARD bool player_find(Session *s, DateRange r, const char *text, const NameCandidate **out, Err *err);

/* The same choice without a database: who is meant, or a sentence that says who may be. Both live in a. */
const NameCandidate *player_choose(const NameCandidate *candidates, size_t count, const char *text, Arena *a,
                                   const char **why_not);

#endif
