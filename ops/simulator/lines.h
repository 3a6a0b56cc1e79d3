/*
 * ops/simulator/lines.h
 *    What the books say before a game: lines on players, and spread, total and winner.
 *
 * They know what expect.h knows, seen through noise, and move during the day.
 */
#ifndef TIPOFF_SIMULATOR_LINES_H
#define TIPOFF_SIMULATOR_LINES_H

#include "ops/simulator/expect.h"

/* Offered on both sides. */
typedef struct {
    const SimPlayer *player;
    const char *market, *bookmaker;
    double line;
    Instant posted;
} PropQuote;

/* One outcome of one market, as it stood at a snapshot. */
typedef struct {
    const char *bookmaker, *market, *outcome;
    bool has_point;
    double point;
    int price; /* American */
    Instant snapshot;
} GameQuote;

/* Quotes of one side's players; the array lives in a. */
const PropQuote *prop_quotes_draw(const League *l, const SimGame *game, const SideExpectation *side,
                                  const Health health[ROSTER], size_t *count, Arena *a);

const GameQuote *game_quotes_draw(const League *l, const SimGame *game, const SideExpectation sides[SIDE_COUNT],
                                  size_t *count, Arena *a);

/* A line that nobody moved has this price. */
enum { PROP_PRICE = -137 };

#endif
