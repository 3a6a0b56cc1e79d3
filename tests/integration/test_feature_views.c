/*
 * tests/integration/test_feature_views.c
 *    Claims about what stands beside the feature rows: the views with every quality column, the sets of
 *    cells that rows were read from, gaps, and how rows of an earlier build come through the migration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "libcore/io/db_table.h"
#include "libcore/io/migrate.h"
#include "tests/support/pg_fixture.h"
#include "workers/features/gap_store.h"
#include "workers/features/input_set.h"
#include "workers/features/quality.h"

typedef struct {
    Db *db;
    Arena *a;
    GameDate date;
} World;

static World world;

static int
set_up(void **state)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    *state = &world;
    pg_reset(world.db);
    assert_true(date_make(2024, 12, 5, &world.date));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    db_close(world.db);
    arena_free(world.a);
    return 0;
}

static Instant
at(const char *text)
{
    Instant t = INSTANT_NULL;

    assert_true(instant_parse(text, &t));
    return t;
}

static const char *
said(const char *sql)
{
    return pg_string(world.db, world.a, "%s", sql);
}

static void
assert_says(const char *sql, const char *wanted)
{
    const char *got = said(sql);

    if (got == NULL || strcmp(got, wanted) != 0)
        fail_msg("%s: %s, not %s", sql, got == NULL ? "NULL" : got, wanted);
}

static void
in_transaction(bool (*work)(DbTx *, const void *, Err *), const void *arg)
{
    DbTx *tx = NULL;
    Err err = {0};

    if (!db_begin(world.db, &tx, &err) || !work(tx, arg, &err) || !db_commit(&tx, &err))
        fail_msg("%s", err.msg);
}

/* ---- the columns of the specification, by name and type ---- */

#define I "integer"
#define F "double precision"
#define B "boolean"
#define S "text"
#define LIST_S "text[]"
#define LIST_I "integer[]"
#define TS "timestamp with time zone"

typedef struct {
    const char *name, *type;
} ViewColumn;

/* In their order, but for feature_N_quality and feature_N_source, 37 each. */
static const ViewColumn before_features[] = {
    {"quality_tier", S},
    {"quality_alert_level", S},
    {"quality_alerts", LIST_S},
    {"default_feature_count", I},
    {"phase4_feature_count", I},
    {"phase3_feature_count", I},
    {"calculated_feature_count", I},
    {"is_training_ready", B},
    {"training_quality_feature_count", I},
    {"matchup_quality_pct", F},
    {"player_history_quality_pct", F},
    {"team_context_quality_pct", F},
    {"vegas_quality_pct", F},
    {"game_context_quality_pct", F},
    {"matchup_default_count", I},
    {"player_history_default_count", I},
    {"team_context_default_count", I},
    {"vegas_default_count", I},
    {"game_context_default_count", I},
    {"has_composite_factors", B},
    {"has_opponent_defense", B},
    {"has_vegas_line", B},
    {"critical_features_training_quality", B},
    {"critical_feature_count", I},
    {"optional_feature_count", I},
    {"matchup_quality_tier", S},
    {"game_context_quality_tier", S},
};
static const ViewColumn after_features[] = {
    {"feature_fallback_reasons_json", S},
    {"feature_sample_sizes_json", S},
    {"feature_expected_values_json", S},
    {"feature_value_ranges_valid_json", S},
    {"feature_upstream_tables_json", S},
    {"feature_last_updated_json", S},
    {"feature_schema_version", S},
    {"available_feature_names", LIST_S},
    {"breakout_model_compatible", LIST_S},
    {"breakout_v3_features_available", B},
    {"upstream_processors_ran", S},
    {"missing_processors", S},
    {"feature_store_age_hours", F},
    {"upstream_data_freshness_hours", F},
    {"quality_computed_at", TS},
    {"quality_schema_version", S},
    {"feature_sources", S},
    {"primary_data_source", S},
    {"matchup_data_status", S},
    {"is_quality_ready", B},
    {"default_feature_indices", LIST_I},
    {"required_default_count", I},
    {"cache_miss_fallback_used", B},
    {"vegas_line_source", S},
};
/* The rest of the view, which no quality column is. */
static const ViewColumn base_columns[] = {
    {"player_lookup", S},
    {"game_date", "date"},
    {"player_name", S},
    {"game_id", S},
    {"team", S},
    {"opponent", S},
    {"opponent_team_abbr", S},
    {"is_home", B},
    {"days_rest", I},
    {"season_year", I},
    {"features", "double precision[]"},
    {"feature_names", LIST_S},
    {"feature_count", I},
    {"feature_version", S},
    {"feature_quality_score", F},
    {"effective_quality_score", F},
    {"worst_category", S},
    {"worst_category_pct", F},
    {"data_source", S},
    {"early_season_flag", B},
    {"insufficient_data_reason", S},
    {"is_production_ready", B},
    {"matchup_effective_pct", F},
    {"player_history_effective_pct", F},
    {"game_context_effective_pct", F},
    {"feature_quality", LIST_I},
    {"feature_source", LIST_S},
    {"feature_sample_size", LIST_I},
    {"out_of_range_indices", LIST_I},
    {"incomplete_indices", LIST_I},
    {"input_set_id", S},
    {"as_of", TS},
    {"computed_at", TS},
};

static const char *
type_of(const char *view, const char *column)
{
    return pg_string(world.db, world.a,
                     "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = '%s'::regclass"
                     " and attname = '%s' and attnum > 0 and not attisdropped",
                     view, column);
}

static void
assert_columns(const char *view, const ViewColumn *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *type = type_of(view, columns[i].name);

        if (type == NULL || strcmp(type, columns[i].type) != 0)
            fail_msg("%s.%s is %s, not %s", view, columns[i].name, type == NULL ? "absent" : type, columns[i].type);
    }
}

static int64_t
column_count(const char *view)
{
    return pg_number(world.db,
                     "select count(*) from pg_attribute where attrelid = '%s'::regclass and attnum > 0"
                     " and not attisdropped",
                     view);
}

static void
the_view_has_the_quality_columns_of_the_specification_and_no_others(void **state)
{
    const char *view = "features.ml_feature_store_v2";
    size_t quality = ARRAY_LEN(before_features) + ARRAY_LEN(after_features);

    (void)state;
    assert_columns(view, before_features, ARRAY_LEN(before_features));
    for (int i = 0; i < 37; i++) {
        const ViewColumn pair[] = {{arena_printf(world.a, "feature_%d_quality", i), F},
                                   {arena_printf(world.a, "feature_%d_source", i), S}};

        assert_columns(view, pair, ARRAY_LEN(pair));
        quality += ARRAY_LEN(pair);
    }
    assert_columns(view, after_features, ARRAY_LEN(after_features));
    assert_int_equal(quality, 125);
    assert_columns(view, base_columns, ARRAY_LEN(base_columns));
    assert_int_equal(column_count(view), quality + ARRAY_LEN(base_columns));
}

static void
the_unpivoted_view_has_six_columns(void **state)
{
    static const ViewColumn columns[] = {{"player_lookup", S}, {"game_date", "date"}, {"feature_index", I},
                                         {"feature_name", S},  {"quality", F},        {"source", S}};

    (void)state;
    assert_columns("features.v_feature_quality_unpivot", columns, ARRAY_LEN(columns));
    assert_int_equal(column_count("features.v_feature_quality_unpivot"), ARRAY_LEN(columns));
}

/* ---- values ---- */

static const CellState cells[] = {
    {.processor = PROC_GAME_SUMMARIES, .date = {20058}, .version = 1, .finished = {INT64_C(1733300000000000)}},
    {.processor = PROC_GAME_SUMMARIES, .date = {20061}, .version = 2, .finished = {INT64_C(1733380000000000)}},
    {.processor = PROC_UPCOMING_CONTEXT, .date = {20062}, .version = 1, .finished = {INT64_C(1733400000000000)}},
    {.processor = PROC_TEAM_DEFENSE_ZONE, .date = {20062}, .version = 1, .finished = {INT64_C(1733401800000000)}},
    {.processor = PROC_PLAYER_DAILY_CACHE, .date = {20062}, .version = 3, .finished = {INT64_C(1733403600000000)}},
    {.processor = PROC_PLAYER_SHOT_ZONE, .date = {20062}, .version = 0, .finished = {INT64_MIN}},
};

static bool
keep_set(DbTx *tx, const void *arg, Err *err)
{
    return input_set_store(tx, world.date, arg, err);
}

static bool
insert_row(DbTx *tx, const void *arg, Err *err)
{
    return table_insert(tx, &feature_row_table, arg, 1, err);
}

static uint32_t
next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 16;
}

/* A row with any sources; its quality columns are the scorer's. */
static FeatureRow
any_row(const char *lookup, uint32_t seed, const char *input_set_id)
{
    FeatureSource sources[FEATURE_COUNT];
    double *values = arena_array(world.a, FEATURE_COUNT, sizeof values[0]);
    int32_t *samples = arena_array(world.a, FEATURE_COUNT, sizeof samples[0]);
    static const int32_t out_of_range[] = {0}, incomplete[] = {2, 19};
    static const char *const missing[] = {"player_shot_zone"};
    FeatureRow row = feature_row_null();

    for (int i = 0; i < FEATURE_COUNT; i++) {
        sources[i] = (FeatureSource)(next_random(&seed) % FEATURE_SOURCE_COUNT);
        values[i] = feature_source_table[sources[i]].counts_as_default ? NULL_F64 : i + 0.5;
        samples[i] = i % 3 == 0 ? NULL_I32 : i;
    }
    sources[2] = FEATURE_SOURCE_PHASE4_INCOMPLETE;
    sources[19] = FEATURE_SOURCE_MISSING;
    sources[10] = FEATURE_SOURCE_NOT_SUBSCRIBED;
    sources[26] = FEATURE_SOURCE_MISSING;
    sources[29] = FEATURE_SOURCE_NO_HISTORY;
    sources[0] = FEATURE_SOURCE_PHASE4;
    values[0] = 99.0; /* outside */
    values[2] = 2.5;
    values[10] = values[19] = values[26] = values[29] = NULL_F64;
    row.game_date = world.date;
    row.player_lookup = lookup;
    row.player_name = "Some One";
    row.game_id = "20241205_BOS_NYK";
    row.team = "NYK";
    row.opponent = "BOS";
    row.is_home = BOOL_TRUE;
    row.season_year = 2024;
    row.feature_version = feature_version;
    row.feature_values = (F64Array){values, FEATURE_COUNT};
    row.feature_sample_size = (I32Array){samples, FEATURE_COUNT};
    row.out_of_range_indices = (I32Array){out_of_range, 1};
    row.incomplete_indices = (I32Array){incomplete, 2};
    row.missing_processors = (TextArray){missing, 1};
    row.has_vegas_line = row.is_production_ready = row.early_season_flag = BOOL_FALSE;
    row.cache_miss_fallback_used = BOOL_TRUE;
    row.vegas_line_source = "none";
    row.input_set_id = input_set_id;
    row.computed_at = at("2024-12-05T15:00:00Z");
    quality_fill(sources, world.a, &row);
    return row;
}

static void
columns_of_a_feature_are_the_elements_of_the_arrays(void **state)
{
    static const char *const labels[] = {
        [CANONICAL_PHASE4] = "phase4",   [CANONICAL_PHASE3] = "phase3",   [CANONICAL_CALCULATED] = "calculated",
        [CANONICAL_UNKNOWN] = "unknown", [CANONICAL_DEFAULT] = "default",
    };

    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        const char *lookup = arena_printf(world.a, "player%02u", seed);
        const FeatureRow row = any_row(lookup, seed, NULL);

        in_transaction(insert_row, &row);
        for (int i = 0; i < FEATURE_COUNT; i++) {
            FeatureSource source;

            assert_true(feature_source_parse(row.feature_source.items[i], &source));
            assert_int_equal(pg_number(world.db,
                                       "select (feature_%d_quality = %d and feature_%d_source = '%s')::int from"
                                       " features.ml_feature_store_v2 where player_lookup = '%s'",
                                       i, row.feature_quality.items[i], i,
                                       labels[feature_source_table[source].canonical], lookup),
                             1);
            assert_int_equal(pg_number(world.db,
                                       "select (quality = %d and source = '%s' and feature_name = '%s')::int from"
                                       " features.v_feature_quality_unpivot where player_lookup = '%s'"
                                       " and feature_index = %d",
                                       row.feature_quality.items[i], labels[feature_source_table[source].canonical],
                                       feature_contract[i].name, lookup, i),
                             1);
        }
    }
    assert_int_equal(pg_number(world.db, "select count(*) from features.v_feature_quality_unpivot"), 20 * 37);
}

#define OF_ROW " from features.ml_feature_store_v2"

static void
texts_of_detail_say_what_the_arrays_say(void **state)
{
    const InputSet set = input_set_of(cells, ARRAY_LEN(cells), world.a);
    const FeatureRow row = any_row("someone", 1, set.id);

    (void)state;
    in_transaction(keep_set, &set);
    in_transaction(insert_row, &row);
    assert_says("select feature_fallback_reasons_json::json->>'19'" OF_ROW, "window_incomplete");
    assert_says("select feature_fallback_reasons_json::json->>'26'" OF_ROW, "vegas_line_unavailable");
    assert_says("select feature_fallback_reasons_json::json->>'29'" OF_ROW, "no_opponent_history");
    assert_says("select feature_fallback_reasons_json::json->>'10'" OF_ROW, "feed_not_subscribed");
    assert_says("select (array(select json_object_keys(feature_fallback_reasons_json::json)::int order by 1) ="
                " default_feature_indices)::text" OF_ROW,
                "true");
    assert_says("select feature_sample_sizes_json::json->>'4'" OF_ROW, "4");
    assert_says("select (feature_sample_sizes_json::jsonb ? '3')::text" OF_ROW, "false");
    assert_says("select feature_value_ranges_valid_json::json->>'0'" OF_ROW, "false");
    assert_says("select feature_value_ranges_valid_json::json->>'2'" OF_ROW, "true");
    assert_says("select (feature_value_ranges_valid_json::jsonb ? '19')::text" OF_ROW, "false");
    assert_says("select feature_expected_values_json::json->'13'->>'max'" OF_ROW, "130");
    assert_says("select feature_sources::json->>'2'" OF_ROW, "phase4_incomplete");
    assert_says("select ('points_avg_last_5' = any (available_feature_names))::text" OF_ROW, "true");
    assert_says("select ('pct_mid_range' = any (available_feature_names))::text" OF_ROW, "false");
    assert_says("select upstream_processors_ran" OF_ROW,
                "player_daily_cache,player_composite_factors,team_defense_zone,upcoming_context");
    assert_says("select missing_processors" OF_ROW, "player_shot_zone");
    assert_says("select quality_schema_version" OF_ROW, "v1_hybrid_20260205");
    assert_says("select feature_schema_version" OF_ROW, "v2_37features");
    assert_says("select breakout_model_compatible[1]" OF_ROW, "v2_14features");
    assert_says("select features[1]" OF_ROW, "99");
    assert_says("select feature_names[37]" OF_ROW, "breakout_flag");
    assert_says("select (features[20] is null)::text" OF_ROW, "true");
}

/* The table of the specification, feature by feature. */
static void
upstream_tables_are_those_of_the_specification(void **state)
{
    static const struct {
        int from, to;
        const char *table;
    } spans[] = {
        {0, 4, "player_daily_cache"},
        {5, 8, "player_composite_factors"},
        {9, 12, "calculated"},
        {13, 14, "team_defense_zone_analysis"},
        {15, 17, "upcoming_player_game_context"},
        {18, 20, "player_shot_zone_analysis"},
        {21, 21, "calculated"},
        {22, 23, "team_offense_game_summary"},
        {24, 24, "calculated"},
        {25, 26, "odds_api"},
        {27, 28, "calculated"},
        {29, 30, "player_game_summary"},
        {31, 32, "player_daily_cache"},
        {33, 36, "calculated"},
    };
    const FeatureRow row = any_row("someone", 1, NULL);

    (void)state;
    in_transaction(insert_row, &row);
    for (size_t s = 0; s < ARRAY_LEN(spans); s++) {
        for (int i = spans[s].from; i <= spans[s].to; i++)
            assert_says(arena_printf(world.a, "select feature_upstream_tables_json::json->>'%d'" OF_ROW, i),
                        spans[s].table);
    }
}

static void
freshness_is_told_from_the_cells_that_were_read(void **state)
{
    const InputSet set = input_set_of(cells, ARRAY_LEN(cells), world.a);
    const FeatureRow row = any_row("someone", 1, set.id), orphan = any_row("orphan", 2, NULL);

    (void)state;
    in_transaction(keep_set, &set);
    in_transaction(insert_row, &row);
    in_transaction(insert_row, &orphan);
    /* The oldest cell of the date ended at 12:00:00 UTC; the row was made at 15:00. */
    assert_says("select upstream_data_freshness_hours" OF_ROW " where player_lookup = 'someone'", "3");
    assert_says("select (feature_store_age_hours > 0)::text" OF_ROW " where player_lookup = 'someone'", "true");
    assert_says("select (feature_last_updated_json::json->>'0')::timestamptz at time zone 'UTC'" OF_ROW
                " where player_lookup = 'someone'",
                "2024-12-05 13:00:00"); /* the daily cache */
    assert_says("select (feature_last_updated_json::json->>'13')::timestamptz at time zone 'UTC'" OF_ROW
                " where player_lookup = 'someone'",
                "2024-12-05 12:30:00"); /* team zones */
    assert_says("select (feature_last_updated_json::json->>'29')::timestamptz at time zone 'UTC'" OF_ROW
                " where player_lookup = 'someone'",
                "2024-12-05 06:26:40"); /* the newest game summaries */
    assert_says("select (feature_last_updated_json::json->>'34')::timestamptz at time zone 'UTC'" OF_ROW
                " where player_lookup = 'someone'",
                "2024-12-05 13:00:00"); /* a formula: the newest of all */
    assert_says("select (feature_last_updated_json::jsonb ? '18')::text" OF_ROW " where player_lookup = 'someone'",
                "false"); /* shot zones never ended */
    assert_says("select feature_last_updated_json" OF_ROW " where player_lookup = 'orphan'", "{}");
    assert_true(said("select upstream_data_freshness_hours" OF_ROW " where player_lookup = 'orphan'") == NULL);
}

static void
views_of_some_rows_show_those(void **state)
{
    FeatureRow good = any_row("good", 1, NULL), early = any_row("early", 2, NULL);

    (void)state;
    good.feature_quality_score = 90.0;
    early.feature_quality_score = 90.0;
    early.early_season_flag = BOOL_TRUE;
    in_transaction(insert_row, &good);
    in_transaction(insert_row, &early);
    assert_says("select string_agg(player_lookup, ',') from features.v_ml_feature_store_high_quality", "good");
    assert_says("select count(*) from features.v_ml_feature_store_recent", "0");
    assert_says("select string_agg(player_lookup, ',') from features.v_incomplete_features", "good");
    assert_says("select ('points_avg_season:phase4_incomplete' = any (incomplete_features)"
                " and 'pct_mid_range:missing' = any (incomplete_features))::text from features.v_incomplete_features",
                "true");
    assert_says("select with_incomplete_windows from features.v_historical_completeness_daily", "1");
}

/* ---- input sets ---- */

static void
equal_sets_of_cells_are_one_set(void **state)
{
    CellState changed[ARRAY_LEN(cells)];
    const InputSet set = input_set_of(cells, ARRAY_LEN(cells), world.a);
    InputSet other;

    (void)state;
    in_transaction(keep_set, &set);
    in_transaction(keep_set, &set);
    assert_says("select count(*) from features.input_set", "1");
    assert_string_equal(input_set_of(cells, ARRAY_LEN(cells), world.a).id, set.id);
    memcpy(changed, cells, sizeof changed);
    changed[2].content_hash[0] = 1;
    other = input_set_of(changed, ARRAY_LEN(changed), world.a);
    assert_string_not_equal(other.id, set.id);
    in_transaction(keep_set, &other);
    assert_says("select count(*) from features.input_set", "2");
    assert_says("select jsonb_array_length(cells) from features.input_set limit 1", "5"); /* one never ended */
    assert_says("select cells->0->>'processor' || ' ' || (cells->0->>'game_date') || ' ' || (cells->0->>'version')"
                " from features.input_set limit 1",
                "game_summaries 2024-12-01 1");
}

/* ---- gaps ---- */

typedef struct {
    const TextArray *players;
    const FeatureGap *gaps;
    size_t count;
    const char *now;
} GapArgs;

static bool
keep_gaps(DbTx *tx, const void *arg, Err *err)
{
    const GapArgs *g = arg;

    return gaps_store(tx, world.date, g->players, g->gaps, g->count, at(g->now), world.a, err);
}

static UpcomingPlayer
player(const char *lookup)
{
    UpcomingPlayer u = upcoming_player_null();

    u.player_lookup = lookup;
    u.game_id = "20241205_BOS_NYK";
    u.team = "NYK";
    u.opponent = "BOS";
    u.season_year = 2024;
    return u;
}

#define TIMES                                                                                                          \
    "select to_char(detected_at at time zone 'UTC', 'HH24') || coalesce('-' || to_char(resolved_at at time zone"       \
    " 'UTC', 'HH24'), '') from features.feature_store_gaps where player_lookup = "

static void
a_gap_is_open_until_it_is_found_no_more(void **state)
{
    const UpcomingPlayer al = player("al"), bo = player("bo");
    const FeatureGap both[] = {{&al, GAP_WINDOW_HOLE, "20241203_MIA_NYK", "season L10"},
                               {&bo, GAP_MISSING_PHASE4, "player_shot_zone", NULL}};
    const FeatureGap wider[] = {{&al, GAP_WINDOW_HOLE, "20241203_MIA_NYK", "season L10 L5"}};

    (void)state;
    in_transaction(keep_gaps, &(GapArgs){NULL, both, 2, "2024-12-05T10:00:00Z"});
    in_transaction(keep_gaps, &(GapArgs){NULL, wider, 1, "2024-12-05T11:00:00Z"});
    assert_says(TIMES "'al'", "10"); /* open since it was found first */
    assert_says("select reason_detail from features.feature_store_gaps where player_lookup = 'al'", "season L10 L5");
    assert_says(TIMES "'bo'", "10-11");
    assert_says("select resolved_by from features.feature_store_gaps where player_lookup = 'bo'", "feature_store");
    in_transaction(keep_gaps, &(GapArgs){NULL, both, 2, "2024-12-05T12:00:00Z"});
    assert_says(TIMES "'bo'", "12"); /* found anew */
    in_transaction(keep_gaps, &(GapArgs){NULL, NULL, 0, "2024-12-05T13:00:00Z"});
    assert_says(TIMES "'al'", "10-13");
    assert_says("select count(*) from features.feature_store_gaps where resolved_at is null", "0");
    assert_says("select detected_by || reason || team || opponent || game_id || season_year from"
                " features.feature_store_gaps where player_lookup = 'al'",
                "feature_storewindow_holeNYKBOS20241205_BOS_NYK2024");
}

static void
gaps_of_other_players_and_dates_are_left_alone(void **state)
{
    static const char *const some[] = {"bo"};
    const TextArray only_bo = {some, 1};
    const UpcomingPlayer al = player("al"), bo = player("bo");
    const FeatureGap both[] = {{&al, GAP_WINDOW_HOLE, "20241203_MIA_NYK", NULL},
                               {&bo, GAP_WINDOW_HOLE, "20241203_MIA_NYK", NULL}};
    const GameDate date = world.date;

    (void)state;
    in_transaction(keep_gaps, &(GapArgs){NULL, both, 2, "2024-12-05T10:00:00Z"});
    in_transaction(keep_gaps, &(GapArgs){&only_bo, NULL, 0, "2024-12-05T11:00:00Z"});
    assert_says(TIMES "'al'", "10");
    assert_says(TIMES "'bo'", "10-11");
    world.date = date_add(date, 1);
    in_transaction(keep_gaps, &(GapArgs){NULL, NULL, 0, "2024-12-05T12:00:00Z"});
    world.date = date;
    assert_says(TIMES "'al'", "10");
}

/* ---- rows of an earlier build ---- */

/* A row with something in every column, of each table that the migration changes. */
static const char old_rows[]
    = "do $$ declare t text; begin foreach t in array array['analytics.upcoming_player_game_context',"
      " 'precompute.team_defense_zone_analysis', 'precompute.player_shot_zone_analysis',"
      " 'precompute.player_composite_factors', 'precompute.player_daily_cache', 'features.ml_feature_store'] loop"
      " execute format('insert into %s select %s', t, (select string_agg(case format_type(atttypid, -1)"
      " when 'date' then '''2024-12-05''::date' when 'text' then '''x''' when 'boolean' then 'true'"
      " when 'text[]' then '''{}''::text[]' when 'integer[]' then '''{}''::integer[]'"
      " when 'double precision[]' then '''{}''::float8[]' when 'bytea' then '''x''::bytea'"
      " when 'timestamp with time zone' then 'now()' else (60 - attnum)::text end, ', ' order by attnum)"
      " from pg_attribute where attrelid = t::regclass and attnum > 0 and not attisdropped)); end loop; end $$";

static void
migrate_from(const char *dir)
{
    int applied;
    Err err = {0};

    if (!migrate_apply(world.db, dir, &applied, &err))
        fail_msg("%s", err.msg);
}

static void
rows_of_an_earlier_build_come_through_the_migration(void **state)
{
    static const char *const earlier[] = {"0001_ops.sql", "0002_tables.sql", "0003_schema_versions.sql",
                                          "0004_rejected_row_bytes.sql"};
    char dir[] = "/tmp/tipoff-migrations-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < ARRAY_LEN(earlier); i++)
        assert_int_equal(symlink(arena_printf(world.a, "%s/schemas/sql/%s", TIPOFF_SOURCE_ROOT, earlier[i]),
                                 arena_printf(world.a, "%s/%s", dir, earlier[i])),
                         0);
    pg_run(world.db, "drop schema raw, analytics, precompute, features, predictions, ops cascade;"
                     " drop schema public cascade; create schema public");
    migrate_from(dir);
    pg_run(world.db, "%s", old_rows);
    migrate_from(TIPOFF_SOURCE_ROOT "/schemas/sql");
    assert_says("select is_production_ready::text || window_l10_expected || completeness_pct from"
                " precompute.player_daily_cache",
                "false00");
    assert_says("select worst_category from features.ml_feature_store",
                said("select (array['matchup', 'player_history', 'team_context', 'vegas', 'game_context'])[n] from"
                     " features.ml_feature_store, lateral (values (matchup_effective_pct, 1),"
                     " (player_history_effective_pct, 2), (team_context_quality_pct, 3), (vegas_quality_pct, 4),"
                     " (game_context_effective_pct, 5)) v(pct, n) order by pct, n limit 1"));
    assert_says("select cardinality(feature_sample_size) from features.ml_feature_store", "37");
    assert_says("select count(*)" OF_ROW, "1");
    for (size_t i = 0; i < ARRAY_LEN(earlier); i++)
        assert_int_equal(unlink(arena_printf(world.a, "%s/%s", dir, earlier[i])), 0);
    assert_int_equal(rmdir(dir), 0);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(the_view_has_the_quality_columns_of_the_specification_and_no_others),
        WORLD_TEST(the_unpivoted_view_has_six_columns),
        WORLD_TEST(columns_of_a_feature_are_the_elements_of_the_arrays),
        WORLD_TEST(texts_of_detail_say_what_the_arrays_say),
        WORLD_TEST(upstream_tables_are_those_of_the_specification),
        WORLD_TEST(freshness_is_told_from_the_cells_that_were_read),
        WORLD_TEST(views_of_some_rows_show_those),
        WORLD_TEST(equal_sets_of_cells_are_one_set),
        WORLD_TEST(a_gap_is_open_until_it_is_found_no_more),
        WORLD_TEST(gaps_of_other_players_and_dates_are_left_alone),
        WORLD_TEST(rows_of_an_earlier_build_come_through_the_migration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
