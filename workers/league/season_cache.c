/*
 * workers/league/season_cache.c
 *    Reads only the dates that it has not seen in their present version.
 */
#include "workers/league/season_cache.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/io/db_table.h"

/* Rows that were replaced stay in memory until so many dates were read again. */
enum { REPLACED_DATES_MAX = 256 };

/* The outcomes of one date, in the version of its cell. */
typedef struct {
    GameDate date;
    int32_t version;
    LeagueRows rows;
} CachedDate;

typedef struct {
    int32_t season_year, schedule_version;
    Arena *schedule_arena, *row_arena, *index_arena;
    ScheduleGame *schedule;
    size_t schedule_count;
    CachedDate *dates; /* in ascending order */
    size_t date_count, date_cap;
    size_t replaced; /* dates whose former rows lie in row_arena */
    LeagueIndex *index;
} SeasonCache;

static void
cache_free(void *p)
{
    SeasonCache *c = p;

    free(c->dates);
    arena_free(c->index_arena);
    arena_free(c->row_arena);
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
    c->schedule_arena = arena_new(0);
    c->row_arena = arena_new(0);
    c->index_arena = arena_new(0);
    *slot = c;
    return c;
}

static void
forget_outcomes(SeasonCache *c)
{
    arena_reset(c->row_arena);
    c->date_count = 0;
    c->replaced = 0;
    c->index = NULL;
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
    c->index = NULL;    /* it borrows the old one's rows */
    arena_reset(c->schedule_arena);
    if (!table_read_range(tx, &schedule_game_table, first, last, c->schedule_arena, &rows, &c->schedule_count, err))
        return false;
    c->schedule = rows;
    c->season_year = season;
    c->schedule_version = in->schedule_version;
    return true;
}

/* ---- outcomes ---- */

/* Where the date stands or belongs. */
static size_t
date_place(const SeasonCache *c, GameDate date)
{
    size_t at = c->date_count;

    while (at > 0 && !date_before(c->dates[at - 1].date, date)) /* the newest are asked for most */
        at--;
    return at;
}

static CachedDate *
cached(const SeasonCache *c, GameDate date)
{
    size_t at = date_place(c, date);

    return at < c->date_count && date_equal(c->dates[at].date, date) ? &c->dates[at] : NULL;
}

static bool
is_outcome(const CellState *need)
{
    return need->processor == PROC_GAME_SUMMARIES && need->version > 0;
}

/* The needs whose date is not in the cache in their version, in ascending order of dates. */
static size_t
wanted_dates(const SeasonCache *c, const CellInput *in, Arena *a, CachedDate **out)
{
    CachedDate *list = arena_array(a, in->need_count + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < in->need_count; i++) {
        const CellState *need = &in->needs[i];
        const CachedDate *have = is_outcome(need) ? cached(c, need->date) : NULL;

        if (is_outcome(need) && (have == NULL || have->version != need->version))
            list[n++] = (CachedDate){.date = need->date, .version = need->version};
    }
    *out = list;
    return n;
}

/* The rows of one date among rows sorted by date; *from goes on behind them. */
static const void *
rows_of_date(const TableDesc *t, const void *rows, size_t count, GameDate date, size_t *from, size_t *found)
{
    const GameDate *at;
    size_t first;

    while (*from < count && date_before(*(const GameDate *)table_field(t, rows, *from, 0), date))
        (*from)++;
    for (first = *from; *from < count; (*from)++) {
        at = table_field(t, rows, *from, 0);
        if (!date_equal(*at, date))
            break;
    }
    *found = *from - first;
    return (const unsigned char *)rows + first * t->row_size;
}

/* Rows between the first and the last of the dates, those of other dates among them. */
static bool
read_dates(SeasonCache *c, DbTx *tx, CachedDate *list, size_t count, Err *err)
{
    const GameDate first = list[0].date, last = list[count - 1].date;
    void *players, *offense, *defense;
    size_t player_count, offense_count, defense_count, p = 0, o = 0, d = 0;

    if (!table_read_range(tx, &player_game_table, first, last, c->row_arena, &players, &player_count, err)
        || !table_read_range(tx, &team_offense_table, first, last, c->row_arena, &offense, &offense_count, err)
        || !table_read_range(tx, &team_defense_table, first, last, c->row_arena, &defense, &defense_count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        LeagueRows *rows = &list[i].rows;
        const GameDate date = list[i].date;

        rows->player_games = rows_of_date(&player_game_table, players, player_count, date, &p,
                                          &rows->player_game_count);
        rows->offense = rows_of_date(&team_offense_table, offense, offense_count, date, &o, &rows->offense_count);
        rows->defense = rows_of_date(&team_defense_table, defense, defense_count, date, &d, &rows->defense_count);
    }
    return true;
}

/* True when a row of the index is no more. */
static bool
keep_date(SeasonCache *c, const CachedDate *date)
{
    size_t at = date_place(c, date->date);
    bool is_replaced = at < c->date_count && date_equal(c->dates[at].date, date->date);

    if (!is_replaced) {
        c->dates = heap_room(c->dates, c->date_count, &c->date_cap, sizeof *c->dates);
        memmove(c->dates + at + 1, c->dates + at, (c->date_count - at) * sizeof *c->dates);
        c->date_count++;
    }
    c->dates[at] = *date;
    c->replaced += is_replaced;
    return is_replaced;
}

static void
rebuild_index(SeasonCache *c)
{
    arena_reset(c->index_arena);
    c->index = league_index_new(c->season_year, c->schedule, c->schedule_count, c->index_arena);
    for (size_t i = 0; i < c->date_count; i++)
        league_index_add(c->index, &c->dates[i].rows);
}

static bool
refresh_outcomes(SeasonCache *c, DbTx *tx, const CellInput *in, Arena *a, Err *err)
{
    CachedDate *list;
    size_t n = wanted_dates(c, in, a, &list);
    bool ok, is_rebuilt;

    if (c->replaced + n > REPLACED_DATES_MAX) {
        forget_outcomes(c);
        n = wanted_dates(c, in, a, &list);
    }
    is_rebuilt = c->index == NULL;
    ok = n == 0 || read_dates(c, tx, list, n, err);
    for (size_t i = 0; ok && i < n; i++)
        is_rebuilt = keep_date(c, &list[i]) || is_rebuilt;
    if (ok && is_rebuilt)
        rebuild_index(c);
    for (size_t i = 0; ok && !is_rebuilt && i < n; i++)
        league_index_add(c->index, &list[i].rows);
    if (!ok)
        forget_outcomes(c);
    return ok;
}

bool
season_cache_load(DbTx *tx, const CellInput *in, Arena *a, const LeagueIndex **out, Err *err)
{
    SeasonCache *c = cache_of(tx);

    if (!refresh_schedule(c, tx, in, err) || !refresh_outcomes(c, tx, in, a, err))
        return false;
    *out = c->index;
    return true;
}
