/* The losses of EfficientAD (Batzner et al. 2023) and of the margin, as forward + gradient in one call.
 *
 * Everything works on raw NHWC arrays seen as [positions, c], positions = n * h * w.  Each function returns its
 * loss and ADDS the gradient to the d array of each input that has one, so that a training step is a list of
 * calls on zeroed gradients.
 *
 * The terms that the margin changes depend on the features only through a distance per position, formed by
 * lad_channel_mse: nn/margin.h has them as functions of those distances, and lad_distance_backward carries
 * their gradients to the features.
 * Invariant: sums have one fixed order (chunks of positions, in double), whatever the number of threads.
 * Thread rule: no shared state. */
#ifndef LAD_NN_LOSSES_H
#define LAD_NN_LOSSES_H

#include "base/pool.h"
#include "nn/margin.h"
#include "nn/quantile.h"

#include <stddef.h>

/* One input: c channels per position, `stride` floats from one position to the next.  The halves of a student
 * with output s: [positions, 2c] are {s, d_s, 2c} (S1) and {s + c, d_s + c, 2c} (S2). */
typedef struct lad_features {
    const float *x;
    float *d;      /* gradient, same layout; NULL: a constant (the teacher) */
    size_t stride; /* >= c */
} lad_features;

/* scale * mean over positions and channels of (a - b)^2.  Any of the two may have a gradient. */
double lad_loss_mse(lad_pool *pool, size_t positions, size_t c, lad_features a, lad_features b, double scale);

/* scale * mean a^2: the penalty on images that are not the product (Batzner et al., eq. 2: mean S1(P)^2). */
double lad_loss_penalty(lad_pool *pool, size_t positions, size_t c, lad_features a, double scale);

/* Hard feature loss (Batzner et al., section 3.2): D = (a - b)^2 for each element, d_hard its `quantile`
 * (0.999), linearly interpolated as PyTorch's quantile; scale * mean of the elements D >= d_hard.
 * d_hard is a constant in the gradient.  scratch: [positions * c]. */
double lad_loss_hard(lad_pool *pool, size_t positions, size_t c, lad_features a, lad_features b, double quantile,
                     double scale, float *scratch);

/* d_a += d_p[i] * 2 (a - b) / c, d_b -= the same: the gradient of P[i] = mean_c (a - b)^2.  d_p: [positions]. */
void lad_distance_backward(lad_pool *pool, size_t positions, size_t c, lad_features a, lad_features b,
                           const float *d_p);

#endif
