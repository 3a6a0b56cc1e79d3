/*
 * tests/unit/precompute_season.h
 *    A small league in full swing, and what the four precompute processors make of one of its mornings.
 */
#ifndef TIPOFF_TESTS_PRECOMPUTE_SEASON_H
#define TIPOFF_TESTS_PRECOMPUTE_SEASON_H

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

static inline GameDate
day(const char *text)
{
    GameDate d;

    assert_true(date_parse(text, &d));
    return d;
}

static inline void
assert_near(double actual, double wanted)
{
    if (!(fabs(actual - wanted) <= 1e-9))
        fail_msg("%.17g is not %.17g", actual, wanted);
}

/* A number below limit that depends on nothing but its arguments. */
static inline int32_t
vary(int a, int b, int c, int limit)
{
    uint32_t h = (uint32_t)a * 2654435761U ^ (uint32_t)b * 2246822519U ^ (uint32_t)c * 3266489917U;

    h = (h ^ (h >> 15)) * 2246822519U;
    return (int32_t)((h ^ (h >> 13)) % (uint32_t)limit);
}

static inline void
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

static inline void
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

static inline void
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

static inline void
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
        u.games_played_season = MORNING_ROUND;
        u.window_7d_used = u.window_7d_expected = 3;
        u.window_14d_used = u.window_14d_expected = 7;
        u.completeness_pct = 100;
        u.is_production_ready = BOOL_TRUE;
        s->upcoming[s->upcoming_count++] = u;
    }
}

static inline int
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

static inline int
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
static inline Morning
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

/* ---- finding rows ---- */

/* The games of a player, oldest first; *count is how many. */
static inline PlayerGame **
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

/* The oldest games of the player become games of someone else. */
static inline void
keep_newest(Season *s, const char *lookup, size_t keep_before_date)
{
    size_t count;
    PlayerGame **games = games_of(s, lookup, &count);

    for (size_t i = 0; i + keep_before_date < MORNING_ROUND; i++)
        games[i]->player_lookup = "someoneelse";
}

/* The round-th game of the team, from 0, gets or loses its box score. */
static inline TeamOffense *
team_game(Season *s, const char *team, size_t round)
{
    for (size_t i = 0, seen = 0; i < s->rows.offense_count; i++) {
        if (strcmp(s->offense[i].team, team) == 0 && seen++ == round)
            return &s->offense[i];
    }
    return NULL;
}

static inline const PlayerZone *
zone_row(const PlayerZoneResult *r, const char *lookup)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->rows[i].player_lookup, lookup) == 0)
            return &r->rows[i];
    }
    return NULL;
}

static inline const PlayerCache *
cache_row(const PlayerCacheResult *r, const char *lookup)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->rows[i].player_lookup, lookup) == 0)
            return &r->rows[i];
    }
    return NULL;
}

static inline const TeamZone *
team_row(const TeamZoneResult *r, const char *team)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->rows[i].team, team) == 0)
            return &r->rows[i];
    }
    return NULL;
}

/* All games of the date but the first become games of the next day. */
static inline void
leave_one_game(Season *s)
{
    size_t seen = 0;

    for (size_t i = 0; i < s->rows.schedule_count; i++) {
        if (date_equal(s->schedule[i].game_date, s->date) && seen++ > 0)
            s->schedule[i].game_date = date_add(s->date, 1);
    }
}

#define SEASON_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
