/*
 * workers/precompute/team_defense_zone_worker.c
 *    Announces what each team of the season allowed by shot zone before the date.
 *
 * Says only what is read, when there is nothing to do, and what is written; the arithmetic is in
 * team_defense_zone_core.c.
 */
#include "workers/precompute/team_defense_zone_core.h"
#include "workers/league/affected.h"
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
    TeamZoneResult result;
    AffectedRows only;

    (void)err;
    if (precompute_is_idle(in, inputs, out))
        return true;
    only = in->changed == NULL ? affected_all() : team_defense_zone_affected(changed_of(in, PROC_GAME_SUMMARIES));
    team_defense_zone_compute(inputs->view, a, &result);
    precompute_complete(out, (RowSet){.table = &team_zone_table, .rows = result.rows, .count = result.count},
                        result.expected, "team", &only);
    precompute_skip(out, result.skipped, result.skipped_count);
    return true;
}

static const TableDesc *const writes[] = {&team_zone_table, &skipped_entity_table, NULL};
static const TableDesc *const reads[] = {
    &schedule_game_table, &player_game_table, &team_offense_table, &team_defense_table, NULL,
};

static const CellSpec cells[] = {
    {
        .processor = PROC_TEAM_DEFENSE_ZONE,
        .writes = writes,
        .reads = reads,
        .load = load,
        .decide = decide,
    },
};

const WorkerSpec team_defense_zone_worker = {
    .name = "team-defense-zone",
    .summary = "what each team allowed by shot zone over its last 15 games",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
