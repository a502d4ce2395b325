/* Random numbers: PCG32 (O'Neill 2014, the XSH-RR variant), seeded, with independent streams.
 *
 * Invariant: the same (seed, stream) gives the same numbers on every machine and build.  Thread rule: one
 * generator belongs to one thread; give each item of parallel work its own stream. */
#ifndef LAD_BASE_RNG_H
#define LAD_BASE_RNG_H

#include <stdint.h>

typedef struct lad_rng {
    uint64_t state, increment;
} lad_rng;

/* Starts `stream` of `seed`; streams of one seed are independent. */
lad_rng lad_rng_seed(uint64_t seed, uint64_t stream);

/* Mixes two numbers into one well-spread 64-bit value: for deriving seeds and for lattice noise. */
uint64_t lad_hash64(uint64_t a, uint64_t b);

uint32_t lad_rng_u32(lad_rng *rng);
uint32_t lad_rng_below(lad_rng *rng, uint32_t bound);     /* uniform in [0, bound), bound > 0, unbiased */
float lad_rng_float(lad_rng *rng);                        /* uniform in [0, 1), 24 bits */
float lad_rng_range(lad_rng *rng, float low, float high); /* uniform in [low, high); low when they are equal */
float lad_rng_normal(lad_rng *rng);                       /* mean 0, variance 1 */

#endif
