/*
 * libcore/runtime/cell_run.c
 *    One cell, from open gate to announced completion.
 */
#include "libcore/runtime/cell_run.h"
#include <stdlib.h>
#include <string.h>
#include "events_gen.h"
#include "libcore/base/clock.h"
#include "libcore/base/log.h"
#include "libcore/io/db_table.h"
#include "libcore/runtime/cell_output.h"
#include "libcore/runtime/due_times.h"
#include "libcore/runtime/input_vector.h"

void
event_list_add(EventList *l, OutboxEvent e, Arena *a)
{
    l->items = arena_room(a, l->items, l->count, &l->cap, sizeof *l->items);
    l->items[l->count++] = e;
}

Lane
lane_of_date(GameDate date, GameDate today)
{
    return date_before(date, today) ? LANE_BACKFILL : LANE_LIVE;
}

void
gate_input_hash(const GateAnswer *answer, int32_t schedule_version, uint8_t out[SHA256_LEN])
{
    Buf b = {0};

    buf_put_u32be(&b, (uint32_t)schedule_version);
    buf_put_u8(&b, (uint8_t)answer->verdict);
    for (size_t i = 0; i < answer->need_count; i++) {
        const CellState *n = &answer->needs[i];

        buf_put_str(&b, processor_table[n->processor].name);
        buf_put_u32be(&b, (uint32_t)n->date.days);
        buf_put_u8(&b, (uint8_t)n->status);
        buf_put(&b, n->content_hash, CONTENT_HASH_LEN);
    }
    sha256(bytes_of(b.data, b.len), out);
    buf_free(&b);
}

bool
cell_input_has(const CellInput *in, ProcessorId need)
{
    for (size_t i = 0; i < in->need_count; i++) {
        const CellState *s = &in->needs[i];

        if (s->processor == need && date_equal(s->date, in->date))
            return cell_status_has_rows(s->status);
    }
    return false;
}

/* ---- writing what was decided ---- */

/* What the cell says of a table: nothing there, unless it says otherwise. */
static OutputSet
set_of_table(const CellOutput *out, const TableDesc *t)
{
    for (size_t i = 0; i < out->set_count; i++)
        if (out->sets[i].rows.table == t)
            return out->sets[i];
    return (OutputSet){.rows = {.table = t}};
}

/* What a cell's tables became. */
typedef struct {
    Buf digest;
    size_t written, expected;
    size_t rows; /* of all tables */
    size_t rejected;
    CellChange change;
} Written;

static bool
write_table(DbTx *tx, const TablePart *part, const OutputSet *set, Arena *a, TableChange *change, Err *err)
{
    const RowSet *r = &set->rows;

    return set->key_column != NULL
               ? table_update_part(tx, r->table, part, r->rows, r->count, set->key_column, set->keys, a, change, err)
               : table_replace_part(tx, r->table, part, r->rows, r->count, a, change, err);
}

/* Rows of tables with an owner column are lists for people: nobody computes from them. */
static void
note_change(Written *w, const CellSpec *spec, const TableChange *change, Arena *a)
{
    w->change.players = key_set_union(w->change.players, change->players, a);
    w->change.teams = key_set_union(w->change.teams, change->teams, a);
    w->change.is_all |= change->is_all || (spec->identity != NULL && change->is_membership_changed);
}

static bool
write_tables(DbTx *tx, const CellSpec *spec, const LockedCell *cell, const CellOutput *out, Arena *a, Written *w,
             Err *err)
{
    w->change.is_all = cell->state.version == 0;
    for (size_t i = 0; spec->writes[i] != NULL; i++) {
        const TableDesc *t = spec->writes[i];
        const OutputSet set = set_of_table(out, t);
        const TablePart part = {.date = cell->state.date,
                                .owner = table_column(t, "processor") >= 0 ? processor_table[spec->processor].name
                                                                           : NULL,
                                .identity = spec->identity,
                                .is_first = cell->state.version == 0};
        TableChange change;

        if (!write_table(tx, &part, &set, a, &change, err))
            return false;
        buf_put_str(&w->digest, t->name);
        buf_put(&w->digest, change.hash, SHA256_LEN);
        w->rows += change.rows;
        if (i == 0) {
            w->written = change.rows;
            w->expected = set.expected;
        }
        if (part.owner == NULL)
            note_change(w, spec, &change, a);
    }
    return true;
}

static bool
insert_rejected(DbTx *tx, CellKey key, const CellOutput *out, Arena *a, Err *err)
{
    static const char sql[] = "insert into ops.rejected_row (game_date, processor, entity, reason)"
                              " select $1, $2, e, r from unnest($3::text[], $4::text[]) u(e, r)";
    const char **entities = arena_array(a, out->rejected_count + 1, sizeof *entities);
    const char **reasons = arena_array(a, out->rejected_count + 1, sizeof *reasons);

    for (size_t i = 0; i < out->rejected_count; i++) {
        entities[i] = out->rejected[i].entity;
        reasons[i] = out->rejected[i].reason;
    }
    {
        const DbParam params[] = {db_date(key.date), db_text(processor_table[key.processor].name),
                                  db_texts(entities, out->rejected_count), db_texts(reasons, out->rejected_count)};

        return out->rejected_count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

/* The first table says whether these are all of the cell's rejections or those of some keys. */
static bool
write_rejected(DbTx *tx, CellKey key, const CellOutput *out, bool is_first, Arena *a, size_t *total, Err *err)
{
    static const char drop[] = "delete from ops.rejected_row where game_date = $1 and processor = $2"
                               " and ($3 is null or entity = any ($3))";
    static const char count[] = "select count(*) from ops.rejected_row where game_date = $1 and processor = $2";
    const OutputSet *first = &out->sets[0];
    const bool is_update = out->set_count > 0 && first->key_column != NULL;
    DbParam params[] = {db_date(key.date), db_text(processor_table[key.processor].name),
                        db_texts(first->keys.items, is_update ? (size_t)first->keys.count : 0)};
    DbRows *rows;

    params[2].is_null = !is_update;
    *total = out->rejected_count;
    if ((!is_first && !db_exec(tx, drop, params, 3, NULL, err)) || !insert_rejected(tx, key, out, a, err))
        return false;
    if (!is_update)
        return true;
    if (!db_exec(tx, count, params, 2, &rows, err))
        return false;
    *total = (size_t)db_get_i64(rows, 0, 0);
    return true;
}

/* ---- the completion ---- */

static const char *
completion_id(ProcessorId processor, GameDate date, int32_t version, Arena *a)
{
    char day[DATE_TEXT_LEN];

    return arena_printf(a, "%s:%s:v%d", processor_table[processor].name, date_format(date, day), (int)version);
}

/* Of the cell's own date; those of the earlier ones are a season's. */
static TextArray
causes_of(const CellInput *in, Arena *a)
{
    const char **ids = arena_array(a, in->need_count + 1, sizeof *ids);
    int32_t n = 0;

    for (size_t i = 0; i < in->need_count; i++)
        if (date_equal(in->needs[i].date, in->date) && in->needs[i].version > 0)
            ids[n++] = completion_id(in->needs[i].processor, in->date, in->needs[i].version, a);
    return (TextArray){ids, n};
}

static void
emit_completion(const RunContext *rc, const CellEnd *e, const CellChange *change)
{
    const ProcessorSpec *p = &processor_table[e->key.processor];
    char day[DATE_TEXT_LEN], topic[TOPIC_NAME_LEN];
    const char *date = arena_strdup(rc->a, date_format(e->key.date, day));
    const Completion c = {
        .event_id = completion_id(p->id, e->key.date, e->version, rc->a),
        .phase = p->phase,
        .processor = p->name,
        .game_date = e->key.date,
        .lane = e->lane,
        .run_id = e->run_id,
        .cell_version = e->version,
        .status = cell_status_name(e->status),
        .expected = e->expected,
        .written = e->written,
        .rejected = e->rejected,
        .players = change->players.items,
        .players_count = (size_t)change->players.count,
        .teams = change->teams.items,
        .teams_count = (size_t)change->teams.count,
        .content_hash = bytes_of(e->content_hash, sizeof e->content_hash),
        .input_hash = bytes_of(e->input_hash, sizeof e->input_hash),
        .started = e->started,
        .finished = e->finished,
        .build = e->build,
        .config_hash = e->config_hash,
        .correlation_id = e->correlation_id ? e->correlation_id : "",
        .causation_ids = e->causes.items,
        .causation_ids_count = (size_t)e->causes.count,
        .reason = e->reason,
    };

    (void)topic_lane_name(p->completed_topic, lane_of_date(e->key.date, rc->ctx->today), topic);
    event_list_add(rc->events,
                   (OutboxEvent){.topic = arena_strdup(rc->a, topic),
                                 .key = date,
                                 .event_id = c.event_id,
                                 .type = "tipoff.Completion",
                                 .correlation_id = e->correlation_id,
                                 .payload = completion_message(&c, rc->a)},
                   rc->a);
}

bool
cell_announce(DbTx *tx, const RunContext *rc, const CellState *before, CellEnd *end, const CellChange *change, Err *err)
{
    bool is_first = before->version == 0;
    bool same = !is_first && !end->must_announce && before->status == end->status
                && memcmp(before->content_hash, end->content_hash, CONTENT_HASH_LEN) == 0;

    end->version = same ? before->version : before->version + 1;
    end->finished = clock_now(rc->clock);
    if (!cell_complete(tx, end, err))
        return false;
    if (rc->stats != NULL)
        run_stats_add_end(rc->stats, end, rc->a);
    if (same)
        return true;
    emit_completion(rc, end, change);
    return cell_record_change(tx, end->key, end->version, change, err);
}

void
emit_outputs(const RunContext *rc, const OutputEvent *events, size_t count)
{
    char topic[TOPIC_NAME_LEN];

    for (size_t i = 0; i < count; i++) {
        const OutputEvent *e = &events[i];

        (void)topic_lane_name(e->topic, lane_of_date(e->date, rc->ctx->today), topic);
        event_list_add(rc->events,
                       (OutboxEvent){.topic = arena_strdup(rc->a, topic),
                                     .key = e->key,
                                     .event_id = e->event_id,
                                     .type = arena_printf(rc->a, "tipoff.%s", topic_table[e->topic].record),
                                     .correlation_id = rc->correlation_id,
                                     .payload = e->payload},
                       rc->a);
    }
}

/* Status and reason of a decision that ends the cell. */
static bool
judge(const CellOutput *out, const char *degraded, const Written *w, CellEnd *end, Err *err)
{
    end->reason = out->reason;
    if (out->outcome == OUTCOME_NO_DATA) {
        end->status = CELL_NO_DATA;
    } else if (out->outcome == OUTCOME_FAIL) {
        end->status = CELL_FAILED;
    } else if (w->written == 0) {
        return ERR_FAIL(err, ERR_POISON, "%s decided upon no rows and gave no reason (%zu were expected)",
                        processor_table[end->key.processor].name, w->expected);
    } else if (degraded != NULL) {
        end->status = CELL_DEGRADED;
        end->reason = degraded;
    } else {
        end->status = w->rejected > 0 ? CELL_PARTIAL : CELL_SUCCESS;
    }
    return true;
}

static const char *
both(const char *x, const char *y, Arena *a)
{
    return x == NULL ? y : y == NULL ? x : arena_printf(a, "%s; %s", x, y);
}

/* The hash of rows, and of the reason where there are none. */
static void
fold_hash(Written *w, const CellEnd *end, uint8_t out[CONTENT_HASH_LEN])
{
    if (end->status == CELL_NO_DATA || end->status == CELL_FAILED)
        buf_printf(&w->digest, "%s:%s", cell_status_name(end->status), end->reason);
    sha256(bytes_of(w->digest.data, w->digest.len), out);
}

/* ---- what people should see ---- */

/* What the decision has said, and what the runner has to say of this end. */
static bool
store_alerts(DbTx *tx, const LockedCell *cell, const CellOutput *out, const GateAnswer *gate, const CellEnd *end,
             Arena *a, Err *err)
{
    Alert *alerts = arena_array(a, out->alert_count + gate->aged_count + 1, sizeof *alerts);
    size_t n = 0;

    for (size_t i = 0; i < out->alert_count; i++)
        alerts[n++] = out->alerts[i];
    for (size_t i = 0; i < gate->aged_count; i++) {
        const AgedNeed *old = &gate->aged[i];

        alerts[n++] = (Alert){ALERT_STALE_INPUT, ALERT_WARNING, processor_table[old->processor].name,
                              arena_printf(a, "made from %s of %.1f h ago, %g h allowed",
                                           processor_table[old->processor].name, old->hours, old->max_hours)};
    }
    if (end->status == CELL_FAILED)
        alerts[n++] = (Alert){ALERT_CELL_FAILED, ALERT_CRITICAL, NULL, end->reason};
    return (n == 0 && !cell->has_alerts) || alerts_of_run(tx, end->key, alerts, n, end->started, a, err);
}

/* As "name=value name=value"; NULL without one. */
static const char *
measures_text(const CellOutput *out, Arena *a)
{
    const char *text = NULL;

    for (size_t i = 0; i < out->measure_count; i++)
        if (!f64_is_null(out->measures[i].value))
            text = arena_printf(a, "%s%s%s=%g", text ? text : "", text ? " " : "", out->measures[i].name,
                                out->measures[i].value);
    return text;
}

static bool
store_measures(DbTx *tx, const LockedCell *cell, const CellOutput *out, Arena *a, CellEnd *end, Err *err)
{
    end->measures = measures_text(out, a);
    return (out->measure_count == 0 && !cell->has_measures)
           || measures_store(tx, end->key, out->measures, out->measure_count, a, err);
}

/* What a decision says while the cell stays open; what it does not say goes on. */
static bool
raise_alerts(DbTx *tx, CellKey key, const CellOutput *out, Instant now, Arena *a, Err *err)
{
    for (size_t i = 0; i < out->alert_count; i++)
        if (!alert_raise(tx, key, &out->alerts[i], now, a, err))
            return false;
    return true;
}

/* A time that a run does not say again is not any more. Noted before the commit: should that fail, the
 * process asks once for nothing. */
static bool
store_due(DbTx *tx, const RunContext *rc, const LockedCell *cell, CellKey key, Instant due, Err *err)
{
    if (instant_is_null(due))
        return !cell->has_due || due_clear(tx, key, err);
    if (instant_is_null(*rc->next_due) || due.us < rc->next_due->us)
        *rc->next_due = due;
    return due_set(tx, key, due, err);
}

static bool
write_and_announce(DbTx *tx, const RunContext *rc, const CellSpec *spec, const LockedCell *cell, const CellOutput *out,
                   const GateAnswer *gate, Arena *a, CellEnd *end, Err *err)
{
    Written w = {0};
    bool ok = write_tables(tx, spec, cell, out, a, &w, err)
              && write_rejected(tx, end->key, out, cell->state.version == 0, a, &w.rejected, err)
              && judge(out, both(gate->degraded, out->degraded, a), &w, end, err)
              && store_alerts(tx, cell, out, gate, end, a, err) && store_measures(tx, cell, out, a, end, err);

    if (ok) {
        end->expected = (int32_t)w.expected;
        end->written = (int32_t)w.written;
        end->rejected = (int32_t)w.rejected;
        end->as_of = out->as_of;
        end->must_announce = out->must_announce;
        fold_hash(&w, end, end->content_hash);
        ok = cell_announce(tx, rc, &cell->state, end, &w.change, err);
        rc->stats->rows += w.rows;
    }
    buf_free(&w.digest);
    return ok;
}

/* The decision's events outlive its arena: they go out with the batch. */
static void
emit_kept(const RunContext *rc, const CellOutput *out)
{
    OutputEvent *kept = arena_array(rc->a, out->event_count + 1, sizeof *kept);

    for (size_t i = 0; i < out->event_count; i++) {
        const OutputEvent *e = &out->events[i];

        kept[i] = *e;
        kept[i].key = arena_strdup(rc->a, e->key);
        kept[i].event_id = arena_strdup(rc->a, e->event_id);
        kept[i].payload = arena_bytes(rc->a, e->payload.data, e->payload.len);
    }
    emit_outputs(rc, kept, out->event_count);
}

static bool
run_in(Arena *a, DbTx *tx, const RunContext *rc, const CellSpec *spec, const LockedCell *cell, const GateAnswer *gate,
       int32_t schedule_version, const ChangedKeys *changed, RunResult *result, Err *err)
{
    const CellKey key = {cell->state.date, spec->processor};
    Lane lane = lane_of_date(key.date, rc->ctx->today);
    const CellInput in = {
        .date = key.date,
        .processor = spec->processor,
        .is_unscheduled = cell->state.is_unscheduled,
        .is_live = lane == LANE_LIVE,
        .now = clock_now(rc->clock),
        .schedule_version = schedule_version,
        .cell_version = cell->state.version,
        .schedule_changed = cell->state.version > 0 && cell->schedule_version != schedule_version,
        .needs = gate->needs,
        .need_count = gate->need_count,
        .degraded = gate->degraded,
        .feeds = &rc->ctx->feeds,
        .changed = changed,
    };
    CellEnd end = {
        .key = key,
        .inputs = input_vector_encode(gate->needs, gate->need_count, a),
        .lane = lane_name(lane),
        .run_id = rc->run_id,
        .build = rc->ctx->build,
        .config_hash = rc->ctx->config_hash,
        .correlation_id = rc->correlation_id,
        .schedule_version = schedule_version,
        .started = in.now,
        .causes = causes_of(&in, rc->a),
    };
    CellOutput out;
    void *loaded = NULL;

    gate_input_hash(gate, schedule_version, end.input_hash);
    cell_output_init(&out, key.date, a);
    if (gate->verdict == GATE_FAILED) {
        cell_output_fail(&out, gate->reason);
    } else if ((spec->load != NULL && !spec->load(tx, &in, a, &loaded, err)) || !spec->decide(&in, loaded, a, &out, err)
               || (spec->store != NULL && !spec->store(tx, &in, loaded, a, err))) {
        return err_prefix(err, "%s", processor_table[spec->processor].name);
    }
    emit_kept(rc, &out);
    *result = RUN_PARKED;
    if (!store_due(tx, rc, cell, key, out.due, err))
        return false;
    if (out.outcome == OUTCOME_PARK)
        return raise_alerts(tx, key, &out, in.now, a, err) && cell_park(tx, key, out.reason, err);
    if (!write_and_announce(tx, rc, spec, cell, &out, gate, a, &end, err))
        return err_prefix(err, "%s", processor_table[spec->processor].name);
    *result = end.version == cell->state.version ? RUN_CONFIRMED : RUN_ANNOUNCED;
    return true;
}

/* What a cell reads and makes goes when it has ended: a batch of a season's cells needs no more memory
 * than the largest of them. */
bool
cell_run(DbTx *tx, const RunContext *rc, const CellSpec *spec, const LockedCell *cell, const GateAnswer *gate,
         int32_t schedule_version, const ChangedKeys *changed, RunResult *result, Err *err)
{
    Arena *a = arena_new(0);
    DbRows *mark = db_results_mark(tx);
    bool ok = run_in(a, tx, rc, spec, cell, gate, schedule_version, changed, result, err);

    db_results_release(tx, mark);
    arena_free(a);
    return ok;
}
