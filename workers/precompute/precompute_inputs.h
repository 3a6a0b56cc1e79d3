/*
 * workers/precompute/precompute_inputs.h
 *    What the precompute workers share around their cores: inputs, and how a cell completes.
 */
#ifndef TIPOFF_WORKERS_PRECOMPUTE_INPUTS_H
#define TIPOFF_WORKERS_PRECOMPUTE_INPUTS_H

#include "libcore/runtime/worker.h"
#include "workers/league/league.h"

/* Everything lives in the arena of the load. What a worker does not read stays empty. */
typedef struct {
    const LeagueView *view;
    const UpcomingPlayer *upcoming;
    size_t upcoming_count;
    const PlayerZone *player_zones;
    size_t player_zone_count;
    const TeamZone *team_zones;
    size_t team_zone_count;
} PrecomputeInputs;

/* The season before the cell's date. NULL on failure. */
NODISCARD PrecomputeInputs *precompute_load_season(DbTx *tx, const CellInput *in, Arena *a, Err *err);
/* Upstream rows of the cell's date. */
NODISCARD bool precompute_load_upcoming(DbTx *tx, const CellInput *in, Arena *a, PrecomputeInputs *out, Err *err);
NODISCARD bool precompute_load_player_zones(DbTx *tx, const CellInput *in, Arena *a, PrecomputeInputs *out, Err *err);
NODISCARD bool precompute_load_team_zones(DbTx *tx, const CellInput *in, Arena *a, PrecomputeInputs *out, Err *err);

/* True when nothing is computed on the date, and out says why: the schedule has no such game, or
 * the season is younger than 14 days. */
bool precompute_is_idle(const CellInput *in, const PrecomputeInputs *inputs, CellOutput *out);

/* The rows of the processor's own table, or those of them that are affected, by the text column key.
 * Without rows, and with none expected, the cell completes without data. */
void precompute_complete(CellOutput *out, RowSet rows, size_t expected, const char *key, const AffectedRows *affected);

/* The entities that the processor's rules gave no row; call it even when there are none, so that
 * those of an earlier version go. */
void precompute_skip(CellOutput *out, const SkippedEntity *skipped, size_t count);

#endif
