/*
 * ops/cli/training_print.c
 *    Figures of an evaluation as tables.
 */
#include <math.h>
#include "ops/cli/print.h"
#include "ops/cli/training_options.h"

static const char *
number(double v, int digits, Arena *a)
{
    return isnan(v) ? NULL : arena_printf(a, "%.*f", digits, v);
}

/* "52.3 (50.1-54.4) of 1834" */
static const char *
share(const EdgeFigures *e, Arena *a)
{
    return isnan(e->hit_pct)
               ? NULL
               : arena_printf(a, "%.1f (%.1f-%.1f) of %zu", e->hit_pct, e->low_pct, e->high_pct, e->hits + e->misses);
}

/* For programs each figure is a member of its own. */
static void
print_edges(const Cli *cli, const char *title, const FiguresTable *t, Arena *a)
{
    static const char *const headers[] = {"system",   "#edge",        "#decided",      "#hits",  "#misses", "#pushes",
                                          "#hit_pct", "#hit_pct_low", "#hit_pct_high", "#units", NULL};
    enum { COLUMNS = ARRAY_LEN(headers) - 1 };
    const TableHead head = {arena_printf(a, "%s picks", title), headers};
    const char **cells = arena_array(a, t->count * EVALUATION_EDGES * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < t->count; i++) {
        for (size_t k = 0; k < EVALUATION_EDGES; k++) {
            const EdgeFigures *e = &t->figures[i].edges[k];

            *c++ = t->figures[i].system_id;
            *c++ = number(e->edge, 0, a);
            *c++ = arena_printf(a, "%zu", e->hits + e->misses);
            *c++ = arena_printf(a, "%zu", e->hits);
            *c++ = arena_printf(a, "%zu", e->misses);
            *c++ = arena_printf(a, "%zu", e->pushes);
            *c++ = number(e->hit_pct, 2, a);
            *c++ = number(e->low_pct, 2, a);
            *c++ = number(e->high_pct, 2, a);
            *c++ = number(e->units, 3, a);
        }
    }
    print_cells(cli, &head, cells, t->count * EVALUATION_EDGES);
}

void
training_print_figures(const Cli *cli, const char *title, const FiguresTable *t, Arena *a)
{
    static const char *const headers[] = {"system",     "#n",           "#mae",       "#rmse",
                                          "#bias",      "#hit_pct_all", "#hit_pct_3", "#hit_pct_5",
                                          "#units_all", "#units_3",     "#units_5",   NULL};
    static const char *const plain[] = {"system", "#n", "#mae", "#rmse", "#bias", NULL};
    const size_t columns = cli->json ? ARRAY_LEN(plain) - 1 : ARRAY_LEN(headers) - 1;
    const TableHead head = {title, cli->json ? plain : headers};
    const char **cells = arena_array(a, t->count * columns + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < t->count; i++) {
        const EvaluationFigures *f = &t->figures[i];

        *c++ = f->system_id;
        *c++ = arena_printf(a, "%zu", f->count);
        *c++ = number(f->mae, 3, a);
        *c++ = number(f->rmse, 3, a);
        *c++ = number(f->bias, 3, a);
        for (size_t k = 0; !cli->json && k < EVALUATION_EDGES; k++)
            *c++ = share(&f->edges[k], a);
        for (size_t k = 0; !cli->json && k < EVALUATION_EDGES; k++)
            *c++ = isnan(f->edges[k].hit_pct) ? NULL : number(f->edges[k].units, 1, a);
    }
    print_cells(cli, &head, cells, t->count);
    if (cli->json)
        print_edges(cli, title, t, a);
}

void
training_print_calibration(const Cli *cli, const FiguresTable *t, Arena *a)
{
    static const char *const headers[] = {"system", "#from", "#to", "#n", "#predicted", "#actual", NULL};
    enum { COLUMNS = ARRAY_LEN(headers) - 1 };
    const TableHead head = {"calibration", headers};
    const char **cells = arena_array(a, t->count * EVALUATION_BINS * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < t->count; i++) {
        for (size_t b = 0; b < EVALUATION_BINS; b++) {
            const CalibrationBin *bin = &t->figures[i].bins[b];

            if (bin->count == 0)
                continue;
            *c++ = t->figures[i].system_id;
            *c++ = number(bin->from, 0, a);
            *c++ = isinf(bin->to) ? NULL : number(bin->to, 0, a);
            *c++ = arena_printf(a, "%zu", bin->count);
            *c++ = number(bin->predicted, 2, a);
            *c++ = number(bin->actual, 2, a);
        }
    }
    print_cells(cli, &head, cells, (size_t)(c - cells) / COLUMNS);
}
