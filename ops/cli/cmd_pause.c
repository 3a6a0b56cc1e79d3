/*
 * ops/cli/cmd_pause.c
 *    pause and resume: what operators want left alone for now, by whom and why.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/audit.h"
#include "libcore/runtime/pauses.h"
#include "libcore/runtime/pipeline.h"
#include "ops/cli/print.h"
#include "workers/registry.h"

static bool
is_known(const char *target)
{
    TopicId topic;
    Lane lane;

    return worker_by_name(target) != NULL || topic_by_name(target, &topic)
           || topic_from_broker_name(target, &topic, &lane);
}

static int
refuse(const char *target)
{
    (void)fprintf(stderr,
                  "tipoff: '%s' is no worker and no topic; 'tipoff worker list' and 'tipoff topics list' show them\n",
                  target);
    return 2;
}

static bool
list_pauses(const Cli *cli, Session *s, Err *err)
{
    static const char sql[]
        = "select target, paused_by, to_char(paused_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),"
          " reason from ops.pause order by target";
    static const char *const headers[] = {"paused", "by", "since", "reason", NULL};
    const TableHead head = {"pauses", headers, true};

    return print_query(cli, s, &head, sql, NULL, 0, err);
}

/* The worker's name, and the topics that it reads, with their lanes. */
static size_t
names_of(const char *worker, Arena *a, const char **out)
{
    char lane_topic[TOPIC_NAME_LEN];
    size_t n = 0;

    out[n++] = worker;
    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        if (!worker_consumes(worker, (TopicId)t))
            continue;
        for (int lane = 0; lane < LANE_COUNT; lane++)
            out[n++] = arena_strdup(a, topic_lane_name((TopicId)t, (Lane)lane, lane_topic));
    }
    return n;
}

bool
cli_find_pause(Session *s, const char *worker, HeldBy *out, Err *err)
{
    static const char sql[]
        = "select target, target || ' was paused by ' || paused_by || to_char(paused_at at time zone 'UTC',"
          " ' on YYYY-MM-DD at HH24:MI:SS \"UTC\"') || coalesce(': ' || reason, '') from ops.pause"
          " where target = any ($1) order by array_position($1, target) limit 1";
    const char **names = arena_array(s->a, TOPIC_COUNT * LANE_COUNT + 1, sizeof *names);
    const DbParam params[] = {db_texts(names, names_of(worker, s->a, names))};
    DbRows *rows;

    *out = (HeldBy){0};
    if (!db_exec(s->tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) > 0)
        *out = (HeldBy){db_get_text(rows, 0, 0), db_get_text(rows, 0, 1)};
    return true;
}

/* The notification goes out with the commit. */
static bool
tell_workers(Session *s, Err *err)
{
    return db_exec(s->tx, "select pg_notify('" PAUSE_CHANNEL "', '')", NULL, 0, NULL, err) && db_commit(&s->tx, err);
}

static bool
set_pause(const Cli *cli, Session *s, const char *target, const char *reason, Err *err)
{
    static const char sql[]
        = "insert into ops.pause as p (target, reason, paused_by) values ($1, $2, $3) on conflict (target) do update"
          " set reason = coalesce(excluded.reason, p.reason) returning paused_by, xmax = 0";
    const DbParam params[] = {db_text(target), db_text(reason), db_text(audit_actor(s->a))};
    const char *by;
    DbRows *rows;
    bool is_new;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    by = arena_strdup(s->a, db_get_text(rows, 0, 0));
    is_new = db_get_bool(rows, 0, 1);
    if (!audit_note(s->tx, "pause", target, reason, NULL, err) || !tell_workers(s, err))
        return false;
    print_member(cli, "paused", json_string(target));
    print_member(cli, "by", json_string(by));
    if (!cli->json && is_new)
        (void)printf("%s is paused; 'tipoff resume %s' goes on\n", target, target);
    else if (!cli->json)
        (void)printf("%s was paused already, by %s\n", target, by);
    return true;
}

static bool
end_pause(const Cli *cli, Session *s, const char *target, const char *reason, Err *err)
{
    const DbParam params[] = {db_text(target)};
    DbRows *rows;

    if (!db_exec(s->tx, "delete from ops.pause where target = $1 returning 1", params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_POISON, "%s is not paused; 'tipoff pause' lists what is", target);
    if (!audit_note(s->tx, "resume", target, reason, NULL, err) || !tell_workers(s, err))
        return false;
    print_member(cli, "resumed", json_string(target));
    if (!cli->json)
        (void)printf("%s goes on\n", target);
    return true;
}

int
cmd_pause(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *target = cli_take_word(cli);
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "pause"))
        return 2;
    if (target == NULL && reason != NULL)
        return cli_usage("pause");
    if (target != NULL && !is_known(target))
        return refuse(target);
    if (!cli_open(cli, &s, &err) || !(target ? set_pause(cli, &s, target, reason, &err) : list_pauses(cli, &s, &err)))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_resume(Cli *cli)
{
    bool ok = true;
    const char *reason = cli_take_option(cli, "--reason", &ok), *target = cli_take_word(cli);
    Session s;
    Err err;
    int status = 0;

    if (!ok || !cli_no_more(cli, "resume"))
        return 2;
    if (target == NULL)
        return cli_usage("resume");
    if (!is_known(target))
        return refuse(target);
    if (!cli_open(cli, &s, &err) || !end_pause(cli, &s, target, reason, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
