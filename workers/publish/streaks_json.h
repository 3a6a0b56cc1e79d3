/*
 * workers/publish/streaks_json.h
 *    streaks/today.json: players whose last games were all above their lines, or below, and whose last
 *    recommended picks all hit.
 *
 * Games without a line are passed over; one that ends exactly on it ends the streak. Who has not played for two
 * weeks has none.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_STREAKS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_STREAKS_JSON_H

#include "workers/publish/present.h"

/* NULL when nothing is graded. The text, in a, has no generated_at. */
const char *streaks_json(const Present *p, Arena *a);

#endif
