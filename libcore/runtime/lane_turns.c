/*
 * libcore/runtime/lane_turns.c
 *    Shares, clock and slots together.
 */
#include "libcore/runtime/lane_turns.h"
#include "libcore/runtime/batch.h"

bool
lane_turns_is_bounded(const LaneTurns *t)
{
    return lane_turn_us(&t->share, clock_mono_us(t->clock)) != INT64_MAX;
}

bool
lane_turns_may_begin(LaneTurns *t)
{
    const int64_t now = clock_mono_us(t->clock);

    if (!lane_turns_is_bounded(t))
        return true;
    if (lane_rest_us(&t->share, now) > 0)
        return false;
    if (turn_slots_take(t->slots))
        return true;
    lane_share_yield(&t->share, now);
    return false;
}

int64_t
lane_turns_until(const LaneTurns *t, bool may_begin)
{
    const int64_t now = clock_mono_us(t->clock), turn = lane_turn_us(&t->share, now);

    if (!may_begin)
        return BACKFILL_NONE;
    return turn == INT64_MAX ? 0 : now + turn;
}

void
lane_turns_took(LaneTurns *t, size_t events, int64_t started_us)
{
    const int64_t now = clock_mono_us(t->clock);

    lane_share_took(&t->share, events, now - started_us, now);
}

void
lane_turns_end(LaneTurns *t)
{
    turn_slots_give(t->slots);
}

int64_t
lane_turns_wait_us(const LaneTurns *t, int64_t most_us)
{
    const int64_t rest = lane_rest_us(&t->share, clock_mono_us(t->clock));

    return rest < most_us ? rest : most_us;
}
