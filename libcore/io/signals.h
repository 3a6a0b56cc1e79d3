/*
 * libcore/io/signals.h
 *    Requests to stop, as a level that only rises.
 *
 * RUN: go on. DRAIN: finish what is in hand and take nothing new. STOP: roll back what is in hand.
 * NOW: leave at once. SIGTERM and SIGINT ask for DRAIN, a second one for NOW.
 */
#ifndef TIPOFF_IO_SIGNALS_H
#define TIPOFF_IO_SIGNALS_H

#include "libcore/base/err.h"

typedef enum { STOP_RUN, STOP_DRAIN, STOP_STOP, STOP_NOW } StopLevel;

typedef struct Signals Signals;

/* Blocks the stop signals in this thread and in those that it will start, so call it before the
 * first one; ignores SIGPIPE. NULL on failure. One per process. */
NODISCARD Signals *signals_new(Err *err);
void signals_free(Signals *s); /* NULL is fine; signals stay blocked */

/* Takes what has arrived; never blocks. For the thread of the main loop. */
StopLevel signals_level(Signals *s);
/* The level as last seen by the main loop; for any thread. */
StopLevel signals_seen(const Signals *s);
/* A lower level than the present one changes nothing. */
void signals_raise(Signals *s, StopLevel level);
/* Waits until the level is above RUN or timeout_ms have passed; -1 waits without end. */
StopLevel signals_wait(Signals *s, int timeout_ms);
/* Readable when a signal has arrived; for poll(2). Owned by s. */
int signals_fd(const Signals *s);

/* Undoes the blocking in a child between fork and exec. */
void signals_unblock_in_child(void);

const char *stop_level_name(StopLevel level);

#endif
