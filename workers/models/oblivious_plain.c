/*
 * workers/models/oblivious_plain.c
 *    The reference evaluator of oblivious trees: the definition, in plain C.
 */
#include <math.h>
#include <stdlib.h>
#include "workers/models/oblivious_core.h"
#include "workers/models/oblivious_trees.h"

enum { ROWS_AT_ONCE = 16, FEATURES_ON_STACK = 1024 };

/* The row, or a copy in which a NaN that is above every border is the value that is. */
static const float *
comparable(const ObliviousTrees *t, const float *row, float *copy)
{
    if (!t->has_above)
        return row;
    for (size_t f = 0; f < t->feature_count; f++)
        copy[f] = t->is_above[f] && isnan(row[f]) ? INFINITY : row[f];
    return copy;
}

static double
sum_leaves(const ObliviousTrees *t, const float *row)
{
    const ObliviousSplit *split = t->splits;
    const double *leaves = t->leaves;
    double sum = 0;

    for (size_t i = 0; i < t->tree_count; i++) {
        const unsigned depth = t->depths[i];
        size_t leaf = 0;

        for (unsigned s = 0; s < depth; s++, split++)
            leaf |= (size_t)(row[split->feature] > split->border) << s;
        sum += leaves[leaf];
        leaves += (size_t)1 << depth;
    }
    return t->scale * sum + t->bias;
}

double
oblivious_predict_row(const ObliviousTrees *t, const float *row)
{
    float on_stack[FEATURES_ON_STACK], *copy = on_stack;
    double prediction;

    if (t->has_above && t->feature_count > FEATURES_ON_STACK) {
        copy = malloc(t->feature_count * sizeof *copy);
        if (copy == NULL)
            abort();
    }
    prediction = sum_leaves(t, comparable(t, row, copy));
    if (copy != on_stack)
        free(copy);
    return prediction;
}

void
oblivious_predict_plain(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, double *out)
{
    for (size_t i = 0; i < count; i++)
        out[i] = oblivious_predict_row(t, rows + i * stride);
}

void
oblivious_predict(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, double *out)
{
    enum { WORTH_A_VECTOR = 4 };

    if (count >= WORTH_A_VECTOR && oblivious_has_vector())
        oblivious_predict_vector(t, rows, count, stride, out);
    else
        oblivious_predict_plain(t, rows, count, stride, out);
}
