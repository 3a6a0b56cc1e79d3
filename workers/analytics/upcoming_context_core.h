/*
 * workers/analytics/upcoming_context_core.h
 *    What is known of a date's games before they begin: who is expected to play, how rested, at
 *    what pace, and with which points line.
 *
 * Pure, and blind to the future: outcomes come through a view that is cut off before the date, and of
 * the date's own feeds nothing is seen that is stamped at its game's tip-off or later. Tip-offs are in
 * slate_core.h, points lines in points_lines_core.h, injury reports in injury_reports_core.h, spreads and
 * totals in game_odds_core.h. Without a feed the columns that need it are NULL. Rosters are not known.
 *
 * Who gets a row: players whose latest team, by box scores from 30 days before the date on, plays on the
 * date, and players with a points line for a game of their latest team, however old that is.
 *
 * Windows count played games and holes (workers/league/window.h); "last 7 days" is dates after date -
 * 7. Days of rest are calendar days, so a back-to-back is 1. avg_usage_rate_last_7_games is the mean
 * over the last 7 games, projected_usage_rate over the last 3, the role that he has now; a game that is
 * known counts in the window though it has no usage rate, and not in the mean. Pace means are
 * over games with a complete box score: team_pace_last_10 of the last 10, league_pace the mean of the
 * teams' season means, and pace_differential = (team + opponent) / 2 - league. Points averages have one
 * decimal.
 *
 * season_phase is "playoffs" where the schedule's official game id says so (004...), else "regular".
 *
 * A team's games_in_last_7_days and _14_days count scheduled games likewise; game_number_in_season is one
 * more than its games before. A streak is how many games in a row it has won or lost, up to the newest;
 * NULL where a game without an outcome hides where the row began.
 */
#ifndef TIPOFF_WORKERS_UPCOMING_CONTEXT_CORE_H
#define TIPOFF_WORKERS_UPCOMING_CONTEXT_CORE_H

#include "workers/league/league.h"

/* Rows of the view's date, in any order; those of unscheduled games are left out. Of a feed that is not
 * subscribed to there are none. Borrowed. */
typedef struct {
    const LeagueView *view;
    const RawPropLine *lines;
    size_t line_count;
    const RawInjuryReport *reports;
    size_t report_count;
    const RawGameLine *game_lines;
    size_t game_line_count;
} UpcomingFacts;

/* Every array is sorted by primary key, whatever order the facts came in. */
typedef struct {
    const UpcomingPlayer *players;
    size_t player_count;
    const UpcomingTeam *teams;
    size_t team_count;
    const UnresolvedName *unresolved; /* names of points lines and injury reports */
    size_t unresolved_count;
    Instant as_of; /* the largest stamp of what was read; NULL when nothing was */
} UpcomingContext;

/* Made in a; strings may be borrowed from the facts. Never NULL. */
const UpcomingContext *upcoming_context(const UpcomingFacts *facts, Arena *a);

#endif
