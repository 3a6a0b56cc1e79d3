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

static const RowSet *
set_of_table(const CellOutput *out, const TableDesc *t, size_t *expected)
{
    for (size_t i = 0; i < out->set_count; i++) {
        if (out->sets[i].table == t) {
            *expected = out->expected[i];
            return &out->sets[i];
        }
    }
    return NULL;
}

static bool
has_column(const TableDesc *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return true;
    return false;
}

/* What a cell's tables became. */
typedef struct {
    Buf digest;
    size_t written, expected;
    size_t rows; /* of all tables */
    TextArray players, teams;
} Written;

static TextArray
join(TextArray x, TextArray y, Arena *a)
{
    const char **items = arena_array(a, (size_t)(x.count + y.count) + 1, sizeof *items);
    int32_t n = 0;

    for (int32_t i = 0, j = 0; i < x.count || j < y.count;) {
        int order = i == x.count ? 1 : j == y.count ? -1 : strcmp(x.items[i], y.items[j]);

        items[n++] = order <= 0 ? x.items[i] : y.items[j];
        i += order <= 0;
        j += order >= 0;
    }
    return (TextArray){items, n};
}

static bool
write_tables(DbTx *tx, const CellSpec *spec, const LockedCell *cell, const CellOutput *out, Arena *a, Written *w,
             Err *err)
{
    const char *name = processor_table[spec->processor].name;

    for (size_t i = 0; spec->writes[i] != NULL; i++) {
        const TableDesc *t = spec->writes[i];
        const char *owner = has_column(t, "processor") ? name : NULL;
        size_t expected = 0;
        const RowSet *set = set_of_table(out, t, &expected);
        TableChange change;

        if (!table_replace_date(tx, t, cell->state.date, owner, set ? set->rows : NULL, set ? set->count : 0,
                                cell->state.version == 0, a, &change, err))
            return false;
        buf_put_str(&w->digest, t->name);
        buf_put(&w->digest, change.hash, SHA256_LEN);
        w->rows += change.rows;
        if (i == 0) {
            w->written = change.rows;
            w->expected = expected;
        }
        if (owner == NULL) {
            w->players = join(w->players, change.players, a);
            w->teams = join(w->teams, change.teams, a);
        }
    }
    return true;
}

static bool
write_rejected(DbTx *tx, CellKey key, const CellOutput *out, bool is_first, Arena *a, Err *err)
{
    static const char insert[] = "insert into ops.rejected_row (game_date, processor, entity, reason)"
                                 " select $1, $2, e, r from unnest($3::text[], $4::text[]) u(e, r)";
    const char *name = processor_table[key.processor].name;
    const char **entities = arena_array(a, out->rejected_count + 1, sizeof *entities);
    const char **reasons = arena_array(a, out->rejected_count + 1, sizeof *reasons);

    for (size_t i = 0; i < out->rejected_count; i++) {
        entities[i] = out->rejected[i].entity;
        reasons[i] = out->rejected[i].reason;
    }
    {
        const DbParam params[] = {db_date(key.date), db_text(name), db_texts(entities, out->rejected_count),
                                  db_texts(reasons, out->rejected_count)};

        return (is_first
                || db_exec(tx, "delete from ops.rejected_row where game_date = $1 and processor = $2", params, 2, NULL,
                           err))
               && (out->rejected_count == 0 || db_exec(tx, insert, params, 4, NULL, err));
    }
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
emit_completion(const RunContext *rc, const CellEnd *e, TextArray players, TextArray teams)
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
        .players = players.items,
        .players_count = (size_t)players.count,
        .teams = teams.items,
        .teams_count = (size_t)teams.count,
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
cell_announce(DbTx *tx, const RunContext *rc, const CellState *before, CellEnd *end, TextArray players, TextArray teams,
              Err *err)
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
    emit_completion(rc, end, players, teams);
    return cell_record_change(tx, end->key, end->version, is_first, players, teams, err);
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
        end->status = out->rejected_count > 0 ? CELL_PARTIAL : CELL_SUCCESS;
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

static bool
write_and_announce(DbTx *tx, const RunContext *rc, const CellSpec *spec, const LockedCell *cell, const CellOutput *out,
                   const char *degraded, Arena *a, CellEnd *end, Err *err)
{
    Written w = {0};
    bool ok = write_tables(tx, spec, cell, out, a, &w, err)
              && write_rejected(tx, end->key, out, cell->state.version == 0, a, err)
              && judge(out, both(degraded, out->degraded, a), &w, end, err);

    if (ok) {
        end->expected = (int32_t)w.expected;
        end->written = (int32_t)w.written;
        end->rejected = (int32_t)out->rejected_count;
        end->as_of = out->as_of;
        end->must_announce = out->must_announce;
        fold_hash(&w, end, end->content_hash);
        ok = cell_announce(tx, rc, &cell->state, end, w.players, w.teams, err);
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
        kept[i].payload = bytes_of(arena_strndup(rc->a, (const char *)e->payload.data, e->payload.len), e->payload.len);
    }
    emit_outputs(rc, kept, out->event_count);
}

static bool
run_in(Arena *a, DbTx *tx, const RunContext *rc, const CellSpec *spec, const LockedCell *cell, const GateAnswer *gate,
       int32_t schedule_version, bool *completed, Err *err)
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
    };
    CellEnd end = {
        .key = key,
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

    *completed = false;
    gate_input_hash(gate, schedule_version, end.input_hash);
    cell_output_init(&out, key.date, a);
    if (gate->verdict == GATE_FAILED) {
        cell_output_fail(&out, gate->reason);
    } else if ((spec->load != NULL && !spec->load(tx, &in, a, &loaded, err)) || !spec->decide(&in, loaded, a, &out, err)
               || (spec->store != NULL && !spec->store(tx, &in, loaded, a, err))) {
        return err_prefix(err, "%s", processor_table[spec->processor].name);
    }
    emit_kept(rc, &out);
    if (out.outcome == OUTCOME_PARK)
        return cell_park(tx, key, out.reason, err);
    *completed = true;
    return write_and_announce(tx, rc, spec, cell, &out, gate->degraded, a, &end, err)
           || err_prefix(err, "%s", processor_table[spec->processor].name);
}

/* What a cell reads and makes goes when it has ended: a batch of a season's cells needs no more memory
 * than the largest of them. */
bool
cell_run(DbTx *tx, const RunContext *rc, const CellSpec *spec, const LockedCell *cell, const GateAnswer *gate,
         int32_t schedule_version, bool *completed, Err *err)
{
    Arena *a = arena_new(0);
    DbRows *mark = db_results_mark(tx);
    bool ok = run_in(a, tx, rc, spec, cell, gate, schedule_version, completed, err);

    db_results_release(tx, mark);
    arena_free(a);
    return ok;
}
