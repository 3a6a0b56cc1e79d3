/*
 * libcore/runtime/backfill_store.c
 *    The SQL of backfills.
 */
#include "libcore/runtime/backfill_store.h"
#include <stdlib.h>
#include <string.h>
#include "events_gen.h"
#include "libcore/io/table_row.h"

#include "libcore/runtime/grid.h"

/* ---- the grid ---- */

typedef struct {
    GridCell *items;
    size_t count, cap;
} GridList;

static GridCell *
add_cell(GridList *l, Arena *a, GridCell c)
{
    l->items = arena_room(a, l->items, l->count, &l->cap, sizeof *l->items);
    l->items[l->count] = c;
    return &l->items[l->count++];
}

static bool
seasons_of(DbTx *tx, const BackfillAsk *ask, Arena *a, int32_t **out, size_t *count, Err *err)
{
    static const char sql[] = "select season_year from ops.season where season_year between $1 and $2 order by 1";
    const DbParam params[] = {db_i32(date_season_year(ask->from)), db_i32(date_season_year(ask->to))};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++)
        (*out)[r] = db_get_i32(rows, r, 0);
    return true;
}

static GridCell *
find_cell(GridList *l, GameDate date, ProcessorId p)
{
    size_t low = 0, high = l->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const CellState *s = &l->items[mid].read.state;

        if (s->date.days < date.days || (date_equal(s->date, date) && s->processor < p))
            low = mid + 1;
        else
            high = mid;
    }
    return low < l->count && date_equal(l->items[low].read.state.date, date) && l->items[low].read.state.processor == p
               ? &l->items[low]
               : NULL;
}

static int
compare_keys(const void *pa, const void *pb)
{
    const CellState *a = &((const GridCell *)pa)->read.state, *b = &((const GridCell *)pb)->read.state;

    if (a->date.days != b->date.days)
        return a->date.days < b->date.days ? -1 : 1;
    return (a->processor > b->processor) - (a->processor < b->processor);
}

/* What the schedule has, and dates that it has not and cells speak of. */
static bool
add_lost(DbTx *tx, const int32_t *seasons, size_t season_count, const char *const *names, size_t name_count, Arena *a,
         GridList *l, Err *err)
{
    static const char sql[]
        = "select d.game_date, p from (select distinct g.game_date from raw.schedule_game g, ops.deployment s"
          " where g.season_year = any ($1) and g.game_date between s.scope_from and s.scope_to"
          " union select distinct game_date from ops.cell where season_year = any ($1) and unscheduled) d,"
          " unnest($2::text[]) p where not exists (select 1 from ops.cell c where c.game_date = d.game_date"
          " and c.processor = p)";
    const DbParam params[] = {db_i32s(seasons, season_count), db_texts(names, name_count)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        GridCell c = {.read.state.date = db_get_date(rows, r, 0), .deadline = INSTANT_NULL, .rows = NULL_I64};

        if (processor_by_name(db_get_text(rows, r, 1), &c.read.state.processor))
            (void)add_cell(l, a, c);
    }
    return true;
}

static bool
add_deadlines(DbTx *tx, const int32_t *seasons, size_t season_count, GridList *l, Err *err)
{
    static const char sql[] = "select game_date, processor, deadline from ops.cell where season_year = any ($1)"
                              " and status in ('expected', 'waiting')";
    const DbParam params[] = {db_i32s(seasons, season_count)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        ProcessorId p;
        GridCell *c = processor_by_name(db_get_text(rows, r, 1), &p) ? find_cell(l, db_get_date(rows, r, 0), p) : NULL;

        if (c != NULL)
            c->deadline = db_get_ts(rows, r, 2);
    }
    return true;
}

/* How the rows of a processor that stand are counted by date. */
static const char *
count_sql(const CellSpec *spec, Arena *a)
{
    const TableDesc *t = spec->writes[0];

    if (spec->standing_sql != NULL)
        return spec->standing_sql;
    return arena_printf(a, "select game_date, count(*) from %s where game_date between $1 and $2%s%s%s group by 1",
                        t->name, table_column(t, "processor") >= 0 ? " and processor = '" : "",
                        table_column(t, "processor") >= 0 ? processor_table[spec->processor].name : "",
                        table_column(t, "processor") >= 0 ? "'" : "");
}

static bool
count_rows(DbTx *tx, const BackfillAsk *ask, const CellSpec *spec, Arena *a, GridList *l, Err *err)
{
    const DbParam params[] = {db_date(ask->from), db_date(ask->to)};
    DbRows *rows;

    if (!db_exec(tx, count_sql(spec, a), params, 2, &rows, err))
        return false;
    for (size_t i = 0; i < l->count; i++) {
        const CellState *s = &l->items[i].read.state;

        if (s->processor == spec->processor && !date_before(s->date, ask->from) && !date_before(ask->to, s->date))
            l->items[i].rows = 0;
    }
    for (size_t r = 0; r < db_row_count(rows); r++) {
        GridCell *c = find_cell(l, db_get_date(rows, r, 0), spec->processor);

        if (c != NULL)
            c->rows = db_get_i64(rows, r, 1);
    }
    return true;
}

/* Of the newest runs: what ran under another load tells less. */
static bool
load_run_times(DbTx *tx, double run_s[PROC_COUNT], Err *err)
{
    static const char sql[]
        = "select processor, avg(s)::float8 from (select processor, extract(epoch from finished_at - started_at) s,"
          " row_number() over (partition by processor order by finished_at desc) n from ops.cell"
          " where finished_at >= started_at and status <> 'no_data') x where n <= 200 group by 1";
    DbRows *rows;

    for (size_t p = 0; p < PROC_COUNT; p++)
        run_s[p] = NULL_F64;
    if (!db_exec(tx, sql, NULL, 0, &rows, err))
        return false;
    for (size_t r = 0; r < db_row_count(rows); r++) {
        ProcessorId p;

        if (processor_by_name(db_get_text(rows, r, 0), &p))
            run_s[p] = db_get_f64(rows, r, 1);
    }
    return true;
}

bool
backfill_grid_load(DbTx *tx, const BackfillAsk *ask, const CellSpec *const specs[PROC_COUNT], Arena *a, GridCell **out,
                   size_t *count, double run_s[PROC_COUNT], Err *err)
{
    const char *names[PROC_COUNT];
    ProcessorId ids[PROC_COUNT];
    size_t season_count, n, read_count;
    int32_t *seasons;
    FeedSet feeds;
    ReadCell *read;
    GridList l = {0};

    if (!seasons_of(tx, ask, a, &seasons, &season_count, err) || !feeds_load(tx, &feeds, err))
        return false;
    n = processors_of_feeds(&feeds, true, ids);
    for (size_t i = 0; i < n; i++)
        names[i] = processor_table[ids[i]].name;
    if (!read_cells_load(tx, seasons, season_count, ids, n, a, &read, &read_count, err))
        return false;
    for (size_t i = 0; i < read_count; i++)
        (void)add_cell(&l, a, (GridCell){.read = read[i], .exists = true, .deadline = INSTANT_NULL, .rows = NULL_I64});
    if (!add_lost(tx, seasons, season_count, names, n, a, &l, err))
        return false;
    if (l.count > 0)
        qsort(l.items, l.count, sizeof *l.items, compare_keys);
    if (!add_deadlines(tx, seasons, season_count, &l, err) || !load_run_times(tx, run_s, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (ask->processors[ids[i]] && specs[ids[i]] != NULL && !count_rows(tx, ask, specs[ids[i]], a, &l, err))
            return false;
    *out = l.items;
    *count = l.count;
    return true;
}

/* ---- on record ---- */

bool
backfill_find(DbTx *tx, const char *asked, int64_t *id, Err *err)
{
    const DbParam params[] = {db_text(asked)};
    DbRows *rows;

    if (!db_exec(tx, "select id from ops.backfill where status = 'running' and asked = $1", params, 1, &rows, err))
        return false;
    *id = db_row_count(rows) > 0 ? db_get_i64(rows, 0, 0) : 0;
    return true;
}

static const char *
collect_again(GameDate date, Arena *a)
{
    char day[DATE_TEXT_LEN];

    (void)date_format(date, day);
    return arena_printf(a, "its feed must be collected again: tipoff collect --data DIR --from %s --to %s", day, day);
}

static bool
insert_cells(DbTx *tx, int64_t id, const BackfillPlan *plan, Arena *a, Err *err)
{
    static const char sql[]
        = "insert into ops.backfill_cell (backfill, n, game_date, processor, why, status, reason, hash_before)"
          " select $1, u.n, u.d, u.p, u.w, case when u.r is null then 'planned' else 'held' end, u.r, c.content_hash"
          " from unnest($2::date[], $3::text[], $4::text[], $5::text[]) with ordinality u(d, p, w, r, n)"
          " left join ops.cell c on c.game_date = u.d and c.processor = u.p";
    const size_t count = plan->count;
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    const char **names = arena_array(a, count + 1, sizeof *names), **whys = arena_array(a, count + 1, sizeof *whys),
               **reasons = arena_array(a, count + 1, sizeof *reasons);

    for (size_t i = 0; i < count; i++) {
        const PlannedCell *c = &plan->cells[i];

        dates[i] = c->key.date;
        names[i] = processor_table[c->key.processor].name;
        whys[i] = backfill_why_name(c->why);
        reasons[i] = c->is_by_operator ? collect_again(c->key.date, a) : NULL;
    }
    {
        const DbParam params[] = {db_i64(id), db_dates(dates, count), db_texts(names, count), db_texts(whys, count),
                                  db_texts(reasons, count)};

        return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

static bool
lay_lost(DbTx *tx, const BackfillPlan *plan, Arena *a, Err *err)
{
    GameDate *dates = arena_array(a, plan->count + 1, sizeof *dates);
    size_t n = 0;

    for (size_t i = 0; i < plan->count; i++)
        if (plan->cells[i].why == WHY_NO_CELL && (n == 0 || !date_equal(dates[n - 1], plan->cells[i].key.date)))
            dates[n++] = plan->cells[i].key.date;
    return grid_lay_lost(tx, dates, n, a, err);
}

bool
backfill_create(DbTx *tx, const BackfillPlan *plan, const BackfillAsk *ask, const char *asked, const char *by,
                const char *reason, Arena *a, int64_t *id, Err *err)
{
    static const char sql[] = "insert into ops.backfill (created_by, reason, asked, date_from, date_to)"
                              " values ($1, $2, $3, $4, $5) returning id";
    const DbParam params[] = {db_text(by), db_text(reason), db_text(asked), db_date(ask->from), db_date(ask->to)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *id = db_get_i64(rows, 0, 0);
    return insert_cells(tx, *id, plan, a, err) && lay_lost(tx, plan, a, err);
}

bool
backfill_state(DbTx *tx, int64_t id, Arena *a, BackfillState *out, Err *err)
{
    static const char sql[]
        = "select b.status, count(c.*), count(*) filter (where c.status = 'planned'),"
          " count(*) filter (where c.status = 'requested'), count(*) filter (where c.status = 'held'),"
          " count(*) filter (where c.status = 'done'), count(*) filter (where c.status = 'failed'),"
          " count(*) filter (where c.status = 'cancelled') from ops.backfill b left join ops.backfill_cell c"
          " on c.backfill = b.id where b.id = $1 group by b.id";
    const DbParam params[] = {db_i64(id)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_POISON, "no backfill %lld; 'tipoff backfill list' shows them", (long long)id);
    *out = (BackfillState){.status = arena_strdup(a, db_get_text(rows, 0, 0)),
                           .total = db_get_i64(rows, 0, 1),
                           .planned = db_get_i64(rows, 0, 2),
                           .requested = db_get_i64(rows, 0, 3),
                           .held = db_get_i64(rows, 0, 4),
                           .done = db_get_i64(rows, 0, 5),
                           .failed = db_get_i64(rows, 0, 6),
                           .cancelled = db_get_i64(rows, 0, 7)};
    return true;
}

bool
backfill_take(DbTx *tx, int64_t id, bool *held, Err *err)
{
    const DbParam params[] = {db_i32((int32_t)id)};
    DbRows *rows;

    if (!db_exec(tx, "select pg_try_advisory_lock(7480, $1)", params, 1, &rows, err))
        return false;
    *held = db_get_bool(rows, 0, 0);
    return true;
}

/* ---- requests ---- */

typedef struct {
    CellKey *keys;
    int32_t *ns;
    size_t count;
} NextCells;

static bool
next_cells(DbTx *tx, int64_t id, size_t max, Arena *a, NextCells *out, Err *err)
{
    static const char sql[] = "select c.n, c.game_date, c.processor from ops.backfill_cell c join ops.backfill b"
                              " on b.id = c.backfill where c.backfill = $1 and c.status = 'planned'"
                              " and b.status = 'running' order by c.n limit $2 for update of c";
    const DbParam params[] = {db_i64(id), db_i64((int64_t)max)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    *out = (NextCells){.keys = arena_array(a, db_row_count(rows) + 1, sizeof *out->keys),
                       .ns = arena_array(a, db_row_count(rows) + 1, sizeof *out->ns)};
    for (size_t r = 0; r < db_row_count(rows); r++) {
        CellKey *key = &out->keys[out->count];

        if (!processor_by_name(db_get_text(rows, r, 2), &key->processor))
            return ERR_FAIL(err, ERR_CONFIG, "the backfill has a cell of %s, which this build does not know",
                            db_get_text(rows, r, 2));
        key->date = db_get_date(rows, r, 1);
        out->ns[out->count++] = db_get_i32(rows, r, 0);
    }
    return true;
}

/* Nothing of what it was made from counts as read, so that all of it is made again. */
static bool
open_again(DbTx *tx, const NextCells *next, int64_t id, Arena *a, Err *err)
{
    static const char sql[]
        = "update ops.cell c set is_stale = true, inputs = null, stale_reason = coalesce(c.stale_reason, $3)"
          " from unnest($1::date[], $2::text[]) u(d, p) where c.game_date = u.d and c.processor = u.p"
          " and c.version > 0 and c.processor not like 'collect\\_%'";
    GameDate *dates = arena_array(a, next->count + 1, sizeof *dates);
    const char **names = arena_array(a, next->count + 1, sizeof *names);
    LockedCell *cells;
    size_t locked;

    for (size_t i = 0; i < next->count; i++) {
        dates[i] = next->keys[i].date;
        names[i] = processor_table[next->keys[i].processor].name;
    }
    {
        const DbParam params[] = {db_dates(dates, next->count), db_texts(names, next->count),
                                  db_text(arena_printf(a, "made again by backfill %lld", (long long)id))};

        return cells_lock(tx, next->keys, next->count, a, &cells, &locked, err)
               && db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

static void
emit_request(const RunContext *rc, int64_t id, CellKey key)
{
    char topic[TOPIC_NAME_LEN], day[DATE_TEXT_LEN];
    const char *name = processor_table[key.processor].name;
    const char *date = arena_strdup(rc->a, date_format(key.date, day));
    const CellRequest r = {.event_id = arena_printf(rc->a, "backfill:%lld:%s:%s", (long long)id, name, date),
                           .processor = name,
                           .game_date = key.date,
                           .asked_by = arena_printf(rc->a, "backfill %lld", (long long)id)};

    (void)topic_lane_name(TOPIC_CELL_REQUEST, lane_of_date(key.date, rc->ctx->today), topic);
    event_list_add(rc->events,
                   (OutboxEvent){.topic = arena_strdup(rc->a, topic),
                                 .key = date,
                                 .event_id = r.event_id,
                                 .type = "tipoff.CellRequest",
                                 .correlation_id = rc->correlation_id,
                                 .payload = cell_request_message(&r, rc->a)},
                   rc->a);
}

static bool
mark_cells(DbTx *tx, int64_t id, const int32_t *ns, const char *const *statuses, const char *const *reasons,
           size_t count, Err *err)
{
    static const char sql[]
        = "update ops.backfill_cell c set status = u.s, reason = u.r, requested_at = now(),"
          " finished_at = case when u.s = 'done' then now() end, hash_after = case when u.s = 'done' then"
          " (select o.content_hash from ops.cell o where o.game_date = c.game_date and o.processor = c.processor) end"
          " from unnest($2::integer[], $3::text[], $4::text[]) u(n, s, r) where c.backfill = $1 and c.n = u.n";
    const DbParam params[] = {db_i64(id), db_i32s(ns, count), db_texts(statuses, count), db_texts(reasons, count)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

bool
backfill_request(DbTx *tx, int64_t id, size_t max, BackfillRestore restore, const RunContext *rc, size_t *count,
                 Err *err)
{
    const char **statuses, **reasons;
    NextCells next;

    *count = 0;
    if (!next_cells(tx, id, max, rc->a, &next, err))
        return false;
    *count = next.count;
    if (next.count == 0)
        return true;
    statuses = arena_array(rc->a, next.count, sizeof *statuses);
    reasons = arena_array(rc->a, next.count, sizeof *reasons);
    if (!open_again(tx, &next, id, rc->a, err))
        return false;
    for (size_t i = 0; i < next.count; i++) {
        const bool is_collect = strcmp(processor_table[next.keys[i].processor].phase, "collect") == 0;
        bool restored = false;

        if (is_collect && !restore(tx, rc, next.keys[i], &restored, err))
            return false;
        statuses[i] = !is_collect ? "requested" : restored ? "done" : "held";
        reasons[i] = is_collect && !restored ? collect_again(next.keys[i].date, rc->a) : NULL;
        if (!is_collect)
            emit_request(rc, id, next.keys[i]);
    }
    return mark_cells(tx, id, next.ns, statuses, reasons, next.count, err);
}

bool
backfill_note_held(DbTx *tx, int64_t id, Err *err)
{
    static const char sql[]
        = "update ops.backfill_cell b set status = 'held', reason = c.reason from ops.cell c, ops.outbox o,"
          " ops.consumer_offset f, unnest($2::text[], $3::text[]) w(processor, grp) where b.backfill = $1"
          " and b.status = 'requested' and c.game_date = b.game_date and c.processor = b.processor"
          " and w.processor = b.processor and o.event_id = 'backfill:' || b.backfill || ':' || b.processor || ':' ||"
          " b.game_date and o.topic in ($4, $5) and f.consumer_group = w.grp and f.topic = o.topic"
          " and f.partition = o.partition and f.incarnation = o.incarnation and f.next_offset > o.\"offset\"";
    const char *names[PROC_COUNT], *groups[PROC_COUNT];
    char live[TOPIC_NAME_LEN], backfill[TOPIC_NAME_LEN];
    Arena *a = arena_new(0);
    bool ok;

    for (size_t p = 0; p < PROC_COUNT; p++) {
        names[p] = processor_table[p].name;
        groups[p] = arena_printf(a, "tipoff.%s", processor_table[p].worker);
    }
    {
        const DbParam params[] = {db_i64(id), db_texts(names, PROC_COUNT), db_texts(groups, PROC_COUNT),
                                  db_text(topic_lane_name(TOPIC_CELL_REQUEST, LANE_LIVE, live)),
                                  db_text(topic_lane_name(TOPIC_CELL_REQUEST, LANE_BACKFILL, backfill))};

        ok = db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
    arena_free(a);
    return ok;
}

bool
backfill_end(DbTx *tx, int64_t id, bool is_cancelled, Err *err)
{
    static const char sql[] = "update ops.backfill set status = $2, finished_at = now() where id = $1"
                              " and status = 'running' returning id";
    const DbParam params[] = {db_i64(id), db_text(is_cancelled ? "cancelled" : "done")};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 2, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_POISON, "backfill %lld does not run; 'tipoff backfill list' shows them",
                        (long long)id);
    return !is_cancelled
           || (db_exec(tx,
                       "update ops.backfill_cell set status = 'cancelled', finished_at = now() where backfill = $1"
                       " and status = 'planned'",
                       params, 1, NULL, err)
               && db_exec(tx, "select pg_notify('" BACKFILL_CHANNEL "', '')", NULL, 0, NULL, err));
}

/* ---- who runs ---- */

bool
other_builds_load(DbTx *tx, const char *build, Arena *a, OtherBuild **out, size_t *count, Err *err)
{
    static const char sql[]
        = "select p.owner, p.build from ops.worker_process p where p.build <> $1 and exists (select 1"
          " from pg_stat_activity a where a.datname = current_database()"
          " and a.application_name = p.owner) order by 1";
    const DbParam params[] = {db_text(build)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++)
        (*out)[r] = (OtherBuild){arena_strdup(a, db_get_text(rows, r, 0)), arena_strdup(a, db_get_text(rows, r, 1))};
    return true;
}
