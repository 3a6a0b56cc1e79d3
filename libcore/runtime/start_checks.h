/*
 * libcore/runtime/start_checks.h
 *    What must hold before a worker may start. Each check that fails says what is wrong and how to
 *    mend it, as ERR_CONFIG.
 */
#ifndef TIPOFF_RUNTIME_START_CHECKS_H
#define TIPOFF_RUNTIME_START_CHECKS_H

#include "libcore/io/bus.h"
#include "libcore/io/db.h"
#include "libcore/runtime/worker.h"

/* Every table that the worker reads or writes, column by column, against the live catalogue. */
NODISCARD bool check_tables(Db *db, const WorkerSpec *spec, Err *err);

/* Every topic that the worker consumes or emits to, on both lanes: there, with enough partitions. */
NODISCARD bool check_topics(const char *brokers, const WorkerSpec *spec, Err *err);

/* The broker's log must be the one that the stored offsets speak of. The embedded broker keeps
 * nothing, so a new incarnation of it is adopted; a new one of a Kafka cluster is refused. */
NODISCARD bool check_incarnation(Db *db, const char *incarnation, Err *err);
/* Accepts the incarnation from now on. */
NODISCARD bool adopt_incarnation(DbTx *tx, const char *incarnation, Err *err);

/* Topics that exist beside the broker's consumed topics: declared ones on both lanes, their dead
 * letter topics, and tipoff.meta. Names live in a. */
const BusTopic *all_broker_topics(Arena *a, size_t *count);

#endif
