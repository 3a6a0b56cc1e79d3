/*
 * tests/unit/test_backfill_plan.c
 *    Claims about backfill plans, on grids of every kind: each hole is found and nothing else, in an order in
 *    which everything comes after what it needs; and the readers are those of a search that knows no order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libcore/base/rng.h"
#include "libcore/runtime/backfill_plan.h"
#include "libcore/runtime/input_vector.h"

enum { DATES = 7, CELLS = PROC_COUNT * DATES, ROUNDS = 300, ROWS = 40 };

/* Seven dates, the last three of another season; ended, each from the versions that stand. */
typedef struct {
    GridCell cells[CELLS];
    BackfillAsk ask;
    Arena *a;
} Grid;

static GameDate
day(size_t n)
{
    GameDate first;

    assert_true(date_make(n < 4 ? 2024 : 2025, 12, 1, &first));
    return date_add(first, (int32_t)n);
}

static GridCell *
cell(Grid *g, ProcessorId p, size_t d)
{
    return &g->cells[(size_t)p * DATES + d];
}

static bool
needs(ProcessorId p, size_t d, ProcessorId q, size_t e)
{
    const ProcessorSpec *spec = &processor_table[p];

    for (size_t i = 0; i < spec->need_count; i++)
        if (spec->needs[i].processor == q
            && (spec->needs[i].scope == NEED_SAME_DATE ? d == e
                                                       : e < d && date_season_year(day(d)) == date_season_year(day(e))))
            return true;
    return false;
}

static void
read_what_stands(Grid *g, ProcessorId p, size_t d)
{
    CellState read[CELLS];
    size_t n = 0;

    for (size_t q = 0; q < PROC_COUNT; q++)
        for (size_t e = 0; e < DATES; e++)
            if (needs(p, d, (ProcessorId)q, e))
                read[n++] = cell(g, (ProcessorId)q, e)->read.state;
    cell(g, p, d)->read.inputs = input_vector_encode(read, n, g->a);
}

static Grid *
grid(Arena *a)
{
    Grid *g = arena_alloc(a, sizeof *g);

    g->a = a;
    for (size_t p = 0; p < PROC_COUNT; p++)
        for (size_t d = 0; d < DATES; d++)
            *cell(g, (ProcessorId)p, d) = (GridCell){.read.state = {.date = day(d),
                                                                    .processor = (ProcessorId)p,
                                                                    .is_in_scope = true,
                                                                    .status = CELL_SUCCESS,
                                                                    .version = 1,
                                                                    .expected = ROWS,
                                                                    .written = ROWS},
                                                     .exists = true,
                                                     .deadline = {1000},
                                                     .rows = ROWS};
    for (size_t p = 0; p < PROC_COUNT; p++)
        for (size_t d = 0; d < DATES; d++)
            read_what_stands(g, (ProcessorId)p, d);
    g->ask = (BackfillAsk){.from = day(0),
                           .to = day(DATES - 1),
                           .only = ONLY_BROKEN,
                           .today = date_add(day(DATES - 1), 10),
                           .now = {5000}};
    for (size_t p = 0; p < PROC_COUNT; p++)
        g->ask.processors[p] = true;
    return g;
}

static BackfillPlan
plan_of(Grid *g)
{
    return backfill_plan(g->cells, CELLS, &g->ask, g->a);
}

static size_t
date_index(GameDate d)
{
    for (size_t i = 0; i < DATES; i++)
        if (date_equal(day(i), d))
            return i;
    fail_msg("a date that is not in the grid");
    return 0;
}

static void
assert_planned(const BackfillPlan *plan, ProcessorId p, size_t d, BackfillWhy why)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->cells[i].key.processor == p && date_equal(plan->cells[i].key.date, day(d))) {
            assert_int_equal(plan->cells[i].why, why);
            return;
        }
    fail_msg("%s of date %zu is not planned", processor_table[p].name, d);
}

static bool
is_collect(size_t p)
{
    return strcmp(processor_table[p].phase, "collect") == 0;
}

static size_t
collect_processors(void)
{
    size_t n = 0;

    for (size_t p = 0; p < PROC_COUNT; p++)
        n += is_collect(p);
    return n;
}

/* ---- one thing at a time ---- */

static void
nothing_is_planned_where_everything_stands(void **state)
{
    BackfillPlan plan = plan_of(grid(*state));

    assert_int_equal(0, plan.count);
    assert_int_equal(0, plan.reader_count);
}

typedef struct {
    BackfillWhy why;
    void (*break_it)(GridCell *c);
} Breakage;

static void
lose_cell(GridCell *c)
{
    *c = (GridCell){.read.state = {.date = c->read.state.date, .processor = c->read.state.processor},
                    .deadline = INSTANT_NULL,
                    .rows = NULL_I64};
}

static void
leave_open(GridCell *c)
{
    c->read.state.status = CELL_WAITING;
    c->read.state.version = 0;
}

static void
lose_a_row(GridCell *c)
{
    c->rows--;
}

static void
fail_cell(GridCell *c)
{
    c->read.state.status = CELL_FAILED;
    c->read.state.reason = "it broke";
}

static void
mark_stale(GridCell *c)
{
    c->read.is_stale = true;
}

static const Breakage breakages[] = {
    {WHY_NO_CELL, lose_cell}, {WHY_NOT_MADE, leave_open}, {WHY_ROWS_GONE, lose_a_row},
    {WHY_FAILED, fail_cell},  {WHY_STALE, mark_stale},
};

static void
each_kind_of_hole_is_planned_with_its_reason(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(breakages); i++) {
        Grid *g = grid(*state);
        BackfillPlan plan;

        g->ask.only = 1u << breakages[i].why;
        breakages[i].break_it(cell(g, PROC_PLAYER_DAILY_CACHE, 2));
        plan = plan_of(g);
        assert_int_equal(1, plan.count);
        assert_planned(&plan, PROC_PLAYER_DAILY_CACHE, 2, breakages[i].why);
    }
}

static void
what_a_hole_makes_move_is_stale_and_read_by_the_rest(void **state)
{
    Grid *g = grid(*state);
    BackfillPlan plan;

    cell(g, PROC_RAW_SHOTS, 1)->read.state.version = 2; /* the summaries have read 1 */
    plan = plan_of(g);
    assert_planned(&plan, PROC_GAME_SUMMARIES, 1, WHY_STALE);
    assert_int_equal(1, plan.count); /* who reads the summaries has yet to hear of a new version */
    assert_true(plan.reader_count > 0);
    g->ask.only = ONLY_MISSING;
    assert_int_equal(0, plan_of(g).count);
}

static void
what_is_not_due_yet_is_not_missing(void **state)
{
    Grid *g = grid(*state);

    leave_open(cell(g, PROC_GRADING, 3));
    g->ask.only = ONLY_MISSING;
    g->ask.today = day(3);
    g->ask.now = (Instant){999}; /* before the deadline */
    assert_int_equal(0, plan_of(g).count);
    g->ask.only = ONLY_ALL;
    assert_int_equal(CELLS - 1 - DATES * collect_processors(), plan_of(g).count);
    g->ask.only = ONLY_MISSING;
    g->ask.now = (Instant){1001};
    assert_int_equal(1, plan_of(g).count);
}

static void
what_nobody_sees_is_left_alone(void **state)
{
    Grid *g = grid(*state);

    cell(g, PROC_GRADING, 3)->read.state.is_in_scope = false;
    fail_cell(cell(g, PROC_GRADING, 3));
    assert_int_equal(0, plan_of(g).count);
    cell(g, PROC_GRADING, 3)->read.state.is_unscheduled = true;
    assert_int_equal(1, plan_of(g).count);
}

static void
a_cell_without_rows_by_right_has_lost_none(void **state)
{
    Grid *g = grid(*state);

    cell(g, PROC_PREDICTIONS, 0)->read.state.status = CELL_NO_DATA;
    cell(g, PROC_PREDICTIONS, 0)->read.state.written = 0;
    cell(g, PROC_PREDICTIONS, 0)->rows = 3;
    cell(g, PROC_PREDICTIONS, 1)->rows = NULL_I64; /* nobody has counted */
    g->ask.only = ONLY_MISSING;
    assert_int_equal(0, plan_of(g).count);
}

static void
a_feed_that_failed_is_for_the_operator(void **state)
{
    Grid *g = grid(*state);
    BackfillPlan plan;

    fail_cell(cell(g, PROC_COLLECT_PROPS, 0));
    lose_cell(cell(g, PROC_COLLECT_SHOTS, 0));
    g->ask.only = ONLY_FAILED | ONLY_MISSING;
    plan = plan_of(g);
    assert_int_equal(2, plan.count);
    assert_true(plan.cells[0].is_by_operator == (plan.cells[0].key.processor == PROC_COLLECT_PROPS));
    assert_true(plan.cells[1].is_by_operator == (plan.cells[1].key.processor == PROC_COLLECT_PROPS));
}

static void
words_of_only_are_read_or_named(void **state)
{
    static const struct {
        const char *text;
        unsigned want;
    } good[] = {{"missing", ONLY_MISSING},
                {"failed", ONLY_FAILED},
                {"stale,missing", ONLY_STALE | ONLY_MISSING},
                {"missing,failed,stale", ONLY_BROKEN},
                {"all", ONLY_ALL}};
    static const struct {
        const char *text, *word;
    } bad[] = {{"", ""}, {"missin", "missin"}, {"missing,", ""}, {"failed,x,stale", "x"}, {"missing ", "missing "}};
    const char *word;
    unsigned set;
    size_t len;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(backfill_only_parse(good[i].text, &set, &word, &len));
        assert_int_equal(good[i].want, set);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(backfill_only_parse(bad[i].text, &set, &word, &len));
        assert_int_equal(strlen(bad[i].word), len);
        assert_memory_equal(bad[i].word, word, len);
    }
}

/* ---- any grid ---- */

/* What is wrong with each cell, by (processor, date). */
typedef struct {
    int why[CELLS]; /* a BackfillWhy; WHY_ASKED where nothing is wrong */
} Truth;

static void
spoil(Grid *g, Truth *t, Rng *rng)
{
    for (size_t i = 0; i < CELLS; i++) {
        const Breakage *b = &breakages[rng_below(rng, ARRAY_LEN(breakages))];

        t->why[i] = WHY_ASKED;
        if (rng_below(rng, 20) != 0)
            continue;
        b->break_it(&g->cells[i]);
        t->why[i] = (int)b->why;
    }
}

static void
ask_for_something(Grid *g, Rng *rng)
{
    size_t from = (size_t)rng_below(rng, DATES);

    g->ask.from = day(from);
    g->ask.to = day(from + (size_t)rng_below(rng, DATES - from));
    g->ask.only = rng_below(rng, 4) == 0 ? ONLY_ALL : ONLY_MISSING | (rng_below(rng, 2) == 0 ? ONLY_FAILED : 0);
    for (size_t p = 0; p < PROC_COUNT; p++)
        g->ask.processors[p] = rng_below(rng, 3) != 0;
}

static bool
is_asked(const Grid *g, size_t p, size_t d)
{
    return g->ask.processors[p] && !date_before(day(d), g->ask.from) && !date_before(g->ask.to, day(d));
}

static void
mark_plan(const BackfillPlan *plan, bool planned[CELLS], bool readers[CELLS])
{
    memset(planned, 0, CELLS);
    memset(readers, 0, CELLS);
    for (size_t i = 0; i < plan->count; i++) {
        size_t at = (size_t)plan->cells[i].key.processor * DATES + date_index(plan->cells[i].key.date);

        assert_false(planned[at]);
        planned[at] = true;
    }
    for (size_t i = 0; i < plan->reader_count; i++) {
        size_t at = (size_t)plan->readers[i].processor * DATES + date_index(plan->readers[i].date);

        assert_false(readers[at] || planned[at]);
        readers[at] = true;
    }
}

/* Until nothing is added, whatever the order. */
static void
readers_by_search(Grid *g, const bool planned[CELLS], bool out[CELLS])
{
    bool grows = true;

    memset(out, 0, CELLS);
    while (grows) {
        grows = false;
        for (size_t i = CELLS; i-- > 0;)
            for (size_t j = 0; j < CELLS && !planned[i] && !out[i] && g->cells[i].exists; j++)
                if ((planned[j] || out[j])
                    && needs((ProcessorId)(i / DATES), i % DATES, (ProcessorId)(j / DATES), j % DATES))
                    grows = out[i] = true;
    }
}

static void
assert_in_order(const BackfillPlan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        for (size_t j = i + 1; j < plan->count; j++)
            if (needs(plan->cells[i].key.processor, date_index(plan->cells[i].key.date), plan->cells[j].key.processor,
                      date_index(plan->cells[j].key.date)))
                fail_msg("%s comes before %s, which it needs", processor_table[plan->cells[i].key.processor].name,
                         processor_table[plan->cells[j].key.processor].name);
}

/* Who has read a cell that is lost or open is stale for that: so only kinds of holes that do not spread, and
 * everything. */
static void
a_plan_has_every_hole_that_is_asked_for_and_all_that_reads_it(void **state)
{
    bool planned[CELLS], readers[CELLS], wanted[CELLS];
    Rng rng = rng_seeded(20251128);

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        Arena *a = arena_new(0);
        Grid *g = grid(a);
        BackfillPlan plan;
        Truth truth;

        spoil(g, &truth, &rng);
        ask_for_something(g, &rng);
        plan = plan_of(g);
        mark_plan(&plan, planned, readers);
        for (size_t i = 0; i < CELLS; i++) {
            const bool is_wanted = (g->ask.only & 1u << truth.why[i]) != 0
                                   && !(truth.why[i] == WHY_ASKED && is_collect(i / DATES));

            assert_int_equal(planned[i], is_wanted && is_asked(g, i / DATES, i % DATES));
        }
        readers_by_search(g, planned, wanted);
        assert_memory_equal(wanted, readers, sizeof wanted);
        assert_in_order(&plan);
        arena_free(a);
    }
}

static void
the_order_in_which_cells_are_read_makes_no_difference(void **state)
{
    Rng rng = rng_seeded(7);
    Grid *g = grid(*state);
    GridCell *mixed = arena_array(g->a, CELLS, sizeof *mixed);
    BackfillPlan one, other;
    Truth truth;

    spoil(g, &truth, &rng);
    memcpy(mixed, g->cells, CELLS * sizeof *mixed);
    for (size_t i = CELLS - 1; i > 0; i--) {
        size_t j = (size_t)rng_below(&rng, i + 1);
        GridCell kept = mixed[i];

        mixed[i] = mixed[j];
        mixed[j] = kept;
    }
    one = plan_of(g);
    other = backfill_plan(mixed, CELLS, &g->ask, g->a);
    assert_true(one.count > 0);
    assert_int_equal(one.count, other.count);
    assert_int_equal(one.reader_count, other.reader_count);
    for (size_t i = 0; i < one.count; i++)
        assert_memory_equal(&one.cells[i].key, &other.cells[i].key, sizeof one.cells[i].key);
    for (size_t i = 0; i < one.reader_count; i++)
        assert_memory_equal(&one.readers[i], &other.readers[i], sizeof one.readers[i]);
}

/* ---- how long ---- */

static void
an_estimate_is_the_slowest_workers_share_or_what_the_rate_allows(void **state)
{
    Grid *g = grid(*state);
    double run_s[PROC_COUNT];
    BackfillEstimate e;
    BackfillPlan plan;

    for (size_t p = 0; p < PROC_COUNT; p++)
        run_s[p] = NULL_F64;
    run_s[PROC_RAW_PROPS] = 0.25; /* of one worker */
    run_s[PROC_RAW_SHOTS] = 0.5;
    run_s[PROC_GRADING] = 0.625;
    run_s[PROC_PUBLISH_RESULTS] = 2;
    lose_a_row(cell(g, PROC_RAW_PROPS, 0));
    lose_a_row(cell(g, PROC_RAW_SHOTS, 0));
    lose_a_row(cell(g, PROC_GRADING, 0));
    g->ask.only = ONLY_MISSING;
    plan = plan_of(g);
    e = backfill_estimate(&plan, run_s, 0);
    assert_true(e.work_s > 1.374 && e.work_s < 1.376);
    assert_true(e.least_s > 0.749 && e.least_s < 0.751);
    assert_true(e.readers_s > 1.9);
    e = backfill_estimate(&plan, run_s, 0.5);
    assert_true(e.least_s > 5.99 && e.least_s < 6.01);
}

static int
set_up(void **state)
{
    *state = arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

#define CLAIM(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(nothing_is_planned_where_everything_stands),
        CLAIM(each_kind_of_hole_is_planned_with_its_reason),
        CLAIM(what_a_hole_makes_move_is_stale_and_read_by_the_rest),
        CLAIM(what_is_not_due_yet_is_not_missing),
        CLAIM(what_nobody_sees_is_left_alone),
        CLAIM(a_cell_without_rows_by_right_has_lost_none),
        CLAIM(a_feed_that_failed_is_for_the_operator),
        CLAIM(words_of_only_are_read_or_named),
        CLAIM(a_plan_has_every_hole_that_is_asked_for_and_all_that_reads_it),
        CLAIM(the_order_in_which_cells_are_read_makes_no_difference),
        CLAIM(an_estimate_is_the_slowest_workers_share_or_what_the_rate_allows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
