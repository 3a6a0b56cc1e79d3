/*
 * tests/unit/test_features.c
 *    The feature contract, the formulas, a player's form, and the rows made of them.
 *
 * Expected figures are worked out by hand or come from another implementation of the formulas.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "workers/features/feature_store_core.h"
#include "workers/features/player_form.h"

static Arena *arena;

static int
setup(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void
assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%.12g is not %.12g", actual, expected);
}

static void
assert_feature(FeatureValue f, double expected)
{
    assert_near(f.value, expected);
    assert_int_equal(f.source, FEATURE_SOURCE_CALCULATED);
}

static void
assert_missing(FeatureValue f)
{
    assert_true(f64_is_null(f.value));
    assert_int_equal(f.source, FEATURE_SOURCE_MISSING);
}

/* ---- contract ---- */

static const char *const names_in_order[] = {
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "points_std_last_10",
    "games_in_last_7_days",
    "fatigue_score",
    "shot_zone_mismatch_score",
    "pace_score",
    "usage_spike_score",
    "rest_advantage",
    "injury_risk",
    "recent_trend",
    "minutes_change",
    "opponent_def_rating",
    "opponent_pace",
    "home_away",
    "back_to_back",
    "playoff_game",
    "pct_paint",
    "pct_mid_range",
    "pct_three",
    "pct_free_throw",
    "team_pace",
    "team_off_rating",
    "team_win_pct",
    "vegas_points_line",
    "vegas_opening_line",
    "vegas_line_move",
    "has_vegas_line",
    "avg_points_vs_opponent",
    "games_vs_opponent",
    "minutes_avg_last_10",
    "ppm_avg_last_10",
    "dnp_rate",
    "pts_slope_10g",
    "pts_vs_season_zscore",
    "breakout_flag",
};

static void
test_features_stand_in_their_fixed_order(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(names_in_order), FEATURE_COUNT);
    assert_string_equal(feature_version, "v2_37features");
    for (int i = 0; i < FEATURE_COUNT; i++) {
        assert_string_equal(feature_contract[i].name, names_in_order[i]);
        assert_true(feature_contract[i].min < feature_contract[i].max);
        assert_true(feature_contract[i].description[0] != '\0');
    }
    assert_int_equal(FEATURE_HAS_VEGAS_LINE, 28);
    assert_int_equal(FEATURE_BREAKOUT_FLAG, 36);
}

static void
test_categories_hold_their_features(void **state)
{
    /* M matchup, P player history, T team context, V vegas, G game context */
    const char *expected = "PPPPPMMMMGGGGMMGGGGGGGTTTVVVVPPPPPPPP";
    const char letters[CATEGORY_COUNT] = {
        [CATEGORY_MATCHUP] = 'M', [CATEGORY_PLAYER_HISTORY] = 'P', [CATEGORY_TEAM_CONTEXT] = 'T',
        [CATEGORY_VEGAS] = 'V',   [CATEGORY_GAME_CONTEXT] = 'G',
    };

    (void)state;
    for (int i = 0; i < FEATURE_COUNT; i++)
        assert_int_equal(letters[feature_contract[i].category], expected[i]);
}

static void
test_only_the_three_lines_are_optional_and_only_fatigue_is_critical(void **state)
{
    (void)state;
    for (int i = 0; i < FEATURE_COUNT; i++) {
        assert_int_equal(feature_contract[i].is_required, i < 25 || i > 27);
        assert_int_equal(feature_contract[i].range_is_critical, i == 5);
    }
}

static void
test_a_source_is_found_by_its_label(void **state)
{
    FeatureSource s;

    (void)state;
    for (int i = 0; i < FEATURE_SOURCE_COUNT; i++) {
        assert_true(feature_source_parse(feature_source_table[i].label, &s));
        assert_int_equal(s, i);
    }
    assert_false(feature_source_parse("phase5", &s));
}

/* ---- formulas ---- */

static const RecentGames ten_games = {
    .count = 10,
    .points = {31, 28, 12, 25, 19, 22, 30, 15, 18, 24},
    .minutes = {36, 34, 28, 35, 31, 33, 37, 27, 29, 34},
    .ft_makes = {7, 4, 2, 5, 3, 6, 8, 1, 2, 4},
};

static RecentGames
newest(size_t count)
{
    RecentGames r = ten_games;

    r.count = count;
    return r;
}

static void
test_means_and_deviation_of_ten_games(void **state)
{
    (void)state;
    assert_near(recent_mean(ten_games.points, 10, 5), 23.0);
    assert_near(recent_mean(ten_games.points, 10, 10), 22.4);
    assert_near(recent_mean(ten_games.minutes, 10, 10), 32.4);
    assert_true(fabs(recent_points_std(&ten_games) - 6.380525927) < 1e-9);
    assert_near(recent_points_per_minute(&ten_games), 224.0 / 324.0);
    assert_true(f64_is_null(recent_mean(ten_games.points, 4, 5)));
    assert_true(f64_is_null(recent_mean(ten_games.points, 0, 0)));
    assert_true(f64_is_null(recent_points_std(&(RecentGames){.count = 1, .points = {9}})));
    assert_true(f64_is_null(recent_points_per_minute(&(RecentGames){0})));
}

static void
test_rest_advantage_counts_the_opponents_rest(void **state)
{
    (void)state;
    assert_feature(calc_rest_advantage(3, 1), 2.0);
    assert_feature(calc_rest_advantage(1, 2), -1.0);
    assert_feature(calc_rest_advantage(9, 1), 2.0);
    assert_feature(calc_rest_advantage(1, 9), -2.0);
    assert_missing(calc_rest_advantage(NULL_I32, 1));
    assert_missing(calc_rest_advantage(1, NULL_I32));
}

static void
test_injury_risk_knows_no_unknown_status(void **state)
{
    (void)state;
    assert_feature(calc_injury_risk("Questionable"), 2.0);
    assert_feature(calc_injury_risk("available"), 0.0);
    assert_feature(calc_injury_risk("probable"), 1.0);
    assert_feature(calc_injury_risk("DOUBTFUL"), 3.0);
    assert_feature(calc_injury_risk("out"), 3.0);
    assert_missing(calc_injury_risk(NULL));
    assert_missing(calc_injury_risk("unknown"));
}

static void
test_recent_trend_is_positive_when_improving(void **state)
{
    const RecentGames rising = {.count = 5, .points = {20, 20, 20, 15, 15}};
    const RecentGames falling = {.count = 5, .points = {10, 10, 10, 15, 15}};
    const RecentGames up_a_little = {.count = 5, .points = {17, 17, 17, 15, 15}};
    const RecentGames down_a_little = {.count = 5, .points = {13, 13, 13, 15, 15}};

    (void)state;
    assert_feature(calc_recent_trend(&ten_games), 0.0); /* 23.667 against 22 */
    assert_feature(calc_recent_trend(&rising), 2.0);
    assert_feature(calc_recent_trend(&falling), -2.0);
    assert_feature(calc_recent_trend(&up_a_little), 1.0);
    assert_feature(calc_recent_trend(&down_a_little), -1.0);
    assert_missing(calc_recent_trend(&(RecentGames){.count = 4, .points = {9, 9, 1, 1}}));
}

static void
test_minutes_change_steps_at_a_tenth_and_a_fifth(void **state)
{
    (void)state;
    assert_feature(calc_minutes_change(32.4, 30.0), 0.0);
    assert_feature(calc_minutes_change(33.0, 30.0), 1.0);
    assert_feature(calc_minutes_change(36.0, 30.0), 2.0);
    assert_feature(calc_minutes_change(27.0, 30.0), -1.0);
    assert_feature(calc_minutes_change(24.0, 30.0), -2.0);
    assert_missing(calc_minutes_change(NULL_F64, 30.0));
    assert_missing(calc_minutes_change(30.0, NULL_F64));
    assert_missing(calc_minutes_change(30.0, 0.0));
    assert_missing(calc_minutes_change(0.0, 30.0));
}

static void
test_free_throw_share_needs_five_games_and_a_point(void **state)
{
    const RecentGames four = newest(4);

    (void)state;
    assert_feature(calc_free_throw_share(&ten_games), 0.1875);
    assert_feature(calc_free_throw_share(&(RecentGames){.count = 5, .points = {5}, .ft_makes = {5}}), 0.5);
    assert_missing(calc_free_throw_share(&four));
    assert_missing(calc_free_throw_share(&(RecentGames){.count = 5}));
}

static void
test_win_and_dnp_shares_need_enough_games(void **state)
{
    (void)state;
    assert_feature(calc_win_pct(13, 20), 0.65);
    assert_feature(calc_win_pct(2, 6), 0.333333333);
    assert_missing(calc_win_pct(4, 4));
    assert_feature(calc_dnp_rate(2, 10), 0.2);
    assert_feature(calc_dnp_rate(0, 3), 0.0);
    assert_missing(calc_dnp_rate(0, 2));
}

static void
test_points_slope_runs_from_oldest_to_newest(void **state)
{
    const RecentGames line = {.count = 5, .points = {18, 16, 14, 12, 10}};
    const RecentGames four = newest(4);

    (void)state;
    assert_feature(calc_points_slope(&ten_games), 0.606060606);
    assert_feature(calc_points_slope(&line), 2.0);
    assert_missing(calc_points_slope(&four));
}

static void
test_zscore_is_clamped_and_undefined_without_spread(void **state)
{
    double std = recent_points_std(&ten_games);

    (void)state;
    assert_feature(calc_points_zscore(23.0, 18.5, std), 0.705271015);
    assert_feature(calc_points_zscore(23.0, 12.0, std), 1.723995816);
    assert_feature(calc_points_zscore(23.0, 2.0, std), 3.0);
    assert_feature(calc_points_zscore(2.0, 23.0, std), -3.0);
    assert_missing(calc_points_zscore(23.0, 18.5, 0.0));
    assert_missing(calc_points_zscore(NULL_F64, 18.5, std));
    assert_missing(calc_points_zscore(23.0, NULL_F64, std));
    assert_missing(calc_points_zscore(23.0, 18.5, NULL_F64));
}

static void
test_breakout_needs_one_and_a_half_deviations(void **state)
{
    double std = recent_points_std(&ten_games);

    (void)state;
    assert_feature(calc_breakout_flag(23.0, 18.5, std), 0.0);
    assert_feature(calc_breakout_flag(23.0, 12.0, std), 1.0);
    assert_feature(calc_breakout_flag(23.0, 20.0, 2.0), 0.0); /* not above its threshold */
    assert_missing(calc_breakout_flag(23.0, 12.0, NULL_F64));
}

/* ---- a season ---- */

enum { MAX_ROWS = 64 };

typedef struct {
    ScheduleGame schedule[MAX_ROWS];
    PlayerGame player_games[MAX_ROWS];
    TeamOffense offense[MAX_ROWS];
    LeagueRows rows;
} Season;

static GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static Season *
season_new(void)
{
    Season *s = arena_alloc(arena, sizeof *s);

    s->rows = (LeagueRows){.schedule = s->schedule, .player_games = s->player_games, .offense = s->offense};
    return s;
}

/* A game of the team at home with its box score; the opponent gets none. */
static void
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

static void
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
static Season *
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

static PlayerForm
form_on(const Season *s, const char *date, const char *opponent)
{
    return player_form(league_view(&s->rows, day(date), arena), "jo", opponent, arena);
}

/* ---- a player's form ---- */

static void
test_form_holds_the_ten_newest_games(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm form;

    (void)state;
    player_plays(s, "2024-11-28", "NYK", "MIA", 60, 40, 0);
    form = form_on(s, "2024-12-20", "BOS");
    assert_int_equal(form.recent.count, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_near(form.recent.points[i], ten_games.points[i]);
        assert_near(form.recent.minutes[i], ten_games.minutes[i]);
        assert_near(form.recent.ft_makes[i], ten_games.ft_makes[i]);
    }
    assert_near(form.points_avg_season, 284.0 / 11.0);
    assert_near(form.minutes_avg_season, 364.0 / 11.0);
    assert_int_equal(form.meetings, 2);
    assert_near(form.meetings_points_avg, 23.5); /* 28 and 19 */
}

static void
test_games_sat_out_never_enter_the_form(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm form;

    (void)state;
    player_plays(s, "2024-12-19", "NYK", "BOS", 0, 0, 0);
    form = form_on(s, "2024-12-20", "BOS");
    assert_int_equal(form.recent.count, 10);
    assert_near(form.recent.points[0], 31);
    assert_near(form.points_avg_season, 22.4);
    assert_int_equal(form.meetings, 2);
}

static void
test_games_older_than_sixty_days_are_not_recent(void **state)
{
    Season *s = season_new();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-10-22", "NYK", "MIA", true, true);
    player_plays(s, "2024-10-22", "NYK", "MIA", 40, 30, 0);
    player_plays(s, "2024-10-24", "NYK", "MIA", 10, 30, 0);
    form = form_on(s, "2024-12-23", "BOS");
    assert_int_equal(form.recent.count, 1); /* of exactly 60 days before */
    assert_near(form.points_avg_season, 25.0);
}

static void
test_an_outcome_on_the_date_changes_nothing(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm before = form_on(s, "2024-12-18", "BOS");
    PlayerForm after;

    (void)state;
    s->player_games[s->rows.player_game_count - 1].points = 70; /* that of 2024-12-18 */
    after = form_on(s, "2024-12-18", "BOS");
    assert_int_equal(before.recent.count, 9);
    assert_memory_equal(&before, &after, sizeof before);
}

static void
test_missed_games_count_where_the_box_score_is_complete(void **state)
{
    Season *s = season_of_ten_games();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-12-19", "NYK", "MIA", true, true);
    team_plays(s, "2024-12-17", "NYK", "MIA", true, false); /* a hole, not an absence */
    team_plays(s, "2024-12-15", "NYK", "MIA", true, true);
    form = form_on(s, "2024-12-20", "BOS");
    assert_int_equal(form.team_games, 10);
    assert_int_equal(form.team_games_missed, 2);
}

static void
test_games_before_a_players_first_are_no_absences(void **state)
{
    Season *s = season_new();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-11-01", "NYK", "MIA", true, true);
    team_plays(s, "2024-11-03", "NYK", "MIA", true, true);
    player_plays(s, "2024-11-03", "NYK", "MIA", 9, 20, 0);
    team_plays(s, "2024-11-05", "NYK", "MIA", true, true);
    form = form_on(s, "2024-11-07", "BOS");
    assert_int_equal(form.team_games, 2);
    assert_int_equal(form.team_games_missed, 1);
}

static void
test_a_traded_player_is_held_against_the_team_of_the_day(void **state)
{
    Season *s = season_new();
    PlayerForm form;

    (void)state;
    team_plays(s, "2024-11-01", "NYK", "MIA", true, true);
    player_plays(s, "2024-11-01", "NYK", "MIA", 9, 20, 0);
    team_plays(s, "2024-11-03", "NYK", "MIA", true, true); /* missed */
    team_plays(s, "2024-11-04", "UTA", "MIA", true, true); /* not yet his team */
    team_plays(s, "2024-11-05", "UTA", "MIA", true, true);
    player_plays(s, "2024-11-05", "UTA", "MIA", 9, 20, 0);
    team_plays(s, "2024-11-06", "NYK", "MIA", true, true); /* no longer his team */
    form = form_on(s, "2024-11-07", "BOS");
    assert_int_equal(form.team_games, 3);
    assert_int_equal(form.team_games_missed, 1);
}

static void
test_a_player_without_a_game_has_no_form(void **state)
{
    const LeagueView *v = league_view(&season_of_ten_games()->rows, day("2024-12-20"), arena);
    PlayerForm form = player_form(v, "nobody", "BOS", arena);

    (void)state;
    assert_int_equal(form.recent.count, 0);
    assert_true(f64_is_null(form.points_avg_season));
    assert_true(f64_is_null(form.meetings_points_avg));
    assert_int_equal(form.team_games, 0);
}

/* ---- the rows ---- */

static const char *const every_feed[] = {"schedule", "boxscores", "shots", "props", "injuries", NULL};
static const char *const no_injuries_or_props[] = {"schedule", "boxscores", "shots", NULL};
static const char *const no_shots[] = {"schedule", "boxscores", "props", "injuries", NULL};

typedef struct {
    UpcomingPlayer player;
    PlayerCache cache;
    PlayerComposite composite;
    PlayerZone zone;
    TeamZone opponent;
    FeatureInputs inputs;
} Slate;

static UpcomingPlayer
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
    return u;
}

static PlayerCache
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
    return c;
}

/* Jo at home against BOS on 2024-12-20, with every upstream row. */
static Slate *
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
    slate->zone = player_zone_null();
    slate->zone.player_lookup = "jo";
    slate->zone.paint_rate_last_10 = 40.0;
    slate->zone.mid_range_rate_last_10 = 25.0;
    slate->zone.three_pt_rate_last_10 = 35.0;
    slate->opponent = team_zone_null();
    slate->opponent.team = "BOS";
    slate->opponent.defensive_rating_last_15 = 109.5;
    slate->opponent.opponent_pace = 97.25;
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

static FeatureRow
only_row(const Slate *slate)
{
    FeatureStoreResult r;

    feature_store_compute(&slate->inputs, arena, &r);
    assert_int_equal(r.row_count, 1);
    assert_int_equal(r.skipped_count, 0);
    return r.rows[0];
}

static void
assert_value(const FeatureRow *row, FeatureIndex i, double expected, const char *source)
{
    assert_string_equal(row->feature_source.items[i], source);
    assert_near(row->feature_values.items[i], expected);
}

static void
assert_absent(const FeatureRow *row, FeatureIndex i, const char *source)
{
    assert_string_equal(row->feature_source.items[i], source);
    assert_true(f64_is_null(row->feature_values.items[i]));
}

static bool
has_alert(const FeatureRow *row, const char *alert)
{
    for (int32_t i = 0; i < row->quality_alerts.count; i++) {
        if (strcmp(row->quality_alerts.items[i], alert) == 0)
            return true;
    }
    return false;
}

static void
test_a_complete_slate_fills_every_feature(void **state)
{
    static const struct {
        double value;
        const char *source;
    } expected[FEATURE_COUNT] = {
        {23.0, "phase4"},
        {22.4, "phase4"},
        {18.5, "phase4"},
        {6.380525927, "phase4"},
        {3, "phase4"},
        {85, "phase4"},
        {4.3, "phase4"},
        {-0.5, "phase4"},
        {0.3, "phase4"},
        {1, "calculated"}, /* rest 2 against 1 */
        {1, "calculated"}, /* probable */
        {0, "calculated"},
        {2, "calculated"}, /* 32.4 against 27 minutes */
        {109.5, "phase4"},
        {97.25, "phase4"},
        {1, "phase3"},
        {0, "phase3"},
        {0, "phase3"},
        {0.40, "phase4"},
        {0.25, "phase4"},
        {0.35, "phase4"},
        {0.1875, "calculated"},
        {98.5, "phase4"},
        {115.25, "phase4"},
        {0.636363636, "calculated"}, /* 7 of 11 */
        {24.5, "vegas"},
        {23.0, "vegas"},
        {1.5, "vegas"},
        {1, "calculated"},
        {23.5, "opponent_history"},
        {2, "opponent_history"},
        {32.4, "minutes_ppm"},
        {224.0 / 324.0, "minutes_ppm"},
        {0, "calculated"},
        {0.606060606, "calculated"},
        {0.705271015, "calculated"},
        {0, "calculated"},
    };
    FeatureRow row = only_row(slate_new(season_of_ten_games()));

    (void)state;
    for (FeatureIndex i = 0; i < FEATURE_COUNT; i++)
        assert_value(&row, i, expected[i].value, expected[i].source);
    assert_near(row.feature_quality_score, 98.14);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
    assert_int_equal(row.is_production_ready, BOOL_TRUE);
    assert_int_equal(row.missing_processors.count, 0);
    assert_int_equal(row.has_vegas_line, BOOL_TRUE);
    assert_string_equal(row.vegas_line_source, "odds_api");
    assert_int_equal(row.as_of.us, 1734700000000000);
    assert_string_equal(row.player_name, "Jo");
    assert_string_equal(row.feature_version, "v2_37features");
    assert_int_equal(row.early_season_flag, BOOL_FALSE);
    assert_null(row.insufficient_data_reason);
}

static void
test_absent_feeds_are_named_and_block_nobody(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.player_status = NULL;
    slate->player.current_points_line = slate->player.opening_points_line = NULL_F64;
    slate->inputs.feeds = no_injuries_or_props;
    row = only_row(slate);
    assert_absent(&row, FEATURE_INJURY_RISK, "not_subscribed");
    assert_absent(&row, FEATURE_VEGAS_POINTS_LINE, "not_subscribed");
    assert_absent(&row, FEATURE_VEGAS_OPENING_LINE, "not_subscribed");
    assert_absent(&row, FEATURE_VEGAS_LINE_MOVE, "not_subscribed");
    assert_value(&row, FEATURE_HAS_VEGAS_LINE, 0.0, "calculated");
    assert_int_equal(row.default_feature_count, 4);
    assert_int_equal(row.required_default_count, 0);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
    assert_int_equal(row.is_production_ready, BOOL_TRUE);
}

static void
test_a_status_that_a_subscribed_feed_did_not_bring_is_missing(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.player_status = NULL;
    row = only_row(slate);
    assert_absent(&row, FEATURE_INJURY_RISK, "missing");
    assert_int_equal(row.required_default_count, 1);
    assert_int_equal(row.is_quality_ready, BOOL_FALSE);
}

static void
test_a_row_is_as_of_the_later_of_line_and_report(void **state)
{
    static const struct {
        int64_t line, report, as_of;
    } cases[] = {
        {20, 30, 30},
        {30, 20, 30},
        {INT64_MIN, 20, 20},
        {20, INT64_MIN, 20},
    };
    Slate *slate = slate_new(season_of_ten_games());

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        slate->player.line_stamp = (Instant){cases[i].line};
        slate->player.report_stamp = (Instant){cases[i].report};
        assert_int_equal(only_row(slate).as_of.us, cases[i].as_of);
    }
}

static void
test_an_opening_that_nobody_saw_is_missing_but_optional(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.opening_points_line = NULL_F64;
    row = only_row(slate);
    assert_value(&row, FEATURE_VEGAS_POINTS_LINE, 24.5, "vegas");
    assert_absent(&row, FEATURE_VEGAS_OPENING_LINE, "missing");
    assert_absent(&row, FEATURE_VEGAS_LINE_MOVE, "missing");
    assert_int_equal(row.required_default_count, 0);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
}

static void
test_no_line_is_missing_but_optional(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.current_points_line = 0.0; /* a line of nothing is no line */
    row = only_row(slate);
    assert_absent(&row, FEATURE_VEGAS_POINTS_LINE, "missing");
    assert_value(&row, FEATURE_VEGAS_OPENING_LINE, 23.0, "vegas");
    assert_absent(&row, FEATURE_VEGAS_LINE_MOVE, "missing");
    assert_value(&row, FEATURE_HAS_VEGAS_LINE, 0.0, "calculated");
    assert_int_equal(row.has_vegas_line, BOOL_FALSE);
    assert_string_equal(row.vegas_line_source, "none");
    assert_true(instant_is_null(row.as_of));
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
}

static void
test_a_first_meeting_has_no_history_and_blocks_nobody(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.opponent = "UTA";
    slate->opponent.team = "UTA";
    row = only_row(slate);
    assert_absent(&row, FEATURE_AVG_POINTS_VS_OPPONENT, "no_history");
    assert_value(&row, FEATURE_GAMES_VS_OPPONENT, 0.0, "no_history");
    assert_int_equal(row.required_default_count, 0);
    assert_int_equal(row.default_feature_count, 2);
    assert_int_equal(row.is_quality_ready, BOOL_TRUE);
}

static void
test_each_absent_value_of_the_context_is_missing(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->player.is_home = BOOL_NULL;
    slate->player.back_to_back = BOOL_NULL;
    slate->player.season_phase = NULL;
    slate->player.opponent_days_rest = NULL_I32;
    row = only_row(slate);
    assert_absent(&row, FEATURE_HOME_AWAY, "missing");
    assert_absent(&row, FEATURE_BACK_TO_BACK, "missing");
    assert_absent(&row, FEATURE_PLAYOFF_GAME, "missing");
    assert_absent(&row, FEATURE_REST_ADVANTAGE, "missing");
    assert_int_equal(row.required_default_count, 4);
    slate->player = upcoming_jo();
    slate->player.season_phase = "playoffs";
    row = only_row(slate);
    assert_value(&row, FEATURE_PLAYOFF_GAME, 1.0, "phase3");
}

static void
test_one_player_without_a_cache_row_falls_back_alone(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    UpcomingPlayer players[] = {upcoming_jo(), upcoming_jo()};
    PlayerCache al = cache_of_jo();
    FeatureStoreResult r;

    (void)state;
    players[0].player_lookup = "al";
    al.player_lookup = "al";
    slate->inputs.players = players;
    slate->inputs.player_count = 2;
    slate->inputs.caches = &al;
    feature_store_compute(&slate->inputs, arena, &r);
    assert_int_equal(r.row_count, 2);
    assert_value(&r.rows[0], FEATURE_POINTS_AVG_LAST_5, 23.0, "phase4");
    assert_value(&r.rows[1], FEATURE_POINTS_AVG_LAST_5, 23.0, "phase3");
    assert_value(&r.rows[1], FEATURE_POINTS_AVG_LAST_10, 22.4, "phase3");
    assert_value(&r.rows[1], FEATURE_POINTS_AVG_SEASON, 22.4, "phase3");
    assert_absent(&r.rows[1], FEATURE_POINTS_STD_LAST_10, "missing");
    assert_absent(&r.rows[1], FEATURE_GAMES_IN_LAST_7_DAYS, "missing");
    assert_absent(&r.rows[1], FEATURE_TEAM_PACE, "missing");
    assert_value(&r.rows[1], FEATURE_MINUTES_CHANGE, 0.0, "calculated");
    assert_int_equal(r.rows[1].is_production_ready, BOOL_FALSE);
    assert_string_equal(r.rows[1].missing_processors.items[0], "player_daily_cache");
    /* al has no game of his own */
    assert_value(&r.rows[0], FEATURE_MINUTES_AVG_LAST_10, 32.4, "phase4");
    assert_value(&r.rows[0], FEATURE_PPM_AVG_LAST_10, 0.69, "phase4");
    assert_absent(&r.rows[0], FEATURE_PTS_SLOPE_10G, "missing");
}

static void
test_a_mean_of_five_needs_five_games(void **state)
{
    Season *s = season_new();
    Slate *slate;
    FeatureRow row;

    (void)state;
    team_plays(s, "2024-12-01", "NYK", "MIA", true, true);
    for (size_t i = 4; i > 0; i--)
        player_plays(s, ten_dates[i - 1], "NYK", "MIA", 10, 20, 0);
    slate = slate_new(s);
    slate->inputs.cache_count = 0;
    row = only_row(slate);
    assert_absent(&row, FEATURE_POINTS_AVG_LAST_5, "missing");
    assert_value(&row, FEATURE_POINTS_AVG_LAST_10, 10.0, "phase3");
    assert_absent(&row, FEATURE_TEAM_WIN_PCT, "missing");
    assert_absent(&row, FEATURE_BREAKOUT_FLAG, "missing");
}

static void
test_shot_shares_come_from_the_cache_without_a_zone_row(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->inputs.player_zone_count = 0;
    row = only_row(slate);
    assert_value(&row, FEATURE_PCT_PAINT, 0.39, "phase4");
    assert_absent(&row, FEATURE_PCT_MID_RANGE, "missing");
    assert_value(&row, FEATURE_PCT_THREE, 0.36, "phase4");
    assert_int_equal(row.required_default_count, 1);
    assert_string_equal(row.missing_processors.items[0], "player_shot_zone");
    slate->inputs.feeds = no_shots;
    row = only_row(slate);
    assert_absent(&row, FEATURE_PCT_MID_RANGE, "not_subscribed");
    assert_int_equal(row.required_default_count, 0);
}

static void
test_absent_precompute_rows_are_all_named(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->inputs.cache_count = slate->inputs.composite_count = 0;
    slate->inputs.player_zone_count = slate->inputs.team_zone_count = 0;
    row = only_row(slate);
    assert_int_equal(row.missing_processors.count, 4);
    assert_string_equal(row.missing_processors.items[1], "player_composite_factors");
    assert_string_equal(row.missing_processors.items[3], "team_defense_zone");
    assert_absent(&row, FEATURE_FATIGUE_SCORE, "missing");
    assert_absent(&row, FEATURE_OPPONENT_DEF_RATING, "missing");
    assert_int_equal(row.has_composite_factors, BOOL_FALSE);
    assert_string_equal(row.quality_alert_level, "red");
    assert_int_equal(row.is_production_ready, BOOL_FALSE);
}

static void
test_a_factor_that_could_not_be_computed_is_missing(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->composite.usage_spike_score = NULL_F64;
    slate->composite.shot_zone_mismatch_score = NULL_F64;
    slate->inputs.feeds = no_shots;
    row = only_row(slate);
    assert_absent(&row, FEATURE_USAGE_SPIKE_SCORE, "missing");
    assert_absent(&row, FEATURE_SHOT_ZONE_MISMATCH_SCORE, "not_subscribed");
    assert_int_equal(row.required_default_count, 1);
}

static void
test_a_value_outside_its_range_warns(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->cache.team_pace_last_10 = 89.9;
    slate->cache.points_avg_last_5 = 70.0; /* the bound itself is inside */
    row = only_row(slate);
    assert_true(has_alert(&row, "range_warning:team_pace"));
    assert_int_equal(row.quality_alerts.count, 1);
    assert_value(&row, FEATURE_TEAM_PACE, 89.9, "phase4");
}

static void
test_at_most_three_range_warnings_are_shown_beside_the_alerts(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureRow row;

    (void)state;
    slate->cache.points_avg_last_5 = slate->cache.points_avg_last_10 = 99.0;
    slate->cache.team_pace_last_10 = slate->cache.team_off_rating_last_10 = 9.0;
    slate->inputs.team_zone_count = 0;
    row = only_row(slate);
    assert_int_equal(row.quality_alerts.count, 4);
    assert_true(has_alert(&row, "opponent_defense_missing"));
    assert_true(has_alert(&row, "range_warning:points_avg_last_5"));
    assert_false(has_alert(&row, "range_warning:team_off_rating"));
}

static void
test_an_impossible_fatigue_drops_the_row_and_says_so(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureStoreResult r;

    (void)state;
    slate->composite.fatigue_score = -3;
    feature_store_compute(&slate->inputs, arena, &r);
    assert_int_equal(r.row_count, 0);
    assert_int_equal(r.skipped_count, 1);
    assert_string_equal(r.skipped[0].entity, "jo");
    assert_string_equal(r.skipped[0].processor, "feature_store");
    assert_string_equal(r.skipped[0].reason, "FEATURE_VALIDATION_ERROR");
    assert_string_equal(r.skipped[0].detail, "fatigue_score is -3, outside 0..100");
    assert_true(instant_is_null(r.as_of));
}

static void
test_placeholders_hold_no_values(void **state)
{
    UpcomingPlayer u = upcoming_jo();
    FeatureStoreResult r;

    (void)state;
    feature_store_placeholders(&u, 1, arena, &r);
    assert_int_equal(r.row_count, 1);
    for (FeatureIndex i = 0; i < FEATURE_COUNT; i++)
        assert_absent(&r.rows[0], i, "missing");
    assert_near(r.rows[0].feature_quality_score, 0.0);
    assert_int_equal(r.rows[0].early_season_flag, BOOL_TRUE);
    assert_string_equal(r.rows[0].insufficient_data_reason, "early_season");
    assert_string_equal(r.rows[0].primary_data_source, "early_season");
    assert_int_equal(r.rows[0].is_production_ready, BOOL_FALSE);
    assert_int_equal(r.rows[0].is_quality_ready, BOOL_FALSE);
    assert_int_equal(r.rows[0].has_vegas_line, BOOL_FALSE);
    assert_string_equal(r.rows[0].player_lookup, "jo");
    assert_non_null(r.rows[0].missing_processors.items);
}

static bool
is_null_field(const Column *column, const void *field)
{
    const void *pointer;

    switch (column->type) {
    case COL_I32:
        return *(const int32_t *)field == NULL_I32;
    case COL_F64:
        return f64_is_null(*(const double *)field);
    case COL_BOOL:
        return *(const TriBool *)field == BOOL_NULL;
    case COL_DATE:
        return date_is_null(*(const GameDate *)field);
    case COL_TEXT:
    case COL_F64_ARRAY:
    case COL_I32_ARRAY:
    case COL_TEXT_ARRAY:
    case COL_BYTES:
    case COL_JSON: /* these begin with their pointer */
        memcpy(&pointer, field, sizeof pointer);
        return pointer == NULL;
    case COL_I64:
    case COL_TS:
        return *(const int64_t *)field == NULL_I64;
    }
    return true;
}

static void
assert_no_null_where_forbidden(const FeatureRow *row)
{
    for (size_t c = 0; c < feature_row_table.column_count; c++) {
        const Column *column = &feature_row_table.columns[c];

        if (column->not_null && is_null_field(column, table_field(&feature_row_table, row, 0, c)))
            fail_msg("%s is NULL", column->name);
    }
}

static void
test_rows_and_placeholders_fill_every_mandatory_column(void **state)
{
    UpcomingPlayer u = upcoming_jo();
    FeatureRow row = only_row(slate_new(season_of_ten_games()));
    FeatureStoreResult r;

    (void)state;
    assert_no_null_where_forbidden(&row);
    feature_store_placeholders(&u, 1, arena, &r);
    assert_no_null_where_forbidden(&r.rows[0]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features_stand_in_their_fixed_order),
        cmocka_unit_test(test_categories_hold_their_features),
        cmocka_unit_test(test_only_the_three_lines_are_optional_and_only_fatigue_is_critical),
        cmocka_unit_test(test_a_source_is_found_by_its_label),
        cmocka_unit_test(test_means_and_deviation_of_ten_games),
        cmocka_unit_test(test_rest_advantage_counts_the_opponents_rest),
        cmocka_unit_test(test_injury_risk_knows_no_unknown_status),
        cmocka_unit_test(test_recent_trend_is_positive_when_improving),
        cmocka_unit_test(test_minutes_change_steps_at_a_tenth_and_a_fifth),
        cmocka_unit_test(test_free_throw_share_needs_five_games_and_a_point),
        cmocka_unit_test(test_win_and_dnp_shares_need_enough_games),
        cmocka_unit_test(test_points_slope_runs_from_oldest_to_newest),
        cmocka_unit_test(test_zscore_is_clamped_and_undefined_without_spread),
        cmocka_unit_test(test_breakout_needs_one_and_a_half_deviations),
        cmocka_unit_test(test_form_holds_the_ten_newest_games),
        cmocka_unit_test(test_games_sat_out_never_enter_the_form),
        cmocka_unit_test(test_games_older_than_sixty_days_are_not_recent),
        cmocka_unit_test(test_an_outcome_on_the_date_changes_nothing),
        cmocka_unit_test(test_missed_games_count_where_the_box_score_is_complete),
        cmocka_unit_test(test_games_before_a_players_first_are_no_absences),
        cmocka_unit_test(test_a_traded_player_is_held_against_the_team_of_the_day),
        cmocka_unit_test(test_a_player_without_a_game_has_no_form),
        cmocka_unit_test(test_a_complete_slate_fills_every_feature),
        cmocka_unit_test(test_absent_feeds_are_named_and_block_nobody),
        cmocka_unit_test(test_a_status_that_a_subscribed_feed_did_not_bring_is_missing),
        cmocka_unit_test(test_a_row_is_as_of_the_later_of_line_and_report),
        cmocka_unit_test(test_an_opening_that_nobody_saw_is_missing_but_optional),
        cmocka_unit_test(test_no_line_is_missing_but_optional),
        cmocka_unit_test(test_a_first_meeting_has_no_history_and_blocks_nobody),
        cmocka_unit_test(test_each_absent_value_of_the_context_is_missing),
        cmocka_unit_test(test_one_player_without_a_cache_row_falls_back_alone),
        cmocka_unit_test(test_a_mean_of_five_needs_five_games),
        cmocka_unit_test(test_shot_shares_come_from_the_cache_without_a_zone_row),
        cmocka_unit_test(test_absent_precompute_rows_are_all_named),
        cmocka_unit_test(test_a_factor_that_could_not_be_computed_is_missing),
        cmocka_unit_test(test_a_value_outside_its_range_warns),
        cmocka_unit_test(test_at_most_three_range_warnings_are_shown_beside_the_alerts),
        cmocka_unit_test(test_an_impossible_fatigue_drops_the_row_and_says_so),
        cmocka_unit_test(test_placeholders_hold_no_values),
        cmocka_unit_test(test_rows_and_placeholders_fill_every_mandatory_column),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
