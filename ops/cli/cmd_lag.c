/*
 * ops/cli/cmd_lag.c
 *    lag: how far each worker is behind in each topic.
 */
#include <string.h>
#include "ops/cli/print.h"
#include "ops/cli/status_read.h"

static void
print_lags(const Cli *cli, const StatusView *v, const char *of, Arena *a)
{
    enum { COLUMNS = 6 };
    static const char *const headers[COLUMNS + 1] = {"topic", "worker", "#live", "#backfill", "#done", "state", NULL};
    const TableHead head = {"lag", headers, true};
    const char **cells = arena_array(a, v->lag_count * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < v->lag_count; i++) {
        const StatusLag *l = &v->lags[i];

        if (of != NULL && strcmp(of, l->topic) != 0 && strcmp(of, l->worker) != 0)
            continue;
        *c++ = l->topic;
        *c++ = l->worker;
        *c++ = arena_printf(a, "%lld", (long long)l->live);
        *c++ = arena_printf(a, "%lld", (long long)l->backfill);
        *c++ = arena_printf(a, "%lld", (long long)l->committed);
        *c++ = l->is_paused ? "paused" : l->live + l->backfill > 0 ? "behind" : "level";
    }
    print_cells(cli, &head, cells, (size_t)(c - cells) / COLUMNS);
}

/* Any worker, and any topic, that reads or is read. */
static bool
is_known(const StatusView *v, const char *of, Arena *a)
{
    const char **names = arena_array(a, v->lag_count * 2 + 1, sizeof *names);
    size_t count = 0;

    for (size_t i = 0; i < v->lag_count; i++) {
        if (strcmp(of, v->lags[i].topic) == 0 || strcmp(of, v->lags[i].worker) == 0)
            return true;
        names[count++] = v->lags[i].topic;
        names[count++] = v->lags[i].worker;
    }
    (void)cli_unknown("worker or topic with a reader", of, names, count);
    return false;
}

int
cmd_lag(Cli *cli)
{
    const char *of = cli_take_word(cli);
    StatusView view = {.run_dir = NULL};
    Session s;
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "lag"))
        return 2;
    if (!cli_open(cli, &s, &err) || !status_read_lags(&s, &view, &err))
        status = cli_fail(&err);
    else if (of != NULL && !is_known(&view, of, s.a))
        status = 2;
    else
        print_lags(cli, &view, of, s.a);
    cli_close(&s);
    return status;
}
