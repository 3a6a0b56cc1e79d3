/*
 * libcore/runtime/alert_routes.c
 *    Reads routes.
 */
#include "libcore/runtime/alert_routes.h"
#include <string.h>

static const int64_t RETRY_US = 5000000, RETRY_MOST_US = INT64_C(3600000000);

/* The next word of *rest, or NULL. */
static const char *
next_word(const char **rest, Arena *a)
{
    const char *from = *rest + strspn(*rest, " \t");
    const size_t len = strcspn(from, " \t");

    *rest = from + len;
    return len == 0 ? NULL : arena_strndup(a, from, len);
}

static bool
parse_severity(const char *word, AlertSeverity *out)
{
    for (int s = 0; s < ALERT_SEVERITIES; s++)
        if (strcmp(word, alert_severity_name((AlertSeverity)s)) == 0) {
            *out = (AlertSeverity)s;
            return true;
        }
    return false;
}

static bool
parse_sink(const char *text, Arena *a, AlertSink *out, Err *err)
{
    const char *format, *word;

    *out = (AlertSink){.name = next_word(&text, a), .least = ALERT_WARNING};
    format = next_word(&text, a);
    out->url = next_word(&text, a);
    if (format == NULL || (strcmp(format, "slack") != 0 && strcmp(format, "json") != 0))
        return ERR_FAIL(err, ERR_CONFIG, "route '%s' is neither slack nor json", out->name);
    if (out->url == NULL || (strncmp(out->url, "http://", 7) != 0 && strncmp(out->url, "https://", 8) != 0))
        return ERR_FAIL(err, ERR_CONFIG, "route '%s' has no address that begins with http:// or https://", out->name);
    out->format = strcmp(format, "slack") == 0 ? SINK_SLACK : SINK_JSON;
    while ((word = next_word(&text, a)) != NULL) {
        if (parse_severity(word, &out->least))
            continue;
        if (out->kind_count == SINK_KINDS)
            return ERR_FAIL(err, ERR_CONFIG, "route '%s' has more than %d kinds", out->name, SINK_KINDS);
        out->kinds[out->kind_count++] = word;
    }
    return true;
}

static bool
is_taken(const AlertRoutes *routes, const char *name)
{
    for (size_t i = 0; i < routes->count; i++)
        if (strcmp(routes->sinks[i].name, name) == 0)
            return true;
    return false;
}

bool
alert_routes_parse(const char *text, Arena *a, AlertRoutes *out, Err *err)
{
    *out = (AlertRoutes){0};
    while (*text != '\0') {
        const size_t len = strcspn(text, ";");
        const char *route = arena_strndup(a, text, len);
        AlertSink sink;

        text += len + (text[len] == ';');
        if (route[strspn(route, " \t")] == '\0')
            continue;
        if (!parse_sink(route, a, &sink, err))
            return false;
        if (out->count == SINKS || is_taken(out, sink.name))
            return ERR_FAIL(err, ERR_CONFIG, "route '%s' is there twice, or is one of more than %d", sink.name, SINKS);
        out->sinks[out->count++] = sink;
    }
    return true;
}

int64_t
alert_retry_us(int32_t attempts)
{
    int64_t us = RETRY_US;

    for (int32_t i = 1; i < attempts && us < RETRY_MOST_US; i++)
        us *= 2;
    return us < RETRY_MOST_US ? us : RETRY_MOST_US;
}
