/*
 * ops/simulator/feeds_out.h
 *    A night in the column layouts of the feeds, one CSV text a feed.
 */
#ifndef TIPOFF_SIMULATOR_FEEDS_OUT_H
#define TIPOFF_SIMULATOR_FEEDS_OUT_H

#include "libcore/base/bytes.h"
#include "ops/simulator/night.h"

typedef struct {
    const char *feed;
    void (*put)(const League *l, const Night *n, Buf *out, Arena *scratch);
} FeedWriter;

/* Every feed that comes by date; ends with a NULL feed. */
extern const FeedWriter feed_writers[];

/* The box scores as corrected; only for a night that has a correction. */
void put_corrected_boxscores(const Night *n, Buf *out, Arena *scratch);

/* Games with a date before limit, as they are played, or as they were first announced. */
void put_schedule(const SimSchedule *s, GameDate limit, bool as_first_announced, Buf *out);

#endif
