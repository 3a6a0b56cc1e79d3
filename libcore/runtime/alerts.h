/*
 * libcore/runtime/alerts.h
 *    What people should look at: one open alert a cause, however often and by whichever process it is said.
 */
#ifndef TIPOFF_RUNTIME_ALERTS_H
#define TIPOFF_RUNTIME_ALERTS_H

#include "libcore/runtime/cell_store.h"
#include "libcore/runtime/worker.h"

/* Kinds that the runner itself raises. */
#define ALERT_CELL_FAILED "cell_failed"   /* the cell's last run ended failed */
#define ALERT_GATE_HELD "gate_held"       /* its gate waits for a failed or a short need */
#define ALERT_LETTER "letter"             /* a letter names it; the subject is the letter's number */
#define ALERT_CELL_OVERDUE "cell_overdue" /* it has not ended past its deadline; said by the monitor */
#define ALERT_CHECK_FAILED "check_failed" /* said by the monitor; the subject is the check */
#define ALERT_STALE_INPUT "stale_input"   /* it was made from a need that is too old; the subject is the need */

/* Of one cell. Borrowed. */
typedef struct {
    const char *kind;
    AlertSeverity severity;
    const char *subject; /* NULL: the cell itself */
    const char *message;
} Alert;

const char *alert_severity_name(AlertSeverity s); /* "info", "warning", "critical" */

/* 16 hex digits over kind, cell and subject: the same cause, the same fingerprint. */
const char *alert_fingerprint(CellKey cell, const char *kind, const char *subject, Arena *a);

/* Opens the alert, or counts it and takes the new message in when it is open. */
NODISCARD bool alert_raise(DbTx *tx, CellKey cell, const Alert *alert, Instant now, Arena *a, Err *err);
/* Likewise, of what is about no cell: the subject says what, and must not be NULL. */
NODISCARD bool alert_raise_apart(DbTx *tx, const Alert *alert, Instant now, Arena *a, Err *err);
/* Resolves the cell's open alerts of the kind. */
NODISCARD bool alerts_resolve(DbTx *tx, CellKey cell, const char *kind, Instant now, Err *err);
/* A run of the cell has said these: raises them, and resolves every other one that is open but those of
 * letters, which end with their letter, and of the monitor, which looks again. */
NODISCARD bool alerts_of_run(DbTx *tx, CellKey cell, const Alert *alerts, size_t count, Instant now, Arena *a,
                             Err *err);

/* A figure that a run of a cell has said. Borrowed. */
typedef struct {
    const char *name;
    double value;
} Measure;

/* Makes these the cell's only measures; those without a value are left out. */
NODISCARD bool measures_store(DbTx *tx, CellKey cell, const Measure *measures, size_t count, Arena *a, Err *err);

#endif
