/*
 * ops/cli/feature_words.h
 *    Features and categories as people name them, and who answers for a feature.
 */
#ifndef TIPOFF_OPS_FEATURE_WORDS_H
#define TIPOFF_OPS_FEATURE_WORDS_H

#include "libcore/io/db.h"
#include "workers/features/feature_contract.h"

/* These complain when there is no such thing, and say what may be meant. */
bool category_parse(const char *name, FeatureCategory *out);
/* A name, or an index from 0. */
bool feature_parse(const char *text, FeatureIndex *out);

/* The processor whose rows a feature's value rests on: of the row that it is read from, for a formula of
 * its first input. Static. */
const char *feature_producer(FeatureIndex f);

/* ---- the contract as parameters of queries; they live in static storage or in a ---- */

DbParam feature_names_param(Arena *a);
/* Labels of sources that stand for an absent value. */
DbParam default_labels_param(Arena *a);
/* Those of them that are nobody's fault: nothing could be known. */
DbParam unknowable_labels_param(Arena *a);
/* Features that a prediction can do without. */
DbParam optional_indices_param(Arena *a);

/* A place in a feature row's arrays counts from 1 in SQL. */
static inline int32_t
sql_index(FeatureIndex f)
{
    return (int32_t)f + 1;
}

#endif
