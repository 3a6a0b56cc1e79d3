/*
 * tests/integration/test_table.c
 *    Claims about how a cell's rows get into a table: only what differs is touched, what changed is
 *    named, the hash is of the content alone, and everything comes back as it went in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/io/db_table.h"
#include "tables_gen.h"
#include "tests/support/pg_fixture.h"
#include "tests/support/rows.h"

enum { ROWS = 6 };

/* ---- a table of every column type; no real one has them all ---- */

typedef struct {
    GameDate game_date;
    const char *player_lookup;
    int32_t part;
    GameDate day;
    const char *word;
    int32_t small;
    int64_t big;
    double number;
    TriBool flag;
    Instant at;
    F64Array numbers;
    I32Array smalls;
    TextArray words;
    Bytes bytes;
    const char *document;
    const char *note; /* meta */
} EveryType;

#define COLUMN(name, type, role, not_null)                                                                             \
    {                                                                                                                  \
#name, type, role, not_null, offsetof(EveryType, name)                                                         \
    }

static const Column every_type_columns[] = {
    COLUMN(game_date, COL_DATE, COL_KEY, true),
    COLUMN(player_lookup, COL_TEXT, COL_KEY, true),
    COLUMN(part, COL_I32, COL_KEY, true),
    COLUMN(day, COL_DATE, COL_CONTENT, false),
    COLUMN(word, COL_TEXT, COL_CONTENT, false),
    COLUMN(small, COL_I32, COL_CONTENT, false),
    COLUMN(big, COL_I64, COL_CONTENT, false),
    COLUMN(number, COL_F64, COL_CONTENT, false),
    COLUMN(flag, COL_BOOL, COL_CONTENT, false),
    COLUMN(at, COL_TS, COL_CONTENT, false),
    COLUMN(numbers, COL_F64_ARRAY, COL_CONTENT, false),
    COLUMN(smalls, COL_I32_ARRAY, COL_CONTENT, false),
    COLUMN(words, COL_TEXT_ARRAY, COL_CONTENT, false),
    COLUMN(bytes, COL_BYTES, COL_CONTENT, false),
    COLUMN(document, COL_JSON, COL_CONTENT, false),
    COLUMN(note, COL_TEXT, COL_META, false),
};
static const TableDesc every_type = {"public.every_type", every_type_columns, ARRAY_LEN(every_type_columns),
                                     sizeof(EveryType)};
static const char create_every_type[]
    = "create table public.every_type (game_date date, player_lookup text, part integer, day date, word text,"
      " small integer, big bigint, number float8, flag boolean, at timestamptz, numbers float8[], smalls integer[],"
      " words text[], bytes bytea, document jsonb, note text, row_hash bytea not null,"
      " primary key (game_date, player_lookup, part))";

/* ---- the world ---- */

typedef struct {
    Db *db;
    Arena *a;
    GameDate date;
} World;

static World world;

static int
set_up(void **state)
{
    world = (World){.db = pg_open("test"), .a = arena_new(0)};
    *state = &world;
    pg_reset(world.db);
    pg_run(world.db, "%s", create_every_type);
    assert_true(date_make(2024, 12, 5, &world.date));
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

static const char *
owner_of(const TableDesc *t)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, "processor") == 0)
            return "the owner";
    return NULL;
}

/* Rows of the owner, where the table has owners. */
static void *
make_rows(const TableDesc *t, size_t count, unsigned first_seed)
{
    unsigned char *rows = rows_filled(t, count, world.date, first_seed, world.a);

    for (size_t i = 0; owner_of(t) != NULL && i < count; i++)
        *(const char **)row_column(t, rows + i * t->row_size, "processor") = owner_of(t);
    return rows;
}

static TableChange
replace(const TableDesc *t, const void *rows, size_t count, bool is_first)
{
    const TablePart part = {.date = world.date, .owner = owner_of(t), .is_first = is_first};
    TableChange change = {0};
    DbTx *tx = NULL;
    Err err;

    if (!db_begin(world.db, &tx, &err) || !table_replace_part(tx, t, &part, rows, count, world.a, &change, &err)
        || !db_commit(&tx, &err))
        fail_msg("%s: %s", t->name, err.msg);
    return change;
}

static void *
read_back(const TableDesc *t, size_t *count)
{
    void *rows = NULL;
    DbTx *tx = NULL;
    Err err;

    if (!db_begin(world.db, &tx, &err) || !table_read_date(tx, t, world.date, world.a, &rows, count, &err))
        fail_msg("%s: %s", t->name, err.msg);
    db_rollback(&tx);
    return rows;
}

static void
assert_stands(const TableDesc *t, const void *rows, size_t count)
{
    unsigned char *sorted = arena_alloc(world.a, (count + 1) * t->row_size);
    const unsigned char *have;
    size_t n;

    if (count > 0)
        memcpy(sorted, rows, count * t->row_size);
    table_sort_rows(t, sorted, count, world.a);
    have = read_back(t, &n);
    assert_int_equal(n, count);
    for (size_t i = 0; i < n; i++) {
        const char *column = row_differs(t, sorted + i * t->row_size, have + i * t->row_size);

        if (column != NULL)
            fail_msg("%s, row %zu: column %s came back as something else", t->name, i, column);
    }
}

static void
assert_names(TextArray names, size_t count, ...)
{
    va_list ap;

    va_start(ap, count);
    assert_int_equal(names.count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(names.items[i], va_arg(ap, const char *));
    va_end(ap);
}

static void
assert_nothing_changed(const TableChange *c)
{
    assert_false(c->changed);
    assert_int_equal(c->players.count, 0);
    assert_int_equal(c->teams.count, 0);
}

/* Which version of which row stands there: equal answers, untouched rows. */
static const char *
row_versions(const TableDesc *t)
{
    return pg_string(world.db, world.a, "select string_agg(ctid || ' ' || xmin, ',' order by ctid) from %s", t->name);
}

static bool
has_column(const TableDesc *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return true;
    return false;
}

/* ---- claims ---- */

/* What every table of the product must do, and the one with every type. */
static void
check_whole_life(const TableDesc *t)
{
    unsigned char *rows = make_rows(t, ROWS, 1);
    TableChange first = replace(t, rows, ROWS, true), again;
    const char *stood = row_versions(t);

    assert_true(first.changed);
    assert_int_equal(first.rows, ROWS);
    assert_stands(t, rows, ROWS);
    again = replace(t, rows, ROWS, false);
    assert_nothing_changed(&again);
    assert_memory_equal(again.hash, first.hash, SHA256_LEN);
    assert_string_equal(row_versions(t), stood);
    again = replace(t, make_rows(t, ROWS, 3), ROWS, false); /* two go, two come */
    assert_true(again.changed);
    assert_memory_not_equal(again.hash, first.hash, SHA256_LEN);
    assert_stands(t, make_rows(t, ROWS, 3), ROWS);
    again = replace(t, NULL, 0, false);
    assert_true(again.changed);
    assert_stands(t, NULL, 0);
}

static void
every_table_takes_its_rows_and_gives_them_back(void **state)
{
    size_t checked = 0;

    (void)state;
    check_whole_life(&every_type);
    for (size_t i = 0; all_tables[i] != NULL; i++) {
        if (has_column(all_tables[i], "game_date") && strcmp(all_tables[i]->name, "raw.schedule_game") != 0) {
            check_whole_life(all_tables[i]);
            checked++;
        }
    }
    assert_true(checked >= 15);
}

/* The database sees them as numbers and NULLs too, not only we who wrote them. */
static void
values_are_what_the_database_calls_them(void **state)
{
    EveryType *row = make_rows(&every_type, 1, 1);
    const double numbers[] = {1.5, NULL_F64};
    const char *const words[] = {"a", NULL, ""};

    (void)state;
    row->day = date_add(world.date, -30000);
    row->word = "é";
    row->small = -5;
    row->big = INT64_MIN + 1;
    row->number = 0.1;
    row->flag = BOOL_TRUE;
    row->at = (Instant){INT64_C(-86399999999)};
    row->numbers = (F64Array){numbers, 2};
    row->smalls = (I32Array){0};
    row->words = (TextArray){words, 3};
    row->bytes = bytes_of("\0\x01", 2);
    row->document = "{\"n\": [1, null]}";
    row->note = NULL;
    (void)replace(&every_type, row, 1, true);
    assert_string_equal(
        pg_string(world.db, world.a,
                  "select concat_ws('|', day, word, small, big, number, flag, at at time zone 'UTC', numbers,"
                  " smalls is null, words, bytes, document, note is null) from public.every_type"),
        "1942-10-17|é|-5|-9223372036854775807|0.1|t|1969-12-31 00:00:00.000001|{1.5,NULL}|t|{a,NULL,\"\"}|\\x0001|"
        "{\"n\": [1, null]}|t");
}

static void
nan_is_null_and_minus_zero_is_zero(void **state)
{
    EveryType *x = make_rows(&every_type, 1, 1), *y = make_rows(&every_type, 1, 1);
    const double odd[] = {-0.0, -NULL_F64, -1.0}, even[] = {0.0, NULL_F64, -1.0};
    TableChange first, second;

    (void)state;
    x->number = -0.0;
    y->number = 0.0;
    x->numbers = (F64Array){odd, 3};
    y->numbers = (F64Array){even, 3};
    first = replace(&every_type, x, 1, true);
    assert_string_equal(pg_string(world.db, world.a, "select number || ' ' || numbers::text from public.every_type"),
                        "0 {0,NULL,-1}");
    second = replace(&every_type, y, 1, false);
    assert_nothing_changed(&second);
    assert_memory_equal(first.hash, second.hash, SHA256_LEN);
    x->number = -NULL_F64;
    (void)replace(&every_type, x, 1, false);
    assert_int_equal(pg_number(world.db, "select count(*) from public.every_type where number is null"), 1);
    y->number = NULL_F64;
    second = replace(&every_type, y, 1, false);
    assert_nothing_changed(&second);
}

/* Every one of these is another content; absent and empty are not the same. */
static void
one_value_more_or_less_is_another_hash(void **state)
{
    enum { VARIANTS = 12 };
    EveryType *rows = make_rows(&every_type, VARIANTS, 2);
    const double f64s[] = {1.0, NULL_F64}, more_f64s[] = {1.0, NULL_F64, NULL_F64};
    const int32_t i32s[] = {NULL_I32};
    const char *const texts[] = {"ab", NULL}, *const other_texts[] = {"a", "b"};
    uint8_t hashes[VARIANTS][SHA256_LEN];

    (void)state;
    for (size_t i = 0; i < VARIANTS; i++) {
        rows[i] = rows[0];
        rows[i].numbers = (F64Array){f64s, 2};
        rows[i].smalls = (I32Array){i32s, 1};
        rows[i].words = (TextArray){texts, 2};
        rows[i].word = "x";
        rows[i].bytes = bytes_of("", 0);
    }
    rows[1].numbers = (F64Array){more_f64s, 3};
    rows[2].numbers = (F64Array){f64s, 1};
    rows[3].numbers = (F64Array){f64s, 0};
    rows[4].numbers = (F64Array){0};
    rows[5].smalls = (I32Array){i32s, 0};
    rows[6].words = (TextArray){other_texts, 2};
    rows[7].word = "";
    rows[8].word = NULL;
    rows[9].bytes = (Bytes){0};
    rows[10].flag = rows[0].flag == BOOL_TRUE ? BOOL_FALSE : BOOL_TRUE;
    rows[11].flag = BOOL_NULL;
    for (size_t i = 0; i < VARIANTS; i++) {
        hashes[i][0] = 0;
        (void)replace(&every_type, &rows[i], 1, false);
        assert_stands(&every_type, &rows[i], 1);
        table_row_hash(&every_type, &rows[i], hashes[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(hashes[i], hashes[j], SHA256_LEN);
    }
}

static void
one_changed_row_names_its_player_and_touches_no_other(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, ROWS, 1);
    TableChange change, first = replace(&feature_row_table, rows, ROWS, true);
    const char *others = pg_string(world.db, world.a,
                                   "select string_agg(xmin::text, ',' order by player_lookup) from"
                                   " features.ml_feature_store where player_lookup <> '%s'",
                                   rows[2].player_lookup);

    (void)state;
    assert_int_equal(first.players.count, ROWS);
    rows[2].default_feature_count++;
    change = replace(&feature_row_table, rows, ROWS, false);
    assert_true(change.changed);
    assert_names(change.players, 1, rows[2].player_lookup);
    assert_names(change.teams, 0);
    assert_false(change.is_membership_changed);
    assert_false(change.is_all);
    assert_int_equal(change.rows, ROWS);
    assert_memory_not_equal(change.hash, first.hash, SHA256_LEN);
    assert_stands(&feature_row_table, rows, ROWS);
    assert_string_equal(pg_string(world.db, world.a,
                                  "select string_agg(xmin::text, ',' order by player_lookup) from"
                                  " features.ml_feature_store where player_lookup <> '%s'",
                                  rows[2].player_lookup),
                        others);
    rows[2].default_feature_count--;
    change = replace(&feature_row_table, rows, ROWS, false);
    assert_memory_equal(change.hash, first.hash, SHA256_LEN); /* and back again */
}

static void
rows_that_come_and_go_name_their_players_in_order(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, 4, 1), now[3];
    TableChange change;

    (void)state;
    (void)replace(&feature_row_table, rows, 3, true);
    now[0] = rows[3]; /* new */
    now[1] = rows[1];
    now[2] = rows[0]; /* rows[2] is gone */
    change = replace(&feature_row_table, now, 3, false);
    assert_names(change.players, 2, rows[2].player_lookup, rows[3].player_lookup);
    assert_true(change.is_membership_changed);
    assert_stands(&feature_row_table, now, 3);
}

/* Who reads a table finds its rows by their primary key: whoever is not in it is nobody's key. */
static void
a_change_names_players_else_teams_of_the_primary_key_else_everything(void **state)
{
    TeamOffense *teams = make_rows(&team_offense_table, 3, 1);
    RawShot *shots = make_rows(&raw_shot_table, 3, 1);
    FeatureRow *players = make_rows(&feature_row_table, 3, 1);
    TableChange change;

    (void)state;
    (void)replace(&team_offense_table, teams, 3, true);
    (void)replace(&raw_shot_table, shots, 3, true);
    (void)replace(&feature_row_table, players, 3, true);
    players[1].team = "NEW"; /* no part of the key */
    change = replace(&feature_row_table, players, 3, false);
    assert_names(change.players, 1, players[1].player_lookup);
    assert_names(change.teams, 0);
    teams[1].points++;
    change = replace(&team_offense_table, teams, 3, false);
    assert_names(change.players, 0);
    assert_names(change.teams, 1, teams[1].team);
    assert_false(change.is_all);
    change = replace(&raw_shot_table, shots, 3, false);
    assert_false(change.is_all);
    shots[1].loc_x = -77.0;
    change = replace(&raw_shot_table, shots, 3, false);
    assert_true(change.is_all);
    assert_false(change.is_membership_changed);
}

/* ---- some of a cell's rows ---- */

static bool
try_update(const TableDesc *t, const void *rows, size_t count, const char *column, TextArray keys, TableChange *change,
           Err *err)
{
    const TablePart part = {.date = world.date, .owner = owner_of(t)};
    DbTx *tx = NULL;
    bool ok = db_begin(world.db, &tx, err)
              && table_update_part(tx, t, &part, rows, count, column, keys, world.a, change, err)
              && db_commit(&tx, err);

    db_rollback(&tx);
    return ok;
}

static TableChange
update(const TableDesc *t, const void *rows, size_t count, const char *column, TextArray keys)
{
    TableChange change = {0};
    Err err;

    if (!try_update(t, rows, count, column, keys, &change, &err))
        fail_msg("%s: %s", t->name, err.msg);
    return change;
}

/* A set of at most three names, NULL for none. */
static TextArray
keys_of(const char *x, const char *y, const char *z)
{
    const char **names = arena_array(world.a, 3, sizeof *names);

    names[0] = x;
    names[1] = y;
    names[2] = z;
    return key_set_sort(names, 3);
}

/* xmin and ctid of every row but that of one player. */
static const char *
versions_but(const char *player)
{
    return pg_string(world.db, world.a,
                     "select string_agg(player_lookup || xmin || ctid, ',' order by player_lookup)"
                     " from features.ml_feature_store where player_lookup <> '%s'",
                     player);
}

static void
an_update_touches_the_rows_of_its_keys_and_gives_the_hash_of_all(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, ROWS, 1);
    TableChange change, whole;
    const char *others;
    FeatureRow mine;

    (void)state;
    (void)replace(&feature_row_table, rows, ROWS, true);
    others = versions_but(rows[2].player_lookup);
    rows[2].default_feature_count++;
    mine = rows[2];
    change = update(&feature_row_table, &mine, 1, "player_lookup", keys_of(mine.player_lookup, NULL, NULL));
    assert_names(change.players, 1, mine.player_lookup);
    assert_false(change.is_membership_changed);
    assert_int_equal(change.rows, ROWS);
    assert_string_equal(versions_but(mine.player_lookup), others);
    assert_stands(&feature_row_table, rows, ROWS);
    whole = replace(&feature_row_table, rows, ROWS, false);
    assert_nothing_changed(&whole);
    assert_memory_equal(change.hash, whole.hash, SHA256_LEN);
}

/* The meta columns of a row that is not among the keys tell of the run that made it. */
static void
an_update_leaves_the_meta_columns_of_other_rows(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, 3, 1);
    TableChange change;

    (void)state;
    rows[0].as_of = rows[1].as_of = (Instant){INT64_C(1733000000000000)};
    (void)replace(&feature_row_table, rows, 3, true);
    rows[0].as_of = (Instant){INT64_C(1734000000000000)};
    change = update(&feature_row_table, &rows[0], 1, "player_lookup", keys_of(rows[0].player_lookup, NULL, NULL));
    assert_nothing_changed(&change);
    assert_stands(&feature_row_table, rows, 3);
}

static void
an_update_without_a_row_for_a_key_removes_it_and_one_with_a_new_row_adds_it(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, 4, 1), left[3];
    TableChange change, whole;

    (void)state;
    (void)replace(&feature_row_table, rows, 3, true);
    left[0] = rows[0];
    left[1] = rows[2];
    left[2] = rows[3];
    change = update(&feature_row_table, &rows[3], 1, "player_lookup",
                    keys_of(rows[1].player_lookup, rows[3].player_lookup, NULL));
    assert_names(change.players, 2, rows[1].player_lookup, rows[3].player_lookup);
    assert_true(change.is_membership_changed);
    assert_int_equal(change.rows, 3);
    assert_stands(&feature_row_table, left, 3);
    whole = replace(&feature_row_table, left, 3, false);
    assert_memory_equal(change.hash, whole.hash, SHA256_LEN);
}

static void
an_update_of_no_key_reads_nothing_and_hashes_all(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, ROWS, 1);
    TableChange first = replace(&feature_row_table, rows, ROWS, true), change;

    (void)state;
    change = update(&feature_row_table, NULL, 0, "player_lookup", (TextArray){0});
    assert_nothing_changed(&change);
    assert_int_equal(change.rows, ROWS);
    assert_memory_equal(change.hash, first.hash, SHA256_LEN);
    (void)replace(&feature_row_table, NULL, 0, false);
    first = replace(&feature_row_table, NULL, 0, false);
    change = update(&feature_row_table, NULL, 0, "player_lookup", (TextArray){0});
    assert_int_equal(change.rows, 0);
    assert_memory_equal(change.hash, first.hash, SHA256_LEN); /* of nothing, too */
}

/* Keys of several parts, and an order that is that of bytes: capitals before small letters. */
static void
an_updated_hash_is_that_of_a_replacement_in_every_table(void **state)
{
    size_t checked = 0;

    (void)state;
    for (size_t i = 0; all_tables[i] != NULL; i++) {
        const TableDesc *t = all_tables[i];
        unsigned char *rows = make_rows(t, ROWS, 1);
        TableChange first, change;
        const char *key = NULL;

        if (!has_column(t, "game_date") || strcmp(t->name, "raw.schedule_game") == 0)
            continue;
        for (size_t c = 0; c < t->column_count; c++) {
            if (t->columns[c].role != COL_KEY || t->columns[c].type != COL_TEXT
                || strcmp(t->columns[c].name, "processor") == 0)
                continue;
            key = t->columns[c].name;
            for (size_t r = 0; r < ROWS; r++) { /* Zed before abe by their bytes, not in a dictionary */
                const char **value = row_column(t, rows + r * t->row_size, key);

                *value = arena_printf(world.a, "%s%s", r % 2 == 0 ? "abe" : "Zed", *value);
            }
        }
        assert_non_null(key);
        first = replace(t, rows, ROWS, true);
        change = update(t, rows + t->row_size, 1, key,
                        keys_of(*(const char **)row_column(t, rows + t->row_size, key), NULL, NULL));
        assert_nothing_changed(&change);
        assert_int_equal(change.rows, ROWS);
        assert_memory_equal(change.hash, first.hash, SHA256_LEN);
        checked++;
    }
    assert_true(checked >= 15);
}

static void
an_update_of_another_owner_or_date_is_not_seen(void **state)
{
    SkippedEntity *mine = make_rows(&skipped_entity_table, 2, 1), *theirs = make_rows(&skipped_entity_table, 2, 1);
    TableChange first, change;
    DbTx *tx = NULL;
    Err err;

    (void)state;
    theirs[0].processor = theirs[1].processor = "somebody else";
    first = replace(&skipped_entity_table, mine, 2, true);
    assert_true(db_begin(world.db, &tx, &err) && table_insert(tx, &skipped_entity_table, theirs, 2, &err)
                && db_commit(&tx, &err));
    change = update(&skipped_entity_table, mine, 2, "entity", keys_of(mine[0].entity, mine[1].entity, NULL));
    assert_memory_equal(change.hash, first.hash, SHA256_LEN);
    change = update(&skipped_entity_table, NULL, 0, "entity", keys_of(mine[0].entity, mine[1].entity, NULL));
    assert_int_equal(change.rows, 0);
    assert_stands(&skipped_entity_table, theirs, 2);
}

static void
an_update_with_a_row_of_another_key_is_refused(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, 2, 1);
    TableChange change;
    Err err;

    (void)state;
    (void)replace(&feature_row_table, rows, 2, true);
    assert_false(try_update(&feature_row_table, rows, 2, "player_lookup", keys_of(rows[0].player_lookup, NULL, NULL),
                            &change, &err));
    assert_int_equal(err.cls, ERR_POISON);
    assert_non_null(strstr(err.msg, rows[1].player_lookup));
    assert_stands(&feature_row_table, rows, 2);
}

static void
the_hash_does_not_depend_on_the_order_of_rows(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, ROWS, 1), *mixed = arena_array(world.a, ROWS, sizeof *mixed);
    TableChange first = replace(&feature_row_table, rows, ROWS, true), change;

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        mixed[i] = rows[(i * 5 + 3) % ROWS];
    change = replace(&feature_row_table, mixed, ROWS, false);
    assert_nothing_changed(&change);
    assert_memory_equal(change.hash, first.hash, SHA256_LEN);
    change = replace(&feature_row_table, mixed, ROWS - 1, false);
    assert_memory_not_equal(change.hash, first.hash, SHA256_LEN);
}

/* A re-run that only moves a stamp changes nothing for anybody downstream; the row tells the stamp of
 * the run that made it last. */
static void
meta_columns_follow_without_changing_content(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, ROWS, 1);
    TableChange first = replace(&feature_row_table, rows, ROWS, true), change;

    (void)state;
    rows[3].as_of = (Instant){INT64_C(1734000000000000)};
    rows[4].as_of = INSTANT_NULL;
    change = replace(&feature_row_table, rows, ROWS, false);
    assert_nothing_changed(&change);
    assert_memory_equal(change.hash, first.hash, SHA256_LEN);
    assert_stands(&feature_row_table, rows, ROWS);
}

static void
another_date_and_another_owner_are_left_alone(void **state)
{
    UnresolvedName *mine = make_rows(&unresolved_name_table, 2, 1), *theirs = make_rows(&unresolved_name_table, 2, 1);
    FeatureRow *rows = make_rows(&feature_row_table, 2, 1);
    DbTx *tx = NULL;
    Err err;

    (void)state;
    theirs[0].processor = theirs[1].processor = "somebody else";
    (void)replace(&unresolved_name_table, mine, 2, true);
    assert_true(db_begin(world.db, &tx, &err) && table_insert(tx, &unresolved_name_table, theirs, 2, &err)
                && db_commit(&tx, &err));
    (void)replace(&unresolved_name_table, NULL, 0, false);
    assert_stands(&unresolved_name_table, theirs, 2);
    (void)replace(&feature_row_table, rows, 2, true);
    world.date = date_add(world.date, 1);
    (void)replace(&feature_row_table, NULL, 0, false);
    world.date = date_add(world.date, -1);
    assert_stands(&feature_row_table, rows, 2);
}

static void
two_rows_with_one_key_are_refused(void **state)
{
    FeatureRow *rows = make_rows(&feature_row_table, 3, 1);
    const TablePart part = {.date = world.date, .is_first = true};
    TableChange change = {0};
    DbTx *tx = NULL;
    Err err;

    (void)state;
    rows[2].player_lookup = rows[0].player_lookup;
    assert_true(db_begin(world.db, &tx, &err));
    assert_false(table_replace_part(tx, &feature_row_table, &part, rows, 3, world.a, &change, &err));
    assert_int_equal(err.cls, ERR_POISON);
    assert_non_null(strstr(err.msg, rows[0].player_lookup));
    db_rollback(&tx);
}

static void
an_impossible_value_is_poison_and_not_an_end(void **state)
{
    PlayerGame *rows = make_rows(&player_game_table, 2, 1);
    const TablePart part = {.date = world.date, .is_first = true};
    TableChange change = {0};
    DbTx *tx = NULL;
    Err err;

    (void)state;
    rows[1].minutes = -1.0;
    assert_true(db_begin(world.db, &tx, &err));
    assert_false(table_replace_part(tx, &player_game_table, &part, rows, 2, world.a, &change, &err));
    assert_int_equal(err.cls, ERR_POISON);
    assert_non_null(strstr(err.msg, "analytics.player_game_summary"));
    db_rollback(&tx);
}

/* More than one chunk of a COPY. */
static void
many_rows_come_back_too(void **state)
{
    enum { MANY = 3000 };
    FeatureRow *rows = make_rows(&feature_row_table, MANY, 1);
    TableChange first = replace(&feature_row_table, rows, MANY, true), change;

    (void)state;
    assert_stands(&feature_row_table, rows, MANY);
    rows[1234].days_rest = 77;
    change = replace(&feature_row_table, rows, MANY, false);
    assert_names(change.players, 1, rows[1234].player_lookup);
    assert_memory_not_equal(change.hash, first.hash, SHA256_LEN);
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(every_table_takes_its_rows_and_gives_them_back),
        CLAIM(values_are_what_the_database_calls_them),
        CLAIM(nan_is_null_and_minus_zero_is_zero),
        CLAIM(one_value_more_or_less_is_another_hash),
        CLAIM(one_changed_row_names_its_player_and_touches_no_other),
        CLAIM(rows_that_come_and_go_name_their_players_in_order),
        CLAIM(a_change_names_players_else_teams_of_the_primary_key_else_everything),
        CLAIM(an_update_touches_the_rows_of_its_keys_and_gives_the_hash_of_all),
        CLAIM(an_update_leaves_the_meta_columns_of_other_rows),
        CLAIM(an_update_without_a_row_for_a_key_removes_it_and_one_with_a_new_row_adds_it),
        CLAIM(an_update_of_no_key_reads_nothing_and_hashes_all),
        CLAIM(an_updated_hash_is_that_of_a_replacement_in_every_table),
        CLAIM(an_update_of_another_owner_or_date_is_not_seen),
        CLAIM(an_update_with_a_row_of_another_key_is_refused),
        CLAIM(the_hash_does_not_depend_on_the_order_of_rows),
        CLAIM(meta_columns_follow_without_changing_content),
        CLAIM(another_date_and_another_owner_are_left_alone),
        CLAIM(two_rows_with_one_key_are_refused),
        CLAIM(an_impossible_value_is_poison_and_not_an_end),
        CLAIM(many_rows_come_back_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
