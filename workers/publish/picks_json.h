/*
 * workers/publish/picks_json.h
 *    picks/DATE.json: which side of each line the champion system takes before the games of a date.
 *
 * Groups hold what is recommended and fits them. The list below them holds every pick: a prediction
 * with a line that it does not equal, recommended or only a lean.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PICKS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_PICKS_JSON_H

#include "workers/publish/pick.h"

/* day: the date's active predictions of the system; its picks are listed recommended ones first,
 * each part in the day's order. past: graded days of its season; those before the date make the
 * records. The text, in a, has no generated_at: it is added when the file is written, so that the
 * same picks are the same bytes. */
const char *picks_json(const PickDay *day, const PickDays *past, const char *system, Arena *a);

#endif
