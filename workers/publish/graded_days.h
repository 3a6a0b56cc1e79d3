/*
 * workers/publish/graded_days.h
 *    The champion's graded picks of a season, kept in the process and refreshed by cell version.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_GRADED_DAYS_H
#define TIPOFF_WORKERS_PUBLISH_GRADED_DAYS_H

#include "libcore/io/db.h"
#include "workers/publish/pick.h"

/* A grading cell as it stands. */
typedef struct {
    GameDate date;
    int32_t version;
} GradedDate;

/* The graded picks of the system on exactly these dates, which ascend; a date is read again when its
 * version differs from the one that was read. Dates without a row of the system are left out. The
 * array is made in a; the picks stay valid until the next call on the same connection. */
NODISCARD bool graded_days_load(DbTx *tx, const char *system, const GradedDate *dates, size_t count, Arena *a,
                                PickDays *out, Err *err);

#endif
