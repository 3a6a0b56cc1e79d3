/*
 * workers/publish/present.h
 *    What the files about tonight and about players are made of: the slate, the season's box scores, and the
 *    champion's graded predictions, by player.
 *
 * Tonight is the newest date, not after today, whose slate is known. What a file says of a player's form before
 * his game is of dates strictly before it.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_PRESENT_H
#define TIPOFF_WORKERS_PUBLISH_PRESENT_H

#include "libcore/base/arena.h"
#include "tables_gen.h"
#include "workers/precompute/windows_core.h"

/* Rows are sorted by player_lookup; of the season also by date, oldest first. Borrowed. */
typedef struct {
    const char *system;
    GameDate date; /* tonight; null when no slate is known */
    const UpcomingPlayer *players;
    size_t player_count;
    const Prediction *predictions; /* active ones of the system */
    size_t prediction_count;
    const PlayerCache *caches;
    size_t cache_count;
    const PlayerComposite *factors;
    size_t factor_count;
    const RawPropLine *lines; /* in any order */
    size_t line_count;
    const PlayerGame *games; /* of the season, played ones: minutes above 0 */
    size_t game_count;
    const PredictionAccuracy *graded; /* of the season, of the system */
    size_t graded_count;
} Present;

/* Sorts the rows that have to be. */
void present_sort(PlayerGame *games, size_t game_count, PredictionAccuracy *graded, size_t graded_count);

/* Keeps, in place, those that a file shows; returns how many. */
size_t present_keep_active(Prediction *predictions, size_t count);
size_t present_keep_played(PlayerGame *games, size_t count);

/* A player's games, oldest first: those before the date, or all with a null date. */
typedef struct {
    const PlayerGame *items;
    size_t count;
} PlayerGames;
PlayerGames games_of(const Present *p, const char *player_lookup, GameDate before);

typedef struct {
    const PredictionAccuracy *items;
    size_t count;
} PlayerGraded;
PlayerGraded graded_of(const Present *p, const char *player_lookup, GameDate before);

/* What was graded of that game; NULL when nothing was. */
const PredictionAccuracy *graded_game(PlayerGraded graded, GameDate date);

/* Rows of one player of the slate; NULL without one. */
const Prediction *prediction_of(const Present *p, const char *player_lookup);
const PlayerCache *cache_of(const Present *p, const char *player_lookup);

/* How his games went against the lines that they had: 'O', 'U' or 'P' (exactly it); '-' without a line. */
char against_line(const PlayerGame *game, const PredictionAccuracy *graded);

/* His newest games in a row on one side of their lines; games without a line are passed over, exact hits end it. */
typedef struct {
    char side; /* 'O', 'U' or '-' for none */
    size_t count;
} Streak;
Streak line_streak(PlayerGames games, PlayerGraded graded);

#endif
