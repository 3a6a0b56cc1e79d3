/*
 * workers/models/boosted_core.c
 *    Lay trees out so that a walk has no branches, and walk them.
 */
#include "workers/models/boosted_core.h"
#include <math.h>
#include <stdlib.h>

enum { ROWS_AT_ONCE = 8, LEAF = -1 };

/* The children of a split lie side by side. A leaf leads to itself, so that a walk takes as many steps as the tree
 * is deep, whichever leaf it comes to, and the processor sees through several trees at once. */
typedef struct {
    float value;   /* of a leaf, or what a split compares with */
    uint32_t next; /* the left child, or the leaf itself */
    uint32_t feature;
    uint8_t right;         /* steps from next to the right child: 1, or 0 of a leaf */
    uint8_t missing_right; /* 1 when a missing value goes right */
} BoostedNode;

typedef struct {
    const BoostedNode *nodes;
    size_t node_count;
    unsigned depth;
} BoostedTree;

struct BoostedTrees {
    const BoostedTree *trees;
    size_t tree_count;
    float base_score;
};

/* ---- layout ---- */

static bool
bad_node(Err *err, size_t tree, int32_t node, const char *why)
{
    return ERR_FAIL(err, ERR_POISON, "tree %zu, node %d: %s", tree, (int)node, why);
}

/* A tree while it is laid out, level by level. */
typedef struct {
    const XgboostTree *from;
    size_t number, feature_count;
    BoostedNode *nodes;
    int32_t *origin; /* of each node in nodes: its number in the file */
    bool *is_reached;
    size_t count;
} Layout;

static bool
take_node(Layout *l, int32_t node, int32_t parent, Err *err)
{
    if (node < 0 || (size_t)node >= l->from->node_count)
        return bad_node(err, l->number, parent, "a child does not exist");
    if (l->is_reached[node])
        return bad_node(err, l->number, node, "it is reached twice");
    if (!isfinite(l->from->value[node]))
        return bad_node(err, l->number, node, "its value is not finite");
    l->is_reached[node] = true;
    l->origin[l->count++] = node;
    return true;
}

static bool
lay_out_node(Layout *l, size_t place, Err *err)
{
    const XgboostTree *from = l->from;
    const int32_t node = l->origin[place];
    BoostedNode *n = &l->nodes[place];

    *n = (BoostedNode){.value = from->value[node], .next = (uint32_t)place};
    if (from->left[node] == LEAF)
        return true;
    if (from->feature[node] < 0 || (size_t)from->feature[node] >= l->feature_count)
        return bad_node(err, l->number, node, "there is no such feature");
    n->next = (uint32_t)l->count;
    n->right = 1;
    n->feature = (uint32_t)from->feature[node];
    n->missing_right = !from->is_missing_left[node];
    return take_node(l, from->left[node], node, err) && take_node(l, from->right[node], node, err);
}

static bool
lay_out_tree(const XgboostTree *from, size_t number, size_t feature_count, Arena *a, BoostedTree *out, Err *err)
{
    Layout l = {.from = from, .number = number, .feature_count = feature_count};
    size_t level_end = 1;

    if (from->node_count == 0)
        return ERR_FAIL(err, ERR_POISON, "tree %zu has no nodes", number);
    l.nodes = arena_array(a, from->node_count, sizeof *l.nodes);
    l.origin = arena_array(a, from->node_count, sizeof *l.origin);
    l.is_reached = arena_array(a, from->node_count, sizeof *l.is_reached);
    *out = (BoostedTree){.nodes = l.nodes};
    if (!take_node(&l, 0, 0, err))
        return false;
    for (size_t i = 0; i < l.count; i++) {
        if (i == level_end) {
            level_end = l.count;
            out->depth++;
        }
        if (!lay_out_node(&l, i, err))
            return false;
    }
    out->node_count = l.count;
    return true;
}

/* ---- description ---- */

typedef struct {
    uint32_t feature;
    float border;
} Comparison;

static int
by_feature_and_border(const void *x, const void *y)
{
    const Comparison *p = x, *q = y;

    if (p->feature != q->feature)
        return p->feature < q->feature ? -1 : 1;
    return (p->border > q->border) - (p->border < q->border);
}

static void
count_comparisons(const BoostedTrees *t, ModelFeature *features, Arena *a)
{
    Comparison *list = NULL;
    size_t n = 0, cap = 0;

    for (size_t i = 0; i < t->tree_count; i++) {
        for (size_t k = 0; k < t->trees[i].node_count; k++) {
            const BoostedNode *node = &t->trees[i].nodes[k];

            if (node->right == 0)
                continue;
            list = arena_room(a, list, n, &cap, sizeof *list);
            list[n++] = (Comparison){node->feature, node->value};
        }
    }
    if (n > 0)
        qsort(list, n, sizeof *list, by_feature_and_border);
    for (size_t i = 0; i < n; i++) {
        ModelFeature *f = &features[list[i].feature];

        f->splits++;
        f->borders += i == 0 || by_feature_and_border(&list[i - 1], &list[i]) != 0;
        f->missing = MISSING_BY_SPLIT;
    }
}

static void
describe(const BoostedTrees *t, const XgboostParts *p, Arena *a, ModelInfo *info)
{
    ModelFeature *features = arena_array(a, p->feature_count, sizeof *features);

    for (size_t i = 0; i < p->feature_count; i++)
        features[i] = (ModelFeature){.name = p->names == NULL ? NULL : arena_strdup(a, p->names[i]),
                                     .missing = MISSING_DOES_NOT_MATTER};
    count_comparisons(t, features, a);
    for (size_t i = 0; i < t->tree_count; i++)
        info->trees_of_depth[t->trees[i].depth < MODEL_MOST_DEPTHS ? t->trees[i].depth : MODEL_MOST_DEPTHS]++;
    info->features = features;
    info->feature_count = p->feature_count;
    info->tree_count = p->tree_count;
    info->scale = 1;
    info->bias = (double)p->base_score;
}

bool
boosted_compile(const XgboostParts *parts, Arena *a, const BoostedTrees **out, ModelInfo *info, Err *err)
{
    BoostedTree *trees = arena_array(a, parts->tree_count + 1, sizeof *trees);
    BoostedTrees *t = arena_alloc(a, sizeof *t);

    if (parts->feature_count == 0 || parts->feature_count > MODEL_MOST_FEATURES)
        return ERR_FAIL(err, ERR_POISON, "%zu features are not from 1 to %d", parts->feature_count,
                        MODEL_MOST_FEATURES);
    if (!isfinite(parts->base_score))
        return ERR_FAIL(err, ERR_POISON, "its base score is not finite");
    for (size_t i = 0; i < parts->tree_count; i++)
        if (!lay_out_tree(&parts->trees[i], i, parts->feature_count, a, &trees[i], err))
            return false;
    *t = (BoostedTrees){trees, parts->tree_count, parts->base_score};
    describe(t, parts, a, info);
    *out = t;
    return true;
}

/* ---- evaluation ---- */

static inline uint32_t
step(const BoostedNode *n, const float *row)
{
    const float v = row[n->feature];
    const unsigned is_right = (unsigned)(v >= n->value) | ((unsigned)isnan(v) & n->missing_right);

    return n->next + (is_right & n->right);
}

float
boosted_predict_row(const BoostedTrees *t, const float *row)
{
    float sum = t->base_score;

    for (size_t i = 0; i < t->tree_count; i++) {
        const BoostedNode *nodes = t->trees[i].nodes;
        uint32_t at = 0;

        for (unsigned d = t->trees[i].depth; d > 0; d--)
            at = step(&nodes[at], row);
        sum += nodes[at].value;
    }
    return sum;
}

/* Rows side by side: while one waits for a node, the others go on. */
static void
predict_rows(const BoostedTrees *t, const float *rows, size_t stride, double out[ROWS_AT_ONCE])
{
    float sums[ROWS_AT_ONCE];

    for (size_t r = 0; r < ROWS_AT_ONCE; r++)
        sums[r] = t->base_score;
    for (size_t i = 0; i < t->tree_count; i++) {
        const BoostedNode *nodes = t->trees[i].nodes;
        uint32_t at[ROWS_AT_ONCE] = {0};

        for (unsigned d = t->trees[i].depth; d > 0; d--)
            for (size_t r = 0; r < ROWS_AT_ONCE; r++)
                at[r] = step(&nodes[at[r]], rows + r * stride);
        for (size_t r = 0; r < ROWS_AT_ONCE; r++)
            sums[r] += nodes[at[r]].value;
    }
    for (size_t r = 0; r < ROWS_AT_ONCE; r++)
        out[r] = (double)sums[r];
}

void
boosted_predict(const BoostedTrees *t, const float *rows, size_t count, size_t stride, double *out)
{
    size_t i = 0;

    for (; count - i >= ROWS_AT_ONCE; i += ROWS_AT_ONCE)
        predict_rows(t, rows + i * stride, stride, out + i);
    for (; i < count; i++)
        out[i] = (double)boosted_predict_row(t, rows + i * stride);
}
