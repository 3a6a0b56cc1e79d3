/*
 * workers/collect/feed_parts.h
 *    Group a table's rows into parts, one event each, and list the parts in a manifest.
 */
#ifndef TIPOFF_WORKERS_FEED_PARTS_H
#define TIPOFF_WORKERS_FEED_PARTS_H

#include "workers/collect/feed_reader.h"
#include "workers/collect/feed_table.h"

/* What an event says of its part beside the rows. */
struct PartHead {
    const char *event_id;
    GameDate game_date;
    const char *part_id, *game_id;
    bool is_scheduled;
    const char *bookmaker; /* NULL where the feed has none */
};

/* Parts sorted by id, each at most FEED_PART_MAX_BYTES with its frame, and the manifest. Everything
 * is made in a. */
void feed_parts_make(const FeedTable *table, GameDate date, const FeedSchedule *schedule, Arena *a, FeedDay *out);

#endif
