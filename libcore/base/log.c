/*
 * libcore/base/log.c
 *    Format an event into a bounded buffer and write it.
 *
 * The process-wide settings are written once by log_init() and only read afterwards.
 */
#include "libcore/base/log.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "libcore/base/date.h"

/* Stands for the space before a field's name, so that values may hold spaces. */
static const char FIELD_BREAK = '\x1f';
enum { FORMAT_MAX = 1024, TEXT_MAX = 6144 }; /* with Line they stay below one 16 KiB frame */

static struct {
    LogLevel min;
    bool json;
    char worker[64];
} settings = {.min = LVL_INFO};

/* A line in the making; keeps room for the mark of a cut line and for its end. */
typedef struct {
    char text[LOG_LINE_MAX];
    size_t len;
    bool is_cut;
} Line;

static const char cut_logfmt[] = " cut=true";
static const char cut_json[] = ",\"cut\":true}";
enum { TAIL_MAX = 20 };

const char *
log_level_name(LogLevel level)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};

    return names[level];
}

bool
log_level_parse(const char *s, LogLevel *out)
{
    static const LogLevel levels[] = {LVL_ERROR, LVL_WARN, LVL_INFO, LVL_DEBUG};

    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (strcmp(s, log_level_name(levels[i])) == 0) {
            *out = levels[i];
            return true;
        }
    }
    return false;
}

void
log_init(LogLevel min, bool json, const char *worker)
{
    settings.min = min;
    settings.json = json;
    (void)snprintf(settings.worker, sizeof settings.worker, "%s", worker ? worker : "");
}

bool
log_is_on(LogLevel level)
{
    return level <= settings.min;
}

/* All of s or nothing. */
static void
put(Line *l, const char *s, size_t len)
{
    if (l->is_cut)
        return;
    if (len > sizeof l->text - TAIL_MAX - l->len) {
        l->is_cut = true;
        return;
    }
    memcpy(l->text + l->len, s, len);
    l->len += len;
}

/* Drops what a cut left of a UTF-8 sequence. */
static void
drop_torn_utf8(Line *l)
{
    size_t end = l->len;

    while (end > 0 && l->len - end < 3 && ((unsigned char)l->text[end - 1] & 0xc0) == 0x80)
        end--;
    if (end > 0 && ((unsigned char)l->text[end - 1] & 0xc0) == 0xc0)
        l->len = end - 1;
}

/* As much of s as fits. */
static void
put_value(Line *l, const char *s, size_t len)
{
    size_t room = sizeof l->text - TAIL_MAX - l->len;

    if (len <= room) {
        put(l, s, len);
        return;
    }
    put(l, s, room);
    drop_torn_utf8(l);
    l->is_cut = true;
}

/* One byte of a quoted string. Bytes above ASCII pass as they are; control bytes are escaped, so
 * that no value can start a line of its own. */
static void
put_escaped(Line *l, unsigned char c)
{
    char esc[8];

    if (c == '"' || c == '\\') {
        put(l, (char[]){'\\', (char)c}, 2);
    } else if (c == '\n') {
        put(l, "\\n", 2);
    } else if (c < 0x20 || c == 0x7f) {
        (void)snprintf(esc, sizeof esc, "\\u%04x", c);
        put(l, esc, 6);
    } else {
        put(l, (const char *)&c, 1);
    }
}

static void
put_quoted(Line *l, const char *s, size_t len)
{
    put(l, "\"", 1);
    for (size_t i = 0; i < len; i++)
        put_escaped(l, (unsigned char)s[i]);
    if (l->is_cut)
        drop_torn_utf8(l);
    l->text[l->len++] = '"'; /* fits even in a cut line: the room for the tail counts it */
}

static bool
needs_quotes(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];

        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return true;
    }
    return len == 0;
}

static void
put_field(Line *l, const char *key, size_t key_len, const char *value, size_t len)
{
    if (l->is_cut)
        return;
    if (sizeof l->text - TAIL_MAX - l->len < key_len + 6) { /* no room for a name and its marks */
        l->is_cut = true;
        return;
    }
    if (settings.json) {
        put(l, l->len == 0 ? "{" : ",", 1);
        put_quoted(l, key, key_len);
        put(l, ":", 1);
        put_quoted(l, value, len);
        return;
    }
    if (l->len > 0)
        put(l, " ", 1);
    put(l, key, key_len);
    put(l, "=", 1);
    if (needs_quotes(value, len))
        put_quoted(l, value, len);
    else
        put_value(l, value, len);
}

static void
put_text_field(Line *l, const char *key, const char *value)
{
    put_field(l, key, strlen(key), value, strlen(value));
}

static void
put_time(Line *l)
{
    struct timespec ts = {0};
    char text[INSTANT_TEXT_LEN];

    (void)clock_gettime(CLOCK_REALTIME, &ts);
    put_text_field(l, "time", instant_format((Instant){(int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000}, text));
}

static void
line_begin(Line *l, LogLevel level)
{
    l->len = 0;
    l->is_cut = false;
    put_time(l);
    put_text_field(l, "level", log_level_name(level));
    if (settings.worker[0] != '\0')
        put_text_field(l, "worker", settings.worker);
}

static void
line_write(Line *l)
{
    const char *tail = "";
    size_t done = 0;

    if (settings.json)
        tail = l->is_cut ? cut_json : "}";
    else if (l->is_cut)
        tail = cut_logfmt;
    memcpy(l->text + l->len, tail, strlen(tail));
    l->len += strlen(tail);
    l->text[l->len++] = '\n';
    while (done < l->len) { /* a pipe takes up to PIPE_BUF at once; the loop is for signals and full pipes */
        ssize_t n = write(STDERR_FILENO, l->text + done, l->len - done);

        if (n < 0 && errno != EINTR)
            return;
        done += n > 0 ? (size_t)n : 0;
    }
}

static bool
is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* True where " name=" starts. */
static bool
starts_field(const char *s)
{
    const char *p = s + 1;

    if (*s != ' ')
        return false;
    while (is_name_byte(*p))
        p++;
    return p > s + 1 && *p == '=';
}

/* The format with every field's leading space replaced. Too long a format stays as it is. */
static const char *mark_fields(const char *fmt, char out[FORMAT_MAX]) __attribute__((format_arg(1)));
static const char *
mark_fields(const char *fmt, char out[FORMAT_MAX])
{
    size_t len = strlen(fmt);

    if (len >= FORMAT_MAX)
        return fmt;
    for (size_t i = 0; i <= len; i++)
        out[i] = starts_field(fmt + i) ? FIELD_BREAK : fmt[i];
    return out;
}

/* text: "name=value<break>name=value". What is no field is kept under the name given. */
static void
put_fields(Line *l, const char *text, const char *plain_name)
{
    while (*text != '\0') {
        size_t len = strcspn(text, (char[]){FIELD_BREAK, '\0'});
        size_t name_len = 0;

        while (name_len < len && is_name_byte(text[name_len]))
            name_len++;
        if (name_len > 0 && name_len < len && text[name_len] == '=')
            put_field(l, text, name_len, text + name_len + 1, len - name_len - 1);
        else
            put_field(l, plain_name, strlen(plain_name), text, len);
        text += len + (text[len] != '\0');
    }
}

static bool format_fields(char text[TEXT_MAX], const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* False when the text was cut. */
static bool
format_fields(char text[TEXT_MAX], const char *fmt, va_list ap)
{
    char marked[FORMAT_MAX];
    int len = vsnprintf(text, TEXT_MAX, mark_fields(fmt, marked), ap);

    if (len < 0)
        text[0] = '\0';
    return len >= 0 && len < TEXT_MAX;
}

void
log_line(LogLevel level, const char *event, const char *fmt, ...)
{
    char text[TEXT_MAX];
    Line line;
    va_list ap;
    bool is_whole;

    if (!log_is_on(level))
        return;
    va_start(ap, fmt);
    is_whole = format_fields(text, fmt, ap);
    va_end(ap);
    line_begin(&line, level);
    put_text_field(&line, "event", event);
    put_fields(&line, text, "text");
    line.is_cut |= !is_whole;
    line_write(&line);
}

void
log_event(LogLevel level, const char *event)
{
    Line line;

    if (!log_is_on(level))
        return;
    line_begin(&line, level);
    put_text_field(&line, "event", event);
    line_write(&line);
}

static void
put_err(Line *l, const Err *err)
{
    char at[256];

    put_text_field(l, "class", err_class_name(err->cls));
    if (err->code[0] != '\0')
        put_text_field(l, "code", err->code);
    if (err->file != NULL) {
        (void)snprintf(at, sizeof at, "%s:%d", err->file, err->line);
        put_text_field(l, "at", at);
    }
    put_text_field(l, "error", err->msg);
}

void
log_err(LogLevel level, const Err *err, const char *fmt, ...)
{
    char text[TEXT_MAX];
    Line line;
    va_list ap;
    bool is_whole;

    if (!log_is_on(level))
        return;
    va_start(ap, fmt);
    is_whole = format_fields(text, fmt, ap);
    va_end(ap);
    line_begin(&line, level);
    put_err(&line, err); /* first, so that a long field cannot push it out */
    put_fields(&line, text, "event");
    line.is_cut |= !is_whole;
    line_write(&line);
}

bool
log_limit_pass(LogLimit *l, int64_t mono_us, uint64_t *held_back)
{
    const int64_t period_us = INT64_C(30) * 1000 * 1000;

    if (l->has_passed && mono_us - l->passed_us < period_us) {
        l->held_back++;
        return false;
    }
    *held_back = l->held_back;
    *l = (LogLimit){.has_passed = true, .passed_us = mono_us};
    return true;
}
