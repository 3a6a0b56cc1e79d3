/*
 * tests/unit/test_backtest.c
 *    Claims about a backtest: no prediction knows what came of its date or later ones, every system is judged on the
 *    same rows, and every row is accounted for.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "workers/training/backtest_core.h"
#include "workers/training/backtest_svg.h"

enum { DATES = 40, PLAYERS = 60, COUNT = DATES * PLAYERS, FIRST_JUDGED = 20, STEPS_MOST = DATES };

static const GameDate first_date = {20000};

/* A league in which everybody plays every day. */
typedef struct {
    double values[COUNT][FEATURE_COUNT];
    Example examples[COUNT];
} World;

static World *
world_new(Arena *a)
{
    World *w = arena_alloc(a, sizeof *w);

    for (size_t i = 0; i < COUNT; i++) {
        const size_t player = i % PLAYERS;

        for (int f = 0; f < FEATURE_COUNT; f++)
            w->values[i][f] = 5.0 + (double)((i * 7 + (size_t)f * 3) % 20);
        w->examples[i] = (Example){
            .date = date_add(first_date, (int32_t)(i / PLAYERS)),
            .game_id = "20241005_BBB_AAA",
            .player_lookup = arena_printf(a, "player%02zu", player),
            .player_name = "A Player",
            .team = "AAA",
            .opponent = "BBB",
            .values = w->values[i],
            .value_count = FEATURE_COUNT,
            .quality_score = 90.0,
            .is_training_ready = true,
            .data_source = "mixed",
            .line = 10.5,
            .earlier_games = 10,
            .points = (double)((i * 13 + 5) % 31),
            .minutes = 30.0,
        };
    }
    return w;
}

/* What it has been trained on: the mean of that is what it predicts. */
typedef struct {
    double mean;
    size_t trainings;
    GameDate newest[STEPS_MOST]; /* date that each has seen */
} Learner;

static bool
learn(void *user, const Example *const *rows, size_t count, Err *err)
{
    Learner *l = user;
    double sum = 0.0;

    (void)err;
    for (size_t i = 0; i < count; i++)
        sum += rows[i]->points;
    l->mean = sum / (double)count;
    l->newest[l->trainings++] = rows[count - 1]->date;
    return true;
}

/* Told apart from every other mean after rounding to a tenth. */
static double
ask(void *user, const Example *e)
{
    const Learner *l = user;

    (void)e;
    return fmod(l->mean * 1000.0, 50.0);
}

static Backtest
run(const World *w, int32_t step_days, Learner *l, Arena *a)
{
    const BacktestPlan plan = {.from = date_add(first_date, FIRST_JUDGED),
                               .to = date_add(first_date, DATES - 1),
                               .step_days = step_days,
                               .least_score = TRAINING_LEAST_SCORE};
    const BacktestModel model = {.system_id = "learner", .user = l, .train = learn, .points = ask};
    Backtest b;
    Err err;

    *l = (Learner){0};
    if (!backtest_run(w->examples, COUNT, &plan, &model, a, &b, &err))
        fail_msg("%s", err.msg);
    return b;
}

/* ---- claims ---- */

/* Rows of the date whose prediction is not the same in both. */
static size_t
moved_rows(const Backtest *x, const Backtest *y, GameDate date)
{
    size_t compared = 0, moved = 0;

    for (size_t i = 0; i < x->count && x->count == y->count; i++) {
        if (!date_equal(x->rows[i].game_date, date))
            continue;
        compared++;
        moved += strcmp(x->rows[i].system_id, y->rows[i].system_id) != 0
                 || strcmp(x->rows[i].player_lookup, y->rows[i].player_lookup) != 0
                 || memcmp(&x->rows[i].predicted_points, &y->rows[i].predicted_points, sizeof(double)) != 0;
    }
    return compared == PLAYERS * x->system_count ? moved : SIZE_MAX;
}

/* What is made is freed before anything is claimed, so that a build that fails the claim leaks nothing. */
static void
nothing_from_a_date_on_moves_its_rows(void **state)
{
    Arena *a = arena_new(0);
    Learner l;
    const World *w = world_new(a);
    const Backtest before = run(w, BACKTEST_WEEK, &l, a);
    size_t moved = 0;

    (void)state;
    for (int32_t d = FIRST_JUDGED; d < DATES && moved == 0; d++) {
        const GameDate date = date_add(first_date, d);
        Arena *scratch = arena_new(0);
        World *changed = world_new(scratch);
        Backtest after;

        for (size_t i = 0; i < COUNT; i++)
            if (!date_before(changed->examples[i].date, date))
                changed->examples[i].points += 17.0;
        after = run(changed, BACKTEST_WEEK, &l, scratch);
        moved = moved_rows(&before, &after, date);
        arena_free(scratch);
    }
    arena_free(a);
    assert_int_equal(0, moved);
}

/* The claim above would hold of a model that learns nothing. */
static void
what_came_before_a_step_moves_its_rows(void **state)
{
    Arena *a = arena_new(0);
    World *w = world_new(a);
    Learner l;
    const Backtest before = run(w, BACKTEST_WEEK, &l, a);
    Backtest after;
    size_t moved = 0;

    (void)state;
    w->examples[(FIRST_JUDGED - 1) * PLAYERS].points += 17.0;
    after = run(w, BACKTEST_WEEK, &l, a);
    for (size_t i = 0; i < before.count; i++)
        if (strcmp(before.rows[i].system_id, "learner") == 0)
            moved += fabs(before.rows[i].predicted_points - after.rows[i].predicted_points) > 0.0;
    assert_int_equal((DATES - FIRST_JUDGED) * PLAYERS, moved);
    arena_free(a);
}

static void
steps_cover_every_date_once_and_train_on_what_is_before_them(void **state)
{
    Arena *a = arena_new(0);
    const World *w = world_new(a);
    Learner l;
    Backtest b = run(w, BACKTEST_WEEK, &l, a);

    (void)state;
    assert_int_equal(3, b.step_count); /* 20 dates: 7, 7, 6 */
    assert_int_equal(3, l.trainings);
    for (size_t i = 0; i < b.step_count; i++) {
        const BacktestStep *s = &b.steps[i];

        assert_int_equal(FIRST_JUDGED + 7 * (int)i, date_diff(s->from, first_date));
        assert_int_equal(i < 2 ? 6 : 5, date_diff(s->to, s->from));
        assert_int_equal(1, date_diff(s->from, l.newest[i]));
        assert_int_equal((FIRST_JUDGED + 7 * i) * PLAYERS, s->rows);
        assert_int_equal(PLAYERS * (i < 2 ? 7 : 6), s->predicted);
    }
    b = run(w, 0, &l, a);
    assert_int_equal(1, b.step_count);
    assert_int_equal(1, l.trainings);
    arena_free(a);
}

static void
every_system_is_judged_on_the_same_rows_and_every_row_is_accounted_for(void **state)
{
    Arena *a = arena_new(0);
    World *w = world_new(a);
    const size_t at = FIRST_JUDGED * PLAYERS;
    size_t all = 0;
    Learner l;
    Backtest b;

    (void)state;
    w->examples[at].line = NULL_F64;
    w->examples[at + 1].earlier_games = BACKTEST_EARLIER_GAMES - 1;
    w->examples[at + 2].minutes = 0.0;
    w->examples[at + 3].points = w->examples[at + 3].minutes = NULL_F64;
    w->examples[at + 4].required_defaults = 1;
    w->values[at + 5][FEATURE_POINTS_STD_LAST_10] = NULL_F64;
    b = run(w, BACKTEST_WEEK, &l, a);
    assert_int_equal(1, b.verdicts[BACKTEST_NO_LINE]);
    assert_int_equal(1, b.verdicts[BACKTEST_FEW_GAMES]);
    assert_int_equal(2, b.verdicts[BACKTEST_DID_NOT_PLAY]);
    assert_int_equal(2, b.verdicts[BACKTEST_NOT_BY_ALL]);
    for (int v = 0; v < BACKTEST_VERDICT_COUNT; v++)
        all += b.verdicts[v];
    assert_int_equal((DATES - FIRST_JUDGED) * PLAYERS, all);
    assert_int_equal(b.verdicts[BACKTEST_JUDGED] * b.system_count, b.count);
    for (size_t s = 0; s < b.system_count; s++)
        assert_int_equal(b.verdicts[BACKTEST_JUDGED], evaluation_figures(b.rows, b.count, b.systems[s]).count);
    arena_free(a);
}

/* Half of the players have games alike. */
static void
who_predicts_for_some_is_judged_beside_all_on_those(void **state)
{
    Arena *a = arena_new(0);
    World *w = world_new(a);
    PlayerSimilarity similar = player_similarity_null();
    const char *some;
    Learner l;
    Backtest b;

    (void)state;
    similar.baseline = 12.0;
    similar.games = 10;
    similar.avg_score = 80.0;
    similar.points_std = 5.0;
    for (size_t i = 0; i < COUNT; i += 2)
        w->examples[i].similar = &similar;
    b = run(w, BACKTEST_WEEK, &l, a);
    some = b.systems[b.system_count];
    assert_int_equal(b.system_count + 1, b.all_count);
    assert_string_equal("similarity_balanced_v1", some);
    assert_int_equal(b.verdicts[BACKTEST_JUDGED], (DATES - FIRST_JUDGED) * PLAYERS);
    assert_int_equal(b.verdicts[BACKTEST_JUDGED] / 2, evaluation_figures(b.rows, b.count, some).count);
    for (size_t s = 0; s < b.all_count; s++)
        assert_int_equal(b.verdicts[BACKTEST_JUDGED] / 2,
                         evaluation_figures(b.common, b.common_count, b.systems[s]).count);
    arena_free(a);
}

static void
too_few_rows_make_no_model_and_no_row_is_judged(void **state)
{
    Arena *a = arena_new(0);
    World *w = world_new(a);
    Learner l;
    Backtest b;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        w->examples[i].is_training_ready = i % 2 == 0;
    b = run(w, BACKTEST_WEEK, &l, a); /* 600, 810, 1020 rows */
    assert_false(b.steps[0].has_model);
    assert_false(b.steps[1].has_model);
    assert_true(b.steps[2].has_model);
    assert_int_equal(1, l.trainings);
    assert_int_equal(14 * PLAYERS, b.verdicts[BACKTEST_NO_MODEL]);
    assert_int_equal(6 * PLAYERS, b.verdicts[BACKTEST_JUDGED]);
    arena_free(a);
}

static void
the_picture_names_every_system(void **state)
{
    Arena *a = arena_new(0);
    const World *w = world_new(a);
    EvaluationFigures figures[2];
    Learner l;
    Backtest b = run(w, BACKTEST_WEEK, &l, a);
    Buf svg = {0};

    (void)state;
    for (size_t s = 0; s < 2; s++)
        figures[s] = evaluation_figures(b.rows, b.count, b.systems[s]);
    backtest_svg("a < b & c", figures, 2, &svg);
    assert_non_null(strstr(buf_cstr(&svg), ">a &lt; b &amp; c<"));
    assert_non_null(strstr(buf_cstr(&svg), ">learner<"));
    assert_non_null(strstr(buf_cstr(&svg), ">moving_average_baseline<"));
    assert_non_null(strstr(buf_cstr(&svg), "</svg>"));
    buf_clear(&svg);
    backtest_svg("nothing", figures, 0, &svg);
    assert_null(strstr(buf_cstr(&svg), "nan"));
    buf_free(&svg);
    arena_free(a);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_from_a_date_on_moves_its_rows),
        cmocka_unit_test(what_came_before_a_step_moves_its_rows),
        cmocka_unit_test(steps_cover_every_date_once_and_train_on_what_is_before_them),
        cmocka_unit_test(every_system_is_judged_on_the_same_rows_and_every_row_is_accounted_for),
        cmocka_unit_test(who_predicts_for_some_is_judged_beside_all_on_those),
        cmocka_unit_test(too_few_rows_make_no_model_and_no_row_is_judged),
        cmocka_unit_test(the_picture_names_every_system),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
