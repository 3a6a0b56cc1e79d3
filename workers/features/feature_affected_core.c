/*
 * workers/features/feature_affected_core.c
 *    Which rows of a date's feature store read what has changed.
 */
#include "workers/features/feature_affected_core.h"
#include "workers/league/affected.h"

AffectedRows
feature_store_affected(const LeagueView *v, const FeatureChanges *changes, const UpcomingPlayer *rows, size_t count,
                       Arena *a)
{
    const TextArray changed[] = {changes->summaries.players, changes->upcoming.players, changes->player_zones.players,
                                 changes->composites.players, changes->caches.players};
    const char **by_team = arena_array(a, count + 1, sizeof *by_team);
    TextArray keys = {0};
    size_t n = 0;

    for (size_t i = 0; i < ARRAY_LEN(changed); i++)
        keys = key_set_union(keys, changed[i], a);
    for (size_t i = 0; i < count; i++)
        if (key_set_has(changes->team_zones.teams, rows[i].opponent)
            || has_played_for(v, rows[i].player_lookup, rows[i].team, changes->summaries.teams))
            by_team[n++] = rows[i].player_lookup;
    return affected_keys(key_set_union(keys, key_set_sort(by_team, n), a));
}

AffectedRows
player_similarity_affected(const FeatureChanges *changes, Arena *a)
{
    return changes->summaries.teams.count > 0
               ? affected_all()
               : affected_keys(key_set_union(changes->summaries.players, changes->upcoming.players, a));
}
