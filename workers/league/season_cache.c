/*
 * workers/league/season_cache.c
 *    Reads only the dates that it has not seen in their present version.
 */
#include "workers/league/season_cache.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/io/db_table.h"

typedef struct {
    GameDate date;
    int32_t version;
} CachedDate;

enum { PLAYERS, OFFENSE, DEFENSE, TABLES };

typedef struct {
    int32_t season_year, schedule_version;
    Arena *schedule_arena, *arena;
    ScheduleGame *schedule;
    size_t schedule_count;
    CachedDate *dates;
    size_t date_count, date_cap;
    size_t dropped; /* rows whose texts still stand in the arena */
    struct {        /* rows appended in the order in which dates were read */
        const TableDesc *table;
        unsigned char *rows;
        size_t count, cap;
    } tables[TABLES];
} SeasonCache;

static void
forget_outcomes(SeasonCache *c)
{
    arena_reset(c->arena);
    c->date_count = c->dropped = 0;
    for (size_t t = 0; t < TABLES; t++)
        c->tables[t].count = 0;
}

static void
cache_free(void *p)
{
    SeasonCache *c = p;

    for (size_t t = 0; t < TABLES; t++)
        free(c->tables[t].rows);
    free(c->dates);
    arena_free(c->arena);
    arena_free(c->schedule_arena);
    free(c);
}

static SeasonCache *
cache_of(DbTx *tx)
{
    void **slot = db_slot(db_of_tx(tx), cache_free);
    SeasonCache *c = *slot;

    if (c != NULL)
        return c;
    c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    c->arena = arena_new(0);
    c->schedule_arena = arena_new(0);
    c->tables[PLAYERS].table = &player_game_table;
    c->tables[OFFENSE].table = &team_offense_table;
    c->tables[DEFENSE].table = &team_defense_table;
    *slot = c;
    return c;
}

static bool
refresh_schedule(SeasonCache *c, DbTx *tx, const CellInput *in, Err *err)
{
    int32_t season = date_season_year(in->date);
    GameDate first, last;
    void *rows;

    if (c->season_year == season && c->schedule_version == in->schedule_version)
        return true;
    if (c->season_year != season)
        forget_outcomes(c);
    if (!date_make(season, 7, 1, &first) || !date_make(season + 1, 6, 30, &last))
        return ERR_FAIL(err, ERR_POISON, "no season %d", (int)season);
    c->season_year = 0; /* until the new one is there */
    arena_reset(c->schedule_arena);
    if (!table_read_range(tx, &schedule_game_table, first, last, c->schedule_arena, &rows, &c->schedule_count, err))
        return false;
    c->schedule = rows;
    c->season_year = season;
    c->schedule_version = in->schedule_version;
    return true;
}

static const CachedDate *
cached(const SeasonCache *c, GameDate date)
{
    for (size_t i = c->date_count; i > 0; i--) /* the newest are asked for most */
        if (date_equal(c->dates[i - 1].date, date))
            return &c->dates[i - 1];
    return NULL;
}

static bool
is_outcome(const CellState *need)
{
    return need->processor == PROC_GAME_SUMMARIES && need->version > 0;
}

/* Dates among the needs that are not in the cache in their present version, in ascending order. */
static size_t
missing_dates(const SeasonCache *c, const CellInput *in, Arena *a, CachedDate **out)
{
    CachedDate *list = arena_array(a, in->need_count + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < in->need_count; i++) {
        const CellState *need = &in->needs[i];
        const CachedDate *have = is_outcome(need) ? cached(c, need->date) : NULL;

        if (is_outcome(need) && (have == NULL || have->version != need->version))
            list[n++] = (CachedDate){need->date, need->version};
    }
    *out = list;
    return n;
}

static bool
is_wanted(const CachedDate *list, size_t count, GameDate date)
{
    for (size_t i = 0; i < count; i++)
        if (date_equal(list[i].date, date))
            return true;
    return false;
}

/* Takes out what there is of these dates; the rows of the others move up. */
static void
drop_dates(SeasonCache *c, const CachedDate *list, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < c->date_count; i++)
        if (!is_wanted(list, count, c->dates[i].date))
            c->dates[kept++] = c->dates[i];
    if (kept == c->date_count)
        return;
    c->date_count = kept;
    for (size_t t = 0; t < TABLES; t++) {
        const size_t size = c->tables[t].table->row_size;
        size_t n = 0;

        for (size_t i = 0; i < c->tables[t].count; i++) {
            unsigned char *row = c->tables[t].rows + i * size;

            if (!is_wanted(list, count, *(const GameDate *)table_field(c->tables[t].table, row, 0, 0)))
                memmove(c->tables[t].rows + n++ * size, row, size);
        }
        c->dropped += c->tables[t].count - n;
        c->tables[t].count = n;
    }
}

static bool
append_table(SeasonCache *c, size_t t, DbTx *tx, const CachedDate *list, size_t count, Err *err)
{
    const TableDesc *table = c->tables[t].table;
    size_t n, size = table->row_size;
    const unsigned char *rows;
    void *read;

    if (!table_read_range(tx, table, list[0].date, list[count - 1].date, c->arena, &read, &n, err))
        return false;
    rows = read;
    if (c->tables[t].count + n > c->tables[t].cap) {
        c->tables[t].cap = (c->tables[t].count + n) * 2;
        c->tables[t].rows = realloc(c->tables[t].rows, c->tables[t].cap * size);
        if (c->tables[t].rows == NULL)
            abort();
    }
    for (size_t i = 0; i < n; i++) {
        GameDate date = *(const GameDate *)table_field(table, rows, i, 0);

        if (is_wanted(list, count, date))
            memcpy(c->tables[t].rows + c->tables[t].count++ * size, rows + i * size, size);
    }
    return true;
}

static bool
refresh_outcomes(SeasonCache *c, DbTx *tx, const CellInput *in, Arena *a, Err *err)
{
    CachedDate *list;
    size_t n = missing_dates(c, in, a, &list);

    if (n == 0)
        return true;
    drop_dates(c, list, n);
    if (c->dropped > c->tables[PLAYERS].count) { /* more memory is lost than used */
        forget_outcomes(c);
        n = missing_dates(c, in, a, &list);
    }
    for (size_t t = 0; t < TABLES; t++)
        if (!append_table(c, t, tx, list, n, err)) {
            forget_outcomes(c);
            return false;
        }
    if (c->date_count + n > c->date_cap) {
        c->date_cap = (c->date_count + n) * 2;
        c->dates = realloc(c->dates, c->date_cap * sizeof *c->dates);
        if (c->dates == NULL)
            abort();
    }
    memcpy(c->dates + c->date_count, list, n * sizeof *list);
    c->date_count += n;
    return true;
}

bool
season_cache_load(DbTx *tx, const CellInput *in, Arena *a, LeagueRows *out, Err *err)
{
    SeasonCache *c = cache_of(tx);

    if (!refresh_schedule(c, tx, in, err) || !refresh_outcomes(c, tx, in, a, err))
        return false;
    *out = (LeagueRows){
        .schedule = c->schedule,
        .schedule_count = c->schedule_count,
        .player_games = (const PlayerGame *)(const void *)c->tables[PLAYERS].rows,
        .player_game_count = c->tables[PLAYERS].count,
        .offense = (const TeamOffense *)(const void *)c->tables[OFFENSE].rows,
        .offense_count = c->tables[OFFENSE].count,
        .defense = (const TeamDefense *)(const void *)c->tables[DEFENSE].rows,
        .defense_count = c->tables[DEFENSE].count,
    };
    return true;
}
