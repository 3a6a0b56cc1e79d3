/*
 * workers/collect/collect_end.h
 *    How a collect cell ends, from its manifest alone: from a file that was read, or from what raw has kept.
 */
#ifndef TIPOFF_WORKERS_COLLECT_END_H
#define TIPOFF_WORKERS_COLLECT_END_H

#include "events_gen.h"
#include "libcore/runtime/cell_run.h"

/* What the manifest of a file that cannot be used as a whole has in its id. */
#define UNUSABLE_MANIFEST ":unusable"

/* Status, reason, counts and content hash. broken: why the file cannot be used; NULL when it can. */
void collect_end_of(const FeedManifest *manifest, const char *broken, CellEnd *end, Arena *a);

/* A collect cell that the grid has lost, as the manifest that was sent last says that it ended. Its file is
 * not read, nothing goes out, and nobody is told: it is what it was. *restored: false when no manifest is kept
 * of it. The cell is locked. */
NODISCARD bool collect_restore(DbTx *tx, const RunContext *rc, CellKey key, bool *restored, Err *err);

#endif
