/*
 * tests/unit/test_upcoming_context.c
 *    Who is expected on a date, how rested and with which line; and that the future moves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include "libcore/base/rng.h"
#include "real_season.h"
#include "same_rows.h"
#include "workers/analytics/game_summaries_core.h"
#include "workers/analytics/upcoming_context_core.h"
#include "workers/league/window.h"
#include "workers/names/player_lookup.h"

enum { ROWS_MAX = 160, TODAY = 20 }; /* days of November 2024 */

/* A small league: games are added on days of November, and the date asked about is the 20th. */
typedef struct {
    Arena *arena;
    ScheduleGame schedule[ROWS_MAX];
    PlayerGame games[ROWS_MAX];
    TeamOffense offense[ROWS_MAX];
    RawPropLine lines[ROWS_MAX];
    RawInjuryReport reports[ROWS_MAX];
    RawGameLine game_lines[ROWS_MAX];
    LeagueRows rows;
    size_t line_count, report_count, game_line_count;
} World;

static void
assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-9))
        fail_msg("%.17g is not %.17g", got, wanted);
}

static int
make_world(void **state)
{
    Arena *a = arena_new(0);
    World *w = arena_alloc(a, sizeof *w);

    w->arena = a;
    w->rows.schedule = w->schedule;
    w->rows.player_games = w->games;
    w->rows.offense = w->offense;
    *state = w;
    return 0;
}

static int
drop_world(void **state)
{
    arena_free(((World *)*state)->arena);
    return 0;
}

static GameDate
day(int n)
{
    GameDate first = GAME_DATE_NULL;

    if (!date_make(2024, 11, 1, &first))
        fail();
    return date_add(first, n - 1);
}

static Instant
at(const char *text)
{
    Instant t = INSTANT_NULL;

    if (!instant_parse(text, &t))
        fail();
    return t;
}

static ScheduleGame *
add_game(World *w, int on, const char *away, const char *home)
{
    ScheduleGame *g = &w->schedule[w->rows.schedule_count++];

    *g = schedule_game_null();
    g->game_id = arena_printf(w->arena, "202411%02d_%s_%s", on, away, home);
    g->game_date = day(on);
    g->season_year = 2024;
    g->away_team = away;
    g->home_team = home;
    return g;
}

/* The game of a team on a day; a new one against nobody in particular where there is none. */
static const ScheduleGame *
game_of(World *w, int on, const char *team)
{
    for (size_t i = 0; i < w->rows.schedule_count; i++) {
        const ScheduleGame *g = &w->schedule[i];

        if (date_equal(g->game_date, day(on)) && (strcmp(g->home_team, team) == 0 || strcmp(g->away_team, team) == 0))
            return g;
    }
    return add_game(w, on, team, "OPP");
}

static TeamOffense *
add_outcome(World *w, int on, const char *team, double pace, bool won)
{
    const ScheduleGame *g = game_of(w, on, team);
    TeamOffense *t = &w->offense[w->rows.offense_count++];

    *t = team_offense_null();
    t->game_date = day(on);
    t->game_id = g->game_id;
    t->team = team;
    t->season_year = 2024;
    t->pace = pace;
    t->won = won;
    t->is_complete = BOOL_TRUE;
    return t;
}

static PlayerGame *
add_played(World *w, int on, const char *name, const char *team, double minutes, int32_t points, double usage_rate)
{
    PlayerGame *g = &w->games[w->rows.player_game_count++];

    *g = player_game_null();
    g->game_date = day(on);
    g->game_id = arena_printf(w->arena, "202411%02d_x", on);
    g->player_lookup = player_canonical(name, w->arena);
    g->player_name = name;
    g->team = team;
    g->season_year = 2024;
    g->minutes = minutes;
    g->points = points;
    g->usage_rate = usage_rate;
    return g;
}

static RawPropLine *
add_side(World *w, const char *name, const char *book, double line, const char *side)
{
    RawPropLine *l = &w->lines[w->line_count];

    *l = raw_prop_line_null();
    l->game_date = day(TODAY);
    l->game_id = "20241120_BOS_NYK";
    l->bookmaker = book;
    l->row_no = (int32_t)w->line_count++;
    l->is_scheduled = BOOL_TRUE;
    l->player_name = name;
    l->market = "player_points";
    l->side = side;
    l->line = line;
    return l;
}

static void
add_line(World *w, const char *name, const char *book, double line)
{
    add_side(w, name, book, line, "Over");
    add_side(w, name, book, line, "Under");
}

/* A line on both sides, put up at that time. */
static void
add_posted(World *w, const char *name, const char *book, double line, const char *posted_at)
{
    add_side(w, name, book, line, "Over")->posted_at = at(posted_at);
    add_side(w, name, book, line, "Under")->posted_at = at(posted_at);
}

static RawInjuryReport *
add_report(World *w, const char *team, const char *name, const char *status, const char *time)
{
    RawInjuryReport *r = &w->reports[w->report_count];

    *r = raw_injury_report_null();
    r->game_date = day(TODAY);
    r->team = team;
    r->player_name = name;
    r->report_no = (int32_t)++w->report_count;
    r->game_id = "20241120_BOS_NYK";
    r->is_scheduled = BOOL_TRUE;
    r->status = status;
    r->report_time = at(time);
    return r;
}

static RawGameLine *
add_odds(World *w, const char *book, const char *market, const char *outcome, double point, const char *time)
{
    RawGameLine *l = &w->game_lines[w->game_line_count];

    *l = raw_game_line_null();
    l->game_date = day(TODAY);
    l->game_id = "20241120_BOS_NYK";
    l->row_no = (int32_t)++w->game_line_count;
    l->is_scheduled = BOOL_TRUE;
    l->bookmaker = book;
    l->market = market;
    l->outcome = outcome;
    l->point = point;
    l->snapshot_time = at(time);
    return l;
}

static const UpcomingContext *
context_of(World *w)
{
    UpcomingFacts f = {.view = league_view(&w->rows, day(TODAY), w->arena),
                       .lines = w->lines,
                       .line_count = w->line_count,
                       .reports = w->reports,
                       .report_count = w->report_count,
                       .game_lines = w->game_lines,
                       .game_line_count = w->game_line_count};

    return upcoming_context(&f, w->arena);
}

static const UpcomingPlayer *
find_player(const UpcomingContext *c, const char *lookup)
{
    for (size_t i = 0; i < c->player_count; i++)
        if (strcmp(c->players[i].player_lookup, lookup) == 0)
            return &c->players[i];
    return NULL;
}

static const UpcomingPlayer *
player(const UpcomingContext *c, const char *lookup)
{
    static const UpcomingPlayer none;
    const UpcomingPlayer *p = find_player(c, lookup);

    if (p == NULL)
        fail_msg("no row of %s", lookup);
    return p != NULL ? p : &none;
}

static const UpcomingTeam *
team(const UpcomingContext *c, const char *name)
{
    static const UpcomingTeam none;

    for (size_t i = 0; i < c->team_count; i++)
        if (strcmp(c->teams[i].team, name) == 0)
            return &c->teams[i];
    fail_msg("no row of %s", name);
    return &none;
}

/* BOS at NYK today; both played before, and so did MIA, which is free. */
static void
add_slate(World *w)
{
    add_game(w, 1, "BOS", "MIA");
    add_game(w, 18, "BOS", "NYK");
    add_game(w, 19, "NYK", "MIA");
    add_game(w, TODAY, "BOS", "NYK");
    add_game(w, 22, "NYK", "BOS");
    add_played(w, 18, "Ann Ace", "NYK", 30.0, 20, 25.0);
    add_played(w, 18, "Bob Bee", "BOS", 30.0, 20, 25.0);
    add_played(w, 19, "Cee Cee", "MIA", 30.0, 20, 25.0);
}

/* The slate, with complete box scores of what was played. */
static void
add_known_slate(World *w)
{
    add_slate(w);
    add_outcome(w, 1, "BOS", NULL_F64, true);
    add_outcome(w, 18, "BOS", NULL_F64, true);
    add_outcome(w, 18, "NYK", NULL_F64, false);
    add_outcome(w, 19, "NYK", NULL_F64, true);
}

static void
players_whose_latest_team_plays_get_a_row(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_slate(w);
    add_played(w, 1, "Dee Moved", "BOS", 10.0, 2, 10.0);
    add_played(w, 19, "Dee Moved", "MIA", 10.0, 2, 10.0);
    add_played(w, -10, "Old Timer", "NYK", 10.0, 2, 10.0); /* October 21, 30 days ago */
    add_played(w, -11, "Older Timer", "NYK", 10.0, 2, 10.0);
    c = context_of(w);
    assert_int_equal(c->player_count, 3);
    assert_string_equal(c->players[0].player_lookup, "annace");
    assert_string_equal(player(c, "annace")->opponent, "BOS");
    assert_true(player(c, "annace")->is_home);
    assert_false(player(c, "bobbee")->is_home);
    assert_string_equal(player(c, "bobbee")->population, "latest_team");
    assert_non_null(find_player(c, "oldtimer"));
    assert_null(find_player(c, "deemoved"));
    assert_null(find_player(c, "ceecee"));
}

static void
a_line_brings_back_who_was_long_away(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_known_slate(w);
    add_played(w, -25, "Older Timer", "NYK", 10.0, 2, 10.0);
    add_line(w, "Older Timer", "betmgm", 9.5);
    c = context_of(w);
    assert_string_equal(player(c, "oldertimer")->population, "line");
    assert_int_equal(player(c, "oldertimer")->days_rest, 45);
    assert_int_equal(player(c, "oldertimer")->games_in_last_14_days, 0);
    assert_true(f64_is_null(player(c, "oldertimer")->avg_minutes_per_game_last_7));
}

static void
names_of_lines_that_lead_nowhere_say_why(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_slate(w);
    add_played(w, 18, "John Roe Jr.", "NYK", 10.0, 2, 10.0);
    add_played(w, 18, "John Roe III", "BOS", 10.0, 2, 10.0);
    add_line(w, "Cee Cee", "betmgm", 9.5);
    add_line(w, "New Comer", "betmgm", 9.5);
    add_line(w, "New Comer", "caesars", 9.5);
    add_line(w, "John Roe", "betmgm", 9.5);
    add_line(w, "Bob Bee", "betmgm", 9.5);
    c = context_of(w);
    assert_int_equal(c->unresolved_count, 3);
    assert_string_equal(c->unresolved[0].player_name, "Cee Cee");
    assert_string_equal(c->unresolved[0].reason, "team_mismatch");
    assert_string_equal(c->unresolved[1].reason, "ambiguous");
    assert_string_equal(c->unresolved[2].player_name, "New Comer");
    assert_string_equal(c->unresolved[2].reason, "no_earlier_box_score");
    assert_string_equal(c->unresolved[2].team, "BOS@NYK");
    assert_string_equal(c->unresolved[2].feed, "props");
    assert_string_equal(c->unresolved[2].processor, "upcoming_context");
    assert_int_equal(c->unresolved[2].row_count, 4);
    assert_null(find_player(c, "ceecee"));
}

static void
the_line_is_the_preferred_books_closest_to_the_median(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    add_line(w, "Ann Ace", "aaa", 20.5);
    add_line(w, "Ann Ace", "FanDuel", 21.5);
    add_line(w, "Ann Ace", "FanDuel", 18.5);
    add_line(w, "Ann Ace", "caesars", 22.5);
    add_line(w, "Bob Bee", "zzz", 10.5);
    add_line(w, "Bob Bee", "PrizePicks", 11.0);
    p = player(context_of(w), "annace"); /* median of 18.5 20.5 21.5 22.5 is 21 */
    assert_near(p->current_points_line, 21.5);
    assert_true(f64_is_null(p->opening_points_line)); /* one snapshot tells of no move */
    assert_string_equal(p->line_sportsbook, "FanDuel");
    assert_int_equal(p->line_book_count, 3);
    assert_true(p->has_prop_line);
    p = player(context_of(w), "bobbee");
    assert_near(p->current_points_line, 11.0);
    assert_string_equal(p->line_sportsbook, "PrizePicks");
}

static void
a_tie_between_lines_takes_the_lower(void **state)
{
    World *w = *state;

    add_slate(w);
    add_line(w, "Ann Ace", "draftkings", 22.0);
    add_line(w, "Ann Ace", "draftkings", 20.0);
    assert_near(player(context_of(w), "annace")->current_points_line, 20.0);
}

static void
one_sided_lines_count_only_alone(void **state)
{
    World *w = *state;

    add_slate(w);
    add_side(w, "Ann Ace", "PrizePicks", 0.5, "Over");
    add_line(w, "Ann Ace", "PrizePicks", 26.5);
    add_side(w, "Bob Bee", "PrizePicks", 8.5, "Over");
    assert_near(player(context_of(w), "annace")->current_points_line, 26.5);
    assert_near(player(context_of(w), "bobbee")->current_points_line, 8.5);
}

static void
only_points_lines_above_zero_of_scheduled_games_count(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    add_side(w, "Ann Ace", "draftkings", 7.5, "Over")->market = "player_rebounds";
    add_line(w, "Ann Ace", "draftkings", 0.0);
    add_line(w, "Ann Ace", "draftkings", -1.5);
    add_side(w, "Ann Ace", "draftkings", 21.5, "Over")->is_scheduled = BOOL_FALSE;
    add_side(w, "Ann Ace", "draftkings", 21.5, "Over")->game_id = "20241120_MIA_ORL";
    p = player(context_of(w), "annace");
    assert_false(p->has_prop_line);
    assert_true(f64_is_null(p->current_points_line));
    assert_null(p->line_sportsbook);
    assert_true(instant_is_null(p->line_stamp));
    assert_int_equal(p->line_book_count, 0);
}

static void
tip_off_comes_from_schedule_then_lines_then_habit(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    p = player(context_of(w), "annace");
    assert_true(p->tip_assumed);
    assert_int_equal(p->tip_off.us, at("2024-11-21T00:00:00Z").us); /* 19:00 EST */
    for (int i = 0; i < 3; i++)
        add_side(w, "Ann Ace", "betmgm", 20.5, "Over")->commence_time = at("2024-11-21T00:30:00Z");
    add_side(w, "Ann Ace", "betmgm", 20.5, "Under")->commence_time = at("2024-11-21T00:40:00Z");
    add_side(w, "Ann Ace", "betmgm", 20.5, "Under")->commence_time = at("2024-11-21T00:10:00Z");
    p = player(context_of(w), "annace");
    assert_false(p->tip_assumed);
    assert_int_equal(p->tip_off.us, at("2024-11-21T00:30:00Z").us);
    assert_int_equal(p->line_stamp.us, at("2024-11-21T00:29:00Z").us);
    for (int i = 0; i < 2; i++)
        add_side(w, "Ann Ace", "betmgm", 20.5, "Under")->commence_time = at("2024-11-21T00:40:00Z");
    assert_int_equal(player(context_of(w), "annace")->tip_off.us, at("2024-11-21T00:40:00Z").us);
    w->schedule[3].tip_off = at("2024-11-20T17:00:00Z");
    p = player(context_of(w), "annace");
    assert_int_equal(p->tip_off.us, at("2024-11-20T17:00:00Z").us);
    assert_false(p->tip_assumed);
}

static void
a_commence_time_of_another_day_is_no_tip_off(void **state)
{
    World *w = *state;

    add_slate(w);
    add_side(w, "Ann Ace", "betmgm", 20.5, "Over")->commence_time = at("2024-11-22T00:30:00Z");
    assert_true(player(context_of(w), "annace")->tip_assumed);
}

static void
fatigue_counts_played_games_only(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_known_slate(w);
    add_played(w, 19, "Dan Tired", "NYK", 0.0, 0, NULL_F64); /* did not play */
    add_played(w, 17, "Dan Tired", "NYK", 30.0, 30, 20.0);
    add_played(w, 14, "Dan Tired", "NYK", 20.0, 21, 30.0);
    add_played(w, 13, "Dan Tired", "NYK", 40.0, 20, 10.0); /* date - 7 is outside */
    add_played(w, 7, "Dan Tired", "NYK", 10.0, 10, NULL_F64);
    add_played(w, 6, "Dan Tired", "NYK", 10.0, 10, 24.0); /* date - 14 is outside */
    add_played(w, 5, "Dan Tired", "NYK", 10.0, 12, 26.0);
    p = player(context_of(w), "dantired");
    assert_int_equal(p->games_played_season, 6);
    assert_int_equal(p->days_rest, 3);
    assert_int_equal(p->back_to_back, BOOL_FALSE);
    assert_int_equal(p->games_in_last_7_days, 2);
    assert_near(p->minutes_in_last_7_days, 50.0);
    assert_near(p->avg_minutes_per_game_last_7, 25.0);
    assert_int_equal(p->games_in_last_14_days, 4);
    assert_near(p->minutes_in_last_14_days, 100.0);
    assert_int_equal(p->back_to_backs_last_14_days, 1);
    assert_near(p->avg_usage_rate_last_7_games, 22.0); /* 20 30 10 24 26 */
    assert_near(p->projected_usage_rate, 20.0);        /* 20 30 10 */
    assert_near(p->points_avg_last_5, 18.2);           /* 30 21 20 10 10 */
    assert_near(p->points_avg_last_10, 17.2);          /* 103 / 6 */
    add_played(w, 19, "Eve Fresh", "NYK", 12.0, 3, NULL_F64);
    p = player(context_of(w), "evefresh");
    assert_int_equal(p->back_to_back, BOOL_TRUE);
    assert_true(f64_is_null(p->projected_usage_rate));
}

static void
pace_differential_is_the_games_pace_against_the_leagues(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    for (int i = 1; i <= 12; i++) {
        add_outcome(w, i, "NYK", i <= 2 ? 80.0 : 100.0, true); /* the first two leave L10 */
        add_outcome(w, i, "BOS", 106.0, true);
    }
    for (int i = 18; i <= 19; i++)
        add_outcome(w, i, "NYK", 100.0, true);
    add_outcome(w, 18, "BOS", 106.0, true);
    add_outcome(w, 19, "BOS", 500.0, true)->is_complete = BOOL_FALSE;
    add_outcome(w, 19, "MIA", 90.0, true);
    p = player(context_of(w), "annace");
    assert_near(p->team_pace_last_10, 100.0);
    assert_near(p->opponent_pace_last_10, 106.0);
    assert_near(p->league_pace, (1360.0 / 14.0 + 106.0 + 90.0) / 3.0);
    assert_near(p->pace_differential, 103.0 - (1360.0 / 14.0 + 196.0) / 3.0);
    assert_true(text_array_has(p->incomplete_fields, "opponent_pace_last_10")); /* nine games of ten */
    assert_true(text_array_has(p->incomplete_fields, "pace_differential"));
    assert_false(text_array_has(p->incomplete_fields, "team_pace_last_10"));
    assert_near(p->completeness_pct, 90.0);
    assert_int_equal(p->is_production_ready, BOOL_TRUE);
}

/* Ann played on the 18th; of NYK's game on the 19th there is no box score. */
static void
loads_of_days_with_a_missing_box_score_are_flagged_or_null(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    add_outcome(w, 18, "NYK", 100.0, true);
    p = player(context_of(w), "annace");
    assert_int_equal(p->window_7d_used, 1); /* of two: too few to say anything */
    assert_int_equal(p->window_7d_expected, 2);
    assert_int_equal(p->games_in_last_7_days, NULL_I32);
    assert_true(f64_is_null(p->minutes_in_last_7_days));
    assert_true(f64_is_null(p->avg_minutes_per_game_last_7));
    assert_int_equal(p->days_rest, NULL_I32); /* did he play yesterday? */
    assert_int_equal(p->back_to_back, BOOL_NULL);
    assert_true(f64_is_null(p->projected_usage_rate));
    assert_int_equal(p->is_production_ready, BOOL_FALSE);
    assert_near(p->completeness_pct, 0.0);
    assert_true(text_array_has(p->incomplete_fields, "days_rest"));
    assert_true(text_array_has(p->incomplete_fields, "games_in_last_14_days"));
    for (int i = 14; i <= 17; i++) {
        add_outcome(w, i, "NYK", 100.0, true);
        add_played(w, i, "Ann Ace", "NYK", 30.0, 20, 25.0);
    }
    p = player(context_of(w), "annace");
    assert_int_equal(p->window_7d_used, 5); /* of six */
    assert_int_equal(p->games_in_last_7_days, 5);
    assert_near(p->minutes_in_last_7_days, 150.0);
    assert_int_equal(p->back_to_backs_last_14_days, 4);
    assert_near(p->points_avg_last_5, 20.0); /* four of five */
    assert_true(text_array_has(p->incomplete_fields, "points_avg_last_5"));
    assert_true(text_array_has(p->incomplete_fields, "games_in_last_7_days"));
    assert_true(f64_is_null(p->projected_usage_rate)); /* two of three */
    assert_near(p->avg_usage_rate_last_7_games, 25.0); /* five of six */
    assert_int_equal(p->days_rest, NULL_I32);
}

static void
without_outcomes_pace_is_null(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    p = player(context_of(w), "annace");
    assert_true(f64_is_null(p->team_pace_last_10) && f64_is_null(p->league_pace));
    assert_true(f64_is_null(p->pace_differential));
    assert_int_equal(p->star_teammates_out, NULL_I32);
    assert_null(p->player_status);
    assert_int_equal(p->player_age, NULL_I32);
}

static void
team_rows_tell_rest_record_and_holes(void **state)
{
    World *w = *state;
    const UpcomingTeam *t;
    const UpcomingContext *c;

    add_slate(w);
    add_outcome(w, 18, "NYK", 100.0, true);
    c = context_of(w);
    assert_int_equal(c->team_count, 2);
    t = team(c, "NYK");
    assert_int_equal(t->games_played, 2);
    assert_int_equal(t->games_in_last_7_days, 2);
    assert_int_equal(t->days_rest, 1);
    assert_int_equal(t->back_to_back, BOOL_TRUE);
    assert_int_equal(t->wins, 1);
    assert_int_equal(t->losses, 0);
    assert_int_equal(t->missing_box_scores, 1);
    assert_true(t->is_home);
    t = team(c, "BOS");
    assert_int_equal(t->days_rest, 2);
    assert_int_equal(t->games_in_last_7_days, 1);
    assert_int_equal(t->missing_box_scores, 2);
    assert_int_equal(player(c, "annace")->team_days_rest, 1);
    assert_int_equal(player(c, "annace")->opponent_days_rest, 2);
}

static void
opening_night_has_teams_but_no_players(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_game(w, TODAY, "BOS", "NYK");
    add_line(w, "Ann Ace", "betmgm", 20.5);
    c = context_of(w);
    assert_int_equal(c->player_count, 0);
    assert_int_equal(c->team_count, 2);
    assert_int_equal(team(c, "NYK")->games_played, 0);
    assert_int_equal(team(c, "NYK")->days_rest, NULL_I32);
    assert_int_equal(team(c, "NYK")->back_to_back, BOOL_NULL);
    assert_int_equal(c->unresolved_count, 1);
}

static void
as_of_is_the_latest_stamp_read(void **state)
{
    World *w = *state;

    add_slate(w);
    assert_int_equal(context_of(w)->as_of.us, at("2024-11-20T11:00:00Z").us); /* 06:00 EST */
    add_line(w, "Ann Ace", "betmgm", 20.5);
    assert_int_equal(context_of(w)->as_of.us, at("2024-11-20T23:59:00Z").us);
}

/* ---- lines that move ---- */

/* Of the games of the 20th: the schedule has no time for it, so 19:00 Eastern. */
#define TIP_OFF "2024-11-21T00:00:00Z"
#define BEFORE_TIP_OFF "2024-11-20T23:59:59.999999Z"
#define AFTER_TIP_OFF "2024-11-21T00:00:00.000001Z"
#define MORNING "2024-11-20T14:00:00Z"
#define NOON "2024-11-20T17:00:00Z"
#define EVENING "2024-11-20T22:00:00Z"

static void
the_newest_line_counts_and_the_oldest_was_the_opening(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    add_posted(w, "Ann Ace", "FanDuel", 22.5, EVENING);
    add_posted(w, "Ann Ace", "FanDuel", 19.5, MORNING);
    add_posted(w, "Ann Ace", "FanDuel", 24.5, NOON);
    add_posted(w, "Ann Ace", "aaa", 30.5, MORNING);
    p = player(context_of(w), "annace");
    assert_near(p->current_points_line, 22.5);
    assert_near(p->opening_points_line, 19.5);
    assert_string_equal(p->line_sportsbook, "FanDuel");
    assert_int_equal(p->line_stamp.us, at(EVENING).us);
    assert_int_equal(p->line_book_count, 2);
    add_posted(w, "Ann Ace", "draftkings", 21.0, NOON); /* a line that nobody moved opened as it stands */
    p = player(context_of(w), "annace");
    assert_near(p->current_points_line, 21.0);
    assert_near(p->opening_points_line, 21.0);
}

static void
a_line_that_comes_back_is_the_newest(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    add_posted(w, "Ann Ace", "FanDuel", 20.5, MORNING);
    add_posted(w, "Ann Ace", "FanDuel", 21.5, NOON);
    add_posted(w, "Ann Ace", "FanDuel", 20.5, EVENING);
    p = player(context_of(w), "annace");
    assert_near(p->current_points_line, 20.5);
    assert_near(p->opening_points_line, 20.5);
    assert_int_equal(p->line_stamp.us, at(EVENING).us);
}

static void
the_median_is_that_of_the_newest_lines(void **state)
{
    World *w = *state;

    add_slate(w);
    add_posted(w, "Ann Ace", "aaa", 10.5, MORNING); /* long gone */
    add_posted(w, "Ann Ace", "aaa", 24.5, NOON);
    add_posted(w, "Ann Ace", "FanDuel", 20.5, NOON);
    add_posted(w, "Ann Ace", "FanDuel", 25.5, NOON);
    assert_near(player(context_of(w), "annace")->current_points_line, 25.5); /* 20.5 24.5 25.5: 24.5 */
}

static void
the_sides_of_a_line_need_not_have_come_together(void **state)
{
    World *w = *state;

    add_slate(w);
    add_posted(w, "Ann Ace", "FanDuel", 18.5, MORNING);
    add_side(w, "Ann Ace", "FanDuel", 20.5, "Over")->posted_at = at(NOON);
    add_side(w, "Ann Ace", "FanDuel", 20.5, "Under")->posted_at = at("2024-11-20T17:00:01Z");
    add_side(w, "Ann Ace", "FanDuel", 0.5, "Over")->posted_at = at(EVENING); /* a promotion */
    assert_near(player(context_of(w), "annace")->current_points_line, 20.5);
}

static void
a_line_is_not_seen_from_its_games_tip_off_on(void **state)
{
    World *w = *state;
    const UpcomingPlayer *p;

    add_slate(w);
    add_posted(w, "Ann Ace", "FanDuel", 20.5, NOON);
    add_posted(w, "Ann Ace", "FanDuel", 23.5, TIP_OFF);
    add_posted(w, "Ann Ace", "draftkings", 25.5, AFTER_TIP_OFF);
    add_posted(w, "Some One", "FanDuel", 9.5, TIP_OFF);
    p = player(context_of(w), "annace");
    assert_near(p->current_points_line, 20.5);
    assert_int_equal(p->line_book_count, 1);
    assert_int_equal(context_of(w)->unresolved_count, 0);
    add_posted(w, "Ann Ace", "FanDuel", 22.5, BEFORE_TIP_OFF);
    p = player(context_of(w), "annace");
    assert_near(p->current_points_line, 22.5);
    assert_near(p->opening_points_line, 20.5);
    w->schedule[3].tip_off = at(EVENING); /* then that came too late as well */
    assert_near(player(context_of(w), "annace")->current_points_line, 20.5);
}

static void
a_line_that_names_a_start_in_the_past_moves_no_tip_off(void **state)
{
    World *w = *state;

    add_slate(w);
    add_side(w, "Ann Ace", "FanDuel", 20.5, "Over")->commence_time = at("2024-11-21T00:30:00Z");
    for (int i = 0; i < 3; i++) {
        RawPropLine *l = add_side(w, "Ann Ace", "FanDuel", 20.5, "Under");

        l->commence_time = at("2024-11-21T00:40:00Z");
        l->posted_at = at("2024-11-21T00:40:00Z");
    }
    assert_int_equal(player(context_of(w), "annace")->tip_off.us, at("2024-11-21T00:30:00Z").us);
    add_odds(w, "FanDuel", "totals", "Over", 220.0, NOON)->commence_time = at("2024-11-21T00:50:00Z");
    add_odds(w, "FanDuel", "totals", "Under", 220.0, NOON)->commence_time = at("2024-11-21T00:50:00Z");
    assert_int_equal(player(context_of(w), "annace")->tip_off.us, at("2024-11-21T00:50:00Z").us);
}

static void
the_official_id_tells_a_playoff_game(void **state)
{
    World *w = *state;

    add_slate(w);
    assert_string_equal(player(context_of(w), "annace")->season_phase, "regular");
    w->schedule[3].official_id = "0042400401";
    assert_string_equal(player(context_of(w), "annace")->season_phase, "playoffs");
    w->schedule[3].official_id = "42400401";
    assert_string_equal(player(context_of(w), "annace")->season_phase, "playoffs");
    w->schedule[3].official_id = "22400401";
    assert_string_equal(player(context_of(w), "annace")->season_phase, "regular");
}

static void
what_is_said_once_a_game_has_begun_moves_no_tip_off(void **state)
{
    World *w = *state;

    add_slate(w);
    add_side(w, "Ann Ace", "FanDuel", 20.5, "Over")->commence_time = at("2024-11-21T00:30:00Z");
    for (int i = 0; i < 3; i++) {
        RawPropLine *l = add_side(w, "Ann Ace", "FanDuel", 20.5, "Under");

        l->commence_time = at("2024-11-21T01:30:00Z");
        l->posted_at = at("2024-11-21T00:30:00Z");
    }
    assert_int_equal(player(context_of(w), "annace")->tip_off.us, at("2024-11-21T00:30:00Z").us);
    add_odds(w, "FanDuel", "totals", "Over", 220.0, "2024-11-21T00:29:59Z")->commence_time = at("2024-11-21T01:30:00Z");
    assert_int_equal(player(context_of(w), "annace")->tip_off.us, at("2024-11-21T01:30:00Z").us);
}

/* ---- injury reports ---- */

static void
without_reports_nobodys_health_is_known(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_slate(w);
    c = context_of(w);
    assert_null(player(c, "annace")->player_status);
    assert_int_equal(player(c, "annace")->star_teammates_out, NULL_I32);
    assert_true(instant_is_null(player(c, "annace")->report_stamp));
    assert_int_equal(team(c, "NYK")->players_out, NULL_I32);
    assert_int_equal(team(c, "NYK")->players_questionable, NULL_I32);
}

static void
the_last_report_that_lists_him_says_how_he_is(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_slate(w);
    add_played(w, 18, "Amy Two", "NYK", 10.0, 5, 10.0);
    add_played(w, 18, "Amy Three", "NYK", 10.0, 5, 10.0);
    add_report(w, "NYK", "Ann Ace", "out", EVENING);
    add_report(w, "NYK", "Ann Ace", "questionable", NOON);
    add_report(w, "NYK", "Amy Two", "doubtful", MORNING); /* later reports do not list her */
    add_report(w, "NYK", "Zoe Last", "out", NOON);
    add_report(w, "BOS", "Bob Bee", "probable", NOON);
    c = context_of(w);
    assert_string_equal(player(c, "annace")->player_status, "out");
    assert_string_equal(player(c, "amytwo")->player_status, "doubtful");
    assert_string_equal(player(c, "amythree")->player_status, "available");
    assert_string_equal(player(c, "bobbee")->player_status, "probable");
    assert_int_equal(player(c, "amythree")->report_stamp.us, at(EVENING).us);
    assert_int_equal(player(c, "bobbee")->report_stamp.us, at(NOON).us);
    add_report(w, "NYK", "Ann Ace", "available", "2024-11-20T23:30:00Z");
    assert_string_equal(player(context_of(w), "annace")->player_status, "available");
}

static void
of_two_words_at_one_time_the_graver_one_counts(void **state)
{
    World *w = *state;

    add_slate(w);
    add_report(w, "NYK", "Ann Ace", "out", NOON);
    add_report(w, "NYK", "Ann  Ace", "available", NOON);
    add_report(w, "BOS", "Bob Bee", "probable", NOON);
    add_report(w, "BOS", "BOB BEE", "questionable", NOON);
    assert_string_equal(player(context_of(w), "annace")->player_status, "out");
    assert_string_equal(player(context_of(w), "bobbee")->player_status, "questionable");
}

static void
a_report_is_not_seen_from_its_games_tip_off_on(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_slate(w);
    add_report(w, "NYK", "Ann Ace", "out", TIP_OFF);
    add_report(w, "NYK", "No Body", "out", AFTER_TIP_OFF);
    c = context_of(w);
    assert_null(player(c, "annace")->player_status); /* as if nothing had been reported at all */
    assert_int_equal(team(c, "NYK")->players_out, NULL_I32);
    assert_int_equal(c->unresolved_count, 0);
    add_report(w, "NYK", "Ann Ace", "questionable", BEFORE_TIP_OFF);
    c = context_of(w);
    assert_string_equal(player(c, "annace")->player_status, "questionable");
    assert_string_equal(player(c, "bobbee")->player_status, "available");
    assert_int_equal(team(c, "NYK")->players_questionable, 1);
    assert_int_equal(team(c, "NYK")->players_out, 0);
    assert_int_equal(team(c, "BOS")->players_out, 0);
    assert_true(instant_is_null(player(c, "bobbee")->report_stamp)); /* of his team there is none */
    assert_int_equal(c->as_of.us, at(BEFORE_TIP_OFF).us);
}

static void
names_of_reports_are_resolved_within_their_team(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_slate(w);
    add_report(w, "NYK", "Ace, Ann", "out", NOON);
    add_report(w, "NYK", "Bob Bee", "out", NOON);
    add_report(w, "NYK", "New Comer", "questionable", MORNING);
    add_report(w, "NYK", "New Comer", "out", NOON);
    add_report(w, "BOS", "New Comer", "out", NOON);
    add_report(w, "MIA", "Cee Cee", "out", NOON)->is_scheduled = BOOL_FALSE;
    add_line(w, "New Comer", "betmgm", 9.5);
    c = context_of(w);
    assert_string_equal(player(c, "annace")->player_status, "out");
    assert_string_equal(player(c, "bobbee")->player_status, "available");
    assert_int_equal(team(c, "NYK")->players_out, 3); /* as the team's reports say, whoever they are */
    assert_int_equal(c->unresolved_count, 4);
    assert_string_equal(c->unresolved[0].feed, "injuries");
    assert_string_equal(c->unresolved[0].player_name, "Bob Bee");
    assert_string_equal(c->unresolved[0].reason, "team_mismatch");
    assert_string_equal(c->unresolved[0].team, "NYK");
    assert_string_equal(c->unresolved[1].team, "BOS");
    assert_string_equal(c->unresolved[2].player_name, "New Comer");
    assert_string_equal(c->unresolved[2].reason, "no_earlier_box_score");
    assert_int_equal(c->unresolved[2].row_count, 2);
    assert_string_equal(c->unresolved[3].feed, "props");
}

/* ---- stars ---- */

typedef struct {
    const char *what;
    double minutes;
    int32_t points;
    double usage_rate;
    int32_t stars;
} StarCase;

static void
a_star_is_one_whose_season_means_reach_a_bound(void **state)
{
    static const StarCase cases[] = {
        {"nobody", 27.9, 17, 24.9, 0},
        {"points", 10.0, 18, 10.0, 1},
        {"minutes", 28.0, 2, 10.0, 1},
        {"usage", 10.0, 2, 25.0, 1},
        {"usage unknown", 10.0, 2, (double)NAN, 0},
    };
    World *w = *state;

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const StarCase *c = &cases[i];

        w->rows.schedule_count = w->rows.player_game_count = w->report_count = 0;
        add_slate(w);
        add_played(w, 18, "Sam Star", "NYK", c->minutes, c->points, c->usage_rate);
        add_report(w, "NYK", "Sam Star", "out", NOON);
        print_message("%s\n", c->what);
        assert_int_equal(player(context_of(w), "annace")->star_teammates_out, c->stars);
    }
}

static void
means_are_over_the_games_that_he_played(void **state)
{
    World *w = *state;

    add_slate(w);
    add_played(w, 16, "Sam Star", "NYK", 30.0, 20, 20.0);
    add_played(w, 17, "Sam Star", "NYK", 0.0, 0, NULL_F64); /* did not play */
    add_played(w, 18, "Sam Star", "NYK", 20.0, 16, 20.0);
    add_report(w, "NYK", "Sam Star", "out", NOON);
    assert_int_equal(player(context_of(w), "annace")->star_teammates_out, 1); /* 18 points, 25 minutes */
    w->games[w->rows.player_game_count - 2].points = 2;                       /* in no time: he played */
    assert_int_equal(player(context_of(w), "annace")->star_teammates_out, 0);
    w->games[w->rows.player_game_count - 2].points = 0;
    w->games[w->rows.player_game_count - 1].points = 15;
    assert_int_equal(player(context_of(w), "annace")->star_teammates_out, 0);
}

static void
stars_count_who_played_last_for_his_team_and_will_hardly_play(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_slate(w);
    add_played(w, 1, "Old Star", "NYK", 30.0, 20, 20.0);
    add_played(w, -20, "Older Star", "NYK", 30.0, 20, 20.0); /* out for long, and missed all the same */
    add_played(w, 17, "Gone Star", "NYK", 30.0, 20, 20.0);
    add_played(w, 18, "Gone Star", "MIA", 30.0, 20, 20.0);
    add_played(w, 18, "Some Star", "NYK", 30.0, 20, 20.0);
    add_played(w, 18, "More Star", "NYK", 30.0, 20, 20.0);
    add_report(w, "NYK", "Old Star", "out", NOON);
    add_report(w, "NYK", "Older Star", "doubtful", NOON);
    add_report(w, "NYK", "Gone Star", "out", NOON);
    add_report(w, "NYK", "Some Star", "questionable", NOON);
    add_report(w, "NYK", "Ann Ace", "out", NOON); /* a star herself */
    add_report(w, "BOS", "Bob Bee", "out", NOON);
    c = context_of(w);
    assert_int_equal(player(c, "annace")->star_teammates_out, 2);
    assert_int_equal(player(c, "somestar")->star_teammates_out, 3);
    assert_int_equal(player(c, "bobbee")->star_teammates_out, 0);
}

/* ---- spreads and totals ---- */

static void
add_snapshot(World *w, const char *book, double home_spread, double total, const char *time)
{
    add_odds(w, book, "spreads", "BOS", 0.0 - home_spread, time);
    add_odds(w, book, "spreads", "NYK", home_spread, time);
    add_odds(w, book, "totals", "Under", total, time);
    add_odds(w, book, "totals", "Over", total, time);
    add_odds(w, book, "h2h", "NYK", NULL_F64, time);
}

static void
a_spread_is_the_teams_own(void **state)
{
    World *w = *state;
    const UpcomingTeam *home, *away;

    add_slate(w);
    add_snapshot(w, "DraftKings", -5.5, 221.5, MORNING);
    add_snapshot(w, "DraftKings", -7.0, 220.0, NOON);
    home = team(context_of(w), "NYK");
    away = team(context_of(w), "BOS");
    assert_near(home->game_spread, -7.0); /* the favourite */
    assert_near(away->game_spread, 7.0);
    assert_near(home->opening_spread, -5.5);
    assert_near(away->opening_spread, 5.5);
    assert_near(home->spread_move, -1.5);
    assert_near(away->spread_move, 1.5);
    assert_near(home->game_total, 220.0);
    assert_near(away->opening_total, 221.5);
    assert_near(home->total_move, -1.5);
    assert_near(away->total_move, -1.5);
    assert_string_equal(home->odds_bookmaker, "DraftKings");
    assert_int_equal(away->odds_stamp.us, at(NOON).us);
    assert_int_equal(context_of(w)->as_of.us, at(NOON).us);
}

static void
where_only_the_visitors_spread_is_known_the_home_team_has_the_opposite(void **state)
{
    World *w = *state;

    add_slate(w);
    add_odds(w, "DraftKings", "spreads", "BOS", 3.5, NOON);
    assert_near(team(context_of(w), "NYK")->game_spread, -3.5);
    assert_near(team(context_of(w), "BOS")->game_spread, 3.5);
    assert_true(f64_is_null(team(context_of(w), "BOS")->game_total));
}

static void
where_a_snapshot_contradicts_itself_the_home_team_and_the_over_count(void **state)
{
    World *w = *state;

    add_slate(w);
    for (int before = 0; before < 2; before++) {
        w->game_line_count = 0;
        for (int i = 0; i < 2; i++) {
            const bool is_main = i != before;

            add_odds(w, "DraftKings", "spreads", is_main ? "NYK" : "BOS", is_main ? -3.5 : 4.0, NOON);
            add_odds(w, "DraftKings", "totals", is_main ? "Over" : "Under", is_main ? 220.5 : 221.0, NOON);
        }
        assert_near(team(context_of(w), "NYK")->game_spread, -3.5);
        assert_near(team(context_of(w), "BOS")->game_total, 220.5);
    }
}

static void
bookmakers_come_in_their_order(void **state)
{
    static const struct {
        const char *book;
        double spread;
    } books[] = {{"zzz", 1.0}, {"aaa", 2.0}, {"fanduel", 3.0}, {"DraftKings", 4.0}};
    static const double wanted[] = {1.0, 2.0, 3.0, 4.0};
    World *w = *state;

    add_slate(w);
    for (size_t i = 0; i < ARRAY_LEN(books); i++) {
        add_snapshot(w, books[i].book, books[i].spread, 220.0, NOON);
        assert_near(team(context_of(w), "NYK")->game_spread, wanted[i]);
    }
}

static void
a_bookmaker_with_spread_and_total_comes_before_one_with_half(void **state)
{
    World *w = *state;
    const UpcomingTeam *t;

    add_slate(w);
    add_odds(w, "DraftKings", "spreads", "NYK", -4.0, EVENING);
    add_snapshot(w, "zzz", -3.0, 220.0, NOON);
    t = team(context_of(w), "NYK");
    assert_string_equal(t->odds_bookmaker, "zzz");
    assert_near(t->game_spread, -3.0);
    assert_int_equal(t->odds_stamp.us, at(NOON).us);
}

static void
one_snapshot_tells_of_no_move(void **state)
{
    World *w = *state;
    const UpcomingTeam *t;

    add_slate(w);
    add_snapshot(w, "FanDuel", -3.0, 220.0, NOON);
    add_snapshot(w, "aaa", -5.0, 225.0, MORNING); /* another's opening is none of its own */
    t = team(context_of(w), "NYK");
    assert_near(t->game_spread, -3.0);
    assert_true(f64_is_null(t->opening_spread) && f64_is_null(t->spread_move));
    assert_true(f64_is_null(t->opening_total) && f64_is_null(t->total_move));
}

static void
a_game_line_is_not_seen_from_tip_off_on(void **state)
{
    World *w = *state;
    const UpcomingTeam *t;

    add_slate(w);
    add_snapshot(w, "DraftKings", -9.0, 230.0, TIP_OFF);
    add_snapshot(w, "DraftKings", -12.0, 240.0, AFTER_TIP_OFF);
    t = team(context_of(w), "NYK");
    assert_true(f64_is_null(t->game_spread) && f64_is_null(t->game_total));
    assert_null(t->odds_bookmaker);
    assert_true(instant_is_null(t->odds_stamp));
    add_snapshot(w, "zzz", -3.0, 220.0, BEFORE_TIP_OFF);
    assert_near(team(context_of(w), "NYK")->game_spread, -3.0);
}

static void
only_spreads_and_totals_of_the_game_itself_count(void **state)
{
    World *w = *state;

    add_slate(w);
    add_odds(w, "DraftKings", "alternate_spreads", "NYK", -4.0, NOON);
    add_odds(w, "DraftKings", "spreads", "NYK", -4.0, NOON)->is_scheduled = BOOL_FALSE;
    add_odds(w, "DraftKings", "spreads", "NYK", -4.0, NOON)->game_id = "20241120_MIA_ATL";
    add_odds(w, "DraftKings", "totals", "Over", NULL_F64, NOON);
    assert_null(team(context_of(w), "NYK")->odds_bookmaker);
}

/* ---- a team's run ---- */

static void
add_result(World *w, int on, const char *name, int32_t points, int32_t opponent_points)
{
    TeamOffense *t = add_outcome(w, on, name, 100.0, points > opponent_points);

    t->points = points;
    t->opponent_points = opponent_points;
}

static void
a_teams_streak_margin_and_number_follow_its_games(void **state)
{
    World *w = *state;
    const UpcomingTeam *t;

    for (int on = 3; on <= 15; on += 3)
        add_game(w, on, "NYK", "BOS");
    add_game(w, 6, "MIA", "PHI");
    add_game(w, TODAY, "NYK", "BOS");
    t = team(context_of(w), "NYK");
    assert_int_equal(t->game_number_in_season, 6);
    assert_int_equal(t->games_in_last_14_days, 3); /* 9 12 15; date - 14 is outside */
    assert_int_equal(t->win_streak, NULL_I32);     /* nobody knows how the last one ended */
    assert_int_equal(t->loss_streak, NULL_I32);
    assert_int_equal(t->last_game_margin, NULL_I32);
    add_result(w, 15, "NYK", 110, 98);
    add_result(w, 12, "NYK", 101, 100);
    t = team(context_of(w), "NYK");
    assert_int_equal(t->last_game_margin, 12);
    assert_int_equal(t->win_streak, NULL_I32); /* two at least */
    assert_int_equal(t->loss_streak, 0);
    add_result(w, 9, "NYK", 90, 100);
    t = team(context_of(w), "NYK");
    assert_int_equal(t->win_streak, 2);
    w->offense[0].won = BOOL_FALSE; /* of the 15th */
    t = team(context_of(w), "NYK");
    assert_int_equal(t->win_streak, 0);
    assert_int_equal(t->loss_streak, 1);
}

static void
a_season_that_began_with_wins_is_one_streak(void **state)
{
    World *w = *state;
    const UpcomingContext *c;

    add_game(w, 3, "NYK", "BOS");
    add_game(w, 6, "NYK", "BOS");
    add_game(w, TODAY, "NYK", "BOS");
    add_result(w, 3, "BOS", 90, 100);
    add_result(w, 6, "BOS", 90, 97);
    c = context_of(w);
    assert_int_equal(team(c, "BOS")->loss_streak, 2);
    assert_int_equal(team(c, "BOS")->win_streak, 0);
    assert_int_equal(team(c, "BOS")->last_game_margin, -7);
    w->rows.schedule_count = 0;
    add_game(w, TODAY, "NYK", "BOS");
    c = context_of(w);
    assert_int_equal(team(c, "BOS")->win_streak, 0); /* the first game of all */
    assert_int_equal(team(c, "BOS")->game_number_in_season, 1);
    assert_int_equal(team(c, "BOS")->last_game_margin, NULL_I32);
}

/* ---- nothing of what comes after tip-off ---- */

static void assert_same(const UpcomingContext *x, const UpcomingContext *y);

static const char *
some_text(Rng *rng, const char *const *texts, size_t count)
{
    return texts[rng_below(rng, count)];
}

/* A fact about the game from its tip-off on, of any of the three feeds. */
static void
add_late_fact(World *w, Rng *rng)
{
    static const char *const names[] = {"Ann Ace", "Bob Bee", "Amy Two", "No Body"};
    static const char *const teams[] = {"NYK", "BOS"};
    static const char *const books[] = {"DraftKings", "FanDuel", "aaa", "zzz"};
    static const char *const statuses[] = {"out", "doubtful", "questionable", "probable", "available"};
    const char *name = some_text(rng, names, ARRAY_LEN(names)), *book = some_text(rng, books, ARRAY_LEN(books));
    const Instant stamp = {at(TIP_OFF).us + (int64_t)rng_below(rng, 3) * 3600000000};
    const double value = 0.5 + (double)rng_below(rng, 60);

    switch (rng_below(rng, 3)) {
    case 0: {
        RawPropLine *l = add_side(w, name, book, value, rng_below(rng, 2) == 0 ? "Over" : "Under");

        l->posted_at = stamp;
        l->commence_time = stamp;
        break;
    }
    case 1:
        add_report(w, some_text(rng, teams, 2), name, some_text(rng, statuses, ARRAY_LEN(statuses)), NOON)->report_time
            = stamp;
        break;
    default: {
        RawGameLine *l = add_odds(w, book, "spreads", some_text(rng, teams, 2), value, NOON);

        l->snapshot_time = stamp;
        l->commence_time = stamp;
        break;
    }
    }
}

static void
no_fact_from_tip_off_on_moves_a_bit(void **state)
{
    enum { ROUNDS = 200, FACTS = 12 };
    World *w = *state;
    Rng rng = rng_seeded(20);
    size_t lines, reports, game_lines;
    const UpcomingContext *before;

    add_slate(w);
    add_played(w, 18, "Amy Two", "NYK", 30.0, 20, 20.0);
    for (int with = 0; with < 2; with++) {
        if (with == 1) {
            add_posted(w, "Ann Ace", "FanDuel", 20.5, NOON);
            add_line(w, "Bob Bee", "aaa", 17.5);
            add_report(w, "NYK", "Amy Two", "out", NOON);
            add_snapshot(w, "FanDuel", -3.0, 220.0, NOON);
            add_snapshot(w, "FanDuel", -4.0, 221.0, EVENING);
        }
        lines = w->line_count;
        reports = w->report_count;
        game_lines = w->game_line_count;
        before = context_of(w);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < FACTS; i++)
                add_late_fact(w, &rng);
            assert_same(before, context_of(w));
            w->line_count = lines;
            w->report_count = reports;
            w->game_line_count = game_lines;
        }
    }
}

/* ---- the recorded season ---- */

typedef struct {
    RealSeason season;
    LeagueRows rows;
    PlayerGame *players;
    TeamOffense *offense;
    TeamDefense *defense;
} RealLeague;

static void
add_summaries(RealLeague *l, GameDate date, Arena *a)
{
    const RealDate d = real_date(&l->season, date, a);
    const GameFacts f = {.date = date,
                         .box = d.box,
                         .box_count = d.box_count,
                         .shots = d.shots,
                         .shot_count = d.shot_count,
                         .schedule = l->season.schedule,
                         .schedule_count = l->season.schedule_count};
    const GameSummaries *s = game_summaries(&f, a);

    for (size_t i = 0; i < s->player_count; i++)
        l->players[l->rows.player_game_count++] = s->players[i];
    for (size_t i = 0; i < s->offense_count; i++) {
        l->offense[l->rows.offense_count++] = s->offense[i];
        l->defense[l->rows.defense_count++] = s->defense[i];
    }
}

static bool
load_league(RealLeague *l, const char *last_day, Arena *a)
{
    GameDate date, last;

    l->season = real_season(a);
    if (l->season.dir == NULL || !date_make(2024, 10, 22, &date) || !date_parse(last_day, &last))
        return false;
    l->players = arena_array(a, 12000, sizeof l->players[0]);
    l->offense = arena_array(a, 1200, sizeof l->offense[0]);
    l->defense = arena_array(a, 1200, sizeof l->defense[0]);
    for (; !date_before(last, date); date = date_add(date, 1))
        add_summaries(l, date, a);
    l->rows.schedule = l->season.schedule;
    l->rows.schedule_count = l->season.schedule_count;
    l->rows.player_games = l->players;
    l->rows.offense = l->offense;
    l->rows.defense = l->defense;
    return true;
}

static const UpcomingContext *
real_context(const RealLeague *l, GameDate date, const RealDate *d, Arena *a)
{
    const UpcomingFacts f = {.view = league_view(&l->rows, date, a), .lines = d->lines, .line_count = d->line_count};

    return upcoming_context(&f, a);
}

static void
assert_same(const UpcomingContext *x, const UpcomingContext *y)
{
    assert_null(rows_differ(&upcoming_player_table, x->players, x->player_count, y->players, y->player_count));
    assert_null(rows_differ(&upcoming_team_table, x->teams, x->team_count, y->teams, y->team_count));
    assert_null(
        rows_differ(&unresolved_name_table, x->unresolved, x->unresolved_count, y->unresolved, y->unresolved_count));
    assert_int_equal(x->as_of.us, y->as_of.us);
}

static bool
real_league_or_skip(RealLeague *l, const char *last_day, Arena *a)
{
    if (load_league(l, last_day, a))
        return true;
    print_message("skipped: no shared data\n");
    skip();
    return false;
}

/* Outcomes at and after the date, and the schedule after it, become nonsense. */
static void
change_the_future(RealLeague *l, GameDate date)
{
    for (size_t i = 0; i < l->rows.player_game_count; i++) {
        PlayerGame *g = &l->players[i];

        if (date_before(g->game_date, date))
            continue;
        g->team = "ATL";
        g->player_name = "Some Body";
        g->points += 50;
        g->minutes = 0.0;
        if (i % 3 == 0)
            g->player_lookup = "somebody";
    }
    for (size_t i = 0; i < l->rows.offense_count; i++) {
        if (date_before(l->offense[i].game_date, date))
            continue;
        l->offense[i].pace = 1.0;
        l->offense[i].won = !l->offense[i].won;
    }
    for (size_t i = 0; i < l->season.schedule_count; i++)
        if (date_before(date, l->season.schedule[i].game_date))
            l->season.schedule[i].home_team = "ATL";
}

static void
no_outcome_at_or_after_the_date_moves_a_row(void **state)
{
    Arena *a = ((World *)*state)->arena;
    RealLeague l = {.players = NULL};
    const UpcomingContext *before, *after;
    GameDate date;
    RealDate d;

    if (!real_league_or_skip(&l, "2024-12-12", a))
        return;
    assert_true(date_parse("2024-12-05", &date));
    d = real_date(&l.season, date, a);
    before = real_context(&l, date, &d, a);
    assert_true(before->player_count > 100);
    change_the_future(&l, date);
    assert_same(before, real_context(&l, date, &d, a));
    /* and a future that is not there at all */
    for (size_t i = 0; i < l.rows.player_game_count; i++)
        if (!date_before(l.players[i].game_date, date)) {
            l.rows.player_game_count = i;
            break;
        }
    assert_same(before, real_context(&l, date, &d, a));
    /* the past does move it */
    for (size_t i = 0; i < l.rows.player_game_count; i++)
        l.players[i].points += 1;
    after = real_context(&l, date, &d, a);
    assert_string_equal(
        rows_differ(&upcoming_player_table, before->players, before->player_count, after->players, after->player_count),
        "points_avg_last_5");
}

static void
the_order_of_lines_and_outcomes_moves_no_bit(void **state)
{
    Arena *a = ((World *)*state)->arena;
    RealLeague l = {.players = NULL};
    const UpcomingContext *before;
    uint32_t seed = 7;
    GameDate date;
    RealDate d;

    if (!real_league_or_skip(&l, "2024-12-04", a))
        return;
    assert_true(date_parse("2024-12-05", &date));
    d = real_date(&l.season, date, a);
    before = real_context(&l, date, &d, a);
    for (size_t i = d.line_count; i > 1; i--) {
        const RawPropLine kept = d.lines[i - 1];
        size_t k;

        seed = seed * 1664525u + 1013904223u;
        k = (seed >> 8) % i;
        d.lines[i - 1] = d.lines[k];
        d.lines[k] = kept;
    }
    for (size_t i = 0; i < l.rows.player_game_count / 2; i++) {
        const size_t k = l.rows.player_game_count - 1 - i;
        const PlayerGame kept = l.players[i];

        l.players[i] = l.players[k];
        l.players[k] = kept;
    }
    assert_same(before, real_context(&l, date, &d, a));
}

static void
names_of_real_lines_resolve(void **state)
{
    Arena *a = ((World *)*state)->arena;
    RealLeague l = {.players = NULL};
    size_t rows = 0, with_line = 0, unresolved = 0, strangers = 0, assumed = 0;
    GameDate date, end = GAME_DATE_NULL;

    if (!real_league_or_skip(&l, "2024-12-31", a))
        return;
    assert_true(date_parse("2024-11-05", &date));
    assert_true(date_parse("2025-01-01", &end));
    for (; date_before(date, end); date = date_add(date, 1)) {
        Arena *scratch = arena_new(0);
        const RealDate d = real_date(&l.season, date, scratch);
        const UpcomingContext *c = real_context(&l, date, &d, scratch);

        rows += c->player_count;
        unresolved += c->unresolved_count;
        for (size_t i = 0; i < c->player_count; i++) {
            with_line += c->players[i].has_prop_line == BOOL_TRUE;
            assumed += c->players[i].tip_assumed == BOOL_TRUE;
        }
        for (size_t i = 0; i < c->unresolved_count; i++)
            strangers += strcmp(c->unresolved[i].reason, "no_earlier_box_score") != 0;
        arena_free(scratch);
    }
    print_message("%zu rows, %zu with a line, %zu unresolved of which %zu are not newcomers; "
                  "%zu at an assumed tip-off\n",
                  rows, with_line, unresolved, strangers, assumed);
    assert_true(rows > 9000);
    assert_true(unresolved * 100 < with_line);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, make_world, drop_world)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(players_whose_latest_team_plays_get_a_row),
        WORLD_TEST(a_line_brings_back_who_was_long_away),
        WORLD_TEST(names_of_lines_that_lead_nowhere_say_why),
        WORLD_TEST(the_line_is_the_preferred_books_closest_to_the_median),
        WORLD_TEST(a_tie_between_lines_takes_the_lower),
        WORLD_TEST(one_sided_lines_count_only_alone),
        WORLD_TEST(only_points_lines_above_zero_of_scheduled_games_count),
        WORLD_TEST(tip_off_comes_from_schedule_then_lines_then_habit),
        WORLD_TEST(a_commence_time_of_another_day_is_no_tip_off),
        WORLD_TEST(fatigue_counts_played_games_only),
        WORLD_TEST(pace_differential_is_the_games_pace_against_the_leagues),
        WORLD_TEST(loads_of_days_with_a_missing_box_score_are_flagged_or_null),
        WORLD_TEST(without_outcomes_pace_is_null),
        WORLD_TEST(team_rows_tell_rest_record_and_holes),
        WORLD_TEST(opening_night_has_teams_but_no_players),
        WORLD_TEST(as_of_is_the_latest_stamp_read),
        WORLD_TEST(the_newest_line_counts_and_the_oldest_was_the_opening),
        WORLD_TEST(a_line_that_comes_back_is_the_newest),
        WORLD_TEST(the_median_is_that_of_the_newest_lines),
        WORLD_TEST(the_sides_of_a_line_need_not_have_come_together),
        WORLD_TEST(a_line_is_not_seen_from_its_games_tip_off_on),
        WORLD_TEST(a_line_that_names_a_start_in_the_past_moves_no_tip_off),
        WORLD_TEST(what_is_said_once_a_game_has_begun_moves_no_tip_off),
        WORLD_TEST(the_official_id_tells_a_playoff_game),
        WORLD_TEST(without_reports_nobodys_health_is_known),
        WORLD_TEST(the_last_report_that_lists_him_says_how_he_is),
        WORLD_TEST(of_two_words_at_one_time_the_graver_one_counts),
        WORLD_TEST(a_report_is_not_seen_from_its_games_tip_off_on),
        WORLD_TEST(names_of_reports_are_resolved_within_their_team),
        WORLD_TEST(a_star_is_one_whose_season_means_reach_a_bound),
        WORLD_TEST(means_are_over_the_games_that_he_played),
        WORLD_TEST(stars_count_who_played_last_for_his_team_and_will_hardly_play),
        WORLD_TEST(a_spread_is_the_teams_own),
        WORLD_TEST(where_only_the_visitors_spread_is_known_the_home_team_has_the_opposite),
        WORLD_TEST(where_a_snapshot_contradicts_itself_the_home_team_and_the_over_count),
        WORLD_TEST(bookmakers_come_in_their_order),
        WORLD_TEST(a_bookmaker_with_spread_and_total_comes_before_one_with_half),
        WORLD_TEST(one_snapshot_tells_of_no_move),
        WORLD_TEST(a_game_line_is_not_seen_from_tip_off_on),
        WORLD_TEST(only_spreads_and_totals_of_the_game_itself_count),
        WORLD_TEST(a_teams_streak_margin_and_number_follow_its_games),
        WORLD_TEST(a_season_that_began_with_wins_is_one_streak),
        WORLD_TEST(no_fact_from_tip_off_on_moves_a_bit),
        WORLD_TEST(no_outcome_at_or_after_the_date_moves_a_row),
        WORLD_TEST(the_order_of_lines_and_outcomes_moves_no_bit),
        WORLD_TEST(names_of_real_lines_resolve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
