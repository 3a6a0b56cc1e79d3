/*
 * tests/integration/test_letters.c
 *    Claims about events that cannot be processed: what they take with them, what is kept of them,
 *    and how a retry ends them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "events_gen.h"
#include "libcore/runtime/letters.h"
#include "tests/support/rig.h"

#define TOPIC "precompute.completed"
#define EVENT "team_defense_zone:2024-11-20:v1"

static const ProcessorId needs[] = {PROC_UPCOMING_CONTEXT, PROC_TEAM_DEFENSE_ZONE, PROC_PLAYER_SHOT_ZONE,
                                    PROC_PLAYER_COMPOSITE_FACTORS, PROC_PLAYER_DAILY_CACHE};

/* Two dates, with all that the features of the first one need. */
typedef struct {
    Db *db;
    Rig rig;
    FakeLog log;
    Arena *a;
    GameDate dates[2];
} World;

static World world;

static int
set_up(void **state)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    *state = &world;
    pg_reset(world.db);
    assert_true(date_make(2024, 11, 20, &world.dates[0]));
    world.dates[1] = date_add(world.dates[0], 1);
    lay_season(world.db, world.dates, 2);
    for (size_t i = 0; i < ARRAY_LEN(needs); i++)
        end_cell(world.db, needs[i], world.dates[0], "success", NULL, 1);
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

/* ---- events ---- */

static BusMessage
good(size_t date)
{
    return fake_log_completion(&world.log, PROC_TEAM_DEFENSE_ZONE, world.dates[date], 1, 0, world.a);
}

static BusMessage
corrupt(size_t date)
{
    BusMessage m = good(date);

    m.payload = bytes_of("no frame at all", 15);
    return m;
}

static BusMessage
without_id(BusMessage m)
{
    m.event_id = NULL;
    return m;
}

static Err
poison(const char *why)
{
    Err e;

    (void)ERR_FAIL(&e, ERR_POISON, "%s", why);
    err_set_code(&e, "TEST");
    return e;
}

static void
write_letter(BusMessage m, Err cause)
{
    bool fenced;
    Err err;

    if (!batch_write_letter(&world.rig.p, &m, &cause, world.a, &fenced, &err))
        fail_msg("a letter: %s", err.msg);
    assert_false(fenced);
    outbox_forget(world.rig.p.outbox);
}

static void
assert_poison(BusMessage *m, size_t count)
{
    BatchResult result;
    bool fenced;
    Err err;

    assert_false(rig_batch(&world.rig, m, count, &result, &fenced, &err));
    assert_int_equal(err.cls, ERR_POISON);
}

/* ---- questions ---- */

static int64_t
count_of(const char *table)
{
    return pg_number(world.db, "select count(*) from %s", table);
}

static const char *
of_letter(const char *column)
{
    return pg_string(world.db, world.a, "select %s from ops.letter", column);
}

static const char *
of_features(size_t date, const char *column)
{
    char day[DATE_TEXT_LEN];

    return pg_string(world.db, world.a,
                     "select %s from ops.cell where processor = 'feature_store' and game_date = '%s'", column,
                     date_format(world.dates[date], day));
}

static int64_t
position(void)
{
    return pg_number(world.db,
                     "select next_offset from ops.consumer_offset where topic = '" TOPIC "' and partition = 0");
}

static void
assert_untouched(int64_t at)
{
    assert_int_equal(position(), at);
    assert_int_equal(partitions_find(world.rig.p.partitions, TOPIC, 0)->position, at);
    assert_int_equal(count_of("ops.inbox"), 0);
    assert_int_equal(count_of("ops.outbox"), 0);
    assert_int_equal(count_of("ops.letter"), 0);
    assert_int_equal(count_of("ops.attempt"), 0);
    assert_int_equal(count_of("ops.alert"), 0);
    assert_int_equal(count_of("features.ml_feature_store"), 0);
    assert_string_equal(of_features(0, "status"), "expected");
}

/* ---- claims ---- */

static void
a_batch_with_one_corrupt_event_leaves_nothing(void **state)
{
    BusMessage batch[3];

    (void)state;
    batch[0] = good(0);
    batch[1] = corrupt(1);
    batch[2] = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.dates[0], 1, 1, world.a);
    assert_poison(batch, 3);
    assert_untouched(0);
    assert_int_equal(rig_deliver(&world.rig, batch, 1).cells, 1); /* the first one alone is good */
}

static void
a_batch_with_one_decision_that_cannot_be_taken_leaves_nothing(void **state)
{
    BusMessage m = good(0);

    (void)state;
    counting.poison = world.dates[0];
    assert_poison(&m, 1);
    assert_int_equal(atomic_load(&counting.runs), 1);
    assert_untouched(0);
}

static void
a_letter_moves_the_offset_and_keeps_everything_but_an_inbox_row(void **state)
{
    BusMessage first = good(1), m;

    (void)state;
    (void)rig_deliver(&world.rig, &first, 1);
    m = corrupt(0);
    write_letter(m, poison("3 of 7 rows are no rows"));
    assert_int_equal(position(), 2);
    assert_int_equal(partitions_find(world.rig.p.partitions, TOPIC, 0)->position, 2);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.inbox where event_id = '" EVENT "'"), 0);
    assert_int_equal(count_of("ops.attempt"), 0);
    assert_string_equal(of_letter("worker"), "feature-store");
    assert_string_equal(of_letter("event_id"), EVENT);
    assert_string_equal(of_letter("incarnation"), "kafka:test:1");
    assert_string_equal(of_letter("topic"), TOPIC);
    assert_string_equal(of_letter("partition"), "0");
    assert_string_equal(of_letter("\"offset\""), "1");
    assert_string_equal(of_letter("key"), "2024-11-20");
    assert_string_equal(of_letter("payload::text"), "\\x6e6f206672616d6520617420616c6c");
    assert_string_equal(of_letter("correlation_id"), "a correlation");
    assert_string_equal(of_letter("error_class"), "poison");
    assert_string_equal(of_letter("error_code"), "TEST");
    assert_string_equal(of_letter("message"), "3 of 7 rows are no rows");
    assert_string_equal(of_letter("status"), "open");
    assert_string_equal(of_letter("attempts"), "1");
    assert_string_equal(of_letter("build"), "a build");
}

/* What goes to TOPIC.dlq says the same as the row. */
static void
a_letter_is_announced_with_its_coordinates(void **state)
{
    static const char sql[] = "select payload, key from ops.outbox where topic = '" TOPIC ".dlq'";
    BusMessage m = corrupt(0);
    const char *cause;
    uint64_t fingerprint;
    DbTx *tx = NULL;
    DbRows *rows;
    Bytes body;
    Letter l;
    Err err;

    (void)state;
    write_letter(m, poison("no rows"));
    cause = of_letter("fingerprint");
    assert_true(db_begin(world.db, &tx, &err) && db_exec(tx, sql, NULL, 0, &rows, &err));
    assert_int_equal(db_row_count(rows), 1);
    assert_true(event_unframe(db_get_bytes(rows, 0, 0), &fingerprint, &body, &err));
    assert_true(letter_decode(body, world.a, &l, &err));
    assert_string_equal(db_get_text(rows, 0, 1), "2024-11-20");
    assert_string_equal(l.event_id, EVENT);
    assert_string_equal(l.topic, TOPIC);
    assert_int_equal(l.partition, 0);
    assert_int_equal(l.offset, m.offset);
    assert_int_equal(l.stamp.us, m.stamp.us);
    assert_string_equal(l.message, "no rows");
    assert_string_equal(l.fingerprint, cause);
    assert_int_equal(l.payload.len, m.payload.len);
    assert_memory_equal(l.payload.data, m.payload.data, m.payload.len);
    db_rollback(&tx);
}

static void
letters_of_one_cause_share_a_fingerprint(void **state)
{
    Err one = poison("line 12: 3 fields"), same = poison("line 9: 14 fields"), other = poison("line 12: 3 rows");
    Err row = poison("new row violates check \"a\": Failing row contains (props, (x), t). [23514]");
    Err other_row = poison("new row violates check \"a\": Failing row contains (shots, y). [23514]");
    Err other_check = poison("new row violates check \"b\": Failing row contains (props, (x), t). [23514]");
    Err team = poison("not a team: 'Harlem (NY)' here"), other_team = poison("not a team: 'Paris' here");
    Err cut = poison("Failing row contains (a, b, (c"), quote = poison("it's"), other_quote = poison("it");
    Err other_code = one;

    (void)state;
    err_set_code(&other_code, "OTHER");
    assert_int_equal(strlen(letter_fingerprint(&one, world.a)), 16);
    assert_string_equal(letter_fingerprint(&one, world.a), letter_fingerprint(&same, world.a));
    assert_string_not_equal(letter_fingerprint(&one, world.a), letter_fingerprint(&other, world.a));
    assert_string_not_equal(letter_fingerprint(&one, world.a), letter_fingerprint(&other_code, world.a));
    assert_string_equal(letter_fingerprint(&row, world.a), letter_fingerprint(&other_row, world.a));
    assert_string_not_equal(letter_fingerprint(&row, world.a), letter_fingerprint(&other_check, world.a));
    assert_string_equal(letter_fingerprint(&team, world.a), letter_fingerprint(&other_team, world.a));
    assert_int_equal(strlen(letter_fingerprint(&cut, world.a)), 16);
    assert_string_not_equal(letter_fingerprint(&quote, world.a), letter_fingerprint(&other_quote, world.a));
}

static void
a_letter_fails_the_cell_that_its_event_would_have_filled(void **state)
{
    BusMessage m = corrupt(0);

    (void)state;
    write_letter(m, poison("no rows"));
    assert_string_equal(of_features(0, "status"), "failed");
    assert_string_equal(of_features(0, "version"), "1");
    assert_non_null(strstr(of_features(0, "reason"), "no rows"));
    assert_non_null(
        strstr(of_features(0, "reason"), pg_string(world.db, world.a, "select 'letter ' || id from ops.letter")));
    assert_string_equal(of_letter("game_date::text || ' ' || processor"), "2024-11-20 feature_store");
    assert_string_equal(of_features(1, "status"), "expected");
    /* Those who wait for the cell are told. */
    assert_int_equal(
        pg_number(world.db, "select count(*) from ops.outbox where event_id = 'feature_store:2024-11-20:v1'"), 1);
}

static void
a_letter_leaves_a_cell_with_a_good_version_alone(void **state)
{
    BusMessage first = fake_log_completion(&world.log, PROC_PLAYER_SHOT_ZONE, world.dates[0], 1, 0, world.a), m;

    (void)state;
    (void)rig_deliver(&world.rig, &first, 1);
    assert_string_equal(of_features(0, "status"), "success");
    m = corrupt(0);
    write_letter(m, poison("no rows"));
    assert_string_equal(of_features(0, "status"), "success");
    assert_string_equal(of_features(0, "version"), "1");
    assert_null(of_letter("processor"));
}

static void
a_letter_leaves_a_cell_out_of_scope_alone(void **state)
{
    BusMessage m = corrupt(0);

    (void)state;
    pg_run(world.db, "update ops.cell set in_scope = false where game_date = '2024-11-20'");
    write_letter(m, poison("no rows"));
    assert_string_equal(of_features(0, "status"), "expected");
    assert_int_equal(count_of("ops.letter"), 1);
}

static void
an_event_without_an_id_is_a_letter_by_its_coordinates(void **state)
{
    BusMessage first = without_id(corrupt(0)), second = without_id(corrupt(0));

    (void)state;
    write_letter(first, poison("no rows"));
    assert_string_equal(of_letter("event_id"), "at:kafka:test:1/" TOPIC "/0/0");
    write_letter(second, poison("no rows"));
    assert_int_equal(count_of("ops.letter"), 2);
    assert_int_equal(position(), 2);
}

static void
a_later_success_closes_the_letter_in_the_transaction_of_its_inbox_row(void **state)
{
    BusMessage m = corrupt(0), again[2];

    (void)state;
    write_letter(m, poison("no rows"));
    again[0] = good(0);
    again[1] = corrupt(1);
    assert_poison(again, 2); /* rolled back with the other event: neither has happened */
    assert_string_equal(of_letter("status"), "open");
    assert_int_equal(count_of("ops.inbox"), 0);
    assert_string_equal(of_features(0, "status"), "failed");
    (void)rig_deliver(&world.rig, again, 1);
    assert_string_equal(of_letter("status"), "closed");
    assert_non_null(of_letter("closed_at"));
    assert_int_equal(pg_number(world.db, "select count(*) from ops.inbox where event_id = '" EVENT "'"), 1);
    assert_string_equal(of_features(0, "status"), "success");
    assert_string_equal(of_features(0, "version"), "2");
    assert_null(of_features(0, "reason"));
    assert_int_equal(count_of("features.ml_feature_store"), 2);
}

static void
a_repeated_failure_counts_attempts_and_keeps_the_latest_place(void **state)
{
    BusMessage first = corrupt(0), second;

    (void)state;
    write_letter(first, poison("no rows"));
    second = corrupt(0);
    second.topic = TOPIC ".backfill"; /* an id may come again on the other lane */
    second.partition = 1;
    second.offset = 0;
    {
        BusPartition both[] = {{TOPIC, 0}, {TOPIC ".backfill", 1}};
        Err err;

        assert_true(partitions_claim(world.rig.p.partitions, world.rig.db, both, 2, &err));
    }
    write_letter(second, poison("no columns"));
    assert_int_equal(count_of("ops.letter"), 1);
    assert_string_equal(of_letter("attempts"), "2");
    assert_string_equal(of_letter("message"), "no columns");
    assert_string_equal(of_letter("topic || ' ' || partition || ' ' || \"offset\""), TOPIC ".backfill 1 0");
    assert_string_equal(of_features(0, "version"), "2");
    assert_int_equal(pg_number(world.db, "select count(distinct event_id) from ops.outbox where topic like '%%.dlq'"),
                     2);
}

static void
the_same_failure_again_announces_no_new_version(void **state)
{
    BusMessage m = corrupt(0);

    (void)state;
    write_letter(m, poison("no rows"));
    m = corrupt(0);
    write_letter(m, poison("no rows"));
    assert_string_equal(of_letter("attempts"), "2");
    assert_string_equal(of_features(0, "version"), "1");
}

static void
a_closed_letter_opens_again_when_its_event_fails_again(void **state)
{
    BusMessage m = corrupt(0);

    (void)state;
    write_letter(m, poison("no rows"));
    m = good(0);
    (void)rig_deliver(&world.rig, &m, 1);
    assert_string_equal(of_letter("status"), "closed");
    m = corrupt(0);
    write_letter(m, poison("no rows"));
    assert_string_equal(of_letter("status"), "open");
    assert_null(of_letter("closed_at"));
    assert_string_equal(of_letter("attempts"), "2");
}

/* A message may hold anything that an event held, cut anywhere. */
static void
a_cause_that_is_no_text_is_written_all_the_same(void **state)
{
    BusMessage m = corrupt(0);

    (void)state;
    write_letter(m, poison("no player Don\xc4"));
    assert_string_equal(of_letter("message"), "no player Don?");
    assert_string_equal(of_features(0, "status"), "failed");
    assert_int_equal(position(), 1);
}

static void
a_letter_in_the_middle_of_a_broken_transaction_is_written_afterwards(void **state)
{
    BusMessage m = corrupt(0);
    bool fenced;
    Err cause = poison("no rows"), err;

    (void)state;
    pg_run(world.db, "alter table ops.letter rename to letter_away");
    assert_false(batch_write_letter(&world.rig.p, &m, &cause, world.a, &fenced, &err));
    pg_run(world.db, "alter table ops.letter_away rename to letter");
    assert_untouched(0);
    write_letter(m, cause);
    assert_int_equal(position(), 1);
    assert_string_equal(of_letter("attempts"), "1");
}

/* ---- an event whose cell alone is to blame ---- */

static BatchResult
deliver_shielded(BusMessage m)
{
    BatchResult result;
    bool fenced;
    Err err;

    if (!batch_process_shielded(&world.rig.p, &m, world.rig.a, &result, &fenced, &err))
        fail_msg("a shielded batch: %s", err.msg);
    assert_false(fenced);
    outbox_forget(world.rig.p.outbox);
    return result;
}

static void
a_broken_cell_fails_alone_and_its_event_is_a_letter(void **state)
{
    BatchResult result;

    (void)state;
    counting.poison = world.dates[0];
    result = deliver_shielded(good(0));
    assert_true(result.has_letter);
    assert_int_equal(result.cells, 0);
    assert_int_equal(position(), 1);
    assert_int_equal(count_of("ops.inbox"), 0);
    assert_int_equal(count_of("features.ml_feature_store"), 0);
    assert_string_equal(of_letter("status"), "open");
    assert_string_equal(of_letter("event_id"), EVENT);
    assert_string_equal(of_features(0, "status"), "failed");
    counting.poison = GAME_DATE_NULL;
    {
        BusMessage again = good(0);

        (void)rig_deliver(&world.rig, &again, 1);
    }
    assert_string_equal(of_letter("status"), "closed");
    assert_string_equal(of_features(0, "status"), "success");
    assert_int_equal(count_of("features.ml_feature_store"), 2);
}

static void
an_event_of_good_cells_needs_no_shield(void **state)
{
    (void)state;
    assert_false(deliver_shielded(good(0)).has_letter);
    assert_string_equal(of_features(0, "status"), "success");
    assert_int_equal(count_of("ops.letter"), 0);
    assert_int_equal(count_of("ops.inbox"), 1);
}

/* ---- what people have decided ---- */

static void
a_letter_that_a_retry_sent_and_that_comes_back_as_it_went_is_parked(void **state)
{
    (void)state;
    write_letter(corrupt(0), poison("line 12: no rows"));
    pg_run(world.db, "update ops.letter set sent_at = now()");
    write_letter(corrupt(0), poison("line 9: no rows"));
    assert_string_equal(of_letter("status"), "parked");
    assert_string_equal(of_letter("status_reason"), "came back as it went");
    assert_null(of_letter("sent_at"));
    write_letter(corrupt(0), poison("line 3: no rows")); /* a repetition of the same copy */
    assert_string_equal(of_letter("status"), "parked");
}

static void
a_letter_that_comes_back_with_another_cause_is_open(void **state)
{
    (void)state;
    write_letter(corrupt(0), poison("no rows"));
    pg_run(world.db, "update ops.letter set sent_at = now()");
    write_letter(corrupt(0), poison("no columns"));
    assert_string_equal(of_letter("status"), "open");
    assert_null(of_letter("status_reason"));
    assert_null(of_letter("sent_at"));
}

static void
a_skipped_letter_stays_skipped_until_something_else_is_wrong(void **state)
{
    BusMessage m;

    (void)state;
    write_letter(corrupt(0), poison("no rows"));
    pg_run(world.db, "update ops.letter set status = 'skipped', status_reason = 'no such game'");
    write_letter(corrupt(0), poison("no rows"));
    assert_string_equal(of_letter("status || ': ' || status_reason"), "skipped: no such game");
    write_letter(corrupt(0), poison("no columns"));
    assert_string_equal(of_letter("status"), "open");
    pg_run(world.db, "update ops.letter set status = 'skipped', status_reason = 'no such game'");
    m = good(0);
    (void)rig_deliver(&world.rig, &m, 1);
    assert_string_equal(of_letter("status"), "closed");
    assert_null(of_letter("status_reason"));
}

static void
every_attempt_is_on_record(void **state)
{
    (void)state;
    write_letter(corrupt(0), poison("no rows"));
    write_letter(corrupt(0), poison("no columns"));
    assert_string_equal(pg_string(world.db, world.a,
                                  "select string_agg(attempt || ' ' || \"offset\" || ' ' || message, ', ' order by"
                                  " attempt) from ops.letter_attempt"),
                        "1 0 no rows, 2 1 no columns");
}

static void
an_event_that_goes_out_again_waits_for_its_publication_with_its_new_bytes(void **state)
{
    const OutboxEvent first = {.topic = TOPIC, .key = "k", .event_id = "x", .type = "t", .payload = bytes_of("old", 3)};
    OutboxEvent again = first;
    Outbox *ob = world.rig.p.outbox;
    DbTx *tx = NULL;
    Err err;

    (void)state;
    again.payload = bytes_of("new", 3);
    assert_true(db_begin(world.db, &tx, &err) && outbox_append(ob, tx, &first, 1, (Instant){0}, &err)
                && db_commit(&tx, &err));
    pg_run(world.db, "update ops.outbox set incarnation = 'kafka:test:1', partition = 3, \"offset\" = 7, tx = '3',"
                     " created_at = now() - interval '1 day'");
    assert_true(db_begin(world.db, &tx, &err) && outbox_append_again(ob, tx, &again, 1, (Instant){0}, &err)
                && db_commit(&tx, &err));
    outbox_forget(ob);
    assert_int_equal(count_of("ops.outbox"), 1);
    assert_int_equal(pg_number(world.db, "select count(*) from ops.outbox where incarnation is null and partition is"
                                         " null and tx::text <> '3' and created_at > now() - interval '1 hour' and"
                                         " convert_from(payload, 'UTF8') = 'new'"),
                     1);
}

/* ---- trials ---- */

static BatchTrial
try_event(BusMessage m)
{
    BatchTrial trial;
    Err err;

    if (!batch_try(&world.rig.p, &m, world.a, &trial, &err))
        fail_msg("a trial: %s", err.msg);
    return trial;
}

static void
a_trial_says_what_would_be_and_leaves_nothing(void **state)
{
    BatchTrial trial = try_event(good(0));

    (void)state;
    assert_true(trial.would_pass);
    assert_false(trial.is_known);
    assert_int_equal(trial.cells, 1);
    assert_untouched(0);
    trial = try_event(corrupt(0));
    assert_false(trial.would_pass);
    assert_non_null(strstr(trial.cause.msg, "begins with"));
    assert_untouched(0);
    counting.poison = world.dates[0];
    trial = try_event(good(0));
    assert_false(trial.would_pass);
    assert_int_equal(trial.cause.cls, ERR_POISON);
    assert_untouched(0);
}

static void
a_trial_of_an_event_that_was_done_says_so(void **state)
{
    BusMessage m = good(0);

    (void)state;
    (void)rig_deliver(&world.rig, &m, 1);
    assert_true(try_event(good(0)).is_known);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_batch_with_one_corrupt_event_leaves_nothing),
        CLAIM(a_batch_with_one_decision_that_cannot_be_taken_leaves_nothing),
        CLAIM(a_letter_moves_the_offset_and_keeps_everything_but_an_inbox_row),
        CLAIM(a_letter_is_announced_with_its_coordinates),
        CLAIM(letters_of_one_cause_share_a_fingerprint),
        CLAIM(a_letter_fails_the_cell_that_its_event_would_have_filled),
        CLAIM(a_letter_leaves_a_cell_with_a_good_version_alone),
        CLAIM(a_letter_leaves_a_cell_out_of_scope_alone),
        CLAIM(an_event_without_an_id_is_a_letter_by_its_coordinates),
        CLAIM(a_later_success_closes_the_letter_in_the_transaction_of_its_inbox_row),
        CLAIM(a_repeated_failure_counts_attempts_and_keeps_the_latest_place),
        CLAIM(the_same_failure_again_announces_no_new_version),
        CLAIM(a_closed_letter_opens_again_when_its_event_fails_again),
        CLAIM(a_cause_that_is_no_text_is_written_all_the_same),
        CLAIM(a_letter_in_the_middle_of_a_broken_transaction_is_written_afterwards),
        CLAIM(a_broken_cell_fails_alone_and_its_event_is_a_letter),
        CLAIM(an_event_of_good_cells_needs_no_shield),
        CLAIM(a_letter_that_a_retry_sent_and_that_comes_back_as_it_went_is_parked),
        CLAIM(a_letter_that_comes_back_with_another_cause_is_open),
        CLAIM(a_skipped_letter_stays_skipped_until_something_else_is_wrong),
        CLAIM(every_attempt_is_on_record),
        CLAIM(an_event_that_goes_out_again_waits_for_its_publication_with_its_new_bytes),
        CLAIM(a_trial_says_what_would_be_and_leaves_nothing),
        CLAIM(a_trial_of_an_event_that_was_done_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
