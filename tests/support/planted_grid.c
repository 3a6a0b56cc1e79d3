/*
 * tests/support/planted_grid.c
 *    Lays dates, plants standings, and makes cells that mean them.
 */
#include "tests/support/planted_grid.h"
#include "libcore/base/value.h"

enum { SEASON_DAYS = 175, FIRST_SEASON = 2021, BREAK_FROM = 115, BREAK_DAYS = 7 };

static const Instant now = {INT64_C(1800000000000000)};

static const GridStanding healthy[] = {GRID_DONE, GRID_NO_DATA, GRID_SHORT, GRID_OPEN};
static const GridStanding holes_of[] = {GRID_STALE, GRID_LATE, GRID_FAILED, GRID_HOLLOW, GRID_ABSENT};

/* A cell of which the scan must say that. */
static GridCell
cell_that_is(GridStanding s, GameDate date, ProcessorId processor)
{
    static const CellStatus statuses[GRID_STANDINGS] = {
        [GRID_DONE] = CELL_SUCCESS,  [GRID_NO_DATA] = CELL_NO_DATA, [GRID_SHORT] = CELL_PARTIAL,
        [GRID_OPEN] = CELL_EXPECTED, [GRID_STALE] = CELL_SUCCESS,   [GRID_LATE] = CELL_WAITING,
        [GRID_FAILED] = CELL_FAILED, [GRID_HOLLOW] = CELL_SUCCESS,
    };
    const bool has_rows = cell_status_has_rows(statuses[s]);

    return (GridCell){.date = date,
                      .processor = processor,
                      .status = statuses[s],
                      .is_stale = s == GRID_STALE,
                      .deadline = {now.us + (s == GRID_OPEN ? 1 : -1)},
                      .written = has_rows ? 12 : NULL_I32,
                      .rows = s == GRID_HOLLOW ? 11
                              : has_rows       ? 12
                                               : NULL_I32};
}

static GridStanding
any_of(const GridStanding *kinds, size_t count, Rng *rng)
{
    return kinds[rng_below(rng, count)];
}

static void
add_cell(PlantedGrid *g, GridStanding s, GameDate date, ProcessorId processor)
{
    if (s != GRID_ABSENT)
        g->cells[g->cell_count++] = cell_that_is(s, date, processor);
}

static void
lay_dates(PlantedGrid *g, GameDate *dates, GameDate *off, int seasons, Rng *rng)
{
    for (int s = 0; s < seasons; s++) {
        GameDate opening = GAME_DATE_NULL;

        if (!date_make(FIRST_SEASON + s, 10, 21, &opening))
            continue;
        for (int day = 0; day < SEASON_DAYS; day++) {
            const bool in_break = day >= BREAK_FROM && day < BREAK_FROM + BREAK_DAYS;

            if (in_break || rng_below(rng, 7) == 0)
                off[g->off_days++] = date_add(opening, day);
            else
                dates[g->grid.date_count++] = date_add(opening, day);
        }
    }
}

PlantedGrid
planted_grid(uint64_t seed, int seasons, size_t holes, Arena *a)
{
    const size_t most_dates = (size_t)seasons * SEASON_DAYS, most = most_dates * PROC_COUNT;
    GameDate *dates = arena_array(a, most_dates, sizeof *dates), *off = arena_array(a, most_dates, sizeof *off);
    ProcessorId *processors = arena_array(a, PROC_COUNT, sizeof *processors);
    PlantedGrid g = {
        .cells = arena_array(a, most, sizeof *g.cells), .planted = arena_array(a, most, sizeof *g.planted), .now = now};
    Rng rng = rng_seeded(seed);
    size_t places;

    for (int p = 0; p < PROC_COUNT; p++)
        processors[p] = (ProcessorId)p;
    g.grid = (Grid){dates, 0, processors, PROC_COUNT};
    lay_dates(&g, dates, off, seasons, &rng);
    places = g.grid.date_count * PROC_COUNT;
    for (size_t i = 0; i < places; i++)
        g.planted[i] = any_of(healthy, ARRAY_LEN(healthy), &rng);
    while (g.hole_count < holes && g.hole_count < places) {
        const size_t place = (size_t)rng_below(&rng, places);

        if (grid_words[g.planted[place]].is_hole)
            continue;
        g.planted[place] = any_of(holes_of, ARRAY_LEN(holes_of), &rng);
        g.hole_count++;
    }
    for (size_t i = 0; i < places; i++)
        add_cell(&g, g.planted[i], dates[i / PROC_COUNT], (ProcessorId)(i % PROC_COUNT));
    g.cells_of_off_days = g.cell_count;
    for (size_t i = 0; i < g.off_days; i++)
        add_cell(&g, any_of(holes_of, ARRAY_LEN(holes_of), &rng), off[i], (ProcessorId)rng_below(&rng, PROC_COUNT));
    g.cells_of_off_days = g.cell_count - g.cells_of_off_days;
    return g;
}
