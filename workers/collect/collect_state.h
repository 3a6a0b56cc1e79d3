/*
 * workers/collect/collect_state.h
 *    What one run of collect carries along, for the files that it is made of.
 */
#ifndef TIPOFF_WORKERS_COLLECT_STATE_H
#define TIPOFF_WORKERS_COLLECT_STATE_H

#include "libcore/runtime/cell_run.h"
#include "libcore/runtime/grid.h"
#include "workers/collect/collect_run.h"

typedef struct {
    const CollectJob *job;
    Db *db;
    BusProducer *producer;
    const Clock *clock;
    Signals *signals;
    Outbox *outbox;
    WorkerContext ctx;
    char run_id[64];
    FeedSchedule schedule;
    const Bytes *schedule_rejected; /* rows of schedule.rejected */
    Scope scope;
    const ProcessorSpec *feeds[PROC_COUNT]; /* whose cells it fills: those of the subscribed feeds */
    size_t feed_count;
    CollectResult *result;
    CollectHear hear;
    void *hear_ctx;
    CollectNotes notes; /* of the transaction in hand */
    Arena *a;           /* as long as the run */
    GameDate *settled;  /* dates that have nothing new, found in advance */
    size_t settled_count, settled_cap;
    CellKey *changed; /* cells that have something new, found in advance */
    size_t changed_count, changed_cap;
} Collect;

/* What the transaction in hand has to say is said when it is committed, and only once. */
void collect_say_notes(Collect *c);

/* On the topic's lane for the date. */
void collect_add_event(Collect *c, EventList *events, TopicId topic, GameDate date, const char *event_id, Bytes payload,
                       Arena *a);
/* With the events in the outbox; publishes them. */
NODISCARD bool collect_commit(Collect *c, DbTx **tx, const EventList *events, Err *err);

bool collect_is_scheduled(const FeedSchedule *s, GameDate date);

/* Every subscribed feed of the date in one transaction. A deadlock with the grid being laid, or any
 * passing trouble: the date once more. */
NODISCARD bool collect_date(Collect *c, GameDate date, Err *err);

/* The same for a date that was collected before, but nothing is sent: a date without anything new is
 * settled with that, of any other its changed cells are noted and all else is left for later. */
NODISCARD bool collect_look(Collect *c, GameDate date, Err *err);

#endif
