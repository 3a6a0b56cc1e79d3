/*
 * libcore/runtime/grid.h
 *    The grid: every cell of a season, laid down the moment the schedule is known.
 */
#ifndef TIPOFF_RUNTIME_GRID_H
#define TIPOFF_RUNTIME_GRID_H

#include "libcore/io/db.h"
#include "libcore/runtime/cell.h"
#include "libcore/runtime/subscription.h"
#include "tables_gen.h"

/* The dates that the deployment covers; a NULL date leaves that side open. */
typedef struct {
    GameDate from, to;
} Scope;

/* What the deployment covers from now on. Cells of dates outside and of feeds that are not subscribed
 * to are kept and out of everybody's sight; those of a feed that is new to it are laid; what rests on
 * feeds that came or went becomes stale. The workers must not run, since they read it at their start. */
NODISCARD bool deployment_save(DbTx *tx, Scope scope, const FeedSet *feeds, Err *err);
NODISCARD bool scope_load(DbTx *tx, Scope *out, Err *err);
bool scope_has(Scope scope, GameDate date);

/* A date that a feed may speak of: nobody plans games more than two years ahead. */
bool date_is_plausible(GameDate date, GameDate today);

/* Serialises everything that reads or changes which dates a season has: shared for those who read,
 * exclusive for who lays the grid. Held until the transaction ends. */
NODISCARD bool grid_lock(DbTx *tx, int32_t season_year, bool exclusive, Err *err);

/* Stores the schedule of a season and lays its cells, those of the deployment's processors; a repeated
 * schedule changes nothing.
 * *version is the season's schedule version afterwards. Cells that exist keep their state. */
NODISCARD bool grid_lay_season(DbTx *tx, int32_t season_year, const ScheduleGame *games, size_t count, Arena *a,
                               int32_t *version, Err *err);

/* Lays the cells of a date that the season's schedule does not have. Existing cells stay. */
NODISCARD bool grid_lay_unscheduled(DbTx *tx, GameDate date, Err *err);

/* Lays again what the grid has lost of these dates, which the schedule has. Cells that are there stay. A lost
 * cell's version goes on from the last one that ops.cell_change has of it. */
NODISCARD bool grid_lay_lost(DbTx *tx, const GameDate *dates, size_t count, Arena *a, Err *err);

/* The schedule's version of a season, 0 when it is not known. */
NODISCARD bool season_version(DbTx *tx, int32_t season_year, int32_t *version, Err *err);
/* Whether the stored schedule has a game on the date. */
NODISCARD bool date_is_scheduled(DbTx *tx, GameDate date, bool *scheduled, Err *err);

#endif
