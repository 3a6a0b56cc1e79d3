/*
 * libcore/runtime/batch_cells.c
 *    From arrivals to the cells that they may open, and from open gates to cells that have ended.
 */
#include "libcore/runtime/batch_parts.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/runtime/grid.h"
#include "libcore/runtime/input_vector.h"

const CellSpec *
spec_of(const WorkerSpec *w, ProcessorId id)
{
    for (size_t i = 0; i < w->cell_count; i++)
        if (w->cells[i].processor == id)
            return &w->cells[i];
    return NULL;
}

void
note_season(Batch *b, GameDate date)
{
    int32_t season = date_season_year(date);

    for (size_t i = 0; i < b->season_count; i++)
        if (b->seasons[i] == season)
            return;
    b->seasons = arena_room(b->a, b->seasons, b->season_count, &b->season_cap, sizeof *b->seasons);
    b->seasons[b->season_count++] = season;
}

void
add_candidate(Batch *b, GameDate date, const CellSpec *spec, bool same_date, bool by_handler)
{
    for (size_t i = 0; i < b->candidate_count; i++) {
        Candidate *c = &b->candidates[i];

        if (c->spec == spec && date_equal(c->key.date, date)) {
            c->same_date |= same_date;
            c->by_handler |= by_handler;
            return;
        }
    }
    b->candidates = arena_room(b->a, b->candidates, b->candidate_count, &b->candidate_cap, sizeof *b->candidates);
    b->candidates[b->candidate_count++] = (Candidate){{date, spec->processor}, spec, same_date, by_handler};
    note_season(b, date);
}

/* ---- the board ---- */

/* Our processors and all that they need. */
static size_t
board_processors(const WorkerSpec *w, ProcessorId out[PROC_COUNT])
{
    bool wanted[PROC_COUNT] = {false};
    size_t n = 0;

    for (size_t c = 0; c < w->cell_count; c++) {
        const ProcessorSpec *ps = &processor_table[w->cells[c].processor];

        wanted[ps->id] = true;
        for (size_t i = 0; i < ps->need_count; i++)
            wanted[ps->needs[i].processor] = true;
    }
    for (size_t p = 0; p < PROC_COUNT; p++)
        if (wanted[p])
            out[n++] = (ProcessorId)p;
    return n;
}

/* Whether a gate of ours looks at earlier dates. */
static bool
looks_back(const WorkerSpec *w)
{
    for (size_t c = 0; c < w->cell_count; c++) {
        const ProcessorSpec *ps = &processor_table[w->cells[c].processor];

        for (size_t i = 0; i < ps->need_count; i++)
            if (ps->needs[i].scope != NEED_SAME_DATE)
                return true;
    }
    return false;
}

static Lane
lane_of_cell(const Batch *b, GameDate date)
{
    return lane_of_date(date, b->p->ctx.today);
}

/* Every date that an arrival or a candidate is of. */
static size_t
dates_in_hand(const Batch *b, GameDate **out)
{
    size_t n = 0;

    *out = arena_array(b->a, b->arrival_count + b->candidate_count + 1, sizeof **out);
    for (size_t i = 0; i < b->arrival_count; i++)
        (*out)[n++] = b->arrivals[i].cell.date;
    for (size_t i = 0; i < b->candidate_count; i++)
        (*out)[n++] = b->candidates[i].key.date;
    return n;
}

static bool
load_states(Batch *b, CellState **states, size_t *count, Err *err)
{
    ProcessorId processors[PROC_COUNT];
    size_t n = board_processors(b->p->spec, processors), date_count;
    GameDate *dates;

    if (looks_back(b->p->spec))
        return cells_load(b->tx, b->seasons, b->season_count, processors, n, b->a, states, count, err);
    date_count = dates_in_hand(b, &dates);
    return cells_load_dates(b->tx, dates, date_count, processors, n, b->a, states, count, err);
}

bool
load_board(Batch *b, Board *out, Err *err)
{
    b->schedule_versions = arena_array(b->a, b->season_count + 1, sizeof *b->schedule_versions);
    for (size_t i = 0; i < b->season_count; i++)
        if (!season_version(b->tx, b->seasons[i], &b->schedule_versions[i], err))
            return false;
    if (!load_states(b, &out->states, &out->count, err))
        return false;
    out->gates = gate_board(out->states, out->count, &b->p->ctx.feeds, b->a);
    return true;
}

static bool
load_overrides(Batch *b, Err *err)
{
    if (b->has_overrides)
        return true;
    b->has_overrides = true;
    return gate_overrides_load(b->tx, clock_now(b->p->clock), b->a, &b->overrides, &b->override_count, err);
}

static GateAnswer
ask_gate(const Batch *b, CellKey key, const GateBoard *board)
{
    const GateAsk ask = {
        .now = clock_now(b->p->clock),
        .today = b->p->ctx.today,
        .override = gate_override_find(b->overrides, b->override_count, key.processor, key.date),
    };

    return gate_check(&processor_table[key.processor], key.date, board, &ask, b->a);
}

int32_t
schedule_version_of(const Batch *b, GameDate date)
{
    for (size_t i = 0; i < b->season_count; i++)
        if (b->seasons[i] == date_season_year(date))
            return b->schedule_versions[i];
    return 0;
}

/* Leaves the candidates that an arrival of an earlier date cannot have opened: their gate is shut
 * as everybody sees it, since an upstream cell is committed before its completion is sent. */
static void
keep_openable(Batch *b, const GateBoard *board)
{
    size_t n = 0;

    for (size_t i = 0; i < b->candidate_count; i++) {
        const Candidate *c = &b->candidates[i];
        const CellState *s = gate_board_cell(board, c->key.processor, c->key.date);

        if (c->same_date || (s != NULL && (s->version > 0 || ask_gate(b, c->key, board).verdict != GATE_WAIT)))
            b->candidates[n++] = *c;
    }
    b->candidate_count = n;
}

/* ---- arrivals ---- */

static void
candidates_of_need(Batch *b, const CellSpec *spec, const Need *need, GameDate date, const CellState *states,
                   size_t state_count)
{
    if (need->scope == NEED_SAME_DATE) {
        add_candidate(b, date, spec, true, false);
        return;
    }
    for (size_t s = 0; s < state_count; s++)
        if (states[s].processor == spec->processor && date_before(date, states[s].date)
            && date_season_year(states[s].date) == date_season_year(date))
            add_candidate(b, states[s].date, spec, false, false);
}

/* Who completes a cell has it: where the grid is laid, a completion of any other is a mistake. A
 * database that is filled anew from an old log has no grid yet. */
static bool
cell_exists(Batch *b, CellKey cell, bool *exists, Err *err)
{
    static const char sql[] = "select exists (select 1 from ops.cell where game_date = $1 and processor = $2)"
                              " or not exists (select 1 from ops.season)";
    const DbParam params[] = {db_date(cell.date), db_text(processor_table[cell.processor].name)};
    DbRows *rows;

    if (!db_exec(b->tx, sql, params, 2, &rows, err))
        return false;
    *exists = db_get_bool(rows, 0, 0);
    return true;
}

static bool
check_arrivals(Batch *b, const GateBoard *board, Err *err)
{
    for (size_t i = 0; i < b->arrival_count; i++) {
        const CellKey cell = b->arrivals[i].cell;
        char day[DATE_TEXT_LEN];
        bool exists = gate_board_cell(board, cell.processor, cell.date) != NULL; /* what is out of scope is not on it */

        if (!exists && !cell_exists(b, cell, &exists, err))
            return false;
        if (!exists)
            return ERR_FAIL(err, ERR_POISON, "a completion of %s of %s, a cell that does not exist",
                            processor_table[cell.processor].name, date_format(cell.date, day));
    }
    return true;
}

/* Every cell of ours that an arrival may open or change. */
static void
candidates_of_arrivals(Batch *b, const CellState *states, size_t state_count)
{
    for (size_t i = 0; i < b->arrival_count; i++) {
        const CellKey up = b->arrivals[i].cell;

        for (size_t c = 0; c < b->p->spec->cell_count; c++) {
            const CellSpec *spec = &b->p->spec->cells[c];
            const ProcessorSpec *ps = &processor_table[spec->processor];

            for (size_t n = 0; n < ps->need_count; n++)
                if (ps->needs[n].processor == up.processor)
                    candidates_of_need(b, spec, &ps->needs[n], up.date, states, state_count);
        }
    }
}

bool
add_candidates_of_arrivals(Batch *b, Err *err)
{
    Board board;

    if (b->arrival_count == 0)
        return true;
    if (!looks_back(b->p->spec)) { /* only cells of the arrivals' own dates, none of which can be left out */
        candidates_of_arrivals(b, NULL, 0);
        return true;
    }
    if (!load_overrides(b, err) || !load_board(b, &board, err))
        return false;
    candidates_of_arrivals(b, board.states, board.count);
    keep_openable(b, board.gates);
    return true;
}

bool
drop_shut_candidates(Batch *b, Err *err)
{
    Board board;

    if (b->candidate_count == 0)
        return true;
    if (!load_overrides(b, err) || !load_board(b, &board, err))
        return false;
    keep_openable(b, board.gates);
    return true;
}

/* ---- what an earlier life left open ---- */

bool
add_open_cells(Batch *b, bool only_stale, Err *err)
{
    static const char stale[] = "select game_date, processor from ops.cell where processor = any ($1)"
                                " and (in_scope or unscheduled) and is_stale order by game_date, processor";
    static const char sql[] = "select game_date, processor from ops.cell where processor = any ($1)"
                              " and (in_scope or unscheduled) and (status in ('expected', 'waiting') or is_stale)"
                              " order by game_date, processor";
    const WorkerSpec *w = b->p->spec;
    const char **names = arena_array(b->a, w->cell_count + 1, sizeof *names);
    DbRows *rows;

    for (size_t c = 0; c < w->cell_count; c++)
        names[c] = processor_table[w->cells[c].processor].name;
    {
        const DbParam params[] = {db_texts(names, w->cell_count)};

        if (!db_exec(b->tx, only_stale ? stale : sql, params, 1, &rows, err))
            return false;
    }
    for (size_t r = 0; r < db_row_count(rows); r++) {
        const GameDate date = db_get_date(rows, r, 0);
        ProcessorId id;

        if (b->p->backfill_until_us == BACKFILL_NONE && lane_of_cell(b, date) == LANE_BACKFILL)
            b->p->has_left = true;
        else if (processor_by_name(db_get_text(rows, r, 1), &id))
            add_candidate(b, date, spec_of(w, id), false, false);
    }
    return true;
}

/* ---- gates ---- */

static int
compare_candidates(const void *pa, const void *pb)
{
    const Candidate *a = pa, *b = pb;

    if (a->key.date.days != b->key.date.days)
        return a->key.date.days < b->key.date.days ? -1 : 1;
    return strcmp(processor_table[a->key.processor].name, processor_table[b->key.processor].name);
}

static const Candidate *
find_candidate(const Batch *b, const CellState *s)
{
    for (size_t i = 0; i < b->candidate_count; i++)
        if (b->candidates[i].key.processor == s->processor && date_equal(b->candidates[i].key.date, s->date))
            return &b->candidates[i];
    return NULL;
}

/* Runs the cell so that its failure undoes nothing but itself. */
static bool
run_shielded(Batch *b, const Candidate *c, const LockedCell *cell, const GateAnswer *gate, const ChangedKeys *changed,
             RunResult *result, Err *err)
{
    const int32_t version = schedule_version_of(b, c->key.date);
    size_t events = b->events.count, ended = b->stats.ended_count;

    if (b->broken == NULL)
        return cell_run(b->tx, &b->rc, c->spec, cell, gate, version, changed, result, err);
    if (!db_exec_script(b->tx, "savepoint cell", err))
        return false;
    if (cell_run(b->tx, &b->rc, c->spec, cell, gate, version, changed, result, err))
        return db_exec_script(b->tx, "release savepoint cell", err);
    if (err->cls != ERR_POISON)
        return false;
    *result = RUN_PARKED;
    b->events.count = events;
    b->stats.ended_count = ended;
    b->broken[b->broken_count++] = (BrokenCell){cell, *err};
    return db_exec_script(b->tx, "rollback to savepoint cell; release savepoint cell", err);
}

/* A gate that a failed or short need holds is somebody's business; any other wait ends by itself. */
static bool
tell_of_gate(Batch *b, const LockedCell *cell, const GateAnswer *gate, Err *err)
{
    const CellKey key = {cell->state.date, cell->state.processor};
    const Alert held = {ALERT_GATE_HELD, ALERT_WARNING, NULL, gate->reason};

    if (gate->verdict == GATE_WAIT && (gate->wait == WAIT_FOR_FAILED || gate->wait == WAIT_FOR_ROWS))
        return alert_raise(b->tx, key, &held, clock_now(b->p->clock), b->a, err);
    return !cell->has_alerts || alerts_resolve(b->tx, key, ALERT_GATE_HELD, clock_now(b->p->clock), err);
}

static bool
wait_at_gate(Batch *b, const Candidate *c, const LockedCell *cell, const GateAnswer *gate, Err *err)
{
    b->stats.waits[gate->wait]++;
    if (!tell_of_gate(b, cell, gate, err))
        return false;
    if (cell->state.version > 0)
        note_stale(b, c->key, gate->reason);
    else if (c->same_date)
        return cell_park(b->tx, c->key, gate->reason, err);
    return true;
}

/* The other lane, or an earlier arrival, has made it from these very inputs. Their versions may have
 * gone on and come back to what they were. */
static bool
is_made_from(const Batch *b, const Candidate *c, const LockedCell *cell, const GateAnswer *gate)
{
    uint8_t input[SHA256_LEN];

    if (c->by_handler || cell->is_stale || !cell->has_input_hash || cell->state.version == 0
        || processor_table[c->key.processor].need_count == 0 || !cell_status_is_terminal(cell->state.status)
        || cell->state.status == CELL_FAILED)
        return false;
    gate_input_hash(gate, schedule_version_of(b, c->key.date), input);
    return memcmp(input, cell->input_hash, sizeof input) == 0;
}

static bool
confirm(Batch *b, const Candidate *c, const LockedCell *cell, const GateAnswer *gate, Err *err)
{
    const Bytes inputs = input_vector_encode(gate->needs, gate->need_count, b->a);

    if (!tell_of_gate(b, cell, gate, err))
        return false;
    if (inputs.len == cell->inputs.len && memcmp(inputs.data, cell->inputs.data, inputs.len) == 0)
        return true;
    b->has_confirmed = true;
    return cell_confirm_inputs(b->tx, c->key, inputs, err);
}

/* The cell has a version, and its gate is open: it waits all the same while something upstream is about
 * to be made again, unless an operator has opened the gate. */
static bool
wait_for_reruns(Batch *b, const Candidate *c, Board *board, GateAnswer *gate, bool *waits, Err *err)
{
    const Lane lane = lane_of_date(c->key.date, b->p->ctx.today);
    const CellState *awaited;
    char day[DATE_TEXT_LEN];
    bool is_new;

    *waits = false;
    if (gate_override_find(b->overrides, b->override_count, c->key.processor, c->key.date) != NULL)
        return true;
    if (!load_reruns(b, lane, &is_new, err))
        return false;
    if (is_new) { /* or a cell that ended between the two would be seen as it is here and as it was there */
        if (!load_board(b, board, err))
            return false;
        *gate = ask_gate(b, c->key, board->gates);
    }
    awaited = rerun_awaited(b->reruns[lane], &processor_table[c->key.processor], c->key.date);
    if (awaited == NULL || gate->verdict == GATE_WAIT)
        return true;
    *waits = true;
    b->stats.waits[WAIT_FOR_RERUN]++;
    note_stale(b, c->key,
               arena_printf(b->a, "needs %s of %s, which is made again", processor_table[awaited->processor].name,
                            date_format(awaited->date, day)));
    return true;
}

/* Its gate is open, and its turn is over. Where it has a version an event alone would tell of it. */
static bool
is_left(Batch *b, const Candidate *c, const LockedCell *cell)
{
    const int64_t until = b->p->backfill_until_us;

    if (until == 0 || lane_of_cell(b, c->key.date) == LANE_LIVE)
        return false;
    if (until != BACKFILL_NONE && (b->backfill_begun++ == 0 || clock_mono_us(b->p->clock) < until))
        return false;
    b->p->has_left = true;
    if (cell->state.version > 0)
        note_stale(b, c->key, "its turn comes when live events leave time");
    return true;
}

static bool
settle_cell(Batch *b, const Candidate *c, const LockedCell *cell, Board *board, size_t *ended, Err *err)
{
    GateAnswer gate = ask_gate(b, c->key, board->gates);
    const ChangedKeys *changed = NULL;
    RunResult result;
    bool waits = false;

    if (!cell->state.is_in_scope && !cell->state.is_unscheduled)
        return true;
    if (gate.verdict != GATE_WAIT && is_made_from(b, c, cell, &gate))
        return confirm(b, c, cell, &gate, err);
    if (gate.verdict != GATE_WAIT && cell->state.version > 0) {
        if (!wait_for_reruns(b, c, board, &gate, &waits, err))
            return false;
        if (waits)
            return true;
    }
    if (gate.verdict == GATE_WAIT)
        return wait_at_gate(b, c, cell, &gate, err);
    if (is_left(b, c, cell))
        return true;
    if (!changes_since(b, c, cell, &gate, &changed, err) || !run_shielded(b, c, cell, &gate, changed, &result, err))
        return false;
    b->has_confirmed |= result == RUN_CONFIRMED;
    *ended += result != RUN_PARKED;
    return true;
}

static bool
settle_lane(Batch *b, Lane lane, const LockedCell *cells, size_t count, Board *board, size_t *ended, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        const Candidate *c = lane_of_cell(b, cells[i].state.date) == lane ? find_candidate(b, &cells[i].state) : NULL;

        if (c != NULL && !settle_cell(b, c, &cells[i], board, ended, err))
            return false;
    }
    return true;
}

/* Locks in the global order first, then reads what the gates need by a later statement. */
bool
settle_cells(Batch *b, bool shield, size_t *ended, Err *err)
{
    CellKey *keys = arena_array(b->a, b->candidate_count + 1, sizeof *keys);
    LockedCell *cells;
    size_t locked;
    Board board;

    if (b->candidate_count == 0 && b->arrival_count == 0)
        return true;
    if (b->candidate_count > 0) /* the last date's arrivals open nothing */
        qsort(b->candidates, b->candidate_count, sizeof *b->candidates, compare_candidates);
    for (size_t i = 0; i < b->candidate_count; i++)
        keys[i] = b->candidates[i].key;
    if (shield)
        b->broken = arena_array(b->a, b->candidate_count, sizeof *b->broken);
    if (!cells_lock(b->tx, keys, b->candidate_count, b->a, &cells, &locked, err) || !load_overrides(b, err)
        || !load_board(b, &board, err) || !check_arrivals(b, board.gates, err))
        return false;
    return settle_lane(b, LANE_LIVE, cells, locked, &board, ended, err)
           && settle_lane(b, LANE_BACKFILL, cells, locked, &board, ended, err) && finish_reruns(b, err);
}
