/*
 * workers/publish/signal.h
 *    The daily signal: how lopsided a system's picks of one date are, and how many are strong.
 *
 * It is display, and a condition of some groups; it blocks no prediction.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_SIGNAL_H
#define TIPOFF_WORKERS_PUBLISH_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    SIGNAL_UNKNOWN, /* fewer than 10 predictions with a line */
    SIGNAL_GREEN,
    SIGNAL_YELLOW,
    SIGNAL_RED,
} DailySignal;

typedef struct {
    int32_t with_line; /* PASS included */
    int32_t over;
    int32_t high_edge; /* edge from 5 */
} SignalCounts;

/* Counts one prediction of the date; edge is NaN without a line, and then nothing is counted. */
void signal_count(SignalCounts *c, const char *recommendation, double edge);

/* Below 25 % OVER is RED; else fewer than 3 strong picks, or above 45 % OVER, is YELLOW; else
 * GREEN. */
DailySignal daily_signal(const SignalCounts *c);

/* GREEN, YELLOW or RED; NULL when unknown. */
const char *signal_name(DailySignal s);

/* favorable, neutral or challenging; neutral when unknown. */
const char *signal_public_name(DailySignal s);

#endif
