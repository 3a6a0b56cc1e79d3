/*
 * tests/unit/test_game_summaries.c
 *    What one date's box scores and shots become: made-up games, a recorded one, a real season.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "real_season.h"
#include "same_rows.h"
#include "workers/analytics/game_summaries_core.h"

#define GAME "20241225_PHI_NYK"

enum { ROWS_MAX = 64, SHOTS_MAX = 512 };

/* A game of NYK, at home, against PHI. */
typedef struct {
    Arena *arena;
    GameDate date;
    ScheduleGame schedule[2];
    size_t schedule_count;
    RawBoxscore box[ROWS_MAX];
    size_t box_count;
    RawShot shots[SHOTS_MAX];
    size_t shot_count;
} Night;

static void
assert_near(double got, double wanted, double tolerance)
{
    if (!(fabs(got - wanted) <= tolerance))
        fail_msg("%.17g is not %.17g", got, wanted);
}

static int
make_night(void **state)
{
    Arena *a = arena_new(0);
    Night *n = arena_alloc(a, sizeof *n);

    n->arena = a;
    if (!date_make(2024, 12, 25, &n->date))
        return -1;
    n->schedule[0] = schedule_game_null();
    n->schedule[0].game_id = GAME;
    n->schedule[0].game_date = n->date;
    n->schedule[0].season_year = 2024;
    n->schedule[0].home_team = "NYK";
    n->schedule[0].away_team = "PHI";
    n->schedule_count = 1;
    *state = n;
    return 0;
}

static int
drop_night(void **state)
{
    arena_free(((Night *)*state)->arena);
    return 0;
}

static RawBoxscore *
add_line(Night *n, const char *team, const char *name, double minutes)
{
    RawBoxscore *r = &n->box[n->box_count++];

    *r = (RawBoxscore){.game_date = n->date,
                       .game_id = GAME,
                       .team = team,
                       .player_name = name,
                       .opponent = strcmp(team, "NYK") == 0 ? "PHI" : "NYK",
                       .is_scheduled = BOOL_TRUE,
                       .won = BOOL_NULL,
                       .minutes = minutes};
    return r;
}

/* Twos, threes and free throws, none missed. */
static void
score(RawBoxscore *r, int32_t twos, int32_t threes, int32_t free_throws)
{
    r->fg_makes = r->fg_attempts = twos + threes;
    r->three_makes = r->three_attempts = threes;
    r->ft_makes = r->ft_attempts = free_throws;
    r->points = 2 * twos + 3 * threes + free_throws;
}

static void
add_shots(Night *n, const char *team, const char *name, int attempts, int makes, double feet, bool three)
{
    for (int i = 0; i < attempts; i++) {
        RawShot *s = &n->shots[n->shot_count];

        *s = raw_shot_null();
        s->game_date = n->date;
        s->game_id = GAME;
        s->shot_no = (int32_t)n->shot_count++;
        s->is_scheduled = BOOL_TRUE;
        s->team = team;
        s->player_name = name;
        s->made = i < makes;
        s->is_three = three;
        s->loc_x = 0.0;
        s->loc_y = 5.25 + feet;
    }
}

static const GameSummaries *
summarise(Night *n)
{
    GameFacts *f = arena_alloc(n->arena, sizeof *f);

    *f = (GameFacts){.date = n->date,
                     .box = n->box,
                     .box_count = n->box_count,
                     .shots = n->shots,
                     .shot_count = n->shot_count,
                     .schedule = n->schedule,
                     .schedule_count = n->schedule_count};
    return game_summaries(f, n->arena);
}

static const PlayerGame *
player(const GameSummaries *s, const char *lookup)
{
    static const PlayerGame none;

    for (size_t i = 0; i < s->player_count; i++)
        if (strcmp(s->players[i].player_lookup, lookup) == 0)
            return &s->players[i];
    fail_msg("no row of %s", lookup);
    return &none;
}

static const TeamOffense *
offense(const GameSummaries *s, const char *team)
{
    static const TeamOffense none;

    for (size_t i = 0; i < s->offense_count; i++)
        if (strcmp(s->offense[i].team, team) == 0)
            return &s->offense[i];
    fail_msg("no row of %s", team);
    return &none;
}

static const TeamDefense *
defense(const GameSummaries *s, const char *team)
{
    static const TeamDefense none;

    for (size_t i = 0; i < s->defense_count; i++)
        if (strcmp(s->defense[i].team, team) == 0)
            return &s->defense[i];
    fail_msg("no row of %s", team);
    return &none;
}

static const char *
rejection(const GameSummaries *s, const char *entity)
{
    for (size_t i = 0; i < s->rejection_count; i++)
        if (strcmp(s->rejections[i].entity, entity) == 0)
            return s->rejections[i].reason;
    return NULL;
}

/* Five a side, 48 minutes each; the first of NYK scores most, so NYK wins 110 to 100. */
static void
add_plain_game(Night *n)
{
    static const char *const home[] = {"Ann Ace", "Ann Bee", "Ann Cee", "Ann Dee", "Ann Eff"};
    static const char *const away[] = {"Bob Ace", "Bob Bee", "Bob Cee", "Bob Dee", "Bob Eff"};

    for (size_t i = 0; i < ARRAY_LEN(home); i++) {
        score(add_line(n, "NYK", home[i], 48.0), i == 0 ? 15 : 10, 0, 0);
        score(add_line(n, "PHI", away[i], 48.0), 10, 0, 0);
    }
}

/* Game 0022400561, one overtime: the team totals, on one of five players a side. */
static void
add_recorded_game(Night *n)
{
    RawBoxscore *phi = add_line(n, "PHI", "Bob Ace", 53.0);
    RawBoxscore *nyk = add_line(n, "NYK", "Ann Ace", 53.0);
    static const char *const others[] = {"Cee Bee", "Cee Cee", "Cee Dee", "Cee Eff"};

    score(phi, 33, 13, 14);
    phi->fg_attempts = 92;
    phi->three_attempts = 35;
    phi->turnovers = 11;
    phi->offensive_rebounds = 10;
    score(nyk, 30, 16, 17);
    nyk->fg_attempts = 86;
    nyk->three_attempts = 37;
    nyk->ft_attempts = 24;
    nyk->turnovers = 10;
    nyk->offensive_rebounds = 12;
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        add_line(n, "PHI", arena_printf(n->arena, "%s P", others[i]), 53.0);
        add_line(n, "NYK", arena_printf(n->arena, "%s N", others[i]), 53.0);
    }
    add_shots(n, "NYK", "Ann Ace", 31, 23, 4.0, false);
    add_shots(n, "NYK", "Ann Ace", 18, 7, 15.0, false);
    add_shots(n, "NYK", "Ann Ace", 37, 16, 25.0, true);
    add_shots(n, "PHI", "Bob Ace", 43, 26, 4.0, false);
    add_shots(n, "PHI", "Bob Ace", 14, 7, 15.0, false);
    add_shots(n, "PHI", "Bob Ace", 35, 13, 25.0, true);
}

static void
team_formulas_match_the_recorded_overtime_game(void **state)
{
    Night *n = *state;
    const GameSummaries *s;
    const TeamOffense *phi, *nyk;

    add_recorded_game(n);
    s = summarise(n);
    phi = offense(s, "PHI");
    nyk = offense(s, "NYK");
    assert_near(phi->possessions, 99.16, 1e-9);
    assert_near(phi->pace, 89.8, 0.05);
    assert_near(phi->offensive_rating, 120.0, 0.05);
    assert_near(nyk->possessions, 94.56, 1e-9);
    assert_near(nyk->pace, 85.6, 0.05);
    assert_near(nyk->offensive_rating, 132.2, 0.05);
    assert_int_equal(phi->overtime_periods, 1);
    assert_true(phi->is_complete && nyk->is_complete);
    assert_true(nyk->won && !phi->won && nyk->is_home && !phi->is_home);
    assert_int_equal(phi->opponent_points, 125);
    assert_near(phi->ts_pct, 119.0 / (2.0 * (92.0 + 0.44 * 14.0)), 1e-12);
}

static void
defense_is_the_opponents_line_without_overtime(void **state)
{
    Night *n = *state;
    const TeamDefense *nyk;

    add_recorded_game(n);
    nyk = defense(summarise(n), "NYK");
    assert_int_equal(nyk->points_allowed, 119);
    assert_near(nyk->defensive_rating, 120.0, 0.05);
    assert_near(nyk->opponent_pace, 89.8, 0.05);
    assert_int_equal(nyk->turnovers_forced, 11);
    assert_int_equal(nyk->paint_attempts, 43);
    assert_int_equal(nyk->paint_makes, 26);
    assert_int_equal(nyk->mid_attempts, 14);
    assert_int_equal(nyk->mid_makes, 7);
    assert_int_equal(nyk->three_attempts, 35);
    assert_int_equal(nyk->three_makes, 13);
}

static void
zones_of_players_and_teams_match_the_recorded_game(void **state)
{
    Night *n = *state;
    const GameSummaries *s;
    const PlayerGame *p;

    add_recorded_game(n);
    s = summarise(n);
    p = player(s, "annace");
    assert_int_equal(p->paint_attempts, 31);
    assert_int_equal(p->paint_makes, 23);
    assert_int_equal(p->mid_attempts, 18);
    assert_int_equal(p->mid_makes, 7);
    assert_int_equal(p->three_attempts_shots, 37);
    assert_int_equal(p->three_makes_shots, 16);
    assert_true(p->has_complete_shot_zones);
    assert_int_equal(offense(s, "NYK")->paint_attempts, 31);
    assert_int_equal(offense(s, "NYK")->mid_makes, 7);
    p = player(s, "ceebeen"); /* took no shot: that is known */
    assert_int_equal(p->paint_attempts, 0);
    assert_true(p->has_complete_shot_zones);
}

/* What the source calls the zone of a shot: five of the twos beyond 8 ft, two of them made, lie in the
 * painted area of that game. */
static const char *
area_of(const RawShot *s, int *beyond_made, int *beyond_missed)
{
    static const char *const threes[] = {"Left Corner 3", "Right Corner 3", "Above the Break 3", "Backcourt"};

    if (s->is_three)
        return threes[s->shot_no % 4];
    if (s->loc_y <= 5.25 + 8.0)
        return s->shot_no % 2 == 0 ? "Restricted Area" : "In The Paint (Non-RA)";
    if (s->made ? (*beyond_made)++ < 2 : (*beyond_missed)++ < 3)
        return "In The Paint (Non-RA)";
    return "Mid-Range";
}

static void
the_sources_own_zones_stand_beside_the_distances(void **state)
{
    Night *n = *state;
    int made = 0, missed = 0;
    const GameSummaries *s;
    const TeamOffense *o;
    const TeamDefense *d;
    const PlayerGame *p;

    add_recorded_game(n);
    for (size_t i = 0; i < n->shot_count; i++)
        if (strcmp(n->shots[i].team, "NYK") == 0)
            n->shots[i].area = area_of(&n->shots[i], &made, &missed);
    s = summarise(n);
    o = offense(s, "NYK");
    assert_int_equal(o->paint_attempts, 31);
    assert_int_equal(o->points_in_paint, 46);
    assert_int_equal(o->area_paint_attempts, 36);
    assert_int_equal(o->area_paint_makes, 25);
    assert_int_equal(o->area_mid_attempts, 13);
    assert_int_equal(o->area_mid_makes, 5);
    assert_int_equal(o->area_three_attempts, 37);
    assert_int_equal(o->area_three_makes, 16);
    d = defense(s, "PHI");
    assert_int_equal(d->area_paint_attempts, 36);
    assert_int_equal(d->area_mid_makes, 5);
    assert_int_equal(d->area_three_makes, 16);
    p = player(s, "annace");
    assert_int_equal(p->area_paint_makes, 25);
    assert_int_equal(p->area_mid_attempts, 13);
    assert_int_equal(p->area_three_attempts, 37);
    p = player(s, "ceebeen"); /* took no shot: that is known */
    assert_int_equal(p->area_paint_attempts, 0);
    /* Of the other side no shot has one. */
    assert_int_equal(offense(s, "PHI")->area_paint_attempts, NULL_I32);
    assert_int_equal(defense(s, "NYK")->area_three_attempts, NULL_I32);
    assert_int_equal(player(s, "bobace")->area_mid_attempts, NULL_I32);
    assert_int_equal(player(s, "bobace")->paint_attempts, 43);
}

static void
a_zone_that_the_source_does_not_name_counts_nowhere(void **state)
{
    Night *n = *state;
    const TeamOffense *t;

    add_plain_game(n);
    add_shots(n, "NYK", "Ann Ace", 3, 0, 4.0, false);
    n->shots[0].area = "Mid-Range"; /* whatever the distance is */
    n->shots[1].area = "Parking Lot";
    t = offense(summarise(n), "NYK");
    assert_int_equal(t->paint_attempts, 3);
    assert_int_equal(t->area_paint_attempts, 0);
    assert_int_equal(t->area_mid_attempts, 1);
    assert_int_equal(t->area_three_attempts, 0);
}

static void
without_possessions_there_is_no_pace(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    for (size_t i = 0; i < n->box_count; i++)
        if (strcmp(n->box[i].team, "PHI") == 0)
            n->box[i].offensive_rebounds = n->box[i].fg_attempts; /* every try is got back */
    s = summarise(n);
    assert_near(offense(s, "PHI")->possessions, 0.0, 1e-9);
    assert_true(f64_is_null(offense(s, "PHI")->pace));
    assert_true(f64_is_null(defense(s, "NYK")->opponent_pace));
    assert_true(f64_is_null(offense(s, "PHI")->offensive_rating));
}

static void
paint_ends_at_eight_feet_by_coordinates(void **state)
{
    Night *n = *state;
    const TeamOffense *t;

    add_plain_game(n);
    add_shots(n, "NYK", "Ann Ace", 1, 0, 8.0, false);
    add_shots(n, "NYK", "Ann Ace", 1, 0, 8.9, false);
    n->shots[1].distance_ft = 8.0; /* whole feet, rounded down */
    add_shots(n, "NYK", "Ann Ace", 1, 0, 0.0, false);
    n->shots[2].loc_x = NULL_F64;
    n->shots[2].distance_ft = 8.0;
    add_shots(n, "NYK", "Ann Ace", 1, 0, 0.0, false); /* from nobody knows where */
    n->shots[3].loc_y = NULL_F64;
    add_shots(n, "NYK", "Ann Ace", 1, 0, 2.0, true); /* the source's type decides */
    t = offense(summarise(n), "NYK");
    assert_int_equal(t->paint_attempts, 2);
    assert_int_equal(t->mid_attempts, 1);
}

static void
without_shots_zones_are_null(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    s = summarise(n);
    assert_int_equal(s->player_count, 10);
    assert_int_equal(player(s, "annace")->paint_attempts, NULL_I32);
    assert_false(player(s, "annace")->has_complete_shot_zones);
    assert_int_equal(offense(s, "NYK")->paint_attempts, NULL_I32);
    assert_int_equal(defense(s, "NYK")->three_attempts, NULL_I32);
    assert_int_equal(offense(s, "NYK")->points_in_paint, NULL_I32);
    assert_int_equal(offense(s, "NYK")->area_paint_attempts, NULL_I32);
    assert_true(offense(s, "NYK")->is_complete);
}

static void
lost_shots_of_one_player_are_null_not_zero(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    add_shots(n, "NYK", "Ann Bee", 10, 10, 3.0, false);
    s = summarise(n);
    assert_int_equal(player(s, "annace")->paint_attempts, NULL_I32);
    assert_false(player(s, "annace")->has_complete_shot_zones);
    assert_true(player(s, "annbee")->has_complete_shot_zones);
    assert_false(offense(s, "NYK")->is_complete); /* makes disagree */
}

static void
usage_is_the_share_of_team_plays(void **state)
{
    Night *n = *state;
    const GameSummaries *s;
    const PlayerGame *p;

    add_plain_game(n);
    s = summarise(n);
    p = player(s, "annace"); /* 15 of 55 plays on the floor throughout */
    assert_near(p->usage_rate, 27.3, 1e-9);
    assert_near(p->ts_pct, 1.0, 1e-12);
    assert_near(p->efg_pct, 1.0, 1e-12);
    assert_true(p->won && p->is_home && p->is_team_complete);
    assert_string_equal(p->opponent, "PHI");
    assert_near(player(s, "bobace")->usage_rate, 20.0, 1e-9);
}

static void
impossible_usage_is_null_and_rejected(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    add_line(n, "NYK", "Zed Short", 0.3)->turnovers = 1;
    add_line(n, "NYK", "Zed Never", 0.0);
    s = summarise(n);
    assert_true(f64_is_null(player(s, "zedshort")->usage_rate));
    assert_string_equal(rejection(s, "zedshort"), "usage rate above 100");
    assert_true(f64_is_null(player(s, "zednever")->usage_rate));
    assert_true(f64_is_null(player(s, "zednever")->ts_pct));
    assert_null(rejection(s, "zednever"));
    assert_true(offense(s, "NYK")->is_complete); /* 240.3 minutes */
}

static void
minutes_decide_overtime_and_completeness(void **state)
{
    static const struct {
        double more;
        int32_t overtimes;
        bool is_complete;
    } golden[] = {{0.0, 0, true},  {-1.0, 0, true}, {1.0, 0, true},   {-1.5, 0, false}, {10.0, 0, false},
                  {24.2, 1, true}, {25.9, 1, true}, {26.5, 1, false}, {75.0, 3, true}};
    Night *n = *state;

    add_plain_game(n);
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        const TeamOffense *t;

        n->box[0].minutes = 48.0 + golden[i].more;
        t = offense(summarise(n), "NYK");
        assert_int_equal(t->overtime_periods, golden[i].overtimes);
        assert_int_equal(t->is_complete, golden[i].is_complete);
    }
}

static void
a_line_that_cannot_be_right_is_rejected_and_leaves_a_hole(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    add_line(n, "NYK", "Zed Minus", -1.0);
    add_line(n, "PHI", "Zed Many", 0.0)->fg_makes = 1;
    add_line(n, "PHI", "...", 0.0);
    s = summarise(n);
    assert_int_equal(s->player_count, 10);
    assert_int_equal(s->scheduled_lines, 13);
    assert_string_equal(rejection(s, "zedminus"), "negative minutes");
    assert_string_equal(rejection(s, "zedmany"), "more makes than attempts");
    assert_string_equal(rejection(s, "..."), "no name");
    assert_false(offense(s, "NYK")->is_complete);
    n->box[0].points += 1;
    assert_string_equal(rejection(summarise(n), "annace"), "points are not those of the makes");
}

static void
a_player_with_two_lines_has_none(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    n->box[2].player_name = "Kelly Oubre";
    n->box[4].player_name = "Kelly Oubre Jr.";
    s = summarise(n);
    assert_int_equal(s->player_count, 8);
    assert_int_equal(s->rejection_count, 2);
    assert_string_equal(rejection(s, "kellyoubrejr"), "two lines for one player");
    assert_false(offense(s, "NYK")->is_complete);
}

static void
a_game_is_used_whole_or_not_at_all(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    s = summarise(n);
    assert_int_equal(s->scheduled_lines, 0);
    assert_string_equal(rejection(s, GAME), "no box score");
    score(add_line(n, "NYK", "Ann Ace", 48.0), 10, 0, 0);
    s = summarise(n);
    assert_string_equal(rejection(s, GAME), "box score of one team only");
    assert_int_equal(s->player_count, 0);
    add_line(n, "PHI", "Bob Ace", 0.0);
    assert_string_equal(rejection(summarise(n), GAME), "a team without minutes");
    n->box[1].minutes = 48.0;
    assert_string_equal(rejection(summarise(n), GAME), "a team without points");
    score(&n->box[1], 10, 0, 0);
    assert_string_equal(rejection(summarise(n), GAME), "equal scores");
    score(&n->box[1], 9, 0, 0);
    s = summarise(n);
    assert_int_equal(s->rejection_count, 0);
    assert_int_equal(s->player_count, 2);
    assert_int_equal(s->offense_count, 2);
}

static void
games_that_the_schedule_lacks_are_left_out(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    add_shots(n, "NYK", "Ann Ace", 1, 1, 3.0, false);
    for (size_t i = 0; i < n->box_count; i++)
        n->box[i].is_scheduled = BOOL_FALSE;
    n->shots[0].is_scheduled = BOOL_FALSE;
    n->schedule_count = 0;
    s = summarise(n);
    assert_int_equal(s->scheduled_lines + s->player_count + s->offense_count + s->unresolved_count, 0);
    assert_int_equal(s->rejection_count, 0);
}

static void
unresolved_shots_count_for_the_team_and_are_listed(void **state)
{
    Night *n = *state;
    const GameSummaries *s;

    add_plain_game(n);
    n->box[0].player_name = "Herbert Jones";
    add_shots(n, "NYK", "Hugh Other", 1, 1, 3.0, false);
    add_shots(n, "NYK", "Herb Jones", 15, 15, 3.0, false);
    add_shots(n, "NYK", "Ivy Other", 1, 0, 3.0, false);
    add_shots(n, "NYK", "Hugh Other", 2, 1, 3.0, false);
    s = summarise(n);
    assert_int_equal(player(s, "herbertjones")->paint_makes, 15);
    assert_int_equal(offense(s, "NYK")->paint_attempts, 19);
    assert_int_equal(s->unresolved_count, 2);
    assert_string_equal(s->unresolved[0].player_name, "Hugh Other");
    assert_string_equal(s->unresolved[0].processor, "game_summaries");
    assert_string_equal(s->unresolved[0].team, "NYK");
    assert_string_equal(s->unresolved[0].reason, "not_in_box_score");
    assert_int_equal(s->unresolved[0].row_count, 3);
}

static void
assert_same(const GameSummaries *x, const GameSummaries *y)
{
    assert_null(rows_differ(&player_game_table, x->players, x->player_count, y->players, y->player_count));
    assert_null(rows_differ(&team_offense_table, x->offense, x->offense_count, y->offense, y->offense_count));
    assert_null(rows_differ(&team_defense_table, x->defense, x->defense_count, y->defense, y->defense_count));
    assert_null(
        rows_differ(&unresolved_name_table, x->unresolved, x->unresolved_count, y->unresolved, y->unresolved_count));
    assert_int_equal(x->rejection_count, y->rejection_count);
    for (size_t i = 0; i < x->rejection_count; i++)
        assert_string_equal(x->rejections[i].entity, y->rejections[i].entity);
}

static void
the_order_of_rows_changes_no_bit(void **state)
{
    Night *n = *state;
    const GameSummaries *before;

    add_recorded_game(n);
    for (size_t i = 0; i < n->box_count; i++)
        n->box[i].minutes += 0.013 * (double)i; /* sums that round */
    add_shots(n, "PHI", "Hugh Other", 2, 1, 3.0, false);
    before = summarise(n);
    for (size_t i = 0; i < n->box_count / 2; i++) {
        const RawBoxscore kept = n->box[i];

        n->box[i] = n->box[n->box_count - 1 - i];
        n->box[n->box_count - 1 - i] = kept;
    }
    for (size_t i = 0; i < n->shot_count / 2; i++) {
        const RawShot kept = n->shots[i];

        n->shots[i] = n->shots[n->shot_count - 1 - i];
        n->shots[n->shot_count - 1 - i] = kept;
    }
    assert_same(before, summarise(n));
}

typedef struct {
    size_t players, games, unresolved, rejected, incomplete_zones, incomplete_teams, shots, zoned;
} RealTotals;

static void
add_real_date(const RealSeason *season, GameDate date, RealTotals *t, Arena *a)
{
    const RealDate d = real_date(season, date, a);
    const GameFacts f = {.date = date,
                         .box = d.box,
                         .box_count = d.box_count,
                         .shots = d.shots,
                         .shot_count = d.shot_count,
                         .schedule = season->schedule,
                         .schedule_count = season->schedule_count};
    const GameSummaries *s = game_summaries(&f, a);

    if (d.box_count == 0)
        return;
    t->players += s->player_count;
    t->games += s->offense_count / 2;
    t->unresolved += s->unresolved_count;
    t->rejected += s->rejection_count;
    t->shots += d.shot_count;
    for (size_t i = 0; i < s->player_count; i++)
        t->incomplete_zones += s->players[i].has_complete_shot_zones != BOOL_TRUE;
    for (size_t i = 0; i < s->offense_count; i++)
        t->incomplete_teams += s->offense[i].is_complete != BOOL_TRUE;
    for (size_t i = 0; i < s->defense_count; i++)
        t->zoned += (size_t)(s->defense[i].paint_attempts + s->defense[i].mid_attempts + s->defense[i].three_attempts);
}

static void
a_real_season_resolves(void **state)
{
    Arena *a = ((Night *)*state)->arena;
    const RealSeason season = real_season(a);
    RealTotals t = {0};
    GameDate date, end = GAME_DATE_NULL;

    if (season.dir == NULL) {
        print_message("skipped: no shared data\n");
        skip();
    }
    assert_true(date_make(2024, 10, 22, &date));
    assert_true(date_make(2025, 1, 1, &end));
    for (; date_before(date, end); date = date_add(date, 1)) {
        Arena *day = arena_new(0);

        add_real_date(&season, date, &t, day);
        arena_free(day);
    }
    print_message("%zu player-games, %zu games, %zu unresolved, %zu rejected, %zu without zones\n", t.players, t.games,
                  t.unresolved, t.rejected, t.incomplete_zones);
    assert_int_equal(t.games, 484);   /* 970 team box scores less the cup final's two, by two */
    assert_int_equal(t.zoned, 85935); /* every attempt has a zone */
    assert_int_equal(t.shots, 85935);
    assert_int_equal(t.incomplete_teams, 0);
    assert_true(t.players > 10400);
    assert_true(t.unresolved * 200 < t.players); /* under half a percent */
    assert_int_equal(t.rejected, 3);             /* usage rates of players with a minute or less */
    assert_true(t.incomplete_zones * 100 < t.players);
}

#define NIGHT_TEST(f) cmocka_unit_test_setup_teardown(f, make_night, drop_night)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        NIGHT_TEST(team_formulas_match_the_recorded_overtime_game),
        NIGHT_TEST(defense_is_the_opponents_line_without_overtime),
        NIGHT_TEST(zones_of_players_and_teams_match_the_recorded_game),
        NIGHT_TEST(the_sources_own_zones_stand_beside_the_distances),
        NIGHT_TEST(a_zone_that_the_source_does_not_name_counts_nowhere),
        NIGHT_TEST(without_possessions_there_is_no_pace),
        NIGHT_TEST(paint_ends_at_eight_feet_by_coordinates),
        NIGHT_TEST(without_shots_zones_are_null),
        NIGHT_TEST(lost_shots_of_one_player_are_null_not_zero),
        NIGHT_TEST(usage_is_the_share_of_team_plays),
        NIGHT_TEST(impossible_usage_is_null_and_rejected),
        NIGHT_TEST(minutes_decide_overtime_and_completeness),
        NIGHT_TEST(a_line_that_cannot_be_right_is_rejected_and_leaves_a_hole),
        NIGHT_TEST(a_player_with_two_lines_has_none),
        NIGHT_TEST(a_game_is_used_whole_or_not_at_all),
        NIGHT_TEST(games_that_the_schedule_lacks_are_left_out),
        NIGHT_TEST(unresolved_shots_count_for_the_team_and_are_listed),
        NIGHT_TEST(the_order_of_rows_changes_no_bit),
        NIGHT_TEST(a_real_season_resolves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
