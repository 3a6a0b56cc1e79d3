/*
 * workers/names/teams.h
 *    The thirty teams and how the sources call them.
 */
#ifndef TIPOFF_WORKERS_TEAMS_H
#define TIPOFF_WORKERS_TEAMS_H

#include <stddef.h>

enum { TEAM_COUNT = 30, TEAM_OTHER_MAX = 4 };

/* others: further codes and names, NULL-terminated where there are fewer. */
typedef struct {
    const char *tricode;   /* nba.com's, which every table uses */
    const char *bref_code; /* basketball-reference's */
    const char *full_name;
    const char *others[TEAM_OTHER_MAX];
} Team;

extern const Team team_table[TEAM_COUNT]; /* sorted by tricode */

/* The tricode (static) for any source's code or name, in any case; NULL for what is no team. */
const char *team_canonical(const char *any);

/* NULL when there is no such tricode. */
const Team *team_by_tricode(const char *tricode);

#endif
