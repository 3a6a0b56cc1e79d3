/*
 * tests/unit/test_feature_gaps.c
 *    What keeps a player from a full feature row: one gap a cause, with its subject.
 */
#include "feature_slate.h"

static FeatureStoreResult
result_of(const Slate *slate)
{
    FeatureStoreResult r;

    feature_store_compute(&slate->inputs, arena, &r);
    return r;
}

static const FeatureGap *
gap_of(const FeatureStoreResult *r, GapReason reason, const char *subject)
{
    for (size_t i = 0; i < r->gap_count; i++) {
        if (r->gaps[i].reason == reason && strcmp(r->gaps[i].subject, subject) == 0)
            return &r->gaps[i];
    }
    fail_msg("no gap %s of %s", gap_reason_names[reason], subject);
    return NULL;
}

static void
a_full_row_has_no_gap(void **state)
{
    const FeatureStoreResult r = result_of(slate_new(season_of_ten_games()));

    (void)state;
    assert_int_equal(r.row_count, 1);
    assert_int_equal(r.gap_count, 0);
}

static void
a_hole_is_a_gap_that_names_the_windows_it_touches(void **state)
{
    Season *s = season_of_ten_games();
    FeatureStoreResult r;

    (void)state;
    team_plays(s, "2024-12-17", "NYK", "MIA", true, false); /* three days ago, second newest */
    team_plays(s, "2024-12-07", "NYK", "MIA", true, false); /* 13 days ago, the eighth */
    team_plays(s, "2024-12-03", "NYK", "MIA", true, false); /* 17 days ago, the eleventh */
    r = result_of(slate_new(s));
    assert_int_equal(r.gap_count, 3);
    assert_string_equal(gap_of(&r, GAP_WINDOW_HOLE, "2024-12-17_MIA_NYK")->detail, "season L10 L5 14d 7d team_L10");
    assert_string_equal(gap_of(&r, GAP_WINDOW_HOLE, "2024-12-07_MIA_NYK")->detail, "season L10 14d team_L10");
    assert_string_equal(gap_of(&r, GAP_WINDOW_HOLE, "2024-12-03_MIA_NYK")->detail, "season");
    assert_string_equal(r.gaps[0].player->player_lookup, "jo");
    s = season_of_ten_games();
    team_plays(s, "2024-12-13", "NYK", "MIA", true, false); /* seven days ago is outside, the fourth newest */
    r = result_of(slate_new(s));
    assert_string_equal(gap_of(&r, GAP_WINDOW_HOLE, "2024-12-13_MIA_NYK")->detail, "season L10 L5 14d team_L10");
    s = season_new();
    team_plays(s, "2024-12-06", "NYK", "MIA", true, false); /* 14 days ago likewise */
    player_plays(s, "2024-12-08", "NYK", "MIA", 10, 20, 0);
    r = result_of(slate_new(s));
    assert_string_equal(gap_of(&r, GAP_WINDOW_HOLE, "2024-12-06_MIA_NYK")->detail, "season L10 L5 team_L10");
}

static void
holes_of_the_opponent_are_gaps_too(void **state)
{
    static const char *const missing[] = {"20241218_BOS_PHI"};
    Slate *slate = slate_new(season_of_ten_games());
    FeatureStoreResult r;

    (void)state;
    slate->opponent.missing_game_ids = (TextArray){.items = missing, .count = 1};
    slate->opponent.window_15_used = slate->opponent.window_15_zones_used = 14;
    r = result_of(slate);
    assert_int_equal(r.gap_count, 1);
    assert_string_equal(gap_of(&r, GAP_WINDOW_HOLE, "20241218_BOS_PHI")->detail, "opponent_L15");
}

static void
a_game_that_is_missing_on_both_sides_is_one_gap(void **state)
{
    static const char *const missing[] = {"2024-12-17_BOS_NYK"};
    Season *s = season_of_ten_games();
    Slate *slate;
    FeatureStoreResult r;

    (void)state;
    team_plays(s, "2024-12-17", "NYK", "BOS", true, false);
    slate = slate_new(s);
    slate->opponent.missing_game_ids = (TextArray){.items = missing, .count = 1};
    slate->opponent.window_15_used = slate->opponent.window_15_zones_used = 14;
    r = result_of(slate);
    assert_int_equal(r.gap_count, 1);
    assert_string_equal(r.gaps[0].detail, "season L10 L5 14d 7d team_L10 opponent_L15");
}

static void
a_game_without_shots_is_a_gap_of_the_zones_alone(void **state)
{
    Season *s = season_of_ten_games();
    Slate *slate;
    FeatureStoreResult r;

    (void)state;
    for (size_t i = 0; i < s->rows.player_game_count; i++) {
        if (date_equal(s->player_games[i].game_date, day("2024-12-14")))
            s->player_games[i].paint_attempts = NULL_I32;
    }
    slate = slate_new(s);
    r = result_of(slate);
    assert_int_equal(r.gap_count, 1);
    assert_string_equal(gap_of(&r, GAP_WINDOW_HOLE, "2024-12-14_MIA_NYK")->detail, "zones_L10");
    slate->inputs.feeds = no_shots;
    assert_int_equal(result_of(slate).gap_count, 0);
}

static void
a_row_that_the_rules_refused_is_no_missing_row(void **state)
{
    const SkippedEntity skipped[] = {
        {.processor = "player_daily_cache",
         .entity = "jo",
         .reason = "STALE_DATA",
         .detail = "last played 31 days ago"},
        {.processor = "player_shot_zone", .entity = "jo", .reason = "INSUFFICIENT_DATA", .detail = "9 games"},
        {.processor = "team_defense_zone", .entity = "BOS", .reason = "INSUFFICIENT_DATA", .detail = "4 games"},
        {.processor = "player_shot_zone", .entity = "al", .reason = "INSUFFICIENT_DATA"},
        {.processor = "feature_store", .entity = "jo", .reason = "FEATURE_VALIDATION_ERROR"},
    };
    Slate *slate = slate_new(season_of_ten_games());
    FeatureStoreResult r;

    (void)state;
    slate->inputs.cache_count = slate->inputs.composite_count = 0;
    slate->inputs.player_zone_count = slate->inputs.team_zone_count = 0;
    slate->inputs.skipped = skipped;
    slate->inputs.skipped_count = ARRAY_LEN(skipped);
    r = result_of(slate);
    assert_int_equal(r.gap_count, 4);
    assert_string_equal(gap_of(&r, GAP_STALE_DATA, "player_daily_cache")->detail, "last played 31 days ago");
    assert_string_equal(gap_of(&r, GAP_INSUFFICIENT_DATA, "player_shot_zone")->detail, "9 games");
    assert_string_equal(gap_of(&r, GAP_INSUFFICIENT_DATA, "team_defense_zone")->detail, "4 games");
    assert_null(gap_of(&r, GAP_MISSING_PHASE4, "player_composite_factors")->detail);
}

static void
a_broken_critical_range_is_a_processing_error(void **state)
{
    Slate *slate = slate_new(season_of_ten_games());
    FeatureStoreResult r;

    (void)state;
    slate->composite.fatigue_score = 101;
    r = result_of(slate);
    assert_int_equal(r.row_count, 0);
    assert_int_equal(r.gap_count, 1);
    assert_string_equal(gap_of(&r, GAP_PROCESSING_ERROR, "feature_store")->detail,
                        "fatigue_score is 101, outside 0..100");
}

static void
placeholders_have_no_gaps(void **state)
{
    UpcomingPlayer u = upcoming_jo();
    FeatureStoreResult r;

    (void)state;
    feature_store_placeholders(&u, 1, arena, &r);
    assert_int_equal(r.gap_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_row_has_no_gap),
        cmocka_unit_test(a_hole_is_a_gap_that_names_the_windows_it_touches),
        cmocka_unit_test(holes_of_the_opponent_are_gaps_too),
        cmocka_unit_test(a_game_that_is_missing_on_both_sides_is_one_gap),
        cmocka_unit_test(a_game_without_shots_is_a_gap_of_the_zones_alone),
        cmocka_unit_test(a_row_that_the_rules_refused_is_no_missing_row),
        cmocka_unit_test(a_broken_critical_range_is_a_processing_error),
        cmocka_unit_test(placeholders_have_no_gaps),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
