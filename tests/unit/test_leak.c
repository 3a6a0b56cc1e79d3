/*
 * tests/unit/test_leak.c
 *    Does a pre_game row or a prediction of a date know anything that was not known before its games began?
 *
 * Facts are drawn by a seeded generator, changed, added or taken away, and the date's rows computed again:
 * what happened at or after the date moves none of them, what happened before it does. TIPOFF_LEAK_SEED
 * draws others. Built once more from sources with one comparison weakened, the same program has to fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>
#include "leak_world.h"
#include "libcore/base/rng.h"
#include "ops/simulator/simulate.h"

enum {
    LATER_FACTS = 1300, /* over all dates; somewhat more, for every date has equally many */
    LATER_FACTS_LEAST = 1000,
    LATER_FACTS_LEAST_A_KIND = 20,
    EARLIER_FACTS = 325,
    LEAKS_SHOWN = 5,
    TRIES = 50,
    NEAR_DAYS = 6,
    DEFAULT_SEED = 20241022,
    SIMULATED_DATES = 40,
};

typedef struct {
    Arena *arena;
    Season *season;
    Rng rng;
} Suite;

/* ---- changes of what happened on a day ---- */

/* One more free throw made a minute; false where the day has no box score. */
static bool
change_line(World *w, Rng *rng, size_t day)
{
    RealDate *raw = world_change(w, day);
    RawBoxscore *r;
    const int32_t more = 1 + (int32_t)rng_below(rng, 20);

    if (raw->box_count == 0)
        return false;
    r = &raw->box[rng_below(rng, raw->box_count)];
    r->ft_makes += more;
    r->ft_attempts += more;
    r->points += more;
    w->what = arena_printf(w->arena, "%d more points of %s", more, r->player_name);
    return true;
}

static bool
remove_line(World *w, Rng *rng, size_t day)
{
    RealDate *raw = world_change(w, day);
    size_t at;

    if (raw->box_count == 0)
        return false;
    at = rng_below(rng, raw->box_count);
    w->what = arena_printf(w->arena, "without the line of %s", raw->box[at].player_name);
    raw->box[at] = raw->box[--raw->box_count];
    return true;
}

/* Somebody of another day's box score plays here: mostly for a team that is not his. */
static bool
add_line(World *w, Rng *rng, size_t day)
{
    const Season *s = w->season;
    const RealDate *other = &s->days[rng_below(rng, s->day_count)].raw;
    RealDate *raw = world_change(w, day);
    RawBoxscore *r;

    if (raw->box_count == 0 || other->box_count == 0)
        return false;
    r = &raw->box[raw->box_count];
    *r = raw->box[rng_below(rng, raw->box_count)];
    r->player_name = other->box[rng_below(rng, other->box_count)].player_name;
    for (size_t i = 0; i < raw->box_count; i++)
        if (strcmp(raw->box[i].player_name, r->player_name) == 0)
            return false;
    raw->box_count++;
    w->what = arena_printf(w->arena, "%s plays for %s", r->player_name, r->team);
    return true;
}

static bool
remove_game(World *w, Rng *rng, size_t day)
{
    RealDate *raw = world_change(w, day);
    const char *id;
    size_t kept = 0;

    if (raw->box_count == 0)
        return false;
    id = raw->box[rng_below(rng, raw->box_count)].game_id;
    w->what = arena_printf(w->arena, "without the box score of %s", id);
    for (size_t i = 0; i < raw->box_count; i++)
        if (strcmp(raw->box[i].game_id, id) != 0)
            raw->box[kept++] = raw->box[i];
    raw->box_count = kept;
    return true;
}

static bool
remove_outcomes(World *w, Rng *rng, size_t day)
{
    RealDate *raw = world_change(w, day);

    (void)rng;
    if (raw->box_count == 0)
        return false;
    raw->box_count = raw->shot_count = 0;
    w->what = "without box scores and shots";
    return true;
}

static bool
change_shot(World *w, Rng *rng, size_t day)
{
    RealDate *raw = world_change(w, day);
    RawShot *r;

    if (raw->shot_count == 0)
        return false;
    r = &raw->shots[rng_below(rng, raw->shot_count)];
    r->is_three = r->is_three == BOOL_TRUE ? BOOL_FALSE : BOOL_TRUE;
    r->loc_x = 0.0;
    r->loc_y = 5.25;
    w->what = arena_printf(w->arena, "a shot of %s from elsewhere", r->player_name);
    return true;
}

static bool
remove_shot(World *w, Rng *rng, size_t day)
{
    RealDate *raw = world_change(w, day);
    size_t at;

    if (raw->shot_count == 0)
        return false;
    at = rng_below(rng, raw->shot_count);
    w->what = arena_printf(w->arena, "a shot of %s less", raw->shots[at].player_name);
    raw->shots[at] = raw->shots[--raw->shot_count];
    return true;
}

static bool
add_shot(World *w, Rng *rng, size_t day)
{
    RealDate *raw = world_change(w, day);
    RawShot *r;

    if (raw->shot_count == 0)
        return false;
    r = &raw->shots[raw->shot_count];
    *r = raw->shots[rng_below(rng, raw->shot_count)];
    r->shot_no = (int32_t)raw->shot_count++;
    w->what = arena_printf(w->arena, "a shot of %s more", r->player_name);
    return true;
}

/* ---- changes of the schedule ---- */

static ScheduleGame *
game_of_day(World *w, Rng *rng, size_t day)
{
    const size_t first = rng_below(rng, w->schedule_count);

    for (size_t i = 0; i < w->schedule_count; i++) {
        ScheduleGame *g = &w->schedule[(first + i) % w->schedule_count];

        if (date_equal(g->game_date, w->season->days[day].date))
            return g;
    }
    return NULL;
}

static bool
remove_game_entry(World *w, Rng *rng, size_t day)
{
    ScheduleGame *g = game_of_day(w, rng, day);

    (void)world_change(w, day);
    if (g == NULL)
        return false;
    w->what = arena_printf(w->arena, "%s is not scheduled", g->game_id);
    *g = w->schedule[--w->schedule_count];
    return true;
}

static bool
is_busy(const World *w, GameDate date, const char *team)
{
    for (size_t i = 0; i < w->schedule_count; i++) {
        const ScheduleGame *g = &w->schedule[i];

        if (date_equal(g->game_date, date) && (strcmp(g->home_team, team) == 0 || strcmp(g->away_team, team) == 0))
            return true;
    }
    return false;
}

/* Two teams that are free on the day meet. */
static bool
add_game_entry(World *w, Rng *rng, size_t day)
{
    const GameDate date = w->season->days[day].date;
    ScheduleGame g = w->schedule[rng_below(rng, w->schedule_count)];

    (void)world_change(w, day);
    if (is_busy(w, date, g.home_team) || is_busy(w, date, g.away_team))
        return false;
    g.game_date = date;
    g.tip_off = INSTANT_NULL;
    real_game_id(&g, w->arena);
    w->schedule[w->schedule_count++] = g;
    w->what = arena_printf(w->arena, "%s is scheduled", g.game_id);
    return true;
}

/* To the next day or the one after. */
static bool
postpone_game(World *w, Rng *rng, size_t day)
{
    const size_t to = day + 1 + rng_below(rng, 2);
    ScheduleGame *g = game_of_day(w, rng, day);

    (void)world_change(w, day);
    if (g == NULL || to >= w->season->day_count || is_busy(w, w->season->days[to].date, g->home_team)
        || is_busy(w, w->season->days[to].date, g->away_team))
        return false;
    (void)world_change(w, to);
    g->game_date = w->season->days[to].date;
    w->what = arena_printf(w->arena, "%s is put off", g->game_id);
    real_game_id(g, w->arena);
    return true;
}

static bool
swap_sides(World *w, Rng *rng, size_t day)
{
    ScheduleGame *g = game_of_day(w, rng, day);
    const char *home;

    (void)world_change(w, day);
    if (g == NULL)
        return false;
    w->what = arena_printf(w->arena, "%s with the sides swapped", g->game_id);
    home = g->home_team;
    g->home_team = g->away_team;
    g->away_team = home;
    return true;
}

static bool
change_tip_off(World *w, Rng *rng, size_t day)
{
    ScheduleGame *g = game_of_day(w, rng, day);

    (void)world_change(w, day);
    if (g == NULL)
        return false;
    g->tip_off = date_eastern_instant(g->game_date, 12 + (int)rng_below(rng, 10), 17);
    w->what = arena_printf(w->arena, "%s begins at another time", g->game_id);
    return true;
}

/* ---- facts of the day that carry a time ---- */

static const int64_t ONE_MINUTE_US = INT64_C(60000000);

/* A team that plays on the day; NULL on a day without players. */
static const UpcomingTeam *
draw_team(const World *w, Rng *rng)
{
    return w->before->player_count == 0 ? NULL : &w->before->teams[rng_below(rng, w->before->team_count)];
}

static const UpcomingPlayer *
draw_player(const World *w, Rng *rng)
{
    return w->before->player_count == 0 ? NULL : &w->before->players[rng_below(rng, w->before->player_count)];
}

/* From tip-off on, often at that very moment; or in the minutes before it. */
static Instant
draw_stamp(const World *w, Rng *rng, Instant tip_off)
{
    const int64_t minutes = (int64_t)rng_below(rng, 120);

    if (!w->is_late)
        return (Instant){tip_off.us - (1 + minutes % 4) * ONE_MINUTE_US};
    return (Instant){tip_off.us + (rng_below(rng, 2) == 0 ? 0 : minutes * ONE_MINUTE_US)};
}

static void
put_up_line(RealDate *raw, const UpcomingPlayer *p, const char *bookmaker, double line, Instant posted, Instant start)
{
    static const char *const sides[] = {"Over", "Under"};

    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        RawPropLine *l = &raw->lines[raw->line_count];

        *l = raw_prop_line_null();
        l->game_date = p->game_date;
        l->game_id = p->game_id;
        l->is_scheduled = BOOL_TRUE;
        l->player_name = p->player_name;
        l->bookmaker = bookmaker;
        l->market = "player_points";
        l->side = sides[i];
        l->line = line;
        l->row_no = (int32_t)raw->line_count++;
        l->commence_time = start;
        l->posted_at = posted;
    }
}

static bool
add_points_line(World *w, Rng *rng, size_t day)
{
    static const char *const bookmakers[] = {"DraftKings", "FanDuel", "Underdog"};
    const UpcomingPlayer *p = draw_player(w, rng);
    RealDate *raw = world_change(w, day);

    if (p == NULL)
        return false;
    put_up_line(raw, p, bookmakers[rng_below(rng, ARRAY_LEN(bookmakers))], 0.5 + (double)rng_below(rng, 40),
                draw_stamp(w, rng, p->tip_off), p->tip_off);
    w->what = arena_printf(w->arena, "a line of %s", p->player_name);
    return true;
}

/* The game's lines of players once more, with another start and stamp. */
static void
repeat_lines(RealDate *raw, const char *game_id, Instant stamp, Instant start)
{
    const size_t there = raw->line_count;

    for (size_t i = 0; i < there; i++) {
        RawPropLine *l = &raw->lines[raw->line_count];

        if (strcmp(raw->lines[i].game_id, game_id) != 0)
            continue;
        *l = raw->lines[i];
        l->row_no = (int32_t)raw->line_count++;
        l->commence_time = start;
        l->posted_at = stamp;
    }
}

static void
repeat_game_lines(RealDate *raw, const char *game_id, Instant stamp, Instant start)
{
    const size_t there = raw->game_line_count;

    for (size_t i = 0; i < there; i++) {
        RawGameLine *l = &raw->game_lines[raw->game_line_count];

        if (strcmp(raw->game_lines[i].game_id, game_id) != 0)
            continue;
        *l = raw->game_lines[i];
        l->row_no = (int32_t)raw->game_line_count++;
        l->commence_time = start;
        l->snapshot_time = stamp;
    }
}

/* More than the game has, all of which say that it begins two hours later. */
static bool
add_lines_of_another_start(World *w, Rng *rng, size_t day)
{
    const UpcomingPlayer *p = draw_player(w, rng);
    RealDate *raw = world_change(w, day);
    Instant start, stamp;

    if (p == NULL)
        return false;
    start = (Instant){p->tip_off.us + 120 * ONE_MINUTE_US};
    stamp = draw_stamp(w, rng, p->tip_off);
    if (!date_equal(instant_game_date(start), p->game_date))
        return false;
    repeat_lines(raw, p->game_id, stamp, start);
    repeat_game_lines(raw, p->game_id, stamp, start);
    put_up_line(raw, p, "Underdog", 20.5, stamp, start);
    w->what = arena_printf(w->arena, "lines that name another start of %s", p->game_id);
    return true;
}

/* A report that comes too late for its own game may be known before another one. */
static bool
is_before_a_game(const World *w, Instant stamp)
{
    for (size_t i = 0; i < w->before->team_count; i++)
        if (stamp.us < w->before->teams[i].tip_off.us)
            return true;
    return false;
}

static bool
add_report(World *w, Rng *rng, size_t day)
{
    static const char *const statuses[] = {"out", "doubtful", "questionable", "probable"};
    const UpcomingPlayer *p = draw_player(w, rng);
    RealDate *raw = world_change(w, day);
    RawInjuryReport *r = &raw->reports[raw->report_count];

    if (p == NULL)
        return false;
    *r = raw_injury_report_null();
    r->game_date = p->game_date;
    r->team = p->team;
    r->player_name = p->player_name;
    r->report_no = (int32_t)raw->report_count++;
    r->game_id = p->game_id;
    r->is_scheduled = BOOL_TRUE;
    r->status = statuses[rng_below(rng, ARRAY_LEN(statuses))];
    r->report_time = draw_stamp(w, rng, p->tip_off);
    if (w->is_late && is_before_a_game(w, r->report_time))
        return false;
    w->what = arena_printf(w->arena, "%s is reported %s", p->player_name, r->status);
    return true;
}

static bool
add_game_line(World *w, Rng *rng, size_t day)
{
    const UpcomingTeam *t = draw_team(w, rng);
    RealDate *raw = world_change(w, day);
    RawGameLine *l = &raw->game_lines[raw->game_line_count];

    if (t == NULL)
        return false;
    *l = raw_game_line_null();
    l->game_date = t->game_date;
    l->game_id = t->game_id;
    l->row_no = (int32_t)raw->game_line_count++;
    l->is_scheduled = BOOL_TRUE;
    l->bookmaker = "DraftKings";
    l->market = "spreads";
    l->outcome = t->team;
    l->point = (double)rng_below(rng, 20) - 9.5;
    l->snapshot_time = draw_stamp(w, rng, t->tip_off);
    l->commence_time = t->tip_off;
    w->what = arena_printf(w->arena, "%s is given %.1f", t->team, l->point);
    return true;
}

/* ---- draws ---- */

/* What of a date is known on its morning. */
typedef enum {
    KNOWN_BEFORE_THE_DATE, /* outcomes: those of earlier dates only */
    KNOWN_ON_THE_DATE,     /* the schedule, up to and including it */
    KNOWN_BY_TIME,         /* facts of the date itself, up to tip-off */
} Knowledge;

/* A kind of fact; apply is false when the day has none to change. */
typedef struct {
    const char *name;
    bool (*apply)(World *w, Rng *rng, size_t day);
    Knowledge knowledge;
} Kind;

static const Kind kinds[] = {
    {"box-score line changed", change_line, KNOWN_BEFORE_THE_DATE},
    {"box-score line removed", remove_line, KNOWN_BEFORE_THE_DATE},
    {"box-score line added", add_line, KNOWN_BEFORE_THE_DATE},
    {"game's box score removed", remove_game, KNOWN_BEFORE_THE_DATE},
    {"date's outcomes removed", remove_outcomes, KNOWN_BEFORE_THE_DATE},
    {"shot changed", change_shot, KNOWN_BEFORE_THE_DATE},
    {"shot removed", remove_shot, KNOWN_BEFORE_THE_DATE},
    {"shot added", add_shot, KNOWN_BEFORE_THE_DATE},
    {"game unscheduled", remove_game_entry, KNOWN_ON_THE_DATE},
    {"game scheduled", add_game_entry, KNOWN_ON_THE_DATE},
    {"game put off", postpone_game, KNOWN_ON_THE_DATE},
    {"sides swapped", swap_sides, KNOWN_ON_THE_DATE},
    {"tip-off changed", change_tip_off, KNOWN_ON_THE_DATE},
    {"points line", add_points_line, KNOWN_BY_TIME},
    {"lines of another start", add_lines_of_another_start, KNOWN_BY_TIME},
    {"injury report", add_report, KNOWN_BY_TIME},
    {"spread", add_game_line, KNOWN_BY_TIME},
};

/* A day from first on; half of the draws are among the nearest. */
static size_t
draw_later(const Suite *s, Rng *rng, size_t first)
{
    const size_t room = s->season->day_count - first;
    const size_t near = room < NEAR_DAYS ? room : NEAR_DAYS;

    return first + (rng_below(rng, 2) == 0 ? rng_below(rng, 1 + rng_below(rng, near)) : rng_below(rng, room));
}

/* One of the days that end with last; half of the draws are last itself. */
static size_t
draw_earlier(Rng *rng, size_t last)
{
    const size_t near = last + 1 < NEAR_DAYS ? last + 1 : NEAR_DAYS;

    return rng_below(rng, 2) == 0 ? last : last - rng_below(rng, near);
}

/* A day on which to change a fact of that kind: one that is later than what is known on the morning of
 * the day (for facts with a time the day itself), or earlier. False when there is none. */
static bool
draw_day(const Suite *s, Rng *rng, const Kind *kind, size_t day, bool is_later, size_t *at)
{
    const size_t first_unknown = kind->knowledge == KNOWN_ON_THE_DATE ? day + 1 : day;

    *at = day;
    if (kind->knowledge == KNOWN_BY_TIME)
        return true;
    if (is_later ? first_unknown >= s->season->day_count : first_unknown == 0)
        return false;
    *at = is_later ? draw_later(s, rng, first_unknown) : draw_earlier(rng, first_unknown - 1);
    return true;
}

/* Makes the world anew with one fact of that kind changed. */
static bool
draw_fact(const Suite *s, Rng *rng, const Kind *kind, size_t day, World *w)
{
    const World blank = *w;
    char text[DATE_TEXT_LEN];
    size_t at;

    for (int i = 0; i < TRIES; i++) {
        *w = world_of(s->season, blank.arena);
        w->before = blank.before;
        w->is_late = blank.is_late;
        if (!draw_day(s, rng, kind, day, w->is_late, &at) || !kind->apply(w, rng, at))
            continue;
        for (size_t k = 0; k < w->changed_count; k++) {
            Day *d = &w->changed[k];

            d->summaries = summarise(d->date, &d->raw, w->schedule, w->schedule_count, w->arena);
        }
        w->what = arena_printf(w->arena, "%s on %s", w->what, date_format(s->season->days[at].date, text));
        return true;
    }
    return false;
}

typedef struct {
    size_t facts, moved;
} Tally;

static void
print_leak(const char *table, GameDate date, const char *what)
{
    char text[DATE_TEXT_LEN];

    print_message("leak: %s of %s moves: %s\n", table, date_format(date, text), what);
}

/* Draws facts for one day and counts those that move its rows; each kind has its turn. */
static void
try_day(Suite *s, size_t day, bool is_later, size_t facts, Tally tally[ARRAY_LEN(kinds)])
{
    Arena *base_arena = arena_new(0), *a = arena_new(0);
    const World as_is = world_of(s->season, base_arena);
    const CellRows rows = world_cells(&as_is, day);
    const CellDigest base = cells_digest(&rows, base_arena);

    for (size_t i = 0; i < facts; i++) {
        const size_t k = (day + i) % ARRAY_LEN(kinds);
        World w = {.arena = a, .before = rows.context, .is_late = is_later};
        CellRows now;
        const char *table;

        arena_reset(a);
        if (!draw_fact(s, &s->rng, &kinds[k], day, &w))
            continue;
        now = world_cells(&w, day);
        table = moved_table(&base, &now, a);
        tally[k].facts++;
        tally[k].moved += table != NULL;
        if (is_later && table != NULL)
            print_leak(table, s->season->days[day].date, w.what);
    }
    arena_free(a);
    arena_free(base_arena);
}

static size_t
days_with_outcomes(const Season *s)
{
    size_t n = 0;

    for (size_t day = 0; day < s->day_count; day++)
        n += s->days[day].summaries->player_count > 0;
    return n;
}

static Tally
try_days(Suite *s, bool is_later, size_t facts, Tally tally[ARRAY_LEN(kinds)])
{
    const size_t facts_a_day = facts / days_with_outcomes(s->season) + 1;
    Tally all = {0};

    for (size_t day = 0; day < s->season->day_count && all.moved < (is_later ? LEAKS_SHOWN : SIZE_MAX); day++) {
        if (s->season->days[day].summaries->player_count == 0)
            continue;
        try_day(s, day, is_later, facts_a_day, tally);
        all = (Tally){0};
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
            all.facts += tally[k].facts;
            all.moved += tally[k].moved;
        }
    }
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
        print_message("%s, %s: %zu facts, %zu move rows\n", kinds[k].name, is_later ? "later" : "earlier",
                      tally[k].facts, tally[k].moved);
    return all;
}

/* ---- claims ---- */

static void
nothing_from_a_date_on_moves_its_rows(void **state)
{
    Tally tally[ARRAY_LEN(kinds)] = {0};
    const Tally all = try_days(*state, true, LATER_FACTS, tally);

    assert_int_equal(all.moved, 0);
    assert_true(all.facts >= LATER_FACTS_LEAST);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
        assert_true(tally[k].facts >= LATER_FACTS_LEAST_A_KIND);
}

static void
what_lies_before_a_date_moves_them(void **state)
{
    Tally tally[ARRAY_LEN(kinds)] = {0};
    const Tally all = try_days(*state, false, EARLIER_FACTS, tally);

    assert_true(2 * all.moved > all.facts);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
        assert_true(tally[k].moved > 0);
}

/* ---- the season ---- */

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* An invented season where the recorded one is not at hand. Of every other game only the lines say when it
 * begins. */
static Season *
simulated_season(Arena *a)
{
    char *dir = arena_strdup(a, "/tmp/tipoff-leak.XXXXXX");
    const SimulateJob job = {
        .season_year = 2025, .seed = 1, .teams = MOST_TEAMS, .max_dates = SIMULATED_DATES, .dir = mkdtemp(dir)};
    SimulateResult result;
    RealSeason feeds;
    Err err = {0};
    Season *s;

    if (job.dir == NULL || !simulate_season(&job, &result, &err)) {
        print_error("%s: %s\n", dir, err.msg);
        abort();
    }
    feeds = season_in(dir, a);
    for (size_t i = 0; i < feeds.schedule_count; i += 2)
        feeds.schedule[i].tip_off = INSTANT_NULL;
    s = season_load(feeds, a);
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return s;
}

/* The recorded season has no injury reports: every other day gets some, of the morning. */
static Season *
recorded_season(RealSeason feeds, Arena *a)
{
    static const char *const statuses[] = {"questionable", "out", "probable"};
    Season *s = season_load(feeds, a);

    for (size_t day = 0; day < s->day_count; day += 2) {
        RealDate *raw = &s->days[day].raw;

        for (size_t i = 0; i < raw->box_count; i += 9) {
            const RawBoxscore *b = &raw->box[i];

            raw->reports[raw->report_count] = (RawInjuryReport){
                .game_date = b->game_date,
                .team = b->team,
                .player_name = b->player_name,
                .report_no = (int32_t)raw->report_count,
                .game_id = b->game_id,
                .is_scheduled = b->is_scheduled,
                .status = statuses[i / 9 % ARRAY_LEN(statuses)],
                .report_time = date_eastern_instant(b->game_date, 9, 30)};
            raw->report_count++;
        }
    }
    return s;
}

static int
load_suite(void **state)
{
    Arena *a = arena_new(0);
    Suite *s = arena_alloc(a, sizeof *s);
    const char *seed = getenv("TIPOFF_LEAK_SEED");
    const RealSeason feeds = real_season(a);
    const uint64_t number = seed != NULL ? strtoull(seed, NULL, 10) : DEFAULT_SEED;

    *s = (Suite){.arena = a, .rng = rng_seeded(number)};
    s->season = feeds.dir != NULL ? recorded_season(feeds, a) : simulated_season(a);
    print_message("seed %llu, %s season\n", (unsigned long long)number, feeds.dir != NULL ? "recorded" : "simulated");
    *state = s;
    return 0;
}

static int
drop_suite(void **state)
{
    arena_free(((Suite *)*state)->arena);
    return 0;
}

/* With a claim's name, that one alone. */
int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_from_a_date_on_moves_its_rows),
        cmocka_unit_test(what_lies_before_a_date_moves_them),
    };

    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, load_suite, drop_suite);
}
