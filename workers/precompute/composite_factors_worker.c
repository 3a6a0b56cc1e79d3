/*
 * workers/precompute/composite_factors_worker.c
 *    Announces the four adjustments to each upcoming player's expected points.
 *
 * Says only what is read, when there is nothing to do, and what is written; the arithmetic is in
 * composite_factors_core.c.
 */
#include "workers/league/affected.h"
#include "workers/precompute/composite_factors_core.h"
#include "workers/precompute/precompute_affected_core.h"
#include "workers/precompute/precompute_inputs.h"
#include "workers/precompute/precompute_workers.h"

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    PrecomputeInputs *inputs = precompute_load_season(tx, in, a, err);

    *loaded = inputs;
    return inputs != NULL && precompute_load_upcoming(tx, in, a, inputs, err)
           && precompute_load_player_zones(tx, in, a, inputs, err)
           && precompute_load_team_zones(tx, in, a, inputs, err);
}

static AffectedRows
affected(const CellInput *in, const PrecomputeInputs *inputs, Arena *a)
{
    CompositeChanges changes;

    if (in->changed == NULL)
        return affected_all();
    changes.upcoming = changed_of(in, PROC_UPCOMING_CONTEXT);
    changes.player_zones = changed_of(in, PROC_PLAYER_SHOT_ZONE);
    changes.team_zones = changed_of(in, PROC_TEAM_DEFENSE_ZONE);
    return composite_factors_affected(&changes, inputs->upcoming, inputs->upcoming_count, a);
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const PrecomputeInputs *inputs = loaded;
    PlayerCompositeResult result;
    AffectedRows only;

    (void)err;
    if (precompute_is_idle(in, inputs, out))
        return true;
    only = affected(in, inputs, a);
    composite_factors_compute(inputs->view,
                              &(const CompositeInputs){
                                  .upcoming = inputs->upcoming,
                                  .upcoming_count = inputs->upcoming_count,
                                  .player_zones = inputs->player_zones,
                                  .player_zone_count = inputs->player_zone_count,
                                  .team_zones = inputs->team_zones,
                                  .team_zone_count = inputs->team_zone_count,
                                  .only = &only,
                              },
                              a, &result);
    precompute_complete(out, (RowSet){.table = &player_composite_table, .rows = result.rows, .count = result.count},
                        result.expected, "player_lookup", &only);
    return true;
}

static const TableDesc *const writes[] = {&player_composite_table, NULL};
static const TableDesc *const reads[] = {
    &schedule_game_table,   &player_game_table, &team_offense_table, &team_defense_table,
    &upcoming_player_table, &player_zone_table, &team_zone_table,    NULL,
};

static const CellSpec cells[] = {
    {
        .processor = PROC_PLAYER_COMPOSITE_FACTORS,
        .writes = writes,
        .reads = reads,
        .load = load,
        .decide = decide,
    },
};

const WorkerSpec composite_factors_worker = {
    .name = "composite-factors",
    .summary = "fatigue, zone mismatch, pace and usage adjustments of each upcoming player",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
