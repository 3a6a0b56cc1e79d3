/*
 * libcore/io/schema_store.c
 *    SQL of ops.schema.
 */
#include "libcore/io/schema_store.h"
#include <inttypes.h>
#include "events_gen.h"

static const char *
fingerprint_text(uint64_t fingerprint, Arena *a)
{
    return arena_printf(a, "%016" PRIx64, fingerprint);
}

bool
schema_store_record(DbTx *tx, const char *build, Err *err)
{
    static const char sql[]
        = "insert into ops.schema (fingerprint, name, schema, build) select f, n, s, $4"
          " from unnest($1::text[], $2::text[], $3::text[]) u(f, n, s)"
          " where not exists (select 1 from ops.schema o where o.fingerprint = f) order by f on conflict do nothing";
    Arena *a = arena_new(0);
    size_t own = 0, former = 0, n = 0;
    const char **fingerprints, **names, **texts;
    bool ok;

    while (all_event_schemas[own] != NULL)
        own++;
    while (former_event_schemas[former].json != NULL)
        former++;
    fingerprints = arena_array(a, own + former + 1, sizeof *fingerprints);
    names = arena_array(a, own + former + 1, sizeof *names);
    texts = arena_array(a, own + former + 1, sizeof *texts);
    for (size_t i = 0; i < own; i++, n++) {
        fingerprints[n] = fingerprint_text(all_event_schemas[i]->fingerprint, a);
        names[n] = all_event_schemas[i]->name;
        texts[n] = all_event_schemas[i]->json;
    }
    for (size_t i = 0; i < former; i++, n++) {
        fingerprints[n] = fingerprint_text(former_event_schemas[i].fingerprint, a);
        names[n] = former_event_schemas[i].name;
        texts[n] = former_event_schemas[i].json;
    }
    {
        const DbParam params[] = {db_texts(fingerprints, n), db_texts(names, n), db_texts(texts, n), db_text(build)};

        ok = db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
    }
    arena_free(a);
    return ok;
}

bool
schema_store_record_now(Db *db, const char *build, Err *err)
{
    DbTx *tx = NULL;
    bool ok = db_begin(db, &tx, err) && schema_store_record(tx, build, err) && db_commit(&tx, err);

    db_rollback(&tx);
    return ok;
}

bool
schema_store_find(DbTx *tx, uint64_t fingerprint, Arena *a, const char **json, Err *err)
{
    const DbParam params[] = {db_text(fingerprint_text(fingerprint, a))};
    DbRows *rows;

    if (!db_exec(tx, "select schema from ops.schema where fingerprint = $1", params, 1, &rows, err))
        return false;
    *json = db_row_count(rows) > 0 ? arena_strdup(a, db_get_text(rows, 0, 0)) : NULL;
    return true;
}
