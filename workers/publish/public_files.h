/*
 * workers/publish/public_files.h
 *    The public folder follows the published_file rows: each file is written beside and renamed.
 */
#ifndef TIPOFF_WORKERS_PUBLIC_FILES_H
#define TIPOFF_WORKERS_PUBLIC_FILES_H

#include "libcore/runtime/worker.h"

/* Writes every file whose row differs from what was written last, or that is not there; of several
 * rows with one path the one of the latest date counts. generated_at, which is no content, is put in
 * as the file is written. Safe to repeat: a process that dies in between starts with this. */
NODISCARD bool public_files_sync(DbTx *tx, const WorkerContext *ctx, Arena *a, Err *err);

#endif
