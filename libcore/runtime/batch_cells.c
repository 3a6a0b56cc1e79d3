/*
 * libcore/runtime/batch_cells.c
 *    From arrivals to the cells that they may open, and from open gates to cells that have ended.
 */
#include "libcore/runtime/batch_parts.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/runtime/grid.h"

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

static bool
load_board(Batch *b, const GateBoard **board, CellState **states, size_t *count, Err *err)
{

    b->schedule_versions = arena_array(b->a, b->season_count + 1, sizeof *b->schedule_versions);
    for (size_t i = 0; i < b->season_count; i++)
        if (!season_version(b->tx, b->seasons[i], &b->schedule_versions[i], err))
            return false;
    if (!load_states(b, states, count, err))
        return false;
    *board = gate_board(*states, *count, &b->p->ctx.feeds, b->a);
    return true;
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

        if (c->same_date
            || (s != NULL
                && (s->version > 0
                    || gate_check(&processor_table[c->key.processor], c->key.date, board, b->a).verdict != GATE_WAIT)))
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
    const GateBoard *board;
    CellState *states = NULL;
    size_t count = 0;

    if (b->arrival_count == 0)
        return true;
    if (!looks_back(b->p->spec)) { /* only cells of the arrivals' own dates, none of which can be left out */
        candidates_of_arrivals(b, states, count);
        return true;
    }
    if (!load_board(b, &board, &states, &count, err))
        return false;
    candidates_of_arrivals(b, states, count);
    keep_openable(b, board);
    return true;
}

bool
drop_shut_candidates(Batch *b, Err *err)
{
    const GateBoard *board;
    CellState *states;
    size_t count;

    if (b->candidate_count == 0)
        return true;
    if (!load_board(b, &board, &states, &count, err))
        return false;
    keep_openable(b, board);
    return true;
}

/* ---- what an earlier life left open ---- */

bool
add_open_cells(Batch *b, Err *err)
{
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

        if (!db_exec(b->tx, sql, params, 1, &rows, err))
            return false;
    }
    for (size_t r = 0; r < db_row_count(rows); r++) {
        ProcessorId id;

        if (processor_by_name(db_get_text(rows, r, 1), &id))
            add_candidate(b, db_get_date(rows, r, 0), spec_of(w, id), false, false);
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
run_shielded(Batch *b, const Candidate *c, const LockedCell *cell, const GateAnswer *gate, int32_t version,
             bool *completed, Err *err)
{
    size_t events = b->events.count, ended = b->stats.ended_count;

    if (b->broken == NULL)
        return cell_run(b->tx, &b->rc, c->spec, cell, gate, version, completed, err);
    if (!db_exec_script(b->tx, "savepoint cell", err))
        return false;
    if (cell_run(b->tx, &b->rc, c->spec, cell, gate, version, completed, err))
        return db_exec_script(b->tx, "release savepoint cell", err);
    if (err->cls != ERR_POISON)
        return false;
    *completed = false;
    b->events.count = events;
    b->stats.ended_count = ended;
    b->broken[b->broken_count++] = (BrokenCell){cell, *err};
    return db_exec_script(b->tx, "rollback to savepoint cell; release savepoint cell", err);
}

static bool
settle_cell(Batch *b, const Candidate *c, const LockedCell *cell, const GateBoard *board, size_t *ended, Err *err)
{
    const ProcessorSpec *ps = &processor_table[c->key.processor];
    GateAnswer gate = gate_check(ps, c->key.date, board, b->a);
    int32_t version = schedule_version_of(b, c->key.date);
    uint8_t input[SHA256_LEN];
    bool completed;

    if (!cell->state.is_in_scope && !cell->state.is_unscheduled)
        return true;
    if (gate.verdict == GATE_WAIT) {
        b->stats.waits[gate.wait]++;
        if (cell->state.version > 0)
            return cell_mark_stale(b->tx, c->key, gate.reason, err);
        return !c->same_date || cell_park(b->tx, c->key, gate.reason, err);
    }
    gate_input_hash(&gate, version, input);
    if (!c->by_handler && cell_status_is_terminal(cell->state.status) && cell->has_input_hash && !cell->is_stale
        && memcmp(input, cell->input_hash, sizeof input) == 0 && ps->need_count > 0 && cell->state.version > 0
        && cell->state.status != CELL_FAILED)
        return true; /* the other lane, or an earlier arrival, has done it from these very inputs */
    if (!run_shielded(b, c, cell, &gate, version, &completed, err))
        return false;
    *ended += completed;
    return true;
}

/* Locks in the global order first, then reads what the gates need by a later statement. */
bool
settle_cells(Batch *b, bool shield, size_t *ended, Err *err)
{
    CellKey *keys = arena_array(b->a, b->candidate_count + 1, sizeof *keys);
    const GateBoard *board;
    CellState *states;
    LockedCell *cells;
    size_t state_count, locked;

    if (b->candidate_count == 0 && b->arrival_count == 0)
        return true;
    if (b->candidate_count > 0) /* the last date's arrivals open nothing */
        qsort(b->candidates, b->candidate_count, sizeof *b->candidates, compare_candidates);
    for (size_t i = 0; i < b->candidate_count; i++)
        keys[i] = b->candidates[i].key;
    if (shield)
        b->broken = arena_array(b->a, b->candidate_count, sizeof *b->broken);
    if (!cells_lock(b->tx, keys, b->candidate_count, b->a, &cells, &locked, err)
        || !load_board(b, &board, &states, &state_count, err) || !check_arrivals(b, board, err))
        return false;
    for (size_t i = 0; i < locked; i++) {
        const Candidate *c = find_candidate(b, &cells[i].state);

        if (c != NULL && !settle_cell(b, c, &cells[i], board, ended, err))
            return false;
    }
    return true;
}

/* The last versions whose changes our cells have taken in. */
bool
record_applied(Batch *b, Err *err)
{
    static const char sql[]
        = "insert into ops.cell_applied as a (consumer, processor, game_date, version)"
          " select $1, p, d, max(v) from unnest($2::text[], $3::date[], $4::integer[]) u(p, d, v) group by p, d"
          " order by p, d on conflict (consumer, processor, game_date) do update"
          " set version = greatest(a.version, excluded.version)";
    size_t n = b->arrival_count;
    const char **processors = arena_array(b->a, n + 1, sizeof *processors);
    GameDate *dates = arena_array(b->a, n + 1, sizeof *dates);
    int32_t *versions = arena_array(b->a, n + 1, sizeof *versions);

    for (size_t i = 0; i < n; i++) {
        processors[i] = processor_table[b->arrivals[i].cell.processor].name;
        dates[i] = b->arrivals[i].cell.date;
        versions[i] = b->arrivals[i].version;
    }
    {
        const DbParam params[] = {db_text(b->p->spec->name), db_texts(processors, n), db_dates(dates, n),
                                  db_i32s(versions, n)};

        return n == 0 || db_exec(b->tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}
