/*
 * workers/models/oblivious_core.c
 *    Check what a CatBoost file says and lay it out for the evaluators.
 */
#include "workers/models/oblivious_core.h"
#include <math.h>
#include <string.h>
#include "workers/models/oblivious_trees.h"

/* ---- checks ---- */

/* The sentence ends with the byte, where that is known. */
static bool
contradiction(Err *err, const char *what, size_t number, size_t at, size_t item_bytes, const char *why)
{
    if (at == 0)
        return ERR_FAIL(err, ERR_POISON, "%s %zu: %s", what, number, why);
    return ERR_FAIL(err, ERR_POISON, "%s %zu at byte %zu: %s", what, number, at + number * item_bytes, why);
}

static bool
check_borders(const CatboostFeature *f, Err *err)
{
    for (size_t i = 0; i < f->border_count; i++) {
        if (!isfinite(f->borders[i]))
            return ERR_FAIL(err, ERR_POISON, "feature %lld: border %zu is not finite", (long long)f->index, i);
        if (i > 0 && !(f->borders[i - 1] < f->borders[i]))
            return ERR_FAIL(err, ERR_POISON, "feature %lld: border %zu is not above the one before it",
                            (long long)f->index, i);
    }
    return true;
}

/* Gives the number of columns that a row must have. */
static bool
check_features(const CatboostParts *p, size_t *columns, Err *err)
{
    int64_t last = -1;

    for (size_t i = 0; i < p->feature_count; i++) {
        const CatboostFeature *f = &p->features[i];

        if (f->index < 0 || f->index >= MODEL_MOST_FEATURES)
            return ERR_FAIL(err, ERR_POISON, "feature %zu: its column is %lld, not from 0 to %d", i,
                            (long long)f->index, MODEL_MOST_FEATURES - 1);
        if (f->index <= last)
            return ERR_FAIL(err, ERR_POISON, "feature %zu: its column %lld is not behind the one before it", i,
                            (long long)f->index);
        if (!check_borders(f, err))
            return false;
        last = f->index;
    }
    *columns = (size_t)(last + 1);
    return true;
}

static bool
check_depths(const CatboostParts *p, Err *err)
{
    size_t splits = 0, leaves = 0;

    if (p->start_count != 0 && p->start_count != p->tree_count)
        return ERR_FAIL(err, ERR_POISON, "%zu trees, but %zu that begin", p->tree_count, p->start_count);
    for (size_t i = 0; i < p->tree_count; i++) {
        if (i < p->start_count && (p->starts[i] < 0 || (size_t)p->starts[i] != splits))
            return contradiction(err, "start of tree", i, p->starts_at, sizeof *p->starts,
                                 "its splits do not follow those of the tree before it");
        if (p->depths[i] < 0 || p->depths[i] > OBLIVIOUS_MAX_DEPTH)
            return contradiction(err, "tree", i, p->depths_at, sizeof *p->depths, "its depth is not from 0 to 16");
        splits += (size_t)p->depths[i];
        leaves += (size_t)1 << p->depths[i];
    }
    if (splits != p->split_count)
        return ERR_FAIL(err, ERR_POISON, "%zu splits in place of the %zu of all trees", p->split_count, splits);
    if (leaves != p->leaf_count)
        return ERR_FAIL(err, ERR_POISON, "%zu leaves in place of the %zu of all trees", p->leaf_count, leaves);
    return true;
}

static bool
check_values(const CatboostParts *p, size_t border_count, Err *err)
{
    for (size_t i = 0; i < p->split_count; i++)
        if (p->splits[i] < 0 || (size_t)p->splits[i] >= border_count)
            return contradiction(err, "split", i, p->splits_at, sizeof *p->splits, "there is no such border");
    for (size_t i = 0; i < p->leaf_count; i++)
        if (!isfinite(p->leaves[i]))
            return contradiction(err, "leaf", i, p->leaves_at, sizeof *p->leaves, "its value is not finite");
    return (isfinite(p->scale) && isfinite(p->bias)) || ERR_FAIL(err, ERR_POISON, "scale or bias is not finite");
}

/* ---- layout ---- */

/* A border of the model as a split would ask for it, in both forms. */
typedef struct {
    ObliviousSplit split;
    BinSplit bin;
} Border;

static size_t
count_borders(const CatboostParts *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->feature_count; i++)
        n += p->features[i].border_count;
    return n;
}

static size_t
count_columns(const CatboostParts *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->feature_count; i++)
        n += (p->features[i].border_count + OBLIVIOUS_BIN_MAX - 1) / OBLIVIOUS_BIN_MAX;
    return n;
}

/* Never NULL. */
static void *
copy_items(const void *items, size_t count, size_t size, Arena *a)
{
    void *copy = arena_array(a, count + 1, size);

    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

/* Makes the columns; returns all borders in the order in which splits count them. */
static const Border *
lay_out_borders(ObliviousTrees *t, const CatboostParts *p, Arena *a)
{
    BinColumn *columns = arena_array(a, t->column_count + 1, sizeof *columns);
    Border *borders = arena_array(a, count_borders(p) + 1, sizeof *borders);
    size_t n = 0, column = 0;

    for (size_t i = 0; i < p->feature_count; i++) {
        const CatboostFeature *f = &p->features[i];
        const float *own = copy_items(f->borders, f->border_count, sizeof *own, a);
        const uint32_t feature = (uint32_t)f->index;

        for (size_t k = 0; k < f->border_count; k++) {
            const size_t place = k % OBLIVIOUS_BIN_MAX;

            if (place == 0)
                columns[column++] = (BinColumn){.feature = feature, .borders = own + k};
            columns[column - 1].border_count++;
            borders[n++] = (Border){{feature, own[k]}, {(uint16_t)(column - 1), (uint8_t)(place + 1)}};
        }
    }
    t->columns = columns;
    return borders;
}

static void
lay_out_splits(ObliviousTrees *t, const CatboostParts *p, ModelFeature *features, Arena *a)
{
    const Border *borders = lay_out_borders(t, p, a);
    ObliviousSplit *splits = arena_array(a, p->split_count + 1, sizeof *splits);
    BinSplit *bin_splits = arena_array(a, p->split_count + 1, sizeof *bin_splits);

    for (size_t i = 0; i < p->split_count; i++) {
        const Border *b = &borders[p->splits[i]];

        splits[i] = b->split;
        bin_splits[i] = b->bin;
        features[b->split.feature].splits++;
    }
    t->splits = splits;
    t->bin_splits = bin_splits;
}

static void
lay_out_trees(ObliviousTrees *t, const CatboostParts *p, ModelInfo *info, Arena *a)
{
    uint8_t *depths = arena_array(a, p->tree_count + 1, sizeof *depths);

    for (size_t i = 0; i < p->tree_count; i++) {
        depths[i] = (uint8_t)p->depths[i];
        info->trees_of_depth[depths[i]]++;
    }
    t->depths = depths;
    t->leaves = copy_items(p->leaves, p->leaf_count, sizeof *p->leaves, a);
}

static MissingMode
missing_mode(const CatboostFeature *f)
{
    if (f->border_count == 0)
        return MISSING_DOES_NOT_MATTER;
    if (!f->has_nans || f->treatment == NAN_AS_IS)
        return MISSING_NOT_SEEN;
    return f->treatment == NAN_AS_TRUE ? MISSING_ABOVE : MISSING_BELOW;
}

/* Columns that the file does not mention are there, and no tree asks for them. */
static ModelFeature *
describe_features(ObliviousTrees *t, const CatboostParts *p, Arena *a)
{
    ModelFeature *features = arena_array(a, t->feature_count + 1, sizeof *features);
    bool *above = arena_array(a, t->feature_count + 1, sizeof *above);

    for (size_t i = 0; i < t->feature_count; i++)
        features[i].missing = MISSING_DOES_NOT_MATTER;
    for (size_t i = 0; i < p->feature_count; i++) {
        const CatboostFeature *f = &p->features[i];
        const bool has_name = f->name != NULL && f->name[0] != '\0';

        features[f->index] = (ModelFeature){
            .name = has_name ? arena_strdup(a, f->name) : NULL, .borders = f->border_count, .missing = missing_mode(f)};
        above[f->index] = features[f->index].missing == MISSING_ABOVE;
        t->has_above = t->has_above || above[f->index];
    }
    t->is_above = above;
    return features;
}

bool
oblivious_compile(const CatboostParts *parts, Arena *a, const ObliviousTrees **out, ModelInfo *info, Err *err)
{
    ObliviousTrees *t = arena_alloc(a, sizeof *t);
    ModelFeature *features;

    *t = (ObliviousTrees){.tree_count = parts->tree_count,
                          .column_count = count_columns(parts),
                          .scale = parts->scale,
                          .bias = parts->bias};
    if (!check_features(parts, &t->feature_count, err) || !check_depths(parts, err)
        || !check_values(parts, count_borders(parts), err))
        return false;
    if (t->column_count > UINT16_MAX)
        return ERR_FAIL(err, ERR_POISON, "%zu borders are more than CatBoost itself can tell apart",
                        count_borders(parts));
    features = describe_features(t, parts, a);
    lay_out_splits(t, parts, features, a);
    lay_out_trees(t, parts, info, a);
    info->features = features;
    info->feature_count = t->feature_count;
    info->tree_count = t->tree_count;
    info->scale = t->scale;
    info->bias = t->bias;
    *out = t;
    return true;
}
