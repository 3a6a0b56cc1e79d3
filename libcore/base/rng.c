/*
 * libcore/base/rng.c
 *    SplitMix64.
 */
#include "libcore/base/rng.h"
#include <assert.h>

uint64_t
rng_u64(Rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t
rng_below(Rng *r, uint64_t bound)
{
    uint64_t tail, v;

    assert(bound != 0);
    tail = (UINT64_MAX - bound + 1) % bound; /* 2^64 mod bound: values that would favour some results */
    do
        v = rng_u64(r);
    while (v < tail);
    return v % bound;
}

double
rng_unit(Rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1.0p-53;
}
