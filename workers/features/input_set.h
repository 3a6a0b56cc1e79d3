/*
 * workers/features/input_set.h
 *    Which cells, in which versions, the feature rows of a date were read from.
 */
#ifndef TIPOFF_WORKERS_INPUT_SET_H
#define TIPOFF_WORKERS_INPUT_SET_H

#include "libcore/io/db.h"
#include "libcore/runtime/cell.h"

/* cells: a JSON array, in the order of the needs, of {processor, game_date, version, content_hash,
 * finished_at}. id: the SHA-256 of that text, so that equal sets are one. */
typedef struct {
    const char *id;
    const char *cells;
} InputSet;

/* The set of those needs that have a version. Made in a. */
InputSet input_set_of(const CellState *needs, size_t count, Arena *a);

/* Keeps the set in features.input_set, where it stands once. */
NODISCARD bool input_set_store(DbTx *tx, GameDate date, const InputSet *set, Err *err);

#endif
