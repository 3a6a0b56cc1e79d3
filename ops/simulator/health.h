/*
 * ops/simulator/health.h
 *    Who can play tonight, and what was said about it before.
 */
#ifndef TIPOFF_SIMULATOR_HEALTH_H
#define TIPOFF_SIMULATOR_HEALTH_H

#include "ops/simulator/schedule.h"

typedef enum {
    FATE_PLAYS,
    FATE_BENCHED,   /* fit, and the coach had no use for him */
    FATE_OUT,       /* known to be out before anybody made a line */
    FATE_SAT,       /* was questionable or doubtful, and sat */
    FATE_SCRATCHED, /* nobody knew until half an hour before the tip-off */
    FATE_COUNT,
} Fate;

extern const char *const fate_names[FATE_COUNT];

typedef struct {
    Fate fate;
    const char *listed; /* in the first report: out, doubtful, questionable, probable; NULL: not listed */
    const char *reason; /* NULL when nothing is the matter */
} Health;

/* Of the team's players before this game, which must be its next: injuries begin, go on and end. */
void health_before_game(const League *l, SimTeam *team, const SimGame *game, Health out[ROSTER]);

static inline bool
can_play(const Health *h)
{
    return h->fate == FATE_PLAYS || h->fate == FATE_BENCHED;
}

/* As the makers of lines see it in the morning: they learn of a scratch too late. */
static inline bool
is_thought_to_play(const Health *h)
{
    return can_play(h) || h->fate == FATE_SCRATCHED || h->fate == FATE_SAT;
}

#endif
