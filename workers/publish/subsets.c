/*
 * workers/publish/subsets.c
 *    The groups as a table, their selection, and their records.
 */
#include "workers/publish/subsets.h"

#include <assert.h>
#include <string.h>
#include "workers/predictions/actionable.h"

const SubsetDef subset_table[SUBSET_COUNT] = {
    {"1", "top_pick", "Top Pick", "The strongest OVER of the day", 5.0, "OVER", true, 1, 85},
    {"2", "top_3", "Top 3", "The three strongest OVERs of the day", 5.0, "OVER", true, 3, 82},
    {"3", "top_5", "Top 5", "The five strongest picks of the day, either way", 5.0, NULL, true, 5, 78},
    {"4", "high_edge_over", "High Edge OVER", "Every strong OVER", 5.0, "OVER", false, 0, 82},
    {"5", "high_edge_all", "High Edge All", "Every strong pick, either way", 5.0, NULL, false, 0, 67},
    {"6", "ultra_high_edge", "Ultra High Edge", "Every very strong pick, either way", 7.0, NULL, false, 0, 74},
    {"7", "green_light", "Green Light", "Every strong pick of a day that is not lopsided", 5.0, NULL, true, 0, 80},
    {"8", "all_picks", "All Picks", "Every pick with some margin, either way", 3.0, NULL, false, 0, 60},
};

static bool
fits(const SubsetDef *subset, const Pick *p)
{
    return pick_is_recommended(p) && !quality_is_low(p->quality_score) && p->edge >= subset->min_edge
           && (subset->direction == NULL || strcmp(subset->direction, p->recommendation) == 0);
}

Selection
subset_select(const SubsetDef *subset, const PickDay *day, Arena *a)
{
    const Pick **picks = arena_array(a, day->count, sizeof(*picks));
    size_t limit = subset->top_n > 0 ? subset->top_n : day->count;
    size_t n = 0;

    if (subset->skips_red_days && day->signal == SIGNAL_RED)
        limit = 0;
    for (size_t i = 0; i < day->count && n < limit; i++)
        if (fits(subset, &day->picks[i]))
            picks[n++] = &day->picks[i];
    return (Selection){.picks = picks, .count = n};
}

static GameDate
day_of(int year, int month, int day)
{
    GameDate out;
    bool exists = date_make(year, month, day, &out);

    assert(exists);
    (void)exists;
    return out;
}

GameDate
record_season_start(GameDate date)
{
    return day_of(date_season_year(date), 11, 1);
}

static GameDate
month_start(GameDate date)
{
    int year, month, day;

    date_parts(date, &year, &month, &day);
    return day_of(year, month, 1);
}

/* 1970-01-05, day 4, was a Monday. */
static GameDate
week_start(GameDate date)
{
    int32_t weekday = (date.days - 4) % 7;

    return date_add(date, weekday < 0 ? -(weekday + 7) : -weekday);
}

static bool
has_result(const Pick *p, const char *result)
{
    return p->result != NULL && strcmp(p->result, result) == 0;
}

Tally
subset_tally(const SubsetDef *subset, const PickDay *day, Arena *a)
{
    const Selection s = subset_select(subset, day, a);
    Tally t = {.picks = (int32_t)s.count};

    for (size_t i = 0; i < s.count; i++) {
        const Pick *p = s.picks[i];
        bool is_win = has_result(p, "hit");
        bool is_loss = has_result(p, "miss");

        t.wins += is_win;
        t.losses += is_loss;
        t.pushes += has_result(p, "push");
        t.voids += has_result(p, "void");
        t.live_wins += is_win && p->is_live;
        t.live_losses += is_loss && p->is_live;
    }
    return t;
}

static void
tally_add(Tally *t, const Tally *more)
{
    t->picks += more->picks;
    t->wins += more->wins;
    t->losses += more->losses;
    t->pushes += more->pushes;
    t->voids += more->voids;
    t->live_wins += more->live_wins;
    t->live_losses += more->live_losses;
}

double
tally_units(const Tally *t)
{
    static const double per_win = 0.909;

    return per_win * t->wins - t->losses;
}

double
tally_roi_pct(const Tally *t)
{
    const int32_t graded = t->wins + t->losses + t->pushes;

    return graded == 0 ? NULL_F64 : 100.0 * tally_units(t) / graded;
}

double
tally_hit_pct(const Tally *t)
{
    const int32_t decided = t->wins + t->losses;

    return decided == 0 ? NULL_F64 : 100.0 * t->wins / decided;
}

Tally
subset_tally_between(const SubsetDef *subset, const PickDays *days, GameDate from, GameDate to, Arena *a)
{
    Tally sum = {0};

    for (size_t i = 0; i < days->count; i++) {
        const PickDay *day = &days->days[i];
        Tally t;

        if (date_before(day->date, from) || date_before(to, day->date))
            continue;
        t = subset_tally(subset, day, a);
        tally_add(&sum, &t);
    }
    return sum;
}

SubsetRecord
subset_record(const SubsetDef *subset, const PickDays *days, GameDate anchor, GameDate last, Arena *a)
{
    const GameDate season = record_season_start(anchor);
    const GameDate month = month_start(anchor);
    const GameDate week = week_start(anchor);
    SubsetRecord r = {0};

    for (size_t i = 0; i < days->count; i++) {
        const PickDay *day = &days->days[i];
        Tally t;

        if (date_before(day->date, season) || date_before(last, day->date))
            continue;
        t = subset_tally(subset, day, a);
        tally_add(&r.season, &t);
        if (!date_before(day->date, month))
            tally_add(&r.month, &t);
        if (!date_before(day->date, week))
            tally_add(&r.week, &t);
    }
    return r;
}
