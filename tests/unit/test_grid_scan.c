/*
 * tests/unit/test_grid_scan.c
 *    Claims about the scan for holes: of a thousand in the grid of five seasons every one is found, with its kind,
 *    and nothing else is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/value.h"
#include "libcore/runtime/grid_scan.h"
#include "tests/support/planted_grid.h"

static Arena *arena;

static int
set_up(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
assert_found(const PlantedGrid *g)
{
    const GridStanding *found = grid_scan(&g->grid, g->cells, g->cell_count, g->now, arena);
    const size_t places = g->grid.date_count * g->grid.processor_count;

    for (size_t i = 0; i < places; i++)
        if (found[i] != g->planted[i])
            fail_msg("place %zu: planted %s, found %s", i, grid_words[g->planted[i]].name, grid_words[found[i]].name);
    assert_int_equal(grid_count_holes(&g->grid, found), g->hole_count);
}

static void
a_thousand_holes_of_five_seasons_are_found_and_nothing_else(void **state)
{
    enum { SEEDS = 20, SEASONS = 5, HOLES = 1000 };

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const PlantedGrid g = planted_grid(seed, SEASONS, HOLES, arena);

        assert_int_equal(g.hole_count, HOLES);
        assert_true(g.off_days > 0 && g.cells_of_off_days > 0);
        assert_found(&g);
    }
}

static void
the_order_of_the_cells_says_nothing(void **state)
{
    PlantedGrid g = planted_grid(3, 1, 100, arena);
    Rng rng = rng_seeded(99);

    (void)state;
    for (size_t i = g.cell_count; i > 1; i--) {
        const size_t other = (size_t)rng_below(&rng, i);
        const GridCell c = g.cells[i - 1];

        g.cells[i - 1] = g.cells[other];
        g.cells[other] = c;
    }
    assert_found(&g);
}

static GridStanding
standing(GridCell cell, Instant now)
{
    const GameDate date = {20000};
    const ProcessorId processor = PROC_GRADING;
    const Grid grid = {&date, 1, &processor, 1};

    cell.date = date;
    cell.processor = processor;
    return grid_scan(&grid, &cell, 1, now, arena)[0];
}

static void
a_cell_is_late_once_its_deadline_is_over_and_never_without_one(void **state)
{
    const GridCell open = {.status = CELL_WAITING, .deadline = {1000}, .written = NULL_I32, .rows = NULL_I32};
    GridCell without = open;

    (void)state;
    without.deadline = INSTANT_NULL;
    assert_int_equal(standing(open, (Instant){1000}), GRID_OPEN);
    assert_int_equal(standing(open, (Instant){1001}), GRID_LATE);
    assert_int_equal(standing(without, (Instant){1001}), GRID_OPEN);
}

static void
rows_that_are_gone_are_a_hole_and_rows_that_nobody_counted_are_not(void **state)
{
    GridCell c = {.status = CELL_SUCCESS, .deadline = INSTANT_NULL, .written = 10, .rows = 10};

    (void)state;
    assert_int_equal(standing(c, (Instant){0}), GRID_DONE);
    c.rows = 9;
    assert_int_equal(standing(c, (Instant){0}), GRID_HOLLOW);
    c.rows = NULL_I32;
    assert_int_equal(standing(c, (Instant){0}), GRID_DONE);
}

static void
every_standing_has_a_mark_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < GRID_STANDINGS; i++)
        for (int j = 0; j < i; j++) {
            assert_int_not_equal(grid_words[i].mark, grid_words[j].mark);
            assert_string_not_equal(grid_words[i].name, grid_words[j].name);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_holes_of_five_seasons_are_found_and_nothing_else),
        cmocka_unit_test(the_order_of_the_cells_says_nothing),
        cmocka_unit_test(a_cell_is_late_once_its_deadline_is_over_and_never_without_one),
        cmocka_unit_test(rows_that_are_gone_are_a_hole_and_rows_that_nobody_counted_are_not),
        cmocka_unit_test(every_standing_has_a_mark_of_its_own),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
