/*
 * workers/publish/predictions_json.h
 *    predictions/DATE.json: every active prediction of the champion, by game.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PREDICTIONS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_PREDICTIONS_JSON_H

#include "workers/publish/pick.h"

/* day: of the system. factors: of the date, by player_lookup. The text, in a, has no generated_at. */
const char *predictions_json(const PickDay *day, const PlayerComposite *factors, size_t factor_count,
                             const char *system, Arena *a);

#endif
