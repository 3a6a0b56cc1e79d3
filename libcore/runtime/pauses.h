/*
 * libcore/runtime/pauses.h
 *    Which topics this worker must leave alone for now, as operators have said in ops.pause.
 *
 * A pause names a worker, a topic with both its lanes, or one lane. It stands in Postgres, so that it
 * outlives processes. A notification makes it known at once (listener.h); should one be missed, the table
 * is read every second all the same.
 */
#ifndef TIPOFF_RUNTIME_PAUSES_H
#define TIPOFF_RUNTIME_PAUSES_H

#include "libcore/io/db.h"

/* Said when a pause comes or goes. */
#define PAUSE_CHANNEL "tipoff_pause"

typedef struct Pauses Pauses;

/* worker is borrowed. Never NULL. */
Pauses *pauses_new(const char *worker);
void pauses_free(Pauses *ps); /* NULL is fine */

/* Reads the table when something new is said, or may have been missed. Call between transactions.
 * *changed: what is paused differs from what it was. */
NODISCARD bool pauses_refresh(Pauses *ps, Db *db, int64_t now_us, bool is_said, bool *changed, Err *err);

/* The whole worker. */
bool pauses_hold_worker(const Pauses *ps);
/* A topic by its broker's name, lane included; all of them while the worker is paused. */
bool pauses_hold_topic(const Pauses *ps, const char *topic);

#endif
