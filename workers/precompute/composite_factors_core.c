/*
 * workers/precompute/composite_factors_core.c
 *    Four adjustments to a player's expected points: fatigue, shot zones against the opponent's
 *    defence, pace, and a change in usage.
 */
#include "workers/precompute/composite_factors_core.h"
#include <math.h>
#include <string.h>
#include "workers/league/affected.h"

/* Version 2: pace compares both teams with the league, and what is missing is NULL. */
static const char *const calculation_version = "v2_4factors";

/* What a row can lack. Only some are part of the completeness percentage. */
typedef enum {
    INPUT_DAYS_REST,
    INPUT_PROJECTED_USAGE,
    INPUT_PACE,
    INPUT_PLAYER_ZONE,
    INPUT_TEAM_ZONE,
    INPUT_AVERAGE_USAGE,
    INPUT_STARS_OUT,
    INPUT_COUNT,
} CompositeInput;

static const struct {
    const char *name;
    bool counts;
} input_table[INPUT_COUNT] = {
    [INPUT_DAYS_REST] = {"days_rest", true},           [INPUT_PROJECTED_USAGE] = {"projected_usage_rate", true},
    [INPUT_PACE] = {"pace_differential", true},        [INPUT_PLAYER_ZONE] = {"player_shot_zone", true},
    [INPUT_TEAM_ZONE] = {"team_defense_zone", true},   [INPUT_AVERAGE_USAGE] = {"avg_usage_rate_last_7_games", false},
    [INPUT_STARS_OUT] = {"star_teammates_out", false},
};

/* The player's zone and the opponent's defence of it; NULL where a row or its shots are missing. */
typedef struct {
    double rate_pct;
    double defense_vs_league;
} ZoneMatchup;

/* NaN stays NaN. */
static double
clamp(double v, double limit)
{
    if (v > limit)
        return limit;
    return v < -limit ? -limit : v;
}

static int32_t
age_penalty(int32_t age)
{
    if (age >= 35)
        return 10;
    return age >= 30 ? 5 : 0;
}

static int32_t
back_to_backs_penalty(int32_t count)
{
    if (count >= 2)
        return 12;
    return count == 1 ? 5 : 0;
}

/* Comparisons with a NULL number are false, so each NULL input leaves the score as it is. */
int32_t
fatigue_score(const UpcomingPlayer *p)
{
    int32_t score = 100;

    if (p->back_to_back == BOOL_TRUE)
        score -= 15;
    else if (p->days_rest >= 3)
        score += 5;
    if (p->games_in_last_7_days >= 4)
        score -= 10;
    if (p->minutes_in_last_7_days > 240)
        score -= 10;
    if (p->avg_minutes_per_game_last_7 > 35)
        score -= 8;
    score -= back_to_backs_penalty(p->back_to_backs_last_14_days);
    score -= age_penalty(p->player_age);
    if (score > 100)
        return 100;
    return score < 0 ? 0 : score;
}

double
fatigue_adjustment(int32_t score)
{
    return (score - 100) / 20.0;
}

double
shot_zone_mismatch(double zone_rate_pct, double defense_vs_league)
{
    double score;

    if (f64_is_null(zone_rate_pct) || f64_is_null(defense_vs_league))
        return NULL_F64;
    score = defense_vs_league * (zone_rate_pct < 50 ? zone_rate_pct / 50 : 1);
    if (fabs(score) > 5)
        score *= 1.2;
    return clamp(score, 10);
}

double
pace_adjustment(double pace_differential)
{
    return clamp(pace_differential / 2, 3);
}

double
usage_adjustment(double projected_pct, double average_pct, int32_t stars_out)
{
    double spike;

    if (f64_is_null(projected_pct) || f64_is_null(average_pct))
        return NULL_F64;
    if (!(average_pct > 0))
        return 0;
    spike = 0.3 * (projected_pct - average_pct);
    if (spike > 0 && stars_out > 0)
        spike *= stars_out == 1 ? 1.15 : 1.30;
    return clamp(spike, 3);
}

/* A balanced scorer is matched on the paint. */
static Zone
matched_zone(const PlayerZone *p)
{
    for (Zone z = ZONE_MID_RANGE; z < ZONE_COUNT; z++) {
        if (strcmp(p->primary_scoring_zone, zone_name(z)) == 0)
            return z;
    }
    return ZONE_PAINT;
}

static ZoneMatchup
zone_matchup(const PlayerZone *p, const TeamZone *t)
{
    ZoneMatchup m = {.rate_pct = NULL_F64, .defense_vs_league = NULL_F64};
    Zone zone = ZONE_PAINT;

    if (p != NULL && p->primary_scoring_zone != NULL) {
        zone = matched_zone(p);
        m.rate_pct = (const double[ZONE_COUNT]){
            [ZONE_PAINT] = p->paint_rate_last_10,
            [ZONE_MID_RANGE] = p->mid_range_rate_last_10,
            [ZONE_PERIMETER] = p->three_pt_rate_last_10,
        }[zone];
    }
    if (t != NULL) {
        m.defense_vs_league = (const double[ZONE_COUNT]){
            [ZONE_PAINT] = t->paint_defense_vs_league_avg,
            [ZONE_MID_RANGE] = t->mid_range_defense_vs_league_avg,
            [ZONE_PERIMETER] = t->three_pt_defense_vs_league_avg,
        }[zone];
    }
    return m;
}

static void
fill_missing(PlayerComposite *row, const UpcomingPlayer *p, const ZoneMatchup *m, Arena *a)
{
    const bool is_missing[INPUT_COUNT] = {
        [INPUT_DAYS_REST] = i32_is_null(p->days_rest),
        [INPUT_PROJECTED_USAGE] = f64_is_null(p->projected_usage_rate),
        [INPUT_PACE] = f64_is_null(p->pace_differential),
        [INPUT_PLAYER_ZONE] = f64_is_null(m->rate_pct),
        [INPUT_TEAM_ZONE] = f64_is_null(m->defense_vs_league),
        [INPUT_AVERAGE_USAGE] = f64_is_null(p->avg_usage_rate_last_7_games),
        [INPUT_STARS_OUT] = i32_is_null(p->star_teammates_out),
    };
    const char **names = arena_array(a, INPUT_COUNT, sizeof names[0]);
    int32_t missing = 0;
    int32_t checks = 0;
    int32_t present = 0;

    for (int i = 0; i < INPUT_COUNT; i++) {
        if (is_missing[i])
            names[missing++] = input_table[i].name;
        checks += input_table[i].counts;
        present += input_table[i].counts && !is_missing[i];
    }
    row->missing_inputs = (TextArray){.items = names, .count = missing};
    row->data_completeness_pct = 100.0 * present / checks;
}

static double
or_nothing(double v)
{
    return f64_is_null(v) ? 0 : v;
}

static PlayerComposite
player_row(const UpcomingPlayer *p, const PlayerZone *player_zone, const TeamZone *team_zone, Arena *a)
{
    const ZoneMatchup m = zone_matchup(player_zone, team_zone);
    PlayerComposite row = {.game_date = p->game_date,
                           .player_lookup = p->player_lookup,
                           .team = p->team,
                           .opponent = p->opponent,
                           .calculation_version = calculation_version};

    row.fatigue_score = fatigue_score(p);
    row.fatigue_adjustment = fatigue_adjustment(row.fatigue_score);
    row.shot_zone_mismatch_score = shot_zone_mismatch(m.rate_pct, m.defense_vs_league);
    row.pace_score = pace_adjustment(p->pace_differential);
    row.usage_spike_score = usage_adjustment(p->projected_usage_rate, p->avg_usage_rate_last_7_games,
                                             p->star_teammates_out);
    row.total_composite_adjustment = row.fatigue_adjustment + or_nothing(row.shot_zone_mismatch_score)
                                     + or_nothing(row.pace_score) + or_nothing(row.usage_spike_score);
    fill_missing(&row, p, &m, a);
    row.has_warnings = row.fatigue_score < 50 || fabs(row.shot_zone_mismatch_score) > 8
                               || fabs(row.total_composite_adjustment) > 12
                           ? BOOL_TRUE
                           : BOOL_FALSE;
    return row;
}

void
composite_factors_compute(const LeagueView *v, const CompositeInputs *in, Arena *a, PlayerCompositeResult *out)
{
    const UpcomingIndex upcoming = upcoming_index(in->upcoming, in->upcoming_count, v->date, a);
    const PlayerZoneIndex players = player_zone_index(in->player_zones, in->player_zone_count, v->date, a);
    const TeamZoneIndex teams = team_zone_index(in->team_zones, in->team_zone_count, v->date, a);

    *out = (PlayerCompositeResult){
        .rows = arena_array(a, upcoming.count, sizeof(PlayerComposite)),
        .expected = upcoming.count,
    };
    for (size_t i = 0; i < upcoming.count; i++) {
        const UpcomingPlayer *p = upcoming.rows[i];

        if (!is_affected(in->only, p->player_lookup))
            continue;
        out->rows[out->count++] = player_row(p, player_zone_find(&players, p->player_lookup),
                                             team_zone_find(&teams, p->opponent), a);
    }
}
