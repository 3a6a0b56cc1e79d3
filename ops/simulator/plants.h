/*
 * ops/simulator/plants.h
 *    What is wrong on purpose, decided apart from the games: where a file is missing, a name misspelt,
 *    a box score first published with an error.
 *
 * None of them changes what is played, so each can be there or not without moving anything else.
 */
#ifndef TIPOFF_SIMULATOR_PLANTS_H
#define TIPOFF_SIMULATOR_PLANTS_H

#include "ops/simulator/lines.h"

/* A date of the season as it is about to be written. */
typedef struct {
    size_t index; /* among the dates with games, from 0 */
    GameDate date;
    SimResult *const *results;
    size_t count;
} PlayedDate;

/* The name of the feed without a file on this date; NULL when every feed has one. */
const char *plant_missing_feed(size_t date_index);

/* In one feed one player is spelled as no rule can mend. player is NULL on most dates. */
typedef struct {
    const SimPlayer *player;
    const SimTeam *team;
    const SimGame *game;
    Source source; /* SOURCE_SHOTS or SOURCE_PROPS */
    const char *spelling;
} Misspelling;

/* has_line: by result, side and player of the date, whether he has a points line. */
typedef bool (*HasLine)(const void *user, const SimResult *r, size_t side, size_t player);
Misspelling plant_misspelling(const League *l, const PlayedDate *d, HasLine has_line, const void *user, Arena *a);

/* A three that the box score first has as a two. line is NULL on most dates. */
typedef struct {
    const SimResult *result;
    size_t side;
    const SimLine *line; /* as it truly is */
} Correction;
Correction plant_correction(const League *l, const PlayedDate *d, HasLine has_line, const void *user);
/* The line as it was first published. */
SimLine correction_first_line(const Correction *c);

#endif
