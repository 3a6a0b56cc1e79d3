/*
 * workers/publish/picks_json.h
 *    picks/DATE.json: what the champion system recommends before the games of a date.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PICKS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_PICKS_JSON_H

#include "workers/publish/pick.h"

/* day: the date's active predictions of the system. past: graded days of its season; those before
 * the date make the records. The text, in a, has no generated_at: it is added when the file is
 * written, so that the same picks are the same bytes. */
const char *picks_json(const PickDay *day, const PickDays *past, const char *system, Arena *a);

#endif
