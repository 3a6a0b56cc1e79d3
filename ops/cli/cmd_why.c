/*
 * ops/cli/cmd_why.c
 *    Walk the chain of a date and name the first broken link, with the evidence and what mends it.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/base/cursor.h"
#include "libcore/runtime/cell_store.h"
#include "libcore/runtime/gate_overrides.h"
#include "ops/cli/print.h"
#include "ops/cli/why.h"

static bool
show_chain(const Cli *cli, Session *s, GameDate date, const ProcessorSet *of, Err *err)
{
    static const char sql[]
        = "select phase.n::text, c.processor, c.status || case when c.is_stale then ' (stale)' else '' end ||"
          " case when not c.in_scope and not c.unscheduled then ' (out of scope)' else '' end,"
          " c.version::text, coalesce(c.written, 0)::text || '/' || coalesce(c.expected, 0)::text,"
          " to_char(c.finished_at at time zone 'UTC', 'MM-DD HH24:MI:SS'), left(encode(c.content_hash, 'hex'), 12), "
          "coalesce(c.stale_reason, c.reason)"
          " from ops.cell c join unnest($2::text[]) with ordinality phase(p, n) on phase.p = c.processor"
          " where c.game_date = $1 order by phase.n";
    static const char *const headers[] = {"#step",    "processor", "status", "#version", "rows",
                                          "finished", "hash",      "reason", NULL};
    const TableHead head = {"chain", headers};
    const char *names[PROC_COUNT];
    ProcessorId ids[PROC_COUNT];
    FeedSet feeds;
    size_t known, n = 0;

    if (!feeds_load(s->tx, &feeds, err))
        return false;
    known = processors_of_feeds(&feeds, true, ids);
    for (size_t i = 0; i < known; i++)
        if (of->has[ids[i]])
            names[n++] = processor_table[ids[i]].name;
    {
        const DbParam params[] = {db_date(date), db_texts(names, n)};

        return print_query(cli, s, &head, sql, params, 2, err);
    }
}

/* What stood in a file, fit for a terminal; NULL when nothing is known of it. */
static const char *
readable_row(Bytes row, Arena *a)
{
    enum { SHOWN_BYTES = 160 };
    size_t len = row.len < SHOWN_BYTES ? row.len : SHOWN_BYTES;
    char *text = row.data == NULL ? NULL : arena_strndup(a, (const char *)row.data, len);

    for (size_t i = 0; text != NULL && i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            text[i] = '?';
    return text == NULL ? NULL : utf8_mend(text);
}

/* Rows that cells could not use. What raw repeats of collect's files is left out. */
static bool
show_rejected(const Cli *cli, Session *s, GameDate date, size_t *count, Err *err)
{
    static const char sql[]
        = "select r.processor, r.entity, r.reason, r.row_bytes from ops.rejected_row r where r.game_date = $1"
          " and not (r.processor like 'raw\\_%' and exists (select 1 from ops.rejected_row c where c.game_date = $1"
          " and c.processor like 'collect\\_%' and (c.entity, c.reason) = (r.entity, r.reason)))"
          " order by r.processor, r.ctid limit 200";
    enum { COLUMNS = 4 };
    static const char *const headers[COLUMNS + 1] = {"processor", "what", "why", "row", NULL};
    const TableHead head = {"rejected", headers};
    const DbParam params[] = {db_date(date)};
    const char **cells;
    DbRows *rows;
    size_t n;

    if (!db_exec(s->tx, sql, params, 1, &rows, err))
        return false;
    n = db_row_count(rows);
    cells = arena_array(s->a, n * COLUMNS + 1, sizeof *cells);
    for (size_t r = 0; r < n; r++) {
        for (int c = 0; c + 1 < COLUMNS; c++)
            cells[r * COLUMNS + (size_t)c] = db_get_text(rows, r, c);
        cells[r * COLUMNS + COLUMNS - 1] = readable_row(db_get_bytes(rows, r, COLUMNS - 1), s->a);
    }
    if (cli->json || n > 0)
        print_cells(cli, &head, cells, n);
    *count = n;
    return true;
}

static bool
is_broken(const ReadCell *c)
{
    return (c->state.is_in_scope || c->state.is_unscheduled)
           && (!cell_status_is_terminal(c->state.status) || c->state.status == CELL_FAILED || c->is_stale);
}

/* What the operator can do about a cell that is stuck, from what it is stuck on. */
static const char *
remedy(Session *s, const CellState *c, Err *err)
{
    static const char sql[]
        = "select id from ops.letter where status in ('open', 'parked') and ((game_date = $1 and processor = $2)"
          " or $3 ~ ('\\mletter ' || id || '\\M')) order by id limit 1";
    const ProcessorSpec *p = &processor_table[c->processor];
    const DbParam params[] = {db_date(c->date), db_text(p->name), db_text(c->reason)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 3, &rows, err))
        return NULL;
    if (db_row_count(rows) > 0)
        return arena_printf(s->a, "mend the cause (tipoff dlq show %lld), then: tipoff dlq retry %lld",
                            (long long)db_get_i64(rows, 0, 0), (long long)db_get_i64(rows, 0, 0));
    if (strcmp(p->phase, "collect") == 0 && c->status == CELL_FAILED)
        return "mend the file, then: tipoff collect --data DIR";
    if (strcmp(p->phase, "collect") == 0 && c->version > 0)
        return "it is being collected again; if that was cut short: tipoff collect --data DIR";
    if (strcmp(p->phase, "collect") == 0)
        return "the feed has not come: tipoff collect --data DIR --from DATE --to DATE";
    if (strcmp(p->phase, "raw") == 0)
        return "parts are missing: tipoff collect --data DIR --again, and see that worker 'raw' runs: tipoff status";
    return arena_printf(s->a, "see that worker '%s' runs: tipoff status", p->worker);
}

/* Without its grid a date is what 'raw' has not made of the schedule. */
static bool
say_no_grid(Session *s, size_t known, size_t wanted, Err *err)
{
    HeldBy held;

    if (!cli_find_pause(s, "raw", &held, err))
        return false;
    if (held.target != NULL)
        return ERR_FAIL(err, ERR_POISON,
                        "the date has %zu of its %zu cells: %s; 'tipoff resume %s' goes on with the schedule", known,
                        wanted, held.note, held.target);
    if (known > 0)
        return ERR_FAIL(err, ERR_POISON,
                        "the date has %zu of its %zu cells: the schedule has been sent and not been handled. "
                        "See that worker 'raw' runs (tipoff status), and its letters (tipoff dlq list)",
                        known, wanted);
    return ERR_FAIL(err, ERR_POISON,
                    "no game of that date is known: it is not in the schedule, or no schedule has been collected");
}

/* The cells of the date's season; board for gates, cells by processor for the date itself. */
typedef struct {
    const GateBoard *board;
    const ReadCell *of_date[PROC_COUNT]; /* NULL where the date has none */
    size_t known, wanted;                /* that the date has; that it should have */
    GateOverride *overrides;
    size_t override_count;
} Chain;

static bool
load_chain(const Cli *cli, Session *s, GameDate date, Chain *out, Err *err)
{
    int32_t season = date_season_year(date);
    ProcessorId ids[PROC_COUNT];
    FeedSet feeds;
    CellState *states;
    ReadCell *cells;
    size_t count;

    *out = (Chain){.known = 0};
    if (!feeds_load(s->tx, &feeds, err))
        return false;
    out->wanted = processors_of_feeds(&feeds, true, ids);
    if (!read_cells_load(s->tx, &season, 1, ids, out->wanted, s->a, &cells, &count, err)
        || !gate_overrides_load(s->tx, clock_now(cli->clock), s->a, &out->overrides, &out->override_count, err))
        return false;
    states = arena_array(s->a, count + 1, sizeof *states);
    for (size_t i = 0; i < count; i++) {
        states[i] = cells[i].state;
        if (!date_equal(states[i].date, date))
            continue;
        out->of_date[states[i].processor] = &cells[i];
        out->known++;
    }
    out->board = gate_board(states, count, &feeds, s->a);
    return true;
}

/* Whom an operator may help by his word alone. */
static const char *
override_remedy(Session *s, const GateAnswer *gate, const CellState *c)
{
    char day[DATE_TEXT_LEN];

    if (gate->wait != WAIT_FOR_FAILED && gate->wait != WAIT_FOR_ROWS)
        return NULL;
    return arena_printf(s->a, "mend that, or: tipoff gate override %s %s --reason TEXT --expires 2h",
                        date_format(c->date, day), processor_table[c->processor].name);
}

static bool
link_of(const Cli *cli, Session *s, const Chain *chain, const ReadCell *c, Link *out, Err *err)
{
    const GateAsk ask = {
        .now = clock_now(cli->clock),
        .today = clock_today(cli->clock),
        .override = gate_override_find(chain->overrides, chain->override_count, c->state.processor, c->state.date)};
    GateAnswer gate;
    HeldBy held;

    if (!cli_find_pause(s, processor_table[c->state.processor].worker, &held, err))
        return false;
    if (held.target != NULL) {
        *out = (Link){"paused", &c->state, held.note, arena_printf(s->a, "tipoff resume %s", held.target)};
        return true;
    }
    gate = gate_check(&processor_table[c->state.processor], c->state.date, chain->board, &ask, s->a);
    if (gate.verdict == GATE_WAIT && c->state.status != CELL_FAILED) {
        *out = (Link){"waits", &c->state, gate.reason, override_remedy(s, &gate, &c->state)};
        return true;
    }
    if (c->is_stale && processor_table[c->state.processor].need_count > 0) {
        *out = (Link){"waits", &c->state, c->stale_reason, NULL};
        return true;
    }
    *out = (Link){"broken", &c->state, c->state.reason, remedy(s, &c->state, err)};
    return out->remedy != NULL;
}

bool
why_find_break(const Cli *cli, Session *s, GameDate date, const ProcessorSet *of, Link *out, Err *err)
{
    Chain chain;

    *out = (Link){.verdict = "holds"};
    if (!load_chain(cli, s, date, &chain, err))
        return false;
    for (size_t i = 0; i < PROC_COUNT; i++)
        if (of->has[i] && chain.of_date[i] != NULL && is_broken(chain.of_date[i]))
            return link_of(cli, s, &chain, chain.of_date[i], out, err);
    return chain.known == chain.wanted || say_no_grid(s, chain.known, chain.wanted, err);
}

static void
say_break(const Cli *cli, const Link *link, GameDate date, const char *of, size_t rejected)
{
    const char *processor = link->cell ? processor_table[link->cell->processor].name : NULL;
    char day[DATE_TEXT_LEN];

    print_member(cli, "verdict", json_string(link->verdict));
    print_member(cli, "processor", processor ? json_string(processor) : json_null());
    print_member(cli, "reason", link->reason ? json_string(link->reason) : json_null());
    print_member(cli, "remedy", link->remedy ? json_string(link->remedy) : json_null());
    if (cli->json)
        return;
    if (processor == NULL && of != NULL)
        (void)printf("\nevery link of %s that %s stands on holds\n", date_format(date, day), of);
    else if (processor == NULL && rejected > 0)
        (void)printf("\nevery link of %s holds, without %zu that were rejected\n", date_format(date, day), rejected);
    else if (processor == NULL)
        (void)printf("\nevery link of %s holds\n", date_format(date, day));
    else if (strcmp(link->verdict, "waits") == 0)
        (void)printf("\n%s waits: %s\n%s%s%s", processor, link->reason, link->remedy ? "  " : "",
                     link->remedy ? link->remedy : "", link->remedy ? "\n" : "");
    else
        (void)printf("\nfirst broken link: %s is %s%s%s\n  %s\n", processor, cell_status_name(link->cell->status),
                     link->reason ? ": " : "", link->reason ? link->reason : "", link->remedy);
}

int
cmd_why(Cli *cli)
{
    ProcessorSet set = processors_all();
    const char *of;
    GameDate date;
    size_t rejected;
    Session s;
    Link link;
    Err err;
    int status = 0;

    if (!cli_parse_date(cli, cli_take_word(cli), &date))
        return 2;
    of = cli_take_word(cli);
    if (!cli_no_more(cli, "why") || (of != NULL && !processors_of_word(of, &set)))
        return 2;
    processors_add_needs(&set);
    if (!cli_open(cli, &s, &err) || !why_find_break(cli, &s, date, &set, &link, &err)
        || !show_chain(cli, &s, date, &set, &err) || !show_rejected(cli, &s, date, &rejected, &err)
        || !cli_print_alerts(cli, &s, date, false, true, &err) || !cli_print_overrides(cli, &s, date, false, &err))
        status = cli_fail(&err);
    else
        say_break(cli, &link, date, of, rejected);
    cli_close(&s);
    return status;
}
