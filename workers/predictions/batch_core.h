/*
 * workers/predictions/batch_core.h
 *    The life of a date's batch of requests as a table: what may follow what, and what is done then.
 *
 * Asking, the quality gate and the requests themselves are one transaction, and so are the end of a batch,
 * the rows of its cell and their announcement: nobody ever sees a batch between those. What is left is
 * whether its requests have ended, and what the clock or an operator makes of those that have not.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_BATCH_CORE_H
#define TIPOFF_WORKERS_PREDICTIONS_BATCH_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include "libcore/base/date.h"
#include "libcore/base/macros.h"

typedef enum {
    BATCH_RUNNING,
    BATCH_REDRIVEN, /* what was open has been asked for a second time */
    BATCH_COMPLETE, /* every request has ended by an answer */
    BATCH_PARTIAL,  /* nothing came any more, and what was open has expired */
    BATCH_TIMED_OUT,
    BATCH_RESET,    /* an operator has closed it */
    BATCH_REPLACED, /* another batch of the date stands in its place, or none is wanted any more */
    BATCH_STATES,
} BatchState;

const char *batch_state_name(BatchState s); /* "running", ... as rows have it */
NODISCARD bool batch_state_parse(const char *name, BatchState *out);
bool batch_state_is_open(BatchState s);

typedef enum {
    BATCH_NOTHING, /* requests are open, and their time has not come */
    BATCH_ENDED,   /* none of its requests is open */
    BATCH_AGED,    /* it began 30 minutes ago */
    BATCH_IDLE,    /* nothing has come for 5 minutes: no answer, no second asking */
    BATCH_SWEPT,   /* an operator wants its open requests asked for again */
    BATCH_DROPPED, /* an operator wants it closed */
    BATCH_SUPPLANTED,
    BATCH_EVENTS,
} BatchEvent;

const char *batch_event_name(BatchEvent e); /* "ended", "aged", ... */

typedef enum {
    BATCH_DO_NOTHING,
    BATCH_DO_ASK_AGAIN, /* its open requests go out once more */
    BATCH_DO_EXPIRE,    /* its open requests end without an answer, and the cell goes on with the others */
} BatchAction;

typedef struct {
    BatchState from;
    BatchEvent event;
    bool on_live, on_past; /* dates on which it is so */
    BatchState to;
    BatchAction action;
    const char *expired_reason; /* what requests that expire say; NULL when none does */
} BatchMove;

/* NULL when the event moves nothing: a closed batch stays as it is. is_live: the date is the current
 * Eastern date or later. On a past date nothing expires: what is open is asked for once more. */
const BatchMove *batch_move(BatchState from, BatchEvent event, bool is_live);

/* An open batch as it stands. */
typedef struct {
    BatchState state;
    size_t open;      /* requests */
    Instant started;  /* when it was asked */
    Instant progress; /* the newest of its start, its second asking and its answers */
} BatchView;

/* What has happened to it by that time: ended, or else what its clock says, if that moves it. */
BatchEvent batch_event(const BatchView *b, Instant now, bool is_live);

/* When its clock will next say something that moves it, should nothing come; INSTANT_NULL: never. */
Instant batch_due_at(const BatchView *b, bool is_live);

#endif
