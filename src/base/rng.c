#include "base/rng.h"

#include "base/detmath.h"

#include <math.h>

lad_rng lad_rng_seed(uint64_t seed, uint64_t stream)
{
    lad_rng rng = {.state = lad_hash64(seed, stream), .increment = lad_hash64(stream, ~seed) | 1};
    lad_rng_u32(&rng);
    return rng;
}

uint32_t lad_rng_below(lad_rng *rng, uint32_t bound)
{
    /* Rejects the first 2^32 mod bound values, so that the rest divides evenly. */
    uint32_t threshold = (0u - bound) % bound;
    for (;;) {
        uint32_t value = lad_rng_u32(rng);
        if (value >= threshold) return value % bound;
    }
}

float lad_rng_range(lad_rng *rng, float low, float high)
{
    float value = low + (high - low) * lad_rng_float(rng);
    return value < high ? value : low; /* rounding may reach high, which does not belong to the range */
}

float lad_rng_normal(lad_rng *rng)
{
    /* Box-Muller; 1 - u lies in (0, 1], so that the logarithm is finite. */
    float radius = sqrtf(-2.0f * lad_logf(1.0f - lad_rng_float(rng)));
    return radius * lad_cosf(6.28318530718f * lad_rng_float(rng));
}
