#include "train/position_fit.h"

#include "nn/quantile.h"

#include <assert.h>
#include <math.h>

static const double LEAST_DEVIATION = 0.25; /* of the median; chosen on tuning seeds (METHOD.md) */

/* Leaving x out of n values with that mean and sum of squared deviations:
 *   mean' = mean - (x - mean) / (n - 1),   squares' = squares - (x - mean)^2 n / (n - 1). */
static float standardise_without_itself(double x, double n, double mean, double squares, double least)
{
    double off = x - mean;
    double others = squares - off * off * n / (n - 1.0);
    double std = sqrt(fmax(others, 0.0) / (n - 2.0));
    return (float)((off + off / (n - 1.0)) / fmax(std, least));
}

static double squares_of(size_t n, size_t cells, const float *column, double *mean)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) sum += (double)column[i * cells];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        double off = (double)column[i * cells] - *mean;
        squares += off * off;
    }
    return squares;
}

void lad_position_fit(lad_pool *pool, size_t n, size_t cells, float *maps, float *mean, float *std)
{
    assert(n >= 3);
    for (size_t k = 0; k < cells; k++) {
        double m, squares = squares_of(n, cells, maps + k, &m);
        mean[k] = (float)m;
        std[k] = (float)sqrt(squares / (double)(n - 1));
    }
    double least = LEAST_DEVIATION * lad_quantile(pool, cells, std, 0.5);
    if (!(least > 1e-12)) least = 1e-12; /* constant maps must not divide by zero */
    for (size_t k = 0; k < cells; k++) {
        double m, squares = squares_of(n, cells, maps + k, &m);
        for (size_t i = 0; i < n; i++) {
            float *value = maps + i * cells + k;
            *value = standardise_without_itself((double)*value, (double)n, m, squares, least);
        }
        if ((double)std[k] < least) std[k] = (float)least;
    }
}
