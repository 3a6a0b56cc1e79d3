/*
 * workers/precompute/windows_core.c
 *    Sums over windows of games, and skipped entities.
 */
#include "workers/precompute/windows_core.h"
#include <assert.h>

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
