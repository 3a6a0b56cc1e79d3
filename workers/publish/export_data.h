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
#include "workers/publish/present.h"
#include "workers/publish/status_json.h"
typedef struct {
    DbTx *tx;
    Arena *a; /* what was read lives here */
    GameDate today;
    const char *champion;
    int32_t season_year;    /* of the newest graded or predicted date; NULL_I32 while there is none */
    const PickDays *graded; /* NULL until export_graded() */
    const Present *present; /* NULL until export_present_data() */
    const StaleFile *stale; /* that the export has found so far */
    size_t stale_count;
} ExportData;

NODISCARD bool export_data_open(DbTx *tx, GameDate today, Arena *a, ExportData *out, Err *err);

/* The champion's graded picks of the season, oldest date first. Valid until the transaction ends. */
NODISCARD bool export_graded(ExportData *d, const PickDays **out, Err *err);

/* Tonight's slate, and the season by player. */
NODISCARD bool export_present_data(ExportData *d, const Present **out, Err *err);

/* Daily figures of every system, of the season. */
NODISCARD bool export_system_days(ExportData *d, const SystemDaily **out, size_t *count, Err *err);

/* The newest cells that services show. */
enum { SERVICE_COUNT = 3 };
NODISCARD bool export_services(ExportData *d, ServiceState out[SERVICE_COUNT], Err *err);
/* The messages of open critical alerts that concern no date, or the newest ones. */
NODISCARD bool export_issues(ExportData *d, const char *const **out, size_t *count, Err *err);

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
