/*
 * workers/precompute/composite_factors_core.c
 *    Four adjustments to a player's expected points: fatigue, shot zones against the opponent's
 *    defence, pace, and a change in usage.
 */
#include "workers/precompute/composite_factors_core.h"
#include <math.h>
#include <string.h>
#include "workers/league/affected.h"

/* Version 2: pace compares both teams with the league, and what is missing is NULL. Version 3: a
 * balanced scorer is matched on all zones. */
static const char *const calculation_version = "v3_4factors";

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

/* How much of his shooting is matched, and the opponent's defence of it; NULL where a row or its shots
 * are missing. */
typedef struct {
    double rate_pct;
    double defense_vs_league;
    bool is_incomplete; /* one of them rests on a window that lacks a game */
} ZoneMatchup;

/* Names of the columns of a zone, in the player's row and in the opponent's. */
static const struct {
    const char *rate, *defense;
} zone_columns[ZONE_COUNT] = {
    [ZONE_PAINT] = {"paint_rate_last_10", "paint_defense_vs_league_avg"},
    [ZONE_MID_RANGE] = {"mid_range_rate_last_10", "mid_range_defense_vs_league_avg"},
    [ZONE_PERIMETER] = {"three_pt_rate_last_10", "three_pt_defense_vs_league_avg"},
};

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
    return i32_is_null(score) ? NULL_F64 : (score - 100) / 20.0;
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

/* The zone on which he is matched; ZONE_COUNT for a balanced scorer, who is matched on all of them. */
static Zone
matched_zone(const char *primary_scoring_zone)
{
    Zone z = ZONE_PAINT;

    while (z < ZONE_COUNT && strcmp(primary_scoring_zone, zone_name(z)) != 0)
        z++;
    return z;
}

/* The opponent's defence where he shoots: of one zone, or of all three by his shares of them. */
static void
match_zones(const double *rate_pct, const double *defense, Zone zone, ZoneMatchup *m)
{
    if (zone < ZONE_COUNT) {
        m->rate_pct = rate_pct[zone];
        m->defense_vs_league = defense[zone];
        return;
    }
    m->rate_pct = 0.0;
    m->defense_vs_league = 0.0;
    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++) {
        m->rate_pct += rate_pct[z];
        m->defense_vs_league += rate_pct[z] / 100.0 * defense[z];
    }
}

static bool
is_zone_incomplete(const PlayerZone *p, const TeamZone *t, Zone zone)
{
    return (p != NULL && text_array_has(p->incomplete_fields, zone_columns[zone].rate))
           || (t != NULL && text_array_has(t->incomplete_fields, zone_columns[zone].defense));
}

static ZoneMatchup
zone_matchup(const PlayerZone *p, const TeamZone *t)
{
    const bool is_known = p != NULL && p->primary_scoring_zone != NULL;
    const Zone zone = is_known ? matched_zone(p->primary_scoring_zone) : ZONE_PAINT;
    double rate_pct[ZONE_COUNT] = {NULL_F64, NULL_F64, NULL_F64}, defense[ZONE_COUNT] = {NULL_F64, NULL_F64, NULL_F64};
    ZoneMatchup m = {.is_incomplete = false};

    if (is_known) {
        rate_pct[ZONE_PAINT] = p->paint_rate_last_10;
        rate_pct[ZONE_MID_RANGE] = p->mid_range_rate_last_10;
        rate_pct[ZONE_PERIMETER] = p->three_pt_rate_last_10;
    }
    if (t != NULL) {
        defense[ZONE_PAINT] = t->paint_defense_vs_league_avg;
        defense[ZONE_MID_RANGE] = t->mid_range_defense_vs_league_avg;
        defense[ZONE_PERIMETER] = t->three_pt_defense_vs_league_avg;
    }
    match_zones(rate_pct, defense, zone, &m);
    for (Zone z = ZONE_PAINT; z < ZONE_COUNT; z++)
        m.is_incomplete = m.is_incomplete || ((zone == z || zone == ZONE_COUNT) && is_zone_incomplete(p, t, z));
    return m;
}

/* The loads of the last days are unknown where box scores are missing; so is the fatigue. */
static bool
is_load_unknown(const UpcomingPlayer *p)
{
    return i32_is_null(p->games_in_last_7_days) || i32_is_null(p->back_to_backs_last_14_days)
           || (p->games_played_season > 0 && i32_is_null(p->days_rest));
}

/* Factors that rest on a window that lacks a game, whether they have a value or not. */
static TextArray
incomplete_inputs(const UpcomingPlayer *p, const ZoneMatchup *m, Arena *a)
{
    static const char *const load_columns[] = {
        "days_rest", "back_to_back", "games_in_last_7_days", "games_in_last_14_days", "back_to_backs_last_14_days",
    };
    WindowNotes notes = window_notes();

    for (size_t i = 0; i < ARRAY_LEN(load_columns); i++) {
        if (text_array_has(p->incomplete_fields, load_columns[i]))
            window_note_column(&notes, "fatigue_score");
    }
    if (m->is_incomplete)
        window_note_column(&notes, "shot_zone_mismatch_score");
    if (text_array_has(p->incomplete_fields, "pace_differential"))
        window_note_column(&notes, "pace_score");
    if (text_array_has(p->incomplete_fields, "projected_usage_rate")
        || text_array_has(p->incomplete_fields, "avg_usage_rate_last_7_games"))
        window_note_column(&notes, "usage_spike_score");
    return window_note_names(&notes, a);
}

/* The rows that there are: one that is missing is among missing_inputs. */
static void
fill_completeness(PlayerComposite *row, const UpcomingPlayer *p, const PlayerZone *zone, const TeamZone *opponent)
{
    row->completeness_pct = p->completeness_pct;
    row->is_production_ready = p->is_production_ready;
    if (zone != NULL) {
        row->completeness_pct = fmin(row->completeness_pct, zone->completeness_pct);
        row->is_production_ready = row->is_production_ready == BOOL_TRUE && zone->is_production_ready == BOOL_TRUE;
    }
    if (opponent != NULL) {
        row->completeness_pct = fmin(row->completeness_pct, opponent->completeness_pct);
        row->is_production_ready = row->is_production_ready == BOOL_TRUE && opponent->is_production_ready == BOOL_TRUE;
    }
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

static bool
is_tired(int32_t score)
{
    return !i32_is_null(score) && score < 50;
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

    row.fatigue_score = is_load_unknown(p) ? NULL_I32 : fatigue_score(p);
    row.fatigue_adjustment = fatigue_adjustment(row.fatigue_score);
    row.shot_zone_mismatch_score = shot_zone_mismatch(m.rate_pct, m.defense_vs_league);
    row.pace_score = pace_adjustment(p->pace_differential);
    row.usage_spike_score = usage_adjustment(p->projected_usage_rate, p->avg_usage_rate_last_7_games,
                                             p->star_teammates_out);
    row.total_composite_adjustment = or_nothing(row.fatigue_adjustment) + or_nothing(row.shot_zone_mismatch_score)
                                     + or_nothing(row.pace_score) + or_nothing(row.usage_spike_score);
    fill_missing(&row, p, &m, a);
    row.incomplete_inputs = incomplete_inputs(p, &m, a);
    fill_completeness(&row, p, player_zone, team_zone);
    row.has_warnings = is_tired(row.fatigue_score) || fabs(row.shot_zone_mismatch_score) > 8
                               || fabs(row.total_composite_adjustment) > 12
                           ? BOOL_TRUE
                           : BOOL_FALSE;
    return row;
}

void
composite_factors_compute(const LeagueView *v, const CompositeInputs *in, Arena *a, PlayerCompositeResult *out)
{
    const RowIndex upcoming = row_index((RowSet){&upcoming_player_table, in->upcoming, in->upcoming_count},
                                        "player_lookup", v->date, a);
    const RowIndex players = row_index((RowSet){&player_zone_table, in->player_zones, in->player_zone_count},
                                       "player_lookup", v->date, a);
    const RowIndex teams = row_index((RowSet){&team_zone_table, in->team_zones, in->team_zone_count}, "team", v->date,
                                     a);

    *out = (PlayerCompositeResult){
        .rows = arena_array(a, upcoming.count, sizeof(PlayerComposite)),
        .expected = upcoming.count,
    };
    for (size_t i = 0; i < upcoming.count; i++) {
        const UpcomingPlayer *p = upcoming.keys[i].row;

        if (is_affected(in->only, p->player_lookup))
            out->rows[out->count++] = player_row(p, row_find(&players, p->player_lookup), row_find(&teams, p->opponent),
                                                 a);
    }
}
