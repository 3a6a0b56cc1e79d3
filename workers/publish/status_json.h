/*
 * workers/publish/status_json.h
 *    status.json: whether what is published is as new as it should be.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_STATUS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_STATUS_JSON_H

#include "libcore/base/arena.h"
#include "libcore/base/date.h"

/* The newest cell that a service shows. */
typedef struct {
    const char *name;
    GameDate date;       /* null: it has shown nothing yet */
    const char *status;  /* of the cell */
    const char *reason;  /* NULL without one */
    Instant finished_at; /* null likewise */
    GameDate awaited;    /* an earlier or present date that has games and of which nothing is shown; null: none */
} ServiceState;

/* A file with nothing newer, though there should be. */
typedef struct {
    const char *path, *reason;
    Instant since;
} StaleFile;

/* The text, in a, has no generated_at, and changes only with what it is made from. issues: open critical alerts.
 * Live data is not_available: no feed of games under way exists. */
const char *status_json(const ServiceState *services, size_t service_count, const StaleFile *stale, size_t stale_count,
                        const char *const *issues, size_t issue_count, Arena *a);

#endif
