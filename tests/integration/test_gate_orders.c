/*
 * tests/integration/test_gate_orders.c
 *    Claims about when features run: never before all that they need is there, exactly once when it
 *    is, with the same content whatever the order in which the announcements come.
 *
 * Batches go straight into the transaction, and each upstream cell is committed before its
 * announcement is handed over, as its own transaction would have it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <cmocka.h>

#include "events_gen.h"
#include "libcore/runtime/event_headers.h"
#include "tests/support/rig.h"

enum { NEEDS = 5, ORDERS = 120, DAY = 16, PARTITIONS = 6 };

/* What the features of a date wait for on that date. */
static const ProcessorId needs[NEEDS] = {PROC_TEAM_DEFENSE_ZONE, PROC_PLAYER_SHOT_ZONE, PROC_PLAYER_COMPOSITE_FACTORS,
                                         PROC_PLAYER_DAILY_CACHE, PROC_UPCOMING_CONTEXT};

typedef struct {
    Db *db; /* the upstream's, and for looking */
    Rig rig;
    FakeLog log;
    Arena *a;
    GameDate dates[DAY]; /* one a day; games before the last one have ended */
    GameDate date;       /* the last one */
} Season;

static Season season;

/* The grid of a fresh season, with the summaries of every earlier date there. */
static int
set_up(void **state)
{
    GameDate first;

    season = (Season){.db = pg_open("test"), .a = arena_new(0)};
    *state = &season;
    pg_reset(season.db);
    assert_true(date_make(2024, 11, 20, &first));
    for (int32_t i = 0; i < DAY; i++)
        season.dates[i] = date_add(first, i);
    season.date = season.dates[DAY - 1];
    lay_season(season.db, season.dates, DAY);
    for (size_t i = 0; i + 1 < DAY; i++)
        end_cell(season.db, PROC_GAME_SUMMARIES, season.dates[i], "success", NULL, 7);
    counting_reset();
    rig_open(&season.rig, "feature-store-1");
    rig_claim(&season.rig, PARTITIONS);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    rig_close(&season.rig);
    db_close(season.db);
    arena_free(season.a);
    return 0;
}

/* As before anything of the date was announced; the log and the offsets go on. */
static void
forget_everything(void)
{
    pg_run(season.db, "truncate ops.inbox, ops.outbox, ops.cell_change, features.ml_feature_store;"
                      " update ops.cell set status = 'expected', reason = null, version = 0, content_hash = null,"
                      " input_hash = null, inputs = null, is_stale = false,"
                      " stale_reason = null where processor <> 'game_summaries'");
    counting_reset();
    arena_reset(season.rig.a);
}

static int
runs(void)
{
    return atomic_load(&counting.runs);
}

static BusMessage
announcement(ProcessorId processor, int32_t partition)
{
    return fake_log_completion(&season.log, processor, season.date, 1, partition, season.a);
}

static void
announce(ProcessorId processor, int32_t partition)
{
    BusMessage m = announcement(processor, partition);

    (void)rig_deliver(&season.rig, &m, 1);
}

static const char *
features(const char *column)
{
    return pg_string(season.db, season.a,
                     "select %s from ops.cell where processor = 'feature_store' and game_date ="
                     " (select max(game_date) from ops.cell)",
                     column);
}

static void
assert_features_done_once(void)
{
    assert_int_equal(runs(), 1);
    assert_string_equal(features("status"), "success");
    assert_string_equal(features("version"), "1");
    assert_int_equal(pg_number(season.db, "select count(*) from features.ml_feature_store"), 2);
    assert_int_equal(pg_number(season.db, "select count(*) from ops.outbox"), 1);
    assert_int_equal(pg_number(season.db, "select count(*) from ops.cell_change"), 1);
}

/* The n-th order of 0 .. NEEDS - 1, n < ORDERS. */
static void
nth_order(int n, size_t order[NEEDS])
{
    size_t left[NEEDS] = {0, 1, 2, 3, 4};

    for (int i = 0, count = NEEDS, base = ORDERS; i < NEEDS; i++, count--) {
        int pick;

        base /= count;
        pick = n / base;
        n %= base;
        order[i] = left[pick];
        memmove(left + pick, left + pick + 1, (size_t)(count - 1 - pick) * sizeof *left);
    }
}

/* The cells end in the order given. Each is announced twice: at once and again, in one batch or in
 * two; that of `late` is held back until everybody else's is through. */
static void
play(const size_t order[NEEDS], size_t late, bool in_one_batch)
{
    bool may_run = false;

    for (size_t i = 0; i < NEEDS; i++) {
        ProcessorId processor = needs[order[i]];
        BusMessage both[2];

        end_cell(season.db, processor, season.date, "success", NULL, (unsigned)processor);
        if (order[i] == late)
            continue;
        both[0] = announcement(processor, (int32_t)i);
        both[1] = announcement(processor, (int32_t)(i + 1) % PARTITIONS);
        (void)rig_deliver(&season.rig, both, in_one_batch ? 2 : 1);
        may_run = i + 1 == NEEDS;
        assert_int_equal(runs(), may_run);
        if (!in_one_batch)
            (void)rig_deliver(&season.rig, both + 1, 1);
        assert_int_equal(runs(), may_run);
    }
    announce(needs[late], 3);
    announce(needs[late], 4);
}

static void
no_order_runs_features_early_or_twice_or_changes_their_content(void **state)
{
    const char *content = NULL, *input = NULL;

    (void)state;
    for (int n = 0; n < ORDERS; n++) {
        size_t order[NEEDS];

        nth_order(n, order);
        forget_everything();
        play(order, (size_t)n % NEEDS, n % 2 == 0);
        assert_features_done_once();
        assert_int_equal(pg_number(season.db, "select count(*) from ops.inbox"), NEEDS);
        if (content == NULL) {
            content = features("encode(content_hash, 'hex')");
            input = features("encode(input_hash, 'hex')");
        }
        assert_string_equal(features("encode(content_hash, 'hex')"), content);
        assert_string_equal(features("encode(input_hash, 'hex')"), input);
    }
}

static void
all_announcements_in_one_batch_run_features_once(void **state)
{
    BusMessage all[NEEDS * 2];

    (void)state;
    for (size_t i = 0; i < NEEDS; i++) {
        end_cell(season.db, needs[i], season.date, "success", NULL, (unsigned)needs[i]);
        all[2 * i] = announcement(needs[i], 0);
        all[2 * i + 1] = announcement(needs[i], 1);
    }
    assert_int_equal(rig_deliver(&season.rig, all, NEEDS * 2).fresh, NEEDS);
    assert_features_done_once();
}

/* By event id, so that a trace can be followed upwards; those of earlier dates would be a season's. */
static void
a_completion_names_the_completions_of_its_date_that_it_was_made_from(void **state)
{
    BusRecord record = {0};
    uint64_t fingerprint;
    DbTx *tx = NULL;
    DbRows *rows;
    Completion c;
    Bytes body;
    Err err;

    (void)state;
    for (size_t i = 0; i < NEEDS; i++) {
        end_cell(season.db, needs[i], season.date, "success", NULL, 1);
        announce(needs[i], 0);
    }
    assert_true(db_begin(season.db, &tx, &err) && db_exec(tx, "select payload from ops.outbox", NULL, 0, &rows, &err));
    assert_int_equal(db_row_count(rows), 1);
    assert_true(event_unframe(db_get_bytes(rows, 0, 0), &fingerprint, &body, &err));
    assert_true(completion_decode(body, season.a, &c, &err));
    assert_int_equal(c.causation_ids_count, NEEDS);
    for (size_t i = 0; i < NEEDS; i++) {
        char day[DATE_TEXT_LEN];
        const char *want = arena_printf(season.a, "%s:%s:v1", processor_table[needs[i]].name,
                                        date_format(season.date, day));
        bool named = false;

        for (size_t k = 0; k < NEEDS; k++)
            named |= strcmp(c.causation_ids[k], want) == 0;
        if (!named)
            fail_msg("%s is not named", want);
    }
    event_headers("tipoff.Completion", db_get_bytes(rows, 0, 0), season.a, &record);
    assert_string_equal(record.causation_id, c.causation_ids[0]);
    db_rollback(&tx);
}

static void
a_cell_that_waits_says_for_what(void **state)
{
    (void)state;
    for (size_t i = 0; i + 2 < NEEDS; i++) {
        end_cell(season.db, needs[i], season.date, "success", NULL, 1);
        announce(needs[i], 0);
    }
    assert_int_equal(runs(), 0);
    assert_string_equal(features("status"), "waiting");
    assert_string_equal(features("reason"), "needs upcoming_context of 2024-12-05");
}

/* The summaries of an earlier date, which open gates of all later dates, come at every place. */
static void
an_earlier_date_that_ends_last_opens_the_gate(void **state)
{
    (void)state;
    for (size_t at = 0; at <= NEEDS; at++) {
        forget_everything();
        pg_run(season.db, "update ops.cell set status = 'expected', version = 0, content_hash = null"
                          " where processor = 'game_summaries' and game_date = date '2024-11-25'");
        for (size_t i = 0; i <= NEEDS; i++) {
            size_t need = i < at ? i : i - 1;

            assert_int_equal(runs(), 0);
            if (i == at) {
                BusMessage m = fake_log_completion(&season.log, PROC_GAME_SUMMARIES, season.dates[5], 1, 0, season.a);

                end_cell(season.db, PROC_GAME_SUMMARIES, season.dates[5], "success", NULL, 7);
                (void)rig_deliver(&season.rig, &m, 1);
                continue;
            }
            end_cell(season.db, needs[need], season.date, "success", NULL, (unsigned)needs[need]);
            announce(needs[need], 1);
        }
        assert_features_done_once();
    }
}

static void
a_failed_precompute_cell_holds_features_until_it_is_mended(void **state)
{
    BusMessage mended;

    (void)state;
    for (size_t i = 0; i < NEEDS; i++) {
        bool fails = needs[i] == PROC_PLAYER_SHOT_ZONE;

        end_cell(season.db, needs[i], season.date, fails ? "failed" : "success", fails ? "no zones" : NULL, 1);
        announce(needs[i], 0);
    }
    assert_int_equal(runs(), 0);
    assert_string_equal(features("status"), "waiting");
    assert_string_equal(features("reason"), "needs player_shot_zone of 2024-12-05: no zones");
    end_cell(season.db, PROC_PLAYER_SHOT_ZONE, season.date, "success", NULL, 1);
    mended = fake_log_completion(&season.log, PROC_PLAYER_SHOT_ZONE, season.date, 2, 0, season.a);
    (void)rig_deliver(&season.rig, &mended, 1);
    assert_features_done_once();
}

static void
an_upstream_version_runs_features_again_only_if_its_content_is_new(void **state)
{
    BusMessage m;

    (void)state;
    for (size_t i = 0; i < NEEDS; i++) {
        end_cell(season.db, needs[i], season.date, "success", NULL, 1);
        announce(needs[i], 0);
    }
    assert_features_done_once();
    end_cell(season.db, PROC_TEAM_DEFENSE_ZONE, season.date, "success", NULL, 1);
    m = fake_log_completion(&season.log, PROC_TEAM_DEFENSE_ZONE, season.date, 2, 0, season.a);
    (void)rig_deliver(&season.rig, &m, 1);
    assert_features_done_once();
    end_cell(season.db, PROC_TEAM_DEFENSE_ZONE, season.date, "success", NULL, 2);
    m = fake_log_completion(&season.log, PROC_TEAM_DEFENSE_ZONE, season.date, 3, 0, season.a);
    (void)rig_deliver(&season.rig, &m, 1);
    assert_int_equal(runs(), 2);
    assert_string_equal(features("version"), "2");
    assert_int_equal(pg_number(season.db, "select count(*) from features.ml_feature_store"), 2);
}

/* Backfills of many seasons meet in one batch. */
static void
a_batch_of_twelve_seasons_settles_every_one(void **state)
{
    enum { SEASONS = 12 };
    BusMessage last[SEASONS];

    (void)state;
    for (int s = 0; s < SEASONS; s++) {
        GameDate date;

        assert_true(date_make(2000 + s, 12, 1, &date));
        lay_season(season.db, &date, 1);
        for (size_t i = 0; i < NEEDS; i++)
            end_cell(season.db, needs[i], date, "success", NULL, 1);
        last[s] = fake_log_completion(&season.log, needs[0], date, 1, 0, season.a);
    }
    assert_int_equal(rig_deliver(&season.rig, last, SEASONS).cells, SEASONS);
    assert_int_equal(runs(), SEASONS);
}

/* ---- two processes at once ---- */

/* A batch that runs in a thread of its own. Nothing is asserted there. */
typedef struct {
    Rig *rig;
    BusMessage m;
    BatchResult result;
    bool ok, fenced;
    Err err;
} Delivery;

static int
deliver_in_thread(void *arg)
{
    Delivery *d = arg;

    d->ok = rig_batch(d->rig, &d->m, 1, &d->result, &d->fenced, &d->err);
    return 0;
}

static thrd_t
start(Delivery *d)
{
    thrd_t thread;

    assert_int_equal(thrd_create(&thread, deliver_in_thread, d), thrd_success);
    return thread;
}

static void
finish(thrd_t thread, Delivery *d)
{
    assert_int_equal(thrd_join(thread, NULL), thrd_success);
    if (!d->ok)
        fail_msg("a batch: %s", d->err.msg);
    assert_false(d->fenced);
}

/* Two processes of the group: the first owns partition 0 of every topic, the second partition 1. */
static void
open_second(Rig *second)
{
    BusPartition first_part[] = {{"precompute.completed", 0}, {"analytics.completed", 0}};
    BusPartition second_part[] = {{"precompute.completed", 1}, {"analytics.completed", 1}};
    Err err;

    rig_open(second, "feature-store-2");
    assert_true(partitions_claim(season.rig.p.partitions, season.rig.db, first_part, 2, &err));
    assert_true(partitions_claim(second->p.partitions, second->db, second_part, 2, &err));
}

/* Everything but the last two arrivals. */
static void
bring_all_but_two(void)
{
    for (size_t i = 0; i + 2 < NEEDS; i++) {
        end_cell(season.db, needs[i], season.date, "success", NULL, 1);
        announce(needs[i], 0);
    }
    assert_int_equal(runs(), 0);
}

typedef struct {
    Db *looking;
    bool was_blocked;
} Watch;

static void
until_the_other_waits(void *ctx)
{
    Watch *w = ctx;

    w->was_blocked = pg_wait_until_blocked(w->looking, 1);
}

/* Both upstream cells have ended. The first process is in the middle of its decision when the
 * second one's batch comes to the same cell. */
static void
the_last_two_arrivals_in_two_processes_run_features_once(void **state)
{
    Watch watch = {.looking = pg_open("watch")};
    Delivery first = {.rig = &season.rig}, second = {0};
    Rig other;
    thrd_t one, two;

    (void)state;
    open_second(&other);
    second.rig = &other;
    bring_all_but_two();
    end_cell(season.db, needs[3], season.date, "success", NULL, 1);
    end_cell(season.db, needs[4], season.date, "success", NULL, 1);
    first.m = announcement(needs[3], 0);
    second.m = announcement(needs[4], 1);
    counting.during = until_the_other_waits;
    counting.ctx = &watch;
    one = start(&first);
    two = start(&second);
    finish(one, &first);
    finish(two, &second);
    assert_true(watch.was_blocked); /* they did meet */
    assert_int_equal(first.result.cells + second.result.cells, 1);
    assert_features_done_once();
    rig_close(&other);
    db_close(watch.looking);
}

/* The first process has seen "not yet" and is about to commit that when the last cell ends and the
 * second process comes: it must not miss it. */
static void
an_arrival_beside_one_that_parks_the_cell_is_not_lost(void **state)
{
    Db *holder = pg_open("holder");
    Delivery first = {.rig = &season.rig}, second = {0};
    DbTx *tx = NULL;
    Rig other;
    thrd_t one, two;
    Err err;

    (void)state;
    open_second(&other);
    second.rig = &other;
    bring_all_but_two();
    end_cell(season.db, needs[3], season.date, "success", NULL, 1);
    first.m = announcement(needs[3], 0);
    second.m = announcement(needs[4], 1);
    /* Stops the first one after its gate, before its commit. */
    pg_run(season.db, "create function ops.hold() returns trigger language plpgsql as $$ begin"
                      " perform pg_advisory_xact_lock_shared(4711); return old; end $$;"
                      " create trigger hold before delete on ops.attempt for each row execute function ops.hold()");
    assert_true(db_begin(holder, &tx, &err) && db_exec_script(tx, "select pg_advisory_xact_lock(4711)", &err));
    one = start(&first);
    assert_true(pg_wait_until_blocked(season.db, 1));
    end_cell(season.db, needs[4], season.date, "success", NULL, 1);
    two = start(&second);
    assert_true(pg_wait_until_blocked(season.db, 2));
    assert_int_equal(runs(), 0);
    db_rollback(&tx);
    finish(one, &first);
    finish(two, &second);
    assert_int_equal(first.result.cells, 0);
    assert_int_equal(second.result.cells, 1);
    assert_features_done_once();
    rig_close(&other);
    db_close(holder);
}

/* Nothing is arranged: the last two cells end and are announced at the same time, many times. */
typedef struct {
    Delivery d;
    Db *upstream;
    ProcessorId processor;
} Racer;

static int
race(void *arg)
{
    Racer *r = arg;

    end_cell(r->upstream, r->processor, season.date, "success", NULL, 1);
    return deliver_in_thread(&r->d);
}

static void
last_two_cells_that_end_at_once_run_features_once(void **state)
{
    enum { ROUNDS = 40 };
    Db *upstreams[] = {pg_open("upstream-1"), pg_open("upstream-2")};
    Rig other;

    (void)state;
    open_second(&other);
    for (int round = 0; round < ROUNDS; round++) {
        Racer racers[2];
        thrd_t threads[2];

        forget_everything();
        arena_reset(other.a);
        bring_all_but_two();
        for (int32_t i = 0; i < 2; i++) {
            racers[i] = (Racer){.d = {.rig = i == 0 ? &season.rig : &other, .m = announcement(needs[3 + i], i)},
                                .upstream = upstreams[i],
                                .processor = needs[3 + i]};
            assert_int_equal(thrd_create(&threads[i], race, &racers[i]), thrd_success);
        }
        finish(threads[0], &racers[0].d);
        finish(threads[1], &racers[1].d);
        assert_features_done_once();
    }
    rig_close(&other);
    db_close(upstreams[0]);
    db_close(upstreams[1]);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(no_order_runs_features_early_or_twice_or_changes_their_content),
        CLAIM(all_announcements_in_one_batch_run_features_once),
        CLAIM(a_completion_names_the_completions_of_its_date_that_it_was_made_from),
        CLAIM(a_cell_that_waits_says_for_what),
        CLAIM(an_earlier_date_that_ends_last_opens_the_gate),
        CLAIM(a_failed_precompute_cell_holds_features_until_it_is_mended),
        CLAIM(an_upstream_version_runs_features_again_only_if_its_content_is_new),
        CLAIM(a_batch_of_twelve_seasons_settles_every_one),
        CLAIM(the_last_two_arrivals_in_two_processes_run_features_once),
        CLAIM(an_arrival_beside_one_that_parks_the_cell_is_not_lost),
        CLAIM(last_two_cells_that_end_at_once_run_features_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
