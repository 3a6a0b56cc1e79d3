/*
 * workers/analytics/points_lines_core.h
 *    Which points line stands for a player before his game, and with which one it opened.
 *
 * Pure. A line is stamped by the time at which it was put up, where the feed says so; else one minute
 * before tip-off. What is stamped at tip-off or later is not seen.
 *
 * A line of which a bookmaker never offered the other side is a promotion, and counts only when there is no
 * line of another kind. Of
 * each bookmaker the lines with the newest stamp count, of several the one closest to the median of
 * those of all bookmakers, at a tie the lower. Bookmakers come in the order draftkings, fanduel, betmgm,
 * pointsbet, caesars, then by name.
 *
 * The opening line is the one that the chosen bookmaker put up first, of several likewise the one
 * closest to that median. A feed without times has one snapshot, which tells of no move: NULL.
 */
#ifndef TIPOFF_WORKERS_POINTS_LINES_CORE_H
#define TIPOFF_WORKERS_POINTS_LINES_CORE_H

#include "workers/analytics/slate_core.h"

typedef struct PointsLines PointsLines;

typedef struct {
    const char *bookmaker; /* NULL without a line; then nothing else is there but book_count */
    double line, opening;
    Instant stamp;
    int32_t book_count; /* bookmakers that have any line for him */
} PointsLine;

/* Lines of the slate's date in any order, of any market; only points lines above 0 of scheduled games are
 * taken. Made in the slate's arena; strings are borrowed. Never NULL. */
const PointsLines *points_lines(const Slate *s, const RawPropLine *lines, size_t count);

PointsLine points_line_of(const PointsLines *l, const char *player_lookup);

/* Names that lead to no player of their game, one row a name and game, in any order. */
const UnresolvedName *points_lines_unresolved(const PointsLines *l, size_t *count);

#endif
