/*
 * libcore/runtime/partitions.c
 *    Claims, fenced commits of offsets, and attempts on record.
 */
#include "libcore/runtime/partitions.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Partitions {
    const char *group, *incarnation, *owner;
    OwnedPartition *owned;
    size_t count;
};

Partitions *
partitions_new(const char *group, const char *incarnation, const char *owner)
{
    Partitions *ps = calloc(1, sizeof *ps);

    if (ps == NULL)
        abort();
    ps->group = group;
    ps->incarnation = incarnation;
    ps->owner = owner;
    return ps;
}

void
partitions_clear(Partitions *ps)
{
    free(ps->owned);
    ps->owned = NULL;
    ps->count = 0;
}

void
partitions_free(Partitions *ps)
{
    if (ps == NULL)
        return;
    partitions_clear(ps);
    free(ps);
}

size_t
partitions_count(const Partitions *ps)
{
    return ps->count;
}

OwnedPartition *
partitions_at(Partitions *ps, size_t i)
{
    return &ps->owned[i];
}

OwnedPartition *
partitions_find(Partitions *ps, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < ps->count; i++)
        if (ps->owned[i].partition == partition && strcmp(ps->owned[i].topic, topic) == 0)
            return &ps->owned[i];
    return NULL;
}

/* The parallel arrays that SQL takes. */
typedef struct {
    const char **topics;
    int32_t *partitions;
    int64_t *a, *b, *c;
} Keys;

static Keys
keys_new(Arena *arena, size_t count)
{
    return (Keys){
        .topics = arena_array(arena, count + 1, sizeof(const char *)),
        .partitions = arena_array(arena, count + 1, sizeof(int32_t)),
        .a = arena_array(arena, count + 1, sizeof(int64_t)),
        .b = arena_array(arena, count + 1, sizeof(int64_t)),
        .c = arena_array(arena, count + 1, sizeof(int64_t)),
    };
}

static bool
claim_rows(Partitions *ps, DbTx *tx, const Keys *k, size_t count, Err *err)
{
    static const char sql[]
        = "insert into ops.consumer_offset as o (consumer_group, topic, partition, incarnation, next_offset,"
          " owner_epoch, owner) select $1, t, p, $4, 0, 1, $5 from unnest($2::text[], $3::integer[]) u(t, p)"
          " order by t, p on conflict (consumer_group, topic, partition, incarnation) do update"
          " set owner_epoch = o.owner_epoch + 1, owner = excluded.owner, updated_at = now()"
          " returning topic, partition, next_offset, owner_epoch";
    const DbParam params[] = {db_text(ps->group), db_texts(k->topics, count), db_i32s(k->partitions, count),
                              db_text(ps->incarnation), db_text(ps->owner)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    ps->owned = calloc(count + 1, sizeof *ps->owned);
    if (ps->owned == NULL)
        abort();
    ps->count = db_row_count(rows);
    for (size_t i = 0; i < ps->count; i++) {
        OwnedPartition *o = &ps->owned[i];

        (void)snprintf(o->topic, sizeof o->topic, "%s", db_get_text(rows, i, 0));
        o->partition = db_get_i32(rows, i, 1);
        o->position = db_get_i64(rows, i, 2);
        o->epoch = db_get_i64(rows, i, 3);
        o->died_offset = -1;
    }
    return true;
}

/* An attempt that is still on record means that a process died with these offsets in hand. Only an
 * event that was alone in hand is to blame, and once a death: the row may outlive several processes
 * that died of something else before they came to it. */
static bool
take_attempts(Partitions *ps, DbTx *tx, const Keys *k, size_t count, Err *err)
{
    static const char sql[]
        = "update ops.attempt a set deaths = a.deaths + a.is_alone::integer, is_alone = false,"
          " owner_epoch = o.owner_epoch from unnest($2::text[], $3::integer[]) u(t, p) join ops.consumer_offset o"
          " on o.consumer_group = $1 and o.topic = u.t and o.partition = u.p and o.incarnation = $4"
          " where a.consumer_group = $1 and a.topic = u.t and a.partition = u.p"
          " returning a.topic, a.partition, a.first_offset, a.last_offset, a.deaths";
    const DbParam params[] = {db_text(ps->group), db_texts(k->topics, count), db_i32s(k->partitions, count),
                              db_text(ps->incarnation)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    for (size_t i = 0; i < db_row_count(rows); i++) {
        OwnedPartition *o = partitions_find(ps, db_get_text(rows, i, 0), db_get_i32(rows, i, 1));
        int64_t first = db_get_i64(rows, i, 2), last = db_get_i64(rows, i, 3);

        if (o == NULL)
            continue;
        o->suspect_until = last + 1;
        if (first == last) {
            o->died_offset = first;
            o->deaths = db_get_i32(rows, i, 4);
        }
    }
    return true;
}

bool
partitions_claim(Partitions *ps, Db *db, const BusPartition *parts, size_t count, Err *err)
{
    Arena *a = arena_new(0);
    Keys k = keys_new(a, count);
    DbTx *tx = NULL;
    bool ok;

    partitions_clear(ps);
    for (size_t i = 0; i < count; i++) {
        k.topics[i] = parts[i].topic;
        k.partitions[i] = parts[i].partition;
    }
    ok = db_begin(db, &tx, err) && claim_rows(ps, tx, &k, count, err) && take_attempts(ps, tx, &k, count, err)
         && db_commit(&tx, err);
    db_rollback(&tx);
    arena_free(a);
    return ok;
}

bool
partitions_advance(Partitions *ps, DbTx *tx, const BatchRange *ranges, size_t count, bool *fenced, Err *err)
{
    static const char sql[]
        = "with wanted as (select * from unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[])"
          " u(t, p, epoch, expected, next)), locked as (select o.topic, o.partition from ops.consumer_offset o"
          " join wanted w on o.topic = w.t and o.partition = w.p where o.consumer_group = $1 and o.incarnation = $7"
          " order by o.topic, o.partition for update of o)"
          " update ops.consumer_offset o set next_offset = w.next, updated_at = now() from wanted w, locked l"
          " where l.topic = w.t and l.partition = w.p and o.consumer_group = $1 and o.incarnation = $7"
          " and o.topic = w.t and o.partition = w.p and o.owner_epoch = w.epoch and o.next_offset = w.expected";
    Arena *a = arena_new(0);
    Keys k = keys_new(a, count);
    DbRows *rows;
    bool ok;

    for (size_t i = 0; i < count; i++) {
        k.topics[i] = ranges[i].owned->topic;
        k.partitions[i] = ranges[i].owned->partition;
        k.a[i] = ranges[i].owned->epoch;
        k.b[i] = ranges[i].owned->position;
        k.c[i] = ranges[i].last + 1;
    }
    {
        const DbParam params[] = {db_text(ps->group),      db_texts(k.topics, count), db_i32s(k.partitions, count),
                                  db_i64s(k.a, count),     db_i64s(k.b, count),       db_i64s(k.c, count),
                                  db_text(ps->incarnation)};

        ok = db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err);
    }
    *fenced = ok && db_affected(rows) != count;
    arena_free(a);
    return ok;
}

void
partitions_committed(const BatchRange *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ranges[i].owned->position = ranges[i].last + 1;
}

bool
partitions_refresh(Partitions *ps, Db *db, Err *err)
{
    static const char sql[] = "select topic, partition, next_offset, owner_epoch from ops.consumer_offset"
                              " where consumer_group = $1 and incarnation = $2";
    const DbParam params[] = {db_text(ps->group), db_text(ps->incarnation)};
    DbTx *tx = NULL;
    DbRows *rows;

    if (!db_begin(db, &tx, err) || !db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err)) {
        db_rollback(&tx);
        return false;
    }
    for (size_t i = 0; i < db_row_count(rows); i++) {
        OwnedPartition *o = partitions_find(ps, db_get_text(rows, i, 0), db_get_i32(rows, i, 1));

        if (o == NULL)
            continue;
        o->is_dropped = db_get_i64(rows, i, 3) > o->epoch;
        o->position = db_get_i64(rows, i, 2);
    }
    db_rollback(&tx);
    return true;
}

bool
partitions_move(Partitions *ps, Db *db, OwnedPartition *o, int64_t offset, Err *err)
{
    static const char sql[] = "update ops.consumer_offset set next_offset = $6 where consumer_group = $1 and topic = $2"
                              " and partition = $3 and incarnation = $4 and owner_epoch = $5 and next_offset = $7";
    const DbParam params[] = {db_text(ps->group), db_text(o->topic), db_i32(o->partition), db_text(ps->incarnation),
                              db_i64(o->epoch),   db_i64(offset),    db_i64(o->position)};
    DbTx *tx = NULL;
    bool ok = db_begin(db, &tx, err) && db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err) && db_commit(&tx, err);

    db_rollback(&tx);
    if (ok)
        o->position = offset;
    return ok;
}

bool
attempt_open(Partitions *ps, Db *db, const BatchRange *ranges, size_t count, Err *err)
{
    static const char sql[]
        = "insert into ops.attempt as a (consumer_group, topic, partition, owner_epoch, first_offset, last_offset,"
          " deaths, is_alone) select $1, t, p, e, f, l, d, $8 from unnest($2::text[], $3::integer[], $4::bigint[],"
          " $5::bigint[], $6::bigint[], $7::integer[]) u(t, p, e, f, l, d) join ops.consumer_offset o"
          " on o.consumer_group = $1 and o.topic = u.t and o.partition = u.p and o.incarnation = $9"
          " and o.owner_epoch = u.e on conflict (consumer_group, topic, partition) do update"
          " set owner_epoch = excluded.owner_epoch, first_offset = excluded.first_offset,"
          " last_offset = excluded.last_offset, deaths = excluded.deaths, is_alone = excluded.is_alone,"
          " opened_at = now()";
    Arena *a = arena_new(0);
    Keys k = keys_new(a, count);
    int32_t *deaths = arena_array(a, count + 1, sizeof *deaths);
    bool is_alone = count == 1 && ranges[0].first == ranges[0].last;
    DbTx *tx = NULL;
    bool ok;

    for (size_t i = 0; i < count; i++) {
        const BatchRange *r = &ranges[i];

        k.topics[i] = r->owned->topic;
        k.partitions[i] = r->owned->partition;
        k.a[i] = r->owned->epoch;
        k.b[i] = r->first;
        k.c[i] = r->last;
        deaths[i] = r->first == r->last && r->first == r->owned->died_offset ? r->owned->deaths : 0;
    }
    {
        const DbParam params[] = {db_text(ps->group),     db_texts(k.topics, count), db_i32s(k.partitions, count),
                                  db_i64s(k.a, count),    db_i64s(k.b, count),       db_i64s(k.c, count),
                                  db_i32s(deaths, count), db_bool(is_alone),         db_text(ps->incarnation)};

        /* A database that dies with us leaves no trace, and then the event is not to blame. */
        ok = db_begin(db, &tx, err) && db_exec(tx, "set local synchronous_commit = off", NULL, 0, NULL, err)
             && db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err) && db_commit(&tx, err);
    }
    db_rollback(&tx);
    arena_free(a);
    return ok;
}

bool
attempt_close(Partitions *ps, DbTx *tx, const BatchRange *ranges, size_t count, Err *err)
{
    static const char sql[]
        = "delete from ops.attempt a using unnest($2::text[], $3::integer[], $4::bigint[]) u(t, p, e)"
          " where a.consumer_group = $1 and a.topic = u.t and a.partition = u.p"
          " and a.owner_epoch = u.e";
    Arena *a = arena_new(0);
    Keys k = keys_new(a, count);
    bool ok;

    for (size_t i = 0; i < count; i++) {
        k.topics[i] = ranges[i].owned->topic;
        k.partitions[i] = ranges[i].owned->partition;
        k.a[i] = ranges[i].owned->epoch;
    }
    {
        const DbParam params[] = {db_text(ps->group), db_texts(k.topics, count), db_i32s(k.partitions, count),
                                  db_i64s(k.a, count)};

        ok = db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
    arena_free(a);
    return ok;
}
