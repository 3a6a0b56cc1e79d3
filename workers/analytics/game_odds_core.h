/*
 * workers/analytics/game_odds_core.h
 *    Spread and total of a game, as one bookmaker had them last before the tip-off, and first.
 *
 * Pure. Bookmakers come in the order DraftKings, FanDuel, then by name; one that has both comes before
 * one that has only the spread or the total. The spread is the one of the home team; where a snapshot has
 * only the visitors' it is that one's opposite. What is stamped at tip-off or later is not seen.
 */
#ifndef TIPOFF_WORKERS_GAME_ODDS_CORE_H
#define TIPOFF_WORKERS_GAME_ODDS_CORE_H

#include "workers/analytics/slate_core.h"

typedef struct {
    const char *bookmaker; /* NULL without odds; then everything is NULL */
    double home_spread, total;
    double opening_home_spread, opening_total; /* NULL where one snapshot is all there is: it tells of no move */
    Instant stamp;                             /* the newest snapshot that was taken */
} GameOdds;

/* Lines of the slot's date in any order, of any game and market. Strings are borrowed. */
GameOdds game_odds(const RawGameLine *lines, size_t count, const Slot *slot, Arena *a);

/* A team's own: what is given to one is taken from the other. */
double odds_of_side(double home_spread, bool is_home);

#endif
