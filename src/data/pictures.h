/* A stream of pictures that are not the product: photographs held in memory, procedural pictures, or both.
 *
 * Picture `index` depends on nothing but the seed, the index, the size asked for, and the photographs.
 * Where there are photographs, they make up one half (the even indices) and procedural pictures the other.
 * Thread rule: a stream is immutable; draws may run in parallel, each with its own scratch. */
#ifndef LAD_DATA_PICTURES_H
#define LAD_DATA_PICTURES_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum { LAD_PHOTO_SIZE = 256 };

typedef struct lad_pictures {
    uint64_t seed;
    const uint8_t *photos; /* [photo_count, LAD_PHOTO_SIZE, LAD_PHOTO_SIZE, 3], or NULL */
    size_t photo_count;
} lad_pictures;

/* size: 16..LAD_PHOTO_SIZE; scratch: [lad_procedural_scratch_floats(size)]; rgb: [size, size, 3].
 * A photograph gives a random window, mirrored at random. */
void lad_pictures_draw(const lad_pictures *pictures, uint64_t index, size_t size, float *scratch, uint8_t *rgb);

/* What a model says of it, e.g. "procedural-1" or "procedural-1 + 4000 photographs": a short text. */
void lad_pictures_describe(const lad_pictures *pictures, char *text, size_t size_bytes);

#endif
