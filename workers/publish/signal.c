/*
 * workers/publish/signal.c
 *    Counting a date's picks and naming what they amount to.
 */
#include "workers/publish/signal.h"

#include <math.h>
#include <string.h>

enum {
    MIN_WITH_LINE = 10,
    MIN_HIGH_EDGE = 3,
    UNDER_HEAVY_BELOW_PCT = 25,
    OVER_HEAVY_ABOVE_PCT = 45,
};
#define HIGH_EDGE 5.0

void
signal_count(SignalCounts *c, const char *recommendation, double edge)
{
    if (isnan(edge))
        return;
    c->with_line++;
    c->over += strcmp(recommendation, "OVER") == 0;
    c->high_edge += edge >= HIGH_EDGE;
}

DailySignal
daily_signal(const SignalCounts *c)
{
    if (c->with_line < MIN_WITH_LINE)
        return SIGNAL_UNKNOWN;
    if (100 * c->over < UNDER_HEAVY_BELOW_PCT * c->with_line)
        return SIGNAL_RED;
    if (c->high_edge < MIN_HIGH_EDGE || 100 * c->over > OVER_HEAVY_ABOVE_PCT * c->with_line)
        return SIGNAL_YELLOW;
    return SIGNAL_GREEN;
}

const char *
signal_name(DailySignal s)
{
    static const char *const names[] = {
        [SIGNAL_UNKNOWN] = NULL, [SIGNAL_GREEN] = "GREEN", [SIGNAL_YELLOW] = "YELLOW", [SIGNAL_RED] = "RED"};

    return names[s];
}

const char *
signal_public_name(DailySignal s)
{
    switch (s) {
    case SIGNAL_GREEN:
        return "favorable";
    case SIGNAL_RED:
        return "challenging";
    case SIGNAL_YELLOW:
    case SIGNAL_UNKNOWN:
        break;
    }
    return "neutral";
}
