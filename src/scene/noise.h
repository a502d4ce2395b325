/* Lattice noise: smooth random functions of a place, for textures, stains, and uneven surfaces.
 *
 * Invariant: a pure function of (seed, place), through lad_hash64.  Lattice spacing is 1 in the given
 * coordinates, which must stay within +-1e6. */
#ifndef LAD_SCENE_NOISE_H
#define LAD_SCENE_NOISE_H

#include "scene/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* Uniform in [0, 1), one number for each whole cell. */
float lad_noise_cell(uint64_t seed, int32_t x, int32_t y, int32_t z);

/* Value noise: smooth, in [0, 1], mean 1/2. */
float lad_noise_value2(uint64_t seed, float x, float y);
float lad_noise_value3(uint64_t seed, lad_vec3 p);

/* Of many places at once, several times as fast: out[i] is lad_noise_value2(seed[i], x[i], y[i]), and so on. */
void lad_noise_values2(const uint64_t *seed, const float *x, const float *y, int count, float *out);
void lad_noise_values3(const uint64_t *seed, const float *x, const float *y, const float *z, int count, float *out);

/* Gradient noise (Perlin 2002): smooth, 0 at lattice points, mostly within [-0.7, 0.7]. */
float lad_noise_gradient2(uint64_t seed, float x, float y);

/* The same in a walk of small steps, with what is at the corners of the cell that it was in last.  All zero: nowhere
 * yet.  A walk is for one kind of noise. */
typedef struct lad_noise_walk {
    bool there;
    uint64_t seed;
    int32_t x, y;
    float gradients[4][2]; /* of the cell's corners; or values, the first of each two */
} lad_noise_walk;
float lad_noise_value2_walk(lad_noise_walk *walk, uint64_t seed, float x, float y);
float lad_noise_gradient2_walk(lad_noise_walk *walk, uint64_t seed, float x, float y);

/* Gradient noise of at most LAD_NOISE_PLACES places at once; fastest where neighbours in the list are in one cell. */
enum { LAD_NOISE_PLACES = 64 };
void lad_noise_gradients2(uint64_t seed, const float *x, const float *y, int count, float *out);

/* Sum of octaves of gradient noise, each of twice the frequency and half the amplitude; about [-1, 1]. */
float lad_noise_fractal2(uint64_t seed, float x, float y, int octaves);
/* walks: [octaves] */
float lad_noise_fractal2_walk(lad_noise_walk *walks, uint64_t seed, float x, float y, int octaves);

#endif
