/*
 * tests/unit/test_csv_faults.c
 *    What can be wrong with a file: each fault costs what it must, and says where it is and what.
 */
#include "feed_folder.h"
#include "workers/collect/csv_file.h"

enum { MAX_FAULTS = 3 };

/* A row of a good file, by its player. */
#define ROW(player) player ",m,B,Over,1,-110," PROP_GAME

typedef struct {
    int line;
    const char *column, *reason, *text;
} Fault;

typedef struct {
    const char *name, *text;
    const char *players; /* of the rows that are left, in their order */
    Fault faults[MAX_FAULTS];
} RowCase;

#define NEVER_CLOSED "a quote that is never closed"
#define LATIN1_HINT ": if the file is Latin-1, save it as UTF-8"

static const RowCase row_cases[] = {
    {"nothing is wrong", PROP_HEADER ROW("A") ROW("B"), "AB", {{0}}},
    {"a broken number",
     PROP_HEADER ROW("A") "B,m,B,Over,1O,-110," PROP_GAME ROW("C"),
     "AC",
     {{3, "line", "not a number", "1O"}}},
    {"a quote never closed, to the end of the file",
     PROP_HEADER ROW("A") ROW("\"B") ROW("C") ROW("D"),
     "ACD",
     {{3, "player", NEVER_CLOSED,
       "\"B,m,B,Over,1,-110,"
       "Denver Nuggets,Los Angeles Clippers,cfb1,2024-10-26T21:10:00Z"}}},
    {"a quote never closed, in the last line",
     PROP_HEADER ROW("A") "B,\"m,B",
     "A",
     {{3, "market", NEVER_CLOSED, "B,\"m,B"}}},
    {"a quote that only a later one seems to close",
     PROP_HEADER ROW("\"A") ROW("\"B\"") ROW("C"),
     "BC",
     {{2, "player", NEVER_CLOSED,
       "\"A,m,B,Over,1,-110,Denver Nuggets,Los Angeles Clippers,cfb1,2024-10-26T21:10:00Z"}}},
    {"a quote never closed in a later field",
     PROP_HEADER "A,m,\"B,Over,1\n" ROW("C"),
     "C",
     {{2, "bookmaker", NEVER_CLOSED, "A,m,\"B,Over,1"}}},
    {"two quotes that are never closed",
     PROP_HEADER "\"A,1\n" ROW("B") "\"C,2\n" ROW("D"),
     "BD",
     {{2, "player", NEVER_CLOSED, "\"A,1"}, {4, "player", NEVER_CLOSED, "\"C,2"}}},
    {"a quote in the middle of a field",
     PROP_HEADER "A \"Q\" B,m\n" ROW("C"),
     "C",
     {{2, "player", "a quote in the middle of the field", "A \"Q\" B,m"}}},
    {"text behind a closed quote",
     PROP_HEADER "\"A\"B,m\n" ROW("C"),
     "C",
     {{2, "player", "a quote in the middle of the field", "\"A\"B,m"}}},
    {"quotes inside quotes are text", PROP_HEADER ROW("\"\"\"\"") ROW("B"), "\"B", {{0}}},
    {"a line break in a quoted field that nobody asks for", /* the row ends in line 3 */
     PROP_HEADER "A,m,B,Over,1,1,DEN,LAC,\"x\ny\",2024-10-26T21:10:00Z\nB,m,B,over,1,1," PROP_GAME,
     "A",
     {{4, "side", "neither Over nor Under", "over"}}},
    {"a line break in a quoted field of ours",
     PROP_HEADER ROW("\"A\nB\"") "C,m,B,Over,x,1," PROP_GAME,
     "",
     {{2, "player", "a control character (0x0A, byte 2 of the field)", "A?B"}, {4, "line", "not a number", "x"}}},
    {"a carriage return in a field",
     PROP_HEADER ROW("A\rB") ROW("C"),
     "C",
     {{2, "player", "a control character (0x0D, byte 2 of the field)", "A?B"}}},
    {"Latin-1",
     PROP_HEADER ROW("Jos\xe9 A") ROW("B"),
     "B",
     {{2, "player", "not UTF-8 (0xE9, byte 4 of the field)" LATIN1_HINT, "Jos? A"}}},
    {"Latin-1 where nobody looks", PROP_HEADER "A,m,B,Over,1,1,DEN,LAC,\xe9,2024-10-26T21:10:00Z\n", "A", {{0}}},
    {"a character that is cut short",
     PROP_HEADER ROW("A\xc4") ROW("B"),
     "B",
     {{2, "player", "not UTF-8 (0xC4, byte 2 of the field)" LATIN1_HINT, "A?"}}},
    {"fields missing and left over",
     PROP_HEADER "A,m\n" ROW("B") "C,m,B,Over,1,1,DEN,LAC,g,2024-10-26T21:10:00Z,\n",
     "B",
     {{2, NULL, "2 fields where the header has 10", "A"}, {4, NULL, "11 fields where the header has 10", "C"}}},
    {"a date in the far future",
     PROP_HEADER "A,m,B,Over,1,1,DEN,LAC,g,2087-10-26T21:10:00Z\n" ROW("B"),
     "B",
     {{2, "commence_time", "belongs to 2087-10-26, not to this file's date", "2087-10-26T21:10:00Z"}}},
    {"a byte-order mark, CRLF, empty lines, no last line end",
     "\xef\xbb\xbfplayer,market,bookmaker,side,line,price,home_team,away_team,commence_time\r\n"
     "\r\n"
     "A,m,B,Over,1,-110,DEN,LAC,2024-10-26T21:10:00Z\r\n"
     " \r\n"
     "B,m,B,Over,x,-110,DEN,LAC,2024-10-26T21:10:00Z\r\n"
     "\"C\",m,B,Over,1,-110,DEN,LAC,\"2024-10-26T21:10:00Z\"\r\n"
     "D,m,B,Over,1,-110,DEN,LAC,2024-10-26T21:10:00Z",
     "ACD",
     {{5, "line", "not a number", "x"}}},
};

static size_t
fault_count(const RowCase *c)
{
    size_t n = 0;

    while (n < MAX_FAULTS && c->faults[n].line > 0)
        n++;
    return n;
}

/* The first letters of the day's players, in the order of its rows. */
static const char *
players_of(Folder *f, const FeedDay *d)
{
    Buf out = {0};
    const char *text;

    for (size_t i = 0; i < d->part_count; i++) {
        FeedProps p = props_of(f, &d->parts[i]);

        for (size_t r = 0; r < p.rows_count; r++)
            buf_put_u8(&out, (uint8_t)p.rows[r].player_name[0]);
    }
    text = arena_strdup(f->a, buf_cstr(&out));
    buf_free(&out);
    return text;
}

static void
a_fault_costs_its_row_and_names_line_and_column(void **state)
{
    Folder *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(row_cases); i++) {
        const RowCase *c = &row_cases[i];
        size_t faults = fault_count(c);
        FeedDay d;

        print_message("%s\n", c->name);
        write_text(f, feed_files[3], c->text);
        d = read_day(f, "props");
        assert_string_equal(c->players, players_of(f, &d));
        assert_int_equal(faults, d.manifest.rejected_count);
        assert_int_equal(faults, d.manifest.rejected_total);
        for (size_t r = 0; r < faults; r++)
            expect_rejection(&d.manifest, r, c->faults[r].line, c->faults[r].column, c->faults[r].reason,
                             c->faults[r].text);
    }
}

static void
a_rejected_row_is_kept_as_it_stood(void **state)
{
    static const char latin1[] = "Jos\xe9,m,B,Over,1,-110,DEN,LAC,g,2024-10-26T21:10:00Z";
    Folder *f = *state;
    FeedDay d;

    write_text(f, feed_files[3], arena_printf(f->a, PROP_HEADER "%s\r\n\"A,%05000d\n" ROW("B"), latin1, 0));
    d = read_day(f, "props");
    assert_int_equal(2, d.manifest.rejected_count);
    assert_int_equal(strlen(latin1), d.rejected_rows[0].len);
    assert_memory_equal(latin1, d.rejected_rows[0].data, strlen(latin1));
    assert_int_equal(4096, d.rejected_rows[1].len);
    assert_memory_equal("\"A,000", d.rejected_rows[1].data, 6);
}

typedef struct {
    const char *text, *message;
} FileCase;

static const FileCase file_cases[] = {
    {"", "props/2024-10-26.csv is empty: not even a header"},
    {"\xef\xbb\xbf", "props/2024-10-26.csv is empty: not even a header"},
    {"\r\n \n", "props/2024-10-26.csv is empty: not even a header"},
    {"player,market,bookmaker,side,price,home_team,away_team,commence_time\n",
     "props/2024-10-26.csv line 1: no column line; the header has player, market, bookmaker, side, price, home_team, "
     "away_team, commence_time"},
    {"\nPlayer,market\n", "props/2024-10-26.csv line 2: no column home_team, away_team, bookmaker, player, side, line, "
                          "price, commence_time; "
                          "the header has Player, market"},
    {SHOT_HEADER, "; this is the header of shots"},
    {BOX_HEADER, "; this is the header of boxscores"},
    {"player,market,player,bookmaker,side,line,price,home_team,away_team,commence_time\n",
     "props/2024-10-26.csv line 1: column player stands twice"},
    {"\"player,market\n" ROW("A"),
     "props/2024-10-26.csv line 1: the header cannot be read: a quote that is never closed"},
    {"\xff\xfep", "props/2024-10-26.csv is UTF-16; save it as UTF-8"},
    {"\xfe\xff", "props/2024-10-26.csv is UTF-16; save it as UTF-8"},
};

static void
a_file_that_is_none_is_refused_with_its_name_and_what_is_wrong(void **state)
{
    Folder *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(file_cases); i++) {
        const char *said;

        write_text(f, feed_files[3], file_cases[i].text);
        said = read_broken_day(f, "props");
        if (strstr(said, file_cases[i].message) == NULL)
            fail_msg("said: %s\nwanted: %s", said, file_cases[i].message);
    }
    assert_int_equal(0, unlink(arena_printf(f->a, "%s/%s", f->dir, feed_files[3])));
    assert_int_equal(0, mkdir(arena_printf(f->a, "%s/%s", f->dir, feed_files[3]), 0700));
    assert_string_equal("cannot read props/2024-10-26.csv: Is a directory", read_broken_day(f, "props"));
    assert_int_equal(0, rmdir(arena_printf(f->a, "%s/%s", f->dir, feed_files[3])));
}

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

/* ---- the feeds of reports and of games */

#define REPORT(player) "2024-10-26,DEN," player ",out,,2024-10-26T15:30:00Z\n"
#define GAME_LINE(outcome) GAME_LINE_GAME "B," outcome ",-110,2024-10-26T15:30:00Z\n"

/* A row between two good ones. */
typedef struct {
    const char *name, *text;
    Fault fault;
} FeedCase;

#define NO_STATUS "neither out, doubtful, questionable, probable nor available"

static const FeedCase injury_cases[] = {
    {"a status that is none", "2024-10-26,DEN,C,injured,,2024-10-26T15:30:00Z\n", {3, "status", NO_STATUS, "injured"}},
    {"no status", "2024-10-26,DEN,C,,,2024-10-26T15:30:00Z\n", {3, "status", NO_STATUS, ""}},
    {"a team that is none", "2024-10-26,DNV,C,out,,2024-10-26T15:30:00Z\n", {3, "team", "not a team", "DNV"}},
    {"nobody", "2024-10-26,DEN,,out,,2024-10-26T15:30:00Z\n", {3, "player", "empty", ""}},
    {"a report without its time", "2024-10-26,DEN,C,out,,\n", {3, "report_time", "empty", ""}},
    {"a time without its zone",
     "2024-10-26,DEN,C,out,,2024-10-26 15:30\n",
     {3, "report_time", "not a time (RFC 3339, UTC)", "2024-10-26 15:30"}},
    {"another date",
     "2024-10-27,DEN,C,out,,2024-10-26T15:30:00Z\n",
     {3, "game_date", "belongs to 2024-10-27, not to this file's date", "2024-10-27"}},
    {"Latin-1",
     "2024-10-26,DEN,Jos\xe9,out,,2024-10-26T15:30:00Z\n",
     {3, "player", "not UTF-8 (0xE9, byte 4 of the field)" LATIN1_HINT, "Jos?"}},
    {"a quote never closed",
     "2024-10-26,DEN,C,out,\"Left Ankle,2024-10-26T15:30:00Z\n",
     {3, "reason", NEVER_CLOSED, "2024-10-26,DEN,C,out,\"Left Ankle,2024-10-26T15:30:00Z"}},
    {"fields missing", "2024-10-26,DEN,C\n", {3, NULL, "3 fields where the header has 6", "2024-10-26"}},
    {"another status in the same report",
     "2024-10-26,DEN,A,available,,2024-10-26T15:30:00Z\n",
     {3, "player", "stands in line 2 already, with other values", "DEN, A, 2024-10-26T15:30:00.000000Z"}},
};

static const FeedCase game_line_cases[] = {
    {"a team that is not of the game",
     GAME_LINE("spreads,Boston Celtics,3.5"),
     {3, "outcome", "the team is neither at home nor away", "Boston Celtics"}},
    {"an outcome that is no team",
     GAME_LINE("h2h,Draw,"),
     {3, "outcome", "the team is neither at home nor away", "Draw"}},
    {"a total that is neither over nor under",
     GAME_LINE("totals,over,221"),
     {3, "outcome", "neither Over nor Under", "over"}},
    {"a spread without a point", GAME_LINE("spreads,DEN,"), {3, "point", "empty", ""}},
    {"a total without a point", GAME_LINE("totals,Over,"), {3, "point", "empty", ""}},
    {"a point that is no number", GAME_LINE("totals,Over,221O"), {3, "point", "not a number", "221O"}},
    {"a snapshot without its time", GAME_LINE_GAME "B,totals,Over,221,-110,\n", {3, "snapshot_time", "empty", ""}},
    {"a game of another Eastern day",
     "g,2024-10-27T04:30:00Z,DEN,LAC,B,totals,Over,221,-110,2024-10-26T15:30:00Z\n",
     {3, "commence_time", "belongs to 2024-10-27, not to this file's date", "2024-10-27T04:30:00Z"}},
    {"a team that plays itself",
     "g,2024-10-26T21:10:00Z,DEN,Denver Nuggets,B,totals,Over,221,-110,2024-10-26T15:30:00Z\n",
     {3, NULL, "a team plays itself", "DEN"}},
    {"another point at the same snapshot",
     GAME_LINE("spreads,Denver Nuggets,-8"),
     {3, "outcome", "stands in line 2 already, with other values", "B, spreads, DEN, 2024-10-26T15:30:00.000000Z"}},
};

static void
expect_one_fault(Folder *f, const char *feed, const FeedCase *c)
{
    FeedDay d = read_day(f, feed);
    size_t rows = 0;

    print_message("%s: %s\n", feed, c->name);
    for (size_t i = 0; i < d.part_count; i++)
        rows += d.parts[i].row_count;
    assert_int_equal(2, rows);
    assert_int_equal(1, d.manifest.rejected_total);
    expect_rejection(&d.manifest, 0, c->fault.line, c->fault.column, c->fault.reason, c->fault.text);
}

static void
a_faulty_report_costs_its_row(void **state)
{
    Folder *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(injury_cases); i++) {
        write_text(f, feed_files[4],
                   arena_printf(f->a, INJURY_HEADER REPORT("A") "%s" REPORT("B"), injury_cases[i].text));
        expect_one_fault(f, "injuries", &injury_cases[i]);
    }
}

static void
a_faulty_game_line_costs_its_row(void **state)
{
    Folder *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(game_line_cases); i++) {
        write_text(f, feed_files[5],
                   arena_printf(f->a, GAME_LINE_HEADER GAME_LINE("spreads,DEN,-7.5") "%s" GAME_LINE("h2h,DEN,"),
                                game_line_cases[i].text));
        expect_one_fault(f, "game_lines", &game_line_cases[i]);
    }
}

static void
repeated_reports_and_game_lines_count_once(void **state)
{
    Folder *f = *state;
    FeedDay d;

    write_text(f, feed_files[4], INJURY_HEADER REPORT("A") REPORT("B") REPORT("A"));
    d = read_day(f, "injuries");
    assert_int_equal(1, d.repeated);
    assert_int_equal(2, d.parts[0].row_count);
    write_text(f, feed_files[5],
               GAME_LINE_HEADER GAME_LINE("totals,Over,221") GAME_LINE("totals,Under,221") GAME_LINE("totals,Over,221")
                   GAME_LINE("alternate_totals,Over,221") GAME_LINE("alternate_totals,Over,224.5"));
    d = read_day(f, "game_lines");
    assert_int_equal(1, d.repeated);
    assert_int_equal(4, d.parts[0].row_count); /* a ladder of points is no contradiction */
    assert_int_equal(0, d.manifest.rejected_total);
}

static void
a_file_of_reports_or_game_lines_that_is_none_is_refused(void **state)
{
    Folder *f = *state;

    write_text(f, feed_files[4], "game_date,team,player,status,reason\n");
    assert_string_equal("injuries/2024-10-26.csv line 1: no column report_time; the header has game_date, team, "
                        "player, status, reason",
                        read_broken_day(f, "injuries"));
    write_text(f, feed_files[4], GAME_LINE_HEADER);
    assert_non_null(strstr(read_broken_day(f, "injuries"), "; this is the header of game_lines"));
    write_text(f, feed_files[5], INJURY_HEADER);
    assert_non_null(strstr(read_broken_day(f, "game_lines"), "; this is the header of injuries"));
    write_text(f, feed_files[5], "");
    assert_string_equal("game_lines/2024-10-26.csv is empty: not even a header", read_broken_day(f, "game_lines"));
}

/* ---- size */

/* A good file with len bytes in its third line, whatever they are. */
static void
write_long_line(Folder *f, const char *start, size_t len)
{
    Buf text = {0};

    buf_put_str(&text, PROP_HEADER ROW("A"));
    buf_put_str(&text, start);
    for (size_t i = strlen(start); i < len; i++)
        buf_put_u8(&text, 'x');
    buf_put_str(&text, "\n" ROW("B"));
    write_bytes(f, feed_files[3], (const char *)text.data, text.len);
    buf_free(&text);
}

static void
a_line_of_ten_megabytes_costs_itself(void **state)
{
    static const char *const starts[] = {"", "\"", ",,,,"};
    Folder *f = *state;

    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        FeedDay d;

        write_long_line(f, starts[i], 10 * 1000 * 1000);
        d = read_day(f, "props");
        assert_string_equal("AB", players_of(f, &d));
        assert_int_equal(1, d.manifest.rejected_count);
        assert_int_equal(3, d.manifest.rejected[0].line);
        assert_string_equal("a line longer than 1 MiB", d.manifest.rejected[0].reason);
        assert_string_equal("player", d.manifest.rejected[0].column);
        assert_int_equal(120, strlen(d.manifest.rejected[0].text));
    }
    write_long_line(f, "", CSV_ROW_MAX_BYTES - 1); /* with its line end just short enough */
    assert_string_equal("1 fields where the header has 10", read_day(f, "props").manifest.rejected[0].reason);
    write_long_line(f, "", CSV_ROW_MAX_BYTES);
    assert_string_equal("a line longer than 1 MiB", read_day(f, "props").manifest.rejected[0].reason);
}

static void
a_quote_that_is_not_closed_within_a_mebibyte_costs_its_line(void **state)
{
    enum { ROWS = 20000 };
    Folder *f = *state;
    Buf text = {0};
    FeedDay d;

    buf_put_str(&text, PROP_HEADER "\"oops\n");
    for (int i = 0; i < ROWS; i++)
        buf_put_str(&text, ROW("A"));
    assert_true(text.len > CSV_ROW_MAX_BYTES);
    write_bytes(f, feed_files[3], (const char *)text.data, text.len);
    buf_free(&text);
    d = read_day(f, "props");
    expect_rejection(&d.manifest, 0, 2, "player", "a quote that is not closed within 1 MiB", "\"oops");
    assert_int_equal(1, d.manifest.rejected_total);
}

static void
more_fields_than_any_layout_has_cost_their_row(void **state)
{
    Folder *f = *state;
    Buf text = {0};
    FeedDay d;

    buf_put_str(&text, PROP_HEADER);
    for (int i = 0; i < 100000; i++)
        buf_put_u8(&text, ',');
    buf_put_str(&text, "\n" ROW("B"));
    write_bytes(f, feed_files[3], (const char *)text.data, text.len);
    buf_free(&text);
    d = read_day(f, "props");
    assert_string_equal("B", players_of(f, &d));
    assert_string_equal("more fields than any known layout has", d.manifest.rejected[0].reason);
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

/* ---- rows that stand twice */

#define BOX(player, points)                                                                                            \
    player ",DEN,LAC,L,36.77,14,26,0.538,7,12,0.583,6,8,0.75,3,6,9,4,2,1,5,0," points ",31.2,2024-10-26\n"

static void
a_player_who_stands_twice_counts_once(void **state)
{
    Folder *f = *state;
    FeedDay d;

    write_text(f, feed_files[1], BOX_HEADER BOX("A", "41") BOX("B", "7") BOX("A", "41") BOX("B", "8") BOX("A", "41"));
    d = read_day(f, "boxscores");
    assert_int_equal(2, d.repeated);
    assert_int_equal(2, boxscores_of(f, &d.parts[0]).rows_count);
    assert_int_equal(7, boxscores_of(f, &d.parts[0]).rows[1].points);
    assert_int_equal(1, d.manifest.rejected_total);
    expect_rejection(&d.manifest, 0, 5, "Player", "stands in line 3 already, with other values", "B");
}

static void
put_shot(Buf *text, int second, const char *x)
{
    buf_printf(text,
               "2025,2024-25,1,Denver Nuggets,1,A,10-26-2024,1,DEN,LAC,x,TRUE,x,2PT Field Goal,x,x,x,x,%s,1,1,1,1,%d\n",
               x, second);
}

static FeedDay
read_shots(Folder *f, Buf *text)
{
    write_bytes(f, feed_files[2], (const char *)text->data, text->len);
    buf_free(text);
    return read_day(f, "shots");
}

static void
two_equal_shots_are_two_shots(void **state)
{
    Folder *f = *state;
    Buf text = {0};
    FeedDay d;

    buf_put_str(&text, SHOT_HEADER);
    for (int i = 0; i < 40; i++)
        put_shot(&text, i < 7 ? 30 : i, "1.5");
    d = read_shots(f, &text);
    assert_int_equal(0, d.repeated);
    assert_int_equal(40, d.parts[0].row_count);
}

static void
a_game_that_is_listed_twice_counts_once_and_its_second_listing_adds_nothing(void **state)
{
    Folder *f = *state;
    Buf text = {0};
    FeedDay d;

    buf_put_str(&text, SHOT_HEADER);
    for (int listing = 0; listing < 2; listing++)
        for (int i = 0; i < 30; i++)
            put_shot(&text, i == 7 ? 6 : i, listing == 1 && i == 20 ? "9.5" : "1.5"); /* a tip-in within a second */
    d = read_shots(f, &text);
    assert_int_equal(29, d.repeated);
    assert_int_equal(30, d.parts[0].row_count);
    assert_int_equal(1, d.manifest.rejected_total);
    expect_rejection(&d.manifest, 0, 52, NULL,
                     "the game is listed a second time from line 32 on, and its first listing has no such row", "");
}

static void
a_scheduled_game_that_stands_twice_counts_once(void **state)
{
    Folder *f = *state;
    FeedSchedule s;

    write_text(f, feed_files[0],
               "GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM\n"
               "9,2030-10-26,DEN,LAC\n"
               "1,2024-10-26,DEN,LAC\n"
               "1,2024-10-26,DEN,LAC\n"
               "2,2024-10-26,LAC,DEN\n"
               "3,2024-10-27,DEN,LAC\n");
    assert_true(feed_read_schedule(f->dir, f->a, &s, NULL, &f->err));
    assert_int_equal(2024, s.season_year);
    assert_int_equal(2, s.games_count);
    assert_string_equal("1", s.games[0].official_id);
    assert_string_equal("3", s.games[1].official_id);
    assert_int_equal(2, s.rejected_total);
    assert_int_equal(2, s.rejected[0].line);
    assert_string_equal("another season than 2024, which most rows are of", s.rejected[0].reason);
    assert_int_equal(5, s.rejected[1].line);
    assert_string_equal("these teams meet on that date in line 3 already", s.rejected[1].reason);
}

static void
a_schedule_without_a_usable_row_says_what_is_wrong_with_the_first(void **state)
{
    Folder *f = *state;
    FeedSchedule s;

    write_text(f, feed_files[0], "GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM\n1,soon,DEN,LAC\n");
    assert_false(feed_read_schedule(f->dir, f->a, &s, NULL, &f->err));
    assert_int_equal(ERR_POISON, f->err.cls);
    assert_string_equal("every row of schedule.csv was rejected; the first, schedule.csv line 2 GAME_DATE: not a date "
                        "(YYYY-MM-DD)",
                        f->err.msg);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(a_fault_costs_its_row_and_names_line_and_column),
        FOLDER_TEST(a_rejected_row_is_kept_as_it_stood),
        FOLDER_TEST(a_file_that_is_none_is_refused_with_its_name_and_what_is_wrong),
        FOLDER_TEST(columns_are_found_by_name_in_any_order),
        FOLDER_TEST(a_faulty_report_costs_its_row),
        FOLDER_TEST(a_faulty_game_line_costs_its_row),
        FOLDER_TEST(repeated_reports_and_game_lines_count_once),
        FOLDER_TEST(a_file_of_reports_or_game_lines_that_is_none_is_refused),
        FOLDER_TEST(a_line_of_ten_megabytes_costs_itself),
        FOLDER_TEST(a_quote_that_is_not_closed_within_a_mebibyte_costs_its_line),
        FOLDER_TEST(more_fields_than_any_layout_has_cost_their_row),
        FOLDER_TEST(only_the_first_rejections_are_listed_but_all_are_counted),
        FOLDER_TEST(a_player_who_stands_twice_counts_once),
        FOLDER_TEST(two_equal_shots_are_two_shots),
        FOLDER_TEST(a_game_that_is_listed_twice_counts_once_and_its_second_listing_adds_nothing),
        FOLDER_TEST(a_scheduled_game_that_stands_twice_counts_once),
        FOLDER_TEST(a_schedule_without_a_usable_row_says_what_is_wrong_with_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
