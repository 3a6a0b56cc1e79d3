/*
 * workers/collect/collect_run.h
 *    Turn a folder of feeds into events: the schedule, then for each date and feed its parts and the
 *    manifest, each date in one transaction.
 */
#ifndef TIPOFF_WORKERS_COLLECT_RUN_H
#define TIPOFF_WORKERS_COLLECT_RUN_H

#include "libcore/base/clock.h"
#include "libcore/io/bus.h"
#include "libcore/io/db.h"
#include "libcore/io/signals.h"
#include "libcore/runtime/worker.h"
#include "workers/collect/collect_notes.h"

typedef struct {
    const char *dir;
    GameDate from, to; /* NULL: the schedule's first and last */
    const char *brokers, *incarnation;
    const char *build, *config_hash;
    bool again; /* publish parts again that are out already: for events that were lost or lettered */
} CollectJob;

typedef struct {
    size_t dates, feeds, parts, rows, rejected;
    size_t unchanged; /* (date, feed) pairs whose content was out already */
    size_t refused;   /* files that cannot be used as a whole */
    size_t kept;      /* (date, feed) pairs that stay as they were, since their file is gone or refused */
} CollectResult;

/* Hears of every row, file and game that is not as it should be, once its date is committed. */
typedef void (*CollectHear)(void *ctx, const CollectNote *note);

/* What is out already with the same content is not sent again. Rows that cannot be used are rejected
 * and make their cell partial. A file that cannot be used as a whole fails its cell with the reason,
 * and one that is refused or gone takes nothing back that was collected before. The rest goes on.
 * Keeps under 4 MiB of unconsumed feed events a partition. */
NODISCARD bool collect_run(const CollectJob *job, Db *db, BusProducer *producer, const Clock *clock, Signals *signals,
                           CollectHear hear, void *hear_ctx, CollectResult *out, Err *err);

#endif
