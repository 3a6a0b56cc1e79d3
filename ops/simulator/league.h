/*
 * ops/simulator/league.h
 *    Who there is: teams with pace and defence, players with skill, role and habits.
 *
 * What a player is worth never changes; his form and his health do (see health.h, game.h).
 */
#ifndef TIPOFF_SIMULATOR_LEAGUE_H
#define TIPOFF_SIMULATOR_LEAGUE_H

#include "libcore/base/arena.h"
#include "libcore/base/date.h"
#include "ops/simulator/dice.h"
#include "workers/names/teams.h"

enum { ROSTER = 16 };

/* Where shots are taken from. */
typedef enum {
    AREA_RIM,
    AREA_PAINT,
    AREA_MID,
    AREA_ARC,
    AREA_LEFT_CORNER,
    AREA_RIGHT_CORNER,
    AREA_BACKCOURT,
    AREA_COUNT,
} Area;

typedef struct {
    const char *name;   /* as the shots feed has it */
    int points;         /* of a make */
    double share, make; /* of the league's attempts; of the area's attempts */
    double fouled;      /* of the tries */
    double and_one;     /* of the fouled tries, those that go in */
} AreaFacts;

extern const AreaFacts area_facts[AREA_COUNT];

/* A chance that goes in when nobody fouls, such that the area's attempts as a whole have the facts'
 * rate: a foul takes misses, not makes, out of the attempts. */
double area_unfouled_make(Area area);

typedef enum { SOURCE_BOX, SOURCE_SHOTS, SOURCE_PROPS, SOURCE_INJURIES, SOURCE_COUNT } Source;

/* Rates of what is shared out among those on the floor: 1 is an average player's. */
typedef struct {
    double usage, turnover, assist, steal, block, offensive_rebound, defensive_rebound, foul;
} Rates;

typedef struct {
    int64_t id;
    const char *names[SOURCE_COUNT]; /* as each source spells him */
    const char *kind;                /* guard, wing, big */
    int rank;                        /* 0 plays most when everybody can */
    Rates rates;
    double area_mix[AREA_COUNT];  /* of his tries; sums to 1 */
    double area_make[AREA_COUNT]; /* of his tries that nobody fouls, against an average defence */
    double foul_draw;             /* 1 is an average player's */
    double free_throw;
    double minutes_bias; /* minutes a game above what his rank plays */
    /* what changes */
    double form;         /* -0.1: takes a tenth less than usual */
    double role;         /* 1: plays as if a rank lower */
    int out_games;       /* that his injury will still cost */
    const char *ailment; /* NULL when he is fit */
} SimPlayer;

typedef struct {
    const Team *names;
    int64_t nba_id;
    int division;               /* 0..5; 0..2 are one conference */
    int hours_behind;           /* Eastern time */
    double pace;                /* possessions a game against an average team */
    double defense[AREA_COUNT]; /* below 1: opponents make fewer */
    double force_turnover;
    SimPlayer players[ROSTER];
    GameDate last_game; /* GAME_DATE_NULL before the first */
} SimTeam;

typedef struct {
    uint64_t seed;
    SimTeam *teams;
    size_t team_count;
} League;

/* Everything lives in a. team_count is even and within 4 and TEAM_COUNT. */
League league_make(uint64_t seed, size_t team_count, Arena *a);

/* As the sources of lines call it. */
const char *team_name_of_books(const SimTeam *t);

/* True when some player of the league has this name, but for suffix, accents and punctuation. */
bool league_has_name(const League *l, const char *name, Arena *scratch);

#endif
