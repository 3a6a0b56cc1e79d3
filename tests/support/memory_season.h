/*
 * tests/support/memory_season.h
 *    A folder of feeds as the rows that the database would hold: a season's schedule, summaries and
 *    lines in memory.
 */
#ifndef TIPOFF_TESTS_MEMORY_SEASON_H
#define TIPOFF_TESTS_MEMORY_SEASON_H

#include "libcore/base/err.h"
#include "workers/league/league.h"

/* One date's lines, and the outcomes of its games. */
typedef struct {
    GameDate date;
    const RawPropLine *lines;
    size_t line_count;
    LeagueRows outcomes; /* without the schedule */
} MemoryDate;

/* dates: those of the schedule in ascending order, with or without a file. */
typedef struct {
    LeagueRows rows;
    const MemoryDate *dates;
    size_t date_count;
} MemorySeason;

/* Reads dir as collect does and makes summaries as analytics does; everything lives in a. */
NODISCARD bool memory_season_read(const char *dir, Arena *a, MemorySeason *out, Err *err);

#endif
