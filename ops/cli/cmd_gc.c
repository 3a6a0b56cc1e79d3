/*
 * ops/cli/cmd_gc.c
 *    gc: rows of the database that nobody will read again.
 */
#include <stdio.h>
#include "libcore/runtime/audit.h"
#include "ops/cli/print.h"

#define WITHOUT_CELL                                                                                                   \
    "not exists (select 1 from ops.cell c where c.game_date = t.game_date and c.processor = t.processor)"

/* Of each table what can go. $1 is the number of days that history is kept. */
static const struct {
    const char *table, *condition, *what;
} litter[] = {
    {"ops.run", "t.finished_at < now() - make_interval(days => $1)", "runs that ended before the days that are kept"},
    {"ops.alert", "t.resolved_at < now() - make_interval(days => $1)", "alerts that were resolved before them"},
    {"ops.cell_measure", WITHOUT_CELL " and $1 > 0", "measures of cells that do not exist"},
    {"ops.cell_change", WITHOUT_CELL " and $1 > 0", "changes of cells that do not exist"},
    {"ops.consumer_offset",
     "t.incarnation like 'embedded:%' and t.incarnation <> (select id from ops.incarnation order by adopted_at desc"
     " limit 1) and $1 > 0",
     "offsets in logs of embedded brokers that are gone"},
};

static bool
sweep(Session *s, size_t i, int32_t days, bool is_rehearsal, int64_t *count, Err *err)
{
    const DbParam params[] = {db_i32(days)};
    const char *verb = is_rehearsal ? "select count(*) from" : "delete from";
    DbRows *rows;

    if (!db_exec(s->tx, arena_printf(s->a, "%s %s t where %s", verb, litter[i].table, litter[i].condition), params, 1,
                 &rows, err))
        return false;
    *count = is_rehearsal ? db_get_i64(rows, 0, 0) : (int64_t)db_affected(rows);
    return true;
}

static bool
sweep_all(const Cli *cli, Session *s, int32_t days, const char *reason, bool is_rehearsal, Err *err)
{
    enum { COLUMNS = 3 };
    static const char *const headers[COLUMNS + 1] = {"table", "#rows", "what", NULL};
    const TableHead head = {"litter", headers, true};
    const char *cells[ARRAY_LEN(litter) * COLUMNS];
    int64_t total = 0;

    for (size_t i = 0; i < ARRAY_LEN(litter); i++) {
        int64_t count;

        if (!sweep(s, i, days, is_rehearsal, &count, err))
            return false;
        cells[i * COLUMNS] = litter[i].table;
        cells[i * COLUMNS + 1] = arena_printf(s->a, "%lld", (long long)count);
        cells[i * COLUMNS + 2] = litter[i].what;
        total += count;
    }
    if (!is_rehearsal
        && (!audit_note(s->tx, "gc", "the database", reason, arena_printf(s->a, "{\"rows\":%lld}", (long long)total),
                        err)
            || !db_commit(&s->tx, err)))
        return false;
    print_cells(cli, &head, cells, ARRAY_LEN(litter));
    print_count(cli, "rows", (size_t)total);
    print_member(cli, "dry_run", json_boolean(is_rehearsal));
    if (!cli->json)
        (void)printf("%lld rows %s\n", (long long)total, is_rehearsal ? "would go" : "have gone");
    return true;
}

int
cmd_gc(Cli *cli)
{
    enum { DAY_S = 86400, DEFAULT_DAYS = 400 };
    const bool is_rehearsal = cli_take_switch(cli, "--dry-run");
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *keep = cli_take_option(cli, "--keep", &ok);
    int64_t us = INT64_C(1000000) * DAY_S * DEFAULT_DAYS;
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "gc") || (keep != NULL && !cli_parse_duration(keep, &us)))
        return 2;
    if (us < INT64_C(1000000) * DAY_S) {
        (void)fputs("tipoff: --keep takes a day or more\n", stderr);
        return 2;
    }
    if (!cli_open(cli, &s, &err) || !sweep_all(cli, &s, (int32_t)(us / DAY_S / 1000000), reason, is_rehearsal, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
