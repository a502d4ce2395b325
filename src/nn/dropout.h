/* Dropout (Srivastava et al. 2014), inverted: kept values are scaled by 1 / (1 - drop), so that inference needs
 * nothing.  Masks depend on the generator and the position alone, not on the number of threads. */
#ifndef LAD_NN_DROPOUT_H
#define LAD_NN_DROPOUT_H

#include "base/pool.h"
#include "base/rng.h"

#include <stddef.h>
#include <stdint.h>

/* kept[i] = 1 with probability 1 - drop, else 0; y = kept ? x / (1 - drop) : 0.  All [count]; 0 <= drop < 1.
 * Takes one seed from rng. */
void lad_dropout_forward(lad_pool *pool, size_t count, float drop, lad_rng *rng, const float *x, float *y,
                         uint8_t *kept);

/* In place: d = kept ? d / (1 - drop) : 0. */
void lad_dropout_backward(lad_pool *pool, size_t count, float drop, const uint8_t *kept, float *d);

#endif
