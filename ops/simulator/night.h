/*
 * ops/simulator/night.h
 *    Everything that a date with games brings: what was expected, said, played, and spoilt on purpose.
 */
#ifndef TIPOFF_SIMULATOR_NIGHT_H
#define TIPOFF_SIMULATOR_NIGHT_H

#include "ops/simulator/plants.h"

typedef struct {
    SimResult *result;
    SideExpectation expected[SIDE_COUNT];
    const PropQuote *props[SIDE_COUNT];
    size_t prop_count[SIDE_COUNT];
    const GameQuote *game_quotes;
    size_t game_quote_count;
} NightGame;

typedef struct {
    size_t index; /* among the dates with games, from 0 */
    GameDate date;
    NightGame *games;
    size_t count;
    const char *missing_feed; /* NULL when every feed has a file */
    Misspelling misspelling;
    Correction correction;
} Night;

/* Plays the games of one date, count of them from games on, and moves the league on. Dates must come
 * in order. The night lives in a. */
Night *night_play(const League *l, size_t index, const SimGame *games, size_t count, Arena *a);

/* The player's last points line of the first book that has one; a negative number without any. */
double night_points_line(const NightGame *g, size_t side, size_t player);

#endif
