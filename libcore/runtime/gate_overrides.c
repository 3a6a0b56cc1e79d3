/*
 * libcore/runtime/gate_overrides.c
 *    The query.
 */
#include "libcore/runtime/gate_overrides.h"

bool
gate_overrides_load(DbTx *tx, Instant now, Arena *a, GateOverride **out, size_t *count, Err *err)
{
    static const char sql[]
        = "select distinct on (game_date, processor) game_date, processor, granted_by, reason, expires_at"
          " from ops.gate_override where revoked_at is null and expires_at > $1 order by game_date, processor, id desc";
    const DbParam params[] = {db_ts(now)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *out = arena_array(a, db_row_count(rows) + 1, sizeof **out);
    *count = 0;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        GateOverride o = {.date = db_get_date(rows, r, 0),
                          .by = arena_strdup(a, db_get_text(rows, r, 2)),
                          .reason = arena_strdup(a, db_get_text(rows, r, 3)),
                          .expires = db_get_ts(rows, r, 4)};

        if (processor_by_name(db_get_text(rows, r, 1), &o.processor))
            (*out)[(*count)++] = o;
    }
    return true;
}

const GateOverride *
gate_override_find(const GateOverride *list, size_t count, ProcessorId processor, GameDate date)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].processor == processor && date_equal(list[i].date, date))
            return &list[i];
    return NULL;
}
