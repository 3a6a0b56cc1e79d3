/*
 * tests/integration/test_zombie.c
 *    Claims about two processes that both believe they own a partition: whoever claimed it later
 *    commits, the other one leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <threads.h>
#include <cmocka.h>

#include "tests/support/rig.h"

#define TOPIC "precompute.completed"

static const ProcessorId needs[] = {PROC_UPCOMING_CONTEXT, PROC_TEAM_DEFENSE_ZONE, PROC_PLAYER_SHOT_ZONE,
                                    PROC_PLAYER_COMPOSITE_FACTORS, PROC_PLAYER_DAILY_CACHE};
static const BusPartition the_partition = {TOPIC, 0};

/* One date whose features only wait for an announcement. */
typedef struct {
    Db *db;
    Rig zombie, heir;
    FakeLog log;
    Arena *a;
    GameDate date;
} World;

static World world;

static void
claim(Rig *r)
{
    Err err;

    if (!partitions_claim(r->p.partitions, r->db, &the_partition, 1, &err))
        fail_msg("claiming: %s", err.msg);
}

static int
set_up(void **state)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    *state = &world;
    pg_reset(world.db);
    assert_true(date_make(2024, 11, 20, &world.date));
    lay_season(world.db, &world.date, 1);
    for (size_t i = 0; i < ARRAY_LEN(needs); i++)
        end_cell(world.db, needs[i], world.date, "success", NULL, 1);
    counting_reset();
    rig_open(&world.zombie, "zombie");
    rig_open(&world.heir, "heir");
    claim(&world.zombie);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    rig_close(&world.zombie);
    rig_close(&world.heir);
    db_close(world.db);
    arena_free(world.a);
    return 0;
}

static BusMessage
announcement(void)
{
    return fake_log_completion(&world.log, PROC_TEAM_DEFENSE_ZONE, world.date, 1, 0, world.a);
}

static void
assert_fenced(Rig *r, BusMessage m)
{
    BatchResult result;
    bool fenced;
    Err err;

    if (!rig_batch(r, &m, 1, &result, &fenced, &err))
        fail_msg("a fenced batch is no error: %s", err.msg);
    assert_true(fenced);
}

static void
assert_nothing_happened(void)
{
    assert_int_equal(pg_number(world.db, "select count(*) from ops.inbox"), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox"), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.letter"), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.alert"), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from features.ml_feature_store"), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.cell where processor = 'feature_store'"
                                         " and status = 'expected'"),
                     1);
    assert_int_equal(pg_number(world.db, "select next_offset from ops.consumer_offset"), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.attempt"), 0);
}

static void
assert_done_once(void)
{
    assert_int_equal(pg_number(world.db, "select count(*) from ops.inbox"), 1);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox"), 1);
    assert_int_equal(pg_number(world.db, "select version from ops.cell where processor = 'feature_store'"), 1);
    assert_int_equal(pg_number(world.db, "select count(*) from features.ml_feature_store"), 2);
    assert_int_equal(pg_number(world.db, "select next_offset from ops.consumer_offset"), 1);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.attempt"), 0);
}

static void
refresh(Rig *r)
{
    Err err;

    if (!partitions_refresh(r->p.partitions, r->db, &err))
        fail_msg("refreshing: %s", err.msg);
}

static void
an_earlier_owner_commits_nothing(void **state)
{
    BusMessage m = announcement();

    (void)state;
    claim(&world.heir);
    assert_fenced(&world.zombie, m);
    assert_nothing_happened();
    assert_int_equal(atomic_load(&counting.runs), 0);
    (void)rig_deliver(&world.heir, &m, 1);
    assert_done_once();
    assert_fenced(&world.zombie, m);
    assert_done_once();
}

static void
an_earlier_owner_that_looks_again_drops_the_partition(void **state)
{
    BusMessage m = announcement();
    OwnedPartition *mine = partitions_find(world.zombie.p.partitions, TOPIC, 0);

    (void)state;
    refresh(&world.zombie);
    assert_false(mine->is_dropped);
    claim(&world.heir);
    assert_fenced(&world.zombie, m);
    assert_false(mine->is_dropped);
    refresh(&world.zombie);
    assert_true(mine->is_dropped);
    refresh(&world.heir);
    assert_false(partitions_find(world.heir.p.partitions, TOPIC, 0)->is_dropped);
    assert_fenced(&world.zombie, m); /* what it has in hand when it finds out */
    assert_nothing_happened();
}

static void
an_earlier_owner_writes_no_letter(void **state)
{
    BusMessage m = announcement();
    bool fenced;
    Err cause, err;

    (void)state;
    (void)ERR_FAIL(&cause, ERR_POISON, "whatever");
    claim(&world.heir);
    assert_true(batch_write_letter(&world.zombie.p, &m, &cause, world.a, &fenced, &err));
    assert_true(fenced);
    assert_nothing_happened();
}

/* The attempt on record is the owner's: it counts the deaths of an event. */
static void
an_earlier_owner_leaves_the_attempt_of_the_later_one_alone(void **state)
{
    BatchRange range = {.first = 0, .last = 0};
    BusMessage m = announcement();
    Err err;

    (void)state;
    claim(&world.heir);
    range.owned = partitions_find(world.heir.p.partitions, TOPIC, 0);
    range.owned->died_offset = 0;
    range.owned->deaths = 3;
    assert_true(attempt_open(world.heir.p.partitions, world.heir.db, &range, 1, &err));
    assert_fenced(&world.zombie, m);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.attempt"), 1);
    assert_int_equal(pg_number(world.db, "select deaths from ops.attempt"), 3);
    assert_int_equal(pg_number(world.db, "select owner_epoch from ops.attempt"), 2);
}

static void
the_owner_with_a_wrong_position_is_set_right(void **state)
{
    OwnedPartition *mine = partitions_find(world.zombie.p.partitions, TOPIC, 0);
    BusMessage first = announcement(), second = announcement();

    (void)state;
    (void)rig_deliver(&world.zombie, &first, 1);
    assert_int_equal(mine->position, 1);
    mine->position = 0;
    assert_fenced(&world.zombie, second);
    assert_done_once();
    refresh(&world.zombie);
    assert_false(mine->is_dropped);
    assert_int_equal(mine->position, 1);
    (void)rig_deliver(&world.zombie, &second, 1);
    assert_int_equal(pg_number(world.db, "select next_offset from ops.consumer_offset"), 2);
}

static void
a_batch_that_is_fenced_in_one_partition_commits_in_none(void **state)
{
    const BusPartition both[] = {{TOPIC, 0}, {TOPIC, 1}};
    BusMessage batch[2];
    BatchResult result;
    bool fenced;
    Err err;

    (void)state;
    assert_true(partitions_claim(world.zombie.p.partitions, world.zombie.db, both, 2, &err));
    claim(&world.heir); /* the first of the two */
    batch[0] = announcement();
    batch[1] = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.date, 1, 1, world.a);
    assert_true(rig_batch(&world.zombie, batch, 2, &result, &fenced, &err));
    assert_true(fenced);
    assert_int_equal(pg_number(world.db, "select max(next_offset) from ops.consumer_offset"), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.inbox"), 0);
    refresh(&world.zombie);
    assert_true(partitions_find(world.zombie.p.partitions, TOPIC, 0)->is_dropped);
    assert_false(partitions_find(world.zombie.p.partitions, TOPIC, 1)->is_dropped);
}

/* ---- a claim in the middle of a batch ---- */

typedef struct {
    Rig *rig;
    bool ok;
    Err err;
} Claim;

static int
claim_in_thread(void *arg)
{
    Claim *c = arg;

    c->ok = partitions_claim(c->rig->p.partitions, c->rig->db, &the_partition, 1, &c->err);
    return 0;
}

typedef struct {
    Claim claim;
    thrd_t thread;
    Db *looking;
    bool was_blocked;
} Heir;

static void
the_heir_claims(void *ctx)
{
    Heir *h = ctx;

    if (thrd_create(&h->thread, claim_in_thread, &h->claim) == thrd_success)
        h->was_blocked = pg_wait_until_blocked(h->looking, 1);
}

static void
a_claim_waits_for_the_open_batch_and_goes_on_after_it(void **state)
{
    BusMessage m = announcement(), next = announcement();
    Heir h = {.claim = {.rig = &world.heir}, .looking = world.db};

    (void)state;
    counting.during = the_heir_claims;
    counting.ctx = &h;
    (void)rig_deliver(&world.zombie, &m, 1);
    assert_int_equal(thrd_join(h.thread, NULL), thrd_success);
    assert_true(h.was_blocked);
    assert_true(h.claim.ok);
    assert_int_equal(partitions_find(world.heir.p.partitions, TOPIC, 0)->position, 1);
    assert_done_once();
    assert_fenced(&world.zombie, next);
    (void)rig_deliver(&world.heir, &next, 1);
    assert_int_equal(pg_number(world.db, "select next_offset from ops.consumer_offset"), 2);
    assert_int_equal(atomic_load(&counting.runs), 1);
}

/* The zombie's update waits for a claim that has not been committed: it must judge by what the
 * claim leaves. */
static int
deliver_in_thread(void *arg)
{
    bool *fenced = arg;
    BusMessage m = announcement();
    BatchResult result;
    Err err;

    return rig_batch(&world.zombie, &m, 1, &result, fenced, &err);
}

static void
a_batch_that_meets_a_claim_under_way_is_fenced(void **state)
{
    bool fenced = false;
    DbTx *tx = NULL;
    thrd_t thread;
    int ok;
    Err err;

    (void)state;
    assert_true(db_begin(world.heir.db, &tx, &err)
                && db_exec_script(tx, "update ops.consumer_offset set owner_epoch = owner_epoch + 1", &err));
    assert_int_equal(thrd_create(&thread, deliver_in_thread, &fenced), thrd_success);
    assert_true(pg_wait_until_blocked(world.db, 1));
    assert_true(db_commit(&tx, &err));
    assert_int_equal(thrd_join(thread, &ok), thrd_success);
    assert_true(ok);
    assert_true(fenced);
    assert_int_equal(atomic_load(&counting.runs), 0);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.inbox"), 0);
}

/* ---- deaths ---- */

/* What a process that dies in a batch leaves: its attempt on record. */
static void
die_with(Rig *r, int64_t first, int64_t last)
{
    BatchRange range = {.owned = partitions_find(r->p.partitions, TOPIC, 0), .first = first, .last = last};
    Err err;

    assert_true(attempt_open(r->p.partitions, r->db, &range, 1, &err));
}

static void
the_offsets_in_hand_at_a_death_are_suspect_for_the_next_owner(void **state)
{
    OwnedPartition *o;

    (void)state;
    die_with(&world.zombie, 0, 4);
    claim(&world.heir);
    o = partitions_find(world.heir.p.partitions, TOPIC, 0);
    assert_int_equal(o->suspect_until, 5);
    assert_int_equal(o->deaths, 0); /* five events were in hand: none is to blame yet */
    assert_int_equal(o->died_offset, -1);
}

static void
deaths_with_one_event_in_hand_add_up_until_it_is_through(void **state)
{
    BusMessage m = announcement();
    Rig *owners[] = {&world.zombie, &world.heir};
    OwnedPartition *o = NULL;

    (void)state;
    for (int i = 0; i < 4; i++) {
        die_with(owners[i % 2], 0, 0);
        claim(owners[(i + 1) % 2]);
        o = partitions_find(owners[(i + 1) % 2]->p.partitions, TOPIC, 0);
        assert_int_equal(o->died_offset, 0);
        assert_int_equal(o->deaths, i + 1);
    }
    (void)rig_deliver(&world.zombie, &m, 1);
    claim(&world.heir);
    o = partitions_find(world.heir.p.partitions, TOPIC, 0);
    assert_int_equal(o->deaths, 0);
    assert_int_equal(o->suspect_until, 0);
}

/* An owner that died of something else, before it came to the event, is no death of the event's. */
static void
claims_without_an_attempt_of_their_own_count_no_further_death(void **state)
{
    (void)state;
    die_with(&world.zombie, 0, 0);
    for (int i = 0; i < 3; i++)
        claim(&world.heir);
    assert_int_equal(partitions_find(world.heir.p.partitions, TOPIC, 0)->deaths, 1);
}

static void
one_event_in_each_of_two_partitions_is_not_alone_in_hand(void **state)
{
    const BusPartition both[] = {{TOPIC, 0}, {TOPIC, 1}};
    BatchRange ranges[2] = {0};
    OwnedPartition *o;
    Err err;

    (void)state;
    assert_true(partitions_claim(world.zombie.p.partitions, world.zombie.db, both, 2, &err));
    for (int32_t i = 0; i < 2; i++)
        ranges[i].owned = partitions_find(world.zombie.p.partitions, TOPIC, i);
    assert_true(attempt_open(world.zombie.p.partitions, world.zombie.db, ranges, 2, &err));
    assert_true(partitions_claim(world.heir.p.partitions, world.heir.db, both, 2, &err));
    for (int32_t i = 0; i < 2; i++) {
        o = partitions_find(world.heir.p.partitions, TOPIC, i);
        assert_int_equal(o->deaths, 0);
        assert_int_equal(o->suspect_until, 1);
    }
}

static void
a_batch_that_a_living_process_gives_up_counts_no_death(void **state)
{
    BusMessage m = announcement();
    BatchResult result;
    bool fenced;
    Err err;

    (void)state;
    counting.poison = world.date;
    assert_false(rig_batch(&world.zombie, &m, 1, &result, &fenced, &err));
    claim(&world.heir);
    assert_int_equal(partitions_find(world.heir.p.partitions, TOPIC, 0)->deaths, 0);
    assert_int_equal(partitions_find(world.heir.p.partitions, TOPIC, 0)->suspect_until, 0);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(an_earlier_owner_commits_nothing),
        CLAIM(an_earlier_owner_that_looks_again_drops_the_partition),
        CLAIM(an_earlier_owner_writes_no_letter),
        CLAIM(an_earlier_owner_leaves_the_attempt_of_the_later_one_alone),
        CLAIM(the_owner_with_a_wrong_position_is_set_right),
        CLAIM(a_batch_that_is_fenced_in_one_partition_commits_in_none),
        CLAIM(a_claim_waits_for_the_open_batch_and_goes_on_after_it),
        CLAIM(a_batch_that_meets_a_claim_under_way_is_fenced),
        CLAIM(the_offsets_in_hand_at_a_death_are_suspect_for_the_next_owner),
        CLAIM(deaths_with_one_event_in_hand_add_up_until_it_is_through),
        CLAIM(claims_without_an_attempt_of_their_own_count_no_further_death),
        CLAIM(one_event_in_each_of_two_partitions_is_not_alone_in_hand),
        CLAIM(a_batch_that_a_living_process_gives_up_counts_no_death),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
