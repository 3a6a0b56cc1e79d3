/*
 * libcore/base/rng.h
 *    Seeded pseudo-random numbers for jitter and simulations; never for secrets.
 */
#ifndef TIPOFF_BASE_RNG_H
#define TIPOFF_BASE_RNG_H

#include <stdint.h>

/* SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
typedef struct {
    uint64_t state;
} Rng;

static inline Rng
rng_seeded(uint64_t seed)
{
    return (Rng){seed};
}

uint64_t rng_u64(Rng *r);
/* Uniform in [0, bound); bound must not be 0. */
uint64_t rng_below(Rng *r, uint64_t bound);
/* Uniform in [0, 1). */
double rng_unit(Rng *r);

#endif
