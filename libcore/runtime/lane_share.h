/*
 * libcore/runtime/lane_share.h
 *    How many events of each lane go into one turn of a worker: live first, and the backfill never starved.
 *
 * Pure. Beside live events the backfill lane has a share of all events that are taken, by count. While live events
 * flow but leave the worker free, it has the same share of the time, in turns so short that a live event which
 * comes in the middle of one does not wait long, and which find nine of ten free of them. While none flows, all of it
 * is the backfill's.
 */
#ifndef TIPOFF_RUNTIME_LANE_SHARE_H
#define TIPOFF_RUNTIME_LANE_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    double share;        /* of all events that the backfill is given at least: 0 to 0.9 */
    double credit;       /* events that it is owed; below zero: that it has had beyond its share */
    double event_us;     /* what a backfill event takes of late */
    int64_t last_live;   /* when a live event was taken; INT64_MIN: never */
    int64_t rests_until; /* no backfill work before, while live events flow */
} LaneShare;

LaneShare lane_share_new(int percent);

/* Most live events of a turn of max events, while backfill events wait. */
size_t lane_live_most(const LaneShare *s, size_t max);
/* How long backfill work may go on that begins now; INT64_MAX: as long as there is some. */
int64_t lane_turn_us(const LaneShare *s, int64_t now_us);
/* Others have the turn: not before a moment later. */
void lane_share_yield(LaneShare *s, int64_t now_us);
/* How long the backfill lane still has to rest; 0: it may go on. */
int64_t lane_rest_us(const LaneShare *s, int64_t now_us);
/* Most backfill events beside live events that were taken already, of a turn of max events. */
size_t lane_backfill_most(const LaneShare *s, size_t live, size_t max, int64_t now_us);
/* A turn was taken. backfill_waits: some were left, or as many were taken as there may be. */
void lane_share_note(LaneShare *s, size_t live, size_t backfill, bool backfill_waits, int64_t now_us);
/* Backfill work was done in so much time: of events, or none of them in particular. */
void lane_share_took(LaneShare *s, size_t backfill, int64_t us, int64_t now_us);

/* Whether a lane must be left alone until the broker has confirmed what this process has sent: above most
 * events for the backfill and twice as many for live ones, until half of that is left. */
bool lane_is_held_back(bool is_backfill, bool was_held_back, size_t in_flight, size_t most);

#endif
