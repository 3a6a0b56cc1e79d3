/*
 * workers/grading/grading_core.h
 *    Predictions of a date against its box scores: one graded row a prediction, one summary a
 * system.
 *
 * Every active prediction gets a row; what cannot be judged is void with a reason, never dropped.
 */
#ifndef TIPOFF_WORKERS_GRADING_GRADING_CORE_H
#define TIPOFF_WORKERS_GRADING_GRADING_CORE_H

#include "libcore/base/arena.h"
#include "tables_gen.h"

#define VOID_DID_NOT_PLAY "did_not_play"       /* absent from a complete box score, or 0 minutes */
#define VOID_NOT_IN_BOXSCORE "not_in_boxscore" /* the team's box score is missing or incomplete */

typedef struct {
    PredictionAccuracy *rows; /* by (game, player, system) */
    size_t count;
    size_t hole_count;    /* rows void for want of a complete box score */
    SystemDaily *systems; /* by system_id */
    size_t system_count;
} GradedDate;

/* predictions: every version of one date, in any order; inactive ones are left out. games: its box
 * scores. A prediction is graded in its own game only. Result: hit, miss, push (actual = line),
 * pass (PASS, NO_LINE or no line), void. lean_result: the same by the side of the line on which a
 * prediction falls that is not recommended, so that every pick has an outcome; NULL for the others.
 * Errors are rounded to one decimal and NULL when void. data_quality_tier by feature_quality_score:
 * HIGH from 80, MEDIUM from 70, else LOW. Of a summary: graded = not void; recommendations =
 * correct + incorrect + push. */
GradedDate grade_date(const Prediction *predictions, size_t prediction_count, const PlayerGame *games,
                      size_t game_count, Arena *a);

#endif
