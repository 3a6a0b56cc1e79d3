/*
 * tests/unit/test_input_vector.c
 *    Claims about what a cell remembers of its inputs: it comes back whole, it is small, what cannot be read
 *    is said to be so, and what has gone on since is told exactly.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/rng.h"
#include "libcore/runtime/input_vector.h"

enum { SEASON = 165, MOST = 600 };

static GameDate
day(int32_t n)
{
    GameDate first;

    assert_true(date_make(2024, 10, 22, &first));
    return date_add(first, n);
}

/* The needs of a feature store late in a season, by (processor, date). */
static size_t
feature_needs(CellState *out)
{
    static const ProcessorId same[] = {PROC_UPCOMING_CONTEXT, PROC_TEAM_DEFENSE_ZONE, PROC_PLAYER_SHOT_ZONE,
                                       PROC_PLAYER_COMPOSITE_FACTORS, PROC_PLAYER_DAILY_CACHE};
    size_t n = 0;

    for (size_t p = 0; p < PROC_COUNT; p++) {
        for (int32_t d = 0; d < SEASON && p == PROC_GAME_SUMMARIES; d++)
            out[n++] = (CellState){.processor = (ProcessorId)p, .date = day(d), .version = 1 + d % 3};
        for (size_t i = 0; i < ARRAY_LEN(same); i++)
            if (same[i] == (ProcessorId)p)
                out[n++] = (CellState){.processor = same[i], .date = day(SEASON), .version = 2};
    }
    return n;
}

static void
assert_reads(const InputRead *reads, size_t count, const CellState *needs, size_t need_count)
{
    assert_int_equal(count, need_count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(reads[i].processor, needs[i].processor);
        assert_int_equal(reads[i].date.days, needs[i].date.days);
        assert_int_equal(reads[i].version, needs[i].version);
    }
}

/* ---- there and back ---- */

static void
every_vector_comes_back_as_it_was(void **state)
{
    Arena *a = *state;
    Rng rng = rng_seeded(77);

    for (int round = 0; round < 500; round++) {
        CellState *needs = arena_array(a, MOST, sizeof *needs);
        InputRead *reads;
        size_t n = 0, count;

        for (size_t p = 0; p < PROC_COUNT; p++)
            for (int32_t d = 0; d < 30; d++)
                if (rng_below(&rng, 4) == 0)
                    needs[n++] = (CellState){.processor = (ProcessorId)p,
                                             .date = day(d * 40 - 600),
                                             .version = (int32_t)rng_below(&rng, 100000)};
        assert_true(input_vector_decode(input_vector_encode(needs, n, a), a, &reads, &count));
        assert_reads(reads, count, needs, n);
        for (size_t i = 0; i < n; i++)
            assert_ptr_equal(input_vector_find(reads, count, needs[i].processor, needs[i].date), &reads[i]);
        arena_reset(a);
    }
}

static void
a_season_takes_few_bytes(void **state)
{
    CellState *needs = arena_array(*state, MOST, sizeof *needs);
    size_t n = feature_needs(needs);

    assert_in_range(input_vector_encode(needs, n, *state).len, 1, 2 * n + 200);
}

static void
a_cell_that_reads_nothing_has_an_empty_vector(void **state)
{
    InputRead *reads;
    size_t count;

    assert_true(input_vector_decode(input_vector_encode(NULL, 0, *state), *state, &reads, &count));
    assert_int_equal(count, 0);
    assert_null(input_vector_find(reads, count, PROC_RAW_PROPS, day(0)));
}

/* ---- what cannot be read ---- */

static void
what_is_cut_short_or_changed_is_refused_or_read_within_its_bounds(void **state)
{
    Arena *a = *state;
    CellState *needs = arena_array(a, MOST, sizeof *needs);
    size_t n = feature_needs(needs);
    Bytes whole = input_vector_encode(needs, n, a);
    Rng rng = rng_seeded(5);
    size_t refused = 0;

    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *part = arena_alloc(a, len + 1); /* a block of its own, for the sanitizer */
        InputRead *reads;
        size_t count;

        memcpy(part, whole.data, len);
        refused += !input_vector_decode(bytes_of(part, len), a, &reads, &count);
        for (int k = 0; k < 4 && len > 0; k++) {
            part[rng_below(&rng, len)] = (uint8_t)rng_below(&rng, 256);
            if (input_vector_decode(bytes_of(part, len), a, &reads, &count))
                assert_in_range(count, 0, len);
        }
    }
    assert_true(refused > whole.len / 2); /* a cut between two groups leaves a vector */
}

static void
another_form_and_an_unknown_processor_are_refused(void **state)
{
    static const uint8_t other_form[] = {2};
    static const uint8_t unknown[] = {1, 10, 'n', 'o', 'o', 'n', 'e', 2, 0, 2};
    InputRead *reads;
    size_t count;

    assert_false(input_vector_decode((Bytes){0}, *state, &reads, &count));
    assert_false(input_vector_decode(bytes_of(other_form, sizeof other_form), *state, &reads, &count));
    assert_false(input_vector_decode(bytes_of(unknown, sizeof unknown), *state, &reads, &count));
}

/* ---- what has gone on ---- */

typedef struct {
    CellState *needs;
    size_t need_count;
    InputRead *reads;
    size_t read_count;
} Read;

static Read
read_all(Arena *a)
{
    Read r = {.needs = arena_array(a, MOST, sizeof *r.needs)};

    r.need_count = feature_needs(r.needs);
    assert_true(input_vector_decode(input_vector_encode(r.needs, r.need_count, a), a, &r.reads, &r.read_count));
    return r;
}

static bool
changes(const Read *r, Arena *a, InputChange **out, size_t *count)
{
    return input_vector_changes(r->reads, r->read_count, r->needs, r->need_count, a, out, count);
}

static void
nothing_has_changed_until_a_version_has(void **state)
{
    Read r = read_all(*state);
    InputChange *out;
    size_t count;

    assert_true(changes(&r, *state, &out, &count));
    assert_int_equal(count, 0);
    r.needs[3].version += 2;
    r.needs[7].version += 1;
    r.needs[7].status = CELL_FAILED; /* what it is does not matter here */
    assert_true(changes(&r, *state, &out, &count));
    assert_int_equal(count, 2);
    assert_int_equal(out[0].date.days, r.needs[3].date.days);
    assert_int_equal(out[0].read, r.needs[3].version - 2);
    assert_int_equal(out[0].current, r.needs[3].version);
    assert_int_equal(out[1].read + 1, out[1].current);
}

static void
an_input_that_is_new_or_gone_or_went_back_cannot_be_told_by_version(void **state)
{
    Read r = read_all(*state);
    InputChange *out;
    size_t count;

    r.need_count--;
    assert_false(changes(&r, *state, &out, &count));
    r = read_all(*state);
    r.read_count--;
    assert_false(changes(&r, *state, &out, &count));
    r = read_all(*state);
    r.needs[2].date = date_add(r.needs[2].date, 700); /* one for another */
    assert_false(changes(&r, *state, &out, &count));
    r = read_all(*state);
    r.needs[2].version--;
    assert_false(changes(&r, *state, &out, &count));
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
        CLAIM(every_vector_comes_back_as_it_was),
        CLAIM(a_season_takes_few_bytes),
        CLAIM(a_cell_that_reads_nothing_has_an_empty_vector),
        CLAIM(what_is_cut_short_or_changed_is_refused_or_read_within_its_bounds),
        CLAIM(another_form_and_an_unknown_processor_are_refused),
        CLAIM(nothing_has_changed_until_a_version_has),
        CLAIM(an_input_that_is_new_or_gone_or_went_back_cannot_be_told_by_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
