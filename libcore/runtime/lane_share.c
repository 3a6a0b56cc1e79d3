/*
 * libcore/runtime/lane_share.c
 *    Shares by credit.
 */
#include "libcore/runtime/lane_share.h"

/* A turn of backfill events alone, while live ones flow, and how long they count as flowing. */
static const double TURN_US = 50000;
static const int64_t FLOWS_US = 10000000;

LaneShare
lane_share_new(int percent)
{
    return (LaneShare){.share = percent / 100.0, .last_live = INT64_MIN};
}

static size_t
rounded_up(double x)
{
    const size_t n = (size_t)x;

    return (double)n < x ? n + 1 : n;
}

size_t
lane_live_most(const LaneShare *s, size_t max)
{
    const size_t kept = rounded_up(s->share * (double)max);

    return kept < max ? max - kept : 1;
}

static bool
is_live_flowing(const LaneShare *s, int64_t now_us)
{
    return s->last_live != INT64_MIN && now_us - s->last_live < FLOWS_US;
}

size_t
lane_backfill_most(const LaneShare *s, size_t live, size_t max, int64_t now_us)
{
    const size_t left = max > live ? max - live : 0;
    size_t n = left;

    if (live > 0) {
        const double owed = s->credit + (double)live * s->share / (1 - s->share);

        n = owed >= 1 ? (size_t)owed : 0;
    } else if (is_live_flowing(s, now_us) && s->event_us > 0) {
        n = rounded_up(TURN_US / s->event_us);
    }
    return n < left ? n : left;
}

/* What was owed while nothing waited is forgotten; so is what was had while no live event came. */
void
lane_share_note(LaneShare *s, size_t live, size_t backfill, bool backfill_waits, int64_t now_us)
{
    if (live > 0) {
        s->credit += (double)live * s->share / (1 - s->share) - (double)backfill;
        s->last_live = now_us;
    }
    if (!backfill_waits || s->credit < 0)
        s->credit = 0;
}

void
lane_share_took(LaneShare *s, size_t backfill, int64_t us)
{
    const double each = backfill > 0 ? (double)us / (double)backfill : 0;

    if (backfill > 0)
        s->event_us = s->event_us > 0 ? 0.7 * s->event_us + 0.3 * each : each;
}

bool
lane_is_held_back(bool is_backfill, bool was_held_back, size_t in_flight, size_t most)
{
    const size_t bound = is_backfill ? most : 2 * most;

    return was_held_back ? in_flight > bound / 2 : in_flight > bound;
}
