/*
 * libcore/runtime/partitions.h
 *    The partitions that this process owns, and their offsets in Postgres.
 *
 * Ownership is an epoch: claiming a partition raises it, and a commit names the epoch and the
 * offset that it expects, so that of two processes which both believe that they own a partition
 * only the later one can commit.
 */
#ifndef TIPOFF_RUNTIME_PARTITIONS_H
#define TIPOFF_RUNTIME_PARTITIONS_H

#include "libcore/io/bus.h"
#include "libcore/io/db.h"

typedef struct {
    char topic[BUS_TOPIC_LEN];
    int32_t partition;
    int64_t epoch;
    int64_t position;      /* next_offset as we committed it last */
    int64_t suspect_until; /* offsets below run one by one: the last process died among them */
    int64_t died_offset;   /* the single event that was in hand at the last death; -1 for none */
    int32_t deaths;        /* deaths in a row with that event alone in hand */
    bool is_dropped;       /* another process has claimed it */
} OwnedPartition;

typedef struct Partitions Partitions;

/* Strings are borrowed for the life of the object. */
Partitions *partitions_new(const char *group, const char *incarnation, const char *owner);
void partitions_free(Partitions *ps); /* NULL is fine */

/* Claims them all in one transaction and takes in what stands there. Ownership before is forgotten. */
NODISCARD bool partitions_claim(Partitions *ps, Db *db, const BusPartition *parts, size_t count, Err *err);
void partitions_clear(Partitions *ps);

size_t partitions_count(const Partitions *ps);
OwnedPartition *partitions_at(Partitions *ps, size_t i);
/* NULL when it is not ours. */
OwnedPartition *partitions_find(Partitions *ps, const char *topic, int32_t partition);

/* The range of one partition that a batch covers. */
typedef struct {
    OwnedPartition *owned;
    int64_t first, last; /* offsets in hand */
} BatchRange;

/* Moves every range's partition from its position to last + 1. *fenced is set, and nothing else is
 * wrong, when one is no longer as we believe: the caller rolls back and calls
 * partitions_refresh(). */
NODISCARD bool partitions_advance(Partitions *ps, DbTx *tx, const BatchRange *ranges, size_t count, bool *fenced,
                                  Err *err);
/* After the commit: positions follow. */
void partitions_committed(const BatchRange *ranges, size_t count);
/* Reads epochs and offsets again: a partition with a newer epoch is dropped; the position of one
 * with ours becomes what stands there. */
NODISCARD bool partitions_refresh(Partitions *ps, Db *db, Err *err);

/* Moves an owned partition that nothing has been read of to the start of its log. */
NODISCARD bool partitions_move(Partitions *ps, Db *db, OwnedPartition *o, int64_t offset, Err *err);

/* An attempt is on record while a batch is in hand, and gone with its commit, or when a living
 * process gives the batch up. Only the present owner's attempt is opened or closed. */
NODISCARD bool attempt_open(Partitions *ps, Db *db, const BatchRange *ranges, size_t count, Err *err);
NODISCARD bool attempt_close(Partitions *ps, DbTx *tx, const BatchRange *ranges, size_t count, Err *err);

#endif
