/*
 * workers/monitor/monitor_worker.c
 *    The monitor: runs the checks of a current date when one of its cells completes, and between events looks for
 *    cells past their deadline and for processes that have fallen silent, and sends what people are to be told.
 *
 * Of past dates it says nothing: what a replay finds is no news. 'tipoff validate' looks at them.
 */
#include "workers/monitor/monitor_worker.h"
#include <string.h>
#include "libcore/runtime/alert_delivery.h"
#include "libcore/runtime/checks.h"
#include "libcore/runtime/deadlines.h"
#include "libcore/runtime/heartbeat.h"
#include "libcore/runtime/sink_tests.h"

static const int64_t LOOK_EVERY_US = 5000000, SEND_AGAIN_US = 1000, MINUTE_US = 60000000;

/* A check is about the cell that it needs, and one about every cell about the date's last. */
static CellKey
cell_of(const Check *check, GameDate date)
{
    return (CellKey){date, check->has_need ? check->need : PROC_PUBLISH_RESULTS};
}

static bool
resolve_check(DbTx *tx, const Check *check, GameDate date, Instant now, Arena *a, Err *err)
{
    static const char sql[] = "update ops.alert set resolved_at = $2 where fingerprint = $1 and resolved_at is null";
    const DbParam params[] = {db_text(alert_fingerprint(cell_of(check, date), ALERT_CHECK_FAILED, check->name, a)),
                              db_ts(now)};

    return db_exec(tx, sql, params, 2, NULL, err);
}

/* A check without anything to look at leaves its alert as it is. */
static bool
tell_check(DbTx *tx, const Check *check, GameDate date, Instant now, Arena *a, Err *err)
{
    Alert alert = {ALERT_CHECK_FAILED, check->severity, check->name, NULL};
    CheckResult r;

    if (!check_run(tx, check, date, now, a, &r, err))
        return false;
    if (r.verdict == CHECK_NOTHING)
        return true;
    if (r.verdict != CHECK_FAILURE)
        return resolve_check(tx, check, date, now, a, err);
    alert.message = arena_printf(a, "%s: %.4g, and %.4g is the limit%s%s", check->says, r.value, r.fail,
                                 r.detail ? "; " : "", r.detail ? r.detail : "");
    return alert_raise(tx, cell_of(check, date), &alert, now, a, err);
}

static bool
run_checks(DbTx *tx, const WorkerContext *ctx, GameDate date, Arena *a, Err *err)
{
    Check *checks;
    size_t count;

    if (!checks_load(ctx->checks_dir, a, &checks, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tell_check(tx, &checks[i], date, ctx->now, a, err))
            return false;
    return true;
}

/* A completion is keyed by its date; of many in a batch the checks run once a date. */
static bool
handle(DbTx *tx, const WorkerContext *ctx, const Event *events, size_t count, Arena *a, EventEffects *fx, Err *err)
{
    const GameDate first = date_add(ctx->today, -1);
    enum { CURRENT_DATES = 3 };
    bool is_said[CURRENT_DATES] = {false};

    (void)fx;
    for (size_t i = 0; i < count; i++) {
        GameDate date;

        if (date_parse(events[i].key, &date) && date_diff(date, first) >= 0 && date_diff(date, first) < CURRENT_DATES)
            is_said[date_diff(date, first)] = true;
    }
    for (int d = 0; d < CURRENT_DATES; d++)
        if (is_said[d] && !run_checks(tx, ctx, date_add(first, d), a, err))
            return false;
    return true;
}

/* What cannot be read now cannot be when it is wanted. */
static bool
on_start(DbTx *tx, const WorkerContext *ctx, Arena *a, Err *err)
{
    AlertRoutes routes;
    Check *checks;
    size_t count;

    (void)tx;
    return alert_routes_parse(ctx->alert_routes, a, &routes, err)
           && checks_load(ctx->checks_dir, a, &checks, &count, err);
}

/* Messages first, and a test in a transaction of its own: nothing has been written yet, so that a slow receiver keeps
 * nobody waiting. */
static bool
after_commit(DbTx *tx, const WorkerContext *ctx, Arena *a, int64_t *again_us, Err *err)
{
    AlertRoutes routes;
    AlertRound round;
    bool tested;

    if (!alert_routes_parse(ctx->alert_routes, a, &routes, err)
        || !sink_tests_round(tx, &routes, ctx->test_hour, ctx->now, a, &tested, err))
        return false;
    *again_us = SEND_AGAIN_US;
    if (tested)
        return true;
    if (!alert_delivery_round(tx, &routes, ctx->escalate_min * MINUTE_US, ctx->now, a, &round, err)
        || !deadlines_tell(tx, ctx->now, ctx->today, a, err) || !heartbeats_tell(tx, ctx->now, a, err))
        return false;
    *again_us = round.has_more ? SEND_AGAIN_US : LOOK_EVERY_US;
    return true;
}

static const TopicId consumed[] = {TOPIC_RAW_COMPLETED,         TOPIC_ANALYTICS_COMPLETED, TOPIC_FEATURES_COMPLETED,
                                   TOPIC_PREDICTIONS_COMPLETED, TOPIC_PUBLISH_COMPLETED,   TOPIC_GRADING_COMPLETED};

const WorkerSpec monitor_worker = {
    .name = "monitor",
    .summary = "check what current dates have become, find overdue cells and dead processes, tell people",
    .consumes = consumed,
    .consume_count = ARRAY_LEN(consumed),
    .handle = handle,
    .on_start = on_start,
    .after_commit = after_commit,
};
