/*
 * tests/unit/test_pipeline.c
 *    Claims about the declared pipeline: topics, workers and the graph agree, and no outcome reaches
 *    what is made before its games.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tables_gen.h"
#include "workers/registry.h"

static bool
is_in(const char *const *list, const char *name)
{
    for (size_t i = 0; list[i] != NULL; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool
is_collect(const ProcessorSpec *p)
{
    return strcmp(p->phase, "collect") == 0;
}

/* ---- topics ---- */

static void
every_consumed_topic_has_an_emitter(void **state)
{
    (void)state;
    for (size_t t = 0; t < TOPIC_COUNT; t++)
        if (topic_table[t].consumers[0] != NULL && topic_table[t].emitters[0] == NULL)
            fail_msg("%s is consumed by %s and emitted by nobody", topic_table[t].name, topic_table[t].consumers[0]);
}

static void
whoever_emits_or_consumes_is_a_worker_or_a_command(void **state)
{
    static const char *const commands[] = {"collect", "backfill", NULL};

    (void)state;
    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        const char *const *lists[] = {topic_table[t].consumers, topic_table[t].emitters};

        for (size_t l = 0; l < 2; l++)
            for (size_t i = 0; lists[l][i] != NULL; i++)
                if (worker_by_name(lists[l][i]) == NULL && !is_in(commands, lists[l][i]))
                    fail_msg("%s names %s, which is no worker", topic_table[t].name, lists[l][i]);
    }
}

static void
a_topic_of_any_lane_is_known_by_its_name_and_a_dead_letter_topic_is_not(void **state)
{
    char name[TOPIC_NAME_LEN], dlq[TOPIC_NAME_LEN + 4];
    TopicId id;
    Lane lane;

    (void)state;
    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        for (int l = 0; l < LANE_COUNT; l++) {
            assert_true(topic_from_broker_name(topic_lane_name((TopicId)t, (Lane)l, name), &id, &lane));
            assert_int_equal(id, t);
            assert_int_equal(lane, l);
            (void)snprintf(dlq, sizeof dlq, "%s.dlq", name);
            assert_false(topic_from_broker_name(dlq, &id, &lane));
        }
    }
}

/* ---- workers and declarations ---- */

/* What a worker hears: the topics that it names, requests for its cells, and the completions that they need. Of collect
 * a worker hears through the manifests, which it names itself. */
static bool
hears(const WorkerSpec *w, TopicId topic)
{
    for (size_t i = 0; i < w->consume_count; i++)
        if (w->consumes[i] == topic)
            return true;
    if (topic == TOPIC_CELL_REQUEST)
        return w->cell_count > 0;
    for (size_t c = 0; c < w->cell_count; c++) {
        const ProcessorSpec *p = &processor_table[w->cells[c].processor];

        for (size_t n = 0; n < p->need_count; n++) {
            const ProcessorSpec *need = &processor_table[p->needs[n].processor];

            if (!is_collect(need) && need->completed_topic == topic)
                return true;
        }
    }
    return false;
}

static void
workers_consume_what_is_declared_and_nothing_else(void **state)
{
    (void)state;
    for (size_t w = 0; all_workers[w] != NULL; w++)
        for (size_t t = 0; t < TOPIC_COUNT; t++)
            if (hears(all_workers[w], (TopicId)t) != worker_consumes(all_workers[w]->name, (TopicId)t))
                fail_msg("%s and topics/ disagree whether it consumes %s", all_workers[w]->name, topic_table[t].name);
}

static void
a_worker_that_names_topics_has_a_handler(void **state)
{
    (void)state;
    for (size_t w = 0; all_workers[w] != NULL; w++)
        assert_int_equal(all_workers[w]->consume_count > 0, all_workers[w]->handle != NULL);
}

static void
what_needs_a_feed_hears_of_its_manifests(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROC_COUNT; i++)
        for (size_t n = 0; n < processor_table[i].need_count; n++)
            if (is_collect(&processor_table[processor_table[i].needs[n].processor]))
                assert_true(worker_consumes(processor_table[i].worker, TOPIC_FEED_MANIFEST));
}

static size_t
owners_of(ProcessorId p, const WorkerSpec **owner)
{
    size_t n = 0;

    for (size_t w = 0; all_workers[w] != NULL; w++) {
        for (size_t c = 0; c < all_workers[w]->cell_count; c++) {
            if (all_workers[w]->cells[c].processor == p) {
                *owner = all_workers[w];
                n++;
            }
        }
    }
    return n;
}

static void
every_processor_is_a_cell_of_the_one_worker_that_is_declared_for_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROC_COUNT; i++) {
        const ProcessorSpec *p = &processor_table[i];
        const WorkerSpec *owner = NULL;
        size_t owners = owners_of(p->id, &owner);

        if (owners != (is_collect(p) ? 0u : 1u) || (owner != NULL && strcmp(owner->name, p->worker) != 0))
            fail_msg("%s is declared for %s; %zu workers have it, the last is %s", p->name, p->worker, owners,
                     owner ? owner->name : "nobody");
    }
}

static void
completions_are_emitted_by_the_workers_of_their_phase(void **state)
{
    (void)state;
    for (size_t t = 0; t < TOPIC_COUNT; t++) {
        for (size_t e = 0; topic_table[t].emitters[e] != NULL; e++) {
            bool has_processor = strcmp(topic_table[t].record, "Completion") != 0;

            for (size_t i = 0; i < PROC_COUNT; i++)
                has_processor |= processor_table[i].completed_topic == (TopicId)t
                                 && strcmp(processor_table[i].worker, topic_table[t].emitters[e]) == 0;
            assert_true(has_processor);
        }
    }
    for (size_t i = 0; i < PROC_COUNT; i++)
        assert_true(is_in(topic_table[processor_table[i].completed_topic].emitters, processor_table[i].worker));
}

/* ---- tables ---- */

static void
assert_described(const char *worker, const TableDesc *const *tables)
{
    for (size_t i = 0; tables != NULL && tables[i] != NULL; i++) {
        bool found = false;

        for (size_t t = 0; all_tables[t] != NULL; t++)
            found |= all_tables[t] == tables[i];
        if (!found)
            fail_msg("%s uses %s, which schemas/tables.def does not describe", worker, tables[i]->name);
    }
}

static void
every_table_of_a_worker_is_described(void **state)
{
    (void)state;
    for (size_t w = 0; all_workers[w] != NULL; w++) {
        const WorkerSpec *spec = all_workers[w];

        assert_described(spec->name, spec->handle_tables);
        for (size_t c = 0; c < spec->cell_count; c++) {
            assert_non_null(spec->cells[c].writes);
            assert_non_null(spec->cells[c].writes[0]);
            assert_non_null(spec->cells[c].reads);
            assert_non_null(spec->cells[c].decide);
            assert_described(spec->name, spec->cells[c].writes);
            assert_described(spec->name, spec->cells[c].reads);
        }
    }
}

static bool
has_column(const TableDesc *t, const char *name, ColumnRole role)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return t->columns[i].role == role;
    return false;
}

static size_t
writers_of(const TableDesc *t)
{
    size_t n = 0;

    for (size_t w = 0; all_workers[w] != NULL; w++)
        for (size_t c = 0; c < all_workers[w]->cell_count; c++)
            for (size_t i = 0; all_workers[w]->cells[c].writes[i] != NULL; i++)
                n += all_workers[w]->cells[c].writes[i] == t;
    return n;
}

/* A cell replaces its rows, so it must be able to tell them from another cell's. */
static void
a_table_that_several_processors_write_says_whose_each_row_is(void **state)
{
    (void)state;
    for (size_t t = 0; all_tables[t] != NULL; t++) {
        size_t writers = writers_of(all_tables[t]);

        if (writers > 0 && !has_column(all_tables[t], "game_date", COL_KEY)
            && !has_column(all_tables[t], "game_date", COL_CONTENT))
            fail_msg("%s is written by a cell and has no game_date", all_tables[t]->name);
        if (writers > 1 && !has_column(all_tables[t], "processor", COL_KEY))
            fail_msg("%s is written by %zu processors and has no processor in its key", all_tables[t]->name, writers);
    }
}

/* ---- the graph over (date, processor) ---- */

enum { DATES = 3, CELLS = DATES * PROC_COUNT };

static size_t
cell_at(size_t date, size_t processor)
{
    return date * PROC_COUNT + processor;
}

/* reach[a][b]: cell a needs cell b, through however many others. */
static void
reach_of_the_grid(bool reach[CELLS][CELLS])
{
    memset(reach, 0, CELLS * sizeof *reach);
    for (size_t d = 0; d < DATES; d++)
        for (size_t p = 0; p < PROC_COUNT; p++)
            for (size_t n = 0; n < processor_table[p].need_count; n++) {
                const Need *need = &processor_table[p].needs[n];
                size_t first = need->scope == NEED_SAME_DATE ? d : 0, last = need->scope == NEED_SAME_DATE ? d + 1 : d;

                for (size_t other = first; other < last; other++)
                    reach[cell_at(d, p)][cell_at(other, need->processor)] = true;
            }
    for (size_t via = 0; via < CELLS; via++)
        for (size_t from = 0; from < CELLS; from++)
            for (size_t to = 0; reach[from][via] && to < CELLS; to++)
                reach[from][to] |= reach[via][to];
}

static void
no_cell_needs_itself(void **state)
{
    static bool reach[CELLS][CELLS];

    (void)state;
    reach_of_the_grid(reach);
    for (size_t d = 0; d < DATES; d++)
        for (size_t p = 0; p < PROC_COUNT; p++)
            if (reach[cell_at(d, p)][cell_at(d, p)])
                fail_msg("%s is part of a cycle", processor_table[p].name);
}

static void
no_outcome_of_a_date_reaches_a_pre_game_cell_of_it_or_of_an_earlier_one(void **state)
{
    static bool reach[CELLS][CELLS];

    (void)state;
    reach_of_the_grid(reach);
    for (size_t d = 0; d < DATES; d++)
        for (size_t p = 0; p < PROC_COUNT; p++)
            for (size_t later = d; processor_table[p].is_pre_game && later < DATES; later++)
                for (size_t q = 0; q < PROC_COUNT; q++)
                    if (!processor_table[q].is_pre_game && reach[cell_at(d, p)][cell_at(later, q)])
                        fail_msg("pre_game %s needs post_game %s of a date that is not before its own",
                                 processor_table[p].name, processor_table[q].name);
}

static void
predictions_rest_on_the_outcomes_of_the_date_before(void **state)
{
    static bool reach[CELLS][CELLS];

    (void)state;
    reach_of_the_grid(reach);
    assert_true(reach[cell_at(1, PROC_PREDICTIONS)][cell_at(0, PROC_GAME_SUMMARIES)]);
    assert_true(reach[cell_at(1, PROC_PREDICTIONS)][cell_at(1, PROC_FEATURE_STORE)]);
}

static void
processors_stand_in_an_order_in_which_needs_come_first(void **state)
{
    (void)state;
    for (size_t p = 0; p < PROC_COUNT; p++) {
        assert_int_equal(processor_table[p].id, p);
        for (size_t n = 0; n < processor_table[p].need_count; n++)
            if (processor_table[p].needs[n].scope == NEED_SAME_DATE)
                assert_true((size_t)processor_table[p].needs[n].processor < p);
    }
}

static void
nothing_is_due_before_what_it_needs(void **state)
{
    (void)state;
    for (size_t p = 0; p < PROC_COUNT; p++) {
        const ProcessorSpec *self = &processor_table[p];

        for (size_t n = 0; n < self->need_count; n++) {
            const ProcessorSpec *need = &processor_table[self->needs[n].processor];

            if (self->needs[n].scope == NEED_SAME_DATE && need->is_pre_game == self->is_pre_game
                && need->deadline_hours > self->deadline_hours)
                fail_msg("%s is due before %s, which it needs", self->name, need->name);
        }
    }
}

static void
the_features_gate_is_hard_on_all_four_precompute_processors(void **state)
{
    const ProcessorSpec *features = &processor_table[PROC_FEATURE_STORE];
    size_t hard = 0;

    (void)state;
    for (size_t n = 0; n < features->need_count; n++)
        hard += strcmp(processor_table[features->needs[n].processor].phase, "precompute") == 0
                && features->needs[n].scope == NEED_SAME_DATE && features->needs[n].is_hard;
    assert_int_equal(hard, 4);
}

static const Need *
need_of(ProcessorId processor, ProcessorId need)
{
    const ProcessorSpec *p = &processor_table[processor];

    for (size_t n = 0; n < p->need_count; n++)
        if (p->needs[n].processor == need && p->needs[n].scope == NEED_SAME_DATE)
            return &p->needs[n];
    fail_msg("%s does not need %s", p->name, processor_table[need].name);
    return NULL;
}

/* As the platform that this one replaces declares them, where they bind: no minimum is above 50. */
static void
bounds_are_those_of_the_systems_it_replaces(void **state)
{
    static const struct {
        ProcessorId processor, need;
        int32_t rows;
        double hours;
    } bounds[] = {
        {PROC_PLAYER_COMPOSITE_FACTORS, PROC_UPCOMING_CONTEXT, 30, 12},
        {PROC_PLAYER_COMPOSITE_FACTORS, PROC_TEAM_DEFENSE_ZONE, 2, 24},
        {PROC_PLAYER_COMPOSITE_FACTORS, PROC_PLAYER_SHOT_ZONE, 30, 24},
        {PROC_PLAYER_DAILY_CACHE, PROC_UPCOMING_CONTEXT, 30, 12},
        {PROC_PLAYER_DAILY_CACHE, PROC_PLAYER_SHOT_ZONE, 30, 6},
        {PROC_FEATURE_STORE, PROC_TEAM_DEFENSE_ZONE, 20, 6},
        {PROC_FEATURE_STORE, PROC_PLAYER_SHOT_ZONE, 50, 6},
        {PROC_FEATURE_STORE, PROC_PLAYER_COMPOSITE_FACTORS, 50, 6},
        {PROC_FEATURE_STORE, PROC_PLAYER_DAILY_CACHE, 50, 6},
        {PROC_PREDICTIONS, PROC_FEATURE_STORE, 50, 2},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        const Need *need = need_of(bounds[i].processor, bounds[i].need);

        assert_int_equal(need->min_rows, bounds[i].rows);
        assert_true(need->max_age_h >= bounds[i].hours && need->max_age_h <= bounds[i].hours);
    }
}

/* The schedule says which earlier dates there must be; their outcomes do not age. */
static void
no_bound_is_on_earlier_dates(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROC_COUNT; i++)
        for (size_t n = 0; n < processor_table[i].need_count; n++) {
            const Need *need = &processor_table[i].needs[n];

            assert_in_range(need->min_rows, 0, 50);
            assert_true(need->scope == NEED_SAME_DATE || (need->min_rows == 0 && !(need->max_age_h > 0)));
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_consumed_topic_has_an_emitter),
        cmocka_unit_test(whoever_emits_or_consumes_is_a_worker_or_a_command),
        cmocka_unit_test(a_topic_of_any_lane_is_known_by_its_name_and_a_dead_letter_topic_is_not),
        cmocka_unit_test(workers_consume_what_is_declared_and_nothing_else),
        cmocka_unit_test(a_worker_that_names_topics_has_a_handler),
        cmocka_unit_test(what_needs_a_feed_hears_of_its_manifests),
        cmocka_unit_test(every_processor_is_a_cell_of_the_one_worker_that_is_declared_for_it),
        cmocka_unit_test(completions_are_emitted_by_the_workers_of_their_phase),
        cmocka_unit_test(every_table_of_a_worker_is_described),
        cmocka_unit_test(a_table_that_several_processors_write_says_whose_each_row_is),
        cmocka_unit_test(no_cell_needs_itself),
        cmocka_unit_test(no_outcome_of_a_date_reaches_a_pre_game_cell_of_it_or_of_an_earlier_one),
        cmocka_unit_test(predictions_rest_on_the_outcomes_of_the_date_before),
        cmocka_unit_test(processors_stand_in_an_order_in_which_needs_come_first),
        cmocka_unit_test(nothing_is_due_before_what_it_needs),
        cmocka_unit_test(the_features_gate_is_hard_on_all_four_precompute_processors),
        cmocka_unit_test(bounds_are_those_of_the_systems_it_replaces),
        cmocka_unit_test(no_bound_is_on_earlier_dates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
