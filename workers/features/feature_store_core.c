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

/* The rows of precompute that every feature row rests on. */
static const FeatureUpstream precompute_upstreams[] = {UPSTREAM_DAILY_CACHE, UPSTREAM_COMPOSITE, UPSTREAM_PLAYER_ZONE,
                                                       UPSTREAM_TEAM_ZONE};
enum { PRECOMPUTE_UPSTREAMS = ARRAY_LEN(precompute_upstreams) };

/* What is the same for every player of the date. */
typedef struct {
    const FeatureInputs *in;
    Arena *arena;
    RowIndex players, caches, composites, player_zones, team_zones;
    RowIndex skipped[UPSTREAM_COUNT]; /* by the processor of the upstream */
    TeamRecord *records;              /* parallel to the view's teams */
    bool is_subscribed[FEATURE_COUNT];
    bool has_shots;
    GapList gaps;
} Slate;

/* What is known of one player; an absent row stands here with every column NULL. */
typedef struct {
    const UpcomingPlayer *player;
    PlayerCache cache;
    PlayerComposite composite;
    PlayerZone zone;
    TeamZone opponent;
    PlayerForm form;
    TeamRecord record;
    bool is_absent[UPSTREAM_COUNT];
    const char *missing_processors[PRECOMPUTE_UPSTREAMS];
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
phase3(double v)
{
    return feature_value(v, FEATURE_SOURCE_PHASE3);
}

/* A column of a precompute row, with a mark when the row says that its window lacks a game. */
static FeatureValue
column(double value, TextArray incomplete, const char *name, int32_t sample)
{
    FeatureValue f = feature_value(value, FEATURE_SOURCE_PHASE4);

    if (incomplete.count > 0)
        f = feature_flagged(f, text_array_has(incomplete, name));
    return feature_sampled(f, sample);
}

/* ---- gathering ---- */

static bool
is_among(const char *const *names, const char *name)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static Slate
slate_of(const FeatureInputs *in, Arena *a)
{
    const LeagueView *v = in->view;
    Slate s = {.in = in, .arena = a, .gaps.arena = a};
    const GameDate any = GAME_DATE_NULL;

    s.players = row_index((RowSet){&upcoming_player_table, in->players, in->player_count}, "player_lookup", any, a);
    s.caches = row_index((RowSet){&player_cache_table, in->caches, in->cache_count}, "player_lookup", any, a);
    s.composites = row_index((RowSet){&player_composite_table, in->composites, in->composite_count}, "player_lookup",
                             any, a);
    s.player_zones = row_index((RowSet){&player_zone_table, in->player_zones, in->player_zone_count}, "player_lookup",
                               any, a);
    s.team_zones = row_index((RowSet){&team_zone_table, in->team_zones, in->team_zone_count}, "team", any, a);
    s.records = arena_array(a, v->team_count, sizeof s.records[0]);
    for (size_t i = 0; i < v->team_count; i++)
        s.records[i] = team_record(v, v->teams[i].team);
    for (int i = 0; i < FEATURE_COUNT; i++)
        s.is_subscribed[i] = feature_contract[i].feed == NULL || is_among(in->feeds, feature_contract[i].feed);
    s.has_shots = is_among(in->feeds, "shots");
    return s;
}

/* Entities that the processors skipped, by processor. */
static void
index_skipped(Slate *s)
{
    for (size_t u = 0; u < PRECOMPUTE_UPSTREAMS; u++) {
        const char *processor = feature_upstream_table[precompute_upstreams[u]].processor;
        SkippedEntity *own = arena_array(s->arena, s->in->skipped_count, sizeof own[0]);
        size_t count = 0;

        for (size_t i = 0; i < s->in->skipped_count; i++) {
            if (strcmp(s->in->skipped[i].processor, processor) == 0)
                own[count++] = s->in->skipped[i];
        }
        s->skipped[precompute_upstreams[u]] = row_index((RowSet){&skipped_entity_table, own, count}, "entity",
                                                        GAME_DATE_NULL, s->arena);
    }
}

static bool
note_row(PlayerInputs *p, const void *row, FeatureUpstream upstream)
{
    p->is_absent[upstream] = row == NULL;
    if (row == NULL)
        p->missing_processors[p->missing_count++] = feature_upstream_table[upstream].processor;
    return row != NULL;
}

static TeamRecord
record_of(const Slate *s, const char *team)
{
    const LeagueTeam *t = league_team(s->in->view, team);

    return t == NULL ? (TeamRecord){0} : s->records[t - s->in->view->teams];
}

static void
gather(const Slate *s, const UpcomingPlayer *player, PlayerInputs *p)
{
    const char *lookup = player->player_lookup;
    const PlayerCache *cache = row_find(&s->caches, lookup);
    const PlayerComposite *composite = row_find(&s->composites, lookup);
    const PlayerZone *zone = row_find(&s->player_zones, lookup);
    const TeamZone *opponent = row_find(&s->team_zones, player->opponent);

    p->player = player;
    p->missing_count = 0;
    p->cache = note_row(p, cache, UPSTREAM_DAILY_CACHE) ? *cache : player_cache_null();
    p->composite = note_row(p, composite, UPSTREAM_COMPOSITE) ? *composite : player_composite_null();
    p->zone = note_row(p, zone, UPSTREAM_PLAYER_ZONE) ? *zone : player_zone_null();
    p->opponent = note_row(p, opponent, UPSTREAM_TEAM_ZONE) ? *opponent : team_zone_null();
    p->form = player_form(s->in->view, lookup, player->team, player->opponent, s->arena);
    p->record = record_of(s, player->team);
}

/* ---- values ---- */

/* For a player without a daily-cache row: the mean of his newest games, of which there must be n. */
static FeatureValue
own_points_mean(const PlayerForm *form, size_t n)
{
    return feature_windowed(phase3(recent_mean(form->recent.points, form->recent.count, n)),
                            recent_window(&form->recent, n));
}

static FeatureValue
own_season_points(const PlayerForm *form)
{
    return feature_windowed(phase3(form_season_points(form)), history_season(&form->history));
}

static void
fill_scoring(const PlayerInputs *p, FeatureValue *f)
{
    const PlayerCache *c = &p->cache;
    const TextArray holes = c->incomplete_fields;

    f[FEATURE_POINTS_AVG_LAST_5] = column(c->points_avg_last_5, holes, "points_avg_last_5", c->window_l5_used);
    f[FEATURE_POINTS_AVG_LAST_10] = column(c->points_avg_last_10, holes, "points_avg_last_10", c->window_l10_used);
    f[FEATURE_POINTS_AVG_SEASON] = column(c->points_avg_season, holes, "points_avg_season", c->window_season_used);
    f[FEATURE_POINTS_STD_LAST_10] = column(c->points_std_last_10, holes, "points_std_last_10", c->window_l10_used);
    f[FEATURE_GAMES_IN_LAST_7_DAYS] = column(of_i32(c->games_in_last_7_days), holes, "games_in_last_7_days",
                                             c->window_7d_used);
    if (!p->is_absent[UPSTREAM_DAILY_CACHE])
        return;
    f[FEATURE_POINTS_AVG_LAST_5] = own_points_mean(&p->form, 5);
    f[FEATURE_POINTS_AVG_LAST_10] = own_points_mean(&p->form, p->form.recent.count);
    f[FEATURE_POINTS_AVG_SEASON] = own_season_points(&p->form);
}

static void
fill_matchup(const PlayerInputs *p, FeatureValue *f)
{
    const PlayerComposite *c = &p->composite;
    const TeamZone *o = &p->opponent;
    const TextArray holes = c->incomplete_inputs;
    const int32_t usage_games = history_newest(&p->form.history, 7).used;

    f[FEATURE_FATIGUE_SCORE] = column(of_i32(c->fatigue_score), holes, "fatigue_score", p->player->window_14d_used);
    f[FEATURE_SHOT_ZONE_MISMATCH_SCORE] = column(c->shot_zone_mismatch_score, holes, "shot_zone_mismatch_score",
                                                 p->zone.window_10_used);
    f[FEATURE_PACE_SCORE] = column(c->pace_score, holes, "pace_score", p->cache.window_team_l10_used);
    f[FEATURE_USAGE_SPIKE_SCORE] = column(c->usage_spike_score, holes, "usage_spike_score", usage_games);
    f[FEATURE_OPPONENT_DEF_RATING] = column(o->defensive_rating_last_15, o->incomplete_fields,
                                            "defensive_rating_last_15", o->window_15_used);
    f[FEATURE_OPPONENT_PACE] = column(o->opponent_pace, o->incomplete_fields, "opponent_pace", o->window_15_used);
}

static FeatureValue
playoff_game(const char *season_phase)
{
    if (season_phase == NULL)
        return feature_missing();
    return phase3(strcmp(season_phase, "playoffs") == 0 ? 1.0 : 0.0);
}

static FeatureValue
minutes_change(const PlayerInputs *p)
{
    const PlayerCache *c = &p->cache;
    const RecentGames *r = &p->form.recent;
    FeatureValue last_10 = column(c->minutes_avg_last_10, c->incomplete_fields, "minutes_avg_last_10",
                                  c->window_l10_used);
    FeatureValue season = column(c->minutes_avg_season, c->incomplete_fields, "minutes_avg_season",
                                 c->window_season_used);

    if (p->is_absent[UPSTREAM_DAILY_CACHE]) {
        last_10 = feature_windowed(phase3(recent_mean(r->minutes, r->count, r->count)), recent_window(r, r->count));
        season = feature_windowed(phase3(form_season_minutes(&p->form)), history_season(&p->form.history));
    }
    return feature_sampled(feature_flagged(calc_minutes_change(last_10.value, season.value),
                                           last_10.is_incomplete || season.is_incomplete),
                           last_10.sample);
}

static void
fill_game_context(const PlayerInputs *p, FeatureValue *f)
{
    const UpcomingPlayer *u = p->player;
    const RecentGames *r = &p->form.recent;
    const bool is_rest_unsure = text_array_has(u->incomplete_fields, "days_rest");

    f[FEATURE_REST_ADVANTAGE] = feature_flagged(calc_rest_advantage(u->days_rest, u->opponent_days_rest),
                                                is_rest_unsure);
    f[FEATURE_INJURY_RISK] = calc_injury_risk(u->player_status);
    f[FEATURE_RECENT_TREND] = feature_windowed(calc_recent_trend(r), recent_window(r, 5));
    f[FEATURE_MINUTES_CHANGE] = minutes_change(p);
    f[FEATURE_HOME_AWAY] = phase3(of_bool(u->is_home));
    f[FEATURE_BACK_TO_BACK] = feature_flagged(phase3(of_bool(u->back_to_back)), is_rest_unsure);
    f[FEATURE_PLAYOFF_GAME] = playoff_game(u->season_phase);
    f[FEATURE_PCT_FREE_THROW] = feature_windowed(calc_free_throw_share(r), recent_window(r, r->count));
}

/* The daily cache copies two of the three shares. */
static void
fill_shot_zones(const PlayerInputs *p, FeatureValue *f)
{
    const PlayerZone *z = &p->zone;
    const PlayerCache *c = &p->cache;
    const TextArray holes = z->incomplete_fields, cache_holes = c->incomplete_fields;

    f[FEATURE_PCT_PAINT] = column(z->paint_rate_last_10 / 100.0, holes, "paint_rate_last_10", z->window_10_used);
    f[FEATURE_PCT_MID_RANGE] = column(z->mid_range_rate_last_10 / 100.0, holes, "mid_range_rate_last_10",
                                      z->window_10_used);
    f[FEATURE_PCT_THREE] = column(z->three_pt_rate_last_10 / 100.0, holes, "three_pt_rate_last_10", z->window_10_used);
    if (!p->is_absent[UPSTREAM_PLAYER_ZONE])
        return;
    f[FEATURE_PCT_PAINT] = column(c->paint_rate_last_10 / 100.0, cache_holes, "paint_rate_last_10", NULL_I32);
    f[FEATURE_PCT_THREE] = column(c->three_pt_rate_last_10 / 100.0, cache_holes, "three_pt_rate_last_10", NULL_I32);
}

static void
fill_team(const PlayerInputs *p, FeatureValue *f)
{
    const PlayerCache *c = &p->cache;

    f[FEATURE_TEAM_PACE] = column(c->team_pace_last_10, c->incomplete_fields, "team_pace_last_10",
                                  c->window_team_l10_used);
    f[FEATURE_TEAM_OFF_RATING] = column(c->team_off_rating_last_10, c->incomplete_fields, "team_off_rating_last_10",
                                        c->window_team_l10_used);
    f[FEATURE_TEAM_WIN_PCT] = feature_windowed(calc_win_pct(p->record.wins, p->record.games.used), p->record.games);
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
    const WindowCount meetings = p->form.meetings;
    FeatureSource source = meetings.expected > 0 ? FEATURE_SOURCE_OPPONENT_HISTORY : FEATURE_SOURCE_NO_HISTORY;
    FeatureValue points = {.value = p->form.meetings_points_avg, .source = source, .sample = NULL_I32};

    f[FEATURE_AVG_POINTS_VS_OPPONENT] = feature_windowed(points, meetings);
    f[FEATURE_GAMES_VS_OPPONENT] = feature_windowed(feature_value((double)meetings.used, source), meetings);
}

static FeatureValue
own_points_std(const PlayerForm *form)
{
    return feature_windowed(phase3(recent_points_std(&form->recent)), recent_window(&form->recent, RECENT_GAMES));
}

static void
fill_form(const PlayerInputs *p, FeatureValue *f)
{
    const RecentGames *r = &p->form.recent;
    const PlayerCache *c = &p->cache;
    const WindowCount last_10 = recent_window(r, RECENT_GAMES);
    FeatureValue minutes = feature_value(recent_mean(r->minutes, r->count, r->count), FEATURE_SOURCE_MINUTES_PPM);
    FeatureValue ppm = feature_value(recent_points_per_minute(r), FEATURE_SOURCE_MINUTES_PPM);
    FeatureValue last_5 = f[FEATURE_POINTS_AVG_LAST_5], season = f[FEATURE_POINTS_AVG_SEASON];
    FeatureValue std = p->is_absent[UPSTREAM_DAILY_CACHE] ? own_points_std(&p->form) : f[FEATURE_POINTS_STD_LAST_10];
    bool is_incomplete = last_5.is_incomplete || season.is_incomplete || std.is_incomplete;
    FeatureValue zscore = calc_points_zscore(last_5.value, season.value, std.value);
    FeatureValue breakout = calc_breakout_flag(last_5.value, season.value, std.value);

    f[FEATURE_MINUTES_AVG_LAST_10] = feature_either(
        feature_windowed(minutes, last_10),
        column(c->minutes_avg_last_10, c->incomplete_fields, "minutes_avg_last_10", c->window_l10_used));
    f[FEATURE_PPM_AVG_LAST_10] = feature_either(
        feature_windowed(ppm, last_10),
        column(c->ppm_last_10, c->incomplete_fields, "ppm_last_10", c->window_l10_used));
    f[FEATURE_DNP_RATE] = feature_windowed(calc_dnp_rate(p->form.team_games_missed, p->form.team_games.used),
                                           p->form.team_games);
    f[FEATURE_PTS_SLOPE_10G] = feature_windowed(calc_points_slope(r), last_10);
    f[FEATURE_PTS_VS_SEASON_ZSCORE] = feature_sampled(feature_flagged(zscore, is_incomplete), std.sample);
    f[FEATURE_BREAKOUT_FLAG] = feature_sampled(feature_flagged(breakout, is_incomplete), std.sample);
}

/* A missing value whose feed the deployment does not have is not anyone's fault. */
static void
explain_absences(const Slate *s, FeatureValue *f)
{
    for (int i = 0; i < FEATURE_COUNT; i++) {
        if (f[i].source == FEATURE_SOURCE_MISSING && !s->is_subscribed[i]) {
            f[i].source = FEATURE_SOURCE_NOT_SUBSCRIBED;
            f[i].is_incomplete = false;
        }
    }
}

static void
fill_features(const Slate *s, const PlayerInputs *p, FeatureValue *f)
{
    fill_scoring(p, f);
    fill_matchup(p, f);
    fill_game_context(p, f);
    fill_shot_zones(p, f);
    fill_team(p, f);
    fill_vegas(p, f);
    fill_opponent_history(p, f);
    fill_form(p, f);
    explain_absences(s, f);
}

/* ---- rows ---- */

/* NULL is in every range. */
static bool
is_out_of_range(const FeatureSpec *spec, double value)
{
    return value < spec->min || value > spec->max;
}

/* The alerts that row has and a warning for each value outside its range, the first few shown. */
static void
add_range_warnings(Arena *a, FeatureRow *row)
{
    const I32Array out = row->out_of_range_indices;
    int32_t count = row->quality_alerts.count, shown = 0;
    const char **alerts;

    if (out.count == 0)
        return;
    alerts = arena_array(a, (size_t)count + RANGE_WARNINGS_SHOWN, sizeof alerts[0]);
    memcpy(alerts, row->quality_alerts.items, (size_t)count * sizeof alerts[0]);
    for (; shown < out.count && shown < RANGE_WARNINGS_SHOWN; shown++)
        alerts[count + shown] = arena_printf(a, "range_warning:%s", feature_contract[out.items[shown]].name);
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

/* The arrays of a row, made at once. */
typedef struct {
    double values[FEATURE_COUNT];
    int32_t samples[FEATURE_COUNT], out_of_range[FEATURE_COUNT], incomplete[FEATURE_COUNT];
} Vector;

static void
fill_vector(const FeatureValue *f, Arena *a, FeatureRow *row)
{
    Vector *vector = arena_alloc(a, sizeof *vector);
    FeatureSource sources[FEATURE_COUNT];
    int32_t out_of_range = 0, incomplete = 0;

    for (int i = 0; i < FEATURE_COUNT; i++) {
        vector->values[i] = f[i].value;
        vector->samples[i] = f[i].sample;
        sources[i] = f[i].source;
        if (is_out_of_range(&feature_contract[i], f[i].value))
            vector->out_of_range[out_of_range++] = i;
        if (f[i].is_incomplete)
            vector->incomplete[incomplete++] = i;
    }
    row->feature_values = (F64Array){.items = vector->values, .count = FEATURE_COUNT};
    row->feature_sample_size = (I32Array){.items = vector->samples, .count = FEATURE_COUNT};
    row->out_of_range_indices = (I32Array){.items = vector->out_of_range, .count = out_of_range};
    row->incomplete_indices = (I32Array){.items = vector->incomplete, .count = incomplete};
    quality_fill(sources, a, row);
    add_range_warnings(a, row);
}

/* Without a feed of shots nobody's zones are complete, which is no fault of this row. */
static bool
is_production_ready(const Slate *s, const PlayerInputs *p)
{
    const WindowCount defense = {p->opponent.window_15_used, p->opponent.window_15_expected};

    if (p->missing_count > 0 || p->player->is_production_ready != BOOL_TRUE
        || p->cache.is_production_ready != BOOL_TRUE)
        return false;
    if (!s->has_shots)
        return window_verdict(defense) != WINDOW_SKIPPED;
    return p->composite.is_production_ready == BOOL_TRUE && p->zone.is_production_ready == BOOL_TRUE
           && p->opponent.is_production_ready == BOOL_TRUE;
}

static TextArray
missing_processors(const PlayerInputs *p, Arena *a)
{
    static const char *const none[] = {NULL};
    const char **names;

    if (p->missing_count == 0)
        return (TextArray){.items = none, .count = 0};
    names = arena_array(a, PRECOMPUTE_UPSTREAMS, sizeof names[0]);
    memcpy(names, p->missing_processors, sizeof p->missing_processors);
    return (TextArray){.items = names, .count = p->missing_count};
}

static FeatureRow
make_row(const Slate *s, const PlayerInputs *p, const FeatureValue *f)
{
    FeatureRow row = row_of_player(p->player);
    bool has_line = f[FEATURE_HAS_VEGAS_LINE].value > 0.0;

    row.missing_processors = missing_processors(p, s->arena);
    fill_vector(f, s->arena, &row);
    row.has_vegas_line = has_line;
    row.vegas_line_source = has_line ? "odds_api" : "none";
    row.is_production_ready = is_production_ready(s, p);
    row.cache_miss_fallback_used = p->is_absent[UPSTREAM_DAILY_CACHE] && p->form.history.played_count > 0;
    row.early_season_flag = BOOL_FALSE;
    row.as_of = has_line ? p->player->line_stamp : INSTANT_NULL;
    if (p->player->report_stamp.us > row.as_of.us)
        row.as_of = p->player->report_stamp;
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

static void
add_gaps(Slate *s, const PlayerInputs *p)
{
    const TeamZone *opponent = p->is_absent[UPSTREAM_TEAM_ZONE] ? NULL : &p->opponent;

    for (size_t u = 0; u < PRECOMPUTE_UPSTREAMS; u++) {
        const FeatureUpstream upstream = precompute_upstreams[u];

        if (p->is_absent[upstream])
            gap_add_absence(&s->gaps, p->player, feature_upstream_table[upstream].processor,
                            upstream == UPSTREAM_TEAM_ZONE ? p->player->opponent : p->player->player_lookup,
                            &s->skipped[upstream]);
    }
    gap_add_holes(&s->gaps, p->player, s->in->view, &p->form.history, opponent, s->has_shots);
}

/* The row of one player, or why he has none. */
static void
add_player(Slate *s, const UpcomingPlayer *player, FeatureRow *rows, SkippedEntity *skipped, FeatureStoreResult *out)
{
    PlayerInputs p;
    FeatureValue f[FEATURE_COUNT];
    const FeatureSpec *broken;
    double value;

    gather(s, player, &p);
    fill_features(s, &p, f);
    add_gaps(s, &p);
    broken = broken_critical_range(f, &value);
    if (broken != NULL) {
        skipped[out->skipped_count] = skip_player(player, broken, value, s->arena);
        gap_add(&s->gaps, player, GAP_PROCESSING_ERROR, "feature_store", skipped[out->skipped_count].detail);
        out->skipped_count++;
        return;
    }
    rows[out->row_count] = make_row(s, &p, f);
    if (rows[out->row_count].as_of.us > out->as_of.us)
        out->as_of = rows[out->row_count].as_of;
    out->row_count++;
}

void
feature_store_compute(const FeatureInputs *in, Arena *a, FeatureStoreResult *out)
{
    FeatureRow *rows = arena_array(a, in->player_count, sizeof rows[0]);
    SkippedEntity *skipped = arena_array(a, in->player_count, sizeof skipped[0]);
    Slate s = slate_of(in, a);

    *out = (FeatureStoreResult){.rows = rows, .skipped = skipped, .as_of = INSTANT_NULL};
    index_skipped(&s);
    for (size_t i = 0; i < s.players.count; i++)
        add_player(&s, s.players.keys[i].row, rows, skipped, out);
    out->gaps = s.gaps.items;
    out->gap_count = s.gaps.count;
}

static FeatureRow
placeholder(const UpcomingPlayer *u, Arena *a)
{
    FeatureRow row = row_of_player(u);
    const PlayerInputs nothing = {.player = u};
    FeatureValue f[FEATURE_COUNT];

    for (int i = 0; i < FEATURE_COUNT; i++)
        f[i] = feature_missing();
    row.missing_processors = missing_processors(&nothing, a);
    fill_vector(f, a, &row);
    row.has_vegas_line = BOOL_FALSE;
    row.vegas_line_source = "none";
    row.is_production_ready = BOOL_FALSE;
    row.cache_miss_fallback_used = BOOL_FALSE;
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
