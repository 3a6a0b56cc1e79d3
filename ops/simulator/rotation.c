/*
 * ops/simulator/rotation.c
 *    Slots by order among those who can play, each player's own bias, and the night's whims.
 */
#include "ops/simulator/rotation.h"
#include <string.h>

enum { REGULARS = 10, SHORTEST_S = 20, LONGEST_S = 46 * MINUTE_S };

/* Minutes of the first, the second... of those who can play; the rest is garbage time. */
static const double slot_minutes[ROSTER] = {34.9, 33.6, 31.9, 29.5, 26.5, 23.3, 20.6, 17.7,
                                            13.9, 8.6,  4.6,  4.0,  3.6,  3.2,  2.8,  2.4};
static const double usual_share_of_regulars = 0.97; /* what the deep bench leaves of the minutes */

/* How many players a team uses: shares of team-games in the real league, from eight on. */
enum { FEWEST_USED = 8 };
static const double used_weights[] = {28, 199, 271, 149, 152, 128, 36, 7};

static const double whim_minutes = 4.5; /* of a regular, from night to night */

/* Those who can play, in the order in which the coach would use them. */
static size_t
in_order(const SimTeam *team, const bool plays[ROSTER], size_t order[ROSTER])
{
    size_t n = 0;

    for (size_t p = 0; p < ROSTER; p++) {
        const double place = (double)p + team->players[p].role;
        size_t at = n;

        if (!plays[p])
            continue;
        for (; at > 0 && (double)order[at - 1] + team->players[order[at - 1]].role > place; at--)
            order[at] = order[at - 1];
        order[at] = p;
        n++;
    }
    return n;
}

void
rotation_expect(const SimTeam *team, const bool plays[ROSTER], double minutes[ROSTER])
{
    size_t order[ROSTER], count = in_order(team, plays, order);
    double sum = 0.0;

    memset(minutes, 0, ROSTER * sizeof minutes[0]);
    for (size_t slot = 0; slot < count && slot < REGULARS; slot++) {
        const size_t p = order[slot];

        minutes[p] = clamped(slot_minutes[slot] + team->players[p].minutes_bias, 1.0, 40.0);
        sum += minutes[p];
    }
    for (size_t p = 0; p < ROSTER; p++)
        minutes[p] *= 240.0 * usual_share_of_regulars / sum;
}

void
rotation_depths(const League *l, const SimGame *game, size_t depths[2])
{
    Rng r = dice_stream(l->seed, DICE_ROTATION, (uint64_t)game->number, 2);
    const size_t shared = dice_weighted(&r, used_weights, ARRAY_LEN(used_weights));

    for (size_t side = 0; side < 2; side++)
        depths[side] = FEWEST_USED
                       + (dice_chance(&r, 0.5) ? shared : dice_weighted(&r, used_weights, ARRAY_LEN(used_weights)));
}

/* What is too much or too little goes to those who have room for it, from the first on. */
static void
settle(int seconds[ROSTER], int wanted)
{
    int missing = wanted;

    for (size_t p = 0; p < ROSTER; p++)
        missing -= seconds[p];
    while (missing != 0) {
        for (size_t p = 0; p < ROSTER && missing != 0; p++) {
            const int step = missing > 0 ? 1 : -1;

            if (seconds[p] == 0 || seconds[p] + step < SHORTEST_S || seconds[p] + step > LONGEST_S)
                continue;
            seconds[p] += step;
            missing -= step;
        }
    }
}

void
rotation_draw(const SimTeam *team, const bool plays[ROSTER], size_t depth, Rng *r, int seconds[ROSTER])
{
    size_t order[ROSTER], count = in_order(team, plays, order);
    double minutes[ROSTER] = {0.0}, sum = 0.0;

    for (size_t slot = 0; slot < count && slot < depth; slot++) {
        const size_t p = order[slot];
        const bool is_regular = slot < REGULARS;
        const double whim = dice_normal(r, 0.0, is_regular ? whim_minutes : 1.6);
        minutes[p] = clamped(slot_minutes[slot] + team->players[p].minutes_bias * is_regular + whim, 0.6, 40.5);
        sum += minutes[p];
    }
    for (size_t p = 0; p < ROSTER; p++) {
        const int s = (int)(minutes[p] * REGULATION_S / sum);

        seconds[p] = minutes[p] > 0.0 ? (int)clamped(s, SHORTEST_S, LONGEST_S) : 0;
    }
    settle(seconds, REGULATION_S);
}
