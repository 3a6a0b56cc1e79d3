/*
 * libcore/runtime/heartbeat.h
 *    Each worker process says that it lives; what is silent for long is dead, and gives back what it holds.
 *
 * The working loop itself says so, between batches: a process that hangs in a decision, in a transaction or in a
 * call falls silent. Time is the database's, so that no two machines have to agree on theirs.
 */
#ifndef TIPOFF_RUNTIME_HEARTBEAT_H
#define TIPOFF_RUNTIME_HEARTBEAT_H

#include "libcore/io/db.h"

/* Seconds. After two beats that did not come a process is late. */
enum { HEARTBEAT_EVERY_S = 60, HEARTBEAT_LATE_S = 2 * HEARTBEAT_EVERY_S, HEARTBEAT_DEAD_S = 15 * 60 };

#define ALERT_PROCESS_DEAD "process_dead" /* said by the monitor; the subject is the process */

typedef enum { PROCESS_LIVES, PROCESS_LATE, PROCESS_DEAD } ProcessLife;

const char *process_life_name(ProcessLife life); /* "lives", "late", "dead" */
/* Of a process that has said nothing for so many seconds. */
ProcessLife process_life(double silent_s);

typedef struct {
    int64_t next_us; /* monotonic; 0: at once */
} Heartbeat;

/* Who says so. Borrowed. */
typedef struct {
    const char *owner, *worker, *build, *config_hash;
} ProcessName;

/* The process begins; those of the worker that are gone are forgotten. */
NODISCARD bool heartbeat_begin(Db *db, const ProcessName *who, Err *err);
/* Says that the process lives, when that is due. */
NODISCARD bool heartbeat_tick(Heartbeat *h, Db *db, const ProcessName *who, int64_t now_us, Err *err);
/* The process ends by itself: nobody waits for its next beat. */
NODISCARD bool heartbeat_end(Db *db, const char *owner, Err *err);

/* Raises an alert for every dead process that has none open, and ends its session with the database, so that what it
 * has locked is free; it has to claim its partitions anew, as every process that loses its connection. Alerts of
 * processes that beat again, or have been replaced, are resolved. */
NODISCARD bool heartbeats_tell(DbTx *tx, Instant now, Arena *a, Err *err);

#endif
