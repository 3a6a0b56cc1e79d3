/*
 * tests/integration/test_registered_models.c
 *    Claims about the registry of models: what is loaded is what was registered, what cannot be so is refused by
 *    name, and each step leaves its trace.
 */
#include "tests/unit/model_fixtures.h"
#include "tests/support/pg_fixture.h"
#include "workers/models/model_registry.h"
#include "workers/models/model_store.h"

typedef struct {
    Db *db;
    Arena *a;
} World;

static World world;
static const ModelActor actor = {.at = {1000000}, .by = "ann@ops"};

static int
set_up(void **state)
{
    *state = &world;
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    pg_reset(world.db);
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

static DbTx *
begin(void)
{
    DbTx *tx;
    Err err;

    if (!db_begin(world.db, &tx, &err))
        fail_msg("%s", err.msg);
    return tx;
}

static void
end(DbTx *tx, bool ok, const Err *err)
{
    Err unsaid;

    if (!ok)
        fail_msg("%s", err->msg);
    assert_true(db_commit(&tx, &unsaid));
}

static ModelEntry
entry(const char *fixture_name)
{
    return (ModelEntry){.system_id = "catboost_v9",
                        .file_name = arena_printf(world.a, "some/where/%s", fixture_name),
                        .bytes = fixture(fixture_name, world.a),
                        .base = MODEL_BASE_MEANS,
                        .training = model_window_none(),
                        .evaluation = model_window_none(),
                        .build = "test"};
}

static const char *
registered(const ModelEntry *e)
{
    DbTx *tx = begin();
    const char *model_id = NULL;
    Err err;
    bool ok = model_store_register(tx, e, &actor, world.a, &model_id, &err);

    end(tx, ok, &err);
    return model_id;
}

static void
promoted(const char *model_id)
{
    DbTx *tx = begin();
    const char *system;
    Err err;
    bool ok = model_store_promote(tx, model_id, NULL, &actor, world.a, &system, &err);

    end(tx, ok, &err);
    assert_string_equal("catboost_v9", system);
}

static ModelRegistry *
loaded(void)
{
    DbTx *tx = begin();
    ModelRegistry *r;
    Err err;

    if (!registry_load(tx, &r, &err))
        fail_msg("%s", err.msg);
    db_rollback(&tx);
    return r;
}

static void
assert_load_refused(const char *model_id, const char *saying)
{
    DbTx *tx = begin();
    ModelRegistry *r;
    Err err;

    assert_false(registry_load(tx, &r, &err));
    db_rollback(&tx);
    assert_null(r);
    assert_int_equal(ERR_CONFIG, err.cls);
    if (strstr(err.msg, model_id) == NULL || strstr(err.msg, saying) == NULL)
        fail_msg("'%s' does not say '%s' and '%s'", err.msg, model_id, saying);
}

static void
assert_register_refused(const ModelEntry *e, const char *saying)
{
    DbTx *tx = begin();
    const char *model_id;
    Err err;

    assert_false(model_store_register(tx, e, &actor, world.a, &model_id, &err));
    db_rollback(&tx);
    assert_int_equal(ERR_CONFIG, err.cls);
    if (strstr(err.msg, saying) == NULL)
        fail_msg("'%s' does not say '%s'", err.msg, saying);
}

static int64_t
version(void)
{
    DbTx *tx = begin();
    int64_t v;
    Err err;

    if (!registry_version(tx, &v, &err))
        fail_msg("%s", err.msg);
    db_rollback(&tx);
    return v;
}

/* ---- claims ---- */

static void
a_promoted_model_is_loaded_as_it_was_registered(void **state)
{
    ModelEntry e = entry("cat_depth2.json");
    const char *model_id = registered(&e);
    double values[FEATURE_COUNT];
    float row[MODEL_MOST_INPUTS];
    ModelRegistry *r = loaded();
    Model *same;

    (void)state;
    assert_int_equal(0, r->count); /* a candidate predicts nothing */
    registry_free(r);
    promoted(model_id);
    r = loaded();
    assert_int_equal(1, r->count);
    assert_string_equal(model_id, r->models[0].model_id);
    assert_string_equal("cat_depth2.json", r->models[0].file_name);
    assert_int_equal(MODEL_BASE_MEANS, r->models[0].base);
    assert_true(date_is_null(r->models[0].training_end));
    assert_int_equal(version(), r->version);
    assert_int_equal(r->version, r->models[0].promoted_by);
    for (int f = 0; f < FEATURE_COUNT; f++)
        row[f] = (float)(values[f] = 0.5 * f);
    same = fixture_model("cat_depth2.json", world.a);
    assert_true(fabs(registered_model_points(&r->models[0], values) - model_base_points(MODEL_BASE_MEANS, values)
                     - model_predict_row(same, row))
                <= 1e-12);
    model_free(same);
    registry_free(r);
}

static void
bytes_that_are_not_the_registered_ones_are_refused(void **state)
{
    ModelEntry e = entry("cat_depth2.json");
    const char *model_id = registered(&e);

    (void)state;
    promoted(model_id);
    pg_run(world.db, "alter table predictions.model drop constraint model_check");
    pg_run(world.db, "update predictions.model set bytes = set_byte(bytes, 900, get_byte(bytes, 900) # 1)");
    assert_load_refused(model_id, "its bytes have the sha256");
}

static void
a_file_that_is_no_model_is_refused_though_its_hash_is_right(void **state)
{
    ModelEntry e = entry("cat_depth2.json");
    const char *model_id = registered(&e);

    (void)state;
    promoted(model_id);
    pg_run(world.db, "update predictions.model set bytes = 'CBM1 and no more', sha256 = sha256('CBM1 and no more')");
    assert_load_refused(model_id, "model");
    e.bytes = bytes_of_str("CBM1 and no more");
    assert_register_refused(&e, "some/where/cat_depth2.json");
}

static void
features_of_another_contract_are_refused(void **state)
{
    ModelEntry e = entry("cat_depth2.json");
    const char *model_id = registered(&e);

    (void)state;
    promoted(model_id);
    pg_run(world.db, "update predictions.model set feature_version = 'v1_25features'");
    assert_load_refused(model_id, "v1_25features");
    pg_run(world.db, "update predictions.model set feature_version = '%s'", feature_version);
    pg_run(world.db, "update predictions.model set feature_names[3] = 'points_per_game'");
    assert_load_refused(model_id, "points_per_game");
    pg_run(world.db, "update predictions.model set base = 'weather'");
    assert_load_refused(model_id, "weather");
}

static void
a_file_is_registered_once_for_its_system_alone(void **state)
{
    ModelEntry e = entry("cat_depth2.json");
    const char *model_id = registered(&e);

    (void)state;
    assert_register_refused(&e, model_id);
    e.system_id = "xgboost_v1";
    assert_register_refused(&e, "xgboost_v1 predicts with models of xgboost");
    e.system_id = "moving_average_baseline";
    assert_register_refused(&e, "predicts with no model");
}

/* In words, and by the database where the words are gone round. */
static void
windows_that_overlap_are_refused(void **state)
{
    ModelEntry e = entry("cat_depth2.json");
    const char *model_id;

    (void)state;
    assert_true(date_make(2024, 11, 1, &e.training.from) && date_make(2024, 11, 14, &e.training.to)
                && date_make(2024, 11, 14, &e.evaluation.from) && date_make(2024, 11, 20, &e.evaluation.to));
    assert_register_refused(&e, "the evaluation begins on 2024-11-14");
    e.evaluation.from = date_add(e.evaluation.from, 1);
    model_id = registered(&e);
    assert_non_null(strstr(model_id, "catboost_v9-20241114-"));
    pg_run(world.db,
           "do $$ begin update predictions.model set evaluation_start = training_end; raise 'it was let through';"
           " exception when check_violation then if sqlerrm not like '%%model_is_evaluated_on_later_dates%%' then"
           " raise; end if; end $$");
}

static void
a_rollback_takes_back_the_last_promotion_and_the_one_before_counts(void **state)
{
    ModelEntry first = entry("cat_depth2.json"), second = entry("cat_depth2.cbm");
    const char *older = registered(&first), *newer = registered(&second), *taken = NULL;
    GameDate date;
    ModelRegistry *r;
    DbTx *tx;
    Err err;
    bool ok;

    (void)state;
    assert_true(date_make(2024, 12, 1, &date));
    promoted(older);
    promoted(newer);
    r = loaded();
    assert_string_equal(newer, model_for_date(r, "catboost_v9", date)->model_id);
    registry_free(r);
    tx = begin();
    ok = model_store_rollback(tx, "catboost_v9", "it was wrong", &actor, world.a, &taken, &err);
    end(tx, ok, &err);
    assert_string_equal(newer, taken);
    r = loaded();
    assert_string_equal(older, model_for_date(r, "catboost_v9", date)->model_id);
    registry_free(r);
    promoted(newer); /* it may come back */
    r = loaded();
    assert_string_equal(newer, model_for_date(r, "catboost_v9", date)->model_id);
    registry_free(r);
}

static void
what_is_done_is_written_down_with_who_and_why(void **state)
{
    ModelEntry e = entry("cat_depth2.json");
    const char *model_id = registered(&e), *system, *taken;
    DbTx *tx;
    Err err;
    bool ok;

    (void)state;
    promoted(model_id);
    tx = begin();
    ok = model_store_rollback(tx, "catboost_v9", "it was wrong", &actor, world.a, &taken, &err)
         && model_store_retire(tx, model_id, NULL, &actor, world.a, &system, &err)
         && model_store_champion(tx, "catboost_v9", "because", &actor, &err);
    end(tx, ok, &err);
    assert_string_equal("register promote rollback:it was wrong retire champion:because",
                        pg_string(world.db, world.a,
                                  "select string_agg(action || coalesce(':' || reason, ''), ' ' order by id)"
                                  " from predictions.model_event where by = 'ann@ops' and system_id = 'catboost_v9'"));
    assert_string_equal("catboost_v9", pg_string(world.db, world.a, "select system_id from predictions.champion"));
    tx = begin();
    assert_false(model_store_promote(tx, model_id, NULL, &actor, world.a, &system, &err));
    assert_non_null(strstr(err.msg, "retired already"));
    assert_false(model_store_rollback(tx, "catboost_v9", "again", &actor, world.a, &taken, &err));
    assert_false(model_store_retire(tx, "no_such_model", NULL, &actor, world.a, &system, &err));
    db_rollback(&tx);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_promoted_model_is_loaded_as_it_was_registered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_that_are_not_the_registered_ones_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_model_is_refused_though_its_hash_is_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(features_of_another_contract_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_registered_once_for_its_system_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(windows_that_overlap_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rollback_takes_back_the_last_promotion_and_the_one_before_counts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_done_is_written_down_with_who_and_why, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
