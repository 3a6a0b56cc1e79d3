/*
 * tests/unit/test_key_set.c
 *    Claims about sets of names, and about whom a change of rows concerns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/key_set.h"
#include "libcore/base/rng.h"
#include "libcore/io/table_diff.h"
#include "tables_gen.h"

enum { NAMES = 40 };

/* Some of forty names, a few of them more than once, in any order; has[i] tells which. */
static TextArray
some_names(Rng *rng, bool has[NAMES], Arena *a)
{
    size_t count = rng_below(rng, NAMES), n = 0;
    const char **items = arena_array(a, count + 2, sizeof *items);

    memset(has, 0, NAMES * sizeof *has);
    items[n++] = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t name = rng_below(rng, NAMES);

        has[name] = true;
        items[n++] = arena_printf(a, "%c%zu", name % 2 == 0 ? 'Z' : 'a', name);
    }
    return key_set_sort(items, n);
}

static void
assert_is(TextArray set, const bool has[NAMES], Arena *a)
{
    int32_t count = 0;

    for (size_t i = 0; i < NAMES; i++) {
        count += has[i];
        assert_int_equal(key_set_has(set, arena_printf(a, "%c%zu", i % 2 == 0 ? 'Z' : 'a', i)), has[i]);
    }
    assert_int_equal(set.count, count);
    for (int32_t i = 1; i < set.count; i++)
        assert_true(strcmp(set.items[i - 1], set.items[i]) < 0);
}

static void
a_set_has_each_of_its_names_once_and_no_other(void **state)
{
    Arena *a = *state;
    Rng rng = rng_seeded(11);

    for (int i = 0; i < 300; i++) {
        bool has[NAMES];

        assert_is(some_names(&rng, has, a), has, a);
        arena_reset(a);
    }
    assert_false(key_set_has((TextArray){0}, "anybody"));
    assert_false(key_set_has((TextArray){0}, NULL));
}

static void
a_union_has_what_either_has(void **state)
{
    Arena *a = *state;
    Rng rng = rng_seeded(12);

    for (int i = 0; i < 300; i++) {
        bool x[NAMES], y[NAMES];
        TextArray set = key_set_union(some_names(&rng, x, a), some_names(&rng, y, a), a);

        for (size_t k = 0; k < NAMES; k++)
            x[k] |= y[k];
        assert_is(set, x, a);
        arena_reset(a);
    }
}

/* ---- a change of rows ---- */

static PlayerGame
game_of(const char *lookup, const char *name, const char *team, int32_t points)
{
    PlayerGame g = player_game_null();

    g.game_date = (GameDate){20000};
    g.player_lookup = lookup;
    g.player_name = name;
    g.team = team;
    g.points = points;
    g.game_id = g.opponent = "x";
    return g;
}

static TableChange
change_of(const PlayerGame *old, size_t old_count, const PlayerGame *now, size_t now_count, Arena *a)
{
    static const char *const identity[] = {"player_name", "team", "no_such_column", NULL};
    const KeyedRows before = keyed_rows(&player_game_table, old, old_count, a);
    const KeyedRows after = keyed_rows(&player_game_table, now, now_count, a);
    TableDiff diff;

    table_diff(&player_game_table, &before, &after, identity, a, &diff);
    return diff.change;
}

static void
a_row_that_changes_is_its_players_and_one_that_comes_or_goes_is_a_membership(void **state)
{
    Arena *a = *state;
    const PlayerGame old[] = {game_of("ann", "Ann", "BOS", 10), game_of("bea", "Bea", "NYK", 7)};
    PlayerGame now[] = {game_of("bea", "Bea", "NYK", 7), game_of("ann", "Ann", "BOS", 12)};
    TableChange c = change_of(old, 2, now, 2, a);

    assert_true(c.changed);
    assert_false(c.is_membership_changed);
    assert_int_equal(c.players.count, 1);
    assert_string_equal(c.players.items[0], "ann");
    assert_int_equal(c.teams.count, 0); /* the team is no part of the key */
    c = change_of(old, 2, now, 1, a);
    assert_true(c.is_membership_changed);
    assert_string_equal(c.players.items[0], "ann");
    c = change_of(old, 1, now, 2, a);
    assert_true(c.is_membership_changed);
    assert_int_equal(c.players.count, 2);
    c = change_of(old, 2, old, 2, a);
    assert_false(c.changed);
    assert_int_equal(c.players.count, 0);
}

/* The same key, and not the same man. */
static void
a_row_that_becomes_somebody_elses_is_a_membership(void **state)
{
    Arena *a = *state;
    const PlayerGame old = game_of("ann", "Ann", "BOS", 10);
    PlayerGame other_name = old, other_team = old, no_name = old;

    other_name.player_name = "Ánn";
    other_team.team = "NYK";
    no_name.player_name = NULL;
    assert_true(change_of(&old, 1, &other_name, 1, a).is_membership_changed);
    assert_true(change_of(&old, 1, &other_team, 1, a).is_membership_changed);
    assert_true(change_of(&old, 1, &no_name, 1, a).is_membership_changed);
    assert_false(change_of(&no_name, 1, &no_name, 1, a).is_membership_changed);
}

static void
rows_are_hashed_in_the_order_of_their_keys(void **state)
{
    Arena *a = *state;
    const PlayerGame rows[] = {game_of("bea", "Bea", "NYK", 7), game_of("ann", "Ann", "BOS", 10)};
    const PlayerGame turned[] = {rows[1], rows[0]};
    const KeyedRows x = keyed_rows(&player_game_table, rows, 2, a), y = keyed_rows(&player_game_table, turned, 2, a);
    uint8_t hash_x[SHA256_LEN], hash_y[SHA256_LEN], both[2 * SHA256_LEN], by_hand[SHA256_LEN];

    keyed_rows_hash(&x, hash_x);
    keyed_rows_hash(&y, hash_y);
    assert_memory_equal(hash_x, hash_y, SHA256_LEN);
    table_row_hash(&player_game_table, &rows[1], both);
    table_row_hash(&player_game_table, &rows[0], both + SHA256_LEN);
    sha256(bytes_of(both, sizeof both), by_hand);
    assert_memory_equal(hash_x, by_hand, SHA256_LEN);
}

static int
make_arena(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int
drop_arena(void **state)
{
    arena_free(*state);
    return 0;
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, make_arena, drop_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_set_has_each_of_its_names_once_and_no_other),
        CLAIM(a_union_has_what_either_has),
        CLAIM(a_row_that_changes_is_its_players_and_one_that_comes_or_goes_is_a_membership),
        CLAIM(a_row_that_becomes_somebody_elses_is_a_membership),
        CLAIM(rows_are_hashed_in_the_order_of_their_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
