/*
 * workers/grading/grading_core.h
 *    Predictions of a date against its box scores: one graded row a prediction, one summary a
 * system.
 *
 * Game by game, and only games that are final. What of those cannot be judged is void with a reason, never
 * dropped.
 */
#ifndef TIPOFF_WORKERS_GRADING_CORE_H
#define TIPOFF_WORKERS_GRADING_CORE_H

#include "libcore/base/arena.h"
#include "libcore/base/key_set.h"
#include "tables_gen.h"

/* Absent from a complete box score, or 0 minutes there. Where a report said something of him before the game, it
 * says whether anybody could have known. */
#define VOID_DID_NOT_PLAY "did_not_play"             /* no report of him */
#define VOID_INJURY_CONFIRMED "dnp_injury_confirmed" /* out or doubtful before the game */
#define VOID_LATE_SCRATCH "dnp_late_scratch"         /* questionable or probable */
#define VOID_DNP_UNKNOWN "dnp_unknown"               /* available */
#define VOID_NOT_IN_BOXSCORE "not_in_boxscore"       /* the team's box score is missing or incomplete */

/* Rows of one date, in any order but the players. Borrowed. */
typedef struct {
    const Prediction *predictions; /* every version */
    size_t prediction_count;
    const PlayerGame *games; /* the box scores */
    size_t game_count;
    const UpcomingPlayer *players; /* the context, by player_lookup: what reports said before the games; may be none */
    size_t player_count;
    bool is_over; /* what is not there by now does not come: every game counts as final */
} GradeInput;

typedef struct {
    PredictionAccuracy *rows; /* by (game, player, system) */
    size_t count;
    size_t hole_count;       /* rows void for want of a complete box score */
    size_t pending_count;    /* predictions of games that are not final: they have no row yet */
    TextArray pending_games; /* a set */
    SystemDaily *systems;    /* by system_id */
    size_t system_count;
} GradedDate;

/* Active predictions are graded, and live ones of a game that was called off, the newest of a player and system:
 * those are void for that reason (game_postponed, game_cancelled), since they were published. A game is final when
 * both teams' box scores are complete. A prediction is graded in its own game only. Result: hit, miss, push (actual
 * = line), pass (PASS, NO_LINE or no line), void. lean_result: the same by the side of the line on which a
 * prediction falls that is not recommended, so that every pick has an outcome; NULL for the others. Errors are
 * rounded to one decimal and NULL when void. confidence_decile: 1 for 0-9.99 to 10 for 90-100. data_quality_tier by
 * feature_quality_score: HIGH from 80, MEDIUM from 70, else LOW. Of a summary: graded = not void; recommendations =
 * correct + incorrect + push. */
GradedDate grade_slate(const GradeInput *in, Arena *a);

/* The same of a date that is over, without reports. */
GradedDate grade_date(const Prediction *predictions, size_t prediction_count, const PlayerGame *games,
                      size_t game_count, Arena *a);

/* Whose rows a change may move: these players, and everybody who is predicted in a game of theirs or of these teams.
 * A set, made in a. */
TextArray grade_affected(const Prediction *predictions, size_t prediction_count, KeySet changed, Arena *a);

#endif
