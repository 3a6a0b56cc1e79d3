/*
 * ops/simulator/calendar.c
 *    Games are put where they cost least, and then taken out and put back for a few rounds.
 */
#include "ops/simulator/calendar.h"
#include <string.h>

enum { OPENING_GAMES = 2, ROUNDS = 10, NO_GAME = 0, HAS_GAME = 1, FOREVER = 1000 };

/* Share of a week's games, from Monday. */
static const double weekday_share[7] = {0.154, 0.103, 0.174, 0.115, 0.170, 0.136, 0.148};

/* What days between two games of a team cost: one is a back-to-back. */
static const double gap_cost[] = {FOREVER, 1.1, 0.0, 0.6, 2.2, 4.0, 6.0, 8.0, 10.0};
static const double three_in_a_row_cost = FOREVER, four_in_five_cost = 2.0,
                    load_cost = 0.5; /* the last: of thirty teams */

typedef struct {
    const League *league;
    int32_t season_year;
    GameDate opening;
    bool is_open[CALENDAR_DAYS];
    double wanted[CALENDAR_DAYS]; /* games on the day */
    double load_cost;             /* of a game too many, squared: a small league notices sooner */
    int load[CALENDAR_DAYS];
    signed char plays[TEAM_COUNT][CALENDAR_DAYS];
} Calendar;

static GameDate
day_of(int year, int month, int day)
{
    GameDate d = GAME_DATE_NULL;

    (void)!date_make(year, month, day, &d); /* the callers' days exist */
    return d;
}

int
date_weekday(GameDate d)
{
    return (int)(((int64_t)d.days + 3) % 7); /* 1970-01-01 was a Thursday */
}

GameDate
calendar_opening(int32_t season_year)
{
    GameDate d = day_of(season_year, 10, 18);

    while (date_weekday(d) != 1)
        d = date_add(d, 1);
    return d;
}

GameDate
calendar_cup_final(int32_t season_year)
{
    return date_add(calendar_opening(season_year), 56);
}

static bool
is_thanksgiving(GameDate d)
{
    int year, month, day;

    date_parts(d, &year, &month, &day);
    return month == 11 && date_weekday(d) == 3 && day >= 22 && day <= 28;
}

bool
calendar_has_games(int32_t season_year, GameDate d)
{
    const int32_t day = date_diff(d, calendar_opening(season_year));
    const bool is_break = day >= 114 && day <= 120, is_cup = day == 56 || day == 57;

    if (day < 0 || day >= CALENDAR_DAYS || is_break || is_cup || day == CALENDAR_DAYS - 2)
        return false;
    return !is_thanksgiving(d) && !date_equal(d, day_of(season_year, 12, 24));
}

static void
set_wanted(Calendar *c, size_t games, Rng *r)
{
    const double per_night = (double)c->league->team_count / 2.0;
    double sum = 0.0;

    for (int d = 0; d < CALENDAR_DAYS; d++) {
        const double whim = clamped(dice_normal(r, 1.0, 0.33), 0.3, 1.7);

        c->is_open[d] = calendar_has_games(c->season_year, date_add(c->opening, d));
        c->wanted[d] = c->is_open[d] ? weekday_share[date_weekday(date_add(c->opening, d))] * whim : 0.0;
        sum += c->wanted[d];
    }
    for (int d = 0; d < CALENDAR_DAYS; d++)
        c->wanted[d] *= (double)games / sum;
    c->load_cost = load_cost * TEAM_COUNT / (double)c->league->team_count;
    c->wanted[0] = clamped(OPENING_GAMES, 1.0, per_night);
    c->wanted[CALENDAR_DAYS - 1] = per_night;
}

/* The nearest day with a game before (step -1) or after (step 1), FOREVER days away if there is none. */
static int
days_to_game(const signed char plays[CALENDAR_DAYS], int day, int step)
{
    for (int d = day + step, n = 1; d >= 0 && d < CALENDAR_DAYS; d += step, n++)
        if (plays[d] == HAS_GAME)
            return n;
    return FOREVER;
}

static double
cost_of_gap(int days)
{
    if (days == FOREVER)
        return 0.0;
    return (size_t)days < ARRAY_LEN(gap_cost) ? gap_cost[days] : gap_cost[ARRAY_LEN(gap_cost) - 1] + days - 8.0;
}

static int
games_within(const signed char plays[CALENDAR_DAYS], int from, int to)
{
    int n = 0;

    for (int d = from < 0 ? 0 : from; d <= to && d < CALENDAR_DAYS; d++)
        n += plays[d] == HAS_GAME;
    return n;
}

/* What it costs the team to play on a day on which it does not play yet. */
static double
cost_of_rest(const signed char plays[CALENDAR_DAYS], int day)
{
    const int before = days_to_game(plays, day, -1), after = days_to_game(plays, day, 1);
    const int between = before == FOREVER || after == FOREVER ? FOREVER : before + after;
    double cost = cost_of_gap(before) + cost_of_gap(after) - cost_of_gap(between);

    for (int first = day - 2; first <= day; first++)
        cost += games_within(plays, first, first + 2) == 2 ? three_in_a_row_cost : 0.0;
    for (int first = day - 4; first <= day; first++)
        cost += games_within(plays, first, first + 4) >= 3 ? four_in_five_cost : 0.0;
    return cost;
}

static double
cost_of_day(const Calendar *c, const Matchup *m, int day)
{
    const double over = c->load[day] + 0.5 - c->wanted[day];

    return cost_of_rest(c->plays[m->home], day) + cost_of_rest(c->plays[m->away], day) + c->load_cost * 2.0 * over;
}

static void
mark(Calendar *c, const Matchup *m, int day, bool plays)
{
    c->plays[m->home][day] = c->plays[m->away][day] = plays ? HAS_GAME : NO_GAME;
    c->load[day] += plays ? 1 : -1;
}

static int
best_day(const Calendar *c, const Matchup *m, Rng *r)
{
    double best_cost = 1e9;
    int best = 0;

    for (int d = 0; d < CALENDAR_DAYS; d++) {
        double cost;

        if (!c->is_open[d] || c->plays[m->home][d] == HAS_GAME || c->plays[m->away][d] == HAS_GAME)
            continue;
        cost = cost_of_day(c, m, d) + dice_between(r, 0.0, 0.8);
        if (cost < best_cost) {
            best_cost = cost;
            best = d;
        }
    }
    return best;
}

static size_t *
shuffled(size_t count, Rng *r, Arena *a)
{
    size_t *order = arena_array(a, count, sizeof *order);

    for (size_t i = 0; i < count; i++) {
        const size_t j = rng_below(r, i + 1);

        order[i] = order[j];
        order[j] = i;
    }
    return order;
}

const GameDate *
calendar_spread(const League *l, int32_t season_year, const Matchup *games, size_t count, Arena *a)
{
    Rng r = dice_stream(l->seed, DICE_SCHEDULE, 0, 0);
    Calendar *c = arena_alloc(a, sizeof *c);
    GameDate *dates = arena_array(a, count, sizeof *dates);
    int *days = arena_array(a, count, sizeof *days);

    c->league = l;
    c->season_year = season_year;
    c->opening = calendar_opening(season_year);
    set_wanted(c, count, &r);
    for (int round = 0; round <= ROUNDS; round++) {
        const size_t *order = shuffled(count, &r, a);

        for (size_t i = 0; i < count; i++) {
            const size_t g = order[i];

            if (round > 0)
                mark(c, &games[g], days[g], false);
            days[g] = best_day(c, &games[g], &r);
            mark(c, &games[g], days[g], true);
        }
    }
    for (size_t i = 0; i < count; i++)
        dates[i] = date_add(c->opening, days[i]);
    return dates;
}

bool
team_can_play(const TeamDates *t, GameDate d)
{
    int near[5] = {0}; /* games from two days before to two days after */

    for (size_t i = 0; i < t->count; i++) {
        const int32_t apart = date_diff(t->dates[i], d);

        if (apart >= -2 && apart <= 2)
            near[apart + 2]++;
    }
    return near[2] == 0 && near[0] + near[1] < 2 && near[1] + near[3] < 2 && near[3] + near[4] < 2;
}
