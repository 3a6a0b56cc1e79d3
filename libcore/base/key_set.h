/*
 * libcore/base/key_set.h
 *    Sets of names, kept sorted by their bytes and without repeats; and which players and teams of an
 *    upstream have changed.
 */
#ifndef TIPOFF_BASE_KEY_SET_H
#define TIPOFF_BASE_KEY_SET_H

#include "libcore/base/arena.h"
#include "libcore/base/value.h"

/* What new versions of one upstream processor's cells have changed. */
typedef struct {
    TextArray players, teams; /* sets */
    bool is_changed;          /* there is a new version, be it without a changed key */
} KeySet;

/* The rows that may differ from those that stand: all of them, or those of these keys. */
typedef struct {
    bool is_all;
    TextArray keys; /* a set */
} AffectedRows;

/* Makes a set of the names in place: sorts them, and leaves out NULLs and repeats. Borrows items. */
TextArray key_set_sort(const char **items, size_t count);
/* Names of either set. Made in a. */
TextArray key_set_union(TextArray x, TextArray y, Arena *a);
/* NULL is in no set. */
bool key_set_has(TextArray set, const char *key);

#endif
