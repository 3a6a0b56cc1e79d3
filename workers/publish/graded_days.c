/*
 * workers/publish/graded_days.c
 *    One arena a date, so that a date that is graded anew replaces its own rows and no others.
 */
#include "workers/publish/graded_days.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/io/db_table.h"

typedef struct {
    GradedDate key;
    Arena *arena; /* the rows, and the day made of them */
    PickDay day;
    bool has_day;
} CachedDay;

typedef struct {
    char *system;
    CachedDay *days;
    size_t count, cap;
} Cache;

static void
forget(Cache *c)
{
    for (size_t i = 0; i < c->count; i++)
        arena_free(c->days[i].arena);
    c->count = 0;
    free(c->system);
    c->system = NULL;
}

static void
cache_free(void *p)
{
    Cache *c = p;

    forget(c);
    free(c->days);
    free(c);
}

static Cache *
cache_of(DbTx *tx, const char *system)
{
    void **slot = db_slot(db_of_tx(tx), cache_free);
    Cache *c = *slot != NULL ? *slot : calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    *slot = c;
    if (c->system == NULL || strcmp(c->system, system) != 0) {
        forget(c);
        c->system = strdup(system);
        if (c->system == NULL)
            abort();
    }
    return c;
}

static CachedDay *
find_or_add(Cache *c, GameDate date)
{
    for (size_t i = c->count; i > 0; i--) /* the newest are asked for most */
        if (date_equal(c->days[i - 1].key.date, date))
            return &c->days[i - 1];
    c->days = heap_room(c->days, c->count, &c->cap, sizeof *c->days);
    c->days[c->count] = (CachedDay){.key = {date, 0}, .arena = arena_new(0)};
    return &c->days[c->count++];
}

static bool
refresh(CachedDay *d, DbTx *tx, const char *system, int32_t version, Err *err)
{
    GameDate date = d->key.date;
    PickDays days;
    size_t count;
    void *rows;

    d->key.version = 0; /* until the new one is there */
    arena_reset(d->arena);
    if (!table_read_range_of(tx, &prediction_accuracy_table, date, date, "system_id", system, d->arena, &rows, &count,
                             err))
        return false;
    days = pick_days_of_accuracy(rows, count, date, date, system, d->arena);
    d->has_day = days.count > 0;
    if (d->has_day)
        d->day = days.days[0];
    d->key.version = version;
    return true;
}

bool
graded_days_load(DbTx *tx, const char *system, const GradedDate *dates, size_t count, Arena *a, PickDays *out, Err *err)
{
    Cache *c = cache_of(tx, system);

    *out = (PickDays){.days = arena_array(a, count + 1, sizeof *out->days)};
    for (size_t i = 0; i < count; i++) {
        CachedDay *d = find_or_add(c, dates[i].date);

        if (d->key.version != dates[i].version && !refresh(d, tx, c->system, dates[i].version, err))
            return false;
        if (d->has_day)
            out->days[out->count++] = d->day;
    }
    return true;
}
