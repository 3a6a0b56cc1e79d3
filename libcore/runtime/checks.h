/*
 * libcore/runtime/checks.h
 *    The catalogue of checks in schemas/checks: SQL that says a figure of a date and its limits, and the
 *    verdict on it.
 */
#ifndef TIPOFF_RUNTIME_CHECKS_H
#define TIPOFF_RUNTIME_CHECKS_H

#include "libcore/io/db.h"
#include "libcore/runtime/alerts.h"

typedef struct {
    const char *name, *says, *group, *phase;
    AlertSeverity severity;
    bool more_is_better;
    bool has_need; /* a cell that must have ended with rows */
    ProcessorId need;
    bool takes_now; /* its query has $2 */
    const char *sql;
} Check;

typedef enum { CHECK_OK, CHECK_WARNING, CHECK_FAILURE, CHECK_NOTHING, CHECK_VERDICTS } CheckVerdict;

const char *check_verdict_name(CheckVerdict v); /* "ok", "warning", "failure", "nothing" */

/* What a check says of a date. NaN: it says none. In the arena of check_run(). */
typedef struct {
    CheckVerdict verdict;
    double value, warn, fail;
    const char *detail; /* NULL, or a few words; of CHECK_NOTHING why */
} CheckResult;

/* A value is judged by its limits: at a limit it still passes. NaN is nothing to look at. */
CheckVerdict check_judge(double value, double warn, double fail, bool more_is_better);

/* Reads a check's file; what it holds lives in a. ERR_CONFIG names what its header lacks. */
NODISCARD bool check_parse(const char *name, const char *text, Arena *a, Check *out, Err *err);
/* Every check of a folder, by name; in a. */
NODISCARD bool checks_load(const char *dir, Arena *a, Check **out, size_t *count, Err *err);

NODISCARD bool check_run(DbTx *tx, const Check *check, GameDate date, Instant now, Arena *a, CheckResult *out,
                         Err *err);

#endif
