/*
 * libcore/runtime/cell_store.c
 *    The SQL of cells.
 */
#include "libcore/runtime/cell_store.h"
#include <string.h>

static bool
read_state(const DbRows *rows, size_t r, Arena *a, CellState *s, Err *err)
{
    enum { HASH = 7 };
    Bytes hash = db_get_bytes(rows, r, HASH);

    *s = (CellState){
        .date = db_get_date(rows, r, 0),
        .is_in_scope = db_get_bool(rows, r, 2),
        .is_unscheduled = db_get_bool(rows, r, 3),
        .reason = arena_strdup(a, db_get_text(rows, r, 5)),
        .version = db_get_i32(rows, r, 6),
        .expected = db_get_i32(rows, r, HASH + 1),
        .written = db_get_i32(rows, r, HASH + 2),
        .finished = db_get_ts(rows, r, HASH + 3),
    };
    if (hash.len == CONTENT_HASH_LEN)
        memcpy(s->content_hash, hash.data, CONTENT_HASH_LEN);
    if (!processor_by_name(db_get_text(rows, r, 1), &s->processor)
        || !cell_status_parse(db_get_text(rows, r, 4), &s->status))
        return ERR_FAIL(err, ERR_CONFIG, "ops.cell holds processor %s with status %s, which this build does not know",
                        db_get_text(rows, r, 1), db_get_text(rows, r, 4));
    return true;
}

#define STATE_COLUMNS                                                                                                  \
    "c.game_date, c.processor, c.in_scope, c.unscheduled, c.status, c.reason, c.version, c.content_hash, c.expected,"  \
    " c.written, c.finished_at"
enum { STATE_WIDTH = 11 }; /* columns */

/* Cells of the seasons or dates $1 and the processors $2. */
#define CELLS_OF(columns, which)                                                                                       \
    "select " columns " from ops.cell c where " which " = any ($1) and c.processor = any ($2)"                         \
    " and (c.in_scope or c.unscheduled)"

static bool
query_cells(DbTx *tx, const char *sql, DbParam which, const ProcessorId *processors, size_t processor_count, Arena *a,
            DbRows **rows, Err *err)
{
    const char **names = arena_array(a, processor_count + 1, sizeof *names);

    for (size_t i = 0; i < processor_count; i++)
        names[i] = processor_table[processors[i]].name;
    {
        const DbParam params[] = {which, db_texts(names, processor_count)};

        return db_exec(tx, sql, params, 2, rows, err);
    }
}

static bool
load_states(DbTx *tx, const char *sql, DbParam which, const ProcessorId *processors, size_t processor_count, Arena *a,
            CellState **out, size_t *count, Err *err)
{
    DbRows *rows;

    if (!query_cells(tx, sql, which, processors, processor_count, a, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++)
        if (!read_state(rows, r, a, &(*out)[r], err))
            return false;
    return true;
}

bool
cells_load(DbTx *tx, const int32_t *seasons, size_t season_count, const ProcessorId *processors, size_t processor_count,
           Arena *a, CellState **out, size_t *count, Err *err)
{
    return load_states(tx, CELLS_OF(STATE_COLUMNS, "c.season_year"), db_i32s(seasons, season_count), processors,
                       processor_count, a, out, count, err);
}

bool
cells_load_dates(DbTx *tx, const GameDate *dates, size_t date_count, const ProcessorId *processors,
                 size_t processor_count, Arena *a, CellState **out, size_t *count, Err *err)
{
    return load_states(tx, CELLS_OF(STATE_COLUMNS, "c.game_date"), db_dates(dates, date_count), processors,
                       processor_count, a, out, count, err);
}

#define READ_COLUMNS STATE_COLUMNS ", c.is_stale, c.inputs, c.stale_reason"

static bool
load_read(DbTx *tx, const char *sql, DbParam which, const ProcessorId *processors, size_t processor_count, Arena *a,
          ReadCell **out, size_t *count, Err *err)
{
    DbRows *rows;

    if (!query_cells(tx, sql, which, processors, processor_count, a, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++) {
        ReadCell *c = &(*out)[r];

        if (!read_state(rows, r, a, &c->state, err))
            return false;
        c->is_stale = db_get_bool(rows, r, STATE_WIDTH);
        c->inputs = db_get_bytes(rows, r, STATE_WIDTH + 1); /* lives as long as the transaction */
        c->stale_reason = arena_strdup(a, db_get_text(rows, r, STATE_WIDTH + 2));
    }
    return true;
}

bool
read_cells_load(DbTx *tx, const int32_t *seasons, size_t season_count, const ProcessorId *processors,
                size_t processor_count, Arena *a, ReadCell **out, size_t *count, Err *err)
{
    return load_read(tx, CELLS_OF(READ_COLUMNS, "c.season_year"), db_i32s(seasons, season_count), processors,
                     processor_count, a, out, count, err);
}

bool
read_cells_load_dates(DbTx *tx, const GameDate *dates, size_t date_count, const ProcessorId *processors,
                      size_t processor_count, Arena *a, ReadCell **out, size_t *count, Err *err)
{
    return load_read(tx, CELLS_OF(READ_COLUMNS, "c.game_date"), db_dates(dates, date_count), processors,
                     processor_count, a, out, count, err);
}

bool
cells_lock(DbTx *tx, const CellKey *keys, size_t count, Arena *a, LockedCell **out, size_t *locked, Err *err)
{
    static const char sql[]
        = "select " STATE_COLUMNS ", c.input_hash, c.is_stale, c.schedule_version, c.inputs,"
          " c.build, exists (select 1 from ops.alert a where a.game_date = c.game_date"
          " and a.processor = c.processor and a.resolved_at is null), exists (select 1 from"
          " ops.cell_measure m where m.game_date = c.game_date and m.processor = c.processor), exists (select 1 from"
          " ops.cell_due t where t.game_date = c.game_date and t.processor = c.processor)"
          " from ops.cell c join unnest($1::date[], $2::text[]) k(d, p) on c.game_date = k.d and c.processor = k.p"
          " order by c.game_date, c.processor for update of c";
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    const char **names = arena_array(a, count + 1, sizeof *names);
    DbRows *rows;

    for (size_t i = 0; i < count; i++) {
        dates[i] = keys[i].date;
        names[i] = processor_table[keys[i].processor].name;
    }
    {
        const DbParam params[] = {db_dates(dates, count), db_texts(names, count)};

        if (!db_exec(tx, sql, params, 2, &rows, err))
            return false;
    }
    *locked = db_row_count(rows);
    *out = arena_array(a, *locked + 1, sizeof **out);
    for (size_t r = 0; r < *locked; r++) {
        LockedCell *c = &(*out)[r];
        Bytes input = db_get_bytes(rows, r, STATE_WIDTH);

        if (!read_state(rows, r, a, &c->state, err))
            return false;
        c->has_input_hash = input.len == SHA256_LEN;
        if (c->has_input_hash)
            memcpy(c->input_hash, input.data, SHA256_LEN);
        c->is_stale = db_get_bool(rows, r, STATE_WIDTH + 1);
        c->schedule_version = db_get_i32(rows, r, STATE_WIDTH + 2);
        c->inputs = db_get_bytes(rows, r, STATE_WIDTH + 3); /* lives as long as the transaction */
        c->build = db_get_text(rows, r, STATE_WIDTH + 4);
        c->has_alerts = db_get_bool(rows, r, STATE_WIDTH + 5);
        c->has_measures = db_get_bool(rows, r, STATE_WIDTH + 6);
        c->has_due = db_get_bool(rows, r, STATE_WIDTH + 7);
    }
    return true;
}

bool
cell_park(DbTx *tx, CellKey key, const char *reason, Err *err)
{
    static const char sql[]
        = "update ops.cell set status = 'waiting', reason = $3, is_stale = false, stale_reason = null"
          " where game_date = $1 and processor = $2 and (status, reason, is_stale)"
          " is distinct from ('waiting', $3, false)";
    const DbParam params[] = {db_date(key.date), db_text(processor_table[key.processor].name), db_text(reason)};

    return db_exec(tx, sql, params, 3, NULL, err);
}

bool
cells_mark_stale(DbTx *tx, const StaleCell *cells, size_t count, Arena *a, Err *err)
{
    static const char sql[] = "update ops.cell c set is_stale = true, stale_reason = u.r"
                              " from unnest($1::date[], $2::text[], $3::text[]) u(d, p, r)"
                              " where c.game_date = u.d and c.processor = u.p and not c.is_stale";
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    const char **names = arena_array(a, count + 1, sizeof *names),
               **reasons = arena_array(a, count + 1, sizeof *reasons);

    for (size_t i = 0; i < count; i++) {
        dates[i] = cells[i].key.date;
        names[i] = processor_table[cells[i].key.processor].name;
        reasons[i] = cells[i].reason;
    }
    {
        const DbParam params[] = {db_dates(dates, count), db_texts(names, count), db_texts(reasons, count)};

        return count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

bool
cell_confirm_inputs(DbTx *tx, CellKey key, Bytes inputs, Err *err)
{
    const DbParam params[] = {db_date(key.date), db_text(processor_table[key.processor].name), db_bytes(inputs)};

    return db_exec(tx, "update ops.cell set inputs = $3 where game_date = $1 and processor = $2", params, 3, NULL, err);
}

bool
cell_complete(DbTx *tx, const CellEnd *e, Err *err)
{
    static const char sql[]
        = "update ops.cell set status = $3, reason = $4, version = $5, expected = $6, written = $7, rejected = $8,"
          " content_hash = $9, input_hash = $10, lane = $11, run_id = $12, build = $13, config_hash = $14,"
          " correlation_id = $15, started_at = $16, finished_at = $17, as_of = $18, schedule_version = $19,"
          " inputs = $20, is_stale = false, stale_reason = null where game_date = $1 and processor = $2";
    const DbParam params[] = {
        db_date(e->key.date),
        db_text(processor_table[e->key.processor].name),
        db_text(cell_status_name(e->status)),
        db_text(e->reason),
        db_i32(e->version),
        db_i32(e->expected),
        db_i32(e->written),
        db_i32(e->rejected),
        db_bytes(bytes_of(e->content_hash, sizeof e->content_hash)),
        db_bytes(bytes_of(e->input_hash, sizeof e->input_hash)),
        db_text(e->lane),
        db_text(e->run_id),
        db_text(e->build),
        db_text(e->config_hash),
        db_text(e->correlation_id),
        db_ts(e->started),
        db_ts(e->finished),
        db_ts(e->as_of),
        db_i32(e->schedule_version),
        db_bytes(e->inputs),
    };
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    return db_affected(rows) == 1
           || ERR_FAIL(err, ERR_FATAL, "%s has no cell to complete", processor_table[e->key.processor].name);
}

bool
cell_record_change(DbTx *tx, CellKey key, int32_t version, const CellChange *change, Err *err)
{
    static const char sql[] = "insert into ops.cell_change (game_date, processor, version, players, teams)"
                              " values ($1, $2, $3, case when $6 then null else $4 end,"
                              " case when $6 then null else $5 end)";
    const DbParam params[] = {db_date(key.date),
                              db_text(processor_table[key.processor].name),
                              db_i32(version),
                              db_texts(change->players.items, change->is_all ? 0 : (size_t)change->players.count),
                              db_texts(change->teams.items, change->is_all ? 0 : (size_t)change->teams.count),
                              db_bool(change->is_all)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
cell_ensure(DbTx *tx, CellKey key, bool in_scope, bool unscheduled, Err *err)
{
    static const char sql[] = "insert into ops.cell (game_date, processor, season_year, in_scope, unscheduled)"
                              " values ($1, $2, $3, $4, $5) on conflict (game_date, processor) do nothing";
    const DbParam params[] = {db_date(key.date), db_text(processor_table[key.processor].name),
                              db_i32(date_season_year(key.date)), db_bool(in_scope), db_bool(unscheduled)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}
