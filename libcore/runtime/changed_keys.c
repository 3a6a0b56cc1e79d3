/*
 * libcore/runtime/changed_keys.c
 *    Reads ops.cell_change.
 */
#include "libcore/runtime/changed_keys.h"
#include <string.h>
#include "libcore/io/db_array.h"

static bool
read_changes(DbTx *tx, const InputChange *changes, size_t count, Arena *a, DbRows **rows, Err *err)
{
    static const char sql[]
        = "select c.processor, c.players, c.teams from unnest($1::text[], $2::date[], $3::integer[], $4::integer[])"
          " u(p, d, r, v) join ops.cell_change c on c.processor = u.p and c.game_date = u.d and c.version > u.r"
          " and c.version <= u.v";
    const char **processors = arena_array(a, count + 1, sizeof *processors);
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    int32_t *read = arena_array(a, count + 1, sizeof *read), *current = arena_array(a, count + 1, sizeof *current);

    for (size_t i = 0; i < count; i++) {
        processors[i] = processor_table[changes[i].processor].name;
        dates[i] = changes[i].date;
        read[i] = changes[i].read;
        current[i] = changes[i].current;
    }
    {
        const DbParam params[] = {db_texts(processors, count), db_dates(dates, count), db_i32s(read, count),
                                  db_i32s(current, count)};

        return db_exec(tx, sql, params, ARRAY_LEN(params), rows, err);
    }
}

/* False when a row is of every key. */
static bool
merge(const DbRows *rows, Arena *a, ChangedKeys *out)
{
    for (size_t r = 0; r < db_row_count(rows); r++) {
        ProcessorId processor;
        KeySet *set;

        if (db_is_null(rows, r, 1) || db_is_null(rows, r, 2) || !processor_by_name(db_get_text(rows, r, 0), &processor))
            return false;
        set = &out->of[processor];
        set->players = key_set_union(set->players, db_get_texts(rows, r, 1, a), a);
        set->teams = key_set_union(set->teams, db_get_texts(rows, r, 2, a), a);
    }
    return true;
}

bool
changed_keys_load(DbTx *tx, const InputChange *changes, size_t count, Arena *a, const ChangedKeys **out, Err *err)
{
    ChangedKeys *keys = arena_alloc(a, sizeof *keys);
    size_t versions = 0;
    DbRows *rows;

    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        versions += (size_t)(changes[i].current - changes[i].read);
        keys->of[changes[i].processor].is_changed = true;
    }
    if (count > 0) {
        if (!read_changes(tx, changes, count, a, &rows, err))
            return false;
        if (db_row_count(rows) != versions || !merge(rows, a, keys))
            return true;
    }
    *out = keys;
    return true;
}

KeySet
changed_of(const CellInput *in, ProcessorId upstream)
{
    return in->changed->of[upstream];
}
