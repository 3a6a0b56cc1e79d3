/*
 * libcore/runtime/lag.c
 *    Ends of logs against positions.
 */
#include "libcore/runtime/lag.h"
#include <string.h>

static bool
end_of(BusConsumer *consumer, const OwnedPartition *o, const Pauses *pauses, int64_t *end, Err *err)
{
    int64_t low;

    if (pauses_hold_topic(pauses, o->topic))
        return bus_watermarks(consumer, o->topic, o->partition, &low, end, err);
    *end = bus_known_end(consumer, o->topic, o->partition);
    return true;
}

static bool
is_first_of_topic(Partitions *owned, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(partitions_at(owned, j)->topic, partitions_at(owned, i)->topic) == 0)
            return false;
    return true;
}

bool
lag_report(WorkerMetrics *m, BusConsumer *consumer, Partitions *owned, const Pauses *pauses, Err *err)
{
    for (size_t i = 0; i < partitions_count(owned); i++) {
        int64_t lag = 0;

        if (!is_first_of_topic(owned, i))
            continue;
        for (size_t j = i; j < partitions_count(owned); j++) {
            const OwnedPartition *o = partitions_at(owned, j);
            int64_t end;

            if (o->is_dropped || strcmp(o->topic, partitions_at(owned, i)->topic) != 0)
                continue;
            if (!end_of(consumer, o, pauses, &end, err))
                return false;
            lag += end > o->position ? end - o->position : 0;
        }
        worker_metrics_lag(m, partitions_at(owned, i)->topic, lag);
    }
    return true;
}

void
lag_forget(WorkerMetrics *m, Partitions *owned)
{
    for (size_t i = 0; i < partitions_count(owned); i++)
        worker_metrics_lag(m, partitions_at(owned, i)->topic, 0);
}
