/*
 * tests/unit/feature_slate.h
 *    A player with ten games and everything that precompute says of him, on one date.
 */
#ifndef TIPOFF_TESTS_FEATURE_SLATE_H
#define TIPOFF_TESTS_FEATURE_SLATE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "workers/features/feature_store_core.h"
#include "workers/features/player_form.h"

static Arena *arena;

static inline int
setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static inline int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static inline void
assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%.12g is not %.12g", actual, expected);
}

static const RecentGames ten_games = {
    .count = 10,
    .points = {31, 28, 12, 25, 19, 22, 30, 15, 18, 24},
    .minutes = {36, 34, 28, 35, 31, 33, 37, 27, 29, 34},
    .ft_makes = {7, 4, 2, 5, 3, 6, 8, 1, 2, 4},
};

/* ---- a season ---- */

enum { MAX_ROWS = 64 };

typedef struct {
    ScheduleGame schedule[MAX_ROWS];
    PlayerGame player_games[MAX_ROWS];
    TeamOffense offense[MAX_ROWS];
    LeagueRows rows;
} Season;

static inline GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static inline Season *
season_new(void)
{
    Season *s = arena_alloc(arena, sizeof *s);

    s->rows = (LeagueRows){.schedule = s->schedule, .player_games = s->player_games, .offense = s->offense};
    return s;
}

/* A game of the team at home with its box score; the opponent gets none. */
static inline void
team_plays(Season *s, const char *date, const char *team, const char *opponent, bool won, bool is_complete)
{
    const char *id = arena_printf(arena, "%s_%s_%s", date, opponent, team);

    s->schedule[s->rows.schedule_count++] = (ScheduleGame){.game_id = id,
                                                           .game_date = day(date),
                                                           .season_year = 2024,
                                                           .home_team = team,
                                                           .away_team = opponent,
                                                           .tip_off = INSTANT_NULL};
    s->offense[s->rows.offense_count++] = (TeamOffense){.game_id = id,
                                                        .game_date = day(date),
                                                        .season_year = 2024,
                                                        .team = team,
                                                        .opponent = opponent,
                                                        .won = won,
                                                        .is_complete = is_complete};
}

static inline void
player_plays(Season *s, const char *date, const char *team, const char *opponent, int32_t points, double minutes,
             int32_t ft_makes)
{
    s->player_games[s->rows.player_game_count++] = (PlayerGame){
        .game_date = day(date),
        .game_id = arena_printf(arena, "%s_%s_%s", date, opponent, team),
        .season_year = 2024,
        .player_lookup = "jo",
        .player_name = "Jo",
        .team = team,
        .opponent = opponent,
        .points = points,
        .minutes = minutes,
        .ft_makes = ft_makes};
}

static const char *const ten_dates[] = {
    "2024-12-18", "2024-12-16", "2024-12-14", "2024-12-12", "2024-12-10",
    "2024-12-08", "2024-12-06", "2024-12-04", "2024-12-02", "2024-11-30",
};

/* Opening night 2024-10-22 without Jo, then his ten games: the second and the fifth against BOS,
 * seven won. */
static inline Season *
season_of_ten_games(void)
{
    Season *s = season_new();

    team_plays(s, "2024-10-22", "NYK", "MIA", false, true);
    for (size_t i = 10; i > 0; i--) {
        const char *opponent = i == 2 || i == 5 ? "BOS" : "MIA";

        team_plays(s, ten_dates[i - 1], "NYK", opponent, i <= 7, true);
        player_plays(s, ten_dates[i - 1], "NYK", opponent, (int32_t)ten_games.points[i - 1], ten_games.minutes[i - 1],
                     (int32_t)ten_games.ft_makes[i - 1]);
    }
    return s;
}

static inline PlayerForm
form_on(const Season *s, const char *date, const char *opponent)
{
    return player_form(league_view(&s->rows, day(date), arena), "jo", "NYK", opponent, arena);
}

/* ---- the rows ---- */

static const char *const every_feed[] = {"schedule", "boxscores", "shots", "props", "injuries", NULL};
static const char *const no_shots[] = {"schedule", "boxscores", "props", "injuries", NULL};

typedef struct {
    UpcomingPlayer player;
    PlayerCache cache;
    PlayerComposite composite;
    PlayerZone zone;
    TeamZone opponent;
    FeatureInputs inputs;
} Slate;

static inline UpcomingPlayer
upcoming_jo(void)
{
    UpcomingPlayer u = upcoming_player_null();

    u.game_date = day("2024-12-20");
    u.player_lookup = "jo";
    u.player_name = "Jo";
    u.game_id = "20241220_BOS_NYK";
    u.season_year = 2024;
    u.team = "NYK";
    u.opponent = "BOS";
    u.is_home = BOOL_TRUE;
    u.days_rest = 2;
    u.opponent_days_rest = 1;
    u.back_to_back = BOOL_FALSE;
    u.season_phase = "mid";
    u.player_status = "probable";
    u.has_prop_line = BOOL_TRUE;
    u.current_points_line = 24.5;
    u.opening_points_line = 23.0;
    u.line_stamp = (Instant){1734700000000000};
    u.games_played_season = 10;
    u.window_7d_used = u.window_7d_expected = 3;
    u.window_14d_used = u.window_14d_expected = 6;
    u.completeness_pct = 100.0;
    u.is_production_ready = BOOL_TRUE;
    return u;
}

static inline PlayerCache
cache_of_jo(void)
{
    PlayerCache c = player_cache_null();

    c.player_lookup = "jo";
    c.points_avg_last_5 = 23.0;
    c.points_avg_last_10 = 22.4;
    c.points_avg_season = 18.5;
    c.points_std_last_10 = 6.380525927;
    c.minutes_avg_last_10 = 32.4;
    c.minutes_avg_season = 27.0;
    c.ppm_last_10 = 0.69;
    c.team_pace_last_10 = 98.5;
    c.team_off_rating_last_10 = 115.25;
    c.games_in_last_7_days = 3;
    c.paint_rate_last_10 = 39.0;
    c.three_pt_rate_last_10 = 36.0;
    c.window_l5_used = c.window_l5_expected = 5;
    c.window_l10_used = c.window_l10_expected = 10;
    c.window_season_used = c.window_season_expected = 10;
    c.window_7d_used = c.window_7d_expected = 3;
    c.window_team_l10_used = c.window_team_l10_expected = 10;
    c.is_production_ready = BOOL_TRUE;
    return c;
}

/* Jo at home against BOS on 2024-12-20, with every upstream row. */
static inline Slate *
slate_new(const Season *s)
{
    Slate *slate = arena_alloc(arena, sizeof *slate);

    slate->player = upcoming_jo();
    slate->cache = cache_of_jo();
    slate->composite = player_composite_null();
    slate->composite.player_lookup = "jo";
    slate->composite.fatigue_score = 85;
    slate->composite.shot_zone_mismatch_score = 4.3;
    slate->composite.pace_score = -0.5;
    slate->composite.usage_spike_score = 0.3;
    slate->composite.is_production_ready = BOOL_TRUE;
    slate->zone = player_zone_null();
    slate->zone.player_lookup = "jo";
    slate->zone.paint_rate_last_10 = 40.0;
    slate->zone.mid_range_rate_last_10 = 25.0;
    slate->zone.three_pt_rate_last_10 = 35.0;
    slate->zone.window_10_used = slate->zone.window_10_expected = 10;
    slate->zone.is_production_ready = BOOL_TRUE;
    slate->opponent = team_zone_null();
    slate->opponent.team = "BOS";
    slate->opponent.defensive_rating_last_15 = 109.5;
    slate->opponent.opponent_pace = 97.25;
    slate->opponent.window_15_used = slate->opponent.window_15_expected = slate->opponent.window_15_zones_used = 15;
    slate->opponent.is_production_ready = BOOL_TRUE;
    slate->inputs = (FeatureInputs){.view = league_view(&s->rows, day("2024-12-20"), arena),
                                    .players = &slate->player,
                                    .player_count = 1,
                                    .caches = &slate->cache,
                                    .cache_count = 1,
                                    .composites = &slate->composite,
                                    .composite_count = 1,
                                    .player_zones = &slate->zone,
                                    .player_zone_count = 1,
                                    .team_zones = &slate->opponent,
                                    .team_zone_count = 1,
                                    .feeds = every_feed};
    return slate;
}

static inline FeatureRow
only_row(const Slate *slate)
{
    FeatureStoreResult r;

    feature_store_compute(&slate->inputs, arena, &r);
    assert_int_equal(r.row_count, 1);
    assert_int_equal(r.skipped_count, 0);
    return r.rows[0];
}

static inline void
assert_value(const FeatureRow *row, FeatureIndex i, double expected, const char *source)
{
    assert_string_equal(row->feature_source.items[i], source);
    assert_near(row->feature_values.items[i], expected);
}

static inline void
assert_absent(const FeatureRow *row, FeatureIndex i, const char *source)
{
    assert_string_equal(row->feature_source.items[i], source);
    assert_true(f64_is_null(row->feature_values.items[i]));
}

static inline bool
has_alert(const FeatureRow *row, const char *alert)
{
    for (int32_t i = 0; i < row->quality_alerts.count; i++) {
        if (strcmp(row->quality_alerts.items[i], alert) == 0)
            return true;
    }
    return false;
}

#endif
