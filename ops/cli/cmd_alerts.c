/*
 * ops/cli/cmd_alerts.c
 *    Lists what people should look at.
 */
#include "ops/cli/print.h"

bool
cli_print_alerts(const Cli *cli, Session *s, GameDate date, bool all, bool only_some, Err *err)
{
    static const char sql[]
        = "select id::text, severity, kind, game_date::text, processor, subject, count::text,"
          " to_char(first_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),"
          " to_char(last_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),"
          " to_char(resolved_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), message from ops.alert"
          " where ($1 or resolved_at is null) and ($2 is null or game_date = $2) order by resolved_at is not null,"
          " array_position(array['critical', 'warning', 'info'], severity), first_at desc, id desc";
    static const char *const headers[] = {"#alert", "severity", "kind", "date",     "processor", "about",
                                          "#count", "first",    "last", "resolved", "message",   NULL};
    const TableHead head = {"alerts", headers, !only_some};
    const DbParam params[] = {db_bool(all), db_date(date)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 2, &rows, err))
        return false;
    if (cli->json || !only_some || db_row_count(rows) > 0)
        print_rows(cli, &head, rows);
    return true;
}

int
cmd_alerts(Cli *cli)
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
