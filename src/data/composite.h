/* Composites: normal pictures with something novel in them, the features that the margin
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

/* Puts 1 to 3 novelties into a copy of base.  Of 100 of them 45 are blobs of 12 to 64 px that show a patch of another
 * picture from anywhere in it, its tint matched, half of them turned and resized; 10 show the median picture (a
 * removal), 10 the mean colour around the blob, 12 a stain of 8 to 40 px, 12 a dent (pixels pushed aside), and 11 are
 * strokes 1 to 5 px wide, a scratch or a crack.  base: [size, size, 3] -> out: [size, size, 3]. */
void lad_composite_make(const lad_composite_source *source, lad_rng *rng, const uint8_t *base, uint8_t *out);

/* What the positions of a PDN's output see of it; position (i, j) looks at pixels 4i .. 4i + 32, centre 4i + 16.
 *   pasted[i] = 1 where the pixels around the centre visibly changed, else 0;
 *   untouched[i] = 1 where nothing in the whole field changed, else 0.
 * side: 56 for 256; scratch: [(size + 1) * (size + 1) * 2]. */
void lad_composite_positions(const uint8_t *base, const uint8_t *composite, size_t size, size_t side, uint32_t *scratch,
                             float *pasted, float *untouched);

#endif
