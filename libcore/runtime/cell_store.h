/*
 * libcore/runtime/cell_store.h
 *    Cells in Postgres: read for a gate, locked in one order, completed with a version.
 */
#ifndef TIPOFF_RUNTIME_CELL_STORE_H
#define TIPOFF_RUNTIME_CELL_STORE_H

#include "libcore/io/db.h"
#include "libcore/io/sha256.h"
#include "libcore/runtime/cell.h"
#include "libcore/runtime/rerun.h"

/* A cell of ours under lock. */
typedef struct {
    CellState state;
    uint8_t input_hash[SHA256_LEN];
    bool has_input_hash;
    bool is_stale;
    int32_t schedule_version; /* when it last ended; 0 before */
    Bytes inputs;             /* its input vector; absent before it first ended */
    const char *build;        /* that made it last; NULL before */
    bool has_alerts;          /* some are open */
    bool has_measures;
    bool has_due; /* it is to be looked at at some time */
} LockedCell;

typedef struct {
    GameDate date;
    ProcessorId processor;
} CellKey;

/* States of every in-scope or unscheduled cell of these processors in these seasons. */
NODISCARD bool cells_load(DbTx *tx, const int32_t *seasons, size_t season_count, const ProcessorId *processors,
                          size_t processor_count, Arena *a, CellState **out, size_t *count, Err *err);
/* The same, of these dates. */
NODISCARD bool cells_load_dates(DbTx *tx, const GameDate *dates, size_t date_count, const ProcessorId *processors,
                                size_t processor_count, Arena *a, CellState **out, size_t *count, Err *err);

/* The same cells with what they read. */
NODISCARD bool read_cells_load(DbTx *tx, const int32_t *seasons, size_t season_count, const ProcessorId *processors,
                               size_t processor_count, Arena *a, ReadCell **out, size_t *count, Err *err);
NODISCARD bool read_cells_load_dates(DbTx *tx, const GameDate *dates, size_t date_count, const ProcessorId *processors,
                                     size_t processor_count, Arena *a, ReadCell **out, size_t *count, Err *err);

/* Locks the cells in the order (date, processor); keys without a cell are left out. The locks hold
 * until the transaction ends. Sorted as locked. */
NODISCARD bool cells_lock(DbTx *tx, const CellKey *keys, size_t count, Arena *a, LockedCell **out, size_t *locked,
                          Err *err);

/* The cell is open, and waits for what the reason names. */
NODISCARD bool cell_park(DbTx *tx, CellKey key, const char *reason, Err *err);
/* A cell with a version whose inputs change or have changed while its gate is closed. */
typedef struct {
    CellKey key;
    const char *reason;
} StaleCell;
/* What is stale already keeps its reason. */
NODISCARD bool cells_mark_stale(DbTx *tx, const StaleCell *cells, size_t count, Arena *a, Err *err);

/* How a cell ends. Texts are borrowed. */
typedef struct {
    CellKey key;
    CellStatus status;
    const char *reason;
    int32_t version;
    int32_t expected, written, rejected;
    uint8_t content_hash[CONTENT_HASH_LEN];
    uint8_t input_hash[SHA256_LEN];
    Bytes inputs; /* its input vector */
    const char *lane, *run_id, *build, *config_hash, *correlation_id;
    int32_t schedule_version;
    bool must_announce; /* a new version whatever the content is */
    TextArray causes;   /* the completions of its own date that it was made from, by event id */
    Instant started, finished, as_of;
    const char *measures; /* for the log: "name=value name=value"; NULL without any */
} CellEnd;

NODISCARD bool cell_complete(DbTx *tx, const CellEnd *end, Err *err);

/* What a version changed. */
typedef struct {
    TextArray players, teams; /* sets */
    bool is_all;              /* every key may have changed, whatever the sets say */
} CellChange;
NODISCARD bool cell_record_change(DbTx *tx, CellKey key, int32_t version, const CellChange *change, Err *err);
/* The cell stands as it is, and has read these versions: what it was made from has come again. */
NODISCARD bool cell_confirm_inputs(DbTx *tx, CellKey key, Bytes inputs, Err *err);

/* A cell that collect fills: made when it is not in the grid yet. */
NODISCARD bool cell_ensure(DbTx *tx, CellKey key, bool in_scope, bool unscheduled, Err *err);

#endif
