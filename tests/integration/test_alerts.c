/*
 * tests/integration/test_alerts.c
 *    Claims about what people should look at: a cause is one open alert, counted, whichever process says it
 *    and however often, and it ends with its state; figures of a run stand until the next one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <threads.h>
#include <cmocka.h>

#include "libcore/runtime/alerts.h"
#include "libcore/runtime/health.h"
#include "tests/support/rig.h"

enum { NEEDS = 5 };

static const ProcessorId needs[NEEDS] = {PROC_UPCOMING_CONTEXT, PROC_TEAM_DEFENSE_ZONE, PROC_PLAYER_SHOT_ZONE,
                                         PROC_PLAYER_COMPOSITE_FACTORS, PROC_PLAYER_DAILY_CACHE};

typedef struct {
    Db *db;
    Rig rig;
    FakeLog log;
    Arena *a;
    GameDate date;
    int32_t version; /* of the last announcement */
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

/* A need goes on to another content, and says so: the features are looked at again. */
static void
go_on(const char *status, const char *reason)
{
    BusMessage m;

    world.version++;
    end_cell(world.db, PROC_PLAYER_SHOT_ZONE, world.date, status, reason, (unsigned)world.version + 1);
    m = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.date, world.version + 1, 0, world.a);
    clock_manual_advance(world.rig.clock, 60000000);
    (void)rig_deliver(&world.rig, &m, 1);
}

static const char *
features(const char *column)
{
    return pg_string(world.db, world.a, "select %s from ops.cell where processor = 'feature_store'", column);
}

/* Of all alerts, or of those of a kind. */
static int64_t
alerts(const char *condition)
{
    return pg_number(world.db, "select count(*) from ops.alert where %s", condition);
}

static const char *
alert(const char *column)
{
    return pg_string(world.db, world.a, "select %s from ops.alert where resolved_at is null", column);
}

/* ---- what a decision says ---- */

static void
says_high(const CellInput *in, Arena *a, CellOutput *out)
{
    (void)in;
    (void)a;
    cell_output_alert(out, "defaults_high", ALERT_CRITICAL, NULL, "31 of 100 rows");
    cell_output_alert(out, "variance_low", ALERT_WARNING, "pace_score", "0.1, 0.5 needed");
}

static void
says_higher(const CellInput *in, Arena *a, CellOutput *out)
{
    (void)in;
    (void)a;
    cell_output_alert(out, "defaults_high", ALERT_WARNING, NULL, "45 of 100 rows");
}

static void
an_alert_is_open_until_a_run_does_not_say_it(void **state)
{
    (void)state;
    counting.says = says_high;
    go_on("success", NULL);
    assert_int_equal(alerts("resolved_at is null"), 2);
    counting.says = says_higher;
    go_on("success", NULL);
    assert_int_equal(alerts("true"), 2);
    assert_int_equal(alerts("kind = 'variance_low' and subject = 'pace_score' and resolved_at is not null"), 1);
    assert_string_equal(alert("kind || ' ' || severity || ' ' || message || ' ' || count"),
                        "defaults_high warning 45 of 100 rows 2");
    assert_string_equal(alert("game_date::text || ' ' || processor"), "2024-11-20 feature_store");
    assert_string_equal(alert("(last_at - first_at)::text"), "00:01:00"); /* by the clock of the deployment */
    counting.says = NULL;
    go_on("success", NULL);
    assert_int_equal(alerts("resolved_at is null"), 0);
    counting.says = says_high;
    go_on("success", NULL);
    assert_int_equal(alerts("kind = 'defaults_high'"), 2); /* it has come back: that is another one */
    assert_int_equal(alerts("resolved_at is null and count = 1"), 2);
}

static void
subjects_of_one_kind_are_alerts_of_their_own(void **state)
{
    const CellKey cell = {world.date, PROC_FEATURE_STORE};

    (void)state;
    assert_string_equal(alert_fingerprint(cell, "k", "a", world.a), alert_fingerprint(cell, "k", "a", world.a));
    assert_string_not_equal(alert_fingerprint(cell, "k", "a", world.a), alert_fingerprint(cell, "k", "b", world.a));
    assert_string_not_equal(alert_fingerprint(cell, "k", "a", world.a), alert_fingerprint(cell, "k", NULL, world.a));
    assert_string_not_equal(
        alert_fingerprint(cell, "k", NULL, world.a),
        alert_fingerprint((CellKey){date_add(world.date, 1), PROC_FEATURE_STORE}, "k", NULL, world.a));
    assert_int_equal(strlen(alert_fingerprint(cell, "k", "a", world.a)), 16);
}

/* ---- what the runner says ---- */

static void
fails(const CellInput *in, Arena *a, CellOutput *out)
{
    (void)in;
    (void)a;
    cell_output_fail(out, "the numbers do not add up");
}

static void
a_failed_cell_is_an_alert_until_it_ends_otherwise(void **state)
{
    (void)state;
    counting.says = fails;
    for (int i = 0; i < 3; i++)
        go_on("success", NULL);
    assert_int_equal(alerts("true"), 1);
    assert_string_equal(alert("kind || ' ' || severity || ' ' || count || ' ' || message"),
                        "cell_failed critical 3 the numbers do not add up");
    counting.says = NULL;
    go_on("success", NULL);
    assert_int_equal(alerts("resolved_at is null"), 0);
}

static void
a_gate_that_a_failed_need_holds_is_an_alert_until_it_does_not(void **state)
{
    (void)state;
    go_on("failed", "no zones");
    assert_string_equal(features("status"), "waiting");
    go_on("failed", "still no zones");
    assert_string_equal(alert("kind || ' ' || severity || ' ' || count || ' ' || message"),
                        "gate_held warning 2 needs player_shot_zone of 2024-11-20: still no zones");
    go_on("success", NULL);
    assert_string_equal(features("status"), "success");
    assert_int_equal(alerts("resolved_at is null"), 0);
}

/* It waits for something that will come by itself. */
static void
a_gate_that_waits_for_an_open_cell_is_no_alert(void **state)
{
    (void)state;
    go_on("failed", "no zones");
    assert_int_equal(alerts("resolved_at is null"), 1);
    go_on("waiting", "needs upcoming_context of 2024-11-20");
    assert_string_equal(features("status"), "waiting");
    assert_int_equal(alerts("resolved_at is null"), 0);
    assert_int_equal(alerts("true"), 1);
}

static void
a_letter_is_an_alert_of_the_cell_that_it_names_until_it_is_closed(void **state)
{
    BusMessage m = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.date, 1, 0, world.a), good = m;
    bool fenced;
    Err cause, err;

    (void)state;
    (void)ERR_FAIL(&cause, ERR_POISON, "no frame");
    m.payload = bytes_of("no frame", 8);
    assert_true(batch_write_letter(&world.rig.p, &m, &cause, world.a, &fenced, &err));
    outbox_forget(world.rig.p.outbox);
    assert_int_equal(alerts("resolved_at is null and kind = 'cell_failed'"), 1);
    assert_int_equal(alerts("resolved_at is null and kind = 'letter' and severity = 'critical' and subject ="
                            " (select id::text from ops.letter)"),
                     1);
    counting.says = fails; /* a run of the cell does not end the letter's alert */
    go_on("success", NULL);
    assert_int_equal(alerts("resolved_at is null and kind = 'letter'"), 1);
    counting.says = NULL;
    good.offset = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.date, 1, 0, world.a).offset;
    (void)rig_deliver(&world.rig, &good, 1); /* the retry */
    assert_int_equal(pg_number(world.db, "select count(*) from ops.letter where status = 'open'"), 0);
    assert_int_equal(alerts("resolved_at is null"), 0);
}

/* What a transaction does not commit was never said. */
static void
an_alert_of_a_batch_that_is_rolled_back_is_not_there(void **state)
{
    BusMessage m = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.date, 1, 0, world.a);
    BatchResult result;
    bool fenced;
    Err err;

    (void)state;
    counting.says = says_high;
    counting.poison = world.date;
    assert_false(rig_batch(&world.rig, &m, 1, &result, &fenced, &err));
    assert_int_equal(alerts("true"), 0);
}

/* ---- several processes ---- */

enum { SAID = 150, SAYERS = 3 };

static int
say_again_and_again(void *arg)
{
    Db *db = arg;
    const CellKey cell = {world.date, PROC_FEATURE_STORE};
    const Alert alert_of = {"cell_failed", ALERT_CRITICAL, NULL, "no zones"};
    Arena *a = arena_new(0);
    int failed = 0;

    for (int i = 0; i < SAID; i++) {
        DbTx *tx = NULL;
        Err err;

        failed += !(db_begin(db, &tx, &err) && alert_raise(tx, cell, &alert_of, (Instant){1}, a, &err)
                    && db_commit(&tx, &err));
        db_rollback(&tx);
    }
    arena_free(a);
    return failed;
}

static void
many_identical_failures_in_several_processes_are_one_alert(void **state)
{
    thrd_t threads[SAYERS];
    Db *dbs[SAYERS];

    (void)state;
    for (int i = 0; i < SAYERS; i++) {
        dbs[i] = pg_open("sayer");
        assert_int_equal(thrd_create(&threads[i], say_again_and_again, dbs[i]), thrd_success);
    }
    for (int i = 0; i < SAYERS; i++) {
        int failed;

        assert_int_equal(thrd_join(threads[i], &failed), thrd_success);
        assert_int_equal(failed, 0);
        db_close(dbs[i]);
    }
    assert_int_equal(alerts("true"), 1);
    assert_int_equal(pg_number(world.db, "select count from ops.alert"), SAID * SAYERS);
}

/* ---- figures ---- */

static void
says_figures(const CellInput *in, Arena *a, CellOutput *out)
{
    (void)in;
    (void)a;
    cell_output_measure(out, "quality_ready_pct", 87.5);
    cell_output_measure(out, "rows", 300);
    cell_output_measure(out, "unknown", NULL_F64);
}

static void
says_one_figure(const CellInput *in, Arena *a, CellOutput *out)
{
    (void)in;
    (void)a;
    cell_output_measure(out, "rows", 301);
}

static const char *
figures(void)
{
    return pg_string(
        world.db, world.a,
        "select string_agg(game_date || ' ' || processor || ' ' || name || ' ' || value, ', ' order by name)"
        " from ops.cell_measure");
}

static void
figures_are_those_of_the_last_run(void **state)
{
    (void)state;
    counting.says = says_figures;
    go_on("success", NULL);
    assert_string_equal(figures(),
                        "2024-11-20 feature_store quality_ready_pct 87.5, 2024-11-20 feature_store rows 300");
    counting.says = says_one_figure;
    go_on("success", NULL);
    assert_string_equal(figures(), "2024-11-20 feature_store rows 301");
    counting.says = NULL;
    go_on("success", NULL);
    assert_null(figures());
}

static void
health_counts_alerts_and_shows_the_newest_figures(void **state)
{
    DbTx *tx = NULL;
    Health h;
    Err err;

    (void)state;
    pg_run(world.db, "insert into ops.cell_measure values ('2024-11-20', 'feature_store', 'rows', 1),"
                     " ('2024-11-22', 'feature_store', 'rows', 2), ('2024-11-21', 'feature_store', 'rows', 3),"
                     " ('2024-11-20', 'predictions', 'rows', 4), ('2024-11-20', 'feature_store', 'a', 5)");
    counting.says = says_high;
    go_on("success", NULL);
    assert_true(db_begin(world.db, &tx, &err) && health_read(tx, (Instant){0}, world.date, &h, &err));
    db_rollback(&tx);
    assert_int_equal(h.open_alerts[ALERT_CRITICAL], 1);
    assert_int_equal(h.open_alerts[ALERT_WARNING], 1);
    assert_int_equal(h.open_alerts[ALERT_INFO], 0);
    assert_int_equal(h.measure_count, 2); /* the run has said no figures of the 20th */
    assert_string_equal(h.measures[0].processor, "feature_store");
    assert_string_equal(h.measures[0].name, "rows");
    assert_true(h.measures[0].value > 1.9 && h.measures[0].value < 2.1);
    assert_string_equal(h.measures[1].processor, "predictions");
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(an_alert_is_open_until_a_run_does_not_say_it),
        CLAIM(subjects_of_one_kind_are_alerts_of_their_own),
        CLAIM(a_failed_cell_is_an_alert_until_it_ends_otherwise),
        CLAIM(a_gate_that_a_failed_need_holds_is_an_alert_until_it_does_not),
        CLAIM(a_gate_that_waits_for_an_open_cell_is_no_alert),
        CLAIM(a_letter_is_an_alert_of_the_cell_that_it_names_until_it_is_closed),
        CLAIM(an_alert_of_a_batch_that_is_rolled_back_is_not_there),
        CLAIM(many_identical_failures_in_several_processes_are_one_alert),
        CLAIM(figures_are_those_of_the_last_run),
        CLAIM(health_counts_alerts_and_shows_the_newest_figures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
