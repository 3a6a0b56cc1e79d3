/*
 * tests/unit/test_names.c
 *    Spellings of players and teams: what must meet, and what must never meet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "workers/names/aliases.h"
#include "workers/names/player_lookup.h"
#include "workers/names/resolve.h"
#include "workers/names/teams.h"

typedef struct {
    const char *name, *lookup;
} Golden;

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

static void
a_lookup_has_neither_marks_nor_case_nor_punctuation(void **state)
{
    static const Golden golden[] = {
        {"LeBron James", "lebronjames"},
        {"Nikola Jokić", "nikolajokic"},
        {"Luka Dončić", "lukadoncic"},
        {"Kristaps Porziņģis", "kristapsporzingis"},
        {"Dennis Schröder", "dennisschroder"},
        {"D'Angelo Russell", "dangelorussell"},
        {"De\xE2\x80\x99"
         "Aaron Fox",
         "deaaronfox"},
        {"Shai Gilgeous-Alexander", "shaigilgeousalexander"},
        {"P.J. Washington", "pjwashington"},
        {"Tidjane Salaün ", "tidjanesalaun"},
        {"Alperen Şengün", "alperensengun"},
        {"İlkan Karaman", "ilkankaraman"},
        {"Ersan \xC4\xB1lyasova", "ersanilyasova"},
        {"Nikola Đurišić", "nikoladurisic"},
        {"Łukasz Weiß", "lukaszweiss"},
        {"\xEF\xBC\xB4\xEF\xBD\x92\xEF\xBD\x81\xEF\xBD\x85 Young", "traeyoung"}, /* full width */
        {"Jose\xCC\x81 Alvarado", "josealvarado"},                               /* combining */
    };

    for (size_t i = 0; i < ARRAY_LEN(golden); i++)
        assert_string_equal(player_lookup(golden[i].name, *state), golden[i].lookup);
}

static void
a_lookup_keeps_the_suffix_in_one_form(void **state)
{
    static const Golden golden[] = {
        {"LeBron James Jr.", "lebronjamesjr"},      {"Jaren Jackson, Jr", "jarenjacksonjr"},
        {"Jaren Jackson Junior", "jarenjacksonjr"}, {"Xavier Tillman Senior", "xaviertillmansr"},
        {"Trey Murphy III", "treymurphyiii"},
    };

    for (size_t i = 0; i < ARRAY_LEN(golden); i++)
        assert_string_equal(player_lookup(golden[i].name, *state), golden[i].lookup);
}

static void
a_suffix_is_a_word_of_its_own(void **state)
{
    PlayerName n;

    assert_true(player_name_parse("Robert Williams III", *state, &n));
    assert_int_equal(n.base_len, strlen("robertwilliams"));
    assert_true(player_name_parse("Alex Pavlov", *state, &n)); /* ends in v */
    assert_false(player_name_has_suffix(&n));
    assert_true(player_name_parse("Junior", *state, &n));
    assert_false(player_name_has_suffix(&n));
}

static void
what_is_no_name_has_no_lookup(void **state)
{
    assert_null(player_lookup("", *state));
    assert_null(player_lookup(" -.' ", *state));
    assert_null(player_lookup("bad \xFF\xFE bytes", *state));
    assert_null(player_canonical("...", *state));
}

static void
the_alias_table_speaks_the_lookups_of_its_own_names(void **state)
{
    assert_true(name_alias_count > 0);
    for (size_t i = 0; i < name_alias_count; i++) {
        const NameAlias *row = &name_aliases[i];

        assert_string_equal(player_lookup(row->spelling, *state), row->spelling_lookup);
        assert_string_equal(player_lookup(row->player, *state), row->player_lookup);
        assert_null(name_alias(row->player_lookup));
        assert_string_equal(name_alias(row->spelling_lookup), row->player_lookup);
        if (i > 0)
            assert_true(strcmp(name_aliases[i - 1].spelling_lookup, row->spelling_lookup) < 0);
    }
}

static void
known_spellings_of_one_player_meet(void **state)
{
    static const Golden pairs[] = {
        {"Herb Jones", "Herbert Jones"},          {"Nicolas Claxton", "Nic Claxton"},
        {"Moe Wagner", "Moritz Wagner"},          {"BJ Boston", "Brandon Boston"},
        {"Ron Holland", "Ronald Holland II"},     {"Carlton Carrington", "Bub Carrington"},
        {"Jeenathan Williams", "Nate Williams"},  {"Kelly Oubre", "Kelly Oubre Jr."},
        {"B.J. Boston Jr", "Brandon Boston Jr."}, {"Xavier Tillman", "Xavier Tillman Sr."},
    };

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        assert_string_equal(player_canonical(pairs[i].name, *state), player_canonical(pairs[i].lookup, *state));
}

static void
an_alias_resolves_in_either_direction(void **state)
{
    const NameCandidate herbert = {"Herbert Jones", player_canonical("Herbert Jones", *state)};
    const NameCandidate herb = {"Herb Jones", player_canonical("Herb Jones", *state)};
    NameMatch m = name_resolve(&herbert, 1, "Herb Jones", *state);

    assert_ptr_equal(m.match, &herbert);
    assert_int_equal(m.outcome, NAME_FOUND_ALIAS);
    m = name_resolve(&herb, 1, "Herbert Jones", *state);
    assert_ptr_equal(m.match, &herb);
}

static void
a_missing_suffix_is_forgiven_where_one_player_fits(void **state)
{
    const NameCandidate c[] = {{"Walter Clayton Jr.", "walterclaytonjr"}, {"Ace Bailey", "acebailey"}};
    NameMatch m = name_resolve(c, 2, "Walter Clayton", *state);

    assert_ptr_equal(m.match, &c[0]);
    assert_int_equal(m.outcome, NAME_FOUND_SUFFIX);
    m = name_resolve(c, 2, "Ace Bailey II", *state);
    assert_ptr_equal(m.match, &c[1]);
    m = name_resolve(c, 2, "Ace Bailey", *state);
    assert_int_equal(m.outcome, NAME_FOUND_EXACT);
}

/* His lookup is the alias's, which does not begin as his name does. */
static void
a_missing_suffix_is_forgiven_of_one_who_has_an_alias(void **state)
{
    const NameCandidate c[] = {{"Adam Ant", "adamant"}, {"Nicolas Claxton", "nicclaxton"}, {"Zed Zoe", "zedzoe"}};
    const NameMatch m = name_resolve(c, 3, "Nicolas Claxton Jr.", *state);

    assert_int_equal(m.outcome, NAME_FOUND_SUFFIX);
    assert_ptr_equal(m.match, &c[1]);
}

static void
two_generations_are_never_mixed_up(void **state)
{
    const NameCandidate both[] = {{"John Roe Jr.", "johnroejr"}, {"John Roe III", "johnroeiii"}};
    const NameCandidate father = {"LeBron James", "lebronjames"};

    assert_int_equal(name_resolve(both, 2, "John Roe", *state).outcome, NAME_AMBIGUOUS);
    assert_int_equal(name_resolve(both, 1, "John Roe III", *state).outcome, NAME_UNKNOWN);
    assert_ptr_equal(name_resolve(both, 2, "John Roe III", *state).match, &both[1]);
    assert_null(name_resolve(&father, 1, "LeBron James Jr.", *state).match);
}

static void
likeness_is_not_identity(void **state)
{
    const NameCandidate c[] = {
        {"Jalen Williams", "jalenwilliams"}, {"Nikola Jović", "nikolajovic"}, {"Marcus Morris", "marcusmorris"}};

    assert_null(name_resolve(c, 3, "Jaylin Williams", *state).match);
    assert_null(name_resolve(c, 3, "J. Williams", *state).match);
    assert_null(name_resolve(c, 3, "Williams", *state).match);
    assert_null(name_resolve(c, 3, "Nikola Jokić", *state).match);
    assert_null(name_resolve(c, 3, "Markieff Morris", *state).match);
    assert_int_equal(name_resolve(c, 3, "", *state).outcome, NAME_UNREADABLE);
}

static void
the_order_of_candidates_changes_nothing(void **state)
{
    const NameCandidate c[] = {{"John Roe Jr.", "johnroejr"}, {"John Roe", "johnroe"}, {"Jane Poe", "janepoe"}};
    const NameCandidate reversed[] = {c[2], c[1], c[0]};
    static const char *const names[] = {"John Roe", "John Roe Jr", "John Roe II", "Jane Poe IV", "X"};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const NameMatch x = name_resolve(c, 3, names[i], *state);
        const NameMatch y = name_resolve(reversed, 3, names[i], *state);

        assert_int_equal(x.outcome, y.outcome);
        if (x.match != NULL)
            assert_string_equal(x.match->lookup, y.match->lookup);
    }
}

static void
every_team_is_known_by_all_its_names(void **state)
{
    static const Golden golden[] = {
        {"BRK", "BKN"},
        {"CHO", "CHA"},
        {"PHO", "PHX"},
        {"pho", "PHX"},
        {"LA Clippers", "LAC"},
        {"Los Angeles Clippers", "LAC"},
        {"Los Angeles Lakers", "LAL"},
        {"GS", "GSW"},
        {"Philadelphia 76ers", "PHI"},
        {"UTAH", "UTA"},
        {"WSH", "WAS"},
        {"NO", "NOP"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(golden); i++)
        assert_string_equal(team_canonical(golden[i].name), golden[i].lookup);
    for (size_t i = 0; i < TEAM_COUNT; i++) {
        const Team *t = &team_table[i];

        assert_string_equal(team_canonical(t->tricode), t->tricode);
        assert_string_equal(team_canonical(t->bref_code), t->tricode);
        assert_string_equal(team_canonical(t->full_name), t->tricode);
        assert_ptr_equal(team_by_tricode(t->tricode), t);
        if (i > 0)
            assert_true(strcmp(team_table[i - 1].tricode, t->tricode) < 0);
    }
    assert_null(team_canonical("SEA"));
    assert_null(team_canonical(""));
    assert_null(team_by_tricode("BRK"));
}

#define NAMES_TEST(f) cmocka_unit_test_setup_teardown(f, make_arena, drop_arena)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        NAMES_TEST(a_lookup_has_neither_marks_nor_case_nor_punctuation),
        NAMES_TEST(a_lookup_keeps_the_suffix_in_one_form),
        NAMES_TEST(a_suffix_is_a_word_of_its_own),
        NAMES_TEST(what_is_no_name_has_no_lookup),
        NAMES_TEST(the_alias_table_speaks_the_lookups_of_its_own_names),
        NAMES_TEST(known_spellings_of_one_player_meet),
        NAMES_TEST(an_alias_resolves_in_either_direction),
        NAMES_TEST(a_missing_suffix_is_forgiven_where_one_player_fits),
        NAMES_TEST(a_missing_suffix_is_forgiven_of_one_who_has_an_alias),
        NAMES_TEST(two_generations_are_never_mixed_up),
        NAMES_TEST(likeness_is_not_identity),
        NAMES_TEST(the_order_of_candidates_changes_nothing),
        NAMES_TEST(every_team_is_known_by_all_its_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
