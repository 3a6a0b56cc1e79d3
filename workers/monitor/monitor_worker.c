/*
 * workers/monitor/monitor_worker.c
 *    The monitor: runs the checks of a current date when one of its cells completes and every five minutes, and between
 *    events looks for cells past their deadline and for processes that have fallen silent, and sends what people are to
 *    be told.
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
#include "workers/monitor/check_round.h"

static const int64_t LOOK_EVERY_US = 5000000, SEND_AGAIN_US = 1000, MINUTE_US = 60000000;

/* A completion is keyed by its date; of many in a batch the checks run once a date. */
static bool
handle(DbTx *tx, const WorkerContext *ctx, const Event *events, size_t count, Arena *a, EventEffects *fx, Err *err)
{
    const GameDate first = date_add(ctx->today, -1);
    bool is_said[CURRENT_DATES] = {false};

    (void)fx;
    for (size_t i = 0; i < count; i++) {
        GameDate date;

        if (date_parse(events[i].key, &date) && date_diff(date, first) >= 0 && date_diff(date, first) < CURRENT_DATES)
            is_said[date_diff(date, first)] = true;
    }
    for (int d = 0; d < CURRENT_DATES; d++)
        if (is_said[d] && !check_date(tx, ctx, date_add(first, d), a, err))
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
    bool tested, checked;

    if (!alert_routes_parse(ctx->alert_routes, a, &routes, err)
        || !sink_tests_round(tx, &routes, ctx->test_hour, ctx->now, a, &tested, err))
        return false;
    *again_us = SEND_AGAIN_US;
    if (tested)
        return true;
    if (!alert_delivery_round(tx, &routes, ctx->escalate_min * MINUTE_US, ctx->now, a, &round, err)
        || !deadlines_tell(tx, ctx->now, ctx->today, a, err) || !heartbeats_tell(tx, ctx->now, a, err)
        || !check_round(tx, ctx, a, &checked, err))
        return false;
    *again_us = round.has_more || checked ? SEND_AGAIN_US : LOOK_EVERY_US;
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
