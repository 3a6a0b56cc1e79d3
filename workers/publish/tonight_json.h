/*
 * workers/publish/tonight_json.h
 *    tonight/all-players.json and tonight/player/LOOKUP.json: who plays, and what is expected of him.
 *
 * Texts are in a and have no generated_at.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_TONIGHT_JSON_H
#define TIPOFF_WORKERS_PUBLISH_TONIGHT_JSON_H

#include "workers/publish/present.h"

/* NULL when nobody plays. */
const char *tonight_json(const Present *p, Arena *a);

/* player: of the slate. */
const char *tonight_player_json(const Present *p, const UpcomingPlayer *player, Arena *a);

#endif
