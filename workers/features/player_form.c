/*
 * workers/features/player_form.c
 *    Windows, means and counts over a player's games before a date.
 */
#include "workers/features/player_form.h"

#include <string.h>

#include "workers/precompute/windows_core.h"

static bool
is_recent(GameDate date, GameDate game_date)
{
    return date_diff(date, game_date) <= RECENT_DAYS;
}

/* His newest games and holes, in the order in which they were. */
static void
fill_recent(const PlayerHistory *h, RecentGames *out)
{
    size_t played = 0, hole = 0;

    while (out->count < RECENT_GAMES) {
        const PlayerGame *game = played < h->played_count ? h->played[played] : NULL;
        bool is_hole = hole < h->hole_count && history_hole_place(h, hole) == out->count;

        if (is_hole ? !is_recent(h->date, h->holes[hole]->game_date)
                    : game == NULL || !is_recent(h->date, game->game_date))
            return;
        out->points[out->count] = is_hole ? NULL_F64 : game->points;
        out->minutes[out->count] = is_hole ? NULL_F64 : game->minutes;
        out->ft_makes[out->count] = is_hole ? NULL_F64 : game->ft_makes;
        out->count++;
        played += !is_hole;
        hole += is_hole;
    }
}

static void
fill_meetings(const PlayerHistory *h, const char *opponent, PlayerForm *out)
{
    MeanSum points = {0};

    for (size_t i = h->played_count; i-- > 0;) {
        if (strcmp(h->played[i]->opponent, opponent) == 0)
            mean_add(&points, h->played[i]->points);
    }
    out->meetings = (WindowCount){points.count, points.count};
    for (size_t i = 0; i < h->hole_count; i++) {
        out->meetings.expected += strcmp(h->holes[i]->home_team, opponent) == 0
                                  || strcmp(h->holes[i]->away_team, opponent) == 0;
    }
    out->meetings_points_avg = mean_value(&points);
}

/* The team's games in [from, until), of which he is known to have played only the first. */
static void
count_stint(const LeagueTeam *team, GameDate from, GameDate until, PlayerForm *out)
{
    for (size_t i = 0; i < team->past_count && out->team_games.expected < RECENT_GAMES; i++) {
        const GameDate date = team->past[i]->game_date;
        const bool has_played = date_equal(date, from);

        if (date_before(date, from))
            break;
        if (!date_before(date, until))
            continue;
        out->team_games.expected++;
        out->team_games.used += has_played || team_game_is_complete(&team->history[i]);
        out->team_games_missed += !has_played && team_game_is_complete(&team->history[i]);
    }
}

static void
fill_absences(const LeagueView *v, const PlayerHistory *h, PlayerForm *out)
{
    const LeagueTeam *team = NULL;
    GameDate until = v->date;

    for (size_t i = 0; i < h->played_count && out->team_games.expected < RECENT_GAMES; i++) {
        if (team == NULL || strcmp(team->team, h->played[i]->team) != 0)
            team = league_team(v, h->played[i]->team);
        if (team != NULL)
            count_stint(team, h->played[i]->game_date, until, out);
        until = h->played[i]->game_date;
    }
}

PlayerForm
player_form(const LeagueView *v, const char *player_lookup, const char *team, const char *opponent, Arena *a)
{
    PlayerForm form = {.history = player_history(v, league_player(v, player_lookup), team, a)};

    fill_recent(&form.history, &form.recent);
    fill_meetings(&form.history, opponent, &form);
    fill_absences(v, &form.history, &form);
    return form;
}

double
form_season_points(const PlayerForm *form)
{
    MeanSum points = {0};

    for (size_t i = form->history.played_count; i-- > 0;)
        mean_add(&points, form->history.played[i]->points);
    return mean_value(&points);
}

double
form_season_minutes(const PlayerForm *form)
{
    MeanSum minutes = {0};

    for (size_t i = form->history.played_count; i-- > 0;)
        mean_add(&minutes, form->history.played[i]->minutes);
    return mean_value(&minutes);
}

TeamRecord
team_record(const LeagueView *v, const char *team)
{
    const LeagueTeam *t = league_team(v, team);
    TeamRecord r = {0};

    if (t == NULL)
        return r;
    r.games = team_window(t, SIZE_MAX);
    for (size_t i = 0; i < t->past_count; i++)
        r.wins += team_game_is_complete(&t->history[i]) && t->history[i].offense->won == BOOL_TRUE;
    return r;
}
