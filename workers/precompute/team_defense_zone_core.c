/*
 * workers/precompute/team_defense_zone_core.c
 *    What each team allowed by shot zone over its last 15 games, against the league.
 */
#include "workers/precompute/team_defense_zone_core.h"

enum {
    WINDOW_GAMES = 15,
    FINAL_MINIMUM_GAMES = 15,
    MEDIUM_TIER_GAMES = 10,
    LEAGUE_DAYS = 30,
    LEAGUE_TEAM_GAMES = 10,
    LEAGUE_TEAMS = 10,
};

static const LeagueZones long_run_league = {.pct = {
                                                [ZONE_PAINT] = 0.580,
                                                [ZONE_MID_RANGE] = 0.410,
                                                [ZONE_PERIMETER] = 0.355,
                                            }};

static void
zones_add_game(ZoneSum zones[ZONE_COUNT], const TeamDefense *g)
{
    zone_add(&zones[ZONE_PAINT], g->paint_attempts, g->paint_makes);
    zone_add(&zones[ZONE_MID_RANGE], g->mid_attempts, g->mid_makes);
    zone_add(&zones[ZONE_PERIMETER], g->three_attempts, g->three_makes);
}

/* False when the team has too few games in the days before the date, or a zone without shots. */
static bool
team_recent_zones(const LeagueView *v, const LeagueTeam *t, double pct[ZONE_COUNT])
{
    const GameDate from = date_add(v->date, -LEAGUE_DAYS);
    ZoneSum zones[ZONE_COUNT] = {0};
    size_t games = 0, known = 0;
    bool has_all = true;

    while (games < t->past_count && !date_before(t->past[games]->game_date, from))
        games++;
    for (size_t i = games; i-- > 0;) {
        if (!team_game_is_defense_known(&t->history[i]))
            continue;
        known++;
        zones_add_game(zones, t->history[i].defense);
    }
    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++) {
        pct[z] = zone_pct(&zones[z]);
        has_all = has_all && !f64_is_null(pct[z]);
    }
    return known >= LEAGUE_TEAM_GAMES && has_all;
}

LeagueZones
team_defense_league_zones(const LeagueView *v)
{
    MeanSum means[ZONE_COUNT] = {0};
    LeagueZones out = {0};

    for (size_t i = 0; i < v->team_count; i++) {
        double pct[ZONE_COUNT];

        if (!team_recent_zones(v, &v->teams[i], pct))
            continue;
        for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++)
            mean_add(&means[z], pct[z]);
    }
    if (means[ZONE_PAINT].count < LEAGUE_TEAMS)
        return long_run_league;
    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++)
        out.pct[z] = mean_value(&means[z]);
    return out;
}

static const char *
quality_tier(size_t games)
{
    if (games >= WINDOW_GAMES)
        return "high";
    return games >= MEDIUM_TIER_GAMES ? "medium" : "low";
}

/* NULL unless all three zones can be compared. */
static void
rank_zones(TeamZone *row, const double vs_league[ZONE_COUNT])
{
    Zone strongest = ZONE_PAINT;
    Zone weakest = ZONE_PAINT;

    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++) {
        if (f64_is_null(vs_league[z]))
            return;
        if (vs_league[z] < vs_league[strongest])
            strongest = z;
        if (vs_league[z] > vs_league[weakest])
            weakest = z;
    }
    row->strongest_zone = zone_name(strongest);
    row->weakest_zone = zone_name(weakest);
}

/* What the newest games of the schedule allowed, those that are known. */
typedef struct {
    WindowCount window;       /* used: with a complete box score */
    WindowCount zones_window; /* used: with known shots as well */
    ZoneSum zones[ZONE_COUNT];
    MeanSum rating, points, pace;
} DefenseWindow;

static DefenseWindow
defense_window(const LeagueTeam *t)
{
    const size_t size = t->past_count < WINDOW_GAMES ? t->past_count : WINDOW_GAMES;
    DefenseWindow w = {.window.expected = (int32_t)size, .zones_window.expected = (int32_t)size};

    for (size_t i = size; i-- > 0;) {
        const TeamDefense *g = t->history[i].defense;

        if (!team_game_is_defense_known(&t->history[i]))
            continue;
        w.window.used++;
        w.zones_window.used += !i32_is_null(g->paint_attempts);
        zones_add_game(w.zones, g);
        mean_add(&w.rating, g->defensive_rating);
        mean_add(&w.points, g->points_allowed);
        mean_add(&w.pace, g->opponent_pace);
    }
    return w;
}

static void
fill_zones(TeamZone *row, const DefenseWindow *w, const LeagueZones *league)
{
    double pct[ZONE_COUNT], attempts[ZONE_COUNT], vs_league[ZONE_COUNT];

    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++) {
        pct[z] = window_value(w->zones_window, zone_pct(&w->zones[z]));
        attempts[z] = window_value(w->zones_window, zone_attempts_per_game(&w->zones[z]));
        vs_league[z] = (pct[z] - league->pct[z]) * 100;
    }
    row->paint_pct_allowed_last_15 = pct[ZONE_PAINT];
    row->mid_range_pct_allowed_last_15 = pct[ZONE_MID_RANGE];
    row->three_pt_pct_allowed_last_15 = pct[ZONE_PERIMETER];
    row->paint_attempts_allowed_per_game = attempts[ZONE_PAINT];
    row->mid_range_attempts_allowed_per_game = attempts[ZONE_MID_RANGE];
    row->three_pt_attempts_allowed_per_game = attempts[ZONE_PERIMETER];
    row->paint_defense_vs_league_avg = vs_league[ZONE_PAINT];
    row->mid_range_defense_vs_league_avg = vs_league[ZONE_MID_RANGE];
    row->three_pt_defense_vs_league_avg = vs_league[ZONE_PERIMETER];
    rank_zones(row, vs_league);
}

/* The window's games of which the box score is not complete. */
static TextArray
missing_games(const LeagueTeam *t, WindowCount w, Arena *a)
{
    const char **ids = arena_array(a, (size_t)(w.expected - w.used), sizeof ids[0]);
    int32_t n = 0;

    for (int32_t i = 0; i < w.expected; i++) {
        if (!team_game_is_defense_known(&t->history[i]))
            ids[n++] = t->past[i]->game_id;
    }
    return (TextArray){.items = ids, .count = n};
}

static void
fill_windows(TeamZone *row, const LeagueTeam *t, const DefenseWindow *w, Arena *a)
{
    static const char *const columns[] = {"defensive_rating_last_15", "opponent_points_per_game", "opponent_pace",
                                          NULL};
    static const char *const zone_columns[] = {"paint_pct_allowed_last_15",
                                               "mid_range_pct_allowed_last_15",
                                               "three_pt_pct_allowed_last_15",
                                               "paint_attempts_allowed_per_game",
                                               "mid_range_attempts_allowed_per_game",
                                               "three_pt_attempts_allowed_per_game",
                                               "paint_defense_vs_league_avg",
                                               "mid_range_defense_vs_league_avg",
                                               "three_pt_defense_vs_league_avg",
                                               "strongest_zone",
                                               "weakest_zone",
                                               NULL};
    WindowNotes notes = window_notes();

    window_note(&notes, w->window, columns);
    window_note(&notes, w->zones_window, zone_columns);
    row->window_15_used = w->window.used;
    row->window_15_expected = w->window.expected;
    row->window_15_zones_used = w->zones_window.used;
    row->missing_game_ids = missing_games(t, w->window, a);
    row->incomplete_fields = window_note_names(&notes, a);
    row->completeness_pct = notes.worst_pct;
    row->is_production_ready = notes.is_ready;
}

static TeamZone
team_row(const LeagueView *v, const LeagueTeam *t, const LeagueZones *league, Arena *a)
{
    const DefenseWindow w = defense_window(t);
    TeamZone row = {.game_date = v->date, .team = t->team};

    fill_zones(&row, &w, league);
    fill_windows(&row, t, &w, a);
    row.games_in_sample = w.window.used;
    row.defensive_rating_last_15 = window_value(w.window, mean_value(&w.rating));
    row.opponent_points_per_game = window_value(w.window, mean_value(&w.points));
    row.opponent_pace = window_value(w.window, mean_value(&w.pace));
    row.data_quality_tier = quality_tier((size_t)w.window.used);
    row.minimum_games = league_minimum_games(v, FINAL_MINIMUM_GAMES);
    row.early_season_flag = row.minimum_games < FINAL_MINIMUM_GAMES ? BOOL_TRUE : BOOL_FALSE;
    return row;
}

void
team_defense_zone_compute(const LeagueView *v, Arena *a, TeamZoneResult *out)
{
    const LeagueZones league = team_defense_league_zones(v);
    const int32_t minimum = league_minimum_games(v, FINAL_MINIMUM_GAMES);
    SkippedList skipped = skipped_new(v->team_count, a);

    *out = (TeamZoneResult){.rows = arena_array(a, v->team_count, sizeof(TeamZone))};
    for (size_t i = 0; i < v->team_count; i++) {
        const LeagueTeam *t = &v->teams[i];

        if (t->defense_count < (size_t)minimum) {
            skipped_add(&skipped, v->date, "team_defense_zone", t->team, SKIP_INSUFFICIENT_DATA,
                        arena_printf(a, "%zu games, %d needed", t->defense_count, minimum));
            continue;
        }
        out->rows[out->count++] = team_row(v, t, &league, a);
        out->expected += t->today != NULL;
    }
    out->skipped = skipped.rows;
    out->skipped_count = skipped.count;
}
