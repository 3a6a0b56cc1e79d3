/*
 * ops/simulator/play.h
 *    One game, possession by possession: who shoots from where, who is fouled, who rebounds.
 */
#ifndef TIPOFF_SIMULATOR_PLAY_H
#define TIPOFF_SIMULATOR_PLAY_H

#include "ops/simulator/rotation.h"

enum { SIDE_HOME, SIDE_AWAY, SIDE_COUNT };

/* One player's line of the box score. */
typedef struct {
    const SimPlayer *player;
    int seconds; /* 0: did not play, and everything else is 0 too */
    int fg, fga, three, three_a, ft, fta, offensive_rebounds, defensive_rebounds;
    int assists, steals, blocks, turnovers, fouls;
} SimLine;

int line_points(const SimLine *l);
int line_rebounds(const SimLine *l);

/* x: tenths of a foot, positive to the left; y: from the hoop's centre into the field. */
typedef struct {
    const SimPlayer *player;
    Area area;
    bool is_made;
    int x, y;
    int quarter, minutes_left, seconds_left;
} SimShot;

typedef struct {
    const SimTeam *team;
    Health health[ROSTER];
    SimLine lines[ROSTER]; /* parallel to the team's players */
    SimShot *shots;
    size_t shot_count;
    int points;
} SimSide;

typedef struct {
    const SimGame *game;
    SimSide sides[SIDE_COUNT];
    int overtimes;
} SimResult;

/* Plays the game with the given health of both teams and moves on the form of those who played. The
 * result lives in a. */
SimResult *play_game(const League *l, const SimGame *game, Health health[SIDE_COUNT][ROSTER], Arena *a);

/* What makes a side's tries go in more or less often tonight. */
double side_ease(const SimTeam *team, const SimGame *game);

/* Possessions of each team in regulation, as one would expect them. */
double expected_possessions(const SimGame *game);

#endif
