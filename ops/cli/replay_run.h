/*
 * ops/cli/replay_run.h
 *    Read events of a topic again, and send those that are meant once more.
 */
#ifndef TIPOFF_OPS_REPLAY_RUN_H
#define TIPOFF_OPS_REPLAY_RUN_H

#include "libcore/io/codec.h"
#include "libcore/io/schema.h"
#include "libcore/io/signals.h"
#include "libcore/runtime/event_filter.h"
#include "libcore/runtime/pipeline.h"
#include "ops/cli/cli.h"

/* Which events. What is NULL or negative leaves its side open. */
typedef struct {
    Instant from, until;
    int64_t from_offset, until_offset; /* until is not in it */
    DateRange dates;                   /* of the record's game_date, or of a key that is a date; null: any */
    const char *key;
    const EventFilter *filter;
} ReplayAsk;

typedef struct {
    const char *id; /* of the replay, in every event's headers */
    Lane to_lane;
    double rate; /* events a second; 0: as fast as it goes */
    bool is_dry;
} ReplayJob;

typedef struct {
    char topic[TOPIC_NAME_LEN]; /* that it was read from */
    int64_t read, meant, sent;
    int64_t unreadable;  /* of them, records that no schema reads: asked by key, place, time and headers alone */
    Instant first, last; /* of those that are meant */
} ReplayCount;

typedef struct Replay Replay;

/* Connects. signals is borrowed. */
NODISCARD bool replay_open(Cli *cli, const ReplayJob *job, const ReplayAsk *ask, Signals *signals, Replay **out,
                           Err *err);
void replay_close(Replay *r); /* NULL is fine */
/* Remembers what stands in a topic of a lane now: what is sent later, to the same topic perhaps, is not read. */
NODISCARD bool replay_mark(Replay *r, TopicId topic, Lane lane, Err *err);
/* One topic of one lane, as it stood when it was marked: in the order of each partition, so of each key. Bytes, keys, ids and
 * headers go out as they are, with replay_id and replay.original.topic, .partition and .offset beside them. With
 * the embedded broker it waits for those who read, since that forgets what they have not. */
NODISCARD bool replay_topic(Replay *r, TopicId topic, Lane lane, ReplayCount *out, Err *err);

/* The schema of the topic's records, made in a. NULL when this build knows none. */
const SchemaType *replay_schema(TopicId topic, Arena *a);

#endif
