/*
 * libcore/runtime/alert_delivery.h
 *    Tells people of alerts: a message when one opens, one when nobody has seen it for a while, one when it is over.
 *
 * What is to be said stands in ops.alert_message, so that a process that dies says it again at most, and nothing is
 * lost while nobody can be reached.
 */
#ifndef TIPOFF_RUNTIME_ALERT_DELIVERY_H
#define TIPOFF_RUNTIME_ALERT_DELIVERY_H

#include "libcore/runtime/alert_routes.h"

typedef struct {
    size_t sent, failed;
    bool has_more; /* some are due */
} AlertRound;

/* One round: sends a few of the messages that are due, and writes down which new ones are. Nothing is written before
 * all has been sent, so that a slow receiver keeps no row locked and no transaction id busy. Only one process at a
 * time does it; the others find nothing to do. escalate_us: of silence; 0: never. */
NODISCARD bool alert_delivery_round(DbTx *tx, const AlertRoutes *routes, int64_t escalate_us, Instant now, Arena *a,
                                    AlertRound *out, Err *err);

/* A message that stands in no table, to see that a sink can be reached. */
NODISCARD bool alert_delivery_test(DbTx *tx, const AlertSink *sink, Instant now, Arena *a, Err *err);

/* Somebody has seen it. *found: it was open. */
NODISCARD bool alert_ack(DbTx *tx, int64_t id, const char *by, const char *reason, Instant now, bool *found, Err *err);

#endif
