/*
 * libcore/runtime/grid_scan.c
 *    One pass over the cells, each put in its place of the grid.
 */
#include "libcore/runtime/grid_scan.h"
#include "libcore/base/value.h"

const GridWord grid_words[GRID_STANDINGS] = {
    [GRID_DONE] = {"done", '#', "ended with all its rows", false},
    [GRID_NO_DATA] = {"no_data", 'o', "ended, there was nothing to do", false},
    [GRID_SHORT] = {"short", '+', "ended partial or degraded", false},
    [GRID_OPEN] = {"open", '.', "not ended, not late", false},
    [GRID_STALE] = {"stale", '~', "to be made again", true},
    [GRID_LATE] = {"late", '!', "not ended past its deadline", true},
    [GRID_FAILED] = {"failed", 'X', "ended failed", true},
    [GRID_HOLLOW] = {"hollow", '%', "rows that it wrote are gone", true},
    [GRID_ABSENT] = {"absent", '?', "there is no cell", true},
};

static const GridStanding standing_of_status[CELL_STATUS_COUNT] = {
    [CELL_EXPECTED] = GRID_OPEN, [CELL_WAITING] = GRID_OPEN,   [CELL_SUCCESS] = GRID_DONE,
    [CELL_PARTIAL] = GRID_SHORT, [CELL_DEGRADED] = GRID_SHORT, [CELL_NO_DATA] = GRID_NO_DATA,
    [CELL_FAILED] = GRID_FAILED,
};

static GridStanding
standing_of(const GridCell *c, Instant now)
{
    if (!cell_status_is_terminal(c->status))
        return !instant_is_null(c->deadline) && c->deadline.us < now.us ? GRID_LATE : GRID_OPEN;
    if (c->status == CELL_FAILED)
        return GRID_FAILED;
    if (c->written != NULL_I32 && c->rows != NULL_I32 && c->rows < c->written)
        return GRID_HOLLOW;
    return c->is_stale ? GRID_STALE : standing_of_status[c->status];
}

/* Its index, or date_count where the grid does not have it. */
static size_t
place_of_date(const Grid *grid, GameDate date)
{
    size_t low = 0, high = grid->date_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (date_before(grid->dates[middle], date))
            low = middle + 1;
        else
            high = middle;
    }
    return low < grid->date_count && date_equal(grid->dates[low], date) ? low : grid->date_count;
}

GridStanding *
grid_scan(const Grid *grid, const GridCell *cells, size_t cell_count, Instant now, Arena *a)
{
    const size_t places = grid->date_count * grid->processor_count;
    GridStanding *out = arena_array(a, places + 1, sizeof *out);
    size_t column[PROC_COUNT];

    for (size_t i = 0; i < places; i++)
        out[i] = GRID_ABSENT;
    for (size_t p = 0; p < PROC_COUNT; p++)
        column[p] = grid->processor_count;
    for (size_t p = 0; p < grid->processor_count; p++)
        column[grid->processors[p]] = p;
    for (size_t i = 0; i < cell_count; i++) {
        const size_t row = place_of_date(grid, cells[i].date), col = column[cells[i].processor];

        if (row < grid->date_count && col < grid->processor_count)
            out[row * grid->processor_count + col] = standing_of(&cells[i], now);
    }
    return out;
}

size_t
grid_count_holes(const Grid *grid, const GridStanding *standings)
{
    size_t n = 0;

    for (size_t i = 0; i < grid->date_count * grid->processor_count; i++)
        n += grid_words[standings[i]].is_hole;
    return n;
}
