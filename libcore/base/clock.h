/*
 * libcore/base/clock.h
 *    The one source of time: a system clock for running, a manual one for tests and replays.
 *
 * Wall time (Instant) and monotonic time (microseconds from an arbitrary zero) never mix: deadlines
 * of the pipeline are wall time, waits and durations are monotonic.
 */
#ifndef TIPOFF_BASE_CLOCK_H
#define TIPOFF_BASE_CLOCK_H

#include "libcore/base/date.h"

typedef struct Clock Clock;

/* The machine's clocks. Never NULL. */
Clock *clock_system_new(void);
/* A wall clock that reads start now and then runs at the machine's pace. Never NULL. */
Clock *clock_system_new_at(Instant start);
/* Stands still at start until it is advanced; monotonic time starts at 0. Never NULL. */
Clock *clock_manual_new(Instant start);
void clock_free(Clock *c); /* NULL is fine */

/* Only for a manual clock; us must not be negative. Wall and monotonic time move alike. */
void clock_manual_advance(Clock *c, int64_t us);

Instant clock_now(const Clock *c);
/* The Eastern calendar day of clock_now(). */
GameDate clock_today(const Clock *c);
/* Microseconds that never go back; only differences mean something. */
int64_t clock_mono_us(const Clock *c);

#endif
