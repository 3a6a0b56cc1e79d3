/*
 * tests/integration/test_due_times.c
 *    Claims about cells that ask to be looked at at a time: not before it, by one process of several, and
 *    by another one when that dies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/runtime/due_times.h"
#include "tests/support/rig.h"

#define MINUTES(n) (INT64_C(60000000) * (n))

enum { NEEDS = 5 };

static const ProcessorId needs[NEEDS] = {PROC_UPCOMING_CONTEXT, PROC_TEAM_DEFENSE_ZONE, PROC_PLAYER_SHOT_ZONE,
                                         PROC_PLAYER_COMPOSITE_FACTORS, PROC_PLAYER_DAILY_CACHE};

typedef struct {
    Db *db;
    Rig rig;
    FakeLog log;
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
    assert_true(date_make(2024, 11, 20, &world.date));
    lay_season(world.db, &world.date, 1);
    for (size_t i = 0; i < NEEDS; i++)
        end_cell(world.db, needs[i], world.date, "success", NULL, 1);
    counting_reset();
    rig_open(&world.rig, "feature-store-1");
    rig_claim(&world.rig, 2);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    rig_close(&world.rig);
    db_close(world.db);
    arena_free(world.a);
    return 0;
}

/* It waits, and wants to be looked at in five minutes. */
static void
waits_five_minutes(const CellInput *in, Arena *a, CellOutput *out)
{
    (void)a;
    cell_output_alert(out, "stalled", ALERT_WARNING, NULL, "nobody has answered");
    cell_output_due(out, (Instant){in->now.us + MINUTES(5)});
    cell_output_park(out, "needs an answer");
}

static void
wake(void)
{
    BusMessage m = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.date, 1, 0, world.a);

    (void)rig_deliver(&world.rig, &m, 1);
}

/* How often the decision was taken so far, after looking at what is due. */
static int
runs_after_looking(Rig *r)
{
    rig_look_at_due(r);
    return atomic_load(&counting.runs);
}

static const char *
features(const char *column)
{
    return pg_string(world.db, world.a, "select %s from ops.cell where processor = 'feature_store'", column);
}

static void
a_cell_that_waits_is_looked_at_when_its_time_has_come_and_not_before(void **state)
{
    (void)state;
    counting.says = waits_five_minutes;
    wake();
    assert_string_equal(features("status"), "waiting");
    assert_int_equal(runs_after_looking(&world.rig), 1);
    rig_advance(&world.rig, MINUTES(5) - 1);
    assert_int_equal(runs_after_looking(&world.rig), 1);
    rig_advance(&world.rig, 1);
    assert_int_equal(runs_after_looking(&world.rig), 2);
    assert_int_equal(runs_after_looking(&world.rig), 2); /* it has said when it wants to be looked at again */
    rig_advance(&world.rig, MINUTES(5));
    counting.says = NULL;
    assert_int_equal(runs_after_looking(&world.rig), 3);
    assert_string_equal(features("status"), "success");
    assert_int_equal(pg_number(world.db, "select count(*) from ops.cell_due"), 0);
    rig_advance(&world.rig, MINUTES(60));
    assert_int_equal(runs_after_looking(&world.rig), 3);
}

static void
what_a_cell_that_waits_has_to_say_to_people_is_said(void **state)
{
    (void)state;
    counting.says = waits_five_minutes;
    wake();
    assert_int_equal(
        pg_number(world.db, "select count(*) from ops.alert where kind = 'stalled' and resolved_at is null"), 1);
    rig_advance(&world.rig, MINUTES(5));
    counting.says = NULL;
    (void)runs_after_looking(&world.rig);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.alert where resolved_at is null"), 0);
}

/* Another process knows nothing of it until it asks, as it does at its start. */
static void
of_two_processes_one_looks(void **state)
{
    Rig other;

    (void)state;
    counting.says = waits_five_minutes;
    wake();
    rig_open(&other, "feature-store-2");
    rig_advance(&other, MINUTES(5));
    rig_advance(&world.rig, MINUTES(5));
    assert_int_equal(runs_after_looking(&other), 2);
    assert_int_equal(runs_after_looking(&world.rig), 2);
    assert_string_equal(features("status"), "waiting");
    rig_close(&other);
}

static void
what_a_process_took_and_died_with_is_another_ones_after_a_minute(void **state)
{
    const ProcessorId ours[] = {PROC_FEATURE_STORE};
    DbTx *tx = NULL;
    CellKey *taken;
    size_t count;
    Err err;

    (void)state;
    counting.says = waits_five_minutes;
    wake();
    rig_advance(&world.rig, MINUTES(5));
    assert_true(db_begin(world.db, &tx, &err)
                && due_take(tx, ours, 1, clock_now(world.rig.clock), "the dead", world.a, &taken, &count, &err)
                && db_commit(&tx, &err));
    assert_int_equal(count, 1);
    assert_int_equal(runs_after_looking(&world.rig), 1);
    rig_advance(&world.rig, MINUTES(1) - 1);
    assert_int_equal(runs_after_looking(&world.rig), 1);
    rig_advance(&world.rig, 1);
    assert_int_equal(runs_after_looking(&world.rig), 2);
}

/* The time has come, but what the cell needs is on its way: the gate decides, and the time stays. */
static void
a_time_opens_no_gate(void **state)
{
    (void)state;
    counting.says = waits_five_minutes;
    wake();
    end_cell(world.db, PROC_PLAYER_SHOT_ZONE, world.date, "waiting", "needs more", 1);
    rig_advance(&world.rig, MINUTES(5));
    assert_int_equal(runs_after_looking(&world.rig), 1);
    end_cell(world.db, PROC_PLAYER_SHOT_ZONE, world.date, "success", NULL, 1);
    rig_advance(&world.rig, MINUTES(1));
    assert_int_equal(runs_after_looking(&world.rig), 2);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_cell_that_waits_is_looked_at_when_its_time_has_come_and_not_before),
        CLAIM(what_a_cell_that_waits_has_to_say_to_people_is_said),
        CLAIM(of_two_processes_one_looks),
        CLAIM(what_a_process_took_and_died_with_is_another_ones_after_a_minute),
        CLAIM(a_time_opens_no_gate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
