/*
 * workers/precompute/player_shot_zone_worker.c
 *    Announces where each player of the season took his shots before the date.
 *
 * Says only what is read, when there is nothing to do, and what is written; the arithmetic is in
 * player_shot_zone_core.c.
 */
#include "workers/league/affected.h"
#include "workers/precompute/player_shot_zone_core.h"
#include "workers/precompute/precompute_affected_core.h"
#include "workers/precompute/precompute_inputs.h"
#include "workers/precompute/precompute_workers.h"

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    PrecomputeInputs *inputs = precompute_load_season(tx, in, a, err);

    *loaded = inputs;
    return inputs != NULL;
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const PrecomputeInputs *inputs = loaded;
    PlayerZoneResult result;
    AffectedRows only;

    (void)err;
    if (precompute_is_idle(in, inputs, out))
        return true;
    only = in->changed == NULL ? affected_all()
                               : player_shot_zone_affected(inputs->view, changed_of(in, PROC_GAME_SUMMARIES), a);
    player_shot_zone_compute_of(inputs->view, &only, a, &result);
    precompute_complete(out, (RowSet){.table = &player_zone_table, .rows = result.rows, .count = result.count},
                        result.expected, "player_lookup", &only);
    precompute_skip(out, result.skipped, result.skipped_count);
    return true;
}

static const TableDesc *const writes[] = {&player_zone_table, &skipped_entity_table, NULL};
static const TableDesc *const reads[] = {
    &schedule_game_table, &player_game_table, &team_offense_table, &team_defense_table, NULL,
};

static const CellSpec cells[] = {
    {
        .processor = PROC_PLAYER_SHOT_ZONE,
        .writes = writes,
        .reads = reads,
        .load = load,
        .decide = decide,
    },
};

const WorkerSpec player_shot_zone_worker = {
    .name = "player-shot-zone",
    .summary = "where each player of the season takes his shots",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
