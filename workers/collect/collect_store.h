/*
 * workers/collect/collect_store.h
 *    The SQL of collect: rejected rows with their bytes, what is about to come, and the room that is left
 *    on the broker.
 */
#ifndef TIPOFF_WORKERS_COLLECT_STORE_H
#define TIPOFF_WORKERS_COLLECT_STORE_H

#include "events_gen.h"
#include "libcore/runtime/cell_store.h"

/* A season's schedule has no cell: its rejected rows stand under this processor. */
#define SCHEDULE_PROCESSOR "schedule"

/* Rows that a file lost, in place of those that it lost before. rows may be NULL. */
NODISCARD bool collect_store_rejected(DbTx *tx, GameDate date, const char *processor, const FeedRejection *items,
                                      const Bytes *rows, size_t count, Arena *a, Err *err);

/* A file that was refused as a whole, likewise. */
NODISCARD bool collect_store_refused(DbTx *tx, GameDate date, const char *processor, const char *file,
                                     const char *reason, Arena *a, Err *err);

/* Forgets the rejected rows of a season's schedule. */
NODISCARD bool collect_forget_schedule_rejected(DbTx *tx, int32_t season_year, Err *err);

/* The fullest partition's bytes that raw has not covered. */
NODISCARD bool collect_unconsumed(DbTx *tx, const char *incarnation, int64_t *bytes, Err *err);

/* Forgets where the events of a run stand on the broker, so that the sweeper sends them once more. */
NODISCARD bool collect_forget_places(DbTx *tx, const char *run_id, Err *err);

/* Dates of from..to of which a feed was collected, in order. Made in a. */
NODISCARD bool collect_dates_before(DbTx *tx, GameDate from, GameDate to, Arena *a, GameDate **out, size_t *count,
                                    Err *err);

/* Says of these cells that something new comes, or that nothing does after all; then those that wait for
 * them are told. */
NODISCARD bool collect_mark(DbTx *tx, const CellKey *cells, size_t count, bool comes, Err *err);

#endif
