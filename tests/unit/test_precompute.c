/*
 * tests/unit/test_precompute.c
 *    The four precompute processors together: what cannot matter to any of them.
 */
#include "precompute_season.h"
#include "same_rows.h"

static void
single_game_slate_gives_each_of_its_players_a_row(void **state)
{
    Season *s = *state;
    Morning m;

    leave_one_game(s);
    s->upcoming_count = 1;
    m = morning(s);
    assert_int_equal(m.composites.count, 1);
    assert_int_equal(m.composites.expected, 1);
    assert_int_equal(m.caches.count, 1);
    assert_int_equal(m.caches.expected, 1);
    assert_int_equal(m.zones.count, TEAMS * SQUAD);
}

/* ---- what cannot matter ---- */

static void
shuffle(void *rows, size_t count, size_t size, int seed)
{
    unsigned char *bytes = rows;
    unsigned char swap[sizeof(UpcomingPlayer) + sizeof(PlayerGame)];

    assert_true(size <= sizeof swap);
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)vary((int)i, seed, 77, (int)i);

        memcpy(swap, bytes + (i - 1) * size, size);
        memmove(bytes + (i - 1) * size, bytes + k * size, size);
        memcpy(bytes + k * size, swap, size);
    }
}

/* The first column in which two mornings differ, down to the last bit; NULL when they are the same. */
static const char *
mornings_differ(const Morning *x, const Morning *y)
{
    const struct {
        const TableDesc *table;
        const void *x, *y;
        size_t x_count, y_count;
    } sets[] = {
        {&team_zone_table, x->teams.rows, y->teams.rows, x->teams.count, y->teams.count},
        {&skipped_entity_table, x->teams.skipped, y->teams.skipped, x->teams.skipped_count, y->teams.skipped_count},
        {&player_zone_table, x->zones.rows, y->zones.rows, x->zones.count, y->zones.count},
        {&skipped_entity_table, x->zones.skipped, y->zones.skipped, x->zones.skipped_count, y->zones.skipped_count},
        {&player_composite_table, x->composites.rows, y->composites.rows, x->composites.count, y->composites.count},
        {&player_cache_table, x->caches.rows, y->caches.rows, x->caches.count, y->caches.count},
        {&skipped_entity_table, x->caches.skipped, y->caches.skipped, x->caches.skipped_count, y->caches.skipped_count},
    };

    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        const char *column = rows_differ(sets[i].table, sets[i].x, sets[i].x_count, sets[i].y, sets[i].y_count);

        if (column != NULL)
            return column;
    }
    return NULL;
}

static void
assert_same_morning(Season *s, const Morning *before)
{
    const Morning now = morning(s);
    const char *column = mornings_differ(before, &now);

    if (column != NULL)
        fail_msg("%s differs", column);
}

/* Two games of the season without a complete box score, of teams and on days that matter. */
static void
punch_holes(Season *s)
{
    team_game(s, "BOS", 17)->is_complete = BOOL_FALSE;
    team_game(s, "ATL", 12)->team = "???";
    for (size_t i = 0; i < s->rows.player_game_count; i++) {
        if (date_equal(s->player_games[i].game_date, team_game(s, "BOS", 17)->game_date)
            && strcmp(s->player_games[i].team, "BOS") == 0)
            s->player_games[i].player_lookup = "someoneelse";
    }
}

static void
computing_again_gives_the_same_bits(void **state)
{
    Season *s = *state;
    Morning before;

    punch_holes(s);
    before = morning(s);
    assert_same_morning(s, &before);
}

static void
order_of_the_rows_changes_no_bit(void **state)
{
    Season *s = *state;
    Morning sorted;

    punch_holes(s);
    sorted = morning(s);
    for (int seed = 1; seed <= 5; seed++) {
        shuffle(s->schedule, s->rows.schedule_count, sizeof s->schedule[0], seed);
        shuffle(s->player_games, s->rows.player_game_count, sizeof s->player_games[0], seed);
        shuffle(s->offense, s->rows.offense_count, sizeof s->offense[0], seed);
        shuffle(s->defense, s->rows.defense_count, sizeof s->defense[0], seed);
        shuffle(s->upcoming, s->upcoming_count, sizeof s->upcoming[0], seed);
        assert_same_morning(s, &sorted);
    }
}

static void
outcomes_on_or_after_the_date_change_no_bit(void **state)
{
    Season *s = *state;
    const Morning before = morning(s);

    for (size_t i = 0; i < s->rows.player_game_count; i++) {
        if (!date_before(s->player_games[i].game_date, s->date)) {
            s->player_games[i].points = 99;
            s->player_games[i].team = "???";
            s->player_games[i].player_lookup = i % 2 == 0 ? "player00" : "newcomer";
        }
    }
    for (size_t i = 0; i < s->rows.offense_count; i++) {
        if (!date_before(s->offense[i].game_date, s->date)) {
            s->offense[i].pace = 500;
            s->offense[i].is_complete = BOOL_FALSE;
        }
        if (!date_before(s->defense[i].game_date, s->date)) {
            s->defense[i].paint_makes = 0;
            s->defense[i].points_allowed = 999;
        }
    }
    assert_same_morning(s, &before);
}

static void
absence_of_the_future_changes_no_bit(void **state)
{
    Season *s = *state;
    const Morning before = morning(s);
    size_t rounds = MORNING_ROUND;

    s->rows.player_game_count = rounds * TEAMS * SQUAD;
    s->rows.offense_count = rounds * TEAMS;
    s->rows.defense_count = rounds * TEAMS;
    s->rows.schedule_count = (rounds + 1) * TEAMS / 2;
    assert_same_morning(s, &before);
}

static void
outcome_of_the_day_before_does_change_the_rows(void **state)
{
    Season *s = *state;
    const Morning before = morning(s);

    Morning now;

    s->player_games[MORNING_ROUND * TEAMS * SQUAD - 1].points += 1;
    now = morning(s);
    assert_non_null(mornings_differ(&before, &now));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SEASON_TEST(single_game_slate_gives_each_of_its_players_a_row),
        SEASON_TEST(computing_again_gives_the_same_bits),
        SEASON_TEST(order_of_the_rows_changes_no_bit),
        SEASON_TEST(outcomes_on_or_after_the_date_change_no_bit),
        SEASON_TEST(absence_of_the_future_changes_no_bit),
        SEASON_TEST(outcome_of_the_day_before_does_change_the_rows),
    };

    return cmocka_run_group_tests_name("precompute", tests, NULL, NULL);
}
