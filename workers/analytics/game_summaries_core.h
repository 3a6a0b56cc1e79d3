/*
 * workers/analytics/game_summaries_core.h
 *    Box scores and shots of one finished date: a row a player, two rows a team.
 *
 * Pure: no database, no clock. Looks at no other date, so it cannot know who should have played.
 *
 * possessions = FGA + 0.44 FTA + TOV - OREB; pace = possessions * 48 / (player minutes / 5), which
 * takes overtime out; offensive rating = 100 points / possessions; true shooting = points /
 * (2 (FGA + 0.44 FTA)); effective field goals = (FGM + 0.5 3PM) / FGA; usage in percent
 * = 100 plays * 48 / (minutes * team plays) with plays = FGA + 0.44 FTA + TOV, to one decimal; 48
 * in overtime too.
 * pace and ratings are NULL without possessions.
 * A team's box score is complete when none of its lines was rejected, its minutes sum to 240 and 25 an
 * overtime, within 1, and its shots, where it has any, have as many makes as its lines.
 * Zones: three by the source's shot type, paint = a two from at most 8 ft, mid-range = other twos;
 * points_in_paint = 2 a make there. Beside them stand the source's own: paint = the restricted area and
 * the rest of the painted area, mid-range, and three; NULL for a team of whose shots none has one. A team
 * without shots has no zones, nor have its players, nor has a player of whose attempts no shot is found.
 */
#ifndef TIPOFF_WORKERS_GAME_SUMMARIES_CORE_H
#define TIPOFF_WORKERS_GAME_SUMMARIES_CORE_H

#include "libcore/base/arena.h"
#include "tables_gen.h"

/* Rows of one date in any order; teams are tricodes. Borrowed. */
typedef struct {
    GameDate date;
    const RawBoxscore *box;
    size_t box_count;
    const RawShot *shots;
    size_t shot_count;
    const ScheduleGame *schedule;
    size_t schedule_count;
} GameFacts;

/* entity: a player's lookup, else his name as spelled; or a game id. */
typedef struct {
    const char *entity;
    const char *reason;
} Rejection;

/* Every array is sorted by primary key, whatever order the facts came in. */
typedef struct {
    const PlayerGame *players;
    size_t player_count;
    size_t scheduled_lines; /* box-score lines of scheduled games: how many players were expected */
    const TeamOffense *offense;
    size_t offense_count;
    const TeamDefense *defense;
    size_t defense_count;
    const UnresolvedName *unresolved; /* names of shots */
    size_t unresolved_count;
    const Rejection *rejections;
    size_t rejection_count;
} GameSummaries;

/* Lines and shots of games that the schedule does not have are left out. A game is used whole or
 * not at all: one without both teams' lines, without minutes or points, or with equal scores is
 * rejected, and its teams have a hole there. A line that cannot be right, and every line of a player who has two,
 * is rejected and leaves its team incomplete. An impossible usage rate is NULL and rejected, the
 * rest of its row stays. Made in a; strings may be borrowed from the facts. Never NULL. */
const GameSummaries *game_summaries(const GameFacts *facts, Arena *a);

#endif
