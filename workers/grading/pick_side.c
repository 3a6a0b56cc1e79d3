/*
 * workers/grading/pick_side.c
 *    Above the line or below it.
 */
#include "workers/grading/pick_side.h"

#include <stddef.h>
#include <string.h>

/* NaN is neither above nor below. */
const char *
pick_side(double predicted_points, double line)
{
    if (predicted_points > line)
        return "OVER";
    return predicted_points < line ? "UNDER" : NULL;
}

bool
is_recommendation(const char *recommendation)
{
    return strcmp(recommendation, "OVER") == 0 || strcmp(recommendation, "UNDER") == 0;
}
