/*
 * libcore/runtime/event_filter.h
 *    A small language that says which events are meant: comparisons of fields and headers.
 *
 *     game_date >= 2025-11-01 and (status = failed or rejected > 0) and not header.ce_source = raw
 *
 * A comparison is FIELD OPERATOR VALUE. A field is a path into the record ("parts.event_id": of whichever
 * part), "header.NAME", or one of event.key, event.partition, event.offset and event.time. Operators are
 * = != < <= > >= and ~, which holds for a text that contains the value, capitals or not. Values are numbers,
 * true, false, null, words, and texts in single or double quotes, in which a quote is doubled. "not" binds
 * closer than "and", that closer than "or"; parentheses group.
 *
 * Pure. A field with several values (of an array) compares as the one of them for which the comparison
 * holds; != is what = is not. What is not there is null: equal to null, and neither above nor below anything.
 */
#ifndef TIPOFF_RUNTIME_EVENT_FILTER_H
#define TIPOFF_RUNTIME_EVENT_FILTER_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"

typedef enum { FILTER_NULL, FILTER_BOOL, FILTER_NUMBER, FILTER_TEXT } FilterKind;

typedef struct {
    FilterKind kind;
    bool truth;       /* of FILTER_BOOL */
    double number;    /* of FILTER_NUMBER */
    const char *text; /* of FILTER_TEXT; of a value in a filter also as it was typed; borrowed */
} FilterValue;

typedef struct EventFilter EventFilter;

/* NULL, with err (ERR_CONFIG) saying what is wrong at which character, for a text that is no filter. Lives
 * in a. */
const EventFilter *event_filter_parse(const char *text, Arena *a, Err *err);

/* The values of a field; *count 0 when it is not there. */
typedef const FilterValue *(*FilterLookup)(void *ctx, const char *field, size_t *count);
bool event_filter_holds(const EventFilter *f, FilterLookup lookup, void *ctx);

/* Each field that the filter asks for, as often as it does. */
void event_filter_fields(const EventFilter *f, void (*each)(void *ctx, const char *field), void *ctx);

#endif
