/* Procedural pictures: what the teacher is pretrained on, and what the student must not react to, where no
 * collection of photographs is at hand.
 *
 * Each picture is one of seven scenes (dead leaves after Lee, Mumford & Huang 2001; textures; mixtures of
 * textures; shaded objects on a background; strokes; rows of glyph-like marks; grids of similar objects) in
 * random colours, under uneven light, a little blurred and noisy: varied, with edges, corners and colours at
 * all scales, and the 1/f spectrum of photographs.
 * Invariant: the same (seed, index, size) gives the same bytes on every machine.  Thread rule: none needed;
 * each call uses its own scratch. */
#ifndef LAD_DATA_PROCEDURAL_H
#define LAD_DATA_PROCEDURAL_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Changes when the same seed begins to give other pictures; it goes into what a model says of its making. */
#define LAD_PROCEDURAL_VERSION "procedural-1"

/* Floats of scratch a picture of size x size needs. */
size_t lad_procedural_scratch_floats(size_t size);

/* Picture `index` of `seed`.  scratch: [lad_procedural_scratch_floats(size)]; rgb: [size, size, 3].
 * size: 16..1024. */
void lad_procedural_render(uint64_t seed, uint64_t index, size_t size, float *scratch, uint8_t *rgb);

#endif
