/*
 * tests/unit/test_raw_core.c
 *    From the parts of a feed to raw rows.
 */
#include "feed_folder.h"
#include "workers/raw/raw_core.h"

/* ---- raw rows */

static void
raw_rows_are_sorted_and_a_repeated_player_is_rejected(void **state)
{
    static const FeedBoxscoreRow first[] = {
        {.player_name = "B", .team = "DEN", .opponent = "LAC", .points = 1},
        {.player_name = "A", .team = "DEN", .opponent = "LAC", .points = 2},
        {.player_name = "B", .team = "DEN", .opponent = "LAC", .points = 3},
    };
    static const FeedBoxscoreRow second[] = {
        {.player_name = "Z", .team = "BKN", .opponent = "PHX", .points = 4},
        {.player_name = "A", .team = "DEN", .opponent = "LAC", .points = 5},
    };
    static const FeedBoxscores parts[] = {
        {.game_date = {1}, .game_id = "G", .part_id = "G#2", .rows = second, .rows_count = 2},
        {.game_date = {1}, .game_id = "G", .part_id = "G", .rows = first, .rows_count = 3, .is_scheduled = true},
    };
    Folder *f = *state;
    RawBoxscores raw = raw_boxscores(parts, 2, f->a);

    assert_int_equal(3, raw.count);
    assert_string_equal("BKN", raw.rows[0].team);
    assert_int_equal(BOOL_FALSE, raw.rows[0].is_scheduled);
    assert_string_equal("A", raw.rows[1].player_name);
    assert_int_equal(2, raw.rows[1].points); /* of the first part, though it came second */
    assert_string_equal("B", raw.rows[2].player_name);
    assert_int_equal(1, raw.rows[2].points);
    assert_int_equal(BOOL_TRUE, raw.rows[2].is_scheduled);
    assert_int_equal(2, raw.rejected.count);
    assert_string_equal("G DEN A", raw.rejected.items[0].entity);
    assert_string_equal("duplicate", raw.rejected.items[0].reason);
    assert_string_equal("G DEN B", raw.rejected.items[1].entity);
}

static void
shots_are_numbered_through_the_parts_of_a_game(void **state)
{
    static const FeedShotRow rows[] = {{.team = "DEN", .player_name = "a", .seconds_left = 3},
                                       {.team = "DEN", .player_name = "b", .seconds_left = 2},
                                       {.team = "DEN", .player_name = "c", .seconds_left = 1}};
    static const FeedShots parts[] = {
        {.game_id = "H", .part_id = "H", .rows = rows, .rows_count = 1},
        {.game_id = "G", .part_id = "G#10", .rows = rows + 2, .rows_count = 1},
        {.game_id = "G", .part_id = "G#2", .rows = rows + 1, .rows_count = 1},
        {.game_id = "G", .part_id = "G", .rows = rows, .rows_count = 1},
    };
    static const char *const names[] = {"a", "b", "c", "a"};
    static const int32_t numbers[] = {1, 2, 3, 1};
    Folder *f = *state;
    RawShots raw = raw_shots(parts, 4, f->a);

    assert_int_equal(4, raw.count);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(i < 3 ? "G" : "H", raw.rows[i].game_id);
        assert_string_equal(names[i], raw.rows[i].player_name);
        assert_int_equal(numbers[i], raw.rows[i].shot_no);
    }
}

static void
a_players_reports_are_numbered_in_time(void **state)
{
    static const FeedInjuryRow first[] = {
        {.team = "LAC", .player_name = "b", .status = "out", .report_time = {30}},
        {.team = "DEN", .player_name = "b", .status = "out", .report_time = {30}},
        {.team = "DEN", .player_name = "a", .status = "probable", .report_time = {20}},
        {.team = "DEN", .player_name = "b", .status = "doubtful", .report_time = {10}, .reason = "Rest"},
    };
    static const FeedInjuryRow second[] = {
        {.team = "DEN", .player_name = "b", .status = "questionable", .report_time = {20}},
    };
    static const FeedInjuries parts[] = {
        {.game_date = {1}, .game_id = "G", .part_id = "G#2", .rows = second, .rows_count = 1, .is_scheduled = true},
        {.game_date = {1}, .game_id = "G", .part_id = "G", .rows = first, .rows_count = 4, .is_scheduled = true},
    };
    static const struct {
        const char *team, *player, *status;
        int32_t no;
    } wanted[] = {
        {"DEN", "a", "probable", 1}, {"DEN", "b", "doubtful", 1}, {"DEN", "b", "questionable", 2},
        {"DEN", "b", "out", 3},      {"LAC", "b", "out", 1},
    };
    Folder *f = *state;
    RawInjuryReports raw = raw_injury_reports(parts, 2, f->a);

    assert_int_equal(ARRAY_LEN(wanted), raw.count);
    for (size_t i = 0; i < raw.count; i++) {
        assert_string_equal(wanted[i].team, raw.rows[i].team);
        assert_string_equal(wanted[i].player, raw.rows[i].player_name);
        assert_string_equal(wanted[i].status, raw.rows[i].status);
        assert_int_equal(wanted[i].no, raw.rows[i].report_no);
        assert_string_equal("G", raw.rows[i].game_id);
        assert_int_equal(BOOL_TRUE, raw.rows[i].is_scheduled);
    }
    assert_string_equal("Rest", raw.rows[1].reason);
    assert_null(raw.rows[0].reason);
}

static void
game_lines_are_numbered_through_the_parts_of_a_game(void **state)
{
    static const FeedGameLineRow rows[] = {
        {.bookmaker = "x", .market = "spreads", .outcome = "DEN", .point = -3.5, .price = -110, .snapshot_time = {9}},
        {.bookmaker = "y", .market = "totals", .outcome = "Over", .point = 221, .price = NULL_I32},
    };
    static const FeedGameLines parts[] = {
        {.game_id = "H", .part_id = "H", .rows = rows, .rows_count = 1},
        {.game_id = "G", .part_id = "G#2", .rows = rows + 1, .rows_count = 1, .is_scheduled = true},
        {.game_id = "G", .part_id = "G", .rows = rows, .rows_count = 1, .is_scheduled = true},
    };
    Folder *f = *state;
    RawGameLines raw = raw_game_lines(parts, 3, f->a);

    assert_int_equal(3, raw.count);
    assert_string_equal("G", raw.rows[0].game_id);
    assert_int_equal(1, raw.rows[0].row_no);
    assert_string_equal("DEN", raw.rows[0].outcome);
    assert_true(is_near(-3.5, raw.rows[0].point));
    assert_int_equal(9, raw.rows[0].snapshot_time.us);
    assert_int_equal(2, raw.rows[1].row_no);
    assert_string_equal("totals", raw.rows[1].market);
    assert_int_equal(NULL_I32, raw.rows[1].price);
    assert_string_equal("H", raw.rows[2].game_id);
    assert_int_equal(1, raw.rows[2].row_no);
    assert_int_equal(BOOL_FALSE, raw.rows[2].is_scheduled);
}

static void
a_game_listed_twice_stays_once(void **state)
{
    static const FeedGame games[] = {
        {.game_id = "20241027_B_C", .official_id = "2", .game_date = {20023}, .home_team = "C", .away_team = "B"},
        {.game_id = "20241026_A_B", .official_id = "1", .game_date = {20022}, .home_team = "B", .away_team = "A"},
        {.game_id = "20241027_B_C", .official_id = "3", .game_date = {20023}, .home_team = "C", .away_team = "B"},
    };
    const FeedSchedule s = {.season_year = 2024, .games = games, .games_count = 3};
    Folder *f = *state;
    RawSchedule raw = raw_schedule(&s, f->a);

    assert_int_equal(2, raw.count);
    assert_string_equal("20241026_A_B", raw.rows[0].game_id);
    assert_string_equal("2", raw.rows[1].official_id);
    assert_int_equal(2024, raw.rows[1].season_year);
    assert_string_equal("C", raw.rows[1].home_team);
    assert_int_equal(1, raw.rejected.count);
    assert_string_equal("20241027_B_C", raw.rejected.items[0].entity);
}

static void
what_collect_rejected_is_told_with_its_place(void **state)
{
    static const FeedRejection rejected[] = {
        {.file = "props/2024-10-26.csv", .line = 7, .column = "line", .reason = "not a number", .text = "x"},
        {.file = "props/2024-10-26.csv", .line = 8, .column = NULL, .reason = "r", .text = "t"},
    };
    Folder *f = *state;
    RawRejections raw = raw_feed_rejections(rejected, 2, f->a);

    assert_int_equal(2, raw.count);
    assert_string_equal("props/2024-10-26.csv line 7 line", raw.items[0].entity);
    assert_string_equal("not a number: 'x'", raw.items[0].reason);
    assert_string_equal("props/2024-10-26.csv line 8", raw.items[1].entity);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(raw_rows_are_sorted_and_a_repeated_player_is_rejected),
        FOLDER_TEST(shots_are_numbered_through_the_parts_of_a_game),
        FOLDER_TEST(a_players_reports_are_numbered_in_time),
        FOLDER_TEST(game_lines_are_numbered_through_the_parts_of_a_game),
        FOLDER_TEST(a_game_listed_twice_stays_once),
        FOLDER_TEST(what_collect_rejected_is_told_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
