/*
 * workers/names/resolve.h
 *    Which of some known players does a source mean by a name?
 *
 * Never guesses: a shared last name, an initial or a near spelling is nothing. What this cannot
 * resolve goes to a list, and a person adds a row to aliases.csv.
 */
#ifndef TIPOFF_WORKERS_RESOLVE_H
#define TIPOFF_WORKERS_RESOLVE_H

#include "workers/names/player_lookup.h"

/* lookup is player_canonical(name). */
typedef struct {
    const char *name;
    const char *lookup;
} NameCandidate;

typedef enum {
    NAME_FOUND_EXACT,  /* spelled like the candidate's lookup */
    NAME_FOUND_ALIAS,  /* through aliases.csv */
    NAME_FOUND_SUFFIX, /* one of the two has a generational suffix, the other none, and nobody else has that name */
    NAME_UNKNOWN,      /* nobody */
    NAME_AMBIGUOUS,    /* more than one, but for their suffixes */
    NAME_UNREADABLE,   /* not UTF-8, or nothing left of it */
} NameOutcome;

/* match is NULL unless found; it is one of the candidates. */
typedef struct {
    const NameCandidate *match;
    NameOutcome outcome;
} NameMatch;

/* Candidates sorted by lookup, for many names. Borrows them. */
typedef struct {
    const NameCandidate **sorted;
    size_t count;
} NameIndex;

NameIndex name_index(const NameCandidate *candidates, size_t count, Arena *a);

/* As name_resolve(). */
NameMatch name_find(const NameIndex *index, const char *source_name, Arena *scratch);

/* Candidates have distinct lookups; their order changes nothing. scratch holds what is needed on
 * the way. A name that aliases.csv knows is that player or nobody, so that "LeBron James Jr." never
 * becomes his father. */
NameMatch name_resolve(const NameCandidate *candidates, size_t count, const char *source_name, Arena *scratch);

#endif
