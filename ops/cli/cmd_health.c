/*
 * ops/cli/cmd_health.c
 *    health: what must hold for the pipeline to go on; schema check: what workers must find when they start.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/io/bus.h"
#include "libcore/io/schema_store.h"
#include "libcore/runtime/health.h"
#include "libcore/runtime/heartbeat.h"
#include "ops/cli/check_list.h"
#include "ops/cli/status_read.h"
#include "ops/cli/supervisor.h"

enum { OUTBOX_OLD_S = 60 };

/* The broker answers, and its log is the one that the offsets speak of. */
static void
check_broker(CheckList *l, const Cli *cli, Session *s)
{
    const char *brokers = config_get(cli->cfg, "kafka.brokers");
    char incarnation[BUS_INCARNATION_LEN];
    Err err;
    DbRows *rows;
    bool ok = brokers[0] != '\0' || ERR_FAIL(&err, ERR_CONFIG, "none is configured: 'tipoff up', or KAFKA_BROKERS");

    ok = ok && bus_read_incarnation(brokers, incarnation, &err)
         && db_exec(s->tx, "select 1 from ops.incarnation where id = $1", (DbParam[]){db_text(incarnation)}, 1, &rows,
                    &err)
         && (db_row_count(rows) > 0
             || ERR_FAIL(&err, ERR_CONFIG, "its log %s is not the one that offsets speak of", incarnation));
    check_add_result(l, ok, &err, "broker", ok ? arena_strdup(s->a, incarnation) : NULL, s->a);
}

static void
check_workers(CheckList *l, const Cli *cli, Session *s)
{
    const char *down = NULL;
    StatusView v = {.run_dir = config_get(cli->cfg, "run_dir")};
    size_t alive = 0;
    Err err;

    if (!status_read_workers(cli, s, &v, &err)) {
        check_add(l, CHECK_BAD, "workers", arena_strdup(s->a, err.msg));
        return;
    }
    for (size_t i = 0; i < v.worker_count; i++) {
        const bool runs = strcmp(v.workers[i].state, "runs") == 0 || strcmp(v.workers[i].state, "paused") == 0;

        alive += runs;
        if (!runs)
            down = arena_printf(s->a, "%s%s%s is %s", down ? down : "", down ? ", " : "", v.workers[i].name,
                                v.workers[i].state);
    }
    check_add(l, down ? CHECK_BAD : CHECK_OK, "workers", down ? down : arena_printf(s->a, "%zu processes", alive));
}

static void
check_count(CheckList *l, const char *what, int64_t count, const char *look, Arena *a)
{
    check_add(l, count > 0 ? CHECK_BAD : CHECK_OK, what,
              count > 0 ? arena_printf(a, "%lld: %s", (long long)count, look) : "none");
}

static void
check_figures(CheckList *l, const Cli *cli, Session *s)
{
    Health h;
    Err err;

    if (!health_read(s->tx, clock_now(cli->clock), clock_today(cli->clock), &h, &err)) {
        check_add(l, CHECK_BAD, "figures", arena_strdup(s->a, err.msg));
        return;
    }
    check_add(l, h.oldest_unsettled_s > OUTBOX_OLD_S ? CHECK_BAD : CHECK_OK, "outbox",
              arena_printf(s->a, "%lld unsent, the oldest for %.0f s", (long long)h.unsettled, h.oldest_unsettled_s));
    check_count(l, "overdue cells", h.overdue_cells, "tipoff status", s->a);
    check_count(l, "open letters", h.open_letters, "tipoff dlq groups", s->a);
    check_count(l, "critical alerts", h.open_alerts[ALERT_CRITICAL], "tipoff alerts", s->a);
}

/* Feeds of the current slate that have not come in time. */
static void
check_feeds(CheckList *l, const Cli *cli, Session *s)
{
    static const char sql[] = "select count(*), min(processor) from ops.overdue_cells($1, $2) where processor like"
                              " 'collect\\_%'";
    const DbParam params[] = {db_ts(clock_now(cli->clock)), db_date(clock_today(cli->clock))};
    DbRows *rows;
    Err err;

    if (!db_exec(s->tx, sql, params, 2, &rows, &err))
        check_add(l, CHECK_BAD, "feeds", arena_strdup(s->a, err.msg));
    else if (db_get_i64(rows, 0, 0) > 0)
        check_add(l, CHECK_BAD, "feeds",
                  arena_printf(s->a, "%lld files are late, of %s first", (long long)db_get_i64(rows, 0, 0),
                               db_get_text(rows, 0, 1)));
    else
        check_add(l, CHECK_OK, "feeds", "none is late");
}

/* The day's tests of the sinks of alerts. */
static void
check_sinks(CheckList *l, Session *s)
{
    static const char sql[] = "select sink, to_char(tried_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), last_error from"
                              " ops.sink_test order by last_error is null, sink";
    DbRows *rows;
    Err err;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, &err))
        check_add(l, CHECK_BAD, "alert sinks", arena_strdup(s->a, err.msg));
    else if (db_row_count(rows) == 0)
        check_add(l, CHECK_OK, "alert sinks", "none has been tested: nobody is told of alerts, or not yet");
    else if (db_get_text(rows, 0, 2) != NULL)
        check_add(l, CHECK_BAD, "alert sinks",
                  arena_printf(s->a, "%s: %s: alerts.routes, then tipoff alerts test", db_get_text(rows, 0, 0),
                               db_get_text(rows, 0, 2)));
    else
        check_add(l, CHECK_OK, "alert sinks",
                  arena_printf(s->a, "%zu reached, last at %s UTC", db_row_count(rows), db_get_text(rows, 0, 1)));
}

/* A row for each process that is silent. */
static void
check_beats(CheckList *l, Session *s)
{
    static const char sql[]
        = "select owner, extract(epoch from clock_timestamp() - beat_at)::float8, to_char(beat_at at time zone 'UTC',"
          " 'YYYY-MM-DD HH24:MI:SS') from ops.worker_process order by 1";
    size_t silent = 0;
    DbRows *rows;
    Err err;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, &err)) {
        check_add(l, CHECK_BAD, "heartbeats", arena_strdup(s->a, err.msg));
        return;
    }
    for (size_t r = 0; r < db_row_count(rows) && l->count + 8 < CHECKS_MAX; r++) {
        const ProcessLife life = process_life(db_get_f64(rows, r, 1));

        if (life == PROCESS_LIVES)
            continue;
        silent++;
        check_add(l, CHECK_BAD, arena_printf(s->a, "heartbeat of %s", db_get_text(rows, r, 0)),
                  arena_printf(s->a, "%s: silent since %s UTC", process_life_name(life), db_get_text(rows, r, 2)));
    }
    if (silent == 0)
        check_add(l, CHECK_OK, "heartbeats", arena_printf(s->a, "%zu processes beat", db_row_count(rows)));
}

static void
check_batches(CheckList *l, Session *s)
{
    DbRows *rows;
    Err err;

    if (!db_exec(s->tx, "select count(*) from predictions.batch_fault", NULL, 0, &rows, &err))
        check_add(l, CHECK_BAD, "batches", arena_strdup(s->a, err.msg));
    else
        check_count(l, "batches", db_get_i64(rows, 0, 0), "contradict their requests: predictions.batch_fault", s->a);
}

int
cmd_health(Cli *cli)
{
    const bool deep = cli_take_switch(cli, "--deep");
    CheckList list = {.count = 0};
    Session s;
    Err err;
    int status, supervisor;

    if (!cli_no_more(cli, "health"))
        return 2;
    if (!cli_open(cli, &s, &err)) {
        status = cli_fail(&err);
        cli_close(&s);
        return status;
    }
    supervisor = supervisor_pid(config_get(cli->cfg, "run_dir"));
    check_add(&list, CHECK_OK, "postgres", "answers");
    check_add(&list, supervisor ? CHECK_OK : CHECK_UNKNOWN, "supervisor",
              supervisor ? arena_printf(s.a, "process %d", supervisor) : "none in this run folder");
    check_migrations(&list, &s);
    check_broker(&list, cli, &s);
    check_workers(&list, cli, &s);
    check_feeds(&list, cli, &s);
    check_figures(&list, cli, &s);
    check_sinks(&list, &s);
    if (deep) {
        check_beats(&list, &s);
        check_batches(&list, &s);
        check_topics_of_all(&list, cli, s.a);
        check_tables_of_all(&list, &s);
    }
    status = check_print(cli, &list, s.a);
    cli_close(&s);
    return status;
}

/* What other builds have written can be read by this one, and it by them, since each schema is on record. */
static void
check_records(CheckList *l, Session *s)
{
    static const char sql[] = "select count(*), count(distinct name), count(distinct build) from ops.schema";
    DbRows *rows;
    Err err;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, &err))
        check_add(l, CHECK_BAD, "events", arena_strdup(s->a, err.msg));
    else
        check_add(l, CHECK_OK, "events",
                  arena_printf(s->a, "%lld schemas of %lld records by %lld builds are on record",
                               (long long)db_get_i64(rows, 0, 0), (long long)db_get_i64(rows, 0, 1),
                               (long long)db_get_i64(rows, 0, 2)));
}

int
cmd_schema(Cli *cli)
{
    const char *verb = cli_take_word(cli);
    CheckList list = {.count = 0};
    Session s;
    Err err;
    int status;

    if (verb == NULL || !cli_no_more(cli, "schema"))
        return cli_usage("schema");
    if (!cli_open(cli, &s, &err)) {
        status = cli_fail(&err);
    } else {
        check_migrations(&list, &s);
        check_records(&list, &s);
        check_topics_of_all(&list, cli, s.a);
        check_tables_of_all(&list, &s);
        status = check_print(cli, &list, s.a);
    }
    cli_close(&s);
    return status;
}
