/*
 * workers/models/catboost_json.c
 *    From the document to parts.
 */
#include "workers/models/catboost_json.h"
#include <string.h>

/* Members of features_info that are there when a model has what cannot be evaluated here. */
static const struct {
    const char *key, *refusal;
} unsupported[] = {
    {"categorical_features", "it has categorical features; only numeric ones can be evaluated"},
    {"ctrs", "it has categorical features; only numeric ones can be evaluated"},
    {"text_features", "it has text features; only numeric ones can be evaluated"},
    {"embedding_features", "it has embedding features; only numeric ones can be evaluated"},
};

bool
catboost_json_is_one(const JsonPlace *root)
{
    return json_doc_member(root, "features_info").value != NULL
           && (json_doc_member(root, "oblivious_trees").value != NULL || json_doc_member(root, "trees").value != NULL);
}

static bool
is_supported(const JsonPlace *root, Err *err)
{
    const JsonPlace features = json_doc_member(root, "features_info");

    for (size_t i = 0; i < ARRAY_LEN(unsupported); i++)
        if (json_doc_member(&features, unsupported[i].key).value != NULL)
            return ERR_FAIL(err, ERR_POISON, "%s", unsupported[i].refusal);
    if (json_doc_member(root, "oblivious_trees").value == NULL)
        return ERR_FAIL(err, ERR_POISON,
                        "its trees are not symmetric (grow_policy); only symmetric ones can be evaluated");
    return true;
}

/* The length of a list that CatBoost may write as null when it is empty. */
static bool
length_or_none(const JsonPlace *array, size_t *out, Err *err)
{
    *out = 0;
    return array->value == NULL || json_doc_length(array, out, err);
}

/* ---- features ---- */

static bool
read_borders(const JsonPlace *feature, Arena *a, CatboostFeature *out, Err *err)
{
    const JsonPlace list = json_doc_member(feature, "borders");
    float *borders;

    if (!length_or_none(&list, &out->border_count, err))
        return false;
    borders = arena_array(a, out->border_count + 1, sizeof *borders);
    for (size_t i = 0; i < out->border_count; i++) {
        const JsonPlace item = json_doc_item(&list, i);
        double v;

        if (!json_doc_number(&item, &v, err))
            return false;
        borders[i] = (float)v;
    }
    out->borders = borders;
    return true;
}

static bool
read_treatment(const JsonPlace *feature, NanTreatment *out, Err *err)
{
    static const char *const names[] = {[NAN_AS_IS] = "AsIs", [NAN_AS_FALSE] = "AsFalse", [NAN_AS_TRUE] = "AsTrue"};
    const JsonPlace place = json_doc_member(feature, "nan_value_treatment");
    const char *text;

    if (!json_doc_text(&place, &text, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (NanTreatment)i;
            return true;
        }
    }
    return json_doc_fail(&place, err, "'%.40s' is no treatment of missing values", text);
}

/* A pool with names has them as feature_id, or as feature_name beside it. */
static bool
read_name(const JsonPlace *feature, const char **out, Err *err)
{
    JsonPlace place = json_doc_member(feature, "feature_name");

    if (place.value == NULL)
        place = json_doc_member(feature, "feature_id");
    *out = NULL;
    return place.value == NULL || json_doc_text(&place, out, err);
}

static bool
read_feature(const JsonPlace *feature, Arena *a, CatboostFeature *out, Err *err)
{
    const JsonPlace index = json_doc_member(feature, "flat_feature_index");
    const JsonPlace has_nans = json_doc_member(feature, "has_nans");

    return json_doc_integer(&index, 0, INT32_MAX, &out->index, err) && json_doc_boolean(&has_nans, &out->has_nans, err)
           && read_treatment(feature, &out->treatment, err) && read_name(feature, &out->name, err)
           && read_borders(feature, a, out, err);
}

static bool
read_features(const JsonPlace *root, Arena *a, CatboostParts *out, Err *err)
{
    const JsonPlace info = json_doc_member(root, "features_info"), list = json_doc_member(&info, "float_features");
    CatboostFeature *features;

    if (!length_or_none(&list, &out->feature_count, err))
        return false;
    features = arena_array(a, out->feature_count + 1, sizeof *features);
    for (size_t i = 0; i < out->feature_count; i++) {
        const JsonPlace item = json_doc_item(&list, i);

        if (!read_feature(&item, a, &features[i], err))
            return false;
    }
    out->features = features;
    return true;
}

/* ---- trees ---- */

/* The arrays of the parts while they grow. */
typedef struct {
    Arena *a;
    int32_t *splits;
    size_t split_count, split_cap;
    double *leaves;
    size_t leaf_count, leaf_cap;
} Trees;

/* split_index is what counts; feature and border are said once more beside it. */
static bool
check_split(const JsonPlace *split, int64_t number, const CatboostParts *parts, Err *err)
{
    const JsonPlace index = json_doc_member(split, "float_feature_index"), border = json_doc_member(split, "border");
    int64_t feature;
    double value;
    size_t rest = (size_t)number, i = 0;

    if (!json_doc_integer(&index, 0, INT32_MAX, &feature, err) || !json_doc_number(&border, &value, err))
        return false;
    while (i < parts->feature_count && rest >= parts->features[i].border_count)
        rest -= parts->features[i++].border_count;
    if (i == parts->feature_count)
        return json_doc_fail(split, err, "split_index %lld: there is no such border", (long long)number);
    return (parts->features[i].index == feature && !(parts->features[i].borders[rest] < (float)value)
            && !(parts->features[i].borders[rest] > (float)value))
           || json_doc_fail(split, err, "split_index %lld is another feature or border than is said beside it",
                            (long long)number);
}

static bool
read_splits(const JsonPlace *tree, Trees *t, const CatboostParts *parts, int32_t *depth, Err *err)
{
    const JsonPlace list = json_doc_member(tree, "splits");
    size_t count;

    if (!length_or_none(&list, &count, err))
        return false;
    *depth = count > INT32_MAX ? INT32_MAX : (int32_t)count;
    for (size_t i = 0; i < count; i++) {
        const JsonPlace split = json_doc_item(&list, i), place = json_doc_member(&split, "split_index");
        int64_t number;

        if (!json_doc_integer(&place, 0, INT32_MAX, &number, err) || !check_split(&split, number, parts, err))
            return false;
        t->splits = arena_room(t->a, t->splits, t->split_count, &t->split_cap, sizeof *t->splits);
        t->splits[t->split_count++] = (int32_t)number;
    }
    return true;
}

static bool
read_leaves(const JsonPlace *tree, Trees *t, int32_t depth, Err *err)
{
    const JsonPlace list = json_doc_member(tree, "leaf_values");
    size_t count;

    if (!json_doc_length(&list, &count, err))
        return false;
    if (depth < 32 && count != (size_t)1 << depth)
        return json_doc_fail(&list, err, "%zu values for %d splits; only one dimension of output can be evaluated",
                             count, (int)depth);
    for (size_t i = 0; i < count; i++) {
        const JsonPlace item = json_doc_item(&list, i);

        t->leaves = arena_room(t->a, t->leaves, t->leaf_count, &t->leaf_cap, sizeof *t->leaves);
        if (!json_doc_number(&item, &t->leaves[t->leaf_count++], err))
            return false;
    }
    return true;
}

static bool
read_trees(const JsonPlace *root, Arena *a, CatboostParts *out, Err *err)
{
    const JsonPlace list = json_doc_member(root, "oblivious_trees");
    Trees t = {.a = a};
    int32_t *depths;

    if (!length_or_none(&list, &out->tree_count, err))
        return false;
    depths = arena_array(a, out->tree_count + 1, sizeof *depths);
    for (size_t i = 0; i < out->tree_count; i++) {
        const JsonPlace tree = json_doc_item(&list, i);

        if (!read_splits(&tree, &t, out, &depths[i], err) || !read_leaves(&tree, &t, depths[i], err))
            return false;
    }
    out->depths = depths;
    out->splits = t.splits;
    out->split_count = t.split_count;
    out->leaves = t.leaves;
    out->leaf_count = t.leaf_count;
    return true;
}

/* [scale, [bias]] */
static bool
read_scale_and_bias(const JsonPlace *root, CatboostParts *out, Err *err)
{
    const JsonPlace pair = json_doc_member(root, "scale_and_bias");
    const JsonPlace scale = json_doc_item(&pair, 0), biases = json_doc_item(&pair, 1), bias = json_doc_item(&biases, 0);
    size_t count;

    out->scale = 1;
    out->bias = 0;
    if (pair.value == NULL)
        return true;
    if (!json_doc_number(&scale, &out->scale, err) || !json_doc_length(&biases, &count, err))
        return false;
    if (count > 1)
        return ERR_FAIL(err, ERR_POISON,
                        "its output has dimension %zu (several classes or targets); only one can be evaluated", count);
    return count == 0 || json_doc_number(&bias, &out->bias, err);
}

/* ---- information ---- */

/* A member that is a text; NULL when it is not there, or something else. */
static const char *
text_or_null(const JsonPlace *object, const char *key)
{
    const JsonPlace place = json_doc_member(object, key);
    const char *text;
    Err ignored;

    return json_doc_text(&place, &text, &ignored) ? text : NULL;
}

/* The name in {"type": NAME, ...}. */
static const char *
loss_in(const JsonPlace *place, Arena *a)
{
    return arena_strdup(a, text_or_null(place, "type"));
}

static const char *
loss_in_params(const JsonPlace *params, Arena *a)
{
    const JsonPlace loss = json_doc_member(params, "loss_function");

    return loss_in(&loss, a);
}

/* What one of these two finds in a text that is JSON; *out stays where there is no text, or nothing in it. */
static bool
find_in_text(const char *text, const char *what, const char *(*find)(const JsonPlace *, Arena *), Arena *a,
             const char **out, Err *err)
{
    const char *loss;
    JsonDoc *doc;
    JsonPlace root;

    if (text == NULL || text[0] == '\0')
        return true;
    if (!json_doc_read(bytes_of_str(text), &doc, err))
        return err_prefix(err, "its %s", what);
    root = json_doc_root(doc);
    loss = find(&root, a);
    if (loss != NULL)
        *out = loss;
    json_doc_free(doc);
    return true;
}

bool
catboost_loss(const CatboostParts *parts, Arena *a, const char **out, Err *err)
{
    *out = NULL;
    if (!find_in_text(parts->loss_function, "loss_function", loss_in, a, out, err)
        || !find_in_text(parts->params, "params", loss_in_params, a, out, err))
        return false;
    if (parts->loss != NULL)
        *out = parts->loss;
    return true;
}

/* params stands as what it is, loss_function as a text that is JSON. */
static void
read_info(const JsonPlace *root, Arena *a, CatboostParts *out)
{
    const JsonPlace info = json_doc_member(root, "model_info"), params = json_doc_member(&info, "params");

    out->loss = loss_in_params(&params, a);
    out->loss_function = text_or_null(&info, "loss_function");
    out->made_by = text_or_null(&info, "catboost_version_info");
    out->made_at = text_or_null(&info, "train_finish_time");
}

bool
catboost_json_read(const JsonPlace *root, Arena *a, CatboostParts *out, Err *err)
{
    *out = (CatboostParts){0};
    if (!is_supported(root, err) || !read_scale_and_bias(root, out, err) || !read_features(root, a, out, err)
        || !read_trees(root, a, out, err))
        return false;
    read_info(root, a, out);
    return true;
}
