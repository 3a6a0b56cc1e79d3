/*
 * workers/features/gap_store.h
 *    The gaps of a date in features.feature_store_gaps: found again, found anew, found no more.
 */
#ifndef TIPOFF_WORKERS_GAP_STORE_H
#define TIPOFF_WORKERS_GAP_STORE_H

#include "libcore/io/db.h"
#include "workers/features/feature_gaps.h"

/* Makes these the open gaps of the date: one that is open keeps the time of its detection, one that was
 * resolved is open again, and those that are not among them are resolved. players: of whom they are;
 * gaps of others are left alone. NULL for everybody. */
NODISCARD bool gaps_store(DbTx *tx, GameDate date, const TextArray *players, const FeatureGap *gaps, size_t count,
                          Instant now, Arena *a, Err *err);

#endif
