/*
 * tests/support/planted_grid.h
 *    A grid of seasons with holes in it, and the answer.
 */
#ifndef TIPOFF_TESTS_PLANTED_GRID_H
#define TIPOFF_TESTS_PLANTED_GRID_H

#include "libcore/base/rng.h"
#include "libcore/runtime/grid_scan.h"

typedef struct {
    Grid grid;
    GridCell *cells;
    size_t cell_count;
    Instant now;
    GridStanding *planted; /* what each place is */
    size_t hole_count;
    size_t off_days, cells_of_off_days; /* cells that the schedule does not ask for */
} PlantedGrid;

/* Seasons from 21 October to 13 April with an off-day in about seven days and a week off in February, every
 * processor; so many holes of all kinds at different places. Off-days have a few cells of every kind, too. */
PlantedGrid planted_grid(uint64_t seed, int seasons, size_t holes, Arena *a);

#endif
