/*
 * tests/bench/grid_scan.c
 *    How long the scan of five seasons takes, and that it finds all of a thousand holes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "tests/support/planted_grid.h"

enum { REPETITIONS = 21, SEASONS = 5, HOLES = 1000 };

/* CPU time of this process: what others on the machine do does not count. */
static double
cpu_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
compare(const void *pa, const void *pb)
{
    const double *a = pa, *b = pb;

    return (*a > *b) - (*a < *b);
}

int
main(void)
{
    Arena *a = arena_new(0);
    const PlantedGrid g = planted_grid(1, SEASONS, HOLES, a);
    double times[REPETITIONS];
    size_t found = 0;

    for (int i = 0; i < REPETITIONS; i++) {
        const double from = cpu_ms();

        found = grid_count_holes(&g.grid, grid_scan(&g.grid, g.cells, g.cell_count, g.now, a));
        times[i] = cpu_ms() - from;
    }
    qsort(times, REPETITIONS, sizeof times[0], compare);
    (void)printf("%d seasons, %zu dates, %zu cells: %zu of %d holes found in %.2f ms (%.2f to %.2f)\n", SEASONS,
                 g.grid.date_count, g.cell_count, found, HOLES, times[REPETITIONS / 2], times[0],
                 times[REPETITIONS - 1]);
    arena_free(a);
    return found == HOLES ? 0 : 1;
}
