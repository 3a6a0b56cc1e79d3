/*
 * workers/league/league.h
 *    What a pre_game cell of a date may know of its season: outcomes strictly before the date, and
 *    the schedule up to and including it.
 *
 * A view is cut off when it is built, so a computation that holds one cannot see the future.
 */
#ifndef TIPOFF_WORKERS_LEAGUE_H
#define TIPOFF_WORKERS_LEAGUE_H

#include "libcore/base/arena.h"
#include "tables_gen.h"

/* A season as loaded: every array may hold any dates in any order. Borrowed. */
typedef struct {
    const ScheduleGame *schedule;
    size_t schedule_count;
    const PlayerGame *player_games;
    size_t player_game_count;
    const TeamOffense *offense;
    size_t offense_count;
    const TeamDefense *defense;
    size_t defense_count;
} LeagueRows;

/* games: newest first by (game_date, game_id); never empty. played: those of them in which he
 * played, in the same order. */
typedef struct {
    const char *lookup;
    const char *name; /* as in the newest game */
    const char *team; /* of the newest game */
    const PlayerGame *const *games;
    size_t game_count;
    const PlayerGame *const *played;
    size_t played_count;
} LeaguePlayer;

/* A scheduled game with what became of it; a row that is not there is NULL. */
typedef struct {
    const ScheduleGame *game;
    const TeamOffense *offense;
    const TeamDefense *defense;
    const TeamOffense *allowed; /* the opponent's offense */
} TeamGame;

/* All arrays newest first. past: the team's scheduled games before the date, with or without an
 * outcome; history holds the same games with their rows. holes: those of them of which the team has
 * no complete box score. today: its scheduled game on the date, or NULL. */
typedef struct {
    const char *team;
    const TeamOffense *const *offense;
    size_t offense_count;
    const TeamDefense *const *defense;
    size_t defense_count;
    const ScheduleGame *const *past;
    const TeamGame *history;
    size_t past_count;
    const ScheduleGame *const *holes;
    size_t hole_count;
    const ScheduleGame *today;
} LeagueTeam;

typedef struct {
    GameDate date;
    int32_t season_year;
    GameDate opening_night;      /* first scheduled date of the season; NULL without a schedule */
    int32_t season_day;          /* days since opening night; NULL_I32 without a schedule */
    int32_t least_games;         /* outcomes of the least-played team before the date */
    const LeaguePlayer *players; /* sorted by lookup; only those with a game before the date */
    size_t player_count;
    const LeagueTeam *teams; /* sorted by team: those with a scheduled game up to the date */
    size_t team_count;
    size_t hole_count;                /* of all teams */
    const ScheduleGame *const *slate; /* scheduled games of the date, sorted by game_id */
    size_t slate_count;
} LeagueView;

/* The view of a date: rows of its season only, outcomes strictly before it, schedule up to it.
 * Everything is made in a; the view borrows from rows. Never NULL. Who looks at many dates of a
 * season keeps a LeagueIndex instead: see league_index.h. */
const LeagueView *league_view(const LeagueRows *rows, GameDate date, Arena *a);

/* NULL when the player has no game before the date. */
const LeaguePlayer *league_player(const LeagueView *v, const char *lookup);
/* NULL when the schedule has no such team. */
const LeagueTeam *league_team(const LeagueView *v, const char *team);

/* Did he play? A row of someone who did not may still stand in a box score. */
bool player_game_is_played(const PlayerGame *g);

/* The team's own box score is there and complete. */
bool team_game_is_complete(const TeamGame *g);
/* Both teams' rows are there, and the opponent's, of which all that was allowed is made, is complete. */
bool team_game_is_defense_known(const TeamGame *g);

/* Calendar days since the team's last scheduled game before the date; NULL_I32 without one. */
int32_t league_team_days_rest(const LeagueView *v, const LeagueTeam *team);

/* min(final_minimum, max(5, games of the least-played team)): the minimum sample of a processor
 * while the season is young. */
int32_t league_minimum_games(const LeagueView *v, int32_t final_minimum);

/* Days 0-13 of the season, on which precompute completes without data. */
bool league_is_early_season(const LeagueView *v);

#endif
