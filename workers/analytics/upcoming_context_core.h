/*
 * workers/analytics/upcoming_context_core.h
 *    What is known of a date's games before they begin: who is expected to play, how rested, at
 *    what pace, and with which points line.
 *
 * Pure, and blind to the future: outcomes come through a view that is cut off before the date. Does
 * not know injuries or rosters, so the columns that need them stay NULL.
 *
 * Who gets a row: players whose latest team, by box scores of the last 30 days, plays on the date,
 * and players with a points line for a game of their latest team, however old that is.
 *
 * Tip-off: the schedule's; else the commence_time that most of the game's lines carry (a feed keeps
 * times that were moved later; at a tie the later one, since games are put off, not brought
 * forward), times on another Eastern day left out; else 19:00 Eastern, marked assumed. A line
 * carries no time of its own: it is stamped one minute before tip-off.
 *
 * The points line: bookmakers in the order draftkings, fanduel, betmgm, pointsbet, caesars, then
 * by name; of several lines of one bookmaker the one closest to the median of all lines that
 * bookmakers have for the player, at a tie the lower. A line that is offered on one side only is a
 * promotion, and counts only when there is no other. The feed has one snapshot, so the opening line
 * is the same.
 *
 * Windows count played games and holes (workers/league/window.h); "last 7 days" is dates after date -
 * 7. Days of rest are calendar days, so a back-to-back is 1. avg_usage_rate_last_7_games is the mean
 * over the last 7 games, projected_usage_rate over the last 3, the role that he has now. Pace means are
 * over games with a complete box score: team_pace_last_10 of the last 10, league_pace the mean of the
 * teams' season means, and pace_differential = (team + opponent) / 2 - league. Points averages have one
 * decimal.
 */
#ifndef TIPOFF_WORKERS_UPCOMING_CONTEXT_CORE_H
#define TIPOFF_WORKERS_UPCOMING_CONTEXT_CORE_H

#include "workers/league/league.h"

/* lines: of the view's date, in any order; those of unscheduled games are left out. Borrowed. */
typedef struct {
    const LeagueView *view;
    const RawPropLine *lines;
    size_t line_count;
} UpcomingFacts;

/* Every array is sorted by primary key, whatever order the facts came in. */
typedef struct {
    const UpcomingPlayer *players;
    size_t player_count;
    const UpcomingTeam *teams;
    size_t team_count;
    const UnresolvedName *unresolved; /* names of points lines, one row a name and game */
    size_t unresolved_count;
    Instant as_of; /* the largest stamp of what was read; NULL when nothing was */
} UpcomingContext;

/* Made in a; strings may be borrowed from the facts. Never NULL. */
const UpcomingContext *upcoming_context(const UpcomingFacts *facts, Arena *a);

#endif
