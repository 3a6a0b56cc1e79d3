/*
 * ops/cli/cmd_stuck.c
 *    stuck: what does not go on by itself or is late; timers: what is to be looked at, and when.
 */
#include "libcore/runtime/heartbeat.h"
#include "ops/cli/print.h"

static bool
print_stuck(const Cli *cli, Session *s, size_t *count, Err *err)
{
    static const char sql[]
        = "select what, date, name, since, reason from (select 1 n, 'failed cell' what, game_date::text date, processor"
          " as name, to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') since, reason from ops.cell where"
          " status = 'failed' and (in_scope or unscheduled) union all select 2, 'overdue cell', game_date::text,"
          " processor, to_char(deadline at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), reason from ops.overdue_cells($1,"
          " $2) union all select 3, 'open letter', game_date::text, worker || ' ' || id, to_char(first_at at time zone"
          " 'UTC', 'YYYY-MM-DD HH24:MI:SS'), message from ops.letter where status = 'open' union all select 4, 'failing"
          " event', null, topic || '[' || partition || ']@' || first_offset, to_char(opened_at at time zone 'UTC',"
          " 'YYYY-MM-DD HH24:MI:SS'), deaths || ' deaths' from ops.attempt where deaths > 0 union all select 5, 'open"
          " batch', game_date::text, batch_id, null, open || ' requests without an answer' from predictions.batch where"
          " open > 0 union all select 6, 'silent process', null, owner, to_char(beat_at at time zone 'UTC', 'YYYY-MM-DD"
          " HH24:MI:SS'), case when silent_s >= $4 then 'dead: its work is for others to take' else 'late' end from"
          " (select *, extract(epoch from clock_timestamp() - beat_at) silent_s from ops.worker_process) p where"
          " silent_s >= $3) x order by n, date, name";
    static const char *const headers[] = {"what", "date", "name", "since", "reason", NULL};
    const TableHead head = {"stuck", headers, true};
    const DbParam params[] = {db_ts(clock_now(cli->clock)), db_date(clock_today(cli->clock)), db_f64(HEARTBEAT_LATE_S),
                              db_f64(HEARTBEAT_DEAD_S)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *count = db_row_count(rows);
    print_rows(cli, &head, rows);
    return true;
}

int
cmd_stuck(Cli *cli)
{
    size_t count = 0;
    Session s;
    Err err;
    int status;

    if (!cli_no_more(cli, "stuck"))
        return 2;
    status = cli_open(cli, &s, &err) && print_stuck(cli, &s, &count, &err) ? 0 : cli_fail(&err);
    if (count > 0) {
        print_document(cli);
        status = 1;
    }
    cli_close(&s);
    return status;
}

/* Due times and the deadlines of open cells: nothing else in a deployment waits for a clock. */
static bool
print_timers(const Cli *cli, Session *s, Err *err)
{
    static const char sql[]
        = "select kind, date, processor, to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), case when at <= $1"
          " then 'due' else 'waits' end, by from (select 'look' kind, game_date::text date, processor, due_at at,"
          " leased_by by from ops.cell_due union all select 'deadline', game_date::text, processor, deadline, null from"
          " ops.cell where in_scope and not unscheduled and status in ('expected', 'waiting') and game_date >= $2 - 1"
          " union all select 'override ends', game_date::text, processor, expires_at, granted_by from ops.gate_override"
          " where revoked_at is null and expires_at > $1) x where at is not null order by at, date, processor";
    static const char *const headers[] = {"timer", "date", "processor", "at", "state", "by", NULL};
    const TableHead head = {"timers", headers, true};
    const DbParam params[] = {db_ts(clock_now(cli->clock)), db_date(clock_today(cli->clock))};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

int
cmd_timers(Cli *cli)
{
    Session s;
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "timers"))
        return 2;
    if (!cli_open(cli, &s, &err) || !print_timers(cli, &s, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
