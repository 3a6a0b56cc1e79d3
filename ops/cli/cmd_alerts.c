/*
 * ops/cli/cmd_alerts.c
 *    Lists what people should look at, notes that somebody does, and tries the sinks that tell of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/runtime/alert_delivery.h"
#include "libcore/runtime/audit.h"
#include "ops/cli/print.h"

bool
cli_print_alerts(const Cli *cli, Session *s, GameDate date, bool all, bool only_some, Err *err)
{
    static const char sql[]
        = "select id::text, severity, kind, game_date::text, processor, subject, count::text,"
          " to_char(first_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),"
          " to_char(last_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),"
          " to_char(resolved_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), acked_by, message from ops.alert"
          " where ($1 or resolved_at is null) and ($2 is null or game_date = $2) order by resolved_at is not null,"
          " array_position(array['critical', 'warning', 'info'], severity), first_at desc, id desc";
    static const char *const headers[] = {"#alert", "severity", "kind",     "date",    "processor", "about", "#count",
                                          "first",  "last",     "resolved", "seen by", "message",   NULL};
    const TableHead head = {"alerts", headers, !only_some};
    const DbParam params[] = {db_bool(all), db_date(date)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 2, &rows, err))
        return false;
    if (cli->json || !only_some || db_row_count(rows) > 0)
        print_rows(cli, &head, rows);
    return true;
}

static int
run_list(Cli *cli)
{
    const bool all = cli_take_switch(cli, "--all");
    Session s;
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "alerts"))
        return 2;
    if (!cli_open(cli, &s, &err) || !cli_print_alerts(cli, &s, GAME_DATE_NULL, all, false, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

/* ---- acknowledging ---- */

static bool
ack(const Cli *cli, Session *s, int64_t id, const char *reason, Err *err)
{
    const char *target = arena_printf(s->a, "alert %lld", (long long)id);
    bool found;

    if (!alert_ack(s->tx, id, audit_actor(s->a), reason, clock_now(cli->clock), &found, err))
        return false;
    if (!found)
        return ERR_FAIL(err, ERR_POISON, "no open alert %lld: 'tipoff alerts' lists them", (long long)id);
    if (!audit_note(s->tx, "alerts ack", target, reason, NULL, err) || !db_commit(&s->tx, err))
        return false;
    print_member(cli, "acknowledged", json_integer((json_int_t)id));
    if (!cli->json)
        (void)printf("%s is acknowledged: it stays open, and nobody is told of it again until it is over\n", target);
    return true;
}

static int
run_ack(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *word = cli_take_word(cli);
    char *end = NULL;
    const long long id = word == NULL ? 0 : strtoll(word, &end, 10);
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "alerts"))
        return 2;
    if (id <= 0 || *end != '\0' || reason == NULL || reason[0] == '\0') {
        (void)fputs("tipoff: say which alert, by its number, and why nobody else has to look (--reason)\n", stderr);
        return cli_usage("alerts");
    }
    if (!cli_open(cli, &s, &err) || !ack(cli, &s, id, reason, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

/* ---- sinks ---- */

/* Every sink, or the one of that name. */
static bool
try_sinks(const Cli *cli, Session *s, const AlertRoutes *routes, const char *name, size_t *failed, Err *err)
{
    enum { COLUMNS = 3 };
    static const char *const headers[] = {"sink", "format", "answer", NULL};
    const TableHead head = {"sinks", headers, true};
    const char *cells[SINKS * COLUMNS];
    size_t n = 0;

    for (size_t i = 0; i < routes->count; i++) {
        const AlertSink *sink = &routes->sinks[i];
        Err answer = {0};

        if (name != NULL && strcmp(name, sink->name) != 0)
            continue;
        cells[n * COLUMNS] = sink->name;
        cells[n * COLUMNS + 1] = sink->format == SINK_SLACK ? "slack" : "json";
        cells[n * COLUMNS + 2] = "delivered";
        if (!alert_delivery_test(s->tx, sink, clock_now(cli->clock), s->a, &answer)) {
            cells[n * COLUMNS + 2] = arena_strdup(s->a, answer.msg);
            ++*failed;
        }
        n++;
    }
    if (n == 0)
        return ERR_FAIL(err, ERR_CONFIG, "no sink%s%s: alerts.routes names them", name ? " " : "", name ? name : "");
    print_cells(cli, &head, cells, n);
    return true;
}

static int
run_test(Cli *cli)
{
    const char *name = cli_take_word(cli);
    AlertRoutes routes;
    size_t failed = 0;
    Session s;
    Err err;
    int status;

    if (!cli_no_more(cli, "alerts"))
        return 2;
    if (!cli_open(cli, &s, &err) || !alert_routes_parse(config_get(cli->cfg, "alerts.routes"), s.a, &routes, &err)
        || !try_sinks(cli, &s, &routes, name, &failed, &err))
        status = cli_fail(&err);
    else
        status = failed > 0;
    if (failed > 0)
        print_document(cli);
    cli_close(&s);
    return status;
}

int
cmd_alerts(Cli *cli)
{
    static const struct {
        const char *name;
        int (*run)(Cli *cli);
    } verbs[] = {{"list", run_list}, {"ack", run_ack}, {"test", run_test}};

    for (size_t i = 0; cli->argc > 0 && i < ARRAY_LEN(verbs); i++)
        if (strcmp(cli->argv[0], verbs[i].name) == 0) {
            (void)cli_take_word(cli);
            return verbs[i].run(cli);
        }
    return run_list(cli);
}
