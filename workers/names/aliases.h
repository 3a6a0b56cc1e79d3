/*
 * workers/names/aliases.h
 *    Spellings that lead to another lookup than their own; the rows are made from aliases.csv.
 */
#ifndef TIPOFF_WORKERS_ALIASES_H
#define TIPOFF_WORKERS_ALIASES_H

#include <stddef.h>

/* spelling and player as in aliases.csv, each with its lookup. */
typedef struct {
    const char *spelling, *player;
    const char *spelling_lookup, *player_lookup;
} NameAlias;

/* Sorted by spelling_lookup, no two alike, and no player_lookup is a spelling_lookup. */
extern const NameAlias name_aliases[];
extern const size_t name_alias_count;

/* The lookup of the player whose other spelling has this lookup; NULL when none is known. */
const char *name_alias(const char *spelling_lookup);

#endif
