/*
 * workers/predictions/batch_store.c
 *    SQL of predictions.batch_run, batch_event and batch_order.
 */
#include "workers/predictions/batch_store.h"

#include <string.h>

/* In what this build and its migrations write there is no other word. */
static bool
read_words(const DbRows *rows, Batch *out, Err *err)
{
    if (!batch_state_parse(db_get_text(rows, 0, 7), &out->state))
        return ERR_FAIL(err, ERR_FATAL, "a batch in state %s", db_get_text(rows, 0, 7));
    if (!run_mode_parse(db_get_text(rows, 0, 3), &out->run_mode)
        || !run_mode_parse(db_get_text(rows, 0, 4), &out->gate_mode))
        return ERR_FAIL(err, ERR_FATAL, "a batch of mode %s, gate %s", db_get_text(rows, 0, 3),
                        db_get_text(rows, 0, 4));
    return true;
}

bool
batch_load(DbTx *tx, GameDate date, Arena *a, Batch *out, Err *err)
{
    static const char sql[]
        = "select b.batch_id, b.seq, b.input_hash, b.run_mode, b.gate_mode, b.reason, b.asked_by, b.state, b.expected,"
          " b.asked, b.eligible, b.good_quality, b.without_features, b.lined_skipped, b.line_expected, b.line_missing,"
          " b.started_at, b.redriven_at, greatest(b.started_at, b.redriven_at, (select max(r.closed_at) from"
          " predictions.request r where r.game_date = b.game_date and r.batch_id = b.batch_id)),"
          " (select count(*) from predictions.request r where r.game_date = b.game_date and r.status = 'requested'),"
          " b.is_current from predictions.batch_run b where b.game_date = $1 order by b.seq desc limit 1";
    const DbParam params[] = {db_date(date)};
    DbRows *rows;

    *out = (Batch){.date = date};
    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return true;
    *out = (Batch){
        .date = date,
        .id = db_get_bool(rows, 0, 20) ? arena_strdup(a, db_get_text(rows, 0, 0)) : NULL,
        .seq = db_get_i32(rows, 0, 1),
        .input_hash = db_get_bytes(rows, 0, 2), /* lives as long as the transaction */
        .reason = arena_strdup(a, db_get_text(rows, 0, 5)),
        .asked_by = arena_strdup(a, db_get_text(rows, 0, 6)),
        .expected = db_get_i32(rows, 0, 8),
        .asked = db_get_i32(rows, 0, 9),
        .figures = {.players = db_get_i32(rows, 0, 8),
                    .eligible = db_get_i32(rows, 0, 10),
                    .good_quality = db_get_i32(rows, 0, 11),
                    .without_features = db_get_i32(rows, 0, 12),
                    .lined_skipped = db_get_i32(rows, 0, 13),
                    .line_expected = db_get_i32(rows, 0, 14),
                    .line_missing = db_get_i32(rows, 0, 15)},
        .started = db_get_ts(rows, 0, 16),
        .redriven = db_get_ts(rows, 0, 17),
        .progress = db_get_ts(rows, 0, 18),
        .open = (size_t)db_get_i64(rows, 0, 19),
    };
    return read_words(rows, out, err);
}

/* ---- what becomes of it ---- */

static bool
retire_newest(DbTx *tx, GameDate date, Instant now, Err *err)
{
    static const char sql[] = "update predictions.batch_run set is_current = false,"
                              " state = case when closed_at is null then 'replaced' else state end,"
                              " closed_at = coalesce(closed_at, $2) where game_date = $1 and is_current";
    const DbParam params[] = {db_date(date), db_ts(now)};

    return db_exec(tx, sql, params, 2, NULL, err);
}

bool
batch_begin(DbTx *tx, const Batch *b, Err *err)
{
    static const char sql[]
        = "insert into predictions.batch_run (batch_id, game_date, seq, input_hash, run_mode, gate_mode, reason,"
          " asked_by, state, is_current, expected, asked, eligible, good_quality, without_features, lined_skipped,"
          " line_expected, line_missing, started_at, closed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10,"
          " $11, $12, $13, $14, $15, $16, $17, $18, case when $19 then null else $18::timestamptz end)";
    const DbParam params[] = {db_text(b->id),
                              db_date(b->date),
                              db_i32(b->seq),
                              db_bytes(b->input_hash),
                              db_text(run_mode_name(b->run_mode)),
                              db_text(run_mode_name(b->gate_mode)),
                              db_text(b->reason),
                              db_text(b->asked_by),
                              db_text(batch_state_name(b->state)),
                              db_i32(b->expected),
                              db_i32(b->asked),
                              db_i32(b->figures.eligible),
                              db_i32(b->figures.good_quality),
                              db_i32(b->figures.without_features),
                              db_i32(b->figures.lined_skipped),
                              db_i32(b->figures.line_expected),
                              db_i32(b->figures.line_missing),
                              db_ts(b->started),
                              db_bool(batch_state_is_open(b->state))};

    return retire_newest(tx, b->date, b->started, err) && db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
batch_apply(DbTx *tx, const Batch *b, const BatchMove *move, Instant now, Err *err)
{
    static const char sql[] = "update predictions.batch_run set state = $2, redriven_at = case when $4 then "
                              "$3::timestamptz else redriven_at"
                              " end, closed_at = case when $5 then null else $3::timestamptz end where batch_id = $1";
    const DbParam params[] = {db_text(b->id), db_text(batch_state_name(move->to)), db_ts(now),
                              db_bool(move->action == BATCH_DO_ASK_AGAIN), db_bool(batch_state_is_open(move->to))};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
batch_adopt(DbTx *tx, const Batch *b, Bytes input_hash, Err *err)
{
    const DbParam params[] = {db_text(b->id), db_bytes(input_hash)};

    return db_exec(tx, "update predictions.batch_run set input_hash = $2 where batch_id = $1", params, 2, NULL, err);
}

bool
batch_void(DbTx *tx, const Batch *b, Instant now, Err *err)
{
    return retire_newest(tx, b->date, now, err);
}

bool
batch_note(DbTx *tx, const BatchNote *n, Instant now, Err *err)
{
    static const char sql[] = "insert into predictions.batch_event (at, game_date, batch_id, event, state, players, by,"
                              " reason) values ($1, $2, $3, $4, $5, $6, coalesce($7, 'coordinator'), $8)";
    const DbParam params[] = {db_ts(now),
                              db_date(n->date),
                              db_text(n->batch_id),
                              db_text(n->event),
                              db_text(batch_state_name(n->state)),
                              db_i32((int32_t)n->players),
                              db_text(n->by),
                              db_text(n->reason)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

/* ---- orders ---- */

static OrderAction
action_of(const char *name)
{
    return strcmp(name, "predict") == 0 ? ORDER_PREDICT : strcmp(name, "sweep") == 0 ? ORDER_SWEEP : ORDER_RESET;
}

bool
batch_order_next(DbTx *tx, GameDate date, Arena *a, BatchOrder *out, Err *err)
{
    static const char sql[] = "select id, action, run_mode, reason, ordered_by from predictions.batch_order"
                              " where game_date = $1 and taken_at is null order by id limit 2";
    const DbParam params[] = {db_date(date)};
    DbRows *rows;

    *out = (BatchOrder){.action = ORDER_NONE};
    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return true;
    *out = (BatchOrder){
        .id = db_get_i64(rows, 0, 0),
        .action = action_of(db_get_text(rows, 0, 1)),
        .reason = arena_strdup(a, db_get_text(rows, 0, 3)),
        .by = arena_strdup(a, db_get_text(rows, 0, 4)),
        .has_next = db_row_count(rows) > 1,
    };
    return out->action != ORDER_PREDICT || run_mode_parse(db_get_text(rows, 0, 2), &out->mode)
           || ERR_FAIL(err, ERR_FATAL, "an order of run mode %s", db_get_text(rows, 0, 2));
}

bool
batch_order_take(DbTx *tx, const BatchOrder *o, Instant now, Err *err)
{
    const DbParam params[] = {db_i64(o->id), db_ts(now)};

    return db_exec(tx, "update predictions.batch_order set taken_at = $2 where id = $1", params, 2, NULL, err);
}
