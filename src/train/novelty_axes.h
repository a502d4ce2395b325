/* Directions in which novelties stand out from what is normal: the likelihood ratio of two Gaussians.
 *
 * Normal vectors x have mean 0 and covariance S; novelties add something of second moment D, of which a share a (their
 * strength) is assumed: N(0, S) against N(0, S + a D).  In the coordinates z that make S the identity and D diagonal,
 * diag(l), the log likelihood ratio is, but for a constant,
 *     1/2 sum_i  a l_i / (1 + a l_i)  z_i^2,
 * by Neyman and Pearson the most powerful test of one against the other.  A Mahalanobis distance weighs all z_i alike,
 * so that the noise of hundreds of directions hides what stands out in a few; here directions without novelty count
 * nothing.  What novelties look like is learnt from composites (data/composite.h).
 * Invariant: everything runs in double, in one order.  Thread rule: no shared state. */
#ifndef LAD_TRAIN_NOVELTY_AXES_H
#define LAD_TRAIN_NOVELTY_AXES_H

#include "base/status.h"

#include <stddef.h>

/* The `count` strongest directions as rows of one matrix W: |W x|^2 is twice the ratio above.
 * s: [n, n], symmetric, positive definite, destroyed; d: [n, n], symmetric, destroyed, may have negative eigenvalues
 * (directions in which novelties vary less), whose rows become 0.  strength: a > 0.  rows: [count, n], count <= n.
 * Errors: LAD_ERR_ARG (s is not positive definite), LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_novelty_axes(size_t n, double *s, double *d, double strength, size_t count, double *rows);

#endif
