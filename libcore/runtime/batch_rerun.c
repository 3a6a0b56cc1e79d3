/*
 * libcore/runtime/batch_rerun.c
 *    Cells that are made again: what they wait for, what has changed for them, and who is told.
 */
#include <string.h>
#include "libcore/runtime/batch_parts.h"
#include "libcore/runtime/changed_keys.h"
#include "libcore/runtime/input_vector.h"
#include "libcore/runtime/listener.h"

/* ---- what is about to be made again ---- */

/* Everything upstream of our processors. */
static size_t
upstream_of_worker(const WorkerSpec *w, ProcessorId out[PROC_COUNT])
{
    bool found[PROC_COUNT] = {false};
    size_t n = 0;

    for (size_t c = 0; c < w->cell_count; c++) {
        ProcessorId some[PROC_COUNT];
        size_t count = rerun_upstream(w->cells[c].processor, some);

        for (size_t i = 0; i < count; i++)
            found[some[i]] = true;
    }
    for (size_t p = 0; p < PROC_COUNT; p++)
        if (found[p])
            out[n++] = (ProcessorId)p;
    return n;
}

/* Dates of our candidates that are current. */
static size_t
live_dates(const Batch *b, GameDate **out)
{
    size_t n = 0;

    *out = arena_array(b->a, b->candidate_count + 1, sizeof **out);
    for (size_t i = 0; i < b->candidate_count; i++)
        if (lane_of_date(b->candidates[i].key.date, b->p->ctx.today) == LANE_LIVE)
            (*out)[n++] = b->candidates[i].key.date;
    return n;
}

bool
load_reruns(Batch *b, Lane lane, bool *is_new, Err *err)
{
    ProcessorId processors[PROC_COUNT];
    size_t count, date_count, n = upstream_of_worker(b->p->spec, processors);
    GameDate *dates;
    ReadCell *cells;

    *is_new = b->reruns[lane] == NULL;
    if (!*is_new)
        return true;
    date_count = lane == LANE_LIVE ? live_dates(b, &dates) : 0;
    if (!(lane == LANE_LIVE
              ? read_cells_load_dates(b->tx, dates, date_count, processors, n, b->a, &cells, &count, err)
              : read_cells_load(b->tx, b->seasons, b->season_count, processors, n, b->a, &cells, &count, err)))
        return false;
    b->reruns[lane] = rerun_board(cells, count, b->a);
    return true;
}

/* ---- what has changed ---- */

/* Rows that stand as they were made: by this very build, from this very schedule. */
static bool
has_rows(const Batch *b, const LockedCell *cell)
{
    const CellStatus s = cell->state.status;

    return cell->state.version > 0 && (s == CELL_SUCCESS || s == CELL_PARTIAL || s == CELL_DEGRADED)
           && cell->schedule_version == schedule_version_of(b, cell->state.date) && cell->build != NULL
           && strcmp(cell->build, b->p->ctx.build) == 0;
}

bool
changes_since(Batch *b, const Candidate *c, const LockedCell *cell, const GateAnswer *gate, const ChangedKeys **out,
              Err *err)
{
    InputChange *changes;
    size_t count, read_count;
    InputRead *reads;

    *out = NULL;
    if (gate->verdict != GATE_OPEN || c->by_handler || !has_rows(b, cell)
        || !input_vector_decode(cell->inputs, b->a, &reads, &read_count)
        || !input_vector_changes(reads, read_count, gate->needs, gate->need_count, b->a, &changes, &count))
        return true;
    return changed_keys_load(b->tx, changes, count, b->a, out, err);
}

/* ---- who is told ---- */

void
note_stale(Batch *b, CellKey key, const char *reason)
{
    b->stale = arena_room(b->a, b->stale, b->stale_count, &b->stale_cap, sizeof *b->stale);
    b->stale[b->stale_count++] = (StaleCell){key, reason};
}

bool
finish_reruns(Batch *b, Err *err)
{
    return cells_mark_stale(b->tx, b->stale, b->stale_count, b->a, err)
           && (!b->has_confirmed
               || db_exec(b->tx, "select pg_notify('" CONFIRMED_CHANNEL "', '')", NULL, 0, NULL, err));
}
