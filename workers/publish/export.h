/*
 * workers/publish/export.h
 *    An export: what a target shows follows one snapshot of the database, and its manifest is swapped last.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_EXPORT_H
#define TIPOFF_WORKERS_PUBLISH_EXPORT_H

#include "libcore/io/db.h"
#include "workers/publish/target.h"

typedef struct {
    Instant now;
    GameDate today;
    const char *build;
    GameDate only; /* dated files of this date and no other; null: of all */
    /* It is the deployment's own folder: one process at a time writes it, and the database keeps what the
     * last whole export was made of. */
    bool is_own;
    /* While earlier dates are being made, files that show the present are composed once a minute at most. */
    bool may_put_off;
} ExportOptions;

typedef struct {
    size_t files;   /* that the target now shows */
    size_t written; /* of those, by this export */
    size_t removed, stale;
    bool is_put_off; /* something that shows the present is due, and another export has to follow */
} ExportReport;

/* tx has just begun, and nothing was asked in it. A file whose content is what the manifest says is neither
 * composed into the target again nor sent. What an export finds nothing for stays, and is marked stale, unless
 * its date has no game any more. Safe to repeat: whoever dies in it leaves the old manifest, and the objects
 * that it names. */
NODISCARD bool export_run(DbTx *tx, const ExportOptions *o, Target *target, Arena *a, ExportReport *out, Err *err);

/* What is wrong with a target, one sentence an item, in a: files of the manifest that are missing or are not
 * what it says. */
typedef struct {
    size_t files, bytes;
    const char **faults;
    size_t fault_count, fault_cap;
} ExportCheck;
NODISCARD bool export_check(Target *target, Arena *a, ExportCheck *out, Err *err);

#endif
