/*
 * ops/simulator/dice.h
 *    Draws of the simulator: a stream of its own for every concern, and nothing that libm decides.
 *
 * Only + - * / and comparisons of doubles are used, so that a seed gives the same bytes everywhere. For
 * the same reason no two draws of a stream stand in one expression, argument list or initialiser: C
 * leaves open which of them comes first.
 */
#ifndef TIPOFF_SIMULATOR_DICE_H
#define TIPOFF_SIMULATOR_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include "libcore/base/rng.h"

/* What is decided by chance. A concern that draws more or less leaves the others where they were. */
typedef enum {
    DICE_NAMES,
    DICE_SPELLINGS,
    DICE_SKILL,
    DICE_TEAMS,
    DICE_SCHEDULE,
    DICE_TIP_OFFS,
    DICE_POSTPONED,
    DICE_HEALTH,
    DICE_FORM,
    DICE_ROTATION,
    DICE_PLAY,
    DICE_SHOTS,
    DICE_LINES,
    DICE_GAME_LINES,
    DICE_REPORTS,
    DICE_PLANTS,
} DiceConcern;

/* The stream of one thing of a concern: a player, a game, a player in a game. */
Rng dice_stream(uint64_t seed, DiceConcern concern, uint64_t a, uint64_t b);

bool dice_chance(Rng *r, double probability);
double dice_between(Rng *r, double low, double high);
/* Bell-shaped, never further than six spreads from the mean. */
double dice_normal(Rng *r, double mean, double spread);
/* An index, each as likely as its weight; the weights' sum must be above 0. */
size_t dice_weighted(Rng *r, const double *weights, size_t count);
/* How many of tries succeed. */
int dice_successes(Rng *r, int tries, double probability);

double clamped(double v, double low, double high);

#endif
