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

static ShotWindow
shot_window(const PlayerGame *const *games, size_t count)
{
    ShotWindow w = {0};
    bool has_all = true;

    for (size_t i = count; i-- > 0;) {
        const PlayerGame *g = games[i];

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
            w.rate_pct[z] = (double)w.zones[z].attempts / (double)w.shots * 100;
    }
    return w;
}

static void
fill_short_window(PlayerZone *row, const PlayerGame *const *games, int32_t count)
{
    const ShotWindow w = shot_window(games, (size_t)count);
    const double *rate = w.rate_pct;

    row->games_in_sample_10 = count;
    row->sample_quality_10 = shot_sample_quality(count, SHORT_WINDOW);
    row->total_shots_last_10 = (int32_t)w.shots;
    row->paint_rate_last_10 = rate[ZONE_PAINT];
    row->mid_range_rate_last_10 = rate[ZONE_MID_RANGE];
    row->three_pt_rate_last_10 = rate[ZONE_PERIMETER];
    row->paint_pct_last_10 = zone_pct(&w.zones[ZONE_PAINT]);
    row->mid_range_pct_last_10 = zone_pct(&w.zones[ZONE_MID_RANGE]);
    row->three_pt_pct_last_10 = zone_pct(&w.zones[ZONE_PERIMETER]);
    row->paint_attempts_per_game = zone_attempts_per_game(&w.zones[ZONE_PAINT]);
    row->mid_range_attempts_per_game = zone_attempts_per_game(&w.zones[ZONE_MID_RANGE]);
    row->three_pt_attempts_per_game = zone_attempts_per_game(&w.zones[ZONE_PERIMETER]);
    row->primary_scoring_zone = primary_scoring_zone(rate[ZONE_PAINT], rate[ZONE_MID_RANGE], rate[ZONE_PERIMETER]);
}

static void
fill_long_window(PlayerZone *row, const PlayerGame *const *games, int32_t count)
{
    ShotWindow w;

    row->sample_quality_20 = shot_sample_quality(count, LONG_WINDOW);
    row->games_in_sample_20 = NULL_I32;
    row->paint_rate_last_20 = NULL_F64;
    row->paint_pct_last_20 = NULL_F64;
    if (count < LONG_WINDOW_MINIMUM)
        return;
    w = shot_window(games, (size_t)count);
    row->games_in_sample_20 = count;
    row->paint_rate_last_20 = w.rate_pct[ZONE_PAINT];
    row->paint_pct_last_20 = zone_pct(&w.zones[ZONE_PAINT]);
}

static PlayerZone
player_row(const LeagueView *v, const char *lookup, const PlayerGame *const *games, size_t count)
{
    PlayerZone row = {.game_date = v->date, .player_lookup = lookup};

    fill_short_window(&row, games, count < SHORT_WINDOW ? (int32_t)count : SHORT_WINDOW);
    fill_long_window(&row, games, count < LONG_WINDOW ? (int32_t)count : LONG_WINDOW);
    row.minimum_games = league_minimum_games(v, FINAL_MINIMUM_GAMES);
    row.data_quality_tier = quality_tier(row.games_in_sample_10, row.minimum_games);
    row.early_season_flag = row.minimum_games < FINAL_MINIMUM_GAMES ? BOOL_TRUE : BOOL_FALSE;
    return row;
}

void
player_shot_zone_compute_of(const LeagueView *v, const AffectedRows *only, Arena *a, PlayerZoneResult *out)
{
    const int32_t minimum = league_minimum_games(v, FINAL_MINIMUM_GAMES);
    SkippedList skipped = skipped_new(v->player_count, a);

    *out = (PlayerZoneResult){.rows = arena_array(a, v->player_count, sizeof(PlayerZone))};
    for (size_t i = 0; i < v->player_count; i++) {
        const char *lookup = v->players[i].lookup;
        size_t count;
        const PlayerGame *const *games = played_games(&v->players[i], &count, a);

        if (count < (size_t)minimum) {
            skipped_add(&skipped, v->date, "player_shot_zone", lookup, SKIP_INSUFFICIENT_DATA,
                        arena_printf(a, "%zu played games, %d needed", count, minimum));
            continue;
        }
        out->expected++;
        if (is_affected(only, lookup))
            out->rows[out->count++] = player_row(v, lookup, games, count);
    }
    out->skipped = skipped.rows;
    out->skipped_count = skipped.count;
}

void
player_shot_zone_compute(const LeagueView *v, Arena *a, PlayerZoneResult *out)
{
    player_shot_zone_compute_of(v, NULL, a, out);
}
