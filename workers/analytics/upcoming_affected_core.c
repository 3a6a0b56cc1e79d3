/*
 * workers/analytics/upcoming_affected_core.c
 *    Which rows of a date's context read what has changed.
 */
#include "workers/analytics/upcoming_affected_core.h"
#include "workers/league/affected.h"

AffectedRows
upcoming_context_affected(const LeagueView *v, const UpcomingChanges *changes, Arena *a)
{
    const TextArray changed = changes->summaries.players;
    const char **teams = arena_array(a, (size_t)changed.count + 1, sizeof *teams);
    const char **players = arena_array(a, v->player_count + 1, sizeof *players);
    TextArray of_teams;
    size_t n = 0;

    if (changes->feeds || changes->summaries.teams.count > 0)
        return affected_all();
    for (int32_t i = 0; i < changed.count; i++) {
        const LeaguePlayer *p = league_player(v, changed.items[i]);

        teams[i] = p == NULL ? NULL : p->team;
    }
    of_teams = key_set_sort(teams, (size_t)changed.count);
    for (size_t i = 0; i < v->player_count; i++)
        if (key_set_has(of_teams, v->players[i].team))
            players[n++] = v->players[i].lookup;
    return affected_keys(key_set_union(changed, key_set_sort(players, n), a));
}
