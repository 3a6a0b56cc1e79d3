/*
 * workers/league/affected.c
 *    Small questions about keys and teams.
 */
#include "workers/league/affected.h"

AffectedRows
affected_all(void)
{
    return (AffectedRows){.is_all = true};
}

AffectedRows
affected_keys(TextArray keys)
{
    return (AffectedRows){.keys = keys};
}

bool
is_affected(const AffectedRows *only, const char *key)
{
    return only == NULL || only->is_all || key_set_has(only->keys, key);
}

bool
has_played_for(const LeagueView *v, const char *lookup, const char *team_today, TextArray teams)
{
    const LeaguePlayer *p = league_player(v, lookup);

    if (teams.count == 0)
        return false;
    if (key_set_has(teams, team_today))
        return true;
    for (size_t i = 0; p != NULL && i < p->game_count; i++)
        if (key_set_has(teams, p->games[i]->team))
            return true;
    return false;
}
