/*
 * workers/precompute/daily_cache_worker.c
 *    Announces the recent form of each upcoming player.
 *
 * Says only what is read, when there is nothing to do, and what is written; the arithmetic is in
 * daily_cache_core.c.
 */
#include "workers/league/affected.h"
#include "workers/precompute/daily_cache_core.h"
#include "workers/precompute/precompute_affected_core.h"
#include "workers/precompute/precompute_inputs.h"
#include "workers/precompute/precompute_workers.h"

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    PrecomputeInputs *inputs = precompute_load_season(tx, in, a, err);

    *loaded = inputs;
    return inputs != NULL && precompute_load_upcoming(tx, in, a, inputs, err)
           && precompute_load_player_zones(tx, in, a, inputs, err);
}

static AffectedRows
affected(const CellInput *in, const PrecomputeInputs *inputs, Arena *a)
{
    CacheChanges changes;

    if (in->changed == NULL)
        return affected_all();
    changes.summaries = changed_of(in, PROC_GAME_SUMMARIES);
    changes.upcoming = changed_of(in, PROC_UPCOMING_CONTEXT);
    changes.player_zones = changed_of(in, PROC_PLAYER_SHOT_ZONE);
    return daily_cache_affected(inputs->view, &changes, inputs->upcoming, inputs->upcoming_count, a);
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const PrecomputeInputs *inputs = loaded;
    PlayerCacheResult result;
    AffectedRows only;

    (void)err;
    if (precompute_is_idle(in, inputs, out))
        return true;
    only = affected(in, inputs, a);
    daily_cache_compute(inputs->view,
                        &(const CacheInputs){
                            .upcoming = inputs->upcoming,
                            .upcoming_count = inputs->upcoming_count,
                            .player_zones = inputs->player_zones,
                            .player_zone_count = inputs->player_zone_count,
                            .only = &only,
                        },
                        a, &result);
    precompute_complete(out, (RowSet){.table = &player_cache_table, .rows = result.rows, .count = result.count},
                        result.expected, "player_lookup", &only);
    precompute_skip(out, result.skipped, result.skipped_count);
    return true;
}

static const TableDesc *const writes[] = {&player_cache_table, &skipped_entity_table, NULL};
static const TableDesc *const reads[] = {
    &schedule_game_table,
    &player_game_table,
    &team_offense_table,
    &team_defense_table,
    &upcoming_player_table,
    &player_zone_table,
    NULL,
};

static const CellSpec cells[] = {
    {
        .processor = PROC_PLAYER_DAILY_CACHE,
        .writes = writes,
        .reads = reads,
        .load = load,
        .decide = decide,
    },
};

const WorkerSpec daily_cache_worker = {
    .name = "daily-cache",
    .summary = "recent form of each upcoming player",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
