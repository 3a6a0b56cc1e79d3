/*
 * ops/simulator/simulate.c
 *    Date by date: played, written, forgotten.
 */
#include "ops/simulator/simulate.h"
#include <stdio.h>
#include <string.h>
#include "ops/simulator/feeds_out.h"
#include "ops/simulator/out_dir.h"
#include "ops/simulator/season_readme.h"
#include "ops/simulator/truth.h"

typedef struct {
    const SimulateJob *job;
    League league;
    SimSchedule schedule;
    Truth truth;
    Buf text; /* of the file in hand */
    SimulateResult *result;
} Simulation;

bool
season_parse(const char *label, int32_t *season_year)
{
    char expected[8];
    int year = 0;

    if (strlen(label) != 7)
        return false;
    for (size_t i = 0; i < 4; i++) {
        if (label[i] < '0' || label[i] > '9')
            return false;
        year = year * 10 + (label[i] - '0');
    }
    *season_year = year;
    return strcmp(season_label(year, expected), label) == 0 && year >= SEASON_FIRST && year <= SEASON_LAST;
}

static bool
write_file(Simulation *s, const char *path, Err *err)
{
    s->result->files++;
    return out_dir_write(s->job->dir, path, &s->text, err);
}

static bool
write_night(Simulation *s, const Night *n, Arena *a, Err *err)
{
    char day[DATE_TEXT_LEN];

    (void)date_format(n->date, day);
    for (const FeedWriter *w = feed_writers; w->feed != NULL; w++) {
        const bool is_missing = n->missing_feed != NULL && strcmp(n->missing_feed, w->feed) == 0;

        /* nobody follows the shots of a game that is not of the regular season */
        if (is_missing || (n->games[0].result->game->is_cup_final && strcmp(w->feed, "shots") == 0))
            continue;
        buf_clear(&s->text);
        w->put(&s->league, n, &s->text, a);
        if (!write_file(s, arena_printf(a, "%s/%s.csv", w->feed, day), err))
            return false;
    }
    if (n->correction.line == NULL)
        return true;
    buf_clear(&s->text);
    put_corrected_boxscores(n, &s->text, a);
    return write_file(s, arena_printf(a, "corrections/boxscores/%s.csv", day), err);
}

/* Returns how many games the date has. */
static size_t
games_of_date(const SimSchedule *s, size_t first)
{
    size_t n = 1;

    while (first + n < s->count && date_equal(s->games[first + n].date, s->games[first].date))
        n++;
    return n;
}

/* Stops before the date that would be one too many; *limit is then that date. */
static bool
play_dates(Simulation *s, GameDate *limit, Err *err)
{
    const SimSchedule *schedule = &s->schedule;
    Arena *a = arena_new(0);
    bool ok = true;

    *limit = date_add(schedule->games[schedule->count - 1].date, 1);
    for (size_t i = 0, count; ok && i < schedule->count; i += count) {
        const SimGame *first = &schedule->games[i];
        const Night *n;

        if (s->job->max_dates > 0 && s->result->dates == s->job->max_dates) {
            *limit = first->date;
            break;
        }
        count = games_of_date(schedule, i);
        arena_reset(a);
        n = night_play(&s->league, s->result->dates, first, count, a);
        truth_add_night(&s->truth, n, a);
        ok = write_night(s, n, a, err);
        s->result->dates += !first->is_cup_final;
        s->result->games += count;
    }
    arena_free(a);
    return ok;
}

static bool
write_schedule(Simulation *s, const char *path, GameDate limit, bool as_first_announced, Err *err)
{
    buf_clear(&s->text);
    put_schedule(&s->schedule, limit, as_first_announced, &s->text);
    return write_file(s, path, err);
}

static bool
write_truth(Simulation *s, Arena *a, Err *err)
{
    for (size_t f = 0; f < TRUTH_COUNT; f++) {
        s->result->files++;
        if (!out_dir_write(s->job->dir, arena_printf(a, "truth/%s", truth_files[f]), &s->truth.files[f], err))
            return false;
    }
    return true;
}

static bool
write_readme(Simulation *s, Err *err)
{
    char label[8];

    buf_clear(&s->text);
    buf_printf(&s->text, "# %s, invented\nSeed %llu, %zu teams, %zu dates with games of the regular season.\n\n",
               season_label(s->job->season_year, label), (unsigned long long)s->job->seed, s->job->teams,
               s->result->dates);
    buf_put_str(&s->text, season_readme);
    return write_file(s, "README.md", err);
}

bool
simulate_season(const SimulateJob *job, SimulateResult *out, Err *err)
{
    Simulation s = {.job = job, .result = out};
    Arena *a = arena_new(0);
    GameDate limit;
    bool ok = out_dir_prepare(job->dir, err);

    *out = (SimulateResult){0};
    if (ok) {
        s.league = league_make(job->seed, job->teams, a);
        s.schedule = schedule_make(&s.league, job->season_year, a);
        truth_begin(&s.truth, &s.league, a);
        ok = play_dates(&s, &limit, err) && write_schedule(&s, "schedule.csv", limit, false, err)
             && write_schedule(&s, "schedule_first.csv", limit, true, err) && write_truth(&s, a, err)
             && write_readme(&s, err);
    }
    truth_free(&s.truth);
    buf_free(&s.text);
    arena_free(a);
    return ok;
}
