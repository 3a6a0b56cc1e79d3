/*
 * workers/league/season_cache.h
 *    The outcomes of a season, kept in the process between cells and refreshed by cell version.
 */
#ifndef TIPOFF_WORKERS_SEASON_CACHE_H
#define TIPOFF_WORKERS_SEASON_CACHE_H

#include "libcore/runtime/worker.h"
#include "workers/league/league_index.h"

/* The season's schedule, and the summaries of exactly the game_summaries cells among in->needs; a
 * date is read again when its cell's version differs from the one that was read. The index stays valid
 * until the next call on the same connection; a is for scratch. */
NODISCARD bool season_cache_load(DbTx *tx, const CellInput *in, Arena *a, const LeagueIndex **out, Err *err);

#endif
