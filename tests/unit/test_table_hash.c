/*
 * tests/unit/test_table_hash.c
 *    Claims about a row's content hash: what it covers, what cannot move it, what must.
 *
 * The golden hashes were made with Python's struct and hashlib, which knows nothing of ours:
 *
 *     def field(b):  # length and value; NULL has length -1
 *         return struct.pack(">i", -1) if b is None else struct.pack(">I", len(b)) + b
 *     def array(oid, items):  # as Postgres sends a one-dimensional array
 *         head = struct.pack(">III", 1 if items else 0, 1, oid)
 *         return head + (struct.pack(">II", len(items), 1) if items else b"") + b"".join(map(field, items))
 *     day = (date(2024, 12, 5) - date(2000, 1, 1)).days
 *     us = (datetime(2024, 12, 5, 19, 30) - datetime(2000, 1, 1)) // timedelta(microseconds=1)
 *     key = [struct.pack(">i", day), b"lebronjames"]
 *     full = key + [struct.pack(">i", -7), struct.pack(">q", 2**40), struct.pack(">d", 27.5), b"\1",
 *         struct.pack(">q", us), array(701, [struct.pack(">d", 1.5), None]), array(23, [struct.pack(">i", 3)]),
 *         array(25, [b"LAL", None]), b"\0\xff", b"\1" + b'{"a": 1}']
 *     for row in full, key + [None] * 10:
 *         print(hashlib.sha256(b"".join(map(field, row))).hexdigest())
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/io/db_table.h"

static const char golden_full[] = "013403c0215cf8a881cbf3398b81ab73aa5005024091f43d2d3f7a026cdc546e";
static const char golden_nulls[] = "b0793ee1bf1463c1b77bc11c4637ad622e1ab74f833a2f3e8ddae1c513adff4f";

/* One column of every type, and a meta column among them. */
typedef struct {
    GameDate date;
    const char *player;
    int32_t i32;
    int64_t i64;
    Instant made_at; /* meta */
    double f64;
    TriBool flag;
    Instant stamp;
    F64Array values;
    I32Array codes;
    TextArray teams;
    Bytes raw;
    const char *json;
    const char *note; /* meta */
} Row;

static const Column columns[] = {
    {"game_date", COL_DATE, COL_KEY, true, offsetof(Row, date)},
    {"player_lookup", COL_TEXT, COL_KEY, true, offsetof(Row, player)},
    {"i32", COL_I32, COL_CONTENT, false, offsetof(Row, i32)},
    {"i64", COL_I64, COL_CONTENT, false, offsetof(Row, i64)},
    {"made_at", COL_TS, COL_META, false, offsetof(Row, made_at)},
    {"f64", COL_F64, COL_CONTENT, false, offsetof(Row, f64)},
    {"flag", COL_BOOL, COL_CONTENT, false, offsetof(Row, flag)},
    {"stamp", COL_TS, COL_CONTENT, false, offsetof(Row, stamp)},
    {"values", COL_F64_ARRAY, COL_CONTENT, false, offsetof(Row, values)},
    {"codes", COL_I32_ARRAY, COL_CONTENT, false, offsetof(Row, codes)},
    {"teams", COL_TEXT_ARRAY, COL_CONTENT, false, offsetof(Row, teams)},
    {"raw", COL_BYTES, COL_CONTENT, false, offsetof(Row, raw)},
    {"json", COL_JSON, COL_CONTENT, false, offsetof(Row, json)},
    {"note", COL_TEXT, COL_META, false, offsetof(Row, note)},
};
static const TableDesc table = {"test.row", columns, ARRAY_LEN(columns), sizeof(Row)};

static const double some_values[] = {1.5, NULL_F64};
static const int32_t some_codes[] = {3};
static const char *const some_teams[] = {"LAL", NULL};

static Row
null_row(void)
{
    Row r = {.player = "lebronjames",
             .i32 = NULL_I32,
             .i64 = NULL_I64,
             .made_at = INSTANT_NULL,
             .f64 = NULL_F64,
             .flag = BOOL_NULL,
             .stamp = INSTANT_NULL};

    assert_true(date_parse("2024-12-05", &r.date));
    return r;
}

static Row
full_row(void)
{
    Row r = null_row();

    r.i32 = -7;
    r.i64 = INT64_C(1) << 40;
    r.f64 = 27.5;
    r.flag = BOOL_TRUE;
    assert_true(instant_parse("2024-12-05T19:30:00Z", &r.stamp));
    r.values = (F64Array){some_values, 2};
    r.codes = (I32Array){some_codes, 1};
    r.teams = (TextArray){some_teams, 2};
    r.raw = bytes_of("\0\xff", 2);
    r.json = "{\"a\": 1}";
    return r;
}

typedef struct {
    char hex[SHA256_HEX_LEN];
} Hash;

static Hash
hash_of(const Row *r)
{
    uint8_t raw[SHA256_LEN];
    Hash h;

    table_row_hash(&table, r, raw);
    (void)hex_encode(bytes_of(raw, sizeof raw), h.hex);
    return h;
}

static void
assert_same(const Row *a, const Row *b)
{
    assert_string_equal(hash_of(a).hex, hash_of(b).hex);
}

static void
assert_differ(const Row *a, const Row *b)
{
    assert_string_not_equal(hash_of(a).hex, hash_of(b).hex);
}

/* ---- claims ---- */

static void
a_row_with_a_value_of_every_type_has_the_golden_hash(void **state)
{
    Row r = full_row();

    (void)state;
    assert_string_equal(hash_of(&r).hex, golden_full);
}

static void
a_row_of_nulls_has_the_golden_hash(void **state)
{
    Row r = null_row();

    (void)state;
    assert_string_equal(hash_of(&r).hex, golden_nulls);
}

static void
meta_columns_do_not_move_it(void **state)
{
    Row r = full_row();

    (void)state;
    r.made_at = (Instant){INT64_C(1733427000000000)};
    r.note = "replayed";
    assert_string_equal(hash_of(&r).hex, golden_full);
}

static void
every_key_and_content_column_moves_it(void **state)
{
    static const double other_values[] = {1.5, 0.0};
    static const int32_t other_codes[] = {4};
    static const char *const other_teams[] = {"LAL", "BOS"};
    const Row full = full_row();
    Row other[12];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(other); i++)
        other[i] = full;
    other[0].date = date_add(full.date, 1);
    other[1].player = "bronnyjames";
    other[2].i32 = 7;
    other[3].i64 = 7;
    other[4].f64 = 27.500000000000004;
    other[5].flag = BOOL_FALSE;
    other[6].stamp.us++;
    other[7].values.items = other_values;
    other[8].codes.items = other_codes;
    other[9].teams.items = other_teams;
    other[10].raw = bytes_of("\0\xfe", 2);
    other[11].json = "{\"a\": 2}";
    for (size_t i = 0; i < ARRAY_LEN(other); i++)
        assert_differ(&full, &other[i]);
}

static void
minus_zero_is_zero(void **state)
{
    static const double plus[] = {0.0}, minus[] = {-0.0};
    Row a = full_row(), b = full_row();

    (void)state;
    a.f64 = 0.0;
    b.f64 = -0.0;
    assert_same(&a, &b);
    a.values = (F64Array){plus, 1};
    b.values = (F64Array){minus, 1};
    assert_same(&a, &b);
}

/* A NaN whose sign and payload are not those of the NAN that we write. */
static double
odd_nan(void)
{
    const uint64_t bits = UINT64_C(0xFFF8DEADBEEF0001);
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static void
every_nan_is_null(void **state)
{
    const double odd[] = {1.5, odd_nan()};
    Row a = full_row(), b = null_row();

    (void)state;
    a.values.items = odd;
    assert_string_equal(hash_of(&a).hex, golden_full);
    b.f64 = odd_nan();
    assert_string_equal(hash_of(&b).hex, golden_nulls);
}

static void
null_and_empty_differ(void **state)
{
    const Row nulls = null_row();
    Row r[5];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(r); i++)
        r[i] = nulls;
    r[0].json = "";
    r[1].raw = bytes_of("", 0);
    r[2].values = (F64Array){some_values, 0};
    r[3].codes = (I32Array){some_codes, 0};
    r[4].teams = (TextArray){some_teams, 0};
    for (size_t i = 0; i < ARRAY_LEN(r); i++)
        assert_differ(&nulls, &r[i]);
}

static void
an_empty_and_a_null_text_element_differ(void **state)
{
    static const char *const empty[] = {"LAL", ""};
    Row a = full_row(), b = full_row();

    (void)state;
    b.teams.items = empty;
    assert_differ(&a, &b);
}

static void
text_does_not_flow_from_one_value_into_the_next(void **state)
{
    static const char *const one[] = {"ab", "c"}, *const two[] = {"a", "bc"};
    Row a = full_row(), b = full_row();

    (void)state;
    a.teams = (TextArray){one, 2};
    b.teams = (TextArray){two, 2};
    assert_differ(&a, &b);
}

static void
zero_and_false_are_not_null(void **state)
{
    const Row nulls = null_row();
    Row r[4];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(r); i++)
        r[i] = nulls;
    r[0].i32 = 0;
    r[1].i64 = 0;
    r[2].f64 = 0.0;
    r[3].flag = BOOL_FALSE;
    for (size_t i = 0; i < ARRAY_LEN(r); i++)
        assert_differ(&nulls, &r[i]);
}

static void
rows_are_sorted_by_date_and_then_by_the_bytes_of_the_name(void **state)
{
    static const char *const sorted[] = {"Zach", "aaron", "zach", "\xc3\xa9ric"};
    static const size_t shuffled[] = {2, 0, 3, 1};
    Row rows[5];
    Arena *a = arena_new(0);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        rows[i] = null_row();
        rows[i].player = sorted[shuffled[i]];
    }
    rows[4] = null_row();
    rows[4].date = date_add(rows[4].date, -1);
    rows[4].player = "zzz";
    table_sort_rows(&table, rows, 5, a);
    assert_string_equal(rows[0].player, "zzz");
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(rows[i + 1].player, sorted[i]);
    arena_free(a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_with_a_value_of_every_type_has_the_golden_hash),
        cmocka_unit_test(a_row_of_nulls_has_the_golden_hash),
        cmocka_unit_test(meta_columns_do_not_move_it),
        cmocka_unit_test(every_key_and_content_column_moves_it),
        cmocka_unit_test(minus_zero_is_zero),
        cmocka_unit_test(every_nan_is_null),
        cmocka_unit_test(null_and_empty_differ),
        cmocka_unit_test(an_empty_and_a_null_text_element_differ),
        cmocka_unit_test(text_does_not_flow_from_one_value_into_the_next),
        cmocka_unit_test(zero_and_false_are_not_null),
        cmocka_unit_test(rows_are_sorted_by_date_and_then_by_the_bytes_of_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
