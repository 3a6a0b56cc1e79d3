/*
 * workers/precompute/player_shot_zone_core.c
 *    Where each player of the season takes his shots and how well he makes them.
 */
#include "workers/precompute/player_shot_zone_core.h"
#include "workers/league/affected.h"

enum {
    FINAL_MINIMUM_GAMES = 10,
    SHORT_WINDOW = 10,
    LONG_WINDOW = 20,
    LONG_WINDOW_MINIMUM = 15,
    MEDIUM_TIER_GAMES = 7,
};

typedef struct {
    WindowCount window; /* used: games whose zones are known */
    int32_t played;
    ZoneSum zones[ZONE_COUNT];
    double rate_pct[ZONE_COUNT]; /* percent of all shots; all NULL unless each zone is known */
    int64_t shots;
} ShotWindow;

const char *
primary_scoring_zone(double paint_rate, double mid_range_rate, double three_pt_rate)
{
    if (f64_is_null(paint_rate) || f64_is_null(mid_range_rate) || f64_is_null(three_pt_rate))
        return NULL;
    if (paint_rate >= 40)
        return zone_name(ZONE_PAINT);
    if (three_pt_rate >= 40)
        return zone_name(ZONE_PERIMETER);
    if (mid_range_rate >= 35)
        return zone_name(ZONE_MID_RANGE);
    return "balanced";
}

const char *
shot_sample_quality(int32_t games, int32_t size)
{
    if (games >= size)
        return "excellent";
    if (games >= size * 7 / 10)
        return "good";
    return games >= size / 2 ? "limited" : "insufficient";
}

static const char *
quality_tier(int32_t games, int32_t minimum)
{
    if (games >= minimum)
        return "high";
    return games >= MEDIUM_TIER_GAMES ? "medium" : "low";
}

/* The newest limit games of a history: those played count, of them those whose zones are known. */
static ShotWindow
shot_window(const PlayerHistory *h, size_t limit)
{
    const WindowCount games = history_newest(h, limit);
    ShotWindow w = {.played = games.used, .window.expected = games.expected};
    bool has_all = true;

    for (size_t i = (size_t)games.used; i-- > 0;) {
        const PlayerGame *g = h->played[i];

        w.window.used += !i32_is_null(g->paint_attempts);
        zone_add(&w.zones[ZONE_PAINT], g->paint_attempts, g->paint_makes);
        zone_add(&w.zones[ZONE_MID_RANGE], g->mid_attempts, g->mid_makes);
        zone_add(&w.zones[ZONE_PERIMETER], g->three_attempts_shots, g->three_makes_shots);
    }
    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++) {
        w.shots += w.zones[z].attempts;
        has_all = has_all && w.zones[z].games > 0;
    }
    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++) {
        w.rate_pct[z] = NULL_F64;
        if (has_all && w.shots > 0)
            w.rate_pct[z] = window_value(w.window, (double)w.zones[z].attempts / (double)w.shots * 100);
    }
    return w;
}

static double
made_fraction(const ShotWindow *w, Zone zone)
{
    return window_value(w->window, zone_pct(&w->zones[zone]));
}

static double
attempts_a_game(const ShotWindow *w, Zone zone)
{
    return window_value(w->window, zone_attempts_per_game(&w->zones[zone]));
}

static void
fill_short_window(PlayerZone *row, const ShotWindow *w)
{
    const double *rate = w->rate_pct;

    row->games_in_sample_10 = w->played;
    row->sample_quality_10 = shot_sample_quality(w->played, SHORT_WINDOW);
    row->total_shots_last_10 = (int32_t)w->shots;
    row->paint_rate_last_10 = rate[ZONE_PAINT];
    row->mid_range_rate_last_10 = rate[ZONE_MID_RANGE];
    row->three_pt_rate_last_10 = rate[ZONE_PERIMETER];
    row->paint_pct_last_10 = made_fraction(w, ZONE_PAINT);
    row->mid_range_pct_last_10 = made_fraction(w, ZONE_MID_RANGE);
    row->three_pt_pct_last_10 = made_fraction(w, ZONE_PERIMETER);
    row->paint_attempts_per_game = attempts_a_game(w, ZONE_PAINT);
    row->mid_range_attempts_per_game = attempts_a_game(w, ZONE_MID_RANGE);
    row->three_pt_attempts_per_game = attempts_a_game(w, ZONE_PERIMETER);
    row->primary_scoring_zone = primary_scoring_zone(rate[ZONE_PAINT], rate[ZONE_MID_RANGE], rate[ZONE_PERIMETER]);
    row->window_10_used = w->window.used;
    row->window_10_expected = w->window.expected;
}

static void
fill_long_window(PlayerZone *row, const ShotWindow *w)
{
    const bool is_enough = w->played >= LONG_WINDOW_MINIMUM;

    row->sample_quality_20 = shot_sample_quality(w->played, LONG_WINDOW);
    row->games_in_sample_20 = is_enough ? w->played : NULL_I32;
    row->paint_rate_last_20 = is_enough ? w->rate_pct[ZONE_PAINT] : NULL_F64;
    row->paint_pct_last_20 = is_enough ? made_fraction(w, ZONE_PAINT) : NULL_F64;
    row->window_20_used = w->window.used;
    row->window_20_expected = w->window.expected;
}

static void
fill_completeness(PlayerZone *row, const ShotWindow *last_10, const ShotWindow *last_20, Arena *a)
{
    static const char *const columns_10[] = {
        "paint_rate_last_10",      "mid_range_rate_last_10",      "three_pt_rate_last_10",
        "paint_pct_last_10",       "mid_range_pct_last_10",       "three_pt_pct_last_10",
        "paint_attempts_per_game", "mid_range_attempts_per_game", "three_pt_attempts_per_game",
        "total_shots_last_10",     "primary_scoring_zone",        NULL};
    static const char *const columns_20[] = {"paint_rate_last_20", "paint_pct_last_20", NULL};
    WindowNotes notes = window_notes();

    window_note(&notes, last_10->window, columns_10);
    window_note(&notes, last_20->window, columns_20);
    row->incomplete_fields = window_note_names(&notes, a);
    row->completeness_pct = notes.worst_pct;
    row->is_production_ready = notes.is_ready;
}

static PlayerZone
player_row(const LeagueView *v, const LeaguePlayer *p, int32_t minimum, Arena *a)
{
    const PlayerHistory h = player_history(v, p, p->team, a);
    const ShotWindow last_10 = shot_window(&h, SHORT_WINDOW);
    const ShotWindow last_20 = shot_window(&h, LONG_WINDOW);
    PlayerZone row = {.game_date = v->date, .player_lookup = p->lookup};

    fill_short_window(&row, &last_10);
    fill_long_window(&row, &last_20);
    fill_completeness(&row, &last_10, &last_20, a);
    row.minimum_games = minimum;
    row.data_quality_tier = quality_tier(row.games_in_sample_10, minimum);
    row.early_season_flag = minimum < FINAL_MINIMUM_GAMES ? BOOL_TRUE : BOOL_FALSE;
    return row;
}

/* Why a player with so few games is skipped: the same words for all with as many, made once. */
static const char *
too_few(size_t games, int32_t minimum, const char *details[FINAL_MINIMUM_GAMES], Arena *a)
{
    if (details[games] == NULL)
        details[games] = arena_printf(a, "%zu played games, %d needed", games, minimum);
    return details[games];
}

void
player_shot_zone_compute_of(const LeagueView *v, const AffectedRows *only, Arena *a, PlayerZoneResult *out)
{
    const int32_t minimum = league_minimum_games(v, FINAL_MINIMUM_GAMES);
    const char *details[FINAL_MINIMUM_GAMES] = {NULL};
    SkippedList skipped = skipped_new(v->player_count, a);

    *out = (PlayerZoneResult){.rows = arena_array(a, v->player_count, sizeof(PlayerZone))};
    for (size_t i = 0; i < v->player_count; i++) {
        const LeaguePlayer *p = &v->players[i];

        if (p->played_count < (size_t)minimum) {
            skipped_add(&skipped, v->date, "player_shot_zone", p->lookup, SKIP_INSUFFICIENT_DATA,
                        too_few(p->played_count, minimum, details, a));
            continue;
        }
        out->expected++;
        if (is_affected(only, p->lookup))
            out->rows[out->count++] = player_row(v, p, minimum, a);
    }
    out->skipped = skipped.rows;
    out->skipped_count = skipped.count;
}

void
player_shot_zone_compute(const LeagueView *v, Arena *a, PlayerZoneResult *out)
{
    player_shot_zone_compute_of(v, NULL, a, out);
}
