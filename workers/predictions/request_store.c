/*
 * workers/predictions/request_store.c
 *    SQL of predictions.request.
 */
#include "workers/predictions/request_store.h"

bool
requests_load(DbTx *tx, GameDate date, Arena *a, RequestRow **out, size_t *count, Err *err)
{
    static const char sql[] = "select player_lookup, game_id, request_version, batch_id, run_mode, status, reason,"
                              " outcome_hash, systems from predictions.request where game_date = $1"
                              " order by player_lookup collate \"C\"";
    const DbParam params[] = {db_date(date)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++)
        (*out)[r] = (RequestRow){
            .player_lookup = arena_strdup(a, db_get_text(rows, r, 0)),
            .game_id = arena_strdup(a, db_get_text(rows, r, 1)),
            .version = db_get_i32(rows, r, 2),
            .batch_id = arena_strdup(a, db_get_text(rows, r, 3)),
            .run_mode = arena_strdup(a, db_get_text(rows, r, 4)),
            .status = arena_strdup(a, db_get_text(rows, r, 5)),
            .reason = arena_strdup(a, db_get_text(rows, r, 6)),
            .outcome_hash = arena_strdup(a, db_get_text(rows, r, 7)),
            .systems = db_is_null(rows, r, 8) ? 0 : db_get_i32(rows, r, 8),
        };
    return true;
}

typedef struct {
    const char **players, **games, **batches, **modes, **statuses, **reasons, **hashes;
    int32_t *versions, *systems;
} Columns;

static Columns
columns_of(const RequestRow *rows, size_t count, Arena *a)
{
    Columns c = {
        .players = arena_array(a, count + 1, sizeof(char *)),
        .games = arena_array(a, count + 1, sizeof(char *)),
        .batches = arena_array(a, count + 1, sizeof(char *)),
        .modes = arena_array(a, count + 1, sizeof(char *)),
        .statuses = arena_array(a, count + 1, sizeof(char *)),
        .reasons = arena_array(a, count + 1, sizeof(char *)),
        .hashes = arena_array(a, count + 1, sizeof(char *)),
        .versions = arena_array(a, count + 1, sizeof(int32_t)),
        .systems = arena_array(a, count + 1, sizeof(int32_t)),
    };

    for (size_t i = 0; i < count; i++) {
        c.players[i] = rows[i].player_lookup;
        c.games[i] = rows[i].game_id;
        c.batches[i] = rows[i].batch_id;
        c.modes[i] = rows[i].run_mode;
        c.statuses[i] = rows[i].status;
        c.reasons[i] = rows[i].reason;
        c.hashes[i] = rows[i].outcome_hash;
        c.versions[i] = rows[i].version;
        c.systems[i] = rows[i].systems;
    }
    return c;
}

bool
requests_replace(DbTx *tx, GameDate date, const RequestRow *rows, size_t count, Instant now, Arena *a, Err *err)
{
    static const char gone[] = "delete from predictions.request where game_date = $1 and player_lookup <> all ($2)";
    /* Whoever is not asked for any more has no prediction, be he skipped or gone; but what was made
     * live stands once the game has begun. */
    static const char retire[]
        = "update predictions.prediction p set is_active = f.frozen, inputs_changed = p.inputs_changed or f.frozen"
          " from (select q.prediction_id, q.is_live and exists (select 1 from analytics.upcoming_player_game_context u"
          " where u.game_date = q.game_date and u.player_lookup = q.player_lookup and u.tip_off <= $4) frozen"
          " from predictions.prediction q where q.game_date = $1 and q.is_active and q.player_lookup not in"
          " (select p from unnest($2::text[], $3::text[]) u(p, s) where s = 'requested')) f"
          " where p.game_date = $1 and p.prediction_id = f.prediction_id";
    static const char upsert[]
        = "insert into predictions.request as r (game_date, player_lookup, game_id, request_version, batch_id,"
          " run_mode, status, reason, closed_at) select $1, p, g, v, b, m, s, x,"
          " case when s = 'requested' then null else now() end from unnest($2::text[], $3::text[], $4::integer[],"
          " $5::text[], $6::text[], $7::text[], $8::text[]) u(p, g, v, b, m, s, x) order by p"
          " on conflict (game_date, player_lookup) do update set game_id = excluded.game_id,"
          " request_version = excluded.request_version, batch_id = excluded.batch_id, run_mode = excluded.run_mode,"
          " status = excluded.status, reason = excluded.reason, outcome_hash = null, systems = null,"
          " created_at = now(), closed_at = excluded.closed_at";
    Columns c = columns_of(rows, count, a);
    const DbParam key[] = {db_date(date), db_texts(c.players, count), db_texts(c.statuses, count), db_ts(now)};
    const DbParam params[] = {db_date(date),
                              db_texts(c.players, count),
                              db_texts(c.games, count),
                              db_i32s(c.versions, count),
                              db_texts(c.batches, count),
                              db_texts(c.modes, count),
                              db_texts(c.statuses, count),
                              db_texts(c.reasons, count)};

    return db_exec(tx, gone, key, 2, NULL, err) && db_exec(tx, retire, key, 4, NULL, err)
           && db_exec(tx, upsert, params, ARRAY_LEN(params), NULL, err);
}

bool
requests_lock_open(DbTx *tx, GameDate date, const char *batch_id, const char *const *players, size_t count, Arena *a,
                   const char ***open, size_t *open_count, Err *err)
{
    static const char sql[] = "select player_lookup from predictions.request where game_date = $1 and batch_id = $2"
                              " and status in ('requested', 'failed') and player_lookup = any ($3)"
                              " order by player_lookup collate \"C\" for update";
    const DbParam params[] = {db_date(date), db_text(batch_id), db_texts(players, count)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    *open_count = db_row_count(rows);
    *open = arena_array(a, *open_count + 1, sizeof **open);
    for (size_t r = 0; r < *open_count; r++)
        (*open)[r] = arena_strdup(a, db_get_text(rows, r, 0));
    return true;
}

bool
requests_close(DbTx *tx, GameDate date, const RequestRow *rows, size_t count, Arena *a, Err *err)
{
    static const char sql[]
        = "update predictions.request r set status = u.s, reason = u.x, outcome_hash = u.h, systems = u.n,"
          " closed_at = now() from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::integer[])"
          " u(p, s, x, h, n) where r.game_date = $1 and r.player_lookup = u.p";
    Columns c = columns_of(rows, count, a);
    const DbParam params[] = {db_date(date),
                              db_texts(c.players, count),
                              db_texts(c.statuses, count),
                              db_texts(c.reasons, count),
                              db_texts(c.hashes, count),
                              db_i32s(c.systems, count)};

    return count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}
