/*
 * libcore/runtime/health.h
 *    What only a query knows of the whole deployment. One process asks, every few seconds; the others do
 *    not, however many there are and however often they are scraped.
 */
#ifndef TIPOFF_RUNTIME_HEALTH_H
#define TIPOFF_RUNTIME_HEALTH_H

#include "libcore/io/db.h"

typedef struct {
    int64_t overdue_cells;
    int64_t open_letters;
    int64_t unsettled;         /* outbox rows that the broker has not confirmed */
    double oldest_unsettled_s; /* 0 when there is none */
} Health;

NODISCARD bool health_read(DbTx *tx, Instant now, GameDate today, Health *out, Err *err);

#endif
