/*
 * libcore/runtime/batch.c
 *    The transaction. It holds no policy on failure: the runner decides what to do with an error.
 */
#include "libcore/runtime/batch.h"
#include <string.h>
#include "events_gen.h"
#include "libcore/base/failpoint.h"
#include "libcore/io/codec.h"
#include "libcore/runtime/alerts.h"
#include "libcore/runtime/batch_parts.h"
#include "libcore/runtime/cell_output.h"
#include "libcore/runtime/due_times.h"
#include "libcore/runtime/letters.h"

/* ---- offsets and inbox ---- */

size_t
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

const char *
event_id_of(const Process *p, const BusMessage *m, Arena *a)
{
    return m->event_id ? m->event_id : letter_synthetic_id(p->incarnation, m->topic, m->partition, m->offset, a);
}

/* Records the events and closes the letters that they had; fresh[i] says which are new. */
static bool
take_into_inbox(Batch *b, const BusMessage *m, size_t count, bool *fresh, size_t *fresh_count, Err *err)
{
    static const char sql[]
        = "with closed as (update ops.letter set status = 'closed', status_reason = null, sent_at = null,"
          " closed_at = now() where worker = $1 and status <> 'closed' and event_id = any ($2) returning id), resolved "
          "as (update ops.alert"
          " set resolved_at = $3 where resolved_at is null and kind = '" ALERT_LETTER "' and subject in"
          " (select id::text from closed))"
          " insert into ops.inbox (worker, event_id) select distinct $1, e from unnest($2::text[]) e"
          " where not exists (select 1 from ops.inbox i where i.worker = $1 and i.event_id = e)"
          " order by 2 on conflict do nothing returning event_id";
    const char **ids = arena_array(b->a, count + 1, sizeof *ids);
    DbRows *rows;

    for (size_t i = 0; i < count; i++)
        ids[i] = event_id_of(b->p, &m[i], b->a);
    {
        const DbParam params[] = {db_text(b->p->spec->name), db_texts(ids, count), db_ts(clock_now(b->p->clock))};

        if (!db_exec(b->tx, sql, params, ARRAY_LEN(params), &rows, err))
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

/* ---- events ---- */

/* A topic carries the completions of a whole phase. */
static bool
is_needed(const WorkerSpec *w, ProcessorId id)
{
    for (size_t c = 0; c < w->cell_count; c++) {
        const ProcessorSpec *ps = &processor_table[w->cells[c].processor];

        for (size_t i = 0; i < ps->need_count; i++)
            if (ps->needs[i].processor == id)
                return true;
    }
    return false;
}

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
    if (!is_needed(b->p->spec, id))
        return true;
    b->arrivals[b->arrival_count++] = (Arrival){{c.game_date, id}, c.cell_version};
    note_season(b, c.game_date);
    return true;
}

/* Whoever asks has opened the cell again or marked it stale. Another worker's is no news here. */
static bool
decode_request(Batch *b, Bytes payload, Err *err)
{
    CellRequest r;
    const CellSpec *spec;
    ProcessorId id;
    Bytes body;

    if (!codec_check_frame(payload, &cell_request_schema, &body, err) || !cell_request_decode(body, b->a, &r, err))
        return false;
    if (!processor_by_name(r.processor, &id))
        return ERR_FAIL(err, ERR_POISON, "a request for processor %s, which this build does not know", r.processor);
    spec = spec_of(b->p->spec, id);
    if (spec != NULL)
        add_candidate(b, r.game_date, spec, true, false);
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

bool
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
            events[n++] = (Event){topic,          lane,        event_id_of(b->p, &m[i], b->a),
                                  m[i].key,       payload,     m[i].correlation_id,
                                  m[i].partition, m[i].offset, m[i].stamp};
        else if (!(topic == TOPIC_CELL_REQUEST ? decode_request(b, payload, err) : decode_arrival(b, payload, err)))
            return false;
    }
    return run_handler(b, events, n, err);
}

/* ---- the whole ---- */

static bool
run_batch(Batch *b, const BusMessage *m, size_t count, bool shield, BatchResult *result, Err *err)
{
    bool *fresh = arena_array(b->a, count + 1, sizeof *fresh);

    return take_into_inbox(b, m, count, fresh, &result->fresh, err) && sort_events(b, m, count, fresh, err)
           && add_candidates_of_arrivals(b, err) && settle_cells(b, shield, &result->cells, err)
           && fail_broken(b, m, result, err);
}

void
batch_init(Batch *b, Process *p, Arena *a)
{
    *b = (Batch){.p = p, .a = a};
    b->rc = (RunContext){.ctx = &p->ctx,
                         .run_id = p->run_id,
                         .clock = p->clock,
                         .a = a,
                         .events = &b->events,
                         .stats = &b->stats,
                         .next_due = &p->next_due};
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
    result->stats = b.stats;
    run_stats_log(&b.stats);
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

/* Which cells are to be looked at without an event. */
typedef struct {
    bool only_stale;
    const CellKey *due; /* these, when it is not NULL */
    size_t due_count;
} Scan;

static bool
add_cells_of_scan(Batch *b, const Scan *s, Err *err)
{
    if (s->due == NULL)
        return add_open_cells(b, s->only_stale, err);
    for (size_t i = 0; i < s->due_count; i++)
        add_candidate(b, s->due[i].date, spec_of(b->p->spec, s->due[i].processor), false, true);
    return true;
}

static bool
scan(Process *p, const Scan *s, bool shield, Arena *a, ScanResult *out, Err *err)
{
    Batch b;
    bool ok;

    *out = (ScanResult){0};
    if (p->spec->cell_count == 0)
        return true;
    batch_init(&b, p, a);
    ok = db_begin(p->db, &b.tx, err) && add_cells_of_scan(&b, s, err) && drop_shut_candidates(&b, err)
         && settle_cells(&b, shield, &out->cells, err) && fail_broken_of_scan(&b, err)
         && outbox_append(p->outbox, b.tx, b.events.items, b.events.count, clock_now(p->clock), err)
         && db_commit(&b.tx, err);
    if (!ok) {
        db_rollback(&b.tx);
        outbox_forget(p->outbox);
        return false;
    }
    run_stats_log(&b.stats);
    out->stats = b.stats;
    return true;
}

/* A cell that breaks what is made with it is undone alone. */
static bool
scan_all(Process *p, const Scan *s, Arena *a, ScanResult *out, Err *err)
{
    return scan(p, s, false, a, out, err) || (err->cls == ERR_POISON && scan(p, s, true, a, out, err));
}

bool
batch_scan(Process *p, bool only_stale, Arena *a, ScanResult *out, Err *err)
{
    return scan_all(p, &(const Scan){.only_stale = only_stale}, a, out, err);
}

/* In a transaction of its own: a lease outlives the work that fails, so that it is not tried again at once. */
static bool
take_due(Process *p, Arena *a, CellKey **cells, size_t *count, Err *err)
{
    ProcessorId *ours = arena_array(a, p->spec->cell_count + 1, sizeof *ours);
    const Instant now = clock_now(p->clock);
    DbTx *tx = NULL;
    bool ok;

    for (size_t c = 0; c < p->spec->cell_count; c++)
        ours[c] = p->spec->cells[c].processor;
    ok = db_begin(p->db, &tx, err) && due_take(tx, ours, p->spec->cell_count, now, p->run_id, a, cells, count, err)
         && due_next(tx, ours, p->spec->cell_count, a, &p->next_due, err) && db_commit(&tx, err);
    db_rollback(&tx);
    return ok;
}

bool
batch_due(Process *p, Arena *a, ScanResult *out, Err *err)
{
    CellKey *cells;
    size_t count;

    *out = (ScanResult){0};
    if (p->spec->cell_count == 0 || instant_is_null(p->next_due) || clock_now(p->clock).us < p->next_due.us)
        return true;
    if (!take_due(p, a, &cells, &count, err))
        return false;
    return count == 0 || scan_all(p, &(const Scan){.due = cells, .due_count = count}, a, out, err);
}

bool
batch_try(Process *p, const BusMessage *m, Arena *a, BatchTrial *out, Err *err)
{
    BatchResult result = {.events = 1};
    Batch b;
    bool ok, is_verdict;

    batch_init(&b, p, a);
    b.rc.correlation_id = m->correlation_id;
    if (!db_begin(p->db, &b.tx, err) || !db_exec_script(b.tx, "set local lock_timeout = '5s'", err)) {
        db_rollback(&b.tx);
        return false;
    }
    ok = run_batch(&b, m, 1, true, &result, err);
    is_verdict = ok || err->cls == ERR_POISON;
    *out = (BatchTrial){.would_pass = ok && !result.has_letter, .is_known = ok && result.fresh == 0};
    if (out->would_pass)
        out->cells = result.cells;
    else if (is_verdict)
        out->cause = ok ? result.cause : *err;
    db_rollback(&b.tx);
    return is_verdict;
}
