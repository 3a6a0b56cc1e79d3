/*
 * tests/support/rig.h
 *    A worker's process without its loop and without a broker: batches are handed to the transaction
 *    itself, from a log that is only counted.
 */
#ifndef TIPOFF_TESTS_RIG_H
#define TIPOFF_TESTS_RIG_H

#include <stdatomic.h>
#include "libcore/runtime/batch.h"
#include "tests/support/pg_fixture.h"

/* ---- the log ---- */

enum { FAKE_PARTITIONS_MAX = 64 };

/* How far each partition of an imagined broker has been written. Zero-initialise. */
typedef struct {
    struct {
        char topic[BUS_TOPIC_LEN];
        int32_t partition;
        int64_t end;
    } ends[FAKE_PARTITIONS_MAX];
    size_t count;
} FakeLog;

/* What is at the log's new end. Its strings and payload are borrowed. */
BusMessage fake_log_append(FakeLog *log, const char *topic, int32_t partition, const char *key, const char *event_id,
                           Bytes payload);

/* A cell's completion as its worker announces it: framed, on its phase's topic of the live lane,
 * keyed by its date. */
BusMessage fake_log_completion(FakeLog *log, ProcessorId processor, GameDate date, int32_t version, int32_t partition,
                               Arena *a);

/* ---- the grid ---- */

/* Lays the cells of a season with one game on each of the dates. */
void lay_season(Db *db, const GameDate *dates, size_t count);

/* The cell ends as its own transaction would leave it: with the next version and a content hash of
 * 32 times content. reason may be NULL. */
void end_cell(Db *db, ProcessorId processor, GameDate date, const char *status, const char *reason, unsigned content);

/* ---- the worker ---- */

/* The feature store's declaration with a decide of the tests' own. It writes two rows, made from
 * what the gate saw, and counts. */
typedef struct {
    atomic_int runs;
    GameDate poison; /* deciding upon this date fails */
    /* Called in the middle of the first decision when it is not NULL. */
    void (*during)(void *ctx);
    void *ctx;
    /* Called in every decision, when its rows are made. May say more. NULL for almost every test. */
    void (*says)(const CellInput *in, Arena *a, CellOutput *out);
} CountingWorker;

extern CountingWorker counting;
extern const WorkerSpec counting_worker;
void counting_reset(void);

typedef struct {
    Db *db;
    Clock *clock;
    Arena *a;
    Process p;
    char group[BUS_TOPIC_LEN];
} Rig;

/* A process of the counting worker on a connection of its own. The incarnation is "kafka:test:1". */
void rig_open(Rig *r, const char *owner);
/* A process of any worker, at that time by its clock. */
void rig_open_worker(Rig *r, const WorkerSpec *spec, const char *owner, Instant now);
/* Its time goes on, as the loop would see it. */
void rig_advance(Rig *r, int64_t us);
void rig_close(Rig *r);

/* Claims the partitions 0 .. count - 1 of the live lane of every topic that the worker consumes. */
void rig_claim(Rig *r, int32_t count);

/* Sorts the messages as the loop does, and runs them as one batch. */
NODISCARD bool rig_batch(Rig *r, BusMessage *m, size_t count, BatchResult *result, bool *fenced, Err *err);
/* Looks at the cells whose time has come. */
void rig_look_at_due(Rig *r);
/* As rig_batch(); the batch must be committed. */
BatchResult rig_deliver(Rig *r, BusMessage *m, size_t count);

#endif
