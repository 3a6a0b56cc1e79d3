/*
 * libcore/runtime/sink_tests.h
 *    Once an Eastern day each sink of alerts is sent a test, so that a sink that cannot be reached is known before it
 *    is needed.
 */
#ifndef TIPOFF_RUNTIME_SINK_TESTS_H
#define TIPOFF_RUNTIME_SINK_TESTS_H

#include "libcore/runtime/alert_delivery.h"

#define ALERT_SINK_FAILED "sink_failed" /* said by the monitor; the subject is the sink */

/* The last test of a sink. */
typedef struct {
    GameDate day; /* GAME_DATE_NULL: there was none */
    bool failed;
    Instant due_at; /* after a failure: when it is tried again */
} SinkTest;

/* The day's test is due from that hour on, Eastern, and again after each failure until it is delivered. */
bool sink_test_is_due(const SinkTest *last, int hour, Instant now);

/* Tests one sink that is due, if there is one: *tested. Its failure is an alert until a test is delivered or the sink
 * is no more. As in a round of deliveries nothing is written before it has been sent, and one process of all does
 * it. */
NODISCARD bool sink_tests_round(DbTx *tx, const AlertRoutes *routes, int hour, Instant now, Arena *a, bool *tested,
                                Err *err);

#endif
