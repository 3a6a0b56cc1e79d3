/*
 * workers/collect/collect_store.c
 *    Statements; when to run them is in collect_run.c.
 */
#include "workers/collect/collect_store.h"
#include "libcore/runtime/listener.h"
#include "workers/collect/feed_rejections.h"

static bool
replace_rejected(DbTx *tx, GameDate date, const char *processor, const char *const *places, const char *const *reasons,
                 const Bytes *rows, size_t count, Err *err)
{
    static const char insert[] = "insert into ops.rejected_row (game_date, processor, entity, reason, row_bytes)"
                                 " select $1, $2, e, r, b from unnest($3::text[], $4::text[], $5::bytea[])"
                                 " with ordinality u(e, r, b, n) order by n";
    const DbParam params[] = {db_date(date), db_text(processor), db_texts(places, count), db_texts(reasons, count),
                              db_bytess(rows, count)};

    return db_exec(tx, "delete from ops.rejected_row where game_date = $1 and processor = $2", params, 2, NULL, err)
           && (count == 0 || db_exec(tx, insert, params, ARRAY_LEN(params), NULL, err));
}

bool
collect_store_rejected(DbTx *tx, GameDate date, const char *processor, const FeedRejection *items, const Bytes *rows,
                       size_t count, Arena *a, Err *err)
{
    const char **places = arena_array(a, count + 1, sizeof *places),
               **reasons = arena_array(a, count + 1, sizeof *reasons);
    const Bytes *kept = rows == NULL ? arena_array(a, count + 1, sizeof *kept) : rows;

    for (size_t i = 0; i < count; i++) {
        places[i] = feed_rejection_place(&items[i], a);
        reasons[i] = feed_rejection_reason(&items[i], a);
    }
    return replace_rejected(tx, date, processor, places, reasons, kept, count, err);
}

bool
collect_store_refused(DbTx *tx, GameDate date, const char *processor, const char *file, const char *reason, Arena *a,
                      Err *err)
{
    const Bytes *none = arena_array(a, 1, sizeof *none);

    return replace_rejected(tx, date, processor, &file, &reason, none, 1, err);
}

bool
collect_forget_schedule_rejected(DbTx *tx, int32_t season_year, Err *err)
{
    static const char sql[] = "delete from ops.rejected_row where processor = '" SCHEDULE_PROCESSOR "'"
                              " and game_date >= make_date($1, 7, 1) and game_date < make_date($1 + 1, 7, 1)";
    const DbParam params[] = {db_i32(season_year)};

    return db_exec(tx, sql, params, 1, NULL, err);
}

bool
collect_unconsumed(DbTx *tx, const char *incarnation, int64_t *bytes, Err *err)
{
    /* A lookup and no join: of tables that have just begun to grow the planner expects one row, and loops. */
    static const char sql[]
        = "with read as materialized (select jsonb_object_agg(topic || ' ' || partition, next_offset) as next"
          " from ops.consumer_offset where consumer_group = 'tipoff.raw' and incarnation = $1 and topic like 'feed.%')"
          " select coalesce(max(b), 0)::bigint from (select sum(length(o.payload)) b from ops.outbox o, read r"
          " where o.topic like 'feed.%' and o.incarnation = $1"
          " and o.\"offset\" >= coalesce((r.next ->> (o.topic || ' ' || o.partition))::bigint, 0)"
          " group by o.topic, o.partition) x";
    const DbParam params[] = {db_text(incarnation)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *bytes = db_get_i64(rows, 0, 0);
    return true;
}

bool
collect_forget_places(DbTx *tx, const char *run_id, Err *err)
{
    static const char sql[] = "update ops.outbox set incarnation = null, partition = null, \"offset\" = null"
                              " where worker = 'collect' and correlation_id = $1 and incarnation is not null";
    const DbParam params[] = {db_text(run_id)};

    return db_exec(tx, sql, params, 1, NULL, err);
}

bool
collect_dates_before(DbTx *tx, GameDate from, GameDate to, Arena *a, GameDate **out, size_t *count, Err *err)
{
    static const char sql[] = "select distinct game_date from ops.cell where processor like 'collect\\_%'"
                              " and version > 0 and game_date between $1 and $2 order by game_date";
    const DbParam params[] = {db_date(from), db_date(to)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++)
        (*out)[r] = db_get_date(rows, r, 0);
    return true;
}

bool
collect_mark(DbTx *tx, const CellKey *cells, size_t count, bool comes, Err *err)
{
    static const char sql[]
        = "update ops.cell c set is_stale = $3, stale_reason = null from unnest($1::date[], $2::text[]) u(d, p)"
          " where c.game_date = u.d and c.processor = u.p and c.is_stale <> $3";
    Arena *a = arena_new(0);
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    const char **names = arena_array(a, count + 1, sizeof *names);
    LockedCell *locked;
    size_t locked_count;
    bool ok;

    for (size_t i = 0; i < count; i++) {
        dates[i] = cells[i].date;
        names[i] = processor_table[cells[i].processor].name;
    }
    {
        const DbParam params[] = {db_dates(dates, count), db_texts(names, count), db_bool(comes)};

        ok = cells_lock(tx, cells, count, a, &locked, &locked_count, err) /* in the global order */
             && db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err)
             && (comes || db_exec(tx, "select pg_notify('" CONFIRMED_CHANNEL "', '')", NULL, 0, NULL, err));
    }
    arena_free(a);
    return ok;
}
