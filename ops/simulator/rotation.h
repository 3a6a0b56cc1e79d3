/*
 * ops/simulator/rotation.h
 *    How a team's minutes are shared out among those who can play.
 */
#ifndef TIPOFF_SIMULATOR_ROTATION_H
#define TIPOFF_SIMULATOR_ROTATION_H

#include "ops/simulator/health.h"

enum { MINUTE_S = 60, REGULATION_S = 5 * 48 * MINUTE_S, OVERTIME_S = 5 * MINUTE_S };

/* Minutes as one would expect them; they sum to 240. */
void rotation_expect(const SimTeam *team, const bool plays[ROSTER], double minutes[ROSTER]);

/* How many players the coaches use tonight; a game that is decided early sees more of both benches. */
void rotation_depths(const League *l, const SimGame *game, size_t depths[2]);

/* Seconds as they turn out; they sum to REGULATION_S. depth players get some, 0 for the others. */
void rotation_draw(const SimTeam *team, const bool plays[ROSTER], size_t depth, Rng *r, int seconds[ROSTER]);

#endif
