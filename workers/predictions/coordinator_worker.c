/*
 * workers/predictions/coordinator_worker.c
 *    One batch of requests a date: laid out when the features are there, ended when every request
 *    has ended. A batch is a view over its requests, so nothing can be stuck.
 */
#include <string.h>
#include "libcore/io/codec.h"
#include "libcore/io/db_table.h"
#include "workers/predictions/coordinator_core.h"
#include "workers/predictions/prediction_workers.h"
#include "workers/predictions/request_store.h"

/* What load brings, and what decide asks store to write. */
typedef struct {
    const char *batch_id;
    BatchState state;
    bool is_same_batch;
    RequestRow *ended; /* all requests of the same batch, once none is open */
    size_t ended_count;
    UpcomingPlayer *players;
    size_t player_count;
    FeatureRow *features;
    size_t feature_count;
    struct {
        RequestRow *rows;
        size_t count;
        bool is_wanted;
    } * plan;
} Loaded;

/* The same inputs, the same batch: a repeated wake-up asks nobody twice. */
static const char *
batch_id_of(const CellInput *in, Arena *a)
{
    char day[DATE_TEXT_LEN], hex[SHA256_HEX_LEN];
    uint8_t digest[SHA256_LEN];
    Buf b = {0};

    for (size_t i = 0; i < in->need_count; i++)
        buf_put(&b, in->needs[i].content_hash, CONTENT_HASH_LEN);
    sha256(bytes_of(b.data, b.len), digest);
    buf_free(&b);
    return arena_printf(a, "%s:%.16s", date_format(in->date, day), hex_encode(bytes_of(digest, sizeof digest), hex));
}

/* A batch whose answers have been lost is asked for again. */
static bool
find_same_batch(DbTx *tx, const CellInput *in, Loaded *l, Err *err)
{
    bool stands;

    l->is_same_batch = l->state.batch_id != NULL && strcmp(l->state.batch_id, l->batch_id) == 0;
    if (!l->is_same_batch || l->state.open > 0)
        return true;
    if (!requests_stand(tx, in->date, &stands, err))
        return false;
    l->is_same_batch = stands;
    return true;
}

static bool
load(DbTx *tx, const CellInput *in, Arena *a, void **loaded, Err *err)
{
    Loaded *l = arena_alloc(a, sizeof *l);
    void *players = NULL, *features = NULL;

    *loaded = l;
    l->plan = arena_alloc(a, sizeof *l->plan);
    l->batch_id = batch_id_of(in, a);
    if (!requests_state(tx, in->date, a, &l->state, err))
        return false;
    if (!find_same_batch(tx, in, l, err))
        return false;
    if (l->is_same_batch)
        return l->state.open > 0 || requests_load(tx, in->date, a, &l->ended, &l->ended_count, err);
    if (!table_read_date(tx, &upcoming_player_table, in->date, a, &players, &l->player_count, err)
        || !table_read_date(tx, &feature_row_table, in->date, a, &features, &l->feature_count, err))
        return false;
    l->players = players;
    l->features = features;
    return true;
}

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

/* Never one that the date had before, also when a version of the cell without any request lies in
 * between: ids made of it must not repeat. A cell version has far fewer batches than the factor. */
static int32_t
next_version(const CellInput *in, const Loaded *l)
{
    int32_t version = in->cell_version * 64;

    return (l->state.max_version > version ? l->state.max_version : version) + 1;
}

static void
plan_batch(const CellInput *in, const Loaded *l, const RequestList *list, Arena *a, CellOutput *out)
{
    RunMode mode = run_mode_for_date(in->is_live);
    RequestRow *rows = arena_array(a, list->count + 1, sizeof *rows);

    for (size_t i = 0; i < list->count; i++) {
        const PlayerRequest *p = &list->items[i];

        rows[i] = (RequestRow){
            .game_date = in->date,
            .player_lookup = p->player_lookup,
            .game_id = p->game_id,
            .version = next_version(in, l),
            .batch_id = l->batch_id,
            .run_mode = run_mode_name(mode),
            .status = request_status_name(p->status),
            .reason = p->reason,
        };
        if (p->status == REQUEST_REQUESTED)
            ask(in, &rows[i], a, out);
    }
    l->plan->rows = rows;
    l->plan->count = list->count;
    l->plan->is_wanted = true;
}

static void
finish_batch(const CellInput *in, const RequestRow *rows, size_t count, Arena *a, CellOutput *out)
{
    PlayerOutcome *outcomes = arena_array(a, count + 1, sizeof *outcomes);

    for (size_t i = 0; i < count; i++) {
        outcomes[i] = (PlayerOutcome){
            .game_date = in->date,
            .player_lookup = rows[i].player_lookup,
            .game_id = rows[i].game_id,
            .outcome = rows[i].status,
            .reason = rows[i].reason,
            .systems = rows[i].systems,
            .outcome_hash = rows[i].outcome_hash,
            .batch_id = rows[i].batch_id,
        };
        if (strcmp(rows[i].status, "failed") == 0)
            cell_output_reject(out, rows[i].player_lookup, rows[i].reason);
    }
    cell_output_rows(out, &player_outcome_table, outcomes, count, count);
}

static size_t
open_requests(const RequestRow *rows, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += strcmp(rows[i].status, "requested") == 0;
    return n;
}

/* rows are wanted only when none of them is open. */
static void
go_on(const CellInput *in, const RequestRow *rows, size_t count, size_t open, Arena *a, CellOutput *out)
{
    if (open > 0)
        cell_output_park(out, arena_printf(a, "needs %zu of %zu requests to end", open, count));
    else
        finish_batch(in, rows, count, a, out);
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
    if (!l->is_same_batch && l->feature_count > 0 && l->features[0].early_season_flag == BOOL_TRUE
        && l->features[0].insufficient_data_reason != NULL)
        return l->features[0].insufficient_data_reason;
    return NULL;
}

static bool
decide(const CellInput *in, const void *loaded, Arena *a, CellOutput *out, Err *err)
{
    const Loaded *l = loaded;
    const char *nothing = why_nothing(in, l);
    RequestList list;

    (void)err;
    if (nothing != NULL) {
        l->plan->is_wanted = l->state.count > 0; /* what a former version asked for is void */
        cell_output_no_data(out, nothing);
    } else if (l->is_same_batch) {
        go_on(in, l->ended, l->state.count, l->state.open, a, out);
    } else {
        list = coordinator_requests(l->players, l->player_count, l->features, l->feature_count,
                                    run_mode_for_date(in->is_live), a);
        plan_batch(in, l, &list, a, out);
        go_on(in, l->plan->rows, l->plan->count, open_requests(l->plan->rows, l->plan->count), a, out);
    }
    return true;
}

static bool
store(DbTx *tx, const CellInput *in, const void *loaded, Arena *a, Err *err)
{
    const Loaded *l = loaded;

    return !l->plan->is_wanted || requests_replace(tx, in->date, l->plan->rows, l->plan->count, in->now, a, err);
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
