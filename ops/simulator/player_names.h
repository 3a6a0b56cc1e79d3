/*
 * ops/simulator/player_names.h
 *    Invented names, and how sources differ in spelling them.
 *
 * All spellings made here lead to one player by the rules of workers/names: accents, apostrophes,
 * full stops, case and generational suffixes.
 */
#ifndef TIPOFF_SIMULATOR_PLAYER_NAMES_H
#define TIPOFF_SIMULATOR_PLAYER_NAMES_H

#include "ops/simulator/league.h"

typedef struct NameBook NameBook; /* remembers what is taken; lives in its arena */

NameBook *name_book_new(uint64_t seed, Arena *a);

/* A name that nobody has yet, by itself and without its suffix, as each source spells it. */
void name_book_take(NameBook *b, uint64_t player_id, const char *out[SOURCE_COUNT]);

/* The name with a letter of the last name left out, which no rule of spelling mends. Made in a. */
const char *name_misspelt(const char *name, Arena *a);

#endif
