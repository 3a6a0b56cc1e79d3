/*
 * tests/integration/test_recompute.c
 *    Claims about a cell that is made again: it is told exactly what has changed since it last ended, or that
 *    anything may have; it waits for what is about to come again, and goes on when that has come to nothing;
 *    an operator can open its gate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/runtime/cell_output.h"
#include "libcore/runtime/changed_keys.h"
#include "libcore/runtime/gate_overrides.h"
#include "libcore/runtime/input_vector.h"
#include "libcore/runtime/listener.h"
#include "libcore/runtime/rerun.h"
#include "tables_gen.h"
#include "tests/support/rig.h"

enum { NEEDS = 5 };

/* The order of their numbers, which is that of a vector. */
static const ProcessorId needs[NEEDS] = {PROC_UPCOMING_CONTEXT, PROC_TEAM_DEFENSE_ZONE, PROC_PLAYER_SHOT_ZONE,
                                         PROC_PLAYER_COMPOSITE_FACTORS, PROC_PLAYER_DAILY_CACHE};

typedef struct {
    Db *db;
    Rig rig;
    FakeLog log;
    Arena *a;
    GameDate dates[2]; /* the features of the second one are looked at */
    const char *seen;  /* what the last decision was told */
} World;

static World world;

static const char *
names(TextArray set, Arena *a)
{
    const char *text = "";

    for (int32_t i = 0; i < set.count; i++)
        text = arena_printf(a, "%s%s%s", text, i ? " " : "", set.items[i]);
    return text;
}

/* "everything", or "processor:players/teams" of each upstream that has gone on. */
static void
look(const CellInput *in, Arena *a, CellOutput *out)
{
    (void)out;
    world.seen = in->changed == NULL ? "everything" : "";
    for (size_t p = 0; in->changed != NULL && p < PROC_COUNT; p++) {
        const KeySet set = changed_of(in, (ProcessorId)p);

        if (set.is_changed)
            world.seen = arena_printf(a, "%s[%s %s/%s]", world.seen, processor_table[p].name, names(set.players, a),
                                      names(set.teams, a));
    }
    world.seen = arena_strdup(world.a, world.seen);
}

static int
set_up(void **state)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    *state = &world;
    pg_reset(world.db);
    assert_true(date_make(2024, 11, 20, &world.dates[0]));
    world.dates[1] = date_add(world.dates[0], 1);
    lay_season(world.db, world.dates, 2);
    end_cell(world.db, PROC_GAME_SUMMARIES, world.dates[0], "success", NULL, 1);
    for (size_t i = 0; i < NEEDS; i++)
        end_cell(world.db, needs[i], world.dates[1], "success", NULL, 1);
    counting_reset();
    counting.says = look;
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

/* ---- upstream ---- */

static GameDate
date_of(ProcessorId p)
{
    return world.dates[p == PROC_GAME_SUMMARIES ? 0 : 1];
}

static int32_t
version_of(ProcessorId p)
{
    char day[DATE_TEXT_LEN];

    return (int32_t)pg_number(world.db, "select version from ops.cell where processor = '%s' and game_date = '%s'",
                              processor_table[p].name, date_format(date_of(p), day));
}

/* The cell ends with another content. players and teams as SQL has them: "'{ann,bea}'" or "null"; without
 * any nothing is recorded of the version. */
static void
go_on(ProcessorId p, const char *players, const char *teams)
{
    char day[DATE_TEXT_LEN];

    end_cell(world.db, p, date_of(p), "success", NULL, (unsigned)version_of(p) + 10);
    if (players != NULL)
        pg_run(world.db, "insert into ops.cell_change values ('%s', '%s', %d, %s, %s)", date_format(date_of(p), day),
               processor_table[p].name, (int)version_of(p), players, teams);
}

static void
announce(ProcessorId p)
{
    BusMessage m = fake_log_completion(&world.log, p, date_of(p), version_of(p), 0, world.a);

    world.seen = NULL;
    (void)rig_deliver(&world.rig, &m, 1);
}

/* The features have been made once, from everything. */
static void
make_features(void)
{
    announce(PROC_UPCOMING_CONTEXT);
    assert_string_equal(world.seen, "everything");
}

/* The upstream cell has read what its own needs are now. */
static void
has_read(ProcessorId p)
{
    const ProcessorSpec *spec = &processor_table[p];
    CellState states[NEEDS + 1];
    char day[DATE_TEXT_LEN];
    size_t n = 0;
    Bytes vector;
    const char *hex = "";

    for (size_t q = 0; q < PROC_COUNT; q++)
        for (size_t k = 0; k < spec->need_count; k++)
            if (spec->needs[k].processor == (ProcessorId)q)
                states[n++] = (CellState){.processor = (ProcessorId)q,
                                          .date = date_of((ProcessorId)q),
                                          .version = version_of((ProcessorId)q)};
    vector = input_vector_encode(states, n, world.a);
    for (size_t i = 0; i < vector.len; i++)
        hex = arena_printf(world.a, "%s%02x", hex, (unsigned)vector.data[i]);
    pg_run(world.db, "update ops.cell set inputs = '\\x%s' where processor = '%s' and game_date = '%s'", hex,
           spec->name, date_format(world.dates[1], day));
}

static const char *
features(const char *column)
{
    return pg_string(world.db, world.a,
                     "select %s from ops.cell where processor = 'feature_store' and game_date = '2024-11-21'", column);
}

static size_t
scan(bool only_stale)
{
    ScanResult result;
    Err err;

    world.seen = NULL;
    if (!batch_scan(&world.rig.p, only_stale, world.rig.a, &result, &err))
        fail_msg("a scan: %s", err.msg);
    outbox_forget(world.rig.p.outbox);
    return result.cells;
}

/* ---- what has changed ---- */

static void
a_cell_is_told_the_keys_of_the_versions_that_it_has_not_read(void **state)
{
    (void)state;
    make_features();
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann,bea}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "[player_daily_cache ann bea/]");
    go_on(PROC_TEAM_DEFENSE_ZONE, "'{}'", "'{BOS}'");
    announce(PROC_TEAM_DEFENSE_ZONE);
    assert_string_equal(world.seen, "[team_defense_zone /BOS]"); /* what it has read is no news */
    go_on(PROC_GAME_SUMMARIES, "'{cy}'", "'{NYK}'");
    announce(PROC_GAME_SUMMARIES);
    assert_string_equal(world.seen, "[game_summaries cy/NYK]");
}

/* A status that changes and a content that does not: nobody's row differs, and the cell looks all the same. */
static void
a_version_without_a_changed_key_is_told_too(void **state)
{
    (void)state;
    make_features();
    go_on(PROC_PLAYER_DAILY_CACHE, "'{}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "[player_daily_cache /]");
}

static void
keys_merge_while_the_gate_is_shut(void **state)
{
    (void)state;
    make_features();
    end_cell(world.db, PROC_PLAYER_COMPOSITE_FACTORS, world.dates[1], "waiting", NULL, 1);
    pg_run(world.db, "insert into ops.cell_change values ('2024-11-21', 'player_composite_factors', 2, '{}', '{}')");
    go_on(PROC_PLAYER_DAILY_CACHE, "'{bea}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    go_on(PROC_GAME_SUMMARIES, "'{ann,cy}'", "'{NYK}'");
    announce(PROC_GAME_SUMMARIES);
    assert_null(world.seen);
    assert_string_equal(features("is_stale"), "true");
    assert_string_equal(features("stale_reason"), "needs player_composite_factors of 2024-11-21");
    assert_string_equal(features("coalesce(reason, 'none')"), "none"); /* who reads it reads why it ended so */
    go_on(PROC_PLAYER_COMPOSITE_FACTORS, "'{dot}'", "'{}'");
    announce(PROC_PLAYER_COMPOSITE_FACTORS);
    assert_string_equal(world.seen, "[game_summaries ann cy/NYK][player_composite_factors dot/]"
                                    "[player_daily_cache ann bea/]");
    assert_string_equal(features("is_stale || coalesce(stale_reason, '')"), "false");
    assert_int_equal(atomic_load(&counting.runs), 2);
}

static void
what_cannot_be_told_by_keys_is_everything(void **state)
{
    (void)state;
    make_features();
    go_on(PROC_PLAYER_DAILY_CACHE, "null", "null"); /* a version of every key */
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
    go_on(PROC_PLAYER_DAILY_CACHE, NULL, NULL); /* one of which nothing is recorded */
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
    go_on(PROC_PLAYER_DAILY_CACHE, NULL, NULL);
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'"); /* one of two is recorded */
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
    pg_run(world.db, "update ops.season set version = version + 1"); /* another schedule */
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
    world.rig.p.ctx.build = "another build";
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
    pg_run(world.db, "update ops.cell set inputs = null where processor = 'feature_store'"); /* an old deployment's */
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "[player_daily_cache ann/]"); /* and so it goes on */
}

static void
a_cell_that_has_no_rows_that_stand_is_made_in_full(void **state)
{
    static const char *const statuses[] = {"failed", "no_data"};

    (void)state;
    make_features();
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        pg_run(world.db,
               "update ops.cell set status = '%s', reason = 'it was' where processor = 'feature_store'"
               " and game_date = '2024-11-21'",
               statuses[i]);
        go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
        announce(PROC_PLAYER_DAILY_CACHE);
        assert_string_equal(world.seen, "everything");
    }
}

static void
an_upstream_cell_more_or_less_is_everything(void **state)
{
    GameDate third[] = {world.dates[0], world.dates[1], date_add(world.dates[0], -1)};

    (void)state;
    make_features();
    lay_season(world.db, third, 3); /* an earlier date, and another version of the schedule */
    pg_run(world.db, "update ops.season set version = 1");
    end_cell(world.db, PROC_GAME_SUMMARIES, third[2], "success", NULL, 3);
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
    pg_run(world.db, "update ops.cell set in_scope = false where game_date = '2024-11-19'");
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "everything");
}

/* It went on, and back to what it was: nothing is made, and what is remembered is what stands. */
static void
an_upstream_that_comes_back_to_what_it_was_is_read(void **state)
{
    (void)state;
    make_features();
    end_cell(world.db, PROC_PLAYER_DAILY_CACHE, world.dates[1], "success", NULL, 9);
    end_cell(world.db, PROC_PLAYER_DAILY_CACHE, world.dates[1], "success", NULL, 1);
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_null(world.seen);
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(world.seen, "[player_daily_cache ann/]"); /* not those of the versions before */
}

/* ---- waiting for what comes again ---- */

/* The context has gone on, and of those between it and the features only some have followed. */
static void
a_cell_waits_until_all_between_have_followed(void **state)
{
    Listener l = {0};
    Db *other = pg_open("another worker");
    Err err;

    (void)state;
    for (size_t i = 1; i < NEEDS; i++)
        has_read(needs[i]);
    make_features();
    assert_true(listener_poll(&l, other, &err));
    go_on(PROC_UPCOMING_CONTEXT, "'{ann}'", "'{}'");
    announce(PROC_UPCOMING_CONTEXT);
    assert_null(world.seen);
    assert_string_equal(features("is_stale || ' ' || stale_reason"),
                        "true needs team_defense_zone of 2024-11-21, which is made again");
    has_read(PROC_TEAM_DEFENSE_ZONE); /* to what it was: it announces nothing */
    has_read(PROC_PLAYER_SHOT_ZONE);
    go_on(PROC_PLAYER_COMPOSITE_FACTORS, "'{ann}'", "'{}'");
    has_read(PROC_PLAYER_COMPOSITE_FACTORS);
    announce(PROC_PLAYER_COMPOSITE_FACTORS);
    assert_null(world.seen);
    assert_int_equal(scan(true), 0);
    has_read(PROC_PLAYER_DAILY_CACHE);
    assert_int_equal(scan(true), 1);
    assert_string_equal(world.seen, "[upcoming_context ann/][player_composite_factors ann/]");
    assert_int_equal(atomic_load(&counting.runs), 2);
    assert_true(listener_poll(&l, other, &err));
    assert_false(l.confirmed); /* it has another content, and says so to those who read it */
    db_close(other);
}

static void
a_cell_that_ends_as_it_was_tells_those_who_wait(void **state)
{
    Listener l = {0};
    Db *other = pg_open("another worker");
    char channel[DB_CHANNEL_LEN];
    bool got = false;
    Err err;

    (void)state;
    make_features();
    assert_true(listener_poll(&l, other, &err));
    assert_false(l.confirmed);
    pg_run(world.db, "update ops.cell set is_stale = true where processor = 'feature_store'");
    assert_int_equal(scan(true), 1);
    assert_string_equal(features("version || ' ' || is_stale"), "1 false");
    assert_true(db_wait_notify(other, 10000, channel, &got, &err));
    assert_true(got);
    assert_string_equal(channel, CONFIRMED_CHANNEL);
    db_close(other);
}

/* What was never made has nothing to wait for: it is there as soon as it can be. */
static void
a_first_run_does_not_wait_for_what_comes_again(void **state)
{
    (void)state;
    for (size_t i = 1; i < NEEDS; i++)
        has_read(needs[i]);
    go_on(PROC_UPCOMING_CONTEXT, "'{ann}'", "'{}'");
    announce(PROC_UPCOMING_CONTEXT);
    assert_string_equal(world.seen, "everything");
}

static void
a_scan_runs_what_is_open_only_when_it_is_asked_to(void **state)
{
    (void)state;
    assert_int_equal(scan(true), 0);
    assert_int_equal(scan(false), 1);
    assert_int_equal(scan(false), 0);
}

/* ---- turns of backfill work ---- */

enum { CELL_US = 30000, TURN_US = 15000 };

static void
take_a_while(const CellInput *in, Arena *a, CellOutput *out)
{
    look(in, a, out);
    clock_manual_advance(world.rig.clock, CELL_US);
}

static void
begin_turn(void)
{
    world.rig.p.backfill_until_us = clock_mono_us(world.rig.clock) + TURN_US;
    world.rig.p.has_left = false;
}

/* Longer than its turn or not, the cell that is begun is ended; the others are neither lost nor done twice. */
static void
a_turn_of_backfill_work_ends_with_the_cell_in_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < NEEDS; i++)
        if (needs[i] != PROC_GAME_SUMMARIES)
            end_cell(world.db, needs[i], world.dates[0], "success", NULL, 1);
    counting.says = take_a_while;
    begin_turn();
    assert_int_equal(scan(false), 1);
    assert_true(world.rig.p.has_left);
    begin_turn();
    assert_int_equal(scan(false), 1);
    assert_false(world.rig.p.has_left);
    pg_run(world.db, "update ops.cell set is_stale = true where processor = 'feature_store'");
    begin_turn();
    assert_int_equal(scan(true), 1);
    assert_true(world.rig.p.has_left);
    begin_turn();
    assert_int_equal(scan(true), 1);
    assert_false(world.rig.p.has_left);
    assert_int_equal(atomic_load(&counting.runs), 4);
}

/* What has no turn now is remembered by the database, not by this process. */
static void
a_cell_that_is_left_is_stale_and_knows_what_it_has_not_read(void **state)
{
    (void)state;
    make_features();
    world.rig.p.backfill_until_us = BACKFILL_NONE;
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_null(world.seen);
    assert_true(world.rig.p.has_left);
    assert_string_equal(features("is_stale || ' ' || stale_reason"), "true its turn comes when live events leave time");
    assert_int_equal(scan(true), 0);
    world.rig.p.backfill_until_us = 0;
    assert_int_equal(scan(true), 1);
    assert_string_equal(world.seen, "[player_daily_cache ann/]");
}

/* The date that is today has its features whatever the backfill may have. */
static void
a_live_cell_waits_for_no_turn(void **state)
{
    (void)state;
    world.rig.p.ctx.today = world.dates[1];
    world.rig.p.backfill_until_us = BACKFILL_NONE;
    make_features();
    pg_run(world.db, "update ops.cell set is_stale = true where processor = 'feature_store'"
                     " and game_date = '2024-11-21'");
    assert_int_equal(scan(true), 1);
    assert_false(world.rig.p.has_left);
}

/* A cell that a scan cannot make fails alone, with the completion as its letter that would make it again. */
static void
a_cell_that_a_scan_cannot_make_gets_a_letter_that_a_retry_closes(void **state)
{
    BusMessage again;

    (void)state;
    make_features();
    pg_run(world.db, "update ops.cell set is_stale = true where processor = 'feature_store'");
    pg_run(world.db, "insert into ops.outbox (topic, key, event_id, type, payload, worker, incarnation, partition,"
                     " \"offset\") values ('precompute.completed', '2024-11-21', 'player_daily_cache:2024-11-21:v1',"
                     " 'tipoff.Completion', '\\x00', 'daily-cache', 'kafka:test:1', 0, 5)");
    counting.poison = world.dates[1];
    assert_int_equal(scan(true), 0);
    assert_string_equal(features("status"), "failed");
    assert_string_equal(pg_string(world.db, world.a,
                                  "select event_id || ' ' || status || ' ' || processor || ' ' || \"offset\""
                                  " from ops.letter"),
                        "player_daily_cache:2024-11-21:v1 open feature_store 5");
    counting.poison = GAME_DATE_NULL;
    again = fake_log_completion(&world.log, PROC_PLAYER_DAILY_CACHE, world.dates[1], 1, 0, world.a);
    (void)rig_deliver(&world.rig, &again, 1);
    assert_string_equal(features("status"), "success");
    assert_string_equal(pg_string(world.db, world.a, "select status from ops.letter"), "closed");
}

/* An earlier date's outcomes are on their way: its box scores have gone on, and its summaries have not. */
static void
outcomes_are_on_their_way(void)
{
    pg_run(world.db, "update ops.cell set version = 1, status = 'success' where processor = 'raw_boxscores'"
                     " and game_date = '2024-11-20'");
    pg_run(world.db, "update ops.cell set inputs = '\\x01' where processor = 'game_summaries' and game_date ="
                     " '2024-11-20'");
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
}

static void
a_past_date_waits_for_earlier_outcomes_that_are_on_their_way(void **state)
{
    (void)state;
    make_features();
    outcomes_are_on_their_way();
    assert_null(world.seen);
    assert_string_equal(features("stale_reason"), "needs game_summaries of 2024-11-20, which is made again");
}

static void
a_current_date_does_not(void **state)
{
    (void)state;
    make_features();
    world.rig.p.ctx.today = world.dates[1];
    outcomes_are_on_their_way();
    assert_string_equal(world.seen, "[player_daily_cache ann/]");
}

/* ---- some of a cell's rows ---- */

/* Whose rows a decision replaces, and whom it rejects; NULL for nobody. */
static const char *updated, *rejected;

static void
says_some(const CellInput *in, Arena *a, CellOutput *out)
{
    const char **key = arena_array(a, 1, sizeof *key);

    (void)in;
    if (updated != NULL) {
        key[0] = updated;
        out->set_count = 0;
        cell_output_update(out, &feature_row_table, NULL, 0, 2, "player_lookup", (TextArray){key, 1});
    }
    if (rejected != NULL)
        cell_output_reject(out, rejected, "so it is");
}

static const char *
rejections(void)
{
    return pg_string(world.db, world.a,
                     "select string_agg(entity, ' ' order by entity) from ops.rejected_row where processor ="
                     " 'feature_store'");
}

/* What is rejected of other keys than those that are replaced stands, and counts. */
static void
an_update_keeps_the_rejections_of_other_keys(void **state)
{
    (void)state;
    counting.says = says_some;
    updated = NULL;
    rejected = "zed";
    announce(PROC_UPCOMING_CONTEXT);
    assert_string_equal(features("status || ' ' || written || ' ' || rejected"), "partial 2 1");
    rejected = NULL;
    updated = pg_string(world.db, world.a, "select min(player_lookup) from features.ml_feature_store");
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(features("status || ' ' || written || ' ' || rejected"), "partial 1 1");
    assert_string_equal(rejections(), "zed");
    assert_string_equal(pg_string(world.db, world.a,
                                  "select players[1] from ops.cell_change where processor ="
                                  " 'feature_store' and version = 2"),
                        updated);
    updated = "zed";
    go_on(PROC_PLAYER_DAILY_CACHE, "'{zed}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_string_equal(features("status || ' ' || written || ' ' || rejected"), "success 1 0");
    assert_null(rejections());
}

/* ---- gates opened by hand ---- */

static void
grant(const char *expires)
{
    pg_run(world.db,
           "insert into ops.gate_override (game_date, processor, reason, granted_by, granted_at, expires_at) values"
           " ('2024-11-21', 'feature_store', 'zones are not to be had', 'ann@ops1', '2029-12-31', '%s')",
           expires);
}

static void
hold_features(void)
{
    end_cell(world.db, PROC_PLAYER_SHOT_ZONE, world.dates[1], "failed", "no zones", 1);
    announce(PROC_PLAYER_SHOT_ZONE);
    assert_null(world.seen);
    assert_string_equal(features("status"), "waiting");
}

static void
an_override_runs_a_held_cell_degraded_and_says_who_and_why(void **state)
{
    (void)state;
    hold_features();
    grant("2030-01-01 18:00 UTC"); /* the rig's clock says noon of that day */
    assert_int_equal(scan(false), 1);
    assert_string_equal(features("status"), "degraded");
    assert_string_equal(features("reason"), "overridden by ann@ops1 (zones are not to be had): without"
                                            " player_shot_zone of 2024-11-21: no zones");
    assert_int_equal(pg_number(world.db, "select count(*) from ops.alert where resolved_at is null"), 0);
    end_cell(world.db, PROC_PLAYER_SHOT_ZONE, world.dates[1], "success", NULL, 2);
    announce(PROC_PLAYER_SHOT_ZONE);
    assert_string_equal(world.seen, "everything"); /* nothing is recorded of it */
    assert_string_equal(features("status"), "success");
}

static void
an_override_that_is_over_or_taken_back_opens_nothing(void **state)
{
    (void)state;
    hold_features();
    grant("2030-01-01 16:59 UTC"); /* noon in New York is 17:00 */
    assert_int_equal(scan(false), 0);
    grant("2030-01-01 18:00 UTC");
    pg_run(world.db, "update ops.gate_override set revoked_at = now(), revoked_by = 'bea' where expires_at ="
                     " '2030-01-01 18:00 UTC'");
    assert_int_equal(scan(false), 0);
    assert_string_equal(features("status"), "waiting");
    grant("2030-01-01 17:01 UTC");
    clock_manual_advance(world.rig.clock, INT64_C(120000000));
    assert_int_equal(scan(false), 0); /* by the clock of the deployment */
}

/* The cell stands as it was made; what comes later finds the gate shut. */
static void
after_an_override_the_gate_is_on_its_own_again(void **state)
{
    (void)state;
    hold_features();
    grant("2030-01-01 18:00 UTC");
    assert_int_equal(scan(false), 1);
    pg_run(world.db, "update ops.gate_override set revoked_at = now(), revoked_by = 'bea'");
    assert_int_equal(scan(false), 0);
    assert_string_equal(features("status || ' ' || is_stale"), "degraded false");
    go_on(PROC_PLAYER_DAILY_CACHE, "'{ann}'", "'{}'");
    announce(PROC_PLAYER_DAILY_CACHE);
    assert_null(world.seen);
    assert_string_equal(features("status || ' ' || is_stale || ' ' || stale_reason"),
                        "degraded true needs player_shot_zone of 2024-11-21: no zones");
}

static void
an_override_does_not_wait_for_what_comes_again(void **state)
{
    (void)state;
    for (size_t i = 1; i < NEEDS; i++)
        has_read(needs[i]);
    make_features();
    go_on(PROC_UPCOMING_CONTEXT, "'{ann}'", "'{}'");
    announce(PROC_UPCOMING_CONTEXT);
    assert_null(world.seen);
    grant("2030-01-01 18:00 UTC");
    assert_int_equal(scan(true), 1);
    assert_string_equal(world.seen, "[upcoming_context ann/]");
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_cell_is_told_the_keys_of_the_versions_that_it_has_not_read),
        CLAIM(a_version_without_a_changed_key_is_told_too),
        CLAIM(keys_merge_while_the_gate_is_shut),
        CLAIM(what_cannot_be_told_by_keys_is_everything),
        CLAIM(a_cell_that_has_no_rows_that_stand_is_made_in_full),
        CLAIM(an_upstream_cell_more_or_less_is_everything),
        CLAIM(an_upstream_that_comes_back_to_what_it_was_is_read),
        CLAIM(a_cell_waits_until_all_between_have_followed),
        CLAIM(a_cell_that_ends_as_it_was_tells_those_who_wait),
        CLAIM(a_first_run_does_not_wait_for_what_comes_again),
        CLAIM(a_scan_runs_what_is_open_only_when_it_is_asked_to),
        CLAIM(a_turn_of_backfill_work_ends_with_the_cell_in_hand),
        CLAIM(a_cell_that_is_left_is_stale_and_knows_what_it_has_not_read),
        CLAIM(a_live_cell_waits_for_no_turn),
        CLAIM(a_cell_that_a_scan_cannot_make_gets_a_letter_that_a_retry_closes),
        CLAIM(a_past_date_waits_for_earlier_outcomes_that_are_on_their_way),
        CLAIM(a_current_date_does_not),
        CLAIM(an_update_keeps_the_rejections_of_other_keys),
        CLAIM(an_override_runs_a_held_cell_degraded_and_says_who_and_why),
        CLAIM(an_override_that_is_over_or_taken_back_opens_nothing),
        CLAIM(after_an_override_the_gate_is_on_its_own_again),
        CLAIM(an_override_does_not_wait_for_what_comes_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
