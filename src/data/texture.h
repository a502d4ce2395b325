/* Procedural textures: one scalar field of the plane, coloured by a small palette.
 *
 * Invariant: a texture is a plain value; sampling it depends on nothing but the value and the position, and
 * uses only exact arithmetic (base/detmath.h), so that images built from textures are the same bytes on every
 * machine.  Thread rule: sampling is free of shared state. */
#ifndef LAD_DATA_TEXTURE_H
#define LAD_DATA_TEXTURE_H

#include "base/rng.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum lad_texture_kind {
    LAD_TEXTURE_SOLID,
    LAD_TEXTURE_GRADIENT, /* linear or radial */
    LAD_TEXTURE_FRACTAL,  /* gradient noise (Perlin 2002) in octaves */
    LAD_TEXTURE_RIDGED,   /* 1 - |noise|: veins, cracks, fibres */
    LAD_TEXTURE_MARBLE,   /* a grating bent by noise */
    LAD_TEXTURE_GRATING,  /* sinusoid or square wave */
    LAD_TEXTURE_PLAID,    /* two gratings */
    LAD_TEXTURE_CHECKER,  /* cells with a colour each */
    LAD_TEXTURE_BRICKS,   /* the same with offset rows and mortar */
    LAD_TEXTURE_MESH,     /* thin grid lines */
    LAD_TEXTURE_DOTS,     /* a jittered disc in each cell */
    LAD_TEXTURE_CELLS,    /* Worley's cellular noise: pebbles, grain */
    LAD_TEXTURE_KINDS
} lad_texture_kind;

typedef struct lad_palette {
    size_t stops;    /* 1..4 */
    float rgb[4][3]; /* linear light, mostly in [0, 1] */
    bool stepped;    /* hard colour borders instead of a ramp */
} lad_palette;

typedef struct lad_texture {
    lad_texture_kind kind;
    lad_palette palette;
    uint64_t seed;           /* of lattice noise */
    float cos, sin;          /* orientation */
    float period_px, aspect; /* size of the pattern along and across */
    float offset_x, offset_y;
    float gain; /* amplitude of each octave over the one before: 0.5 is a 1/f spectrum */
    float warp; /* how far noise bends the pattern, in periods */
    float edge; /* softness of borders inside the pattern, 0..1 of a period */
    int octaves;
    bool radial;
} lad_texture;

/* A palette around a random base colour.  Greys, near-black and saturated palettes all occur. */
lad_palette lad_palette_random(lad_rng *rng);

/* A texture of a random kind whose period lies in [smallest_px, largest_px] (log-uniform). */
lad_texture lad_texture_random(lad_rng *rng, float smallest_px, float largest_px);

/* Colour at (x, y) pixels; channels may leave [0, 1] slightly. */
void lad_texture_sample(const lad_texture *texture, float x, float y, float rgb[3]);

/* Gradient noise in octaves: about [-1, 1], mean 0, feature size one unit. */
float lad_noise_fractal(uint64_t seed, float x, float y, int octaves, float gain);

#endif
