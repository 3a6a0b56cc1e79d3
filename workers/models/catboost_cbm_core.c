/*
 * workers/models/catboost_cbm_core.c
 *    From the file's bytes to parts.
 */
#include "workers/models/catboost_cbm_core.h"
#include <string.h>
#include "workers/models/flat_reader.h"

enum { MAGIC_BYTES = 4, HEAD_BYTES = 8, REFERENCE = 4, STEP_NODE = 4, REPACKED_BIN = 4 };

static const char magic[] = "CBM1", format_version[] = "FlabuffersModel_v1";

/* Positions in model.fbs and features.fbs. */
enum { CORE_FORMAT, CORE_TREES, CORE_INFO, CORE_PARTS };
enum { INFO_KEY, INFO_VALUE };
enum {
    TREES_DIMENSION,
    TREES_SPLITS,
    TREES_SIZES,
    TREES_STARTS,
    TREES_CATEGORICAL,
    TREES_FLOATS,
    TREES_ONE_HOT,
    TREES_CTR,
    TREES_LEAVES,
    TREES_WEIGHTS,
    TREES_STEP_NODES,
    TREES_NODE_LEAVES,
    TREES_TEXT,
    TREES_ESTIMATED,
    TREES_SCALE,
    TREES_BIAS,
    TREES_BIASES,
    TREES_BINS,
    TREES_EMBEDDING,
};
enum { FLOAT_HAS_NANS, FLOAT_INDEX, FLOAT_FLAT_INDEX, FLOAT_BORDERS, FLOAT_ID, FLOAT_NANS };

/* Vectors that are empty in every model that can be evaluated here. */
static const struct {
    size_t slot, item_bytes;
    const char *what, *refusal;
} unsupported[] = {
    {TREES_CATEGORICAL, REFERENCE, "CatFeatures", "it has categorical features; only numeric ones can be evaluated"},
    {TREES_ONE_HOT, REFERENCE, "OneHotFeatures", "it has categorical features; only numeric ones can be evaluated"},
    {TREES_CTR, REFERENCE, "CtrFeatures", "it has categorical features; only numeric ones can be evaluated"},
    {TREES_TEXT, REFERENCE, "TextFeatures", "it has text features; only numeric ones can be evaluated"},
    {TREES_EMBEDDING, REFERENCE, "EmbeddingFeatures", "it has embedding features; only numeric ones can be evaluated"},
    {TREES_ESTIMATED, REFERENCE, "EstimatedFeatures",
     "it has estimated features, of texts or embeddings; only numeric ones can be evaluated"},
    {TREES_STEP_NODES, STEP_NODE, "NonSymmetricStepNodes",
     "its trees are not symmetric (grow_policy); only symmetric ones can be evaluated"},
};

bool
catboost_cbm_is_one(Bytes file)
{
    return file.len >= MAGIC_BYTES && memcmp(file.data, magic, MAGIC_BYTES) == 0;
}

static bool
core_of(Bytes file, Bytes *core, Err *err)
{
    size_t said = 0;

    if (file.len < HEAD_BYTES)
        return ERR_FAIL(err, ERR_POISON, "the file ends at byte %zu, within its head of %d bytes", file.len,
                        HEAD_BYTES);
    for (size_t i = 0; i < HEAD_BYTES - MAGIC_BYTES; i++)
        said |= (size_t)file.data[MAGIC_BYTES + i] << 8 * i;
    *core = bytes_of(file.data + HEAD_BYTES, file.len - HEAD_BYTES);
    if (said > core->len)
        return ERR_FAIL(err, ERR_POISON, "the file ends at byte %zu; its head says %zu", file.len, HEAD_BYTES + said);
    core->len = said;
    return true;
}

static bool
is_supported(FlatReader *r, const FlatTable *trees, Err *err)
{
    const int32_t dimension = flat_i32(r, trees, TREES_DIMENSION, 0, "ApproxDimension");

    for (size_t i = 0; i < ARRAY_LEN(unsupported); i++)
        if (flat_vector(r, trees, unsupported[i].slot, unsupported[i].item_bytes, unsupported[i].what).count > 0)
            return ERR_FAIL(err, ERR_POISON, "%s", unsupported[i].refusal);
    return !flat_ok(r) || dimension == 1
           || ERR_FAIL(err, ERR_POISON,
                       "its output has dimension %d (several classes or targets); only one can be evaluated",
                       (int)dimension);
}

static CatboostFeature
read_feature(FlatReader *r, const FlatVector *features, size_t i)
{
    const FlatTable t = flat_table_item(r, features, i);
    const FlatVector borders = flat_vector(r, &t, FLOAT_BORDERS, sizeof(float), "Borders");
    const uint8_t treatment = flat_u8(r, &t, FLOAT_NANS, NAN_AS_IS, "NanValueTreatment");

    return (CatboostFeature){
        .index = flat_i32(r, &t, FLOAT_FLAT_INDEX, -1, "FlatIndex"),
        .name = flat_string(r, &t, FLOAT_ID, "FeatureId"),
        .has_nans = flat_u8(r, &t, FLOAT_HAS_NANS, 0, "HasNans") != 0,
        .treatment = (NanTreatment)treatment,
        .borders = flat_f32_items(r, &borders),
        .border_count = borders.count,
    };
}

static bool
read_features(FlatReader *r, const FlatTable *trees, CatboostParts *out, Err *err)
{
    const FlatVector v = flat_vector(r, trees, TREES_FLOATS, REFERENCE, "FloatFeatures");
    CatboostFeature *features = arena_array(r->a, v.count + 1, sizeof *features);

    for (size_t i = 0; i < v.count && flat_ok(r); i++) {
        features[i] = read_feature(r, &v, i);
        if ((unsigned)features[i].treatment > NAN_AS_TRUE)
            return ERR_FAIL(err, ERR_POISON, "feature %zu: %u is no treatment of missing values", i,
                            (unsigned)features[i].treatment);
    }
    out->features = features;
    out->feature_count = v.count;
    return true;
}

static void
read_trees(FlatReader *r, const FlatTable *trees, CatboostParts *out)
{
    const FlatVector splits = flat_vector(r, trees, TREES_SPLITS, sizeof(int32_t), "TreeSplits");
    const FlatVector sizes = flat_vector(r, trees, TREES_SIZES, sizeof(int32_t), "TreeSizes");
    const FlatVector starts = flat_vector(r, trees, TREES_STARTS, sizeof(int32_t), "TreeStartOffsets");
    const FlatVector leaves = flat_vector(r, trees, TREES_LEAVES, sizeof(double), "LeafValues");

    out->splits = flat_i32_items(r, &splits);
    out->split_count = splits.count;
    out->splits_at = flat_file_offset(r, &splits);
    out->depths = flat_i32_items(r, &sizes);
    out->tree_count = sizes.count;
    out->depths_at = flat_file_offset(r, &sizes);
    out->starts = flat_i32_items(r, &starts);
    out->start_count = starts.count;
    out->starts_at = flat_file_offset(r, &starts);
    out->leaves = flat_f64_items(r, &leaves);
    out->leaf_count = leaves.count;
    out->leaves_at = flat_file_offset(r, &leaves);
}

/* What is not needed here must be in order all the same. */
static void
pass_over(FlatReader *r, const FlatTable *trees)
{
    (void)flat_vector(r, trees, TREES_WEIGHTS, sizeof(double), "LeafWeights");
    (void)flat_vector(r, trees, TREES_NODE_LEAVES, sizeof(uint32_t), "NonSymmetricNodeIdToLeafId");
    (void)flat_vector(r, trees, TREES_BINS, REPACKED_BIN, "RepackedBins");
}

/* The vector of biases, where there is one, stands in place of the single bias of older files. */
static bool
read_scale_and_bias(FlatReader *r, const FlatTable *trees, CatboostParts *out, Err *err)
{
    const FlatVector biases = flat_vector(r, trees, TREES_BIASES, sizeof(double), "MultiBias");
    const double *items = flat_f64_items(r, &biases);

    out->scale = flat_f64(r, trees, TREES_SCALE, 1, "Scale");
    out->bias = items != NULL ? items[0] : flat_f64(r, trees, TREES_BIAS, 0, "Bias");
    return biases.count <= 1 || ERR_FAIL(err, ERR_POISON, "%zu biases for one dimension of output", biases.count);
}

static void
read_info(FlatReader *r, const FlatTable *core, CatboostParts *out)
{
    const struct {
        const char *key, **value;
    } wanted[] = {
        {"loss_function", &out->loss_function},
        {"params", &out->params},
        {"catboost_version_info", &out->made_by},
        {"train_finish_time", &out->made_at},
    };
    const FlatVector v = flat_vector(r, core, CORE_INFO, REFERENCE, "InfoMap");

    for (size_t i = 0; i < v.count && flat_ok(r); i++) {
        const FlatTable t = flat_table_item(r, &v, i);
        const char *key = flat_string(r, &t, INFO_KEY, "Key");
        const char *value = flat_string(r, &t, INFO_VALUE, "Value");

        for (size_t k = 0; key != NULL && k < ARRAY_LEN(wanted); k++)
            if (strcmp(key, wanted[k].key) == 0)
                *wanted[k].value = value;
    }
}

static bool
read_core(FlatReader *r, CatboostParts *out, Err *err)
{
    const FlatTable core = flat_root(r, "TModelCore");
    const char *format = flat_string(r, &core, CORE_FORMAT, "FormatVersion");
    const FlatTable trees = flat_table(r, &core, CORE_TREES, "ModelTrees");
    const FlatVector parts = flat_vector(r, &core, CORE_PARTS, REFERENCE, "ModelPartIds");

    if (flat_ok(r) && (format == NULL || strcmp(format, format_version) != 0))
        return ERR_FAIL(err, ERR_POISON, "its format is '%.60s'; only '%s' can be read", format ? format : "",
                        format_version);
    if (flat_ok(r) && trees.at == 0)
        return ERR_FAIL(err, ERR_POISON, "it has no trees");
    if (!is_supported(r, &trees, err) || !read_features(r, &trees, out, err)
        || !read_scale_and_bias(r, &trees, out, err))
        return false;
    read_trees(r, &trees, out);
    pass_over(r, &trees);
    read_info(r, &core, out);
    if (flat_ok(r) && parts.count > 0)
        return ERR_FAIL(err, ERR_POISON,
                        "it has %zu parts behind its core; only models of numeric features can be evaluated",
                        parts.count);
    return flat_finish(r, err);
}

bool
catboost_cbm_read(Bytes file, Arena *a, CatboostParts *out, Err *err)
{
    FlatReader r;
    Bytes core = {0};

    *out = (CatboostParts){0};
    if (!core_of(file, &core, err))
        return false;
    r = flat_over(core, HEAD_BYTES, a);
    if (!read_core(&r, out, err))
        return false;
    return HEAD_BYTES + core.len == file.len
           || ERR_FAIL(err, ERR_POISON, "%zu bytes follow the model at byte %zu", file.len - HEAD_BYTES - core.len,
                       HEAD_BYTES + core.len);
}
