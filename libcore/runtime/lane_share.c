/*
 * libcore/runtime/lane_share.c
 *    Shares by credit.
 */
#include "libcore/runtime/lane_share.h"

/* Backfill work in one piece while live events flow, and how long they count as flowing. */
static const int64_t TURN_US = 15000, FLOWS_US = 10000000;
/* After which it is tried again to have the turn. */
static const int64_t YIELD_US = 5000;

LaneShare
lane_share_new(int percent)
{
    return (LaneShare){.share = percent / 100.0, .last_live = INT64_MIN, .rests_until = INT64_MIN};
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

int64_t
lane_turn_us(const LaneShare *s, int64_t now_us)
{
    return is_live_flowing(s, now_us) ? TURN_US : INT64_MAX;
}

int64_t
lane_rest_us(const LaneShare *s, int64_t now_us)
{
    return is_live_flowing(s, now_us) && s->rests_until > now_us ? s->rests_until - now_us : 0;
}

void
lane_share_yield(LaneShare *s, int64_t now_us)
{
    if (s->rests_until < now_us + YIELD_US)
        s->rests_until = now_us + YIELD_US;
}

size_t
lane_backfill_most(const LaneShare *s, size_t live, size_t max, int64_t now_us)
{
    const size_t left = max > live ? max - live : 0;
    size_t n = left;

    if (live > 0) {
        const double owed = s->credit + (double)live * s->share / (1 - s->share);

        n = owed >= 1 ? (size_t)owed : 0;
    } else if (lane_rest_us(s, now_us) > 0) {
        n = 0;
    } else if (is_live_flowing(s, now_us) && s->event_us > 0) {
        n = rounded_up((double)TURN_US / s->event_us);
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

/* Of a time t and the rest after it, t is the share. */
static int64_t
rest_after(double share, int64_t us)
{
    const double rest = share > 0 ? (double)us * (1 - share) / share : (double)FLOWS_US;

    return rest < (double)FLOWS_US ? (int64_t)rest : FLOWS_US;
}

void
lane_share_took(LaneShare *s, size_t backfill, int64_t us, int64_t now_us)
{
    const double each = backfill > 0 ? (double)us / (double)backfill : 0;

    if (backfill > 0)
        s->event_us = s->event_us > 0 ? 0.7 * s->event_us + 0.3 * each : each;
    if (us > 0 && is_live_flowing(s, now_us))
        s->rests_until = now_us + lane_rest_us(s, now_us) + rest_after(s->share, us);
}

bool
lane_is_held_back(bool is_backfill, bool was_held_back, size_t in_flight, size_t most)
{
    const size_t bound = is_backfill ? most : 2 * most;

    return was_held_back ? in_flight > bound / 2 : in_flight > bound;
}
