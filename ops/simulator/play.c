/*
 * ops/simulator/play.c
 *    Possessions in turn. Who is on the floor is not followed: everybody has a part in everything by
 *    his share of the minutes.
 */
#include "ops/simulator/play.h"
#include "ops/simulator/shot_place.h"

enum { QUARTERS = 4, QUARTER_MINUTES = 12, OVERTIME_MINUTES = 5, MOST_SHOTS = 400, MOST_FOULS = 6, CLOSERS = 5 };
enum { MOST_CHANCES = 8 }; /* of one possession: offensive rebounds are not endless */

/* A team's possessions in regulation; and what comes of a chance. */
static const double league_possessions = 99.6, night_possessions = 4.3;
static const double turnover = 0.1245, bonus_foul = 0.0290, common_foul = 0.064;
static const double offensive_rebound = 0.243, free_throw_rebound = 0.12;
static const double home_ease = 1.011, second_night_ease = 0.985, form_in_ease = 0.30;
static const double form_kept = 0.86, form_news = 0.042;
static const double role_kept = 0.93;
static const double role_news[ROSTER] = {0.12, 0.20, 0.30, 0.38, 0.46, 0.60, 0.70, 0.75,
                                         0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75};
static const double whim_usage = 0.13, whim_touch = 0.05, team_night = 0.008;
static const double ease_of_lead = 0.0032; /* a point: who leads takes it easy, who trails does not */
static const double own_rebound = 0.895;   /* the others go out of bounds and count for the team alone */
static const double stolen = 0.60, tie_plays = 0.35;
static const double assisted[AREA_COUNT] = {0.58, 0.42, 0.40, 0.77, 0.95, 0.95, 0.30};
static const double blocked[AREA_COUNT] = {0.30, 0.19, 0.06, 0.014, 0.01, 0.01, 0.0}; /* of the misses */

/* What a player's part in each thing is tonight, parallel to the team's players. */
typedef struct {
    double tries[ROSTER], turnovers[ROSTER], assists[ROSTER], steals[ROSTER], blocks[ROSTER];
    double offensive_rebounds[ROSTER], defensive_rebounds[ROSTER], fouls[ROSTER];
    double touch[ROSTER]; /* factor on his makes */
} Parts;

typedef struct {
    SimResult *result;
    Rng play, place;
    Parts parts[SIDE_COUNT];
    double usage_whim[SIDE_COUNT][ROSTER];
    int period, period_minutes; /* in hand; periods count from 1 */
    double left;                /* of the period, 1 at its start */
} Play;

int
line_points(const SimLine *l)
{
    return 2 * l->fg + l->three + l->ft;
}

int
line_rebounds(const SimLine *l)
{
    return l->offensive_rebounds + l->defensive_rebounds;
}

double
expected_possessions(const SimGame *game)
{
    return league_possessions * game->home->pace * game->away->pace;
}

double
side_ease(const SimTeam *team, const SimGame *game)
{
    const bool is_second_night = !date_is_null(team->last_game) && date_diff(game->date, team->last_game) == 1;

    return (team == game->home ? home_ease : 2.0 - home_ease) * (is_second_night ? second_night_ease : 1.0);
}

/* ---- parts ---- */

/* By the seconds of each, or equally for those who are in when closing. */
static void
share_out(Play *g, size_t side, const int seconds[ROSTER])
{
    const SimSide *s = &g->result->sides[side];
    Parts *p = &g->parts[side];

    for (size_t i = 0; i < ROSTER; i++) {
        const Rates *rates = &s->team->players[i].rates;
        const double t = seconds[i];

        p->tries[i] = t * rates->usage * (1.0 + s->team->players[i].form) * g->usage_whim[side][i];
        p->turnovers[i] = t * rates->turnover * rates->usage;
        p->assists[i] = t * rates->assist;
        p->steals[i] = t * rates->steal;
        p->blocks[i] = t * rates->block;
        p->offensive_rebounds[i] = t * rates->offensive_rebound;
        p->defensive_rebounds[i] = t * rates->defensive_rebound;
        p->fouls[i] = t * rates->foul;
    }
}

static void
draw_night(Play *g, size_t side)
{
    SimSide *s = &g->result->sides[side];
    const double ease = side_ease(s->team, g->result->game) * dice_normal(&g->play, 1.0, team_night);

    for (size_t i = 0; i < ROSTER; i++) {
        g->usage_whim[side][i] = clamped(dice_normal(&g->play, 1.0, whim_usage), 0.3, 1.9);
        g->parts[side].touch[i] = ease * (1.0 + form_in_ease * s->team->players[i].form)
                                  * dice_normal(&g->play, 1.0, whim_touch);
    }
}

/* ---- what happens ---- */

static SimLine *
pick(Play *g, size_t side, const double weights[ROSTER])
{
    return &g->result->sides[side].lines[dice_weighted(&g->play, weights, ROSTER)];
}

static void
foul_by(Play *g, size_t side)
{
    for (int i = 0; i < 20; i++) {
        SimLine *l = pick(g, side, g->parts[side].fouls);

        if (l->fouls == MOST_FOULS)
            continue; /* he is out of the game */
        l->fouls++;
        return;
    }
}

/* True when the last one went in. */
static bool
free_throws(Play *g, size_t side, SimLine *shooter, int count)
{
    bool is_in = false;

    for (int i = 0; i < count; i++) {
        is_in = dice_chance(&g->play, shooter->player->free_throw);
        shooter->fta++;
        shooter->ft += is_in;
        g->result->sides[side].points += is_in;
    }
    return is_in;
}

static void
record_shot(Play *g, size_t side, const SimLine *shooter, Area area, bool is_made)
{
    SimSide *s = &g->result->sides[side];
    const int clock = (int)(g->left * g->period_minutes * MINUTE_S);
    SimShot *shot;

    if (s->shot_count == MOST_SHOTS)
        return;
    shot = &s->shots[s->shot_count++];
    *shot = (SimShot){.player = shooter->player,
                      .area = area,
                      .is_made = is_made,
                      .quarter = g->period,
                      .minutes_left = clock / MINUTE_S,
                      .seconds_left = clock % MINUTE_S};
    shot_place_draw(area, &g->place, &shot->x, &shot->y);
}

/* Somebody else's pass; nobody's when the dice insist on himself. */
static void
pass_to(Play *g, size_t side, const SimLine *shooter)
{
    for (int i = 0; i < 6; i++) {
        SimLine *passer = pick(g, side, g->parts[side].assists);

        if (passer == shooter)
            continue;
        passer->assists++;
        return;
    }
}

static void
attempt(Play *g, size_t side, SimLine *shooter, Area area, bool is_made)
{
    const bool is_three = area_facts[area].points == 3;

    shooter->fga++;
    shooter->three_a += is_three;
    record_shot(g, side, shooter, area, is_made);
    if (!is_made)
        return;
    shooter->fg++;
    shooter->three += is_three;
    g->result->sides[side].points += area_facts[area].points;
    if (dice_chance(&g->play, assisted[area]))
        pass_to(g, side, shooter);
}

/* True when the attackers have the ball again. */
static bool
rebound(Play *g, size_t side, double chance)
{
    if (dice_chance(&g->play, chance)) {
        if (dice_chance(&g->play, own_rebound))
            pick(g, side, g->parts[side].offensive_rebounds)->offensive_rebounds++;
        return true;
    }
    if (dice_chance(&g->play, own_rebound))
        pick(g, 1 - side, g->parts[1 - side].defensive_rebounds)->defensive_rebounds++;
    return false;
}

static double
make_chance(const Play *g, size_t side, const SimLine *shooter, Area area)
{
    const SimTeam *defenders = g->result->sides[1 - side].team;
    const size_t i = (size_t)(shooter - g->result->sides[side].lines);

    const int lead = g->result->sides[side].points - g->result->sides[1 - side].points;
    const double coasting = 1.0 - ease_of_lead * clamped(lead, -25.0, 25.0);

    return clamped(shooter->player->area_make[area] * defenders->defense[area] * g->parts[side].touch[i] * coasting,
                   0.0, 0.97);
}

/* True when the attackers keep the ball. */
static bool
try_to_score(Play *g, size_t side)
{
    SimLine *shooter = pick(g, side, g->parts[side].tries);
    const Area area = (Area)dice_weighted(&g->play, shooter->player->area_mix, AREA_COUNT);
    const AreaFacts *facts = &area_facts[area];

    if (dice_chance(&g->play, facts->fouled * shooter->player->foul_draw)) {
        const bool is_and_one = dice_chance(&g->play, facts->and_one);

        foul_by(g, 1 - side);
        if (is_and_one)
            attempt(g, side, shooter, area, true);
        return !free_throws(g, side, shooter, is_and_one ? 1 : facts->points) && rebound(g, side, free_throw_rebound);
    }
    if (dice_chance(&g->play, make_chance(g, side, shooter, area))) {
        attempt(g, side, shooter, area, true);
        return false;
    }
    attempt(g, side, shooter, area, false);
    if (dice_chance(&g->play, blocked[area]))
        pick(g, 1 - side, g->parts[1 - side].blocks)->blocks++;
    return rebound(g, side, offensive_rebound);
}

static void
turn_over(Play *g, size_t side)
{
    pick(g, side, g->parts[side].turnovers)->turnovers++;
    if (dice_chance(&g->play, stolen))
        pick(g, 1 - side, g->parts[1 - side].steals)->steals++;
}

static void
possession(Play *g, size_t side)
{
    const double loses = turnover * g->result->sides[1 - side].team->force_turnover;

    for (int chance = 0; chance < MOST_CHANCES; chance++) {
        if (dice_chance(&g->play, common_foul))
            foul_by(g, 1 - side);
        if (dice_chance(&g->play, loses)) {
            turn_over(g, side);
            return;
        }
        if (dice_chance(&g->play, bonus_foul)) {
            foul_by(g, 1 - side);
            if (free_throws(g, side, pick(g, side, g->parts[side].tries), 2) || !rebound(g, side, free_throw_rebound))
                return;
            continue;
        }
        if (!try_to_score(g, side))
            return;
    }
}

/* ---- periods ---- */

static void
play_period(Play *g, int period, int minutes, int possessions)
{
    g->period = period;
    g->period_minutes = minutes;
    for (int i = 0; i < possessions; i++) {
        g->left = 1.0 - (i + rng_unit(&g->play)) / possessions;
        possession(g, SIDE_HOME);
        possession(g, SIDE_AWAY);
    }
}

/* The last shot of a close game is one for the tie. */
static void
play_for_tie(Play *g)
{
    const int lead = g->result->sides[SIDE_HOME].points - g->result->sides[SIDE_AWAY].points;
    const size_t behind = lead > 0 ? SIDE_AWAY : SIDE_HOME;
    const int by = lead > 0 ? lead : -lead;
    const Area area = by == 3 ? AREA_ARC : AREA_RIM;
    SimLine *shooter;

    if ((by != 2 && by != 3) || !dice_chance(&g->play, tie_plays))
        return;
    g->left = 0.0;
    shooter = pick(g, behind, g->parts[behind].tries);
    attempt(g, behind, shooter, area, dice_chance(&g->play, make_chance(g, behind, shooter, area)));
}

/* The five who have played most play it out. */
static void
send_in_closers(Play *g, size_t side)
{
    SimSide *s = &g->result->sides[side];
    int seconds[ROSTER] = {0};

    for (int n = 0; n < CLOSERS; n++) {
        size_t best = ROSTER;

        for (size_t i = 0; i < ROSTER; i++)
            if (seconds[i] == 0 && s->lines[i].fouls < MOST_FOULS
                && (best == ROSTER || s->lines[i].seconds > s->lines[best].seconds))
                best = i;
        seconds[best] = OVERTIME_S;
    }
    for (size_t i = 0; i < ROSTER; i++)
        s->lines[i].seconds += seconds[i];
    share_out(g, side, seconds);
}

static void
play_overtimes(Play *g, int possessions)
{
    SimResult *r = g->result;

    while (r->sides[SIDE_HOME].points == r->sides[SIDE_AWAY].points) {
        r->overtimes++;
        send_in_closers(g, SIDE_HOME);
        send_in_closers(g, SIDE_AWAY);
        play_period(g, QUARTERS + r->overtimes, OVERTIME_MINUTES, possessions * OVERTIME_MINUTES / 48);
    }
}

/* ---- the game ---- */

static void
start_side(Play *g, const League *l, size_t side, const SimTeam *team, const Health health[ROSTER], size_t depth,
           Arena *a)
{
    SimSide *s = &g->result->sides[side];
    Rng r = dice_stream(l->seed, DICE_ROTATION, (uint64_t)g->result->game->number, side);
    bool plays[ROSTER];
    int seconds[ROSTER];

    s->team = team;
    s->shots = arena_array(a, MOST_SHOTS, sizeof *s->shots);
    for (size_t i = 0; i < ROSTER; i++)
        plays[i] = can_play(&health[i]);
    rotation_draw(team, plays, depth, &r, seconds);
    for (size_t i = 0; i < ROSTER; i++) {
        s->health[i] = health[i];
        if (plays[i])
            s->health[i].fate = seconds[i] > 0 ? FATE_PLAYS : FATE_BENCHED;
        s->lines[i] = (SimLine){.player = &team->players[i], .seconds = seconds[i]};
    }
    draw_night(g, side);
    share_out(g, side, seconds);
}

/* Form goes on from game to game for those who play; the coach thinks about everybody. */
static void
move_on(const League *l, SimTeam *team, const SimSide *s, const SimGame *game)
{
    for (size_t i = 0; i < ROSTER; i++) {
        SimPlayer *p = &team->players[i];
        Rng r = dice_stream(l->seed, DICE_FORM, (uint64_t)p->id, (uint64_t)game->date.days);

        p->role = role_kept * p->role + dice_normal(&r, 0.0, role_news[p->rank]);
        if (s->lines[i].seconds > 0)
            p->form = clamped(form_kept * p->form + dice_normal(&r, 0.0, form_news), -0.4, 0.4);
    }
    team->last_game = game->date;
}

SimResult *
play_game(const League *l, const SimGame *game, Health health[SIDE_COUNT][ROSTER], Arena *a)
{
    Play g = {.result = arena_alloc(a, sizeof(SimResult)),
              .play = dice_stream(l->seed, DICE_PLAY, (uint64_t)game->number, 0),
              .place = dice_stream(l->seed, DICE_SHOTS, (uint64_t)game->number, 0)};
    const double pace = dice_normal(&g.play, expected_possessions(game), night_possessions);
    const int possessions = (int)clamped(pace + 0.5, 84.0, 118.0);
    size_t depths[SIDE_COUNT];
    int done = 0;

    g.result->game = game;
    rotation_depths(l, game, depths);
    start_side(&g, l, SIDE_HOME, game->home, health[SIDE_HOME], depths[SIDE_HOME], a);
    start_side(&g, l, SIDE_AWAY, game->away, health[SIDE_AWAY], depths[SIDE_AWAY], a);
    for (int q = 1; q <= QUARTERS; q++) {
        const int until = possessions * q / QUARTERS;

        play_period(&g, q, QUARTER_MINUTES, until - done);
        done = until;
    }
    play_for_tie(&g);
    play_overtimes(&g, possessions);
    move_on(l, game->home, &g.result->sides[SIDE_HOME], game);
    move_on(l, game->away, &g.result->sides[SIDE_AWAY], game);
    return g.result;
}
