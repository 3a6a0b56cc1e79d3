/*
 * workers/models/oblivious_trees.h
 *    How compiled oblivious trees lie in memory; for the two evaluators alone.
 */
#ifndef TIPOFF_WORKERS_OBLIVIOUS_TREES_H
#define TIPOFF_WORKERS_OBLIVIOUS_TREES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OBLIVIOUS_BIN_MAX = 255 };

typedef struct {
    uint32_t feature;
    float border;
} ObliviousSplit;

/* A run of a feature's borders, at most OBLIVIOUS_BIN_MAX, ascending. A value's bin is the number of them
 * that it is greater than; it is greater than the k-th (from 1) if and only if its bin is at least k. */
typedef struct {
    uint32_t feature;
    uint32_t border_count;
    const float *borders;
} BinColumn;

typedef struct {
    uint16_t column;
    uint8_t least; /* the bin from which on the split holds */
} BinSplit;

struct ObliviousTrees {
    size_t feature_count, tree_count, column_count;
    const ObliviousSplit *splits; /* tree by tree */
    const BinSplit *bin_splits;   /* the same splits */
    const BinColumn *columns;
    const uint8_t *depths; /* a tree each */
    const double *leaves;  /* 2^depth a tree */
    const bool *is_above;  /* by feature: a NaN of it is above every border */
    bool has_above;
    double scale, bias;
};

#endif
