/*
 * ops/cli/status_view.h
 *    What 'tipoff status' knows, and how it is laid out for people. No database, no terminal.
 */
#ifndef TIPOFF_OPS_STATUS_VIEW_H
#define TIPOFF_OPS_STATUS_VIEW_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/date.h"

/* Cells of one phase: of one date, or of all. */
typedef struct {
    int64_t cells;
    int64_t done, partial, degraded, no_data, failed; /* how they ended */
    int64_t waiting;                                  /* not ended */
    int64_t overdue;                                  /* of these, past their deadline */
    int64_t stale;                                    /* ended, and to be made again */
    int64_t last_minute;                              /* ended within it */
} StatusCells;

typedef struct {
    GameDate date;
    StatusCells *phases; /* as many as the view has */
} StatusDate;

typedef struct {
    const char *topic, *worker;
    int64_t live, backfill; /* events on the broker that the worker has not committed */
    int64_t committed;      /* all that it has; its growth is the rate */
    double per_second;      /* negative: not known yet */
    bool is_paused;
} StatusLag;

typedef struct {
    const char *worker, *error_class, *since;
    int64_t open;
} StatusLetters;

typedef struct {
    const char *name, *state, *host, *since;
    int64_t pid, partitions; /* 0: none */
} StatusWorker;

typedef struct {
    const char *target, *by, *since, *reason;
} StatusPause;

typedef struct {
    int64_t info, warning, critical; /* open */
} StatusAlertCounts;

/* A critical alert that is open. */
typedef struct {
    const char *kind, *date, *processor, *subject, *since, *message; /* NULL where it has none */
} StatusAlert;

/* A gate that somebody has opened. */
typedef struct {
    const char *date, *processor, *by, *until, *reason;
} StatusOverride;

typedef struct {
    const char *now, *run_dir;
    const char *feeds; /* that the deployment subscribes to */
    int supervisor;    /* its pid; 0: none */
    const char *const *phase_names;
    size_t phase_count;
    StatusDate *dates; /* in order */
    size_t date_count;
    StatusLag *lags;
    size_t lag_count;
    StatusLetters *letters;
    size_t letter_count;
    StatusWorker *workers;
    size_t worker_count;
    StatusPause *pauses;
    size_t pause_count;
    StatusAlertCounts alerts;
    StatusAlert *criticals; /* the newest, newest first */
    size_t critical_count;
    StatusOverride *overrides; /* in force */
    size_t override_count;
    int64_t unsent, open_requests;
    double oldest_unsent_s;
} StatusView;

/* Sums a phase over all dates. */
StatusCells status_sum(const StatusView *v, size_t phase);
/* The last date on which every cell of the phase has ended and every earlier one too; null when there
 * is none. */
GameDate status_last_done(const StatusView *v, size_t phase);
/* What a phase of a date is, in a word: "done", "no data", "partial", "degraded", "failed", "stale", or
 * how many have ended of how many, "late" before it when one is overdue; "-" without cells. */
const char *status_word(const StatusCells *c, Arena *a);

/* Lays it out within width columns and about height lines, 0 for no bound: of the dates, the last ones
 * are shown. Neighbours that look the same share a line. */
void status_render(const StatusView *v, int width, int height, Buf *out);

#endif
