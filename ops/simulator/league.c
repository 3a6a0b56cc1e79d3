/*
 * ops/simulator/league.c
 *    The facts of the league, then teams and players drawn around them.
 */
#include "ops/simulator/league.h"
#include "ops/simulator/player_names.h"
#include "workers/names/player_lookup.h"

/* Shares and rates of the league's shots, and how often a try from there is fouled. */
const AreaFacts area_facts[AREA_COUNT] = {
    [AREA_RIM] = {"Restricted Area", 2, 0.2874, 0.6585, 0.190, 0.28},
    [AREA_PAINT] = {"In The Paint (Non-RA)", 2, 0.1911, 0.4320, 0.110, 0.20},
    [AREA_MID] = {"Mid-Range", 2, 0.0977, 0.4081, 0.040, 0.20},
    [AREA_ARC] = {"Above the Break 3", 3, 0.3135, 0.3522, 0.016, 0.20},
    [AREA_LEFT_CORNER] = {"Left Corner 3", 3, 0.0550, 0.3822, 0.010, 0.20},
    [AREA_RIGHT_CORNER] = {"Right Corner 3", 3, 0.0528, 0.3895, 0.010, 0.20},
    [AREA_BACKCOURT] = {"Backcourt", 3, 0.0025, 0.0142, 0.000, 0.00},
};

/* id at nba.com, division, hours behind Eastern; parallel to team_table. */
static const struct {
    int64_t nba_id;
    int division, hours_behind;
} team_facts[TEAM_COUNT] = {
    {1610612737, 2, 0}, /* ATL */
    {1610612751, 0, 0}, /* BKN */
    {1610612738, 0, 0}, /* BOS */
    {1610612766, 2, 0}, /* CHA */
    {1610612741, 1, 1}, /* CHI */
    {1610612739, 1, 0}, /* CLE */
    {1610612742, 5, 1}, /* DAL */
    {1610612743, 3, 2}, /* DEN */
    {1610612765, 1, 0}, /* DET */
    {1610612744, 4, 3}, /* GSW */
    {1610612745, 5, 1}, /* HOU */
    {1610612754, 1, 0}, /* IND */
    {1610612746, 4, 3}, /* LAC */
    {1610612747, 4, 3}, /* LAL */
    {1610612763, 5, 1}, /* MEM */
    {1610612748, 2, 0}, /* MIA */
    {1610612749, 1, 1}, /* MIL */
    {1610612750, 3, 1}, /* MIN */
    {1610612740, 5, 1}, /* NOP */
    {1610612752, 0, 0}, /* NYK */
    {1610612760, 3, 1}, /* OKC */
    {1610612753, 2, 0}, /* ORL */
    {1610612755, 0, 0}, /* PHI */
    {1610612756, 4, 2}, /* PHX */
    {1610612757, 3, 3}, /* POR */
    {1610612758, 4, 3}, /* SAC */
    {1610612759, 5, 1}, /* SAS */
    {1610612761, 0, 0}, /* TOR */
    {1610612762, 3, 2}, /* UTA */
    {1610612764, 2, 0}, /* WAS */
};

/* The order in which a smaller league takes teams: first those whose codes differ between sources. */
static const char *const small_league_order[] = {"BOS", "BKN", "CHA", "DEN", "LAL", "MIL", "NYK", "PHX"};

/* A kind of player: how his tries and his rates differ from the average. */
typedef struct {
    const char *name;
    double area[AREA_COUNT];
    Rates rates;
    double foul_draw, free_throw;
} Kind;

static const Kind kinds[] = {
    {"guard", {0.75, 1.00, 1.20, 1.25, 0.93, 0.93, 1.3}, {1.06, 1.15, 1.65, 1.20, 0.45, 0.40, 0.75, 0.85}, 0.95, 0.81},
    {"wing", {0.85, 0.82, 0.95, 1.13, 1.50, 1.50, 1.0}, {0.97, 0.85, 0.80, 1.00, 0.75, 0.80, 0.95, 1.00}, 0.90, 0.79},
    {"big", {1.65, 1.26, 0.75, 0.52, 0.52, 0.52, 0.4}, {0.95, 1.00, 0.62, 0.78, 2.10, 2.20, 1.45, 1.20}, 1.25, 0.71},
};

/* Who takes the shots: by rank, while on the floor. */
static const double usage_of_rank[ROSTER] = {1.58, 1.30, 1.13, 1.01, 0.92, 0.88, 0.85, 0.82,
                                             0.79, 0.77, 0.74, 0.72, 0.70, 0.68, 0.66, 0.64};

double
area_unfouled_make(Area area)
{
    const AreaFacts *f = &area_facts[area];

    return (f->make * (1.0 - f->fouled + f->fouled * f->and_one) - f->fouled * f->and_one) / (1.0 - f->fouled);
}

/* Tries as opposed to attempts: a foul on a miss is a try and no attempt. */
static double
try_share(Area area)
{
    const AreaFacts *f = &area_facts[area];

    return f->share / (1.0 - f->fouled * (1.0 - f->and_one));
}

static void
draw_shooting(SimPlayer *p, const Kind *kind, double team_skill, Rng *r)
{
    double sum = 0.0;
    const double touch = team_skill * dice_normal(r, 1.0, 0.035);
    const double likes_threes = clamped(dice_normal(r, 1.0, 0.26), 0.3, 1.8);

    for (size_t z = 0; z < AREA_COUNT; z++) {
        const double habit = clamped(dice_normal(r, 1.0, 0.28), 0.2, 1.9);

        p->area_mix[z] = try_share((Area)z) * kind->area[z] * habit * (area_facts[z].points == 3 ? likes_threes : 1.0);
        p->area_make[z] = area_unfouled_make((Area)z) * touch * dice_normal(r, 1.0, 0.05);
        sum += p->area_mix[z];
    }
    for (size_t z = 0; z < AREA_COUNT; z++)
        p->area_mix[z] /= sum;
    p->foul_draw = kind->foul_draw * clamped(dice_normal(r, 1.0, 0.25), 0.3, 2.0);
    p->free_throw = clamped(dice_normal(r, kind->free_throw, 0.065), 0.45, 0.94);
}

/* A rate of his kind with his own deviation. */
static double
own_rate(Rng *r, double of_kind)
{
    return of_kind * clamped(dice_normal(r, 1.0, 0.25), 0.3, 2.0);
}

static void
draw_rates(Rates *rates, const Kind *kind, double usage, double spread, Rng *r)
{
    const Rates *of_kind = &kind->rates;

    rates->usage = clamped(of_kind->usage * usage * dice_normal(r, 1.0, spread), 0.35, 2.1);
    rates->turnover = own_rate(r, of_kind->turnover);
    rates->assist = own_rate(r, of_kind->assist);
    rates->steal = own_rate(r, of_kind->steal);
    rates->block = own_rate(r, of_kind->block);
    rates->offensive_rebound = own_rate(r, of_kind->offensive_rebound);
    rates->defensive_rebound = own_rate(r, of_kind->defensive_rebound);
    rates->foul = own_rate(r, of_kind->foul);
}

static void
draw_player(SimPlayer *p, NameBook *names, uint64_t seed, int64_t id, int rank, double team_skill)
{
    Rng r = dice_stream(seed, DICE_SKILL, (uint64_t)id, 0);
    static const size_t kind_of_rank[] = {0, 1, 2, 0, 1, 1, 2, 0};
    const size_t usual = kind_of_rank[rank % 8];
    const Kind *kind = &kinds[dice_chance(&r, 0.6) ? usual : rng_below(&r, ARRAY_LEN(kinds))];
    const double star = rank == 0 ? 0.25 : rank < 3 ? 0.19 : 0.16;

    p->id = id;
    p->rank = rank;
    p->kind = kind->name;
    name_book_take(names, (uint64_t)id, p->names);
    draw_shooting(p, kind, team_skill, &r);
    draw_rates(&p->rates, kind, usage_of_rank[rank], star, &r);
    p->minutes_bias = dice_normal(&r, 0.0, 1.6);
}

static void
draw_team(SimTeam *t, const Team *names, NameBook *book, uint64_t seed)
{
    const size_t at = (size_t)(names - team_table);
    Rng r = dice_stream(seed, DICE_TEAMS, at, 0);
    const double strength = dice_normal(&r, 1.0, 0.022), skill = dice_normal(&r, 1.0, 0.024);

    t->names = names;
    t->nba_id = team_facts[at].nba_id;
    t->division = team_facts[at].division;
    t->hours_behind = team_facts[at].hours_behind;
    t->pace = dice_normal(&r, 1.0, 0.017);
    t->force_turnover = dice_normal(&r, 1.0, 0.05);
    t->last_game = GAME_DATE_NULL;
    for (size_t z = 0; z < AREA_COUNT; z++)
        t->defense[z] = strength * dice_normal(&r, 1.0, 0.022);
    for (int rank = 0; rank < ROSTER; rank++)
        draw_player(&t->players[rank], book, seed, INT64_C(1700001) + (int64_t)at * ROSTER + rank, rank, skill);
}

/* Which teams a league of that size has, as indexes of team_table in its order. */
static size_t
choose_teams(size_t count, size_t out[TEAM_COUNT])
{
    bool chosen[TEAM_COUNT] = {false};
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(small_league_order) && n < count; i++, n++)
        chosen[team_by_tricode(small_league_order[i]) - team_table] = true;
    for (size_t i = 0; i < TEAM_COUNT && n < count; i++) {
        n += !chosen[i];
        chosen[i] = true;
    }
    n = 0;
    for (size_t i = 0; i < TEAM_COUNT; i++)
        if (chosen[i])
            out[n++] = i;
    return n;
}

League
league_make(uint64_t seed, size_t team_count, Arena *a)
{
    League l = {.seed = seed, .teams = arena_array(a, team_count, sizeof *l.teams)};
    NameBook *book = name_book_new(seed, a);
    size_t chosen[TEAM_COUNT];

    l.team_count = choose_teams(team_count, chosen);
    for (size_t i = 0; i < l.team_count; i++)
        draw_team(&l.teams[i], &team_table[chosen[i]], book, seed);
    return l;
}

const char *
team_name_of_books(const SimTeam *t)
{
    return t->names == team_by_tricode("LAC") ? t->names->others[0] : t->names->full_name;
}

bool
league_has_name(const League *l, const char *name, Arena *scratch)
{
    PlayerName wanted, known;

    if (!player_name_parse(name, scratch, &wanted))
        return true; /* nothing that anybody could be told from */
    for (size_t t = 0; t < l->team_count; t++)
        for (size_t p = 0; p < ROSTER; p++)
            if (player_name_parse(l->teams[t].players[p].names[SOURCE_BOX], scratch, &known)
                && player_name_same_base(&known, &wanted))
                return true;
    return false;
}
