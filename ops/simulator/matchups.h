/*
 * ops/simulator/matchups.h
 *    Which games a season has, before anybody knows when.
 */
#ifndef TIPOFF_SIMULATOR_MATCHUPS_H
#define TIPOFF_SIMULATOR_MATCHUPS_H

#include "ops/simulator/league.h"

typedef struct {
    int home, away; /* indexes of the league's teams */
} Matchup;

/* Thirty teams: 82 games each, 41 at home, as their divisions have it. Fewer: every pair equally
 * often, at home in turn. */
const Matchup *matchups_make(const League *l, size_t *count, Arena *a);

#endif
