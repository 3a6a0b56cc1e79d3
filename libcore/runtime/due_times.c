/*
 * libcore/runtime/due_times.c
 *    SQL of ops.cell_due.
 */
#include "libcore/runtime/due_times.h"

static const int64_t LEASE_US = 60000000;

bool
due_set(DbTx *tx, CellKey key, Instant at, Err *err)
{
    static const char sql[] = "insert into ops.cell_due (game_date, processor, due_at) values ($1, $2, $3)"
                              " on conflict (game_date, processor) do update set due_at = excluded.due_at,"
                              " leased_by = null, leased_until = null";
    const DbParam params[] = {db_date(key.date), db_text(processor_table[key.processor].name), db_ts(at)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
due_clear(DbTx *tx, CellKey key, Err *err)
{
    const DbParam params[] = {db_date(key.date), db_text(processor_table[key.processor].name)};

    return db_exec(tx, "delete from ops.cell_due where game_date = $1 and processor = $2", params, 2, NULL, err);
}

static DbParam
names_of(const ProcessorId *processors, size_t count, Arena *a)
{
    const char **names = arena_array(a, count + 1, sizeof *names);

    for (size_t i = 0; i < count; i++)
        names[i] = processor_table[processors[i]].name;
    return db_texts(names, count);
}

bool
due_take(DbTx *tx, const ProcessorId *processors, size_t processor_count, Instant now, const char *owner, Arena *a,
         CellKey **out, size_t *count, Err *err)
{
    static const char sql[]
        = "with due as (select game_date, processor from ops.cell_due where processor = any ($1) and due_at <= $2"
          " and (leased_until is null or leased_until <= $2) order by game_date, processor for update skip locked),"
          " taken as (update ops.cell_due c set leased_by = $3, leased_until = $4 from due d"
          " where c.game_date = d.game_date and c.processor = d.processor returning c.game_date, c.processor)"
          " select game_date, processor from taken order by 1, 2";
    const DbParam params[] = {names_of(processors, processor_count, a), db_ts(now), db_text(owner),
                              db_ts((Instant){now.us + LEASE_US})};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *out = arena_array(a, db_row_count(rows) + 1, sizeof **out);
    *count = 0;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        ProcessorId id;

        if (processor_by_name(db_get_text(rows, r, 1), &id))
            (*out)[(*count)++] = (CellKey){db_get_date(rows, r, 0), id};
    }
    return true;
}

bool
due_next(DbTx *tx, const ProcessorId *processors, size_t processor_count, Arena *a, Instant *out, Err *err)
{
    static const char sql[] = "select min(greatest(due_at, leased_until)) from ops.cell_due where processor = any ($1)";
    const DbParam params[] = {names_of(processors, processor_count, a)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *out = db_get_ts(rows, 0, 0);
    return true;
}
