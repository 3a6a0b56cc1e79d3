/*
 * libcore/runtime/alert_routes.h
 *    Who is told of which alerts, as the option alerts.routes says, and when a message that could not be sent is
 *    tried again. No IO.
 */
#ifndef TIPOFF_RUNTIME_ALERT_ROUTES_H
#define TIPOFF_RUNTIME_ALERT_ROUTES_H

#include "libcore/runtime/alerts.h"

typedef enum { SINK_SLACK, SINK_JSON } SinkFormat;

enum { SINK_KINDS = 16, SINKS = 16 };

typedef struct {
    const char *name;
    SinkFormat format;
    const char *url;     /* often a secret */
    AlertSeverity least; /* alerts below it are not its own */
    const char *kinds[SINK_KINDS];
    size_t kind_count; /* 0: every kind */
} AlertSink;

typedef struct {
    AlertSink sinks[SINKS];
    size_t count;
} AlertRoutes;

/* "NAME slack|json URL [info|warning|critical] [KIND...]", several divided by ';'. Without a severity it is told of
 * warnings and what is above. Empty text: nobody is told. ERR_CONFIG without the address; the texts live in a. */
NODISCARD bool alert_routes_parse(const char *text, Arena *a, AlertRoutes *out, Err *err);

/* After so many failures in a row: 5 s, doubled each time, an hour at most. */
int64_t alert_retry_us(int32_t attempts);

#endif
