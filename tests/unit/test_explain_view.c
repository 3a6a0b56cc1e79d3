/*
 * tests/unit/test_explain_view.c
 *    Why a feature is as it is, from rows made by hand; and which feature is lowest in many of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "ops/cli/explain_view.h"
#include "ops/cli/quality_stats.h"
#include "ops/cli/row_values.h"

/* ---- a player and what is known of him ---- */

enum { GAMES = 6 };

typedef struct {
    double values[FEATURE_COUNT];
    int32_t quality[FEATURE_COUNT], samples[FEATURE_COUNT], marks[2];
    const char *sources[FEATURE_COUNT];
    FeatureRow row;
    PlayerCache cache;
    PlayerComposite composite;
    PlayerZone zone;
    TeamZone opponent;
    UpcomingPlayer context;
    PlayerGame games[GAMES];
    const PlayerGame *played[GAMES];
    const char *holes[2], *team_holes[2], *opponent_holes[1], *fields[1], *inputs[1];
    SkippedEntity skipped[2];
    ExplainFacts facts;
    Arena *arena;
} Case;

static GameDate
day(const char *s)
{
    GameDate d = GAME_DATE_NULL;

    assert_true(date_parse(s, &d));
    return d;
}

static void
make_games(Case *c)
{
    static const struct {
        const char *date, *id, *opponent;
        int32_t points;
    } games[GAMES] = {
        {"2025-11-13", "20251113_CHI_DEN", "CHI", 31}, {"2025-11-11", "20251111_LAL_DEN", "LAL", 28},
        {"2025-11-09", "20251109_DEN_UTA", "UTA", 12}, {"2025-11-05", "20251105_DEN_BOS", "BOS", 25},
        {"2025-11-03", "20251103_MIA_DEN", "MIA", 19}, {"2025-11-01", "20251101_DEN_ATL", "ATL", 22},
    };

    for (size_t i = 0; i < GAMES; i++) {
        c->games[i] = player_game_null();
        c->games[i].game_date = day(games[i].date);
        c->games[i].game_id = games[i].id;
        c->games[i].opponent = games[i].opponent;
        c->games[i].points = games[i].points;
        c->games[i].has_complete_shot_zones = BOOL_TRUE;
        c->played[i] = &c->games[i];
    }
    c->facts.played = c->played;
    c->facts.played_count = GAMES;
}

/* Everything is there and whole. */
static void
make_case(Case *c)
{
    *c = (Case){.row = feature_row_null(),
                .cache = player_cache_null(),
                .composite = player_composite_null(),
                .zone = player_zone_null(),
                .opponent = team_zone_null(),
                .context = upcoming_player_null(),
                .arena = arena_new(0)};
    for (int f = 0; f < FEATURE_COUNT; f++) {
        c->values[f] = 1.0;
        c->quality[f] = 100;
        c->samples[f] = NULL_I32;
        c->sources[f] = "phase4";
    }
    c->row.game_date = day("2025-11-15");
    c->row.player_lookup = "nikolajokic";
    c->row.team = "DEN";
    c->row.opponent = "BOS";
    c->row.early_season_flag = BOOL_FALSE;
    c->row.feature_values = (F64Array){c->values, FEATURE_COUNT};
    c->row.feature_quality = (I32Array){c->quality, FEATURE_COUNT};
    c->row.feature_sample_size = (I32Array){c->samples, FEATURE_COUNT};
    c->row.feature_source = (TextArray){c->sources, FEATURE_COUNT};
    c->facts.row = &c->row;
    c->facts.upstream[UPSTREAM_DAILY_CACHE] = &c->cache;
    c->facts.upstream[UPSTREAM_COMPOSITE] = &c->composite;
    c->facts.upstream[UPSTREAM_PLAYER_ZONE] = &c->zone;
    c->facts.upstream[UPSTREAM_TEAM_ZONE] = &c->opponent;
    c->facts.upstream[UPSTREAM_CONTEXT] = &c->context;
    for (int u = 0; u < UPSTREAM_COUNT; u++)
        c->facts.cells[u].status = "success";
    make_games(c);
}

static void
set_source(Case *c, FeatureIndex f, const char *source)
{
    FeatureSource s;

    c->sources[f] = source;
    if (feature_source_parse(source, &s) && feature_source_table[s].counts_as_default)
        c->values[f] = NULL_F64;
}

/* NULL: nothing is to be said. */
static void
assert_why(Case *c, FeatureIndex f, const char *why)
{
    const ExplainLine line = explain_feature(&c->facts, f, c->arena);

    if (why == NULL) {
        if (line.why != NULL)
            fail_msg("it says \"%s\"", line.why);
        return;
    }
    assert_non_null(line.why);
    assert_string_equal(line.why, why);
}

/* ---- why ---- */

static void
a_value_that_is_as_it_should_be_needs_no_reason(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    for (int f = 0; f < FEATURE_COUNT; f++)
        assert_why(&c, (FeatureIndex)f, NULL);
    arena_free(c.arena);
}

static void
a_row_that_was_skipped_has_the_rule(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    c.facts.upstream[UPSTREAM_DAILY_CACHE] = NULL;
    c.facts.upstream[UPSTREAM_TEAM_ZONE] = NULL;
    c.skipped[0] = (SkippedEntity){.processor = "player_daily_cache",
                                   .entity = "nikolajokic",
                                   .reason = "INSUFFICIENT_DATA",
                                   .detail = "2 games, 5 needed"};
    c.skipped[1] = (SkippedEntity){.processor = "team_defense_zone", .entity = "BOS", .reason = "STALE_DATA"};
    c.facts.skipped = c.skipped;
    c.facts.skipped_count = 2;
    set_source(&c, FEATURE_TEAM_PACE, "missing");
    set_source(&c, FEATURE_OPPONENT_PACE, "missing");
    set_source(&c, FEATURE_POINTS_AVG_SEASON, "phase3");
    assert_why(&c, FEATURE_TEAM_PACE, "player_daily_cache skipped nikolajokic: INSUFFICIENT_DATA, 2 games, 5 needed");
    assert_why(&c, FEATURE_OPPONENT_PACE, "team_defense_zone skipped BOS: STALE_DATA");
    assert_why(&c, FEATURE_POINTS_AVG_SEASON,
               "from other rows, since player_daily_cache skipped nikolajokic: INSUFFICIENT_DATA, 2 games, 5 needed");
    arena_free(c.arena);
}

static void
a_row_without_a_rule_has_its_cell(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    c.facts.upstream[UPSTREAM_DAILY_CACHE] = NULL;
    set_source(&c, FEATURE_TEAM_PACE, "missing");
    assert_why(&c, FEATURE_TEAM_PACE, "player_daily_cache has no row of nikolajokic, and no reason on record");
    c.facts.cells[UPSTREAM_DAILY_CACHE] = (ExplainCell){.status = "degraded", .reason = "a hole"};
    assert_why(&c, FEATURE_TEAM_PACE, "player_daily_cache has no row of nikolajokic, and no reason on record");
    c.facts.cells[UPSTREAM_DAILY_CACHE] = (ExplainCell){.status = "failed", .reason = "a bad number"};
    assert_why(&c, FEATURE_TEAM_PACE, "player_daily_cache has no row of nikolajokic: it is failed, a bad number");
    c.facts.cells[UPSTREAM_DAILY_CACHE] = (ExplainCell){0};
    assert_why(&c, FEATURE_TEAM_PACE, "player_daily_cache has no cell on this date");
    arena_free(c.arena);
}

static void
what_nobody_could_know_is_said_so(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    set_source(&c, FEATURE_INJURY_RISK, "not_subscribed");
    set_source(&c, FEATURE_AVG_POINTS_VS_OPPONENT, "no_history");
    set_source(&c, FEATURE_VEGAS_POINTS_LINE, "astrology");
    assert_why(&c, FEATURE_INJURY_RISK, "this deployment does not subscribe to the feed injuries");
    assert_why(&c, FEATURE_AVG_POINTS_VS_OPPONENT, "he has not met BOS this season");
    assert_why(&c, FEATURE_VEGAS_POINTS_LINE, "a source that the contract does not know");
    c.row.early_season_flag = BOOL_TRUE;
    assert_why(&c, FEATURE_TEAM_PACE, "the season was too young: nothing is computed in its first two weeks");
    arena_free(c.arena);
}

static void
an_absent_line_names_the_columns_without_a_value(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    c.context.current_points_line = 20.5;
    set_source(&c, FEATURE_VEGAS_LINE_MOVE, "missing");
    assert_why(&c, FEATURE_VEGAS_LINE_MOVE, "no value in upcoming_context.opening_points_line");
    arena_free(c.arena);
}

static void
too_few_games_are_counted(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    c.facts.played_count = 4;
    c.facts.team_games = 3;
    set_source(&c, FEATURE_PTS_SLOPE_10G, "missing");
    set_source(&c, FEATURE_TEAM_WIN_PCT, "missing");
    assert_why(&c, FEATURE_PTS_SLOPE_10G, "4 games of his this season, 5 needed");
    assert_why(&c, FEATURE_TEAM_WIN_PCT, "3 games of DEN this season, 5 needed");
    arena_free(c.arena);
}

/* ---- games that nobody knows of ---- */

/* His game of the 7th has no box score. */
static void
make_hole(Case *c)
{
    c->holes[0] = "20251107_DEN_BOS";
    c->facts.holes = c->holes;
    c->facts.hole_count = 1;
    c->cache.window_l5_used = 4;
    c->cache.window_l5_expected = 5;
    c->cache.window_season_used = 6;
    c->cache.window_season_expected = 7;
}

static void
a_window_names_the_games_that_it_lacks(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    make_hole(&c);
    set_source(&c, FEATURE_POINTS_AVG_LAST_5, "phase4_incomplete");
    assert_why(&c, FEATURE_POINTS_AVG_LAST_5,
               "window_l5 of player_daily_cache has 4 of 5 games, without 20251107_DEN_BOS");
    c.cache.window_l5_used = 3;
    set_source(&c, FEATURE_POINTS_AVG_LAST_5, "missing");
    assert_why(&c, FEATURE_POINTS_AVG_LAST_5,
               "window_l5 of player_daily_cache has 3 of 5 games, below 70 %, without 20251107_DEN_BOS");
    set_source(&c, FEATURE_BREAKOUT_FLAG, "missing");
    assert_why(&c, FEATURE_BREAKOUT_FLAG, /* the season's window lacks one too, but gives a value */
               "window_l5 of player_daily_cache has 3 of 5 games, below 70 %, without 20251107_DEN_BOS");
    arena_free(c.arena);
}

static void
a_window_that_ends_before_a_hole_does_not_name_it(void **state)
{
    Case c;
    ExplainLine line;

    (void)state;
    make_case(&c);
    make_hole(&c);
    c.holes[0] = "20251102_DEN_BOS"; /* older than his newest five games */
    c.cache.window_l5_used = 4;
    line = explain_feature(&c.facts, FEATURE_POINTS_AVG_LAST_5, c.arena);
    assert_int_equal(line.windows[0].missing_count, 0);
    c.cache.window_l5_expected = 6;
    line = explain_feature(&c.facts, FEATURE_POINTS_AVG_LAST_5, c.arena);
    assert_int_equal(line.windows[0].missing_count, 1);
    arena_free(c.arena);
}

static void
a_window_of_shots_also_names_games_without_zones(void **state)
{
    Case c;
    ExplainLine line;

    (void)state;
    make_case(&c);
    make_hole(&c);
    c.games[1].has_complete_shot_zones = BOOL_FALSE;
    c.zone.window_10_used = 5;
    c.zone.window_10_expected = 7;
    line = explain_feature(&c.facts, FEATURE_PCT_PAINT, c.arena);
    assert_int_equal(line.windows[0].missing_count, 2);
    assert_string_equal(line.windows[0].missing[0], "20251111_LAL_DEN");
    assert_string_equal(line.windows[0].missing[1], "20251107_DEN_BOS");
    arena_free(c.arena);
}

static void
windows_of_teams_name_their_own_games(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    c.team_holes[0] = "20251107_DEN_BOS";
    c.team_holes[1] = "20251022_DEN_GSW";
    c.facts.team_holes = c.team_holes;
    c.facts.team_hole_count = 2;
    c.facts.team_games = 10;
    c.cache.window_team_l10_used = 9;
    c.cache.window_team_l10_expected = 10;
    c.opponent_holes[0] = "20251108_BOS_NYK";
    c.opponent.missing_game_ids = (TextArray){c.opponent_holes, 1};
    c.opponent.window_15_used = 9;
    c.opponent.window_15_expected = 10;
    set_source(&c, FEATURE_TEAM_PACE, "phase4_incomplete");
    set_source(&c, FEATURE_OPPONENT_PACE, "phase4_incomplete");
    set_source(&c, FEATURE_TEAM_WIN_PCT, "calculated_incomplete");
    assert_why(&c, FEATURE_TEAM_PACE,
               "window_team_l10 of player_daily_cache has 9 of 10 games, without 20251107_DEN_BOS");
    assert_why(&c, FEATURE_OPPONENT_PACE, "window_15 of team_defense_zone has 9 of 10 games, without 20251108_BOS_NYK");
    assert_why(&c, FEATURE_TEAM_WIN_PCT, "10 of 12 games of DEN are known, without 20251107_DEN_BOS, 20251022_DEN_GSW");
    arena_free(c.arena);
}

static void
a_meeting_that_nobody_knows_of_is_named(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    make_hole(&c);
    set_source(&c, FEATURE_GAMES_VS_OPPONENT, "missing");
    assert_why(&c, FEATURE_GAMES_VS_OPPONENT,
               "1 of 2 games against BOS are known, below 70 %, without 20251107_DEN_BOS");
    c.row.opponent = "MIA";
    set_source(&c, FEATURE_GAMES_VS_OPPONENT, "opponent_history");
    assert_why(&c, FEATURE_GAMES_VS_OPPONENT, NULL);
    arena_free(c.arena);
}

static void
a_column_that_its_row_flags_is_named_with_the_games_near_it(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    make_hole(&c);
    c.fields[0] = "days_rest";
    c.context.incomplete_fields = (TextArray){c.fields, 1};
    set_source(&c, FEATURE_REST_ADVANTAGE, "calculated_incomplete");
    assert_why(&c, FEATURE_REST_ADVANTAGE,
               "the games behind upcoming_context.days_rest are not all known; unknown games of his own:"
               " 20251107_DEN_BOS");
    arena_free(c.arena);
}

static void
a_factor_names_what_it_was_made_without(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    c.inputs[0] = "projected_usage_rate";
    c.composite.missing_inputs = (TextArray){c.inputs, 1};
    set_source(&c, FEATURE_USAGE_SPIKE_SCORE, "missing");
    assert_why(&c, FEATURE_USAGE_SPIKE_SCORE, "the factors were made without projected_usage_rate");
    arena_free(c.arena);
}

static void
a_value_outside_its_range_says_so_beside_its_reason(void **state)
{
    Case c;

    (void)state;
    make_case(&c);
    c.marks[0] = FEATURE_TEAM_PACE;
    c.row.out_of_range_indices = (I32Array){c.marks, 1};
    c.values[FEATURE_TEAM_PACE] = 121.5;
    assert_why(&c, FEATURE_TEAM_PACE, "121.5 is outside 90 to 115");
    c.cache.window_team_l10_used = 9;
    c.cache.window_team_l10_expected = 10;
    set_source(&c, FEATURE_TEAM_PACE, "phase4_incomplete");
    assert_why(&c, FEATURE_TEAM_PACE,
               "window_team_l10 of player_daily_cache has 9 of 10 games; 121.5 is outside 90 to 115");
    arena_free(c.arena);
}

/* ---- what it is read from ---- */

static void
a_line_has_the_columns_and_games_behind_the_value(void **state)
{
    Case c;
    ExplainLine line;

    (void)state;
    make_case(&c);
    c.cache.points_avg_last_5 = 23.25;
    line = explain_feature(&c.facts, FEATURE_POINTS_AVG_LAST_5, c.arena);
    assert_int_equal(line.input_count, 1);
    assert_string_equal(line.inputs[0].processor, "player_daily_cache");
    assert_string_equal(explain_value(line.inputs[0].row, line.inputs[0].desc, c.arena), "23.25");
    assert_int_equal(line.game_count, 5);
    assert_ptr_equal(line.games[0], &c.games[0]);
    line = explain_feature(&c.facts, FEATURE_AVG_POINTS_VS_OPPONENT, c.arena);
    assert_int_equal(line.game_count, 1);
    assert_string_equal(line.games[0]->game_id, "20251105_DEN_BOS");
    arena_free(c.arena);
}

static void
every_column_and_window_of_every_feature_exists(void **state)
{
    Arena *a = arena_new(0);

    (void)state;
    for (int f = 0; f < FEATURE_COUNT; f++) {
        const FeatureInput *in = &feature_inputs[f];

        assert_non_null(in->columns[0].name);
        assert_int_equal(in->games == GAMES_OWN, in->game_count > 0);
        for (int i = 0; i < FEATURE_COLUMNS_MAX && in->columns[i].name != NULL; i++)
            if (row_column(feature_upstream_desc(in->columns[i].upstream), in->columns[i].name) == NULL)
                fail_msg("%s: no column %s", feature_contract[f].name, in->columns[i].name);
        for (int i = 0; i < FEATURE_WINDOWS_MAX && in->windows[i].name != NULL; i++) {
            const TableDesc *t = feature_upstream_desc(in->windows[i].upstream);

            assert_non_null(row_column(t, arena_printf(a, "%s_used", in->windows[i].name)));
            assert_non_null(row_column(t, arena_printf(a, "%s_expected", in->windows[i].name)));
        }
        if (feature_upstream_table[feature_contract[f].upstream].processor != NULL)
            assert_int_equal(in->columns[0].upstream, feature_contract[f].upstream);
    }
    for (int u = 0; u < UPSTREAM_COUNT; u++)
        if (feature_upstream_desc((FeatureUpstream)u) != NULL)
            assert_string_equal(feature_upstream_desc((FeatureUpstream)u)->name, feature_upstream_table[u].table);
    arena_free(a);
}

/* ---- values as text ---- */

static void
numbers_are_written_so_that_they_read_back(void **state)
{
    static const double numbers[] = {0.1, 1.0 / 3.0, 21.0, -0.0, 1e-300, 123456789.125, 4.9e-324};
    Arena *a = arena_new(0);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        double back = strtod(exact_text(numbers[i], a), NULL);

        assert_memory_equal(&back, &numbers[i], sizeof back);
    }
    assert_null(exact_text(NULL_F64, a));
    arena_free(a);
}

static void
arrays_keep_the_place_of_what_is_absent(void **state)
{
    const double values[] = {1.5, (double)NAN, 2.0};
    const int32_t sizes[] = {NULL_I32, 7};
    Arena *a = arena_new(0);
    FeatureRow row = feature_row_null();

    (void)state;
    assert_null(row_text(&row, row_column(&feature_row_table, "feature_values"), a));
    row.feature_values = (F64Array){values, 3};
    row.feature_sample_size = (I32Array){sizes, 2};
    assert_string_equal(row_text(&row, row_column(&feature_row_table, "feature_values"), a), "1.5;;2");
    assert_string_equal(row_text(&row, row_column(&feature_row_table, "feature_sample_size"), a), ";7");
    assert_null(row_element_text(&row, row_column(&feature_row_table, "feature_values"), 1, a));
    assert_null(row_element_text(&row, row_column(&feature_row_table, "feature_values"), 3, a));
    assert_null(row_column(&feature_row_table, "no_such_column"));
    arena_free(a);
}

/* ---- what is lowest ---- */

static void
fill_stats(FeatureStats stats[FEATURE_COUNT])
{
    for (int f = 0; f < FEATURE_COUNT; f++)
        stats[f] = (FeatureStats){
            .rows = 10, .quality_sum = 1000, .known = 10, .known_sum = 1000, .owed = 10, .owed_sum = 1000, .min = 100};
}

static void
the_lowest_feature_is_judged_by_what_it_owes(void **state)
{
    FeatureStats stats[FEATURE_COUNT];

    (void)state;
    fill_stats(stats);
    assert_int_equal(lowest_feature(stats, CATEGORY_MATCHUP), FEATURE_FATIGUE_SCORE);
    stats[FEATURE_PACE_SCORE].owed_sum = 600;
    stats[FEATURE_OPPONENT_PACE].owed = 1;
    stats[FEATURE_OPPONENT_PACE].owed_sum = 61;
    assert_int_equal(lowest_feature(stats, CATEGORY_MATCHUP), FEATURE_PACE_SCORE);
    stats[FEATURE_INJURY_RISK].owed = stats[FEATURE_INJURY_RISK].owed_sum = 0; /* nobody could know */
    stats[FEATURE_HOME_AWAY].owed_sum = 870;
    assert_int_equal(lowest_feature(stats, CATEGORY_GAME_CONTEXT), FEATURE_HOME_AWAY);
}

static void
a_category_at_zero_is_the_lowest_and_one_that_owes_nothing_is_not(void **state)
{
    FeatureStats stats[FEATURE_COUNT];

    (void)state;
    fill_stats(stats);
    for (int f = FEATURE_TEAM_PACE; f <= FEATURE_TEAM_WIN_PCT; f++)
        stats[f].owed = stats[f].owed_sum = stats[f].known = stats[f].known_sum = 0;
    assert_true(f64_is_null(category_owed_mean(stats, CATEGORY_TEAM_CONTEXT)));
    assert_true(f64_is_null(category_effective_mean(stats, CATEGORY_TEAM_CONTEXT)));
    assert_int_equal(lowest_category(stats), CATEGORY_MATCHUP);
    for (int f = FEATURE_VEGAS_POINTS_LINE; f <= FEATURE_HAS_VEGAS_LINE; f++)
        stats[f].owed_sum = 0;
    assert_int_equal(lowest_category(stats), CATEGORY_VEGAS);
    assert_float_equal(category_owed_mean(stats, CATEGORY_VEGAS), 0.0, 0.0);
    assert_float_equal(category_effective_mean(stats, CATEGORY_VEGAS), 100.0, 0.0);
    assert_true(f64_is_null(quality_mean(0, 0)));
    assert_float_equal(quality_mean(345, 4), 86.3, 1e-9); /* 86.25 */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_that_is_as_it_should_be_needs_no_reason),
        cmocka_unit_test(a_row_that_was_skipped_has_the_rule),
        cmocka_unit_test(a_row_without_a_rule_has_its_cell),
        cmocka_unit_test(what_nobody_could_know_is_said_so),
        cmocka_unit_test(an_absent_line_names_the_columns_without_a_value),
        cmocka_unit_test(too_few_games_are_counted),
        cmocka_unit_test(a_window_names_the_games_that_it_lacks),
        cmocka_unit_test(a_window_that_ends_before_a_hole_does_not_name_it),
        cmocka_unit_test(a_window_of_shots_also_names_games_without_zones),
        cmocka_unit_test(windows_of_teams_name_their_own_games),
        cmocka_unit_test(a_meeting_that_nobody_knows_of_is_named),
        cmocka_unit_test(a_column_that_its_row_flags_is_named_with_the_games_near_it),
        cmocka_unit_test(a_factor_names_what_it_was_made_without),
        cmocka_unit_test(a_value_outside_its_range_says_so_beside_its_reason),
        cmocka_unit_test(a_line_has_the_columns_and_games_behind_the_value),
        cmocka_unit_test(every_column_and_window_of_every_feature_exists),
        cmocka_unit_test(numbers_are_written_so_that_they_read_back),
        cmocka_unit_test(arrays_keep_the_place_of_what_is_absent),
        cmocka_unit_test(the_lowest_feature_is_judged_by_what_it_owes),
        cmocka_unit_test(a_category_at_zero_is_the_lowest_and_one_that_owes_nothing_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
