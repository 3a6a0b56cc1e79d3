/*
 * workers/predictions/breaker_core.h
 *    When a prediction system that fails again and again is left alone, and when it is tried again.
 *
 *    closed    -- 5 failures in a row -->  open
 *    open      -- 30 minutes later    -->  half open
 *    half open -- a failure           -->  open
 *    half open -- 2 successes         -->  closed
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_BREAKER_CORE_H
#define TIPOFF_WORKERS_PREDICTIONS_BREAKER_CORE_H

#include <stdbool.h>
#include "libcore/base/date.h"
#include "libcore/base/macros.h"

enum { BREAKER_FAILURES = 5, BREAKER_SUCCESSES = 2, BREAKER_OPEN_MINUTES = 30 };

typedef enum { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_HALF_OPEN, BREAKER_STATE_COUNT } BreakerState;

const char *breaker_state_name(BreakerState s); /* "closed", "open", "half_open" */
NODISCARD bool breaker_state_parse(const char *name, BreakerState *out);

typedef struct {
    BreakerState state;
    int32_t failures;  /* in a row, while closed */
    int32_t successes; /* in a row, while half open */
    Instant opened_at; /* INSTANT_NULL unless it has been opened */
    Instant last_failure_at;
} Breaker;

Breaker breaker_new(void);
/* May the system be tried? An open breaker whose time is over is half open from here on. */
bool breaker_allows(Breaker *b, Instant now);
/* What came of a try. An open breaker takes no notice: it was a try from before. */
void breaker_note(Breaker *b, bool is_failure, Instant now);
/* Closed and without a failure: nothing that anybody has to remember. */
bool breaker_is_at_rest(const Breaker *b);

#endif
