/*
 * workers/precompute/precompute_inputs.c
 *    What the precompute workers share around their cores: inputs, and how a cell completes.
 */
#include "workers/precompute/precompute_inputs.h"
#include "libcore/io/db_table.h"
#include "workers/league/season_cache.h"

PrecomputeInputs *
precompute_load_season(DbTx *tx, const CellInput *in, Arena *a, Err *err)
{
    PrecomputeInputs *inputs = arena_alloc(a, sizeof *inputs);
    const LeagueIndex *season;

    if (!season_cache_load(tx, in, a, &season, err))
        return NULL;
    inputs->view = league_index_view(season, in->date, a);
    return inputs;
}

bool
precompute_load_upcoming(DbTx *tx, const CellInput *in, Arena *a, PrecomputeInputs *out, Err *err)
{
    void *rows;

    if (!table_read_date(tx, &upcoming_player_table, in->date, a, &rows, &out->upcoming_count, err))
        return false;
    out->upcoming = rows;
    return true;
}

bool
precompute_load_player_zones(DbTx *tx, const CellInput *in, Arena *a, PrecomputeInputs *out, Err *err)
{
    void *rows;

    if (!table_read_date(tx, &player_zone_table, in->date, a, &rows, &out->player_zone_count, err))
        return false;
    out->player_zones = rows;
    return true;
}

bool
precompute_load_team_zones(DbTx *tx, const CellInput *in, Arena *a, PrecomputeInputs *out, Err *err)
{
    void *rows;

    if (!table_read_date(tx, &team_zone_table, in->date, a, &rows, &out->team_zone_count, err))
        return false;
    out->team_zones = rows;
    return true;
}

bool
precompute_is_idle(const CellInput *in, const PrecomputeInputs *inputs, CellOutput *out)
{
    if (in->is_unscheduled) {
        cell_output_no_data(out, "not_regular_season");
        return true;
    }
    if (league_is_early_season(inputs->view)) {
        cell_output_no_data(out, "early_season");
        return true;
    }
    return false;
}

void
precompute_complete(CellOutput *out, RowSet rows, size_t expected, const char *key, const AffectedRows *affected)
{
    cell_output_affected(out, rows.table, rows.rows, rows.count, expected, key, affected);
    if (rows.count == 0 && expected == 0)
        cell_output_no_data(out, "no_history");
}

void
precompute_skip(CellOutput *out, const SkippedEntity *skipped, size_t count)
{
    cell_output_rows(out, &skipped_entity_table, skipped, count, count);
}
