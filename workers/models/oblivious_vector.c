/*
 * workers/models/oblivious_vector.c
 *    Oblivious trees for many rows at once, with AVX2.
 *
 * Each value becomes a bin first: the number of its column's borders that it is greater than, a byte. A
 * split of 32 rows is then one comparison of bytes, and only the leaves are fetched row by row. The sum of a row
 * is made in the same order, by the same additions, as the plain evaluator's, so that the bits are the same.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "workers/models/oblivious_core.h"
#include "workers/models/oblivious_trees.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* A group of rows shares a register of bytes; a block of groups shares a tree's leaves while they are at hand. */
enum { GROUP = 32, GROUPS = 8, BLOCK = GROUP * GROUPS, FLOATS = 8, DOUBLES = 4, LOW_SPLITS = 8 };

bool
oblivious_has_vector(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}

/* A feature's values in a group of rows; the last row stands in for those that are missing. */
static void
gather_values(const ObliviousTrees *t, size_t feature, const float *rows, size_t count, size_t stride,
              float values[GROUP])
{
    for (size_t i = 0; i < GROUP; i++)
        values[i] = rows[(i < count ? i : count - 1) * stride + feature];
    for (size_t i = 0; t->is_above[feature] && i < GROUP; i++)
        values[i] = isnan(values[i]) ? INFINITY : values[i];
}

/* How many of the column's borders each value is greater than. */
static AVX2 void
bin_values(const BinColumn *column, const float values[GROUP], uint8_t bins[GROUP])
{
    const float *upper = values + GROUP / 2;
    const __m256 v0 = _mm256_loadu_ps(values), v1 = _mm256_loadu_ps(values + FLOATS);
    const __m256 v2 = _mm256_loadu_ps(upper), v3 = _mm256_loadu_ps(upper + FLOATS);
    __m256i n0 = _mm256_setzero_si256(), n1 = n0, n2 = n0, n3 = n0;
    /* packing works within halves of 128 bits; this puts the rows back in order */
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);

    for (size_t i = 0; i < column->border_count; i++) {
        const __m256 border = _mm256_broadcast_ss(&column->borders[i]);

        /* a true comparison is -1 */
        n0 = _mm256_sub_epi32(n0, _mm256_castps_si256(_mm256_cmp_ps(v0, border, _CMP_GT_OQ)));
        n1 = _mm256_sub_epi32(n1, _mm256_castps_si256(_mm256_cmp_ps(v1, border, _CMP_GT_OQ)));
        n2 = _mm256_sub_epi32(n2, _mm256_castps_si256(_mm256_cmp_ps(v2, border, _CMP_GT_OQ)));
        n3 = _mm256_sub_epi32(n3, _mm256_castps_si256(_mm256_cmp_ps(v3, border, _CMP_GT_OQ)));
    }
    n0 = _mm256_packus_epi16(_mm256_packs_epi32(n0, n1), _mm256_packs_epi32(n2, n3));
    _mm256_storeu_si256((__m256i *)(void *)bins, _mm256_permutevar8x32_epi32(n0, order));
}

/* The answers of a group to a tree's splits from..to, as the bits of a byte a row. */
static inline AVX2 __m256i
leaf_bits(const BinSplit *splits, unsigned from, unsigned to, const uint8_t *bins)
{
    __m256i bits = _mm256_setzero_si256();

    for (unsigned s = to; s-- > from;) {
        const uint8_t *column = bins + (size_t)splits[s].column * BLOCK;
        const __m256i bin = _mm256_loadu_si256((const __m256i *)(const void *)column);
        const __m256i least = _mm256_set1_epi8((char)splits[s].least);
        /* bytes compare as unsigned: bin >= least where the greater of both is bin */
        const __m256i holds = _mm256_cmpeq_epi8(_mm256_max_epu8(bin, least), bin);

        bits = _mm256_sub_epi8(_mm256_add_epi8(bits, bits), holds);
    }
    return bits;
}

/* The bytes of four rows, as numbers. */
static inline AVX2 __m128i
widen(const uint8_t *bytes)
{
    int32_t word;

    memcpy(&word, bytes, sizeof word);
    return _mm_cvtepu8_epi32(_mm_cvtsi32_si128(word));
}

static inline AVX2 void
add_four(const double *leaves, __m128i leaf, double *sums)
{
    const __m256d values = _mm256_i32gather_pd(leaves, leaf, sizeof *leaves);

    _mm256_storeu_pd(sums, _mm256_add_pd(_mm256_loadu_pd(sums), values));
}

/* Adds the leaf of each row of a group to its sum; of a tree of at most 8 splits. */
static AVX2 void
add_shallow(const BinSplit *splits, unsigned depth, const double *leaves, const uint8_t *bins, double *sums)
{
    uint8_t leaf[GROUP];

    _mm256_storeu_si256((__m256i *)(void *)leaf, leaf_bits(splits, 0, depth, bins));
    for (size_t i = 0; i < GROUP; i += DOUBLES)
        add_four(leaves, widen(leaf + i), sums + i);
}

static AVX2 void
add_deep(const BinSplit *splits, unsigned depth, const double *leaves, const uint8_t *bins, double *sums)
{
    uint8_t low[GROUP], high[GROUP];

    _mm256_storeu_si256((__m256i *)(void *)low, leaf_bits(splits, 0, LOW_SPLITS, bins));
    _mm256_storeu_si256((__m256i *)(void *)high, leaf_bits(splits, LOW_SPLITS, depth, bins));
    for (size_t i = 0; i < GROUP; i += DOUBLES)
        add_four(leaves, _mm_or_si128(widen(low + i), _mm_slli_epi32(widen(high + i), LOW_SPLITS)), sums + i);
}

static AVX2 void
sum_trees(const ObliviousTrees *t, const uint8_t *bins, size_t groups, double sums[BLOCK])
{
    const BinSplit *splits = t->bin_splits;
    const double *leaves = t->leaves;

    memset(sums, 0, groups * GROUP * sizeof *sums);
    for (size_t i = 0; i < t->tree_count; i++) {
        const unsigned depth = t->depths[i];

        for (size_t g = 0; g < groups; g++) {
            if (depth <= LOW_SPLITS)
                add_shallow(splits, depth, leaves, bins + g * GROUP, sums + g * GROUP);
            else
                add_deep(splits, depth, leaves, bins + g * GROUP, sums + g * GROUP);
        }
        splits += depth;
        leaves += (size_t)1 << depth;
    }
}

/* Bins lie column by column, in each the rows of the block. */
static void
bin_block(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, uint8_t *bins)
{
    float values[GROUP];

    for (size_t from = 0; from < count; from += GROUP) {
        for (size_t c = 0; c < t->column_count; c++) {
            gather_values(t, t->columns[c].feature, rows + from * stride, count - from, stride, values);
            bin_values(&t->columns[c], values, bins + c * BLOCK + from);
        }
    }
}

void
oblivious_predict_vector(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, double *out)
{
    uint8_t *bins = malloc((t->column_count + 1) * BLOCK);
    double sums[BLOCK];

    if (bins == NULL)
        abort();
    for (size_t from = 0; from < count; from += BLOCK) {
        const size_t some = count - from < BLOCK ? count - from : BLOCK;

        bin_block(t, rows + from * stride, some, stride, bins);
        sum_trees(t, bins, (some + GROUP - 1) / GROUP, sums);
        for (size_t i = 0; i < some; i++)
            out[from + i] = t->scale * sums[i] + t->bias;
    }
    free(bins);
}

#else

bool
oblivious_has_vector(void)
{
    return false;
}

void
oblivious_predict_vector(const ObliviousTrees *t, const float *rows, size_t count, size_t stride, double *out)
{
    oblivious_predict_plain(t, rows, count, stride, out);
}

#endif
