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
    size_t games = 0;
    bool has_all = true;

    while (games < t->defense_count && !date_before(t->defense[games]->game_date, from))
        games++;
    for (size_t i = games; i-- > 0;)
        zones_add_game(zones, t->defense[i]);
    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++) {
        pct[z] = zone_pct(&zones[z]);
        has_all = has_all && !f64_is_null(pct[z]);
    }
    return games >= LEAGUE_TEAM_GAMES && has_all;
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

static void
fill_zones(TeamZone *row, const ZoneSum zones[ZONE_COUNT], const LeagueZones *league)
{
    double vs_league[ZONE_COUNT];

    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++)
        vs_league[z] = (zone_pct(&zones[z]) - league->pct[z]) * 100;
    row->paint_pct_allowed_last_15 = zone_pct(&zones[ZONE_PAINT]);
    row->mid_range_pct_allowed_last_15 = zone_pct(&zones[ZONE_MID_RANGE]);
    row->three_pt_pct_allowed_last_15 = zone_pct(&zones[ZONE_PERIMETER]);
    row->paint_attempts_allowed_per_game = zone_attempts_per_game(&zones[ZONE_PAINT]);
    row->mid_range_attempts_allowed_per_game = zone_attempts_per_game(&zones[ZONE_MID_RANGE]);
    row->three_pt_attempts_allowed_per_game = zone_attempts_per_game(&zones[ZONE_PERIMETER]);
    row->paint_defense_vs_league_avg = vs_league[ZONE_PAINT];
    row->mid_range_defense_vs_league_avg = vs_league[ZONE_MID_RANGE];
    row->three_pt_defense_vs_league_avg = vs_league[ZONE_PERIMETER];
    rank_zones(row, vs_league);
}

static TeamZone
team_row(const LeagueView *v, const LeagueTeam *t, const LeagueZones *league)
{
    const size_t games = t->defense_count < WINDOW_GAMES ? t->defense_count : WINDOW_GAMES;
    ZoneSum zones[ZONE_COUNT] = {0};
    MeanSum rating = {0};
    MeanSum points = {0};
    MeanSum pace = {0};
    TeamZone row = {.game_date = v->date, .team = t->team};

    for (size_t i = games; i-- > 0;) {
        zones_add_game(zones, t->defense[i]);
        mean_add(&rating, t->defense[i]->defensive_rating);
        mean_add(&points, t->defense[i]->points_allowed);
        mean_add(&pace, t->defense[i]->opponent_pace);
    }
    fill_zones(&row, zones, league);
    row.games_in_sample = (int32_t)games;
    row.defensive_rating_last_15 = mean_value(&rating);
    row.opponent_points_per_game = mean_value(&points);
    row.opponent_pace = mean_value(&pace);
    row.data_quality_tier = quality_tier(games);
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
        out->rows[out->count++] = team_row(v, t, &league);
        out->expected += t->today != NULL;
    }
    out->skipped = skipped.rows;
    out->skipped_count = skipped.count;
}
