/*
 * libcore/runtime/letters.h
 *    Dead letters: an event that could not be processed, kept with its bytes, its coordinates and
 *    the reason, until a retry succeeds.
 */
#ifndef TIPOFF_RUNTIME_LETTERS_H
#define TIPOFF_RUNTIME_LETTERS_H

#include "libcore/io/bus.h"
#include "libcore/io/db.h"
#include "libcore/runtime/cell_run.h"

/* The id of an event that carries none, from where it stands in the log. */
const char *letter_synthetic_id(const char *incarnation, const char *topic, int32_t partition, int64_t offset,
                                Arena *a);

/* 16 hex digits over class, code and the message without what differs from event to event (digits, values in
 * single quotes, what stands in parentheses): letters of one cause share it. */
const char *letter_fingerprint(const Err *cause, Arena *a);

/* Writes or repeats the letter of (worker, event id) with its attempt, and adds its record for TOPIC.dlq to
 * rc->events. *id is the letter's number. One that a retry sent and that comes back with the same fingerprint
 * is parked; one that was parked or skipped stays so while its fingerprint does. */
NODISCARD bool letter_write(DbTx *tx, const RunContext *rc, const char *worker, const char *incarnation,
                            const BusMessage *m, const char *event_id, const Err *cause, int64_t *id, Err *err);

/* Names the cell that the letter holds up. */
NODISCARD bool letter_name_cell(DbTx *tx, int64_t id, CellKey cell, Err *err);

#endif
