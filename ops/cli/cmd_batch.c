/*
 * ops/cli/cmd_batch.c
 *    predict and batch: have the coordinator ask for dates again, and look at batches, have their open
 *    requests asked once more, or close them.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/audit.h"
#include "libcore/runtime/due_times.h"
#include "ops/cli/print.h"
#include "workers/predictions/coordinator_core.h"

/* ---- orders ---- */

typedef struct {
    const char *action; /* predict, sweep or reset */
    const char *mode;   /* of predict; NULL: the one that fits the date */
    const char *reason;
} Order;

/* The mode that a date is asked by; NULL, with a complaint, when it is none of such a date. */
static const char *
mode_for(const Order *o, GameDate date, bool is_live, Err *err)
{
    RunMode mode = is_live ? RUN_RETRY : RUN_BACKFILL;
    char day[DATE_TEXT_LEN];

    if (o->mode != NULL && run_mode_parse(o->mode, &mode) && !run_mode_fits(mode, is_live)) {
        (void)ERR_FAIL(err, ERR_POISON, "%s is %s: it is not asked by %s", date_format(date, day),
                       is_live ? "not over" : "past", o->mode);
        return NULL;
    }
    return run_mode_name(mode);
}

static bool
order_date(const Cli *cli, Session *s, const Order *o, GameDate date, Err *err)
{
    static const char put[] = "insert into predictions.batch_order (game_date, action, run_mode, reason, ordered_by,"
                              " ordered_at) values ($1, $2, $3, $4, $5, $6)";
    const bool is_prediction = strcmp(o->action, "predict") == 0;
    const char *mode = is_prediction ? mode_for(o, date, !date_before(date, clock_today(cli->clock)), err) : NULL;
    const DbParam params[] = {db_date(date),      db_text(o->action),         db_text(mode),
                              db_text(o->reason), db_text(audit_actor(s->a)), db_ts(clock_now(cli->clock))};

    return (!is_prediction || mode != NULL) && db_exec(s->tx, put, params, ARRAY_LEN(params), NULL, err)
           && due_set(s->tx, (CellKey){date, PROC_PREDICTIONS}, clock_now(cli->clock), err);
}

/* Dates of the range that have a cell, or an open batch where only those are meant. */
static bool
dates_of(Session *s, DateRange range, bool only_open, DbRows **rows, Err *err)
{
    static const char sql[]
        = "select c.game_date from ops.cell c where c.processor = 'predictions'"
          " and (c.in_scope or c.unscheduled) and c.game_date between $1 and $2 and (not $3 or exists"
          " (select 1 from predictions.batch b where b.game_date = c.game_date and b.open > 0))"
          " order by 1";
    const DbParam params[] = {db_date(range.from), db_date(range.to), db_bool(only_open)};
    char text[DATE_RANGE_TEXT_LEN];

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), rows, err))
        return false;
    return db_row_count(*rows) > 0
           || ERR_FAIL(err, ERR_POISON, "%s has no %s: 'tipoff %s' shows what there is", date_range_format(range, text),
                       only_open ? "batch with open requests" : "date to predict", only_open ? "batch list" : "status");
}

/* What holds a cell holds the order, too: it is said, and taken when the gate opens. */
static bool
say_waiting(const Cli *cli, Session *s, DateRange range, Err *err)
{
    static const char sql[] = "select game_date::text, status, reason from ops.cell where processor = 'predictions'"
                              " and game_date between $1 and $2 and version = 0 and (in_scope or unscheduled)"
                              " and not exists (select 1 from predictions.batch b where b.game_date = cell.game_date)"
                              " order by 1";
    static const char *const headers[] = {"date", "status", "waits for", NULL};
    const TableHead head = {"not ready", headers};
    const DbParam params[] = {db_date(range.from), db_date(range.to)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 2, &rows, err))
        return false;
    if (cli->json || db_row_count(rows) > 0)
        print_rows(cli, &head, rows);
    return true;
}

static bool
give_order(const Cli *cli, Session *s, const Order *o, DateRange range, bool only_open, Err *err)
{
    char text[DATE_RANGE_TEXT_LEN];
    DbRows *rows;

    if (!dates_of(s, range, only_open, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++)
        if (!order_date(cli, s, o, db_get_date(rows, r, 0), err))
            return false;
    print_member(cli, "ordered", json_string(o->action));
    print_count(cli, "dates", db_row_count(rows));
    if (!cli->json)
        (void)printf("%s of %s: %zu dates; 'tipoff batch list %s' shows what comes of it\n", o->action,
                     date_range_format(range, text), db_row_count(rows), text);
    return say_waiting(cli, s, range, err)
           && audit_note(s->tx,
                         arena_printf(s->a, "%s%s", strcmp(o->action, "predict") == 0 ? "" : "batch ", o->action),
                         date_range_format(range, text), o->reason, NULL, err)
           && db_exec(s->tx, "select pg_notify('" DUE_CHANNEL "', '')", NULL, 0, NULL, err) && db_commit(&s->tx, err);
}

static int
run_order(Cli *cli, const Order *o, DateRange range, bool only_open)
{
    Session s;
    Err err;
    int status = 0;

    if (!cli_open(cli, &s, &err) || !give_order(cli, &s, o, range, only_open, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static bool
check_mode(const char *mode)
{
    const char *names[RUN_MODE_COUNT];
    RunMode ignored;

    if (mode == NULL || run_mode_parse(mode, &ignored))
        return true;
    for (int i = 0; i < RUN_MODE_COUNT; i++)
        names[i] = run_mode_name((RunMode)i);
    (void)cli_unknown("mode", mode, names, RUN_MODE_COUNT);
    return false;
}

int
cmd_predict(Cli *cli)
{
    bool ok = true;
    Order o = {.action = "predict",
               .mode = cli_take_option(cli, "--mode", &ok),
               .reason = cli_take_option(cli, "--reason", &ok)};
    DateRange range;

    if (!ok || !check_mode(o.mode) || !cli_parse_range(cli, cli_take_word(cli), &range) || !cli_no_more(cli, "predict"))
        return 2;
    return run_order(cli, &o, range, false);
}

/* ---- looking ---- */

#define BATCH_COLUMNS                                                                                                  \
    "game_date::text, batch_id, run_mode, state, expected::text, predicted::text, skipped::text, failed::text,"        \
    " expired::text, open::text, asked::text, to_char(started_at at time zone 'UTC', 'MM-DD HH24:MI:SS'),"             \
    " extract(epoch from $3 - started_at)::bigint::text, extract(epoch from $3 - progress_at)::bigint::text,"          \
    " to_char(due_at at time zone 'UTC', 'MM-DD HH24:MI:SS'), asked_by"

static bool
list(const Cli *cli, Session *s, DateRange range, bool only_open, Err *err)
{
    static const char sql[] = "select " BATCH_COLUMNS " from predictions.batch where game_date between $1 and $2"
                              " and (not $4 or open > 0) order by game_date";
    static const char *const headers[] = {"date",     "batch",   "mode",     "state",    "#expected", "#predicted",
                                          "#skipped", "#failed", "#expired", "#open",    "#asked",    "started",
                                          "#age_s",   "#idle_s", "due",      "asked by", NULL};
    const TableHead head = {"batches", headers, true};
    const DbParam params[] = {db_date(range.from), db_date(range.to), db_ts(clock_now(cli->clock)), db_bool(only_open)};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

static bool
show_reasons(const Cli *cli, Session *s, GameDate date, Err *err)
{
    static const char sql[] = "select status, reason, count(*)::text, string_agg(distinct batch_id, ', '),"
                              " (array_agg(player_lookup order by player_lookup))[1] from predictions.request"
                              " where game_date = $1 group by 1, 2 order by 1, count(*) desc, 2";
    static const char *const headers[] = {"status", "reason", "#players", "asked in", "one of them", NULL};
    const TableHead head = {"requests", headers};
    const DbParam params[] = {db_date(date)};

    return print_query(cli, s, &head, sql, params, 1, err);
}

static bool
show_events(const Cli *cli, Session *s, GameDate date, Err *err)
{
    static const char sql[] = "select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), batch_id, event, state,"
                              " players::text, by, reason from predictions.batch_event where game_date = $1 union all"
                              " select to_char(ordered_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), null,"
                              " action || ' ordered', 'not taken yet', null, ordered_by, reason from"
                              " predictions.batch_order where game_date = $1 and taken_at is null order by 1";
    static const char *const headers[] = {"at", "batch", "event", "state", "#players", "by", "reason", NULL};
    const TableHead head = {"events", headers};
    const DbParam params[] = {db_date(date)};

    return print_query(cli, s, &head, sql, params, 1, err);
}

static bool
show(const Cli *cli, Session *s, GameDate date, Err *err)
{
    return list(cli, s, (DateRange){date, date}, false, err) && show_reasons(cli, s, date, err)
           && show_events(cli, s, date, err);
}

/* ---- the verbs of batch ---- */

static int
run_list(Cli *cli)
{
    const bool only_open = cli_take_switch(cli, "--open");
    DateRange range;
    Session s;
    Err err;
    int status = 0;

    if (!cli_take_range(cli, &range) || !cli_no_more(cli, "batch"))
        return 2;
    if (!cli_open(cli, &s, &err) || !list(cli, &s, range, only_open, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static int
run_show(Cli *cli)
{
    GameDate date;
    Session s;
    Err err;
    int status = 0;

    if (!cli_parse_date(cli, cli_take_word(cli), &date) || !cli_no_more(cli, "batch"))
        return 2;
    if (!cli_open(cli, &s, &err) || !show(cli, &s, date, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static int
run_sweep(Cli *cli)
{
    bool ok = true;
    Order o = {.action = "sweep", .reason = cli_take_option(cli, "--reason", &ok)};
    DateRange range;

    if (!ok || !cli_take_range(cli, &range) || !cli_no_more(cli, "batch"))
        return 2;
    return run_order(cli, &o, range, true);
}

static int
run_reset(Cli *cli)
{
    bool ok = true;
    Order o = {.action = "reset", .reason = cli_take_option(cli, "--reason", &ok)};
    DateRange range;

    if (!ok || !cli_parse_range(cli, cli_take_word(cli), &range) || !cli_no_more(cli, "batch"))
        return 2;
    if (o.reason == NULL || o.reason[0] == '\0') {
        (void)fputs("tipoff: who closes a batch says why (--reason)\n", stderr);
        return cli_usage("batch");
    }
    return run_order(cli, &o, range, true);
}

int
cmd_batch(Cli *cli)
{
    static const struct {
        const char *name;
        int (*run)(Cli *cli);
    } verbs[] = {{"list", run_list}, {"show", run_show}, {"sweep", run_sweep}, {"reset", run_reset}};
    const char *verb = cli_take_word(cli);

    for (size_t i = 0; verb != NULL && i < ARRAY_LEN(verbs); i++)
        if (strcmp(verb, verbs[i].name) == 0)
            return verbs[i].run(cli);
    return cli_usage("batch");
}
