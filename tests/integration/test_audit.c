/*
 * tests/integration/test_audit.c
 *    Claims about the record of what people do: it has who, what and why, it is of the change's own
 *    transaction, and nothing is made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/runtime/audit.h"
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

static bool
note(const char *reason, const char *details, bool keep, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(world.db, &tx, err) && audit_note(tx, "dlq skip", "letter 17", reason, details, err);

    if (ok && keep)
        ok = db_commit(&tx, err);
    db_rollback(&tx);
    return ok;
}

static const char *
of_note(const char *column)
{
    return pg_string(world.db, world.a, "select (%s)::text from ops.audit", column);
}

static void
a_note_says_who_what_and_why(void **state)
{
    Err err;

    (void)state;
    assert_true(note("no such game; it's \"off\"", "{\"topic\": \"feed.shots\", \"offset\": 3}", true, &err));
    assert_string_equal(of_note("command"), "dlq skip");
    assert_string_equal(of_note("target"), "letter 17");
    assert_string_equal(of_note("reason"), "no such game; it's \"off\"");
    assert_string_equal(of_note("details->'offset'"), "3");
    assert_string_equal(of_note("actor"), audit_actor(world.a));
    assert_non_null(strchr(of_note("actor"), '@'));
    assert_string_equal(of_note("now() - at < interval '1 minute'"), "true");
}

static void
what_nobody_said_is_null(void **state)
{
    Err err;

    (void)state;
    assert_true(note(NULL, NULL, true, &err));
    assert_null(of_note("reason"));
    assert_null(of_note("details"));
}

static void
a_change_that_is_rolled_back_leaves_no_note(void **state)
{
    Err err;

    (void)state;
    assert_true(note("a reason", NULL, false, &err));
    assert_int_equal(pg_number(world.db, "select count(*) from ops.audit"), 0);
}

static void
details_that_are_no_json_are_refused(void **state)
{
    Err err;

    (void)state;
    assert_false(note("a reason", "{offset: 3", true, &err));
    assert_int_equal(pg_number(world.db, "select count(*) from ops.audit"), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_note_says_who_what_and_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_nobody_said_is_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_change_that_is_rolled_back_leaves_no_note, set_up, tear_down),
        cmocka_unit_test_setup_teardown(details_that_are_no_json_are_refused, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
