/*
 * tests/unit/feed_folder.h
 *    A folder of feeds for a test to fill, and what the reader makes of it.
 */
#ifndef TIPOFF_TESTS_FEED_FOLDER_H
#define TIPOFF_TESTS_FEED_FOLDER_H

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
#include "workers/collect/feed_reader.h"

/* Headers of the feeds, and what rows of the game LAC at DEN of 2024-10-26 end in. */
#define BOX_HEADER                                                                                                     \
    "Player,Tm,Opp,Res,MP,FG,FGA,FG%,3P,3PA,3P%,FT,FTA,FT%,ORB,DRB,TRB,AST,STL,BLK,TOV,PF,PTS,"                        \
    "GmSc,Data\n"
#define BOX_TAIL "14,26,0.538,7,12,0.583,6,8,0.75,3,6,9,4,2,1,5,0,41,31.2,2024-10-26\n"
#define SHOT_HEADER                                                                                                    \
    "SEASON_1,SEASON_2,TEAM_ID,TEAM_NAME,PLAYER_ID,PLAYER_NAME,GAME_DATE,GAME_ID,HOME_TEAM,"                           \
    "AWAY_TEAM,EVENT_TYPE,SHOT_MADE,ACTION_TYPE,SHOT_TYPE,BASIC_ZONE,ZONE_NAME,ZONE_ABB,"                              \
    "ZONE_RANGE,LOC_X,LOC_Y,SHOT_DISTANCE,QUARTER,MINS_LEFT,SECS_LEFT\n"
#define PROP_HEADER "player,market,bookmaker,side,line,price,home_team,away_team,game_id,commence_time\n"
#define PROP_GAME "Denver Nuggets,Los Angeles Clippers,cfb1,2024-10-26T21:10:00Z\n"
#define INJURY_HEADER "game_date,team,player,status,reason,report_time\n"
#define GAME_LINE_HEADER                                                                                               \
    "game_id,commence_time,home_team,away_team,bookmaker,market,outcome,point,price,snapshot_time\n"
#define GAME_LINE_GAME "cfb1,2024-10-26T21:10:00Z,Denver Nuggets,Los Angeles Clippers,"

static const char *const feed_files[] = {
    "schedule.csv",         "boxscores/2024-10-26.csv", "shots/2024-10-26.csv",
    "props/2024-10-26.csv", "injuries/2024-10-26.csv",  "game_lines/2024-10-26.csv"};
static const char *const feed_folders[] = {"boxscores", "shots", "props", "injuries", "game_lines"};

typedef struct {
    char dir[64];
    Arena *a;
    FeedSchedule schedule;
    Err err;
} Folder;

static inline void
write_bytes(Folder *f, const char *file, const char *bytes, size_t len)
{
    FILE *out = fopen(arena_printf(f->a, "%s/%s", f->dir, file), "wb");

    assert_non_null(out);
    assert_int_equal(len, fwrite(bytes, 1, len, out));
    assert_int_equal(0, fclose(out));
}

static inline void
write_text(Folder *f, const char *file, const char *text)
{
    write_bytes(f, file, text, strlen(text));
}

static const char small_schedule[] = "GAME_ID,GAME_DATE,HOME_TEAM,AWAY_TEAM\n"
                                     "22400087,2024-10-26,DEN,LAC\n"
                                     "22400088,2024-10-26,BKN,PHX\n"
                                     "22400099,2024-10-27,LAC,DEN\n";

static inline int
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
    if (!feed_read_schedule(f->dir, f->a, &f->schedule, NULL, &f->err))
        fail_msg("%s", f->err.msg);
    *state = f;
    return 0;
}

static inline int
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

static inline GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static inline FeedDay
read_day(Folder *f, const char *feed)
{
    FeedDay out;

    if (!feed_read_date(f->dir, feed, day("2024-10-26"), &f->schedule, f->a, &out, &f->err))
        fail_msg("%s", f->err.msg);
    return out;
}

/* Reads a day that must fail as a whole, and returns the sentence. */
static inline const char *
read_broken_day(Folder *f, const char *feed)
{
    FeedDay out;

    assert_false(feed_read_date(f->dir, feed, day("2024-10-26"), &f->schedule, f->a, &out, &f->err));
    assert_int_equal(ERR_POISON, f->err.cls);
    return f->err.msg;
}

static inline Bytes
body_of(const FeedPart *part, const EventSchema *schema)
{
    uint64_t fingerprint;
    Bytes body;
    Err err;

    assert_true(event_unframe(part->payload, &fingerprint, &body, &err));
    assert_true(fingerprint == schema->fingerprint);
    return body;
}

static inline FeedBoxscores
boxscores_of(Folder *f, const FeedPart *part)
{
    FeedBoxscores out;

    assert_true(feed_boxscores_decode(body_of(part, &feed_boxscores_schema), f->a, &out, &f->err));
    return out;
}

static inline FeedShots
shots_of(Folder *f, const FeedPart *part)
{
    FeedShots out;

    assert_true(feed_shots_decode(body_of(part, &feed_shots_schema), f->a, &out, &f->err));
    return out;
}

static inline FeedProps
props_of(Folder *f, const FeedPart *part)
{
    FeedProps out;

    assert_true(feed_props_decode(body_of(part, &feed_props_schema), f->a, &out, &f->err));
    return out;
}

static inline FeedInjuries
injuries_of(Folder *f, const FeedPart *part)
{
    FeedInjuries out;

    assert_true(feed_injuries_decode(body_of(part, &feed_injuries_schema), f->a, &out, &f->err));
    return out;
}

static inline FeedGameLines
game_lines_of(Folder *f, const FeedPart *part)
{
    FeedGameLines out;

    assert_true(feed_game_lines_decode(body_of(part, &feed_game_lines_schema), f->a, &out, &f->err));
    return out;
}

static inline void
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

static inline bool
is_near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
