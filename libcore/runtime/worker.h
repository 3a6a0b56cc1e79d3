/*
 * libcore/runtime/worker.h
 *    The declaration that a worker consists of. The runner does everything else.
 *
 * A worker owns processors. For each the runner waits at the gate that topics/pipeline.toml
 * declares, locks the cell, calls load (the only step that may read the database) and decide (pure),
 * writes the rows, gives the cell its version and announces its completion, in one transaction.
 */
#ifndef TIPOFF_RUNTIME_WORKER_H
#define TIPOFF_RUNTIME_WORKER_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "libcore/base/key_set.h"
#include "libcore/base/table.h"
#include "libcore/runtime/cell.h"
#include "libcore/runtime/subscription.h"

typedef struct DbTx DbTx;               /* libcore/io/db.h */
typedef struct ChangedKeys ChangedKeys; /* libcore/runtime/changed_keys.h */

/* What decide may know beside what load brought. Everything is borrowed for the call. */
typedef struct {
    GameDate date;
    ProcessorId processor;
    bool is_unscheduled;
    bool is_live;             /* the date is the current Eastern date or later: what is made now freezes at tip-off */
    Instant now;              /* from the Clock; for meta columns and live decisions only */
    int32_t schedule_version; /* of the date's season */
    int32_t cell_version;     /* as it stands: 0 before the cell first ended */
    bool schedule_changed;    /* since the cell last ended */
    const CellState *needs;   /* the upstream cells that the gate saw, in the order (processor, date) */
    size_t need_count;
    const char *degraded; /* what the gate opened without; NULL when nothing is missing */
    const FeedSet *feeds; /* that the deployment subscribes to */
    /* What has changed upstream since the cell's rows were made, which stand as they were made; NULL: anything
     * may have, and all rows are to be made again. */
    const ChangedKeys *changed;
} CellInput;

/* Whether the cell's own date has rows of that processor: it is among the needs, and ended with some.
 * What stands in the table of a feed that was unsubscribed from is nobody's input. */
bool cell_input_has(const CellInput *in, ProcessorId need);

/* What of the processor's cells has changed; in->changed must not be NULL. */
KeySet changed_of(const CellInput *in, ProcessorId upstream);

/* The effects of one decision. Rows, names and reasons are borrowed until the cell has ended, so
 * make them in the arena that is passed or in static storage. */
typedef struct CellOutput CellOutput;

/* The cell's rows of one table: they replace what the cell wrote there before. The table must be
 * among the processor's writes. expected: how many entities its own rules allow; pass count when
 * the two are the same thing. Only the first table's counts are the completion's. */
void cell_output_rows(CellOutput *out, const TableDesc *table, const void *rows, size_t count, size_t expected);
/* Some of the cell's rows of one table: they replace what stands there of the keys, a set, in its text
 * column key_column, and leave all else alone. Only where in->changed says which keys those are.
 * total_expected counts the whole cell, not these rows. When the first table is updated, only the
 * rejections of its keys are replaced, too. */
void cell_output_update(CellOutput *out, const TableDesc *table, const void *rows, size_t count, size_t total_expected,
                        const char *key_column, TextArray keys);
/* All rows of the cell, of which those that are affected, by their text column key_column, replace what
 * stands there: as cell_output_rows() or as cell_output_update(). Others may be left out. */
void cell_output_affected(CellOutput *out, const TableDesc *table, const void *rows, size_t count,
                          size_t total_expected, const char *key_column, const AffectedRows *affected);
/* An entity that cannot be used, and why: the cell becomes partial. */
void cell_output_reject(CellOutput *out, const char *entity, const char *reason);
/* The cell completes without data. "Success with zero rows where rows were expected" cannot be
 * built: a decision with no rows and no reason fails. */
void cell_output_no_data(CellOutput *out, const char *reason);
/* The cell completes, but lacks something: recorded with the reason. */
void cell_output_degraded(CellOutput *out, const char *reason);
/* The cell fails: terminal, announced, and mended by a later arrival. */
void cell_output_fail(CellOutput *out, const char *reason);
/* The cell stays open: the runner parks it with the reason. Nothing is written but emitted events
 * and rows of the processor's own tables. */
void cell_output_park(CellOutput *out, const char *reason);
/* The cell is run again at that time if nothing has run it before; the run decides anew when that is. An
 * alert that is said while it stays open is raised all the same. */
void cell_output_due(CellOutput *out, Instant at);
/* The cell gets a new version and announces it even if its content is what it was: those that it
 * unlocks have something else to look at. */
void cell_output_announce(CellOutput *out);
/* The largest stamp of an input, for the completion and for rows that carry as_of. */
void cell_output_as_of(CellOutput *out, Instant as_of);
typedef enum { ALERT_INFO, ALERT_WARNING, ALERT_CRITICAL } AlertSeverity;
enum { ALERT_SEVERITIES = 3 };

/* Something that people should look at. It stays open until a run of the cell does not say it any more.
 * kind is a short name ("feature_defaults_high"); the same kind and subject is the same alert, however
 * often it is said. subject: what it is about, NULL for the cell itself. message: a sentence with numbers. */
void cell_output_alert(CellOutput *out, const char *kind, AlertSeverity severity, const char *subject,
                       const char *message);
/* A figure of this run, kept by date, in the log and in /metrics: "quality_ready_pct". NaN: there is none. */
void cell_output_measure(CellOutput *out, const char *name, double value);
/* An event beside the completion. event_id is deterministic: the same decision, the same id.
 * payload is a framed record. */
void cell_output_emit(CellOutput *out, TopicId topic, const char *key, const char *event_id, Bytes payload);

typedef struct {
    ProcessorId processor;
    const TableDesc *const *writes; /* NULL-terminated; the first one's rows are counted */
    const TableDesc *const *reads;  /* NULL-terminated; compared with the catalogue at start */
    /* NULL when the needs say it all. loaded lives in a. */
    bool (*load)(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err);
    bool (*decide)(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err);
    /* Writes rows that decide asked for and that are no content of the cell: the state of work under
     * way. Runs after decide, whatever it answered. NULL for almost every processor. */
    bool (*store)(DbTx *tx, const CellInput *in, const void *loaded, Arena *a, Err *err);
    /* Where it is set, a row more or less concerns whoever reads the cell, whatever he reads of it: such a
     * version is recorded as a change of every key. So is one in which a row becomes somebody else's, by
     * these text columns beside the key; NULL-terminated, may be empty. NULL: rows that come and go are keys
     * like any other. */
    const char *const *identity;
    /* (game_date, count) of the rows that stand between the dates $1 and $2, as the completion's written counts
     * them, where that is not the first table's rows. NULL: it is. */
    const char *standing_sql;
} CellSpec;

/* One event in hand. Borrowed. */
typedef struct {
    TopicId topic;
    Lane lane;
    const char *event_id;
    const char *key;
    Bytes payload; /* framed record */
    const char *correlation_id;
    int32_t partition;
    int64_t offset;
    Instant stamp;
} Event;

typedef struct EventEffects EventEffects;

/* What a process is told at its start. Borrowed. */
typedef struct {
    const char *public_dir;   /* where published files go */
    const char *checks_dir;   /* where checks.h finds them */
    const char *alert_routes; /* see alert_routes.h */
    int64_t escalate_min;     /* an alert that nobody acknowledges; 0: never */
    int test_hour;            /* Eastern, from which on sinks are tested */
    const char *build, *config_hash;
    GameDate today; /* Eastern, by the Clock, when the batch began */
    Instant now;
    FeedSet feeds; /* that the deployment subscribes to */
} WorkerContext;

typedef struct {
    const char *name;
    const char *summary;
    const CellSpec *cells; /* may be none */
    size_t cell_count;
    /* Topics beside the completions that its cells' needs imply, and what to do with a batch of
     * their events, all new to the inbox. Cells that may be able to go on are named through
     * event_effects_wake(); the runner locks them and evaluates their gates afterwards. */
    const TopicId *consumes;
    size_t consume_count;
    bool (*handle)(DbTx *tx, const WorkerContext *ctx, const Event *events, size_t count, Arena *a, EventEffects *fx,
                   Err *err);
    /* An event of these topics has become a letter: settles what waits for it. May be NULL. */
    bool (*on_letter)(DbTx *tx, const WorkerContext *ctx, const Event *event, int64_t letter, const Err *cause,
                      Arena *a, EventEffects *fx, Err *err);
    /* That handle and after_commit read or write; NULL-terminated: compared with the catalogue at start. */
    const TableDesc *const *handle_tables;
    /* Called once before anything is taken in, to read what the process keeps; on false it refuses to start, with
     * the reason. May be NULL. */
    bool (*on_start)(DbTx *tx, const WorkerContext *ctx, Arena *a, Err *err);
    /* Called after commits and once at start, in a transaction in which nothing was asked yet; for what lives
     * outside the database. *again_us above 0: it is called again after that time, and not before, whatever is
     * committed. May be NULL. */
    bool (*after_commit)(DbTx *tx, const WorkerContext *ctx, Arena *a, int64_t *again_us, Err *err);
} WorkerSpec;

/* This cell may be able to go on: the runner evaluates its gate in this transaction. */
void event_effects_wake(EventEffects *fx, GameDate date, ProcessorId processor);
/* As cell_output_emit(). */
void event_effects_emit(EventEffects *fx, TopicId topic, GameDate date, const char *key, const char *event_id,
                        Bytes payload);

#endif
