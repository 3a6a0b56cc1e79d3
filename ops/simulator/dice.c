/*
 * ops/simulator/dice.c
 *    Streams are seeded with a hash of what they are for.
 */
#include "ops/simulator/dice.h"

static uint64_t
mixed(uint64_t hash, uint64_t with)
{
    Rng r = rng_seeded(hash ^ (with * UINT64_C(0x9e3779b97f4a7c15) + 1));

    (void)rng_u64(&r);
    return rng_u64(&r);
}

Rng
dice_stream(uint64_t seed, DiceConcern concern, uint64_t a, uint64_t b)
{
    return rng_seeded(mixed(mixed(mixed(mixed(0, seed), (uint64_t)concern), a), b));
}

bool
dice_chance(Rng *r, double probability)
{
    return rng_unit(r) < probability;
}

double
dice_between(Rng *r, double low, double high)
{
    return low + (high - low) * rng_unit(r);
}

/* The sum of twelve uniforms has a variance of one. */
double
dice_normal(Rng *r, double mean, double spread)
{
    double sum = -6.0;

    for (int i = 0; i < 12; i++)
        sum += rng_unit(r);
    return mean + spread * sum;
}

size_t
dice_weighted(Rng *r, const double *weights, size_t count)
{
    double sum = 0.0, at;

    for (size_t i = 0; i < count; i++)
        sum += weights[i];
    at = rng_unit(r) * sum;
    for (size_t i = 0; i < count; i++) {
        at -= weights[i];
        if (at < 0.0)
            return i;
    }
    for (size_t i = count; i-- > 1;) /* rounding: the last that can be */
        if (weights[i] > 0.0)
            return i;
    return 0;
}

int
dice_successes(Rng *r, int tries, double probability)
{
    int n = 0;

    for (int i = 0; i < tries; i++)
        n += dice_chance(r, probability);
    return n;
}

double
clamped(double v, double low, double high)
{
    if (v < low)
        return low;
    return v > high ? high : v;
}
