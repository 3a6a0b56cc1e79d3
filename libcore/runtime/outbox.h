/*
 * libcore/runtime/outbox.h
 *    Events are rows of the transaction that caused them; they go to the broker after its commit.
 *
 * A row stays until every subscribed group has covered it, so a lost delivery, a lost process or a
 * lost broker log loses no event: the sweeper publishes again, and inboxes recognise repetitions.
 */
#ifndef TIPOFF_RUNTIME_OUTBOX_H
#define TIPOFF_RUNTIME_OUTBOX_H

#include "libcore/io/bus.h"
#include "libcore/io/db.h"

/* One event to append. Everything is borrowed until the batch ends. */
typedef struct {
    const char *topic; /* the broker's name, lane included */
    const char *key;
    const char *event_id;
    const char *type;
    const char *correlation_id; /* NULL when there is none */
    Bytes payload;
} OutboxEvent;

typedef struct Outbox Outbox;

/* worker becomes the events' source. Both strings are borrowed for the outbox's life. */
Outbox *outbox_new(const char *worker, const char *incarnation);
void outbox_free(Outbox *ob); /* NULL is fine */

/* Acquaints the producer with every topic that the worker emits: see bus_warm_up(). */
void outbox_warm_up(const Outbox *ob, BusProducer *p);

/* Appends the events in tx. One whose id the topic already carries is left out: it was announced. */
NODISCARD bool outbox_append(Outbox *ob, DbTx *tx, const OutboxEvent *events, size_t count, Instant now, Err *err);
/* The same for events that shall go out again, with these bytes, whether the topic carried their id before or
 * not. The sweeper knows no bytes of them but these from then on. */
NODISCARD bool outbox_append_again(Outbox *ob, DbTx *tx, const OutboxEvent *events, size_t count, Instant now,
                                   Err *err);
/* The transaction failed: what was appended or confirmed in it was never there. */
void outbox_forget(Outbox *ob);
/* The transaction committed: produces what was appended in it. What cannot be produced now is left
 * to the sweeper. */
void outbox_publish(Outbox *ob, BusProducer *p);
/* Takes delivery reports in; how many wait to be recorded. */
size_t outbox_collect(Outbox *ob, BusProducer *p, int timeout_ms);
/* Records where delivered rows stand in the log. */
NODISCARD bool outbox_confirm(Outbox *ob, DbTx *tx, Err *err);

/* Publishes settled rows that are unconfirmed for more than 2 s, or confirmed in another
 * incarnation without every subscribed group having covered them. *count says how many. While the
 * last sweep's are under way there is none: a broker that is away would get them once a sweep. */
NODISCARD bool outbox_sweep(Outbox *ob, DbTx *tx, BusProducer *p, Arena *a, size_t *count, Err *err);
/* Removes rows older than an hour that every subscribed group has covered, in whichever incarnation. */
NODISCARD bool outbox_purge(DbTx *tx, Arena *a, size_t *count, Err *err);

/* Events that are not on the broker yet, or that some subscribed group has not covered. */
NODISCARD bool outbox_pending(DbTx *tx, Arena *a, int64_t *count, Err *err);
/* The same of the backfill lane alone. */
NODISCARD bool outbox_pending_backfill(DbTx *tx, Arena *a, int64_t *count, Err *err);

#endif
