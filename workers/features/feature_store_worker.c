/*
 * workers/features/feature_store_worker.c
 *    The feature-store worker: the feature rows of a date, once its precompute cells are done.
 *
 * It only brings the rows together; the values are made in feature_store_core.c.
 */
#include "libcore/io/db_table.h"
#include "libcore/runtime/worker.h"
#include "workers/features/batch_checks.h"
#include "workers/features/feature_affected_core.h"
#include "workers/features/feature_store_core.h"
#include "workers/features/feature_store_worker.h"
#include "workers/features/gap_store.h"
#include "workers/features/input_set.h"
#include "workers/features/player_similarity_core.h"
#include "workers/league/affected.h"
#include "workers/league/season_cache.h"

/* What decide asks store to write. */
typedef struct {
    InputSet input_set;
    const FeatureGap *gaps;
    size_t gap_count;
} Plan;

typedef struct {
    const LeagueIndex *season;
    FeatureInputs inputs; /* but for the view, which decide makes */
    Plan *plan;
} Loaded;

/* Rows of one table for the date; rows is set only on success. */
static bool
read_rows(DbTx *tx, const TableDesc *table, GameDate date, Arena *a, const void **rows, size_t *count, Err *err)
{
    void *read = NULL;

    if (!table_read_date(tx, table, date, a, &read, count, err))
        return false;
    *rows = read;
    return true;
}

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    Loaded *l = arena_alloc(a, sizeof *l);
    FeatureInputs *f = &l->inputs;
    GameDate date = in->date;
    const void *players, *caches, *composites, *player_zones, *team_zones, *skipped;

    if (!season_cache_load(tx, in, a, &l->season, err)
        || !read_rows(tx, &upcoming_player_table, date, a, &players, &f->player_count, err)
        || !read_rows(tx, &player_cache_table, date, a, &caches, &f->cache_count, err)
        || !read_rows(tx, &player_composite_table, date, a, &composites, &f->composite_count, err)
        || !read_rows(tx, &player_zone_table, date, a, &player_zones, &f->player_zone_count, err)
        || !read_rows(tx, &team_zone_table, date, a, &team_zones, &f->team_zone_count, err)
        || !read_rows(tx, &skipped_entity_table, date, a, &skipped, &f->skipped_count, err))
        return false;
    f->players = players;
    f->caches = caches;
    f->composites = composites;
    f->player_zones = player_zones;
    f->team_zones = team_zones;
    f->skipped = skipped;
    f->feeds = in->feeds->names;
    l->plan = arena_alloc(a, sizeof *l->plan);
    *loaded = l;
    return true;
}

/* What no computation knows: when the rows were made, and from which cells. */
static void
stamp_rows(const CellInput *in, const char *input_set_id, FeatureStoreResult *r)
{
    for (size_t i = 0; i < r->row_count; i++) {
        r->rows[i].input_set_id = input_set_id;
        r->rows[i].computed_at = in->now;
    }
}

/* Whose rows of either table may differ from those that stand. */
typedef struct {
    AffectedRows features, similarity;
} StoreAffected;

static StoreAffected
affected(const CellInput *in, const FeatureInputs *inputs, Arena *a)
{
    FeatureChanges changes;

    if (in->changed == NULL)
        return (StoreAffected){affected_all(), affected_all()};
    changes.summaries = changed_of(in, PROC_GAME_SUMMARIES);
    changes.upcoming = changed_of(in, PROC_UPCOMING_CONTEXT);
    changes.team_zones = changed_of(in, PROC_TEAM_DEFENSE_ZONE);
    changes.player_zones = changed_of(in, PROC_PLAYER_SHOT_ZONE);
    changes.composites = changed_of(in, PROC_PLAYER_COMPOSITE_FACTORS);
    changes.caches = changed_of(in, PROC_PLAYER_DAILY_CACHE);
    return (StoreAffected){
        feature_store_affected(inputs->view, &changes, inputs->players, inputs->player_count, a),
        player_similarity_affected(&changes, a),
    };
}

/* What the whole batch says; all rows have been made, whichever of them are written. */
static void
report_batch(const FeatureStoreResult *r, Arena *a, CellOutput *out)
{
    BatchReport report;

    batch_check(r, a, &report);
    for (size_t i = 0; i < report.alert_count; i++) {
        const BatchAlert *alert = &report.alerts[i];

        cell_output_alert(out, alert->kind, alert->is_critical ? ALERT_CRITICAL : ALERT_WARNING, alert->subject,
                          alert->message);
    }
    for (size_t i = 0; i < report.measure_count; i++)
        cell_output_measure(out, report.measures[i].name, report.measures[i].value);
}

/* similar: a row for each player of the inputs, or none. */
static void
announce(const FeatureStoreResult *r, const PlayerSimilarity *similar, size_t similar_count,
         const StoreAffected *affected, CellOutput *out)
{
    size_t expected = r->row_count + r->skipped_count;

    cell_output_affected(out, &feature_row_table, r->rows, r->row_count, expected, "player_lookup",
                         &affected->features);
    cell_output_affected(out, &player_similarity_table, similar, similar_count, similar_count, "player_lookup",
                         &affected->similarity);
    cell_output_rows(out, &skipped_entity_table, r->skipped, r->skipped_count, r->skipped_count);
    for (size_t i = 0; i < r->skipped_count; i++)
        if (is_affected(&affected->features, r->skipped[i].entity))
            cell_output_reject(out, r->skipped[i].entity, r->skipped[i].detail);
    if (!instant_is_null(r->as_of))
        cell_output_as_of(out, r->as_of);
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const Loaded *l = loaded;
    FeatureInputs inputs = l->inputs;
    FeatureStoreResult result;
    const PlayerSimilarity *similar = NULL;
    size_t similar_count = 0;
    StoreAffected rows;

    (void)err;
    if (in->is_unscheduled) {
        cell_output_no_data(out, "not_regular_season");
        return true;
    }
    if (inputs.player_count == 0) {
        cell_output_no_data(out, "no_history");
        return true;
    }
    inputs.view = league_index_view(l->season, in->date, a);
    if (league_is_early_season(inputs.view)) {
        feature_store_placeholders(inputs.players, inputs.player_count, a, &result);
    } else {
        feature_store_compute(&inputs, a, &result);
        similar = player_similarity_compute(inputs.view, inputs.players, inputs.player_count, a);
        similar_count = inputs.player_count;
    }
    rows = affected(in, &inputs, a);
    l->plan->input_set = input_set_of(in->needs, in->need_count, a);
    l->plan->gaps = result.gaps;
    l->plan->gap_count = result.gap_count;
    stamp_rows(in, l->plan->input_set.id, &result);
    announce(&result, similar, similar_count, &rows, out);
    report_batch(&result, a, out);
    return true;
}

/* A date without rows has no gaps either: its open ones are resolved. */
static bool
store(DbTx *tx, const CellInput *in, const void *loaded, Arena *a, Err *err)
{
    const Plan *plan = ((const Loaded *)loaded)->plan;

    return (plan->input_set.id == NULL || input_set_store(tx, in->date, &plan->input_set, err))
           && gaps_store(tx, in->date, NULL, plan->gaps, plan->gap_count, in->now, a, err);
}

static const TableDesc *const writes[] = {&feature_row_table, &player_similarity_table, &skipped_entity_table, NULL};
static const TableDesc *const reads[] = {
    &upcoming_player_table, &player_cache_table, &player_composite_table, &player_zone_table,  &team_zone_table,
    &schedule_game_table,   &player_game_table,  &team_offense_table,     &team_defense_table, NULL};
static const CellSpec cells[] = {{
    .processor = PROC_FEATURE_STORE,
    .writes = writes,
    .reads = reads,
    .load = load,
    .decide = decide,
    .store = store,
}};

const WorkerSpec feature_store_worker = {
    .name = "feature-store",
    .summary = "make the 37 features of every player of a date, and say what they are worth",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
};
