/*
 * workers/predictions/request_store.c
 *    SQL of predictions.request.
 */
#include "workers/predictions/request_store.h"
#include "libcore/io/db_array.h"

bool
requests_stand(DbTx *tx, GameDate date, bool *stands, Err *err)
{
    static const char sql[]
        = "select not exists (select 1 from predictions.request r left join (select player_lookup, count(*) n"
          " from predictions.prediction where game_date = $1 and is_active group by 1) p using (player_lookup)"
          " where r.game_date = $1 and r.status = 'predicted' and r.systems > coalesce(p.n, 0))";
    const DbParam params[] = {db_date(date)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *stands = db_get_bool(rows, 0, 0);
    return true;
}

bool
requests_load(DbTx *tx, GameDate date, Arena *a, RequestRow **out, size_t *count, Err *err)
{
    static const char sql[] = "select player_lookup, game_id, request_version, batch_id, run_mode, status, reason,"
                              " outcome_hash, systems, absent_systems from predictions.request where game_date = $1"
                              " order by player_lookup collate \"C\"";
    const DbParam params[] = {db_date(date)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++)
        (*out)[r] = (RequestRow){
            .game_date = date,
            .player_lookup = arena_strdup(a, db_get_text(rows, r, 0)),
            .game_id = arena_strdup(a, db_get_text(rows, r, 1)),
            .version = db_get_i32(rows, r, 2),
            .batch_id = arena_strdup(a, db_get_text(rows, r, 3)),
            .run_mode = arena_strdup(a, db_get_text(rows, r, 4)),
            .status = arena_strdup(a, db_get_text(rows, r, 5)),
            .reason = arena_strdup(a, db_get_text(rows, r, 6)),
            .outcome_hash = arena_strdup(a, db_get_text(rows, r, 7)),
            .systems = db_is_null(rows, r, 8) ? 0 : db_get_i32(rows, r, 8),
            .absent = db_get_texts(rows, r, 9, a),
        };
    return true;
}

bool
requests_lock_date(DbTx *tx, GameDate date, size_t *open, Err *err)
{
    static const char sql[] = "select 1 from predictions.request where game_date = $1 and status = 'requested'"
                              " order by player_lookup collate \"C\" for update";
    const DbParam params[] = {db_date(date)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *open = db_row_count(rows);
    return true;
}

bool
requests_untold(DbTx *tx, GameDate *dates, size_t *count, Err *err)
{
    static const char sql[]
        = "select distinct r.game_date from predictions.request r left join predictions.player_outcome o"
          " using (game_date, player_lookup) where r.game_date = any ($1) and ((o.outcome, o.reason, o.systems,"
          " o.outcome_hash, o.batch_id, o.absent_systems) is distinct from (r.status, r.reason,"
          " coalesce(r.systems, 0), r.outcome_hash, r.batch_id, r.absent_systems) or exists (select 1 from ops.cell c"
          " where c.game_date = r.game_date and c.processor = 'predictions' and c.status = 'waiting')) order by 1";
    const DbParam params[] = {db_dates(dates, *count)};
    DbRows *rows;

    if (*count == 0)
        return true;
    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *count = db_row_count(rows);
    for (size_t r = 0; r < *count; r++)
        dates[r] = db_get_date(rows, r, 0);
    return true;
}

typedef struct {
    GameDate *dates;
    const char **players, **games, **batches, **modes, **statuses, **reasons, **hashes, **absent;
    int32_t *versions, *systems;
} Columns;

/* One text an array: there are no arrays of arrays of different lengths. Nothing that is absent has a line
 * break in its name. */
static const char *
joined(TextArray items, Arena *a)
{
    const char *text = "";

    if (items.items == NULL)
        return NULL;
    for (int32_t i = 0; i < items.count; i++)
        text = i == 0 ? items.items[i] : arena_printf(a, "%s\n%s", text, items.items[i]);
    return text;
}

static Columns
columns_of(const RequestRow *rows, size_t count, Arena *a)
{
    Columns c = {
        .dates = arena_array(a, count + 1, sizeof(GameDate)),
        .players = arena_array(a, count + 1, sizeof(char *)),
        .games = arena_array(a, count + 1, sizeof(char *)),
        .batches = arena_array(a, count + 1, sizeof(char *)),
        .modes = arena_array(a, count + 1, sizeof(char *)),
        .statuses = arena_array(a, count + 1, sizeof(char *)),
        .reasons = arena_array(a, count + 1, sizeof(char *)),
        .hashes = arena_array(a, count + 1, sizeof(char *)),
        .absent = arena_array(a, count + 1, sizeof(char *)),
        .versions = arena_array(a, count + 1, sizeof(int32_t)),
        .systems = arena_array(a, count + 1, sizeof(int32_t)),
    };

    for (size_t i = 0; i < count; i++) {
        c.dates[i] = rows[i].game_date;
        c.players[i] = rows[i].player_lookup;
        c.games[i] = rows[i].game_id;
        c.batches[i] = rows[i].batch_id;
        c.modes[i] = rows[i].run_mode;
        c.statuses[i] = rows[i].status;
        c.reasons[i] = rows[i].reason;
        c.hashes[i] = rows[i].outcome_hash;
        c.absent[i] = joined(rows[i].absent, a);
        c.versions[i] = rows[i].version;
        c.systems[i] = rows[i].systems;
    }
    return c;
}

/* Whoever is not asked for any more has no prediction, be he skipped or gone; but what was made live stands once
 * the game has begun. */
static bool
withdraw(DbTx *tx, GameDate date, const Columns *c, size_t count, Instant now, size_t *invalidated, Err *err)
{
    static const char sql[]
        = "with asked as (select p, s, x from unnest($2::text[], $3::text[], $5::text[]) u(p, s, x)),"
          " gone as (select q.prediction_id, q.is_live and exists (select 1 from analytics.upcoming_player_game_context"
          " u where u.game_date = q.game_date and u.player_lookup = q.player_lookup and u.tip_off <= $4) as frozen,"
          " coalesce(a.x, 'left_the_slate') as reason, case when exists (select 1 from raw.schedule_game g"
          " where g.game_id = q.game_id and g.game_date = q.game_date)"
          " then case a.x when 'player_out' then 'player_inactive' end"
          " when exists (select 1 from raw.schedule_game g where g.game_date > q.game_date"
          " and g.home_team = case when q.is_home then q.team else q.opponent end"
          " and g.away_team = case when q.is_home then q.opponent else q.team end) then 'game_postponed'"
          " else 'game_cancelled' end as invalid"
          " from predictions.prediction q left join asked a on a.p = q.player_lookup where q.game_date = $1"
          " and q.is_active and coalesce(a.s, '') not in ('requested', '" REQUEST_KEPT "')),"
          " changed as (update predictions.prediction p set is_active = f.frozen,"
          " inputs_changed = p.inputs_changed or f.frozen, updated_at = $4,"
          " superseded_at = case when f.frozen then p.superseded_at else $4 end,"
          " superseded_reason = case when f.frozen then p.superseded_reason else f.reason end,"
          " invalidation_reason = case when f.frozen then p.invalidation_reason else f.invalid end"
          " from gone f where p.game_date = $1 and p.prediction_id = f.prediction_id"
          " returning p.player_lookup, p.invalidation_reason)"
          " select count(distinct player_lookup) from changed where invalidation_reason is not null";
    const DbParam params[] = {db_date(date), db_texts(c->players, count), db_texts(c->statuses, count), db_ts(now),
                              db_texts(c->reasons, count)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *invalidated = (size_t)db_get_i64(rows, 0, 0);
    return true;
}

bool
requests_replace(DbTx *tx, GameDate date, const RequestRow *rows, size_t count, Instant now, Arena *a,
                 size_t *invalidated, Err *err)
{
    static const char gone[] = "delete from predictions.request where game_date = $1 and player_lookup <> all ($2)";
    static const char upsert[]
        = "insert into predictions.request as r (game_date, player_lookup, game_id, request_version, batch_id,"
          " run_mode, status, reason, created_at, closed_at) select $1, p, g, v, b, m, s, x, $9,"
          " case when s = 'requested' then null else $9::timestamptz end from unnest($2::text[], $3::text[],"
          " $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[]) u(p, g, v, b, m, s, x)"
          " where s <> '" REQUEST_KEPT "' order by p collate \"C\""
          " on conflict (game_date, player_lookup) do update set game_id = excluded.game_id,"
          " request_version = excluded.request_version, batch_id = excluded.batch_id, run_mode = excluded.run_mode,"
          " status = excluded.status, reason = excluded.reason, outcome_hash = null, systems = null,"
          " absent_systems = '{}', created_at = excluded.created_at, closed_at = excluded.closed_at";
    const Columns c = columns_of(rows, count, a);
    const DbParam params[] = {db_date(date),
                              db_texts(c.players, count),
                              db_texts(c.games, count),
                              db_i32s(c.versions, count),
                              db_texts(c.batches, count),
                              db_texts(c.modes, count),
                              db_texts(c.statuses, count),
                              db_texts(c.reasons, count),
                              db_ts(now)};

    return db_exec(tx, gone, params, 2, NULL, err) && withdraw(tx, date, &c, count, now, invalidated, err)
           && db_exec(tx, upsert, params, ARRAY_LEN(params), NULL, err);
}

bool
requests_ask_again(DbTx *tx, GameDate date, Err *err)
{
    static const char sql[] = "update predictions.request set request_version = request_version + 1"
                              " where game_date = $1 and status = 'requested'";
    const DbParam params[] = {db_date(date)};

    return db_exec(tx, sql, params, 1, NULL, err);
}

bool
requests_expire(DbTx *tx, GameDate date, const char *reason, Instant now, Err *err)
{
    static const char sql[] = "update predictions.request set status = 'expired', reason = $2, closed_at = $3"
                              " where game_date = $1 and status = 'requested'";
    const DbParam params[] = {db_date(date), db_text(reason), db_ts(now)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

RequestKeys
request_keys_new(size_t cap, Arena *a)
{
    return (RequestKeys){
        .dates = arena_array(a, cap + 1, sizeof(GameDate)),
        .batch_ids = arena_array(a, cap + 1, sizeof(char *)),
        .players = arena_array(a, cap + 1, sizeof(char *)),
    };
}

bool
requests_lock_open(DbTx *tx, const RequestKeys *keys, Arena *a, RequestKeys *open, Err *err)
{
    static const char sql[] = "select game_date, batch_id, player_lookup from predictions.request"
                              " where (game_date, batch_id, player_lookup) in (select d, b, p from unnest($1::date[], "
                              "$2::text[], $3::text[])"
                              " k(d, b, p)) and status in ('requested', 'failed', 'expired')"
                              " order by game_date, player_lookup collate \"C\" for update";
    const DbParam params[] = {db_dates(keys->dates, keys->count), db_texts(keys->batch_ids, keys->count),
                              db_texts(keys->players, keys->count)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *open = request_keys_new(db_row_count(rows), a);
    for (; open->count < db_row_count(rows); open->count++) {
        open->dates[open->count] = db_get_date(rows, open->count, 0);
        open->batch_ids[open->count] = arena_strdup(a, db_get_text(rows, open->count, 1));
        open->players[open->count] = arena_strdup(a, db_get_text(rows, open->count, 2));
    }
    return true;
}

bool
requests_close(DbTx *tx, const RequestRow *rows, size_t count, Instant now, Arena *a, Err *err)
{
    static const char sql[]
        = "update predictions.request r set status = u.s, reason = u.x, outcome_hash = u.h, systems = u.n,"
          " absent_systems = coalesce(string_to_array(u.a, E'\\n'), (select o.absent_systems from "
          "predictions.player_outcome o"
          " where o.game_date = u.d and o.player_lookup = u.p), '{}'), closed_at = $8"
          " from unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[])"
          " u(d, p, s, x, h, n, a) where r.game_date = u.d and r.player_lookup = u.p";
    Columns c = columns_of(rows, count, a);
    const DbParam params[] = {
        db_dates(c.dates, count),  db_texts(c.players, count), db_texts(c.statuses, count), db_texts(c.reasons, count),
        db_texts(c.hashes, count), db_i32s(c.systems, count),  db_texts(c.absent, count),   db_ts(now)};

    return count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}
