/*
 * workers/league/affected.h
 *    What the rules share that say whose rows read a change.
 */
#ifndef TIPOFF_WORKERS_LEAGUE_AFFECTED_H
#define TIPOFF_WORKERS_LEAGUE_AFFECTED_H

#include "libcore/base/key_set.h"
#include "workers/league/league.h"

/* All rows, or those of a set of keys. */
AffectedRows affected_all(void);
AffectedRows affected_keys(TextArray keys);
/* only NULL: all of them. */
bool is_affected(const AffectedRows *only, const char *key);

/* Whether one of these teams is his today, or was in a game of his season. */
bool has_played_for(const LeagueView *v, const char *lookup, const char *team_today, TextArray teams);

#endif
