/*
 * libcore/runtime/event_headers.h
 *    What an event's record says in headers, too, for tools that do not read it.
 */
#ifndef TIPOFF_RUNTIME_EVENT_HEADERS_H
#define TIPOFF_RUNTIME_EVENT_HEADERS_H

#include "libcore/io/bus.h"

/* Sets causation_id of r for a completion, and causation_id and headers for a letter (where its event
 * was, what was wrong); in a. Nothing for other types, and for a version that this build does not know. */
void event_headers(const char *type, Bytes payload, Arena *a, BusRecord *r);

#endif
