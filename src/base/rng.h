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

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t lad_hash64_round(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}
/* lad_hash64 in two halves, for loops over b: lad_hash64(a, b) = lad_hash64_end(lad_hash64_begin(a), b). */
static inline uint64_t lad_hash64_begin(uint64_t a)
{
    return lad_hash64_round(a + UINT64_C(0x9e3779b97f4a7c15));
}
static inline uint64_t lad_hash64_end(uint64_t begun, uint64_t b)
{
    return lad_hash64_round(begun + b * UINT64_C(0x9e3779b97f4a7c15) + UINT64_C(0x632be59bd9b4e019));
}
/* Mixes two numbers into one well-spread 64-bit value: for deriving seeds and for lattice noise. */
static inline uint64_t lad_hash64(uint64_t a, uint64_t b)
{
    return lad_hash64_end(lad_hash64_begin(a), b);
}

/* Uniform over all 32 bits. */
static inline uint32_t lad_rng_u32(lad_rng *rng)
{
    uint64_t old = rng->state;
    rng->state = old * UINT64_C(6364136223846793005) + rng->increment;
    uint32_t xorshifted = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t rotation = (uint32_t)(old >> 59);
    return (xorshifted >> rotation) | (xorshifted << ((32 - rotation) & 31));
}
/* Uniform in [0, 1), 24 bits. */
static inline float lad_rng_float(lad_rng *rng)
{
    return (float)(lad_rng_u32(rng) >> 8) * 0x1p-24f;
}
uint32_t lad_rng_below(lad_rng *rng, uint32_t bound);     /* uniform in [0, bound), bound > 0, unbiased */
float lad_rng_range(lad_rng *rng, float low, float high); /* uniform in [low, high); low when they are equal */
float lad_rng_normal(lad_rng *rng);                       /* mean 0, variance 1 */

#endif
