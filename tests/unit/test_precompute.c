/*
 * tests/unit/test_precompute.c
 *    The four precompute cores: known values, windows, what is skipped, and what cannot matter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "workers/precompute/composite_factors_core.h"
#include "workers/precompute/daily_cache_core.h"
#include "workers/precompute/player_shot_zone_core.h"
#include "workers/precompute/team_defense_zone_core.h"

/* A league that plays a full round every second day from opening night. */
enum { TEAMS = 12, ROUNDS = 30, SQUAD = 3 };
enum { GAMES = ROUNDS * TEAMS / 2, MAX_UPCOMING = TEAMS * SQUAD };
enum { MORNING_ROUND = 20 }; /* the date in hand is the day of this round, from 0 */

typedef struct {
    ScheduleGame schedule[GAMES];
    PlayerGame player_games[GAMES * 2 * SQUAD];
    TeamOffense offense[GAMES * 2];
    TeamDefense defense[GAMES * 2];
    LeagueRows rows;
    UpcomingPlayer upcoming[MAX_UPCOMING];
    size_t upcoming_count;
    GameDate date;
    Arena *arena;
} Season;

static const char *const team_names[TEAMS] = {"ATL", "BKN", "BOS", "CHA", "CHI", "CLE",
                                              "DAL", "DEN", "DET", "GSW", "HOU", "IND"};

static GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static void
assert_near(double actual, double wanted)
{
    if (!(fabs(actual - wanted) <= 1e-9))
        fail_msg("%.17g is not %.17g", actual, wanted);
}

/* A number below limit that depends on nothing but its arguments. */
static int32_t
vary(int a, int b, int c, int limit)
{
    uint32_t h = (uint32_t)a * 2654435761U ^ (uint32_t)b * 2246822519U ^ (uint32_t)c * 3266489917U;

    h = (h ^ (h >> 15)) * 2246822519U;
    return (int32_t)((h ^ (h >> 13)) % (uint32_t)limit);
}

static void
add_player_game(Season *s, const ScheduleGame *g, int round, int team, int player)
{
    const bool is_home = strcmp(g->home_team, team_names[team]) == 0;
    const int seed = team * SQUAD + player;
    PlayerGame row = {.game_date = g->game_date,
                      .game_id = g->game_id,
                      .team = team_names[team],
                      .opponent = is_home ? g->away_team : g->home_team,
                      .season_year = g->season_year,
                      .player_lookup = arena_printf(s->arena, "player%02d", seed),
                      .is_home = is_home ? BOOL_TRUE : BOOL_FALSE,
                      .is_team_complete = BOOL_TRUE};

    row.player_name = row.player_lookup;
    row.minutes = 20 + vary(round, seed, 1, 20) + 0.1;
    row.points = vary(round, seed, 2, 35);
    row.usage_rate = 15 + vary(round, seed, 3, 150) / 10.0;
    row.ts_pct = 0.4 + vary(round, seed, 4, 300) / 1000.0;
    row.paint_attempts = 1 + vary(round, seed, 5, 9);
    row.paint_makes = row.paint_attempts / 2;
    row.mid_attempts = 1 + vary(round, seed, 6, 5);
    row.mid_makes = row.mid_attempts / 3;
    row.three_attempts_shots = 1 + vary(round, seed, 7, 8);
    row.three_makes_shots = row.three_attempts_shots / 3;
    s->player_games[s->rows.player_game_count++] = row;
}

static void
add_team_game(Season *s, const ScheduleGame *g, int round, int team)
{
    TeamDefense d = {
        .game_date = g->game_date, .game_id = g->game_id, .team = team_names[team], .season_year = g->season_year};

    s->offense[s->rows.offense_count++] = (TeamOffense){.game_date = g->game_date,
                                                        .game_id = g->game_id,
                                                        .team = team_names[team],
                                                        .season_year = g->season_year,
                                                        .pace = 95 + vary(round, team, 11, 100) / 10.0,
                                                        .offensive_rating = 100 + vary(round, team, 12, 200) / 10.0,
                                                        .is_complete = BOOL_TRUE};
    d.points_allowed = 95 + vary(round, team, 13, 40);
    d.defensive_rating = 100 + vary(round, team, 14, 200) / 10.0;
    d.opponent_pace = 95 + vary(round, team, 15, 100) / 10.0;
    d.paint_attempts = 35 + vary(round, team, 16, 15);
    d.paint_makes = 15 + vary(round, team, 17, 15);
    d.mid_attempts = 15 + vary(round, team, 18, 10);
    d.mid_makes = 5 + vary(round, team, 19, 8);
    d.three_attempts = 30 + vary(round, team, 20, 15);
    d.three_makes = 8 + vary(round, team, 21, 10);
    s->defense[s->rows.defense_count++] = d;
    for (int p = 0; p < SQUAD; p++)
        add_player_game(s, g, round, team, p);
}

static void
add_game(Season *s, int round, int home, int away)
{
    static const char *const opening_night = "2024-10-22";
    const GameDate date = date_add(day(opening_night), 2 * round);
    ScheduleGame *g = &s->schedule[s->rows.schedule_count++];

    *g = (ScheduleGame){.game_date = date,
                        .season_year = date_season_year(date),
                        .home_team = team_names[home],
                        .away_team = team_names[away],
                        .tip_off = INSTANT_NULL};
    g->game_id = arena_printf(s->arena, "%06d_%s_%s", date.days, g->away_team, g->home_team);
    add_team_game(s, g, round, home);
    add_team_game(s, g, round, away);
}

static void
add_upcoming(Season *s)
{
    for (int i = 0; i < MAX_UPCOMING; i++) {
        UpcomingPlayer u = upcoming_player_null();

        u.game_date = s->date;
        u.player_lookup = arena_printf(s->arena, "player%02d", i);
        u.player_name = u.player_lookup;
        u.team = team_names[i / SQUAD];
        u.opponent = team_names[(i / SQUAD + 1) % TEAMS];
        u.days_rest = 2;
        u.back_to_back = BOOL_FALSE;
        u.games_in_last_7_days = 3;
        u.games_in_last_14_days = 7;
        u.minutes_in_last_7_days = 90 + i;
        u.minutes_in_last_14_days = 190 + i;
        u.avg_minutes_per_game_last_7 = 30 + i / 3.0;
        u.back_to_backs_last_14_days = 0;
        u.avg_usage_rate_last_7_games = 20 + i / 4.0;
        u.projected_usage_rate = 24;
        u.pace_differential = i / 10.0 - 2;
        s->upcoming[s->upcoming_count++] = u;
    }
}

static int
setup(void **state)
{
    static Season s;

    memset(&s, 0, sizeof s);
    s.arena = arena_new(0);
    s.rows = (LeagueRows){
        .schedule = s.schedule, .player_games = s.player_games, .offense = s.offense, .defense = s.defense};
    for (int r = 0; r < ROUNDS; r++) {
        add_game(&s, r, TEAMS - 1, r % (TEAMS - 1)); /* the circle method */
        for (int k = 1; k < TEAMS / 2; k++)
            add_game(&s, r, (r + k) % (TEAMS - 1), (r - k + TEAMS - 1 + TEAMS - 1) % (TEAMS - 1));
    }
    s.date = s.schedule[MORNING_ROUND * TEAMS / 2].game_date;
    add_upcoming(&s);
    *state = &s;
    return 0;
}

static int
teardown(void **state)
{
    Season *s = *state;

    arena_free(s->arena);
    return 0;
}

typedef struct {
    TeamZoneResult teams;
    PlayerZoneResult zones;
    PlayerCompositeResult composites;
    PlayerCacheResult caches;
} Morning;

/* All four processors of the season's date. */
static Morning
morning(Season *s)
{
    const LeagueView *v = league_view(&s->rows, s->date, s->arena);
    Morning m;

    team_defense_zone_compute(v, s->arena, &m.teams);
    player_shot_zone_compute(v, s->arena, &m.zones);
    composite_factors_compute(v,
                              &(const CompositeInputs){.upcoming = s->upcoming,
                                                       .upcoming_count = s->upcoming_count,
                                                       .player_zones = m.zones.rows,
                                                       .player_zone_count = m.zones.count,
                                                       .team_zones = m.teams.rows,
                                                       .team_zone_count = m.teams.count},
                              s->arena, &m.composites);
    daily_cache_compute(v,
                        &(const CacheInputs){.upcoming = s->upcoming,
                                             .upcoming_count = s->upcoming_count,
                                             .player_zones = m.zones.rows,
                                             .player_zone_count = m.zones.count},
                        s->arena, &m.caches);
    return m;
}

/* ---- rows as text, so that equal means equal to the last bit ---- */

static void
print_value(Buf *b, ColumnType type, const void *field)
{
    char text[DATE_TEXT_LEN];
    const TextArray *array = field;
    const char *const *string = field;

    if (type == COL_DATE)
        buf_printf(b, "%s,", date_format(*(const GameDate *)field, text));
    else if (type == COL_TEXT)
        buf_printf(b, "%s,", *string == NULL ? "-" : *string);
    else if (type == COL_I32)
        buf_printf(b, "%d,", *(const int32_t *)field);
    else if (type == COL_BOOL)
        buf_printf(b, "%d,", *(const TriBool *)field);
    else if (type == COL_F64 && f64_is_null(*(const double *)field))
        buf_put_str(b, "-,");
    else if (type == COL_F64)
        buf_printf(b, "%a,", *(const double *)field);
    else if (type == COL_TEXT_ARRAY)
        for (int32_t i = 0; i < array->count; i++)
            buf_printf(b, "%s;", array->items[i]);
    else
        fail_msg("no way to print column type %d", (int)type);
}

static void
print_rows(Buf *b, const TableDesc *t, const void *rows, size_t count)
{
    buf_printf(b, "%s\n", t->name);
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < t->column_count; c++)
            print_value(b, t->columns[c].type, table_field(t, rows, i, c));
        buf_put_str(b, "\n");
    }
}

static const char *
printed_morning(Season *s)
{
    Morning m = morning(s);
    Buf b = {0};
    const char *text;

    print_rows(&b, &team_zone_table, m.teams.rows, m.teams.count);
    print_rows(&b, &skipped_entity_table, m.teams.skipped, m.teams.skipped_count);
    print_rows(&b, &player_zone_table, m.zones.rows, m.zones.count);
    print_rows(&b, &skipped_entity_table, m.zones.skipped, m.zones.skipped_count);
    print_rows(&b, &player_composite_table, m.composites.rows, m.composites.count);
    print_rows(&b, &player_cache_table, m.caches.rows, m.caches.count);
    print_rows(&b, &skipped_entity_table, m.caches.skipped, m.caches.skipped_count);
    text = arena_strdup(s->arena, buf_cstr(&b));
    buf_free(&b);
    return text;
}

/* ---- factors: known values ---- */

static void
fatigue_score_has_its_known_values(void **state)
{
    static const struct {
        TriBool back_to_back;
        int32_t days_rest, games_7;
        double minutes_7, minutes_a_game;
        int32_t back_to_backs, age, score;
    } rows[] = {
        {BOOL_NULL, NULL_I32, NULL_I32, NULL_F64, NULL_F64, NULL_I32, NULL_I32, 100},
        {BOOL_TRUE, NULL_I32, 4, 150, 37, 2, 36, 45},
        {BOOL_TRUE, NULL_I32, 4, 245, 36, 1, 31, 47},
        {BOOL_FALSE, 4, 2, 60, 30, 0, 24, 100},
        {BOOL_FALSE, 3, NULL_I32, NULL_F64, 35, 0, 33, 100},
        {BOOL_FALSE, 2, 3, 240, 35, 0, 30, 95},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        UpcomingPlayer p = upcoming_player_null();

        p.back_to_back = rows[i].back_to_back;
        p.days_rest = rows[i].days_rest;
        p.games_in_last_7_days = rows[i].games_7;
        p.minutes_in_last_7_days = rows[i].minutes_7;
        p.avg_minutes_per_game_last_7 = rows[i].minutes_a_game;
        p.back_to_backs_last_14_days = rows[i].back_to_backs;
        p.player_age = rows[i].age;
        assert_int_equal(fatigue_score(&p), rows[i].score);
    }
    assert_near(fatigue_adjustment(100), 0);
    assert_near(fatigue_adjustment(45), -2.75);
    assert_near(fatigue_adjustment(47), -2.65);
}

static void
shot_zone_mismatch_has_its_known_values(void **state)
{
    static const double rows[][3] = {{65, 4.3, 4.3},  {40, -3.8, -3.04}, {38, 2.5, 1.9},
                                     {33, 3.0, 1.98}, {60, 6.0, 7.2},    {25, 12.0, 7.2},
                                     {80, 9.5, 10.0}, {60, 5.0, 5.0},    {60, -9.5, -10.0}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_near(shot_zone_mismatch(rows[i][0], rows[i][1]), rows[i][2]);
    assert_true(f64_is_null(shot_zone_mismatch(NULL_F64, 3)));
    assert_true(f64_is_null(shot_zone_mismatch(40, NULL_F64)));
}

static void
pace_adjustment_has_its_known_values(void **state)
{
    (void)state;
    assert_near(pace_adjustment(3.5), 1.75);
    assert_near(pace_adjustment(-7), -3);
    assert_near(pace_adjustment(8), 3);
    assert_near(pace_adjustment(0.5), 0.25);
    assert_true(f64_is_null(pace_adjustment(NULL_F64)));
}

static void
usage_adjustment_has_its_known_values(void **state)
{
    static const struct {
        double projected, average;
        int32_t stars;
        double points;
    } rows[] = {{26, 25, 0, 0.3}, {20, 25, 0, -1.5}, {30, 25, 1, 1.725},     {30, 25, 2, 1.95},
                {40, 25, 2, 3.0}, {25, 18, 0, 2.1},  {25, 31, 0, -1.8},      {25, 12, 0, 3.0},
                {25, 0, 0, 0.0},  {20, 25, 2, -1.5}, {26, 25, NULL_I32, 0.3}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_near(usage_adjustment(rows[i].projected, rows[i].average, rows[i].stars), rows[i].points);
    assert_true(f64_is_null(usage_adjustment(NULL_F64, 18, 0)));
    assert_true(f64_is_null(usage_adjustment(26, NULL_F64, 0)));
}

/* ---- composite rows ---- */

static PlayerComposite
composite_of(Season *s, const UpcomingPlayer *u, const PlayerZone *p, const TeamZone *t)
{
    const LeagueView *v = league_view(&s->rows, s->date, s->arena);
    PlayerCompositeResult out;

    composite_factors_compute(v,
                              &(const CompositeInputs){.upcoming = u,
                                                       .upcoming_count = 1,
                                                       .player_zones = p,
                                                       .player_zone_count = p != NULL,
                                                       .team_zones = t,
                                                       .team_zone_count = t != NULL},
                              s->arena, &out);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.expected, 1);
    return out.rows[0];
}

static PlayerZone
zone_of(const Season *s, const char *lookup, const char *zone, double paint, double mid, double three)
{
    return (PlayerZone){.game_date = s->date,
                        .player_lookup = lookup,
                        .primary_scoring_zone = zone,
                        .paint_rate_last_10 = paint,
                        .mid_range_rate_last_10 = mid,
                        .three_pt_rate_last_10 = three};
}

static TeamZone
defense_of(const Season *s, const char *team, double paint, double mid, double three)
{
    return (TeamZone){.game_date = s->date,
                      .team = team,
                      .paint_defense_vs_league_avg = paint,
                      .mid_range_defense_vs_league_avg = mid,
                      .three_pt_defense_vs_league_avg = three};
}

static bool
is_named(const TextArray *names, const char *name)
{
    for (int32_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0)
            return true;
    }
    return false;
}

static void
composite_matches_the_primary_zone_and_a_balanced_scorer_on_the_paint(void **state)
{
    Season *s = *state;
    const UpcomingPlayer *u = &s->upcoming[0];
    TeamZone t = defense_of(s, u->opponent, 3.0, 2.5, -3.8);
    PlayerZone balanced = zone_of(s, u->player_lookup, "balanced", 33, 32, 35);
    PlayerZone perimeter = zone_of(s, u->player_lookup, "perimeter", 30, 30, 40);
    PlayerZone mid = zone_of(s, u->player_lookup, "mid_range", 30, 38, 32);
    PlayerZone paint = zone_of(s, u->player_lookup, "paint", 65, 20, 15);

    assert_near(composite_of(s, u, &balanced, &t).shot_zone_mismatch_score, 1.98);
    assert_near(composite_of(s, u, &perimeter, &t).shot_zone_mismatch_score, -3.04);
    assert_near(composite_of(s, u, &mid, &t).shot_zone_mismatch_score, 1.9);
    assert_near(composite_of(s, u, &paint, &t).shot_zone_mismatch_score, 3.0);
}

static void
composite_total_sums_what_is_present_and_names_what_is_missing(void **state)
{
    Season *s = *state;
    UpcomingPlayer u = s->upcoming[0];
    TeamZone t = defense_of(s, u.opponent, 6.0, 0, 0);
    PlayerZone p = zone_of(s, u.player_lookup, "paint", 60, 20, 20);
    PlayerComposite row;

    u.back_to_back = BOOL_TRUE; /* 85, so -0.75 */
    u.avg_minutes_per_game_last_7 = 30;
    u.pace_differential = 3.5;
    u.projected_usage_rate = 20;
    u.avg_usage_rate_last_7_games = 25;
    row = composite_of(s, &u, &p, &t);
    assert_near(row.total_composite_adjustment, -0.75 + 7.2 + 1.75 - 1.5);
    assert_near(row.data_completeness_pct, 100);
    assert_int_equal(row.missing_inputs.count, 1);
    assert_true(is_named(&row.missing_inputs, "star_teammates_out"));

    u.projected_usage_rate = NULL_F64;
    u.pace_differential = NULL_F64;
    row = composite_of(s, &u, &p, NULL);
    assert_near(row.total_composite_adjustment, -0.75);
    assert_true(f64_is_null(row.shot_zone_mismatch_score));
    assert_true(f64_is_null(row.pace_score));
    assert_true(f64_is_null(row.usage_spike_score));
    assert_near(row.data_completeness_pct, 40);
    assert_int_equal(row.missing_inputs.count, 4);
    assert_true(is_named(&row.missing_inputs, "team_defense_zone"));
    assert_true(is_named(&row.missing_inputs, "projected_usage_rate"));
    assert_true(is_named(&row.missing_inputs, "pace_differential"));
}

static void
composite_without_a_player_row_has_no_mismatch(void **state)
{
    Season *s = *state;
    const UpcomingPlayer *u = &s->upcoming[0];
    TeamZone t = defense_of(s, u->opponent, 6.0, 0, 0);
    PlayerZone shotless = zone_of(s, u->player_lookup, NULL, NULL_F64, NULL_F64, NULL_F64);
    PlayerZone yesterdays = zone_of(s, u->player_lookup, "paint", 60, 20, 20);
    PlayerComposite row = composite_of(s, u, NULL, &t);

    yesterdays.game_date = date_add(s->date, -1);
    assert_true(f64_is_null(row.shot_zone_mismatch_score));
    assert_true(is_named(&row.missing_inputs, "player_shot_zone"));
    assert_false(is_named(&row.missing_inputs, "team_defense_zone"));
    assert_true(f64_is_null(composite_of(s, u, &shotless, &t).shot_zone_mismatch_score));
    assert_true(f64_is_null(composite_of(s, u, &yesterdays, &t).shot_zone_mismatch_score));
}

static void
composite_warns_of_a_tired_player_and_of_an_extreme_mismatch(void **state)
{
    Season *s = *state;
    UpcomingPlayer u = s->upcoming[0];
    PlayerZone p = zone_of(s, u.player_lookup, "paint", 60, 20, 20);
    TeamZone strong = defense_of(s, u.opponent, -7.0, 0, 0);
    TeamZone fair = defense_of(s, u.opponent, 1.0, 0, 0);

    assert_int_equal(composite_of(s, &u, &p, &fair).has_warnings, BOOL_FALSE);
    assert_int_equal(composite_of(s, &u, &p, &strong).has_warnings, BOOL_TRUE);
    u.back_to_back = BOOL_TRUE;
    u.games_in_last_7_days = 4;
    u.avg_minutes_per_game_last_7 = 37;
    u.back_to_backs_last_14_days = 2;
    u.player_age = 36;
    assert_int_equal(composite_of(s, &u, &p, &fair).fatigue_score, 45);
    assert_int_equal(composite_of(s, &u, &p, &fair).has_warnings, BOOL_TRUE);
}

/* ---- team defence ---- */

static const TeamZone *
team_row(const TeamZoneResult *r, const char *team)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->rows[i].team, team) == 0)
            return &r->rows[i];
    }
    return NULL;
}

static TeamZoneResult
teams_of(Season *s)
{
    TeamZoneResult out;

    team_defense_zone_compute(league_view(&s->rows, s->date, s->arena), s->arena, &out);
    return out;
}

/* The same shots in every game, so that the answers can be read off. */
static void
level_defense(Season *s)
{
    for (size_t i = 0; i < s->rows.defense_count; i++) {
        TeamDefense *d = &s->defense[i];

        d->paint_attempts = 50;
        d->paint_makes = 30;
        d->mid_attempts = 20;
        d->mid_makes = 8;
        d->three_attempts = 40;
        d->three_makes = 14;
    }
}

static void
team_window_is_its_last_15_games_against_the_league(void **state)
{
    Season *s = *state;
    const TeamZone *row;
    TeamZoneResult r;

    level_defense(s);
    for (size_t i = 0, seen = 0; i < s->rows.defense_count; i++) {
        TeamDefense *d = &s->defense[i];

        if (strcmp(d->team, "BOS") != 0)
            continue;
        d->points_allowed = seen < 5 ? 500 : 110; /* 20 games: the first five are out of sight */
        d->defensive_rating = seen < 5 ? 500 : 112;
        d->opponent_pace = seen == 6 ? NULL_F64 : 99;
        d->paint_makes = seen++ < 5 ? 0 : 36;
    }
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->games_in_sample, 15);
    assert_near(row->paint_pct_allowed_last_15, 36.0 / 50);
    assert_near(row->mid_range_pct_allowed_last_15, 0.4);
    assert_near(row->three_pt_pct_allowed_last_15, 0.35);
    assert_near(row->three_pt_attempts_allowed_per_game, 40);
    assert_near(row->opponent_points_per_game, 110);
    assert_near(row->defensive_rating_last_15, 112);
    assert_near(row->opponent_pace, 99);
    /* League: eleven teams at 0.60 and one at 0.72, over the same 15 games in 30 days. */
    assert_near(row->paint_defense_vs_league_avg, (0.72 - (11 * 0.60 + 0.72) / 12) * 100);
    assert_near(row->mid_range_defense_vs_league_avg, 0);
    assert_string_equal(row->weakest_zone, "paint");
    assert_string_equal(team_row(&r, "ATL")->strongest_zone, "paint");
    assert_string_equal(row->data_quality_tier, "high");
    assert_int_equal(row->early_season_flag, BOOL_FALSE);
}

static void
league_average_needs_ten_teams_with_ten_games_in_30_days(void **state)
{
    Season *s = *state;
    LeagueZones z;

    level_defense(s);
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.60);
    assert_near(z.pct[ZONE_MID_RANGE], 0.40);
    assert_near(z.pct[ZONE_PERIMETER], 0.35);
    s->date = s->schedule[10 * TEAMS / 2].game_date; /* ten games a team */
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.60);
    s->date = s->schedule[9 * TEAMS / 2].game_date;
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.580);
    s->date = s->schedule[MORNING_ROUND * TEAMS / 2].game_date;
    for (size_t i = 0; i < s->rows.defense_count; i++) { /* three teams lose all their threes */
        if (strcmp(s->defense[i].team, "BOS") <= 0)
            s->defense[i].three_attempts = s->defense[i].three_makes = NULL_I32;
    }
    z = team_defense_league_zones(league_view(&s->rows, s->date, s->arena));
    assert_near(z.pct[ZONE_PAINT], 0.580);
    assert_near(z.pct[ZONE_MID_RANGE], 0.410);
    assert_near(z.pct[ZONE_PERIMETER], 0.355);
}

static void
game_without_shots_is_left_out_of_the_zones_only(void **state)
{
    Season *s = *state;
    TeamZoneResult r;
    const TeamZone *row;

    level_defense(s);
    for (size_t i = 0, seen = 0; i < s->rows.defense_count; i++) {
        TeamDefense *d = &s->defense[i];

        if (strcmp(d->team, "BOS") == 0 && seen++ % 2 == 0)
            d->paint_attempts = d->paint_makes = d->mid_attempts = d->mid_makes = d->three_attempts = d->three_makes
                = NULL_I32;
        if (strcmp(d->team, "CHA") == 0)
            d->paint_attempts = d->paint_makes = NULL_I32;
    }
    r = teams_of(s);
    row = team_row(&r, "BOS");
    assert_int_equal(row->games_in_sample, 15);
    assert_near(row->paint_pct_allowed_last_15, 0.6);
    assert_near(row->paint_attempts_allowed_per_game, 50);
    row = team_row(&r, "CHA");
    assert_true(f64_is_null(row->paint_pct_allowed_last_15));
    assert_true(f64_is_null(row->paint_attempts_allowed_per_game));
    assert_true(f64_is_null(row->paint_defense_vs_league_avg));
    assert_null(row->strongest_zone);
    assert_null(row->weakest_zone);
}

static void
young_season_lowers_the_minimum_and_is_marked(void **state)
{
    Season *s = *state;
    TeamZoneResult r;

    s->date = s->schedule[8 * TEAMS / 2].game_date; /* eight rounds played */
    r = teams_of(s);
    assert_int_equal(r.count, TEAMS);
    assert_int_equal(r.rows[0].minimum_games, 8);
    assert_int_equal(r.rows[0].games_in_sample, 8);
    assert_int_equal(r.rows[0].early_season_flag, BOOL_TRUE);
    assert_string_equal(r.rows[0].data_quality_tier, "low");
    s->date = s->schedule[3 * TEAMS / 2].game_date;
    r = teams_of(s);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.expected, 0);
    assert_int_equal(r.skipped_count, TEAMS);
    assert_string_equal(r.skipped[0].reason, "INSUFFICIENT_DATA");
    assert_string_equal(r.skipped[0].processor, "team_defense_zone");
}

/* All games of the date but the first become games of the next day. */
static void
leave_one_game(Season *s)
{
    size_t seen = 0;

    for (size_t i = 0; i < s->rows.schedule_count; i++) {
        if (date_equal(s->schedule[i].game_date, s->date) && seen++ > 0)
            s->schedule[i].game_date = date_add(s->date, 1);
    }
}

static void
single_game_slate_expects_two_teams_and_still_describes_them_all(void **state)
{
    Season *s = *state;
    TeamZoneResult r;

    assert_int_equal(teams_of(s).expected, TEAMS);
    leave_one_game(s);
    r = teams_of(s);
    assert_int_equal(r.expected, 2);
    assert_int_equal(r.count, TEAMS);
    assert_int_equal(r.skipped_count, 0);
}

static void
single_game_slate_gives_each_of_its_players_a_row(void **state)
{
    Season *s = *state;
    Morning m;

    leave_one_game(s);
    s->upcoming_count = 1;
    m = morning(s);
    assert_int_equal(m.composites.count, 1);
    assert_int_equal(m.composites.expected, 1);
    assert_int_equal(m.caches.count, 1);
    assert_int_equal(m.caches.expected, 1);
    assert_int_equal(m.zones.count, TEAMS * SQUAD);
}

/* ---- player shot zones ---- */

static void
primary_zone_prefers_paint_then_threes_then_mid_range(void **state)
{
    (void)state;
    assert_string_equal(primary_scoring_zone(40, 20, 40), "paint");
    assert_string_equal(primary_scoring_zone(39.9, 20, 40.1), "perimeter");
    assert_string_equal(primary_scoring_zone(30, 35, 35), "mid_range");
    assert_string_equal(primary_scoring_zone(33, 33, 34), "balanced");
    assert_null(primary_scoring_zone(NULL_F64, NULL_F64, NULL_F64));
}

static void
sample_quality_has_its_thresholds(void **state)
{
    (void)state;
    assert_string_equal(shot_sample_quality(10, 10), "excellent");
    assert_string_equal(shot_sample_quality(7, 10), "good");
    assert_string_equal(shot_sample_quality(5, 10), "limited");
    assert_string_equal(shot_sample_quality(4, 10), "insufficient");
    assert_string_equal(shot_sample_quality(20, 20), "excellent");
    assert_string_equal(shot_sample_quality(14, 20), "good");
    assert_string_equal(shot_sample_quality(13, 20), "limited");
    assert_string_equal(shot_sample_quality(9, 20), "insufficient");
}

/* The games of a player, oldest first; *count is how many. */
static PlayerGame **
games_of(Season *s, const char *lookup, size_t *count)
{
    PlayerGame **games = arena_array(s->arena, ROUNDS, sizeof games[0]);

    *count = 0;
    for (size_t i = 0; i < s->rows.player_game_count; i++) {
        if (strcmp(s->player_games[i].player_lookup, lookup) == 0)
            games[(*count)++] = &s->player_games[i];
    }
    return games;
}

static const PlayerZone *
zone_row(const PlayerZoneResult *r, const char *lookup)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->rows[i].player_lookup, lookup) == 0)
            return &r->rows[i];
    }
    return NULL;
}

static PlayerZoneResult
zones_of(Season *s)
{
    PlayerZoneResult out;

    player_shot_zone_compute(league_view(&s->rows, s->date, s->arena), s->arena, &out);
    return out;
}

static void
set_shots(PlayerGame *g, int32_t paint, int32_t paint_makes, int32_t mid, int32_t three)
{
    g->paint_attempts = paint;
    g->paint_makes = paint_makes;
    g->mid_attempts = mid;
    g->mid_makes = mid == NULL_I32 ? NULL_I32 : 0;
    g->three_attempts_shots = three;
    g->three_makes_shots = three;
    g->three_attempts = 99; /* of the box score: not used */
}

static void
shot_rates_are_percent_of_the_last_10_games_and_fractions_made(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerZoneResult r;
    const PlayerZone *row;

    for (size_t i = 0; i < MORNING_ROUND; i++)
        set_shots(games[i], i < 10 ? 16 : 6, i < 10 ? 0 : 3, 2, 4);
    set_shots(games[15], NULL_I32, NULL_I32, NULL_I32, NULL_I32);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_int_equal(row->games_in_sample_10, 10);
    assert_int_equal(row->total_shots_last_10, 9 * 12);
    assert_near(row->paint_rate_last_10, 50);
    assert_near(row->mid_range_rate_last_10, 100.0 / 6);
    assert_near(row->three_pt_rate_last_10, 100.0 / 3);
    assert_near(row->paint_pct_last_10, 0.5);
    assert_near(row->mid_range_pct_last_10, 0);
    assert_near(row->three_pt_pct_last_10, 1);
    assert_near(row->paint_attempts_per_game, 6);
    assert_string_equal(row->primary_scoring_zone, "paint");
    assert_int_equal(row->games_in_sample_20, 20);
    assert_near(row->paint_rate_last_20, 100.0 * (160 + 54) / (160 + 54 + 19 * 6));
    assert_near(row->paint_pct_last_20, 27.0 / (160 + 54));
    assert_int_equal(row->minimum_games, 10);
    assert_int_equal(row->early_season_flag, BOOL_FALSE);
}

static void
shot_rates_without_shots_are_null(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerZoneResult r;
    const PlayerZone *row;

    for (size_t i = 0; i < count; i++)
        set_shots(games[i], NULL_I32, NULL_I32, NULL_I32, NULL_I32);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_true(f64_is_null(row->paint_rate_last_10));
    assert_true(f64_is_null(row->paint_pct_last_10));
    assert_true(f64_is_null(row->paint_attempts_per_game));
    assert_null(row->primary_scoring_zone);
    for (size_t i = 0; i < count; i++)
        set_shots(games[i], 0, 0, 0, 0);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_true(f64_is_null(row->three_pt_rate_last_10));
    assert_near(row->paint_attempts_per_game, 0);
    assert_null(row->primary_scoring_zone);
}

/* The oldest games of the player become games of someone else. */
static void
keep_newest(Season *s, const char *lookup, size_t keep_before_date)
{
    size_t count;
    PlayerGame **games = games_of(s, lookup, &count);

    for (size_t i = 0; i + keep_before_date < MORNING_ROUND; i++)
        games[i]->player_lookup = "someoneelse";
}

static void
long_window_needs_15_games_and_any_row_needs_the_minimum(void **state)
{
    Season *s = *state;
    PlayerZoneResult r;
    const PlayerZone *row;

    keep_newest(s, "player00", 14);
    keep_newest(s, "player01", 9);
    r = zones_of(s);
    row = zone_row(&r, "player00");
    assert_true(i32_is_null(row->games_in_sample_20));
    assert_true(f64_is_null(row->paint_rate_last_20));
    assert_true(f64_is_null(row->paint_pct_last_20));
    assert_string_equal(row->sample_quality_20, "good");
    assert_null(zone_row(&r, "player01"));
    assert_int_equal(r.skipped_count, 1);
    assert_string_equal(r.skipped[0].entity, "player01");
    assert_string_equal(r.skipped[0].reason, "INSUFFICIENT_DATA");
    assert_string_equal(r.skipped[0].processor, "player_shot_zone");
    assert_int_equal(r.expected, r.count);
}

/* ---- daily cache ---- */

static PlayerCacheResult
caches_of(Season *s)
{
    return morning(s).caches;
}

static const PlayerCache *
cache_row(const PlayerCacheResult *r, const char *lookup)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->rows[i].player_lookup, lookup) == 0)
            return &r->rows[i];
    }
    return NULL;
}

static int32_t
window_holes(const PlayerCache *row)
{
    return row->window_l10_expected - row->window_l10_used;
}

static void
cache_windows_hold_the_newest_played_games(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerCacheResult r;
    const PlayerCache *row;

    for (int i = 0; i < MORNING_ROUND; i++) { /* 1..20 points, 30 minutes */
        games[i]->points = i + 1;
        games[i]->minutes = 30;
        games[i]->usage_rate = i % 2 == 0 ? NULL_F64 : 20;
        games[i]->ts_pct = 0.5;
    }
    r = caches_of(s);
    row = cache_row(&r, "player00");
    assert_near(row->points_avg_last_5, 18);
    assert_near(row->points_avg_last_10, 15.5);
    assert_near(row->points_avg_season, 10.5);
    assert_near(row->points_std_last_10, 3.0276503540974917); /* of 1..10 */
    assert_near(row->minutes_avg_last_10, 30);
    assert_near(row->ppm_last_10, 155.0 / 300);
    assert_near(row->usage_rate_last_10, 20);
    assert_near(row->usage_rate_season, 20);
    assert_near(row->ts_pct_last_10, 0.5);
    assert_int_equal(row->games_played_season, 20);
    assert_int_equal(row->window_l5_used, 5);
    assert_int_equal(row->window_l10_used, 10);
    assert_int_equal(row->window_l10_expected - row->window_l10_used, 0);
    assert_int_equal(row->early_season_flag, BOOL_FALSE);
}

static void
game_that_he_sat_out_enters_no_window(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerCacheResult r;
    const PlayerCache *row;

    for (int i = 0; i < MORNING_ROUND; i++) {
        games[i]->points = 30;
        games[i]->minutes = 36;
    }
    games[19]->points = games[17]->points = 0;
    games[19]->minutes = games[17]->minutes = 0;
    r = caches_of(s);
    row = cache_row(&r, "player00");
    assert_near(row->points_avg_last_5, 30);
    assert_near(row->minutes_avg_last_10, 36);
    assert_int_equal(row->games_played_season, 18);
    games[18]->points = 0; /* he played and missed everything: a game like any other */
    r = caches_of(s);
    assert_near(cache_row(&r, "player00")->points_avg_last_5, 24);
}

static void
cache_copies_the_schedule_and_the_zones_and_averages_the_team(void **state)
{
    Season *s = *state;
    Morning m = morning(s);
    const PlayerCache *row = cache_row(&m.caches, "player00");
    const PlayerZone *zone = zone_row(&m.zones, "player00");
    double pace = 0;
    int games = 0;

    for (size_t i = s->rows.offense_count; i-- > 0;) {
        const TeamOffense *o = &s->offense[i];

        if (strcmp(o->team, "ATL") == 0 && date_before(o->game_date, s->date) && games++ < 10)
            pace += o->pace / 10;
    }
    assert_near(row->team_pace_last_10, pace);
    assert_int_equal(row->games_in_last_7_days, 3);
    assert_int_equal(row->games_in_last_14_days, 7);
    assert_near(row->minutes_in_last_7_days, 90);
    assert_near(row->minutes_in_last_14_days, 190);
    assert_near(row->avg_minutes_per_game_last_7, 30);
    assert_int_equal(row->back_to_backs_last_14_days, 0);
    assert_string_equal(row->primary_scoring_zone, zone->primary_scoring_zone);
    assert_near(row->paint_rate_last_10, zone->paint_rate_last_10);
    assert_near(row->three_pt_rate_last_10, zone->three_pt_rate_last_10);
    assert_int_equal(row->shot_zone_data_available, BOOL_TRUE);
    keep_newest(s, "player00", 9); /* too few games for zones, enough for a cache */
    m = morning(s);
    row = cache_row(&m.caches, "player00");
    assert_int_equal(row->shot_zone_data_available, BOOL_FALSE);
    assert_true(f64_is_null(row->paint_rate_last_10));
    assert_null(row->primary_scoring_zone);
    assert_int_equal(row->early_season_flag, BOOL_TRUE);
    assert_int_equal(row->window_l10_used, 9);
}

static const SkippedEntity *
skipped_row(const PlayerCacheResult *r, const char *lookup)
{
    for (size_t i = 0; i < r->skipped_count; i++) {
        if (strcmp(r->skipped[i].entity, lookup) == 0)
            return &r->skipped[i];
    }
    return NULL;
}

static void
cache_skips_newcomers_and_the_long_absent_and_does_not_expect_them(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player02", &count);
    PlayerGame **recent = games_of(s, "player03", &count);
    PlayerCacheResult r;

    keep_newest(s, "player00", 3);
    keep_newest(s, "player01", 2);
    /* Round 4 is 32 days before the date, round 5 is 30. */
    for (int i = 5; i < ROUNDS; i++)
        games[i]->player_lookup = "someoneelse";
    for (int i = 6; i < ROUNDS; i++)
        recent[i]->player_lookup = "someoneelse";
    s->upcoming[5].player_lookup = "rookie";
    r = caches_of(s);
    assert_non_null(cache_row(&r, "player00"));
    assert_non_null(cache_row(&r, "player03"));
    assert_string_equal(skipped_row(&r, "player01")->reason, "INSUFFICIENT_DATA");
    assert_string_equal(skipped_row(&r, "rookie")->reason, "INSUFFICIENT_DATA");
    assert_string_equal(skipped_row(&r, "player02")->reason, "STALE_DATA");
    assert_string_equal(skipped_row(&r, "player02")->processor, "player_daily_cache");
    assert_int_equal(r.skipped_count, 3);
    assert_int_equal(r.expected, MAX_UPCOMING - 3);
    assert_int_equal(r.count, r.expected);
}

/* The round-th game of the team, from 0, gets or loses its box score. */
static TeamOffense *
team_game(Season *s, const char *team, size_t round)
{
    for (size_t i = 0, seen = 0; i < s->rows.offense_count; i++) {
        if (strcmp(s->offense[i].team, team) == 0 && seen++ == round)
            return &s->offense[i];
    }
    return NULL;
}

static void
hole_in_the_span_of_the_window_is_counted(void **state)
{
    Season *s = *state;
    PlayerCacheResult r;

    team_game(s, "ATL", 9)->is_complete = BOOL_FALSE; /* before the ten games */
    r = caches_of(s);
    assert_int_equal(window_holes(cache_row(&r, "player00")), 0);
    team_game(s, "ATL", 10)->is_complete = BOOL_FALSE;
    team_game(s, "ATL", 19)->team = "???"; /* no row at all */
    r = caches_of(s);
    assert_int_equal(window_holes(cache_row(&r, "player00")), 2);
    keep_newest(s, "player00", 9); /* any earlier game could have been his tenth */
    r = caches_of(s);
    assert_int_equal(window_holes(cache_row(&r, "player00")), 3);
}

static void
hole_counts_for_the_team_he_was_with_at_the_time(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerCacheResult r;

    for (int i = 0; i < 15; i++) /* he came from BKN after round 14 and sat out round 15 */
        games[i]->team = "BKN";
    games[15]->player_lookup = "someoneelse";
    team_game(s, "BKN", 12)->is_complete = BOOL_FALSE;
    team_game(s, "ATL", 17)->is_complete = BOOL_FALSE;
    team_game(s, "ATL", 12)->is_complete = BOOL_FALSE; /* not his team yet */
    team_game(s, "ATL", 14)->is_complete = BOOL_FALSE; /* he played for BKN on that day */
    team_game(s, "BKN", 17)->is_complete = BOOL_FALSE; /* no longer his team */
    r = caches_of(s);
    assert_int_equal(window_holes(cache_row(&r, "player00")), 2);
    team_game(s, "BKN", 15)->is_complete = BOOL_FALSE; /* between the teams: either */
    team_game(s, "ATL", 15)->is_complete = BOOL_FALSE;
    r = caches_of(s);
    assert_int_equal(window_holes(cache_row(&r, "player00")), 4);
}

static void
hole_before_a_short_stay_counts_for_that_team(void **state)
{
    Season *s = *state;
    size_t count;
    PlayerGame **games = games_of(s, "player00", &count);
    PlayerCacheResult r;

    for (int i = 0; i < 17; i++) /* BKN, then CHA from round 14, ATL from round 17 */
        games[i]->team = i < 14 ? "BKN" : "CHA";
    games[13]->player_lookup = "someoneelse";
    team_game(s, "CHA", 13)->is_complete = BOOL_FALSE;
    r = caches_of(s);
    assert_int_equal(window_holes(cache_row(&r, "player00")), 1);
    team_game(s, "ATL", 13)->is_complete = BOOL_FALSE; /* not between BKN and CHA */
    r = caches_of(s);
    assert_int_equal(window_holes(cache_row(&r, "player00")), 1);
}

/* ---- what cannot matter ---- */

static void
shuffle(void *rows, size_t count, size_t size, int seed)
{
    unsigned char *bytes = rows;
    unsigned char swap[sizeof(UpcomingPlayer) + sizeof(PlayerGame)];

    assert_true(size <= sizeof swap);
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)vary((int)i, seed, 77, (int)i);

        memcpy(swap, bytes + (i - 1) * size, size);
        memmove(bytes + (i - 1) * size, bytes + k * size, size);
        memcpy(bytes + k * size, swap, size);
    }
}

static void
order_of_the_rows_changes_no_bit(void **state)
{
    Season *s = *state;
    const char *sorted = printed_morning(s);

    for (int seed = 1; seed <= 5; seed++) {
        shuffle(s->schedule, s->rows.schedule_count, sizeof s->schedule[0], seed);
        shuffle(s->player_games, s->rows.player_game_count, sizeof s->player_games[0], seed);
        shuffle(s->offense, s->rows.offense_count, sizeof s->offense[0], seed);
        shuffle(s->defense, s->rows.defense_count, sizeof s->defense[0], seed);
        shuffle(s->upcoming, s->upcoming_count, sizeof s->upcoming[0], seed);
        assert_string_equal(printed_morning(s), sorted);
    }
}

static void
outcomes_on_or_after_the_date_change_no_bit(void **state)
{
    Season *s = *state;
    const char *before = printed_morning(s);

    for (size_t i = 0; i < s->rows.player_game_count; i++) {
        if (!date_before(s->player_games[i].game_date, s->date)) {
            s->player_games[i].points = 99;
            s->player_games[i].team = "???";
            s->player_games[i].player_lookup = i % 2 == 0 ? "player00" : "newcomer";
        }
    }
    for (size_t i = 0; i < s->rows.offense_count; i++) {
        if (!date_before(s->offense[i].game_date, s->date)) {
            s->offense[i].pace = 500;
            s->offense[i].is_complete = BOOL_FALSE;
        }
        if (!date_before(s->defense[i].game_date, s->date)) {
            s->defense[i].paint_makes = 0;
            s->defense[i].points_allowed = 999;
        }
    }
    assert_string_equal(printed_morning(s), before);
}

static void
absence_of_the_future_changes_no_bit(void **state)
{
    Season *s = *state;
    const char *before = printed_morning(s);
    size_t rounds = MORNING_ROUND;

    s->rows.player_game_count = rounds * TEAMS * SQUAD;
    s->rows.offense_count = rounds * TEAMS;
    s->rows.defense_count = rounds * TEAMS;
    s->rows.schedule_count = (rounds + 1) * TEAMS / 2;
    assert_string_equal(printed_morning(s), before);
}

static void
outcome_of_the_day_before_does_change_the_rows(void **state)
{
    Season *s = *state;
    const char *before = printed_morning(s);

    s->player_games[MORNING_ROUND * TEAMS * SQUAD - 1].points += 1;
    assert_string_not_equal(printed_morning(s), before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fatigue_score_has_its_known_values, setup, teardown),
        cmocka_unit_test_setup_teardown(shot_zone_mismatch_has_its_known_values, setup, teardown),
        cmocka_unit_test_setup_teardown(pace_adjustment_has_its_known_values, setup, teardown),
        cmocka_unit_test_setup_teardown(usage_adjustment_has_its_known_values, setup, teardown),
        cmocka_unit_test_setup_teardown(composite_matches_the_primary_zone_and_a_balanced_scorer_on_the_paint, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(composite_total_sums_what_is_present_and_names_what_is_missing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(composite_without_a_player_row_has_no_mismatch, setup, teardown),
        cmocka_unit_test_setup_teardown(composite_warns_of_a_tired_player_and_of_an_extreme_mismatch, setup, teardown),
        cmocka_unit_test_setup_teardown(team_window_is_its_last_15_games_against_the_league, setup, teardown),
        cmocka_unit_test_setup_teardown(league_average_needs_ten_teams_with_ten_games_in_30_days, setup, teardown),
        cmocka_unit_test_setup_teardown(game_without_shots_is_left_out_of_the_zones_only, setup, teardown),
        cmocka_unit_test_setup_teardown(young_season_lowers_the_minimum_and_is_marked, setup, teardown),
        cmocka_unit_test_setup_teardown(single_game_slate_expects_two_teams_and_still_describes_them_all, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(single_game_slate_gives_each_of_its_players_a_row, setup, teardown),
        cmocka_unit_test_setup_teardown(primary_zone_prefers_paint_then_threes_then_mid_range, setup, teardown),
        cmocka_unit_test_setup_teardown(sample_quality_has_its_thresholds, setup, teardown),
        cmocka_unit_test_setup_teardown(shot_rates_are_percent_of_the_last_10_games_and_fractions_made, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(shot_rates_without_shots_are_null, setup, teardown),
        cmocka_unit_test_setup_teardown(long_window_needs_15_games_and_any_row_needs_the_minimum, setup, teardown),
        cmocka_unit_test_setup_teardown(cache_windows_hold_the_newest_played_games, setup, teardown),
        cmocka_unit_test_setup_teardown(game_that_he_sat_out_enters_no_window, setup, teardown),
        cmocka_unit_test_setup_teardown(cache_copies_the_schedule_and_the_zones_and_averages_the_team, setup, teardown),
        cmocka_unit_test_setup_teardown(cache_skips_newcomers_and_the_long_absent_and_does_not_expect_them, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(hole_in_the_span_of_the_window_is_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(hole_counts_for_the_team_he_was_with_at_the_time, setup, teardown),
        cmocka_unit_test_setup_teardown(hole_before_a_short_stay_counts_for_that_team, setup, teardown),
        cmocka_unit_test_setup_teardown(order_of_the_rows_changes_no_bit, setup, teardown),
        cmocka_unit_test_setup_teardown(outcomes_on_or_after_the_date_change_no_bit, setup, teardown),
        cmocka_unit_test_setup_teardown(absence_of_the_future_changes_no_bit, setup, teardown),
        cmocka_unit_test_setup_teardown(outcome_of_the_day_before_does_change_the_rows, setup, teardown),
    };

    return cmocka_run_group_tests_name("precompute", tests, NULL, NULL);
}
