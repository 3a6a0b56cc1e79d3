/*
 * workers/precompute/precompute_affected_core.c
 *    Which rows of a precompute cell read what has changed.
 */
#include "workers/precompute/precompute_affected_core.h"
#include "workers/league/affected.h"

AffectedRows
team_defense_zone_affected(KeySet summaries)
{
    return summaries.teams.count > 0 ? affected_all() : affected_keys((TextArray){0});
}

AffectedRows
player_shot_zone_affected(const LeagueView *v, KeySet summaries, Arena *a)
{
    const char **of_teams = arena_array(a, v->player_count + 1, sizeof *of_teams);
    size_t n = 0;

    for (size_t i = 0; i < v->player_count; i++)
        if (has_played_for(v, v->players[i].lookup, v->players[i].team, summaries.teams))
            of_teams[n++] = v->players[i].lookup;
    return affected_keys(key_set_union(summaries.players, key_set_sort(of_teams, n), a));
}

AffectedRows
composite_factors_affected(const CompositeChanges *changes, const UpcomingPlayer *rows, size_t count, Arena *a)
{
    const char **meets = arena_array(a, count + 1, sizeof *meets);
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (key_set_has(changes->team_zones.teams, rows[i].opponent))
            meets[n++] = rows[i].player_lookup;
    return affected_keys(key_set_union(key_set_union(changes->upcoming.players, changes->player_zones.players, a),
                                       key_set_sort(meets, n), a));
}

AffectedRows
daily_cache_affected(const LeagueView *v, const CacheChanges *changes, const UpcomingPlayer *rows, size_t count,
                     Arena *a)
{
    const char **of_teams = arena_array(a, count + 1, sizeof *of_teams);
    TextArray keys = key_set_union(changes->upcoming.players, changes->player_zones.players, a);
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (has_played_for(v, rows[i].player_lookup, rows[i].team, changes->summaries.teams))
            of_teams[n++] = rows[i].player_lookup;
    keys = key_set_union(keys, changes->summaries.players, a);
    return affected_keys(key_set_union(keys, key_set_sort(of_teams, n), a));
}
