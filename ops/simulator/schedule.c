/*
 * ops/simulator/schedule.c
 *    Tip-offs, identifiers, postponements; the matchups and their dates come from beside.
 */
#include "ops/simulator/schedule.h"
#include <stdlib.h>
#include "ops/simulator/calendar.h"

enum { POSTPONED = 4, MONTH_DAYS = 32 };

/* Local clock of a tip-off, and how likely. */
typedef struct {
    int hour, minute;
    double weekday, weekend;
} TipSlot;

static const TipSlot tip_slots[] = {
    {12, 10, 0.00, 0.04}, {15, 10, 0.00, 0.06}, {15, 40, 0.00, 0.06}, {17, 10, 0.00, 0.10},
    {18, 10, 0.00, 0.16}, {19, 10, 0.62, 0.38}, {19, 40, 0.26, 0.12}, {20, 10, 0.12, 0.08},
};

static Instant
tip_off(GameDate date, const SimTeam *home, Rng *r)
{
    const bool is_weekend = date_weekday(date) >= 5;
    double weights[ARRAY_LEN(tip_slots)];
    const TipSlot *slot;
    int eastern;

    for (size_t i = 0; i < ARRAY_LEN(tip_slots); i++)
        weights[i] = is_weekend ? tip_slots[i].weekend : tip_slots[i].weekday;
    slot = &tip_slots[dice_weighted(r, weights, ARRAY_LEN(tip_slots))];
    eastern = slot->hour + home->hours_behind;
    /* nobody in the East would stay up for a later start */
    if (eastern > 22)
        return date_eastern_instant(date, 22, 40);
    return date_eastern_instant(date, eastern, slot->minute);
}

static int
game_cmp(const void *x, const void *y)
{
    const SimGame *a = x, *b = y;

    if (!date_equal(a->date, b->date))
        return date_before(a->date, b->date) ? -1 : 1;
    return a->number - b->number;
}

/* ---- postponed games ---- */

static TeamDates
dates_of(const SimSchedule *s, const SimTeam *team, const SimGame *but, Arena *a)
{
    GameDate *dates = arena_array(a, s->count, sizeof *dates);
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++) {
        const SimGame *g = &s->games[i];

        if (g != but && (g->home == team || g->away == team))
            dates[n++] = g->date;
    }
    return (TeamDates){dates, n};
}

static size_t
games_on(const SimSchedule *s, GameDate d)
{
    size_t n = 0;

    for (size_t i = 0; i < s->count; i++)
        n += date_equal(s->games[i].date, d);
    return n;
}

/* A later date with games on which both could play; GAME_DATE_NULL when there is none soon. */
static GameDate
later_date(const SimSchedule *s, const SimGame *g, Arena *a)
{
    const TeamDates home = dates_of(s, g->home, g, a), away = dates_of(s, g->away, g, a);

    for (int32_t days = 6; days < MONTH_DAYS; days++) {
        const GameDate d = date_add(g->date, days);

        if (calendar_has_games(s->season_year, d) && games_on(s, d) > 0 && team_can_play(&home, d)
            && team_can_play(&away, d))
            return d;
    }
    return GAME_DATE_NULL;
}

/* A game that can be spared on its date and has a later one: the first from some game on. */
static void
postpone_one(SimSchedule *s, size_t from, Rng *r, Arena *a)
{
    for (size_t i = from; i < s->count; i++) {
        SimGame *g = &s->games[i];
        GameDate d;

        if (game_was_postponed(g) || games_on(s, g->date) < 3)
            continue;
        d = later_date(s, g, a);
        if (date_is_null(d))
            continue;
        g->date = d;
        g->tip_off = tip_off(d, g->home, r);
        return;
    }
}

static void
postpone_some(SimSchedule *s, uint64_t seed, Arena *a)
{
    Rng r = dice_stream(seed, DICE_POSTPONED, 0, 0);
    const size_t regular = s->count;

    for (size_t i = 0; i < POSTPONED; i++)
        postpone_one(s, regular * (2 * i + 1) / 9 + rng_below(&r, regular / 40 + 1), &r, a);
    qsort(s->games, s->count, sizeof *s->games, game_cmp);
}

bool
game_was_postponed(const SimGame *g)
{
    return !date_equal(g->date, g->first_date);
}

/* ---- the season ---- */

static void
name_game(SimGame *g, const SimSchedule *s, uint64_t seed, Arena *a)
{
    Rng r = dice_stream(seed, DICE_TIP_OFFS, (uint64_t)g->number, 1);
    const int year = s->season_year % 100;
    uint64_t high;

    g->official_id = g->is_cup_final ? arena_printf(a, "6%02d00001", year)
                                     : arena_printf(a, "2%02d%05d", year, g->number + 1);
    high = rng_u64(&r);
    g->odds_id = arena_printf(a, "%016llx%016llx", (unsigned long long)high, (unsigned long long)rng_u64(&r));
}

static void
place_games(SimSchedule *s, const League *l, const Matchup *matchups, const GameDate *dates, size_t count)
{
    for (size_t i = 0; i < count; i++)
        s->games[i] = (SimGame){.number = (int)i,
                                .home = &l->teams[matchups[i].home],
                                .away = &l->teams[matchups[i].away],
                                .date = dates[i],
                                .first_date = dates[i]};
    s->count = count;
    qsort(s->games, count, sizeof *s->games, game_cmp);
}

/* Between the teams of two conferences that were drawn first. */
static void
add_cup_final(SimSchedule *s, const League *l)
{
    Rng r = dice_stream(l->seed, DICE_TIP_OFFS, 0, 2);
    const GameDate date = calendar_cup_final(s->season_year);
    const size_t home = rng_below(&r, l->team_count);

    s->games[s->count] = (SimGame){.number = (int)s->count,
                                   .home = &l->teams[home],
                                   .away = &l->teams[(home + 1 + rng_below(&r, l->team_count - 1)) % l->team_count],
                                   .date = date,
                                   .first_date = date,
                                   .is_cup_final = true};
    s->count++;
}

SimSchedule
schedule_make(const League *l, int32_t season_year, Arena *a)
{
    SimSchedule s = {.season_year = season_year};
    size_t count;
    const Matchup *matchups = matchups_make(l, &count, a);
    const GameDate *dates = calendar_spread(l, season_year, matchups, count, a);

    s.games = arena_array(a, count + 1, sizeof *s.games);
    place_games(&s, l, matchups, dates, count);
    for (size_t i = 0; i < count; i++) {
        SimGame *g = &s.games[i];
        Rng r = dice_stream(l->seed, DICE_TIP_OFFS, i, 0);

        g->number = (int)i; /* in the order of the season as first announced */
        name_game(g, &s, l->seed, a);
        g->tip_off = g->first_tip_off = tip_off(g->date, g->home, &r);
    }
    postpone_some(&s, l->seed, a);
    add_cup_final(&s, l);
    s.games[count].tip_off = s.games[count].first_tip_off = date_eastern_instant(s.games[count].date, 20, 40);
    name_game(&s.games[count], &s, l->seed, a);
    qsort(s.games, s.count, sizeof *s.games, game_cmp);
    return s;
}
