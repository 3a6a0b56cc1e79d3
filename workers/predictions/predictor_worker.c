/*
 * workers/predictions/predictor_worker.c
 *    Requests of many players in one transaction: predict, supersede, close, tell the coordinator.
 */
#include <stdlib.h>
#include <string.h>
#include "libcore/io/codec.h"
#include "libcore/io/db_table.h"
#include "workers/predictions/champion.h"
#include "workers/predictions/prediction_workers.h"
#include "workers/predictions/predictor_core.h"
#include "workers/predictions/request_store.h"

/* The requests of one (date, batch). */
typedef struct {
    GameDate date;
    const char *batch_id;
    const char *run_mode;
    int32_t version; /* of the requests: a batch that was asked for again has a later one */
    const char **players;
    size_t count;
} Group;

/* What is known of the date. Rows are sorted by player. */
typedef struct {
    UpcomingPlayer *players;
    size_t player_count;
    FeatureRow *features;
    size_t feature_count;
    Prediction *all; /* every version */
    size_t all_count;
    Prediction *active;
    size_t active_count;
    const char *champion;
} DateFacts;

/* What the group's transaction writes. */
typedef struct {
    Prediction *rows;
    size_t row_count;
    const char **retired, **successors; /* prediction ids */
    size_t retired_count;
    const char **frozen; /* players whose live prediction stays though its inputs changed */
    size_t frozen_count;
    RequestRow *closed;
    size_t closed_count;
} Writes;

/* ---- grouping ---- */

static Group *
group_of(Group *groups, size_t *count, const PredictRequest *r, size_t cap, Arena *a)
{
    for (size_t i = 0; i < *count; i++)
        if (date_equal(groups[i].date, r->game_date) && strcmp(groups[i].batch_id, r->batch_id) == 0
            && groups[i].version == r->request_version)
            return &groups[i];
    groups[*count] = (Group){
        r->game_date, r->batch_id, r->run_mode, r->request_version, arena_array(a, cap + 1, sizeof(char *)), 0};
    return &groups[(*count)++];
}

static int
compare_groups(const void *pa, const void *pb)
{
    const Group *a = pa, *b = pb;

    if (a->date.days != b->date.days)
        return a->date.days < b->date.days ? -1 : 1;
    if (strcmp(a->batch_id, b->batch_id) != 0)
        return strcmp(a->batch_id, b->batch_id);
    return (a->version > b->version) - (a->version < b->version);
}

static bool
group_events(const Event *events, size_t count, Arena *a, Group **out, size_t *group_count, Err *err)
{
    Group *groups = arena_array(a, count + 1, sizeof *groups);

    *group_count = 0;
    for (size_t i = 0; i < count; i++) {
        PredictRequest r;
        Bytes body;
        Group *g;

        if (!codec_check_frame(events[i].payload, &predict_request_schema, &body, err)
            || !predict_request_decode(body, a, &r, err))
            return false;
        g = group_of(groups, group_count, &r, count, a);
        g->players[g->count++] = r.player_lookup;
    }
    qsort(groups, *group_count, sizeof *groups, compare_groups);
    *out = groups;
    return true;
}

/* ---- facts ---- */

static bool
load_facts(DbTx *tx, GameDate date, Arena *a, DateFacts *f, Err *err)
{
    void *players, *features, *predictions;
    size_t n, active = 0;

    if (!table_read_date(tx, &upcoming_player_table, date, a, &players, &f->player_count, err)
        || !table_read_date(tx, &feature_row_table, date, a, &features, &f->feature_count, err)
        || !table_read_date(tx, &prediction_table, date, a, &predictions, &n, err)
        || !champion_load(tx, a, &f->champion, err))
        return false;
    f->players = players;
    f->features = features;
    f->all = predictions;
    f->all_count = n;
    f->active = arena_array(a, n + 1, sizeof *f->active);
    for (size_t i = 0; i < n; i++)
        if (f->all[i].is_active == BOOL_TRUE)
            f->active[active++] = f->all[i];
    f->active_count = active;
    return true;
}

static const UpcomingPlayer *
find_player(const DateFacts *f, const char *lookup)
{
    for (size_t i = 0; i < f->player_count; i++)
        if (strcmp(f->players[i].player_lookup, lookup) == 0)
            return &f->players[i];
    return NULL;
}

static const FeatureRow *
find_features(const DateFacts *f, const char *lookup)
{
    for (size_t i = 0; i < f->feature_count; i++)
        if (strcmp(f->features[i].player_lookup, lookup) == 0)
            return &f->features[i];
    return NULL;
}

/* ---- one player ---- */

/* Version 0 and no identity: what was predicted, whichever time it was. */
static void
outcome_row_hash(const Prediction *p, uint8_t out[SHA256_LEN])
{
    Prediction bare = *p;

    bare.version = 0;
    table_row_hash(&prediction_table, &bare, out);
}

static const char *
outcome_hash(const Prediction *rows, size_t count, Arena *a)
{
    char hex[SHA256_HEX_LEN];
    uint8_t digest[SHA256_LEN];
    Buf b = {0};

    for (size_t i = 0; i < count; i++) {
        outcome_row_hash(&rows[i], digest);
        buf_put(&b, digest, sizeof digest);
    }
    sha256(bytes_of(b.data, b.len), digest);
    buf_free(&b);
    return arena_strdup(a, hex_encode(bytes_of(digest, sizeof digest), hex));
}

static size_t
active_of(const DateFacts *f, const char *lookup, Arena *a, Prediction **out)
{
    size_t n = 0;

    *out = arena_array(a, f->active_count + 1, sizeof **out);
    for (size_t i = 0; i < f->active_count; i++)
        if (strcmp(f->active[i].player_lookup, lookup) == 0)
            (*out)[n++] = f->active[i];
    return n;
}

/* After every version that the player has had on this date, the retired ones too. */
static int32_t
next_version(const DateFacts *f, const char *lookup)
{
    int32_t version = 0;

    for (size_t i = 0; i < f->all_count; i++)
        if (strcmp(f->all[i].player_lookup, lookup) == 0 && f->all[i].version > version)
            version = f->all[i].version;
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
supersede(const Prediction *old, size_t old_count, const Prediction *rows, size_t count, Writes *w)
{
    for (size_t i = 0; i < old_count; i++) {
        w->retired[w->retired_count] = old[i].prediction_id;
        w->successors[w->retired_count] = NULL;
        for (size_t j = 0; j < count; j++)
            if (strcmp(rows[j].system_id, old[i].system_id) == 0)
                w->successors[w->retired_count] = rows[j].prediction_id;
        w->retired_count++;
    }
    memcpy(w->rows + w->row_count, rows, count * sizeof *rows);
    w->row_count += count;
}

static void
close_request(Writes *w, const char *lookup, const char *status, const char *reason, const char *hash, size_t systems)
{
    w->closed[w->closed_count++] = (RequestRow){
        .player_lookup = lookup, .status = status, .reason = reason, .outcome_hash = hash, .systems = (int32_t)systems};
}

static bool
predict_player(const DateFacts *f, const Group *g, const WorkerContext *ctx, const char *lookup, Writes *w, Arena *a,
               Err *err)
{
    const UpcomingPlayer *player = find_player(f, lookup);
    const FeatureRow *features = find_features(f, lookup);
    PredictorRun run = {.champion = f->champion, .batch_id = g->batch_id};
    PredictorResult result;
    Prediction *old;
    size_t old_count = active_of(f, lookup, a, &old);

    if (player == NULL || features == NULL) {
        close_request(w, lookup, "skipped", player == NULL ? "player_not_found" : "no_features_available", NULL, 0);
        return true;
    }
    if (strcmp(player->game_id, features->game_id) != 0) {
        /* One of them has been recomputed and the other is about to be: a newer batch follows. */
        close_request(w, lookup, "skipped", "inputs_moved", NULL, 0);
        return true;
    }
    run.is_live = !date_before(g->date, ctx->today) && ctx->now.us < player->tip_off.us;
    if (old_count > 0 && old[0].is_live == BOOL_TRUE && ctx->now.us >= player->tip_off.us) {
        w->frozen[w->frozen_count++] = lookup;
        close_request(w, lookup, "predicted", NULL, outcome_hash(old, old_count, a), old_count);
        return true;
    }
    if (!run_mode_parse(g->run_mode, &run.mode))
        return ERR_FAIL(err, ERR_POISON, "a request with run mode %s", g->run_mode);
    run.version = next_version(f, lookup);
    if (!predictor_rows(player, features, &run, a, &result, err))
        return false;
    if (!same_outcome(old, old_count, result.rows, result.count))
        supersede(old, old_count, result.rows, result.count, w);
    close_request(w, lookup, result.skip_reason ? "skipped" : "predicted", result.skip_reason,
                  outcome_hash(result.rows, result.count, a), result.count);
    return true;
}

/* ---- one group ---- */

static Writes
writes_new(size_t players, size_t active, Arena *a)
{
    enum { MAX_SYSTEMS = 8 };

    return (Writes){
        .rows = arena_array(a, players * MAX_SYSTEMS + 1, sizeof(Prediction)),
        .retired = arena_array(a, active + 1, sizeof(char *)),
        .successors = arena_array(a, active + 1, sizeof(char *)),
        .frozen = arena_array(a, players + 1, sizeof(char *)),
        .closed = arena_array(a, players + 1, sizeof(RequestRow)),
    };
}

/* The old rows retire before the new ones come, in one transaction: one active row a (game, player,
 * system) at every moment that anyone can see. */
static bool
write_group(DbTx *tx, const Group *g, const Writes *w, Arena *a, Err *err)
{
    static const char retire[]
        = "update predictions.prediction p set is_active = false, superseded_by = u.s"
          " from unnest($2::text[], $3::text[]) u(o, s) where p.game_date = $1 and p.prediction_id = u.o";
    static const char freeze[] = "update predictions.prediction set inputs_changed = true where game_date = $1"
                                 " and is_active and player_lookup = any ($2)";
    const DbParam retired[] = {db_date(g->date), db_texts(w->retired, w->retired_count),
                               db_texts(w->successors, w->retired_count)};
    const DbParam frozen[] = {db_date(g->date), db_texts(w->frozen, w->frozen_count)};

    return (w->retired_count == 0 || db_exec(tx, retire, retired, ARRAY_LEN(retired), NULL, err))
           && (w->frozen_count == 0 || db_exec(tx, freeze, frozen, ARRAY_LEN(frozen), NULL, err))
           && table_insert(tx, &prediction_table, w->rows, w->row_count, err)
           && requests_close(tx, g->date, w->closed, w->closed_count, a, err);
}

static void
tell_coordinator(const Group *g, const Writes *w, Arena *a, EventEffects *fx)
{
    char day[DATE_TEXT_LEN];
    const PredictProgress p = {
        .event_id = arena_printf(a, "progress:%s:r%d:%s", g->batch_id, (int)g->version, w->closed[0].player_lookup),
        .game_date = g->date,
        .batch_id = g->batch_id,
        .closed = (int32_t)w->closed_count,
    };

    event_effects_emit(fx, TOPIC_PREDICT_PROGRESS, g->date, arena_strdup(a, date_format(g->date, day)), p.event_id,
                       predict_progress_message(&p, a));
}

static bool
predict_group(DbTx *tx, const WorkerContext *ctx, const Group *g, Arena *a, EventEffects *fx, Err *err)
{
    const char **open;
    DateFacts facts;
    size_t count;
    Writes w;

    if (!requests_lock_open(tx, g->date, g->batch_id, g->players, g->count, a, &open, &count, err))
        return false;
    if (count == 0)
        return true; /* an older batch: the date has been asked for anew */
    if (!load_facts(tx, g->date, a, &facts, err))
        return false;
    w = writes_new(count, facts.active_count, a);
    for (size_t i = 0; i < count; i++)
        if (!predict_player(&facts, g, ctx, open[i], &w, a, err))
            return false;
    if (!write_group(tx, g, &w, a, err))
        return false;
    tell_coordinator(g, &w, a, fx);
    return true;
}

static bool
handle(DbTx *tx, const WorkerContext *ctx, const Event *events, size_t count, Arena *a, EventEffects *fx, Err *err)
{
    Group *groups;
    size_t n;

    if (!group_events(events, count, a, &groups, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!predict_group(tx, ctx, &groups[i], a, fx, err))
            return false;
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
on_letter(DbTx *tx, const Event *e, int64_t letter, const Err *cause, Arena *a, EventEffects *fx, Err *err)
{
    PredictRequest r;
    const char **open;
    Err unreadable;
    size_t count;
    Bytes body;

    if (!codec_check_frame(e->payload, &predict_request_schema, &body, &unreadable)
        || !predict_request_decode(body, a, &r, &unreadable))
        return true;
    if (!requests_lock_open(tx, r.game_date, r.batch_id, &r.player_lookup, 1, a, &open, &count, err))
        return false;
    if (count == 0)
        return true;
    {
        const RequestRow row = {.player_lookup = r.player_lookup,
                                .status = "failed",
                                .reason = arena_printf(a, "letter %lld: %s", (long long)letter, cause->msg)};

        tell_of_failure(&r, e, letter, a, fx);
        return requests_close(tx, r.game_date, &row, 1, a, err);
    }
}

static const TopicId consumed[] = {TOPIC_PREDICT_REQUEST};
static const TableDesc *const tables[] = {&prediction_table, &upcoming_player_table, &feature_row_table, NULL};

const WorkerSpec predictor_worker = {
    .name = "predictor",
    .summary = "answer prediction requests, every system for every player",
    .consumes = consumed,
    .consume_count = ARRAY_LEN(consumed),
    .handle = handle,
    .on_letter = on_letter,
    .handle_tables = tables,
};
