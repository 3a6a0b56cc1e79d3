/*
 * workers/predictions/coordinator_worker.c
 *    One batch of requests a date: laid out when the features are there, ended when every request has
 *    ended, by an answer or by its clock. How it stands is a view over its requests.
 */
#include <stdlib.h>
#include <string.h>
#include "libcore/io/codec.h"
#include "libcore/io/db_table.h"
#include "libcore/runtime/changed_keys.h"
#include "workers/predictions/batch_alerts.h"
#include "workers/predictions/batch_store.h"
#include "workers/predictions/prediction_workers.h"
#include "workers/predictions/request_store.h"

typedef enum {
    PLAN_NOTHING,
    PLAN_ASK,   /* a new batch */
    PLAN_ADOPT, /* what has changed concerns nobody who is asked for */
    PLAN_MOVE,  /* the batch's state moves */
    PLAN_VOID,  /* the date has nobody to ask for any more */
} PlanKind;

/* What decide asks store to write. */
typedef struct {
    PlanKind kind;
    Batch batch;      /* of PLAN_ASK */
    RequestRow *rows; /* of PLAN_ASK: a row a player of the date */
    size_t count;
    size_t concerned; /* players, for the audit */
    bool takes_order;
} Plan;

/* What load brings. */
typedef struct {
    uint8_t input_hash[SHA256_LEN];
    Batch batch; /* the date's newest */
    BatchOrder order;
    bool is_same;          /* the batch was asked from these very inputs, and its answers stand */
    bool answers_are_lost; /* they do not: everybody is asked again */
    bool may_ask_some;     /* it was not, and it can be told whom that concerns */
    BatchEvent event;      /* what has happened to the same batch, */
    const BatchMove *move; /* and what follows */
    RequestRow *requests;  /* of the date, by player; loaded where they are looked at */
    size_t request_count;
    UpcomingPlayer *players;
    size_t player_count;
    FeatureRow *features;
    size_t feature_count;
    Plan *plan;
} Loaded;

/* ---- load ---- */

/* The same inputs, the same batch: a repeated wake-up asks nobody twice. */
static void
hash_inputs(const CellInput *in, uint8_t out[SHA256_LEN])
{
    Buf b = {0};

    for (size_t i = 0; i < in->need_count; i++)
        buf_put(&b, in->needs[i].content_hash, CONTENT_HASH_LEN);
    sha256(bytes_of(b.data, b.len), out);
    buf_free(&b);
}

static BatchView
view_of(const Batch *b)
{
    return (BatchView){b->state, b->open, b->started, b->progress};
}

static BatchEvent
event_of(const CellInput *in, const Loaded *l)
{
    const BatchView view = view_of(&l->batch);

    if (l->batch.open > 0 && l->order.action == ORDER_SWEEP)
        return BATCH_SWEPT;
    if (l->batch.open > 0 && l->order.action == ORDER_RESET)
        return BATCH_DROPPED;
    return batch_event(&view, in->now, in->is_live);
}

/* Where requests are to expire or to be asked for again, answers that are on their way are waited for first: what is
 * decided holds when it is written. */
static bool
load_event(DbTx *tx, const CellInput *in, Loaded *l, Err *err)
{
    l->event = event_of(in, l);
    l->move = batch_move(l->batch.state, l->event, in->is_live);
    if (l->move == NULL || l->move->action == BATCH_DO_NOTHING)
        return true;
    if (!requests_lock_date(tx, in->date, &l->batch.open, err))
        return false;
    if (l->batch.open == 0) {
        l->event = BATCH_ENDED;
        l->move = batch_move(l->batch.state, BATCH_ENDED, in->is_live);
    }
    return true;
}

static bool
load_same(DbTx *tx, const CellInput *in, Arena *a, Loaded *l, Err *err)
{
    if (!load_event(tx, in, l, err))
        return false;
    if (l->batch.open > 0 && (l->move == NULL || l->move->action == BATCH_DO_NOTHING))
        return true;
    return requests_load(tx, in->date, a, &l->requests, &l->request_count, err);
}

static bool
load_anew(DbTx *tx, const CellInput *in, Arena *a, Loaded *l, Err *err)
{
    void *players = NULL, *features = NULL;

    if (!table_read_date(tx, &upcoming_player_table, in->date, a, &players, &l->player_count, err)
        || !table_read_date(tx, &feature_row_table, in->date, a, &features, &l->feature_count, err))
        return false;
    l->players = players;
    l->features = features;
    l->may_ask_some = l->batch.id != NULL && !batch_state_is_open(l->batch.state) && in->changed != NULL
                      && l->order.action != ORDER_PREDICT && !l->answers_are_lost;
    return l->batch.id == NULL || requests_load(tx, in->date, a, &l->requests, &l->request_count, err);
}

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    Loaded *l = arena_alloc(a, sizeof *l);

    *loaded = l;
    *l = (Loaded){.plan = arena_alloc(a, sizeof *l->plan)};
    *l->plan = (Plan){.kind = PLAN_NOTHING};
    hash_inputs(in, l->input_hash);
    if (!batch_load(tx, in->date, a, &l->batch, err) || !batch_order_next(tx, in->date, a, &l->order, err))
        return false;
    l->is_same = l->batch.id != NULL && l->order.action != ORDER_PREDICT && l->batch.input_hash.len == SHA256_LEN
                 && memcmp(l->batch.input_hash.data, l->input_hash, SHA256_LEN) == 0;
    if (l->is_same && l->batch.open == 0) {
        if (!requests_stand(tx, in->date, &l->is_same, err))
            return false;
        l->answers_are_lost = !l->is_same;
    }
    return l->is_same ? load_same(tx, in, a, l, err) : load_anew(tx, in, a, l, err);
}

/* ---- asking ---- */

static void
ask(const CellInput *in, const RequestRow *row, Arena *a, CellOutput *out)
{
    const PredictRequest r = {
        .event_id = arena_printf(a, "%s:%s:r%d", row->batch_id, row->player_lookup, (int)row->version),
        .batch_id = row->batch_id,
        .game_date = in->date,
        .player_lookup = row->player_lookup,
        .game_id = row->game_id,
        .run_mode = row->run_mode,
        .request_version = row->version,
    };

    cell_output_emit(out, TOPIC_PREDICT_REQUEST, row->player_lookup, r.event_id, predict_request_message(&r, a));
}

static int
compare_lookup_to_request(const void *lookup, const void *row)
{
    return strcmp(lookup, ((const RequestRow *)row)->player_lookup);
}

static const RequestRow *
former_request(const Loaded *l, const char *lookup)
{
    return l->request_count == 0
               ? NULL
               : bsearch(lookup, l->requests, l->request_count, sizeof *l->requests, compare_lookup_to_request);
}

static bool
is_touched(const CellInput *in, const Loaded *l, const RequestRow *former, const char *lookup)
{
    return !l->may_ask_some || former == NULL || key_set_has(changed_of(in, PROC_UPCOMING_CONTEXT).players, lookup)
           || key_set_has(changed_of(in, PROC_FEATURE_STORE).players, lookup);
}

/* Where nothing is ordered, the first asking of a date is told from those that a change has brought about. */
static RunMode
mode_of(const CellInput *in, const Loaded *l, const RequestRow *former)
{
    if (l->order.action == ORDER_PREDICT)
        return l->order.mode;
    if (l->batch.id == NULL)
        return run_mode_for_date(in->is_live);
    return run_mode_of_change(in->is_live, former != NULL && strcmp(former->status, "predicted") == 0);
}

static RunMode
gate_of(const CellInput *in, const Loaded *l)
{
    RunMode standing = run_mode_for_date(in->is_live);

    if (in->is_live && l->batch.id != NULL)
        standing = l->batch.gate_mode;
    return l->order.action == ORDER_PREDICT ? run_mode_gate(l->order.mode, standing) : standing;
}

/* The next of the date: an id never comes again, and neither do those that are made of it. */
static Batch
next_batch(const CellInput *in, const Loaded *l, const RequestList *list, Arena *a)
{
    char day[DATE_TEXT_LEN];
    const bool is_ordered = l->order.action == ORDER_PREDICT;

    return (Batch){
        .date = in->date,
        .id = arena_printf(a, "%s:b%d", date_format(in->date, day), (int)l->batch.seq + 1),
        .seq = l->batch.seq + 1,
        .input_hash = bytes_of(l->input_hash, SHA256_LEN),
        .run_mode = is_ordered ? l->order.mode : run_mode_for_date(in->is_live),
        .gate_mode = gate_of(in, l),
        .reason = is_ordered ? l->order.reason : NULL,
        .asked_by = is_ordered ? l->order.by : "coordinator",
        .state = BATCH_RUNNING,
        .expected = (int32_t)list->count,
        .figures = list->figures,
        .started = in->now,
        .redriven = INSTANT_NULL,
        .progress = in->now,
    };
}

static RequestRow
new_request(const CellInput *in, const Batch *b, const PlayerRequest *p, RunMode mode)
{
    return (RequestRow){
        .game_date = in->date,
        .player_lookup = p->player_lookup,
        .game_id = p->game_id,
        .version = 1,
        .batch_id = b->id,
        .run_mode = run_mode_name(mode),
        .status = request_status_name(p->status),
        .reason = p->reason,
    };
}

/* Fills the plan; rows are the date's requests as they will stand. Those of whom nothing is new keep theirs. */
static void
plan_batch(const CellInput *in, const Loaded *l, const RequestList *list, Arena *a, RequestRow *rows, CellOutput *out)
{
    Plan *plan = l->plan;
    Batch *b = &plan->batch;

    *b = next_batch(in, l, list, a);
    plan->rows = arena_array(a, list->count + 1, sizeof *plan->rows);
    plan->count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const RequestRow *former = former_request(l, list->items[i].player_lookup);
        RunMode mode;

        if (!is_touched(in, l, former, list->items[i].player_lookup)) {
            plan->rows[i] = rows[i] = *former;
            plan->rows[i].status = REQUEST_KEPT;
            continue;
        }
        mode = mode_of(in, l, former);
        rows[i] = plan->rows[i] = new_request(in, b, &list->items[i], mode);
        if (b->asked++ == 0)
            b->run_mode = mode;
        if (list->items[i].status == REQUEST_REQUESTED) {
            ask(in, &rows[i], a, out);
            b->open++;
        }
    }
    if (b->open == 0)
        b->state = BATCH_COMPLETE;
    plan->concerned = (size_t)b->asked;
    plan->kind = PLAN_ASK;
}

/* ---- going on, and the end ---- */

static void
finish_batch(const CellInput *in, const SlateFigures *figures, const RequestRow *rows, size_t count, Arena *a,
             CellOutput *out)
{
    const BatchTally tally = batch_tally(rows, count);
    PlayerOutcome *outcomes = arena_array(a, count + 1, sizeof *outcomes);

    for (size_t i = 0; i < count; i++) {
        outcomes[i] = (PlayerOutcome){
            .game_date = in->date,
            .player_lookup = rows[i].player_lookup,
            .game_id = rows[i].game_id,
            .outcome = rows[i].status,
            .reason = rows[i].reason,
            .systems = rows[i].systems,
            .absent_systems = rows[i].absent,
            .outcome_hash = rows[i].outcome_hash,
            .batch_id = rows[i].batch_id,
        };
        if (strcmp(rows[i].status, "failed") == 0 || strcmp(rows[i].status, "expired") == 0)
            cell_output_reject(out, rows[i].player_lookup, rows[i].reason);
    }
    cell_output_rows(out, &player_outcome_table, outcomes, count, count);
    batch_say(figures, &tally, in->is_live, feeds_have(in->feeds, "props"), a, out);
}

static void
wait_for_answers(const CellInput *in, const Batch *b, Arena *a, CellOutput *out)
{
    const BatchView view = view_of(b);
    const Instant due = batch_due_at(&view, in->is_live);

    cell_output_park(out, arena_printf(a, "needs %zu of %d requests to end", b->open, (int)b->expected));
    if (!instant_is_null(due))
        cell_output_due(out, due);
}

static void
ask_again(const CellInput *in, const Loaded *l, Arena *a, CellOutput *out)
{
    Batch after = l->batch;

    for (size_t i = 0; i < l->request_count; i++) {
        RequestRow row = l->requests[i];

        if (strcmp(row.status, "requested") != 0)
            continue;
        row.version++;
        ask(in, &row, a, out);
    }
    after.state = l->move->to;
    after.redriven = after.progress = in->now;
    if (l->event == BATCH_IDLE)
        batch_say_stalled(after.open, (size_t)after.expected, a, out);
    wait_for_answers(in, &after, a, out);
}

static const char *
reason_of_expiry(const Loaded *l, Arena *a)
{
    return l->event == BATCH_DROPPED ? arena_printf(a, "%s: %s", l->move->expired_reason, l->order.reason)
                                     : l->move->expired_reason;
}

static void
expire(const CellInput *in, const Loaded *l, Arena *a, CellOutput *out)
{
    for (size_t i = 0; i < l->request_count; i++) {
        if (strcmp(l->requests[i].status, "requested") != 0)
            continue;
        l->requests[i].status = "expired";
        l->requests[i].reason = reason_of_expiry(l, a);
    }
    finish_batch(in, &l->batch.figures, l->requests, l->request_count, a, out);
}

static void
go_on(const CellInput *in, const Loaded *l, Arena *a, CellOutput *out)
{
    l->plan->concerned = l->batch.open;
    if (l->move != NULL)
        l->plan->kind = PLAN_MOVE;
    if (l->move != NULL && l->move->action == BATCH_DO_ASK_AGAIN)
        ask_again(in, l, a, out);
    else if (l->move != NULL && l->move->action == BATCH_DO_EXPIRE)
        expire(in, l, a, out);
    else if (l->batch.open > 0)
        wait_for_answers(in, &l->batch, a, out);
    else
        finish_batch(in, &l->batch.figures, l->requests, l->request_count, a, out);
}

static void
begin(const CellInput *in, const Loaded *l, Arena *a, CellOutput *out)
{
    const RequestList list = coordinator_requests(l->players, l->player_count, l->features, l->feature_count,
                                                  gate_of(in, l), a);
    RequestRow *rows = arena_array(a, list.count + 1, sizeof *rows);

    plan_batch(in, l, &list, a, rows, out);
    if (l->plan->batch.asked == 0 && l->may_ask_some)
        l->plan->kind = PLAN_ADOPT;
    if (l->plan->batch.open > 0)
        wait_for_answers(in, &l->plan->batch, a, out);
    else
        finish_batch(in, &list.figures, rows, list.count, a, out);
}

/* The reason why the date cannot have predictions; NULL when it can. */
static const char *
why_nothing(const CellInput *in, const Loaded *l)
{
    if (in->is_unscheduled)
        return "not_regular_season";
    for (size_t i = 0; i < in->need_count; i++)
        if (in->needs[i].status == CELL_NO_DATA)
            return in->needs[i].reason;
    if (!l->is_same && l->feature_count > 0 && l->features[0].early_season_flag == BOOL_TRUE
        && l->features[0].insufficient_data_reason != NULL)
        return l->features[0].insufficient_data_reason;
    return NULL;
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const Loaded *l = loaded;
    const char *nothing = why_nothing(in, l);

    (void)err;
    if (nothing != NULL) {
        l->plan->kind = l->batch.id != NULL ? PLAN_VOID : PLAN_NOTHING; /* what a former version asked for is void */
        l->plan->concerned = l->request_count;
        cell_output_no_data(out, nothing);
    } else if (l->is_same) {
        go_on(in, l, a, out);
    } else {
        begin(in, l, a, out);
    }
    /* To sweep or to drop a batch that is just being replaced is about the one that replaces it. */
    l->plan->takes_order = l->order.action != ORDER_NONE
                           && (nothing != NULL || l->is_same || l->order.action == ORDER_PREDICT);
    if (l->order.has_next || (l->order.action != ORDER_NONE && !l->plan->takes_order))
        cell_output_due(out, in->now);
    return true;
}

/* ---- store ---- */

static bool
note(DbTx *tx, const CellInput *in, const Loaded *l, const char *batch_id, const char *event, BatchState state,
     size_t players, Err *err)
{
    const bool is_ordered = l->plan->takes_order;
    const BatchNote n = {in->date,
                         batch_id,
                         event,
                         state,
                         players,
                         is_ordered ? l->order.by : NULL,
                         is_ordered ? l->order.reason : NULL};

    return batch_note(tx, &n, in->now, err);
}

static bool
store_requests(DbTx *tx, const CellInput *in, const Loaded *l, const char *batch_id, BatchState state, Arena *a,
               Err *err)
{
    size_t invalidated;

    return requests_replace(tx, in->date, l->plan->rows, l->plan->count, in->now, a, &invalidated, err)
           && (invalidated == 0 || note(tx, in, l, batch_id, "invalidated", state, invalidated, err));
}

static bool
store_asking(DbTx *tx, const CellInput *in, const Loaded *l, Arena *a, Err *err)
{
    const Batch *b = &l->plan->batch;

    return (l->batch.id == NULL || !batch_state_is_open(l->batch.state)
            || note(tx, in, l, l->batch.id, batch_event_name(BATCH_SUPPLANTED), BATCH_REPLACED, l->batch.open, err))
           && batch_begin(tx, b, err) && note(tx, in, l, b->id, "asked", b->state, l->plan->concerned, err)
           && store_requests(tx, in, l, b->id, b->state, a, err);
}

static bool
store_adoption(DbTx *tx, const CellInput *in, const Loaded *l, Arena *a, Err *err)
{
    return batch_adopt(tx, &l->batch, bytes_of(l->input_hash, SHA256_LEN), err)
           && store_requests(tx, in, l, l->batch.id, l->batch.state, a, err)
           && note(tx, in, l, l->batch.id, "adopted", l->batch.state, 0, err);
}

static bool
store_void(DbTx *tx, const CellInput *in, const Loaded *l, Arena *a, Err *err)
{
    const BatchState state = batch_state_is_open(l->batch.state) ? BATCH_REPLACED : l->batch.state;

    return batch_void(tx, &l->batch, in->now, err)
           && note(tx, in, l, l->batch.id, "voided", state, l->plan->concerned, err)
           && store_requests(tx, in, l, l->batch.id, state, a, err);
}

static bool
store_move(DbTx *tx, const CellInput *in, const Loaded *l, Arena *a, Err *err)
{
    const BatchMove *m = l->move;

    return (m->action != BATCH_DO_ASK_AGAIN || requests_ask_again(tx, in->date, err))
           && (m->action != BATCH_DO_EXPIRE || requests_expire(tx, in->date, reason_of_expiry(l, a), in->now, err))
           && batch_apply(tx, &l->batch, m, in->now, err)
           && note(tx, in, l, l->batch.id, batch_event_name(l->event), m->to, l->plan->concerned, err);
}

static bool
store(DbTx *tx, const CellInput *in, const void *loaded, Arena *a, Err *err)
{
    static bool (*const stores[])(DbTx * tx, const CellInput *in, const Loaded *l, Arena *a, Err *err) = {
        [PLAN_ASK] = store_asking, [PLAN_ADOPT] = store_adoption, [PLAN_MOVE] = store_move, [PLAN_VOID] = store_void};
    const Loaded *l = loaded;

    return (!l->plan->takes_order || batch_order_take(tx, &l->order, in->now, err))
           && (l->plan->kind == PLAN_NOTHING || stores[l->plan->kind](tx, in, l, a, err));
}

static bool
handle(DbTx *tx, const WorkerContext *ctx, const Event *events, size_t count, Arena *a, EventEffects *fx, Err *err)
{
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    size_t n = count;

    (void)ctx;
    for (size_t i = 0; i < count; i++) {
        PredictProgress p;
        Bytes body;

        if (!codec_check_frame(events[i].payload, &predict_progress_schema, &body, err)
            || !predict_progress_decode(body, a, &p, err))
            return false;
        dates[i] = p.game_date;
    }
    /* Of several reports of a batch the last one may have been seen with the first. */
    if (!requests_untold(tx, dates, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        event_effects_wake(fx, dates[i], PROC_PREDICTIONS);
    return true;
}

static const TableDesc *const written[] = {&player_outcome_table, NULL};
static const TableDesc *const read_tables[] = {&upcoming_player_table, &feature_row_table, NULL};
/* An outcome stands when the predictions that it speaks of do. */
static const char standing[]
    = "select o.game_date, count(*) from predictions.player_outcome o left join (select game_date, player_lookup,"
      " count(*) n from predictions.prediction where is_active and game_date between $1 and $2 group by 1, 2) p"
      " using (game_date, player_lookup) where o.game_date between $1 and $2"
      " and (o.outcome <> 'predicted' or o.systems = coalesce(p.n, 0)) group by 1";
static const CellSpec cells[] = {{.processor = PROC_PREDICTIONS,
                                  .writes = written,
                                  .reads = read_tables,
                                  .load = load,
                                  .decide = decide,
                                  .store = store,
                                  .standing_sql = standing}};
static const TopicId consumed[] = {TOPIC_PREDICT_PROGRESS};

const WorkerSpec coordinator_worker = {
    .name = "coordinator",
    .summary = "ask for a prediction of every player who qualifies",
    .cells = cells,
    .cell_count = ARRAY_LEN(cells),
    .consumes = consumed,
    .consume_count = ARRAY_LEN(consumed),
    .handle = handle,
};
