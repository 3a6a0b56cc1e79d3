/*
 * ops/simulator/health.c
 *    Injuries of some games, rest, and the last minute.
 */
#include "ops/simulator/health.h"

enum { FEWEST_FIT = 9, RESTED_RANKS = 3 };

const char *const fate_names[FATE_COUNT] = {"plays", "coach_decision", "out", "sat", "late_scratch"};

static const char *const ailments[] = {
    "Injury/Illness - Left Ankle; Sprain",     "Injury/Illness - Right Knee; Soreness",
    "Injury/Illness - Left Hamstring; Strain", "Injury/Illness - Lower Back; Tightness",
    "Injury/Illness - Right Calf; Strain",     "Injury/Illness - N/A; Illness",
    "Injury/Illness - Left Wrist; Sprain",     "Injury/Illness - Concussion Protocol",
    "Injury/Illness - Right Foot; Soreness",   "Injury/Illness - Left Groin; Tightness",
};

static const struct {
    int fewest, most;
    double weight;
} absences[] = {{1, 3, 0.60}, {4, 12, 0.30}, {13, 40, 0.10}};

/* Chances a game. */
static const double injury = 0.019, rest_on_second_night = 0.10, scratch = 0.016, worry = 0.075;
static const double sat_of_worry = 0.22, listed_doubtful = 0.08;

static const char *
some_ailment(Rng *r)
{
    return ailments[rng_below(r, ARRAY_LEN(ailments))];
}

static int
games_out(Rng *r)
{
    double weights[ARRAY_LEN(absences)];
    size_t i;

    for (i = 0; i < ARRAY_LEN(absences); i++)
        weights[i] = absences[i].weight;
    i = dice_weighted(r, weights, ARRAY_LEN(absences));
    return absences[i].fewest + (int)rng_below(r, (uint64_t)absences[i].most - (uint64_t)absences[i].fewest + 1);
}

static Health
health_of_fit(const SimPlayer *p, bool is_second_night, Rng *r)
{
    const char *reason = some_ailment(r);

    if (is_second_night && p->rank < RESTED_RANKS && dice_chance(r, rest_on_second_night))
        return (Health){FATE_OUT, "out", "Rest"};
    if (dice_chance(r, scratch))
        return (Health){FATE_SCRATCHED, dice_chance(r, 0.3) ? "probable" : NULL, reason};
    if (dice_chance(r, worry)) {
        const bool sits = dice_chance(r, sat_of_worry);

        return (Health){sits ? FATE_SAT : FATE_PLAYS, sits || dice_chance(r, 0.55) ? "questionable" : "probable",
                        reason};
    }
    return (Health){FATE_PLAYS, NULL, NULL};
}

/* An injury that is under way counts down; on its first night it may still be in doubt. */
static Health
health_of_hurt(SimPlayer *p, bool is_first, Rng *r)
{
    const Health h = {FATE_OUT, "out", p->ailment};

    p->out_games--;
    if (is_first && dice_chance(r, listed_doubtful))
        return (Health){FATE_SAT, "doubtful", h.reason};
    return h;
}

/* Nobody plays five against four: the least missed come back. */
static void
fill_up(Health out[ROSTER])
{
    int fit = 0;

    for (size_t p = 0; p < ROSTER; p++)
        fit += can_play(&out[p]);
    for (size_t p = ROSTER; p-- > 0 && fit < FEWEST_FIT;) {
        if (can_play(&out[p]))
            continue;
        out[p] = (Health){FATE_PLAYS, "probable", out[p].reason};
        fit++;
    }
}

void
health_before_game(const League *l, SimTeam *team, const SimGame *game, Health out[ROSTER])
{
    const bool is_second_night = !date_is_null(team->last_game) && date_diff(game->date, team->last_game) == 1;

    for (size_t i = 0; i < ROSTER; i++) {
        SimPlayer *p = &team->players[i];
        Rng r = dice_stream(l->seed, DICE_HEALTH, (uint64_t)p->id, (uint64_t)game->date.days);
        const bool begins = p->out_games == 0 && dice_chance(&r, injury);

        if (begins) {
            p->out_games = games_out(&r);
            p->ailment = some_ailment(&r);
        }
        out[i] = p->out_games > 0 ? health_of_hurt(p, begins, &r) : health_of_fit(p, is_second_night, &r);
    }
    fill_up(out);
}
