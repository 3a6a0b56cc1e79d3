/*
 * workers/publish/players_json.h
 *    players/index.json and players/LOOKUP.json: what was predicted of each player this season, and how he did.
 *
 * Texts are in a and have no generated_at.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PLAYERS_JSON_H
#define TIPOFF_WORKERS_PUBLISH_PLAYERS_JSON_H

#include "workers/publish/present.h"

/* Players who have a graded prediction, by lookup. */
const char *const *graded_players(const Present *p, Arena *a, size_t *count);

const char *players_index_json(const Present *p, const char *const *players, size_t count, Arena *a);

const char *player_file_json(const Present *p, const char *player_lookup, Arena *a);

#endif
