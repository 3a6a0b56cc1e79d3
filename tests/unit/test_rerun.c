/*
 * tests/unit/test_rerun.c
 *    Claims about which cells are about to be made again: those of which something upstream has gone on, at
 *    any remove, and no others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/rng.h"
#include "libcore/runtime/input_vector.h"
#include "libcore/runtime/rerun.h"

enum { DATES = 6, CELLS = PROC_COUNT * DATES };

/* Every cell of six dates, ended once, each from the first version of all that it needs. */
typedef struct {
    ReadCell cells[CELLS];
    Arena *a;
} League;

static GameDate
day(size_t n)
{
    GameDate first;

    assert_true(date_make(2024, 12, 1, &first));
    return date_add(first, (int32_t)n);
}

static ReadCell *
cell(League *l, ProcessorId processor, size_t date)
{
    return &l->cells[(size_t)processor * DATES + date];
}

/* The cell reads what its needs are now. */
static void
make_again(League *l, ProcessorId processor, size_t date)
{
    const ProcessorSpec *p = &processor_table[processor];
    CellState needs[CELLS];
    size_t n = 0;

    for (size_t q = 0; q < PROC_COUNT; q++)
        for (size_t i = 0; i < p->need_count; i++)
            for (size_t d = 0; d < DATES && p->needs[i].processor == (ProcessorId)q; d++)
                if (p->needs[i].scope == NEED_SAME_DATE ? d == date : d < date)
                    needs[n++] = cell(l, (ProcessorId)q, d)->state;
    cell(l, processor, date)->inputs = input_vector_encode(needs, n, l->a);
}

static League *
league(Arena *a)
{
    League *l = arena_alloc(a, sizeof *l);

    l->a = a;
    for (size_t p = 0; p < PROC_COUNT; p++)
        for (size_t d = 0; d < DATES; d++)
            cell(l, (ProcessorId)p, d)->state = (CellState){
                .processor = (ProcessorId)p, .date = day(d), .is_in_scope = true, .status = CELL_SUCCESS, .version = 1};
    for (size_t p = 0; p < PROC_COUNT; p++)
        for (size_t d = 0; d < DATES; d++)
            make_again(l, (ProcessorId)p, d);
    return l;
}

static const CellState *
awaited(League *l, ProcessorId processor, size_t date)
{
    return rerun_awaited(rerun_board(l->cells, CELLS, l->a), &processor_table[processor], day(date));
}

static void
assert_waits_for(League *l, ProcessorId processor, size_t date, ProcessorId need, size_t need_date)
{
    const CellState *s = awaited(l, processor, date);

    assert_non_null(s);
    assert_string_equal(processor_table[s->processor].name, processor_table[need].name);
    assert_int_equal(s->date.days, day(need_date).days);
}

static void
assert_waits_for_nothing(League *l, ProcessorId processor, size_t date)
{
    const CellState *s = awaited(l, processor, date);

    if (s != NULL)
        fail_msg("%s waits for %s", processor_table[processor].name, processor_table[s->processor].name);
}

/* ---- claims ---- */

static void
nothing_is_awaited_while_everybody_has_read_what_stands(void **state)
{
    League *l = league(*state);

    for (size_t p = 0; p < PROC_COUNT; p++)
        for (size_t d = 0; d < DATES; d++)
            assert_waits_for_nothing(l, (ProcessorId)p, d);
}

/* A new context of a date reaches the features by five ways; they wait until all have been gone. */
static void
a_diamond_is_waited_for_side_by_side(void **state)
{
    League *l = league(*state);

    cell(l, PROC_UPCOMING_CONTEXT, 3)->state.version = 2;
    assert_waits_for_nothing(l, PROC_TEAM_DEFENSE_ZONE, 3);
    assert_waits_for_nothing(l, PROC_PLAYER_SHOT_ZONE, 3);
    assert_non_null(awaited(l, PROC_PLAYER_COMPOSITE_FACTORS, 3));
    assert_non_null(awaited(l, PROC_FEATURE_STORE, 3));
    make_again(l, PROC_TEAM_DEFENSE_ZONE, 3); /* to what it was: no new version */
    assert_waits_for(l, PROC_PLAYER_COMPOSITE_FACTORS, 3, PROC_PLAYER_SHOT_ZONE, 3);
    make_again(l, PROC_PLAYER_SHOT_ZONE, 3);
    cell(l, PROC_PLAYER_SHOT_ZONE, 3)->state.version = 2;
    assert_waits_for_nothing(l, PROC_PLAYER_COMPOSITE_FACTORS, 3);
    assert_waits_for_nothing(l, PROC_PLAYER_DAILY_CACHE, 3);
    assert_non_null(awaited(l, PROC_FEATURE_STORE, 3));
    make_again(l, PROC_PLAYER_COMPOSITE_FACTORS, 3);
    make_again(l, PROC_PLAYER_DAILY_CACHE, 3);
    assert_waits_for_nothing(l, PROC_FEATURE_STORE, 3);
    assert_non_null(awaited(l, PROC_PREDICTIONS, 3)); /* the features themselves are still to be made */
    assert_waits_for_nothing(l, PROC_FEATURE_STORE, 4);
}

/* What collect has taken in concerns every later date, however far it has got. */
static void
a_change_at_the_source_is_waited_for_downstream_until_it_has_arrived(void **state)
{
    static const ProcessorId chain[] = {PROC_RAW_BOXSCORES, PROC_GAME_SUMMARIES};
    League *l = league(*state);

    cell(l, PROC_COLLECT_BOXSCORES, 1)->state.version = 2;
    assert_waits_for_nothing(l, PROC_RAW_BOXSCORES, 1);
    for (size_t i = 0; i < ARRAY_LEN(chain); i++) {
        assert_waits_for(l, PROC_UPCOMING_CONTEXT, 4, PROC_GAME_SUMMARIES, 1);
        assert_waits_for_nothing(l, PROC_UPCOMING_CONTEXT, 1); /* it reads earlier dates alone */
        make_again(l, chain[i], 1);
        cell(l, chain[i], 1)->state.version = 2;
    }
    assert_waits_for_nothing(l, PROC_UPCOMING_CONTEXT, 4);
}

static void
a_change_that_comes_to_nothing_is_waited_for_no_longer(void **state)
{
    League *l = league(*state);

    cell(l, PROC_COLLECT_SHOTS, 1)->state.version = 2;
    assert_non_null(awaited(l, PROC_FEATURE_STORE, 2));
    make_again(l, PROC_RAW_SHOTS, 1); /* to the rows that it had: its version stays */
    assert_waits_for_nothing(l, PROC_FEATURE_STORE, 2);
}

static void
a_stale_cell_and_one_that_is_open_again_are_waited_for(void **state)
{
    League *l = league(*state);

    cell(l, PROC_COLLECT_BOXSCORES, 0)->is_stale = true; /* it is being collected */
    assert_waits_for(l, PROC_GAME_SUMMARIES, 0, PROC_RAW_BOXSCORES, 0);
    assert_waits_for(l, PROC_FEATURE_STORE, 5, PROC_UPCOMING_CONTEXT, 5);
    cell(l, PROC_COLLECT_BOXSCORES, 0)->is_stale = false;
    assert_waits_for_nothing(l, PROC_FEATURE_STORE, 5);
    cell(l, PROC_PREDICTIONS, 2)->state.status = CELL_WAITING;
    assert_waits_for(l, PROC_GRADING, 2, PROC_PREDICTIONS, 2);
}

/* It is made again when something new comes, and that may be never. */
static void
a_failed_cell_and_one_that_never_ended_are_not_waited_for(void **state)
{
    League *l = league(*state);

    cell(l, PROC_RAW_SHOTS, 1)->state.status = CELL_FAILED;
    cell(l, PROC_RAW_SHOTS, 1)->inputs = input_vector_encode(NULL, 0, l->a); /* a letter ended it */
    make_again(l, PROC_GAME_SUMMARIES, 1);
    assert_waits_for_nothing(l, PROC_GAME_SUMMARIES, 1);
    assert_waits_for_nothing(l, PROC_UPCOMING_CONTEXT, 2);
    cell(l, PROC_COLLECT_PROPS, 2)->state.version = 0;
    cell(l, PROC_COLLECT_PROPS, 2)->state.status = CELL_EXPECTED;
    make_again(l, PROC_RAW_PROPS, 2); /* somebody has opened its gate */
    assert_waits_for_nothing(l, PROC_UPCOMING_CONTEXT, 2);
}

static void
dates_out_of_scope_and_unscheduled_ones_are_nobodys_earlier_dates(void **state)
{
    League *l = league(*state);

    cell(l, PROC_COLLECT_BOXSCORES, 1)->state.version = 2;
    cell(l, PROC_GAME_SUMMARIES, 1)->state.is_unscheduled = true;
    assert_waits_for_nothing(l, PROC_UPCOMING_CONTEXT, 4);
    cell(l, PROC_GAME_SUMMARIES, 1)->state.is_unscheduled = false;
    cell(l, PROC_GAME_SUMMARIES, 1)->state.is_in_scope = false;
    assert_waits_for_nothing(l, PROC_UPCOMING_CONTEXT, 4);
}

/* One that an earlier build made, which kept no vectors. */
static void
a_cell_of_which_nothing_is_known_is_taken_to_stand(void **state)
{
    League *l = league(*state);

    cell(l, PROC_RAW_BOXSCORES, 1)->inputs = (Bytes){0};
    cell(l, PROC_COLLECT_BOXSCORES, 1)->state.version = 9;
    assert_waits_for_nothing(l, PROC_GAME_SUMMARIES, 1);
}

/* Whatever has gone on, cells that are made in the order of the graph once no input of theirs is awaited
 * all come to rest, each after one run: nobody waits for ever, and nobody runs twice. */
static void
everything_comes_to_rest_after_one_run_a_cell(void **state)
{
    Rng rng = rng_seeded(2024);

    for (int round = 0; round < 60; round++) {
        Arena *a = arena_new(0);
        League *l = league(a);
        bool has_run[CELLS] = {false}, moved = true;

        for (int i = 0; i < 5; i++)
            cell(l, (ProcessorId)rng_below(&rng, PROC_COUNT), rng_below(&rng, DATES))->state.version++;
        while (moved) {
            moved = false;
            for (size_t i = 0; i < CELLS; i++) {
                const CellState *s = &l->cells[i].state;
                ReadCell probe = l->cells[i];
                size_t date = i % DATES;

                if (awaited(l, s->processor, date) != NULL)
                    continue;
                make_again(l, s->processor, date);
                if (probe.inputs.len == l->cells[i].inputs.len
                    && memcmp(probe.inputs.data, l->cells[i].inputs.data, probe.inputs.len) == 0)
                    continue; /* made from these already */
                assert_false(has_run[i]);
                has_run[i] = moved = true;
                l->cells[i].state.version += rng_below(&rng, 2) == 0; /* or it is what it was */
            }
        }
        for (size_t p = 0; p < PROC_COUNT; p++)
            for (size_t d = 0; d < DATES; d++)
                assert_waits_for_nothing(l, (ProcessorId)p, d);
        arena_free(a);
    }
    (void)state;
}

static void
upstream_is_everything_at_any_remove_and_nothing_else(void **state)
{
    ProcessorId out[PROC_COUNT];

    (void)state;
    assert_int_equal(rerun_upstream(PROC_COLLECT_PROPS, out), 0);
    assert_int_equal(rerun_upstream(PROC_RAW_SHOTS, out), 1);
    assert_int_equal(out[0], PROC_COLLECT_SHOTS);
    assert_int_equal(rerun_upstream(PROC_GAME_SUMMARIES, out), 4);
    for (size_t i = 0, n = rerun_upstream(PROC_FEATURE_STORE, out); i < n; i++) {
        assert_int_not_equal(out[i], PROC_FEATURE_STORE);
        assert_int_not_equal(out[i], PROC_PREDICTIONS);
        assert_int_not_equal(out[i], PROC_GRADING);
    }
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
        CLAIM(nothing_is_awaited_while_everybody_has_read_what_stands),
        CLAIM(a_diamond_is_waited_for_side_by_side),
        CLAIM(a_change_at_the_source_is_waited_for_downstream_until_it_has_arrived),
        CLAIM(a_change_that_comes_to_nothing_is_waited_for_no_longer),
        CLAIM(a_stale_cell_and_one_that_is_open_again_are_waited_for),
        CLAIM(a_failed_cell_and_one_that_never_ended_are_not_waited_for),
        CLAIM(dates_out_of_scope_and_unscheduled_ones_are_nobodys_earlier_dates),
        CLAIM(a_cell_of_which_nothing_is_known_is_taken_to_stand),
        CLAIM(everything_comes_to_rest_after_one_run_a_cell),
        CLAIM(upstream_is_everything_at_any_remove_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
