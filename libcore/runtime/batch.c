/*
 * libcore/runtime/batch.c
 *    The transaction. It holds no policy on failure: the runner decides what to do with an error.
 */
#include "libcore/runtime/batch.h"
#include <stdlib.h>
#include <string.h>
#include "events_gen.h"
#include "libcore/base/cursor.h"
#include "libcore/base/failpoint.h"
#include "libcore/base/log.h"
#include "libcore/io/codec.h"
#include "libcore/runtime/cell_output.h"
#include "libcore/runtime/cell_run.h"
#include "libcore/runtime/grid.h"
#include "libcore/runtime/letters.h"

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

/* What the batch is in the middle of. */
typedef struct {
    Process *p;
    DbTx *tx;
    Arena *a;
    EventList events;
    RunContext rc;
    Arrival *arrivals;
    size_t arrival_count;
    Candidate *candidates;
    size_t candidate_count, candidate_cap;
    BrokenCell *broken; /* as long as the candidates; NULL when a broken cell ends the batch */
    size_t broken_count;
    int32_t *seasons;
    size_t season_count, season_cap;
    int32_t *schedule_versions; /* of the seasons, as the last board was loaded */
} Batch;

static const CellSpec *
spec_of(const WorkerSpec *w, ProcessorId id)
{
    for (size_t i = 0; i < w->cell_count; i++)
        if (w->cells[i].processor == id)
            return &w->cells[i];
    return NULL;
}

static void
note_season(Batch *b, GameDate date)
{
    int32_t season = date_season_year(date);

    for (size_t i = 0; i < b->season_count; i++)
        if (b->seasons[i] == season)
            return;
    if (b->season_count == b->season_cap) {
        size_t cap = b->season_cap ? b->season_cap * 2 : 8;
        int32_t *more = arena_array(b->a, cap, sizeof *more);

        if (b->season_count > 0)
            memcpy(more, b->seasons, b->season_count * sizeof *more);
        b->seasons = more;
        b->season_cap = cap;
    }
    b->seasons[b->season_count++] = season;
}

static void
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
    if (b->candidate_count == b->candidate_cap) {
        size_t cap = b->candidate_cap ? b->candidate_cap * 2 : 64;
        Candidate *more = arena_array(b->a, cap, sizeof *more);

        if (b->candidate_count > 0)
            memcpy(more, b->candidates, b->candidate_count * sizeof *more);
        b->candidates = more;
        b->candidate_cap = cap;
    }
    b->candidates[b->candidate_count++] = (Candidate){{date, spec->processor}, spec, same_date, by_handler};
    note_season(b, date);
}

/* ---- offsets and inbox ---- */

static size_t
ranges_of(Process *p, const BusMessage *m, size_t count, BatchRange *out)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (n > 0 && out[n - 1].owned->partition == m[i].partition
            && strcmp(out[n - 1].owned->topic, m[i].topic) == 0) {
            out[n - 1].last = m[i].offset;
            continue;
        }
        out[n].owned = partitions_find(p->partitions, m[i].topic, m[i].partition);
        if (out[n].owned != NULL) {
            out[n].first = out[n].last = m[i].offset;
            n++;
        }
    }
    return n;
}

static const char *
event_id_of(const Process *p, const BusMessage *m, Arena *a)
{
    return m->event_id ? m->event_id : letter_synthetic_id(p->incarnation, m->topic, m->partition, m->offset, a);
}

/* Records the events and closes the letters that they had; fresh[i] says which are new. */
static bool
take_into_inbox(Batch *b, const BusMessage *m, size_t count, bool *fresh, size_t *fresh_count, Err *err)
{
    static const char sql[]
        = "with closed as (update ops.letter set status = 'closed', closed_at = now()"
          " where worker = $1 and status = 'open' and event_id = any ($2))"
          " insert into ops.inbox (worker, event_id) select distinct $1, e from unnest($2::text[]) e"
          " where not exists (select 1 from ops.inbox i where i.worker = $1 and i.event_id = e)"
          " order by 2 on conflict do nothing returning event_id";
    const char **ids = arena_array(b->a, count + 1, sizeof *ids);
    DbRows *rows;

    for (size_t i = 0; i < count; i++)
        ids[i] = event_id_of(b->p, &m[i], b->a);
    {
        const DbParam params[] = {db_text(b->p->spec->name), db_texts(ids, count)};

        if (!db_exec(b->tx, sql, params, 2, &rows, err))
            return false;
    }
    *fresh_count = db_row_count(rows);
    for (size_t r = 0; r < *fresh_count; r++) {
        const char *id = db_get_text(rows, r, 0);

        for (size_t i = 0; i < count; i++) {
            if (strcmp(ids[i], id) == 0) {
                fresh[i] = true;
                break; /* a repetition within the batch stays old */
            }
        }
    }
    return true;
}

/* ---- from events to candidates ---- */

static bool
decode_arrival(Batch *b, Bytes payload, Err *err)
{
    Completion c;
    Bytes body;
    ProcessorId id;

    if (!codec_check_frame(payload, &completion_schema, &body, err) || !completion_decode(body, b->a, &c, err))
        return false;
    if (!processor_by_name(c.processor, &id))
        return ERR_FAIL(err, ERR_POISON, "a completion of processor %s, which this build does not know", c.processor);
    b->arrivals[b->arrival_count++] = (Arrival){{c.game_date, id}, c.cell_version};
    note_season(b, c.game_date);
    return true;
}

static bool
run_handler(Batch *b, const Event *events, size_t count, Err *err)
{
    EventEffects fx;

    if (count == 0)
        return true;
    event_effects_init(&fx, b->a);
    if (!b->p->spec->handle(b->tx, &b->p->ctx, events, count, b->a, &fx, err))
        return false;
    emit_outputs(&b->rc, fx.events, fx.event_count);
    for (size_t i = 0; i < fx.wake_count; i++) {
        const CellSpec *spec = spec_of(b->p->spec, fx.wakes[i].processor);

        if (spec != NULL)
            add_candidate(b, fx.wakes[i].date, spec, true, true);
    }
    return true;
}

static bool
is_handled(const WorkerSpec *w, TopicId topic)
{
    for (size_t i = 0; i < w->consume_count; i++)
        if (w->consumes[i] == topic)
            return true;
    return false;
}

static bool
sort_events(Batch *b, const BusMessage *m, size_t count, const bool *fresh, Err *err)
{
    Event *events = arena_array(b->a, count + 1, sizeof *events);
    size_t n = 0;

    b->arrivals = arena_array(b->a, count + 1, sizeof *b->arrivals);
    for (size_t i = 0; i < count; i++) {
        Bytes payload; /* as this build would have written it */
        TopicId topic;
        Lane lane;

        if (!fresh[i])
            continue;
        if (b->rc.correlation_id == NULL)
            b->rc.correlation_id = m[i].correlation_id;
        if (!topic_from_broker_name(m[i].topic, &topic, &lane))
            return ERR_FAIL(err, ERR_POISON, "an event of topic %s, which is not ours", m[i].topic);
        if (!codec_resolve(b->p->codec, b->tx, m[i].payload, b->a, &payload, err))
            return false;
        if (is_handled(b->p->spec, topic))
            events[n++] = (Event){topic,          lane,         event_id_of(b->p, &m[i], b->a),
                                  m[i].key,       payload,      m[i].correlation_id,
                                  m[i].partition, m[i].offset,  m[i].stamp};
        else if (!decode_arrival(b, payload, err))
            return false;
    }
    return run_handler(b, events, n, err);
}

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

/* ---- gates ---- */

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

static bool
load_board(Batch *b, const GateBoard **board, CellState **states, size_t *count, Err *err)
{
    ProcessorId processors[PROC_COUNT];
    size_t n = board_processors(b->p->spec, processors);

    b->schedule_versions = arena_array(b->a, b->season_count + 1, sizeof *b->schedule_versions);
    for (size_t i = 0; i < b->season_count; i++)
        if (!season_version(b->tx, b->seasons[i], &b->schedule_versions[i], err))
            return false;
    if (!cells_load(b->tx, b->seasons, b->season_count, processors, n, b->a, states, count, err))
        return false;
    *board = gate_board(*states, *count, b->a);
    return true;
}

static int32_t
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
drop_shut_candidates(Batch *b, const GateBoard *board)
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
    size_t events = b->events.count;

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
static bool
settle_cells(Batch *b, bool shield, size_t *ended, Err *err)
{
    CellKey *keys = arena_array(b->a, b->candidate_count + 1, sizeof *keys);
    const GateBoard *board;
    CellState *states;
    LockedCell *cells;
    size_t state_count, locked;

    if (b->candidate_count == 0)
        return true;
    qsort(b->candidates, b->candidate_count, sizeof *b->candidates, compare_candidates);
    for (size_t i = 0; i < b->candidate_count; i++)
        keys[i] = b->candidates[i].key;
    if (shield)
        b->broken = arena_array(b->a, b->candidate_count, sizeof *b->broken);
    if (!cells_lock(b->tx, keys, b->candidate_count, b->a, &cells, &locked, err)
        || !load_board(b, &board, &states, &state_count, err))
        return false;
    for (size_t i = 0; i < locked; i++) {
        const Candidate *c = find_candidate(b, &cells[i].state);

        if (c != NULL && !settle_cell(b, c, &cells[i], board, ended, err))
            return false;
    }
    return true;
}

/* The last versions whose changes our cells have taken in. */
static bool
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

/* ---- cells that fail ---- */

/* Nothing waits in silence for a cell that has no good version. */
static bool
fail_cell(Batch *b, const LockedCell *cell, int64_t letter, const Err *cause, Err *err)
{
    const CellKey key = {cell->state.date, cell->state.processor};
    const GateAnswer failed = {
        .verdict = GATE_FAILED,
        .reason = utf8_mend(arena_printf(b->a, "%s (letter %lld)", cause->msg, (long long)letter)),
    };
    bool completed;

    return cell_run(b->tx, &b->rc, spec_of(b->p->spec, key.processor), cell, &failed, schedule_version_of(b, key.date),
                    &completed, err)
           && letter_name_cell(b->tx, letter, key, err);
}

static bool
has_failed_so_before(const BrokenCell *broken)
{
    const CellState *s = &broken->cell->state;

    return s->status == CELL_FAILED && s->reason != NULL
           && strncmp(s->reason, broken->cause.msg, strlen(broken->cause.msg)) == 0;
}

/* A cell that failed so before has its letter already, whose retry will make it, unless this event
 * is that retry. */
static bool
needs_letter(Batch *b, const char *event_id, bool *needed, Err *err)
{
    const DbParam params[] = {db_text(b->p->spec->name), db_text(event_id)};
    DbRows *rows;

    *needed = false;
    for (size_t i = 0; i < b->broken_count; i++)
        *needed |= !has_failed_so_before(&b->broken[i]);
    if (*needed)
        return true;
    if (!db_exec(b->tx, "select 1 from ops.letter where worker = $1 and event_id = $2", params, 2, &rows, err))
        return false;
    *needed = db_row_count(rows) > 0;
    return true;
}

/* The event goes on record as a letter although the rest of it was done: a retry does it again, and
 * finds only the broken cells undone. */
static bool
fail_broken(Batch *b, const BusMessage *m, BatchResult *result, Err *err)
{
    const char *event_id = event_id_of(b->p, m, b->a);
    const DbParam params[] = {db_text(b->p->spec->name), db_text(event_id)};
    bool needed;
    int64_t letter;

    if (b->broken_count == 0)
        return true;
    if (!needs_letter(b, event_id, &needed, err))
        return false;
    if (!needed)
        return true;
    result->has_letter = true;
    result->cause = b->broken[0].cause;
    if (!db_exec(b->tx, "delete from ops.inbox where worker = $1 and event_id = $2", params, 2, NULL, err)
        || !letter_write(b->tx, &b->rc, b->p->spec->name, b->p->incarnation, m, event_id, &result->cause, &letter, err))
        return false;
    for (size_t i = 0; i < b->broken_count; i++)
        if (!fail_cell(b, b->broken[i].cell, letter, &b->broken[i].cause, err))
            return false;
    return true;
}

/* ---- the whole ---- */

static bool
run_batch(Batch *b, const BusMessage *m, size_t count, bool shield, BatchResult *result, Err *err)
{
    bool *fresh = arena_array(b->a, count + 1, sizeof *fresh);
    const GateBoard *board;
    CellState *states;
    size_t state_count;

    if (!take_into_inbox(b, m, count, fresh, &result->fresh, err) || !sort_events(b, m, count, fresh, err))
        return false;
    if (b->arrival_count > 0) {
        if (!load_board(b, &board, &states, &state_count, err))
            return false;
        candidates_of_arrivals(b, states, state_count);
        drop_shut_candidates(b, board);
    }
    return settle_cells(b, shield, &result->cells, err) && record_applied(b, err) && fail_broken(b, m, result, err);
}

static void
batch_init(Batch *b, Process *p, Arena *a)
{
    *b = (Batch){.p = p, .a = a};
    b->rc = (RunContext){.ctx = &p->ctx, .run_id = p->run_id, .clock = p->clock, .a = a, .events = &b->events};
}

/* A process that lives on takes its attempt back: nobody died of it. If even that fails, the next
 * owner runs the range one by one for nothing. */
static void
withdraw_attempt(Process *p, const BatchRange *ranges, size_t count)
{
    DbTx *tx = NULL;
    Err ignored;

    if (db_is_usable(p->db) && db_begin(p->db, &tx, &ignored)
        && attempt_close(p->partitions, tx, ranges, count, &ignored))
        (void)!db_commit(&tx, &ignored);
    db_rollback(&tx);
}

static bool
process(Process *p, const BusMessage *m, size_t count, bool shield, Arena *a, BatchResult *result, bool *fenced,
        Err *err)
{
    BatchRange *ranges = arena_array(a, count + 1, sizeof *ranges);
    size_t range_count = ranges_of(p, m, count, ranges);
    Batch b;
    bool ok;

    *fenced = false;
    *result = (BatchResult){.events = count};
    batch_init(&b, p, a);
    ok = attempt_open(p->partitions, p->db, ranges, range_count, err) && db_begin(p->db, &b.tx, err)
         && partitions_advance(p->partitions, b.tx, ranges, range_count, fenced, err);
    if (ok && *fenced) {
        db_rollback(&b.tx);
        withdraw_attempt(p, ranges, range_count);
        return true;
    }
    failpoint_hit("batch_begun");
    ok = ok && run_batch(&b, m, count, shield, result, err)
         && outbox_append(p->outbox, b.tx, b.events.items, b.events.count, clock_now(p->clock), err)
         && outbox_confirm(p->outbox, b.tx, err) && attempt_close(p->partitions, b.tx, ranges, range_count, err);
    if (ok) {
        failpoint_hit("before_commit");
        ok = db_commit(&b.tx, err);
        failpoint_hit("after_commit");
    }
    if (!ok) {
        db_rollback(&b.tx);
        outbox_forget(p->outbox);
        withdraw_attempt(p, ranges, range_count);
        return false;
    }
    partitions_committed(ranges, range_count);
    return true;
}

bool
batch_process(Process *p, const BusMessage *m, size_t count, Arena *a, BatchResult *result, bool *fenced, Err *err)
{
    return process(p, m, count, false, a, result, fenced, err);
}

bool
batch_process_shielded(Process *p, const BusMessage *m, Arena *a, BatchResult *result, bool *fenced, Err *err)
{
    return process(p, m, 1, true, a, result, fenced, err);
}

/* ---- what an earlier life left open ---- */

static bool
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

bool
batch_scan(Process *p, Arena *a, size_t *ended, Err *err)
{
    const GateBoard *board;
    CellState *states;
    size_t count;
    Batch b;
    bool ok;

    *ended = 0;
    if (p->spec->cell_count == 0)
        return true;
    batch_init(&b, p, a);
    ok = db_begin(p->db, &b.tx, err) && add_open_cells(&b, err);
    if (ok && b.candidate_count > 0 && load_board(&b, &board, &states, &count, err))
        drop_shut_candidates(&b, board);
    else
        ok = ok && b.candidate_count == 0;
    ok = ok && settle_cells(&b, false, ended, err)
         && outbox_append(p->outbox, b.tx, b.events.items, b.events.count, clock_now(p->clock), err)
         && db_commit(&b.tx, err);
    if (!ok) {
        db_rollback(&b.tx);
        outbox_forget(p->outbox);
    }
    return ok;
}

/* ---- letters ---- */

/* The cell that this event would have helped to fill: named by the key's date and the topic's feed,
 * or by the completion's own fields. */
static size_t
held_up_cells(Batch *b, const BusMessage *m, CellKey out[PROC_COUNT])
{
    const WorkerSpec *w = b->p->spec;
    TopicId topic;
    GameDate date;
    Lane lane;
    size_t n = 0;

    if (m->key == NULL || !date_parse(m->key, &date) || !topic_from_broker_name(m->topic, &topic, &lane))
        return 0;
    for (size_t c = 0; c < w->cell_count; c++) {
        const ProcessorSpec *ps = &processor_table[w->cells[c].processor];
        bool touches = ps->feed != NULL && strncmp(topic_table[topic].name, "feed.", 5) == 0
                       && strcmp(topic_table[topic].name + 5, ps->feed) == 0;

        for (size_t i = 0; i < ps->need_count; i++)
            touches |= ps->needs[i].scope == NEED_SAME_DATE
                       && processor_table[ps->needs[i].processor].completed_topic == topic;
        if (touches)
            out[n++] = (CellKey){date, ps->id};
    }
    return n;
}

static bool
fail_held_up(Batch *b, const BusMessage *m, int64_t letter, const Err *cause, Err *err)
{
    CellKey keys[PROC_COUNT];
    size_t n = held_up_cells(b, m, keys), locked;
    LockedCell *cells;

    if (n == 0)
        return true;
    if (!cells_lock(b->tx, keys, n, b->a, &cells, &locked, err))
        return false;
    for (size_t i = 0; i < locked; i++) {
        bool is_expected = cells[i].state.is_in_scope || cells[i].state.is_unscheduled;
        bool has_good = cells[i].state.version > 0 && cell_status_is_terminal(cells[i].state.status)
                        && cells[i].state.status != CELL_FAILED;

        if (is_expected && !has_good && !fail_cell(b, &cells[i], letter, cause, err))
            return false;
    }
    return true;
}

/* What the worker itself has to settle for an event that it will not handle. */
static bool
tell_worker(Batch *b, const BusMessage *m, int64_t letter, const Err *cause, Err *err)
{
    const WorkerSpec *w = b->p->spec;
    EventEffects fx;
    Err unreadable; /* then the worker sees the bytes as they came */
    Bytes payload;
    TopicId topic;
    Lane lane;

    if (w->on_letter == NULL || !topic_from_broker_name(m->topic, &topic, &lane) || !is_handled(w, topic))
        return true;
    event_effects_init(&fx, b->a);
    if (!codec_resolve(b->p->codec, b->tx, m->payload, b->a, &payload, &unreadable) && unreadable.cls != ERR_POISON) {
        *err = unreadable;
        return false;
    }
    {
        const Event e = {topic,        lane,       event_id_of(b->p, m, b->a),
                         m->key,       payload,    m->correlation_id,
                         m->partition, m->offset,  m->stamp};

        if (!w->on_letter(b->tx, &e, letter, cause, b->a, &fx, err))
            return false;
    }
    emit_outputs(&b->rc, fx.events, fx.event_count);
    return true;
}

bool
batch_write_letter(Process *p, const BusMessage *m, const Err *cause, Arena *a, bool *fenced, Err *err)
{
    BatchRange range;
    int64_t letter;
    Batch b;
    bool ok;

    *fenced = ranges_of(p, m, 1, &range) == 0;
    if (*fenced)
        return true;
    batch_init(&b, p, a);
    b.rc.correlation_id = m->correlation_id;
    ok = db_begin(p->db, &b.tx, err) && partitions_advance(p->partitions, b.tx, &range, 1, fenced, err);
    if (ok && *fenced) {
        db_rollback(&b.tx);
        return true;
    }
    ok = ok && letter_write(b.tx, &b.rc, p->spec->name, p->incarnation, m, event_id_of(p, m, a), cause, &letter, err)
         && fail_held_up(&b, m, letter, cause, err) && tell_worker(&b, m, letter, cause, err)
         && outbox_append(p->outbox, b.tx, b.events.items, b.events.count, clock_now(p->clock), err)
         && attempt_close(p->partitions, b.tx, &range, 1, err) && db_commit(&b.tx, err);
    if (!ok) {
        db_rollback(&b.tx);
        outbox_forget(p->outbox);
        return false;
    }
    partitions_committed(&range, 1);
    return true;
}
