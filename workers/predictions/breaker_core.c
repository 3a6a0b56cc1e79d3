/*
 * workers/predictions/breaker_core.c
 *    The states of a circuit breaker.
 */
#include "workers/predictions/breaker_core.h"
#include <string.h>

static const int64_t OPEN_US = INT64_C(60000000) * BREAKER_OPEN_MINUTES;

static const char *const names[BREAKER_STATE_COUNT] = {
    [BREAKER_CLOSED] = "closed",
    [BREAKER_OPEN] = "open",
    [BREAKER_HALF_OPEN] = "half_open",
};

const char *
breaker_state_name(BreakerState s)
{
    return names[s];
}

bool
breaker_state_parse(const char *name, BreakerState *out)
{
    for (BreakerState s = BREAKER_CLOSED; s < BREAKER_STATE_COUNT; s++) {
        if (strcmp(names[s], name) == 0) {
            *out = s;
            return true;
        }
    }
    return false;
}

Breaker
breaker_new(void)
{
    return (Breaker){.opened_at = INSTANT_NULL, .last_failure_at = INSTANT_NULL};
}

bool
breaker_allows(Breaker *b, Instant now)
{
    if (b->state == BREAKER_OPEN && now.us - b->opened_at.us >= OPEN_US) {
        b->state = BREAKER_HALF_OPEN;
        b->failures = b->successes = 0;
    }
    return b->state != BREAKER_OPEN;
}

static void
note_failure(Breaker *b, Instant now)
{
    b->last_failure_at = now;
    b->failures++;
    if (b->state == BREAKER_HALF_OPEN || b->failures >= BREAKER_FAILURES) {
        b->state = BREAKER_OPEN;
        b->opened_at = now;
    }
}

static void
note_success(Breaker *b)
{
    if (b->state == BREAKER_CLOSED) {
        b->failures = 0;
    } else if (++b->successes >= BREAKER_SUCCESSES) {
        b->state = BREAKER_CLOSED;
        b->failures = b->successes = 0;
    }
}

void
breaker_note(Breaker *b, bool is_failure, Instant now)
{
    if (b->state == BREAKER_OPEN)
        return;
    if (is_failure)
        note_failure(b, now);
    else
        note_success(b);
}

bool
breaker_is_at_rest(const Breaker *b)
{
    return b->state == BREAKER_CLOSED && b->failures == 0;
}
