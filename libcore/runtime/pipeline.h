/*
 * libcore/runtime/pipeline.h
 *    The pipeline graph and the topics as tables; the rows are generated from topics/ (pipeline_gen.c).
 */
#ifndef TIPOFF_RUNTIME_PIPELINE_H
#define TIPOFF_RUNTIME_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "libcore/base/macros.h"
#include "pipeline_gen.h"

typedef enum { LANE_LIVE, LANE_BACKFILL, LANE_COUNT } Lane;

typedef enum {
    NEED_SAME_DATE,  /* the cell of the same date */
    NEED_ALL_BEFORE, /* every cell of an earlier scheduled date of the season, in scope */
} NeedScope;

typedef struct {
    ProcessorId processor;
    NeedScope scope;
    bool is_hard;     /* a failed cell holds the one that needs it, and so does a short one */
    int32_t min_rows; /* below this, or below 90 % of what is expected if that is less, it is short; 0: never */
    double max_age_h; /* of a current date: older is named; 0: whatever its age */
} Need;

typedef struct {
    ProcessorId id;
    const char *name;
    const char *phase;
    const char *worker;
    const char *feed; /* NULL but for collect and raw; see subscription.h */
    bool is_pre_game;
    TopicId completed_topic; /* of its phase */
    const Need *needs;
    size_t need_count;
    double deadline_hours;   /* see topics/pipeline.toml */
    bool reads_subscription; /* what it makes says which feeds the deployment subscribes to */
} ProcessorSpec;

typedef struct {
    const char *name;
    bool is_default;  /* subscribed to unless a deployment says otherwise */
    bool is_required; /* no deployment is without it */
} FeedSpec;

typedef struct {
    TopicId id;
    const char *name; /* of the live lane */
    const char *record;
    const char *key;
    int partitions;
    const char *compression;
    int retention_days;
    const char *const *consumers; /* workers, NULL-terminated */
    const char *const *emitters;  /* workers, NULL-terminated */
} TopicSpec;

extern const ProcessorSpec processor_table[PROC_COUNT]; /* in an order in which needs come first */
extern const TopicSpec topic_table[TOPIC_COUNT];

extern const FeedSpec feed_table[FEED_COUNT];

NODISCARD bool processor_by_name(const char *name, ProcessorId *out);
NODISCARD bool topic_by_name(const char *name, TopicId *out);

const char *lane_name(Lane lane); /* "live", "backfill" */

/* "NAME" or "NAME.backfill"; out needs TOPIC_NAME_LEN bytes. */
enum { TOPIC_NAME_LEN = 80 };
const char *topic_lane_name(TopicId id, Lane lane, char out[TOPIC_NAME_LEN]);
/* The topic and lane behind a broker's topic name; false for any other, a ".dlq" included. */
NODISCARD bool topic_from_broker_name(const char *name, TopicId *id, Lane *lane);

bool worker_consumes(const char *worker, TopicId topic);
bool worker_emits(const char *worker, TopicId topic);

#endif
