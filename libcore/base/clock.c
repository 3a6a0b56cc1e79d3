/*
 * libcore/base/clock.c
 *    The system clock with an optional shift, and the manual clock.
 */
#include "libcore/base/clock.h"
#include <assert.h>
#include <stdlib.h>
#include <time.h>

struct Clock {
    bool is_manual;
    int64_t shift_us; /* system: added to the machine's wall time */
    int64_t wall_us;  /* manual */
    int64_t mono_us;  /* manual */
};

static int64_t
read_us(clockid_t id)
{
    struct timespec ts;

    if (clock_gettime(id, &ts) != 0)
        abort();
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static Clock *
make(Clock value)
{
    Clock *c = malloc(sizeof *c);

    if (c == NULL)
        abort();
    *c = value;
    return c;
}

Clock *
clock_system_new(void)
{
    return make((Clock){.is_manual = false});
}

Clock *
clock_system_new_at(Instant start)
{
    assert(!instant_is_null(start));
    return make((Clock){.shift_us = start.us - read_us(CLOCK_REALTIME)});
}

Clock *
clock_manual_new(Instant start)
{
    assert(!instant_is_null(start));
    return make((Clock){.is_manual = true, .wall_us = start.us});
}

void
clock_free(Clock *c)
{
    free(c);
}

void
clock_manual_advance(Clock *c, int64_t us)
{
    assert(c->is_manual && us >= 0);
    c->wall_us += us;
    c->mono_us += us;
}

Instant
clock_now(const Clock *c)
{
    return (Instant){c->is_manual ? c->wall_us : read_us(CLOCK_REALTIME) + c->shift_us};
}

GameDate
clock_today(const Clock *c)
{
    return instant_game_date(clock_now(c));
}

int64_t
clock_mono_us(const Clock *c)
{
    return c->is_manual ? c->mono_us : read_us(CLOCK_MONOTONIC);
}
