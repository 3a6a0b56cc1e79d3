/*
 * workers/publish/results_json.h
 *    results/DATE.json: how the champion system's predictions of a date turned out.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_RESULTS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_RESULTS_JSON_H

#include "libcore/base/arena.h"
#include "tables_gen.h"

/* Rows in any order; graded rows of other dates and systems are left out. predictions and players,
 * of the date, give the tier and the context of a graded row: where they lack it, it is null and in
 * no slice. */
typedef struct {
    GameDate date;
    const char *system;
    const PredictionAccuracy *graded;
    size_t graded_count;
    const Prediction *predictions;
    size_t prediction_count;
    const UpcomingPlayer *players;
    size_t player_count;
} ResultsInput;

/* How many of the system's rows are not void. */
size_t results_graded_count(const ResultsInput *in);

/* The text, in a, has no generated_at. Results are listed by lookup, and every pick of the picks
 * file is among them: direction is its side of the line, lean_result its outcome where it was not
 * recommended. A slice's record counts what was recommended, its avg_error every graded row; leans
 * have a record of their own in the summary. */
const char *results_json(const ResultsInput *in, Arena *a);

#endif
