/*
 * ops/cli/suggest.h
 *    Which known words somebody may have meant by one that is not known.
 */
#ifndef TIPOFF_OPS_SUGGEST_H
#define TIPOFF_OPS_SUGGEST_H

#include <stddef.h>

/* How many letters must be put in, left out, replaced or exchanged with their neighbour to make one
 * word of the other; capitals count as small letters. */
size_t word_distance(const char *x, const char *y);

/* The words that are near to what was typed, the nearest first, those of equal distance in their own
 * order; at most max of them go to out. Near is a third of the letters wrong, or a word that holds what
 * was typed, of three letters or more. Returns how many. */
size_t suggest_words(const char *typed, const char *const *words, size_t count, const char **out, size_t max);

/* The nearest one; NULL when none is near. */
const char *suggest_word(const char *typed, const char *const *words, size_t count);

#endif
