/*
 * ops/cli/status_read.c
 *    The queries behind 'tipoff status'.
 */
#include "ops/cli/status_read.h"
#include <string.h>
#include <unistd.h>
#include "libcore/runtime/gate_overrides.h"
#include "libcore/runtime/pipeline.h"
#include "libcore/runtime/subscription.h"
#include "ops/cli/process.h"
#include "ops/cli/supervisor.h"
#include "workers/registry.h"

/* Times are shown in UTC, to the second. */
#define AT(column) "to_char(" column " at time zone 'UTC', 'MM-DD HH24:MI:SS')"

/* ---- dates and phases ---- */

static size_t
phase_at(StatusView *v, const char **names, const char *phase)
{
    for (size_t i = 0; i < v->phase_count; i++)
        if (strcmp(names[i], phase) == 0)
            return i;
    names[v->phase_count] = phase;
    return v->phase_count++;
}

static StatusDate *
date_at(StatusView *v, GameDate date, Arena *a)
{
    if (v->date_count == 0 || !date_equal(v->dates[v->date_count - 1].date, date))
        v->dates[v->date_count++] = (StatusDate){date, arena_array(a, v->phase_count + 1, sizeof(StatusCells))};
    return &v->dates[v->date_count - 1];
}

static bool
read_dates(const Cli *cli, Session *s, GameDate from, GameDate to, StatusView *v, Err *err)
{
    static const char sql[]
        = "select c.game_date, u.phase, count(*), count(*) filter (where c.status = 'success'),"
          " count(*) filter (where c.status = 'partial'), count(*) filter (where c.status = 'degraded'),"
          " count(*) filter (where c.status = 'no_data'), count(*) filter (where c.status = 'failed'),"
          " count(*) filter (where c.status in ('expected', 'waiting')), count(o.game_date),"
          " count(*) filter (where c.is_stale), count(*) filter (where c.finished_at > now() - interval '1 minute')"
          " from ops.cell c join unnest($3::text[], $4::text[]) u(processor, phase) using (processor)"
          " left join ops.overdue_cells($5, $6) o on o.game_date = c.game_date and o.processor = c.processor"
          " where (c.in_scope or c.unscheduled) and ($1::date is null or c.game_date >= $1)"
          " and ($2::date is null or c.game_date <= $2) group by 1, 2 order by 1";
    const char *processors[PROC_COUNT], *phases[PROC_COUNT];
    const char **names = arena_array(s->a, PROC_COUNT + 1, sizeof *names);
    DbRows *rows;

    for (size_t i = 0; i < PROC_COUNT; i++) {
        processors[i] = processor_table[i].name;
        phases[i] = processor_table[i].phase;
        (void)phase_at(v, names, phases[i]);
    }
    v->phase_names = names;
    {
        const DbParam params[] = {db_date(from),
                                  db_date(to),
                                  db_texts(processors, PROC_COUNT),
                                  db_texts(phases, PROC_COUNT),
                                  db_ts(clock_now(cli->clock)),
                                  db_date(clock_today(cli->clock))};

        if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
            return false;
    }
    v->dates = arena_array(s->a, db_row_count(rows) + 1, sizeof *v->dates);
    for (size_t r = 0; r < db_row_count(rows); r++) {
        StatusDate *d = date_at(v, db_get_date(rows, r, 0), s->a);

        d->phases[phase_at(v, names, db_get_text(rows, r, 1))] = (StatusCells){
            .cells = db_get_i64(rows, r, 2),
            .done = db_get_i64(rows, r, 3),
            .partial = db_get_i64(rows, r, 4),
            .degraded = db_get_i64(rows, r, 5),
            .no_data = db_get_i64(rows, r, 6),
            .failed = db_get_i64(rows, r, 7),
            .waiting = db_get_i64(rows, r, 8),
            .overdue = db_get_i64(rows, r, 9),
            .stale = db_get_i64(rows, r, 10),
            .last_minute = db_get_i64(rows, r, 11),
        };
    }
    return true;
}

/* ---- lag ---- */

/* Against what the outbox knows to be on the broker: nobody has to ask the broker. */
bool
status_read_lags(Session *s, StatusView *v, Err *err)
{
    static const char sql[]
        = "with last as (select topic, partition, max(\"offset\") + 1 as out from ops.outbox where incarnation"
          " = " NOW_LOG " group by 1, 2), part as (select regexp_replace(f.topic, '\\.backfill$', '') as topic,"
          " substr(f.consumer_group, 8) as worker, f.topic like '%.backfill' as is_backfill, f.next_offset,"
          " greatest(coalesce(l.out, 0) - f.next_offset, 0) as lag, exists (select 1 from ops.pause p where p.target in"
          " (substr(f.consumer_group, 8), f.topic, regexp_replace(f.topic, '\\.backfill$', ''))) as is_paused"
          " from ops.consumer_offset f left join last l using (topic, partition) where f.incarnation = " NOW_LOG ")"
          " select topic, worker, coalesce(sum(lag) filter (where not is_backfill), 0)::bigint,"
          " coalesce(sum(lag) filter (where is_backfill), 0)::bigint, sum(next_offset)::bigint, bool_or(is_paused)"
          " from part group by 1, 2 order by 1, 2";
    DbRows *rows;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, err))
        return false;
    v->lag_count = db_row_count(rows);
    v->lags = arena_array(s->a, v->lag_count + 1, sizeof *v->lags);
    for (size_t r = 0; r < v->lag_count; r++)
        v->lags[r] = (StatusLag){
            .topic = db_get_text(rows, r, 0),
            .worker = db_get_text(rows, r, 1),
            .live = db_get_i64(rows, r, 2),
            .backfill = db_get_i64(rows, r, 3),
            .committed = db_get_i64(rows, r, 4),
            .per_second = -1,
            .is_paused = db_get_bool(rows, r, 5),
        };
    return true;
}

/* ---- alerts and overrides ---- */

enum { CRITICALS_SHOWN = 5 };

static bool
read_alerts(Session *s, StatusView *v, Err *err)
{
    static const char counts[] = "select count(*) filter (where severity = 'info'), count(*) filter (where severity ="
                                 " 'warning'), count(*) filter (where severity = 'critical') from ops.alert"
                                 " where resolved_at is null";
    static const char newest[] = "select kind, game_date::text, processor, subject, " AT(
        "first_at") ", message from ops.alert where resolved_at is null and severity = 'critical'"
                    " order by first_at desc, id desc limit $1";
    const DbParam params[] = {db_i32(CRITICALS_SHOWN)};
    DbRows *rows;

    if (!db_exec(s->tx, counts, NULL, 0, &rows, err))
        return false;
    v->alerts = (StatusAlertCounts){db_get_i64(rows, 0, 0), db_get_i64(rows, 0, 1), db_get_i64(rows, 0, 2)};
    if (!db_exec(s->tx, newest, params, 1, &rows, err))
        return false;
    v->critical_count = db_row_count(rows);
    v->criticals = arena_array(s->a, v->critical_count + 1, sizeof *v->criticals);
    for (size_t r = 0; r < v->critical_count; r++)
        v->criticals[r] = (StatusAlert){db_get_text(rows, r, 0), db_get_text(rows, r, 1), db_get_text(rows, r, 2),
                                        db_get_text(rows, r, 3), db_get_text(rows, r, 4), db_get_text(rows, r, 5)};
    return true;
}

static bool
read_overrides(const Cli *cli, Session *s, StatusView *v, Err *err)
{
    GateOverride *list;
    char day[DATE_TEXT_LEN], until[INSTANT_TEXT_LEN];

    if (!gate_overrides_load(s->tx, clock_now(cli->clock), s->a, &list, &v->override_count, err))
        return false;
    v->overrides = arena_array(s->a, v->override_count + 1, sizeof *v->overrides);
    for (size_t i = 0; i < v->override_count; i++)
        v->overrides[i] = (StatusOverride){
            arena_strdup(s->a, date_format(list[i].date, day)), processor_table[list[i].processor].name, list[i].by,
            arena_strndup(s->a, instant_format(list[i].expires, until), 16), list[i].reason};
    return true;
}

/* ---- letters, pauses, outbox ---- */

static bool
read_letters(Session *s, StatusView *v, Err *err)
{
    static const char sql[]
        = "select worker, error_class || case status when 'parked' then ', parked' else '' end, count(*), " AT(
            "min(first_at)") " from ops.letter where status in ('open', 'parked') group by 1, 2 order by 1, 2";
    DbRows *rows;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, err))
        return false;
    v->letter_count = db_row_count(rows);
    v->letters = arena_array(s->a, v->letter_count + 1, sizeof *v->letters);
    for (size_t r = 0; r < v->letter_count; r++)
        v->letters[r] = (StatusLetters){db_get_text(rows, r, 0), db_get_text(rows, r, 1), db_get_text(rows, r, 3),
                                        db_get_i64(rows, r, 2)};
    return true;
}

static bool
read_pauses(Session *s, StatusView *v, Err *err)
{
    static const char sql[] = "select target, paused_by, " AT("paused_at") ", reason from ops.pause order by target";
    DbRows *rows;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, err))
        return false;
    v->pause_count = db_row_count(rows);
    v->pauses = arena_array(s->a, v->pause_count + 1, sizeof *v->pauses);
    for (size_t r = 0; r < v->pause_count; r++)
        v->pauses[r] = (StatusPause){db_get_text(rows, r, 0), db_get_text(rows, r, 1), db_get_text(rows, r, 2),
                                     db_get_text(rows, r, 3)};
    return true;
}

static bool
read_outbox(Session *s, StatusView *v, Err *err)
{
    static const char sql[]
        = "select count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8,"
          " (select count(*) from predictions.request where status = 'requested'),"
          " to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS \"UTC\"') from ops.outbox where incarnation is "
          "null";
    DbRows *rows;

    if (!db_exec(s->tx, sql, NULL, 0, &rows, err))
        return false;
    v->unsent = db_get_i64(rows, 0, 0);
    v->oldest_unsent_s = db_get_f64(rows, 0, 1);
    v->open_requests = db_get_i64(rows, 0, 2);
    v->now = db_get_text(rows, 0, 3);
    return true;
}

/* ---- workers ---- */

/* A worker is alive while its connection is: the server sees the end of a process at once. One whose
 * process runs without a connection waits for the database, or starts. */
static void
add_local_worker(StatusView *v, const Cli *cli, Session *s, const char *name)
{
    const char *run_dir = config_get(cli->cfg, "run_dir");
    int64_t pid = pid_file_read(arena_printf(s->a, "%s/pids/%s.pid", run_dir, name));

    v->workers[v->worker_count++] = (StatusWorker){
        .name = name, .state = pid != 0 ? "starts" : "down", .host = pid != 0 ? "local" : NULL, .pid = pid};
}

bool
status_read_workers(const Cli *cli, Session *s, StatusView *v, Err *err)
{
    static const char sql[]
        = "select w.name, substring(a.application_name from '[0-9]+$')::bigint, coalesce(host(max(a.client_addr)),"
          " 'local'), coalesce(max(o.n), 0)::bigint, " AT(
              "min(a.backend_start)") ", exists (select 1 from ops.pause p"
                                      " where p.target = w.name) from unnest($1::text[]) with ordinality w(name, n) "
                                      "join pg_stat_activity a"
                                      " on a.datname = current_database() and a.application_name ~ ('^' || w.name || "
                                      "'-[0-9]+$')"
                                      " left join (select owner, count(*) n from ops.consumer_offset where incarnation "
                                      "= " NOW_LOG " group by owner) o on o.owner = a.application_name group by w.n, "
                                      "w.name, a.application_name order by w.n, 2";
    const char *names[64] = {NULL};
    size_t count = 0, at = 0;
    DbRows *rows;

    for (; all_workers[count] != NULL; count++)
        names[count] = all_workers[count]->name;
    {
        const DbParam params[] = {db_texts(names, count)};

        if (!db_exec(s->tx, sql, params, 1, &rows, err))
            return false;
    }
    v->workers = arena_array(s->a, db_row_count(rows) + count + 1, sizeof *v->workers);
    for (size_t i = 0; i < count; i++) {
        size_t before = v->worker_count;

        for (; at < db_row_count(rows) && strcmp(db_get_text(rows, at, 0), names[i]) == 0; at++)
            v->workers[v->worker_count++] = (StatusWorker){
                .name = names[i],
                .state = db_get_bool(rows, at, 5) ? "paused" : "runs",
                .host = db_get_text(rows, at, 2),
                .since = db_get_text(rows, at, 4),
                .pid = db_get_i64(rows, at, 1),
                .partitions = db_get_i64(rows, at, 3),
            };
        if (v->worker_count == before)
            add_local_worker(v, cli, s, names[i]);
    }
    return true;
}

static bool
read_feeds(Session *s, StatusView *v, Err *err)
{
    FeedSet feeds;

    if (!feeds_load(s->tx, &feeds, err))
        return false;
    v->feeds = feeds_text(&feeds, s->a);
    return true;
}

bool
status_read(const Cli *cli, Session *s, GameDate from, GameDate to, StatusView *out, Err *err)
{
    *out = (StatusView){.run_dir = config_get(cli->cfg, "run_dir")};
    out->supervisor = supervisor_pid(out->run_dir);
    return read_feeds(s, out, err) && read_dates(cli, s, from, to, out, err) && status_read_lags(s, out, err)
           && read_letters(s, out, err) && read_pauses(s, out, err) && read_alerts(s, out, err)
           && read_overrides(cli, s, out, err) && read_outbox(s, out, err) && status_read_workers(cli, s, out, err);
}
