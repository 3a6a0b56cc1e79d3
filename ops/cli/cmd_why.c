/*
 * ops/cli/cmd_why.c
 *    Walk the chain of a date and name the first broken link, with the evidence and what mends it.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/cell_store.h"
#include "libcore/runtime/gate.h"
#include "ops/cli/cli.h"
#include "ops/cli/print.h"

static bool
show_chain(const Cli *cli, Session *s, GameDate date, Err *err)
{
    static const char sql[]
        = "select phase.n::text, c.processor, c.status || case when c.is_stale then ' (stale)' else '' end,"
          " c.version::text, coalesce(c.written, 0)::text || '/' || coalesce(c.expected, 0)::text,"
          " to_char(c.finished_at at time zone 'UTC', 'MM-DD HH24:MI:SS'), left(encode(c.content_hash, 'hex'), 12), c.reason"
          " from ops.cell c join unnest($2::text[]) with ordinality phase(p, n) on phase.p = c.processor"
          " where c.game_date = $1 order by phase.n";
    static const char *const headers[] = {"#", "processor", "status", "#version", "rows", "finished", "hash", "reason", NULL};
    const TableHead head = {"chain", headers};
    const char *names[PROC_COUNT];

    for (size_t i = 0; i < PROC_COUNT; i++)
        names[i] = processor_table[i].name;
    {
        const DbParam params[] = {db_date(date), db_texts(names, PROC_COUNT)};

        return print_query(cli, s, &head, sql, params, 2, err);
    }
}

static bool
is_broken(const CellState *c)
{
    return !cell_status_is_terminal(c->status) || c->status == CELL_FAILED;
}

/* What the operator can do about a cell that is stuck, from what it is stuck on. */
static const char *
remedy(Session *s, const CellState *c, Err *err)
{
    static const char sql[] = "select id from ops.letter where status = 'open' and game_date = $1 and processor = $2"
                              " order by id limit 1";
    const ProcessorSpec *p = &processor_table[c->processor];
    const DbParam params[] = {db_date(c->date), db_text(p->name)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 2, &rows, err))
        return NULL;
    if (db_row_count(rows) > 0)
        return arena_printf(s->a, "mend the cause (tipoff dlq show %lld), then: tipoff dlq retry %lld",
                            (long long)db_get_i64(rows, 0, 0), (long long)db_get_i64(rows, 0, 0));
    if (strcmp(p->phase, "collect") == 0)
        return "the feed has not come: tipoff collect --data DIR --from DATE --to DATE";
    if (strcmp(p->phase, "raw") == 0)
        return "parts are missing: tipoff collect --again, and see that worker 'raw' runs (tipoff status)";
    return arena_printf(s->a, "see that worker '%s' runs: tipoff status", p->worker);
}

/* The first cell, in an order in which needs come first, that is broken though all that it needs is
 * whole; failing that the first broken one. */
static bool
name_break(Session *s, GameDate date, Err *err)
{
    int32_t season = date_season_year(date);
    ProcessorId all[PROC_COUNT];
    CellState *states;
    const GateBoard *board;
    size_t count;
    char day[DATE_TEXT_LEN];

    for (size_t i = 0; i < PROC_COUNT; i++)
        all[i] = (ProcessorId)i;
    if (!cells_load(s->tx, &season, 1, all, PROC_COUNT, s->a, &states, &count, err))
        return false;
    board = gate_board(states, count, s->a);
    for (size_t i = 0; i < PROC_COUNT; i++) {
        const CellState *c = gate_board_cell(board, (ProcessorId)i, date);
        GateAnswer gate;
        const char *what;

        if (c == NULL || !is_broken(c))
            continue;
        gate = gate_check(&processor_table[i], date, board, s->a);
        if (gate.verdict == GATE_WAIT && i + 1 < PROC_COUNT && c->status != CELL_FAILED) {
            (void)printf("\n%s waits: %s\n", processor_table[i].name, gate.reason);
            if (strstr(gate.reason, date_format(date, day)) != NULL)
                continue; /* the link before it is broken, and was named */
            return true;
        }
        what = remedy(s, c, err);
        if (what == NULL)
            return false;
        (void)printf("\nfirst broken link: %s is %s%s%s\n  %s\n", processor_table[i].name, cell_status_name(c->status),
                     c->reason ? ": " : "", c->reason ? c->reason : "", what);
        return true;
    }
    (void)printf("\nevery link of %s holds\n", date_format(date, day));
    return true;
}

int
cmd_why(Cli *cli)
{
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!cli_parse_date(cli_take_word(cli), &date) || !cli_no_more(cli, "why"))
        return 2;
    if (!cli_open(cli, &s, &err) || !show_chain(cli, &s, date, &err) || (!cli->json && !name_break(&s, date, &err)))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
