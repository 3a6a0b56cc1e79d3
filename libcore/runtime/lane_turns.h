/*
 * libcore/runtime/lane_turns.h
 *    When backfill work of this process may begin, and how long it may go on: the shares of lane_share.h by the clock,
 *    and by what the machine's other workers do.
 */
#ifndef TIPOFF_RUNTIME_LANE_TURNS_H
#define TIPOFF_RUNTIME_LANE_TURNS_H

#include "libcore/base/clock.h"
#include "libcore/runtime/lane_share.h"
#include "libcore/runtime/turn_slots.h"

/* All is borrowed. */
typedef struct {
    LaneShare share;
    TurnSlots *slots;
    const Clock *clock;
} LaneTurns;

/* May backfill work that no live event came with begin now? Then the turn is this process's until lane_turns_end(). */
bool lane_turns_may_begin(LaneTurns *t);
/* For Process.backfill_until_us, of a transaction that begins now. */
int64_t lane_turns_until(const LaneTurns *t, bool may_begin);
/* Do live events flow, so that nobody is to wait for company? */
bool lane_turns_is_bounded(const LaneTurns *t);
/* Backfill work that began then is done: of events, or none of them in particular. */
void lane_turns_took(LaneTurns *t, size_t events, int64_t started_us);
void lane_turns_end(LaneTurns *t);
/* How long to wait for events, at most so long, where backfill work waits. */
int64_t lane_turns_wait_us(const LaneTurns *t, int64_t most_us);

#endif
