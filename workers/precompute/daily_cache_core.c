/*
 * workers/precompute/daily_cache_core.c
 *    A player's recent form on the morning of a game: means over his last 5, 10 and all games of
 *    the season, his team's pace, and what the schedule has asked of him lately.
 */
#include "workers/precompute/daily_cache_core.h"
#include <math.h>
#include <string.h>
#include "workers/league/affected.h"

enum {
    SHORT_WINDOW = 5,
    LONG_WINDOW = 10,
    MINIMUM_GAMES = 3,
    FULL_HISTORY_GAMES = 10,
    STALE_AFTER_DAYS = 30,
    TEAM_WINDOW = 10,
};

static const char *const processor_name = "player_daily_cache";

/* Means over the newest games of a player. */
typedef struct {
    MeanSum points, minutes, usage, ts;
} FormSum;

static FormSum
form_sum(const PlayerGame *const *games, size_t count)
{
    FormSum f = {0};

    for (size_t i = count; i-- > 0;) {
        mean_add(&f.points, games[i]->points);
        mean_add(&f.minutes, games[i]->minutes);
        mean_add(&f.usage, games[i]->usage_rate);
        mean_add(&f.ts, games[i]->ts_pct);
    }
    return f;
}

/* Of a sample: NULL below two games. */
static double
points_std(const PlayerGame *const *games, size_t count, double mean)
{
    double squares = 0;

    if (count < 2)
        return NULL_F64;
    for (size_t i = count; i-- > 0;)
        squares += (games[i]->points - mean) * (games[i]->points - mean);
    return sqrt(squares / (double)(count - 1));
}

static size_t
window_size(size_t games, size_t limit)
{
    return games < limit ? games : limit;
}

static void
fill_form(PlayerCache *row, const PlayerGame *const *games, size_t count)
{
    const size_t l5 = window_size(count, SHORT_WINDOW);
    const size_t l10 = window_size(count, LONG_WINDOW);
    const FormSum last_5 = form_sum(games, l5);
    const FormSum last_10 = form_sum(games, l10);
    const FormSum season = form_sum(games, count);

    row->points_avg_last_5 = mean_value(&last_5.points);
    row->points_avg_last_10 = mean_value(&last_10.points);
    row->points_avg_season = mean_value(&season.points);
    row->points_std_last_10 = points_std(games, l10, row->points_avg_last_10);
    row->minutes_avg_last_10 = mean_value(&last_10.minutes);
    row->minutes_avg_season = mean_value(&season.minutes);
    row->ppm_last_10 = last_10.minutes.sum > 0 ? last_10.points.sum / last_10.minutes.sum : NULL_F64;
    row->usage_rate_last_10 = mean_value(&last_10.usage);
    row->ts_pct_last_10 = mean_value(&last_10.ts);
    row->usage_rate_season = mean_value(&season.usage);
    row->games_played_season = (int32_t)count;
    row->window_l5_used = (int32_t)l5;
    row->window_l10_used = (int32_t)l10;
    row->early_season_flag = count < FULL_HISTORY_GAMES ? BOOL_TRUE : BOOL_FALSE;
}

static void
fill_team(PlayerCache *row, const LeagueTeam *t)
{
    const size_t games = t == NULL ? 0 : window_size(t->offense_count, TEAM_WINDOW);
    MeanSum pace = {0};
    MeanSum rating = {0};

    for (size_t i = games; i-- > 0;) {
        mean_add(&pace, t->offense[i]->pace);
        mean_add(&rating, t->offense[i]->offensive_rating);
    }
    row->team_pace_last_10 = mean_value(&pace);
    row->team_off_rating_last_10 = mean_value(&rating);
}

static void
fill_schedule(PlayerCache *row, const UpcomingPlayer *p)
{
    row->games_in_last_7_days = p->games_in_last_7_days;
    row->games_in_last_14_days = p->games_in_last_14_days;
    row->minutes_in_last_7_days = p->minutes_in_last_7_days;
    row->minutes_in_last_14_days = p->minutes_in_last_14_days;
    row->back_to_backs_last_14_days = p->back_to_backs_last_14_days;
    row->avg_minutes_per_game_last_7 = p->avg_minutes_per_game_last_7;
}

static void
fill_zones(PlayerCache *row, const PlayerZone *z)
{
    const bool is_known = z != NULL && !f64_is_null(z->paint_rate_last_10);

    row->primary_scoring_zone = z == NULL ? NULL : z->primary_scoring_zone;
    row->paint_rate_last_10 = z == NULL ? NULL_F64 : z->paint_rate_last_10;
    row->three_pt_rate_last_10 = z == NULL ? NULL_F64 : z->three_pt_rate_last_10;
    row->shot_zone_data_available = is_known ? BOOL_TRUE : BOOL_FALSE;
}

/* Could he have played for the team on that day? Between two games of his, for either's team. */
static bool
is_his_team(const PlayerGame *const *window, size_t count, const char *today, const char *team, GameDate date)
{
    size_t older = 0; /* his newest game on or before the date */

    while (older < count && date_before(date, window[older]->game_date))
        older++;
    if (older < count && strcmp(window[older]->team, team) == 0)
        return true;
    if (older < count && date_equal(window[older]->game_date, date))
        return false;
    return strcmp(older == 0 ? today : window[older - 1]->team, team) == 0;
}

static bool
has_complete_box_score(const LeagueTeam *t, const ScheduleGame *g)
{
    for (size_t i = 0; i < t->offense_count; i++) {
        if (strcmp(t->offense[i]->game_id, g->game_id) == 0)
            return t->offense[i]->is_complete == BOOL_TRUE;
    }
    return false;
}

static int32_t
team_missing_games(const LeagueTeam *t, const PlayerGame *const *window, size_t count, const char *today, GameDate from)
{
    int32_t missing = 0;

    for (size_t i = 0; i < t->past_count && !date_before(t->past[i]->game_date, from); i++) {
        const ScheduleGame *g = t->past[i];

        if (is_his_team(window, count, today, t->team, g->game_date) && !has_complete_box_score(t, g))
            missing++;
    }
    return missing;
}

int32_t
cache_missing_games(const LeagueView *v, const PlayerGame *const *window, size_t count, const char *team)
{
    const GameDate from = count < LONG_WINDOW ? v->opening_night : window[count - 1]->game_date;
    int32_t missing = 0;

    for (size_t i = 0; i < v->team_count; i++) {
        const LeagueTeam *t = &v->teams[i];
        bool is_his = strcmp(t->team, team) == 0;

        for (size_t k = 0; k < count && !is_his; k++)
            is_his = strcmp(t->team, window[k]->team) == 0;
        if (is_his)
            missing += team_missing_games(t, window, count, team, from);
    }
    return missing;
}

static PlayerCache
player_row(const LeagueView *v, const UpcomingPlayer *p, const PlayerZone *zone, const PlayerGame *const *games,
           size_t count)
{
    PlayerCache row = {.game_date = v->date, .player_lookup = p->player_lookup, .team = p->team};

    fill_form(&row, games, count);
    fill_team(&row, league_team(v, p->team));
    fill_schedule(&row, p);
    fill_zones(&row, zone);
    row.window_missing_games = cache_missing_games(v, games, window_size(count, LONG_WINDOW), p->team);
    return row;
}

/* True when the rules give the player no row, which is then on the list. */
static bool
is_skipped(const LeagueView *v, const char *lookup, const PlayerGame *const *games, size_t count, Arena *a,
           SkippedList *skipped)
{
    int32_t age_days;

    if (count < MINIMUM_GAMES) {
        skipped_add(skipped, v->date, processor_name, lookup, SKIP_INSUFFICIENT_DATA,
                    arena_printf(a, "%zu played games, %d needed", count, MINIMUM_GAMES));
        return true;
    }
    age_days = date_diff(v->date, games[0]->game_date);
    if (age_days <= STALE_AFTER_DAYS)
        return false;
    skipped_add(skipped, v->date, processor_name, lookup, SKIP_STALE_DATA,
                arena_printf(a, "last played %d days ago, %d allowed", age_days, STALE_AFTER_DAYS));
    return true;
}

void
daily_cache_compute(const LeagueView *v, const CacheInputs *in, Arena *a, PlayerCacheResult *out)
{
    const UpcomingIndex upcoming = upcoming_index(in->upcoming, in->upcoming_count, v->date, a);
    const PlayerZoneIndex zones = player_zone_index(in->player_zones, in->player_zone_count, v->date, a);
    SkippedList skipped = skipped_new(upcoming.count, a);

    *out = (PlayerCacheResult){.rows = arena_array(a, upcoming.count, sizeof(PlayerCache))};
    for (size_t i = 0; i < upcoming.count; i++) {
        const UpcomingPlayer *p = upcoming.rows[i];
        const LeaguePlayer *player = league_player(v, p->player_lookup);
        const PlayerGame *const *games = NULL;
        size_t count = 0;

        if (player != NULL)
            games = played_games(player, &count, a);
        if (is_skipped(v, p->player_lookup, games, count, a, &skipped))
            continue;
        out->expected++;
        if (is_affected(in->only, p->player_lookup))
            out->rows[out->count++] = player_row(v, p, player_zone_find(&zones, p->player_lookup), games, count);
    }
    out->skipped = skipped.rows;
    out->skipped_count = skipped.count;
}
