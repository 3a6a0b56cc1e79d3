/*
 * tests/support/memory_season.c
 *    Feed files to parts, parts to raw rows, raw rows to summaries: by the product's own functions.
 */
#include "tests/support/memory_season.h"

#include <stdlib.h>
#include <string.h>

#include "libcore/io/codec.h"
#include "workers/analytics/game_summaries_core.h"
#include "workers/collect/feed_reader.h"
#include "workers/raw/raw_core.h"

typedef struct {
    PlayerGame *players;
    TeamOffense *offense;
    TeamDefense *defense;
    size_t player_cap, offense_cap, defense_cap;
    LeagueRows rows;
} Growing;

static int
date_cmp(const void *x, const void *y)
{
    const MemoryDate *a = x;
    const MemoryDate *b = y;

    return date_diff(a->date, b->date);
}

static MemoryDate *
dates_of(const RawSchedule *schedule, size_t *count, Arena *a)
{
    MemoryDate *dates = arena_array(a, schedule->count + 1, sizeof *dates);
    size_t kept = 0;

    for (size_t i = 0; i < schedule->count; i++)
        dates[i] = (MemoryDate){.date = schedule->rows[i].game_date};
    qsort(dates, schedule->count, sizeof *dates, date_cmp);
    for (size_t i = 0; i < schedule->count; i++) {
        if (kept == 0 || !date_equal(dates[kept - 1].date, dates[i].date))
            dates[kept++] = dates[i];
    }
    *count = kept;
    return dates;
}

static bool
body_of(const FeedPart *part, Bytes *body, Err *err)
{
    uint64_t fingerprint;

    return event_unframe(part->payload, &fingerprint, body, err);
}

static bool
read_boxscores(const char *dir, GameDate date, const FeedSchedule *schedule, Arena *a, RawBoxscores *out, Err *err)
{
    FeedDay day;
    FeedBoxscores *parts;

    if (!feed_read_date(dir, "boxscores", date, schedule, a, &day, err))
        return false;
    parts = arena_array(a, day.part_count + 1, sizeof *parts);
    for (size_t i = 0; i < day.part_count; i++) {
        Bytes body;

        if (!body_of(&day.parts[i], &body, err) || !feed_boxscores_decode(body, a, &parts[i], err))
            return false;
    }
    *out = raw_boxscores(parts, day.part_count, a);
    return true;
}

static bool
read_shots(const char *dir, GameDate date, const FeedSchedule *schedule, Arena *a, RawShots *out, Err *err)
{
    FeedDay day;
    FeedShots *parts;

    if (!feed_read_date(dir, "shots", date, schedule, a, &day, err))
        return false;
    parts = arena_array(a, day.part_count + 1, sizeof *parts);
    for (size_t i = 0; i < day.part_count; i++) {
        Bytes body;

        if (!body_of(&day.parts[i], &body, err) || !feed_shots_decode(body, a, &parts[i], err))
            return false;
    }
    *out = raw_shots(parts, day.part_count, a);
    return true;
}

static bool
read_lines(const char *dir, const FeedSchedule *schedule, Arena *a, MemoryDate *out, Err *err)
{
    FeedDay day;
    FeedProps *parts;
    RawPropLines lines;

    if (!feed_read_date(dir, "props", out->date, schedule, a, &day, err))
        return false;
    parts = arena_array(a, day.part_count + 1, sizeof *parts);
    for (size_t i = 0; i < day.part_count; i++) {
        Bytes body;

        if (!body_of(&day.parts[i], &body, err) || !feed_props_decode(body, a, &parts[i], err))
            return false;
    }
    lines = raw_prop_lines(parts, day.part_count, a);
    out->lines = lines.rows;
    out->line_count = lines.count;
    return true;
}

static void
add_summaries(Growing *g, MemoryDate *date, const GameSummaries *s, Arena *a)
{
    date->outcomes = (LeagueRows){
        .player_game_count = s->player_count, .offense_count = s->offense_count, .defense_count = s->defense_count};
    for (size_t i = 0; i < s->player_count; i++) {
        g->players = arena_room(a, g->players, g->rows.player_game_count, &g->player_cap, sizeof *g->players);
        g->players[g->rows.player_game_count++] = s->players[i];
    }
    for (size_t i = 0; i < s->offense_count; i++) {
        g->offense = arena_room(a, g->offense, g->rows.offense_count, &g->offense_cap, sizeof *g->offense);
        g->offense[g->rows.offense_count++] = s->offense[i];
    }
    for (size_t i = 0; i < s->defense_count; i++) {
        g->defense = arena_room(a, g->defense, g->rows.defense_count, &g->defense_cap, sizeof *g->defense);
        g->defense[g->rows.defense_count++] = s->defense[i];
    }
}

static bool
add_date(const char *dir, const FeedSchedule *schedule, Growing *g, MemoryDate *date, Arena *a, Err *err)
{
    RawBoxscores box;
    RawShots shots;
    GameFacts facts;

    if (!read_boxscores(dir, date->date, schedule, a, &box, err)
        || !read_shots(dir, date->date, schedule, a, &shots, err) || !read_lines(dir, schedule, a, date, err))
        return false;
    facts = (GameFacts){.date = date->date,
                        .box = box.rows,
                        .box_count = box.count,
                        .shots = shots.rows,
                        .shot_count = shots.count,
                        .schedule = g->rows.schedule,
                        .schedule_count = g->rows.schedule_count};
    add_summaries(g, date, game_summaries(&facts, a), a);
    return true;
}

/* The counts are known already; the rows stand one date after the other. */
static void
place_outcomes(MemoryDate *dates, size_t count, const Growing *g)
{
    size_t player = 0, offense = 0, defense = 0;

    for (size_t i = 0; i < count; i++) {
        LeagueRows *rows = &dates[i].outcomes;

        rows->player_games = g->players + player;
        rows->offense = g->offense + offense;
        rows->defense = g->defense + defense;
        player += rows->player_game_count;
        offense += rows->offense_count;
        defense += rows->defense_count;
    }
}

bool
memory_season_read(const char *dir, Arena *a, MemorySeason *out, Err *err)
{
    Growing g = {0};
    FeedSchedule schedule;
    RawSchedule games;
    MemoryDate *dates;

    if (!feed_read_schedule(dir, a, &schedule, NULL, err))
        return false;
    games = raw_schedule(&schedule, a);
    g.rows.schedule = games.rows;
    g.rows.schedule_count = games.count;
    dates = dates_of(&games, &out->date_count, a);
    for (size_t i = 0; i < out->date_count; i++) {
        if (!add_date(dir, &schedule, &g, &dates[i], a, err))
            return false;
    }
    place_outcomes(dates, out->date_count, &g);
    g.rows.player_games = g.players;
    g.rows.offense = g.offense;
    g.rows.defense = g.defense;
    out->rows = g.rows;
    out->dates = dates;
    return true;
}
