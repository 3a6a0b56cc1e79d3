/*
 * ops/cli/cmd_gate.c
 *    gate: open one by hand for a time, close it again, and look at the gates of a date.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/audit.h"
#include "libcore/runtime/cell_store.h"
#include "libcore/runtime/gate_overrides.h"
#include "ops/cli/print.h"

static bool
parse_processor(const char *name, ProcessorId *out)
{
    if (name != NULL && processor_by_name(name, out))
        return true;
    if (name != NULL)
        (void)fprintf(stderr, "tipoff: no processor '%s'; 'tipoff graph' shows them\n", name);
    return false;
}

/* "2026-01-31 20:15 UTC" */
static const char *
minute_of(Instant t, Arena *a)
{
    char text[INSTANT_TEXT_LEN];
    char *minute = arena_printf(a, "%.16s UTC", instant_format(t, text));

    minute[10] = ' ';
    return minute;
}

/* What workers and those who watch are told goes out with the commit. */
static bool
tell_and_commit(Session *s, Err *err)
{
    return db_exec(s->tx, "select pg_notify('" GATE_CHANNEL "', '')", NULL, 0, NULL, err) && db_commit(&s->tx, err);
}

/* ---- override and revoke ---- */

static bool
note(Session *s, const char *command, GameDate date, const char *processor, const char *reason, Err *err)
{
    char day[DATE_TEXT_LEN];

    return audit_note(s->tx, command, arena_printf(s->a, "%s of %s", processor, date_format(date, day)), reason, NULL,
                      err);
}

static bool
check_cell(Session *s, GameDate date, ProcessorId processor, Err *err)
{
    static const char sql[] = "select 1 from ops.cell where game_date = $1 and processor = $2";
    const DbParam params[] = {db_date(date), db_text(processor_table[processor].name)};
    char day[DATE_TEXT_LEN];
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 2, &rows, err))
        return false;
    return db_row_count(rows) > 0
           || ERR_FAIL(err, ERR_POISON, "%s has no cell on %s: 'tipoff status' shows the dates that there are",
                       processor_table[processor].name, date_format(date, day));
}

static bool
end_active(Session *s, GameDate date, ProcessorId processor, Instant now, size_t *ended, Err *err)
{
    static const char sql[] = "update ops.gate_override set revoked_at = $3, revoked_by = $4 where game_date = $1"
                              " and processor = $2 and revoked_at is null and expires_at > $3";
    const DbParam params[] = {db_date(date), db_text(processor_table[processor].name), db_ts(now),
                              db_text(audit_actor(s->a))};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *ended = db_affected(rows);
    return true;
}

typedef struct {
    GameDate date;
    ProcessorId processor;
    const char *reason, *by;
    int64_t for_us;
} Grant;

static bool
grant(const Cli *cli, Session *s, const Grant *g, Err *err)
{
    static const char sql[] = "insert into ops.gate_override (game_date, processor, reason, granted_by, granted_at,"
                              " expires_at) values ($1, $2, $3, $4, $5, $6)";
    const Instant now = clock_now(cli->clock), expires = {now.us + g->for_us};
    const char *name = processor_table[g->processor].name, *by = g->by ? g->by : audit_actor(s->a);
    const DbParam params[] = {db_date(g->date), db_text(name), db_text(g->reason),
                              db_text(by),      db_ts(now),    db_ts(expires)};
    const char *until = minute_of(expires, s->a);
    char day[DATE_TEXT_LEN];
    size_t before;

    if (!check_cell(s, g->date, g->processor, err) || !end_active(s, g->date, g->processor, now, &before, err)
        || !db_exec(s->tx, sql, params, ARRAY_LEN(params), NULL, err)
        || !note(s, "gate override", g->date, name, g->reason, err) || !tell_and_commit(s, err))
        return false;
    print_member(cli, "processor", json_string(name));
    print_member(cli, "game_date", json_string(date_format(g->date, day)));
    print_member(cli, "by", json_string(by));
    print_member(cli, "until", json_string(until));
    if (!cli->json)
        (void)printf("the gate of %s of %s is open by hand until %s%s; 'tipoff gate revoke %s %s' closes it\n", name,
                     date_format(g->date, day), until, before > 0 ? ", in place of an earlier override" : "", day,
                     name);
    return true;
}

static bool
revoke(const Cli *cli, Session *s, GameDate date, ProcessorId processor, Err *err)
{
    const char *name = processor_table[processor].name;
    char day[DATE_TEXT_LEN];
    size_t ended;

    if (!end_active(s, date, processor, clock_now(cli->clock), &ended, err))
        return false;
    (void)date_format(date, day);
    if (ended == 0)
        return ERR_FAIL(err, ERR_POISON,
                        "the gate of %s of %s is not open by hand; 'tipoff gate show %s' shows what is", name, day,
                        day);
    if (!note(s, "gate revoke", date, name, NULL, err) || !tell_and_commit(s, err))
        return false;
    print_member(cli, "revoked", json_string(name));
    if (!cli->json)
        (void)printf("the gate of %s of %s is on its own again; what has been made stays\n", name, day);
    return true;
}

/* ---- show ---- */

bool
cli_print_overrides(const Cli *cli, Session *s, GameDate date, bool all, Err *err)
{
    static const char sql[]
        = "select processor, case when revoked_at is not null then 'revoked' when expires_at <= $2 then 'expired' else"
          " 'in force' end, granted_by, to_char(granted_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),"
          " to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), revoked_by, reason from ops.gate_override"
          " where game_date = $1 and ($3 or (revoked_at is null and expires_at > $2)) order by id";
    static const char *const headers[] = {"gate", "state", "by", "since", "until", "revoked by", "reason", NULL};
    const TableHead head = {"gates opened by hand", headers};
    const DbParam params[] = {db_date(date), db_ts(clock_now(cli->clock)), db_bool(all)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (cli->json || db_row_count(rows) > 0)
        print_rows(cli, &head, rows);
    return true;
}

typedef struct {
    const GateBoard *board;
    GateOverride *overrides;
    size_t override_count;
    GateAsk ask;
} Gates;

static bool
load_gates(const Cli *cli, Session *s, GameDate date, Gates *out, Err *err)
{
    int32_t season = date_season_year(date);
    ProcessorId ids[PROC_COUNT];
    FeedSet feeds;
    CellState *states;
    size_t count;

    *out = (Gates){.ask = {.now = clock_now(cli->clock), .today = clock_today(cli->clock)}};
    if (!feeds_load(s->tx, &feeds, err)
        || !cells_load(s->tx, &season, 1, ids, processors_of_feeds(&feeds, true, ids), s->a, &states, &count, err)
        || !gate_overrides_load(s->tx, out->ask.now, s->a, &out->overrides, &out->override_count, err))
        return false;
    out->board = gate_board(states, count, &feeds, s->a);
    return true;
}

static const char *
gate_word(const GateAnswer *g)
{
    return g->verdict == GATE_WAIT     ? "shut"
           : g->verdict == GATE_FAILED ? "failed"
           : g->is_overridden          ? "open by hand"
                                       : "open";
}

static bool
show_gates(const Cli *cli, Session *s, Gates *gates, GameDate date, const ProcessorId *only, Err *err)
{
    enum { COLUMNS = 4 };
    static const char *const headers[COLUMNS + 1] = {"processor", "status", "gate", "why", NULL};
    const TableHead head = {"gates", headers};
    const char **cells = arena_array(s->a, (size_t)PROC_COUNT * COLUMNS, sizeof *cells);
    char day[DATE_TEXT_LEN];
    size_t n = 0;

    for (size_t i = 0; i < PROC_COUNT; i++) {
        const CellState *c = gate_board_cell(gates->board, (ProcessorId)i, date);
        GateAnswer answer;

        if (c == NULL || (only != NULL && *only != c->processor))
            continue;
        gates->ask.override = gate_override_find(gates->overrides, gates->override_count, c->processor, date);
        answer = gate_check(&processor_table[i], date, gates->board, &gates->ask, s->a);
        cells[n * COLUMNS] = processor_table[i].name;
        cells[n * COLUMNS + 1] = cell_status_name(c->status);
        cells[n * COLUMNS + 2] = gate_word(&answer);
        cells[n++ * COLUMNS + 3] = answer.reason ? answer.reason : answer.degraded;
    }
    if (n == 0)
        return ERR_FAIL(err, ERR_POISON, "no cell of %s is known", date_format(date, day));
    print_cells(cli, &head, cells, n);
    return true;
}

static const char *
number(Arena *a, double n)
{
    return n > 0 ? arena_printf(a, "%g", n) : NULL;
}

/* What one gate needs of its date, with what there is. */
static void
show_needs(const Cli *cli, Session *s, const Gates *gates, GameDate date, ProcessorId processor)
{
    enum { COLUMNS = 8 };
    static const char *const headers[COLUMNS + 1] = {"needs",  "hard",   "status",     "#rows", "#expected",
                                                     "#least", "#age_h", "#max_age_h", NULL};
    const ProcessorSpec *p = &processor_table[processor];
    const TableHead head = {"needs of the date", headers};
    const char **cells = arena_array(s->a, p->need_count * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < p->need_count; i++) {
        const Need *need = &p->needs[i];
        const CellState *n = gate_board_cell(gates->board, need->processor, date);
        bool has_ended = n != NULL && n->version > 0;

        if (need->scope != NEED_SAME_DATE)
            continue;
        *c++ = processor_table[need->processor].name;
        *c++ = need->is_hard ? "yes" : "no";
        *c++ = n == NULL ? NULL : cell_status_name(n->status);
        *c++ = has_ended && !i32_is_null(n->written) ? arena_printf(s->a, "%d", (int)n->written) : NULL;
        *c++ = has_ended && !i32_is_null(n->expected) ? arena_printf(s->a, "%d", (int)n->expected) : NULL;
        *c++ = has_ended ? number(s->a, gate_min_rows(need, n)) : NULL;
        *c++ = has_ended && !instant_is_null(n->finished)
                   ? arena_printf(s->a, "%.1f", (double)(gates->ask.now.us - n->finished.us) / 3600e6)
                   : NULL;
        *c++ = number(s->a, need->max_age_h);
    }
    print_cells(cli, &head, cells, (size_t)(c - cells) / COLUMNS);
}

static bool
show(const Cli *cli, Session *s, GameDate date, const ProcessorId *only, Err *err)
{
    Gates gates;

    if (!load_gates(cli, s, date, &gates, err) || !show_gates(cli, s, &gates, date, only, err))
        return false;
    if (only != NULL)
        show_needs(cli, s, &gates, date, *only);
    return cli_print_overrides(cli, s, date, true, err);
}

/* ---- the command ---- */

static int
run_override(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *expires = cli_take_option(cli, "--expires", &ok);
    Grant g = {.by = cli_take_option(cli, "--by", &ok), .reason = reason};
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_parse_date(cli, cli_take_word(cli), &g.date))
        return 2;
    if (reason == NULL || reason[0] == '\0' || expires == NULL) {
        (void)fputs("tipoff: an override says why (--reason) and for how long (--expires)\n", stderr);
        return cli_usage("gate");
    }
    if (!parse_processor(cli_take_word(cli), &g.processor) || !cli_parse_duration(expires, &g.for_us)
        || !cli_no_more(cli, "gate"))
        return 2;
    if (!cli_open(cli, &s, &err) || !grant(cli, &s, &g, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static int
run_revoke(Cli *cli)
{
    ProcessorId processor;
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!cli_parse_date(cli, cli_take_word(cli), &date))
        return 2;
    if (!parse_processor(cli_take_word(cli), &processor) || !cli_no_more(cli, "gate"))
        return cli_usage("gate");
    if (!cli_open(cli, &s, &err) || !revoke(cli, &s, date, processor, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static int
run_show(Cli *cli)
{
    ProcessorId processor;
    const char *name;
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!cli_parse_date(cli, cli_take_word(cli), &date))
        return 2;
    name = cli_take_word(cli);
    if ((name != NULL && !parse_processor(name, &processor)) || !cli_no_more(cli, "gate"))
        return 2;
    if (!cli_open(cli, &s, &err) || !show(cli, &s, date, name ? &processor : NULL, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_gate(Cli *cli)
{
    static const struct {
        const char *name;
        int (*run)(Cli *cli);
    } verbs[] = {{"override", run_override}, {"show", run_show}, {"revoke", run_revoke}};
    const char *verb = cli_take_word(cli);

    for (size_t i = 0; verb != NULL && i < ARRAY_LEN(verbs); i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return verbs[i].run(cli);
    return cli_usage("gate");
}
