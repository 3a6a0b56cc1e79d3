/*
 * libcore/runtime/batch_parts.h
 *    What the files of a batch share, and nobody else includes.
 */
#ifndef TIPOFF_RUNTIME_BATCH_PARTS_H
#define TIPOFF_RUNTIME_BATCH_PARTS_H

#include "libcore/runtime/batch.h"
#include "libcore/runtime/cell_run.h"
#include "libcore/runtime/cell_store.h"
#include "libcore/runtime/gate.h"
#include "libcore/runtime/gate_overrides.h"
#include "libcore/runtime/rerun.h"

/* A completion that woke us. */
typedef struct {
    CellKey cell;
    int32_t version;
} Arrival;

/* A cell of ours that may be able to go on. */
typedef struct {
    CellKey key;
    const CellSpec *spec;
    bool same_date;  /* woken by an arrival of its own date, so that its parking is worth a note */
    bool by_handler; /* what it reads beside its needs has changed: equal needs prove nothing */
} Candidate;

/* A cell that could not be made, and why. */
typedef struct {
    const LockedCell *cell;
    Err cause;
} BrokenCell;

/* Cells as they stand, for gates. */
typedef struct {
    const GateBoard *gates;
    CellState *states;
    size_t count;
} Board;

/* What the batch is in the middle of. */
typedef struct {
    Process *p;
    DbTx *tx;
    Arena *a;
    EventList events;
    RunContext rc;
    RunStats stats;
    Arrival *arrivals;
    size_t arrival_count;
    Candidate *candidates;
    size_t candidate_count, candidate_cap;
    BrokenCell *broken; /* as long as the candidates; NULL when a broken cell ends the batch */
    size_t broken_count;
    int32_t *seasons;
    size_t season_count, season_cap;
    int32_t *schedule_versions; /* of the seasons, as the last board was loaded */
    GateOverride *overrides;    /* in force; read once */
    size_t override_count;
    bool has_overrides;             /* they have been read */
    RerunBoard *reruns[LANE_COUNT]; /* NULL until a cell of the lane is to be made again */
    StaleCell *stale;               /* held; marked together at the end */
    size_t stale_count, stale_cap;
    size_t backfill_begun; /* cells of that lane */
    bool has_confirmed;    /* a cell ended as what it was: those that wait for it are to be told */
} Batch;

/* NULL when the processor is not the worker's. */
const CellSpec *spec_of(const WorkerSpec *w, ProcessorId id);
/* NULL ids become ids made of the coordinates. */
const char *event_id_of(const Process *p, const BusMessage *m, Arena *a);
/* The parts of the messages that lie in owned partitions, by partition. */
size_t ranges_of(Process *p, const BusMessage *m, size_t count, BatchRange *out);
bool is_handled(const WorkerSpec *w, TopicId topic);
void batch_init(Batch *b, Process *p, Arena *a);

/* ---- batch_cells.c ---- */

void note_season(Batch *b, GameDate date);
void add_candidate(Batch *b, GameDate date, const CellSpec *spec, bool same_date, bool by_handler);
/* Every stale cell of ours, and every open one too unless only stale ones are asked for. */
NODISCARD bool add_open_cells(Batch *b, bool only_stale, Err *err);
/* What the arrivals may open or change. */
NODISCARD bool add_candidates_of_arrivals(Batch *b, Err *err);
/* Leaves out candidates whose gate is shut as everybody sees it. */
NODISCARD bool drop_shut_candidates(Batch *b, Err *err);
/* Locks the candidates, evaluates their gates and runs what is open. With shield a cell that breaks
 * is undone alone and put into b->broken. ERR_POISON when an arrival is of a cell that does not exist. */
NODISCARD bool settle_cells(Batch *b, bool shield, size_t *ended, Err *err);
int32_t schedule_version_of(const Batch *b, GameDate date);
/* What each gate of ours needs, as it stands now. */
NODISCARD bool load_board(Batch *b, Board *out, Err *err);

/* ---- batch_rerun.c ---- */

/* The cells of this lane with what they read, all that is upstream of our processors. A past date's cell
 * waits for earlier dates to come again, a current one does not: it shall not be late for their sake.
 * *is_new: the board was loaded just now, and what was loaded before it is older. */
NODISCARD bool load_reruns(Batch *b, Lane lane, bool *is_new, Err *err);
/* What has changed upstream since the cell ended; *out is NULL where all of it is to be made again. */
NODISCARD bool changes_since(Batch *b, const Candidate *c, const LockedCell *cell, const GateAnswer *gate,
                             const ChangedKeys **out, Err *err);
/* The cell is stale from the end of the batch on. */
void note_stale(Batch *b, CellKey key, const char *reason);
/* Marks what is stale, and tells those who wait for a cell that ended as what it was. */
NODISCARD bool finish_reruns(Batch *b, Err *err);

/* ---- batch_letters.c ---- */

/* The event goes on record as a letter although the rest of it was done: a retry does it again, and
 * finds only the broken cells undone. */
NODISCARD bool fail_broken(Batch *b, const BusMessage *m, BatchResult *result, Err *err);

/* Without an event in hand, the letter is of the newest completion of its date that the cell needs and
 * that is still kept; where none is, the cell fails without one. */
NODISCARD bool fail_broken_of_scan(Batch *b, Err *err);

#endif
