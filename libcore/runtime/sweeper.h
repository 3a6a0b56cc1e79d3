/*
 * libcore/runtime/sweeper.h
 *    Housekeeping that one process of all does, whichever holds the advisory lock: publish what was
 *    left unpublished, and drop what everybody has covered.
 */
#ifndef TIPOFF_RUNTIME_SWEEPER_H
#define TIPOFF_RUNTIME_SWEEPER_H

#include "libcore/base/clock.h"
#include "libcore/runtime/health.h"
#include "libcore/runtime/outbox.h"

typedef struct {
    bool holds_lock;
    int64_t next_sweep_us, next_purge_us, next_rotation_us, next_health_us; /* monotonic */
    bool has_health;                                                        /* health has been read */
    Health health;
} Sweeper;

/* Does what is due at now_us. Cheap when nothing is. clock says by which time cells are overdue. */
NODISCARD bool sweeper_tick(Sweeper *s, Db *db, Outbox *ob, BusProducer *p, const Clock *clock, int64_t now_us,
                            Err *err);

#endif
