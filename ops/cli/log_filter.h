/*
 * ops/cli/log_filter.h
 *    Which lines of a log are asked for. Reads both formats; no files, no clock of its own.
 */
#ifndef TIPOFF_OPS_LOG_FILTER_H
#define TIPOFF_OPS_LOG_FILTER_H

#include "libcore/base/arena.h"
#include "libcore/base/log.h"

typedef struct {
    LogLevel level;   /* of it or worse */
    const char *date; /* YYYY-MM-DD: a game date that the line speaks of, in any of its fields; NULL: any */
    const char *grep; /* text that the line holds; NULL: any */
} LogFilter;

/* When the line was written, as it says: a text that sorts by time. NULL when it is no line of a log. In a. */
const char *log_line_time(const char *line, Arena *a);
/* A line that is none of the logger's (a library's, a crash's) passes as an error. */
bool log_line_passes(const char *line, const LogFilter *f);

#endif
