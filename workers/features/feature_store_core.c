/*
 * workers/features/feature_store_core.c
 *    Collects each feature of each player from the rows that hold it and assembles the row.
 */
#include "workers/features/feature_store_core.h"

#include <string.h>

#include "workers/features/calculated_features.h"
#include "workers/features/player_form.h"
#include "workers/features/quality.h"

enum { RANGE_WARNINGS_SHOWN = 3 };

/* What is known of one player; an absent row stands here with every column NULL. */
typedef struct {
    const UpcomingPlayer *player;
    PlayerCache cache;
    PlayerComposite composite;
    PlayerZone zone;
    TeamZone opponent;
    PlayerForm form;
    int32_t team_wins, team_games;
    const char *missing_processors[UPSTREAM_COUNT];
    int32_t missing_count;
} PlayerInputs;

static double
of_i32(int32_t v)
{
    return i32_is_null(v) ? NULL_F64 : (double)v;
}

static double
of_bool(TriBool v)
{
    return v == BOOL_NULL ? NULL_F64 : (double)v;
}

static FeatureValue
phase4(double v)
{
    return feature_value(v, FEATURE_SOURCE_PHASE4);
}

static FeatureValue
phase3(double v)
{
    return feature_value(v, FEATURE_SOURCE_PHASE3);
}

/* The row whose text column at key_offset is key; NULL without one. */
static const void *
find_row(const void *rows, size_t count, size_t row_size, size_t key_offset, const char *key)
{
    const unsigned char *at = rows;

    for (size_t i = 0; i < count; i++, at += row_size) {
        const char *row_key;

        memcpy(&row_key, at + key_offset, sizeof row_key);
        if (strcmp(row_key, key) == 0)
            return at;
    }
    return NULL;
}

static bool
note_row(PlayerInputs *p, const void *row, FeatureUpstream upstream)
{
    if (row == NULL)
        p->missing_processors[p->missing_count++] = feature_upstream_table[upstream].processor;
    return row != NULL;
}

static PlayerInputs
gather(const FeatureInputs *in, const UpcomingPlayer *player, Arena *a)
{
    const char *lookup = player->player_lookup;
    const PlayerCache *cache = find_row(in->caches, in->cache_count, sizeof *cache,
                                        offsetof(PlayerCache, player_lookup), lookup);
    const PlayerComposite *composite = find_row(in->composites, in->composite_count, sizeof *composite,
                                                offsetof(PlayerComposite, player_lookup), lookup);
    const PlayerZone *zone = find_row(in->player_zones, in->player_zone_count, sizeof *zone,
                                      offsetof(PlayerZone, player_lookup), lookup);
    const TeamZone *opponent = find_row(in->team_zones, in->team_zone_count, sizeof *opponent, offsetof(TeamZone, team),
                                        player->opponent);
    PlayerInputs p = {.player = player};

    p.cache = note_row(&p, cache, UPSTREAM_DAILY_CACHE) ? *cache : player_cache_null();
    p.composite = note_row(&p, composite, UPSTREAM_COMPOSITE) ? *composite : player_composite_null();
    p.zone = note_row(&p, zone, UPSTREAM_PLAYER_ZONE) ? *zone : player_zone_null();
    p.opponent = note_row(&p, opponent, UPSTREAM_TEAM_ZONE) ? *opponent : team_zone_null();
    p.form = player_form(in->view, lookup, player->opponent, a);
    team_record(in->view, player->team, &p.team_wins, &p.team_games);
    return p;
}

/* For a player without a daily-cache row; NULL with fewer games than asked for. */
static FeatureValue
own_points_mean(const PlayerForm *form, size_t games)
{
    return phase3(recent_mean(form->recent.points, form->recent.count, games));
}

static void
fill_scoring(const PlayerInputs *p, FeatureValue *f)
{
    const PlayerCache *c = &p->cache;

    f[FEATURE_POINTS_AVG_LAST_5] = feature_either(phase4(c->points_avg_last_5), own_points_mean(&p->form, 5));
    f[FEATURE_POINTS_AVG_LAST_10] = feature_either(phase4(c->points_avg_last_10),
                                                   own_points_mean(&p->form, p->form.recent.count));
    f[FEATURE_POINTS_AVG_SEASON] = feature_either(phase4(c->points_avg_season), phase3(p->form.points_avg_season));
    f[FEATURE_POINTS_STD_LAST_10] = phase4(c->points_std_last_10);
    f[FEATURE_GAMES_IN_LAST_7_DAYS] = phase4(of_i32(c->games_in_last_7_days));
}

static void
fill_matchup(const PlayerInputs *p, FeatureValue *f)
{
    f[FEATURE_FATIGUE_SCORE] = phase4(of_i32(p->composite.fatigue_score));
    f[FEATURE_SHOT_ZONE_MISMATCH_SCORE] = phase4(p->composite.shot_zone_mismatch_score);
    f[FEATURE_PACE_SCORE] = phase4(p->composite.pace_score);
    f[FEATURE_USAGE_SPIKE_SCORE] = phase4(p->composite.usage_spike_score);
    f[FEATURE_OPPONENT_DEF_RATING] = phase4(p->opponent.defensive_rating_last_15);
    f[FEATURE_OPPONENT_PACE] = phase4(p->opponent.opponent_pace);
}

static FeatureValue
playoff_game(const char *season_phase)
{
    if (season_phase == NULL)
        return feature_missing();
    return phase3(strcmp(season_phase, "playoffs") == 0 ? 1.0 : 0.0);
}

static void
fill_game_context(const PlayerInputs *p, FeatureValue *f)
{
    const UpcomingPlayer *u = p->player;
    const RecentGames *r = &p->form.recent;
    FeatureValue minutes_10 = feature_either(phase4(p->cache.minutes_avg_last_10),
                                             phase3(recent_mean(r->minutes, r->count, r->count)));
    FeatureValue minutes_season = feature_either(phase4(p->cache.minutes_avg_season),
                                                 phase3(p->form.minutes_avg_season));

    f[FEATURE_REST_ADVANTAGE] = calc_rest_advantage(u->days_rest, u->opponent_days_rest);
    f[FEATURE_INJURY_RISK] = calc_injury_risk(u->player_status);
    f[FEATURE_RECENT_TREND] = calc_recent_trend(r);
    f[FEATURE_MINUTES_CHANGE] = calc_minutes_change(minutes_10.value, minutes_season.value);
    f[FEATURE_HOME_AWAY] = phase3(of_bool(u->is_home));
    f[FEATURE_BACK_TO_BACK] = phase3(of_bool(u->back_to_back));
    f[FEATURE_PLAYOFF_GAME] = playoff_game(u->season_phase);
    f[FEATURE_PCT_FREE_THROW] = calc_free_throw_share(r);
}

/* The daily cache copies two of the three shares. */
static void
fill_shot_zones(const PlayerInputs *p, FeatureValue *f)
{
    f[FEATURE_PCT_PAINT] = feature_either(phase4(p->zone.paint_rate_last_10 / 100.0),
                                          phase4(p->cache.paint_rate_last_10 / 100.0));
    f[FEATURE_PCT_MID_RANGE] = phase4(p->zone.mid_range_rate_last_10 / 100.0);
    f[FEATURE_PCT_THREE] = feature_either(phase4(p->zone.three_pt_rate_last_10 / 100.0),
                                          phase4(p->cache.three_pt_rate_last_10 / 100.0));
}

static void
fill_team(const PlayerInputs *p, FeatureValue *f)
{
    f[FEATURE_TEAM_PACE] = phase4(p->cache.team_pace_last_10);
    f[FEATURE_TEAM_OFF_RATING] = phase4(p->cache.team_off_rating_last_10);
    f[FEATURE_TEAM_WIN_PCT] = calc_win_pct(p->team_wins, p->team_games);
}

/* A line of nothing is no line. */
static double
line_or_null(double line)
{
    return line > 0.0 ? line : NULL_F64;
}

static void
fill_vegas(const PlayerInputs *p, FeatureValue *f)
{
    double line = line_or_null(p->player->current_points_line);
    double opening = line_or_null(p->player->opening_points_line);
    double has_line = f64_is_null(line) ? 0.0 : 1.0;

    f[FEATURE_VEGAS_POINTS_LINE] = feature_value(line, FEATURE_SOURCE_VEGAS);
    f[FEATURE_VEGAS_OPENING_LINE] = feature_value(opening, FEATURE_SOURCE_VEGAS);
    f[FEATURE_VEGAS_LINE_MOVE] = feature_value(line - opening, FEATURE_SOURCE_VEGAS);
    f[FEATURE_HAS_VEGAS_LINE] = feature_value(has_line, FEATURE_SOURCE_CALCULATED);
}

/* No meeting yet is a known count of games, but says nothing of points. */
static void
fill_opponent_history(const PlayerInputs *p, FeatureValue *f)
{
    FeatureSource source = p->form.meetings > 0 ? FEATURE_SOURCE_OPPONENT_HISTORY : FEATURE_SOURCE_NO_HISTORY;

    f[FEATURE_AVG_POINTS_VS_OPPONENT] = (FeatureValue){.value = p->form.meetings_points_avg, .source = source};
    f[FEATURE_GAMES_VS_OPPONENT] = feature_value((double)p->form.meetings, source);
}

static void
fill_form(const PlayerInputs *p, FeatureValue *f)
{
    const RecentGames *r = &p->form.recent;
    double last_5 = f[FEATURE_POINTS_AVG_LAST_5].value;
    double season = f[FEATURE_POINTS_AVG_SEASON].value;
    double std = feature_either(phase4(p->cache.points_std_last_10), phase3(recent_points_std(r))).value;

    f[FEATURE_MINUTES_AVG_LAST_10] = feature_either(
        feature_value(recent_mean(r->minutes, r->count, r->count), FEATURE_SOURCE_MINUTES_PPM),
        phase4(p->cache.minutes_avg_last_10));
    f[FEATURE_PPM_AVG_LAST_10] = feature_either(feature_value(recent_points_per_minute(r), FEATURE_SOURCE_MINUTES_PPM),
                                                phase4(p->cache.ppm_last_10));
    f[FEATURE_DNP_RATE] = calc_dnp_rate(p->form.team_games_missed, p->form.team_games);
    f[FEATURE_PTS_SLOPE_10G] = calc_points_slope(r);
    f[FEATURE_PTS_VS_SEASON_ZSCORE] = calc_points_zscore(last_5, season, std);
    f[FEATURE_BREAKOUT_FLAG] = calc_breakout_flag(last_5, season, std);
}

/* A missing value whose feed the deployment does not have is not anyone's fault. */
static void
explain_absences(bool (*is_feed_subscribed)(const char *feed), FeatureValue *f)
{
    for (int i = 0; i < FEATURE_COUNT; i++) {
        const char *feed = feature_contract[i].feed;

        if (f[i].source == FEATURE_SOURCE_MISSING && feed != NULL && !is_feed_subscribed(feed))
            f[i].source = FEATURE_SOURCE_NOT_SUBSCRIBED;
    }
}

static void
fill_features(const FeatureInputs *in, const PlayerInputs *p, FeatureValue *f)
{
    fill_scoring(p, f);
    fill_matchup(p, f);
    fill_game_context(p, f);
    fill_shot_zones(p, f);
    fill_team(p, f);
    fill_vegas(p, f);
    fill_opponent_history(p, f);
    fill_form(p, f);
    explain_absences(in->is_feed_subscribed, f);
}

/* NULL is in every range. */
static bool
is_out_of_range(const FeatureSpec *spec, double value)
{
    return value < spec->min || value > spec->max;
}

static I32Array
out_of_range(const FeatureValue *f, Arena *a)
{
    int32_t *indices = arena_array(a, FEATURE_COUNT, sizeof indices[0]);
    int32_t count = 0;

    for (int i = 0; i < FEATURE_COUNT; i++) {
        if (is_out_of_range(&feature_contract[i], f[i].value))
            indices[count++] = i;
    }
    return (I32Array){.items = indices, .count = count};
}

/* The alerts that row has and a warning for each value outside its range, the first few shown. */
static void
add_range_warnings(const FeatureValue *f, Arena *a, FeatureRow *row)
{
    int32_t count = row->quality_alerts.count, shown = 0;
    const char **alerts = arena_array(a, (size_t)count + RANGE_WARNINGS_SHOWN, sizeof alerts[0]);

    for (int32_t i = 0; i < count; i++)
        alerts[i] = row->quality_alerts.items[i];
    for (int i = 0; i < FEATURE_COUNT && shown < RANGE_WARNINGS_SHOWN; i++) {
        if (is_out_of_range(&feature_contract[i], f[i].value)) {
            alerts[count + shown] = arena_printf(a, "range_warning:%s", feature_contract[i].name);
            shown++;
        }
    }
    row->quality_alerts = (TextArray){.items = alerts, .count = count + shown};
}

/* The first feature whose critical range its value breaks, or NULL. */
static const FeatureSpec *
broken_critical_range(const FeatureValue *f, double *value)
{
    for (int i = 0; i < FEATURE_COUNT; i++) {
        *value = f[i].value;
        if (feature_contract[i].range_is_critical && is_out_of_range(&feature_contract[i], *value))
            return &feature_contract[i];
    }
    return NULL;
}

static FeatureRow
row_of_player(const UpcomingPlayer *u)
{
    FeatureRow row = feature_row_null();

    row.game_date = u->game_date;
    row.player_lookup = u->player_lookup;
    row.player_name = u->player_name;
    row.game_id = u->game_id;
    row.team = u->team;
    row.opponent = u->opponent;
    row.is_home = u->is_home;
    row.days_rest = u->days_rest;
    row.season_year = u->season_year;
    row.feature_version = feature_version;
    return row;
}

static void
fill_vector(const FeatureValue *f, Arena *a, FeatureRow *row)
{
    double *values = arena_array(a, FEATURE_COUNT, sizeof values[0]);
    int32_t *sizes = arena_array(a, FEATURE_COUNT, sizeof sizes[0]);
    FeatureSource sources[FEATURE_COUNT];

    for (int i = 0; i < FEATURE_COUNT; i++) {
        values[i] = f[i].value;
        sources[i] = f[i].source;
        sizes[i] = NULL_I32;
    }
    row->feature_sample_size = (I32Array){.items = sizes, .count = FEATURE_COUNT};
    row->out_of_range_indices = out_of_range(f, a);
    row->incomplete_indices = (I32Array){.items = sizes, .count = 0};
    row->cache_miss_fallback_used = BOOL_FALSE;
    row->feature_values = (F64Array){.items = values, .count = FEATURE_COUNT};
    quality_fill(sources, a, row);
    add_range_warnings(f, a, row);
}

static FeatureRow
make_row(const PlayerInputs *p, const FeatureValue *f, Arena *a)
{
    FeatureRow row = row_of_player(p->player);
    bool has_line = f[FEATURE_HAS_VEGAS_LINE].value > 0.0;
    const char **missing = arena_array(a, UPSTREAM_COUNT, sizeof missing[0]);

    memcpy(missing, p->missing_processors, sizeof p->missing_processors);
    fill_vector(f, a, &row);
    row.has_vegas_line = has_line;
    row.vegas_line_source = has_line ? "odds_api" : "none";
    row.is_production_ready = p->missing_count == 0;
    row.missing_processors = (TextArray){.items = missing, .count = p->missing_count};
    row.early_season_flag = BOOL_FALSE;
    row.as_of = has_line ? p->player->line_stamp : INSTANT_NULL;
    return row;
}

static SkippedEntity
skip_player(const UpcomingPlayer *u, const FeatureSpec *spec, double value, Arena *a)
{
    return (SkippedEntity){
        .game_date = u->game_date,
        .processor = "feature_store",
        .entity = u->player_lookup,
        .reason = "FEATURE_VALIDATION_ERROR",
        .detail = arena_printf(a, "%s is %g, outside %g..%g", spec->name, value, spec->min, spec->max),
    };
}

void
feature_store_compute(const FeatureInputs *in, Arena *a, FeatureStoreResult *out)
{
    FeatureRow *rows = arena_array(a, in->player_count, sizeof rows[0]);
    SkippedEntity *skipped = arena_array(a, in->player_count, sizeof skipped[0]);

    *out = (FeatureStoreResult){.rows = rows, .skipped = skipped, .as_of = INSTANT_NULL};
    for (size_t i = 0; i < in->player_count; i++) {
        PlayerInputs p = gather(in, &in->players[i], a);
        FeatureValue f[FEATURE_COUNT];
        const FeatureSpec *broken;
        double value;

        fill_features(in, &p, f);
        broken = broken_critical_range(f, &value);
        if (broken != NULL) {
            skipped[out->skipped_count++] = skip_player(p.player, broken, value, a);
            continue;
        }
        rows[out->row_count] = make_row(&p, f, a);
        if (rows[out->row_count].as_of.us > out->as_of.us)
            out->as_of = rows[out->row_count].as_of;
        out->row_count++;
    }
}

static FeatureRow
placeholder(const UpcomingPlayer *u, Arena *a)
{
    FeatureRow row = row_of_player(u);
    FeatureValue f[FEATURE_COUNT];

    for (int i = 0; i < FEATURE_COUNT; i++)
        f[i] = feature_missing();
    fill_vector(f, a, &row);
    row.has_vegas_line = BOOL_FALSE;
    row.vegas_line_source = "none";
    row.is_production_ready = BOOL_FALSE;
    row.missing_processors = (TextArray){.items = arena_array(a, 1, sizeof(char *)), .count = 0};
    row.primary_data_source = "early_season";
    row.early_season_flag = BOOL_TRUE;
    row.insufficient_data_reason = "early_season";
    return row;
}

void
feature_store_placeholders(const UpcomingPlayer *players, size_t count, Arena *a, FeatureStoreResult *out)
{
    FeatureRow *rows = arena_array(a, count, sizeof rows[0]);

    for (size_t i = 0; i < count; i++)
        rows[i] = placeholder(&players[i], a);
    *out = (FeatureStoreResult){.rows = rows, .row_count = count, .as_of = INSTANT_NULL};
}
