/*
 * workers/publish/file_kinds.h
 *    The kinds of public files, as one table: path, how long to keep it, its JSON Schema, and how it is made.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_FILE_KINDS_H
#define TIPOFF_WORKERS_PUBLISH_FILE_KINDS_H

#include "libcore/runtime/pipeline.h"
#include "workers/publish/export_data.h"

/* A set of processors. */
typedef uint64_t ProcessorSet;
#define READS(processor) (UINT64_C(1) << (processor))

typedef struct {
    const char *name;   /* the schema's, too, without "-latest": schemas/json/NAME.schema.json */
    const char *path;   /* with {date} or {player} in place of what differs */
    int max_age_s;      /* how long a cache may keep it */
    ProcessorSet reads; /* whose cells make it another one */
    /* NULL: files of one date each, which are rows of their date's cells. Else it is composed when files are
     * written and something that it reads has changed; a kind that composes nothing has nothing to say. */
    bool (*compose)(ExportData *d, ComposedFiles *out, Err *err);
    bool is_every_export; /* composed whatever has changed */
} FileKind;

extern const FileKind file_kinds[];
extern const size_t file_kind_count;

/* The kind of dated files that has this path; NULL when there is none. */
const FileKind *dated_kind_of(const char *path);
/* "FOLDER/DATE.json" of a dated kind, in a. */
const char *dated_path(const char *kind, GameDate date, Arena *a);

#endif
