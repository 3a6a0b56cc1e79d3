/*
 * workers/publish/export_data.h
 *    What the files that show the present are composed from: one snapshot of the database, of which each
 *    part is read when the first file needs it.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_EXPORT_DATA_H
#define TIPOFF_WORKERS_PUBLISH_EXPORT_DATA_H

#include "libcore/io/db.h"
#include "tables_gen.h"
#include "workers/publish/pick.h"

typedef struct {
    DbTx *tx;
    Arena *a; /* what was read lives here */
    GameDate today;
    const char *champion;
    int32_t season_year;    /* of the newest graded or predicted date; NULL_I32 while there is none */
    const PickDays *graded; /* NULL until export_graded() */
} ExportData;

NODISCARD bool export_data_open(DbTx *tx, GameDate today, Arena *a, ExportData *out, Err *err);

/* The champion's graded picks of the season, oldest date first. Valid until the transaction ends. */
NODISCARD bool export_graded(ExportData *d, const PickDays **out, Err *err);

/* A file as a kind composes it: the text without generated_at. */
typedef struct {
    const char *path;
    GameDate date; /* that it shows; null where that means nothing */
    const char *body;
} ComposedFile;

typedef struct {
    Arena *a;
    ComposedFile *items;
    size_t count, cap;
} ComposedFiles;

void composed_add(ComposedFiles *files, const char *path, GameDate date, const char *body);

#endif
