/*
 * tests/unit/test_event_filter.c
 *    Claims about filters of events: what each operator means, how words bind, what is refused and where; a
 *    filter that is written down and read again means the same; and spoilt ones are refused or read, no more.
 */
#include <stdio.h>
#include "libcore/base/bytes.h"
#include "libcore/runtime/event_filter.h"
#include "spoil.h"

enum { TREES = 4000, ROUNDS = 60000 };

/* ---- one event ---- */

static const FilterValue players[] = {{.kind = FILTER_TEXT, .text = "ann"}, {.kind = FILTER_TEXT, .text = "Bob Lee"}};
static const struct {
    const char *field;
    FilterValue value;
} event[] = {
    {"status", {.kind = FILTER_TEXT, .text = "failed"}}, {"reason", {.kind = FILTER_NULL}},
    {"written", {.kind = FILTER_NUMBER, .number = 12}},  {"share", {.kind = FILTER_NUMBER, .number = -0.5}},
    {"is_late", {.kind = FILTER_BOOL, .truth = true}},   {"game_date", {.kind = FILTER_TEXT, .text = "2025-11-02"}},
    {"season", {.kind = FILTER_TEXT, .text = "2025"}},   {"header.ce_source", {.kind = FILTER_TEXT, .text = "raw"}},
};

static const FilterValue *
lookup(void *ctx, const char *field, size_t *count)
{
    (void)ctx;
    *count = 0;
    if (strcmp(field, "players") == 0) {
        *count = ARRAY_LEN(players);
        return players;
    }
    for (size_t i = 0; i < ARRAY_LEN(event); i++) {
        if (strcmp(event[i].field, field) == 0) {
            *count = 1;
            return &event[i].value;
        }
    }
    return NULL;
}

static bool
holds(const char *text)
{
    Arena *a = arena_new(0);
    Err err = {0};
    const EventFilter *f = event_filter_parse(text, a, &err);
    bool answer;

    if (f == NULL)
        fail_msg("%s: %s", text, err.msg);
    answer = event_filter_holds(f, lookup, NULL);
    arena_free(a);
    return answer;
}

static void
every_operator_means_what_it_says(void **state)
{
    static const struct {
        const char *text;
        bool want;
    } cases[] = {
        {"status = failed", true},
        {"status=failed", true},
        {"status = 'failed'", true},
        {"status = \"Failed\"", false},
        {"status != failed", false},
        {"status != success", true},
        {"status ~ AIL", true},
        {"status ~ fails", false},
        {"status ~ ''", true},
        {"written = 12", true},
        {"written = 12.0", true},
        {"written < 12", false},
        {"written <= 12", true},
        {"written > 11.5", true},
        {"written >= 1e2", false},
        {"share < 0", true},
        {"share = -0.5", true},
        {"is_late = true", true},
        {"is_late = FALSE", false},
        {"is_late != true", false},
        {"game_date > 2025-11-01", true},
        {"game_date < 2025-11-02", false},
        {"game_date = 2025-11-02", true},
        {"season = 2025", true}, /* a text beside a number: as it was typed */
        {"season = 2025.0", false},
        {"reason = null", true},
        {"reason != null", false},
        {"reason = 'null'", false},
        {"reason < 5", false},
        {"reason <= null", false},
        {"nothing_of_that_name = null", true},
        {"nothing_of_that_name = 1", false},
        {"nothing_of_that_name != 1", true},
        {"written = failed", false},
        {"written ~ 1", false},
        {"players = ann", true},
        {"players != ann", false},
        {"players = 'Bob Lee'", true},
        {"players = carl", false},
        {"players ~ LEE", true},
        {"header.ce_source = raw", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (holds(cases[i].text) != cases[i].want)
            fail_msg("%s should %shold", cases[i].text, cases[i].want ? "" : "not ");
}

static void
not_binds_closer_than_and_and_that_closer_than_or(void **state)
{
    (void)state;
    assert_true(holds("written = 12 or written = 13 and written = 14"));
    assert_false(holds("(written = 12 or written = 13) and written = 14"));
    assert_false(holds("not written = 12 and written = 12"));
    assert_true(holds("not (written = 12 and written = 13)"));
    assert_true(holds("NOT written = 13 AND written = 12"));
    assert_true(holds("not not written = 12"));
    assert_true(holds("((((written = 12))))"));
    assert_true(holds("status='failed'and(written=12)"));
}

static void
a_quote_is_doubled_in_its_text(void **state)
{
    (void)state;
    assert_true(holds("status != 'it''s'"));
    assert_true(holds("status != \"a \"\" b\""));
    assert_true(holds("status != 'a \" b'"));
}

static void
what_is_no_filter_is_refused_and_the_place_named(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } cases[] = {
        {"", 1},
        {"status", 7},
        {"status =", 9},
        {"= failed", 1},
        {"status == x", 9},
        {"(status = x", 12},
        {"status = x)", 11},
        {"status = x y = z", 12},
        {"status = 'x", 12},
        {"status = x and", 15},
        {"not", 4},
        {"status <> x", 9},
    };
    Arena *a = arena_new(0);
    Err err;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char place[48];

        assert_null(event_filter_parse(cases[i].text, a, &err));
        (void)snprintf(place, sizeof place, "at character %zu ", cases[i].at);
        if (strstr(err.msg, place) == NULL)
            fail_msg("'%s': %s", cases[i].text, err.msg);
    }
    arena_free(a);
}

static void
nesting_and_length_have_a_bound(void **state)
{
    Arena *a = arena_new(0);
    char deep[512], *large = arena_array(a, 8192, 1);
    Err err;

    (void)state;
    memset(deep, '(', 200);
    (void)snprintf(deep + 200, sizeof deep - 200, "a = 1");
    assert_null(event_filter_parse(deep, a, &err));
    assert_non_null(strstr(err.msg, "nested too deeply"));
    memset(large, ' ', 8000);
    assert_null(event_filter_parse(large, a, &err));
    assert_non_null(strstr(err.msg, "longer than"));
    arena_free(a);
}

static void
count_field(void *ctx, const char *field)
{
    (void)field;
    ++*(size_t *)ctx;
}

static void
every_field_is_named(void **state)
{
    Arena *a = arena_new(0);
    size_t n = 0;
    Err err;

    (void)state;
    event_filter_fields(event_filter_parse("a = 1 or not (b.c < 2 and a ~ x)", a, &err), count_field, &n);
    assert_int_equal(3, n);
    arena_free(a);
}

/* ---- any filter ---- */

/* Writes a random filter down and says what it must answer. */
static bool
write_tree(Rng *rng, int depth, Buf *out)
{
    static const struct {
        const char *text;
        bool want;
    } leaves[] = {{"status = failed", true}, {"written > 12", false},  {"players ~ \"bob\"", true},
                  {"reason != null", false}, {"is_late = true", true}, {"nowhere > 'a'", false}};
    bool x, y;

    switch (depth == 0 ? 0 : rng_below(rng, 4)) {
    case 1:
        buf_put_str(out, "not (");
        x = write_tree(rng, depth - 1, out);
        buf_put_str(out, ")");
        return !x;
    case 2:
    case 3: {
        const bool is_and = rng_below(rng, 2) == 0;

        buf_put_str(out, "(");
        x = write_tree(rng, depth - 1, out);
        buf_put_str(out, is_and ? ") and (" : ")or(");
        y = write_tree(rng, depth - 1, out);
        buf_put_str(out, ")");
        return is_and ? x && y : x || y;
    }
    default: {
        const size_t i = (size_t)rng_below(rng, ARRAY_LEN(leaves));

        buf_put_str(out, leaves[i].text);
        return leaves[i].want;
    }
    }
}

static void
a_filter_means_what_it_was_written_for(void **state)
{
    Rng rng = fuzz_rng();
    size_t answers[2] = {0};

    (void)state;
    for (int i = 0; i < TREES; i++) {
        Buf text = {0};
        const bool want = write_tree(&rng, 6, &text);

        if (text.len < 4000) {
            if (holds(buf_cstr(&text)) != want)
                fail_msg("%s should %shold", buf_cstr(&text), want ? "" : "not ");
            answers[want]++;
        }
        buf_free(&text);
    }
    assert_true(answers[0] > TREES / 10 && answers[1] > TREES / 10);
}

static void
a_spoilt_filter_is_read_or_refused(void **state)
{
    static const char *const originals[] = {
        "game_date >= 2025-11-01 and (status = failed or rejected > 0) and not header.ce_source = raw",
        "players.name ~ 'O''Neal' or event.offset <= 12e3 or x = null",
        "not not (a = \"b\" and c != 'd')",
    };
    Rng rng = fuzz_rng();
    Tally tally = {0};

    (void)state;
    for (uint64_t round = fuzz_rounds(ROUNDS); round > 0; round--) {
        Buf text = spoilt(&rng, bytes_of_str(originals[rng_below(&rng, ARRAY_LEN(originals))]));
        Arena *a = arena_new(0);
        Err err = {0};
        const EventFilter *f = event_filter_parse(buf_cstr(&text), a, &err);

        count(&tally, f != NULL);
        if (f != NULL)
            (void)event_filter_holds(f, lookup, NULL);
        else
            assert_true(err.cls == ERR_CONFIG && strstr(err.msg, "filter") != NULL);
        arena_free(a);
        buf_free(&text);
    }
    expect_both(&tally);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operator_means_what_it_says),
        cmocka_unit_test(not_binds_closer_than_and_and_that_closer_than_or),
        cmocka_unit_test(a_quote_is_doubled_in_its_text),
        cmocka_unit_test(what_is_no_filter_is_refused_and_the_place_named),
        cmocka_unit_test(nesting_and_length_have_a_bound),
        cmocka_unit_test(every_field_is_named),
        cmocka_unit_test(a_filter_means_what_it_was_written_for),
        cmocka_unit_test(a_spoilt_filter_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
