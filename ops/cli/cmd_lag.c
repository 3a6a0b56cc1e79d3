/*
 * ops/cli/cmd_lag.c
 *    lag: how far each worker is behind in each topic; lag skip: leave events out on purpose, on record.
 *
 * The offsets are rows, and a running worker owns them by its epoch and by what it believes them to be: moved ones fence
 * the batch that it has in hand, and it goes on from where they stand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/runtime/audit.h"
#include "libcore/runtime/pipeline.h"
#include "ops/cli/print.h"
#include "ops/cli/status_read.h"
#include "workers/registry.h"

static void
print_lags(const Cli *cli, const StatusView *v, const char *of, Arena *a)
{
    enum { COLUMNS = 6 };
    static const char *const headers[COLUMNS + 1] = {"topic", "worker", "#live", "#backfill", "#done", "state", NULL};
    const TableHead head = {"lag", headers, true};
    const char **cells = arena_array(a, v->lag_count * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < v->lag_count; i++) {
        const StatusLag *l = &v->lags[i];

        if (of != NULL && strcmp(of, l->topic) != 0 && strcmp(of, l->worker) != 0)
            continue;
        *c++ = l->topic;
        *c++ = l->worker;
        *c++ = arena_printf(a, "%lld", (long long)l->live);
        *c++ = arena_printf(a, "%lld", (long long)l->backfill);
        *c++ = arena_printf(a, "%lld", (long long)l->committed);
        *c++ = l->is_paused ? "paused" : l->live + l->backfill > 0 ? "behind" : "level";
    }
    print_cells(cli, &head, cells, (size_t)(c - cells) / COLUMNS);
}

/* Any worker, and any topic, that reads or is read. */
static bool
is_known(const StatusView *v, const char *of, Arena *a)
{
    const char **names = arena_array(a, v->lag_count * 2 + 1, sizeof *names);
    size_t count = 0;

    for (size_t i = 0; i < v->lag_count; i++) {
        if (strcmp(of, v->lags[i].topic) == 0 || strcmp(of, v->lags[i].worker) == 0)
            return true;
        names[count++] = v->lags[i].topic;
        names[count++] = v->lags[i].worker;
    }
    (void)cli_unknown("worker or topic with a reader", of, names, count);
    return false;
}

static int
run_list(Cli *cli)
{
    const char *of = cli_take_word(cli);
    StatusView view = {.run_dir = NULL};
    Session s;
    Err err;
    int status = 0;

    if (!cli_no_more(cli, "lag"))
        return 2;
    if (!cli_open(cli, &s, &err) || !status_read_lags(&s, &view, &err))
        status = cli_fail(&err);
    else if (of != NULL && !is_known(&view, of, s.a))
        status = 2;
    else
        print_lags(cli, &view, of, s.a);
    cli_close(&s);
    return status;
}

/* ---- skip ---- */

typedef struct {
    const char *worker, *topic, *reason; /* topic NULL: every one that it reads */
    Instant until;                       /* what was sent before; null: all that is there */
    bool is_dry;
} SkipAsk;

typedef struct {
    const char **topics, **first_sent; /* a partition that lags each */
    int32_t *partitions;
    int64_t *from, *to;
    size_t count;
    int64_t events;
} Skipped;

/* A batch that is being committed is waited for; one that comes later waits for us, and is fenced. */
static bool
read_skipped(Session *s, const SkipAsk *ask, Skipped *out, Err *err)
{
    static const char sql[]
        = "with mine as (select topic, partition, incarnation, next_offset from ops.consumer_offset"
          " where consumer_group = 'tipoff.' || $1 and incarnation = " NOW_LOG
          " and ($2::text is null or topic in ($2, $2 || '.backfill')) order by topic, partition for update)"
          " select topic, partition, next_offset, max(o.\"offset\") + 1, to_char(min(o.created_at) at time zone 'UTC',"
          " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from mine join ops.outbox o using (topic, partition, incarnation)"
          " where o.\"offset\" >= next_offset and ($3::timestamptz is null or o.created_at < $3)"
          " group by topic, partition, next_offset order by topic, partition";
    const DbParam params[] = {db_text(ask->worker), db_text(ask->topic), db_ts(ask->until)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    out->count = db_row_count(rows);
    out->first_sent = arena_array(s->a, out->count + 1, sizeof *out->first_sent);
    out->topics = arena_array(s->a, out->count + 1, sizeof *out->topics);
    out->partitions = arena_array(s->a, out->count + 1, sizeof *out->partitions);
    out->from = arena_array(s->a, out->count + 1, sizeof *out->from);
    out->to = arena_array(s->a, out->count + 1, sizeof *out->to);
    for (size_t i = 0; i < out->count; i++) {
        out->topics[i] = arena_strdup(s->a, db_get_text(rows, i, 0));
        out->partitions[i] = db_get_i32(rows, i, 1);
        out->from[i] = db_get_i64(rows, i, 2);
        out->to[i] = db_get_i64(rows, i, 3);
        out->first_sent[i] = arena_strdup(s->a, db_get_text(rows, i, 4));
        out->events += out->to[i] - out->from[i];
    }
    return true;
}

static bool
move_offsets(Session *s, const SkipAsk *ask, const Skipped *skipped, Err *err)
{
    static const char sql[]
        = "update ops.consumer_offset f set next_offset = u.next, updated_at = now() from unnest($2::text[],"
          " $3::integer[], $4::bigint[]) u(t, p, next) where f.consumer_group = 'tipoff.' || $1 and f.incarnation ="
          " " NOW_LOG " and f.topic = u.t and f.partition = u.p";
    const DbParam params[] = {db_text(ask->worker), db_texts(skipped->topics, skipped->count),
                              db_i32s(skipped->partitions, skipped->count), db_i64s(skipped->to, skipped->count)};

    return db_exec(s->tx, sql, params, ARRAY_LEN(params), NULL, err);
}

/* Which events, so that they can be found and sent again. */
static bool
note_skip(Session *s, const SkipAsk *ask, const Skipped *skipped, Err *err)
{
    json_t *parts = json_array();
    char *details;
    bool ok;

    for (size_t i = 0; i < skipped->count; i++)
        (void)json_array_append_new(parts, json_pack("{s:s, s:i, s:I, s:I}", "topic", skipped->topics[i], "partition",
                                                     (int)skipped->partitions[i], "from", (json_int_t)skipped->from[i],
                                                     "to", (json_int_t)skipped->to[i]));
    details = json_dumps(parts, JSON_COMPACT);
    json_decref(parts);
    ok = audit_note(s->tx, "lag skip", ask->worker, ask->reason, details, err);
    free(details);
    return ok;
}

static void
print_skipped(const Cli *cli, const Skipped *skipped, Arena *a)
{
    enum { COLUMNS = 6 };
    static const char *const headers[COLUMNS + 1] = {"topic",   "#partition", "#from", "#to",
                                                     "#events", "first sent", NULL};
    const TableHead head = {"skipped", headers, true};
    const char **cells = arena_array(a, skipped->count * COLUMNS + 1, sizeof *cells), **c = cells;

    for (size_t i = 0; i < skipped->count; i++) {
        *c++ = skipped->topics[i];
        *c++ = arena_printf(a, "%d", (int)skipped->partitions[i]);
        *c++ = arena_printf(a, "%lld", (long long)skipped->from[i]);
        *c++ = arena_printf(a, "%lld", (long long)skipped->to[i]);
        *c++ = arena_printf(a, "%lld", (long long)(skipped->to[i] - skipped->from[i]));
        *c++ = skipped->first_sent[i];
    }
    print_cells(cli, &head, cells, skipped->count);
}

/* The stamp of the first event of all. */
static const char *
first_sent(const Skipped *skipped)
{
    const char *first = skipped->first_sent[0];

    for (size_t i = 1; i < skipped->count; i++)
        if (strcmp(skipped->first_sent[i], first) < 0)
            first = skipped->first_sent[i];
    return first;
}

static bool
skip(const Cli *cli, Session *s, const SkipAsk *ask, Err *err)
{
    Skipped skipped = {.count = 0};

    if (!read_skipped(s, ask, &skipped, err))
        return false;
    if (skipped.count > 0 && !ask->is_dry
        && (!move_offsets(s, ask, &skipped, err) || !note_skip(s, ask, &skipped, err) || !db_commit(&s->tx, err)))
        return false;
    print_skipped(cli, &skipped, s->a);
    print_member(cli, "events", json_integer(skipped.events));
    print_member(cli, "dry_run", json_boolean(ask->is_dry));
    if (cli->json)
        return true;
    if (skipped.count == 0)
        (void)printf("%s lags by nothing there: it stays where it is\n", ask->worker);
    else if (ask->is_dry)
        (void)printf("%s would leave out %lld events; nothing has changed\n", ask->worker, (long long)skipped.events);
    else
        (void)printf("%s leaves out %lld events. 'tipoff gaps' shows which cells lack them; to have them after all:\n"
                     "  tipoff replay --topic %s --from-time %s --reason TEXT\n",
                     ask->worker, (long long)skipped.events, ask->topic ? ask->topic : "all", first_sent(&skipped));
    return true;
}

static bool
check_skip(const SkipAsk *ask)
{
    TopicId topic;
    Lane lane;

    if (worker_by_name(ask->worker) == NULL) {
        (void)fprintf(stderr, "tipoff: '%s' is no worker; 'tipoff worker list' shows them\n", ask->worker);
        return false;
    }
    if (ask->topic != NULL
        && !((topic_by_name(ask->topic, &topic) || topic_from_broker_name(ask->topic, &topic, &lane))
             && worker_consumes(ask->worker, topic))) {
        (void)fprintf(stderr, "tipoff: '%s' is no topic that %s reads; 'tipoff lag %s' shows them\n", ask->topic,
                      ask->worker, ask->worker);
        return false;
    }
    return true;
}

static int
run_skip(Cli *cli)
{
    bool ok = true;
    SkipAsk ask = {.reason = cli_take_option(cli, "--reason", &ok), .until = INSTANT_NULL};
    const char *until = cli_take_option(cli, "--to", &ok);
    Session s;
    Err err;
    int status = 0;

    ask.is_dry = cli_take_switch(cli, "--dry-run");
    ask.worker = cli_take_word(cli);
    ask.topic = cli_take_word(cli);
    if (!ok || !cli_no_more(cli, "lag") || (until != NULL && !cli_parse_time(cli, "--to", until, &ask.until)))
        return 2;
    if (ask.worker == NULL || (ask.reason == NULL && !ask.is_dry))
        return cli_usage("lag");
    if (!check_skip(&ask))
        return 2;
    if (!cli_open(cli, &s, &err) || !skip(cli, &s, &ask, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

int
cmd_lag(Cli *cli)
{
    if (cli->argc == 0 || strcmp(cli->argv[0], "skip") != 0)
        return run_list(cli);
    (void)cli_take_word(cli);
    return run_skip(cli);
}
