/*
 * workers/raw/raw_store.c
 *    SQL of raw.feed_part and raw.feed_manifest.
 */
#include "workers/raw/raw_store.h"
#include <string.h>
#include "libcore/io/codec.h"
#include "workers/collect/feed_layout.h"

bool
raw_store_parts(DbTx *tx, const StoredPart *parts, size_t count, Arena *a, Err *err)
{
    static const char sql[] = "insert into raw.feed_part (feed, game_date, event_id, payload)"
                              " select * from unnest($1::text[], $2::date[], $3::text[], $4::bytea[])"
                              " order by 1, 2, 3 on conflict (feed, game_date, event_id) do nothing";
    const char **feeds = arena_array(a, count + 1, sizeof *feeds), **ids = arena_array(a, count + 1, sizeof *ids);
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    Bytes *messages = arena_array(a, count + 1, sizeof *messages);

    for (size_t i = 0; i < count; i++) {
        feeds[i] = parts[i].feed;
        dates[i] = parts[i].date;
        ids[i] = parts[i].event_id;
        messages[i] = parts[i].message;
    }
    {
        const DbParam params[] = {db_texts(feeds, count), db_dates(dates, count), db_texts(ids, count),
                                  db_bytess(messages, count)};

        return count == 0 || db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
}

bool
raw_store_manifest(DbTx *tx, const FeedManifest *m, Bytes message, Err *err)
{
    static const char sql[] = "insert into raw.feed_manifest as m (feed, game_date, manifest_version, payload)"
                              " values ($1, $2, $3, $4) on conflict (feed, game_date) do update"
                              " set manifest_version = excluded.manifest_version, payload = excluded.payload"
                              " where m.manifest_version < excluded.manifest_version";
    const DbParam params[] = {db_text(m->feed), db_date(m->game_date), db_i64(m->manifest_version), db_bytes(message)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

/* The body of what was stored, perhaps by a build with another version of the schema. */
static bool
open_stored(Codec *codec, DbTx *tx, Bytes stored, const EventSchema *schema, Arena *a, Bytes *body, Err *err)
{
    return codec_resolve(codec, tx, stored, a, &stored, err) && codec_check_frame(stored, schema, body, err);
}

static bool
load_manifest(DbTx *tx, Codec *codec, const char *feed, GameDate date, Arena *a, RawDay *out, Err *err)
{
    const DbParam params[] = {db_text(feed), db_date(date)};
    DbRows *rows;
    Bytes body;

    if (!db_exec(tx, "select payload from raw.feed_manifest where feed = $1 and game_date = $2", params, 2, &rows, err))
        return false;
    out->has_manifest = db_row_count(rows) > 0;
    return !out->has_manifest
           || (open_stored(codec, tx, db_get_bytes(rows, 0, 0), &feed_manifest_schema, a, &body, err)
               && feed_manifest_decode(body, a, &out->manifest, err));
}

static bool
lists(const FeedManifest *m, const char *event_id)
{
    for (size_t i = 0; i < m->parts_count; i++)
        if (strcmp(m->parts[i].event_id, event_id) == 0)
            return true;
    return false;
}

/* Takes out the parts of the manifest's day that it does not list. */
static bool
await_listed(DbTx *tx, Codec *codec, Bytes stored, const StoredPart *parts, size_t count, Arena *a, bool *awaited,
             Err *err)
{
    FeedManifest m;
    Bytes body;

    if (!open_stored(codec, tx, stored, &feed_manifest_schema, a, &body, err)
        || !feed_manifest_decode(body, a, &m, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (strcmp(parts[i].feed, m.feed) == 0 && date_equal(parts[i].date, m.game_date))
            awaited[i] = lists(&m, parts[i].event_id);
    return true;
}

bool
raw_parts_awaited(DbTx *tx, const StoredPart *parts, size_t count, Arena *a, bool *awaited, Err *err)
{
    static const char sql[] = "select payload from raw.feed_manifest where (feed, game_date) in"
                              " (select * from unnest($1::text[], $2::date[]))";
    const char **feeds = arena_array(a, count + 1, sizeof *feeds);
    GameDate *dates = arena_array(a, count + 1, sizeof *dates);
    Codec *codec = codec_new(NULL);
    DbRows *rows;
    bool ok;

    for (size_t i = 0; i < count; i++) {
        feeds[i] = parts[i].feed;
        dates[i] = parts[i].date;
        awaited[i] = true;
    }
    {
        const DbParam params[] = {db_texts(feeds, count), db_dates(dates, count)};

        ok = db_exec(tx, sql, params, 2, &rows, err);
    }
    for (size_t r = 0; ok && r < db_row_count(rows); r++)
        ok = await_listed(tx, codec, db_get_bytes(rows, r, 0), parts, count, a, awaited, err);
    codec_free(codec);
    return ok;
}

/* Which parts are there, and of the missing ones which have a letter. */
static bool
count_missing(DbTx *tx, const char *feed, GameDate date, const char *const *ids, Arena *a, RawDay *out, Err *err)
{
    static const char sql[]
        = "select u.id, l.id, l.message from unnest($3::text[]) with ordinality u(id, n)"
          " left join ops.letter l on l.worker = 'raw' and l.event_id = u.id and l.status <> 'closed'"
          " where not exists (select 1 from raw.feed_part p where p.feed = $1 and p.game_date = $2"
          " and p.event_id = u.id) order by u.n";
    const DbParam params[] = {db_text(feed), db_date(date), db_texts(ids, out->manifest.parts_count)};
    bool all_lettered = true;
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    out->missing = db_row_count(rows);
    for (size_t r = 0; r < out->missing; r++)
        all_lettered &= !db_is_null(rows, r, 1);
    if (out->missing > 0) {
        out->first_missing = arena_strdup(a, db_get_text(rows, 0, 0));
        if (all_lettered)
            out->letter = arena_printf(a, "letter %lld: %s", (long long)db_get_i64(rows, 0, 1),
                                       db_get_text(rows, 0, 2));
    }
    return true;
}

static bool
load_day(DbTx *tx, Codec *codec, const char *feed, GameDate date, Arena *a, RawDay *out, Err *err)
{
    static const char sql[] = "select p.payload from unnest($3::text[]) with ordinality u(id, n) join raw.feed_part p"
                              " on p.feed = $1 and p.game_date = $2 and p.event_id = u.id order by u.n";
    const char **ids;
    Bytes *bodies;
    DbRows *rows;
    size_t n;

    *out = (RawDay){0};
    if (!load_manifest(tx, codec, feed, date, a, out, err))
        return false;
    n = out->manifest.parts_count;
    ids = arena_array(a, n + 1, sizeof *ids);
    bodies = arena_array(a, n + 1, sizeof *bodies);
    for (size_t i = 0; i < n; i++)
        ids[i] = out->manifest.parts[i].event_id;
    out->bodies = bodies;
    if (!out->has_manifest || n == 0)
        return true;
    if (!count_missing(tx, feed, date, ids, a, out, err))
        return false;
    if (out->missing > 0)
        return true;
    {
        const DbParam params[] = {db_text(feed), db_date(date), db_texts(ids, n)};

        if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
            return false;
    }
    for (size_t i = 0; i < n; i++) /* rows live until the transaction ends */
        if (!open_stored(codec, tx, db_get_bytes(rows, i, 0), feed_layout_by_name(feed)->schema, a, &bodies[i], err))
            return false;
    return true;
}

bool
raw_load_day(DbTx *tx, const char *feed, GameDate date, Arena *a, RawDay *out, Err *err)
{
    Codec *codec = codec_new(NULL);
    bool ok = load_day(tx, codec, feed, date, a, out, err);

    codec_free(codec);
    return ok;
}

bool
raw_manifest_dates(DbTx *tx, int32_t season_year, Arena *a, FeedDate **out, size_t *count, Err *err)
{
    static const char sql[] = "select feed, game_date from raw.feed_manifest where game_date >= make_date($1, 7, 1)"
                              " and game_date < make_date($1 + 1, 7, 1) order by game_date, feed";
    const DbParam params[] = {db_i32(season_year)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, 1, &rows, err))
        return false;
    *count = db_row_count(rows);
    *out = arena_array(a, *count + 1, sizeof **out);
    for (size_t r = 0; r < *count; r++)
        (*out)[r] = (FeedDate){arena_strdup(a, db_get_text(rows, r, 0)), db_get_date(rows, r, 1)};
    return true;
}
