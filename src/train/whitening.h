/* Principal components: from correlated features to white ones.
 *
 * Thread rule: no shared state; everything runs in double, in one order. */
#ifndef LAD_TRAIN_WHITENING_H
#define LAD_TRAIN_WHITENING_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Eigenvalues and eigenvectors of the symmetric matrix a ([n, n], destroyed) by cyclic Jacobi rotations
 * (Golub and Van Loan, section 8.5): values: [n], descending; vectors: [n, n], row i belongs to values[i]. */
LAD_MUST_CHECK lad_status lad_eigen_symmetric(size_t n, double *a, double *values, double *vectors);

/* An affine map y = W (x - mean) whose outputs are nearly white on the given samples: standardise, project on
 * the min(inputs, outputs) leading principal components, divide by sqrt(eigenvalue + 0.05), turn by a random
 * matrix with orthonormal columns (seeded), scaled so that an output's variance does not depend on the two
 * sizes.  samples: [count, inputs], count >= 2; mean: [inputs]; weights: [outputs, inputs].
 * Errors: LAD_ERR_NOMEM. */
LAD_MUST_CHECK lad_status lad_whitening_fit(size_t count, size_t inputs, const float *samples, size_t outputs,
                                            uint64_t seed, float *mean, float *weights);

#endif
