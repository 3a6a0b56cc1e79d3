/*
 * workers/precompute/windows_core.c
 *    Sums over windows of games, skipped entities, and rows of one date by player or team.
 */
#include "workers/precompute/windows_core.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
mean_add(MeanSum *m, double value)
{
    if (f64_is_null(value))
        return;
    m->sum += value;
    m->count++;
}

double
mean_value(const MeanSum *m)
{
    return m->count == 0 ? NULL_F64 : m->sum / m->count;
}

void
zone_add(ZoneSum *z, int32_t attempts, int32_t makes)
{
    if (i32_is_null(attempts) || i32_is_null(makes))
        return;
    z->attempts += attempts;
    z->makes += makes;
    z->games++;
}

double
zone_pct(const ZoneSum *z)
{
    return z->attempts == 0 ? NULL_F64 : (double)z->makes / (double)z->attempts;
}

double
zone_attempts_per_game(const ZoneSum *z)
{
    return z->games == 0 ? NULL_F64 : (double)z->attempts / z->games;
}

const char *
zone_name(Zone zone)
{
    static const char *const names[ZONE_COUNT] = {
        [ZONE_PAINT] = "paint",
        [ZONE_MID_RANGE] = "mid_range",
        [ZONE_PERIMETER] = "perimeter",
    };

    assert(zone < ZONE_COUNT);
    return names[zone];
}

SkippedList
skipped_new(size_t capacity, Arena *a)
{
    return (SkippedList){.rows = arena_array(a, capacity, sizeof(SkippedEntity))};
}

void
skipped_add(SkippedList *list, GameDate date, const char *processor, const char *entity, const char *reason,
            const char *detail)
{
    list->rows[list->count++] = (SkippedEntity){
        .game_date = date, .processor = processor, .entity = entity, .reason = reason, .detail = detail};
}

bool
player_game_is_played(const PlayerGame *g)
{
    return g->minutes > 0 || g->points > 0 || g->fg_attempts > 0;
}

const PlayerGame *const *
played_games(const LeaguePlayer *p, size_t *count, Arena *a)
{
    const PlayerGame **played = arena_array(a, p->game_count, sizeof played[0]);

    *count = 0;
    for (size_t i = 0; i < p->game_count; i++) {
        if (player_game_is_played(p->games[i]))
            played[(*count)++] = p->games[i];
    }
    return played;
}

static int
upcoming_cmp(const void *x, const void *y)
{
    const UpcomingPlayer *const *a = x;
    const UpcomingPlayer *const *b = y;

    return strcmp((*a)->player_lookup, (*b)->player_lookup);
}

static int
player_zone_cmp(const void *x, const void *y)
{
    const PlayerZone *const *a = x;
    const PlayerZone *const *b = y;

    return strcmp((*a)->player_lookup, (*b)->player_lookup);
}

static int
team_zone_cmp(const void *x, const void *y)
{
    const TeamZone *const *a = x;
    const TeamZone *const *b = y;

    return strcmp((*a)->team, (*b)->team);
}

UpcomingIndex
upcoming_index(const UpcomingPlayer *rows, size_t count, GameDate date, Arena *a)
{
    const UpcomingPlayer **sorted = arena_array(a, count, sizeof sorted[0]);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (date_equal(rows[i].game_date, date))
            sorted[n++] = &rows[i];
    }
    qsort(sorted, n, sizeof sorted[0], upcoming_cmp);
    return (UpcomingIndex){.rows = sorted, .count = n};
}

PlayerZoneIndex
player_zone_index(const PlayerZone *rows, size_t count, GameDate date, Arena *a)
{
    const PlayerZone **sorted = arena_array(a, count, sizeof sorted[0]);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (date_equal(rows[i].game_date, date))
            sorted[n++] = &rows[i];
    }
    qsort(sorted, n, sizeof sorted[0], player_zone_cmp);
    return (PlayerZoneIndex){.rows = sorted, .count = n};
}

TeamZoneIndex
team_zone_index(const TeamZone *rows, size_t count, GameDate date, Arena *a)
{
    const TeamZone **sorted = arena_array(a, count, sizeof sorted[0]);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (date_equal(rows[i].game_date, date))
            sorted[n++] = &rows[i];
    }
    qsort(sorted, n, sizeof sorted[0], team_zone_cmp);
    return (TeamZoneIndex){.rows = sorted, .count = n};
}

const PlayerZone *
player_zone_find(const PlayerZoneIndex *index, const char *lookup)
{
    const PlayerZone wanted = {.player_lookup = lookup};
    const PlayerZone *key = &wanted;
    const PlayerZone *const *found;

    found = bsearch(&key, index->rows, index->count, sizeof index->rows[0], player_zone_cmp);
    return found == NULL ? NULL : *found;
}

const TeamZone *
team_zone_find(const TeamZoneIndex *index, const char *team)
{
    const TeamZone wanted = {.team = team};
    const TeamZone *key = &wanted;
    const TeamZone *const *found;

    found = bsearch(&key, index->rows, index->count, sizeof index->rows[0], team_zone_cmp);
    return found == NULL ? NULL : *found;
}
