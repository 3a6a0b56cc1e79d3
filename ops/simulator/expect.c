/*
 * ops/simulator/expect.c
 *    Expected values of the play in play.c, in closed form.
 */
#include "ops/simulator/expect.h"

/* A team's tries, rebounds and assists a possession, as the play brings them about. */
static const double tries_a_possession = 0.960, bonus_points_a_possession = 0.052;
static const double rebounds_a_possession = 0.438, assists_a_possession = 0.259;

/* Expected points of one try. */
static double
value_of_try(const SimPlayer *p, const SimTeam *defenders, double ease)
{
    double sum = 0.0;

    for (size_t z = 0; z < AREA_COUNT; z++) {
        const AreaFacts *f = &area_facts[z];
        const double fouled = f->fouled * p->foul_draw;
        const double make = clamped(p->area_make[z] * defenders->defense[z] * ease, 0.0, 0.97);
        const double when_fouled = f->and_one * (f->points + p->free_throw)
                                   + (1.0 - f->and_one) * f->points * p->free_throw;

        sum += p->area_mix[z] * ((1.0 - fouled) * make * f->points + fouled * when_fouled);
    }
    return sum;
}

static double
sum_of(const double weights[ROSTER])
{
    double sum = 0.0;

    for (size_t i = 0; i < ROSTER; i++)
        sum += weights[i];
    return sum;
}

void
expect_side(const SimGame *game, const SimTeam *team, const Health health[ROSTER], SideExpectation *out)
{
    const SimTeam *defenders = team == game->home ? game->away : game->home;
    const double possessions = expected_possessions(game), ease = side_ease(team, game);
    double minutes[ROSTER], tries[ROSTER], rebounds[ROSTER], assists[ROSTER];
    bool plays[ROSTER];

    for (size_t i = 0; i < ROSTER; i++)
        plays[i] = is_thought_to_play(&health[i]);
    rotation_expect(team, plays, minutes);
    for (size_t i = 0; i < ROSTER; i++) {
        const SimPlayer *p = &team->players[i];

        tries[i] = minutes[i] * p->rates.usage * (1.0 + p->form);
        rebounds[i] = minutes[i] * (0.25 * p->rates.offensive_rebound + 0.75 * p->rates.defensive_rebound);
        assists[i] = minutes[i] * p->rates.assist;
    }
    *out = (SideExpectation){.team = team};
    for (size_t i = 0; i < ROSTER; i++) {
        const SimPlayer *p = &team->players[i];
        const double share = possessions * tries[i] / sum_of(tries);
        const double value = value_of_try(p, defenders, ease * (1.0 + 0.3 * p->form));

        out->players[i] = (Expectation){
            .minutes = minutes[i],
            .points = share * (tries_a_possession * value + bonus_points_a_possession * p->free_throw),
            .rebounds = possessions * rebounds_a_possession * rebounds[i] / sum_of(rebounds),
            .assists = possessions * assists_a_possession * assists[i] / sum_of(assists),
        };
        out->points += out->players[i].points;
    }
}
