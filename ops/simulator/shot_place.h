/*
 * ops/simulator/shot_place.h
 *    Where in an area a shot is taken, and what the shots feed says of a place.
 */
#ifndef TIPOFF_SIMULATOR_SHOT_PLACE_H
#define TIPOFF_SIMULATOR_SHOT_PLACE_H

#include "ops/simulator/league.h"

/* Tenths of a foot from the hoop's centre. */
void shot_place_draw(Area area, Rng *r, int *x, int *y);

int shot_distance_ft(int x, int y); /* whole feet, rounded down */

typedef struct {
    const char *name, *abbreviation, *range;
} ShotZone;

ShotZone shot_zone_of(Area area, int x, int y);

const char *shot_action_draw(Area area, Rng *r);

#endif
