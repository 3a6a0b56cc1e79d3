/*
 * workers/models/model_store.c
 *    SQL that changes the registry of models, and what it asks before.
 */
#include "workers/models/model_store.h"
#include <string.h>
#include "libcore/io/sha256.h"
#include "workers/models/registered_model.h"

/* ---- checks ---- */

static bool
has_dates(const ModelWindow *w)
{
    return !date_is_null(w->to);
}

bool
model_windows_check(const ModelWindow *training, const ModelWindow *evaluation, Err *err)
{
    char from[DATE_TEXT_LEN], to[DATE_TEXT_LEN];

    if (!has_dates(evaluation))
        return true;
    if (!has_dates(training))
        return ERR_FAIL(err, ERR_CONFIG,
                        "an evaluation says something only beside the dates of the training, which are not stated");
    return date_before(training->to, evaluation->from)
           || ERR_FAIL(err, ERR_CONFIG,
                       "the evaluation begins on %s, and the training has seen every date to %s: evaluate on dates that"
                       " come after it",
                       date_format(evaluation->from, from), date_format(training->to, to));
}

/* The names that the table has for them. */
static const char *
format_of(const ModelInfo *info)
{
    if (strcmp(info->kind, "xgboost") == 0)
        return "xgboost_json";
    return strcmp(info->format, "JSON") == 0 ? "catboost_json" : "catboost_cbm";
}

static bool
check_kind(const char *system_id, const ModelInfo *info, Err *err)
{
    const ModelSystem *system = model_system_by_id(system_id);

    if (system == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "%s predicts with no model; those that do are %s and %s", system_id,
                        model_systems[0].system_id, model_systems[1].system_id);
    return strcmp(system->kind, info->kind) == 0
           || ERR_FAIL(err, ERR_CONFIG, "the model is %s's, and %s predicts with models of %s", info->kind, system_id,
                       system->kind);
}

/* ---- events ---- */

static bool
note(DbTx *tx, const char *action, const char *model_id, const char *system_id, const char *reason,
     const ModelActor *actor, Err *err)
{
    static const char sql[] = "insert into predictions.model_event (at, by, action, model_id, system_id, reason)"
                              " values ($1, $2, $3, $4, $5, $6)";
    const DbParam params[] = {db_ts(actor->at),  db_text(actor->by), db_text(action),
                              db_text(model_id), db_text(system_id), db_text(reason)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

/* ---- register ---- */

static const char *
base_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* "xgboost_v1-20241114-3fa9c1d2": the system, the last date of the training, the file. */
static const char *
make_id(const ModelEntry *e, const char *hex, Arena *a)
{
    int year, month, day;

    if (!has_dates(&e->training))
        return arena_printf(a, "%s-%.8s", e->system_id, hex);
    date_parts(e->training.to, &year, &month, &day);
    return arena_printf(a, "%s-%04d%02d%02d-%.8s", e->system_id, year, month, day, hex);
}

static bool
check_new(DbTx *tx, const ModelEntry *e, Bytes digest, Err *err)
{
    static const char sql[] = "select model_id, status from predictions.model where system_id = $1 and sha256 = $2";
    const DbParam params[] = {db_text(e->system_id), db_bytes(digest)};
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    return db_row_count(rows) == 0
           || ERR_FAIL(err, ERR_CONFIG, "%s has this file already: it is %s, %s", e->system_id, db_get_text(rows, 0, 0),
                       db_get_text(rows, 0, 1));
}

static bool
insert(DbTx *tx, const ModelEntry *e, const ModelInfo *info, const ModelInputs *in, Bytes digest, const char *model_id,
       const ModelActor *actor, Err *err)
{
    static const char sql[]
        = "insert into predictions.model (model_id, system_id, format, file_name, sha256, bytes, feature_version,"
          " feature_names, base, training_start, training_end, training_rows, evaluation_start, evaluation_end,"
          " evaluation_rows, metrics, params, build, status, created_at, created_by) values ($1, $2, $3, $4, $5, $6,"
          " $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::text::jsonb, $17::text::jsonb, $18, 'candidate', $19, $20)";
    const DbParam params[] = {db_text(model_id),
                              db_text(e->system_id),
                              db_text(format_of(info)),
                              db_text(base_name_of(e->file_name)),
                              db_bytes(digest),
                              db_bytes(e->bytes),
                              db_text(feature_version),
                              db_texts(in->names, in->count),
                              db_text(model_base_name(e->base)),
                              db_date(e->training.from),
                              db_date(e->training.to),
                              db_i32(e->training.rows),
                              db_date(e->evaluation.from),
                              db_date(e->evaluation.to),
                              db_i32(e->evaluation.rows),
                              db_text(e->metrics),
                              db_text(e->params),
                              db_text(e->build),
                              db_ts(actor->at),
                              db_text(actor->by)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err);
}

static bool
register_read(DbTx *tx, const ModelEntry *e, const ModelInfo *info, const ModelActor *actor, Arena *a,
              const char **model_id, Err *err)
{
    uint8_t digest[SHA256_LEN];
    char hex[SHA256_HEX_LEN];
    const Bytes hash = bytes_of(digest, sizeof digest);
    ModelInputs inputs;

    if (!check_kind(e->system_id, info, err) || !model_inputs_match(info, a, &inputs, err))
        return false;
    sha256(e->bytes, digest);
    *model_id = make_id(e, hex_encode(hash, hex), a);
    return check_new(tx, e, hash, err) && insert(tx, e, info, &inputs, hash, *model_id, actor, err)
           && note(tx, "register", *model_id, e->system_id, NULL, actor, err);
}

bool
model_store_register(DbTx *tx, const ModelEntry *entry, const ModelActor *actor, Arena *a, const char **model_id,
                     Err *err)
{
    Model *model = NULL;
    bool ok;

    if (!model_windows_check(&entry->training, &entry->evaluation, err))
        return false;
    if (!model_read(entry->bytes, &model, err)) {
        err->cls = ERR_CONFIG;
        return err_prefix(err, "%s", entry->file_name);
    }
    ok = register_read(tx, entry, model_info(model), actor, a, model_id, err);
    model_free(model);
    return ok;
}

/* ---- what becomes of a model ---- */

/* Sets the status where it is one of the others; ERR_CONFIG where there is no such model, or it has another. */
static bool
set_status(DbTx *tx, const char *model_id, const char *status, const char *const *from, size_t from_count, Arena *a,
           const char **system_id, Err *err)
{
    static const char look[] = "select system_id, status from predictions.model where model_id = $1 for update";
    static const char change[] = "update predictions.model set status = $2 where model_id = $1";
    const DbParam params[] = {db_text(model_id), db_text(status)};
    const char *now;
    DbRows *rows;

    if (!db_exec(tx, look, params, 1, &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_CONFIG, "there is no model %s; 'tipoff model list' shows them", model_id);
    *system_id = arena_strdup(a, db_get_text(rows, 0, 0));
    now = db_get_text(rows, 0, 1);
    for (size_t i = 0; i < from_count; i++)
        if (strcmp(now, from[i]) == 0)
            return db_exec(tx, change, params, ARRAY_LEN(params), NULL, err);
    return ERR_FAIL(err, ERR_CONFIG, "model %s is %s already", model_id, now);
}

bool
model_store_promote(DbTx *tx, const char *model_id, const char *reason, const ModelActor *actor, Arena *a,
                    const char **system_id, Err *err)
{
    static const char *const from[] = {"candidate", "rolled_back"};

    return set_status(tx, model_id, "promoted", from, ARRAY_LEN(from), a, system_id, err)
           && note(tx, "promote", model_id, *system_id, reason, actor, err);
}

bool
model_store_rollback(DbTx *tx, const char *system_id, const char *reason, const ModelActor *actor, Arena *a,
                     const char **model_id, Err *err)
{
    static const char sql[] = "select m.model_id from predictions.model m where m.system_id = $1 and m.status ="
                              " 'promoted' order by (select max(e.id) from predictions.model_event e where e.model_id ="
                              " m.model_id and e.action = 'promote') desc nulls last limit 1";
    static const char *const from[] = {"promoted"};
    const DbParam params[] = {db_text(system_id)};
    const char *same;
    DbRows *rows;

    if (!db_exec(tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    if (db_row_count(rows) == 0)
        return ERR_FAIL(err, ERR_CONFIG, "%s has no promoted model; 'tipoff model list' shows them", system_id);
    *model_id = arena_strdup(a, db_get_text(rows, 0, 0));
    return set_status(tx, *model_id, "rolled_back", from, ARRAY_LEN(from), a, &same, err)
           && note(tx, "rollback", *model_id, system_id, reason, actor, err);
}

bool
model_store_retire(DbTx *tx, const char *model_id, const char *reason, const ModelActor *actor, Arena *a,
                   const char **system_id, Err *err)
{
    static const char *const from[] = {"candidate", "promoted", "rolled_back"};

    return set_status(tx, model_id, "retired", from, ARRAY_LEN(from), a, system_id, err)
           && note(tx, "retire", model_id, *system_id, reason, actor, err);
}

bool
model_store_champion(DbTx *tx, const char *system_id, const char *reason, const ModelActor *actor, Err *err)
{
    static const char sql[]
        = "insert into predictions.champion (system_id) values ($1) on conflict (only_one) do update"
          " set system_id = excluded.system_id";
    const DbParam params[] = {db_text(system_id)};

    return db_exec(tx, sql, params, ARRAY_LEN(params), NULL, err)
           && note(tx, "champion", NULL, system_id, reason, actor, err);
}
