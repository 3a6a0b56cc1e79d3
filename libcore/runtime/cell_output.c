/*
 * libcore/runtime/cell_output.c
 *    Collect what a decision says; nothing is done here.
 */
#include "libcore/runtime/cell_output.h"
#include <assert.h>
#include <string.h>
#include "libcore/io/table_row.h"

void
cell_output_init(CellOutput *out, GameDate date, Arena *a)
{
    *out = (CellOutput){.a = a, .date = date, .as_of = INSTANT_NULL, .due = INSTANT_NULL};
}

void
event_effects_init(EventEffects *fx, Arena *a)
{
    *fx = (EventEffects){.a = a};
}

void
cell_output_update(CellOutput *out, const TableDesc *table, const void *rows, size_t count, size_t total_expected,
                   const char *key_column, TextArray keys)
{
    assert(out->set_count < MAX_OUTPUT_TABLES);
    out->sets[out->set_count++] = (OutputSet){{table, rows, count}, total_expected, key_column, keys};
}

void
cell_output_rows(CellOutput *out, const TableDesc *table, const void *rows, size_t count, size_t expected)
{
    cell_output_update(out, table, rows, count, expected, NULL, (TextArray){0});
}

void
cell_output_affected(CellOutput *out, const TableDesc *table, const void *rows, size_t count, size_t total_expected,
                     const char *key_column, const AffectedRows *affected)
{
    unsigned char *some = arena_array(out->a, count + 1, table->row_size);
    const ptrdiff_t column = table_column(table, key_column);
    size_t n = 0;

    assert(column >= 0);
    if (affected->is_all) {
        cell_output_rows(out, table, rows, count, total_expected);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (key_set_has(affected->keys, *(const char *const *)table_field(table, rows, i, (size_t)column)))
            memcpy(some + n++ * table->row_size, (const unsigned char *)rows + i * table->row_size, table->row_size);
    cell_output_update(out, table, some, n, total_expected, key_column, affected->keys);
}

void
cell_output_reject(CellOutput *out, const char *entity, const char *reason)
{
    out->rejected = arena_room(out->a, out->rejected, out->rejected_count, &out->rejected_cap, sizeof *out->rejected);
    out->rejected[out->rejected_count++] = (RejectedRow){entity, reason};
}

static void
end_with(CellOutput *out, Outcome outcome, const char *reason)
{
    assert(reason != NULL);
    out->outcome = outcome;
    out->reason = reason;
}

void
cell_output_no_data(CellOutput *out, const char *reason)
{
    end_with(out, OUTCOME_NO_DATA, reason);
}

void
cell_output_fail(CellOutput *out, const char *reason)
{
    end_with(out, OUTCOME_FAIL, reason);
}

void
cell_output_park(CellOutput *out, const char *reason)
{
    end_with(out, OUTCOME_PARK, reason);
}

void
cell_output_due(CellOutput *out, Instant at)
{
    out->due = at;
}

void
cell_output_degraded(CellOutput *out, const char *reason)
{
    out->degraded = reason;
}

void
cell_output_as_of(CellOutput *out, Instant as_of)
{
    if (instant_is_null(out->as_of) || out->as_of.us < as_of.us)
        out->as_of = as_of;
}

void
cell_output_emit(CellOutput *out, TopicId topic, const char *key, const char *event_id, Bytes payload)
{
    out->events = arena_room(out->a, out->events, out->event_count, &out->event_cap, sizeof *out->events);
    out->events[out->event_count++] = (OutputEvent){topic, out->date, key, event_id, payload};
}

void
cell_output_alert(CellOutput *out, const char *kind, AlertSeverity severity, const char *subject, const char *message)
{
    assert(message != NULL);
    out->alerts = arena_room(out->a, out->alerts, out->alert_count, &out->alert_cap, sizeof *out->alerts);
    out->alerts[out->alert_count++] = (Alert){kind, severity, subject, message};
}

void
cell_output_measure(CellOutput *out, const char *name, double value)
{
    out->measures = arena_room(out->a, out->measures, out->measure_count, &out->measure_cap, sizeof *out->measures);
    out->measures[out->measure_count++] = (Measure){name, value};
}

void
event_effects_wake(EventEffects *fx, GameDate date, ProcessorId processor)
{
    for (size_t i = 0; i < fx->wake_count; i++)
        if (date_equal(fx->wakes[i].date, date) && fx->wakes[i].processor == processor)
            return;
    fx->wakes = arena_room(fx->a, fx->wakes, fx->wake_count, &fx->wake_cap, sizeof *fx->wakes);
    fx->wakes[fx->wake_count].date = date;
    fx->wakes[fx->wake_count++].processor = processor;
}

void
event_effects_emit(EventEffects *fx, TopicId topic, GameDate date, const char *key, const char *event_id, Bytes payload)
{
    fx->events = arena_room(fx->a, fx->events, fx->event_count, &fx->event_cap, sizeof *fx->events);
    fx->events[fx->event_count++] = (OutputEvent){topic, date, key, event_id, payload};
}

void
cell_output_announce(CellOutput *out)
{
    out->must_announce = true;
}
