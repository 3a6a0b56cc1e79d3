/*
 * libcore/runtime/lag.h
 *    How far a process is behind in its partitions, by topic.
 */
#ifndef TIPOFF_RUNTIME_LAG_H
#define TIPOFF_RUNTIME_LAG_H

#include "libcore/runtime/partitions.h"
#include "libcore/runtime/pauses.h"
#include "libcore/runtime/worker_metrics.h"

/* Reports every topic of the partitions. Ends of logs are those that fetches brought along; of a paused
 * partition, which is not fetched, the broker is asked. */
NODISCARD bool lag_report(WorkerMetrics *m, BusConsumer *consumer, Partitions *owned, const Pauses *pauses, Err *err);
/* The partitions have gone: their lag is another's. */
void lag_forget(WorkerMetrics *m, Partitions *owned);

#endif
