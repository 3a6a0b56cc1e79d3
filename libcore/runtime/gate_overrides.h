/*
 * libcore/runtime/gate_overrides.h
 *    Gates that operators have opened: ops.gate_override.
 */
#ifndef TIPOFF_RUNTIME_GATE_OVERRIDES_H
#define TIPOFF_RUNTIME_GATE_OVERRIDES_H

#include "libcore/io/db.h"
#include "libcore/runtime/gate.h"

/* Said when an override is granted, so that the workers look at their gates again. */
#define GATE_CHANNEL "tipoff_gate"

/* Those in force at now, one a cell, by (date, processor). Made in a. */
NODISCARD bool gate_overrides_load(DbTx *tx, Instant now, Arena *a, GateOverride **out, size_t *count, Err *err);

/* NULL when there is none for the cell. */
const GateOverride *gate_override_find(const GateOverride *list, size_t count, ProcessorId processor, GameDate date);

#endif
