/*
 * workers/grading/pick_side.h
 *    What a prediction says about its line, whether or not it is recommended.
 *
 * A prediction with a line that it does not equal is a pick; one that is not recommended is only a
 * lean. What is published before a game and what is graded after it ask here, so that they are the
 * same set.
 */
#ifndef TIPOFF_WORKERS_GRADING_PICK_SIDE_H
#define TIPOFF_WORKERS_GRADING_PICK_SIDE_H

#include <stdbool.h>

/* OVER or UNDER, by the prediction as it is shown; NULL on the line and without one (NaN). */
const char *pick_side(double predicted_points, double line);

/* OVER or UNDER; PASS and NO_LINE are not. */
bool is_recommendation(const char *recommendation);

#endif
