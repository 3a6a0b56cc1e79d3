/*
 * ops/cli/log_filter.c
 *    Find a field at its place: the time comes first and the level after it, in both formats.
 */
#include "ops/cli/log_filter.h"
#include <string.h>

/* What follows the name of a field of either format; NULL without it. */
static const char *
after(const char *line, const char *logfmt, const char *json)
{
    const char *at = strstr(line, line[0] == '{' ? json : logfmt);

    return at != NULL ? at + strlen(line[0] == '{' ? json : logfmt) : NULL;
}

static bool
is_of_logger(const char *line)
{
    return strncmp(line, "time=", 5) == 0 || strncmp(line, "{\"time\":\"", 9) == 0;
}

const char *
log_line_time(const char *line, Arena *a)
{
    const char *time = is_of_logger(line) ? after(line, "time=", "{\"time\":\"") : NULL;

    return time != NULL ? arena_strndup(a, time, strcspn(time, " \"")) : NULL;
}

static LogLevel
level_of(const char *line)
{
    const char *text = is_of_logger(line) ? after(line, " level=", "\"level\":\"") : NULL;
    char word[8] = "";
    LogLevel level;

    if (text != NULL && strcspn(text, " \"") < sizeof word)
        memcpy(word, text, strcspn(text, " \""));
    return log_level_parse(word, &level) ? level : LVL_ERROR;
}

/* The line without its time, which is no game date. */
static const char *
after_time(const char *line)
{
    const char *time = is_of_logger(line) ? after(line, "time=", "{\"time\":\"") : NULL;

    return time != NULL ? time + strcspn(time, " \"") : line;
}

bool
log_line_passes(const char *line, const LogFilter *f)
{
    return level_of(line) <= f->level && (f->date == NULL || strstr(after_time(line), f->date) != NULL)
           && (f->grep == NULL || strstr(line, f->grep) != NULL);
}
