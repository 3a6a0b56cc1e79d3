/*
 * tests/integration/test_batches.c
 *    Claims about the batches of a date: whom they ask, how they end, what the clock and operators make of
 *    them, and what becomes of predictions when something changes. Coordinator and predictor are the real
 *    ones, on a clock that the tests move.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <threads.h>
#include <cmocka.h>

#include "libcore/io/db_table.h"
#include "tables_gen.h"
#include "tests/support/rig.h"
#include "tests/support/rows.h"
#include "workers/features/feature_contract.h"
#include "workers/grading/grader_worker.h"
#include "workers/predictions/prediction_workers.h"

#define MINUTES(n) (INT64_C(60000000) * (n))

enum { PLAYERS = 20, INJURED = 17, EVENTS_MAX = 80, SYSTEMS = 3 }; /* the two that follow rules, and their ensemble */

/* A date with one game at 19:00 Eastern, and twenty players who qualify. */
typedef struct {
    Db *db;
    Arena *a;
    FakeLog log;
    GameDate date;
    Rig coordinator, predictor, grader;
    UpcomingPlayer players[PLAYERS];
    FeatureRow features[PLAYERS];
    int64_t sent; /* outbox rows up to this one have been handed over */
} World;

static World world;

static const double good_values[FEATURE_COUNT] = {
    [FEATURE_POINTS_AVG_LAST_5] = 20, [FEATURE_POINTS_AVG_LAST_10] = 20,   [FEATURE_POINTS_AVG_SEASON] = 20,
    [FEATURE_POINTS_STD_LAST_10] = 4, [FEATURE_GAMES_IN_LAST_7_DAYS] = 3,  [FEATURE_FATIGUE_SCORE] = 90,
    [FEATURE_PCT_PAINT] = 0.4,        [FEATURE_OPPONENT_DEF_RATING] = 112,
};

/* ---- the world ---- */

static void
make_player(size_t i)
{
    UpcomingPlayer *p = rows_filled(&upcoming_player_table, 1, world.date, (unsigned)i + 1, world.a);
    FeatureRow *f = rows_filled(&feature_row_table, 1, world.date, (unsigned)i + 1, world.a);

    p->player_lookup = f->player_lookup = arena_printf(world.a, "player%02zu", i);
    p->game_id = f->game_id = arena_printf(world.a, "%d_NYK_BOS", (int)world.date.days);
    p->team = f->team = i % 2 == 0 ? "BOS" : "NYK";
    p->opponent = f->opponent = i % 2 == 0 ? "NYK" : "BOS";
    p->is_home = f->is_home = i % 2 == 0 ? BOOL_TRUE : BOOL_FALSE;
    p->tip_off = date_eastern_instant(world.date, 19, 0);
    p->games_played_season = 30;
    p->avg_minutes_per_game_last_7 = 30;
    p->player_status = NULL;
    p->has_prop_line = BOOL_TRUE;
    p->current_points_line = 15.5;
    p->line_sportsbook = "draftkings";
    p->line_stamp = date_eastern_instant(world.date, 9, 0);
    f->feature_values = (F64Array){good_values, FEATURE_COUNT};
    f->quality_alert_level = "green";
    f->matchup_effective_pct = 95;
    f->effective_quality_score = f->feature_quality_score = 95;
    f->required_default_count = 0;
    f->early_season_flag = BOOL_FALSE;
    f->insufficient_data_reason = NULL;
    f->is_quality_ready = BOOL_TRUE;
    f->as_of = date_eastern_instant(world.date, 6, 0);
    world.players[i] = *p;
    world.features[i] = *f;
}

static void
open_rigs(Instant now)
{
    rig_open_worker(&world.coordinator, &coordinator_worker, "coordinator-1", now);
    rig_open_worker(&world.predictor, &predictor_worker, "predictor-1", now);
    rig_open_worker(&world.grader, &grader_worker, "grader-1", now);
    rig_claim(&world.coordinator, 2);
    rig_claim(&world.grader, 2);
    rig_claim(&world.predictor, 2);
}

/* It is 10:00 Eastern of the date, or of a day in the year after it. */
static void
make_world(bool is_live)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    pg_reset(world.db);
    assert_true(date_make(2025, 11, 21, &world.date));
    lay_season(world.db, (GameDate[]){world.date, date_add(world.date, 40)}, 2);
    for (size_t i = 0; i < PLAYERS; i++)
        make_player(i);
    open_rigs(date_eastern_instant(is_live ? world.date : date_add(world.date, 365), 10, 0));
}

static int
set_up_live(void **state)
{
    (void)state;
    make_world(true);
    return 0;
}

static int
set_up_past(void **state)
{
    (void)state;
    make_world(false);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    rig_close(&world.coordinator);
    rig_close(&world.predictor);
    rig_close(&world.grader);
    db_close(world.db);
    arena_free(world.a);
    return 0;
}

static void
advance(int64_t us)
{
    rig_advance(&world.coordinator, us);
    rig_advance(&world.predictor, us);
    rig_advance(&world.grader, us);
}

static const char *
text(const char *sql)
{
    return pg_string(world.db, world.a, "%s", sql);
}

static int64_t
number(const char *sql)
{
    return pg_number(world.db, "%s", sql);
}

/* What holds at every moment at which anybody can look. */
static void
assert_no_fault(void)
{
    const char *fault = text("select string_agg(fault, '; ') from predictions.batch_fault");

    if (fault != NULL)
        fail_msg("a fault: %s", fault);
}

/* The rows as they are now; the context's cell has a new version in which these players have changed, all of them
 * when there is no name. */
static void
write_context(const char *changed)
{
    DbTx *tx = NULL;
    Err err;

    pg_run(world.db, "delete from analytics.upcoming_player_game_context; delete from features.ml_feature_store");
    if (!db_begin(world.db, &tx, &err) || !table_insert(tx, &upcoming_player_table, world.players, PLAYERS, &err)
        || !table_insert(tx, &feature_row_table, world.features, PLAYERS, &err) || !db_commit(&tx, &err))
        fail_msg("writing rows: %s", err.msg);
    end_cell(world.db, PROC_UPCOMING_CONTEXT, world.date, "success", NULL,
             (unsigned)number("select version + 1 from ops.cell where processor = 'upcoming_context'"
                              " order by game_date limit 1"));
    pg_run(world.db,
           "update ops.cell set written = 20, expected = 20 where processor in ('upcoming_context', 'feature_store');"
           " insert into ops.cell_change select game_date, processor, version, case when '%s' = 'everybody' then null"
           " else array_remove(array['%s'], '') end, case when '%s' = 'everybody' then null else '{}'::text[] end"
           " from ops.cell where processor = 'upcoming_context' and version > 0",
           changed, changed, changed);
}

static void
tell_coordinator(ProcessorId processor)
{
    BusMessage m = fake_log_completion(&world.log, processor, world.date, (int32_t)world.sent + 1000, 0, world.a);

    m.event_id = arena_printf(world.a, "wake:%s:%lld", m.topic, (long long)m.offset);
    (void)rig_deliver(&world.coordinator, &m, 1);
    assert_no_fault();
}

/* Features and context are there. */
static void
ask(void)
{
    write_context("everybody");
    end_cell(world.db, PROC_FEATURE_STORE, world.date, "success", NULL, 1);
    pg_run(world.db, "update ops.cell set written = 20, expected = 20 where processor = 'feature_store'");
    tell_coordinator(PROC_FEATURE_STORE);
}

/* The context changes in what it says of that player. */
static void
change(const char *player)
{
    write_context(player);
    tell_coordinator(PROC_UPCOMING_CONTEXT);
}

/* ---- events on their way ---- */

/* Events of the topic that nobody has been handed yet, in their order; at most that many. */
static size_t
take_events(TopicId topic, size_t most, BusMessage *out)
{
    static int64_t seen[TOPIC_COUNT];
    DbTx *tx = NULL;
    DbRows *rows;
    size_t n;
    Err err;

    if (world.sent == 0)
        memset(seen, 0, sizeof seen);
    world.sent = 1;
    {
        const DbParam params[] = {db_i64(seen[topic]), db_text(arena_printf(world.a, "%s%%", topic_table[topic].name)),
                                  db_i32((int32_t)most)};

        if (!db_begin(world.db, &tx, &err)
            || !db_exec(tx,
                        "select id, key, event_id, payload from ops.outbox where id > $1 and topic like $2"
                        " order by id limit $3",
                        params, ARRAY_LEN(params), &rows, &err))
            fail_msg("reading the outbox: %s", err.msg);
    }
    for (n = 0; n < db_row_count(rows); n++) {
        const Bytes payload = db_get_bytes(rows, n, 3);

        seen[topic] = db_get_i64(rows, n, 0);
        out[n] = fake_log_append(
            &world.log, topic_table[topic].name, 0, arena_strdup(world.a, db_get_text(rows, n, 1)),
            arena_strdup(world.a, db_get_text(rows, n, 2)),
            bytes_of(arena_strndup(world.a, (const char *)payload.data, payload.len), payload.len));
    }
    db_rollback(&tx);
    return n;
}

/* That many requests are answered, and the coordinator hears of it. */
static size_t
answer(size_t most)
{
    BusMessage m[EVENTS_MAX];
    size_t n = take_events(TOPIC_PREDICT_REQUEST, most, m), told;

    if (n > 0)
        (void)rig_deliver(&world.predictor, m, n);
    assert_no_fault();
    told = take_events(TOPIC_PREDICT_PROGRESS, EVENTS_MAX, m);
    if (told > 0)
        (void)rig_deliver(&world.coordinator, m, told);
    assert_no_fault();
    return n;
}

/* Requests that were sent are lost. */
static size_t
lose_requests(void)
{
    BusMessage m[EVENTS_MAX];

    return take_events(TOPIC_PREDICT_REQUEST, EVENTS_MAX, m);
}

static void
let_time_pass(int64_t us)
{
    advance(us);
    rig_look_at_due(&world.coordinator);
    rig_look_at_due(&world.grader);
    assert_no_fault();
}

static void
order(const char *action, const char *mode, const char *reason)
{
    pg_run(world.db,
           "insert into predictions.batch_order (game_date, action, run_mode, reason, ordered_by, ordered_at) select"
           " min(game_date), '%s', nullif('%s', ''), '%s', 'ann@ops1', now() from raw.schedule_game;"
           " insert into ops.cell_due select min(game_date), 'predictions', '2000-01-01' from raw.schedule_game"
           " on conflict (game_date, processor) do update set due_at = excluded.due_at, leased_by = null,"
           " leased_until = null",
           action, mode, reason);
    world.coordinator.p.next_due = (Instant){0};
    let_time_pass(0);
}

/* ---- questions ---- */

static const char *
batch(void)
{
    return text("select format('%s %s: %s = %s predicted + %s skipped + %s failed + %s expired + %s open', batch_id,"
                " state, expected, predicted, skipped, failed, expired, open) from predictions.batch");
}

static const char *
cell(void)
{
    return text("select status || coalesce(': ' || reason, '') || ' v' || version from ops.cell"
                " where processor = 'predictions' order by game_date limit 1");
}

/* The newest version of the cell is said to have changed nothing. */
static void
assert_nothing_changed(void)
{
    assert_string_equal(text("select format('%s %s %s', array_length(players, 1), array_length(teams, 1), players is"
                             " null) from ops.cell_change where processor = 'predictions' order by version desc"
                             " limit 1"),
                        "  f");
}

static const char *
open_alerts(void)
{
    return text("select string_agg(kind || ' ' || severity, ', ' order by kind) from ops.alert"
                " where resolved_at is null and processor = 'predictions'");
}

static const char *
audit(void)
{
    return text("select string_agg(event || ' ' || state || ' ' || players, ', ' order by id)"
                " from predictions.batch_event");
}

/* ---- a batch and its end ---- */

static void
everybody_is_asked_and_the_batch_completes(void **state)
{
    (void)state;
    ask();
    assert_string_equal(cell(), "waiting: needs 20 of 20 requests to end v0");
    assert_string_equal(batch(),
                        "2025-11-21:b1 running: 20 = 0 predicted + 0 skipped + 0 failed + 0 expired + 20 open");
    assert_int_equal(answer(EVENTS_MAX), PLAYERS);
    assert_string_equal(batch(),
                        "2025-11-21:b1 complete: 20 = 20 predicted + 0 skipped + 0 failed + 0 expired + 0 open");
    assert_string_equal(cell(), "success v1");
    assert_int_equal(number("select count(*) from predictions.prediction where is_active and is_live"),
                     PLAYERS * SYSTEMS);
    assert_int_equal(number("select count(*) from ops.cell_due"), 0);
    assert_string_equal(audit(), "asked running 20, ended complete 0");
    assert_null(open_alerts());
}

static void
seventeen_injured_players_are_skipped_with_the_reason_and_the_batch_completes(void **state)
{
    (void)state;
    for (size_t i = 0; i < INJURED; i++)
        world.players[i].player_status = "out";
    ask();
    assert_int_equal(answer(EVENTS_MAX), PLAYERS - INJURED);
    assert_string_equal(batch(),
                        "2025-11-21:b1 complete: 20 = 3 predicted + 17 skipped + 0 failed + 0 expired + 0 open");
    assert_string_equal(cell(), "success v1");
    assert_int_equal(number("select count(*) from predictions.player_outcome where outcome = 'skipped'"
                            " and reason = 'player_out'"),
                     INJURED);
}

static void
a_date_whose_players_are_all_out_is_complete_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLAYERS; i++)
        world.players[i].player_status = "out";
    ask();
    assert_string_equal(batch(),
                        "2025-11-21:b1 complete: 20 = 0 predicted + 20 skipped + 0 failed + 0 expired + 0 open");
    assert_string_equal(cell(), "success v1");
    assert_int_equal(answer(EVENTS_MAX), 0);
}

/* ---- the clock ---- */

static void
silence_on_a_live_date_asks_once_more_and_then_ends_partial(void **state)
{
    (void)state;
    ask();
    assert_int_equal(answer(3), 3);
    assert_int_equal(lose_requests(), 17);
    let_time_pass(MINUTES(5) - 1);
    assert_int_equal(lose_requests(), 0);
    let_time_pass(1);
    assert_int_equal(lose_requests(), 17); /* they have gone out once more, and nobody gets them */
    assert_string_equal(batch(),
                        "2025-11-21:b1 redriven: 20 = 3 predicted + 0 skipped + 0 failed + 0 expired + 17 open");
    assert_string_equal(open_alerts(), "batch_stalled warning");
    let_time_pass(MINUTES(5) - 1);
    assert_string_equal(cell(), "waiting: needs 17 of 20 requests to end v0");
    let_time_pass(1);
    assert_string_equal(batch(),
                        "2025-11-21:b1 partial: 20 = 3 predicted + 0 skipped + 0 failed + 17 expired + 0 open");
    assert_string_equal(text("select status || ' ' || written || ' ' || rejected from ops.cell"
                             " where processor = 'predictions' and version > 0"),
                        "partial 20 17");
    assert_int_equal(number("select count(*) from ops.outbox where topic = 'predictions.completed'"), 1);
    assert_string_equal(open_alerts(), "batch_incomplete critical, low_coverage warning");
    assert_string_equal(audit(), "asked running 20, idle redriven 17, idle partial 17");
    assert_int_equal(number("select count(*) from predictions.player_outcome where outcome = 'expired'"
                            " and reason = 'no_answer'"),
                     17);
}

static void
what_is_asked_once_more_is_answered_once(void **state)
{
    BusMessage m[EVENTS_MAX];
    size_t first, again;

    (void)state;
    ask();
    first = take_events(TOPIC_PREDICT_REQUEST, EVENTS_MAX, m);
    let_time_pass(MINUTES(5));
    again = take_events(TOPIC_PREDICT_REQUEST, EVENTS_MAX, m + first);
    assert_int_equal(first, PLAYERS);
    assert_int_equal(again, PLAYERS);
    (void)rig_deliver(&world.predictor, m, 1);         /* somebody's first */
    (void)rig_deliver(&world.predictor, m + first, 1); /* and his second */
    assert_int_equal(number("select count(*) from predictions.prediction"), SYSTEMS);
    (void)rig_deliver(&world.predictor, m + 1, first + again - 2);
    assert_no_fault();
    assert_int_equal(number("select count(*) from predictions.prediction"), PLAYERS * SYSTEMS);
    (void)answer(EVENTS_MAX);
    assert_string_equal(batch(),
                        "2025-11-21:b1 complete: 20 = 20 predicted + 0 skipped + 0 failed + 0 expired + 0 open");
}

static void
thirty_minutes_end_a_live_batch_that_is_slow(void **state)
{
    (void)state;
    ask();
    for (int i = 0; i < 7; i++) {
        let_time_pass(MINUTES(4));
        assert_int_equal(answer(1), 1);
    }
    assert_string_equal(batch(),
                        "2025-11-21:b1 running: 20 = 7 predicted + 0 skipped + 0 failed + 0 expired + 13 open");
    let_time_pass(MINUTES(2) - 1);
    assert_string_equal(cell(), "waiting: needs 13 of 20 requests to end v0");
    let_time_pass(1);
    assert_string_equal(batch(),
                        "2025-11-21:b1 timed_out: 20 = 7 predicted + 0 skipped + 0 failed + 13 expired + 0 open");
    assert_int_equal(number("select count(*) from predictions.player_outcome where reason = 'timed_out'"), 13);
}

static void
a_past_date_is_asked_once_more_and_never_expires(void **state)
{
    (void)state;
    ask();
    assert_int_equal(lose_requests(), PLAYERS);
    let_time_pass(MINUTES(5));
    assert_string_equal(open_alerts(), "batch_stalled warning");
    for (int i = 0; i < 100; i++)
        let_time_pass(MINUTES(60));
    assert_string_equal(batch(),
                        "2025-11-21:b1 redriven: 20 = 0 predicted + 0 skipped + 0 failed + 0 expired + 20 open");
    assert_string_equal(audit(), "asked running 20, idle redriven 20");
    assert_int_equal(answer(EVENTS_MAX), PLAYERS);
    assert_string_equal(cell(), "success v1");
    assert_null(open_alerts());
}

/* It is never opened again, but nothing that has been made is thrown away. */
static void
an_answer_that_comes_late_is_taken_and_the_batch_stays_closed(void **state)
{
    BusMessage m[EVENTS_MAX];
    size_t n;

    (void)state;
    ask();
    n = take_events(TOPIC_PREDICT_REQUEST, EVENTS_MAX, m);
    let_time_pass(MINUTES(5));
    let_time_pass(MINUTES(5));
    assert_string_equal(batch(),
                        "2025-11-21:b1 partial: 20 = 0 predicted + 0 skipped + 0 failed + 20 expired + 0 open");
    (void)rig_deliver(&world.predictor, m, n - 1);
    assert_no_fault();
    (void)answer(0);
    assert_string_equal(batch(),
                        "2025-11-21:b1 partial: 20 = 19 predicted + 0 skipped + 0 failed + 1 expired + 0 open");
    assert_int_equal(number("select rejected from ops.cell where processor = 'predictions' and version = 2"), 1);
    assert_int_equal(number("select count(*) from predictions.player_outcome where outcome = 'predicted'"), 19);
}

/* ---- several coordinators ---- */

static int
scan(void *arg)
{
    Rig *r = arg;
    ScanResult result;
    Err err;
    bool ok = batch_scan(&r->p, false, r->a, &result, &err);

    outbox_forget(r->p.outbox);
    return ok ? 0 : 1;
}

static void
two_coordinators_at_once_ask_everybody_once(void **state)
{
    Rig other;
    thrd_t threads[2];
    int failed;

    (void)state;
    rig_open_worker(&other, &coordinator_worker, "coordinator-2", clock_now(world.coordinator.clock));
    write_context("everybody");
    end_cell(world.db, PROC_FEATURE_STORE, world.date, "success", NULL, 1);
    assert_int_equal(thrd_create(&threads[0], scan, &world.coordinator), thrd_success);
    assert_int_equal(thrd_create(&threads[1], scan, &other), thrd_success);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(thrd_join(threads[i], &failed), thrd_success);
        assert_int_equal(failed, 0);
    }
    assert_no_fault();
    assert_int_equal(number("select count(*) from predictions.batch_run"), 1);
    assert_int_equal(number("select count(*) from ops.outbox where topic like 'predict.request%'"), PLAYERS);
    assert_int_equal(answer(EVENTS_MAX), PLAYERS);
    assert_string_equal(cell(), "success v1");
    rig_close(&other);
}

static void
two_coordinators_do_not_both_end_what_is_due(void **state)
{
    Rig other;

    (void)state;
    ask();
    assert_int_equal(lose_requests(), PLAYERS);
    advance(MINUTES(5));
    rig_open_worker(&other, &coordinator_worker, "coordinator-2", clock_now(world.coordinator.clock));
    rig_look_at_due(&other);
    let_time_pass(0);
    assert_string_equal(audit(), "asked running 20, idle redriven 20");
    assert_int_equal(lose_requests(), PLAYERS);
    rig_close(&other);
}

static int
look(void *arg)
{
    rig_look_at_due(arg);
    return 0;
}

/* The clock says that it is over while an answer is being written: it counts. */
static void
an_answer_that_is_on_its_way_does_not_expire(void **state)
{
    Db *predictor = pg_open("predictor");
    DbTx *tx = NULL;
    thrd_t thread;
    Err err;

    (void)state;
    ask();
    assert_int_equal(lose_requests(), PLAYERS);
    let_time_pass(MINUTES(5));
    advance(MINUTES(5));
    assert_true(db_begin(predictor, &tx, &err)
                && db_exec_script(tx,
                                  "update predictions.request set status = 'predicted', closed_at = now(),"
                                  " systems = 2 where player_lookup = 'player07'",
                                  &err));
    assert_int_equal(thrd_create(&thread, look, &world.coordinator), thrd_success);
    assert_true(pg_wait_until_blocked(world.db, 1));
    assert_true(db_commit(&tx, &err));
    assert_int_equal(thrd_join(thread, NULL), thrd_success);
    assert_no_fault();
    assert_string_equal(batch(),
                        "2025-11-21:b1 partial: 20 = 1 predicted + 0 skipped + 0 failed + 19 expired + 0 open");
    assert_int_equal(number("select count(*) from predictions.player_outcome o join predictions.request r"
                            " using (game_date, player_lookup) where o.outcome = r.status"),
                     PLAYERS);
    db_close(predictor);
}

/* ---- moving lines ---- */

static void
a_moved_line_asks_exactly_whom_it_concerns(void **state)
{
    const char *others;

    (void)state;
    ask();
    (void)answer(EVENTS_MAX);
    others = text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id) from predictions.prediction"
                  " where player_lookup <> 'player03'");
    world.players[3].current_points_line = 17.5;
    change("player03");
    assert_string_equal(cell(), "waiting: needs 1 of 20 requests to end v1");
    assert_string_equal(batch(),
                        "2025-11-21:b2 running: 20 = 19 predicted + 0 skipped + 0 failed + 0 expired + 1 open");
    assert_int_equal(answer(EVENTS_MAX), 1);
    assert_string_equal(batch(),
                        "2025-11-21:b2 complete: 20 = 20 predicted + 0 skipped + 0 failed + 0 expired + 0 open");
    assert_string_equal(text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id) from"
                             " predictions.prediction where player_lookup <> 'player03'"),
                        others);
    assert_int_equal(
        number("select count(*) from predictions.prediction o join predictions.prediction n"
               " on n.prediction_id = o.superseded_by and n.is_active where o.player_lookup = 'player03'"
               " and not o.is_active and o.superseded_reason = 'LINE_CHECK' and o.superseded_at is not null"
               " and n.prediction_run_mode = 'LINE_CHECK' and n.current_points_line = 17.5"
               " and o.xmax = 0 and o.xmin = n.xmin"),
        SYSTEMS);
    assert_int_equal(number("select count(*) from predictions.prediction where is_active"), PLAYERS * SYSTEMS);
    assert_string_equal(text("select array_to_string(players, ',') from ops.cell_change where processor = 'predictions'"
                             " and version = 2"),
                        "player03");
}

static void
a_line_that_comes_back_changes_nothing(void **state)
{
    (void)state;
    ask();
    (void)answer(EVENTS_MAX);
    change("player03"); /* another content, the same row */
    assert_int_equal(answer(EVENTS_MAX), 1);
    assert_nothing_changed();
    assert_int_equal(number("select count(*) from predictions.prediction where version > 1"), 0);
}

static void
a_change_that_concerns_nobody_asks_nobody(void **state)
{
    (void)state;
    ask();
    (void)answer(EVENTS_MAX);
    change("");
    assert_int_equal(answer(EVENTS_MAX), 0);
    assert_string_equal(cell(), "success v1");
    assert_string_equal(audit(), "asked running 20, ended complete 0, adopted complete 0");
    tell_coordinator(PROC_UPCOMING_CONTEXT);
    assert_int_equal(answer(EVENTS_MAX), 0);
}

static void
who_is_ruled_out_loses_his_prediction_and_the_others_keep_theirs(void **state)
{
    (void)state;
    ask();
    (void)answer(EVENTS_MAX);
    world.players[3].player_status = "out";
    change("player03");
    assert_int_equal(answer(EVENTS_MAX), 0);
    assert_string_equal(batch(),
                        "2025-11-21:b2 complete: 20 = 19 predicted + 1 skipped + 0 failed + 0 expired + 0 open");
    assert_string_equal(cell(), "success v2");
    assert_int_equal(number("select count(*) from predictions.prediction where player_lookup = 'player03'"
                            " and not is_active and superseded_reason = 'player_out' and superseded_by is null"
                            " and invalidation_reason = 'player_inactive' and superseded_at is not null"),
                     SYSTEMS);
    assert_int_equal(number("select count(*) from predictions.prediction where is_active"), (PLAYERS - 1) * SYSTEMS);
}

/* What moves while answers are out makes a new batch of everybody; nobody is left in the old one. */
static void
a_change_during_a_batch_replaces_it(void **state)
{
    (void)state;
    ask();
    (void)answer(5);
    world.players[13].current_points_line = 17.5;
    change("player13");
    assert_string_equal(batch(),
                        "2025-11-21:b2 running: 20 = 0 predicted + 0 skipped + 0 failed + 0 expired + 20 open");
    (void)answer(EVENTS_MAX); /* those of the old batch find nobody who waits */
    assert_string_equal(batch(),
                        "2025-11-21:b2 complete: 20 = 20 predicted + 0 skipped + 0 failed + 0 expired + 0 open");
    assert_int_equal(number("select count(*) from predictions.batch_run where state = 'replaced'"), 1);
    assert_int_equal(number("select count(*) from predictions.prediction where is_active"), PLAYERS * SYSTEMS);
    assert_int_equal(number("select count(*) from predictions.prediction where version > 1"), 0);
}

/* ---- after tip-off ---- */

static void
a_line_that_moves_after_tip_off_leaves_live_predictions_as_they_are(void **state)
{
    (void)state;
    ask();
    (void)answer(EVENTS_MAX);
    advance(MINUTES(9 * 60)); /* 19:00 */
    world.players[3].current_points_line = 17.5;
    change("player03");
    assert_int_equal(answer(EVENTS_MAX), 1);
    assert_nothing_changed();
    assert_int_equal(number("select count(*) from predictions.prediction where version > 1"), 0);
    assert_int_equal(number("select count(*) from predictions.prediction where inputs_changed and is_active"), SYSTEMS);
}

static void
regenerating_a_frozen_date_makes_rows_that_nobody_uses(void **state)
{
    const char *active;

    (void)state;
    ask();
    (void)answer(EVENTS_MAX);
    active = text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id) from predictions.prediction"
                  " where is_active");
    advance(MINUTES(9 * 60));
    world.players[3].current_points_line = 17.5;
    write_context("player03");
    order("predict", "REGENERATE", "what would it be now");
    assert_int_equal(answer(EVENTS_MAX), PLAYERS);
    assert_nothing_changed();
    assert_string_equal(text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id) from"
                             " predictions.prediction where is_active"),
                        active);
    assert_int_equal(number("select count(*) from predictions.prediction p where not is_active and not is_live"
                            " and prediction_run_mode = 'REGENERATE' and player_lookup = 'player03'"
                            " and superseded_at is null and exists (select 1 from predictions.batch_run b where"
                            " b.batch_id = p.batch_id and b.run_mode = 'REGENERATE' and b.asked_by = 'ann@ops1'"
                            " and b.reason = 'what would it be now')"),
                     SYSTEMS);
    assert_int_equal(number("select count(*) from predictions.prediction"), (PLAYERS + 1) * SYSTEMS);
}

/* ---- what operators order ---- */

static void
an_operator_closes_a_batch_and_it_goes_on_partial(void **state)
{
    (void)state;
    ask();
    (void)answer(3);
    order("reset", "", "the models are being mended");
    assert_string_equal(batch(), "2025-11-21:b1 reset: 20 = 3 predicted + 0 skipped + 0 failed + 17 expired + 0 open");
    assert_int_equal(number("select count(*) from predictions.player_outcome where outcome = 'expired'"
                            " and reason = 'reset: the models are being mended'"),
                     17);
    assert_int_equal(number("select count(*) from ops.outbox where topic like 'predictions.completed%'"), 1);
    assert_string_equal(text("select by || ': ' || reason from predictions.batch_event where event = 'dropped'"),
                        "ann@ops1: the models are being mended");
    assert_int_equal(number("select count(*) from predictions.batch_order where taken_at is null"), 0);
}

static void
an_operator_has_open_requests_asked_once_more(void **state)
{
    (void)state;
    ask();
    (void)answer(3);
    assert_int_equal(lose_requests(), 17);
    order("sweep", "", "");
    assert_string_equal(audit(), "asked running 20, swept redriven 17");
    assert_int_equal(answer(EVENTS_MAX), 17);
    assert_string_equal(cell(), "success v1");
    order("sweep", "", ""); /* there is nothing to ask for */
    assert_int_equal(answer(EVENTS_MAX), 0);
    assert_int_equal(number("select count(*) from predictions.batch_order where taken_at is null"), 0);
}

/* Two of them at once are done one after the other, a sweep of inputs that have moved on the new batch. */
static void
orders_are_taken_in_their_order(void **state)
{
    (void)state;
    ask();
    assert_int_equal(lose_requests(), PLAYERS);
    write_context("everybody");
    pg_run(world.db, "insert into predictions.batch_order (game_date, action, reason, ordered_by, ordered_at) select"
                     " min(game_date), 'sweep', 'first', 'bob@ops1', now() from raw.schedule_game");
    order("reset", "", "second");
    let_time_pass(0);
    let_time_pass(0);
    assert_string_equal(audit(), "asked running 20, supplanted replaced 20, asked running 20, swept redriven 20,"
                                 " dropped reset 20");
    assert_int_equal(number("select count(*) from predictions.batch_order where taken_at is null"), 0);
}

/* A last call lowers the bar, and it stays lowered when a line moves afterwards. */
static void
the_bar_of_a_last_call_holds_for_the_rest_of_the_date(void **state)
{
    (void)state;
    world.features[3].effective_quality_score = 72;
    ask();
    (void)answer(EVENTS_MAX);
    assert_string_equal(text("select reason from predictions.request where player_lookup = 'player03'"),
                        "quality_below_threshold");
    order("predict", "LAST_CALL", "it is late");
    assert_int_equal(answer(EVENTS_MAX), PLAYERS);
    assert_string_equal(cell(), "success v2");
    world.players[3].current_points_line = 17.5;
    change("player03");
    assert_int_equal(answer(EVENTS_MAX), 1);
    assert_string_equal(batch(),
                        "2025-11-21:b3 complete: 20 = 20 predicted + 0 skipped + 0 failed + 0 expired + 0 open");
    assert_string_equal(text("select string_agg(run_mode || ' ' || gate_mode, ', ' order by seq)"
                             " from predictions.batch_run"),
                        "FIRST FIRST, LAST_CALL LAST_CALL, LINE_CHECK LAST_CALL");
}

/* ---- the schedule ---- */

static void
a_postponed_games_requests_and_predictions_are_invalid(void **state)
{
    (void)state;
    ask();
    (void)answer(EVENTS_MAX);
    /* The same teams meet forty days later; the date keeps another game, of which there are no players. */
    pg_run(world.db, "update raw.schedule_game set game_id = 'another' where game_date = (select min(game_date)"
                     " from raw.schedule_game); delete from analytics.upcoming_player_game_context");
    for (size_t i = 0; i < PLAYERS; i++)
        world.players[i].game_id = "another";
    world.players[0].player_lookup = world.features[0].player_lookup = "somebody";
    world.players[0].player_status = "out";
    write_context("everybody");
    pg_run(world.db, "delete from analytics.upcoming_player_game_context where player_lookup <> 'somebody'");
    tell_coordinator(PROC_UPCOMING_CONTEXT);
    assert_string_equal(batch(), "2025-11-21:b2 complete: 1 = 0 predicted + 1 skipped + 0 failed + 0 expired + 0 open");
    assert_int_equal(number("select count(*) from predictions.request where player_lookup like 'player%'"), 0);
    assert_int_equal(number("select count(*) from predictions.prediction where not is_active"
                            " and invalidation_reason = 'game_postponed' and superseded_at is not null"),
                     PLAYERS * SYSTEMS);
    assert_int_equal(number("select players from predictions.batch_event where event = 'invalidated'"), PLAYERS);
}

static void
a_date_without_a_game_has_no_batch_any_more(void **state)
{
    (void)state;
    ask();
    (void)answer(3);
    pg_run(world.db, "delete from raw.schedule_game; update ops.cell set unscheduled = true");
    tell_coordinator(PROC_UPCOMING_CONTEXT);
    pg_run(world.db, "update ops.cell set is_stale = true where processor = 'predictions'");
    assert_int_equal(scan(&world.coordinator), 0);
    assert_no_fault();
    assert_null(batch());
    assert_string_equal(cell(), "no_data: not_regular_season v1");
    assert_int_equal(number("select count(*) from predictions.request"), 0);
    assert_int_equal(number("select count(*) from predictions.prediction where is_active"), 0);
    assert_int_equal(number("select count(*) from predictions.prediction where invalidation_reason = 'game_cancelled'"),
                     3 * SYSTEMS);
    (void)answer(EVENTS_MAX); /* what was asked for finds nobody who waits */
    assert_int_equal(number("select count(*) from predictions.prediction"), 3 * SYSTEMS);
}

/* ---- what people should see ---- */

static void
what_a_batch_lacks_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++)
        world.features[i].effective_quality_score = 60; /* below the gate, too */
    for (size_t i = 6; i < PLAYERS; i++) {
        world.players[i].has_prop_line = BOOL_FALSE;
        world.players[i].current_points_line = NULL_F64;
    }
    ask();
    (void)answer(EVENTS_MAX);
    assert_string_equal(open_alerts(), "low_coverage warning, low_quality_features warning, predictions_skipped info,"
                                       " vegas_coverage_degraded warning");
    assert_string_equal(text("select string_agg(name || ' ' || value, ', ' order by name) from ops.cell_measure"
                             " where processor = 'predictions'"),
                        "coverage_pct 70, eligible 20, good_quality_pct 70, line_coverage_pct 30, predicted 14");
}

/* Nobody can do anything about a date that is over but the figures stay. */
static void
of_a_past_date_only_the_figures_are_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++)
        world.features[i].effective_quality_score = 60;
    ask();
    (void)answer(EVENTS_MAX);
    assert_null(open_alerts());
    assert_int_equal(number("select value::integer from ops.cell_measure where name = 'coverage_pct'"), 70);
}

/* Players of whom no line is expected do not count, nor do those who do not play. */
static void
lines_are_missed_only_of_those_who_are_offered(void **state)
{
    (void)state;
    for (size_t i = 0; i < PLAYERS; i++) {
        world.players[i].has_prop_line = i < 4 ? BOOL_TRUE : BOOL_FALSE;
        world.players[i].avg_minutes_per_game_last_7 = i < 6 ? 24 : 23.9;
        world.players[i].current_points_line = i < 4 ? 15.5 : NULL_F64;
    }
    ask();
    (void)answer(EVENTS_MAX);
    assert_null(open_alerts());
    assert_int_equal(number("select 100 * line_missing + line_expected from predictions.batch_run"), 206);
}

/* ---- grading ---- */

enum { GAMES = 2 };

/* The even players are of one game, the odd ones of another. */
static void
split_into_games(void)
{
    for (size_t i = 0; i < PLAYERS; i++) {
        const bool first = i % 2 == 0;

        world.players[i].game_id = world.features[i].game_id = first ? "one" : "two";
        world.players[i].team = world.features[i].team = first ? (i % 4 == 0 ? "BOS" : "NYK")
                                                               : (i % 4 == 1 ? "LAL" : "GSW");
        world.players[i].opponent = world.features[i].opponent = first ? (i % 4 == 0 ? "NYK" : "BOS")
                                                                       : (i % 4 == 1 ? "GSW" : "LAL");
    }
}

/* Box scores of the first or of both games are there; the changed player, if any, is said to have changed. */
static void
end_games(size_t games, int32_t points_of_player0, const char *changed)
{
    PlayerGame *rows = rows_filled(&player_game_table, PLAYERS, world.date, 1, world.a), some[PLAYERS];
    BusMessage m;
    DbTx *tx = NULL;
    size_t n = 0;
    Err err;

    for (size_t i = 0; i < PLAYERS; i++) {
        PlayerGame *g = &rows[i];

        g->player_lookup = world.players[i].player_lookup;
        g->game_id = world.players[i].game_id;
        g->team = world.players[i].team;
        g->opponent = world.players[i].opponent;
        g->minutes = 30;
        g->points = i == 0 ? points_of_player0 : 18;
        g->fg_makes = g->fg_attempts = g->three_makes = g->three_attempts = g->ft_makes = g->ft_attempts = 1;
        g->usage_rate = 20;
        g->is_team_complete = BOOL_TRUE;
        if (i % GAMES < games)
            some[n++] = *g;
    }
    pg_run(world.db, "delete from analytics.player_game_summary");
    if (!db_begin(world.db, &tx, &err) || !table_insert(tx, &player_game_table, some, n, &err) || !db_commit(&tx, &err))
        fail_msg("writing box scores: %s", err.msg);
    end_cell(world.db, PROC_GAME_SUMMARIES, world.date, "success", NULL,
             1 + (unsigned)number("select max(version) from ops.cell where processor = 'game_summaries'"));
    pg_run(world.db,
           "update ops.cell set written = 20, expected = 20 where processor = 'game_summaries';"
           " insert into ops.cell_change select game_date, processor, version, array['%s'], '{}' from ops.cell"
           " where processor = 'game_summaries' and version > 0",
           changed);
    m = fake_log_completion(&world.log, PROC_GAME_SUMMARIES, world.date, 1, 0, world.a);
    m.event_id = arena_printf(world.a, "games:%lld", (long long)m.offset);
    (void)rig_deliver(&world.grader, &m, 1);
}

static const char *
grades(void)
{
    return text("select coalesce((select string_agg(distinct game_id || ' ' || result || coalesce(' ' || void_reason,"
                " ''), ', ') from predictions.prediction_accuracy), 'none') || '; ' || (select status || coalesce(': '"
                " || reason, '') from ops.cell where processor = 'grading' order by game_date limit 1)");
}

static void
a_corrected_box_score_grades_its_game_again_and_no_other(void **state)
{
    const char *others, *first;

    (void)state;
    split_into_games();
    ask();
    (void)answer(EVENTS_MAX);
    end_games(2, 18, "everybody");
    assert_string_equal(grades(), "one hit, two hit; success");
    others = text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id)"
                  " from predictions.prediction_accuracy where game_id = 'two'");
    first = text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id)"
                 " from predictions.prediction_accuracy where game_id = 'one'");
    advance(MINUTES(1));
    end_games(2, 3, "player00");
    assert_int_equal(number("select count(*) from predictions.prediction_accuracy where result = 'miss'"
                            " and player_lookup = 'player00' and actual_points = 3"),
                     SYSTEMS);
    assert_string_equal(text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id)"
                             " from predictions.prediction_accuracy where game_id = 'two'"),
                        others);
    assert_string_not_equal(text("select string_agg(xmin::text || ctid::text, ',' order by prediction_id)"
                                 " from predictions.prediction_accuracy where game_id = 'one'"),
                            first);
    assert_int_equal(number("select incorrect_count from predictions.system_daily_performance limit 1"), 1);
}

static void
a_game_that_is_played_is_not_graded_until_it_is_final_or_morning(void **state)
{
    (void)state;
    split_into_games();
    ask();
    (void)answer(EVENTS_MAX);
    advance(MINUTES(12 * 60)); /* 22:00 */
    end_games(0, 18, "everybody");
    assert_string_equal(grades(), "none; waiting: needs 2 games to be final");
    end_games(1, 18, "everybody");
    assert_string_equal(grades(), "one hit; degraded: needs 1 games to be final: 30 predictions are not graded yet");
    let_time_pass(MINUTES(8 * 60) - 1); /* just before 06:00 */
    assert_string_equal(grades(), "one hit; degraded: needs 1 games to be final: 30 predictions are not graded yet");
    let_time_pass(1);
    assert_string_equal(grades(), "one hit, two void not_in_boxscore; degraded: 30 predictions without a complete box"
                                  " score");
    end_games(2, 18, "player01");
    assert_string_equal(grades(), "one hit, two hit; success");
}

static void
the_live_picks_of_a_postponed_game_are_void(void **state)
{
    (void)state;
    split_into_games();
    ask();
    (void)answer(EVENTS_MAX);
    pg_run(world.db, "update raw.schedule_game set game_id = 'one' where game_date ="
                     " (select min(game_date) from raw.schedule_game)");
    for (size_t i = 1; i < PLAYERS; i += 2) /* nobody of the second game is left */
        world.players[i].player_lookup = arena_printf(world.a, "gone%02zu", i);
    write_context("everybody");
    pg_run(world.db, "delete from analytics.upcoming_player_game_context where game_id = 'two'");
    tell_coordinator(PROC_UPCOMING_CONTEXT);
    (void)answer(EVENTS_MAX);
    advance(MINUTES(24 * 60));
    end_games(1, 18, "everybody");
    assert_string_equal(grades(), "one hit, two void game_cancelled; success");
    assert_int_equal(number("select count(*) from predictions.prediction_accuracy where game_id = 'two'"),
                     PLAYERS / GAMES * SYSTEMS);
}

#define LIVE(f) cmocka_unit_test_setup_teardown(f, set_up_live, tear_down)
#define PAST(f) cmocka_unit_test_setup_teardown(f, set_up_past, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE(everybody_is_asked_and_the_batch_completes),
        LIVE(seventeen_injured_players_are_skipped_with_the_reason_and_the_batch_completes),
        LIVE(a_date_whose_players_are_all_out_is_complete_at_once),
        LIVE(silence_on_a_live_date_asks_once_more_and_then_ends_partial),
        LIVE(what_is_asked_once_more_is_answered_once),
        LIVE(thirty_minutes_end_a_live_batch_that_is_slow),
        PAST(a_past_date_is_asked_once_more_and_never_expires),
        LIVE(an_answer_that_comes_late_is_taken_and_the_batch_stays_closed),
        LIVE(two_coordinators_at_once_ask_everybody_once),
        LIVE(two_coordinators_do_not_both_end_what_is_due),
        LIVE(an_answer_that_is_on_its_way_does_not_expire),
        LIVE(a_moved_line_asks_exactly_whom_it_concerns),
        LIVE(a_line_that_comes_back_changes_nothing),
        LIVE(a_change_that_concerns_nobody_asks_nobody),
        LIVE(who_is_ruled_out_loses_his_prediction_and_the_others_keep_theirs),
        LIVE(a_change_during_a_batch_replaces_it),
        LIVE(a_line_that_moves_after_tip_off_leaves_live_predictions_as_they_are),
        LIVE(regenerating_a_frozen_date_makes_rows_that_nobody_uses),
        LIVE(an_operator_closes_a_batch_and_it_goes_on_partial),
        LIVE(an_operator_has_open_requests_asked_once_more),
        LIVE(orders_are_taken_in_their_order),
        LIVE(the_bar_of_a_last_call_holds_for_the_rest_of_the_date),
        LIVE(a_postponed_games_requests_and_predictions_are_invalid),
        LIVE(a_date_without_a_game_has_no_batch_any_more),
        LIVE(what_a_batch_lacks_is_said),
        PAST(of_a_past_date_only_the_figures_are_said),
        LIVE(lines_are_missed_only_of_those_who_are_offered),
        LIVE(a_corrected_box_score_grades_its_game_again_and_no_other),
        LIVE(a_game_that_is_played_is_not_graded_until_it_is_final_or_morning),
        LIVE(the_live_picks_of_a_postponed_game_are_void),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
