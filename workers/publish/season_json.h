/*
 * workers/publish/season_json.h
 *    subsets/season.json: every group's graded picks of the season, newest date first.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_SEASON_JSON_H
#define TIPOFF_WORKERS_PUBLISH_SEASON_JSON_H

#include "workers/publish/pick.h"

/* days: graded days of the system, none after through; a group lists the dates on which it has
 * picks. Records include through. A pick's result is hit, miss or push, and null when the player
 * did not play. The text, in a, has no generated_at. */
const char *season_json(const PickDays *days, GameDate through, const char *system, Arena *a);

#endif
