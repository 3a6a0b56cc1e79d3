/*
 * workers/collect/feed_games.c
 *    Find games by date and teams, and name them.
 */
#include "workers/collect/feed_games.h"
#include <string.h>

static bool
plays(const FeedGame *g, const char *team)
{
    return strcmp(g->home_team, team) == 0 || strcmp(g->away_team, team) == 0;
}

const FeedGame *
feed_game_find(const FeedSchedule *schedule, GameDate date, const char *team_a, const char *team_b)
{
    for (size_t i = 0; i < schedule->games_count; i++) {
        const FeedGame *g = &schedule->games[i];

        if (date_equal(g->game_date, date) && plays(g, team_a) && plays(g, team_b))
            return g;
    }
    return NULL;
}

const FeedGame *
feed_game_of_team(const FeedSchedule *schedule, GameDate date, const char *team)
{
    return feed_game_find(schedule, date, team, team);
}

const char *
feed_game_id(Arena *a, GameDate date, const char *away_team, const char *home_team)
{
    int year, month, day;

    date_parts(date, &year, &month, &day);
    return arena_printf(a, "%04d%02d%02d_%s_%s", year, month, day, away_team, home_team);
}

const char *
feed_unscheduled_game_id(Arena *a, GameDate date, const char *team_a, const char *team_b)
{
    bool is_in_order = strcmp(team_a, team_b) <= 0;
    int year, month, day;

    if (team_b[0] == '\0') {
        date_parts(date, &year, &month, &day);
        return arena_printf(a, "%04d%02d%02d_%s", year, month, day, team_a);
    }
    return feed_game_id(a, date, is_in_order ? team_a : team_b, is_in_order ? team_b : team_a);
}
