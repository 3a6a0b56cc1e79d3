/*
 * tests/integration/test_start_checks.c
 *    Claims about what keeps a worker from starting, and that it says what is wrong and how to mend
 *    it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/runtime/start_checks.h"
#include "tests/support/pg_fixture.h"
#include "tests/support/scratch_broker.h"
#include "workers/registry.h"

static Db *db;
static ScratchBroker *broker;

static int
set_up_database(void **state)
{
    (void)state;
    db = pg_open("test");
    pg_reset(db);
    return 0;
}

static int
tear_down_database(void **state)
{
    (void)state;
    db_close(db);
    return 0;
}

static const WorkerSpec *
worker(const char *name)
{
    const WorkerSpec *w = worker_by_name(name);

    assert_non_null(w);
    return w;
}

/* The refusal's sentence holds all the words. */
static void
assert_refused(bool ok, const Err *err, const char *const *words)
{
    assert_false(ok);
    assert_int_equal(err->cls, ERR_CONFIG);
    assert_int_equal(err_exit_status(err), 2);
    for (size_t i = 0; words[i] != NULL; i++)
        if (strstr(err->msg, words[i]) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", err->msg, words[i]);
}

#define ASSERT_REFUSED(ok, err, ...) assert_refused(ok, err, (const char *const[]){__VA_ARGS__, NULL})

/* ---- tables ---- */

static void
every_worker_accepts_the_migrated_tables(void **state)
{
    size_t workers = 0;
    Err err;

    (void)state;
    for (size_t i = 0; all_workers[i] != NULL; i++, workers++)
        if (!check_tables(db, all_workers[i], &err))
            fail_msg("%s: %s", all_workers[i]->name, err.msg);
    assert_true(workers >= 10);
}

static void
a_missing_column_that_a_worker_writes_is_named(void **state)
{
    Err err;

    (void)state;
    pg_run(db, "alter table features.ml_feature_store drop column as_of cascade");
    ASSERT_REFUSED(check_tables(db, worker("feature-store"), &err), &err, "features.ml_feature_store", "as_of",
                   "timestamp with time zone", "tipoff migrate");
    assert_true(check_tables(db, worker("grader"), &err)); /* it does not touch that table */
}

static void
a_missing_column_that_a_worker_only_reads_is_named(void **state)
{
    Err err;

    (void)state;
    pg_run(db, "alter table analytics.upcoming_player_game_context drop column is_home");
    ASSERT_REFUSED(check_tables(db, worker("feature-store"), &err), &err, "analytics.upcoming_player_game_context",
                   "is_home", "boolean", "tipoff migrate");
}

static void
a_missing_column_of_a_table_written_by_events_is_named(void **state)
{
    Err err;

    (void)state;
    pg_run(db, "alter table predictions.prediction drop column batch_id");
    ASSERT_REFUSED(check_tables(db, worker("predictor"), &err), &err, "predictions.prediction", "batch_id",
                   "tipoff migrate");
}

static void
the_missing_hash_of_rows_is_named(void **state)
{
    Err err;

    (void)state;
    pg_run(db, "alter table features.ml_feature_store drop column row_hash");
    ASSERT_REFUSED(check_tables(db, worker("feature-store"), &err), &err, "features.ml_feature_store", "row_hash",
                   "bytea", "tipoff migrate");
}

static void
a_changed_type_is_named_with_both_types(void **state)
{
    Err err;

    (void)state;
    pg_run(db, "drop view features.ml_feature_store_v2 cascade;" /* a view holds the types of its columns */
               " alter table features.ml_feature_store alter column season_year type bigint");
    ASSERT_REFUSED(check_tables(db, worker("feature-store"), &err), &err, "features.ml_feature_store", "season_year",
                   "bigint", "integer");
    pg_run(
        db,
        "alter table features.ml_feature_store alter column season_year type integer,"
        " drop column feature_values cascade; alter table features.ml_feature_store add column feature_values real[]");
    ASSERT_REFUSED(check_tables(db, worker("feature-store"), &err), &err, "feature_values", "real[]",
                   "double precision[]");
}

static void
a_missing_table_is_named(void **state)
{
    Err err;

    (void)state;
    pg_run(db, "drop table features.ml_feature_store cascade");
    ASSERT_REFUSED(check_tables(db, worker("feature-store"), &err), &err, "features.ml_feature_store", "does not exist",
                   "tipoff migrate");
}

static void
a_table_may_have_more_columns_than_we_know(void **state)
{
    Err err;

    (void)state;
    pg_run(db, "alter table features.ml_feature_store add column somebody_elses text");
    assert_true(check_tables(db, worker("feature-store"), &err));
}

/* ---- topics ---- */

/* A topic that is not as declared; 0 partitions: it does not exist. */
typedef struct {
    const char *name;
    int partitions;
} Flaw;

static const Flaw flaws[] = {
    {"precompute.completed", 2},
    {"feed.shots", 24},
    {"grading.completed.backfill", 0},
};

static int
partitions_of(const BusTopic *t, bool is_flawed)
{
    for (size_t i = 0; is_flawed && i < ARRAY_LEN(flaws); i++)
        if (strcmp(flaws[i].name, t->name) == 0)
            return flaws[i].partitions;
    return t->partitions;
}

/* Dead letter topics are nothing that a worker asks for, and each topic takes its time to make. */
static void
open_broker(bool is_flawed)
{
    Arena *a = arena_new(0);
    size_t count;
    const BusTopic *topics = all_broker_topics(a, &count);

    broker = scratch_broker_new();
    for (size_t i = 0; i < count; i++) {
        int partitions = partitions_of(&topics[i], is_flawed);

        if (strstr(topics[i].name, ".dlq") == NULL && partitions > 0)
            scratch_broker_add_topic(broker, topics[i].name, partitions);
    }
    arena_free(a);
}

static int
open_good_broker(void **state)
{
    (void)state;
    open_broker(false);
    return 0;
}

static int
open_flawed_broker(void **state)
{
    (void)state;
    open_broker(true);
    return 0;
}

static int
close_broker(void **state)
{
    (void)state;
    scratch_broker_free(broker);
    return 0;
}

static bool
topics_suffice(const char *name, Err *err)
{
    return check_topics(scratch_broker_address(broker), worker(name), err);
}

static void
every_worker_accepts_the_declared_topics(void **state)
{
    Err err;

    (void)state;
    for (size_t i = 0; all_workers[i] != NULL; i++)
        if (!topics_suffice(all_workers[i]->name, &err))
            fail_msg("%s: %s", all_workers[i]->name, err.msg);
}

static void
a_consumed_topic_of_too_few_partitions_is_named_with_both_counts(void **state)
{
    Err err;

    (void)state;
    ASSERT_REFUSED(topics_suffice("feature-store", &err), &err, "precompute.completed", "2 partitions", "declares 6");
}

static void
an_emitted_topic_of_too_few_partitions_is_named(void **state)
{
    Err err;

    (void)state;
    assert_false(worker_consumes("team-defense-zone", TOPIC_PRECOMPUTE_COMPLETED));
    ASSERT_REFUSED(topics_suffice("team-defense-zone", &err), &err, "precompute.completed", "2 partitions");
}

static void
a_missing_topic_is_named_with_the_command_that_makes_it(void **state)
{
    Err err;

    (void)state;
    ASSERT_REFUSED(topics_suffice("grader", &err), &err, "grading.completed.backfill", "does not exist",
                   "tipoff topics apply");
}

static void
more_partitions_than_declared_are_accepted(void **state)
{
    Err err;

    (void)state;
    assert_true(worker_consumes("raw", TOPIC_FEED_SHOTS));
    assert_true(topics_suffice("raw", &err));
}

static void
a_worker_accepts_flaws_of_topics_that_are_not_its_own(void **state)
{
    Err err;

    (void)state;
    assert_true(topics_suffice("predictor", &err));
}

/* ---- the broker's log ---- */

static void
the_first_log_is_taken_and_stays_good(void **state)
{
    Err err;

    (void)state;
    assert_true(check_incarnation(db, "kafka:cluster:1", &err));
    assert_true(check_incarnation(db, "kafka:cluster:1", &err));
    assert_int_equal(pg_number(db, "select count(*) from ops.incarnation"), 1);
}

static void
a_new_log_of_kafka_is_refused_until_it_is_adopted(void **state)
{
    DbTx *tx = NULL;
    Err err;

    (void)state;
    assert_true(check_incarnation(db, "kafka:cluster:1", &err));
    for (int again = 0; again < 2; again++)
        ASSERT_REFUSED(check_incarnation(db, "kafka:cluster:2", &err), &err, "kafka:cluster:1", "kafka:cluster:2",
                       "tipoff topics adopt");
    assert_int_equal(pg_number(db, "select count(*) from ops.incarnation"), 1);
    assert_true(db_begin(db, &tx, &err) && adopt_incarnation(tx, "kafka:cluster:2", &err) && db_commit(&tx, &err));
    assert_true(check_incarnation(db, "kafka:cluster:2", &err));
}

static void
another_cluster_is_another_log(void **state)
{
    Err err;

    (void)state;
    assert_true(check_incarnation(db, "kafka:one:1", &err));
    ASSERT_REFUSED(check_incarnation(db, "kafka:other:1", &err), &err, "kafka:other:1");
}

static void
a_new_log_of_the_embedded_broker_is_adopted(void **state)
{
    Err err;

    (void)state;
    assert_true(check_incarnation(db, "embedded:-:1", &err));
    assert_true(check_incarnation(db, "embedded:-:2", &err));
    assert_int_equal(pg_number(db, "select count(*) from ops.incarnation where id = 'embedded:-:2'"), 1);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up_database, tear_down_database)

int
main(void)
{
    const struct CMUnitTest with_database[] = {
        CLAIM(every_worker_accepts_the_migrated_tables),
        CLAIM(a_missing_column_that_a_worker_writes_is_named),
        CLAIM(a_missing_column_that_a_worker_only_reads_is_named),
        CLAIM(a_missing_column_of_a_table_written_by_events_is_named),
        CLAIM(the_missing_hash_of_rows_is_named),
        CLAIM(a_changed_type_is_named_with_both_types),
        CLAIM(a_missing_table_is_named),
        CLAIM(a_table_may_have_more_columns_than_we_know),
        CLAIM(the_first_log_is_taken_and_stays_good),
        CLAIM(a_new_log_of_kafka_is_refused_until_it_is_adopted),
        CLAIM(another_cluster_is_another_log),
        CLAIM(a_new_log_of_the_embedded_broker_is_adopted),
    };
    const struct CMUnitTest with_good_broker[] = {
        cmocka_unit_test(every_worker_accepts_the_declared_topics),
    };
    const struct CMUnitTest with_flawed_broker[] = {
        cmocka_unit_test(a_consumed_topic_of_too_few_partitions_is_named_with_both_counts),
        cmocka_unit_test(an_emitted_topic_of_too_few_partitions_is_named),
        cmocka_unit_test(a_missing_topic_is_named_with_the_command_that_makes_it),
        cmocka_unit_test(more_partitions_than_declared_are_accepted),
        cmocka_unit_test(a_worker_accepts_flaws_of_topics_that_are_not_its_own),
    };

    return cmocka_run_group_tests(with_database, NULL, NULL)
           + cmocka_run_group_tests(with_good_broker, open_good_broker, close_broker)
           + cmocka_run_group_tests(with_flawed_broker, open_flawed_broker, close_broker);
}
