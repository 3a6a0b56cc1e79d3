/*
 * tests/integration/test_letter_query.c
 *    Claims about which letters a filter means, and that a hundred thousand of them are grouped from an index, without
 *    a look at their bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/clock.h"
#include "libcore/runtime/letter_query.h"
#include "tests/support/pg_fixture.h"

typedef struct {
    Db *db;
    Arena *a;
} World;

static World world;

static int
set_up(void **state)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    *state = &world;
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

/* The query's only column, joined by spaces. */
static const char *
ask(const char *sql, const LetterFilter *f)
{
    DbParam params[LETTER_PARAMS];
    const char *text = "";
    DbTx *tx = NULL;
    DbRows *rows;
    Err err;

    letter_filter_params(f, world.a, params);
    if (!db_begin(world.db, &tx, &err) || !db_exec(tx, sql, params, LETTER_PARAMS, &rows, &err))
        fail_msg("%s", err.msg);
    for (size_t r = 0; r < db_row_count(rows); r++)
        text = arena_printf(world.a, "%s%s%s", text, r ? "\n" : "", db_get_text(rows, r, 0));
    db_rollback(&tx);
    return text;
}

static const char *
matches(LetterFilter f)
{
    return ask("select coalesce(string_agg(l.id::text, ' ' order by l.id), '') from ops.letter l where " LETTER_WHERE,
               &f);
}

/* 1: raw's, of a part of the 5th; 2: of a cell of the 6th; 3: the predictor's, of a player; 4: without a date. */
static void
lay_letters(void)
{
    pg_run(
        world.db,
        "insert into ops.letter (worker, event_id, incarnation, topic, partition, \"offset\", key, payload,"
        " error_class, error_code, message, fingerprint, build, status, status_reason, game_date, processor, attempts,"
        " last_at) values"
        " ('raw', 'a', 'i', 'feed.shots', 0, 1, '2025-11-05', '\\x0c6c6562726f6e', 'poison', '23514', 'm',"
        " 'aaaa000000000000', 'b', 'open', null, null, null, 1, now()),"
        " ('feature-store', 'b', 'i', 'precompute.completed.backfill', 0, 1, '2025-11-05', '\\x00', 'poison', 'X',"
        " 'm', 'aaab000000000000', 'b', 'parked', 'w', '2025-11-06', 'feature_store', 3, now() - interval '2 hours'),"
        " ('predictor', 'c', 'i', 'predict.request', 0, 1, 'lebron', '\\x0e6c6562726f6e73', 'fatal', '', 'm',"
        " 'bbbb000000000000', 'b', 'closed', null, null, null, 2, now()),"
        " ('raw', 'd', 'i', 'feed.shots.backfill', 0, 1, null, '\\x', 'poison', '', 'm', 'bbbb000000000000', 'b',"
        " 'skipped', 'w', null, null, 1, now())");
}

#define DATES(f, t)                                                                                                    \
    (LetterFilter)                                                                                                     \
    {                                                                                                                  \
        .from = (f), .to = (t)                                                                                         \
    }

static void
a_filter_means_these_letters(void **state)
{
    const char *open[] = {"open", "parked"};
    const int64_t ids[] = {2, 4};
    Clock *clock = clock_system_new();
    const Instant hour_ago = {clock_now(clock).us - INT64_C(3600000000)};

    (void)state;
    lay_letters();
    assert_string_equal(matches((LetterFilter){.topic = NULL}), "1 2 3 4");
    assert_string_equal(matches((LetterFilter){.ids = ids, .id_count = 2}), "2 4");
    assert_string_equal(matches((LetterFilter){.statuses = open, .status_count = 2}), "1 2");
    assert_string_equal(matches((LetterFilter){.topic = "feed.shots"}), "1 4");
    assert_string_equal(matches((LetterFilter){.topic = "feed.shots.backfill"}), "4");
    assert_string_equal(matches((LetterFilter){.worker = "raw"}), "1 4");
    assert_string_equal(matches((LetterFilter){.phase = "raw"}), "1 4");
    assert_string_equal(matches((LetterFilter){.phase = "predictions"}), "3"); /* the predictor has no processor */
    assert_string_equal(matches((LetterFilter){.phase = "raw", .worker = "predictor"}), "");
    assert_string_equal(matches(DATES("2025-11-05", "2025-11-05")), "1");
    assert_string_equal(matches(DATES("2025-11-05", "2025-11-06")), "1 2");
    assert_string_equal(matches((LetterFilter){.player = "lebron", .name = "lebron"}),
                        "1 3"); /* text of one, key of one */
    assert_string_equal(matches((LetterFilter){.player = "lebro", .name = "lebro"}), "");
    assert_string_equal(matches((LetterFilter){.cls = "fatal"}), "3");
    assert_string_equal(matches((LetterFilter){.code = "23514"}), "1");
    assert_string_equal(matches((LetterFilter){.fingerprint = "aaa"}), "1 2");
    assert_string_equal(matches((LetterFilter){.fingerprint = "aaab"}), "2");
    assert_string_equal(matches((LetterFilter){.min_attempts = 2}), "2 3");
    assert_string_equal(matches((LetterFilter){.is_before = true, .before = hour_ago}), "2");
    assert_string_equal(matches((LetterFilter){.is_after = true, .after = hour_ago}), "1 3 4");
    assert_string_equal(matches((LetterFilter){.topic = "feed.shots", .cls = "poison", .code = "23514"}), "1");
    clock_free(clock);
}

/* How many rows the largest sort of the plan has in hand, as the planner reckons. */
static long
most_sorted(const char *plan)
{
    long most = 0;

    for (const char *at = plan; (at = strstr(at, "Sort  (cost")) != NULL; at++) {
        const char *rows = strstr(at, "rows=");
        long n = rows != NULL ? strtol(rows + strlen("rows="), NULL, 10) : LONG_MAX;

        most = n > most ? n : most;
    }
    return most;
}

static void
a_hundred_thousand_letters_are_grouped_from_the_index(void **state)
{
    const char *open[] = {"open"};
    const LetterFilter filter = {.statuses = open, .status_count = 1};
    const char *plan, *first;

    (void)state;
    pg_run(
        world.db,
        "insert into ops.letter (worker, event_id, incarnation, topic, partition, \"offset\", key, payload,"
        " error_class, error_code, message, fingerprint, build, status) select 'raw', 'e' || i, 'i', 'feed.shots', 0,"
        " i, '2025-11-05', decode(repeat(md5(i::text), 30), 'hex'), 'poison', '23514', 'refused ' || i,"
        " lpad((i %% 40)::text, 16, 'f'), 'b', case when i %% 10 = 0 then 'closed' else 'open' end"
        " from generate_series(1, 100000) i");
    pg_run(world.db, "analyze ops.letter");
    assert_true(most_sorted(ask("explain " LETTER_GROUPS_SQL, &filter)) <= 1000);
    /* As after a vacuum, which no transaction can make. */
    pg_run(world.db, "set enable_seqscan = off");
    pg_run(world.db, "set enable_bitmapscan = off");
    plan = ask("explain " LETTER_GROUPS_SQL, &filter);
    assert_true(most_sorted(plan) <= 1000);
    if (strstr(plan, "Index Only Scan using letter_group") == NULL)
        fail_msg("not from the index alone:\n%s", plan);
    first = ask("select g.fingerprint || ' ' || g.n || ' ' || g.message from (" LETTER_GROUPS_SQL
                ") g(fingerprint, n, w, t, d, d_to, a, f, l, e, i, message) limit 1",
                &filter);
    /* Of the 40 causes those four whose number ends in 0 are closed. */
    assert_string_equal(first, "ffffffffffffff39 2500 refused 99999");
    assert_int_equal(pg_number(world.db, "select count(distinct fingerprint) from ops.letter where status = 'open'"),
                     36);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_filter_means_these_letters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_letters_are_grouped_from_the_index, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("letter_query", tests, NULL, NULL);
}
