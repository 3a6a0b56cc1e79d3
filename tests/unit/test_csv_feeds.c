/*
 * tests/unit/test_csv_feeds.c
 *    From CSV files to events to raw rows: small folders made here, and the season's real one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "libcore/io/sha256.h"
#include "workers/collect/feed_reader.h"
#include "workers/raw/raw_core.h"

/* ---- a folder of feeds */

static const char *const feed_files[] = {"schedule.csv", "boxscores/2024-10-26.csv", "shots/2024-10-26.csv",
                                         "props/2024-10-26.csv"};
static const char *const feed_folders[] = {"boxscores", "shots", "props"};

typedef struct {
    char dir[64];
    Arena *a;
    FeedSchedule schedule;
    Err err;
} Folder;

static void
write_bytes(Folder *f, const char *file, const char *bytes, size_t len)
{
    FILE *out = fopen(arena_printf(f->a, "%s/%s", f->dir, file), "wb");

    assert_non_null(out);
    assert_int_equal(len, fwrite(bytes, 1, len, out));
    assert_int_equal(0, fclose(out));
}

static void
write_text(Folder *f, const char *file, const char *text)
{
    write_bytes(f, file, text, strlen(text));
}

static const char small_schedule[] = "GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM\n"
                                     "22400087,2024-10-26,DEN,LAC\n"
                                     "22400088,2024-10-26,BKN,PHX\n"
                                     "22400099,2024-10-27,LAC,DEN\n";

static int
setup(void **state)
{
    Folder *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->a = arena_new(0);
    memcpy(f->dir, "/tmp/tipoff-feeds-XXXXXX", sizeof "/tmp/tipoff-feeds-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    for (size_t i = 0; i < ARRAY_LEN(feed_folders); i++)
        assert_int_equal(0, mkdir(arena_printf(f->a, "%s/%s", f->dir, feed_folders[i]), 0700));
    write_text(f, "schedule.csv", small_schedule);
    if (!feed_read_schedule(f->dir, f->a, &f->schedule, &f->err))
        fail_msg("%s", f->err.msg);
    *state = f;
    return 0;
}

static int
teardown(void **state)
{
    Folder *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(feed_files); i++)
        (void)unlink(arena_printf(f->a, "%s/%s", f->dir, feed_files[i]));
    for (size_t i = 0; i < ARRAY_LEN(feed_folders); i++)
        (void)rmdir(arena_printf(f->a, "%s/%s", f->dir, feed_folders[i]));
    (void)rmdir(f->dir);
    arena_free(f->a);
    free(f);
    return 0;
}

static GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static FeedDay
read_day(Folder *f, const char *feed)
{
    FeedDay out;

    if (!feed_read_date(f->dir, feed, day("2024-10-26"), &f->schedule, f->a, &out, &f->err))
        fail_msg("%s", f->err.msg);
    return out;
}

/* Reads a day that must fail as a whole, and returns the sentence. */
static const char *
read_broken_day(Folder *f, const char *feed)
{
    FeedDay out;

    assert_false(feed_read_date(f->dir, feed, day("2024-10-26"), &f->schedule, f->a, &out, &f->err));
    assert_int_equal(ERR_POISON, f->err.cls);
    return f->err.msg;
}

static Bytes
body_of(const FeedPart *part, const EventSchema *schema)
{
    uint64_t fingerprint;
    Bytes body;
    Err err;

    assert_true(event_unframe(part->payload, &fingerprint, &body, &err));
    assert_true(fingerprint == schema->fingerprint);
    return body;
}

static FeedBoxscores
boxscores_of(Folder *f, const FeedPart *part)
{
    FeedBoxscores out;

    assert_true(feed_boxscores_decode(body_of(part, &feed_boxscores_schema), f->a, &out, &f->err));
    return out;
}

static FeedShots
shots_of(Folder *f, const FeedPart *part)
{
    FeedShots out;

    assert_true(feed_shots_decode(body_of(part, &feed_shots_schema), f->a, &out, &f->err));
    return out;
}

static FeedProps
props_of(Folder *f, const FeedPart *part)
{
    FeedProps out;

    assert_true(feed_props_decode(body_of(part, &feed_props_schema), f->a, &out, &f->err));
    return out;
}

static void
expect_rejection(const FeedManifest *m, size_t i, int line, const char *column, const char *reason, const char *text)
{
    const FeedRejection *r = &m->rejected[i];

    assert_true(i < m->rejected_count);
    assert_int_equal(line, r->line);
    if (column == NULL)
        assert_null(r->column);
    else
        assert_string_equal(column, r->column);
    assert_string_equal(reason, r->reason);
    assert_string_equal(text, r->text);
}

static bool
is_near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* ---- box scores */

#define BOX_HEADER                                                                                                     \
    "Player,Tm,Opp,Res,MP,FG,FGA,FG%,3P,3PA,3P%,FT,FTA,FT%,ORB,DRB,TRB,AST,STL,BLK,TOV,PF,PTS,"                        \
    "GmSc,Data\n"
#define BOX_TAIL "14,26,0.538,7,12,0.583,6,8,0.75,3,6,9,4,2,1,5,0,41,31.2,2024-10-26\n"

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
    expect_rejection(&d.manifest, 7, 10, "Player", "not UTF-8", "I?");
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

#define SHOT_HEADER                                                                                                    \
    "SEASON_1,SEASON_2,TEAM_ID,TEAM_NAME,PLAYER_ID,PLAYER_NAME,GAME_DATE,GAME_ID,HOME_TEAM,"                           \
    "AWAY_TEAM,EVENT_TYPE,SHOT_MADE,ACTION_TYPE,SHOT_TYPE,BASIC_ZONE,ZONE_NAME,ZONE_ABB,"                              \
    "ZONE_RANGE,LOC_X,LOC_Y,SHOT_DISTANCE,QUARTER,MINS_LEFT,SECS_LEFT\n"

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

#define PROP_HEADER "player,market,bookmaker,side,line,price,home_team,away_team,game_id,commence_time\n"
#define PROP_GAME "Denver Nuggets,Los Angeles Clippers,cfb1,2024-10-26T21:10:00Z\n"

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

/* ---- the file itself */

static void
columns_are_found_by_name_in_any_order(void **state)
{
    Folder *f = *state;
    FeedProps p;
    FeedDay d;

    write_text(f, feed_files[3],
               "commence_time,away_team,home_team,extra,price,line,side,bookmaker,market,player\n"
               "2024-10-26T21:10:00Z,LAC,DEN,x,-110,7.5,Under,B,player_points,\"Porter, Michael\"\n");
    d = read_day(f, "props");
    p = props_of(f, &d.parts[0]);
    assert_string_equal("Porter, Michael", p.rows[0].player_name);
    assert_true(is_near(7.5, p.rows[0].line));
    assert_int_equal(-110, p.rows[0].price);
}

static void
a_missing_or_repeated_column_names_file_and_column(void **state)
{
    Folder *f = *state;

    write_text(f, feed_files[3],
               "player,market,bookmaker,side,price,home_team,away_team,"
               "commence_time\n");
    assert_string_equal("props/2024-10-26.csv: no column line", read_broken_day(f, "props"));
    write_text(f, feed_files[3],
               "player,market,player,bookmaker,side,line,price,home_team,"
               "away_team,commence_time\n");
    assert_string_equal("props/2024-10-26.csv: column player stands twice", read_broken_day(f, "props"));
    write_text(f, feed_files[3], "");
    assert_string_equal("props/2024-10-26.csv: no header", read_broken_day(f, "props"));
}

static void
bom_crlf_empty_lines_and_a_missing_last_newline_are_fine(void **state)
{
    Folder *f = *state;
    FeedProps p;
    FeedDay d;

    write_text(f, feed_files[3],
               "\xef\xbb\xbfplayer,market,bookmaker,side,line,price,home_team,away_team,"
               "commence_time\r\n"
               "\r\n"
               "A,m,B,Over,1,-110,DEN,LAC,2024-10-26T21:10:00Z\r\n"
               " \r\n"
               "B,m,B,Over,x,-110,DEN,LAC,2024-10-26T21:10:00Z\r\n"
               "C,m,B,Over,1,-110,DEN,LAC,2024-10-26T21:10:00Z");
    d = read_day(f, "props");
    p = props_of(f, &d.parts[0]);
    assert_int_equal(2, p.rows_count);
    assert_string_equal("C", p.rows[1].player_name);
    expect_rejection(&d.manifest, 0, 5, "line", "not a number", "x");
}

static void
a_quoted_line_break_is_refused_and_later_lines_keep_their_numbers(void **state)
{
    Folder *f = *state;
    FeedDay d;

    write_text(f, feed_files[3], PROP_HEADER "\"A\nB\",m,B,Over,1,1," PROP_GAME "C,m,B,Over,x,1," PROP_GAME);
    d = read_day(f, "props");
    expect_rejection(&d.manifest, 0, 2, "player", "a control character", "A?B");
    expect_rejection(&d.manifest, 1, 4, "line", "not a number", "x");
}

static void
an_unclosed_quote_names_the_line_where_it_opens(void **state)
{
    Folder *f = *state;

    write_text(f, feed_files[3],
               PROP_HEADER "A,m,B,Over,1,1," PROP_GAME "\"C,m,B,Over,1,1," PROP_GAME "D,m,B,Over,1,1," PROP_GAME);
    assert_non_null(strstr(read_broken_day(f, "props"), "props/2024-10-26.csv line 3: a quote"));
    /* The field before it spans lines 2 and 3. */
    write_text(f, feed_files[3], PROP_HEADER "\"A\nA\",\"m,B,Over,1,1," PROP_GAME);
    assert_non_null(strstr(read_broken_day(f, "props"), " line 3: a quote"));
    /* A later quote only looks like the closing one. */
    write_text(f, feed_files[3], PROP_HEADER "\"A,m,B,Over,1,1," PROP_GAME "\"D\",m,B,Over,1,1," PROP_GAME);
    assert_non_null(strstr(read_broken_day(f, "props"), " line 2: a quote"));
    write_text(f, feed_files[3], PROP_HEADER "A \"Q\" B,m,B,Over,1,1," PROP_GAME);
    assert_non_null(strstr(read_broken_day(f, "props"), " line 2: a quote"));
}

static void
a_row_above_one_mebibyte_is_refused(void **state)
{
    Folder *f = *state;
    size_t head = strlen(PROP_HEADER), len = head + 1024 * 1024 + 2;
    char *text = malloc(len);

    assert_non_null(text);
    memcpy(text, PROP_HEADER, head);
    memset(text + head, 'x', len - head);
    text[len - 1] = '\n';
    write_bytes(f, feed_files[3], text, len);
    assert_non_null(strstr(read_broken_day(f, "props"), " line 2: the row is longer than 1 MiB"));
    write_bytes(f, feed_files[3], text, len - 4); /* without the last newline: below the limit */
    assert_int_equal(1, read_day(f, "props").manifest.rejected_total);
    free(text);
}

static void
a_missing_file_is_a_manifest_without_parts_and_its_reason(void **state)
{
    Folder *f = *state;
    FeedDay d = read_day(f, "shots"), again;

    assert_int_equal(0, d.part_count);
    assert_true(d.manifest.exhausted);
    assert_string_equal("no file shots/2024-10-26.csv", d.manifest.reason);
    assert_string_equal("shots", d.manifest.feed);
    write_text(f, feed_files[2], SHOT_HEADER);
    again = read_day(f, "shots");
    assert_string_equal("shots/2024-10-26.csv has no rows", again.manifest.reason);
    assert_string_not_equal(d.manifest.event_id, again.manifest.event_id);
    assert_false(feed_read_date(f->dir, "injuries", day("2024-10-26"), &f->schedule, f->a, &d, &f->err));
    assert_int_equal(ERR_CONFIG, f->err.cls);
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
    FeedProps parts[4];
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

static void
only_the_first_rejections_are_listed_but_all_are_counted(void **state)
{
    Folder *f = *state;
    Buf text = {0};
    FeedDay d;

    buf_put_str(&text, PROP_HEADER);
    for (int i = 0; i < 2000; i++)
        buf_put_str(&text, "A,m,B,Over,x,-137," PROP_GAME);
    write_bytes(f, feed_files[3], (const char *)text.data, text.len);
    buf_free(&text);
    d = read_day(f, "props");
    assert_int_equal(2000, d.manifest.rejected_total);
    assert_int_equal(500, d.manifest.rejected_count);
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
    assert_true(feed_read_schedule(f->dir, f->a, &s, &f->err));
    assert_int_equal(2, s.games_count);
    assert_true(s.games[0].tip_off.us == INT64_C(1729990800000000)); /* date -d ... +%s */
    assert_true(instant_is_null(s.games[1].tip_off));
    assert_int_equal(3, s.rejected_total);
    assert_int_equal(3, s.rejected_count);
    assert_string_equal("TIP_OFF_UTC", s.rejected[0].column);
    assert_int_equal(4, s.rejected[0].line);
    assert_string_equal("not a date (YYYY-MM-DD)", s.rejected[1].reason);
    assert_int_equal(6, s.rejected[1].line);
    assert_string_equal("another season than the first row's", s.rejected[2].reason);
    assert_int_equal(5, s.rejected[2].line);
    assert_string_not_equal(s.event_id, f->schedule.event_id);
}

static void
a_missing_schedule_is_the_operators_business(void **state)
{
    Folder *f = *state;
    FeedSchedule s;

    assert_int_equal(0, unlink(arena_printf(f->a, "%s/schedule.csv", f->dir)));
    assert_false(feed_read_schedule(f->dir, f->a, &s, &f->err));
    assert_int_equal(ERR_CONFIG, f->err.cls);
    write_text(f, feed_files[0], "GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM\n");
    assert_false(feed_read_schedule(f->dir, f->a, &s, &f->err));
    assert_int_equal(ERR_POISON, f->err.cls);
}

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

/* ---- the real season; counts and sums by Python's csv module over the same files */

typedef struct {
    size_t parts, unscheduled, rows;
    int64_t rejected, whole_sum;
    double sum;
} Season;

static const char *
season_folder(Arena *a)
{
    const char *shared = getenv("TIPOFF_SHARED");
    const char *dir = arena_printf(a, "%s/data/nba-2024-25", shared == NULL ? "" : shared);

    if (access(dir, R_OK) == 0)
        return dir;
    print_message("skipped: no shared data\n");
    skip();
    return NULL;
}

static void
add_boxscores(Folder *f, const FeedDay *d, Season *s)
{
    FeedBoxscores *parts = arena_array(f->a, d->part_count, sizeof *parts);
    RawBoxscores raw;

    for (size_t i = 0; i < d->part_count; i++) {
        parts[i] = boxscores_of(f, &d->parts[i]);
        s->unscheduled += parts[i].is_scheduled ? 0 : 1;
    }
    raw = raw_boxscores(parts, d->part_count, f->a);
    s->rows += raw.count;
    s->rejected += (int64_t)raw.rejected.count;
    for (size_t i = 0; i < raw.count; i++)
        s->whole_sum += raw.rows[i].points;
}

static void
add_shots(Folder *f, const FeedDay *d, Season *s)
{
    FeedShots *parts = arena_array(f->a, d->part_count, sizeof *parts);
    RawShots raw;

    for (size_t i = 0; i < d->part_count; i++) {
        parts[i] = shots_of(f, &d->parts[i]);
        s->unscheduled += parts[i].is_scheduled ? 0 : 1;
    }
    raw = raw_shots(parts, d->part_count, f->a);
    s->rows += raw.count;
    for (size_t i = 0; i < raw.count; i++) {
        s->whole_sum += raw.rows[i].seconds_left;
        s->sum += raw.rows[i].made == BOOL_TRUE ? 1 : 0;
    }
}

static void
add_props(Folder *f, const FeedDay *d, Season *s)
{
    FeedProps *parts = arena_array(f->a, d->part_count, sizeof *parts);
    RawPropLines raw;

    for (size_t i = 0; i < d->part_count; i++) {
        parts[i] = props_of(f, &d->parts[i]);
        s->unscheduled += parts[i].is_scheduled ? 0 : 1;
    }
    raw = raw_prop_lines(parts, d->part_count, f->a);
    s->rows += raw.count;
    for (size_t i = 0; i < raw.count; i++)
        s->sum += raw.rows[i].line;
}

static Season
read_season(Folder *f, const char *feed, void (*add)(Folder *, const FeedDay *, Season *))
{
    const char *dir = season_folder(f->a);
    FeedSchedule schedule;
    Season s = {0};

    assert_true(feed_read_schedule(dir, f->a, &schedule, &f->err));
    assert_int_equal(1230, schedule.games_count);
    assert_int_equal(0, schedule.rejected_total);
    for (GameDate d = day("2024-10-22"); !date_before(day("2024-12-31"), d); d = date_add(d, 1)) {
        FeedDay out;

        if (!feed_read_date(dir, feed, d, &schedule, f->a, &out, &f->err))
            fail_msg("%s", f->err.msg);
        s.parts += out.part_count;
        s.rejected += out.manifest.rejected_total;
        add(f, &out, &s);
    }
    return s;
}

static void
every_real_box_score_arrives(void **state)
{
    Season s = read_season(*state, "boxscores", add_boxscores);

    assert_int_equal(485, s.parts);
    assert_int_equal(1, s.unscheduled); /* the cup final */
    assert_int_equal(10461, s.rows);
    assert_int_equal(0, s.rejected);
    assert_int_equal(109524, s.whole_sum);
}

static void
every_real_shot_arrives(void **state)
{
    Season s = read_season(*state, "shots", add_shots);

    assert_int_equal(484, s.parts);
    assert_int_equal(0, s.unscheduled);
    assert_int_equal(85935, s.rows);
    assert_int_equal(0, s.rejected);
    assert_int_equal(30215205, s.whole_sum);
    assert_true(is_near(39849, s.sum));
}

static void
every_real_line_arrives(void **state)
{
    Season s = read_season(*state, "props", add_props);

    assert_int_equal(939, s.parts);
    assert_int_equal(2, s.unscheduled); /* the cup final, two bookmakers */
    assert_int_equal(33325, s.rows);
    assert_int_equal(0, s.rejected);
    assert_true(is_near(374338.5, s.sum));
}

#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
        FOLDER_TEST(columns_are_found_by_name_in_any_order),
        FOLDER_TEST(a_missing_or_repeated_column_names_file_and_column),
        FOLDER_TEST(bom_crlf_empty_lines_and_a_missing_last_newline_are_fine),
        FOLDER_TEST(a_quoted_line_break_is_refused_and_later_lines_keep_their_numbers),
        FOLDER_TEST(an_unclosed_quote_names_the_line_where_it_opens),
        FOLDER_TEST(a_row_above_one_mebibyte_is_refused),
        FOLDER_TEST(a_missing_file_is_a_manifest_without_parts_and_its_reason),
        FOLDER_TEST(event_ids_follow_the_content_and_the_manifest_lists_it),
        FOLDER_TEST(a_part_above_512_kib_is_split_and_numbered_on),
        FOLDER_TEST(only_the_first_rejections_are_listed_but_all_are_counted),
        FOLDER_TEST(the_schedule_names_games_and_takes_tip_offs_where_it_has_them),
        FOLDER_TEST(a_missing_schedule_is_the_operators_business),
        FOLDER_TEST(raw_rows_are_sorted_and_a_repeated_player_is_rejected),
        FOLDER_TEST(shots_are_numbered_through_the_parts_of_a_game),
        FOLDER_TEST(a_game_listed_twice_stays_once),
        FOLDER_TEST(what_collect_rejected_is_told_with_its_place),
        FOLDER_TEST(every_real_box_score_arrives),
        FOLDER_TEST(every_real_shot_arrives),
        FOLDER_TEST(every_real_line_arrives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
