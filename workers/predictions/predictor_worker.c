/*
 * workers/predictions/predictor_worker.c
 *    Requests of many players in one transaction: predict, supersede, close, tell the coordinator.
 */
#include <stdlib.h>
#include <string.h>
#include "libcore/io/codec.h"
#include "libcore/io/db_table.h"
#include "workers/predictions/breaker_store.h"
#include "workers/predictions/champion.h"
#include "workers/predictions/prediction_workers.h"
#include "workers/predictions/predictor_core.h"
#include "workers/predictions/predictor_models.h"
#include "workers/predictions/request_store.h"

/* What one player is asked for. */
typedef struct {
    GameDate date;
    const char *player_lookup;
    const char *batch_id;
    const char *run_mode;
    int32_t version; /* of the request: a batch that was asked for again has a later one */
} Ask;

typedef struct {
    Ask *items;
    size_t count;
} AskList;

/* What is known of the players who are asked for; each array is sorted by (date, player). */
typedef struct {
    UpcomingPlayer *players;
    size_t player_count;
    FeatureRow *features;
    size_t feature_count;
    PlayerSimilarity *similar;
    size_t similar_count;
    Prediction *predictions; /* every version */
    size_t prediction_count;
    const char *champion;
    const ModelRegistry *models;
} Facts;

/* What the transaction writes. */
typedef struct {
    Prediction *rows;
    size_t row_count;
    GameDate *retired_dates;
    const char **retired, **successors; /* prediction ids */
    const char **retired_reasons;
    size_t retired_count;
    GameDate *frozen_dates;
    const char **frozen; /* players whose live prediction stays though its inputs changed */
    size_t frozen_count;
    RequestRow *closed;
    size_t closed_count;
} Writes;

/* ---- who is asked for ---- */

static int
compare_player_days(GameDate xd, const char *xp, GameDate yd, const char *yp)
{
    if (!date_equal(xd, yd))
        return date_before(xd, yd) ? -1 : 1;
    return strcmp(xp, yp);
}

static int
compare_asks(const void *pa, const void *pb)
{
    const Ask *a = pa, *b = pb;
    int order = compare_player_days(a->date, a->player_lookup, b->date, b->player_lookup);

    if (order == 0)
        order = strcmp(a->batch_id, b->batch_id);
    return order != 0 ? order : (a->version > b->version) - (a->version < b->version);
}

static bool
same_request(const Ask *a, const Ask *b)
{
    return compare_player_days(a->date, a->player_lookup, b->date, b->player_lookup) == 0
           && strcmp(a->batch_id, b->batch_id) == 0;
}

/* Of a request that came in two versions the later one counts. */
static void
drop_outdated(AskList *list)
{
    size_t n = 0;

    for (size_t i = 0; i < list->count; i++)
        if (i + 1 == list->count || !same_request(&list->items[i], &list->items[i + 1]))
            list->items[n++] = list->items[i];
    list->count = n;
}

static bool
read_asks(const Event *events, size_t count, Arena *a, AskList *out, Err *err)
{
    *out = (AskList){arena_array(a, count + 1, sizeof *out->items), count};
    for (size_t i = 0; i < count; i++) {
        PredictRequest r;
        Bytes body;

        if (!codec_check_frame(events[i].payload, &predict_request_schema, &body, err)
            || !predict_request_decode(body, a, &r, err))
            return false;
        out->items[i] = (Ask){r.game_date, r.player_lookup, r.batch_id, r.run_mode, r.request_version};
    }
    qsort(out->items, count, sizeof *out->items, compare_asks);
    drop_outdated(out);
    return true;
}

/* Leaves those whose request is open; the others belong to a batch that has been replaced, or have
 * had their answer. Both lists are sorted by date and player. */
static bool
keep_open(DbTx *tx, AskList *list, Arena *a, Err *err)
{
    RequestKeys keys = request_keys_new(list->count, a), open;
    size_t n = 0, k = 0;

    for (; keys.count < list->count; keys.count++) {
        keys.dates[keys.count] = list->items[keys.count].date;
        keys.batch_ids[keys.count] = list->items[keys.count].batch_id;
        keys.players[keys.count] = list->items[keys.count].player_lookup;
    }
    if (!requests_lock_open(tx, &keys, a, &open, err))
        return false;
    for (size_t i = 0; i < list->count && k < open.count; i++) {
        const Ask key = {.date = open.dates[k], .player_lookup = open.players[k], .batch_id = open.batch_ids[k]};

        if (same_request(&list->items[i], &key)) {
            list->items[n++] = list->items[i];
            k++;
        }
    }
    list->count = n;
    return true;
}

/* ---- facts ---- */

/* By date and player; the versions of a player's rows keep their order by key. */
static int
compare_predictions(const void *pa, const void *pb)
{
    const Prediction *a = pa, *b = pb;
    int order = compare_player_days(a->game_date, a->player_lookup, b->game_date, b->player_lookup);

    return order != 0 ? order : table_compare_keys(&prediction_table, a, b);
}

static int
compare_to_player(const void *ask, const void *row)
{
    const Ask *a = ask;
    const UpcomingPlayer *p = row;

    return compare_player_days(a->date, a->player_lookup, p->game_date, p->player_lookup);
}

static int
compare_to_features(const void *ask, const void *row)
{
    const Ask *a = ask;
    const FeatureRow *f = row;

    return compare_player_days(a->date, a->player_lookup, f->game_date, f->player_lookup);
}

static int
compare_to_similar(const void *ask, const void *row)
{
    const Ask *a = ask;
    const PlayerSimilarity *s = row;

    return compare_player_days(a->date, a->player_lookup, s->game_date, s->player_lookup);
}

static bool
load_facts(DbTx *tx, const AskList *list, Arena *a, Facts *f, Err *err)
{
    GameDate *dates = arena_array(a, list->count + 1, sizeof *dates);
    const char **names = arena_array(a, list->count + 1, sizeof *names);
    void *players, *features, *similar, *predictions;

    for (size_t i = 0; i < list->count; i++) {
        dates[i] = list->items[i].date;
        names[i] = list->items[i].player_lookup;
    }
    if (!table_read_keys(tx, &upcoming_player_table, "player_lookup", dates, names, list->count, a, &players,
                         &f->player_count, err)
        || !table_read_keys(tx, &feature_row_table, "player_lookup", dates, names, list->count, a, &features,
                            &f->feature_count, err)
        || !table_read_keys(tx, &player_similarity_table, "player_lookup", dates, names, list->count, a, &similar,
                            &f->similar_count, err)
        || !table_read_keys(tx, &prediction_table, "player_lookup", dates, names, list->count, a, &predictions,
                            &f->prediction_count, err)
        || !champion_load(tx, a, &f->champion, err) || !predictor_models(tx, &f->models, err))
        return false;
    f->players = players;
    f->features = features;
    f->similar = similar;
    f->predictions = predictions;
    qsort(f->predictions, f->prediction_count, sizeof *f->predictions, compare_predictions);
    return true;
}

static const UpcomingPlayer *
find_player(const Facts *f, const Ask *ask)
{
    return f->player_count == 0 ? NULL
                                : bsearch(ask, f->players, f->player_count, sizeof *f->players, compare_to_player);
}

static const FeatureRow *
find_features(const Facts *f, const Ask *ask)
{
    return f->feature_count == 0
               ? NULL
               : bsearch(ask, f->features, f->feature_count, sizeof *f->features, compare_to_features);
}

static const PlayerSimilarity *
find_similar(const Facts *f, const Ask *ask)
{
    return f->similar_count == 0 ? NULL
                                 : bsearch(ask, f->similar, f->similar_count, sizeof *f->similar, compare_to_similar);
}

/* What the player has been predicted on this date so far. */
static const Prediction *
predictions_of(const Facts *f, const Ask *ask, size_t *count)
{
    size_t low = 0, high = f->prediction_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const Prediction *p = &f->predictions[mid];

        if (compare_player_days(p->game_date, p->player_lookup, ask->date, ask->player_lookup) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (*count = 0; low + *count < f->prediction_count; ++*count) {
        const Prediction *p = &f->predictions[low + *count];

        if (compare_player_days(p->game_date, p->player_lookup, ask->date, ask->player_lookup) != 0)
            break;
    }
    return f->predictions + low;
}

/* ---- one player ---- */

/* Version 0 and no identity: what was predicted, whichever time it was and whoever asked. */
static void
outcome_row_hash(const Prediction *p, uint8_t out[SHA256_LEN])
{
    Prediction bare = *p;

    bare.version = 0;
    bare.prediction_run_mode = NULL;
    table_row_hash(&prediction_table, &bare, out);
}

static int
compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, SHA256_LEN);
}

/* Whatever the order of the rows. */
static const char *
outcome_hash(const Prediction *rows, size_t count, Arena *a)
{
    uint8_t(*digests)[SHA256_LEN] = arena_array(a, count + 1, sizeof *digests);
    char hex[SHA256_HEX_LEN];
    uint8_t digest[SHA256_LEN];

    for (size_t i = 0; i < count; i++)
        outcome_row_hash(&rows[i], digests[i]);
    qsort(digests, count, sizeof *digests, compare_digests);
    sha256(bytes_of(digests, count * sizeof *digests), digest);
    return arena_strdup(a, hex_encode(bytes_of(digest, sizeof digest), hex));
}

static size_t
active_of(const Prediction *all, size_t count, Arena *a, Prediction **out)
{
    size_t n = 0;

    *out = arena_array(a, count + 1, sizeof **out);
    for (size_t i = 0; i < count; i++)
        if (all[i].is_active == BOOL_TRUE)
            (*out)[n++] = all[i];
    return n;
}

/* After every version that the player has had on this date, the retired ones too. */
static int32_t
next_version(const Prediction *all, size_t count)
{
    int32_t version = 0;

    for (size_t i = 0; i < count; i++)
        if (all[i].version > version)
            version = all[i].version;
    return version + 1;
}

static bool
same_outcome(const Prediction *x, size_t xn, const Prediction *y, size_t yn)
{
    uint8_t hx[SHA256_LEN], hy[SHA256_LEN];

    if (xn != yn)
        return false;
    for (size_t i = 0; i < xn; i++) {
        bool found = false;

        outcome_row_hash(&x[i], hx);
        for (size_t j = 0; j < yn && !found; j++) {
            outcome_row_hash(&y[j], hy);
            found = memcmp(hx, hy, sizeof hx) == 0;
        }
        if (!found)
            return false;
    }
    return true;
}

static void
add_rows(Writes *w, const Prediction *rows, size_t count)
{
    if (count > 0)
        memcpy(w->rows + w->row_count, rows, count * sizeof *rows);
    w->row_count += count;
}

/* Live predictions whose game has begun stay as they are. Who wants to know what they would be now gets
 * rows that are never in use: nobody publishes, grades or counts them. */
static void
regenerate_frozen(const Prediction *old, size_t old_count, const PredictorResult *result, Writes *w)
{
    if (same_outcome(old, old_count, result->rows, result->count))
        return;
    for (size_t i = 0; i < result->count; i++)
        result->rows[i].is_active = BOOL_FALSE;
    add_rows(w, result->rows, result->count);
}

static void
supersede(const Prediction *old, size_t old_count, const Prediction *rows, size_t count, const char *reason, Writes *w)
{
    for (size_t i = 0; i < old_count; i++) {
        w->retired_reasons[w->retired_count] = reason;
        w->retired_dates[w->retired_count] = old[i].game_date;
        w->retired[w->retired_count] = old[i].prediction_id;
        w->successors[w->retired_count] = NULL;
        for (size_t j = 0; j < count; j++)
            if (strcmp(rows[j].system_id, old[i].system_id) == 0)
                w->successors[w->retired_count] = rows[j].prediction_id;
        w->retired_count++;
    }
    add_rows(w, rows, count);
}

static const char *const nobody[] = {NULL};

static RequestRow *
close_request(Writes *w, const Ask *ask, const char *status, const char *reason, const char *hash, size_t systems)
{
    RequestRow *row = &w->closed[w->closed_count++];

    *row = (RequestRow){
        .game_date = ask->date,
        .player_lookup = ask->player_lookup,
        .status = status,
        .reason = reason,
        .outcome_hash = hash,
        .systems = (int32_t)systems,
        .absent.items = nobody,
    };
    return row;
}

/* The outcome is what it was. */
static void
close_frozen(Writes *w, const Ask *ask, const Prediction *old, size_t old_count, Arena *a)
{
    close_request(w, ask, "predicted", NULL, outcome_hash(old, old_count, a), old_count)->absent = (TextArray){0};
}

static bool
predict_player(const Facts *f, const Ask *ask, const WorkerContext *ctx, Breakers *breakers, Writes *w, Arena *a,
               Err *err)
{
    const UpcomingPlayer *player = find_player(f, ask);
    const FeatureRow *features = find_features(f, ask);
    const PredictorFacts facts = {player, features, find_similar(f, ask)};
    PredictorRun run = {.champion = f->champion, .batch_id = ask->batch_id, .now = ctx->now};
    PredictorResult result;
    size_t all_count;
    const Prediction *all = predictions_of(f, ask, &all_count);
    Prediction *old;
    size_t old_count = active_of(all, all_count, a, &old);
    bool is_frozen;

    if (player == NULL || features == NULL) {
        (void)close_request(w, ask, "skipped", player == NULL ? "player_not_found" : "no_features_available", NULL, 0);
        return true;
    }
    if (strcmp(player->game_id, features->game_id) != 0) {
        /* One of them has been recomputed and the other is about to be: a newer batch follows. */
        (void)close_request(w, ask, "skipped", "inputs_moved", NULL, 0);
        return true;
    }
    run.is_live = !date_before(ask->date, ctx->today) && ctx->now.us < player->tip_off.us;
    is_frozen = old_count > 0 && old[0].is_live == BOOL_TRUE && ctx->now.us >= player->tip_off.us;
    if (!run_mode_parse(ask->run_mode, &run.mode))
        return ERR_FAIL(err, ERR_POISON, "a request with run mode %s", ask->run_mode);
    if (is_frozen && run.mode != RUN_REGENERATE) {
        w->frozen_dates[w->frozen_count] = ask->date;
        w->frozen[w->frozen_count++] = ask->player_lookup;
        close_frozen(w, ask, old, old_count, a);
        return true;
    }
    run.version = next_version(all, all_count);
    predictor_models_of_date(f->models, ask->date, run.models);
    breakers_hold(breakers, run.held);
    if (!predictor_rows(&facts, &run, a, &result, err))
        return false;
    breakers_note(breakers, result.outputs, ask->player_lookup, a);
    if (is_frozen) {
        regenerate_frozen(old, old_count, &result, w);
        close_frozen(w, ask, old, old_count, a);
        return true;
    }
    if (!same_outcome(old, old_count, result.rows, result.count))
        supersede(old, old_count, result.rows, result.count, ask->run_mode, w);
    close_request(w, ask, result.skip_reason ? "skipped" : "predicted", result.skip_reason,
                  outcome_hash(result.rows, result.count, a), result.count)
        ->absent
        = result.absent;
    return true;
}

/* ---- all of them ---- */

static Writes
writes_new(size_t asks, size_t predictions, Arena *a)
{
    return (Writes){
        .rows = arena_array(a, asks * PREDICTION_SYSTEM_COUNT + 1, sizeof(Prediction)),
        .retired_dates = arena_array(a, predictions + 1, sizeof(GameDate)),
        .retired = arena_array(a, predictions + 1, sizeof(char *)),
        .successors = arena_array(a, predictions + 1, sizeof(char *)),
        .retired_reasons = arena_array(a, predictions + 1, sizeof(char *)),
        .frozen_dates = arena_array(a, asks + 1, sizeof(GameDate)),
        .frozen = arena_array(a, asks + 1, sizeof(char *)),
        .closed = arena_array(a, asks + 1, sizeof(RequestRow)),
    };
}

/* The old rows retire before the new ones come, in one transaction: one active row a (game, player,
 * system) at every moment that anyone can see. */
static bool
write_all(DbTx *tx, const Writes *w, Instant now, Arena *a, Err *err)
{
    static const char retire[] = "update predictions.prediction p set is_active = false, superseded_by = u.s,"
                                 " superseded_at = $5, superseded_reason = u.r, updated_at = $5"
                                 " from unnest($1::date[], $2::text[], $3::text[], $4::text[]) u(d, o, s, r)"
                                 " where p.game_date = u.d and p.prediction_id = u.o";
    static const char freeze[] = "update predictions.prediction set inputs_changed = true, updated_at = $3 where "
                                 "is_active and (game_date, player_lookup) in"
                                 " (select d, p from unnest($1::date[], $2::text[]) u(d, p))";
    const DbParam retired[] = {db_dates(w->retired_dates, w->retired_count), db_texts(w->retired, w->retired_count),
                               db_texts(w->successors, w->retired_count),
                               db_texts(w->retired_reasons, w->retired_count), db_ts(now)};
    const DbParam frozen[] = {db_dates(w->frozen_dates, w->frozen_count), db_texts(w->frozen, w->frozen_count),
                              db_ts(now)};

    return (w->retired_count == 0 || db_exec(tx, retire, retired, ARRAY_LEN(retired), NULL, err))
           && (w->frozen_count == 0 || db_exec(tx, freeze, frozen, ARRAY_LEN(frozen), NULL, err))
           && table_insert(tx, &prediction_table, w->rows, w->row_count, err)
           && requests_close(tx, w->closed, w->closed_count, now, a, err);
}

static void
report_progress(const Ask *first, size_t closed, Arena *a, EventEffects *fx)
{
    char day[DATE_TEXT_LEN];
    const PredictProgress p = {
        .event_id = arena_printf(a, "progress:%s:r%d:%s", first->batch_id, (int)first->version, first->player_lookup),
        .game_date = first->date,
        .batch_id = first->batch_id,
        .closed = (int32_t)closed,
    };

    event_effects_emit(fx, TOPIC_PREDICT_PROGRESS, first->date, arena_strdup(a, date_format(first->date, day)),
                       p.event_id, predict_progress_message(&p, a));
}

/* One word a date: its open requests are all of one batch. */
static void
tell_coordinator(const AskList *list, Arena *a, EventEffects *fx)
{
    size_t first = 0;

    for (size_t i = 1; i <= list->count; i++) {
        if (i < list->count && date_equal(list->items[i].date, list->items[first].date))
            continue;
        report_progress(&list->items[first], i - first, a, fx);
        first = i;
    }
}

static bool
handle(DbTx *tx, const WorkerContext *ctx, const Event *events, size_t count, Arena *a, EventEffects *fx, Err *err)
{
    AskList list;
    Facts facts;
    Breakers breakers;
    Writes w;

    if (!read_asks(events, count, a, &list, err) || !keep_open(tx, &list, a, err))
        return false;
    if (list.count == 0)
        return true;
    if (!load_facts(tx, &list, a, &facts, err) || !breakers_load(tx, list.count, ctx->now, a, &breakers, err))
        return false;
    w = writes_new(list.count, facts.prediction_count, a);
    for (size_t i = 0; i < list.count; i++)
        if (!predict_player(&facts, &list.items[i], ctx, &breakers, &w, a, err))
            return false;
    if (!write_all(tx, &w, ctx->now, a, err) || !breakers_save(tx, &breakers, err))
        return false;
    tell_coordinator(&list, a, fx);
    return true;
}

static void
tell_of_failure(const PredictRequest *r, const Event *e, int64_t letter, Arena *a, EventEffects *fx)
{
    char day[DATE_TEXT_LEN];
    const PredictProgress p = {
        .event_id = arena_printf(a, "progress:%s:r%d:%s:letter%lld:%lld", r->batch_id, (int)r->request_version,
                                 r->player_lookup, (long long)letter, (long long)e->offset),
        .game_date = r->game_date,
        .batch_id = r->batch_id,
        .closed = 1,
    };

    event_effects_emit(fx, TOPIC_PREDICT_PROGRESS, r->game_date, arena_strdup(a, date_format(r->game_date, day)),
                       p.event_id, predict_progress_message(&p, a));
}

/* A request that cannot be answered has ended too: failed, with the letter's reason. One whose bytes
 * cannot be read names nobody. */
static bool
on_letter(DbTx *tx, const WorkerContext *ctx, const Event *e, int64_t letter, const Err *cause, Arena *a,
          EventEffects *fx, Err *err)
{
    PredictRequest r;
    Err unreadable;
    RequestKeys open;
    Bytes body;

    if (!codec_check_frame(e->payload, &predict_request_schema, &body, &unreadable)
        || !predict_request_decode(body, a, &r, &unreadable))
        return true;
    if (!requests_lock_open(tx, &(RequestKeys){&r.game_date, &r.batch_id, &r.player_lookup, 1}, a, &open, err))
        return false;
    if (open.count == 0)
        return true;
    {
        const RequestRow row = {.game_date = r.game_date,
                                .absent.items = nobody,
                                .player_lookup = r.player_lookup,
                                .status = "failed",
                                .reason = arena_printf(a, "letter %lld: %s", (long long)letter, cause->msg)};

        tell_of_failure(&r, e, letter, a, fx);
        return requests_close(tx, &row, 1, ctx->now, a, err);
    }
}

static const TopicId consumed[] = {TOPIC_PREDICT_REQUEST};
static const TableDesc *const tables[] = {&prediction_table, &upcoming_player_table, &feature_row_table,
                                          &player_similarity_table, NULL};

/* A model that cannot be used is found before anything is asked for. */
static bool
on_start(DbTx *tx, const WorkerContext *ctx, Arena *a, Err *err)
{
    const ModelRegistry *models;

    (void)ctx;
    (void)a;
    return predictor_models(tx, &models, err);
}

const WorkerSpec predictor_worker = {
    .name = "predictor",
    .summary = "answer prediction requests, every system for every player",
    .consumes = consumed,
    .consume_count = ARRAY_LEN(consumed),
    .handle = handle,
    .on_letter = on_letter,
    .handle_tables = tables,
    .on_start = on_start,
};
