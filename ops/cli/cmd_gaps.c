/*
 * ops/cli/cmd_gaps.c
 *    Holds every scheduled date against its cells: 'tipoff gaps' lists the holes, 'tipoff grid' draws all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "libcore/runtime/grid_scan.h"
#include "ops/cli/print.h"
#include "workers/registry.h"

/* A scan with what it was made from; all in the session's arena. */
typedef struct {
    Grid grid;
    GridCell *cells;
    const char **reasons; /* a cell each */
    size_t cell_count;
    GridStanding *standings;
    size_t holes;
} Scan;

/* What the schedule asks for, within the deployment's dates. */
static bool
read_grid(Session *s, DateRange range, Grid *out, Err *err)
{
    static const char sql[]
        = "select distinct g.game_date from raw.schedule_game g left join ops.deployment d on true where g.game_date"
          " between $1 and $2 and (d.scope_from is null or g.game_date between d.scope_from and d.scope_to) order by 1";
    const DbParam params[] = {db_date(range.from), db_date(range.to)};
    ProcessorId *processors = arena_array(s->a, PROC_COUNT, sizeof *processors);
    GameDate *dates;
    FeedSet feeds;
    DbRows *rows;

    if (!feeds_load(s->tx, &feeds, err) || !db_exec(s->tx, sql, params, 2, &rows, err))
        return false;
    dates = arena_array(s->a, db_row_count(rows) + 1, sizeof *dates);
    for (size_t r = 0; r < db_row_count(rows); r++)
        dates[r] = db_get_date(rows, r, 0);
    *out = (Grid){dates, db_row_count(rows), processors, processors_of_feeds(&feeds, true, processors)};
    return out->date_count > 0
           || ERR_FAIL(err, ERR_CONFIG, "the schedule has no game on these dates: 'tipoff collect' brings it in");
}

static bool
read_cells(Session *s, DateRange range, Scan *scan, Err *err)
{
    static const char sql[] = "select game_date, processor, status, is_stale, deadline, written,"
                              " coalesce(stale_reason, reason) from ops.cell"
                              " where game_date between $1 and $2 and in_scope";
    const DbParam params[] = {db_date(range.from), db_date(range.to)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 2, &rows, err))
        return false;
    scan->cells = arena_array(s->a, db_row_count(rows) + 1, sizeof *scan->cells);
    scan->reasons = arena_array(s->a, db_row_count(rows) + 1, sizeof *scan->reasons);
    for (size_t r = 0; r < db_row_count(rows); r++) {
        GridCell c = {.date = db_get_date(rows, r, 0),
                      .is_stale = db_get_bool(rows, r, 3),
                      .deadline = db_get_ts(rows, r, 4),
                      .written = db_get_i32(rows, r, 5),
                      .rows = NULL_I32};

        if (!processor_by_name(db_get_text(rows, r, 1), &c.processor)
            || !cell_status_parse(db_get_text(rows, r, 2), &c.status))
            continue; /* of another build: none of ours */
        scan->reasons[scan->cell_count] = arena_strdup(s->a, db_get_text(rows, r, 6));
        scan->cells[scan->cell_count++] = c;
    }
    return true;
}

static const GridCell *
find_cell(const Scan *scan, GameDate date, ProcessorId processor, const char **reason)
{
    for (size_t i = 0; i < scan->cell_count; i++)
        if (date_equal(scan->cells[i].date, date) && scan->cells[i].processor == processor) {
            *reason = scan->reasons[i];
            return &scan->cells[i];
        }
    *reason = NULL;
    return NULL;
}

/* ---- rows that stand ---- */

static bool
has_column(const TableDesc *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return true;
    return false;
}

/* Rows of a processor's first table, date by date. */
static bool
count_rows(Session *s, DateRange range, const CellSpec *spec, Scan *scan, Err *err)
{
    const bool is_shared = has_column(spec->writes[0], "processor");
    const char *sql = arena_printf(s->a,
                                   "select game_date, count(*)::integer from %s where game_date between $1 and $2%s"
                                   " group by 1",
                                   spec->writes[0]->name, is_shared ? " and processor = $3" : "");
    const DbParam params[] = {db_date(range.from), db_date(range.to), db_text(processor_table[spec->processor].name)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, is_shared ? 3 : 2, &rows, err))
        return false;
    for (size_t i = 0; i < scan->cell_count; i++)
        if (scan->cells[i].processor == spec->processor)
            scan->cells[i].rows = 0;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const GameDate date = db_get_date(rows, r, 0);

        for (size_t i = 0; i < scan->cell_count; i++)
            if (scan->cells[i].processor == spec->processor && date_equal(scan->cells[i].date, date))
                scan->cells[i].rows = db_get_i32(rows, r, 1);
    }
    return true;
}

static bool
count_all_rows(Session *s, DateRange range, Scan *scan, Err *err)
{
    for (const WorkerSpec *const *w = all_workers; *w != NULL; w++)
        for (size_t i = 0; i < (*w)->cell_count; i++) {
            const CellSpec *spec = &(*w)->cells[i];

            if (spec->writes != NULL && spec->writes[0] != NULL && has_column(spec->writes[0], "game_date")
                && !count_rows(s, range, spec, scan, err))
                return false;
        }
    return true;
}

static bool
make_scan(const Cli *cli, Session *s, DateRange range, bool with_rows, Scan *scan, Err *err)
{
    *scan = (Scan){0};
    if (!read_grid(s, range, &scan->grid, err) || !read_cells(s, range, scan, err)
        || (with_rows && !count_all_rows(s, range, scan, err)))
        return false;
    scan->standings = grid_scan(&scan->grid, scan->cells, scan->cell_count, clock_now(cli->clock), s->a);
    scan->holes = grid_count_holes(&scan->grid, scan->standings);
    return true;
}

/* ---- the list ---- */

static const char *
count_text(Arena *a, int32_t n)
{
    return i32_is_null(n) ? NULL : arena_printf(a, "%d", (int)n);
}

static void
print_gaps(const Cli *cli, Session *s, const Scan *scan)
{
    enum { COLUMNS = 7 };
    static const char *const headers[] = {"date", "phase", "processor", "hole", "#said", "#rows", "reason", NULL};
    const TableHead head = {"gaps", headers, true};
    const char **cells = arena_array(s->a, scan->holes * COLUMNS + 1, sizeof *cells);
    size_t n = 0;

    for (size_t i = 0; i < scan->grid.date_count * scan->grid.processor_count; i++) {
        const GameDate date = scan->grid.dates[i / scan->grid.processor_count];
        const ProcessorSpec *p = &processor_table[scan->grid.processors[i % scan->grid.processor_count]];
        const GridWord *word = &grid_words[scan->standings[i]];
        const GridCell *cell;
        const char *reason;

        if (!word->is_hole)
            continue;
        cell = find_cell(scan, date, p->id, &reason);
        cells[n++] = date_format(date, arena_alloc(s->a, DATE_TEXT_LEN));
        cells[n++] = p->phase;
        cells[n++] = p->name;
        cells[n++] = word->name;
        cells[n++] = cell ? count_text(s->a, cell->written) : NULL;
        cells[n++] = cell ? count_text(s->a, cell->rows) : NULL;
        cells[n++] = reason ? reason : word->means;
    }
    if (cli->json || scan->holes > 0)
        print_cells(cli, &head, cells, scan->holes);
    print_count(cli, "dates", scan->grid.date_count);
    print_count(cli, "cells", scan->grid.date_count * scan->grid.processor_count);
    (void)fprintf(stderr, "%zu holes in %zu cells of %zu dates\n", scan->holes,
                  scan->grid.date_count * scan->grid.processor_count, scan->grid.date_count);
}

/* ---- the map ---- */

static const char *
colour_of(GridStanding standing)
{
    static const char *const colours[GRID_STANDINGS] = {
        [GRID_DONE] = "\033[32m", [GRID_NO_DATA] = "\033[2m", [GRID_SHORT] = "\033[33m",
        [GRID_OPEN] = "\033[36m", [GRID_STALE] = "\033[35m",
    };

    return colours[standing] != NULL ? colours[standing] : "\033[1;31m";
}

static void
put_mark(GridStanding standing, bool coloured)
{
    if (coloured)
        (void)printf("%s%c\033[0m", colour_of(standing), grid_words[standing].mark);
    else
        (void)putchar(grid_words[standing].mark);
}

/* Dates from..to - 1 are of one month: a column a day, blank where nobody plays. */
static void
put_month(const Scan *scan, size_t from, size_t to, bool coloured)
{
    const size_t width = scan->grid.processor_count;
    int year, month, day;

    date_parts(scan->grid.dates[from], &year, &month, &day);
    (void)printf("\n%04d-%02d                    1234567890123456789012345678901\n", year, month);
    for (size_t p = 0; p < width; p++) {
        int column = 1;

        (void)printf("%-26s ", processor_table[scan->grid.processors[p]].name);
        for (size_t d = from; d < to; d++, column++) {
            date_parts(scan->grid.dates[d], &year, &month, &day);
            for (; column < day; column++)
                (void)putchar(' ');
            put_mark(scan->standings[d * width + p], coloured);
        }
        (void)putchar('\n');
    }
}

static void
put_legend(const Scan *scan, bool coloured)
{
    const size_t places = scan->grid.date_count * scan->grid.processor_count;
    size_t counts[GRID_STANDINGS] = {0};

    for (size_t i = 0; i < places; i++)
        counts[scan->standings[i]]++;
    (void)putchar('\n');
    for (int g = 0; g < GRID_STANDINGS; g++) {
        if (counts[g] == 0)
            continue;
        put_mark((GridStanding)g, coloured);
        (void)printf(" %-8s %6zu  %s\n", grid_words[g].name, counts[g], grid_words[g].means);
    }
}

static void
print_map(const Cli *cli, const Scan *scan)
{
    const bool coloured = cli->has_colour;
    size_t from = 0;

    for (size_t d = 1; d <= scan->grid.date_count; d++) {
        int year, month, day, first_year, first_month;

        date_parts(scan->grid.dates[from], &first_year, &first_month, &day);
        if (d < scan->grid.date_count) {
            date_parts(scan->grid.dates[d], &year, &month, &day);
            if (year == first_year && month == first_month)
                continue;
        }
        put_month(scan, from, d, coloured);
        from = d;
    }
    put_legend(scan, coloured);
}

/* For programs: an object a cell. */
static void
print_places(const Cli *cli, Session *s, const Scan *scan)
{
    enum { COLUMNS = 3 };
    static const char *const headers[] = {"date", "processor", "standing", NULL};
    const TableHead head = {"grid", headers, true};
    const size_t places = scan->grid.date_count * scan->grid.processor_count;
    const char **cells = arena_array(s->a, places * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < places; i++) {
        *c++ = date_format(scan->grid.dates[i / scan->grid.processor_count], arena_alloc(s->a, DATE_TEXT_LEN));
        *c++ = processor_table[scan->grid.processors[i % scan->grid.processor_count]].name;
        *c++ = grid_words[scan->standings[i]].name;
    }
    print_cells(cli, &head, cells, places);
}

/* ---- commands ---- */

int
cmd_gaps(Cli *cli)
{
    const bool with_rows = cli_take_switch(cli, "--rows");
    DateRange range;
    Session s;
    Scan scan;
    Err err;
    int status;

    if (!cli_take_range(cli, &range) || !cli_no_more(cli, "gaps"))
        return 2;
    if (!cli_open(cli, &s, &err) || !make_scan(cli, &s, range, with_rows, &scan, &err)) {
        status = cli_fail(&err);
    } else {
        print_gaps(cli, &s, &scan);
        status = scan.holes > 0;
        if (status != 0)
            print_document(cli);
    }
    cli_close(&s);
    return status;
}

int
cmd_grid(Cli *cli)
{
    const bool with_rows = cli_take_switch(cli, "--rows");
    DateRange range;
    Session s;
    Scan scan;
    Err err;
    int status = 0;

    if (!cli_take_range(cli, &range) || !cli_no_more(cli, "grid"))
        return 2;
    if (!cli_open(cli, &s, &err) || !make_scan(cli, &s, range, with_rows, &scan, &err))
        status = cli_fail(&err);
    else if (cli->json)
        print_places(cli, &s, &scan);
    else
        print_map(cli, &scan);
    cli_close(&s);
    return status;
}
