/*
 * workers/precompute/daily_cache_core.c
 *    A player's recent form on the morning of a game: means over his last 5, 10 and all games of
 *    the season, his team's pace, and what the schedule has asked of him lately.
 */
#include "workers/precompute/daily_cache_core.h"
#include <math.h>
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
    WindowCount window;
    MeanSum points, minutes, usage, ts;
} FormSum;

/* The played games of a window: games[0..window.used). */
static FormSum
form_sum(const PlayerGame *const *games, WindowCount window)
{
    FormSum f = {.window = window};

    for (size_t i = (size_t)window.used; i-- > 0;) {
        mean_add(&f.points, games[i]->points);
        mean_add(&f.minutes, games[i]->minutes);
        mean_add(&f.usage, games[i]->usage_rate);
        mean_add(&f.ts, games[i]->ts_pct);
    }
    return f;
}

static double
form_mean(const FormSum *f, const MeanSum *m)
{
    return window_value(f->window, mean_value(m));
}

/* Of a sample: NULL below two games. */
static double
points_std(const PlayerGame *const *games, const FormSum *f)
{
    const double mean = mean_value(&f->points);
    double squares = 0;

    if (f->window.used < 2)
        return NULL_F64;
    for (size_t i = (size_t)f->window.used; i-- > 0;)
        squares += (games[i]->points - mean) * (games[i]->points - mean);
    return window_value(f->window, sqrt(squares / (double)(f->window.used - 1)));
}

static void
fill_form(PlayerCache *row, const PlayerHistory *h, WindowNotes *notes)
{
    static const char *const columns_5[] = {"points_avg_last_5", NULL};
    static const char *const columns_10[] = {"points_avg_last_10",
                                             "points_std_last_10",
                                             "minutes_avg_last_10",
                                             "ppm_last_10",
                                             "usage_rate_last_10",
                                             "ts_pct_last_10",
                                             NULL};
    static const char *const columns_season[] = {"points_avg_season", "minutes_avg_season", "usage_rate_season", NULL};
    const FormSum last_5 = form_sum(h->played, history_newest(h, SHORT_WINDOW));
    const FormSum last_10 = form_sum(h->played, history_newest(h, LONG_WINDOW));
    const FormSum season = form_sum(h->played, history_season(h));

    row->points_avg_last_5 = form_mean(&last_5, &last_5.points);
    row->points_avg_last_10 = form_mean(&last_10, &last_10.points);
    row->points_avg_season = form_mean(&season, &season.points);
    row->points_std_last_10 = points_std(h->played, &last_10);
    row->minutes_avg_last_10 = form_mean(&last_10, &last_10.minutes);
    row->minutes_avg_season = form_mean(&season, &season.minutes);
    row->ppm_last_10 = last_10.minutes.sum > 0 ? window_value(last_10.window, last_10.points.sum / last_10.minutes.sum)
                                               : NULL_F64;
    row->usage_rate_last_10 = form_mean(&last_10, &last_10.usage);
    row->ts_pct_last_10 = form_mean(&last_10, &last_10.ts);
    row->usage_rate_season = form_mean(&season, &season.usage);
    row->games_played_season = season.window.used;
    row->window_l5_used = last_5.window.used;
    row->window_l5_expected = last_5.window.expected;
    row->window_l10_used = last_10.window.used;
    row->window_l10_expected = last_10.window.expected;
    row->window_season_used = season.window.used;
    row->window_season_expected = season.window.expected;
    row->early_season_flag = season.window.used < FULL_HISTORY_GAMES ? BOOL_TRUE : BOOL_FALSE;
    window_note(notes, last_5.window, columns_5);
    window_note(notes, last_10.window, columns_10);
    window_note(notes, season.window, columns_season);
}

/* Over the team's newest scheduled games, those with a complete box score. */
static void
fill_team(PlayerCache *row, const LeagueTeam *t, WindowNotes *notes)
{
    static const char *const columns[] = {"team_pace_last_10", "team_off_rating_last_10", NULL};
    const WindowCount w = t == NULL ? (WindowCount){0, 0} : team_window(t, TEAM_WINDOW);
    MeanSum pace = {0};
    MeanSum rating = {0};

    for (size_t i = (size_t)w.expected; i-- > 0;) {
        if (!team_game_is_complete(&t->history[i]))
            continue;
        mean_add(&pace, t->history[i].offense->pace);
        mean_add(&rating, t->history[i].offense->offensive_rating);
    }
    row->team_pace_last_10 = window_value(w, mean_value(&pace));
    row->team_off_rating_last_10 = window_value(w, mean_value(&rating));
    row->window_team_l10_used = w.used;
    row->window_team_l10_expected = w.expected;
    window_note(notes, w, columns);
}

/* Columns that are copied are incomplete where they were. */
static void
note_copies(TextArray incomplete, const char *const *columns, WindowNotes *notes)
{
    for (; incomplete.count > 0 && *columns != NULL; columns++) {
        if (text_array_has(incomplete, *columns))
            window_note_column(notes, *columns);
    }
}

static void
fill_schedule(PlayerCache *row, const UpcomingPlayer *p, WindowNotes *notes)
{
    static const char *const none[] = {NULL};
    static const char *const copied[] = {"games_in_last_7_days",
                                         "games_in_last_14_days",
                                         "minutes_in_last_7_days",
                                         "minutes_in_last_14_days",
                                         "avg_minutes_per_game_last_7",
                                         "back_to_backs_last_14_days",
                                         NULL};

    row->games_in_last_7_days = p->games_in_last_7_days;
    row->games_in_last_14_days = p->games_in_last_14_days;
    row->minutes_in_last_7_days = p->minutes_in_last_7_days;
    row->minutes_in_last_14_days = p->minutes_in_last_14_days;
    row->back_to_backs_last_14_days = p->back_to_backs_last_14_days;
    row->avg_minutes_per_game_last_7 = p->avg_minutes_per_game_last_7;
    row->window_7d_used = p->window_7d_used;
    row->window_7d_expected = p->window_7d_expected;
    window_note(notes, (WindowCount){p->window_7d_used, p->window_7d_expected}, none);
    note_copies(p->incomplete_fields, copied, notes);
}

static void
fill_zones(PlayerCache *row, const PlayerZone *z, WindowNotes *notes)
{
    static const char *const copied[] = {"primary_scoring_zone", "paint_rate_last_10", "three_pt_rate_last_10", NULL};
    const bool is_known = z != NULL && !f64_is_null(z->paint_rate_last_10);

    row->primary_scoring_zone = z == NULL ? NULL : z->primary_scoring_zone;
    row->paint_rate_last_10 = z == NULL ? NULL_F64 : z->paint_rate_last_10;
    row->three_pt_rate_last_10 = z == NULL ? NULL_F64 : z->three_pt_rate_last_10;
    row->shot_zone_data_available = is_known ? BOOL_TRUE : BOOL_FALSE;
    if (z != NULL)
        note_copies(z->incomplete_fields, copied, notes);
}

static PlayerCache
player_row(const LeagueView *v, const UpcomingPlayer *p, const PlayerZone *zone, const PlayerHistory *h, Arena *a)
{
    PlayerCache row = {.game_date = v->date, .player_lookup = p->player_lookup, .team = p->team};
    WindowNotes notes = window_notes();

    fill_form(&row, h, &notes);
    fill_team(&row, league_team(v, p->team), &notes);
    fill_schedule(&row, p, &notes);
    fill_zones(&row, zone, &notes);
    row.missing_game_ids = history_hole_ids(h, a);
    row.incomplete_fields = window_note_names(&notes, a);
    row.completeness_pct = notes.worst_pct;
    row.is_production_ready = notes.is_ready;
    return row;
}

/* True when the rules give the player no row, which is then on the list. */
static bool
is_skipped(const LeagueView *v, const char *lookup, const LeaguePlayer *player, Arena *a, SkippedList *skipped)
{
    const size_t count = player == NULL ? 0 : player->played_count;
    int32_t age_days;

    if (count < MINIMUM_GAMES) {
        skipped_add(skipped, v->date, processor_name, lookup, SKIP_INSUFFICIENT_DATA,
                    arena_printf(a, "%zu played games, %d needed", count, MINIMUM_GAMES));
        return true;
    }
    age_days = date_diff(v->date, player->played[0]->game_date);
    if (age_days <= STALE_AFTER_DAYS)
        return false;
    skipped_add(skipped, v->date, processor_name, lookup, SKIP_STALE_DATA,
                arena_printf(a, "last played %d days ago, %d allowed", age_days, STALE_AFTER_DAYS));
    return true;
}

void
daily_cache_compute(const LeagueView *v, const CacheInputs *in, Arena *a, PlayerCacheResult *out)
{
    const RowIndex upcoming = row_index((RowSet){&upcoming_player_table, in->upcoming, in->upcoming_count},
                                        "player_lookup", v->date, a);
    const RowIndex zones = row_index((RowSet){&player_zone_table, in->player_zones, in->player_zone_count},
                                     "player_lookup", v->date, a);
    SkippedList skipped = skipped_new(upcoming.count, a);

    *out = (PlayerCacheResult){.rows = arena_array(a, upcoming.count, sizeof(PlayerCache))};
    for (size_t i = 0; i < upcoming.count; i++) {
        const UpcomingPlayer *p = upcoming.keys[i].row;
        const LeaguePlayer *player = league_player(v, p->player_lookup);
        PlayerHistory h;

        if (is_skipped(v, p->player_lookup, player, a, &skipped))
            continue;
        out->expected++;
        if (!is_affected(in->only, p->player_lookup))
            continue;
        h = player_history(v, player, p->team, a);
        out->rows[out->count++] = player_row(v, p, row_find(&zones, p->player_lookup), &h, a);
    }
    out->skipped = skipped.rows;
    out->skipped_count = skipped.count;
}
