/*
 * libcore/runtime/cell_output.h
 *    What a decision has said, as the runner reads it. Workers use the functions in worker.h.
 */
#ifndef TIPOFF_RUNTIME_CELL_OUTPUT_H
#define TIPOFF_RUNTIME_CELL_OUTPUT_H

#include "libcore/runtime/alerts.h"
#include "libcore/runtime/worker.h"

enum { MAX_OUTPUT_TABLES = 8 };

typedef enum { OUTCOME_ROWS, OUTCOME_NO_DATA, OUTCOME_FAIL, OUTCOME_PARK } Outcome;

typedef struct {
    const char *entity, *reason;
} RejectedRow;

typedef struct {
    TopicId topic;
    GameDate date; /* decides the lane */
    const char *key, *event_id;
    Bytes payload;
} OutputEvent;

/* Rows of one table. */
typedef struct {
    RowSet rows;
    size_t expected;
    const char *key_column; /* NULL: they are all that the cell has there */
    TextArray keys;         /* else whose rows they replace */
} OutputSet;

struct CellOutput {
    Arena *a;
    OutputSet sets[MAX_OUTPUT_TABLES];
    size_t set_count;
    Outcome outcome;
    const char *reason;   /* of no_data, failure or parking */
    const char *degraded; /* NULL when nothing is missing */
    RejectedRow *rejected;
    size_t rejected_count, rejected_cap;
    Instant as_of;
    Instant due; /* NULL: nothing but an event runs the cell again */
    bool must_announce;
    GameDate date;
    OutputEvent *events;
    size_t event_count, event_cap;
    Alert *alerts;
    size_t alert_count, alert_cap;
    Measure *measures;
    size_t measure_count, measure_cap;
};

struct EventEffects {
    Arena *a;
    struct {
        GameDate date;
        ProcessorId processor;
    } * wakes;
    size_t wake_count, wake_cap;
    OutputEvent *events;
    size_t event_count, event_cap;
};

void cell_output_init(CellOutput *out, GameDate date, Arena *a);
void event_effects_init(EventEffects *fx, Arena *a);

#endif
