/*
 * libcore/runtime/batch_letters.c
 *    Events that cannot be processed: their letters, and the cells that they leave without a version.
 */
#include <string.h>
#include "libcore/base/cursor.h"
#include "libcore/runtime/batch_parts.h"
#include "libcore/runtime/letters.h"

/* ---- cells that fail ---- */

static bool
end_failed(Batch *b, const LockedCell *cell, const char *reason, Err *err)
{
    const GateAnswer failed = {.verdict = GATE_FAILED, .reason = utf8_mend(arena_strdup(b->a, reason))};
    const ProcessorId processor = cell->state.processor;
    RunResult result;

    return cell_run(b->tx, &b->rc, spec_of(b->p->spec, processor), cell, &failed,
                    schedule_version_of(b, cell->state.date), NULL, &result, err);
}

/* Nothing waits in silence for a cell that has no good version. */
static bool
fail_cell(Batch *b, const LockedCell *cell, int64_t letter, const Err *cause, Err *err)
{
    const CellKey key = {cell->state.date, cell->state.processor};
    const char *number = arena_printf(b->a, "%lld", (long long)letter);
    const char *reason = utf8_mend(arena_printf(b->a, "%s (letter %s)", cause->msg, number));
    const Alert alert = {ALERT_LETTER, ALERT_CRITICAL, number, reason};

    return end_failed(b, cell, reason, err) && letter_name_cell(b->tx, letter, key, err)
           && alert_raise(b->tx, key, &alert, clock_now(b->p->clock), b->a, err);
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

bool
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

/* ---- cells that a scan has broken ---- */

/* The completion whose retry would make the cell again. In the batch's arena: the letter's event is published when the
 * transaction has committed, and the rows have gone with it. */
static bool
completion_needed(Batch *b, const LockedCell *cell, BusMessage *out, bool *found, Err *err)
{
    static const char sql[]
        = "select o.topic, o.key, o.event_id, o.type, o.payload, o.correlation_id, o.partition, o.\"offset\","
          " o.created_at from unnest($1::text[]) p join ops.cell c on c.processor = p and c.game_date = $2 join"
          " ops.outbox o on o.event_id = c.processor || ':' || c.game_date || ':v' || c.version"
          " where o.incarnation is not null order by o.created_at desc limit 1";
    const ProcessorSpec *ps = &processor_table[cell->state.processor];
    const char **names = arena_array(b->a, ps->need_count + 1, sizeof *names);
    size_t n = 0;
    DbRows *rows;

    for (size_t i = 0; i < ps->need_count; i++)
        if (ps->needs[i].scope == NEED_SAME_DATE)
            names[n++] = processor_table[ps->needs[i].processor].name;
    {
        const DbParam params[] = {db_texts(names, n), db_date(cell->state.date)};

        if (!db_exec(b->tx, sql, params, 2, &rows, err))
            return false;
    }
    *found = db_row_count(rows) > 0;
    if (*found) {
        const Bytes payload = db_get_bytes(rows, 0, 4);

        *out = (BusMessage){.topic = arena_strdup(b->a, db_get_text(rows, 0, 0)),
                            .key = arena_strdup(b->a, db_get_text(rows, 0, 1)),
                            .event_id = arena_strdup(b->a, db_get_text(rows, 0, 2)),
                            .type = arena_strdup(b->a, db_get_text(rows, 0, 3)),
                            .payload = arena_bytes(b->a, payload.data, payload.len),
                            .correlation_id = arena_strdup(b->a, db_get_text(rows, 0, 5)),
                            .partition = db_get_i32(rows, 0, 6),
                            .offset = db_get_i64(rows, 0, 7),
                            .stamp = db_get_ts(rows, 0, 8)};
    }
    return true;
}

static bool
fail_one_of_scan(Batch *b, const BrokenCell *broken, Err *err)
{
    BusMessage m;
    int64_t letter;
    bool found;

    if (has_failed_so_before(broken))
        return true;
    if (!completion_needed(b, broken->cell, &m, &found, err))
        return false;
    if (!found)
        return end_failed(b, broken->cell, broken->cause.msg, err);
    {
        const DbParam params[] = {db_text(b->p->spec->name), db_text(m.event_id)};

        return db_exec(b->tx, "delete from ops.inbox where worker = $1 and event_id = $2", params, 2, NULL, err)
               && letter_write(b->tx, &b->rc, b->p->spec->name, b->p->incarnation, &m, m.event_id, &broken->cause,
                               &letter, err)
               && fail_cell(b, broken->cell, letter, &broken->cause, err);
    }
}

bool
fail_broken_of_scan(Batch *b, Err *err)
{
    for (size_t i = 0; i < b->broken_count; i++)
        if (!fail_one_of_scan(b, &b->broken[i], err))
            return false;
    return true;
}

/* ---- the event alone ---- */

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
        const Event e = {topic,        lane,      event_id_of(b->p, m, b->a),
                         m->key,       payload,   m->correlation_id,
                         m->partition, m->offset, m->stamp};

        if (!w->on_letter(b->tx, &b->p->ctx, &e, letter, cause, b->a, &fx, err))
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
    run_stats_log(&b.stats);
    partitions_committed(&range, 1);
    return true;
}
