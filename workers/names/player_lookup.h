/*
 * workers/names/player_lookup.h
 *    From a player's name, as any source spells it, to the key under which he is known everywhere.
 *
 * Knows spelling only: who is meant among the players of a game is resolve.h's question.
 */
#ifndef TIPOFF_WORKERS_PLAYER_LOOKUP_H
#define TIPOFF_WORKERS_PLAYER_LOOKUP_H

#include <stdbool.h>
#include "libcore/base/arena.h"

/* lookup: [a-z0-9] only, never empty. Its generational suffix (jr sr ii iii iv v), if it has one,
 * begins at base_len; else base_len is its length. */
typedef struct {
    const char *lookup;
    size_t base_len;
} PlayerName;

/* Compatibility-decomposed, case-folded, without marks; letters that do not decompose are written plainly
 * (a slashed o is o). The suffix is kept, in one spelling: the last of several words where it is one, junior
 * and senior being jr and sr ("LeBron James Jr." is "lebronjamesjr"). The lookup is made in a. False for what
 * is not UTF-8 or has no letter. */
NODISCARD bool player_name_parse(const char *name, Arena *a, PlayerName *out);

bool player_name_has_suffix(const PlayerName *n);
bool player_name_same_base(const PlayerName *x, const PlayerName *y);

/* The lookup of the spelling itself; NULL where player_name_parse() is false. Made in a. */
const char *player_lookup(const char *name, Arena *a);

/* As player_lookup(), with known other spellings of a player led to one lookup (see aliases.csv).
 * This is the key of every table that has a player. */
const char *player_canonical(const char *name, Arena *a);

#endif
