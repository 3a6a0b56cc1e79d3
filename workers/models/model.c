/*
 * workers/models/model.c
 *    Which reader, which evaluator.
 */
#include "workers/models/model.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/arena.h"
#include "libcore/io/json_doc.h"
#include "workers/models/boosted_core.h"
#include "workers/models/catboost_cbm_core.h"
#include "workers/models/catboost_json.h"
#include "workers/models/oblivious_core.h"
#include "workers/models/xgboost_json.h"

/* One of the two kinds of trees. */
struct Model {
    Arena *a;
    ModelInfo info;
    const ObliviousTrees *oblivious;
    const BoostedTrees *boosted;
};

/* Losses of CatBoost whose prediction is not the raw value: classes, probabilities, exponents. */
static const char *const transformed[] = {
    "Logloss",      "CrossEntropy",      "Focal",   "MultiClass", "MultiClassOneVsAll",
    "MultiLogloss", "MultiCrossEntropy", "Poisson", "Tweedie"};

/* What other files begin with. */
static const struct {
    const char *bytes;
    size_t len;
    const char *refusal;
} foreign[] = {
    {"{L", 2, "this is XGBoost's UBJSON; save the model under a name that ends in .json"},
    {"{i", 2, "this is XGBoost's UBJSON; save the model under a name that ends in .json"},
    {"binf", 4, "this is XGBoost's old binary format; save the model under a name that ends in .json"},
};

static bool
starts_with(Bytes b, const void *mark, size_t len)
{
    return b.len >= len && memcmp(b.data, mark, len) == 0;
}

/* ---- CatBoost ---- */

static bool
check_loss(const char *loss, Err *err)
{
    for (size_t i = 0; loss != NULL && i < ARRAY_LEN(transformed); i++)
        if (strcmp(loss, transformed[i]) == 0)
            return ERR_FAIL(
                err, ERR_POISON,
                "it was trained for %s, whose prediction is not the trees' sum; only plain regression can be"
                " evaluated",
                loss);
    return true;
}

/* "CatBoost release 1.2.10" out of a text of many lines about its build; NULL where there is no such thing. */
static const char *
release_in(const char *text, Arena *a)
{
    static const char mark[] = "CatBoost release ";
    const char *at = text == NULL ? NULL : strstr(text, mark);

    return at == NULL ? NULL : arena_strndup(a, at, sizeof mark - 1 + strspn(at + sizeof mark - 1, "0123456789."));
}

static bool
take_catboost(Model *m, const CatboostParts *parts, const char *format, Err *err)
{
    m->info.kind = "catboost";
    m->info.format = format;
    m->info.made_by = release_in(parts->made_by, m->a);
    m->info.made_at = arena_strdup(m->a, parts->made_at);
    return catboost_loss(parts, m->a, &m->info.objective, err) && check_loss(m->info.objective, err)
           && oblivious_compile(parts, m->a, &m->oblivious, &m->info, err);
}

static bool
read_cbm(Model *m, Bytes file, Err *err)
{
    CatboostParts parts;

    return catboost_cbm_read(file, m->a, &parts, err) && take_catboost(m, &parts, "CBM1, FlabuffersModel_v1", err);
}

/* ---- JSON ---- */

static bool
take_xgboost(Model *m, const XgboostParts *parts, Err *err)
{
    m->info.kind = "xgboost";
    m->info.format = "JSON";
    m->info.objective = arena_strdup(m->a, parts->objective);
    m->info.made_by = arena_printf(m->a, "XGBoost %s", parts->version);
    return boosted_compile(parts, m->a, &m->boosted, &m->info, err);
}

static bool
read_document(Model *m, const JsonPlace *root, Err *err)
{
    CatboostParts catboost;
    XgboostParts xgboost;

    if (catboost_json_is_one(root))
        return catboost_json_read(root, m->a, &catboost, err) && take_catboost(m, &catboost, "JSON", err);
    if (xgboost_json_is_one(root))
        return xgboost_json_read(root, m->a, &xgboost, err) && take_xgboost(m, &xgboost, err);
    return ERR_FAIL(err, ERR_POISON,
                    "this JSON is no model of CatBoost (features_info, oblivious_trees) or XGBoost (learner)");
}

static bool
read_json(Model *m, Bytes file, Err *err)
{
    JsonDoc *doc;
    JsonPlace root;
    bool ok;

    if (!json_doc_read(file, &doc, err))
        return false;
    root = json_doc_root(doc);
    ok = read_document(m, &root, err);
    json_doc_free(doc);
    return ok;
}

/* ---- any ---- */

static bool
read_any(Model *m, Bytes file, Err *err)
{
    if (file.len == 0)
        return ERR_FAIL(err, ERR_POISON, "the file is empty");
    for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
        if (starts_with(file, foreign[i].bytes, foreign[i].len))
            return ERR_FAIL(err, ERR_POISON, "%s", foreign[i].refusal);
    if (catboost_cbm_is_one(file))
        return read_cbm(m, file, err);
    if (file.data[0] == '{' || file.data[0] == ' ' || file.data[0] == '\n' || file.data[0] == '\r'
        || file.data[0] == '\t')
        return read_json(m, file, err);
    return ERR_FAIL(err, ERR_POISON, "it begins neither as CatBoost's binary format (CBM1) nor as JSON");
}

static int
by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* Rows are matched with features by these names, so that none may stand twice. */
static bool
check_names(Model *m, Err *err)
{
    const char **names = arena_array(m->a, m->info.feature_count + 1, sizeof *names);
    size_t n = 0;

    m->info.has_names = true;
    for (size_t i = 0; i < m->info.feature_count; i++) {
        const ModelFeature *f = &m->info.features[i];

        if (f->name != NULL)
            names[n++] = f->name;
        else if (f->splits > 0)
            m->info.has_names = false;
    }
    if (n == 0)
        m->info.has_names = false;
    else
        qsort(names, n, sizeof *names, by_text);
    for (size_t i = 1; i < n; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return ERR_FAIL(err, ERR_POISON, "two features have the name '%.80s'", names[i]);
    return true;
}

bool
model_read(Bytes file, Model **out, Err *err)
{
    Model *m = calloc(1, sizeof *m);

    if (m == NULL)
        abort();
    m->a = arena_new(0);
    *out = NULL;
    if (!read_any(m, file, err) || !check_names(m, err)) {
        model_free(m);
        return false;
    }
    *out = m;
    return true;
}

void
model_free(Model *m)
{
    if (m != NULL)
        arena_free(m->a);
    free(m);
}

const ModelInfo *
model_info(const Model *m)
{
    return &m->info;
}

double
model_predict_row(const Model *m, const float *row)
{
    return m->oblivious != NULL ? oblivious_predict_row(m->oblivious, row)
                                : (double)boosted_predict_row(m->boosted, row);
}

void
model_predict(const Model *m, const float *rows, size_t count, size_t stride, double *out)
{
    if (m->oblivious != NULL)
        oblivious_predict(m->oblivious, rows, count, stride, out);
    else
        boosted_predict(m->boosted, rows, count, stride, out);
}

const char *
missing_mode_name(MissingMode mode)
{
    static const char *const names[] = {
        [MISSING_BELOW] = "below (Min)",         [MISSING_ABOVE] = "above (Max)",
        [MISSING_NOT_SEEN] = "below, none seen", [MISSING_BY_SPLIT] = "by split",
        [MISSING_DOES_NOT_MATTER] = "not asked",
    };

    return names[mode];
}
