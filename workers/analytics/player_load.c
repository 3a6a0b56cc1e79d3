/*
 * workers/analytics/player_load.c
 *    Counts, minutes, usage and points over windows of a player's games; pace over his teams'.
 */
#include "workers/analytics/player_load.h"

#include <math.h>

enum { USAGE_GAMES = 7, ROLE_GAMES = 3, PACE_GAMES = 10 };

static double
ratio(double over, int32_t under)
{
    return under > 0 ? over / under : NULL_F64;
}

/* ---- pace ---- */

double
team_pace_of(const LeagueTeam *t, size_t most_games, WindowCount *window)
{
    const WindowCount w = team_window(t, most_games);
    double sum = 0.0;
    int32_t games = 0;

    for (size_t i = (size_t)w.expected; i-- > 0;) {
        if (!team_game_is_complete(&t->history[i]) || f64_is_null(t->history[i].offense->pace))
            continue;
        sum += t->history[i].offense->pace;
        games++;
    }
    if (window != NULL)
        *window = w;
    return ratio(sum, games);
}

double
league_pace_of(const LeagueView *v)
{
    double sum = 0.0;
    int32_t teams = 0;

    for (size_t i = 0; i < v->team_count; i++) {
        const double pace = team_pace_of(&v->teams[i], SIZE_MAX, NULL);

        if (f64_is_null(pace))
            continue;
        sum += pace;
        teams++;
    }
    return ratio(sum, teams);
}

static void
fill_pace(UpcomingPlayer *u, const LeagueTeam *own, const LeagueTeam *opponent, double league_pace, WindowNotes *notes)
{
    static const char *const own_columns[] = {"team_pace_last_10", "pace_differential", NULL};
    static const char *const opponent_columns[] = {"opponent_pace_last_10", "pace_differential", NULL};
    WindowCount own_window, opponent_window;

    u->league_pace = league_pace;
    u->team_pace_last_10 = team_pace_of(own, PACE_GAMES, &own_window);
    u->opponent_pace_last_10 = team_pace_of(opponent, PACE_GAMES, &opponent_window);
    u->team_pace_last_10 = window_value(own_window, u->team_pace_last_10);
    u->opponent_pace_last_10 = window_value(opponent_window, u->opponent_pace_last_10);
    /* NaN where any of the three is */
    u->pace_differential = (u->team_pace_last_10 + u->opponent_pace_last_10) / 2.0 - u->league_pace;
    window_note(notes, own_window, own_columns);
    window_note(notes, opponent_window, opponent_columns);
}

/* ---- the player ---- */

/* Sums run from the oldest game on, so that a sum does not depend on how it was windowed. */
static double
minutes_of(const PlayerHistory *h, int32_t newest)
{
    double sum = 0.0;

    for (size_t i = (size_t)newest; i-- > 0;)
        sum += h->played[i]->minutes;
    return sum;
}

static int32_t
back_to_backs(const PlayerHistory *h, int32_t newest)
{
    int32_t pairs = 0;

    for (size_t i = 1; i < (size_t)newest; i++)
        pairs += date_diff(h->played[i - 1]->game_date, h->played[i]->game_date) == 1;
    return pairs;
}

/* Days of rest rest on one game, the newest. */
static void
fill_rest(UpcomingPlayer *u, const PlayerHistory *h, WindowNotes *notes)
{
    static const char *const columns[] = {"days_rest", "back_to_back", NULL};
    const WindowCount newest = history_newest(h, 1);

    window_note(notes, newest, columns);
    if (newest.used == 0)
        return;
    u->days_rest = date_diff(h->date, h->played[0]->game_date);
    u->back_to_back = u->days_rest == 1;
}

static void
fill_days(UpcomingPlayer *u, const PlayerHistory *h, WindowNotes *notes)
{
    static const char *const columns_7[] = {"games_in_last_7_days", "minutes_in_last_7_days",
                                            "avg_minutes_per_game_last_7", NULL};
    static const char *const columns_14[] = {"games_in_last_14_days", "minutes_in_last_14_days",
                                             "back_to_backs_last_14_days", NULL};
    const WindowCount in_7 = history_days(h, 7);
    const WindowCount in_14 = history_days(h, 14);

    u->games_in_last_7_days = window_number(in_7, in_7.used);
    u->games_in_last_14_days = window_number(in_14, in_14.used);
    u->minutes_in_last_7_days = window_value(in_7, minutes_of(h, in_7.used));
    u->minutes_in_last_14_days = window_value(in_14, minutes_of(h, in_14.used));
    u->avg_minutes_per_game_last_7 = ratio(u->minutes_in_last_7_days, in_7.used);
    u->back_to_backs_last_14_days = window_number(in_14, back_to_backs(h, in_14.used));
    u->window_7d_used = in_7.used;
    u->window_7d_expected = in_7.expected;
    u->window_14d_used = in_14.used;
    u->window_14d_expected = in_14.expected;
    window_note(notes, in_7, columns_7);
    window_note(notes, in_14, columns_14);
}

/* Of a window of his newest games; a game can be known and have no usage rate. */
static double
mean_usage(const PlayerHistory *h, size_t size, const char *const *columns, WindowNotes *notes)
{
    const WindowCount w = history_newest(h, size);
    double sum = 0.0;
    int32_t games = 0;

    for (size_t i = (size_t)w.used; i-- > 0;) {
        if (f64_is_null(h->played[i]->usage_rate))
            continue;
        sum += h->played[i]->usage_rate;
        games++;
    }
    window_note(notes, w, columns);
    return window_value(w, ratio(sum, games));
}

static double
mean_points(const PlayerHistory *h, size_t size, const char *const *columns, WindowNotes *notes)
{
    const WindowCount w = history_newest(h, size);
    int32_t sum = 0;

    for (size_t i = 0; i < (size_t)w.used; i++)
        sum += h->played[i]->points;
    window_note(notes, w, columns);
    return window_value(w, round(10.0 * ratio(sum, w.used)) / 10.0);
}

static void
fill_form(UpcomingPlayer *u, const PlayerHistory *h, WindowNotes *notes)
{
    static const char *const usage[] = {"avg_usage_rate_last_7_games", NULL};
    static const char *const role[] = {"projected_usage_rate", NULL};
    static const char *const points_5[] = {"points_avg_last_5", NULL};
    static const char *const points_10[] = {"points_avg_last_10", NULL};

    u->games_played_season = (int32_t)h->played_count;
    u->avg_usage_rate_last_7_games = mean_usage(h, USAGE_GAMES, usage, notes);
    u->projected_usage_rate = mean_usage(h, ROLE_GAMES, role, notes);
    u->points_avg_last_5 = mean_points(h, 5, points_5, notes);
    u->points_avg_last_10 = mean_points(h, 10, points_10, notes);
}

void
player_load_fill(UpcomingPlayer *u, const LeagueView *v, const LeaguePlayer *player, const LeagueTeam *own,
                 const LeagueTeam *opponent, double league_pace, Arena *a)
{
    const PlayerHistory h = player_history(v, player, own->team, a);
    WindowNotes notes = window_notes();

    fill_rest(u, &h, &notes);
    fill_days(u, &h, &notes);
    fill_form(u, &h, &notes);
    if (opponent != NULL)
        fill_pace(u, own, opponent, league_pace, &notes);
    u->incomplete_fields = window_note_names(&notes, a);
    u->completeness_pct = notes.worst_pct;
    u->is_production_ready = notes.is_ready;
}
