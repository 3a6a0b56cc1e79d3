/*
 * ops/cli/explain_read.c
 *    The feature row, its upstream rows, their cells, the games and holes behind them.
 */
#include "ops/cli/explain_read.h"
#include <string.h>
#include "libcore/io/db_table.h"
#include "libcore/runtime/pipeline.h"
#include "workers/precompute/windows_core.h"

enum { DAYS_OF_A_YEAR = 366 };

/* The one row of the date with this key; *row is NULL when there is none. */
static bool
read_one(Session *s, const TableDesc *t, GameDate date, const char *column, const char *key, const void **row, Err *err)
{
    void *rows;
    size_t count;

    if (!table_read_range_of(s->tx, t, date, date, column, key, s->a, &rows, &count, err))
        return false;
    *row = count > 0 ? rows : NULL;
    return true;
}

/* ---- rows ---- */

static bool
read_upstream(Session *s, GameDate date, ExplainFacts *out, Err *err)
{
    for (int u = 0; u < UPSTREAM_COUNT; u++) {
        const TableDesc *t = feature_upstream_desc((FeatureUpstream)u);
        bool is_team = u == UPSTREAM_TEAM_ZONE;

        if (t == NULL || u == UPSTREAM_SUMMARY)
            continue;
        if (!read_one(s, t, date, is_team ? "team" : "player_lookup",
                      is_team ? out->row->opponent : out->row->player_lookup, &out->upstream[u], err))
            return false;
    }
    return true;
}

static bool
read_games(Session *s, GameDate date, ExplainFacts *out, Err *err)
{
    const PlayerGame **played;
    void *rows;
    size_t count;

    if (!table_read_range_of(s->tx, &player_game_table, date_add(date, -DAYS_OF_A_YEAR), date_add(date, -1),
                             "player_lookup", out->row->player_lookup, s->a, &rows, &count, err))
        return false;
    played = arena_array(s->a, count + 1, sizeof *played);
    for (size_t i = count; i > 0; i--) {
        const PlayerGame *g = (const PlayerGame *)rows + (i - 1);

        if (g->season_year == out->row->season_year && player_game_is_played(g))
            played[out->played_count++] = g;
    }
    out->played = played;
    return true;
}

static bool
read_skipped(Session *s, GameDate date, ExplainFacts *out, Err *err)
{
    const GameDate dates[] = {date, date};
    const char *const entities[] = {out->row->player_lookup, out->row->opponent};
    void *rows;

    if (!table_read_keys(s->tx, &skipped_entity_table, "entity", dates, entities, ARRAY_LEN(dates), s->a, &rows,
                         &out->skipped_count, err))
        return false;
    out->skipped = rows;
    return true;
}

/* ---- games that nobody knows of ---- */

static const char *const *
texts_of(const DbRows *rows, Arena *a, size_t *count)
{
    const char **texts;

    *count = db_row_count(rows);
    texts = arena_array(a, *count + 1, sizeof *texts);
    for (size_t i = 0; i < *count; i++)
        texts[i] = db_get_text(rows, i, 0);
    return texts;
}

/* His holes are listed in his daily cache, and where he has none, among the gaps of the date. */
static bool
read_holes(Session *s, GameDate date, ExplainFacts *out, Err *err)
{
    static const char sql[] = "select subject from features.feature_store_gaps where game_date = $1"
                              " and player_lookup = $2 and reason = 'window_hole' and resolved_at is null"
                              " order by subject desc";
    const PlayerCache *cache = out->upstream[UPSTREAM_DAILY_CACHE];
    const DbParam params[] = {db_date(date), db_text(out->row->player_lookup)};
    DbRows *rows;

    if (cache != NULL) {
        out->holes = cache->missing_game_ids.items;
        out->hole_count = (size_t)cache->missing_game_ids.count;
        return true;
    }
    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    out->holes = texts_of(rows, s->a, &out->hole_count);
    return true;
}

/* His team's record, and its scheduled games without a complete box score of both sides. */
static bool
read_team(Session *s, GameDate date, ExplainFacts *out, Err *err)
{
    static const char holes[]
        = "select g.game_id from raw.schedule_game g where $1 in (home_team, away_team) and season_year = $2"
          " and game_date < $3 and (select count(*) from analytics.team_offense_game_summary o where o.game_date = "
          "g.game_date"
          " and o.game_id = g.game_id and o.is_complete) < 2 order by g.game_date desc";
    static const char record[] = "select count(*) filter (where won)::int, count(*)::int"
                                 " from analytics.team_offense_game_summary where team = $1 and season_year = $2"
                                 " and game_date < $3 and is_complete";
    const DbParam params[] = {db_text(out->row->team), db_i32(out->row->season_year), db_date(date)};
    DbRows *rows;

    if (!db_exec(s->tx, holes, params, ARRAY_LEN(params), &rows, err))
        return false;
    out->team_holes = texts_of(rows, s->a, &out->team_hole_count);
    if (!db_exec(s->tx, record, params, ARRAY_LEN(params), &rows, err))
        return false;
    out->team_wins = db_get_i32(rows, 0, 0);
    out->team_games = db_get_i32(rows, 0, 1);
    return true;
}

/* ---- cells ---- */

/* How the date's cell of an upstream stands now. Earlier outcomes have one a date, and none is named. */
static bool
read_cell_now(Session *s, GameDate date, FeatureUpstream u, ExplainCell *cell, Err *err)
{
    static const char sql[] = "select status, reason, version from ops.cell where game_date = $1 and processor = $2";
    const DbParam params[] = {db_date(date), db_text(feature_upstream_table[u].processor)};
    DbRows *rows;

    if (u == UPSTREAM_SUMMARY)
        return true;
    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return true;
    cell->status = db_get_text(rows, 0, 0);
    cell->reason = db_get_text(rows, 0, 1);
    cell->version_now = db_get_i32(rows, 0, 2);
    return true;
}

/* The cells that the row was read from. */
static bool
read_input_set(Session *s, ExplainFacts *out, Err *err)
{
    static const char sql[]
        = "select c->>'processor', max((c->>'version')::int), count(*)::int,"
          " (array_agg(left(c->>'content_hash', 12) order by c->>'game_date' desc))[1],"
          " to_char(max((c->>'finished_at')::timestamptz) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
          " from features.input_set, jsonb_array_elements(cells) c where input_set_id = $1 group by 1";
    const DbParam params[] = {db_text(out->row->input_set_id)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    for (size_t i = 0; i < db_row_count(rows); i++) {
        for (int u = 0; u < UPSTREAM_COUNT; u++) {
            ExplainCell *cell = &out->cells[u];
            const char *processor = feature_upstream_table[u].processor;

            if (processor == NULL || strcmp(processor, db_get_text(rows, i, 0)) != 0)
                continue;
            cell->version = u == UPSTREAM_SUMMARY ? 0 : db_get_i32(rows, i, 1);
            cell->dates = db_get_i32(rows, i, 2);
            cell->hash = u == UPSTREAM_SUMMARY ? NULL : db_get_text(rows, i, 3);
            cell->finished_at = db_get_text(rows, i, 4);
        }
    }
    return true;
}

static bool
read_cells(Session *s, GameDate date, ExplainFacts *out, Err *err)
{
    for (int u = 0; u < UPSTREAM_COUNT; u++)
        if (feature_upstream_table[u].processor != NULL
            && !read_cell_now(s, date, (FeatureUpstream)u, &out->cells[u], err))
            return false;
    return read_input_set(s, out, err);
}

/* ---- without a row ---- */

static bool
say_no_row(Session *s, const char *lookup, GameDate date, Err *err)
{
    static const char sql[]
        = "select (select reason || coalesce(', ' || detail, '') from precompute.skipped_entity where game_date = $1"
          " and processor = $2 and entity = $3), (select status || coalesce(': ' || reason, '') from ops.cell"
          " where game_date = $1 and processor = $2)";
    const char *store = processor_table[PROC_FEATURE_STORE].name;
    const DbParam params[] = {db_date(date), db_text(store), db_text(lookup)};
    char day[DATE_TEXT_LEN];
    DbRows *rows;

    (void)date_format(date, day);
    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (!db_is_null(rows, 0, 0))
        return ERR_FAIL(err, ERR_POISON, "%s has no feature row on %s: %s left him out: %s", lookup, day, store,
                        db_get_text(rows, 0, 0));
    return ERR_FAIL(err, ERR_POISON, "%s has no feature row on %s: %s is %s; 'tipoff why %s' says more", lookup, day,
                    store, db_is_null(rows, 0, 1) ? "unknown there" : db_get_text(rows, 0, 1), day);
}

bool
explain_read(Session *s, const char *player_lookup, GameDate date, ExplainFacts *out, Err *err)
{
    const void *row;

    *out = (ExplainFacts){0};
    if (!read_one(s, &feature_row_table, date, "player_lookup", player_lookup, &row, err))
        return false;
    if (row == NULL)
        return say_no_row(s, player_lookup, date, err);
    out->row = row;
    return read_upstream(s, date, out, err) && read_games(s, date, out, err) && read_skipped(s, date, out, err)
           && read_holes(s, date, out, err) && read_team(s, date, out, err) && read_cells(s, date, out, err);
}
