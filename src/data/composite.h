/* Composites: normal pictures with soft blobs of something else pasted in, the novel features that the margin
 * forms `dfsc-synthetic` and `novel` are trained on (src/nn/margin.h).
 *
 * Invariant: a composite depends on the generator's state and the pictures only.  Thread rule: none. */
#ifndef LAD_DATA_COMPOSITE_H
#define LAD_DATA_COMPOSITE_H

#include "base/rng.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* The normal pictures of a category, and what composites need to know of them. */
typedef struct lad_composite_source {
    const uint8_t *images; /* [count, size, size, 3], the caller's */
    size_t count, size;
    float *tint;     /* [count, 3] mean colour of each, owned */
    uint8_t *median; /* [size, size, 3] median over (up to 31) pictures, owned: the scene without its variety */
    float median_tint[3];
} lad_composite_source;

LAD_MUST_CHECK lad_status lad_composite_source_init(lad_composite_source *source, const uint8_t *images, size_t count,
                                                    size_t size);
void lad_composite_source_deinit(lad_composite_source *source);

/* Pastes 1 to 3 blobs of 16 to 64 px into a copy of base.  Each blob shows, in 70 of 100 cases, a patch of
 * another picture from another place, its tint matched; in 15 the median picture (a removal); in 15 the mean
 * colour around the blob.  base: [size, size, 3] -> out: [size, size, 3]; alpha: [size, size], how much of each
 * pixel was replaced, 0..1. */
void lad_composite_make(const lad_composite_source *source, lad_rng *rng, const uint8_t *base, uint8_t *out,
                        float *alpha);

/* What the positions of a PDN's output see of it; position (i, j) looks at pixels 4i .. 4i + 32, centre 4i + 16.
 *   pasted[i] = 1 where the centre was replaced and the pixels around it visibly changed, else 0;
 *   untouched[i] = 1 where nothing in the whole field changed, else 0.
 * side: 56 for 256; scratch: [(size + 1) * (size + 1) * 2]. */
void lad_composite_positions(const uint8_t *base, const uint8_t *composite, const float *alpha, size_t size,
                             size_t side, uint32_t *scratch, float *pasted, float *untouched);

#endif
