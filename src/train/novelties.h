/* Training pictures as they are and with something novel in them (data/composite.h), for what calibration learns of
 * novelties: the metric of the maps and the global head.
 *
 * Invariant: the same composites for the same pictures, whatever the detector.  Thread rule: one call at a time. */
#ifndef LAD_TRAIN_NOVELTIES_H
#define LAD_TRAIN_NOVELTIES_H

#include "data/composite.h"

typedef struct lad_novelties {
    size_t count; /* pictures */
    lad_composite_source source;
    lad_rng rng;
    uint8_t *rgb;              /* [256, 256, 3], the composite */
    float *x;                  /* [256, 256, 3], normalised */
    uint32_t *area;            /* scratch of lad_composite_positions */
    float *pasted, *untouched; /* [56, 56] of the last composite: positions that show something novel, nothing novel */
} lad_novelties;

/* images: [count, 256, 256, 3], the caller's, alive as long as this. */
LAD_MUST_CHECK lad_status lad_novelties_init(lad_novelties *novelties, const uint8_t *images, size_t count,
                                             lad_error *err);
void lad_novelties_deinit(lad_novelties *novelties);

/* To the first composite: those that follow are the same each time. */
void lad_novelties_rewind(lad_novelties *novelties);

/* Picture i as the networks take it, plain, and with the next novelty; valid until the next call. */
const float *lad_novelties_normal(lad_novelties *novelties, size_t i);
const float *lad_novelties_novel(lad_novelties *novelties, size_t i);

#endif
