/*
 * libcore/runtime/log_fields.h
 *    Where an event stands, as fields of a log line: the same names everywhere.
 */
#ifndef TIPOFF_RUNTIME_LOG_FIELDS_H
#define TIPOFF_RUNTIME_LOG_FIELDS_H

#include "libcore/io/bus.h"

#define LOG_EVENT_FIELDS "topic=%s partition=%d offset=%lld event_id=%s key=%s correlation_id=%s"
/* m: a BusMessage's address. */
#define LOG_EVENT_ARGS(m)                                                                                              \
    (m)->topic, (int)(m)->partition, (long long)(m)->offset, (m)->event_id ? (m)->event_id : "-",                      \
        (m)->key ? (m)->key : "-", (m)->correlation_id ? (m)->correlation_id : "-"

#endif
