/*
 * ops/cli/feature_words.c
 *    The contract's names, looked up and handed to queries.
 */
#include "ops/cli/feature_words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ops/cli/cli.h"
#include "workers/features/feature_inputs.h"

bool
category_parse(const char *name, FeatureCategory *out)
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (strcmp(feature_category_names[c], name) == 0) {
            *out = (FeatureCategory)c;
            return true;
        }
    }
    (void)cli_unknown("category", name, feature_category_names, CATEGORY_COUNT);
    (void)fprintf(stderr, "the categories are");
    for (int c = 0; c < CATEGORY_COUNT; c++)
        (void)fprintf(stderr, "%s %s", c > 0 ? "," : "", feature_category_names[c]);
    (void)fputs("\n", stderr);
    return false;
}

static bool
index_parse(const char *text, FeatureIndex *out)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || n >= FEATURE_COUNT)
        return false;
    *out = (FeatureIndex)n;
    return true;
}

bool
feature_parse(const char *text, FeatureIndex *out)
{
    const char *names[FEATURE_COUNT];

    for (int f = 0; f < FEATURE_COUNT; f++) {
        names[f] = feature_contract[f].name;
        if (strcmp(names[f], text) == 0) {
            *out = (FeatureIndex)f;
            return true;
        }
    }
    if (index_parse(text, out))
        return true;
    (void)cli_unknown("feature", text, names, FEATURE_COUNT);
    (void)fprintf(stderr, "features have a name or an index from 0 to %d; schemas/FEATURES.md lists them\n",
                  FEATURE_COUNT - 1);
    return false;
}

const char *
feature_producer(FeatureIndex f)
{
    const char *own = feature_upstream_table[feature_contract[f].upstream].processor;

    return own != NULL ? own : feature_upstream_table[feature_inputs[f].columns[0].upstream].processor;
}

DbParam
feature_names_param(Arena *a)
{
    const char **names = arena_array(a, FEATURE_COUNT, sizeof *names);

    for (int f = 0; f < FEATURE_COUNT; f++)
        names[f] = feature_contract[f].name;
    return db_texts(names, FEATURE_COUNT);
}

static DbParam
labels_param(bool (*is_wanted)(const FeatureSourceSpec *), Arena *a)
{
    const char **labels = arena_array(a, FEATURE_SOURCE_COUNT, sizeof *labels);
    size_t count = 0;

    for (int s = 0; s < FEATURE_SOURCE_COUNT; s++)
        if (is_wanted(&feature_source_table[s]))
            labels[count++] = feature_source_table[s].label;
    return db_texts(labels, count);
}

static bool
is_default(const FeatureSourceSpec *s)
{
    return s->counts_as_default;
}

static bool
is_unknowable(const FeatureSourceSpec *s)
{
    return !s->counts_in_effective_mean;
}

DbParam
default_labels_param(Arena *a)
{
    return labels_param(is_default, a);
}

DbParam
unknowable_labels_param(Arena *a)
{
    return labels_param(is_unknowable, a);
}

DbParam
optional_indices_param(Arena *a)
{
    int32_t *indices = arena_array(a, FEATURE_COUNT, sizeof *indices);
    size_t count = 0;

    for (int f = 0; f < FEATURE_COUNT; f++)
        if (!feature_contract[f].is_required)
            indices[count++] = f;
    return db_i32s(indices, count);
}
