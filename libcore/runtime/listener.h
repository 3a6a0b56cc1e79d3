/*
 * libcore/runtime/listener.h
 *    What other processes say through Postgres, so that nobody has to look again and again.
 *
 * A process that was not there when something was said finds it in the database when it starts.
 */
#ifndef TIPOFF_RUNTIME_LISTENER_H
#define TIPOFF_RUNTIME_LISTENER_H

#include "libcore/io/db.h"

/* A cell that others may wait for has ended as what it was, and has no version to announce. */
#define CONFIRMED_CHANNEL "tipoff_confirmed"

/* What has been said since it was last dealt with. Zero-initialise. */
typedef struct {
    const Db *listening; /* the connection that has been told to listen */
    bool has_listened;   /* to that or to another one */
    bool pauses;         /* what is paused has changed */
    bool confirmed;
    bool gates; /* a gate has been opened by hand */
    bool due;   /* an operator has made cells due */
} Listener;

/* Takes in what has been said. On a connection that stands in for a lost one everything counts as said.
 * Call between transactions. */
NODISCARD bool listener_poll(Listener *l, Db *db, Err *err);

#endif
