/*
 * tests/unit/test_cli_words.c
 *    What people type at the command line: dates and spans of them, misspelt words, players' names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "ops/cli/date_range.h"
#include "ops/cli/players.h"
#include "ops/cli/suggest.h"

static GameDate
day(const char *s)
{
    GameDate d = GAME_DATE_NULL;

    assert_true(date_parse(s, &d));
    return d;
}

/* ---- dates ---- */

static void
a_day_is_a_date_or_a_word_counted_from_today(void **state)
{
    static const struct {
        const char *text, *date; /* NULL: none */
    } rows[] = {
        {"2024-12-05", "2024-12-05"},
        {"today", "2025-03-01"},
        {"yesterday", "2025-02-28"},
        {"tomorrow", NULL},
        {"Today", NULL},
        {"today ", NULL},
        {"2025-02-29", NULL},
        {"", NULL},
        {"2025-3-1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        GameDate d = GAME_DATE_NULL;

        assert_int_equal(date_word_parse(rows[i].text, day("2025-03-01"), &d), rows[i].date != NULL);
        if (rows[i].date != NULL)
            assert_true(date_equal(d, day(rows[i].date)));
    }
}

static void
a_span_has_both_ends_and_does_not_run_backwards(void **state)
{
    static const struct {
        const char *text;
        RangeVerdict verdict;
        const char *from, *to;
    } rows[] = {
        {"2024-12-05", RANGE_OK, "2024-12-05", "2024-12-05"},
        {"2024-12-05..2024-12-09", RANGE_OK, "2024-12-05", "2024-12-09"},
        {"2024-12-05..2024-12-05", RANGE_OK, "2024-12-05", "2024-12-05"},
        {"yesterday..today", RANGE_OK, "2025-02-28", "2025-03-01"},
        {"2025-01-01..yesterday", RANGE_OK, "2025-01-01", "2025-02-28"},
        {"today", RANGE_OK, "2025-03-01", "2025-03-01"},
        {"2024-12-09..2024-12-05", RANGE_BACKWARDS, NULL, NULL},
        {"today..yesterday", RANGE_BACKWARDS, NULL, NULL},
        {"2024-12-05..", RANGE_NO_DATE, NULL, NULL},
        {"..2024-12-05", RANGE_NO_DATE, NULL, NULL},
        {"..", RANGE_NO_DATE, NULL, NULL},
        {"2024-12-05...2024-12-09", RANGE_NO_DATE, NULL, NULL},
        {"2024-12-05..2024-12-09..2024-12-10", RANGE_NO_DATE, NULL, NULL},
        {"2024-12-05 .. 2024-12-09", RANGE_NO_DATE, NULL, NULL},
        {"2024-12-05-2024-12-09", RANGE_NO_DATE, NULL, NULL},
        {"a date that is far longer than any date can be..today", RANGE_NO_DATE, NULL, NULL},
        {"", RANGE_NO_DATE, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        DateRange r = {GAME_DATE_NULL, GAME_DATE_NULL};

        if (date_range_parse(rows[i].text, day("2025-03-01"), &r) != rows[i].verdict)
            fail_msg("%s", rows[i].text);
        if (rows[i].verdict == RANGE_OK) {
            assert_true(date_equal(r.from, day(rows[i].from)));
            assert_true(date_equal(r.to, day(rows[i].to)));
        } else {
            assert_true(date_is_null(r.from));
        }
    }
}

static void
a_span_is_written_as_it_is_read(void **state)
{
    char text[DATE_RANGE_TEXT_LEN];

    (void)state;
    assert_string_equal(date_range_format((DateRange){day("2024-12-05"), day("2024-12-05")}, text), "2024-12-05");
    assert_string_equal(date_range_format((DateRange){day("2024-12-05"), day("2024-12-09")}, text),
                        "2024-12-05..2024-12-09");
}

/* ---- words ---- */

static void
a_distance_counts_what_must_be_changed(void **state)
{
    static const struct {
        const char *x, *y;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"abc", "", 3},
        {"", "abc", 3},
        {"quality", "quality", 0},
        {"qualty", "quality", 1},
        {"qaulity", "quality", 1},
        {"quality", "Quality", 0},
        {"quolitie", "quality", 3},
        {"kitten", "sitting", 3},
        {"ab", "ba", 1},
        {"ca", "abc", 3}, /* no letter is touched twice */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(word_distance(rows[i].x, rows[i].y), rows[i].distance);
        assert_int_equal(word_distance(rows[i].y, rows[i].x), rows[i].distance);
    }
}

static const char *const FEATURES[] = {"team_pace", "opponent_pace", "pace_score", "fatigue_score", "recent_trend"};

static void
a_misspelt_word_is_nearest_to_what_was_meant(void **state)
{
    static const struct {
        const char *typed, *meant; /* NULL: nobody can know */
    } rows[] = {
        {"fatige_score", "fatigue_score"},
        {"team_paec", "team_pace"},
        {"trend", "recent_trend"},
        {"TEAM_PACE", "team_pace"},
        {"zzzzzz", NULL},
        {"", NULL},
        {"xy", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *meant = suggest_word(rows[i].typed, FEATURES, ARRAY_LEN(FEATURES));

        if (rows[i].meant == NULL)
            assert_null(meant);
        else
            assert_string_equal(meant, rows[i].meant);
    }
}

static void
suggestions_come_nearest_first_and_no_more_than_asked_for(void **state)
{
    const char *out[3] = {NULL, NULL, NULL};

    (void)state;
    assert_int_equal(suggest_words("pace", FEATURES, ARRAY_LEN(FEATURES), out, 3), 3);
    assert_string_equal(out[0], "team_pace");
    assert_string_equal(out[1], "pace_score");
    assert_string_equal(out[2], "opponent_pace");
    assert_int_equal(suggest_words("pace", FEATURES, ARRAY_LEN(FEATURES), out, 1), 1);
    assert_string_equal(out[0], "team_pace");
}

static void
words_longer_than_any_known_one_do_no_harm(void **state)
{
    char typed[512];

    (void)state;
    memset(typed, 'p', sizeof typed - 1);
    typed[sizeof typed - 1] = '\0';
    assert_null(suggest_word(typed, FEATURES, 0));
    (void)suggest_word(typed, FEATURES, ARRAY_LEN(FEATURES));
}

/* ---- players ---- */

static const NameCandidate PLAYERS[] = {
    {"Nikola Jokić", "nikolajokic"},
    {"Jabari Smith Jr.", "jabarismithjr"},
    {"Jabari Smith III", "jabarismithiii"},
    {"Tim Hardaway Jr.", "timhardawayjr"},
};

static void
assert_who(const char *typed, const char *lookup, const char *why_not)
{
    Arena *a = arena_new(0);
    const char *said = NULL;
    const NameCandidate *who = player_choose(PLAYERS, ARRAY_LEN(PLAYERS), typed, a, &said);

    if (lookup != NULL) {
        assert_non_null(who);
        assert_string_equal(who->lookup, lookup);
    } else {
        assert_null(who);
        assert_string_equal(said, why_not);
    }
    arena_free(a);
}

static void
a_player_is_found_by_his_lookup_and_by_any_spelling(void **state)
{
    (void)state;
    assert_who("nikolajokic", "nikolajokic", NULL);
    assert_who("Nikola Jokić", "nikolajokic", NULL);
    assert_who("NIKOLA JOKIC", "nikolajokic", NULL);
    assert_who("Tim Hardaway", "timhardawayjr", NULL);
    assert_who("Jabari Smith Jr", "jabarismithjr", NULL);
}

static void
a_name_of_two_men_is_neither_and_names_both(void **state)
{
    (void)state;
    assert_who("Jabari Smith", NULL,
               "'Jabari Smith' may be Jabari Smith Jr. (jabarismithjr) or Jabari Smith III (jabarismithiii)");
}

static void
a_name_of_nobody_names_the_nearest(void **state)
{
    (void)state;
    assert_who("Nikola Jokc", NULL, "nobody is called 'Nikola Jokc'; did you mean Nikola Jokić (nikolajokic)?");
    assert_who("Jokic", NULL, "nobody is called 'Jokic'; did you mean Nikola Jokić (nikolajokic)?");
    assert_who("Zebulon Quux", NULL, "nobody is called 'Zebulon Quux'");
    assert_who("\xff", NULL, "nobody is called '\xff'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_a_date_or_a_word_counted_from_today),
        cmocka_unit_test(a_span_has_both_ends_and_does_not_run_backwards),
        cmocka_unit_test(a_span_is_written_as_it_is_read),
        cmocka_unit_test(a_distance_counts_what_must_be_changed),
        cmocka_unit_test(a_misspelt_word_is_nearest_to_what_was_meant),
        cmocka_unit_test(suggestions_come_nearest_first_and_no_more_than_asked_for),
        cmocka_unit_test(words_longer_than_any_known_one_do_no_harm),
        cmocka_unit_test(a_player_is_found_by_his_lookup_and_by_any_spelling),
        cmocka_unit_test(a_name_of_two_men_is_neither_and_names_both),
        cmocka_unit_test(a_name_of_nobody_names_the_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
