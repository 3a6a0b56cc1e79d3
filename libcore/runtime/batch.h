/*
 * libcore/runtime/batch.h
 *    One micro-batch of events in one transaction: offsets, inbox, gates, load, decide, rows, outbox.
 */
#ifndef TIPOFF_RUNTIME_BATCH_H
#define TIPOFF_RUNTIME_BATCH_H

#include "libcore/base/clock.h"
#include "libcore/io/codec.h"
#include "libcore/runtime/outbox.h"
#include "libcore/runtime/partitions.h"
#include "libcore/runtime/run_stats.h"
#include "libcore/runtime/worker.h"

#define BACKFILL_NONE INT64_MIN

/* What a worker process has. Everything is borrowed but what it points to through Outbox. */
typedef struct {
    const WorkerSpec *spec;
    const Clock *clock;
    WorkerContext ctx;
    const char *incarnation;
    const char *run_id;
    Db *db;
    Partitions *partitions;
    Outbox *outbox;
    Codec *codec;
    /* Cells of the backfill lane are begun until then by the monotonic clock, and one in any case; BACKFILL_NONE: not
     * even that; 0: all of them. What is left stays open or stale, and has_left says that there is some. */
    int64_t backfill_until_us;
    bool has_left;
    Instant next_due; /* the earliest due time of the worker's cells as far as is known; NULL: there is none */
} Process;

typedef struct {
    size_t events, fresh; /* in the batch, and new to the inbox */
    size_t cells;         /* that ended */
    RunStats stats;       /* lives in the batch's arena */
    bool has_letter;      /* the event was done but for broken cells, and is a letter now */
    Err cause;            /* of the letter */
} BatchResult;

/* messages: sorted by (topic, partition, offset); all of owned partitions, from their positions on.
 * On success everything is committed, the outbox's new events wait for outbox_publish(), and the
 * positions have moved. *fenced: another process owns a partition now; nothing happened. */
NODISCARD bool batch_process(Process *p, const BusMessage *messages, size_t count, Arena *a, BatchResult *result,
                             bool *fenced, Err *err);

/* The same for a single event that failed so: a cell that cannot be made fails alone, with the event
 * as its letter, and what else the event brings about stands. */
NODISCARD bool batch_process_shielded(Process *p, const BusMessage *m, Arena *a, BatchResult *result, bool *fenced,
                                      Err *err);

/* Of cells that are looked at without an event. */
typedef struct {
    size_t cells;   /* that ended */
    RunStats stats; /* lives in the arena of the call */
} ScanResult;

/* Evaluates every cell of the worker's that is stale, and unless only those are asked for every open one,
 * as an event would: what waited for a cell that ended without a new version, or what an earlier life,
 * another scope or an operator left to do goes on. A cell that cannot be made fails alone. */
NODISCARD bool batch_scan(Process *p, bool only_stale, Arena *a, ScanResult *out, Err *err);

/* Evaluates every cell of the worker's whose time has come, as batch_scan() would. Asks the database only
 * when p->next_due has passed; set that to the epoch to have it ask. */
NODISCARD bool batch_due(Process *p, Arena *a, ScanResult *out, Err *err);

/* The single event cannot be processed: moves the offset past it, writes its letter and fails the
 * cell that it holds up. */
NODISCARD bool batch_write_letter(Process *p, const BusMessage *m, const Err *cause, Arena *a, bool *fenced, Err *err);

/* What would become of an event. */
typedef struct {
    bool would_pass;
    bool is_known; /* the inbox has it: nothing would happen */
    size_t cells;  /* that would end */
    Err cause;     /* unless it would pass */
} BatchTrial;

/* Handles the event as batch_process_shielded() does, in a transaction that is rolled back. It needs neither
 * partitions nor an outbox. Waits for locks of running batches at most five seconds: ERR_TRANSIENT. */
NODISCARD bool batch_try(Process *p, const BusMessage *m, Arena *a, BatchTrial *out, Err *err);

#endif
