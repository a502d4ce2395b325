#include "eval/naive.h"

#include "base/alloc.h"

#include <math.h>

/* Added to variances, in squared grey levels: a constant pixel must not divide by zero. */
static const double variance_floor = 1.0;

static void mean_colour(const uint8_t *x, size_t d, double mean[3])
{
    double sum[3] = {0};
    for (size_t i = 0; i < d; i++) sum[i % 3] += x[i];
    for (size_t c = 0; c < 3; c++) mean[c] = sum[c] / ((double)d / 3);
}

/* inverse = a^-1 of a symmetric positive definite matrix, by cofactors. */
static void invert3(const double a[3][3], double inverse[3][3])
{
    double determinant = 0;
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) {
            size_t i1 = (i + 1) % 3, i2 = (i + 2) % 3, k1 = (k + 1) % 3, k2 = (k + 2) % 3;
            inverse[k][i] = a[i1][k1] * a[i2][k2] - a[i1][k2] * a[i2][k1];
        }
    }
    for (size_t k = 0; k < 3; k++) determinant += a[0][k] * inverse[k][0];
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) inverse[i][k] /= determinant;
    }
}

lad_status lad_naive_mean_colour(const uint8_t *train, size_t n, const uint8_t *test, size_t m, size_t d,
                                 double *scores)
{
    if (n == 0 || d == 0 || d % 3 != 0) return LAD_ERR_ARG;
    double mean[3] = {0}, covariance[3][3] = {{0}}, inverse[3][3], colour[3];
    for (size_t i = 0; i < n; i++) {
        mean_colour(train + i * d, d, colour);
        for (size_t c = 0; c < 3; c++) mean[c] += colour[c] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        mean_colour(train + i * d, d, colour);
        for (size_t a = 0; a < 3; a++) {
            for (size_t b = 0; b < 3; b++)
                covariance[a][b] += (colour[a] - mean[a]) * (colour[b] - mean[b]) / (double)n;
        }
    }
    for (size_t c = 0; c < 3; c++) covariance[c][c] += variance_floor;
    invert3(covariance, inverse);
    for (size_t i = 0; i < m; i++) {
        double square = 0;
        mean_colour(test + i * d, d, colour);
        for (size_t a = 0; a < 3; a++) {
            for (size_t b = 0; b < 3; b++) square += (colour[a] - mean[a]) * inverse[a][b] * (colour[b] - mean[b]);
        }
        scores[i] = sqrt(square > 0 ? square : 0);
    }
    return LAD_OK;
}

lad_status lad_naive_pixel_gauss(const uint8_t *train, size_t n, const uint8_t *test, size_t m, size_t d,
                                 double *scores)
{
    if (n == 0 || d == 0) return LAD_ERR_ARG;
    double *mean = lad_alloc_zero(d, sizeof *mean), *variance = lad_alloc_zero(d, sizeof *variance);
    lad_status status = mean && variance ? LAD_OK : LAD_ERR_NOMEM;
    if (status == LAD_OK) {
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < d; k++) mean[k] += train[i * d + k] / (double)n;
        }
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < d; k++) {
                double difference = train[i * d + k] - mean[k];
                variance[k] += difference * difference / (double)n;
            }
        }
        for (size_t i = 0; i < m; i++) {
            double sum = 0;
            for (size_t k = 0; k < d; k++) {
                double difference = test[i * d + k] - mean[k];
                sum += difference * difference / (variance[k] + variance_floor);
            }
            scores[i] = sum / (double)d;
        }
    }
    lad_free(mean);
    lad_free(variance);
    return status;
}

lad_status lad_naive_nearest(const uint8_t *train, size_t n, const uint8_t *test, size_t m, size_t d, double *scores)
{
    if (n == 0 || d == 0) return LAD_ERR_ARG;
    for (size_t i = 0; i < m; i++) {
        uint64_t best = UINT64_MAX;
        for (size_t t = 0; t < n; t++) {
            uint64_t sum = 0;
            for (size_t k = 0; k < d; k++) {
                int64_t difference = (int64_t)test[i * d + k] - train[t * d + k];
                sum += (uint64_t)(difference * difference);
            }
            if (sum < best) best = sum;
        }
        scores[i] = sqrt((double)best / (double)d);
    }
    return LAD_OK;
}
