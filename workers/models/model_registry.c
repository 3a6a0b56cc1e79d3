/*
 * workers/models/model_registry.c
 *    SQL of the promoted models, and the checks of what was read.
 */
#include "workers/models/model_registry.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/io/db_array.h"
#include "libcore/io/sha256.h"
#include "workers/features/feature_contract.h"

bool
registry_version(DbTx *tx, int64_t *out, Err *err)
{
    DbRows *rows;

    if (!db_exec(tx, "select coalesce(max(id), 0) from predictions.model_event", NULL, 0, &rows, err))
        return false;
    *out = db_get_i64(rows, 0, 0);
    return true;
}

/* ---- loading ---- */

/* A model, and what its row says that has to be so. */
typedef struct {
    RegisteredModel m;
    const char *stated_sha256, *stated_version, *stated_base;
    TextArray stated_names;
    Bytes bytes;
} Row;

static bool
check_hash(Row *row, Err *err)
{
    uint8_t digest[SHA256_LEN];

    sha256(row->bytes, digest);
    (void)hex_encode(bytes_of(digest, sizeof digest), row->m.sha256);
    return strcmp(row->m.sha256, row->stated_sha256) == 0
           || ERR_FAIL(err, ERR_CONFIG,
                       "its bytes have the sha256 %.12s..., and its row says %.12s...: register the"
                       " file again",
                       row->m.sha256, row->stated_sha256);
}

static bool
check_names(const Row *row, Err *err)
{
    const ModelInputs *in = &row->m.inputs;

    if (strcmp(row->stated_version, feature_version) != 0)
        return ERR_FAIL(err, ERR_CONFIG, "it was registered for the features %s, and this build's are %s",
                        row->stated_version, feature_version);
    if ((size_t)row->stated_names.count != in->count)
        return ERR_FAIL(err, ERR_CONFIG, "it takes %zu features, and its row names %d", in->count,
                        row->stated_names.count);
    for (size_t i = 0; i < in->count; i++)
        if (strcmp(in->names[i], row->stated_names.items[i]) != 0)
            return ERR_FAIL(err, ERR_CONFIG, "its input %zu is '%s', and its row says '%s'", i, in->names[i],
                            row->stated_names.items[i]);
    return true;
}

/* Nothing is left of a row that is refused. */
static bool
take_row(Row *row, Arena *a, Err *err)
{
    RegisteredModel read;

    if (!model_base_parse(row->stated_base, &row->m.base))
        return ERR_FAIL(err, ERR_CONFIG, "its base '%s' is not known to this build", row->stated_base);
    if (!check_hash(row, err) || !registered_model_read(row->bytes, row->m.base, a, &read, err))
        return false;
    row->m.model = read.model;
    row->m.inputs = read.inputs;
    if (check_names(row, err))
        return true;
    model_free(read.model);
    return false;
}

static void
read_row(const DbRows *rows, size_t r, Arena *a, Row *out)
{
    *out = (Row){
        .m = {.model_id = arena_strdup(a, db_get_text(rows, r, 0)),
              .system_id = arena_strdup(a, db_get_text(rows, r, 1)),
              .file_name = arena_strdup(a, db_get_text(rows, r, 2)),
              .training_end = db_is_null(rows, r, 3) ? GAME_DATE_NULL : db_get_date(rows, r, 3),
              .promoted_by = db_get_i64(rows, r, 4)},
        .stated_base = db_get_text(rows, r, 5),
        .stated_version = db_get_text(rows, r, 6),
        .stated_names = db_get_texts(rows, r, 7, a),
        .stated_sha256 = db_get_text(rows, r, 8),
        .bytes = db_get_bytes(rows, r, 9),
    };
}

static const char promoted_sql[]
    = "select m.model_id, m.system_id, m.file_name, m.training_end, coalesce((select max(e.id)"
      " from predictions.model_event e where e.model_id = m.model_id and e.action = 'promote'), 0), m.base,"
      " m.feature_version, m.feature_names, encode(m.sha256, 'hex'), m.bytes from predictions.model m"
      " where m.status = 'promoted' order by m.system_id collate \"C\", 5, m.model_id collate \"C\"";

/* count grows with each model that has been parsed, so that registry_free() knows them. */
static bool
take_rows(const DbRows *rows, RegisteredModel *models, size_t *count, Arena *a, Err *err)
{
    for (size_t r = 0; r < db_row_count(rows); r++) {
        Row row;

        read_row(rows, r, a, &row);
        if (!take_row(&row, a, err))
            return err_prefix(err, "model %s of %s", row.m.model_id, row.m.system_id);
        models[(*count)++] = row.m;
    }
    return true;
}

bool
registry_load(DbTx *tx, ModelRegistry **out, Err *err)
{
    const DbRows *mark = db_results_mark(tx);
    RegisteredModel *models;
    ModelRegistry *r;
    int64_t version;
    DbRows *rows;
    bool ok;

    *out = NULL;
    /* The version first: what is promoted between the two statements is then loaded again. */
    if (!registry_version(tx, &version, err) || !db_exec(tx, promoted_sql, NULL, 0, &rows, err))
        return false;
    r = calloc(1, sizeof *r);
    if (r == NULL)
        abort();
    r->arena = arena_new(0);
    r->version = version;
    models = arena_array(r->arena, db_row_count(rows) + 1, sizeof *models);
    r->models = models;
    ok = take_rows(rows, models, &r->count, r->arena, err);
    db_results_release(tx, mark);
    if (!ok) {
        registry_free(r);
        return false;
    }
    *out = r;
    return true;
}

void
registry_free(ModelRegistry *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->count; i++)
        model_free(r->models[i].model);
    arena_free(r->arena);
    free(r);
}
