/*
 * libcore/base/log.h
 *    One line per event on stderr: logfmt for people, or JSON.
 *
 * The format string names the fields: "cell=%s rows=%zu" gives two, whatever the values hold. Text
 * before the first field belongs to the event. A line is one write(2), so lines of several
 * processes on one pipe do not mix; it holds at most LOG_LINE_MAX bytes, and says so where it was
 * cut. The logger never fails and never allocates.
 */
#ifndef TIPOFF_BASE_LOG_H
#define TIPOFF_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include "libcore/base/err.h"

typedef enum { LVL_ERROR, LVL_WARN, LVL_INFO, LVL_DEBUG } LogLevel;

enum { LOG_LINE_MAX = 8192 }; /* with the newline */

/* "error", "warn", "info", "debug"; false for anything else. */
NODISCARD bool log_level_parse(const char *s, LogLevel *out);
const char *log_level_name(LogLevel level);

/* Call once before the first thread starts. Copies at most 63 bytes of worker, which may be NULL.
 * Before that, lines of LVL_INFO and worse are written as logfmt. */
void log_init(LogLevel min, bool json, const char *worker);
bool log_is_on(LogLevel level);

/* event: a short static name, such as "cell completed". */
void log_line(LogLevel level, const char *event, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* An event without fields. */
void log_event(LogLevel level, const char *event);
/* An error where it is decided upon, with its class, code, place and sentence. fmt: the event's
 * words and then its fields, as in "batch rolled back topic=%s". */
void log_err(LogLevel level, const Err *err, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define LOG_ERROR(...) log_line(LVL_ERROR, __VA_ARGS__)
#define LOG_WARN(...) log_line(LVL_WARN, __VA_ARGS__)
#define LOG_INFO(...) log_line(LVL_INFO, __VA_ARGS__)
#define LOG_DEBUG(...) log_line(LVL_DEBUG, __VA_ARGS__)

/* For a line that could repeat: the first one passes, then one every 30 s. Zero-initialise. */
typedef struct {
    bool has_passed;
    int64_t passed_us;
    uint64_t held_back;
} LogLimit;

/* True when the line should be written; *held_back is then the number of lines kept back since the
 * last one. mono_us from clock_mono_us(). */
bool log_limit_pass(LogLimit *l, int64_t mono_us, uint64_t *held_back);

#endif
