/*
 * workers/registry.c
 *    The only file that names every worker.
 */
#include "workers/registry.h"
#include <string.h>
#include "workers/analytics/game_summaries_worker.h"
#include "workers/analytics/upcoming_context_worker.h"
#include "workers/features/feature_store_worker.h"
#include "workers/grading/grader_worker.h"
#include "workers/monitor/monitor_worker.h"
#include "workers/precompute/precompute_workers.h"
#include "workers/predictions/prediction_workers.h"
#include "workers/publish/publisher_worker.h"
#include "workers/raw/raw_worker.h"

const WorkerSpec *const all_workers[] = {
    &raw_worker,
    &game_summaries_worker,
    &upcoming_context_worker,
    &team_defense_zone_worker,
    &player_shot_zone_worker,
    &composite_factors_worker,
    &daily_cache_worker,
    &feature_store_worker,
    &coordinator_worker,
    &predictor_worker,
    &publisher_worker,
    &grader_worker,
    &monitor_worker,
    NULL,
};

const WorkerSpec *
worker_by_name(const char *name)
{
    for (size_t i = 0; all_workers[i] != NULL; i++)
        if (strcmp(all_workers[i]->name, name) == 0)
            return all_workers[i];
    return NULL;
}
