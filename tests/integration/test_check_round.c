/*
 * tests/integration/test_check_round.c
 *    Claims about checks whose time has come without any event: current dates every five minutes, those of the
 *    week before every hour while a check of theirs has an open alert, and dates without cells never; and about the check that no game goes without predictions.
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

#include "tests/support/rig.h"
#include "workers/monitor/check_round.h"

#define MINUTES(n) (INT64_C(60000000) * (n))
#define FILE_NAME "faulty.sql"

static const char check[]
    = "-- says: faults\n-- group: daily\n-- phase: all\n-- severity: critical\n-- better: less\n"
      "select count(*)::float8, 0::float8, 0::float8, null::text from fault where game_date = $1\n";

typedef struct {
    Db *db;
    Arena *a;
    WorkerContext ctx;
    GameDate yesterday;
    char dir[64], path[96];
} World;

static World world;

/* The season has one date, and it is yesterday. */
static int
set_up(void **state)
{
    FILE *f;

    (void)state;
    world = (World){.db = pg_open("test"), .a = arena_new(0), .dir = "/tmp/tipoff_checks_XXXXXX"};
    pg_reset(world.db);
    pg_run(world.db, "create table if not exists fault (game_date date); truncate fault");
    assert_true(date_make(2024, 11, 20, &world.yesterday));
    lay_season(world.db, &world.yesterday, 1);
    assert_non_null(mkdtemp(world.dir));
    (void)snprintf(world.path, sizeof world.path, "%s/" FILE_NAME, world.dir);
    f = fopen(world.path, "w");
    assert_non_null(f);
    assert_true(fputs(check, f) >= 0);
    assert_int_equal(fclose(f), 0);
    world.ctx.checks_dir = world.dir;
    world.ctx.today = date_add(world.yesterday, 1);
    world.ctx.now = date_eastern_instant(world.ctx.today, 12, 0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    assert_int_equal(unlink(world.path), 0);
    assert_int_equal(rmdir(world.dir), 0);
    pg_run(world.db, "drop table fault");
    db_close(world.db);
    arena_free(world.a);
    return 0;
}

/* Whether a date was checked by a process with this connection. */
static bool
look_from(Db *db)
{
    DbTx *tx = NULL;
    bool checked;
    Err err = {0};

    if (!db_begin(db, &tx, &err) || !check_round(tx, &world.ctx, world.a, &checked, &err) || !db_commit(&tx, &err))
        fail_msg("%s", err.msg);
    return checked;
}

static bool
look(void)
{
    return look_from(world.db);
}

static void
pass_minutes(int n)
{
    world.ctx.now.us += MINUTES(n);
}

static int64_t
open_alerts(void)
{
    return pg_number(world.db, "select count(*) from ops.alert where resolved_at is null and kind = 'check_failed'"
                               " and subject = 'faulty' and severity = 'critical' and game_date = '2024-11-20'");
}

static void
a_current_date_is_looked_at_every_five_minutes(void **state)
{
    (void)state;
    assert_true(look());
    assert_false(look()); /* it was the only one that has cells */
    pass_minutes(4);
    assert_false(look());
    pass_minutes(2);
    assert_true(look());
    assert_false(look());
}

static void
a_fault_that_no_event_tells_of_is_an_alert_until_it_is_mended(void **state)
{
    (void)state;
    assert_true(look());
    assert_int_equal(open_alerts(), 0);
    pg_run(world.db, "insert into fault values ('2024-11-20')");
    pass_minutes(6);
    assert_true(look());
    assert_int_equal(open_alerts(), 1);
    pass_minutes(6);
    assert_true(look());
    assert_int_equal(open_alerts(), 1);
    assert_int_equal(pg_number(world.db, "select count from ops.alert"), 2);
    pg_run(world.db, "delete from fault");
    pass_minutes(6);
    assert_true(look());
    assert_int_equal(open_alerts(), 0);
}

static void
a_date_that_has_passed_is_looked_at_until_its_alerts_have_ended(void **state)
{
    (void)state;
    pg_run(world.db, "insert into fault values ('2024-11-20')");
    assert_true(look());
    assert_int_equal(open_alerts(), 1);
    world.ctx.today = date_add(world.ctx.today, 5);
    world.ctx.now = date_eastern_instant(world.ctx.today, 12, 0);
    assert_true(look());
    assert_int_equal(open_alerts(), 1);
    pg_run(world.db, "delete from fault");
    pass_minutes(59);
    assert_false(look());
    pass_minutes(2);
    assert_true(look());
    assert_int_equal(open_alerts(), 0);
    pass_minutes(61);
    assert_false(look());
}

static void
a_date_of_long_ago_is_left_alone(void **state)
{
    (void)state;
    pg_run(world.db, "insert into fault values ('2024-11-20')");
    assert_true(look());
    world.ctx.today = date_add(world.ctx.today, 9);
    world.ctx.now = date_eastern_instant(world.ctx.today, 12, 0);
    assert_false(look());
    assert_int_equal(open_alerts(), 1);
}

static void
one_of_two_processes_looks(void **state)
{
    Db *other = pg_open("other");

    (void)state;
    assert_true(look_from(other));
    assert_false(look());
    db_close(other);
}

/* ---- the gap of predictions ---- */

/* Two games of the date, the first at 19:00 in the East, and the catalogue's check in place of the made one. */
static void
lay_games(void)
{
    assert_int_equal(unlink(world.path), 0);
    (void)snprintf(world.path, sizeof world.path, "%s/prediction_gap.sql", world.dir);
    assert_int_equal(symlink(TIPOFF_SOURCE_ROOT "/schemas/checks/prediction_gap.sql", world.path), 0);
    pg_run(world.db,
           "truncate raw.schedule_game, predictions.prediction;"
           "insert into raw.schedule_game (game_id, game_date, season_year, home_team, away_team, tip_off, row_hash)"
           " values ('g1', '2024-11-20', 2024, 'BOS', 'NYK', '2024-11-21T00:00:00Z', ''),"
           " ('g2', '2024-11-20', 2024, 'LAL', 'UTA', '2024-11-21T03:00:00Z', '')");
}

/* One with whatever its columns take. */
static void
predict(const char *game)
{
    pg_run(world.db,
           "insert into predictions.prediction select r.* from (select jsonb_object_agg(column_name, case"
           " when data_type = 'boolean' then 'true'::jsonb when data_type = 'ARRAY' then '[]'::jsonb"
           " when data_type in ('integer', 'double precision') then '1'::jsonb else '\"x\"'::jsonb end)"
           " || '{\"game_date\": \"2024-11-20\", \"game_id\": \"%s\", \"recommendation\": \"PASS\"}' as v from "
           "information_schema.columns"
           " where table_schema = 'predictions' and table_name = 'prediction' and is_nullable = 'NO') c,"
           " jsonb_populate_record(null::predictions.prediction, c.v) r",
           game);
}

/* At so many hours of the date in the East; what is open afterwards, and of how many games it speaks. */
static const char *
gap_at(int hour)
{
    world.ctx.today = world.yesterday;
    world.ctx.now = date_eastern_instant(world.ctx.today, hour, 0);
    pg_run(world.db, "truncate ops.check_round");
    assert_true(look());
    return pg_string(world.db, world.a,
                     "select coalesce(string_agg(severity || ' ' || count || ' ' || split_part(message, '; ', 2), ','),"
                     " 'none') from ops.alert where resolved_at is null and subject = 'prediction_gap'");
}

static void
games_without_predictions_are_one_alert_three_hours_before_the_first_tip_off(void **state)
{
    (void)state;
    lay_games();
    assert_string_equal(gap_at(9), "none");
    assert_string_equal(gap_at(14), "none"); /* a warning is none */
    assert_string_equal(gap_at(15), "none");
    assert_string_equal(gap_at(17), "critical 1 g1, g2");
    assert_string_equal(gap_at(18), "critical 2 g1, g2");
    predict("g1");
    assert_string_equal(gap_at(18), "critical 3 g2");
    predict("g2");
    assert_string_equal(gap_at(18), "none");
    assert_int_equal(pg_number(world.db, "select count(*) from ops.alert"), 1);
}

static void
a_date_that_cannot_have_predictions_has_no_gap(void **state)
{
    (void)state;
    lay_games();
    end_cell(world.db, PROC_PREDICTIONS, world.yesterday, "no_data", "bootstrap", 1);
    assert_string_equal(gap_at(20), "none");
    pg_run(world.db, "delete from raw.schedule_game"); /* an off-day */
    end_cell(world.db, PROC_PREDICTIONS, world.yesterday, "expected", NULL, 1);
    assert_string_equal(gap_at(20), "none");
}

int
main(void)
{
#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CLAIM(a_current_date_is_looked_at_every_five_minutes),
        CLAIM(a_fault_that_no_event_tells_of_is_an_alert_until_it_is_mended),
        CLAIM(a_date_that_has_passed_is_looked_at_until_its_alerts_have_ended),
        CLAIM(a_date_of_long_ago_is_left_alone),
        CLAIM(one_of_two_processes_looks),
        CLAIM(games_without_predictions_are_one_alert_three_hours_before_the_first_tip_off),
        CLAIM(a_date_that_cannot_have_predictions_has_no_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
