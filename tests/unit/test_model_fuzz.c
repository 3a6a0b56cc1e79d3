/*
 * tests/unit/test_model_fuzz.c
 *    Spoilt model files: each is read, to a model that predicts the same number alone and in a batch, or refused with
 *    a reason. See spoil.h for seeds and rounds.
 */
#include "model_fixtures.h"
#include "spoil.h"

enum { ROUNDS = 20000, MOST_WIDTH = 256, BATCH = 33 };

/* Features of any value, as long as the model has not grown beyond what a row here holds. */
static void
predict_with(const Model *m, Rng *rng)
{
    static float rows[BATCH * MOST_WIDTH];
    double batch[BATCH];
    const size_t width = model_info(m)->feature_count;

    if (width > MOST_WIDTH)
        return;
    for (size_t i = 0; i < BATCH * MOST_WIDTH; i += 1 + rng_below(rng, 7)) {
        const uint32_t bits = (uint32_t)rng_u64(rng);

        memcpy(&rows[i], &bits, sizeof bits);
    }
    model_predict(m, rows, BATCH, MOST_WIDTH, batch);
    for (size_t i = 0; i < BATCH; i++) {
        const double alone = model_predict_row(m, rows + i * MOST_WIDTH);

        assert_memory_equal(&alone, &batch[i], sizeof alone);
    }
}

static bool
read_spoilt(const Buf *file, Rng *rng)
{
    uint8_t *exact = malloc(file->len + 1); /* so that a sanitizer sees what is read behind it */
    Model *m;
    Err err = {0};
    bool is_read;

    assert_non_null(exact);
    if (file->len > 0)
        memcpy(exact, file->data, file->len);
    exact = realloc(exact, file->len > 0 ? file->len : 1);
    assert_non_null(exact);
    is_read = model_read(bytes_of(exact, file->len), &m, &err);
    free(exact); /* a model keeps nothing of the file */
    if (is_read) {
        predict_with(m, rng);
    } else {
        assert_int_equal(ERR_POISON, err.cls);
        assert_true(strlen(err.msg) > 10);
    }
    model_free(m);
    return is_read;
}

static void
spoil_and_read(const char *const *names, size_t count_of_names, uint64_t rounds)
{
    Arena *a = arena_new(0);
    Rng rng = fuzz_rng();
    Tally tally = {0};

    for (; rounds > 0; rounds--) {
        Buf file = spoilt(&rng, fixture(names[rng_below(&rng, count_of_names)], a));

        count(&tally, read_spoilt(&file, &rng));
        buf_free(&file);
        arena_reset(a);
    }
    expect_both(&tally);
    arena_free(a);
}

static void
a_spoilt_binary_model_is_read_or_refused(void **state)
{
    static const char *const names[] = {"cat_unused_dropped.cbm", "cat_depth3.cbm",   "cat_depth2.cbm",
                                        "no_categorical.cbm",     "no_lossguide.cbm", "no_embedding.cbm"};

    (void)state;
    spoil_and_read(names, ARRAY_LEN(names), fuzz_rounds(ROUNDS));
}

static void
a_spoilt_json_model_is_read_or_refused(void **state)
{
    static const char *const names[] = {"cat_unused_dropped.json", "cat_depth3.json",    "xgb1_huber.json",
                                        "xgb1_absolute.json",      "xgb3_absolute.json", "no_categories.json",
                                        "no_depthwise.json"};

    (void)state;
    spoil_and_read(names, ARRAY_LEN(names), fuzz_rounds(ROUNDS) / 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spoilt_binary_model_is_read_or_refused),
        cmocka_unit_test(a_spoilt_json_model_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
