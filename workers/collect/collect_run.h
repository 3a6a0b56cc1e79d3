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
} CollectResult;

/* Called after each date; may be NULL. */
typedef void (*CollectProgress)(void *ctx, GameDate date, const CollectResult *so_far);

/* What is out already with the same content is not sent again. A file that cannot be read at all
 * fails its (date, feed) with the reason; the rest goes on, and *failed counts those. Keeps under
 * 4 MiB of unconsumed feed events a partition. */
NODISCARD bool collect_run(const CollectJob *job, Db *db, BusProducer *producer, const Clock *clock, Signals *signals,
                           CollectProgress progress, void *progress_ctx, CollectResult *out, Err *err);

#endif
