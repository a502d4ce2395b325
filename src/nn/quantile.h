/* Exact quantiles without sorting. */
#ifndef LAD_NN_QUANTILE_H
#define LAD_NN_QUANTILE_H

#include "base/pool.h"

#include <stddef.h>

/* The q-quantile (0..1) of values without NaN, linearly interpolated between order statistics at q (count - 1) as
 * PyTorch's and NumPy's; exact, by radix selection on the representation; 0 when count is 0. */
double lad_quantile(lad_pool *pool, size_t count, const float *values, double q);

#endif
