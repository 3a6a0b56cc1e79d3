/*
 * workers/predictions/batch_core.c
 *    The table of moves, and the two clocks of a batch.
 */
#include "workers/predictions/batch_core.h"

#include <string.h>

static const int64_t IDLE_US = INT64_C(5) * 60 * 1000000;
static const int64_t AGE_US = INT64_C(30) * 60 * 1000000;

static const char *const states[BATCH_STATES] = {
    [BATCH_RUNNING] = "running",   [BATCH_REDRIVEN] = "redriven",   [BATCH_COMPLETE] = "complete",
    [BATCH_PARTIAL] = "partial",   [BATCH_TIMED_OUT] = "timed_out", [BATCH_RESET] = "reset",
    [BATCH_REPLACED] = "replaced",
};

static const char *const events[BATCH_EVENTS] = {
    [BATCH_NOTHING] = "nothing",
    [BATCH_ENDED] = "ended",
    [BATCH_AGED] = "aged",
    [BATCH_IDLE] = "idle",
    [BATCH_SWEPT] = "swept",
    [BATCH_DROPPED] = "dropped",
    [BATCH_SUPPLANTED] = "supplanted",
};

/* from, event, live, past, to, action, reason of what expires */
static const BatchMove moves[] = {
    {BATCH_RUNNING, BATCH_ENDED, true, true, BATCH_COMPLETE, BATCH_DO_NOTHING, NULL},
    {BATCH_REDRIVEN, BATCH_ENDED, true, true, BATCH_COMPLETE, BATCH_DO_NOTHING, NULL},
    {BATCH_RUNNING, BATCH_AGED, true, false, BATCH_TIMED_OUT, BATCH_DO_EXPIRE, "timed_out"},
    {BATCH_REDRIVEN, BATCH_AGED, true, false, BATCH_TIMED_OUT, BATCH_DO_EXPIRE, "timed_out"},
    {BATCH_RUNNING, BATCH_IDLE, true, true, BATCH_REDRIVEN, BATCH_DO_ASK_AGAIN, NULL},
    {BATCH_REDRIVEN, BATCH_IDLE, true, false, BATCH_PARTIAL, BATCH_DO_EXPIRE, "no_answer"},
    {BATCH_RUNNING, BATCH_SWEPT, true, true, BATCH_REDRIVEN, BATCH_DO_ASK_AGAIN, NULL},
    {BATCH_REDRIVEN, BATCH_SWEPT, true, true, BATCH_REDRIVEN, BATCH_DO_ASK_AGAIN, NULL},
    {BATCH_RUNNING, BATCH_DROPPED, true, true, BATCH_RESET, BATCH_DO_EXPIRE, "reset"},
    {BATCH_REDRIVEN, BATCH_DROPPED, true, true, BATCH_RESET, BATCH_DO_EXPIRE, "reset"},
    {BATCH_RUNNING, BATCH_SUPPLANTED, true, true, BATCH_REPLACED, BATCH_DO_NOTHING, NULL},
    {BATCH_REDRIVEN, BATCH_SUPPLANTED, true, true, BATCH_REPLACED, BATCH_DO_NOTHING, NULL},
};

const char *
batch_state_name(BatchState s)
{
    return states[s];
}

bool
batch_state_parse(const char *name, BatchState *out)
{
    for (size_t i = 0; i < BATCH_STATES; i++) {
        if (strcmp(states[i], name) == 0) {
            *out = (BatchState)i;
            return true;
        }
    }
    return false;
}

bool
batch_state_is_open(BatchState s)
{
    return s == BATCH_RUNNING || s == BATCH_REDRIVEN;
}

const char *
batch_event_name(BatchEvent e)
{
    return events[e];
}

const BatchMove *
batch_move(BatchState from, BatchEvent event, bool is_live)
{
    for (size_t i = 0; i < ARRAY_LEN(moves); i++)
        if (moves[i].from == from && moves[i].event == event && (is_live ? moves[i].on_live : moves[i].on_past))
            return &moves[i];
    return NULL;
}

/* The clocks, the one that weighs more first. */
typedef struct {
    BatchEvent event;
    Instant at;
} Alarm;

enum { ALARMS = 2 };

static void
alarms_of(const BatchView *b, Alarm out[ALARMS])
{
    out[0] = (Alarm){BATCH_AGED, {b->started.us + AGE_US}};
    out[1] = (Alarm){BATCH_IDLE, {b->progress.us + IDLE_US}};
}

BatchEvent
batch_event(const BatchView *b, Instant now, bool is_live)
{
    Alarm alarms[ALARMS];

    if (b->open == 0)
        return BATCH_ENDED;
    alarms_of(b, alarms);
    for (size_t i = 0; i < ALARMS; i++)
        if (now.us >= alarms[i].at.us && batch_move(b->state, alarms[i].event, is_live) != NULL)
            return alarms[i].event;
    return BATCH_NOTHING;
}

Instant
batch_due_at(const BatchView *b, bool is_live)
{
    Instant due = INSTANT_NULL;
    Alarm alarms[ALARMS];

    alarms_of(b, alarms);
    for (size_t i = 0; i < ALARMS && b->open > 0; i++)
        if (batch_move(b->state, alarms[i].event, is_live) != NULL
            && (instant_is_null(due) || alarms[i].at.us < due.us))
            due = alarms[i].at;
    return due;
}
