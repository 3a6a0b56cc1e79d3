/*
 * tests/unit/test_models.c
 *    Models of CatBoost and XGBoost: they predict what their libraries do, say what they are, and what cannot be
 *    evaluated or makes no sense is refused with its reason.
 */
#include "model_fixtures.h"
#include "libcore/base/rng.h"
#include "libcore/io/json_doc.h"
#include "workers/models/boosted_core.h"
#include "workers/models/flat_reader.h"
#include "workers/models/oblivious_core.h"

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

static bool
same_bits(double x, double y)
{
    return memcmp(&x, &y, sizeof x) == 0;
}

/* ---- the libraries' own predictions ---- */

static void
every_model_predicts_what_its_library_does(void **state)
{
    Arena *a = *state;
    const FixtureTable inputs = fixture_table("inputs.csv", a), expected = fixture_table("expected.csv", a);
    const float *rows = fixture_inputs(&inputs, a);
    double *got = arena_array(a, inputs.rows, sizeof *got);

    assert_int_equal(inputs.rows, expected.rows);
    assert_true(expected.columns >= 20);
    for (size_t m = 0; m < expected.columns; m++) {
        const char *name = fixture_cell(&expected, -1, m);
        Model *model = fixture_model(name, a);
        bool to_the_bit = strcmp(model_info(model)->kind, "xgboost") == 0;

        model_predict(model, rows, inputs.rows, inputs.columns, got);
        for (size_t i = 0; i < inputs.rows; i++) {
            double wanted = strtod(fixture_cell(&expected, (ptrdiff_t)i, m), NULL);

            if (to_the_bit ? !same_bits(got[i], wanted) : !(fabs(got[i] - wanted) <= 1e-6))
                fail_msg("%s, row %zu: %.17g in place of %.17g", name, i, got[i], wanted);
        }
        model_free(model);
    }
}

static size_t
number(const FixtureTable *t, size_t row, size_t column)
{
    return strtoull(fixture_cell(t, (ptrdiff_t)row, column), NULL, 10);
}

static const char *
depths_text(const ModelInfo *info, Arena *a)
{
    Buf text = {0};
    const char *copy;

    for (size_t d = 0; d <= MODEL_MOST_DEPTHS; d++)
        if (info->trees_of_depth[d] > 0)
            buf_printf(&text, "%s%zu:%zu", text.len > 0 ? " " : "", d, info->trees_of_depth[d]);
    copy = arena_strdup(a, buf_cstr(&text));
    buf_free(&text);
    return copy;
}

static void
a_model_says_what_it_is(void **state)
{
    enum { MODEL, KIND, FEATURES, TREES, DEPTHS, SPLITS, BORDERS, SCALE, BIAS };
    Arena *a = *state;
    const FixtureTable wanted = fixture_table("described.csv", a);

    assert_true(wanted.rows >= 20);
    for (size_t i = 0; i < wanted.rows; i++) {
        Model *model = fixture_model(fixture_cell(&wanted, (ptrdiff_t)i, MODEL), a);
        const ModelInfo *info = model_info(model);
        size_t splits = 0, borders = 0;

        for (size_t f = 0; f < info->feature_count; f++) {
            splits += info->features[f].splits;
            borders += info->features[f].borders;
        }
        print_message("%s\n", fixture_cell(&wanted, (ptrdiff_t)i, MODEL));
        assert_string_equal(fixture_cell(&wanted, (ptrdiff_t)i, KIND), info->kind);
        assert_int_equal(number(&wanted, i, FEATURES), info->feature_count);
        assert_int_equal(number(&wanted, i, TREES), info->tree_count);
        assert_string_equal(fixture_cell(&wanted, (ptrdiff_t)i, DEPTHS), depths_text(info, a));
        assert_int_equal(number(&wanted, i, SPLITS), splits);
        assert_int_equal(number(&wanted, i, BORDERS), borders);
        assert_true(same_bits(strtod(fixture_cell(&wanted, (ptrdiff_t)i, SCALE), NULL), info->scale));
        assert_true(same_bits(strtod(fixture_cell(&wanted, (ptrdiff_t)i, BIAS), NULL), info->bias));
        model_free(model);
    }
}

static const ModelFeature *
feature_of(const Model *m, size_t i)
{
    assert_true(i < model_info(m)->feature_count);
    return &model_info(m)->features[i];
}

static void
names_objective_and_missing_values_are_known(void **state)
{
    Arena *a = *state;
    Model *min = fixture_model("cat_depth6.cbm", a), *max = fixture_model("cat_depth2.json", a);
    Model *forbidden = fixture_model("cat_depth5.cbm", a), *unnamed = fixture_model("cat_depth3.cbm", a);
    Model *dropped = fixture_model("cat_unused_dropped.cbm", a), *boosted = fixture_model("xgb1_depth5.json", a);

    assert_true(model_info(min)->has_names);
    assert_string_equal("points_avg_last_5", feature_of(min, 0)->name);
    assert_string_equal("ppm_avg_last_10", feature_of(min, 32)->name);
    assert_string_equal("RMSE", model_info(min)->objective);
    assert_string_equal("CatBoost release 1.2.10", model_info(min)->made_by);
    assert_string_equal("2025-01-01T00:00:00Z", model_info(min)->made_at);
    assert_int_equal(MISSING_BELOW, feature_of(min, 0)->missing);
    assert_int_equal(MISSING_ABOVE, feature_of(max, 0)->missing);
    assert_string_equal("MAE", model_info(max)->objective);
    assert_int_equal(MISSING_NOT_SEEN, feature_of(forbidden, 0)->missing);
    assert_false(model_info(unnamed)->has_names);
    assert_null(feature_of(unnamed, 0)->name);
    assert_int_equal(MISSING_DOES_NOT_MATTER, feature_of(dropped, 1)->missing);
    assert_false(model_info(dropped)->has_names);
    assert_true(model_info(boosted)->has_names);
    assert_string_equal("ppm_avg_last_10", feature_of(boosted, 32)->name);
    assert_string_equal("XGBoost 1.7.4", model_info(boosted)->made_by);
    assert_string_equal("reg:squarederror", model_info(boosted)->objective);
    assert_int_equal(MISSING_BY_SPLIT, feature_of(boosted, 0)->missing);
    model_free(min);
    model_free(max);
    model_free(forbidden);
    model_free(unnamed);
    model_free(dropped);
    model_free(boosted);
}

static void
what_cannot_be_evaluated_is_refused(void **state)
{
    Arena *a = *state;
    const FixtureTable refused = fixture_table("refused.csv", a);
    Err err;

    assert_true(refused.rows >= 15);
    for (size_t i = 0; i < refused.rows; i++) {
        const char *name = fixture_cell(&refused, (ptrdiff_t)i, 0), *reason = fixture_cell(&refused, (ptrdiff_t)i, 1);
        Model *m;

        if (model_read(fixture(name, a), &m, &err))
            fail_msg("%s was read", name);
        assert_null(m);
        assert_int_equal(ERR_POISON, err.cls);
        if (strstr(err.msg, reason) == NULL)
            fail_msg("%s: '%s' does not say '%s'", name, err.msg, reason);
    }
}

/* ---- the definition, by hand ---- */

/* Two features, three borders, a tree of depth 2 and one of depth 0. */
typedef struct {
    float borders[2][2];
    CatboostFeature features[2];
    int32_t splits[2], depths[2];
    double leaves[6]; /* one more than they have */
    CatboostParts parts;
} TwoTrees;

static void
two_trees(TwoTrees *t)
{
    *t = (TwoTrees){
        .borders = {{1.0F, 2.0F}, {-3.0F}},
        .features = {{.index = 0, .border_count = 2}, {.index = 1, .border_count = 1}},
        .splits = {1, 2}, /* value 0 > 2, value 1 > -3 */
        .depths = {2, 0},
        .leaves = {10, 20, 30, 40, 0.5},
    };
    t->features[0].borders = t->borders[0];
    t->features[1].borders = t->borders[1];
    t->parts = (CatboostParts){.features = t->features,
                               .feature_count = 2,
                               .splits = t->splits,
                               .split_count = 2,
                               .depths = t->depths,
                               .tree_count = 2,
                               .leaves = t->leaves,
                               .leaf_count = 5,
                               .scale = 2,
                               .bias = 100};
}

static double
by_hand(const TwoTrees *t, float x, float y, Arena *a)
{
    const float row[] = {x, y};
    const ObliviousTrees *trees;
    ModelInfo info = {0};
    Err err;

    if (!oblivious_compile(&t->parts, a, &trees, &info, &err))
        fail_msg("%s", err.msg);
    return oblivious_predict_row(trees, row);
}

static void
the_first_split_is_the_lowest_bit_and_a_border_is_not_above_itself(void **state)
{
    Arena *a = *state;
    TwoTrees t;

    two_trees(&t);
    assert_true(same_bits(2 * 10.5 + 100, by_hand(&t, 0, -4, a)));
    assert_true(same_bits(2 * 20.5 + 100, by_hand(&t, 3, -4, a)));
    assert_true(same_bits(2 * 30.5 + 100, by_hand(&t, 0, 0, a)));
    assert_true(same_bits(2 * 40.5 + 100, by_hand(&t, INFINITY, INFINITY, a)));
    assert_true(same_bits(2 * 10.5 + 100, by_hand(&t, 2, -3, a)));
    assert_true(same_bits(2 * 40.5 + 100, by_hand(&t, nextafterf(2, 3), nextafterf(-3, 0), a)));
}

static void
a_missing_value_is_below_all_borders_or_above_them(void **state)
{
    static const struct {
        bool has_nans;
        NanTreatment treatment;
        double wanted;
    } cases[] = {
        {true, NAN_AS_TRUE, 2 * 20.5 + 100},
        {true, NAN_AS_FALSE, 2 * 10.5 + 100},
        {true, NAN_AS_IS, 2 * 10.5 + 100},
        {false, NAN_AS_TRUE, 2 * 10.5 + 100}, /* CatBoost asks for the treatment only where training saw some */
    };
    Arena *a = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        TwoTrees t;

        two_trees(&t);
        t.features[0].has_nans = cases[i].has_nans;
        t.features[0].treatment = cases[i].treatment;
        assert_true(same_bits(cases[i].wanted, by_hand(&t, NAN, -4, a)));
    }
}

static void
parts_that_contradict_each_other_are_refused(void **state)
{
    enum { CASES = 14 };
    static const char *const reasons[CASES] = {
        "column is -1",
        "column is 65536",
        "not behind the one before",
        "border 1 is not above",
        "not finite",
        "depth is not from 0",
        "depth is not from 0",
        "splits in place of",
        "leaves in place of",
        "no such border",
        "no such border",
        "leaf 4 at byte 1032",
        "scale or bias",
        "6 leaves in place of the 5",
    };
    Arena *a = *state;

    for (size_t i = 0; i < CASES; i++) {
        TwoTrees t;
        const ObliviousTrees *trees;
        ModelInfo info = {0};
        Err err;

        two_trees(&t);
        t.features[0].index = i == 0 ? -1 : i == 1 ? 65536 : 0;
        t.features[1].index = i == 2 ? 0 : 1;
        t.borders[0][1] = i == 3 ? 1.0F : i == 4 ? INFINITY : 2.0F;
        t.depths[0] = i == 5 ? 17 : i == 6 ? -1 : 2;
        t.parts.split_count = i == 7 ? 1 : 2;
        t.parts.leaf_count = i == 8 ? 4 : i == 13 ? 6 : 5;
        t.splits[0] = i == 9 ? 3 : i == 10 ? -1 : 1;
        t.leaves[4] = i == 11 ? (double)NAN : 0.5;
        t.parts.leaves_at = 1000;
        t.parts.scale = i == 12 ? (double)INFINITY : 2;
        if (oblivious_compile(&t.parts, a, &trees, &info, &err))
            fail_msg("case %zu was compiled", i);
        assert_int_equal(ERR_POISON, err.cls);
        if (strstr(err.msg, reasons[i]) == NULL)
            fail_msg("case %zu: '%s' does not say '%s'", i, err.msg, reasons[i]);
    }
}

/* ---- plain and vectorised ---- */

/* Every kind of value: on a border, beside it, missing, infinite, zero of both signs. */
static float
some_value(Rng *rng, const float *borders, size_t count)
{
    static const float special[] = {0.0F, -0.0F, NAN, INFINITY, -INFINITY, 1e-45F, -3.4e38F};
    const float border = count > 0 ? borders[rng_below(rng, count)] : 1.0F;

    switch (rng_below(rng, 6)) {
    case 0:
        return special[rng_below(rng, ARRAY_LEN(special))];
    case 1:
        return border;
    case 2:
        return nextafterf(border, INFINITY);
    case 3:
        return nextafterf(border, -INFINITY);
    default:
        return (float)((rng_unit(rng) - 0.5) * 300);
    }
}

/* A model of random shape: up to 700 borders a feature, trees of every depth. */
static void
random_parts(Rng *rng, Arena *a, CatboostParts *out)
{
    enum { FEATURES = 9, TREES = 40, MOST_BORDERS = 700 };
    CatboostFeature *features = arena_array(a, FEATURES, sizeof *features);
    int32_t *splits = arena_array(a, (size_t)TREES * OBLIVIOUS_MAX_DEPTH, sizeof *splits);
    int32_t *depths = arena_array(a, TREES, sizeof *depths);
    double *leaves = NULL;
    size_t border_count = 0, cap = 0;

    *out = (CatboostParts){.features = features, .feature_count = FEATURES, .splits = splits, .depths = depths};
    for (size_t f = 0; f < FEATURES; f++) {
        const size_t n = f == 3 ? 0 : 1 + (size_t)rng_below(rng, f == 5 ? MOST_BORDERS : 60);
        float *borders = arena_array(a, n + 1, sizeof *borders), at = -150;

        for (size_t i = 0; i < n; i++)
            borders[i] = at += (float)(0.001 + rng_unit(rng) * 300 / (double)n);
        features[f] = (CatboostFeature){(int64_t)(2 * f), NULL, rng_below(rng, 2) == 1, (NanTreatment)rng_below(rng, 3),
                                        borders,          n};
        border_count += n;
    }
    for (out->tree_count = 0; out->tree_count < TREES; out->tree_count++) {
        const bool is_deep = out->tree_count % 20 == 19;
        const size_t depth = is_deep ? 9 + (size_t)rng_below(rng, 8) : (size_t)rng_below(rng, 9);

        depths[out->tree_count] = (int32_t)depth;
        for (size_t s = 0; s < depth; s++)
            splits[out->split_count++] = (int32_t)rng_below(rng, border_count);
        for (size_t l = 0; l < (size_t)1 << depth; l++) {
            leaves = arena_room(a, leaves, out->leaf_count, &cap, sizeof *leaves);
            leaves[out->leaf_count++] = (rng_unit(rng) - 0.5) * 1e3;
        }
    }
    out->leaves = leaves;
    out->scale = rng_unit(rng) * 3 - 1;
    out->bias = rng_unit(rng) * 50;
}

static void
plain_and_vectorised_give_the_same_bits(void **state)
{
    enum { MODELS = 12, ROWS = 103, WIDTH = 20 };
    Arena *a = *state;
    Rng rng = rng_seeded(7);

    if (!oblivious_has_vector())
        print_message("this machine has no AVX2: plain is all there is\n");
    for (size_t m = 0; m < MODELS; m++) {
        static float rows[ROWS * WIDTH];
        static double plain[ROWS], vector[ROWS];
        const ObliviousTrees *trees;
        CatboostParts parts;
        ModelInfo info = {0};
        Err err;

        random_parts(&rng, a, &parts);
        if (!oblivious_compile(&parts, a, &trees, &info, &err))
            fail_msg("%s", err.msg);
        for (size_t i = 0; i < ROWS * WIDTH; i++) {
            const CatboostFeature *f = &parts.features[i % WIDTH / 2 % parts.feature_count];

            rows[i] = some_value(&rng, f->borders, f->border_count);
        }
        oblivious_predict_plain(trees, rows, ROWS, WIDTH, plain);
        for (size_t count = 1; count <= ROWS; count += 1 + count / 3) {
            memset(vector, 0, sizeof vector);
            if (oblivious_has_vector())
                oblivious_predict_vector(trees, rows, count, WIDTH, vector);
            else
                oblivious_predict(trees, rows, count, WIDTH, vector);
            for (size_t i = 0; i < count; i++)
                if (!same_bits(plain[i], vector[i]))
                    fail_msg("model %zu, row %zu of %zu: %.17g, %.17g", m, i, count, plain[i], vector[i]);
        }
    }
}

static void
rows_and_batches_give_the_same_bits(void **state)
{
    Arena *a = *state;
    const FixtureTable inputs = fixture_table("inputs.csv", a), expected = fixture_table("expected.csv", a);
    const float *rows = fixture_inputs(&inputs, a);
    double *got = arena_array(a, inputs.rows, sizeof *got);

    for (size_t m = 0; m < expected.columns; m++) {
        Model *model = fixture_model(fixture_cell(&expected, -1, m), a);

        for (size_t count = 0; count <= inputs.rows; count++) {
            model_predict(model, rows, count, inputs.columns, got);
            for (size_t i = 0; i < count; i++)
                assert_true(same_bits(got[i], model_predict_row(model, rows + i * inputs.columns)));
        }
        model_free(model);
    }
}

static void
a_wide_model_needs_no_stack(void **state)
{
    enum { WIDE = 5000 };
    Arena *a = *state;
    float *row = arena_array(a, WIDE, sizeof *row);
    const ObliviousTrees *trees;
    ModelInfo info = {0};
    TwoTrees t;
    Err err;

    two_trees(&t);
    t.features[1].index = WIDE - 1;
    t.features[1].has_nans = true;
    t.features[1].treatment = NAN_AS_TRUE;
    row[WIDE - 1] = NAN;
    assert_true(oblivious_compile(&t.parts, a, &trees, &info, &err));
    assert_int_equal(WIDE, info.feature_count);
    assert_true(same_bits(2 * 30.5 + 100, oblivious_predict_row(trees, row)));
}

/* ---- boosted trees, by hand ---- */

/* value 1 < 5 ? (value 0 < 0 ? 1 : 2) : 4, missing left at the root and right below; node 5 is out of use. */
typedef struct {
    int32_t left[6], right[6], feature[6];
    float value[6];
    bool missing_left[6];
    XgboostTree tree;
    XgboostParts parts;
} OneTree;

static void
one_tree(OneTree *t)
{
    *t = (OneTree){
        .left = {1, 3, -1, -1, -1, 0},
        .right = {2, 4, -1, -1, -1, 0},
        .feature = {1, 0, 0, 0, 0, 99},
        .value = {5, 0, 4, 1, 2, NAN},
        .missing_left = {true},
    };
    t->tree = (XgboostTree){6, t->left, t->right, t->feature, t->value, t->missing_left};
    t->parts = (XgboostParts){.feature_count = 2, .trees = &t->tree, .tree_count = 1, .base_score = 0.5F};
}

static void
a_boosted_tree_goes_left_below_and_by_default_where_a_value_is_missing(void **state)
{
    static const struct {
        float row[2], wanted;
    } cases[] = {
        {{-1, 4.99F}, 1.5F}, {{0, 4}, 2.5F},   {{-1, 5}, 4.5F},    {{1, INFINITY}, 4.5F},
        {{-1, NAN}, 1.5F},   {{NAN, 1}, 2.5F}, {{NAN, NAN}, 2.5F}, {{-0.0F, -INFINITY}, 2.5F},
    };
    Arena *a = *state;
    const BoostedTrees *trees;
    ModelInfo info = {0};
    OneTree t;
    Err err;

    one_tree(&t);
    if (!boosted_compile(&t.parts, a, &trees, &info, &err))
        fail_msg("%s", err.msg);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_true(same_bits((double)cases[i].wanted, (double)boosted_predict_row(trees, cases[i].row)));
    assert_int_equal(1, info.trees_of_depth[2]);
    assert_int_equal(1, info.features[0].splits);
}

static void
nodes_that_make_no_tree_are_refused(void **state)
{
    enum { CASES = 8 };
    static const char *const reasons[CASES] = {
        "node 0: it is reached twice",
        "node 3: it is reached twice",
        "node 1: a child does not exist",
        "node 0: a child does not exist",
        "node 1: there is no such feature",
        "node 2: its value is not finite",
        "tree 0 has no nodes",
        "base score",
    };
    Arena *a = *state;

    for (size_t i = 0; i < CASES; i++) {
        const BoostedTrees *trees;
        ModelInfo info = {0};
        OneTree t;
        Err err;

        one_tree(&t);
        t.right[1] = i == 0 ? 0 : i == 1 ? 3 : i == 2 ? 6 : 4;
        t.right[0] = i == 3 ? -1 : 2;
        t.feature[1] = i == 4 ? 2 : 0;
        t.value[2] = i == 5 ? INFINITY : 4;
        t.tree.node_count = i == 6 ? 0 : 6;
        t.parts.base_score = i == 7 ? NAN : 0.5F;
        if (boosted_compile(&t.parts, a, &trees, &info, &err))
            fail_msg("case %zu was compiled", i);
        assert_int_equal(ERR_POISON, err.cls);
        if (strstr(err.msg, reasons[i]) == NULL)
            fail_msg("case %zu: '%s' does not say '%s'", i, err.msg, reasons[i]);
    }
}

/* ---- the layout of FlatBuffers, by hand ---- */

static void
put_word(uint8_t *at, uint32_t v)
{
    for (size_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t
word_at(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void
put_half(uint8_t *at, unsigned v)
{
    at[0] = (uint8_t)v;
    at[1] = (uint8_t)(v >> 8);
}

enum { MANY = 1000, FLAT_INNER = 24 + 4 * MANY, FLAT_NUMBERS = FLAT_INNER + 8, FLAT_LEN = FLAT_NUMBERS + 4 + 4 * MANY };

/* A table whose field is a vector of references, all to one table whose field is a vector of MANY numbers. */
static void
make_flat(uint8_t out[FLAT_LEN], uint32_t references)
{
    memset(out, 0, FLAT_LEN);
    put_word(out, 12);    /* the root */
    put_half(out + 4, 6); /* the vtable of both: its size, a table's, the field's place */
    put_half(out + 6, 8);
    put_half(out + 8, 4);
    put_word(out + 12, 12 - 4);
    put_word(out + 16, 20 - 16);
    put_word(out + 20, references);
    for (uint32_t i = 0; i < references; i++)
        put_word(out + 24 + 4 * i, FLAT_INNER - 24 - 4 * i);
    put_word(out + FLAT_INNER, FLAT_INNER - 4);
    put_word(out + FLAT_INNER + 4, 4);
    put_word(out + FLAT_NUMBERS, MANY);
}

/* Reads all there is, as a reader of models does. */
static bool
read_flat(const uint8_t *bytes, size_t len, Arena *a, size_t *numbers, Err *err)
{
    FlatReader r = flat_over(bytes_of(bytes, len), 100, a);
    const FlatTable root = flat_root(&r, "root");
    const FlatVector items = flat_vector(&r, &root, 0, 4, "items");

    *numbers = 0;
    for (size_t i = 0; i < items.count && flat_ok(&r); i++) {
        const FlatTable item = flat_table_item(&r, &items, i);
        const FlatVector v = flat_vector(&r, &item, 0, sizeof(float), "numbers");

        *numbers += flat_f32_items(&r, &v) == NULL ? 0 : v.count;
    }
    return flat_finish(&r, err);
}

static void
a_flat_buffer_is_read_and_what_lies_outside_named(void **state)
{
    static const struct {
        size_t at;
        bool is_word;
        uint32_t v;
        const char *reason;
    } cases[] = {
        {0, true, 0, "root at byte 100: refers to a place outside the buffer"},
        {0, true, FLAT_LEN, "root at byte 100: refers to a place outside the buffer"},
        {0, true, FLAT_LEN - 4, "root at byte 8132: no vtable"},
        {12, true, 0x7fffffff, "root at byte 112: its vtable lies outside the buffer"},
        {12, true, 0x80000000, "root at byte 112: its vtable lies outside the buffer"},
        {4, false, 3, "root at byte 104: no vtable"},
        {4, false, 7, "root at byte 104: no vtable"},
        {4, false, 0xfffe, "root at byte 104: no vtable"},
        {6, false, 3, "root at byte 112: is larger than what is left of the buffer"},
        {6, false, 0xfff0, "root at byte 112: is larger than what is left of the buffer"},
        {8, false, 3, "items at byte 108: lies outside its table"},
        {8, false, 5, "items at byte 108: lies outside its table"},
        {8, false, 0xfff0, "items at byte 108: lies outside its table"},
        {16, true, 0xffffffff, "items at byte 116: refers to a place outside the buffer"},
        {20, true, FLAT_LEN, "items at byte 120: has more items than the buffer has room for"},
        {20, true, 0xffffffff, "items at byte 120: has more items than the buffer has room for"},
        {FLAT_INNER + 4, true, 3, "numbers at byte 4128: refers to a place outside the buffer"},
        {FLAT_NUMBERS, true, MANY + 1, "numbers at byte 4132: has more items than the buffer has room for"},
        {FLAT_NUMBERS - 4, true, 0xffffffff, "numbers at byte 4128: refers to a place outside the buffer"},
    };
    uint8_t bytes[FLAT_LEN];
    size_t numbers;
    Err err;

    make_flat(bytes, 1);
    assert_true(read_flat(bytes, FLAT_LEN, *state, &numbers, &err));
    assert_int_equal(MANY, numbers);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        make_flat(bytes, 1);
        if (cases[i].is_word)
            put_word(bytes + cases[i].at, cases[i].v);
        else
            put_half(bytes + cases[i].at, cases[i].v);
        if (read_flat(bytes, FLAT_LEN, *state, &numbers, &err))
            fail_msg("case %zu was read", i);
        if (strcmp(err.msg, cases[i].reason) != 0)
            fail_msg("case %zu: '%s' in place of '%s'", i, err.msg, cases[i].reason);
    }
}

/* A field that the vtable does not have, or has as 0, is absent, not an error. */
static void
an_absent_field_has_its_fallback(void **state)
{
    uint8_t bytes[FLAT_LEN];
    size_t numbers;
    Err err;

    make_flat(bytes, 1);
    put_half(bytes + 8, 0);
    assert_true(read_flat(bytes, FLAT_LEN, *state, &numbers, &err));
    assert_int_equal(0, numbers);
    make_flat(bytes, 1);
    put_half(bytes + 4, 4);
    assert_true(read_flat(bytes, FLAT_LEN, *state, &numbers, &err));
    assert_int_equal(0, numbers);
}

/* A file of 8 KB must not become 4 MB. */
static void
one_object_referred_to_many_times_is_not_multiplied(void **state)
{
    Arena *a = *state;
    const size_t before = arena_used(a);
    uint8_t bytes[FLAT_LEN];
    size_t numbers;
    Err err;

    make_flat(bytes, MANY);
    assert_false(read_flat(bytes, FLAT_LEN, a, &numbers, &err));
    assert_non_null(strstr(err.msg, "shares bytes with something else"));
    assert_true(numbers <= 2 * MANY);
    assert_true(arena_used(a) - before < (size_t)16 * FLAT_LEN);
}

/* ---- files that are not in order ---- */

static void
expect_refusal(Bytes file, const char *reason)
{
    Model *m;
    Err err;

    if (model_read(file, &m, &err))
        fail_msg("read; '%s' was wanted", reason);
    assert_int_equal(ERR_POISON, err.cls);
    if (strstr(err.msg, reason) == NULL)
        fail_msg("'%s' does not say '%s'", err.msg, reason);
}

static void
a_file_cut_short_anywhere_is_refused(void **state)
{
    static const char *const names[] = {"cat_unused_dropped.cbm", "cat_depth3.cbm", "cat_unused_dropped.json",
                                        "xgb1_absolute.json"};
    Arena *a = *state;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const Bytes file = fixture(names[i], a);
        const bool is_json = strstr(names[i], ".json") != NULL;

        for (size_t len = 0; len < file.len - is_json; len++) {
            uint8_t *exact = malloc(len + 1); /* so that a sanitizer sees what is read behind it */

            assert_non_null(exact);
            memcpy(exact, file.data, len);
            exact = realloc(exact, len > 0 ? len : 1);
            assert_non_null(exact);
            expect_refusal(bytes_of(exact, len), len == 0 ? "empty" : len < 4 || is_json ? "" : "byte");
            free(exact);
        }
    }
}

/* The core is cut at every length, and the head says so: only the layout can tell. */
static void
a_core_cut_short_anywhere_is_refused(void **state)
{
    Arena *a = *state;
    const Bytes file = fixture("cat_unused_dropped.cbm", a);

    for (size_t len = 0; len + 8 < file.len; len++) {
        uint8_t *exact = malloc(8 + len);

        assert_non_null(exact);
        memcpy(exact, file.data, 8 + len);
        for (size_t i = 0; i < 4; i++)
            exact[4 + i] = (uint8_t)(len >> 8 * i);
        expect_refusal(bytes_of(exact, 8 + len), "at byte");
        free(exact);
    }
}

/* Whatever a word of the core says: it is read to finite predictions, or refused. */
static void
a_word_of_any_value_is_survived(void **state)
{
    static const uint32_t values[] = {0,          1,          2,          4,       8,         0x7fffffff,
                                      0x80000000, 0xffffffff, 0xfffffffc, 0x10000, 0x7f800000};
    Arena *a = *state;
    const Bytes file = fixture("cat_unused_dropped.cbm", a);
    uint8_t *spoilt = arena_alloc(a, file.len);
    size_t refused = 0, read = 0;
    float row[64] = {0};

    for (size_t at = 4; at + 4 <= file.len; at++) {
        for (size_t v = 0; v < ARRAY_LEN(values); v++) {
            Model *m;
            Err err;

            memcpy(spoilt, file.data, file.len);
            put_word(spoilt + at, values[v]);
            if (!model_read(bytes_of(spoilt, file.len), &m, &err)) {
                assert_int_equal(ERR_POISON, err.cls);
                refused++;
                continue;
            }
            if (model_info(m)->feature_count <= ARRAY_LEN(row))
                assert_true(isfinite(model_predict_row(m, row)));
            model_free(m);
            read++;
        }
    }
    print_message("%zu read, %zu refused\n", read, refused);
    assert_true(read > 100 && refused > 100);
}

/* Where a reference to the vector that has these first words stands, and the vector. */
static size_t
vector_with(Bytes file, uint32_t count, uint32_t first, size_t *vector)
{
    for (size_t at = 8; at + 8 <= file.len; at += 4)
        if (word_at(file.data + at) == count && word_at(file.data + at + 4) == first)
            for (size_t from = 8; from < at; from += 4)
                if (from + word_at(file.data + from) == at) {
                    *vector = at;
                    return from;
                }
    fail_msg("no such vector");
    return 0;
}

/* The file with another word at that byte is refused for that reason. */
static void
expect_fault(Bytes file, size_t at, uint32_t v, const char *reason)
{
    uint8_t *spoilt = malloc(file.len);

    assert_non_null(spoilt);
    memcpy(spoilt, file.data, file.len);
    put_word(spoilt + at, v);
    expect_refusal(bytes_of(spoilt, file.len), reason);
    free(spoilt);
}

static void
faults_of_the_layout_are_named_with_their_place(void **state)
{
    Arena *a = *state;
    const Bytes file = fixture("cat_unused_dropped.cbm", a); /* 5 trees of depth 3 */
    uint8_t *longer = arena_alloc(a, file.len + 1);
    size_t sizes, starts, to_sizes = vector_with(file, 5, 3, &sizes), to_starts = vector_with(file, 5, 0, &starts);

    expect_fault(file, sizes, 0xfffffff0, arena_printf(a, "TreeSizes at byte %zu: has more items", sizes));
    expect_fault(file, to_sizes, 0x7fffffff,
                 arena_printf(a, "TreeSizes at byte %zu: refers to a place outside", to_sizes));
    expect_fault(file, to_sizes, 0, arena_printf(a, "TreeSizes at byte %zu: refers to a place outside", to_sizes));
    expect_fault(file, to_starts, (uint32_t)(sizes - to_starts), "shares bytes with something else");
    expect_fault(file, sizes + 20, 2, "15 splits in place of the 14 of all trees");
    expect_fault(file, sizes + 8, 99, arena_printf(a, "tree 1 at byte %zu: its depth", sizes + 8));
    expect_fault(file, starts + 8, 4, arena_printf(a, "start of tree 1 at byte %zu", starts + 8));
    expect_fault(file, 8, 0xfffffff0, "TModelCore at byte 8: refers to a place outside");
    expect_fault(file, 4, (uint32_t)file.len, "the file ends at byte");
    expect_fault(file, 0, 0x324d4243, "begins neither");
    memcpy(longer, file.data, file.len);
    expect_refusal(bytes_of(longer, file.len + 1), "1 bytes follow the model");
}

/* Replaces the first occurrence of a text by another, in a copy. */
static Bytes
with_text(Bytes file, const char *old, const char *new_text, Arena *a)
{
    const char *text = arena_strndup(a, (const char *)file.data, file.len), *at = strstr(text, old);

    if (at == NULL)
        fail_msg("no '%s'", old);
    return bytes_of_str(arena_printf(a, "%.*s%s%s", (int)(at - text), text, new_text, at + strlen(old)));
}

static void
faults_of_json_are_named_with_their_path(void **state)
{
    static const struct {
        const char *file, *old, *new_text, *reason;
    } cases[] = {
        {"xgb1_depth5.json", "\"num_feature\":\"33\",\"num_target\"", "\"num_feature\":\"x\",\"num_target\"",
         "learner_model_param.num_feature: 'x'"},
        {"xgb1_depth5.json", "\"left_children\":[1", "\"left_children\":[true",
         "trees[0].left_children[0]: true in place of a number"},
        {"xgb1_depth5.json", "\"left_children\":[1", "\"left_children\":[1.5",
         "trees[0].left_children[0]: 1.5 is no whole number"},
        {"xgb1_depth5.json", "\"left_children\":[1,", "\"left_children\":[", "trees[0].right_children: "},
        {"xgb1_depth5.json", "\"left_children\":[1", "\"left_children\":[0", "tree 0, node 0: it is reached twice"},
        {"xgb1_depth5.json", "\"base_score\":\"1.23E1\"", "\"base_score\":\"much\"",
         "learner.learner_model_param.base_score: 'much'"},
        {"xgb3_depth5.json", "\"base_score\":\"[1.23E1]\"", "\"base_score\":\"[1.23E1,1E0]\"", "several outputs"},
        {"xgb3_depth5.json", "\"base_score\":\"[1.23E1]\"", "\"base_score\":\"[1.23E1\"", "is no number"},
        {"xgb1_depth5.json", "\"num_class\":\"0\"", "\"num_class\":\"3\"", "3 classes"},
        {"xgb1_depth5.json", "\"num_target\":\"1\"", "\"num_target\":\"2\"", "2 targets"},
        {"xgb1_depth5.json", "\"points_avg_last_10\",", "", "32 names for 33 features"},
        {"xgb1_depth5.json", "\"points_avg_last_10\"", "\"points_avg_last_5\"", "two features have the name"},
        {"xgb1_depth5.json", "\"tree_info\":[0", "\"tree_info\":[1", "several outputs"},
        {"xgb1_depth5.json", "\"version\":[1", "\"version\":[\"1\"", "version[0]: a text in place of a number"},
        {"xgb1_depth5.json", "\"learner\":{", "\"learner\":1,\"x\":{",
         "learner.gradient_booster.name: nothing in place of a text"},
        {"xgb1_depth5.json", "\"learner\":{", "\"learner\":{},\"learner\":{", "no JSON: duplicate"},
        {"cat_depth3.json", "\"split_index\":", "\"split_index\":1", "oblivious_trees[0].splits[0]: split_index"},
        {"cat_depth3.json", "\"nan_value_treatment\":\"AsFalse\"", "\"nan_value_treatment\":\"Well\"",
         "features_info.float_features[0].nan_value_treatment"},
        {"cat_depth3.json", "\"has_nans\":true", "\"has_nans\":7", "has_nans: 7 is no whole number from 0 to 1"},
        {"cat_depth3.json", "\"scale_and_bias\":", "\"scale_and_bias\":[1,[1,2]],\"x\":", "dimension 2"},
        {"cat_depth3.json", "\"oblivious_trees\":",
         "\"oblivious_trees\":[{\"splits\":[],\"leaf_values\":[1,2]}],\"x\":", "2 values for 0 splits"},
    };
    Arena *a = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        print_message("%s: %s\n", cases[i].file, cases[i].new_text);
        expect_refusal(with_text(fixture(cases[i].file, a), cases[i].old, cases[i].new_text, a), cases[i].reason);
    }
    expect_refusal(bytes_of_str("{}"), "no model of CatBoost");
    expect_refusal(bytes_of_str(" [1]"), "no model of CatBoost");
    expect_refusal(bytes_of_str("player,points\n"), "begins neither");
}

/* The nearest double of a decimal is not what is wanted of a float32, but its float32 is. */
static void
a_number_of_json_is_the_float_that_was_written(void **state)
{
    static const char *const texts[] = {"1.17549435E-38", "3.4028235E38", "1E-45", "0.1", "16777217", "9.9999999E9"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        JsonDoc *doc;
        JsonPlace root;
        double v;
        Err err;

        assert_true(json_doc_read(bytes_of_str(texts[i]), &doc, &err));
        root = json_doc_root(doc);
        assert_true(json_doc_number(&root, &v, &err));
        assert_true(same_bits((double)strtof(texts[i], NULL), (double)(float)v));
        json_doc_free(doc);
    }
}

int
main(void)
{
#define WITH_ARENA(claim) cmocka_unit_test_setup_teardown(claim, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_ARENA(every_model_predicts_what_its_library_does),
        WITH_ARENA(a_model_says_what_it_is),
        WITH_ARENA(names_objective_and_missing_values_are_known),
        WITH_ARENA(what_cannot_be_evaluated_is_refused),
        WITH_ARENA(the_first_split_is_the_lowest_bit_and_a_border_is_not_above_itself),
        WITH_ARENA(a_missing_value_is_below_all_borders_or_above_them),
        WITH_ARENA(parts_that_contradict_each_other_are_refused),
        WITH_ARENA(plain_and_vectorised_give_the_same_bits),
        WITH_ARENA(rows_and_batches_give_the_same_bits),
        WITH_ARENA(a_wide_model_needs_no_stack),
        WITH_ARENA(a_boosted_tree_goes_left_below_and_by_default_where_a_value_is_missing),
        WITH_ARENA(nodes_that_make_no_tree_are_refused),
        WITH_ARENA(a_flat_buffer_is_read_and_what_lies_outside_named),
        WITH_ARENA(an_absent_field_has_its_fallback),
        WITH_ARENA(one_object_referred_to_many_times_is_not_multiplied),
        WITH_ARENA(a_file_cut_short_anywhere_is_refused),
        WITH_ARENA(a_core_cut_short_anywhere_is_refused),
        WITH_ARENA(a_word_of_any_value_is_survived),
        WITH_ARENA(faults_of_the_layout_are_named_with_their_place),
        WITH_ARENA(faults_of_json_are_named_with_their_path),
        WITH_ARENA(a_number_of_json_is_the_float_that_was_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
