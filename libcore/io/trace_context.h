/*
 * libcore/io/trace_context.h
 *    W3C Trace Context of an event, derived from its ids: whoever sees an event can compute it.
 *
 * One trace a correlation id, one span an event. traceparent names the event's own span; tracestate
 * keeps the span of the event that brought it about.
 */
#ifndef TIPOFF_IO_TRACE_CONTEXT_H
#define TIPOFF_IO_TRACE_CONTEXT_H

enum { TRACE_PARENT_LEN = 56, TRACE_STATE_LEN = 24 };

/* Without a correlation id (NULL) the event is a trace of its own. Returns out. */
const char *trace_parent(const char *correlation_id, const char *event_id, char out[TRACE_PARENT_LEN]);
/* NULL when the cause is not known (NULL); else out. */
const char *trace_state(const char *causation_id, char out[TRACE_STATE_LEN]);

#endif
