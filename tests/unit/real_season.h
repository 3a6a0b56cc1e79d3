/*
 * tests/unit/real_season.h
 *    A season of feeds as raw rows, the recorded one for tests that ask whether the cores hold on real feeds.
 *
 * Splits at commas and no more: neither recorded nor simulated files quote anything. Not the importer, on
 * purpose.
 */
#ifndef TIPOFF_TESTS_REAL_SEASON_H
#define TIPOFF_TESTS_REAL_SEASON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/arena.h"
#include "tables_gen.h"
#include "workers/names/teams.h"

enum { REAL_FIELDS_MAX = 32, REAL_SCHEDULE_MAX = 1400, REAL_ROWS_MAX = 4000, REAL_LINE_MAX = 1024 };

typedef struct {
    const char *dir; /* NULL when there is no recorded season */
    ScheduleGame *schedule;
    size_t schedule_count;
} RealSeason;

typedef struct {
    RawBoxscore *box;
    size_t box_count;
    RawShot *shots;
    size_t shot_count;
    RawPropLine *lines;
    size_t line_count;
    RawInjuryReport *reports;
    size_t report_count;
    RawGameLine *game_lines;
    size_t game_line_count;
} RealDate;

typedef struct {
    char text[REAL_LINE_MAX];
    char *field[REAL_FIELDS_MAX];
    int count;
} RealLine;

static inline bool
real_next(FILE *f, RealLine *line)
{
    if (fgets(line->text, sizeof line->text, f) == NULL)
        return false;
    line->text[strcspn(line->text, "\r\n")] = '\0';
    line->count = 0;
    for (char *p = line->text; p != NULL && line->count < REAL_FIELDS_MAX;) {
        line->field[line->count++] = p;
        p = strchr(p, ',');
        if (p != NULL)
            *p++ = '\0';
    }
    return true;
}

/* At the first line after the head; NULL when there is no such file. */
static inline FILE *
real_open(const char *dir, const char *name, Arena *a)
{
    FILE *f = fopen(arena_printf(a, "%s/%s", dir, name), "r");
    RealLine head;

    if (f != NULL && !real_next(f, &head)) {
        fclose(f);
        return NULL;
    }
    return f;
}

static inline int32_t
real_int(const RealLine *line, int field)
{
    return (int32_t)strtol(line->field[field], NULL, 10);
}

/* Names the game after its date and teams. */
static inline void
real_game_id(ScheduleGame *g, Arena *a)
{
    int y, m, d;

    date_parts(g->game_date, &y, &m, &d);
    g->game_id = arena_printf(a, "%04d%02d%02d_%s_%s", y, m, d, g->away_team, g->home_team);
}

/* The schedule of a folder of feeds; its dir is NULL when there is none. */
static inline RealSeason
season_in(const char *dir, Arena *a)
{
    RealSeason s = {.dir = NULL};
    RealLine line;
    FILE *f = real_open(dir, "schedule.csv", a);

    if (f == NULL)
        return s;
    s.dir = dir;
    s.schedule = arena_array(a, REAL_SCHEDULE_MAX, sizeof s.schedule[0]);
    while (s.schedule_count < REAL_SCHEDULE_MAX && real_next(f, &line)) {
        ScheduleGame *g = &s.schedule[s.schedule_count++];

        *g = schedule_game_null();
        if (!date_parse(line.field[1], &g->game_date) || (line.count > 4 && !instant_parse(line.field[4], &g->tip_off)))
            abort();
        g->season_year = date_season_year(g->game_date);
        g->official_id = arena_strdup(a, line.field[0]);
        g->home_team = team_canonical(line.field[2]);
        g->away_team = team_canonical(line.field[3]);
        real_game_id(g, a);
    }
    fclose(f);
    return s;
}

static inline RealSeason
real_season(Arena *a)
{
    const char *shared = getenv("TIPOFF_SHARED");

    return season_in(arena_printf(a, "%s/data/nba-2024-25", shared == NULL ? "" : shared), a);
}

/* NULL for a game that the schedule does not have. */
static inline const ScheduleGame *
real_game(const RealSeason *s, GameDate date, const char *team)
{
    for (size_t i = 0; i < s->schedule_count; i++) {
        const ScheduleGame *g = &s->schedule[i];

        if (date_equal(g->game_date, date) && (strcmp(g->home_team, team) == 0 || strcmp(g->away_team, team) == 0))
            return g;
    }
    return NULL;
}

static inline void
real_box_row(const RealSeason *s, GameDate date, const RealLine *l, Arena *a, RawBoxscore *r)
{
    const char *team = team_canonical(l->field[1]);
    const ScheduleGame *g = real_game(s, date, team);

    *r = (RawBoxscore){.game_date = date,
                       .game_id = g != NULL ? g->game_id : "none",
                       .team = team,
                       .player_name = arena_strdup(a, l->field[0]),
                       .opponent = team_canonical(l->field[2]),
                       .is_scheduled = g != NULL,
                       .won = strcmp(l->field[3], "W") == 0,
                       .minutes = strtod(l->field[4], NULL),
                       .fg_makes = real_int(l, 5),
                       .fg_attempts = real_int(l, 6),
                       .three_makes = real_int(l, 8),
                       .three_attempts = real_int(l, 9),
                       .ft_makes = real_int(l, 11),
                       .ft_attempts = real_int(l, 12),
                       .offensive_rebounds = real_int(l, 14),
                       .defensive_rebounds = real_int(l, 15),
                       .assists = real_int(l, 17),
                       .steals = real_int(l, 18),
                       .blocks = real_int(l, 19),
                       .turnovers = real_int(l, 20),
                       .personal_fouls = real_int(l, 21),
                       .points = real_int(l, 22)};
}

static inline void
real_shot_row(const RealSeason *s, GameDate date, const RealLine *l, Arena *a, RawShot *r)
{
    const char *team = team_canonical(l->field[3]);
    const ScheduleGame *g = real_game(s, date, team);

    *r = raw_shot_null();
    r->game_date = date;
    r->game_id = g != NULL ? g->game_id : "none";
    r->is_scheduled = g != NULL;
    r->team = team;
    r->player_name = arena_strdup(a, l->field[5]);
    r->made = strcmp(l->field[11], "TRUE") == 0;
    r->is_three = l->field[13][0] == '3';
    r->loc_x = strtod(l->field[18], NULL);
    r->loc_y = strtod(l->field[19], NULL);
    r->distance_ft = strtod(l->field[20], NULL);
}

static inline void
real_prop_row(const RealSeason *s, GameDate date, const RealLine *l, Arena *a, RawPropLine *r)
{
    const ScheduleGame *g = real_game(s, date, team_canonical(l->field[6]));

    *r = raw_prop_line_null();
    r->game_date = date;
    r->game_id = g != NULL ? g->game_id : "none";
    r->is_scheduled = g != NULL;
    r->player_name = arena_strdup(a, l->field[0]);
    r->market = arena_strdup(a, l->field[1]);
    r->bookmaker = arena_strdup(a, l->field[2]);
    r->side = arena_strdup(a, l->field[3]);
    r->line = strtod(l->field[4], NULL);
    r->price = real_int(l, 5);
    if (!instant_parse(l->field[9], &r->commence_time)
        || (l->count > 10 && !instant_parse(l->field[10], &r->posted_at)))
        abort();
}

static inline void
real_report_row(const RealSeason *s, GameDate date, const RealLine *l, Arena *a, RawInjuryReport *r)
{
    const char *team = team_canonical(l->field[1]);
    const ScheduleGame *g = real_game(s, date, team);

    *r = raw_injury_report_null();
    r->game_date = date;
    r->game_id = g != NULL ? g->game_id : "none";
    r->is_scheduled = g != NULL;
    r->team = team;
    r->player_name = arena_strdup(a, l->field[2]);
    r->status = arena_strdup(a, l->field[3]);
    r->reason = arena_strdup(a, l->field[4]);
    if (!instant_parse(l->field[5], &r->report_time))
        abort();
}

static inline void
real_game_line_row(const RealSeason *s, GameDate date, const RealLine *l, Arena *a, RawGameLine *r)
{
    const ScheduleGame *g = real_game(s, date, team_canonical(l->field[2]));
    const char *team = team_canonical(l->field[6]);

    *r = raw_game_line_null();
    r->game_date = date;
    r->game_id = g != NULL ? g->game_id : "none";
    r->is_scheduled = g != NULL;
    r->bookmaker = arena_strdup(a, l->field[4]);
    r->market = arena_strdup(a, l->field[5]);
    r->outcome = team != NULL ? team : arena_strdup(a, l->field[6]);
    r->point = l->field[7][0] == '\0' ? NULL_F64 : strtod(l->field[7], NULL);
    r->price = real_int(l, 8);
    if (!instant_parse(l->field[1], &r->commence_time) || !instant_parse(l->field[9], &r->snapshot_time))
        abort();
}

/* The rows of one date; none where there is no file. */
static inline RealDate
real_date(const RealSeason *s, GameDate date, Arena *a)
{
    RealDate out = {.box = arena_array(a, REAL_ROWS_MAX, sizeof out.box[0]),
                    .shots = arena_array(a, REAL_ROWS_MAX, sizeof out.shots[0]),
                    .lines = arena_array(a, REAL_ROWS_MAX, sizeof out.lines[0]),
                    .reports = arena_array(a, REAL_ROWS_MAX, sizeof out.reports[0]),
                    .game_lines = arena_array(a, REAL_ROWS_MAX, sizeof out.game_lines[0])};
    char day[DATE_TEXT_LEN];
    RealLine line;
    FILE *f;

    date_format(date, day);
    f = real_open(s->dir, arena_printf(a, "boxscores/%s.csv", day), a);
    while (f != NULL && real_next(f, &line))
        real_box_row(s, date, &line, a, &out.box[out.box_count++]);
    if (f != NULL)
        fclose(f);
    f = real_open(s->dir, arena_printf(a, "shots/%s.csv", day), a);
    while (f != NULL && real_next(f, &line)) {
        real_shot_row(s, date, &line, a, &out.shots[out.shot_count]);
        out.shots[out.shot_count].shot_no = (int32_t)out.shot_count;
        out.shot_count++;
    }
    if (f != NULL)
        fclose(f);
    f = real_open(s->dir, arena_printf(a, "props/%s.csv", day), a);
    while (f != NULL && real_next(f, &line)) {
        real_prop_row(s, date, &line, a, &out.lines[out.line_count]);
        out.lines[out.line_count].row_no = (int32_t)out.line_count;
        out.line_count++;
    }
    if (f != NULL)
        fclose(f);
    f = real_open(s->dir, arena_printf(a, "injuries/%s.csv", day), a);
    while (f != NULL && real_next(f, &line)) {
        real_report_row(s, date, &line, a, &out.reports[out.report_count]);
        out.reports[out.report_count].report_no = (int32_t)out.report_count;
        out.report_count++;
    }
    if (f != NULL)
        fclose(f);
    f = real_open(s->dir, arena_printf(a, "game_lines/%s.csv", day), a);
    while (f != NULL && real_next(f, &line)) {
        real_game_line_row(s, date, &line, a, &out.game_lines[out.game_line_count]);
        out.game_lines[out.game_line_count].row_no = (int32_t)out.game_line_count;
        out.game_line_count++;
    }
    if (f != NULL)
        fclose(f);
    return out;
}

#endif
