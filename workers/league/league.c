/*
 * workers/league/league.c
 *    What can be asked of a view of a season.
 *
 * How a view is made of rows is in league_index.c.
 */
#include "workers/league/league.h"
#include <stdlib.h>
#include <string.h>
#include "workers/league/league_index.h"

enum { EARLY_SEASON_DAYS = 14, LEAST_MINIMUM_GAMES = 5 };

const LeagueView *
league_view(const LeagueRows *rows, GameDate date, Arena *a)
{
    LeagueIndex *index = league_index_new(date_season_year(date), rows->schedule, rows->schedule_count, a);

    league_index_add(index, rows);
    return league_index_view(index, date, a);
}

static int
player_key_cmp(const void *key, const void *element)
{
    const LeaguePlayer *p = element;

    return strcmp(key, p->lookup);
}

static int
team_key_cmp(const void *key, const void *element)
{
    const LeagueTeam *t = element;

    return strcmp(key, t->team);
}

const LeaguePlayer *
league_player(const LeagueView *v, const char *lookup)
{
    if (v->player_count == 0)
        return NULL;
    return bsearch(lookup, v->players, v->player_count, sizeof v->players[0], player_key_cmp);
}

const LeagueTeam *
league_team(const LeagueView *v, const char *team)
{
    if (v->team_count == 0)
        return NULL;
    return bsearch(team, v->teams, v->team_count, sizeof v->teams[0], team_key_cmp);
}

bool
player_game_is_played(const PlayerGame *g)
{
    return g->minutes > 0 || g->points > 0 || g->fg_attempts > 0;
}

bool
team_game_is_complete(const TeamGame *g)
{
    return g->offense != NULL && g->offense->is_complete == BOOL_TRUE;
}

bool
team_game_is_defense_known(const TeamGame *g)
{
    return g->offense != NULL && g->defense != NULL && g->allowed != NULL && g->allowed->is_complete == BOOL_TRUE;
}

int32_t
league_team_days_rest(const LeagueView *v, const LeagueTeam *team)
{
    return team->past_count == 0 ? NULL_I32 : date_diff(v->date, team->past[0]->game_date);
}

int32_t
league_minimum_games(const LeagueView *v, int32_t final_minimum)
{
    int32_t minimum = v->least_games < LEAST_MINIMUM_GAMES ? LEAST_MINIMUM_GAMES : v->least_games;

    return minimum < final_minimum ? minimum : final_minimum;
}

bool
league_is_early_season(const LeagueView *v)
{
    return v->season_day >= 0 && v->season_day < EARLY_SEASON_DAYS;
}
