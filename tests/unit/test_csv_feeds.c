/*
 * tests/unit/test_csv_feeds.c
 *    From CSV files to events: which column goes where, how parts are cut and named.
 */
#include "libcore/io/sha256.h"
#include "feed_folder.h"
#include "workers/collect/feed_layout.h"
#include "workers/raw/raw_core.h"

/* ---- box scores */

static void
each_column_of_a_box_score_goes_to_its_field(void **state)
{
    Folder *f = *state;
    FeedBoxscores b;
    FeedDay d;

    write_text(f, feed_files[1], BOX_HEADER "Nikola Joki\xc4\x87,DEN,LAC,L,36.77," BOX_TAIL);
    d = read_day(f, "boxscores");
    assert_int_equal(1, d.part_count);
    assert_string_equal("20241026_LAC_DEN", d.parts[0].part_id);
    assert_string_equal("2024-10-26", d.parts[0].key);
    b = boxscores_of(f, &d.parts[0]);
    assert_string_equal("20241026_LAC_DEN", b.game_id);
    assert_string_equal(d.parts[0].event_id, b.event_id);
    assert_true(b.is_scheduled);
    assert_true(date_equal(b.game_date, day("2024-10-26")));
    assert_int_equal(1, b.rows_count);
    assert_string_equal("Nikola Joki\xc4\x87", b.rows[0].player_name);
    assert_string_equal("DEN", b.rows[0].team);
    assert_string_equal("LAC", b.rows[0].opponent);
    assert_int_equal(BOOL_FALSE, b.rows[0].won);
    assert_true(is_near(36.77, b.rows[0].minutes));
    const int32_t got[] = {b.rows[0].fg_makes,
                           b.rows[0].fg_attempts,
                           b.rows[0].three_makes,
                           b.rows[0].three_attempts,
                           b.rows[0].ft_makes,
                           b.rows[0].ft_attempts,
                           b.rows[0].offensive_rebounds,
                           b.rows[0].defensive_rebounds,
                           b.rows[0].assists,
                           b.rows[0].steals,
                           b.rows[0].blocks,
                           b.rows[0].turnovers,
                           b.rows[0].personal_fouls,
                           b.rows[0].points};
    const int32_t want[] = {14, 26, 7, 12, 6, 8, 3, 6, 4, 2, 1, 5, 0, 41};
    assert_memory_equal(want, got, sizeof want);
}

static void
codes_of_other_sources_become_tricodes(void **state)
{
    Folder *f = *state;
    FeedBoxscores b;
    FeedDay d;

    write_text(f, feed_files[1], BOX_HEADER "A,BRK,PHO,W,1," BOX_TAIL "B,PHO,BRK,,2," BOX_TAIL);
    d = read_day(f, "boxscores");
    assert_int_equal(1, d.part_count);
    b = boxscores_of(f, &d.parts[0]);
    assert_string_equal("20241026_PHX_BKN", b.game_id);
    assert_string_equal("BKN", b.rows[0].team);
    assert_string_equal("PHX", b.rows[0].opponent);
    assert_int_equal(BOOL_TRUE, b.rows[0].won);
    assert_int_equal(BOOL_NULL, b.rows[1].won);
}

static void
a_game_that_the_schedule_lacks_is_marked_and_named_alphabetically(void **state)
{
    Folder *f = *state;
    FeedBoxscores b;
    FeedDay d;

    write_text(f, feed_files[1], BOX_HEADER "A,OKC,MIL,W,1," BOX_TAIL "B,MIL,OKC,L,1," BOX_TAIL);
    d = read_day(f, "boxscores");
    assert_int_equal(1, d.part_count);
    b = boxscores_of(f, &d.parts[0]);
    assert_string_equal("20241026_MIL_OKC", b.game_id);
    assert_false(b.is_scheduled);
    assert_int_equal(2, b.rows_count);
}

static void
a_broken_value_rejects_its_row_with_line_column_reason_and_text(void **state)
{
    Folder *f = *state;
    FeedDay d;

    write_text(f, feed_files[1],
               BOX_HEADER "A,DEN,LAC,L,36.77," BOX_TAIL "B,DEN,LAC,L,ten," BOX_TAIL "C,XYZ,LAC,L,1," BOX_TAIL
                          "D,DEN,LAC,T,1," BOX_TAIL ",DEN,LAC,L,1," BOX_TAIL "F,DEN,LAC,L,-1," BOX_TAIL "G,DEN,LAC\n"
                          "H,DEN,DEN,L,1," BOX_TAIL "I\xff,DEN,LAC,L,1," BOX_TAIL "J,DEN,LAC,L,nan," BOX_TAIL
                          "Z,DEN,LAC,L,2," BOX_TAIL);
    d = read_day(f, "boxscores");
    assert_int_equal(1, d.part_count);
    assert_int_equal(2, boxscores_of(f, &d.parts[0]).rows_count);
    assert_string_equal("Z", boxscores_of(f, &d.parts[0]).rows[1].player_name);
    assert_int_equal(9, d.manifest.rejected_total);
    assert_int_equal(9, d.manifest.rejected_count);
    assert_string_equal("boxscores/2024-10-26.csv", d.manifest.rejected[0].file);
    expect_rejection(&d.manifest, 0, 3, "MP", "not a number", "ten");
    expect_rejection(&d.manifest, 1, 4, "Tm", "not a team", "XYZ");
    expect_rejection(&d.manifest, 2, 5, "Res", "neither W nor L", "T");
    expect_rejection(&d.manifest, 3, 6, "Player", "empty", "");
    expect_rejection(&d.manifest, 4, 7, "MP", "negative", "-1");
    expect_rejection(&d.manifest, 5, 8, NULL, "3 fields where the header has 25", "G");
    expect_rejection(&d.manifest, 6, 9, NULL, "a team plays itself", "DEN");
    expect_rejection(&d.manifest, 7, 10, "Player",
                     "not UTF-8 (0xFF, byte 2 of the field): if the file is Latin-1, save it as UTF-8", "I?");
    expect_rejection(&d.manifest, 8, 11, "MP", "not a number", "nan");
}

static void
whole_numbers_are_read_strictly(void **state)
{
    static const char *const broken[] = {"", "1.0", "+1", "0x1", "1 2", "2147483648", "-1", "99999999999999999999",
                                         "-"};
    static const char *const rest = ",26,0.5,7,12,0.5,6,8,0.75,3,6,9,4,2,1,5,0,41,31.2,2024-10-26\n";
    Folder *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        FeedDay d;

        write_text(f, feed_files[1], arena_printf(f->a, "%sA,DEN,LAC,L,1,%s%s", BOX_HEADER, broken[i], rest));
        d = read_day(f, "boxscores");
        assert_int_equal(0, d.part_count);
        assert_int_equal(1, d.manifest.rejected_count);
        assert_string_equal("FG", d.manifest.rejected[0].column);
        assert_string_equal(broken[i], d.manifest.rejected[0].text);
        assert_string_equal("every row of boxscores/2024-10-26.csv was rejected", d.manifest.reason);
    }
}

static void
a_row_of_another_date_is_rejected(void **state)
{
    Folder *f = *state;
    FeedDay d;

    write_text(f, feed_files[1],
               BOX_HEADER "A,DEN,LAC,L,1," BOX_TAIL
                          "B,DEN,LAC,L,1,14,26,0.538,7,12,0.583,6,8,0.75,3,6,9,4,2,1,5,0,41,31.2,"
                          "2024-10-27\n");
    d = read_day(f, "boxscores");
    assert_int_equal(1, d.parts[0].row_count);
    expect_rejection(&d.manifest, 0, 3, "Data", "belongs to 2024-10-27, not to this file's date", "2024-10-27");
}

/* ---- shots */

static void
each_column_of_a_shot_goes_to_its_field(void **state)
{
    Folder *f = *state;
    FeedShots s;
    FeedDay d;

    write_text(f, feed_files[2],
               SHOT_HEADER "2025,2024-25,1,Denver Nuggets,203932,Aaron Gordon,10-26-2024,22400087,DEN,LAC,"
                           "Missed Shot,FALSE,Fadeaway Jump Shot,3PT Field Goal,In The Paint (Non-RA),R,R,"
                           "8-16 ft.,-4.9,13.05,9,1,11,40\n"
                           "2025,2024-25,1,LA Clippers,,Norman Powell,10-26-2024,22400087,DEN,LAC,"
                           "Made Shot,TRUE,,2PT Field Goal,,,,,,,,,,\n");
    d = read_day(f, "shots");
    assert_int_equal(1, d.part_count);
    assert_string_equal("20241026_LAC_DEN", d.parts[0].part_id);
    s = shots_of(f, &d.parts[0]);
    assert_true(s.is_scheduled);
    assert_string_equal("DEN", s.rows[0].team);
    assert_true(s.rows[0].player_id == 203932);
    assert_string_equal("Aaron Gordon", s.rows[0].player_name);
    assert_true(!s.rows[0].made && s.rows[0].is_three);
    assert_string_equal("In The Paint (Non-RA)", s.rows[0].area);
    assert_string_equal("Fadeaway Jump Shot", s.rows[0].action_type);
    assert_true(is_near(-4.9, s.rows[0].loc_x) && is_near(13.05, s.rows[0].loc_y));
    assert_true(is_near(9, s.rows[0].distance_ft));
    assert_int_equal(1, s.rows[0].quarter);
    assert_int_equal(11 * 60 + 40, s.rows[0].seconds_left);
    assert_string_equal("LAC", s.rows[1].team);
    assert_true(s.rows[1].player_id == NULL_I64 && s.rows[1].made && !s.rows[1].is_three);
    assert_null(s.rows[1].area);
    assert_null(s.rows[1].action_type);
    assert_true(isnan(s.rows[1].loc_x) && isnan(s.rows[1].distance_ft));
    assert_int_equal(NULL_I32, s.rows[1].quarter);
    assert_int_equal(NULL_I32, s.rows[1].seconds_left);
}

static void
shots_of_a_third_team_or_of_another_day_are_rejected(void **state)
{
    Folder *f = *state;
    FeedDay d;

    write_text(f, feed_files[2],
               SHOT_HEADER "2025,2024-25,1,Boston Celtics,1,A,10-26-2024,1,DEN,LAC,x,TRUE,x,"
                           "2PT Field Goal,x,x,x,x,1,1,1,1,1,1\n"
                           "2025,2024-25,1,LA Clippers,1,A,10-27-2024,1,DEN,LAC,x,TRUE,x,"
                           "2PT Field Goal,x,x,x,x,1,1,1,1,1,1\n"
                           "2025,2024-25,1,LA Clippers,1,A,2024-10-26,1,DEN,LAC,x,TRUE,x,"
                           "2PT Field Goal,x,x,x,x,1,1,1,1,1,1\n"
                           "2025,2024-25,1,LA Clippers,1,A,10-26-2024,1,DEN,LAC,x,TRUE,x,"
                           "2PT Field Goal,x,x,x,x,1,1,1,1,1,60\n"
                           "2025,2024-25,1,LA Clippers,9223372036854775808,A,10-26-2024,1,DEN,LAC,"
                           "x,TRUE,x,2PT Field Goal,x,x,x,x,1,1,1,1,1,1\n");
    d = read_day(f, "shots");
    assert_int_equal(0, d.part_count);
    expect_rejection(&d.manifest, 0, 2, "TEAM_NAME", "the team is neither at home nor away", "Boston Celtics");
    expect_rejection(&d.manifest, 1, 3, "GAME_DATE", "belongs to 2024-10-27, not to this file's date", "10-27-2024");
    expect_rejection(&d.manifest, 2, 4, "GAME_DATE", "not a date (MM-DD-YYYY)", "2024-10-26");
    expect_rejection(&d.manifest, 3, 5, "SECS_LEFT", "not within 0 and 59", "60");
    expect_rejection(&d.manifest, 4, 6, "PLAYER_ID", "not a whole number", "9223372036854775808");
}

/* ---- props */

static void
lines_are_one_part_a_game_and_bookmaker(void **state)
{
    Folder *f = *state;
    FeedProps p;
    FeedDay d;

    write_text(f, feed_files[3],
               PROP_HEADER "Nikola Jokic,player_points,Underdog,Over,25.5,-137," PROP_GAME
                           "Nikola Jokic,player_points,PrizePicks,Under,26,120," PROP_GAME
                           "Nikola Jokic,player_points,Underdog,Under,25.5,," PROP_GAME);
    d = read_day(f, "props");
    assert_int_equal(2, d.part_count);
    assert_string_equal("20241026_LAC_DEN/PrizePicks", d.parts[0].part_id);
    assert_string_equal("20241026_LAC_DEN/Underdog", d.parts[1].part_id);
    p = props_of(f, &d.parts[1]);
    assert_string_equal("Underdog", p.bookmaker);
    assert_string_equal("20241026_LAC_DEN", p.game_id);
    assert_int_equal(2, p.rows_count);
    assert_string_equal("Over", p.rows[0].side);
    assert_string_equal("player_points", p.rows[0].market);
    assert_true(is_near(25.5, p.rows[0].line));
    assert_int_equal(-137, p.rows[0].price);
    assert_true(p.rows[0].commence_time.us == INT64_C(1729977000000000)); /* date -d ... +%s */
    assert_string_equal("Under", p.rows[1].side);
    assert_int_equal(NULL_I32, p.rows[1].price);
}

static void
a_line_of_a_game_on_another_eastern_day_is_rejected(void **state)
{
    Folder *f = *state;
    FeedDay d;

    /* 03:30 UTC of the 27th is still the 26th in the East; 04:30 UTC is the 27th. */
    write_text(f, feed_files[3],
               PROP_HEADER "A,m,B,Over,1,1,Denver Nuggets,Los Angeles Clippers,g,"
                           "2024-10-27T03:30:00Z\n"
                           "A,m,B,Over,1,1,Denver Nuggets,Los Angeles Clippers,g,"
                           "2024-10-27T04:30:00Z\n"
                           "A,m,B/C,Over,1,1," PROP_GAME "A,m,B,over,1,1," PROP_GAME);
    d = read_day(f, "props");
    assert_int_equal(1, d.part_count);
    assert_int_equal(1, d.parts[0].row_count);
    expect_rejection(&d.manifest, 0, 3, "commence_time", "belongs to 2024-10-27, not to this file's date",
                     "2024-10-27T04:30:00Z");
    expect_rejection(&d.manifest, 1, 4, "bookmaker", "a bookmaker's name with '/' or '#'", "B/C");
    expect_rejection(&d.manifest, 2, 5, "side", "neither Over nor Under", "over");
}

static void
a_line_says_when_it_was_put_up_where_the_source_knows(void **state)
{
    Folder *f = *state;
    FeedProps p;
    FeedDay d;

    write_text(f, feed_files[3],
               "player,market,bookmaker,side,line,price,home_team,away_team,game_id,commence_time,posted_at\n"
               "A,m,B,Over,1,1,DEN,LAC,g,2024-10-26T21:10:00Z,2024-10-26T15:00:00Z\n"
               "A,m,B,Under,1,1,DEN,LAC,g,2024-10-26T21:10:00Z,\n"
               "A,m,B,Under,1,1,DEN,LAC,g,2024-10-26T21:10:00Z,noon\n");
    d = read_day(f, "props");
    p = props_of(f, &d.parts[0]);
    assert_int_equal(2, p.rows_count);
    assert_true(p.rows[0].posted_at.us == INT64_C(1729954800000000)); /* date -d ... +%s */
    assert_true(instant_is_null(p.rows[1].posted_at));
    expect_rejection(&d.manifest, 0, 4, "posted_at", "not a time (RFC 3339, UTC)", "noon");
    write_text(f, feed_files[3], PROP_HEADER "A,m,B,Over,1,1," PROP_GAME);
    d = read_day(f, "props");
    assert_true(instant_is_null(props_of(f, &d.parts[0]).rows[0].posted_at));
}

/* ---- injuries */

static void
reports_are_one_part_a_game_of_both_its_teams(void **state)
{
    Folder *f = *state;
    FeedInjuries p;
    FeedDay d;

    write_text(f, feed_files[4],
               INJURY_HEADER "2024-10-26,Denver Nuggets,Nikola Jokic,Questionable,Injury/Illness - Left Wrist; Sprain,"
                             "2024-10-25T21:30:00Z\n"
                             "2024-10-26,PHO,Kevin Durant,OUT,,2024-10-26T15:30:00Z\n"
                             "2024-10-26,LA Clippers,\"Leonard, Kawhi\",out,Rest,2024-10-26T15:30:00Z\n");
    d = read_day(f, "injuries");
    assert_int_equal(0, d.manifest.rejected_total);
    assert_int_equal(2, d.part_count);
    assert_string_equal("20241026_LAC_DEN", d.parts[0].part_id);
    assert_string_equal("20241026_PHX_BKN", d.parts[1].part_id);
    assert_int_equal(0, strncmp(d.parts[0].event_id, "injuries:2024-10-26:20241026_LAC_DEN:", 37));
    p = injuries_of(f, &d.parts[0]);
    assert_true(p.is_scheduled);
    assert_string_equal("20241026_LAC_DEN", p.game_id);
    assert_int_equal(2, p.rows_count);
    assert_string_equal("DEN", p.rows[0].team);
    assert_string_equal("Nikola Jokic", p.rows[0].player_name);
    assert_string_equal("questionable", p.rows[0].status);
    assert_string_equal("Injury/Illness - Left Wrist; Sprain", p.rows[0].reason);
    assert_true(p.rows[0].report_time.us == INT64_C(1729891800000000)); /* date -d ... +%s */
    assert_string_equal("LAC", p.rows[1].team);
    assert_string_equal("Leonard, Kawhi", p.rows[1].player_name);
    p = injuries_of(f, &d.parts[1]);
    assert_string_equal("PHX", p.rows[0].team);
    assert_string_equal("out", p.rows[0].status);
    assert_null(p.rows[0].reason);
}

static void
a_team_that_does_not_play_has_a_part_of_its_own(void **state)
{
    Folder *f = *state;
    FeedInjuries p;
    FeedDay d;

    write_text(f, feed_files[4],
               INJURY_HEADER "2024-10-26,NYK,A,out,,2024-10-26T15:30:00Z\n"
                             "2024-10-26,BOS,B,out,,2024-10-26T15:30:00Z\n");
    d = read_day(f, "injuries");
    assert_int_equal(2, d.part_count);
    assert_string_equal("20241026_BOS", d.parts[0].part_id);
    p = injuries_of(f, &d.parts[1]);
    assert_string_equal("20241026_NYK", p.game_id);
    assert_false(p.is_scheduled);
}

/* ---- lines of games */

static void
each_column_of_a_game_line_goes_to_its_field(void **state)
{
    Folder *f = *state;
    FeedGameLines p;
    FeedDay d;

    write_text(f, feed_files[5],
               GAME_LINE_HEADER GAME_LINE_GAME
               "DraftKings,spreads,Denver Nuggets,-7.5,-110,2024-10-26T12:10:00Z\n" GAME_LINE_GAME
               "DraftKings,totals,Under,221.0,,2024-10-26T12:10:00Z\n" GAME_LINE_GAME
               "FanDuel,h2h,LA Clippers,,+240,2024-10-26T12:10:00Z\n" GAME_LINE_GAME
               "FanDuel,h2h,Los Angeles Clippers,,240,2024-10-26T12:10:00Z\n" GAME_LINE_GAME
               "FanDuel,team_totals,Denver over,115.5,-105,2024-10-26T12:10:00Z\n");
    d = read_day(f, "game_lines");
    assert_int_equal(1, d.part_count);
    assert_string_equal("20241026_LAC_DEN", d.parts[0].part_id);
    expect_rejection(&d.manifest, 0, 4, "price", "not a whole number", "+240");
    p = game_lines_of(f, &d.parts[0]);
    assert_true(p.is_scheduled);
    assert_int_equal(4, p.rows_count);
    assert_string_equal("DraftKings", p.rows[0].bookmaker);
    assert_string_equal("spreads", p.rows[0].market);
    assert_string_equal("DEN", p.rows[0].outcome);
    assert_true(is_near(-7.5, p.rows[0].point));
    assert_int_equal(-110, p.rows[0].price);
    assert_true(p.rows[0].snapshot_time.us == INT64_C(1729944600000000)); /* date -d ... +%s */
    assert_true(p.rows[0].commence_time.us == INT64_C(1729977000000000)); /* date -d ... +%s */
    assert_string_equal("Under", p.rows[1].outcome);
    assert_int_equal(NULL_I32, p.rows[1].price);
    assert_string_equal("LAC", p.rows[2].outcome);
    assert_true(f64_is_null(p.rows[2].point));
    assert_string_equal("Denver over", p.rows[3].outcome);
}

/* Who reads the head of a part reads it so, whichever feed it is of. */
static void
every_part_begins_with_its_event_and_its_date(void **state)
{
    (void)state;
    for (size_t i = 1; i < feed_layout_count; i++)
        if (strstr(feed_layouts[i]->schema->json, "\"fields\":[{\"name\":\"event_id\",\"type\":\"string\"},"
                                                  "{\"name\":\"game_date\",\"type\":{\"type\":\"int\"")
            == NULL)
            fail_msg("%s begins otherwise: %s", feed_layouts[i]->feed, feed_layouts[i]->schema->json);
}

/* ---- identity and size */

static void
event_ids_follow_the_content_and_the_manifest_lists_it(void **state)
{
    Folder *f = *state;
    char hex[SHA256_HEX_LEN];
    uint8_t hash[SHA256_LEN];
    FeedDay first, same, other;

    write_text(f, feed_files[3], PROP_HEADER "A,m,B,Over,1,1," PROP_GAME);
    first = read_day(f, "props");
    same = read_day(f, "props");
    write_text(f, feed_files[3], PROP_HEADER "A,m,B,Over,1.5,1," PROP_GAME);
    other = read_day(f, "props");
    assert_int_equal(0, strncmp(first.parts[0].event_id, "props:2024-10-26:20241026_LAC_DEN/B:", 36));
    assert_int_equal(36 + 16, strlen(first.parts[0].event_id));
    assert_string_equal(first.parts[0].event_id, same.parts[0].event_id);
    assert_string_not_equal(first.parts[0].event_id, other.parts[0].event_id);
    assert_string_equal(first.manifest.event_id, same.manifest.event_id);
    assert_string_not_equal(first.manifest.event_id, other.manifest.event_id);
    assert_int_equal(1, first.manifest.parts_count);
    assert_string_equal(first.parts[0].event_id, first.manifest.parts[0].event_id);
    assert_string_equal(first.parts[0].part_id, first.manifest.parts[0].part_id);
    assert_int_equal(1, first.manifest.parts[0].rows);
    sha256(body_of(&first.parts[0], &feed_props_schema), hash);
    assert_string_equal(hex_encode(bytes_of(hash, sizeof hash), hex), first.manifest.parts[0].sha256);
    assert_null(first.manifest.reason);
    assert_true(first.manifest.exhausted);
}

static void
a_part_above_512_kib_is_split_and_numbered_on(void **state)
{
    enum { ROWS = 30000 };
    Folder *f = *state;
    Buf text = {0};
    FeedProps parts[8];
    RawPropLines raw;
    FeedDay d;
    size_t total = 0;

    buf_put_str(&text, PROP_HEADER);
    for (int i = 0; i < ROWS; i++)
        buf_printf(&text, "Player with a long name %d,player_points,B,Over,%d.5,-137," PROP_GAME, i, i);
    write_bytes(f, feed_files[3], (const char *)text.data, text.len);
    buf_free(&text);
    d = read_day(f, "props");
    assert_true(d.part_count > 2 && d.part_count <= ARRAY_LEN(parts));
    assert_string_equal("20241026_LAC_DEN/B", d.parts[0].part_id);
    assert_string_equal("20241026_LAC_DEN/B#2", d.parts[1].part_id);
    assert_string_equal("20241026_LAC_DEN/B#3", d.parts[2].part_id);
    for (size_t i = 0; i < d.part_count; i++) {
        assert_true(d.parts[i].payload.len <= 512 * 1024);
        total += d.parts[i].row_count;
        parts[d.part_count - 1 - i] = props_of(f, &d.parts[i]); /* raw gets them in any order */
    }
    assert_int_equal(ROWS, total);
    raw = raw_prop_lines(parts, d.part_count, f->a);
    assert_int_equal(ROWS, raw.count);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(i + 1, raw.rows[i].row_no);
        assert_true(is_near(i + 0.5, raw.rows[i].line));
    }
}

/* ---- schedule */

static void
the_schedule_names_games_and_takes_tip_offs_where_it_has_them(void **state)
{
    Folder *f = *state;
    FeedSchedule s;

    assert_int_equal(3, f->schedule.games_count);
    assert_int_equal(2024, f->schedule.season_year);
    assert_string_equal("20241026_LAC_DEN", f->schedule.games[0].game_id);
    assert_string_equal("22400087", f->schedule.games[0].official_id);
    assert_true(instant_is_null(f->schedule.games[0].tip_off));
    write_text(f, feed_files[0],
               "GAME_DATE,GAME_ID,TIP_OFF_UTC,AWAY_TEAM,HOME_TEAM\n"
               "2024-10-26,1,2024-10-27T01:00:00Z,LAC,DEN\n"
               "2024-10-26,2,,PHX,BKN\n"
               "2024-10-26,3,2024-10-27T05:00:00Z,BOS,NYK\n"
               "2025-10-26,4,,BOS,NYK\n"
               "2024-10-32,5,,BOS,NYK\n");
    assert_true(feed_read_schedule(f->dir, f->a, &s, NULL, &f->err));
    assert_int_equal(2, s.games_count);
    assert_true(s.games[0].tip_off.us == INT64_C(1729990800000000)); /* date -d ... +%s */
    assert_true(instant_is_null(s.games[1].tip_off));
    assert_int_equal(3, s.rejected_total);
    assert_int_equal(3, s.rejected_count);
    assert_string_equal("TIP_OFF_UTC", s.rejected[0].column);
    assert_int_equal(4, s.rejected[0].line);
    assert_string_equal("another season than 2024, which most rows are of", s.rejected[1].reason);
    assert_int_equal(5, s.rejected[1].line);
    assert_string_equal("not a date (YYYY-MM-DD)", s.rejected[2].reason);
    assert_int_equal(6, s.rejected[2].line);
    assert_string_not_equal(s.event_id, f->schedule.event_id);
}

static void
a_missing_schedule_is_the_operators_business(void **state)
{
    Folder *f = *state;
    FeedSchedule s;

    assert_int_equal(0, unlink(arena_printf(f->a, "%s/schedule.csv", f->dir)));
    assert_false(feed_read_schedule(f->dir, f->a, &s, NULL, &f->err));
    assert_int_equal(ERR_CONFIG, f->err.cls);
    write_text(f, feed_files[0], "GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM\n");
    assert_false(feed_read_schedule(f->dir, f->a, &s, NULL, &f->err));
    assert_int_equal(ERR_POISON, f->err.cls);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(each_column_of_a_box_score_goes_to_its_field),
        FOLDER_TEST(codes_of_other_sources_become_tricodes),
        FOLDER_TEST(a_game_that_the_schedule_lacks_is_marked_and_named_alphabetically),
        FOLDER_TEST(a_broken_value_rejects_its_row_with_line_column_reason_and_text),
        FOLDER_TEST(whole_numbers_are_read_strictly),
        FOLDER_TEST(a_row_of_another_date_is_rejected),
        FOLDER_TEST(each_column_of_a_shot_goes_to_its_field),
        FOLDER_TEST(shots_of_a_third_team_or_of_another_day_are_rejected),
        FOLDER_TEST(lines_are_one_part_a_game_and_bookmaker),
        FOLDER_TEST(a_line_of_a_game_on_another_eastern_day_is_rejected),
        FOLDER_TEST(a_line_says_when_it_was_put_up_where_the_source_knows),
        FOLDER_TEST(reports_are_one_part_a_game_of_both_its_teams),
        FOLDER_TEST(a_team_that_does_not_play_has_a_part_of_its_own),
        FOLDER_TEST(each_column_of_a_game_line_goes_to_its_field),
        FOLDER_TEST(every_part_begins_with_its_event_and_its_date),
        FOLDER_TEST(event_ids_follow_the_content_and_the_manifest_lists_it),
        FOLDER_TEST(a_part_above_512_kib_is_split_and_numbered_on),
        FOLDER_TEST(the_schedule_names_games_and_takes_tip_offs_where_it_has_them),
        FOLDER_TEST(a_missing_schedule_is_the_operators_business),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
