/*
 * ops/simulator/expect.h
 *    What a game would be expected to bring, knowing everybody's skill and form but not the night: the
 *    truth that lines are a noisy look at.
 */
#ifndef TIPOFF_SIMULATOR_EXPECT_H
#define TIPOFF_SIMULATOR_EXPECT_H

#include "ops/simulator/play.h"

typedef struct {
    double minutes, points, rebounds, assists;
} Expectation;

typedef struct {
    const SimTeam *team;
    Expectation players[ROSTER]; /* 0 for those who are thought not to play */
    double points;
} SideExpectation;

/* health is as known; call it before the game is played, which moves form on. */
void expect_side(const SimGame *game, const SimTeam *team, const Health health[ROSTER], SideExpectation *out);

#endif
