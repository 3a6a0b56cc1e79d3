/*
 * libcore/runtime/pipeline.c
 *    Look-ups in the generated tables.
 */
#include "libcore/runtime/pipeline.h"
#include <stdio.h>
#include <string.h>

static const char backfill_suffix[] = ".backfill";

bool
processor_by_name(const char *name, ProcessorId *out)
{
    for (size_t i = 0; i < PROC_COUNT; i++) {
        if (strcmp(processor_table[i].name, name) == 0) {
            *out = processor_table[i].id;
            return true;
        }
    }
    return false;
}

bool
topic_by_name(const char *name, TopicId *out)
{
    for (size_t i = 0; i < TOPIC_COUNT; i++) {
        if (strcmp(topic_table[i].name, name) == 0) {
            *out = topic_table[i].id;
            return true;
        }
    }
    return false;
}

const char *
lane_name(Lane lane)
{
    return lane == LANE_LIVE ? "live" : "backfill";
}

const char *
topic_lane_name(TopicId id, Lane lane, char out[TOPIC_NAME_LEN])
{
    (void)snprintf(out, TOPIC_NAME_LEN, "%s%s", topic_table[id].name, lane == LANE_LIVE ? "" : backfill_suffix);
    return out;
}

bool
topic_from_broker_name(const char *name, TopicId *id, Lane *lane)
{
    char base[TOPIC_NAME_LEN];
    size_t len = strlen(name), tail = sizeof backfill_suffix - 1;

    if (len >= sizeof base)
        return false;
    *lane = len > tail && strcmp(name + len - tail, backfill_suffix) == 0 ? LANE_BACKFILL : LANE_LIVE;
    memcpy(base, name, len + 1);
    if (*lane == LANE_BACKFILL)
        base[len - tail] = '\0';
    return topic_by_name(base, id);
}

static bool
is_among(const char *const *names, const char *name)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

bool
worker_consumes(const char *worker, TopicId topic)
{
    return is_among(topic_table[topic].consumers, worker);
}

bool
worker_emits(const char *worker, TopicId topic)
{
    return is_among(topic_table[topic].emitters, worker);
}
