/*
 * workers/models/xgboost_json.c
 *    From the document to parts.
 *
 * XGBoost writes the shortest decimals that are read back as the same float32. They come here by way of a double,
 * which gives that float32 for each of them but one (7.038531e-26, then off by one in the last bit).
 */
#include "workers/models/xgboost_json.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Objectives whose prediction is the sum of base score and leaves. */
static const char *const objectives[] = {"reg:squarederror",     "reg:squaredlogerror", "reg:absoluteerror",
                                         "reg:pseudohubererror", "reg:quantileerror",   "reg:linear"};

bool
xgboost_json_is_one(const JsonPlace *root)
{
    return json_doc_member(root, "learner").value != NULL;
}

/* ---- numbers in texts ---- */

static bool
parse_whole(const JsonPlace *place, const char *text, int64_t max, int64_t *out, Err *err)
{
    char *end;

    errno = 0;
    *out = strtoll(text, &end, 10);
    return (end != text && *end == '\0' && errno == 0 && *out >= 0 && *out <= max)
           || json_doc_fail(place, err, "'%.40s' is no whole number from 0 to %lld", text, (long long)max);
}

/* Counts are written as texts. */
static bool
read_count(const JsonPlace *object, const char *key, int64_t max, int64_t *out, Err *err)
{
    const JsonPlace place = json_doc_member(object, key);
    const char *text;

    return json_doc_text(&place, &text, err) && parse_whole(&place, text, max, out, err);
}

/* Left as it is where an older release wrote no such member. */
static bool
read_count_or_none(const JsonPlace *object, const char *key, int64_t max, int64_t *out, Err *err)
{
    const JsonPlace place = json_doc_member(object, key);

    return place.value == NULL || read_count(object, key, max, out, err);
}

/* "5E-1", and from release 3 on "[5E-1]", with a number for every output. */
static bool
read_base_score(const JsonPlace *model, float *out, Err *err)
{
    const JsonPlace place = json_doc_member(model, "base_score");
    const char *text;
    char *end;
    bool is_list;

    if (!json_doc_text(&place, &text, err))
        return false;
    is_list = text[0] == '[';
    *out = strtof(text + is_list, &end);
    if (is_list && *end == ',')
        return ERR_FAIL(err, ERR_POISON, "it has several outputs; only one can be evaluated");
    return (end != text + is_list && strcmp(end, is_list ? "]" : "") == 0)
           || json_doc_fail(&place, err, "'%.40s' is no number", text);
}

/* ---- the learner ---- */

static bool
read_outputs(const JsonPlace *model, Err *err)
{
    int64_t classes = 0, targets = 1;

    if (!read_count_or_none(model, "num_class", INT32_MAX, &classes, err)
        || !read_count_or_none(model, "num_target", INT32_MAX, &targets, err))
        return false;
    return (classes <= 1 && targets <= 1)
           || ERR_FAIL(err, ERR_POISON,
                       "it has several outputs (%lld classes, %lld targets); only one can be evaluated",
                       (long long)classes, (long long)targets);
}

static bool
read_objective(const JsonPlace *learner, XgboostParts *out, Err *err)
{
    const JsonPlace objective = json_doc_member(learner, "objective"), name = json_doc_member(&objective, "name");

    if (!json_doc_text(&name, &out->objective, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(objectives); i++)
        if (strcmp(out->objective, objectives[i]) == 0)
            return true;
    return ERR_FAIL(
        err, ERR_POISON,
        "its objective is %.60s, whose prediction is not the trees' sum; only those of plain regression can be"
        " evaluated",
        out->objective);
}

static bool
read_names(const JsonPlace *learner, Arena *a, XgboostParts *out, Err *err)
{
    const JsonPlace list = json_doc_member(learner, "feature_names");
    const char **names;
    size_t count;

    if (list.value == NULL)
        return true;
    if (!json_doc_length(&list, &count, err))
        return false;
    if (count == 0)
        return true;
    if (count != out->feature_count)
        return json_doc_fail(&list, err, "%zu names for %zu features", count, out->feature_count);
    names = arena_array(a, count, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        const JsonPlace item = json_doc_item(&list, i);

        if (!json_doc_text(&item, &names[i], err))
            return false;
    }
    out->names = names;
    return true;
}

static bool
read_version(const JsonPlace *root, Arena *a, XgboostParts *out, Err *err)
{
    const JsonPlace list = json_doc_member(root, "version");
    int64_t part[3];

    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        const JsonPlace item = json_doc_item(&list, i);

        if (!json_doc_integer(&item, 0, INT32_MAX, &part[i], err))
            return false;
    }
    out->version = arena_printf(a, "%lld.%lld.%lld", (long long)part[0], (long long)part[1], (long long)part[2]);
    return true;
}

/* ---- trees ---- */

/* There is such an array, with an item a node. */
static bool
has_item_a_node(const JsonPlace *list, size_t nodes, Err *err)
{
    size_t length;

    if (!json_doc_length(list, &length, err))
        return false;
    return length == nodes || json_doc_fail(list, err, "%zu items for %zu nodes", length, nodes);
}

/* Whole numbers from min on. */
static bool
read_wholes(const JsonPlace *tree, const char *key, int64_t min, size_t count, Arena *a, const int32_t **out, Err *err)
{
    const JsonPlace list = json_doc_member(tree, key);
    int32_t *items = arena_array(a, count + 1, sizeof *items);

    if (!has_item_a_node(&list, count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const JsonPlace item = json_doc_item(&list, i);
        int64_t v;

        if (!json_doc_integer(&item, min, INT32_MAX, &v, err))
            return false;
        items[i] = (int32_t)v;
    }
    *out = items;
    return true;
}

static bool
read_values(const JsonPlace *tree, size_t count, Arena *a, const float **out, Err *err)
{
    const JsonPlace list = json_doc_member(tree, "split_conditions");
    float *items = arena_array(a, count + 1, sizeof *items);

    if (!has_item_a_node(&list, count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const JsonPlace item = json_doc_item(&list, i);
        double v;

        if (!json_doc_number(&item, &v, err))
            return false;
        items[i] = (float)v;
    }
    *out = items;
    return true;
}

static bool
read_directions(const JsonPlace *tree, size_t count, Arena *a, const bool **out, Err *err)
{
    const JsonPlace list = json_doc_member(tree, "default_left");
    bool *items = arena_array(a, count + 1, sizeof *items);

    if (!has_item_a_node(&list, count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const JsonPlace item = json_doc_item(&list, i);

        if (!json_doc_boolean(&item, &items[i], err))
            return false;
    }
    *out = items;
    return true;
}

/* 1 marks a split by category. */
static bool
check_split_types(const JsonPlace *tree, Err *err)
{
    const JsonPlace list = json_doc_member(tree, "split_type");
    size_t count = 0;

    if (list.value != NULL && !json_doc_length(&list, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const JsonPlace item = json_doc_item(&list, i);
        int64_t type;

        if (!json_doc_integer(&item, 0, 1, &type, err))
            return false;
        if (type != 0)
            return ERR_FAIL(err, ERR_POISON,
                            "it has splits by category (categorical features); only numeric ones can be"
                            " evaluated");
    }
    return true;
}

static bool
read_tree(const JsonPlace *tree, Arena *a, XgboostTree *out, Err *err)
{
    const JsonPlace param = json_doc_member(tree, "tree_param"), left = json_doc_member(tree, "left_children");
    int64_t outputs = 0;

    if (!read_count_or_none(&param, "size_leaf_vector", INT32_MAX, &outputs, err))
        return false;
    if (outputs > 1)
        return ERR_FAIL(err, ERR_POISON, "its leaves have several outputs; only one can be evaluated");
    return check_split_types(tree, err) && json_doc_length(&left, &out->node_count, err)
           && read_wholes(tree, "left_children", -1, out->node_count, a, &out->left, err)
           && read_wholes(tree, "right_children", -1, out->node_count, a, &out->right, err)
           && read_wholes(tree, "split_indices", 0, out->node_count, a, &out->feature, err)
           && read_values(tree, out->node_count, a, &out->value, err)
           && read_directions(tree, out->node_count, a, &out->is_missing_left, err);
}

static bool
read_trees(const JsonPlace *model, Arena *a, XgboostParts *out, Err *err)
{
    const JsonPlace list = json_doc_member(model, "trees"), outputs = json_doc_member(model, "tree_info");
    XgboostTree *trees;

    if (!json_doc_length(&list, &out->tree_count, err))
        return false;
    trees = arena_array(a, out->tree_count + 1, sizeof *trees);
    for (size_t i = 0; i < out->tree_count; i++) {
        const JsonPlace tree = json_doc_item(&list, i), output = json_doc_item(&outputs, i);
        int64_t of_output;

        if (!json_doc_integer(&output, 0, INT32_MAX, &of_output, err))
            return false;
        if (of_output != 0)
            return ERR_FAIL(err, ERR_POISON, "it has several outputs; only one can be evaluated");
        if (!read_tree(&tree, a, &trees[i], err))
            return false;
    }
    out->trees = trees;
    return true;
}

static bool
check_booster(const JsonPlace *booster, Err *err)
{
    const JsonPlace place = json_doc_member(booster, "name");
    const char *name;

    return json_doc_text(&place, &name, err)
           && (strcmp(name, "gbtree") == 0
               || ERR_FAIL(err, ERR_POISON, "its booster is %.40s; only gbtree can be evaluated", name));
}

bool
xgboost_json_read(const JsonPlace *root, Arena *a, XgboostParts *out, Err *err)
{
    const JsonPlace learner = json_doc_member(root, "learner");
    const JsonPlace booster = json_doc_member(&learner, "gradient_booster"), trees = json_doc_member(&booster, "model");
    const JsonPlace model = json_doc_member(&learner, "learner_model_param");
    int64_t features;

    *out = (XgboostParts){0};
    if (!check_booster(&booster, err) || !read_objective(&learner, out, err) || !read_outputs(&model, err)
        || !read_count(&model, "num_feature", INT32_MAX, &features, err))
        return false;
    out->feature_count = (size_t)features;
    return read_base_score(&model, &out->base_score, err) && read_version(root, a, out, err)
           && read_names(&learner, a, out, err) && read_trees(&trees, a, out, err);
}
