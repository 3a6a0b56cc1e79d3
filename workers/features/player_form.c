/*
 * workers/features/player_form.c
 *    Windows, means and counts over a player's games before a date.
 */
#include "workers/features/player_form.h"

#include <string.h>

#include "workers/precompute/windows_core.h"

static void
fill_recent(const LeagueView *v, const PlayerGame *const *played, size_t count, RecentGames *out)
{
    for (size_t i = 0; i < count && out->count < RECENT_GAMES; i++) {
        if (date_diff(v->date, played[i]->game_date) > RECENT_DAYS)
            break;
        out->points[out->count] = played[i]->points;
        out->minutes[out->count] = played[i]->minutes;
        out->ft_makes[out->count] = played[i]->ft_makes;
        out->count++;
    }
}

static void
fill_means(const PlayerGame *const *played, size_t count, const char *opponent, PlayerForm *out)
{
    MeanSum points = {0}, minutes = {0}, meetings = {0};

    for (size_t i = count; i > 0; i--) {
        const PlayerGame *g = played[i - 1];

        mean_add(&points, g->points);
        mean_add(&minutes, g->minutes);
        if (strcmp(g->opponent, opponent) == 0)
            mean_add(&meetings, g->points);
    }
    out->points_avg_season = mean_value(&points);
    out->minutes_avg_season = mean_value(&minutes);
    out->meetings = meetings.count;
    out->meetings_points_avg = mean_value(&meetings);
}

/* The team's games in [from, until), of which he played only the first. */
static void
count_stint(const LeagueTeam *team, GameDate from, GameDate until, PlayerForm *out)
{
    for (size_t i = 0; i < team->offense_count && out->team_games < RECENT_GAMES; i++) {
        const TeamOffense *g = team->offense[i];

        if (date_before(g->game_date, from))
            break;
        if (!date_before(g->game_date, until) || g->is_complete != BOOL_TRUE)
            continue;
        out->team_games++;
        if (!date_equal(g->game_date, from))
            out->team_games_missed++;
    }
}

static void
fill_absences(const LeagueView *v, const PlayerGame *const *played, size_t count, PlayerForm *out)
{
    GameDate until = v->date;

    for (size_t i = 0; i < count; i++) {
        const LeagueTeam *team = league_team(v, played[i]->team);

        if (team != NULL)
            count_stint(team, played[i]->game_date, until, out);
        until = played[i]->game_date;
    }
}

PlayerForm
player_form(const LeagueView *v, const char *player_lookup, const char *opponent, Arena *a)
{
    const LeaguePlayer *player = league_player(v, player_lookup);
    const PlayerGame *const *played = NULL;
    size_t count = 0;
    PlayerForm form = {0};

    if (player != NULL)
        played = played_games(player, &count, a);
    fill_recent(v, played, count, &form.recent);
    fill_means(played, count, opponent, &form);
    fill_absences(v, played, count, &form);
    return form;
}

void
team_record(const LeagueView *v, const char *team, int32_t *wins, int32_t *games)
{
    const LeagueTeam *t = league_team(v, team);

    *wins = 0;
    *games = 0;
    for (size_t i = 0; t != NULL && i < t->offense_count; i++) {
        if (t->offense[i]->won == BOOL_NULL)
            continue;
        (*games)++;
        if (t->offense[i]->won == BOOL_TRUE)
            (*wins)++;
    }
}
