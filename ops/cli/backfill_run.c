/*
 * ops/cli/backfill_run.c
 *    The loop of a backfill: ask for cells, wait until some have ended, ask for more.
 */
#include "ops/cli/backfill_run.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "libcore/io/bus.h"
#include "libcore/io/schema_store.h"
#include "libcore/io/signals.h"
#include "workers/collect/collect_end.h"

enum {
    ASK_AT_ONCE = 64,
    LOOK_EVERY_MS = 500, /* for what nobody announces: a request that was read while its gate was shut */
    QUIET_LOOKS = 4,     /* without anything moving before a held cell counts as stuck */
    TRIES = 5,
};

typedef struct {
    Cli *cli;
    const BackfillJob *job;
    Db *db;
    BusProducer *producer;
    SchemaRegistry *registry;
    Signals *signals;
    Outbox *outbox;
    WorkerContext ctx;
    char run_id[64], incarnation[BUS_INCARNATION_LEN], hash[CONFIG_HASH_LEN];
    Arena *turn; /* of one turn of the loop */
    BackfillState state;
    int64_t started_us, next_look_us;
    int64_t asked;          /* by this process, for its rate */
    int64_t ended_at_start; /* by those before it */
    int64_t stuck;          /* held cells that nothing moves */
    int quiet_looks;
    int64_t shown; /* cells that had ended when it was last said */
} Runner;

static int64_t
ended(const BackfillState *s)
{
    return s->done + s->failed + s->cancelled;
}

/* ---- one turn ---- */

/* How many may be asked for now. */
static size_t
room(const Runner *r)
{
    const int64_t under_way = r->state.requested + r->state.held - r->stuck;
    int64_t n = (int64_t)r->job->in_flight - under_way;

    if (r->job->rate > 0) {
        const double elapsed = (double)(clock_mono_us(r->cli->clock) - r->started_us) / 1e6;
        const int64_t allowed = (int64_t)(elapsed * r->job->rate) + 1 - r->asked;

        n = n < allowed ? n : allowed;
    }
    return n <= 0 ? 0 : n > ASK_AT_ONCE ? ASK_AT_ONCE : (size_t)n;
}

static bool
ask(Runner *r, DbTx *tx, size_t *count, Err *err)
{
    EventList events = {0};
    const size_t max = room(r);
    const RunContext rc = {.ctx = &r->ctx,
                           .run_id = r->run_id,
                           .correlation_id = r->run_id,
                           .clock = r->cli->clock,
                           .a = r->turn,
                           .events = &events};

    *count = 0;
    return (max == 0 || r->state.planned == 0
            || backfill_request(tx, r->job->id, max, collect_restore, &rc, count, err))
           && outbox_append(r->outbox, tx, events.items, events.count, r->ctx.now, err);
}

static bool
look(Runner *r, DbTx *tx, Err *err)
{
    static const char requests[] = "select count(*) from predictions.request where status = 'requested'";
    const BackfillState before = r->state;
    int64_t unread;
    DbRows *rows;

    r->next_look_us = clock_mono_us(r->cli->clock) + (int64_t)LOOK_EVERY_MS * 1000;
    if (!backfill_note_held(tx, r->job->id, err) || !backfill_state(tx, r->job->id, r->turn, &r->state, err)
        || !outbox_pending_backfill(tx, r->turn, &unread, err) || !db_exec(tx, requests, NULL, 0, &rows, err))
        return false;
    r->quiet_looks = r->state.requested == 0 && unread == 0 && db_get_i64(rows, 0, 0) == 0
                             && ended(&before) == ended(&r->state) && before.planned == r->state.planned
                         ? r->quiet_looks + 1
                         : 0;
    r->stuck = r->quiet_looks >= QUIET_LOOKS ? r->state.held : r->stuck < r->state.held ? r->stuck : r->state.held;
    return true;
}

static bool
in_transaction(Runner *r, Err *err)
{
    DbTx *tx = NULL;
    size_t count = 0;
    bool ok;

    arena_reset(r->turn);
    r->ctx.now = clock_now(r->cli->clock);
    r->ctx.today = clock_today(r->cli->clock);
    (void)outbox_collect(r->outbox, r->producer, 0);
    ok = db_begin(r->db, &tx, err) && backfill_state(tx, r->job->id, r->turn, &r->state, err)
         && (clock_mono_us(r->cli->clock) < r->next_look_us || look(r, tx, err)) && ask(r, tx, &count, err)
         && outbox_confirm(r->outbox, tx, err) && db_commit(&tx, err);
    if (!ok) {
        db_rollback(&tx);
        outbox_forget(r->outbox);
        return false;
    }
    r->asked += (int64_t)count;
    r->state.planned -= (int64_t)count;
    r->state.requested += (int64_t)count;
    outbox_publish(r->outbox, r->producer);
    return true;
}

static bool
turn(Runner *r, Err *err)
{
    for (int i = 1;; i++) {
        if (in_transaction(r, err))
            return true;
        if (err->cls != ERR_TRANSIENT || i == TRIES || !db_is_usable(r->db)
            || signals_wait(r->signals, LOOK_EVERY_MS) > STOP_RUN)
            return false;
    }
}

/* ---- how far ---- */

static void
say_progress(Runner *r, bool is_last)
{
    const BackfillState *s = &r->state;
    const double seconds = (double)(clock_mono_us(r->cli->clock) - r->started_us) / 1e6;
    const double rate = seconds > 0 ? (double)(ended(s) - r->ended_at_start) / seconds : 0;
    const bool on_terminal = isatty(STDERR_FILENO);
    const int64_t left = s->total - ended(s) - r->stuck;
    char eta[48] = "";

    if (!on_terminal && !is_last && ended(s) - r->shown < (s->total + 9) / 10)
        return;
    r->shown = ended(s);
    if (rate > 0 && left > 0)
        (void)snprintf(eta, sizeof eta, ", %lld s left", (long long)((double)left / rate));
    (void)fprintf(stderr, "%sbackfill %lld: %lld of %lld cells, %.1f/s%s, %lld held, %lld failed%s",
                  on_terminal ? "\r" : "", (long long)r->job->id, (long long)ended(s), (long long)s->total, rate, eta,
                  (long long)s->held, (long long)s->failed, on_terminal && !is_last ? "\x1b[K" : "\n");
    (void)fflush(stderr);
}

/* ---- the loop ---- */

static bool
is_over(const Runner *r)
{
    return strcmp(r->state.status, "running") != 0
           || (r->state.planned == 0 && r->state.requested == 0 && r->state.held <= r->stuck);
}

/* Until a cell has ended, the next one is due by the rate, or it is time to look. */
static bool
wait_for_news(Runner *r, Err *err)
{
    int64_t until = r->next_look_us, now = clock_mono_us(r->cli->clock);
    char channel[DB_CHANNEL_LEN];
    bool got = true;
    int wait_ms;

    if (r->job->rate > 0 && r->state.planned > 0) {
        const int64_t due = r->started_us + (int64_t)((double)r->asked / r->job->rate * 1e6);

        until = due < until && due > now ? due : until;
    }
    wait_ms = until > now ? (int)((until - now) / 1000) + 1 : 0;
    for (int i = 0; got; i++) /* all that has been said is one piece of news */
        if (!db_wait_notify(r->db, i == 0 ? wait_ms : 0, channel, &got, err))
            return false;
    return true;
}

static bool
take(Runner *r, Err *err)
{
    DbTx *tx = NULL;
    bool held = false;
    bool ok = db_begin(r->db, &tx, err) && backfill_take(tx, r->job->id, &held, err)
              && backfill_state(tx, r->job->id, r->turn, &r->state, err)
              && db_exec_script(tx, "listen " BACKFILL_CHANNEL, err) && db_commit(&tx, err);

    db_rollback(&tx);
    r->ended_at_start = ended(&r->state);
    return ok
           && (held
               || ERR_FAIL(err, ERR_POISON,
                           "another process runs backfill %lld; 'tipoff backfill status %lld' shows how far it is",
                           (long long)r->job->id, (long long)r->job->id));
}

static bool
open_all(Runner *r, Err *err)
{
    const char *brokers = config_get(r->cli->cfg, "kafka.brokers");

    if (brokers[0] == '\0')
        return ERR_FAIL(err, ERR_CONFIG, "no broker is configured: set KAFKA_BROKERS, or run 'tipoff up'");
    r->signals = signals_new(err);
    if (r->signals == NULL || !bus_read_incarnation(brokers, r->incarnation, err)
        || !db_connect(config_get(r->cli->cfg, "database.url"), "tipoff-backfill", &r->db, err)
        || !schema_store_record_now(r->db, r->cli->build, err)
        || !schema_registry_open(config_get(r->cli->cfg, "schema.registry.url"), &r->registry, err)
        || !bus_producer_new(brokers, "tipoff-backfill", r->registry, &r->producer, err))
        return false;
    r->outbox = outbox_new("backfill", r->incarnation);
    outbox_warm_up(r->outbox, r->producer);
    return take(r, err);
}

static bool
end(Runner *r, Err *err)
{
    DbTx *tx = NULL;
    bool ok;

    for (int i = 0; i < 50 && bus_in_flight(r->producer) > 0; i++)
        (void)outbox_collect(r->outbox, r->producer, 20);
    (void)outbox_collect(r->outbox, r->producer, 0);
    ok = db_begin(r->db, &tx, err) && outbox_confirm(r->outbox, tx, err)
         && (!is_over(r) || strcmp(r->state.status, "running") != 0 || backfill_end(tx, r->job->id, false, err))
         && db_commit(&tx, err);
    db_rollback(&tx);
    return ok;
}

static bool
run(Runner *r, BackfillRun *out, Err *err)
{
    while (signals_level(r->signals) == STOP_RUN) {
        if (!turn(r, err))
            return false;
        say_progress(r, false);
        if (is_over(r))
            break;
        if (!wait_for_news(r, err))
            return false;
    }
    out->is_stopped = !is_over(r);
    say_progress(r, true);
    return end(r, err);
}

bool
backfill_run(Cli *cli, const BackfillJob *job, Arena *a, BackfillRun *out, Err *err)
{
    Runner r = {.cli = cli, .job = job, .turn = arena_new(0)};
    bool ok;

    *out = (BackfillRun){0};
    r.ctx = (WorkerContext){.build = cli->build, .config_hash = config_hash(cli->cfg, r.hash)};
    (void)snprintf(r.run_id, sizeof r.run_id, "backfill-%lld-%lld", (long long)job->id,
                   (long long)(clock_now(cli->clock).us / 1000));
    r.started_us = clock_mono_us(cli->clock);
    ok = open_all(&r, err) && run(&r, out, err);
    out->state = r.state;
    out->state.status = arena_strdup(a, r.state.status);
    out->seconds = (double)(clock_mono_us(cli->clock) - r.started_us) / 1e6;
    outbox_free(r.outbox);
    bus_producer_free(r.producer, 2000);
    schema_registry_close(r.registry);
    db_close(r.db);
    signals_free(r.signals);
    arena_free(r.turn);
    return ok;
}
