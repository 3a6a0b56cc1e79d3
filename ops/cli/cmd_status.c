/*
 * ops/cli/cmd_status.c
 *    status: once, or again and again (--watch), then with rates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/runtime/gate_overrides.h"
#include "libcore/runtime/pauses.h"
#include "ops/cli/print.h"
#include "ops/cli/status_read.h"
#include "ops/cli/watch.h"

/* ---- for programs ---- */

static json_t *
date_or_null(GameDate date)
{
    char day[DATE_TEXT_LEN];

    return date_is_null(date) ? json_null() : json_string(date_format(date, day));
}

static json_t *
text_or_null(const char *s)
{
    return s != NULL ? json_string(s) : json_null();
}

static json_t *
cells_json(const StatusCells *c)
{
    return json_pack("{sI sI sI sI sI sI sI sI sI sI}", "cells", (json_int_t)c->cells, "done", (json_int_t)c->done,
                     "partial", (json_int_t)c->partial, "degraded", (json_int_t)c->degraded, "no_data",
                     (json_int_t)c->no_data, "failed", (json_int_t)c->failed, "waiting", (json_int_t)c->waiting,
                     "overdue", (json_int_t)c->overdue, "stale", (json_int_t)c->stale, "last_minute",
                     (json_int_t)c->last_minute);
}

static json_t *
phases_json(const StatusView *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->phase_count; i++) {
        const StatusCells sum = status_sum(v, i);
        json_t *row = cells_json(&sum);

        (void)json_object_set_new(row, "phase", json_string(v->phase_names[i]));
        (void)json_object_set_new(row, "done_to", date_or_null(status_last_done(v, i)));
        (void)json_array_append_new(list, row);
    }
    return list;
}

static json_t *
dates_json(const StatusView *v)
{
    json_t *list = json_array();

    for (size_t d = 0; d < v->date_count; d++) {
        json_t *row = json_object();

        (void)json_object_set_new(row, "date", date_or_null(v->dates[d].date));
        for (size_t i = 0; i < v->phase_count; i++)
            (void)json_object_set_new(row, v->phase_names[i], cells_json(&v->dates[d].phases[i]));
        (void)json_array_append_new(list, row);
    }
    return list;
}

static json_t *
lags_json(const StatusView *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->lag_count; i++) {
        const StatusLag *l = &v->lags[i];

        (void)json_array_append_new(
            list, json_pack("{ss ss sI sI so sb}", "topic", l->topic, "worker", l->worker, "live", (json_int_t)l->live,
                            "backfill", (json_int_t)l->backfill, "events_per_s",
                            l->per_second < 0 ? json_null() : json_real(l->per_second), "paused", l->is_paused));
    }
    return list;
}

static json_t *
workers_json(const StatusView *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->worker_count; i++) {
        const StatusWorker *w = &v->workers[i];

        (void)json_array_append_new(list, json_pack("{ss ss so so sI so}", "worker", w->name, "state", w->state, "host",
                                                    text_or_null(w->host), "pid",
                                                    w->pid ? json_integer(w->pid) : json_null(), "partitions",
                                                    (json_int_t)w->partitions, "since", text_or_null(w->since)));
    }
    return list;
}

static json_t *
letters_json(const StatusView *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->letter_count; i++)
        (void)json_array_append_new(list, json_pack("{ss ss sI ss}", "worker", v->letters[i].worker, "class",
                                                    v->letters[i].error_class, "open", (json_int_t)v->letters[i].open,
                                                    "oldest", v->letters[i].since));
    return list;
}

static json_t *
pauses_json(const StatusView *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->pause_count; i++)
        (void)json_array_append_new(list, json_pack("{ss ss ss so}", "target", v->pauses[i].target, "by",
                                                    v->pauses[i].by, "since", v->pauses[i].since, "reason",
                                                    text_or_null(v->pauses[i].reason)));
    return list;
}

static json_t *
alerts_json(const StatusView *v)
{
    json_t *newest = json_array();

    for (size_t i = 0; i < v->critical_count; i++) {
        const StatusAlert *x = &v->criticals[i];

        (void)json_array_append_new(newest,
                                    json_pack("{ss so so so ss ss}", "kind", x->kind, "game_date",
                                              text_or_null(x->date), "processor", text_or_null(x->processor), "subject",
                                              text_or_null(x->subject), "since", x->since, "message", x->message));
    }
    return json_pack("{sI sI sI so}", "critical", (json_int_t)v->alerts.critical, "warning",
                     (json_int_t)v->alerts.warning, "info", (json_int_t)v->alerts.info, "newest_critical", newest);
}

static json_t *
overrides_json(const StatusView *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->override_count; i++)
        (void)json_array_append_new(list, json_pack("{ss ss ss ss ss}", "game_date", v->overrides[i].date, "processor",
                                                    v->overrides[i].processor, "by", v->overrides[i].by, "until",
                                                    v->overrides[i].until, "reason", v->overrides[i].reason));
    return list;
}

static void
say_json(const Cli *cli, const StatusView *v)
{
    print_member(cli, "at", json_string(v->now));
    print_member(cli, "run_dir", json_string(v->run_dir));
    print_member(cli, "feeds", json_string(v->feeds));
    print_member(cli, "supervisor_pid", v->supervisor != 0 ? json_integer(v->supervisor) : json_null());
    print_member(cli, "phases", phases_json(v));
    print_member(cli, "dates", dates_json(v));
    print_member(cli, "lag", lags_json(v));
    print_member(cli, "letters", letters_json(v));
    print_member(cli, "workers", workers_json(v));
    print_member(cli, "pauses", pauses_json(v));
    print_member(cli, "alerts", alerts_json(v));
    print_member(cli, "gate_overrides", overrides_json(v));
    print_member(cli, "unsent_events", json_integer(v->unsent));
    print_member(cli, "oldest_unsent_s", json_real(v->oldest_unsent_s));
    print_member(cli, "open_requests", json_integer(v->open_requests));
}

/* ---- one look ---- */

static int
status_once(Cli *cli, GameDate from, GameDate to)
{
    StatusView view;
    Session s;
    Buf text = {0};
    Err err;
    int status = 0, width, height;

    terminal_size(&width, &height);
    if (!cli_open(cli, &s, &err) || !status_read(cli, &s, from, to, &view, &err)) {
        status = cli_fail(&err);
    } else if (cli->json) {
        say_json(cli, &view);
    } else {
        status_render(&view, width, 0, &text);
        (void)fputs(buf_cstr(&text), stdout);
    }
    buf_free(&text);
    cli_close(&s);
    return status;
}

/* ---- again and again ---- */

/* What the last look saw, for rates. */
typedef struct {
    char key[160];
    int64_t committed;
} Seen;

typedef struct {
    Cli *cli;
    GameDate from, to;
    Session s;
    Seen *seen;
    size_t seen_count;
    int64_t seen_us;
} Watch;

static void
add_rates(Watch *w, StatusView *v)
{
    int64_t now = clock_mono_us(w->cli->clock);
    double seconds = (double)(now - w->seen_us) / 1e6;
    Seen *seen = calloc(v->lag_count + 1, sizeof *seen);

    if (seen == NULL)
        abort();
    for (size_t i = 0; i < v->lag_count; i++) {
        StatusLag *l = &v->lags[i];

        (void)snprintf(seen[i].key, sizeof seen[i].key, "%s %s", l->topic, l->worker);
        seen[i].committed = l->committed;
        for (size_t k = 0; k < w->seen_count && seconds > 0; k++)
            if (strcmp(w->seen[k].key, seen[i].key) == 0)
                l->per_second = (double)(l->committed - w->seen[k].committed) / seconds;
    }
    free(w->seen);
    w->seen = seen;
    w->seen_count = v->lag_count;
    w->seen_us = now;
}

static void
show(const Watch *w, const StatusView *v, int width, int height, Buf *out)
{
    if (!w->cli->json) {
        status_render(v, width, height, out);
        return;
    }
    json_object_clear(w->cli->document);
    say_json(w->cli, v);
    print_document(w->cli);
    json_object_clear(w->cli->document);
}

static bool
connect(Watch *w, Err *err)
{
    return w->s.db != NULL
           || (cli_open(w->cli, &w->s, err)
               && db_exec_script(w->s.tx, "listen " PAUSE_CHANNEL "; listen " GATE_CHANNEL, err)
               && db_commit(&w->s.tx, err));
}

/* A connection for as long as it lasts, a transaction a look. */
static bool
look(void *ctx, int width, int height, Buf *out, Err *err)
{
    Watch *w = ctx;
    StatusView view;
    bool ok = connect(w, err);

    if (ok) {
        arena_reset(w->s.a);
        ok = db_begin(w->s.db, &w->s.tx, err) && status_read(w->cli, &w->s, w->from, w->to, &view, err);
    }
    if (!ok) {
        cli_close(&w->s);
        w->s = (Session){0};
        return false;
    }
    add_rates(w, &view);
    show(w, &view, width, height, out);
    db_rollback(&w->s.tx);
    return true;
}

/* A pause or a gate that is opened or closed is seen at once. */
static Db *
wakes(void *ctx)
{
    return ((Watch *)ctx)->s.db;
}

static int
status_watch(Cli *cli, GameDate from, GameDate to, int interval_ms)
{
    Watch w = {.cli = cli, .from = from, .to = to};
    const WatchJob job = {.cli = cli, .interval_ms = interval_ms, .ctx = &w, .look = look, .wakes = wakes};
    const int status = watch_run(&job);

    cli_close(&w.s);
    free(w.seen);
    return status;
}

int
cmd_status(Cli *cli)
{
    bool ok = true;
    int interval_ms;
    const bool is_interval = watch_take_interval(cli, &interval_ms);
    const char *from = cli_take_option(cli, "--from", &ok), *to = cli_take_option(cli, "--to", &ok);
    GameDate first = GAME_DATE_NULL, last = GAME_DATE_NULL;

    if (!is_interval || !ok || !cli_no_more(cli, "status") || (from && !cli_parse_date(cli, from, &first))
        || (to && !cli_parse_date(cli, to, &last)))
        return 2;
    return interval_ms > 0 ? status_watch(cli, first, last, interval_ms) : status_once(cli, first, last);
}
