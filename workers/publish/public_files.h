/*
 * workers/publish/public_files.h
 *    The public folder follows the database: each file is written beside and renamed.
 */
#ifndef TIPOFF_WORKERS_PUBLIC_FILES_H
#define TIPOFF_WORKERS_PUBLIC_FILES_H

#include "libcore/runtime/worker.h"

/* A file that is made when it is written, and not from one row: its body through a date; NULL leaves
 * what stands there. */
typedef struct {
    const char *path;
    bool (*compose)(DbTx *tx, GameDate through, Arena *a, const char **body, Err *err);
} ComposedFile;

/* Writes every file of the view predictions.public_file whose content differs from what was written
 * last, or that is not there in the size that was written. generated_at, which is no content, is put
 * in as the file is written. Safe to repeat: a process that dies in between starts with this. */
NODISCARD bool public_files_sync(DbTx *tx, const WorkerContext *ctx, const ComposedFile *composed,
                                 size_t composed_count, Arena *a, Err *err);

#endif
